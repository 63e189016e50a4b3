# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the options of ``license_migration``; build its results and the state of migrations.

None means that an option was not given. Plan and diff depend on the plan alone, so check mode shows exactly
what a real run then does.
"""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Sequence

from ..._licensing.catalog.catalog import Catalog
from ..._vms.profile.model import Profile
from ..checks.expectation import parse_quantity
from ..core import license_files
from ..core.errors import InvalidRequest
from ..journal.record import End, MigrationRecord, Step
from .match_files import GivenFile
from .plan import MigrationPlan, MigrationRequest, ServerEnd

# Calls that must be possible at each end before anything is uninstalled.
AT_BOTH = (
    "server",
    "list_licenses",
    "list_clients",
    "license_task",
    "install_activation_file",
    "device_info",
)
AT_SOURCE = (*AT_BOTH, "uninstall_license", "uninstall_file")
# Options of an end that are missing there are taken from the module's own options.
SHARED = (
    "username",
    "password",
    "client_id",
    "client_secret",
    "scheme",
    "validate_certs",
    "ca_path",
    "timeout",
    "proxy",
    "no_proxy",
    "timezone",
)

Data = Dict[str, Any]


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
    """Check that the profile has every call that may be needed, before the migration starts.

    Raises OperationUnsupported.
    """
    for name in operations:
        profile.operation(name)


def migration_request(
    options: Mapping[str, Any], source: Mapping[str, Any], destination: Mapping[str, Any], catalog: Catalog
) -> MigrationRequest:
    """Return the request that the options describe; reads activation files.

    Raises InvalidRequest, ArtifactError.
    """
    return MigrationRequest(
        license_ids=tuple(options["license_ids"]),
        source=_server_end(source, options.get("source")),
        destination=_server_end(destination, options.get("destination")),
        files=tuple(_given(item) for item in options.get("activation_files") or ()),
        quantities=tuple(parse_quantity(item, "quantities") for item in options.get("quantities") or ()),
        remainder_to=End(options["remainder_to"]),
        allow_unbalanced=bool(options["allow_unbalanced"]),
        catalog=catalog,
    )


def _server_end(connection: Mapping[str, Any], given: Any) -> ServerEnd:
    return ServerEnd(connection["host"], connection["port"], (given or {}).get("client"))


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
    """Return the actions and the final state of each changed migration, in order. Empty without changes."""
    return [
        {
            "id": task.record.id,
            "license_ids": list(task.record.license_ids),
            "actions": list(task.actions),
            "state": task.target.value,
        }
        for task in plan.tasks
        if task.changed
    ]


def plan_diff(plan: MigrationPlan) -> Data:
    """Return the state of each migration before and after as a diff."""
    before = {task.record.id: None if task.known is None else task.known.step.value for task in plan.tasks}
    after = {task.record.id: task.target.value for task in plan.tasks}
    return {"before": before, "after": after}


def overall(records: Sequence[MigrationRecord]) -> str:
    """Return the state of the task, which is the earliest state of its migrations."""
    order = list(Step)
    return min((record.step for record in records), key=order.index).value
