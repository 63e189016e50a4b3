# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a system is entitled to now and after each coming lapse (R6, R17, R19–R22; decisions 10, 13, 14).

The licenses are walked once in the order of their ends; sums are kept, so that ten thousand of them with as
many ends stay cheap.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Set, Tuple

from ..._interval import NOTHING, Interval, hull
from ..._time import Forever, is_alive
from ..catalog.catalog import Catalog
from ..reading.holdings import EDITION_GROUP, Cell, Holding, group_of
from ..values.model import ARCHES, EDITIONS, Arch, Kind
from .upgrades import UPGRADE_PATHS, Balance, resolve
from .validity import Dated, Validity, combined

# One row of the result: all editions and upgrades of an architecture, or one feature product in one
# architecture.
RowKey = Tuple[str, Arch]


@dataclass(frozen=True)
class RowState:
    """A row at an instant. ``kinds`` is None if it is open which count; ``balance`` belongs to editions."""

    key: RowKey
    quantity: Interval
    kinds: Optional[Tuple[str, ...]]
    validity: Validity
    balance: Optional[Balance] = None


@dataclass(frozen=True)
class Snapshot:
    """Every row at ``at``, as if VMS had reconnected.

    ``ended`` are the holdings that lapse right then and counted, or may have counted, until then;
    ``certainly_ended`` those of them that certainly did.
    """

    at: dt.datetime
    rows: Mapping[RowKey, RowState]
    ended: Tuple[Holding, ...] = ()
    certainly_ended: Tuple[Holding, ...] = ()

    def editions(self, arch: Arch) -> RowState:
        return self.rows[(EDITION_GROUP, arch)]

    def quantity(self, product: str, arch: Arch) -> Interval:
        """Quantity of a feature product."""
        row = self.rows.get((product, arch))
        return NOTHING if row is None else row.quantity


class _Tally:
    """A sum of intervals from which parts can be taken away again."""

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
    """The dated licenses of a row in the order of their ends, seen from an instant that moves on."""

    def __init__(self) -> None:
        self.dated: List[Dated] = []
        self._next = 0

    def first(self, at: dt.datetime) -> Optional[Dated]:
        while self._next < len(self.dated) and self.dated[self._next][0] <= at:
            self._next += 1
        return self.dated[self._next] if self._next < len(self.dated) else None


class _Side:
    """Either the preinstalled licenses of a row or all the others: those silence these (decision 14)."""

    def __init__(self) -> None:
        self.certain, self.perhaps = _Queue(), _Queue()
        self.kinds: Dict[Optional[Kind], int] = {}
        self.vague = 0
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
            self.vague += sign

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
    """Licenses that silence the same preinstalled ones: editions and upgrades, or one feature product."""

    def __init__(self, unlisted: int) -> None:
        self.rows: Set[RowKey] = set()
        self.certain = 0
        self.perhaps = unlisted

    @property
    def preinstalled_counts(self) -> Optional[bool]:
        """Three values: only while no other license of the group is alive."""
        if self.certain:
            return False
        return None if self.perhaps else True


class Ledger:
    """The holdings of one system from ``as_of`` on.

    Where they are not ``complete`` a license that is not among them may silence the preinstalled ones.
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
        self._cells: Dict[Cell, Tuple[_Tally, _Tally]] = {}
        # Base of any edition, by architecture: a license that could be of several editions counts once.
        self._base = {arch: (_Tally(), _Tally()) for arch in ARCHES}
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
            tallies = self._cells.setdefault(cell, (_Tally(), _Tally()))
            # With an unknown end the license may be gone already.
            tallies[holding.preinstalled].count(
                amount if holding.end is not None else amount.or_nothing(), sign
            )
            if sign < 0:
                self._sides[self._row_of[cell]][holding.preinstalled].count(
                    holding, _sure(holding, amount), sign
                )
        for arch, amount in _base_amounts(holding, self._base_products).items():
            self._base[arch][holding.preinstalled].count(amount, sign)
        if not holding.preinstalled:
            suppresses = holding.certain and holding.end is not None
            for name in holding.groups:
                if suppresses:
                    self._groups[name].certain += sign
                else:
                    self._groups[name].perhaps += sign

    def snapshots(self) -> Iterator[Snapshot]:
        """Yield the state at ``as_of``, then at every later end of a license that counts or may count."""
        rows = {key: self._state(key, self._as_of) for group in self._groups.values() for key in group.rows}
        yield Snapshot(self._as_of, rows)
        index = 0
        while index < len(self._dated):
            at = self._dated[index][0]
            leaving: List[Holding] = []
            while index < len(self._dated) and self._dated[index][0] == at:
                leaving.append(self._dated[index][2])
                index += 1
            ended = tuple(holding for holding in leaving if self._counts(holding) is not False)
            certain = tuple(holding for holding in ended if self._counts(holding))
            rows = dict(rows)
            rows.update((key, self._state(key, at)) for key in self._leave(leaving))
            if ended:
                yield Snapshot(at, rows, ended, certain)

    def _counts(self, holding: Holding) -> Optional[bool]:
        """Three values: False for a preinstalled license that others silence (decision 14)."""
        certain = holding.certain and len(holding.groups) == 1
        if not holding.preinstalled:
            return True if certain else None
        verdicts = {self._groups[name].preinstalled_counts for name in holding.groups}
        if verdicts == {False}:
            return False
        return True if certain and verdicts == {True} else None

    def _leave(self, leaving: Sequence[Holding]) -> Set[RowKey]:
        """Take lapsed licenses out of the sums; return the rows that this changes."""
        before = {
            name: self._groups[name].preinstalled_counts for holding in leaving for name in holding.groups
        }
        touched: Set[RowKey] = set()
        for holding in leaving:
            self._count(holding, -1)
            touched.update(self._row_of[cell] for cell, _amount in holding.cells)
        for name, counted in before.items():
            if self._groups[name].preinstalled_counts is not counted:
                touched.update(self._groups[name].rows)
        return touched

    def _state(self, key: RowKey, at: dt.datetime) -> RowState:
        counts = self._groups[key[0]].preinstalled_counts
        others, preinstalled = self._sides[key]
        validity = others.validity(at, True)
        kinds = dict(others.kinds)
        vague = others.vague
        if counts is not False and (preinstalled.kinds or preinstalled.vague):
            own = preinstalled.validity(at, counts is True)
            validity = own if validity.empty else combined((validity, own))
            if counts:
                kinds.update(preinstalled.kinds)
                vague += preinstalled.vague
            else:
                vague += 1
        named = None if vague else tuple(kind.value for kind in Kind if kinds.get(kind))
        if key[0] != EDITION_GROUP:
            return RowState(key, self._amount(key, counts), named, validity)
        balance = resolve(
            {edition: self._amount((product, key[1]), counts) for edition, product in self._bases},
            {path: self._amount((product, key[1]), counts) for path, product in self._paths},
        )
        return RowState(key, _counted(self._base[key[1]], counts), named, validity, balance)

    def _amount(self, cell: Cell, counts: Optional[bool]) -> Interval:
        tallies = self._cells.get(cell)
        return NOTHING if tallies is None else _counted(tallies, counts)


def _counted(tallies: Tuple[_Tally, _Tally], preinstalled_counts: Optional[bool]) -> Interval:
    amount = tallies[0].interval()
    if preinstalled_counts is False:
        return amount
    preinstalled = tallies[1].interval()
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
