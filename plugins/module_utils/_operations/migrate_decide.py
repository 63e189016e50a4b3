# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run of a migration has to do: decided from the journal and both servers, without writing anything.

A licence is recognised by the server that gave it its id, so the same task finds its migrations again. The
source is asked only while something is still to be fetched from it (R16, decisions 12, 21 and 22).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Dict, List, Sequence, Tuple

from .._licensing.catalog import Catalog
from .._licensing.preconditions import Expectation
from .._licensing.split import CodeClass, code_class
from .._vms.errors import BadAnswer, HttpError, Unreachable
from .._vms.records import LicenseRecord
from . import artifacts, install
from .assess import assess
from .errors import Cause, ChangeRefused, InvalidRequest, cause_of
from .groups import Group, chosen_records, file_groups, refuse_parts, removal_order, still_held
from .journal import Journal
from .journal_record import End, Moving, Part, Record, Server, Step, moving_of, record_id
from .migrate_files import assign
from .migrate_plan import (
    INSTALL,
    REQUEST,
    SAVE,
    UNINSTALL,
    VERIFY,
    Look,
    MigrationPlan,
    MigrationRequest,
    Place,
    Todo,
    expected,
    find_records,
    install_request,
    wanted_files,
)
from .ports import LicenseStore
from .states import GONE, LIVE


def decide(
    request: MigrationRequest, journal: Journal, source: LicenseStore, destination: LicenseStore
) -> MigrationPlan:
    """Find where each migration of the task stands and what comes next.

    Raises InvalidRequest, ChangeRefused (nothing was sent), JournalError, ArtifactError, VmsError.
    """
    return _Decision(request, journal, source, destination).plan()


class _Decision:
    def __init__(
        self,
        request: MigrationRequest,
        journal: Journal,
        source: LicenseStore,
        destination: LicenseStore,
    ) -> None:
        self.request = request
        self.journal = journal
        self.source = Look(source)
        self.destination = Look(destination)
        self.unchecked: List[Cause] = []
        self.warnings: List[Cause] = []

    def plan(self) -> MigrationPlan:
        self.journal.check()
        known, missing = find_records(self.request, self.journal, lambda: self.source.ids)
        todos = [self._resumed(record) for record in known]
        if missing:
            todos += self._fresh(missing)
        files = assign(self.request.files, [todo.record for todo in todos])
        todos = [replace(todo, given=files.get(todo.record.id, {})) for todo in todos]
        todos = [self._foreseen(todo) for todo in todos]
        if any(UNINSTALL in todo.actions for todo in todos):
            self._judge(todos)
        self._judge_installs(todos)
        return MigrationPlan(
            _in_order(todos, self.request.catalog), tuple(self.unchecked), tuple(self.warnings)
        )

    # Known migrations

    def _resumed(self, record: Record) -> Todo:
        if record.step is Step.ABORTED or (record.step is Step.PLANNED and record.sent_at is None):
            # Nothing was sent for it, so the task may still change its mind.
            again = replace(
                record,
                step=Step.PLANNED,
                sent_at=None,
                destination=_server(self.request.destination, self._other_server()),
                parts=self._parts(record.licenses),
            )
            return self._at_source(again, new=again != record)
        self._same_task(record)
        if not record.step.reached(Step.UNINSTALL_FILE_SAVED):
            return self._at_source(record, new=False)
        if record.step is Step.VERIFIED:
            self._still_there(record)
        return Todo(record)

    def _same_task(self, record: Record) -> None:
        wanted = self.request.destination
        # Another name for the same server is fine; asking it settles that.
        if not wanted.is_at(record.destination) and record.destination.server_id not in self.destination.ids:
            raise InvalidRequest(
                "migration_other_destination",
                migration=record.id,
                recorded="{0.host}:{0.port}".format(record.destination),
                wanted="{0.host}:{0.port}".format(wanted),
            )
        if not self.request.quantities:
            return
        recorded = [(part.end, part.quantity) for part in record.parts]
        if [(part.end, part.quantity) for part in self._parts(record.licenses)] != recorded:
            raise InvalidRequest(
                "migration_other_quantities",
                migration=record.id,
                recorded=["{0} {1}".format(end.value, quantity or "all") for end, quantity in recorded],
            )

    def _at_source(self, record: Record, new: bool) -> Todo:
        self._expect_server(self.source, record.source, "source")
        by_id = {license_.id: license_ for license_ in self.source.licenses}
        gone = [ident for ident in record.license_ids if ident not in by_id]
        if gone:
            raise ChangeRefused("migration_license_vanished", migration=record.id, license_ids=gone)
        return Todo(record, new=new, live=any(by_id[ident].status != GONE for ident in record.license_ids))

    def _expect_server(self, look: Look, recorded: Server, end: str) -> None:
        if recorded.server_id not in look.ids:
            raise ChangeRefused(
                "migration_server_changed", end=end, recorded=recorded.server_id, found=look.id
            )

    def _still_there(self, record: Record) -> None:
        """A migration that is done stays done; that its licences have left since is worth a word."""
        self._expect_server(self.destination, record.destination, "destination")
        live = {license_.id for license_ in self.destination.licenses if license_.status in LIVE}
        ids = [i for part in record.parts if part.end is End.DESTINATION for i in part.license_ids]
        left = [ident for ident in ids if ident not in live]
        if left:
            self.warnings.append(
                Cause("migration_left_destination", {"migration": record.id, "license_ids": left}, "")
            )

    # New ones

    def _fresh(self, license_ids: Sequence[str]) -> List[Todo]:
        self._other_server()
        chosen = chosen_records(license_ids, self.source.licenses)
        groups = file_groups(chosen)
        refuse_parts(groups, self.source.licenses)
        if self.request.quantities and len(groups) != 1:
            raise InvalidRequest("quantities_one_license", license_ids=list(license_ids))
        return [self._new(group) for group in groups]

    def _other_server(self) -> str:
        """Return the destination's id, which is not the source's."""
        if self.source.ids & self.destination.ids:
            raise InvalidRequest("migration_same_server", server=self.source.id)
        return self.destination.id

    def _new(self, group: Group) -> Todo:
        ids = tuple(license_.id for license_ in group)
        licenses = tuple(moving_of(license_) for license_ in group)
        for license_ in licenses:
            unclear = [name for name in ("product", "kind", "quantity") if getattr(license_, name) is None]
            if unclear:
                raise ChangeRefused("migration_license_unclear", license_id=license_.id, unclear=unclear)
        record = Record(
            id=record_id(self.source.id, ids),
            step=Step.PLANNED,
            source=_server(self.request.source, self.source.id),
            destination=_server(self.request.destination, self._other_server()),
            licenses=licenses,
            parts=self._parts(licenses),
        )
        return Todo(record, new=True, live=any(license_.status != GONE for license_ in group))

    def _parts(self, licenses: Tuple[Moving, ...]) -> Tuple[Part, ...]:
        quantities = self.request.quantities
        if not quantities:
            return (Part(End.DESTINATION),)
        if len(licenses) != 1:
            raise InvalidRequest("quantities_one_license", license_ids=[license_.id for license_ in licenses])
        whole = licenses[0]
        kind = code_class(whole.code)
        if kind is CodeClass.FIXED:
            raise ChangeRefused(
                "migration_fixed_split", "R25", license_id=whole.id, prefix=str(whole.code)[:4]
            )
        if kind is CodeClass.UNKNOWN:
            raise ChangeRefused("migration_unknown_split", "R24", license_id=whole.id)
        rest = (whole.quantity or 0) - sum(quantities)
        if rest < 0:
            raise ChangeRefused(
                "quantities_too_many",
                "R26",
                license_id=whole.id,
                quantity=whole.quantity,
                wanted=sum(quantities),
            )
        if quantities == (whole.quantity,):
            return (Part(End.DESTINATION),)
        parts = tuple(Part(End.DESTINATION, quantity) for quantity in quantities)
        return parts + ((Part(self.request.remainder_to, rest),) if rest else ())

    # What comes next

    def _foreseen(self, todo: Todo) -> Todo:
        record, actions = todo.record, []
        if record.step is Step.VERIFIED:
            return replace(todo, target=Step.VERIFIED)
        if todo.live:
            actions.append(UNINSTALL)
        if not record.step.reached(Step.UNINSTALL_FILE_SAVED):
            actions.append(SAVE)
        here = [part.file is not None or index in todo.given for index, part in enumerate(record.parts)]
        renew = False
        if not all(here):
            if not record.step.reached(Step.TRANSFER_REQUESTED):
                actions.append(REQUEST)
            elif self._device_changed(record):
                renew = True
                actions.append(REQUEST)
        todo = replace(todo, renew=renew)
        if self._installs(todo):
            actions.append(INSTALL)
        if all(here):
            actions.append(VERIFY)
        target = Step.VERIFIED if all(here) else Step.WAITING
        return replace(todo, actions=tuple(actions), target=target)

    def _installs(self, todo: Todo) -> bool:
        """Say whether some activation file is at hand that its server does not list yet."""
        for index, part in enumerate(todo.record.parts):
            digest = part.file.sha256 if part.file else None
            if index in todo.given:
                digest = todo.given[index].sha256
            if digest is None or part.installed:
                continue
            look = self.source if part.end is End.SOURCE else self.destination
            if all((license_.sha256 or "").lower() != digest for license_ in look.licenses):
                return True
        return False

    def _device_changed(self, record: Record) -> bool:
        """Ask the servers that wait for a file whether they are still the devices it was asked for.

        One that does not answer now is not needed now: the migration waits for a person.
        """
        transfer = record.transfer
        if transfer is None:
            return False
        changed = False
        for look, kept in ((self.destination, transfer.destination), (self.source, transfer.source)):
            if kept is None:
                continue
            try:
                digest = artifacts.digest(look.server.device_info().content)
            except (Unreachable, HttpError, BadAnswer) as error:
                self.warnings.append(Cause("migration_device_not_asked", {"migration": record.id}, ""))
                self.warnings.append(cause_of(error))
                continue
            if digest != kept.sha256:
                self.warnings.append(Cause("migration_device_changed", {"migration": record.id}, ""))
                changed = True
        return changed

    # The rules

    def _judge(self, todos: Sequence[Todo]) -> None:
        """The end state of the whole task, on both servers, before anything leaves (decision 12)."""
        leaving = [todo for todo in todos if todo.live]
        ids = tuple(ident for todo in leaving for ident in todo.record.license_ids)
        coming: Dict[End, List[Expectation]] = {End.SOURCE: [], End.DESTINATION: []}
        for todo in todos:
            self._expect_server(self.destination, todo.record.destination, "destination")
            for part in todo.record.parts:
                if not part.installed:
                    coming[part.end] += [expected(item) for item in todo.record.bringing(part)]
        request = self.request
        there = assess(
            self.source.server,
            self.source.licenses,
            adding=tuple(coming[End.SOURCE]),
            removing=ids,
            client=request.source.client,
            allow_unbalanced=request.allow_unbalanced,
            catalog=request.catalog,
        )
        here = assess(
            self.destination.server,
            self.destination.licenses,
            adding=tuple(coming[End.DESTINATION]),
            client=request.destination.client,
            allow_unbalanced=request.allow_unbalanced,
            catalog=request.catalog,
        )
        held = still_held([_group(todo.record, self.source.licenses) for todo in leaving], there.clients)
        violations = there.violations + held + here.violations
        if violations:
            raise ChangeRefused("migration_refused", violations[0].rule, violations, license_ids=list(ids))
        # Nobody may learn after the uninstallation that the destination cannot say what device it is.
        self.destination.server.device_info()
        self.unchecked += [*there.unchecked, *here.unchecked]
        self.warnings += [*there.warnings, *here.warnings]

    def _judge_installs(self, todos: Sequence[Todo]) -> None:
        """What is at hand is judged as ``license`` would; what is still to leave comes first, so not yet."""
        if any(todo.live for todo in todos):
            return
        for end, look in ((End.DESTINATION, self.destination), (End.SOURCE, self.source)):
            wanted = wanted_files(todos, end, self.journal)
            if not wanted:
                continue
            for todo in todos:
                recorded = todo.record.destination if end is End.DESTINATION else todo.record.source
                self._expect_server(look, recorded, end.value)
            plan = install.decide(install_request(self.request, wanted, end), look.server)
            self.unchecked += plan.unchecked
            self.warnings += plan.warnings


def _server(place: Place, server_id: str) -> Server:
    return Server(place.host, place.port, server_id, place.client)


def _group(record: Record, licenses: Sequence[LicenseRecord]) -> Group:
    return tuple(license_ for license_ in licenses if license_.id in record.license_ids)


def _in_order(todos: Sequence[Todo], catalog: Catalog) -> Tuple[Todo, ...]:
    """Upgrade before base, as they leave."""
    groups = tuple(tuple(_as_listed(item) for item in todo.record.licenses) for todo in todos)
    places = {id(group): place for place, group in enumerate(groups)}
    return tuple(todos[places[id(group)]] for group in removal_order(groups, catalog))


def _as_listed(moving: Moving) -> LicenseRecord:
    return LicenseRecord(
        id=moving.id,
        product=moving.product,
        arch=moving.arch,
        kind=moving.kind,
        code=moving.code,
        quantity=moving.quantity,
        issued_at=None,
        installed_at=None,
        expires_at=moving.expires_at,
        assigned=(),
        device=None,
        status=None,
        file_name=moving.file_name,
        sha256=moving.sha256,
        key=None,
    )
