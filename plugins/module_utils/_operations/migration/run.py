# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the migration of a formal license between two License Servers without losing or doubling it (R16).

Between uninstallation and installation the license is not installed on any server; its uninstall file is the
only copy. So every step is recorded in the journal before it is taken and again once it is proved, and a file
is durable on disk before the next step. An uninstallation is sent again only if the source still lists the
license as installed after the timeout of the first request. At every time the license is in one safe place:
live on the source (S), as an uninstall file that the source keeps (K) or that is on disk as well (U), as an
activation file on disk (A), or live on the destination (D). Every run verifies earlier proofs again, because
a restored server or a damaged file leaves no trace in the journal.

=== ==================================== ================================ =================================
row on disk when the run stopped         on the servers                   action of the next run
=== ==================================== ================================ =================================
1   nothing, or a directory without a    S                                plans anew
    record
2   planned                              S                                checks the rules, uninstalls
3   planned                              K, uninstalled by another run    continues without uninstalling
4   planned, uninstallation sent         S, the request never arrived     polls until the timeout of the
                                                                          request, checks the rules, sends
                                                                          it again
5   planned, uninstallation sent         S, then K: it was in progress    polls, finds the license
                                                                          uninstalled, sends nothing
6   planned, uninstallation sent         K, the response was cut off      saves the file, sends nothing
7   planned, uninstallation refused      S                                as row 2
8   source_uninstalled                   K                                fetches the file, saves it,
                                                                          compares it with a second fetch
9   source_uninstalled, partial file     K                                as row 8; the partial file has a
                                                                          temporary name
10  source_uninstalled, the file         K                                as row 8; the same bytes stay,
                                                                          other bytes get a new directory
11  uninstall_file_saved                 U, the source may be gone        fetches the device information,
                                                                          writes the bundle
12  uninstall_file_saved, partial bundle U                                completes it; in a new directory
                                                                          if the device has changed
13  transfer_requested                   U                                reports what it waits for
14  waiting_for_activation_file          U                                waits; a new bundle if the device
                                                                          has changed
15  waiting, activation file received    U, A                             installs it
16  waiting, installation sent           A, the request never arrived     reads, sends it; a server installs
                                                                          the same bytes only once
17  waiting, installation sent           D, the response was cut off      reads, finds it, sends nothing
18  waiting, activation file refused     A, for another device or edited  waits for another file; both stay
19  waiting, activation file received    D, but not what left the source, fails and reports what is there;
                                         or not sent from here            accepts another file, or the name
                                                                          of the license from the operator
20  installed                            D                                reads it back: verified
21  verified                             D                                nothing
22  aborted                              S                                plans anew
23  a record that was cut off or edited  anything                         stops and names it: no guess
24  any after source_uninstalled         S again, without D or with it    stops; continues once it is
                                                                          uninstalled on the source
25  verified or installed                not D any more                   installs the kept file again
26  any, a kept file is damaged          K or A or D                      fetches it again, or accepts it
                                                                          again, or warns
27  any, the uninstall file is damaged   nothing                          stops and reports what may be
                                                                          lost
=== ==================================== ================================ =================================

Nothing is ever deleted: files and history stay when a migration is complete.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import List, Mapping, Optional, Sequence, Tuple

from ..._errors import UsphereError
from ..._vms.api.tasks import LicenseServerWriter
from ..._vms.wire.errors import BusinessError, TaskFailed, VmsError
from ..core import license_files
from ..core.errors import OperationError
from ..core.license_files import ActivationFile
from ..core.server_refusals import not_verified, refusal_error
from ..core.write_and_verify import Waits, write_and_verify
from ..core.write_errors import ArtifactError, NotVerified, ServerRefused, StepRenderer, all_causes
from ..journal.journal import (
    Journal,
)
from ..journal.journal_reader import (
    JournalError,
)
from ..journal.record import End, MigrationRecord, Part, RefusedFile, Step
from ..license import install
from ..license.file_groups import uninstall_files_of
from ..request.transfer_bundle import write_bundle
from .arrival_proof import doubt_about
from .end_state import wrong_licenses_error
from .plan import MigrationPlan, MigrationRequest, MigrationTask, ServerReading, install_request, wanted_files
from .presence import is_live, rows_of_part
from .uninstall_poll import UninstallPoll, fetch_again, wait_rest

RECEIVED = "activation-file"
PROOFS = "uninstall-file"
# Refusals that the same file gets again as long as the server is the same device.
HOPELESS = ("refused_device_mismatch", "refused_activation_file_invalid")


@dataclass(frozen=True)
class MigrationOutcome:
    """The migrations of a task as the journal has them now."""

    records: Tuple[MigrationRecord, ...]


def apply(
    plan: MigrationPlan,
    request: MigrationRequest,
    journal: Journal,
    source: LicenseServerWriter,
    destination: LicenseServerWriter,
    waits: Waits,
    render: StepRenderer,
) -> MigrationOutcome:
    """Carry out every migration of the plan as far as currently possible.

    Raises OperationError ``migration_interrupted`` once something was written or changed; the next run
    continues from there.
    """
    if not plan.changed:
        return MigrationOutcome(tuple(task.record for task in plan.tasks))
    ends = {End.SOURCE: source, End.DESTINATION: destination}
    return _Run(list(plan.tasks), request, journal, ends, waits, render).outcome()


def interrupted_error(records: Sequence[MigrationRecord], error: UsphereError) -> OperationError:
    """Return the error of a run that stopped after it wrote or changed something."""
    states = ["{0}: {1}".format(record.id, record.step.value) for record in records]
    return OperationError(
        "migration_interrupted", error.rule, all_causes(error), changed=True, migrations=states
    )


@dataclass
class _Run:
    """A run of a plan; ``tasks`` have their records as they are in the journal now."""

    tasks: List[MigrationTask]
    request: MigrationRequest
    journal: Journal
    ends: Mapping[End, LicenseServerWriter]
    waits: Waits
    render: StepRenderer
    touched: bool = False

    @property
    def source(self) -> LicenseServerWriter:
        return self.ends[End.SOURCE]

    def outcome(self) -> MigrationOutcome:
        self.journal.prepare()
        try:
            self._run_steps()
        except UsphereError as error:
            if not self.touched:
                raise
            raise interrupted_error([task.record for task in self.tasks], error) from error
        return MigrationOutcome(tuple(task.record for task in self.tasks))

    def _run_steps(self) -> None:
        for index, task in enumerate(self.tasks):
            if task.new:
                end = End.SOURCE if task.record.step is Step.PLANNED else End.DESTINATION
                self._write(index, task.record, task.event, self._time(end))
            if task.restore:
                self._restore(index)
        # Save the uninstall file of each license before the next license is uninstalled.
        for index in range(len(self.tasks)):
            self._uninstall_and_save(index)
        for index in range(len(self.tasks)):
            self._request_transfer(index)
            self._keep_files(index)
        refused: List[ServerRefused] = []
        for end in (End.DESTINATION, End.SOURCE):
            try:
                self._install(end)
            except ServerRefused as error:
                # Continue, so that one run reports both of two files that were swapped.
                refused.append(error)
        if refused:
            raise refused[0]
        for index in range(len(self.tasks)):
            self._verify(index)

    def _write(
        self, index: int, record: MigrationRecord, event: str, server_at: Optional[str] = None
    ) -> MigrationRecord:
        written = self.journal.write(record, event, server_at)
        self.touched = True
        self.tasks[index] = replace(self.tasks[index], record=written)
        return written

    def _advance(
        self, index: int, record: MigrationRecord, step: Step, server_at: Optional[str] = None
    ) -> MigrationRecord:
        return self._write(index, replace(record, step=step), step.value, server_at)

    def _time(self, end: End) -> Optional[str]:
        """Return the server's clock for the history; None if unreadable, which does not stop the run."""
        try:
            return self.ends[end].server().time
        except VmsError:
            return None

    # Uninstall on the source

    def _uninstall_and_save(self, index: int) -> None:
        task = self.tasks[index]
        record = task.record
        if record.step is Step.PLANNED:
            if task.live:
                self._uninstall(index)
            record = self.tasks[index].record
            record = self._advance(index, record, Step.SOURCE_UNINSTALLED, self._time(End.SOURCE))
        if record.step is Step.SOURCE_UNINSTALLED:
            self._save(index)

    def _uninstall(self, index: int) -> None:
        record = self.tasks[index].record
        if record.sent_at is not None and wait_rest(
            record.sent_at, self._gone(record), self.journal, self.waits
        ):
            return
        sent = replace(record, sent_at=self.journal.timestamp())
        record = self._write(index, sent, "uninstall_sent", self._time(End.SOURCE))
        try:
            settled = write_and_verify(
                lambda: self.source.uninstall(record.license_ids[0]),
                lambda _detail: self._gone(record)(),
                self.waits,
            )
        except VmsError as error:
            # The request was certainly not carried out.
            self._write(index, replace(record, sent_at=None), "uninstall_not_done")
            if isinstance(error, (BusinessError, TaskFailed)):
                raise refusal_error(error, ", ".join(record.license_ids)) or error from error
            raise
        if settled.proof is None:
            raise not_verified("uninstall_not_listed", settled, license_ids=list(record.license_ids))

    def _gone(self, record: MigrationRecord) -> UninstallPoll:
        return UninstallPoll(self.source, record)

    def _save(self, index: int) -> None:
        """Save the uninstall files durably, and compare them with what the server returns a second time."""
        record = self.tasks[index].record
        group = UninstallPoll(self.source, record).listed()
        files = uninstall_files_of(group, self.source)
        kept = tuple(self.journal.keep(record, PROOFS, name, content) for name, content in files.items())
        again = uninstall_files_of(group, self.source)
        for file in kept:
            content = again.get(file.name)
            if content is None or license_files.digest(content) != file.sha256:
                raise ArtifactError("uninstall_file_unsteady", path=self.journal.path_of(record, file))
        saved = replace(record, uninstall_files=kept)
        self._advance(index, saved, Step.UNINSTALL_FILE_SAVED, self._time(End.SOURCE))

    def _restore(self, index: int) -> None:
        """Save again, durably, the uninstall files whose kept copy is missing or damaged."""
        record, damaged = self.tasks[index].record, self.tasks[index].restore
        copies = {file: self.journal.copy_of(record, file) for file in damaged}
        found = {file.name: content for file, content in copies.items() if content is not None}
        if len(found) < len(damaged):
            found = fetch_again(self.source, self.journal, record, damaged)
        kept = tuple(self.journal.keep(record, PROOFS, name, content) for name, content in found.items())
        rest = tuple(file for file in record.uninstall_files if file.name not in found)
        restored = replace(record, uninstall_files=(*rest, *kept))
        self._write(index, restored, "uninstall_file_restored", self._time(End.SOURCE))

    # Transfer on the license platform

    def _request_transfer(self, index: int) -> None:
        task = self.tasks[index]
        record = task.record
        waiting = any(part.file is None and i not in task.given for i, part in enumerate(record.parts))
        if waiting and (task.renew or record.step is Step.UNINSTALL_FILE_SAVED):
            transfer = write_bundle(
                record, self.journal, self.ends[End.DESTINATION], self.ends[End.SOURCE], self.render
            )
            requested = replace(record, transfer=transfer)
            at = self._time(End.DESTINATION)
            record = self._advance(index, requested, Step.TRANSFER_REQUESTED, at)
        if waiting and record.step is Step.TRANSFER_REQUESTED:
            self._advance(index, record, Step.WAITING)

    def _keep_files(self, index: int) -> None:
        task = self.tasks[index]
        for part_index, file in task.given.items():
            record = self.tasks[index].record
            kept = self.journal.keep(record, RECEIVED, file.name, file.content)
            part = record.parts[part_index]
            if part.file is None or part.file.sha256 != kept.sha256:
                part = Part(part.end, part.quantity)
            part = replace(part, file=kept, named=part.named or part_index in task.named)
            self._write(index, record.with_part(part_index, part), "activation_file_received")

    # Install on the destination, or return to the source

    def _install(self, end: End) -> None:
        wanted = wanted_files([replace(task, given={}) for task in self.tasks], end, self.journal)
        if not wanted:
            return
        try:
            plan = install.decide(install_request(self.request, wanted, end), self.ends[end])
        except NotVerified as error:
            raise wrong_licenses_error(error) from error
        for found in plan.there:
            self._record_installed(found, own_request=False)
        for step in plan.steps:
            self._send(plan, step, end)

    def _send(self, plan: install.InstallPlan, step: install.WantedFile, end: End) -> None:
        index, part_index = self._position_of(step.file)
        record = self.tasks[index].record
        if license_files.digest(step.file.content) != step.file.sha256:
            path = step.file.path
            raise JournalError("journal_file_changed", path=path, sha256=step.file.sha256)
        before, at = record.parts[part_index], self._time(end)
        part = replace(before, sent_at=self.journal.timestamp(), sent_server_at=at)
        record = self._write(index, record.with_part(part_index, part), "install_sent", at)
        # Before the installation was sent, the server listed no license with this file name.
        only = replace(plan, there=(), steps=(replace(step, by_name=True),))
        try:
            done = install.apply(only, self.ends[end], self.waits)
        except ServerRefused as error:
            # The file is not the one that this part waits for. It stays on disk, and another file may replace
            # it.
            refused = record.with_part(part_index, Part(part.end, part.quantity))
            if error.code in HOPELESS:
                item = RefusedFile(step.file.sha256, self._device(end))
                refused = replace(refused, refused=(*(r for r in refused.refused if r != item), item))
            self._write(index, refused, "activation_file_refused")
            raise
        except NotVerified as error:
            raise wrong_licenses_error(error) from error
        except VmsError:
            if before.sent_at is None:
                # The request was certainly not carried out, so a license found later was not sent from here.
                self._write(index, record.with_part(part_index, before), "install_not_done")
            raise
        if not done.changed and before.sent_at is None:
            # Another run installed the file after this run read the server and before it sent the file.
            self._write(index, record.with_part(part_index, before), "install_not_done")
        self._record_installed(done.files[0], own_request=done.changed)

    def _device(self, end: End) -> Optional[str]:
        """Return the digest of the device information at an end; None if the server does not answer."""
        try:
            return license_files.digest(self.ends[end].device_info().content)
        except VmsError:
            return None

    def _record_installed(self, found: install.InstalledFile, own_request: bool) -> None:
        index, part_index = self._position_of(found.wanted.file)
        record = self.tasks[index].record
        part = record.parts[part_index]
        if part.file is None:
            raise KeyError(found.wanted.file.name)
        doubt = doubt_about(record, part, part.file, found.licenses, self.journal.records(), own_request)
        if doubt is not None:
            raise NotVerified.of(doubt, changed=own_request)
        ids = tuple(license_.id for license_ in found.licenses)
        record = record.with_part(part_index, replace(part, license_ids=ids))
        at = self._time(part.end)
        if all(item.installed for item in record.parts):
            self._advance(index, record, Step.INSTALLED, at)
        else:
            self._write(index, record, "part_installed", at)

    def _position_of(self, file: ActivationFile) -> Tuple[int, int]:
        for index, task in enumerate(self.tasks):
            for part_index, part in enumerate(task.record.parts):
                if part.file is not None and part.file.sha256 == file.sha256:
                    return index, part_index
        raise KeyError(file.name)

    def _verify(self, index: int) -> None:
        record = self.tasks[index].record
        if record.step is not Step.INSTALLED or not all(map(self.tasks[index].reaches, record.parts)):
            return
        for part in record.parts:
            if not is_live(rows_of_part(ServerReading(self.ends[part.end]), part)):
                ids = list(part.license_ids)
                raise NotVerified(
                    "migration_not_live",
                    "R16",
                    changed=True,
                    migration=record.id,
                    license_ids=ids,
                    states=["-"],
                )
        self._advance(index, record, Step.VERIFIED, self._time(End.DESTINATION))
