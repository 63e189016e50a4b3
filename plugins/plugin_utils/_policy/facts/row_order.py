# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of facts in the order of their ids: no result depends on the order in which they were listed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any, cast

from ..base.canonical_json import canonical
from ..base.pointer import join, lookup, position
from .facts import with_value

#: Lists whose rows are in no order, in both forms: plain, and with ``complete`` and ``items``.
_LISTS = (("hosts",), ("hosts", "items"), ("licenses",), ("licenses", "items"))
_NUMBER = re.compile(r"([0-9]+)", re.ASCII)

Rank = tuple[Any, ...]


def in_order(facts: dict[str, Any]) -> dict[str, Any]:
    """``facts`` (plain data) with the rows of each list by id: ``2`` before ``10``, rows without an id last.

    Pointers under ``unknown`` follow their rows. Rows of one id follow what they say.
    """
    for steps in _LISTS:
        pointer = join(list(steps))
        listed = lookup(facts, pointer)
        if isinstance(listed, list):
            facts = _ordered(facts, pointer, listed)
    return facts


def _ordered(facts: dict[str, Any], pointer: str, listed: list[Any]) -> dict[str, Any]:
    ranks = [_rank(row) for row in listed]
    if all(mine < other for mine, other in pairwise(ranks)):
        return facts
    unknown = facts.get("unknown")
    below = _below(unknown if isinstance(unknown, dict) else {}, pointer, len(listed))
    order = sorted(
        range(len(listed)), key=lambda at: (ranks[at], canonical(listed[at]), canonical(below.get(at)))
    )
    places = {old: new for new, old in enumerate(order)}

    def moved(name: str) -> str:
        at, rest = _position(name, pointer, len(listed))
        return name if at is None else f"{pointer}/{places[at]}{rest}"

    found = with_value(facts, pointer, [listed[at] for at in order])
    if isinstance(unknown, dict):
        found = with_value(
            found, "/unknown", {moved(name): _moved(entry, moved) for name, entry in unknown.items()}
        )
    return cast("dict[str, Any]", found)


def _moved(entry: Any, moved: Callable[[str], str]) -> Any:
    because = entry.get("because") if isinstance(entry, dict) else None
    if not isinstance(because, list):
        return entry
    return {**entry, "because": [moved(name) if isinstance(name, str) else name for name in because]}


def _below(unknown: Mapping[str, Any], pointer: str, count: int) -> dict[int, list[list[Any]]]:
    """What is unknown of each row."""
    found: dict[int, list[list[Any]]] = {}
    for name in sorted(unknown):
        at, rest = _position(name, pointer, count)
        if at is not None:
            found.setdefault(at, []).append([rest, unknown[name]])
    return found


def _position(name: str, pointer: str, count: int) -> tuple[int | None, str]:
    """The position in the list at ``pointer`` that a pointer goes through, and its rest; None for no row."""
    if not name.startswith(pointer + "/"):
        return None, ""
    step, slash, rest = name[len(pointer) + 1 :].partition("/")
    at = position(step)
    return (None, "") if at is None or at >= count else (at, slash + rest)


def _rank(row: object) -> Rank:
    ident = row.get("id") if isinstance(row, dict) else None
    if not isinstance(ident, str) or not ident:
        return (1,)
    # Numbers compare as numbers: first how long they are, then digit by digit.
    parts = []
    for at, part in enumerate(_NUMBER.split(ident)):
        digits = part.lstrip("0") if at % 2 else ""
        parts.append((len(digits), digits, part) if at % 2 else (-1, "", part))
    return (0, *parts)
