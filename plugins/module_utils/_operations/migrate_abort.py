# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Giving a migration up, which is possible while nothing is uninstalled."""

from __future__ import annotations

from typing import List

from .errors import ChangeRefused, InvalidRequest
from .journal import Journal
from .journal_record import Record, Step
from .migrate import MigrationOutcome
from .migrate_look import Looker, waited_for
from .migrate_plan import ABORT, Look, MigrationPlan, MigrationRequest, Todo, find_records
from .ports import LicenseStore
from .settle import Waits
from .states import GONE


def decide_abort(request: MigrationRequest, journal: Journal, source: LicenseStore) -> MigrationPlan:
    """Find the migrations that are to be given up, which is possible while nothing is uninstalled.

    Raises InvalidRequest ``migration_unknown``, ChangeRefused ``migration_abort_late``, VmsError.
    """
    look = Look(source)
    known, missing = find_records(request, journal.records(), lambda: look.ids, unsent=True)
    if missing:
        raise InvalidRequest("migration_unknown", license_ids=missing, journal=journal.folder)
    todos = []
    for record in known:
        if record.step is Step.ABORTED:
            todos.append(Todo(record, known=record, target=Step.ABORTED))
            continue
        _refuse_late(record, look)
        todos.append(Todo(record, known=record, live=True, actions=(ABORT,), target=Step.ABORTED))
    return MigrationPlan(tuple(todos))


def _refuse_late(record: Record, look: Look) -> None:
    late = record.step is not Step.PLANNED
    if not late:
        if record.source.server_id not in look.ids:
            raise ChangeRefused(
                "migration_server_changed", end="source", recorded=record.source.server_id, found=look.id
            )
        late = any(row.id in record.license_ids and row.status == GONE for row in look.licenses)
    if late:
        raise ChangeRefused("migration_abort_late", migration=record.id, step=record.step.value)


def abort(plan: MigrationPlan, journal: Journal, source: LicenseStore, waits: Waits) -> MigrationOutcome:
    """Write that the migrations are given up, once no uninstallation can be under way any more."""
    records: List[Record] = []
    for todo in plan.todos:
        record = todo.record
        if todo.changed:
            if record.sent_at is not None and waited_for(
                record.sent_at, Looker(source, record), journal, waits
            ):
                raise ChangeRefused("migration_abort_late", migration=record.id, step=record.step.value)
            record = journal.advance(record, Step.ABORTED)
        records.append(record)
    return MigrationOutcome(tuple(records))
