# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times without a time zone in HostFacts: find them, and read them in given zones.

All times of one clock share one offset: those of a License Server, those of a node that holds licenses, and
those of VMS. Different clocks may be in different zones.
"""

from __future__ import annotations

import datetime as dt
from typing import Dict, Iterator, Mapping, NamedTuple, Sequence, Set, Tuple

from ..._facts import ZONE
from ..._pointer import escape, split
from ..._time import format_end, lacks_zone, parse_time, zone_of
from ..values.model import Kind
from ..values.periods import NEVER_TEXT, in_offset

_VMS, _SERVER, _READER = "vms", "license_server", "reader"
_SINGLE = (
    ("/source/gathered_at", _READER),
    ("/license_totals/ends_at", _VMS),
    ("/license_server/fetched_at", _VMS),
    ("/preinstalled/first_run_at", _VMS),
)
# A bare date has no time of day.
_HOUR = ":"
_OF_LICENSE = ("issued_at", "installed_at", "expires_at")

#: The offset of each clock.
Offsets = Mapping[str, dt.timedelta]


class StatedTime(NamedTuple):
    """A time as it is stated. ``clock`` names the clock that wrote it; empty if no derived fact uses it."""

    pointer: str
    text: str
    clock: str

    @property
    def local(self) -> dt.datetime:
        """The time on the clock, written as if it were UTC."""
        return parse_time(self.text)


def times_without_zone(facts: Mapping[str, object]) -> Tuple[StatedTime, ...]:
    """Return the times of a HostFacts tree without a zone, except those that it lists as unknown."""
    found = [time for time in stated_times(facts) if lacks_zone(time.text)]
    if not found:
        return ()
    listed = facts.get("unknown")
    unknown = listed if isinstance(listed, Mapping) else {}
    return tuple(
        time for time in found if _is_own_entry(time, unknown) or not _is_listed(time.pointer, unknown)
    )


def _is_own_entry(time: StatedTime, unknown: Mapping[object, object]) -> bool:
    """Return whether the time is listed only because it has no zone, as in a projected tree."""
    entry = unknown.get(time.pointer)
    return isinstance(entry, Mapping) and entry.get("reason") == ZONE and "earliest" in entry


def with_own_zone(facts: Mapping[str, object]) -> Mapping[str, object]:
    """Return the facts with the zone that they state once, ``source.timezone``, in every time without one.

    A bare date begins in that zone, too. Without a zone, or with one that is not known, facts stay unchanged.
    """
    source = facts.get("source")
    name = source.get("timezone") if isinstance(source, Mapping) else None
    zone = zone_of(name) if isinstance(name, str) else None
    if zone is None:
        return facts
    changes: Dict[str, str] = {}
    for time in stated_times(facts):
        if lacks_zone(time.text) or _HOUR not in time.text:
            try:
                changes[time.pointer] = format_end(parse_time(time.text, zone))
            except ValueError:
                continue  # Not a time: the reader of this fact says so.
    return with_texts(facts, changes) if changes else facts


def in_zones(
    facts: Mapping[str, object], times: Sequence[StatedTime], offsets: Offsets
) -> Mapping[str, object]:
    """Return the facts with ``times`` in UTC, read with the offset of the clock of each."""
    texts = {
        time.pointer: format_end(in_offset(time.local, offsets[time.clock]))
        for time in times
        if time.clock in offsets
    }
    tree = with_texts(facts, texts)
    listed = tree.get("unknown")
    if isinstance(listed, Mapping):
        tree["unknown"] = {pointer: entry for pointer, entry in listed.items() if pointer not in texts}
    return tree


def with_texts(facts: Mapping[str, object], texts: Mapping[str, str]) -> Dict[str, object]:
    """Return a copy of ``facts`` with the texts at their pointers; unchanged parts are shared."""
    tree: Dict[str, object] = dict(facts)
    copied: Set[str] = set()
    for pointer, text in texts.items():
        node: object = tree
        place = ""
        steps = split(pointer)
        for step in steps[:-1]:
            place += "/" + step
            key = int(step) if isinstance(node, list) else step
            child = node[key]  # type: ignore[index]  # the pointer was found in this tree
            if place not in copied:
                copied.add(place)
                child = list(child) if isinstance(child, (list, tuple)) else dict(child)
                node[key] = child  # type: ignore[index]  # a copy of the list or mapping above
            node = child
        node[steps[-1]] = text  # type: ignore[index]  # times are members of mappings
    return tree


def _is_listed(pointer: str, unknown: Mapping[object, object]) -> bool:
    while pointer:
        if pointer in unknown:
            return True
        pointer = pointer.rpartition("/")[0]
    return "" in unknown


def stated_times(facts: Mapping[str, object]) -> Iterator[StatedTime]:
    """Yield the time-valued facts that are texts, except ``never``."""
    for pointer, clock in _SINGLE:
        group, name = split(pointer)
        parent = facts.get(group)
        value = parent.get(name) if isinstance(parent, Mapping) else None
        if isinstance(value, str) and value != NEVER_TEXT:
            yield StatedTime(pointer, value, clock)
    for pointer, row in license_rows(facts):
        for name in _OF_LICENSE:
            value = row.get(name)
            if isinstance(value, str) and value != NEVER_TEXT:
                yield StatedTime("{0}/{1}".format(pointer, name), value, _clock_of(row))
    for pointer, row in _rows(facts, "hosts"):
        value = row.get("added_at")
        if isinstance(value, str):
            yield StatedTime(pointer + "/added_at", value, "")


def license_rows(facts: Mapping[str, object]) -> Iterator[Tuple[str, Mapping[str, object]]]:
    """Yield pointer and fields of each license."""
    return _rows(facts, "licenses")


def _rows(facts: Mapping[str, object], name: str) -> Iterator[Tuple[str, Mapping[str, object]]]:
    listed, pointer = facts.get(name), "/" + escape(name)
    if isinstance(listed, Mapping):
        listed, pointer = listed.get("items"), pointer + "/items"
    for index, row in enumerate(listed if isinstance(listed, (list, tuple)) else ()):
        if isinstance(row, Mapping):
            yield "{0}/{1}".format(pointer, index), row


def _clock_of(row: Mapping[str, object]) -> str:
    """Return the clock of a license: of the server or node that holds it, of VMS for a preinstalled one."""
    if row.get("kind") == Kind.PREINSTALLED.value:
        return _VMS
    holder = row.get("held_by")
    return "{0} {1}".format(_SERVER, holder) if isinstance(holder, str) else _SERVER
