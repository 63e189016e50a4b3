# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pools: demand summed over rows against supply, every term an interval (R23, R31; decisions 5, 10, 31)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product
from typing import Any

from ...module_utils._licensing.catalog import Catalog
from ...module_utils._licensing.model import LicenseClass
from .evaluate import evaluate
from .fact_table import fact_table
from .facts import Facts
from .kleene import Truth
from .model import Pool
from .pointer import MISSING, join, lookup, split
from .subjects import Reading

UNBOUNDED = None
Readings = Mapping[tuple[str, str], Sequence[Reading]]
Because = tuple[str, str, str]  # subject id, pointer, reason


@dataclass(frozen=True)
class Interval:
    """[low, high] of a whole number; ``high`` None is unbounded."""

    low: int
    high: int | None

    def plus(self, other: Interval) -> Interval:
        high = None if self.high is None or other.high is None else self.high + other.high
        return Interval(self.low + other.low, high)

    def hull(self, other: Interval) -> Interval:
        high = None if self.high is None or other.high is None else max(self.high, other.high)
        return Interval(min(self.low, other.low), high)

    def from_zero(self) -> Interval:
        """What may be there or not."""
        return Interval(0, self.high)

    def to_json(self) -> object:
        """A number where it is one, else ``[low, high]`` with null for unbounded."""
        return self.low if self.low == self.high else [self.low, self.high]


ZERO = Interval(0, 0)
ANYTHING = Interval(0, UNBOUNDED)


@dataclass(frozen=True)
class Row:
    subject: tuple[str, str]
    identity: tuple[str, ...]
    key: tuple[str | None, ...]
    demand: Interval
    because: tuple[Because, ...] = ()
    whole: bool = False  # stands for a list that nobody has read


@dataclass(frozen=True)
class GroupResult:
    """One group's balance. ``subjects`` are the members with demand; ``headroom`` warns though it passes."""

    group: dict[str, str | None]
    truth: Truth
    demand: Interval
    supply: Interval
    subjects: tuple[tuple[str, str], ...]
    because: tuple[Because, ...]
    conflicts: tuple[str, ...]
    pointer: str
    headroom: bool

    @property
    def shortfall(self) -> Interval:
        high = None if self.demand.high is None else max(0, self.demand.high - self.supply.low)
        low = 0 if self.supply.high is None else max(0, self.demand.low - self.supply.high)
        return Interval(low, high)


def run_pool(pool: Pool, readings: Readings, as_of: datetime) -> list[GroupResult]:
    """Every group of the pool, in order; no group where it applies to nobody or nobody has rows."""
    rows: list[Row] = []
    members: dict[tuple[str, str], Sequence[Reading]] = {}
    for subject, found in readings.items():
        for reading in found:
            applies = evaluate(pool.applies, reading.facts, as_of).truth
            if applies is Truth.FAIL or reading.error is not None:
                continue
            members[subject] = found
            for row in _rows(pool, subject, reading):
                rows.append(row if applies is Truth.PASS else _maybe(row))
    united, conflicts = _once(rows)
    index = _Index(pool, united, members)
    return [_balance(pool, key, index, conflicts) for key in _keys(pool, united)]


class _Index:
    """Rows and members by group, so that a fleet costs a walk and not a walk for each group."""

    def __init__(
        self, pool: Pool, rows: Iterable[Row], members: Mapping[tuple[str, str], Sequence[Reading]]
    ) -> None:
        self._at = pool.group_by.index("subject.id") if "subject.id" in pool.group_by else None
        self._known: dict[tuple[str | None, ...], list[Row]] = {}
        self._vague: dict[str | None, list[Row]] = {}
        self._members: dict[str | None, dict[tuple[str, str], Sequence[Reading]]] = {}
        for row in rows:
            if None in row.key:
                self._vague.setdefault(self._owner(row.key), []).append(row)
            else:
                self._known.setdefault(row.key, []).append(row)
        for subject, found in members.items():
            owner = None if self._at is None else subject[0]
            self._members.setdefault(owner, {})[subject] = found

    def _owner(self, key: tuple[str | None, ...]) -> str | None:
        return None if self._at is None else key[self._at]

    def rows(self, key: tuple[str | None, ...]) -> list[Row]:
        """Rows that belong to the group, or may."""
        vague = [row for row in self._vague.get(self._owner(key), ()) if _may_be(row.key, key)]
        return self._known.get(key, []) + vague

    def members(self, key: tuple[str | None, ...]) -> dict[tuple[str, str], Sequence[Reading]]:
        """Systems whose supply the group can use."""
        return self._members.get(self._owner(key), {})


def _maybe(row: Row) -> Row:
    return replace(row, demand=row.demand.from_zero())


def _rows(pool: Pool, subject: tuple[str, str], reading: Reading) -> Iterable[Row]:
    facts = reading.facts
    base = "" if pool.rows == "." else pool.rows
    reason = facts.reason(base)
    listed = lookup(facts.tree, base) if base else [facts.tree]
    if reason or not isinstance(listed, list):
        key = tuple(subject[0] if name == "subject.id" else None for name in pool.group_by)
        because = ((subject[0], base, reason or "absent"),)
        yield Row(subject, (*subject, *reading.hosts, base), key, ANYTHING, because, whole=True)
        return
    for index in range(len(listed)):
        place = f"{base}/{index}" if base else ""
        yield _row(pool, subject, reading, place)


def _row(pool: Pool, subject: tuple[str, str], reading: Reading, place: str) -> Row:
    facts = reading.facts
    because: list[Because] = []
    demand, missing = _count(facts, place, pool.sum)
    if missing is not None:
        because.append((subject[0], *missing))
    key: list[str | None] = []
    for name in pool.group_by:
        value, missing = _text(facts, place, name, subject)
        key.append(value)
        if value is None and missing is not None:
            because.append((subject[0], *missing))
    identity = [_text(facts, place, name, subject)[0] for name in pool.count_once_by]
    if place == "":
        identity = [subject[0], subject[1]]
    known = [value for value in identity if value is not None]
    if len(known) < len(identity):
        known = [*subject, *reading.hosts, place]
    return Row(subject, tuple(known), tuple(key), demand, tuple(because))


def _count(facts: Facts, place: str, name: str) -> tuple[Interval, tuple[str, str] | None]:
    pointer = place + join(name.split("."))
    value = facts.value(pointer)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return Interval(value, value), None
    low, high = facts.bounds.get(pointer, (None, None))
    return Interval(low or 0, high), (pointer, facts.reason(pointer) or "absent")


def _text(
    facts: Facts, place: str, name: str, subject: tuple[str, str]
) -> tuple[str | None, tuple[str, str] | None]:
    if name == "subject.id":
        return subject[0], None
    # The row's own fact first, then the system's.
    for pointer in dict.fromkeys((place + join(name.split(".")), join(name.split(".")))):
        reason = facts.reason(pointer)
        value = MISSING if reason else facts.value(pointer)
        if isinstance(value, str):
            return value, None
        if reason:
            return None, (pointer, reason)
    return None, (place + join(name.split(".")), "absent")


def _once(rows: Sequence[Row]) -> tuple[list[Row], dict[tuple[str, str], list[str]]]:
    united: dict[tuple[str, ...], Row] = {}
    conflicts: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        earlier = united.get(row.identity)
        if earlier is None:
            united[row.identity] = row
            continue
        if (earlier.key, earlier.demand) != (row.key, row.demand):
            conflicts.setdefault(row.subject, []).append(" ".join(row.identity))
        key = tuple(mine if mine == other else None for mine, other in zip(earlier.key, row.key, strict=True))
        because = tuple(dict.fromkeys(earlier.because + row.because))
        united[row.identity] = Row(row.subject, row.identity, key, earlier.demand.hull(row.demand), because)
    return list(united.values()), conflicts


def _keys(pool: Pool, rows: Iterable[Row]) -> list[tuple[str | None, ...]]:
    known: dict[tuple[str | None, ...], None] = {}
    vague: dict[tuple[str | None, ...], None] = {}
    for row in rows:
        if None not in row.key:
            known[row.key] = None
        elif row.whole:
            vague[row.key] = None
        else:
            # A row whose group is not known counts in every group that it may belong to.
            choices = [
                _choices(pool, name, value) for name, value in zip(pool.group_by, row.key, strict=True)
            ]
            known.update(dict.fromkeys(product(*choices)))
    at = pool.group_by.index("subject.id") if "subject.id" in pool.group_by else None
    taken = {None if at is None else key[at] for key in known}
    for key in vague:
        if (None if at is None else key[at]) not in taken:
            known[key] = None
    return sorted(known, key=lambda key: [(value is None, value or "") for value in key])


def _choices(pool: Pool, name: str, value: str | None) -> tuple[str | None, ...]:
    if value is not None:
        return (value,)
    place = [] if pool.rows == "." else [*split(pool.rows), "0"]
    node = fact_table().find([*place, *name.split(".")]) or fact_table().find(name.split("."))
    if node is None or node.choices is None:
        return (None,)
    return tuple(str(choice) for choice in node.choices)


def _may_be(key: tuple[str | None, ...], group: tuple[str | None, ...]) -> bool:
    return all(mine is None or mine == other for mine, other in zip(key, group, strict=True))


def _balance(
    pool: Pool,
    key: tuple[str | None, ...],
    index: _Index,
    conflicts: Mapping[tuple[str, str], list[str]],
) -> GroupResult:
    demand, because = ZERO, list[Because]()
    blamed: dict[tuple[str, str], None] = {}
    for row in index.rows(key):
        term = row.demand if row.key == key and None not in key else row.demand.from_zero()
        demand = demand.plus(term)
        because.extend(row.because)
        if term.high is None or term.high > 0:
            blamed[row.subject] = None
    group = dict(zip(pool.group_by, key, strict=True))
    members = index.members(key)
    supply, pointer = ZERO, "/effective/products"
    for subject in members:
        term, missing, found = _supply_of(pool, group, members[subject])
        supply = supply.plus(term)
        because.extend((subject[0], *item) for item in missing)
        if len(members) == 1:
            pointer = found
    truth = _compare(demand, supply)
    return GroupResult(
        group=group,
        truth=truth,
        demand=demand,
        supply=supply,
        subjects=tuple(sorted(blamed)) or tuple(sorted(members)),
        because=tuple(dict.fromkeys(because)) if truth is Truth.UNKNOWN else (),
        conflicts=tuple(sorted(name for subject in blamed for name in conflicts.get(subject, ()))),
        pointer=pointer,
        headroom=truth is Truth.PASS and _short_of_headroom(pool, demand, supply),
    )


def _supply_of(
    pool: Pool, group: Mapping[str, str | None], readings: Sequence[Reading]
) -> tuple[Interval, list[tuple[str, str]], str]:
    total: Interval | None = None
    missing: list[tuple[str, str]] = []
    pointer = "/effective/products"
    for reading in readings:
        term, gaps, found = _in_force(pool.product, group, reading.facts)
        total = term if total is None else total.hull(term)
        missing.extend(gaps)
        pointer = found
    return total or ANYTHING, missing, pointer


def _in_force(
    wanted: str, group: Mapping[str, str | None], facts: Facts
) -> tuple[Interval, list[tuple[str, str]], str]:
    base = "/effective/products"
    reason = facts.reason(base)
    listed: Any = lookup(facts.tree, base)
    if reason or not isinstance(listed, list) or ("arch" in group and group["arch"] is None):
        return ANYTHING, [(base, reason)] if reason else [], base
    total, gaps, pointer = ZERO, list[tuple[str, str]](), base
    products = _products(wanted)
    for index in range(len(listed)):
        place = f"{base}/{index}"
        held, arch = facts.value(place + "/product"), facts.value(place + "/arch")
        if held is not MISSING and held not in products:
            continue
        if "arch" in group and arch is not MISSING and arch not in (group["arch"], "any"):
            continue
        term, gap = _count(facts, place, "quantity")
        for name, value in (("product", held), ("arch", arch if "arch" in group else "")):
            if value is MISSING:
                # It may be what is asked for.
                term, gap = term.from_zero(), (f"{place}/{name}", facts.reason(f"{place}/{name}") or "absent")
        total = total.plus(term)
        if gap is not None:
            gaps.append(gap)
        if pointer == base:
            pointer = place + "/missing"
    return total, gaps, pointer


def _products(name: str) -> frozenset[str]:
    if name != "vms":
        return frozenset((name,))
    rows = Catalog.builtin().products
    return frozenset(row.id for row in rows if row.license_class is LicenseClass.EDITION)


def _compare(demand: Interval, supply: Interval) -> Truth:
    if demand.high is not None and demand.high <= supply.low:
        return Truth.PASS
    if supply.high is not None and demand.low > supply.high:
        return Truth.FAIL
    return Truth.UNKNOWN


def _short_of_headroom(pool: Pool, demand: Interval, supply: Interval) -> bool:
    if not pool.headroom_warn or demand.high is None:
        return False
    return supply.low - demand.high < -(-pool.headroom_warn * supply.low // 100)
