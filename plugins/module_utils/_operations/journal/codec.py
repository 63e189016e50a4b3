# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Encode and decode migration records as JSON, with strict validation.

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

import json
from typing import Any, Dict

from ..._decode import DecodeError, as_list, as_object, decode, encode, parse_document
from .record import MigrationRecord, Step

SCHEMA = 2

Data = Dict[str, Any]


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
