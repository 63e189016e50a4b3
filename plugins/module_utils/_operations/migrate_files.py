# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which activation file is for which part of which migration: it is opaque, so a person may have to say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Optional, Sequence, Tuple

from .artifacts import ActivationFile
from .errors import InvalidRequest
from .journal_record import End, Part, Record

Assigned = Dict[str, Dict[int, ActivationFile]]
# A part by its migration and its place there.
Slot = Tuple[Record, int]


@dataclass(frozen=True)
class GivenFile:
    """An activation file of the task and what the operator says it is for; None says nothing."""

    file: ActivationFile
    license_id: Optional[str] = None
    quantity: Optional[int] = None
    end: Optional[End] = None


def assign(files: Sequence[GivenFile], records: Sequence[Record]) -> Assigned:
    """Return the files that are new to the journal, by migration and part.

    Raises InvalidRequest: ``activation_file_twice``, ``activation_file_without_part`` (nothing waits for
    it), ``activation_file_ambiguous`` (several parts that differ wait).
    """
    _refuse_doubles(files)
    open_slots: List[Slot] = [
        (record, index)
        for record in records
        if not record.done
        for index, part in enumerate(record.parts)
        if part.file is None
    ]
    known = {part.file.sha256 for record in records for part in record.parts if part.file is not None}
    found: Assigned = {}
    # What is told apart by its hints chooses first.
    for given in sorted((f for f in files if f.file.sha256 not in known), key=_vagueness):
        record, index = _slot(given, open_slots, records)
        open_slots.remove((record, index))
        found.setdefault(record.id, {})[index] = given.file
    return found


def _vagueness(given: GivenFile) -> int:
    return sum(hint is None for hint in (given.license_id, given.quantity, given.end))


def _slot(given: GivenFile, slots: Sequence[Slot], records: Sequence[Record]) -> Slot:
    fitting = [slot for slot in slots if _fits(given, *slot)]
    if not fitting:
        waiting = [record.id for record, _index in slots] or [
            "{0} ({1})".format(record.id, record.step.value) for record in records
        ]
        raise InvalidRequest("activation_file_without_part", file=given.file.path, waiting=waiting or ["-"])
    if len({_likeness(*slot) for slot in fitting}) > 1:
        parts = [_shown(*slot) for slot in fitting]
        raise InvalidRequest("activation_file_ambiguous", file=given.file.path, parts=parts)
    return fitting[0]


def _fits(given: GivenFile, record: Record, index: int) -> bool:
    part = record.parts[index]
    quantity = part.quantity
    if quantity is None and len(record.licenses) == 1:
        quantity = record.licenses[0].quantity
    return (
        (given.license_id is None or given.license_id in record.license_ids)
        and (given.quantity is None or given.quantity == quantity)
        and given.end in (None, part.end)
    )


def _likeness(record: Record, index: int) -> Tuple[str, End, Optional[int]]:
    part: Part = record.parts[index]
    return record.id, part.end, part.quantity


def _shown(record: Record, index: int) -> str:
    part = record.parts[index]
    quantity = "all" if part.quantity is None else str(part.quantity)
    return "{0} {1} ({2})".format(", ".join(record.license_ids), quantity, part.end.value)


def _refuse_doubles(files: Sequence[GivenFile]) -> None:
    seen: Dict[str, str] = {}
    for given in files:
        other = seen.get(given.file.name) or seen.get(given.file.sha256)
        if other is not None:
            raise InvalidRequest("activation_file_twice", file=given.file.path, other=other)
        seen[given.file.name] = seen[given.file.sha256] = given.file.path
