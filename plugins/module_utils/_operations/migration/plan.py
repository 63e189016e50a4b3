# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data model of a migration task: the request, the plan, and the lookup of its migrations in the journal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable, Dict, FrozenSet, List, Mapping, Optional, Sequence, Tuple

from ..._licensing.catalog.catalog import Catalog
from ..._licensing.rules.change import Expectation
from ..._licensing.values.model import Arch, Kind, word
from ..._licensing.values.periods import latest_end
from ..._messages.catalog import register
from ..._messages.operations.migration import MESSAGES
from ..._vms.api.records import LicenseRecord, ServerInfo
from ..._vms.api.tasks import LicenseServerWriter
from ..core.errors import Cause, InvalidRequest
from ..core.license_files import ActivationFile
from ..journal.journal import FileState, Journal
from ..journal.record import End, KeptFile, MigrationRecord, Moving, Part, Server, Step
from ..license import install
from ..license.file_groups import removal_order
from .match_files import GivenFile

register(MESSAGES)


UNINSTALL = "uninstall"
RESTORE = "restore_uninstall_file"
KEEP = "save_activation_file"
SAVE = "save_uninstall_file"
REQUEST = "request_transfer"
INSTALL = "install"
VERIFY = "verify"
ABORT = "abort"


@dataclass(frozen=True)
class ServerEnd:
    """A License Server as named in the task, and the client that represents the system there."""

    host: str
    port: int
    client: Optional[str] = None

    def is_at(self, server: Server) -> bool:
        return (self.host.lower(), self.port) == (server.host.lower(), server.port)


@dataclass(frozen=True)
class MigrationRequest:
    """The requested migration. ``quantities`` are parts of one flexible license."""

    license_ids: Tuple[str, ...]
    source: ServerEnd
    destination: ServerEnd
    files: Tuple[GivenFile, ...] = ()
    quantities: Tuple[int, ...] = ()
    remainder_to: End = End.SOURCE
    allow_unbalanced: bool = False
    catalog: Catalog = field(default_factory=Catalog.builtin)


@dataclass(frozen=True)
class MigrationTask:
    """One migration and the actions of this run for it.

    ``known`` is the record as the journal has it, None if it has none; ``event`` is the history entry that
    announces ``record`` where it differs from ``known``. ``live``: the source still has the license to be
    uninstalled. ``restore``: uninstall files to be fetched again. ``renew``: the bundle for the license
    platform is to be written again. ``given`` are activation files by the part that they are for, ``named``
    are the parts whose license the operator named. ``source_checked``: the source was read in this run.
    ``target`` is the state of the migration after this run.
    """

    record: MigrationRecord
    known: Optional[MigrationRecord] = None
    event: str = Step.PLANNED.value
    live: bool = False
    restore: Tuple[KeptFile, ...] = ()
    renew: bool = False
    given: Mapping[int, ActivationFile] = field(default_factory=dict)
    named: FrozenSet[int] = frozenset()
    source_checked: bool = True
    actions: Tuple[str, ...] = ()
    target: Step = Step.PLANNED

    @property
    def new(self) -> bool:
        """Whether the journal has no record or a different one."""
        return self.known != self.record

    def reaches(self, part: Part) -> bool:
        """Return whether the server of ``part`` was read, so that its file can be installed in this run."""
        return part.end is End.DESTINATION or self.source_checked

    @property
    def changed(self) -> bool:
        return self.new or bool(self.actions) or self.record.step is not self.target


@dataclass(frozen=True)
class MigrationPlan:
    """All migrations of a task, in the order in which they leave the source."""

    tasks: Tuple[MigrationTask, ...]
    unchecked: Tuple[Cause, ...] = ()
    warnings: Tuple[Cause, ...] = ()

    @property
    def changed(self) -> bool:
        return any(task.changed for task in self.tasks)

    @property
    def known_records(self) -> Tuple[MigrationRecord, ...]:
        """The migrations that the journal has, as they are before the run."""
        return tuple(task.known for task in self.tasks if task.known is not None)

    @property
    def source_checked(self) -> bool:
        """Whether the source was read for every migration of the task."""
        return all(task.source_checked for task in self.tasks)


class ServerReading:
    """One server, read when first needed and only once."""

    def __init__(self, server: LicenseServerWriter) -> None:
        self.server = server
        self._info: Optional[ServerInfo] = None
        self._licenses: Optional[Tuple[LicenseRecord, ...]] = None

    @property
    def info(self) -> ServerInfo:
        if self._info is None:
            self._info = self.server.server()
        return self._info

    @property
    def id(self) -> str:
        return self.info.id

    @property
    def ids(self) -> FrozenSet[str]:
        """The server's own id and, in a pair, the id of its peer, because they swap roles at a failover."""
        return frozenset(ident for ident in (self.info.id, self.info.peer) if ident is not None)

    def read(self) -> Tuple[LicenseRecord, ...]:
        """Return the license list, which is read only once. Raises VmsError."""
        if self._licenses is None:
            self._licenses = self.server.licenses()
        return self._licenses

    @property
    def licenses(self) -> Tuple[LicenseRecord, ...]:
        return self.read()


def find_records(
    request: MigrationRequest,
    records: Sequence[MigrationRecord],
    source_ids: Callable[[], FrozenSet[str]],
    unsent: bool = False,
) -> Tuple[List[MigrationRecord], List[str]]:
    """Return the task's migrations among ``records``, and the license ids without a migration.

    A record for which nothing was sent counts only with ``unsent``; otherwise its licenses are planned anew.
    The source is queried for its id only if its address is not sufficient to identify the server. Raises
    InvalidRequest ``license_ids_empty``.
    """
    if not request.license_ids:
        raise InvalidRequest("license_ids_empty")
    found: Dict[str, MigrationRecord] = {}
    missing: List[str] = []
    for ident in dict.fromkeys(request.license_ids):
        those = [record for record in records if ident in record.license_ids]
        holding = [record for record in those if not record.unsent] or (those if unsent else [])
        near = [record for record in holding if request.source.is_at(record.source)]
        if holding and len(near) != 1:
            near = [record for record in holding if record.source.server_id in source_ids()]
        if near:
            found[near[0].id] = near[0]
        else:
            missing.append(ident)
    return list(found.values()), missing


def wanted_files(
    tasks: Sequence[MigrationTask], end: End, journal: Journal
) -> Tuple[install.WantedFile, ...]:
    """Return the available files for ``end`` that are not known to be installed.

    A file for a source that does not answer waits for a later run; it does not block the other files.
    """
    found = []
    for task in tasks:
        for index, part in enumerate(task.record.parts):
            if part.end is not end or not task.reaches(part):
                continue
            file = task.given.get(index)
            if file is None and part.file is not None:
                path = journal.path_of(task.record, part.file)
                # An installed file is not needed any more; a damaged file that is not installed fails when it
                # is sent.
                intact = journal.state_of(task.record, part.file) is FileState.INTACT
                content = journal.content_of(task.record, part.file) if intact else b""
                file = ActivationFile(path, part.file.name, part.file.sha256, content)
            if file is not None and not part.installed:
                expect = tuple(expected(item) for item in task.record.bringing(part))
                kept = part.file is not None and part.file.sha256 == file.sha256
                by_name = index in task.named or (kept and (part.named or part.sent_at is not None))
                found.append(install.WantedFile(file, expect, by_name))
    return tuple(found)


def install_request(
    request: MigrationRequest, wanted: Tuple[install.WantedFile, ...], end: End
) -> install.InstallRequest:
    """Return the request that installs ``wanted`` at ``end``."""
    server_end = request.destination if end is End.DESTINATION else request.source
    return install.InstallRequest(
        wanted, server_end.client, request.allow_unbalanced, catalog=request.catalog
    )


def expected(moving: Moving) -> Expectation:
    """Return the license that an activation file must install for ``moving``."""
    return Expectation(
        product=moving.product or "",
        arch=word(Arch, moving.arch),
        kind=word(Kind, moving.kind) or Kind.FORMAL,
        quantity=moving.quantity or 0,
        code=moving.code,
        expires_at=None if moving.expires_at is None else latest_end(moving.expires_at),
    )


def in_order(tasks: Sequence[MigrationTask], catalog: Catalog) -> Tuple[MigrationTask, ...]:
    """Return the tasks in the order of removal: upgrade licenses before their base licenses."""
    groups = tuple(tuple(_as_listed(item) for item in task.record.licenses) for task in tasks)
    positions = {id(group): position for position, group in enumerate(groups)}
    return tuple(tasks[positions[id(group)]] for group in removal_order(groups, catalog))


def _as_listed(moving: Moving) -> LicenseRecord:
    return LicenseRecord(
        id=moving.id,
        product=moving.product,
        arch=moving.arch,
        kind=moving.kind,
        code=moving.code,
        quantity=moving.quantity,
        issued_at=moving.issued_at,
        installed_at=None,
        expires_at=moving.expires_at,
        assigned=(),
        device=None,
        status=None,
        file_name=moving.file_name,
        sha256=moving.sha256,
        key=None,
    )
