# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read facts from a site's own words with a FactMap: each is a value, or unknown with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ....module_utils._pointer import MISSING, escape, lookup, split
from ..base.ansible_names import SET_BY_ANSIBLE
from ..documents.schemas import suggestion
from ..facts.quoted_value import shown
from ..facts.schema_mismatches import respelled_at
from .model import ContainsItem, FactMap, FactReading, FromFact, ItemCount, RowList, StatedValue, pointers_of
from .vocabulary import folded

_PREFIX = "ansible_"


@dataclass(frozen=True)
class MappedFact:
    """The value of one target, or the ``reason`` why it is unknown.

    ``value`` is MISSING for a fact that does not exist or is unknown. ``below`` are unknown parts of the
    value, by pointer inside of it, with their reason. ``own`` are the own pointers that were read, ``values``
    the own values that cannot be used, as text. ``hint`` is the known name that is most similar to an item of
    a list that has no known name, empty if none is. A ``stated`` fact is a constant of the map.
    ``below_own`` are the own pointers of ``below``; ``nodes`` are the nodes of a system without the value.
    ``near`` is an own pointer that exists and resembles the one without a value.
    """

    value: object = MISSING
    reason: str = ""
    below: Mapping[str, str] = field(default_factory=dict)
    own: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    stated: bool = False
    hint: str | None = None
    below_own: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    nodes: tuple[str, ...] = ()
    near: str = ""


def mapped_facts(fact_map: FactMap, facts: Mapping[str, Any]) -> dict[str, MappedFact]:
    """Return every target of the map with its value in ``facts``, own facts as plain data."""
    return {target: read_fact(reading, facts, _steps(target)) for target, reading in fact_map.facts.items()}


def read_fact(reading: FactReading, facts: Mapping[str, Any], target: Sequence[str]) -> MappedFact:
    """Return the value of one reading. ``target`` are the steps of the HostFacts value, empty for none."""
    own = tuple(pointers_of(reading))
    if isinstance(reading, StatedValue):
        return MappedFact(reading.value, stated=True)
    if isinstance(reading, FromFact):
        return _from(reading, facts, target)
    found = _own_value(facts, reading.pointer)
    if found is MISSING or found is None:
        return MappedFact(reason="absent" if found is MISSING else "null", own=own)
    if not isinstance(found, list):
        return MappedFact(reason="type", own=own, values=(f"{shown(found)} ({reading.pointer})",))
    if isinstance(reading, ItemCount):
        if None in found:
            # Whether a null stands for an item is not known.
            least = len(found) - found.count(None)
            return MappedFact(reason="null", own=own, values=(f"{least}-{len(found)} ({reading.pointer})",))
        return MappedFact(len(found), own=own)
    return _rows(reading, found, target) if isinstance(reading, RowList) else _contains(reading, found)


def _own_value(facts: Mapping[str, Any], pointer: str) -> object:
    """Return the own value at ``pointer``; facts of setup may have the prefix that they have as variables."""
    head, rest = _head_and_rest(pointer)
    if head not in facts:
        head = _PREFIX + head
        if head not in facts or head in SET_BY_ANSIBLE:
            return MISSING
    return lookup(facts[head], rest)


@cache
def _head_and_rest(pointer: str) -> tuple[str, str]:
    head, slash, rest = pointer[1:].partition("/")
    return split("/" + head)[0], slash + rest


@cache
def _steps(pointer: str) -> tuple[str, ...]:
    return tuple(split(pointer))


def _from(reading: FromFact, facts: Mapping[str, Any], target: Sequence[str]) -> MappedFact:
    reason = "absent"
    for pointer in reading.pointers:
        value = _own_value(facts, pointer)
        if value is None:
            reason = "null"
        elif value is not MISSING and (value != "" or len(reading.pointers) == 1):
            return MappedFact(_translated(reading, value, target), own=(pointer,))
    if reading.optional and reason == "absent":
        return MappedFact(own=reading.pointers)
    near = filter(None, (_near(facts, pointer) for pointer in reading.pointers))
    return MappedFact(reason=reason, own=reading.pointers, near=next(near, ""))


def _near(facts: Mapping[str, Any], pointer: str) -> str:
    """Return the own pointer that most resembles ``pointer``, which leads to no value; empty if none does."""
    value: object = facts
    place = ""
    steps = split(pointer)
    for at, step in enumerate(steps):
        if not isinstance(value, dict):
            return ""
        if step not in value:
            name = suggestion(step, value)
            near = "/".join([place, escape(name), *map(escape, steps[at + 1 :])])
            return near if name and lookup(facts, near) is not MISSING else ""
        value, place = value[step], f"{place}/{escape(step)}"
    return ""


def _translated(reading: FromFact, value: object, target: Sequence[str]) -> object:
    if isinstance(value, list):
        found: object = [reading.values.get(text_of(item), item) for item in value]
    else:
        found = reading.values.get(text_of(value), value)
    return respelled_at("host_facts", target, found) if target else found


def text_of(value: object) -> str:
    """Return a scalar as it is written in YAML, as the keys of ``values`` are."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


def _contains(reading: ContainsItem, found: list[Any]) -> MappedFact:
    own = (reading.pointer,)
    wanted = {folded(item) for item in (*reading.items, *reading.names)}
    names = [folded(item) for item in found if isinstance(item, str)]
    if wanted.intersection(names):
        return MappedFact(True, own=own)
    if len(names) < len(found):
        reason = "null" if None in found else "type"
        return MappedFact(reason=reason, own=own, values=(f"{shown(found)} ({reading.pointer})",))
    known = {folded(name): name for name in reversed((*reading.items, *reading.known))}
    others = [] if reading.others_ignored else [item for item in found if folded(item) not in known]
    if not others:
        return MappedFact(False, own=own)
    # Any of them may be the item that is not found, in other words or misspelt.
    values = tuple(f"{shown(item)} ({reading.pointer})" for item in dict.fromkeys(others))
    hints = dict.fromkeys(known.get(suggestion(folded(item), known), "") for item in others)
    return MappedFact(reason="value", own=own, values=values, hint=", ".join(filter(None, hints)))


def _rows(reading: RowList, found: list[Any], target: Sequence[str]) -> MappedFact:
    rows: list[object] = []
    below: dict[str, str] = {}
    own: dict[str, tuple[str, ...]] = {}
    read = {_steps(pointer)[0] for part in reading.facts.values() for pointer in pointers_of(part)}
    for number, item in enumerate(found):
        if not isinstance(item, dict):
            # The schema of the row reports what it got.
            rows.append(item)
            continue
        row: dict[str, object] = {}
        for pointer, part in reading.facts.items():
            steps = _steps(pointer)
            fact = read_fact(part, item, [*target, "0", *steps])
            if fact.reason:
                below[f"/{number}{pointer}"] = fact.reason
                own[f"/{number}{pointer}"] = tuple(f"{reading.pointer}/{number}{each}" for each in fact.own)
            elif fact.value is not MISSING:
                _put(row, steps, fact.value)
        if reading.others_kept:
            row.update({name: value for name, value in item.items() if name not in row and name not in read})
        # A row without an id of its own is one row: its position tells it from the others.
        if f"/{number}/id" not in below:
            row.setdefault("id", f"row {number + 1}")
        rows.append(row)
    return MappedFact(rows, below=below, own=(reading.pointer,), below_own=own)


def _put(row: dict[str, object], steps: Sequence[str], value: object) -> None:
    *parents, name = steps
    inside: dict[str, Any] = row
    for step in parents:
        inside = inside.setdefault(step, {})
    inside[name] = value


def own_name(fact_map: FactMap, pointer: str) -> str:
    """Return an own pointer as evidence names it: with the id of the map."""
    return f"{fact_map.id}:{pointer}"


def below_target(target: str, name: str) -> str:
    """Return the pointer of ``name`` inside of ``target``."""
    return f"{target}/{escape(name)}"
