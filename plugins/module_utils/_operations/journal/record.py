# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Migration records: state, the licenses that move, the kept files; encoded as JSON with strict validation.

Content that is not exactly a valid record raises an error; nothing is guessed.

Format (schema 2): ``schema``, ``id``, ``state``, ``source`` and ``destination`` {host, port, server_id,
client}, ``licenses`` [{id, product, arch, kind, code, quantity, expires_at, file_name, sha256, issued_at}],
``parts`` [{end, quantity, file, sent_at, sent_server_at, named, license_ids}], ``sent_at``,
``uninstall_files`` [{folder, name, sha256}], ``transfer`` {folder, destination, source}, ``present``
[sha256], ``refused`` [{sha256, device}], ``history`` [{step, at, server_at, pid, host}]. Every key is
present; an unknown value is null. Schema 1, without ``issued_at``, ``sent_server_at``, ``named``, ``present``
and ``refused``, is also accepted.
"""

from __future__ import annotations

import enum
import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import Any, Dict, List, Optional, Tuple

from ..._decode import (
    DecodeError,
    as_list,
    as_object,
    checked,
    decode,
    encode,
    is_file_name,
    is_inner_path,
    is_sha256,
    is_timestamp,
    parse_document,
)
from ..._messages.catalog import register
from ..._messages.operations.journal import MESSAGES
from ..._vms.api.records import LicenseRecord

register(MESSAGES)

SCHEMA = 2

Data = Dict[str, Any]


class Step(enum.Enum):
    """State of a migration, in the order of the steps; ABORTED is reachable only from PLANNED."""

    PLANNED = "planned"
    SOURCE_UNINSTALLED = "source_uninstalled"
    UNINSTALL_FILE_SAVED = "uninstall_file_saved"
    TRANSFER_REQUESTED = "transfer_requested"
    WAITING = "waiting_for_activation_file"
    INSTALLED = "installed"
    VERIFIED = "verified"
    ABORTED = "aborted"

    def reached(self, other: "Step") -> bool:
        """Return whether this state is ``other`` or a later one. ABORTED has reached no state."""
        return self is not Step.ABORTED and _ORDER.index(self) >= _ORDER.index(other)


_ORDER: List[Step] = [step for step in Step if step is not Step.ABORTED]


class End(enum.Enum):
    """One of the two License Servers of a migration."""

    SOURCE = "source"
    DESTINATION = "destination"


@dataclass(frozen=True)
class Server:
    """A License Server: its address, its own id, and the client that represents the system there."""

    host: str
    port: int
    server_id: str
    client: Optional[str] = None


@dataclass(frozen=True)
class Moving:
    """A license that moves, as the source listed it before its uninstallation."""

    id: str
    product: Optional[str]
    arch: Optional[str]
    kind: Optional[str]
    code: Optional[str]
    quantity: Optional[int]
    expires_at: Optional[str]
    file_name: Optional[str]
    sha256: Optional[str]
    issued_at: Optional[str] = field(default=None, metadata=checked(is_timestamp))


@dataclass(frozen=True)
class KeptFile:
    """A kept file: ``folder`` is the directory inside the migration's directory, ``name`` the file name."""

    folder: str = field(metadata=checked(is_inner_path))
    name: str = field(metadata=checked(is_file_name))
    sha256: str = field(metadata=checked(is_sha256))


@dataclass(frozen=True)
class Part:
    """What one activation file must install, and on which server.

    ``quantity`` None means the complete quantity. ``sent_at`` is the time when its installation was last sent
    (controller's clock), ``sent_server_at`` the same time by the clock of the License Server that received
    it, or None if that clock was not read; both are recorded before the request is sent. ``named``: the
    operator named the license that ``file`` is for. ``license_ids`` are the ids of the installed licenses,
    recorded once they were read back.
    """

    end: End
    quantity: Optional[int] = None
    file: Optional[KeptFile] = None
    sent_at: Optional[str] = field(default=None, metadata=checked(is_timestamp))
    sent_server_at: Optional[str] = field(default=None, metadata=checked(is_timestamp))
    named: bool = False
    license_ids: Tuple[str, ...] = ()

    @property
    def installed(self) -> bool:
        return bool(self.license_ids)


@dataclass(frozen=True)
class Transfer:
    """A bundle for the license platform and the device information in it (``source``: for a remainder)."""

    folder: str = field(metadata=checked(is_file_name))
    destination: KeptFile
    source: Optional[KeptFile] = None


@dataclass(frozen=True)
class RefusedFile:
    """An activation file that a License Server refused: made for another device, or not genuine.

    ``device`` is the digest of the device information that the server had at that time.
    """

    sha256: str = field(metadata=checked(is_sha256))
    device: Optional[str] = field(default=None, metadata=checked(is_sha256))


@dataclass(frozen=True)
class Event:
    """One entry of the history. ``server_at`` is the time of the License Server that the entry concerns."""

    step: str
    at: str = field(metadata=checked(is_timestamp))
    server_at: Optional[str] = field(metadata=checked(is_timestamp))
    pid: int
    host: str


@dataclass(frozen=True)
class MigrationRecord:
    """A migration: the licenses of one activation file that move from one License Server to another.

    ``sent_at`` is the time when the uninstallation was first sent (controller's clock), recorded before it is
    sent. ``present`` are the SHA-256 digests of the activation files that either server listed for the same
    products while the source still had the licenses; none of them can be a file that the platform issues
    afterwards. ``refused`` are files that are not sent again to the same device.
    """

    id: str = field(metadata=checked(is_file_name))
    step: Step
    source: Server
    destination: Server
    licenses: Tuple[Moving, ...]
    parts: Tuple[Part, ...]
    sent_at: Optional[str] = field(default=None, metadata=checked(is_timestamp))
    uninstall_files: Tuple[KeptFile, ...] = ()
    transfer: Optional[Transfer] = None
    present: Tuple[str, ...] = field(default=(), metadata=checked(is_sha256))
    refused: Tuple[RefusedFile, ...] = ()
    history: Tuple[Event, ...] = ()

    @property
    def license_ids(self) -> Tuple[str, ...]:
        return tuple(license_.id for license_ in self.licenses)

    @property
    def done(self) -> bool:
        return self.step in (Step.VERIFIED, Step.ABORTED)

    @property
    def unsent(self) -> bool:
        """Whether nothing was sent for the migration, so that the task can still be changed."""
        return self.step is Step.ABORTED or (self.step is Step.PLANNED and self.sent_at is None)

    def with_part(self, index: int, part: Part) -> "MigrationRecord":
        """Return the record with one part replaced."""
        return replace(self, parts=(*self.parts[:index], part, *self.parts[index + 1 :]))

    def bringing(self, part: Part) -> Tuple[Moving, ...]:
        """Return the licenses that ``part`` must install."""
        if part.quantity is None:
            return self.licenses
        return (replace(self.licenses[0], quantity=part.quantity),)


def record_id(server_id: str, license_ids: Tuple[str, ...]) -> str:
    """Return the id of the migration, which is the same for the same licenses of the same server.

    A server never assigns a license id twice; a license that returns to it gets a new id.
    """
    ids = sorted(license_ids)
    identity = "\0".join([server_id, *ids]).encode("utf-8", "surrogatepass")
    return "{0}.{1}-{2}".format(
        _harmless(server_id), _harmless(ids[0]), hashlib.sha256(identity).hexdigest()[:10]
    )


def _harmless(name: str) -> str:
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "_" for c in name)
    return kept[:60] or "_"


def moving_of(record: LicenseRecord) -> Moving:
    """Return the data of a license that the journal records; its key is not included."""
    return Moving(
        id=record.id,
        product=record.product or None,
        arch=record.arch or None,
        kind=record.kind or None,
        code=record.code or None,
        quantity=record.quantity,
        expires_at=record.expires_at or None,
        file_name=record.file_name or None,
        sha256=record.sha256 or None,
        issued_at=record.issued_at or None,
    )


class BadRecord(DecodeError):
    """The content is not a valid record. ``newer``: a newer release of the collection wrote it."""

    def __init__(self, reason: str, newer: bool = False) -> None:
        super().__init__(reason)
        self.newer = newer


def to_text(record: MigrationRecord) -> bytes:
    """Return the encoded content of the record file."""
    data = encode(record)
    data = {"schema": SCHEMA, "id": data.pop("id"), "state": data.pop("step"), **data}
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "surrogatepass")


def from_text(content: bytes) -> MigrationRecord:
    """Return the record that ``content`` encodes. Raises BadRecord."""
    try:
        tree = parse_document(content)
        schema = tree.pop("schema", None)
        if isinstance(schema, int) and not isinstance(schema, bool) and schema > SCHEMA:
            raise BadRecord("schema {0}".format(schema), newer=True)
        if schema not in (1, SCHEMA) or isinstance(schema, bool):
            raise BadRecord("schema must be 1 or {0}".format(SCHEMA))
        if "step" in tree or "state" not in tree:
            raise BadRecord("the state is missing")
        tree["step"] = tree.pop("state")
        record = decode(MigrationRecord, _upgraded(tree) if schema == 1 else tree, "the record")
    except BadRecord:
        raise
    except DecodeError as error:
        raise BadRecord(error.reason) from None
    _check_consistency(record)
    return record


def _upgraded(tree: Data) -> Data:
    """Return a schema 1 record with the keys that schema 2 added; the missing values are unknown."""
    added: Dict[str, Data] = {
        "licenses": {"issued_at": None},
        "parts": {"sent_server_at": None, "named": False},
    }
    full: Data = {"present": [], "refused": [], **tree}
    for name, more in added.items():
        rows = [as_object(row, name) for row in as_list(tree.get(name), name)]
        if any(set(row) & set(more) for row in rows) or {"present", "refused"} & set(tree):
            raise BadRecord("schema 1 with keys of schema 2")
        full[name] = [{**row, **more} for row in rows]
    return full


def _check_consistency(record: MigrationRecord) -> None:
    """Raise BadRecord if data that the state requires is missing; an incomplete record must not be used."""
    if not record.licenses or not record.parts:
        raise BadRecord("licenses and parts must not be empty")
    if len({license_.id for license_ in record.licenses}) != len(record.licenses):
        raise BadRecord("a license occurs twice")
    if any(part.quantity is not None for part in record.parts) and len(record.licenses) != 1:
        raise BadRecord("only one license can be split")
    if record.step.reached(Step.UNINSTALL_FILE_SAVED) and not record.uninstall_files:
        raise BadRecord("state {0} without uninstall file".format(record.step.value))
    if record.step.reached(Step.INSTALLED) and not all(part.installed for part in record.parts):
        raise BadRecord("state {0} without what was installed".format(record.step.value))
    if any(part.installed and part.file is None for part in record.parts):
        raise BadRecord("a part is installed without its activation file")
    if any(part.file is None and (part.sent_at is not None or part.named) for part in record.parts):
        raise BadRecord("a part was sent or named without its activation file")
