# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Abort migrations, which is possible only before the licenses are uninstalled."""

from __future__ import annotations

from typing import Iterable, List

from ..._errors import UsphereError
from ..._vms.api.records import GONE, LicenseRecord
from ..._vms.wire.errors import VmsError
from ..core.errors import Cause, ChangeRefused, InvalidRequest, OperationError, cause_of
from ..core.protocols import LicenseStore
from ..core.write_and_verify import Waits
from ..journal.journal import Journal
from ..journal.record import MigrationRecord, Step
from .plan import ABORT, MigrationPlan, MigrationRequest, MigrationTask, ServerReading, find_records
from .run import MigrationOutcome
from .uninstall_poll import UninstallPoll, wait_rest


def decide_abort(request: MigrationRequest, journal: Journal, source: LicenseStore) -> MigrationPlan:
    """Find the migrations to abort, which is possible only before the licenses are uninstalled.

    A migration for which nothing was sent can be aborted without an answer of the source; if the source
    answers, its state is still checked. Raises InvalidRequest ``migration_unknown``, ChangeRefused
    ``migration_abort_late``, VmsError.
    """
    look = ServerReading(source)
    known, missing = find_records(request, journal.records(), lambda: look.ids, unsent=True)
    if missing:
        raise InvalidRequest("migration_unknown", license_ids=missing, journal=journal.folder)
    answers = any(map(_is_unsent, known)) and _answers(look)
    todos: List[MigrationTask] = []
    warnings: List[Cause] = []
    for record in known:
        if record.step is Step.ABORTED:
            todos.append(MigrationTask(record, known=record, target=Step.ABORTED))
            continue
        checked = _refuse_late(record, look, answers or not _is_unsent(record))
        if not checked:
            fields = {
                "migration": record.id,
                "source": record.source.server_id,
                "license_ids": list(record.license_ids),
            }
            warnings.append(Cause("migration_abort_unread", fields, "R16"))
        todos.append(
            MigrationTask(
                record,
                known=record,
                live=True,
                source_checked=checked,
                actions=(ABORT,),
                target=Step.ABORTED,
            )
        )
    return MigrationPlan(tuple(todos), warnings=tuple(warnings))


def _is_unsent(record: MigrationRecord) -> bool:
    return record.step is Step.PLANNED and record.sent_at is None


def _answers(look: ServerReading) -> bool:
    """Return whether the source can be read; it is read only once, for all migrations."""
    try:
        look.read()
        return bool(look.ids)
    except VmsError:
        return False


def _refuse_late(record: MigrationRecord, look: ServerReading, readable: bool) -> bool:
    """Refuse to abort what is uninstalled; return whether the source was read to check this."""
    if record.step is not Step.PLANNED:
        raise _late(record)
    if not readable:
        return False
    if record.source.server_id not in look.ids:
        if _is_unsent(record):
            return False
        raise ChangeRefused(
            "migration_server_changed", end="source", recorded=record.source.server_id, found=look.id
        )
    if _is_gone(record, look.licenses):
        raise _late(record)
    return True


def _is_gone(record: MigrationRecord, listed: Iterable[LicenseRecord]) -> bool:
    return any(row.id in record.license_ids and row.status == GONE for row in listed)


def _late(record: MigrationRecord) -> ChangeRefused:
    return ChangeRefused("migration_abort_late", "R16", migration=record.id, step=record.step.value)


def abort(plan: MigrationPlan, journal: Journal, source: LicenseStore, waits: Waits) -> MigrationOutcome:
    """Record that the migrations are aborted, once no uninstallation can still take effect.

    The wait covers all migrations before the first one is recorded. Raises ChangeRefused
    ``migration_abort_late`` before anything is written, OperationError ``migration_interrupted`` afterwards.
    """
    _refuse_landed([todo.record for todo in plan.todos if todo.changed], journal, source, waits)
    records = [todo.record for todo in plan.todos]
    written = False
    for index, todo in enumerate(plan.todos):
        if not todo.changed:
            continue
        try:
            records[index] = journal.advance(todo.record, Step.ABORTED)
        except UsphereError as error:
            if not written:
                raise
            raise _interrupted(records, error) from error
        written = True
    return MigrationOutcome(tuple(records))


def _refuse_landed(
    records: List[MigrationRecord], journal: Journal, source: LicenseStore, waits: Waits
) -> None:
    """Wait for the rest of the timeout of every uninstallation that was sent; refuse if one took effect."""
    sent = [record for record in records if record.sent_at is not None]
    for record in sent:
        if record.sent_at is not None and wait_rest(
            record.sent_at, UninstallPoll(source, record), journal, waits
        ):
            raise _late(record)
    # The first uninstallations may have taken effect during the wait for the later ones.
    listed = source.licenses() if sent else ()
    for record in sent:
        if _is_gone(record, listed):
            raise _late(record)


def _interrupted(records: List[MigrationRecord], error: UsphereError) -> OperationError:
    causes = (cause_of(error), *(error.causes if isinstance(error, OperationError) else ()))
    states = ["{0}: {1}".format(record.id, record.step.value) for record in records]
    return OperationError("migration_interrupted", error.rule, causes, changed=True, migrations=states)
