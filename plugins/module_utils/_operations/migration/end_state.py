# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the vendor's rules for the end state of all migrations of a task, on both servers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Sequence, Tuple

from ..._licensing.rules.change import Expectation
from ..._vms.api.records import LicenseRecord
from ..checks.end_state import check_end_state
from ..core.errors import Cause, OperationError
from ..core.write_errors import ChangeRefused, NotVerified
from ..journal.journal import Journal
from ..journal.record import End, MigrationRecord, Server
from ..license import install
from ..license.file_groups import Group, still_held
from .plan import MigrationRequest, MigrationTask, ServerReading, expected, install_request, wanted_files


@dataclass(frozen=True)
class MigrationCheck:
    """Rules that could not be checked, and warnings about the consequences of permitted changes."""

    unchecked: Tuple[Cause, ...] = ()
    warnings: Tuple[Cause, ...] = ()


def require_server(reading: ServerReading, recorded: Server, end: str) -> None:
    """Raise ChangeRefused ``migration_server_changed`` unless the server is the recorded one."""
    if recorded.server_id not in reading.ids:
        raise ChangeRefused(
            "migration_server_changed", end=end, recorded=recorded.server_id, found=reading.id
        )


def check_uninstall(
    tasks: Sequence[MigrationTask],
    request: MigrationRequest,
    source: ServerReading,
    destination: ServerReading,
) -> MigrationCheck:
    """Check the end state of the complete task, on both servers, before any license is uninstalled.

    Raises ChangeRefused ``migration_refused`` with every violation as a cause; nothing was sent.
    """
    leaving = [task for task in tasks if task.live]
    ids = tuple(ident for task in leaving for ident in task.record.license_ids)
    coming: Dict[End, List[Expectation]] = {End.SOURCE: [], End.DESTINATION: []}
    for task in tasks:
        require_server(destination, task.record.destination, "destination")
        for part in task.record.parts:
            if not part.installed:
                coming[part.end] += [expected(item) for item in task.record.bringing(part)]
    at_source = check_end_state(
        source.server,
        source.licenses,
        adding=tuple(coming[End.SOURCE]),
        removing=ids,
        client=request.source.client,
        allow_unbalanced=request.allow_unbalanced,
        catalog=request.catalog,
    )
    at_destination = check_end_state(
        destination.server,
        destination.licenses,
        adding=tuple(coming[End.DESTINATION]),
        client=request.destination.client,
        allow_unbalanced=request.allow_unbalanced,
        catalog=request.catalog,
    )
    held = still_held([_group(task.record, source.licenses) for task in leaving], at_source.clients)
    violations = at_source.violations + held + at_destination.violations
    if violations:
        raise ChangeRefused("migration_refused", violations[0].rule, violations, license_ids=list(ids))
    # Detect a destination without device information before the uninstallation.
    destination.server.device_info()
    return MigrationCheck(
        (*at_source.unchecked, *at_destination.unchecked), (*at_source.warnings, *at_destination.warnings)
    )


def check_installs(
    tasks: Sequence[MigrationTask],
    request: MigrationRequest,
    journal: Journal,
    source: ServerReading,
    destination: ServerReading,
) -> MigrationCheck:
    """Check the available files as ``license`` does; skipped while licenses still have to be uninstalled."""
    if any(task.live for task in tasks):
        return MigrationCheck()
    unchecked: Tuple[Cause, ...] = ()
    warnings: Tuple[Cause, ...] = ()
    for end, reading in ((End.DESTINATION, destination), (End.SOURCE, source)):
        wanted = wanted_files(tasks, end, journal)
        if not wanted:
            continue
        for task in tasks:
            recorded = task.record.destination if end is End.DESTINATION else task.record.source
            require_server(reading, recorded, end.value)
        try:
            plan = install.decide(install_request(request, wanted, end), reading.server)
        except NotVerified as error:
            raise wrong_licenses_error(error) from error
        unchecked, warnings = unchecked + plan.unchecked, warnings + plan.warnings
    return MigrationCheck(unchecked, warnings)


def wrong_licenses_error(error: NotVerified) -> OperationError:
    """Return the error of a file that installed other licenses, worded as a message about migrations."""
    if error.code != "expectation_not_met":
        return error
    return NotVerified.of(Cause("migration_yield_differs", error.fields, "R16"), changed=error.changed)


def _group(record: MigrationRecord, licenses: Sequence[LicenseRecord]) -> Group:
    return tuple(license_ for license_ in licenses if license_.id in record.license_ids)
