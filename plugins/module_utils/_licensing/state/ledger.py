# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entitlements of a system now and after each future license expiry (R6, R17, R19–R22).

The licenses are processed once in the order of their ends and running sums are updated, so that ten thousand
licenses with different ends remain fast.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Set, Tuple

from ..._interval import NOTHING, Interval, hull
from ..._time import Forever
from ..catalog.catalog import Catalog
from ..reading.holdings import EDITION_GROUP, Cell, Holding, group_of
from ..values.model import ARCHES, EDITIONS, Arch, Kind
from ..values.periods import is_alive
from .upgrades import UPGRADE_PATHS, Balance, resolve
from .validity import Dated, Validity, combined

# Key of a result row: all editions and upgrades of an architecture, or one feature product in one
# architecture.
RowKey = Tuple[str, Arch]


@dataclass(frozen=True)
class RowState:
    """State of a row at one time. ``kinds`` is None if unknown; ``balance`` is set only for edition rows."""

    key: RowKey
    quantity: Interval
    kinds: Optional[Tuple[str, ...]]
    validity: Validity
    balance: Optional[Balance] = None


@dataclass(frozen=True)
class Snapshot:
    """All rows at the time ``at``, assuming that VMS has reconnected to its License Server.

    ``ended`` are the holdings that expire at that time and that counted, or may have counted, until then;
    ``certainly_ended`` is the subset that certainly counted.
    """

    at: dt.datetime
    rows: Mapping[RowKey, RowState]
    ended: Tuple[Holding, ...] = ()
    certainly_ended: Tuple[Holding, ...] = ()

    def editions(self, arch: Arch) -> RowState:
        return self.rows[(EDITION_GROUP, arch)]

    def quantity(self, product: str, arch: Arch) -> Interval:
        """Return the quantity of a feature product."""
        row = self.rows.get((product, arch))
        return NOTHING if row is None else row.quantity


class _Sum:
    """A sum of intervals that supports subtraction."""

    def __init__(self) -> None:
        self.low = 0
        self.high = 0
        self.unbounded = 0

    def count(self, part: Interval, sign: int) -> None:
        self.low += sign * part.low
        if part.high is None:
            self.unbounded += sign
        else:
            self.high += sign * part.high

    def interval(self) -> Interval:
        return Interval(self.low, None if self.unbounded else self.high)


class _Queue:
    """Licenses of a row that have an end, sorted by it; the time passed to ``first`` must not decrease."""

    def __init__(self) -> None:
        self.dated: List[Dated] = []
        self._next = 0

    def first(self, at: dt.datetime) -> Optional[Dated]:
        while self._next < len(self.dated) and self.dated[self._next][0] <= at:
            self._next += 1
        return self.dated[self._next] if self._next < len(self.dated) else None


class _Side:
    """Either the preinstalled licenses of a row or all others, which suppress the preinstalled ones."""

    def __init__(self) -> None:
        self.certain, self.perhaps = _Queue(), _Queue()
        self.kinds: Dict[Optional[Kind], int] = {}
        self.uncertain = 0
        self.open_ends = 0
        self.permanent: Optional[str] = None
        self.perhaps_permanent: Optional[str] = None

    def enter(self, holding: Holding, sure: bool) -> None:
        if holding.end is None:
            self.open_ends += 1
        elif isinstance(holding.end, Forever):
            if sure:
                self.permanent = min(self.permanent or holding.id, holding.id)
            else:
                self.perhaps_permanent = min(self.perhaps_permanent or holding.id, holding.id)
        else:
            (self.certain if sure else self.perhaps).dated.append((holding.end, holding.id))
        self.count(holding, sure, 1)

    def count(self, holding: Holding, sure: bool, sign: int) -> None:
        if sure and holding.end is not None:
            self.kinds[holding.kind] = self.kinds.get(holding.kind, 0) + sign
        else:
            self.uncertain += sign

    def validity(self, at: dt.datetime, sure: bool) -> Validity:
        certain, perhaps = self.certain.first(at), self.perhaps.first(at)
        if sure:
            return Validity(certain, perhaps, self.open_ends > 0, self.permanent, self.perhaps_permanent)
        candidates = [dated for dated in (certain, perhaps) if dated is not None]
        permanent = [ident for ident in (self.permanent, self.perhaps_permanent) if ident is not None]
        return Validity(
            None, min(candidates, default=None), self.open_ends > 0, None, min(permanent, default=None)
        )


class _Group:
    """Licenses that suppress the same preinstalled ones: editions and upgrades, or one feature product."""

    def __init__(self, unlisted: int) -> None:
        self.rows: Set[RowKey] = set()
        self.certain = 0
        self.perhaps = unlisted

    @property
    def preinstalled_counts(self) -> Optional[bool]:
        """Whether preinstalled licenses count: if no other license of the group is valid; None if unknown."""
        if self.certain:
            return False
        return None if self.perhaps else True


class Ledger:
    """The holdings of one system from ``as_of`` on.

    If the list is not ``complete``, an unlisted license may suppress the preinstalled ones.
    """

    def __init__(
        self, holdings: Iterable[Holding], as_of: dt.datetime, catalog: Catalog, complete: bool = True
    ) -> None:
        self._as_of = as_of
        self._unlisted = 0 if complete else 1
        self._row_of = {
            (product.id, product.arch): (group_of(product), product.arch) for product in catalog.products
        }
        self._bases = [(edition, catalog.edition_product(edition)) for edition in EDITIONS]
        self._paths = [(path, catalog.upgrade(*path) or "") for path in UPGRADE_PATHS]
        self._groups: Dict[str, _Group] = {EDITION_GROUP: _Group(self._unlisted)}
        self._groups[EDITION_GROUP].rows.update((EDITION_GROUP, arch) for arch in ARCHES)
        self._sides: Dict[RowKey, Tuple[_Side, _Side]] = {
            (EDITION_GROUP, arch): (_Side(), _Side()) for arch in ARCHES
        }
        self._base_products = {product for _edition, product in self._bases}
        self._cells: Dict[Cell, Tuple[_Sum, _Sum]] = {}
        # Base quantity by architecture; a license that may be of several editions counts once.
        self._base = {arch: (_Sum(), _Sum()) for arch in ARCHES}
        self._dated: List[Tuple[dt.datetime, str, Holding]] = []
        for holding in holdings:
            if holding.end is None or is_alive(holding.end, as_of):
                self._enter(holding)
        self._dated.sort(key=lambda entry: entry[:2])
        for sides in self._sides.values():
            for side in sides:
                side.certain.dated.sort()
                side.perhaps.dated.sort()

    def _enter(self, holding: Holding) -> None:
        if holding.end is not None and not isinstance(holding.end, Forever):
            self._dated.append((holding.end, holding.id, holding))
        for cell, amount in holding.cells:
            key = self._row_of[cell]
            group = self._groups.setdefault(key[0], _Group(self._unlisted))
            group.rows.add(key)
            sides = self._sides.setdefault(key, (_Side(), _Side()))
            sides[holding.preinstalled].enter(holding, _sure(holding, amount))
        self._count(holding, 1)

    def _count(self, holding: Holding, sign: int) -> None:
        for cell, amount in holding.cells:
            sums = self._cells.setdefault(cell, (_Sum(), _Sum()))
            # A license with an unknown end may have expired already.
            sums[holding.preinstalled].count(amount if holding.end is not None else amount.or_nothing(), sign)
            if sign < 0:
                self._sides[self._row_of[cell]][holding.preinstalled].count(
                    holding, _sure(holding, amount), sign
                )
        for arch, amount in _base_amounts(holding, self._base_products).items():
            self._base[arch][holding.preinstalled].count(amount, sign)
        if not holding.preinstalled:
            certain = holding.certain and holding.end is not None
            for name in holding.groups:
                if certain:
                    self._groups[name].certain += sign
                else:
                    self._groups[name].perhaps += sign

    def snapshots(self) -> Iterator[Snapshot]:
        """Yield the state at ``as_of``, then at every later end of a license that counts or may count."""
        rows = {key: self._state(key, self._as_of) for group in self._groups.values() for key in group.rows}
        yield Snapshot(self._as_of, rows)
        position = 0
        while position < len(self._dated):
            at = self._dated[position][0]
            expiring: List[Holding] = []
            while position < len(self._dated) and self._dated[position][0] == at:
                expiring.append(self._dated[position][2])
                position += 1
            ended = tuple(holding for holding in expiring if self._counts(holding) is not False)
            certain = tuple(holding for holding in ended if self._counts(holding))
            rows = dict(rows)
            rows.update((key, self._state(key, at)) for key in self._remove(expiring))
            if ended:
                yield Snapshot(at, rows, ended, certain)

    def _counts(self, holding: Holding) -> Optional[bool]:
        """Return whether a holding counts; False for a suppressed preinstalled license, None if unknown."""
        certain = holding.certain and len(holding.groups) == 1
        if not holding.preinstalled:
            return True if certain else None
        verdicts = {self._groups[name].preinstalled_counts for name in holding.groups}
        if verdicts == {False}:
            return False
        return True if certain and verdicts == {True} else None

    def _remove(self, expiring: Sequence[Holding]) -> Set[RowKey]:
        """Subtract expired licenses from the sums; return the keys of the rows that change."""
        before = {
            name: self._groups[name].preinstalled_counts for holding in expiring for name in holding.groups
        }
        changed: Set[RowKey] = set()
        for holding in expiring:
            self._count(holding, -1)
            changed.update(self._row_of[cell] for cell, _amount in holding.cells)
        for name, counted in before.items():
            if self._groups[name].preinstalled_counts is not counted:
                changed.update(self._groups[name].rows)
        return changed

    def _state(self, key: RowKey, at: dt.datetime) -> RowState:
        counts = self._groups[key[0]].preinstalled_counts
        others, preinstalled = self._sides[key]
        validity = others.validity(at, True)
        kinds = dict(others.kinds)
        uncertain = others.uncertain
        if counts is not False and (preinstalled.kinds or preinstalled.uncertain):
            own = preinstalled.validity(at, counts is True)
            validity = own if validity.empty else combined((validity, own))
            if counts:
                kinds.update(preinstalled.kinds)
                uncertain += preinstalled.uncertain
            else:
                uncertain += 1
        named = None if uncertain else tuple(kind.value for kind in Kind if kinds.get(kind))
        if key[0] != EDITION_GROUP:
            return RowState(key, self._amount(key, counts), named, validity)
        balance = resolve(
            {edition: self._amount((product, key[1]), counts) for edition, product in self._bases},
            {path: self._amount((product, key[1]), counts) for path, product in self._paths},
        )
        return RowState(key, _counted(self._base[key[1]], counts), named, validity, balance)

    def _amount(self, cell: Cell, counts: Optional[bool]) -> Interval:
        sums = self._cells.get(cell)
        return NOTHING if sums is None else _counted(sums, counts)


def _counted(sums: Tuple[_Sum, _Sum], preinstalled_counts: Optional[bool]) -> Interval:
    amount = sums[0].interval()
    if preinstalled_counts is False:
        return amount
    preinstalled = sums[1].interval()
    return amount.plus(preinstalled if preinstalled_counts else preinstalled.or_nothing())


def _base_amounts(holding: Holding, base_products: Set[str]) -> Dict[Arch, Interval]:
    amounts: Dict[Arch, Interval] = {}
    for (product, arch), amount in holding.cells:
        if product in base_products:
            amount = amount if holding.end is not None else amount.or_nothing()
            amounts[arch] = amount if arch not in amounts else hull(amounts[arch], amount)
    return amounts


def _sure(holding: Holding, amount: Interval) -> bool:
    return holding.certain and amount.low > 0
