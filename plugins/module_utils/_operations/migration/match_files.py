# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Assign activation files to the parts of migrations.

An activation file is opaque: its content does not show what it is for. It belongs to one migration of the
journal. A file that may be for several migrations is therefore assigned only if every one of them gets a
file, or if the operator names the license of the source that the file is for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Dict, FrozenSet, List, Optional, Sequence, Set, Tuple

from ..core.errors import Cause, InvalidRequest
from ..core.license_files import ActivationFile
from ..journal.record import End, MigrationRecord, Part, Step
from .arrival_proof import holder_of

# A part, as its migration and its index there.
Slot = Tuple[MigrationRecord, int]


@dataclass(frozen=True)
class GivenFile:
    """An activation file of the task and what the operator specifies for it; None means not specified."""

    file: ActivationFile
    license_id: Optional[str] = None
    quantity: Optional[int] = None
    end: Optional[End] = None


@dataclass(frozen=True)
class Receiver:
    """A migration of the task that may get activation files.

    ``open`` are the parts that wait for a file, ``damaged`` are those whose kept file is no longer readable.
    ``early``: its license has not left the source, so no file can have been issued for it. ``refused`` are
    digests of files that the server at an end has refused and, because it is still the same device, would
    refuse again.
    """

    record: MigrationRecord
    open: FrozenSet[int]
    damaged: FrozenSet[int] = frozenset()
    early: bool = False
    refused: FrozenSet[Tuple[str, End]] = frozenset()


@dataclass(frozen=True)
class Assigned:
    """Files by migration and part, the parts whose license the operator named, and warnings.

    The warnings concern files that are skipped.
    """

    files: Dict[str, Dict[int, ActivationFile]]
    named: Dict[str, FrozenSet[int]]
    warnings: Tuple[Cause, ...] = ()


def assign(
    files: Sequence[GivenFile],
    receivers: Sequence[Receiver],
    others: Sequence[MigrationRecord] = (),
    installed: Callable[[End, str], Sequence[str]] = lambda end, sha256: (),
) -> Assigned:
    """Return the files that each part of the task's migrations gets.

    ``others`` are the migrations of the journal that the task does not name. ``installed`` returns the ids of
    the licenses that the server at an end already lists for the file with a digest.

    Raises InvalidRequest: ``activation_file_twice``, ``activation_file_without_part`` (nothing waits for it),
    ``activation_file_ambiguous`` (several parts wait, and not every one of them gets a file),
    ``activation_file_claimed``, ``activation_file_early``, ``activation_file_present``.
    """
    _refuse_duplicates(files)
    return _Assignment(receivers, others, installed).of(files)


class _Assignment:
    def __init__(
        self,
        receivers: Sequence[Receiver],
        others: Sequence[MigrationRecord],
        installed: Callable[[End, str], Sequence[str]],
    ) -> None:
        self.receivers = receivers
        self.records = [receiver.record for receiver in receivers]
        self.others = others
        self.installed = installed
        self.refused = {receiver.record.id: receiver.refused for receiver in receivers}
        self.slots: List[Slot] = [
            (receiver.record, index)
            for receiver in receivers
            if not receiver.early
            for index in sorted(receiver.open)
        ]
        self.files: Dict[str, Dict[int, ActivationFile]] = {}
        self.named: Dict[str, Set[int]] = {}
        self.warnings: List[Cause] = []

    def of(self, files: Sequence[GivenFile]) -> Assigned:
        remaining = [given for given in files if not self._is_known(given)]
        for given in remaining:
            self._refuse_foreign(given)
        # Files with more specifications are assigned first.
        for given in sorted((f for f in remaining if f.license_id is not None), key=_missing_hints):
            if not self._is_refused(given):
                self._assign_file(given, self._named_slot(given))
        unnamed = [given for given in remaining if given.license_id is None and self._may_be_for_task(given)]
        self._assign_unnamed(sorted(unnamed, key=lambda f: (_missing_hints(f), f.file.sha256)))
        return Assigned(
            self.files,
            {ident: frozenset(places) for ident, places in self.named.items()},
            tuple(self.warnings),
        )

    def _assign_file(self, given: GivenFile, slot: Slot) -> None:
        record, index = slot
        self.slots = [other for other in self.slots if other != slot]
        self.files.setdefault(record.id, {})[index] = given.file
        if given.license_id is not None:
            self.named.setdefault(record.id, set()).add(index)

    # Files that the journal already has

    def _is_known(self, given: GivenFile) -> bool:
        """Return whether a part of the task already has this file; note what the operator specifies."""
        for receiver in self.receivers:
            for index, part in enumerate(receiver.record.parts):
                if part.file is None or part.file.sha256 != given.file.sha256:
                    continue
                if given.license_id is not None and given.license_id not in receiver.record.license_ids:
                    continue
                names = given.license_id is not None and not part.named and not part.installed
                if index in receiver.damaged or names:
                    self.files.setdefault(receiver.record.id, {})[index] = given.file
                    if names:
                        self.named.setdefault(receiver.record.id, set()).add(index)
                    self.slots = [slot for slot in self.slots if slot != (receiver.record, index)]
                return True
        return False

    def _refuse_foreign(self, given: GivenFile) -> None:
        """Raise InvalidRequest if the operator names a migration that the file cannot be for."""
        if given.license_id is None:
            return
        for receiver in self.receivers:
            record = receiver.record
            if given.license_id not in record.license_ids:
                continue
            fields = _fields(given, record, [given.license_id])
            other = holder_of(given.file.sha256, record, [*self.records, *self.others])
            if other is not None:
                raise InvalidRequest.of(Cause("activation_file_claimed", {**fields, "other": other}, "R16"))
            if receiver.early:
                raise InvalidRequest.of(Cause("activation_file_early", fields, "R16"))
            if given.file.sha256 in record.present:
                raise InvalidRequest.of(Cause("activation_file_present", fields, "R16"))

    def _named_slot(self, given: GivenFile) -> Slot:
        fitting = self._fitting(given) or [
            slot for slot in self._replaceable() if self._accepts(given, *slot)
        ]
        if not fitting:
            raise self._without_part(given)
        if len({_part_key(*slot) for slot in fitting}) > 1:
            raise self._ambiguous(given, fitting)
        return fitting[0]

    def _replaceable(self) -> List[Slot]:
        """Return the parts with a file that is not installed yet, which the operator may replace by name."""
        return [
            (record, index)
            for record in self.records
            for index, part in enumerate(record.parts)
            if part.file is not None and not part.installed and index not in self.files.get(record.id, {})
        ]

    # Files without specifications

    def _may_be_for_task(self, given: GivenFile) -> bool:
        """Return whether a file may be for the task; a file of another migration is skipped."""
        digest = given.file.sha256
        all_records = [*self.records, *self.others]
        if any(part.file and part.file.sha256 == digest for record in all_records for part in record.parts):
            return False
        fitting = self._fitting(given)
        if not fitting:
            return self._skip_or_raise(given)
        record, index = fitting[0]
        installed_ids = self.installed(record.parts[index].end, digest)
        if installed_ids:
            self._warn("activation_file_not_sent", given, record, installed_ids)
        return not installed_ids

    def _skip_or_raise(self, given: GivenFile) -> bool:
        """Return False for a file of another migration or for later use; else raise InvalidRequest."""
        if self._is_refused(given):
            return False
        for receiver in self.receivers:
            if given.file.sha256 in receiver.record.present:
                self._warn("activation_file_present", given, receiver.record, receiver.record.license_ids)
                return False
            if receiver.early:
                self._warn("activation_file_early", given, receiver.record, receiver.record.license_ids)
                return False
        if any(_waits(record) for record in self.others):
            return False
        raise self._without_part(given)

    def _warn(self, code: str, given: GivenFile, record: MigrationRecord, license_ids: Sequence[str]) -> None:
        self.warnings.append(Cause(code, _fields(given, record, license_ids), "R16"))

    def _fitting(self, given: GivenFile) -> List[Slot]:
        """Return the open parts of the task that ``given`` may be for."""
        return [
            (record, index)
            for record, index in self.slots
            if self._accepts(given, record, index) and given.file.sha256 not in record.present
        ]

    def _accepts(self, given: GivenFile, record: MigrationRecord, index: int) -> bool:
        refused = (given.file.sha256, record.parts[index].end) in self.refused[record.id]
        return _fits(given, record, index) and not refused

    def _is_refused(self, given: GivenFile) -> bool:
        """Return whether a file was refused for every part that it may be for; it is then not sent again."""
        for record in self.records:
            ends = {part.end for index, part in enumerate(record.parts) if _fits(given, record, index)}
            if ends and all((given.file.sha256, end) in self.refused[record.id] for end in ends):
                if not record.done:
                    self._warn("activation_file_refused_before", given, record, record.license_ids)
                return True
        return False

    def _assign_unnamed(self, files: Sequence[GivenFile]) -> None:
        remaining = list(files)
        while remaining:
            fitting = self._fitting(remaining[0])
            if not fitting:
                raise self._without_part(remaining[0])
            if len({_exchange_key(*slot) for slot in fitting}) > 1:
                raise self._ambiguous(remaining[0], fitting)
            same = [file for file in remaining if set(self._fitting(file)) & set(fitting)]
            competing = self._competing_parts(_exchange_key(*fitting[0]))
            candidates = sorted([*fitting, *competing], key=lambda slot: (slot[0].id, slot[1]))
            if len({record.id for record, _index in candidates}) > 1 and len(same) != len(candidates):
                raise self._ambiguous(remaining[0], candidates)
            if len(same) > len(candidates):
                raise self._without_part(same[-1])
            # The parts are equal and each gets a file, so all of them arrive in any assignment.
            for file, slot in zip(sorted(same, key=lambda f: f.file.sha256), candidates):
                remaining.remove(file)
                if slot in self.slots:
                    self._assign_file(file, slot)

    def _competing_parts(self, shape: Tuple[object, ...]) -> List[Slot]:
        """Return the equal parts that wait in migrations of the journal that the task does not name."""
        return [
            (record, index)
            for record in self.others
            if _waits(record)
            for index, part in enumerate(record.parts)
            if part.file is None and _exchange_key(record, index) == shape
        ]

    def _without_part(self, given: GivenFile) -> InvalidRequest:
        waiting = [record.id for record, _index in self.slots] or [
            "{0} ({1})".format(record.id, record.step.value) for record in self.records
        ]
        return InvalidRequest("activation_file_without_part", file=given.file.path, waiting=waiting or ["-"])

    def _ambiguous(self, given: GivenFile, slots: Sequence[Slot]) -> InvalidRequest:
        parts = [_shown(*slot) for slot in slots]
        return InvalidRequest("activation_file_ambiguous", file=given.file.path, parts=parts)


def _fields(given: GivenFile, record: MigrationRecord, license_ids: Sequence[str]) -> Dict[str, object]:
    return {
        "migration": record.id,
        "file": given.file.path,
        "license_ids": list(license_ids),
        "moving": list(record.license_ids),
    }


def _missing_hints(given: GivenFile) -> int:
    return sum(hint is None for hint in (given.license_id, given.quantity, given.end))


def _waits(record: MigrationRecord) -> bool:
    return record.step in (Step.TRANSFER_REQUESTED, Step.WAITING)


def _fits(given: GivenFile, record: MigrationRecord, index: int) -> bool:
    part = record.parts[index]
    quantity = part.quantity
    if quantity is None and len(record.licenses) == 1:
        quantity = record.licenses[0].quantity
    return (
        (given.license_id is None or given.license_id in record.license_ids)
        and (given.quantity is None or given.quantity == quantity)
        and given.end in (None, part.end)
    )


def _part_key(record: MigrationRecord, index: int) -> Tuple[str, End, Optional[int]]:
    part: Part = record.parts[index]
    return record.id, part.end, part.quantity


def _exchange_key(record: MigrationRecord, index: int) -> Tuple[object, ...]:
    """Return the properties that parts with interchangeable files share: the server and all licenses."""
    part = record.parts[index]
    server = record.destination if part.end is End.DESTINATION else record.source
    rows = sorted(
        "|".join(str(value) for value in (row.product, row.arch, row.kind, row.code, row.quantity))
        for row in record.bringing(part)
    )
    return (server.server_id, part.end, tuple(rows))


def _shown(record: MigrationRecord, index: int) -> str:
    part = record.parts[index]
    quantity = "all" if part.quantity is None else str(part.quantity)
    return "{0} {1} ({2})".format(", ".join(record.license_ids), quantity, part.end.value)


def _refuse_duplicates(files: Sequence[GivenFile]) -> None:
    seen: Dict[str, str] = {}
    for given in files:
        other = seen.get(given.file.name) or seen.get(given.file.sha256)
        if other is not None:
            raise InvalidRequest("activation_file_twice", file=given.file.path, other=other)
        seen[given.file.name] = seen[given.file.sha256] = given.file.path
