# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sort the rows of facts by id, so that results do not depend on the order of input rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any, cast

from ....module_utils._pointer import join, lookup, position
from ..base.canonical_json import canonical
from .facts import with_value

#: Lists whose row order has no meaning, in both forms: plain, and with ``complete`` and ``items``.
_LISTS = (("hosts",), ("hosts", "items"), ("licenses",), ("licenses", "items"))
_NUMBER = re.compile(r"([0-9]+)", re.ASCII)

Rank = tuple[Any, ...]


def in_order(facts: dict[str, Any]) -> dict[str, Any]:
    """Return ``facts`` (plain data) with rows sorted by id: ``2`` before ``10``, rows without an id last.

    Pointers under ``unknown`` are renumbered with their rows. Rows with equal ids are sorted by content.
    """
    for steps in _LISTS:
        pointer = join(list(steps))
        listed = lookup(facts, pointer)
        if isinstance(listed, list):
            facts = _ordered(facts, pointer, listed)
    return facts


def are_ordered(rows: list[Any]) -> bool:
    """Return whether the rows have ids that increase from row to row, so that sorting changes nothing."""
    return all(mine < other for mine, other in pairwise(map(_rank, rows)))


def _ordered(facts: dict[str, Any], pointer: str, listed: list[Any]) -> dict[str, Any]:
    if are_ordered(listed):
        return facts
    ranks = [_rank(row) for row in listed]
    unknown = facts.get("unknown")
    below = _unknown_by_row(unknown if isinstance(unknown, dict) else {}, pointer, len(listed))
    order = sorted(
        range(len(listed)), key=lambda at: (ranks[at], canonical(listed[at]), canonical(below.get(at)))
    )
    places = {old: new for new, old in enumerate(order)}

    def renumbered(name: str) -> str:
        at, rest = _position(name, pointer, len(listed))
        return name if at is None else f"{pointer}/{places[at]}{rest}"

    found = with_value(facts, pointer, [listed[at] for at in order])
    if isinstance(unknown, dict):
        found = with_value(
            found,
            "/unknown",
            {renumbered(name): _renumber_because(entry, renumbered) for name, entry in unknown.items()},
        )
    return cast("dict[str, Any]", found)


def _renumber_because(entry: Any, renumbered: Callable[[str], str]) -> Any:
    because = entry.get("because") if isinstance(entry, dict) else None
    if not isinstance(because, list):
        return entry
    return {**entry, "because": [renumbered(name) if isinstance(name, str) else name for name in because]}


def _unknown_by_row(unknown: Mapping[str, Any], pointer: str, count: int) -> dict[int, list[list[Any]]]:
    """Return the unknown entries of each row, by position."""
    found: dict[int, list[list[Any]]] = {}
    for name in sorted(unknown):
        at, rest = _position(name, pointer, count)
        if at is not None:
            found.setdefault(at, []).append([rest, unknown[name]])
    return found


def _position(name: str, pointer: str, count: int) -> tuple[int | None, str]:
    """Return the row of the list at ``pointer`` that ``name`` goes through, and the rest; None for no row."""
    if not name.startswith(pointer + "/"):
        return None, ""
    step, slash, rest = name[len(pointer) + 1 :].partition("/")
    at = position(step)
    return (None, "") if at is None or at >= count else (at, slash + rest)


def _rank(row: object) -> Rank:
    ident = row.get("id") if isinstance(row, dict) else None
    if not isinstance(ident, str) or not ident:
        return (1,)
    # Compare digits as numbers: first by length without leading zeros, then digit by digit.
    parts = []
    for at, part in enumerate(_NUMBER.split(ident)):
        digits = part.lstrip("0") if at % 2 else ""
        parts.append((len(digits), digits, part) if at % 2 else (-1, "", part))
    return (0, *parts)
