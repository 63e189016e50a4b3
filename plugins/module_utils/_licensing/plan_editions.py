# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Editions in a purchase plan: base, upgrades for the whole base, and when they may go in (R4–R6).

Whether a schedule is right is not reasoned out but tried: the licences that stand and the ones to buy go
through the calculus together, at every coming lapse.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

from .balance import UPGRADE_PATHS, UpgradePath
from .catalog import Catalog
from .effective import possible_editions
from .entitlement import Ledger, Snapshot
from .faults import faults_of, new_chains, newly_mixed
from .holdings import EDITION_GROUP, Holding
from .instants import NEVER, Forever, show_end
from .interval import exactly
from .interval import missing as lacking
from .model import ARCHES, EDITIONS, Arch, Edition, Kind, Violation
from .system import System

# Product, architecture, quantity, of which missing now, of which lapsing.
Line = Tuple[str, Arch, int, int, int]


@dataclass(frozen=True)
class EditionPlan:
    """Lines that go in now, lines that wait until ``at``, and what no purchase settles."""

    now: Tuple[Line, ...] = ()
    later: Tuple[Line, ...] = ()
    at: Optional[dt.datetime] = None
    notes: Tuple[Violation, ...] = ()


@dataclass
class _Stock:
    """What stays in one architecture once everything dated has lapsed."""

    bases: Dict[Edition, int]
    upgrades: Dict[UpgradePath, int]


class _Unplannable(Exception):
    def __init__(self, note: Violation) -> None:
        super().__init__(note.code)
        self.note = note


def plan_editions(
    system: System,
    snapshots: Sequence[Snapshot],
    needed: Iterable[Edition],
    catalog: Catalog,
    now: dt.datetime,
) -> EditionPlan:
    """Plan base and upgrades of a system whose edition licences and hosts are exactly known."""
    stocks = {arch: _stock(system, arch, catalog) for arch in ARCHES}
    path_base = _path_base(system, catalog)
    target = _target(stocks, snapshots[0], needed)
    bases: List[Line] = []
    upgrades: List[Line] = []
    try:
        for arch in ARCHES:
            own_base = path_base.get(arch) or path_base.get(_other(arch)) or target
            more, raising = _plan_arch(arch, stocks[arch], system, snapshots, target, own_base, catalog)
            bases.extend(more)
            upgrades.extend(raising)
    except _Unplannable as fault:
        return EditionPlan(notes=(fault.note,))
    return _schedule(system, snapshots, bases, upgrades, catalog, now)


def _other(arch: Arch) -> Arch:
    return next(candidate for candidate in ARCHES if candidate is not arch)


def _stock(system: System, arch: Arch, catalog: Catalog) -> _Stock:
    def permanent(product: str) -> int:
        return sum(
            amount.low
            for holding in system.holdings.counted
            if isinstance(holding.end, Forever) and not holding.preinstalled
            for cell, amount in holding.cells
            if cell == (product, arch)
        )

    return _Stock(
        {edition: permanent(catalog.edition_product(edition)) for edition in EDITIONS},
        {path: permanent(catalog.upgrade(*path) or "") for path in UPGRADE_PATHS},
    )


def _path_base(system: System, catalog: Catalog) -> Mapping[Arch, Edition]:
    """The lowest edition of each architecture's bases: its own path starts there (decision 11)."""
    found: Dict[Arch, Edition] = {}
    products = {catalog.edition_product(edition): edition for edition in EDITIONS}
    for holding in system.holdings.counted:
        for (product, arch), _amount in holding.cells:
            edition = products.get(product)
            if edition is not None and (arch not in found or edition.rank < found[arch].rank):
                found[arch] = edition
    return found


def _target(stocks: Mapping[Arch, _Stock], now: Snapshot, needed: Iterable[Edition]) -> Edition:
    """The lowest edition that serves every need, and never below what the system has or is on its way to."""
    candidates = [Edition.STANDARD, *needed]
    candidates.extend(edition for edition in possible_editions(now) if edition is not None)
    for stock in stocks.values():
        candidates.extend(edition for edition, quantity in stock.bases.items() if quantity)
        candidates.extend(target for (_source, target), quantity in stock.upgrades.items() if quantity)
    return max(candidates, key=lambda edition: edition.rank)


def _plan_arch(
    arch: Arch,
    stock: _Stock,
    system: System,
    snapshots: Sequence[Snapshot],
    target: Edition,
    own_base: Edition,
    catalog: Catalog,
) -> Tuple[List[Line], List[Line]]:
    sockets = system.demand.sockets[arch]
    shortages = [lacking(sockets, snapshot.editions(arch).quantity).low for snapshot in snapshots]
    missing_now, most = shortages[0], max(shortages)
    buy: Dict[Edition, int] = {own_base: most} if most else {}
    held = {edition: stock.bases[edition] + buy.get(edition, 0) for edition in EDITIONS}
    upgrades: List[Line] = []
    for source in EDITIONS[:-1]:
        own = {path: count for path, count in stock.upgrades.items() if path[0] is source and count}
        if len(own) > 1:
            fields = {"arch": arch.value, "source": source.value}
            raise _Unplannable(Violation("R4", "plan_two_targets", fields))
        if source.rank >= target.rank or not (held[source] or own):
            continue
        path = next(iter(own), (source, target))
        have = own.get(path, 0)
        if have > held[source]:
            # More upgrades than base: only base can settle it (R6).
            if sockets.low == 0:
                stray = {"arch": arch.value, "product": catalog.upgrade(*path), "quantity": have}
                raise _Unplannable(Violation("R6", "plan_stray_upgrade", stray))
            buy[source] = buy.get(source, 0) + have - held[source]
            held[source] = have
        elif held[source] > have:
            product = catalog.upgrade(*path) or ""
            upgrades.append((product, arch, held[source] - have, 0, 0))
        held[path[1]] += held[source]
    bases = [
        (
            catalog.edition_product(edition),
            arch,
            quantity,
            missing_now if edition is own_base else 0,
            most - missing_now if edition is own_base else 0,
        )
        for edition, quantity in sorted(buy.items(), key=lambda entry: entry[0].rank)
    ]
    return bases, upgrades


def _schedule(
    system: System,
    snapshots: Sequence[Snapshot],
    bases: List[Line],
    upgrades: List[Line],
    catalog: Catalog,
    now: dt.datetime,
) -> EditionPlan:
    """Everything now if that holds now and after each lapse; else upgrades wait, else base does too."""
    everything = [*bases, *upgrades]
    if not everything:
        return EditionPlan(notes=tuple(_standing(snapshots, None)))
    together = _tried(system, everything, catalog, now)
    if not _worse_until(snapshots, together, None):
        return EditionPlan(now=tuple(everything), notes=tuple(_standing(together, None)))
    at = _settled_from(together)
    if at is None:
        return EditionPlan(notes=tuple(_standing(together, None)))
    first = _tried(system, bases, catalog, now)
    if not _worse_until(snapshots, first, at):
        return EditionPlan(tuple(bases), tuple(upgrades), at, tuple(_standing(first, at)))
    return EditionPlan((), tuple(everything), at, tuple(_standing(snapshots, at)))


def _tried(system: System, lines: Sequence[Line], catalog: Catalog, now: dt.datetime) -> List[Snapshot]:
    """The calculus over what stands and what is bought."""
    bought = [
        Holding(
            id="+{0}".format(index),
            groups=(EDITION_GROUP,),
            cells=(((product, arch), exactly(quantity)),),
            kind=Kind.FORMAL,
            end=NEVER,
            certain=True,
            causes=(),
        )
        for index, (product, arch, quantity, _missing, _lapsing) in enumerate(lines)
    ]
    return list(Ledger([*system.holdings.counted, *bought], now, catalog).snapshots())


def _worse_until(before: Sequence[Snapshot], after: Sequence[Snapshot], until: Optional[dt.datetime]) -> bool:
    """True if buying makes a fault, or makes one worse, at any instant up to ``until``."""
    index = 0
    for snapshot in after:
        if until is not None and snapshot.at >= until:
            return False
        while index + 1 < len(before) and before[index + 1].at <= snapshot.at:
            index += 1
        old, new = faults_of(before[index]), faults_of(snapshot)
        if new_chains(old, new) or newly_mixed(old, new):
            return True
    return False


def _faulty(snapshot: Snapshot) -> bool:
    faults = faults_of(snapshot)
    return bool(faults.chains or faults.mixed)


def _settled_from(snapshots: Sequence[Snapshot]) -> Optional[dt.datetime]:
    """The lapse from which on everything fits; None if it never does."""
    if _faulty(snapshots[-1]):
        return None
    settled = snapshots[-1]
    for snapshot in reversed(snapshots):
        if _faulty(snapshot):
            return settled.at
        settled = snapshot
    return settled.at


def _standing(snapshots: Sequence[Snapshot], until: Optional[dt.datetime]) -> List[Violation]:
    """The first fault that stays although the plan is followed: nothing one can buy removes it."""
    for snapshot in snapshots:
        if until is not None and snapshot.at >= until:
            break
        if _faulty(snapshot):
            fault = next(iter(faults_of(snapshot).chains.values()), None)
            rule = "R4" if fault is None else fault.rule
            return [Violation(rule, "plan_leaves_fault", {"at": show_end(snapshot.at)})]
    return []
