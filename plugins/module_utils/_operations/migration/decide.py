# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide what a migration run has to do, from the journal and both servers, without writing.

A license is identified by its server and its id there, so the same task finds its migrations again. Both
servers and the kept files are read in every run, because an earlier proof may no longer hold (R16).
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import Dict, FrozenSet, List, Mapping, Optional, Sequence, Tuple

from ..._vms.api.records import LicenseRecord
from ..._vms.api.tasks import LicenseServerWriter
from ..._vms.wire.errors import BadAnswer, HttpError, Unreachable, VmsError
from ..core import license_files
from ..core.errors import Cause, OperationError
from ..core.write_errors import ChangeRefused, NotVerified, cause_of
from ..journal.journal import Journal
from ..journal.record import End, MigrationRecord, Part, Step
from ..request.transfer_bundle import bundle_files
from .arrival_proof import doubt_about
from .end_state import check_installs, check_uninstall, require_server
from .match_files import Assigned, Receiver, assign
from .new_migrations import NewMigrations
from .plan import (
    INSTALL,
    KEEP,
    REQUEST,
    RESTORE,
    SAVE,
    UNINSTALL,
    VERIFY,
    MigrationPlan,
    MigrationRequest,
    MigrationTask,
    ServerReading,
    find_records,
    in_order,
)
from .presence import (
    damaged_files,
    file_cause,
    is_live,
    read_source,
    refuse_dead_part,
    refuse_live_source,
    refused_files,
    reused_cause,
    rows_of_part,
    yield_error,
)


def decide(
    request: MigrationRequest, journal: Journal, source: LicenseServerWriter, destination: LicenseServerWriter
) -> MigrationPlan:
    """Return the state of each migration of the task and its next actions.

    Raises InvalidRequest, ChangeRefused (nothing was sent), NotVerified (what arrived is not live, or is not
    proved to have arrived by this migration), JournalError, ArtifactError, VmsError.
    """
    return _Decision(request, journal, source, destination).plan()


@dataclass(frozen=True)
class _Found:
    """A migration of the task before activation files are assigned.

    ``open`` are the parts that accept a file, each with the error to raise if it gets none; ``damaged`` are
    the parts whose kept file cannot be read; ``fetchable``: the source still has the uninstall file.
    """

    task: MigrationTask
    open: Mapping[int, Optional[OperationError]]
    damaged: FrozenSet[int] = frozenset()
    fetchable: bool = False


class _Decision:
    def __init__(
        self,
        request: MigrationRequest,
        journal: Journal,
        source: LicenseServerWriter,
        destination: LicenseServerWriter,
    ) -> None:
        self.request = request
        self.journal = journal
        self.source = ServerReading(source)
        self.destination = ServerReading(destination)
        self.new = NewMigrations(request, self.source, self.destination)
        self.records: Tuple[MigrationRecord, ...] = ()
        self.source_checked = True
        self.unchecked: List[Cause] = []
        self.warnings: List[Cause] = []

    def plan(self) -> MigrationPlan:
        self.journal.check()
        self.records = self.journal.records()
        known, missing = find_records(self.request, self.records, lambda: self.source.ids)
        found = [self._resumed(record) for record in known]
        if missing:
            found += [self._planned(record) for record in self.new.records(missing)]
        tasks = [self._with_actions(task) for task in self._with_files(found)]
        verdicts = []
        if any(UNINSTALL in task.actions for task in tasks):
            verdicts.append(check_uninstall(tasks, self.request, self.source, self.destination))
        verdicts.append(check_installs(tasks, self.request, self.journal, self.source, self.destination))
        for verdict in verdicts:
            self.unchecked += verdict.unchecked
            self.warnings += verdict.warnings
        return MigrationPlan(
            in_order(tasks, self.request.catalog), tuple(self.unchecked), tuple(self.warnings)
        )

    def _reading(self, end: End) -> ServerReading:
        return self.source if end is End.SOURCE else self.destination

    # Known migrations

    def _resumed(self, record: MigrationRecord) -> _Found:
        self.new.refuse_other_task(record)
        if not record.step.reached(Step.UNINSTALL_FILE_SAVED):
            return self._at_source(record, record)
        return self._after_uninstall(record)

    def _planned(self, record: MigrationRecord) -> _Found:
        """Return a migration that the journal does not have yet, or for which nothing was sent."""
        known = next((other for other in self.records if other.id == record.id), None)
        if known is not None:
            record = replace(record, history=known.history, refused=known.refused)
        found = self._at_source(known, record)
        if not found.task.live:
            fields = {"migration": record.id, "license_ids": list(record.license_ids)}
            self.warnings.append(Cause("migration_already_uninstalled", fields, "R16"))
        return found

    def _at_source(self, known: Optional[MigrationRecord], record: MigrationRecord) -> _Found:
        """Return a migration without a saved uninstall file: only the source can list its licenses."""
        require_server(self.source, record.source, "source")
        self.source.read()
        reading = read_source(self.source, record)
        if record.step is Step.SOURCE_UNINSTALLED:
            refuse_live_source(record, reading, destination_live=False)
        if not reading.live and not reading.gone:
            self._refuse_vanished(record, record.license_ids)
        task = MigrationTask(record, known=known, live=bool(reading.live))
        return _Found(task, {index: None for index, part in enumerate(record.parts) if part.file is None})

    def _refuse_vanished(self, record: MigrationRecord, license_ids: Sequence[str]) -> None:
        if license_ids:
            raise ChangeRefused(
                "migration_license_vanished", migration=record.id, license_ids=list(license_ids)
            )

    def _after_uninstall(self, record: MigrationRecord) -> _Found:
        """Return a migration with a saved uninstall file, after reading both servers and all its files."""
        reading = read_source(self.source, record)
        self.warnings += reading.causes
        if reading.reused:
            self.warnings.append(reused_cause(record, reading))
        refuse_live_source(record, reading, bool(reading.live) and self._arrived(record))
        others = [other for other in self.records if other.id != record.id]
        now, lost = record, []
        opened: Dict[int, Optional[OperationError]] = {}
        damaged = set()
        for index, part in enumerate(record.parts):
            if part.file is None:
                opened[index] = None
                continue
            if part.file in damaged_files(self.journal, record, [part.file]):
                damaged.add(index)
            if part.end is End.SOURCE and not reading.checked:
                continue
            rows = self._rows(record, part)
            if part.installed:
                refuse_dead_part(record, part, rows, others, self._reading(part.end).ids)
            if part.installed and not rows:
                lost.append(part)
                now = now.with_part(index, replace(part, license_ids=(), sent_at=None, sent_server_at=None))
            error = self._unusable(now, index, rows, others, index in damaged)
            if error is not None:
                opened[index] = error
            elif index in damaged:
                self.warnings.append(file_cause("migration_file_damaged", self.journal, record, [part.file]))
        if lost:
            now = replace(now, step=Step.WAITING)
            fields = {
                "migration": record.id,
                "license_ids": [ident for part in lost for ident in part.license_ids],
                "destination": "{0.host}:{0.port}".format(record.destination),
            }
            self.warnings.append(Cause("migration_lost_at_destination", fields, "R16"))
        event = "destination_lost" if lost else "activation_file_released"
        task = MigrationTask(now, known=record, event=event, source_checked=reading.checked)
        return _Found(task, opened, frozenset(damaged), reading.gone)

    def _arrived(self, record: MigrationRecord) -> bool:
        """Return whether the destination lists the licenses as live; False if it does not answer."""
        try:
            return any(
                is_live(rows_of_part(self.destination, part))
                for part in record.parts
                if part.end is End.DESTINATION
            )
        except VmsError:
            return False

    def _rows(self, record: MigrationRecord, part: Part) -> Tuple[LicenseRecord, ...]:
        reading = self._reading(part.end)
        require_server(
            reading, record.destination if part.end is End.DESTINATION else record.source, part.end.value
        )
        return rows_of_part(reading, part)

    def _unusable(
        self,
        record: MigrationRecord,
        index: int,
        rows: Sequence[LicenseRecord],
        others: Sequence[MigrationRecord],
        damaged: bool,
    ) -> Optional[OperationError]:
        """Return why the file of a part cannot be used, so that another file may replace it.

        None if the file can be used.
        """
        part = record.parts[index]
        file = part.file
        if file is None or part.installed:
            return None
        if not rows:
            lost = file_cause("migration_activation_file_lost", self.journal, record, [file])
            return NotVerified.of(lost) if damaged else None
        doubt = doubt_about(record, part, file, rows, others)
        if doubt is not None:
            return NotVerified.of(doubt)
        return yield_error(record, part, rows)

    # Next actions

    def _with_files(self, found: Sequence[_Found]) -> List[MigrationTask]:
        """Assign the activation files of the task; raise the error of a part that needs one and gets none."""
        task_ids = {item.task.record.id for item in found}
        self.source_checked = all(item.task.source_checked for item in found)
        digests = {item.file.sha256 for item in self.request.files}
        given = assign(
            self.request.files,
            [
                Receiver(
                    item.task.record,
                    frozenset(item.open),
                    item.damaged,
                    item.task.live,
                    refused_files(item.task.record, digests, self._reading),
                )
                for item in found
            ],
            [record for record in self.records if record.id not in task_ids],
            self._installed_as,
        )
        self.warnings += given.warnings
        return [self._complete(item, given) for item in found]

    def _installed_as(self, end: End, sha256: str) -> Sequence[str]:
        """Return the ids of the licenses that an end lists for a file; none if the source was not read."""
        if end is End.SOURCE and not self.source_checked:
            return []
        return [row.id for row in self._reading(end).licenses if (row.sha256 or "").lower() == sha256]

    def _complete(self, found: _Found, given: Assigned) -> MigrationTask:
        record = found.task.record
        files = given.files.get(record.id, {})
        for index, error in found.open.items():
            if error is not None and index not in files:
                raise error
        taken = {
            file.sha256
            for ident, places in given.files.items()
            for file in places.values()
            if ident != record.id
        }
        for index, part in enumerate(record.parts):
            if part.file is not None and part.file.sha256 in taken and not part.installed:
                # The operator assigned this file to another migration.
                record = record.with_part(index, Part(part.end, part.quantity))
        task = replace(found.task, record=record, given=files, named=given.named.get(record.id, frozenset()))
        if not record.step.reached(Step.UNINSTALL_FILE_SAVED):
            return task
        return self._with_uninstall_files(found, task)

    def _with_uninstall_files(self, found: _Found, task: MigrationTask) -> MigrationTask:
        """Check the uninstall files, which are the only copy while the license is not installed anywhere."""
        record = task.record
        damaged = damaged_files(self.journal, record, record.uninstall_files)
        elsewhere = all(
            index in task.given or part.installed or (part.file is not None and index not in found.damaged)
            for index, part in enumerate(record.parts)
        )
        if elsewhere:
            if damaged:
                self.warnings.append(file_cause("migration_file_damaged", self.journal, record, damaged))
            return task
        gone = [file for file in damaged if self.journal.copy_of(record, file) is None]
        if gone and not found.fetchable:
            lost = file_cause("migration_proof_lost", self.journal, record, damaged)
            raise ChangeRefused.of(lost)
        if damaged:
            self.warnings.append(file_cause("migration_proof_restored", self.journal, record, damaged))
        broken = damaged_files(self.journal, record, bundle_files(record))
        if broken:
            self.warnings.append(file_cause("migration_bundle_damaged", self.journal, record, broken))
        return replace(task, restore=tuple(damaged), renew=bool(gone or broken))

    def _with_actions(self, task: MigrationTask) -> MigrationTask:
        record, actions = task.record, []
        if record.step is Step.VERIFIED:
            return replace(task, actions=(KEEP,) if task.given else (), target=Step.VERIFIED)
        if task.live:
            actions.append(UNINSTALL)
        if not record.step.reached(Step.UNINSTALL_FILE_SAVED):
            actions.append(SAVE)
        if task.restore:
            actions.append(RESTORE)
        available = [part.file is not None or index in task.given for index, part in enumerate(record.parts)]
        renew = False
        if not all(available):
            if not record.step.reached(Step.TRANSFER_REQUESTED):
                actions.append(REQUEST)
            elif task.renew or self._device_changed(record):
                renew = True
                actions.append(REQUEST)
        task = replace(task, renew=renew)
        if self._installs(task):
            actions.append(INSTALL)
        # A part that returns to a source that does not answer is installed and verified in a later run.
        unreachable = [part.installed for part in record.parts if not task.reaches(part)]
        done = Step.VERIFIED if not unreachable else Step.INSTALLED if all(unreachable) else Step.WAITING
        target = done if all(available) else Step.WAITING
        actions += [VERIFY] if target is Step.VERIFIED else []
        return replace(task, actions=tuple(actions), target=target)

    def _installs(self, task: MigrationTask) -> bool:
        """Return whether an available activation file is not installed on its server yet."""
        for index, part in enumerate(task.record.parts):
            digest = part.file.sha256 if part.file else None
            if index in task.given:
                digest = task.given[index].sha256
            if digest is None or part.installed or not task.reaches(part):
                continue
            kept = part.file is not None and part.file.sha256 == digest
            if not (kept and rows_of_part(self._reading(part.end), part)) and not self._installed_as(
                part.end, digest
            ):
                return True
        return False

    def _device_changed(self, record: MigrationRecord) -> bool:
        """Return whether a server that waits for a file has other device information than was requested.

        A server that does not answer is not needed in this run, because the migration waits for the operator.
        """
        transfer = record.transfer
        if transfer is None:
            return False
        changed = False
        with contextlib.suppress(Unreachable, HttpError, BadAnswer):
            require_server(self.destination, record.destination, End.DESTINATION.value)
        for reading, kept in ((self.destination, transfer.destination), (self.source, transfer.source)):
            if kept is None:
                continue
            try:
                digest = license_files.digest(reading.server.device_info().content)
            except (Unreachable, HttpError, BadAnswer) as error:
                self.warnings.append(Cause("migration_device_not_asked", {"migration": record.id}, ""))
                self.warnings.append(cause_of(error))
                continue
            if digest != kept.sha256:
                self.warnings.append(Cause("migration_device_changed", {"migration": record.id}, ""))
                changed = True
        return changed
