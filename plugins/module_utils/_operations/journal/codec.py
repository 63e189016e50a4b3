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
from dataclasses import asdict, fields
from typing import Any, Dict, List, Mapping, NoReturn, Optional, Tuple, Type, TypeVar

from ..._errors import LicensingError
from ..._time import parse_time
from .record import End, Event, KeptFile, MigrationRecord, Moving, Part, RefusedFile, Server, Step, Transfer

SCHEMA = 2
MAX_DIGITS = 15
MAX_TEXT = 4096

Data = Dict[str, Any]
T = TypeVar("T")


class BadRecord(Exception):
    """The content is not a valid record. ``newer``: a newer release of the collection wrote it.

    ``reason`` describes the problem.
    """

    def __init__(self, reason: str, newer: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.newer = newer


def to_text(record: MigrationRecord) -> bytes:
    """Return the encoded content of the record file."""
    data = {name: value for name, value in asdict(record).items() if name != "step"}
    data = {"schema": SCHEMA, "id": data.pop("id"), "state": record.step.value, **data}
    data["parts"] = [{**part, "end": part["end"].value} for part in data["parts"]]
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "surrogatepass")


def from_text(content: bytes) -> MigrationRecord:
    """Return the record that ``content`` encodes. Raises BadRecord."""
    try:
        data = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_unique_keys,
            parse_constant=_reject_number,
            parse_float=_reject_number,
            parse_int=_short_int,
        )
    except (ValueError, RecursionError) as error:
        raise BadRecord("no complete JSON ({0})".format(type(error).__name__)) from None
    tree = _mapping(data, "the record")
    schema = tree.pop("schema", None)
    if isinstance(schema, int) and not isinstance(schema, bool) and schema > SCHEMA:
        raise BadRecord("schema {0}".format(schema), newer=True)
    if schema not in (1, SCHEMA) or isinstance(schema, bool):
        raise BadRecord("schema must be 1 or {0}".format(SCHEMA))
    record = _record(_upgraded(tree) if schema == 1 else tree)
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
        rows = [_mapping(row, name) for row in _rows(tree.get(name), name)]
        if any(set(row) & set(more) for row in rows) or {"present", "refused"} & set(tree):
            raise BadRecord("schema 1 with keys of schema 2")
        full[name] = [{**row, **more} for row in rows]
    return full


def _unique_keys(pairs: List[Tuple[str, Any]]) -> Data:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadRecord("a key stands twice")
    return found


def _reject_number(_text: str) -> NoReturn:
    raise BadRecord("a number that is not whole")


def _short_int(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise BadRecord("a number of {0} digits".format(len(text)))
    return int(text)


# Decoders of the parts of a record


def _record(tree: Data) -> MigrationRecord:
    names = [field.name for field in fields(MigrationRecord) if field.name != "step"]
    _keys(tree, [*names, "state"], "the record")
    transfer = tree["transfer"]
    return MigrationRecord(
        id=_name(tree["id"], "id"),
        step=_enum_member(tree["state"], Step, "state"),
        source=_server(tree["source"], "source"),
        destination=_server(tree["destination"], "destination"),
        licenses=tuple(_moving(item) for item in _rows(tree["licenses"], "licenses")),
        parts=tuple(_part(item) for item in _rows(tree["parts"], "parts")),
        sent_at=_time_text(tree["sent_at"], "sent_at"),
        uninstall_files=tuple(
            _file(i, "uninstall_files") for i in _rows(tree["uninstall_files"], "uninstall_files")
        ),
        transfer=None if transfer is None else _transfer(transfer),
        present=tuple(_sha256(item, "present") for item in _rows(tree["present"], "present")),
        refused=tuple(_refused(item) for item in _rows(tree["refused"], "refused")),
        history=tuple(_event(item) for item in _rows(tree["history"], "history")),
    )


def _server(value: object, where: str) -> Server:
    tree = _fields_of(value, Server, where)
    return Server(
        host=_text(tree["host"], where + ".host"),
        port=_count(tree["port"], where + ".port"),
        server_id=_text(tree["server_id"], where + ".server_id"),
        client=_maybe_text(tree["client"], where + ".client"),
    )


def _moving(value: object) -> Moving:
    tree = _fields_of(value, Moving, "licenses")
    quantity = tree["quantity"]
    others = ("id", "quantity", "issued_at")
    texts = {name: _maybe_text(tree[name], "licenses." + name) for name in tree if name not in others}
    return Moving(
        id=_text(tree["id"], "licenses.id"),
        issued_at=_time_text(tree["issued_at"], "licenses.issued_at"),
        quantity=None if quantity is None else _count(quantity, "licenses.quantity"),
        **texts,
    )


def _part(value: object) -> Part:
    tree = _fields_of(value, Part, "parts")
    quantity, file = tree["quantity"], tree["file"]
    return Part(
        end=_enum_member(tree["end"], End, "parts.end"),
        quantity=None if quantity is None else _count(quantity, "parts.quantity"),
        file=None if file is None else _file(file, "parts.file"),
        sent_at=_time_text(tree["sent_at"], "parts.sent_at"),
        sent_server_at=_time_text(tree["sent_server_at"], "parts.sent_server_at"),
        named=_flag(tree["named"], "parts.named"),
        license_ids=tuple(
            _text(item, "parts.license_ids") for item in _rows(tree["license_ids"], "license_ids")
        ),
    )


def _transfer(value: object) -> Transfer:
    tree = _fields_of(value, Transfer, "transfer")
    source = tree["source"]
    return Transfer(
        folder=_name(tree["folder"], "transfer.folder"),
        destination=_file(tree["destination"], "transfer.destination"),
        source=None if source is None else _file(source, "transfer.source"),
    )


def _file(value: object, where: str) -> KeptFile:
    tree = _fields_of(value, KeptFile, where)
    sha256 = _sha256(tree["sha256"], where + ".sha256")
    folder = _text(tree["folder"], where + ".folder")
    for step in folder.split("/"):
        _name(step, where + ".folder")
    return KeptFile(folder, _name(tree["name"], where + ".name"), sha256)


def _refused(value: object) -> RefusedFile:
    tree = _fields_of(value, RefusedFile, "refused")
    device = tree["device"]
    return RefusedFile(
        _sha256(tree["sha256"], "refused.sha256"),
        None if device is None else _sha256(device, "refused.device"),
    )


def _sha256(value: object, where: str) -> str:
    text = _text(value, where)
    if len(text) != 64 or not set(text) <= set("0123456789abcdef"):
        raise BadRecord("{0} is not a SHA-256 digest".format(where))
    return text


def _flag(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise BadRecord("{0} is not true or false".format(where))
    return value


def _event(value: object) -> Event:
    tree = _fields_of(value, Event, "history")
    at = _time_text(tree["at"], "history.at")
    if at is None:
        raise BadRecord("history.at is missing")
    return Event(
        step=_text(tree["step"], "history.step"),
        at=at,
        server_at=_time_text(tree["server_at"], "history.server_at"),
        pid=_count(tree["pid"], "history.pid"),
        host=_text(tree["host"], "history.host"),
    )


def _fields_of(value: object, kind: Type[Any], where: str) -> Data:
    tree = _mapping(value, where)
    _keys(tree, [field.name for field in fields(kind)], where)
    return tree


def _mapping(value: object, where: str) -> Data:
    if not isinstance(value, Mapping):
        raise BadRecord("{0} is no mapping".format(where))
    return dict(value)


def _keys(tree: Mapping[str, object], names: List[str], where: str) -> None:
    wrong = sorted(set(tree) ^ set(names))
    if wrong:
        raise BadRecord("{0}: missing or unknown {1}".format(where, ", ".join(wrong)[:200]))


def _rows(value: object, where: str) -> List[object]:
    if not isinstance(value, list):
        raise BadRecord("{0} is no list".format(where))
    return value


def _text(value: object, where: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT:
        raise BadRecord("{0} is no text".format(where))
    return value


def _maybe_text(value: object, where: str) -> Optional[str]:
    return None if value is None else _text(value, where)


def _name(value: object, where: str) -> str:
    """Return a file name that cannot lead outside the directory of the migration. Raises BadRecord."""
    text = _text(value, where)
    if text in (".", "..") or any(c in "/\\\0" or not c.isprintable() for c in text):
        raise BadRecord("{0} is no file name".format(where))
    return text


def _count(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadRecord("{0} is no whole number".format(where))
    return value


def _time_text(value: object, where: str) -> Optional[str]:
    if value is None:
        return None
    text = _text(value, where)
    try:
        parse_time(text)
    except LicensingError:
        raise BadRecord("{0} is no instant".format(where)) from None
    return text


def _enum_member(value: object, kind: Type[T], where: str) -> T:
    for member in kind:  # type: ignore[attr-defined]  # every kind given here is an Enum
        if member.value == value:
            found: T = member
            return found
    raise BadRecord("{0} is no known word".format(where))


def _check_consistency(record: MigrationRecord) -> None:
    """Raise BadRecord if data that the state requires is missing; an incomplete record must not be used."""
    if not record.licenses or not record.parts:
        raise BadRecord("licenses and parts must not be empty")
    if len({license_.id for license_ in record.licenses}) != len(record.licenses):
        raise BadRecord("a license stands twice")
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
