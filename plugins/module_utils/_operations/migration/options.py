# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of ``license_migration`` in, its results out; also where a journal's migrations stand.

An option that is None was not given. Plan and diff are made from the plan alone, so a dry run shows exactly
what a real run then does.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Sequence

from ..._licensing.catalog.catalog import Catalog
from ..._vms.profile.model import Profile
from ..checks.expectation import parse_quantity
from ..core import license_files
from ..core.errors import Cause, InvalidRequest
from ..journal.journal import Journal, Unreadable
from ..journal.record import End, MigrationRecord, Part, Step
from ..request.drop_directory import place_of
from ..request.transfer_bundle import steps_now, waits
from .match_files import GivenFile
from .plan import MigrationPlan, MigrationRequest, ServerEnd

# What has to be possible at each end before anything is uninstalled.
AT_BOTH = (
    "server",
    "list_licenses",
    "list_clients",
    "license_task",
    "install_activation_file",
    "device_info",
)
AT_SOURCE = (*AT_BOTH, "uninstall_license", "uninstall_file")
# What one end leaves out comes from the module's own options.
SHARED = (
    "username",
    "password",
    "client_id",
    "client_secret",
    "scheme",
    "validate_certs",
    "ca_path",
    "timeout",
)

Data = Dict[str, Any]
# Renders sentences in a language: (causes, language) → rows with ``code``, ``message`` and ``rule``.
Sentences = Callable[[Iterable[Cause], str], List[Data]]


def end_options(options: Mapping[str, Any], end: End, port: int) -> Data:
    """Return the connection options of one end, completed from the module's own. Raises InvalidRequest."""
    given: Mapping[str, Any] = options.get(end.value) or {}
    found = {name: options.get(name) if given.get(name) is None else given[name] for name in SHARED}
    host, own_port = given.get("host"), given.get("port")
    if host is None and end is End.DESTINATION:
        host, own_port = options.get("host"), own_port or options.get("port")
    found.update(host=host, port=own_port or port, profile=options["profile"])
    for name in ("host", "username", "password"):
        if not found[name]:
            raise InvalidRequest("migration_source_needed", option=name, end=end.value)
    return found


def require(profile: Profile, operations: Sequence[str]) -> None:
    """Ask the profile for every call that may be needed: halfway is too late to find one missing.

    Raises OperationUnsupported.
    """
    for name in operations:
        profile.operation(name)


def migration_request(
    options: Mapping[str, Any], source: Mapping[str, Any], destination: Mapping[str, Any], catalog: Catalog
) -> MigrationRequest:
    """Return what the options ask for; activation files are read. Raises InvalidRequest, ArtifactError."""
    return MigrationRequest(
        license_ids=tuple(options["license_ids"]),
        source=_place(source, options.get("source")),
        destination=_place(destination, options.get("destination")),
        files=tuple(_given(item) for item in options.get("activation_files") or ()),
        quantities=tuple(parse_quantity(item, "quantities") for item in options.get("quantities") or ()),
        remainder_to=End(options["remainder_to"]),
        allow_unbalanced=bool(options["allow_unbalanced"]),
        catalog=catalog,
    )


def _place(reached: Mapping[str, Any], given: Any) -> ServerEnd:
    return ServerEnd(reached["host"], reached["port"], (given or {}).get("client"))


def _given(item: object) -> GivenFile:
    if isinstance(item, str):
        return GivenFile(license_files.read_activation_file(item))
    if not isinstance(item, Mapping):
        raise InvalidRequest("activation_files_item", got=type(item).__name__)
    given = {str(name): value for name, value in item.items() if value is not None}
    unknown = sorted(set(given) - {"path", "license_id", "quantity", "to"})
    ends = [end.value for end in End]
    if unknown or "path" not in given or given.get("to", ends[0]) not in ends:
        raise InvalidRequest("activation_files_item", got=", ".join(sorted(given)) or "-")
    quantity = given.get("quantity")
    return GivenFile(
        license_files.read_activation_file(str(given["path"])),
        license_id=None if "license_id" not in given else str(given["license_id"]),
        quantity=None if quantity is None else parse_quantity(quantity, str(given["path"])),
        end=None if "to" not in given else End(given["to"]),
    )


# Results


def plan_rows(plan: MigrationPlan) -> List[Data]:
    """What is done for each migration, in order, and where it then stands. Empty if nothing is done."""
    return [
        {
            "id": todo.record.id,
            "license_ids": list(todo.record.license_ids),
            "actions": list(todo.actions),
            "state": todo.target.value,
        }
        for todo in plan.todos
        if todo.changed
    ]


def plan_diff(plan: MigrationPlan) -> Data:
    """Where each migration stands before and after."""
    before = {todo.record.id: None if todo.known is None else todo.known.step.value for todo in plan.todos}
    after = {todo.record.id: todo.target.value for todo in plan.todos}
    return {"before": before, "after": after}


def overall(records: Sequence[MigrationRecord]) -> str:
    """Return where the task stands: where its last migration does."""
    order = list(Step)
    return min((record.step for record in records), key=order.index).value


def outcome_rows(
    records: Iterable[MigrationRecord],
    journal: Journal,
    tell: Sentences,
    language: str,
    folder: Optional[str] = None,
) -> List[Data]:
    """Where each migration stands, with what a person has to do now.

    With the folder where people put activation files each part that waits says its place there, too.
    """
    return [
        record_row(record, journal, tell(steps_now(record, journal, folder), language), folder)
        for record in records
    ]


def record_row(
    record: MigrationRecord, journal: Journal, now: Sequence[Data], folder: Optional[str] = None
) -> Data:
    """One migration as data: no keys, no bytes of files, only where they lie."""
    transfer = record.transfer
    return {
        "id": record.id,
        "state": record.step.value,
        "source": _server_row(record.source),
        "destination": _server_row(record.destination),
        "license_ids": list(record.license_ids),
        "licenses": [
            {
                "id": license_.id,
                "product": license_.product,
                "arch": license_.arch,
                "kind": license_.kind,
                "code": license_.code,
                "quantity": license_.quantity,
                "expires_at": license_.expires_at,
            }
            for license_ in record.licenses
        ],
        "parts": [_part_row(record, part, journal, folder) for part in record.parts],
        "uninstall_files": [journal.path_of(record, file) for file in record.uninstall_files],
        "bundle": None if transfer is None else journal.bundle_path(record, transfer.folder),
        "history": [
            {
                "step": event.step,
                "at": event.at,
                "server_at": event.server_at,
                "host": event.host,
                "pid": event.pid,
            }
            for event in record.history
        ],
        "now": list(now),
    }


def _part_row(record: MigrationRecord, part: Part, journal: Journal, folder: Optional[str]) -> Data:
    row: Data = {
        "to": part.end.value,
        "quantity": part.quantity,
        "activation_file": None if part.file is None else journal.path_of(record, part.file),
        "sha256": None if part.file is None else part.file.sha256,
        "license_ids": list(part.license_ids),
        "proof": _proof_row(part),
    }
    if folder is not None and part.file is None and waits(record):
        row["activation_folder"] = place_of(folder, record, part)
    return row


def _proof_row(part: Part) -> Optional[Data]:
    """Return what it rests on that the licenses of a part are those that left; None while none are there."""
    if not part.installed:
        return None
    return {
        "kind": "named" if part.named else "sent",
        "sent_at": part.sent_at,
        "server_at": part.sent_server_at,
    }


def _server_row(server: Any) -> Data:
    return {"host": server.host, "port": server.port, "id": server.server_id, "client": server.client}


def survey_rows(journal: Journal, tell: Sentences, language: str, folder: Optional[str] = None) -> List[Data]:
    """Every migration of a journal; one whose record cannot be trusted has the state ``unreadable``."""
    records, bad = journal.survey()
    return outcome_rows(records, journal, tell, language, folder) + [
        _bad_row(item, tell, language) for item in bad
    ]


def rows_at(rows: Sequence[Data], host: str, port: int, server_id: Optional[str]) -> List[Data]:
    """Return the migrations from or to one License Server, and those that nobody can tell."""

    def ours(row: Data) -> bool:
        ends = [row[end.value] for end in End if end.value in row]
        return not ends or any(
            (end["host"].lower(), end["port"]) == (host.lower(), port) or end["id"] == server_id
            for end in ends
        )

    return [row for row in rows if ours(row)]


def _bad_row(item: Unreadable, tell: Sentences, language: str) -> Data:
    error = item.error
    said = tell([Cause(error.code, error.fields, error.rule)], language)
    return {
        "id": item.id,
        "state": "unreadable",
        "message": said[0]["message"],
        "code": error.code,
        "now": said,
    }
