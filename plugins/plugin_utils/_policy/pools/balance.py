# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compute the balance of a pool: demand of its rows against supply, as intervals (R23, R31)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from ....module_utils._interval import Interval, greatest, hull, least, total
from ....module_utils._pointer import split
from ..constraints.three_valued import Truth
from ..policy.model import ALLOCATED, SUBJECT, Pool, Subject
from ..policy.pool_terms import Gap
from .blame import Because, Named, Unit, blamed, deciding
from .group_supply import GroupSupply, Member, Setting
from .pool_row import SELF, Key, PoolRow
from .purchase import EditionProducts, common
from .rows import PoolSheet


@dataclass(frozen=True)
class Ahead:
    """Balance of a group after a future license expiry, if it then fails or may fail."""

    at: str
    truth: Truth
    supply: Interval
    because: tuple[Because, ...]


@dataclass(frozen=True)
class GroupResult:
    """One group's balance.

    ``subjects`` are the subjects of the verdict; ``spared`` are the other members, whose demand is covered.
    ``blamed`` names the blamed rows if these are not all rows. ``sheet`` is the first sheet of the member if
    the group has only one member, else None.
    """

    group: dict[str, str | None]
    truth: Truth
    demand: Interval
    supply: Interval
    subjects: tuple[Subject, ...]
    spared: tuple[Subject, ...]
    because: tuple[Because, ...]
    conflicts: tuple[Named, ...]
    blamed: tuple[Named, ...]
    pointer: str
    headroom: bool
    ahead: Ahead | None
    sheet: PoolSheet | None
    edition_products: EditionProducts | None = None

    @property
    def shortfall(self) -> Interval:
        return _lacking(self.demand, self.supply)


def is_closed(pool: Pool) -> bool:
    """Return whether each system has its own balance, so that equal fact sets have equal balances."""
    own = SUBJECT in pool.group_by and SUBJECT in pool.count_once_by
    return own and pool.source != ALLOCATED


def run_pool(pool: Pool, members: Sequence[Member], setting: Setting) -> list[GroupResult]:
    """Return the balance of every group of the pool, in order.

    The list is empty if the pool applies to no subject or no subject has rows. A closed pool is run for one
    member at a time; its groups then have ``SELF`` in place of the subject's id.
    """
    return _Run(pool, members, setting).groups()


@dataclass(frozen=True)
class _Entry:
    """A row merged from fact sets. ``owners`` are the subjects that each have such a row."""

    key: Key
    demand: Interval
    gaps: tuple[Gap, ...]
    owners: tuple[Subject, ...]
    label: str
    place: str
    added_at: str
    whole: bool = False
    maybe: bool = False
    shared: bool = False
    conflict: bool = False


class _Run:
    def __init__(self, pool: Pool, members: Sequence[Member], setting: Setting) -> None:
        self._pool = pool
        self._setting = setting
        self._named = SUBJECT in pool.group_by and not is_closed(pool)
        if self._named or SUBJECT not in pool.count_once_by:
            members = [replace(each, subjects=(one,)) for each in members for one in each.subjects]
        self._members = members
        self._outside = {one for each in members if each.outside for one in each.subjects}
        self._at = pool.group_by.index(SUBJECT) if SUBJECT in pool.group_by else None
        self._source = GroupSupply(pool, setting)
        self._by_owner: dict[str | None, list[Member]] = {}
        for member in members:
            owner = member.subjects[0][0] if self._named else None
            self._by_owner.setdefault(owner, []).append(member)

    def groups(self) -> list[GroupResult]:
        entries = self._entries()
        known: dict[Key, list[_Entry]] = {}
        ambiguous: dict[str | None, list[_Entry]] = {}
        for entry in entries:
            if None in entry.key:
                ambiguous.setdefault(self._owner(entry.key), []).append(entry)
            else:
                known.setdefault(entry.key, []).append(entry)
        result = []
        for key in self._keys(entries):
            others = [entry for entry in ambiguous.get(self._owner(key), ()) if _may_match(entry.key, key)]
            result.append(self._balance(key, known.get(key, []), others))
        return result

    def _owner(self, key: Key) -> str | None:
        return key[self._at] if self._named and self._at is not None else None

    # -- rows --

    def _entries(self) -> list[_Entry]:
        if SUBJECT not in self._pool.count_once_by:
            rows = [
                (each.subjects[0], row)
                for each in self._members
                for sheet in each.sheets
                for row in sheet.rows
            ]
            return self._merged_rows(rows, (), False)
        found: list[_Entry] = []
        for each in self._members:
            own = [(each.subjects[0], row) for sheet in each.sheets for row in sheet.rows]
            found.extend(self._merged_rows(own, each.subjects, len(each.sheets) == 1))
        return found

    def _merged_rows(
        self, rows: Iterable[tuple[Subject, PoolRow]], owners: tuple[Subject, ...], single: bool
    ) -> list[_Entry]:
        merged: dict[tuple[str, ...], _Entry] = {}
        unidentified: list[_Entry] = []
        for owner, row in rows:
            key = tuple(owner[0] if name == SELF and self._named else name for name in row.key)
            label = " ".join(row.identity or (row.place,))
            entry = _Entry(
                key,
                row.demand,
                row.gaps,
                owners or (owner,),
                label,
                row.place,
                row.added_at,
                row.whole,
                row.maybe,
                conflict=any(reason == "conflict" for _pointer, reason in row.gaps),
            )
            if row.identity is None:
                # A row without identity can be a row that another fact set also lists.
                maybe = replace(entry, demand=entry.demand.or_nothing(), maybe=True)
                unidentified.append(entry if single else maybe)
                continue
            earlier = merged.get(row.identity)
            merged[row.identity] = entry if earlier is None else _hull(earlier, entry, owners)
        return [*merged.values(), *unidentified]

    def _keys(self, entries: Iterable[_Entry]) -> list[Key]:
        known: dict[Key, None] = {}
        ambiguous: dict[Key, None] = {}
        for entry in entries:
            if None not in entry.key:
                known[entry.key] = None
            elif entry.whole:
                ambiguous[entry.key] = None
            else:
                # A row with an unknown group counts in every group that it can belong to.
                pairs = zip(self._pool.group_by, entry.key, strict=True)
                known.update(dict.fromkeys(product(*(self._choices(name, value) for name, value in pairs))))
        owners = {self._owner(key) for key in known}
        known.update(dict.fromkeys(key for key in ambiguous if self._owner(key) not in owners))
        return sorted(known, key=lambda key: [(value is None, value or "") for value in key])

    def _choices(self, name: str, value: str | None) -> tuple[str | None, ...]:
        if value is not None:
            return (value,)
        place = [] if self._pool.rows == "." else [*split(self._pool.rows), "0"]
        table = self._setting.table
        node = table.find([*place, *name.split(".")]) or table.find(name.split("."))
        if node is None or node.choices is None:
            return (None,)
        return tuple(str(choice) for choice in node.choices)

    # -- the balance --

    def _balance(self, key: Key, known: list[_Entry], ambiguous: list[_Entry]) -> GroupResult:
        pool = self._pool
        group = dict(zip(pool.group_by, key, strict=True))
        units = [*(_unit(entry, True) for entry in known), *(_unit(entry, False) for entry in ambiguous)]
        demand = self._demand(units)
        members = [
            each for each in self._by_owner.get(self._owner(key), ()) if self._source.concerns(each, group)
        ]
        available, terms, pointer = self._source.of(group, members, "")
        truth = _compare(demand, available)
        all_subjects = sorted({owner for unit in units for owner in unit.owners if unit.demand.high != 0})
        all_subjects = all_subjects or sorted({one for each in members for one in each.subjects})
        subjects, rows = all_subjects, tuple[Named, ...]()
        if truth is not Truth.PASS:
            subjects, rows = blamed(pool.blame, units, all_subjects, lambda rest: self._fits(rest, available))
        because: tuple[Because, ...] = ()
        if truth is Truth.UNKNOWN:
            because = deciding(units, terms, self._fits)
        blamed_subjects = set(subjects)
        inside = [one for one in all_subjects if one not in self._outside]
        named = [one for one in subjects if one not in self._outside]
        return GroupResult(
            group=group,
            truth=truth,
            demand=demand,
            supply=available,
            subjects=tuple(named),
            spared=tuple(one for one in inside if one not in blamed_subjects),
            because=because,
            conflicts=tuple(
                sorted((each.owners[0][0], each.label) for each in (*known, *ambiguous) if each.conflict)
            ),
            blamed=rows,
            pointer=pointer,
            headroom=truth is Truth.PASS and self._short_of_headroom(demand, available),
            ahead=self._ahead(group, members, demand) if truth is Truth.PASS else None,
            sheet=members[0].sheets[0] if len(members) == 1 else None,
            edition_products=common([sheet.edition_products for each in members for sheet in each.sheets])
            if truth is Truth.FAIL
            else None,
        )

    def _demand(self, units: Sequence[Unit]) -> Interval:
        pool = self._pool
        if pool.aggregate in ("sum", "count"):
            found = total(unit.all for unit in units)
        else:
            found = {"min": least, "max": greatest}[pool.aggregate]([unit.demand for unit in units])
            certain = [unit.demand for unit in units if not unit.maybe]
            if pool.aggregate == "min" and len(certain) < len(units):
                # The minimum is at most the minimum of the rows that certainly count.
                bound = least(certain) if certain else greatest([unit.demand for unit in units])
                found = Interval(found.low, bound.high)
        return found.ceil_div(pool.ceil_div).round_up(pool.round_up)

    def _fits(self, units: Sequence[Unit], available: Interval) -> bool:
        return _compare(self._demand(units), available) is Truth.PASS

    # -- beyond the verdict --

    def _short_of_headroom(self, demand: Interval, available: Interval) -> bool:
        percent = self._pool.headroom_warn
        if not percent or demand.high is None:
            return False
        return available.low - demand.high < -(-percent * available.low // 100)

    def _ahead(
        self, group: Mapping[str, str | None], members: Sequence[Member], demand: Interval
    ) -> Ahead | None:
        """Return the first expiry with a certain shortage after it, else the first with a possible one."""
        possible: Ahead | None = None
        for at in self._source.lapses(group, members):
            available, terms, _pointer = self._source.of(group, members, at)
            truth = _compare(demand, available)
            gaps = [(unit.owners[0][0], *gap) for unit in terms for gap in unit.gaps]
            found = Ahead(at, truth, available, tuple(dict.fromkeys(gaps)))
            if truth is Truth.FAIL:
                return found
            if truth is Truth.UNKNOWN:
                possible = possible or found
        return possible


def _hull(left: _Entry, right: _Entry, owners: tuple[Subject, ...]) -> _Entry:
    key = tuple(mine if mine == other else None for mine, other in zip(left.key, right.key, strict=True))
    return _Entry(
        key,
        hull(left.demand, right.demand),
        tuple(dict.fromkeys((*left.gaps, *right.gaps))),
        owners or tuple(sorted({*left.owners, *right.owners})),
        left.label,
        left.place,
        left.added_at if left.added_at == right.added_at else "",
        maybe=left.maybe or right.maybe,
        shared=not owners,
        conflict=left.conflict or (left.key, left.demand) != (right.key, right.demand),
    )


def _unit(entry: _Entry, certain: bool) -> Unit:
    # A row that may belong to another group counts from 0 up to its demand.
    demand = entry.demand if certain else entry.demand.or_nothing()
    maybe = entry.maybe or not certain
    return Unit(demand, entry.owners, entry.label, entry.added_at, _gaps_of(entry), entry.shared, maybe)


def _gaps_of(entry: _Entry) -> tuple[Gap, ...]:
    conflict = ((entry.place, "conflict"),) if entry.conflict else ()
    return tuple(dict.fromkeys((*entry.gaps, *conflict)))


def _may_match(key: Key, group: Key) -> bool:
    return all(mine is None or mine == other for mine, other in zip(key, group, strict=True))


def _compare(demand: Interval, available: Interval) -> Truth:
    if demand.high is not None and demand.high <= available.low:
        return Truth.PASS
    if available.high is not None and demand.low > available.high:
        return Truth.FAIL
    return Truth.UNKNOWN


def _lacking(demand: Interval, available: Interval) -> Interval:
    high = None if demand.high is None else max(0, demand.high - available.low)
    low = 0 if available.high is None else max(0, demand.low - available.high)
    return Interval(low, high)
