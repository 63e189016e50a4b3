# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Merge the derived facts of every zone in which a time without a zone may be: equal ones are known."""

from __future__ import annotations

import datetime as dt
from typing import Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from ..._facts import ZONE, UnknownEntry
from ..._pointer import (
    MISSING,
    escape,
)
from ..._time import format_end, read_time
from ..values.periods import NEVER_TEXT

#: Most pointers of times that an unknown fact names.
MOST_BECAUSE = 20


class Tree(NamedTuple):
    """Facts, and the entries of the unknown ones by pointer."""

    facts: Mapping[str, object]
    unknown: Mapping[str, UnknownEntry]


def merge_trees(
    trees: Sequence[Tree], because: Sequence[str]
) -> Tuple[Dict[str, object], Dict[str, UnknownEntry]]:
    """Return the facts that are equal in all ``trees``, and the entries of all others.

    A fact that differs is unknown with the reason ``zone``: a number with its bounds (``low``, ``high``), a
    time with ``earliest`` and ``latest``. Lists of one length are merged row by row. A fact that is unknown
    in one of the trees is unknown.
    """
    return _Merge(trees, because).merged()


class _Merge:
    def __init__(self, trees: Sequence[Tree], because: Sequence[str]) -> None:
        self._trees = trees
        self._because = list(because[:MOST_BECAUSE])
        self._unknown: Dict[str, UnknownEntry] = {}

    def merged(self) -> Tuple[Dict[str, object], Dict[str, UnknownEntry]]:
        facts = self._mapping([tree.facts for tree in self._trees], "")
        listed = dict.fromkeys(pointer for tree in self._trees for pointer in tree.unknown)
        for pointer in listed:
            if pointer not in self._unknown and not self._covered(pointer):
                self._miss(pointer, [MISSING] * len(self._trees))
        return facts, self._unknown

    def _covered(self, pointer: str) -> bool:
        """Return whether a parent of the fact is unknown because its trees differ."""
        pointer = pointer.rpartition("/")[0]
        while pointer:
            if pointer in self._unknown:
                return True
            pointer = pointer.rpartition("/")[0]
        return False

    def _mapping(self, values: Sequence[object], pointer: str) -> Dict[str, object]:
        mappings = [value for value in values if isinstance(value, Mapping)]
        merged: Dict[str, object] = {}
        for name in dict.fromkeys(name for mapping in mappings for name in mapping):
            found = self._value(
                [mapping.get(name, MISSING) for mapping in mappings],
                "{0}/{1}".format(pointer, escape(str(name))),
            )
            if found is not MISSING:
                merged[name] = found
        return merged

    def _value(self, values: Sequence[object], pointer: str) -> object:
        first = values[0]
        if all(isinstance(value, Mapping) for value in values):
            return self._mapping(values, pointer)
        if isinstance(first, list) and all(
            isinstance(value, list) and len(value) == len(first) for value in values
        ):
            return self._list([list(value) for value in values if isinstance(value, list)], pointer)
        if first is not MISSING and all(type(value) is type(first) and value == first for value in values):
            return first
        self._miss(pointer, values)
        return MISSING

    def _list(self, lists: Sequence[List[object]], pointer: str) -> object:
        rows: List[object] = []
        for index, values in enumerate(zip(*lists)):
            if all(isinstance(value, Mapping) for value in values):
                rows.append(self._mapping(values, "{0}/{1}".format(pointer, index)))
            elif all(value == values[0] for value in values):
                rows.append(values[0])
            else:
                # The rows of a list of texts have no pointers of their own, so the list is unknown.
                self._miss(pointer, lists)
                return MISSING
        return rows

    def _miss(self, pointer: str, values: Sequence[object]) -> None:
        entries = [tree.unknown.get(pointer) for tree in self._trees]
        known = [value for value, entry in zip(values, entries) if entry is None]
        reasons = {str(entry["reason"]) for entry in entries if entry is not None}
        merged: UnknownEntry = {"reason": ZONE if known or len(reasons) > 1 else next(iter(reasons))}
        pointers = list(self._because) if merged["reason"] == ZONE else []
        for entry in entries:
            named = None if entry is None else entry.get("because")
            pointers.extend(named if isinstance(named, list) else [])
        if pointers:
            merged["because"] = list(dict.fromkeys(pointers))
        low, high = _bounds(values, entries)
        if low is not None:
            merged["low"] = low
        if high is not None:
            merged["high"] = high
        times = [read_time(value) for value in values]
        spans = [time for time in times if time is not None]
        if len(spans) == len(values):
            merged["earliest"], merged["latest"] = format_end(min(spans)), format_end(max(spans))
        elif spans and all(time is not None or value == NEVER_TEXT for time, value in zip(times, values)):
            merged["earliest"] = format_end(min(spans))
        self._unknown[pointer] = merged


def _bounds(
    values: Sequence[object], entries: Sequence[Optional[UnknownEntry]]
) -> Tuple[Optional[int], Optional[int]]:
    """Return the least and the greatest number that is possible in any tree, None without such a bound."""
    lows: List[Optional[int]] = []
    highs: List[Optional[int]] = []
    for value, entry in zip(values, entries):
        if entry is not None:
            low, high = entry.get("low"), entry.get("high")
        elif value == NEVER_TEXT:
            highs.append(None)
            continue
        else:
            low = high = value
        lows.append(low if isinstance(low, int) and not isinstance(low, bool) else None)
        highs.append(high if isinstance(high, int) and not isinstance(high, bool) else None)
    least = None if not lows or None in lows else min(low for low in lows if low is not None)
    most = None if not highs or None in highs else max(high for high in highs if high is not None)
    return least, most


def span_entry(span: Tuple[dt.datetime, dt.datetime]) -> UnknownEntry:
    """Return the entry of a fact that is a time without a zone."""
    return {"reason": ZONE, "earliest": format_end(span[0]), "latest": format_end(span[1])}
