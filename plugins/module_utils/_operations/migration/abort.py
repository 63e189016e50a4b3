# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Abort migrations, which is possible only before the licenses are uninstalled."""

from __future__ import annotations

from typing import Iterable, List

from ..._errors import UsphereError
from ..._vms.api.records import LicenseRecord
from ..._vms.api.tasks import GONE, LicenseServerWriter
from ..._vms.wire.errors import VmsError
from ..core.errors import Cause, InvalidRequest
from ..core.write_and_verify import Waits
from ..core.write_errors import ChangeRefused
from ..journal.journal import Journal
from ..journal.record import MigrationRecord, Step
from .plan import ABORT, MigrationPlan, MigrationRequest, MigrationTask, ServerReading, find_records
from .run import MigrationOutcome, interrupted_error
from .uninstall_poll import UninstallPoll, wait_rest


def decide_abort(request: MigrationRequest, journal: Journal, source: LicenseServerWriter) -> MigrationPlan:
    """Find the migrations to abort, which is possible only before the licenses are uninstalled.

    A migration for which nothing was sent can be aborted without an answer of the source; if the source
    answers, its state is still checked. Raises InvalidRequest ``migration_unknown``, ChangeRefused
    ``migration_abort_late``, VmsError.
    """
    reading = ServerReading(source)
    known, missing = find_records(request, journal.records(), lambda: reading.ids, unsent=True)
    if missing:
        raise InvalidRequest("migration_unknown", license_ids=missing, journal=journal.folder)
    readable = any(map(_is_unsent, known)) and _is_readable(reading)
    tasks: List[MigrationTask] = []
    warnings: List[Cause] = []
    for record in known:
        if record.step is Step.ABORTED:
            tasks.append(MigrationTask(record, known=record, target=Step.ABORTED))
            continue
        checked = _refuse_late(record, reading, readable or not _is_unsent(record))
        if not checked:
            fields = {
                "migration": record.id,
                "source": record.source.server_id,
                "license_ids": list(record.license_ids),
            }
            warnings.append(Cause("migration_abort_unread", fields, "R16"))
        tasks.append(
            MigrationTask(
                record,
                known=record,
                live=True,
                source_checked=checked,
                actions=(ABORT,),
                target=Step.ABORTED,
            )
        )
    return MigrationPlan(tuple(tasks), warnings=tuple(warnings))


def _is_unsent(record: MigrationRecord) -> bool:
    return record.step is Step.PLANNED and record.sent_at is None


def _is_readable(reading: ServerReading) -> bool:
    """Return whether the source can be read; it is read only once, for all migrations."""
    try:
        reading.read()
        return bool(reading.ids)
    except VmsError:
        return False


def _refuse_late(record: MigrationRecord, reading: ServerReading, readable: bool) -> bool:
    """Refuse to abort what is uninstalled; return whether the source was read to check this."""
    if record.step is not Step.PLANNED:
        raise _late_error(record)
    if not readable:
        return False
    if record.source.server_id not in reading.ids:
        if _is_unsent(record):
            return False
        raise ChangeRefused(
            "migration_server_changed", end="source", recorded=record.source.server_id, found=reading.id
        )
    if _is_gone(record, reading.licenses):
        raise _late_error(record)
    return True


def _is_gone(record: MigrationRecord, listed: Iterable[LicenseRecord]) -> bool:
    return any(row.id in record.license_ids and row.status == GONE for row in listed)


def _late_error(record: MigrationRecord) -> ChangeRefused:
    return ChangeRefused("migration_abort_late", "R16", migration=record.id, step=record.step.value)


def abort(
    plan: MigrationPlan, journal: Journal, source: LicenseServerWriter, waits: Waits
) -> MigrationOutcome:
    """Record that the migrations are aborted, once no uninstallation can still take effect.

    The wait covers all migrations before the first one is recorded. Raises ChangeRefused
    ``migration_abort_late`` before anything is written, OperationError ``migration_interrupted`` afterwards.
    """
    _refuse_effective([task.record for task in plan.tasks if task.changed], journal, source, waits)
    records = [task.record for task in plan.tasks]
    written = False
    for index, task in enumerate(plan.tasks):
        if not task.changed:
            continue
        try:
            records[index] = journal.advance(task.record, Step.ABORTED)
        except UsphereError as error:
            if not written:
                raise
            raise interrupted_error(records, error) from error
        written = True
    return MigrationOutcome(tuple(records))


def _refuse_effective(
    records: List[MigrationRecord], journal: Journal, source: LicenseServerWriter, waits: Waits
) -> None:
    """Wait for the rest of the timeout of every uninstallation that was sent; refuse if one took effect."""
    sent = [record for record in records if record.sent_at is not None]
    for record in sent:
        if record.sent_at is not None and wait_rest(
            record.sent_at, UninstallPoll(source, record), journal, waits
        ):
            raise _late_error(record)
    # The first uninstallations may have taken effect during the wait for the later ones.
    listed = source.licenses() if sent else ()
    for record in sent:
        if _is_gone(record, listed):
            raise _late_error(record)
