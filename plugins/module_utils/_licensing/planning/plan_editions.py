# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Editions in a purchase plan: base, upgrades for the whole base, and when they may go in (R4–R6).

Whether a schedule is right is not reasoned out but tried: the licenses that stand and the ones to buy go
through the calculus together, at every coming lapse.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

from ..._interval import exactly
from ..._interval import missing as lacking
from ..._time import NEVER, Forever, format_end
from ..catalog.catalog import Catalog
from ..facts.effective import possible_editions
from ..reading.holdings import EDITION_GROUP, Holding
from ..reading.system import SystemFacts
from ..state.ledger import Ledger, Snapshot
from ..state.upgrade_errors import faults_of, new_chains, newly_mixed
from ..state.upgrades import UPGRADE_PATHS, UpgradePath
from ..values.model import ARCHES, EDITIONS, Arch, Edition, Feature, Kind, Violation

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


@dataclass(frozen=True)
class TrialNeed:
    """A feature licensed for a time only and not used: it needs ``edition`` until ``ends`` (decision 24)."""

    feature: Feature
    edition: Edition
    rule: str
    ends: dt.datetime


def plan_editions(
    system: SystemFacts,
    snapshots: Sequence[Snapshot],
    needed: Iterable[Edition],
    trials: Sequence[TrialNeed],
    catalog: Catalog,
    now: dt.datetime,
) -> EditionPlan:
    """Plan base and upgrades of a system whose edition licenses and hosts are exactly known.

    The edition is the lowest that serves. What temporary licenses lend or need beyond it counts only where
    it can be bought before they lapse: later it would serve nothing (R20, decision 15).
    """
    stocks = {arch: _stock(system, arch, catalog) for arch in ARCHES}
    target = _target(stocks, needed)
    try:
        plan = _plan_for(target, stocks, system, snapshots, catalog, now)
        before_lapse = _tried(system, plan.now, catalog, now)
        higher = {trial.edition for trial in trials}
        higher.update(_reached([snapshots[0], *before_lapse]))
        for edition in sorted(higher, key=lambda each: -each.rank):
            if edition.rank <= target.rank:
                break
            kept = _plan_for(edition, stocks, system, snapshots, catalog, now)
            in_time = kept.at is None or any(
                trial.ends > kept.at for trial in trials if trial.edition is edition
            )
            if in_time and not kept.notes:
                return replace(kept, notes=_unserved(trials, edition, before_lapse))
    except _Unplannable as fault:
        return EditionPlan(notes=(fault.note,))
    return replace(plan, notes=plan.notes + _unserved(trials, target, before_lapse))


def _unserved(
    trials: Sequence[TrialNeed], edition: Edition, snapshots: Sequence[Snapshot]
) -> Tuple[Violation, ...]:
    """Trials that neither the planned edition nor what stands until they end can serve."""

    def stands(trial: TrialNeed) -> bool:
        until = [snapshot for snapshot in snapshots if snapshot.at < trial.ends]
        return all(
            have is not None and have.reaches(trial.edition)
            for snapshot in until
            for have in possible_editions(snapshot)
        )

    return tuple(
        Violation(
            trial.rule,
            "plan_trial_needs_edition",
            {"feature": trial.feature.value, "edition": trial.edition.value, "at": format_end(trial.ends)},
        )
        for trial in trials
        if not edition.reaches(trial.edition) and not stands(trial)
    )


def _plan_for(
    target: Edition,
    stocks: Mapping[Arch, _Stock],
    system: SystemFacts,
    snapshots: Sequence[Snapshot],
    catalog: Catalog,
    now: dt.datetime,
) -> EditionPlan:
    path_base = _path_base(system, stocks, catalog)
    bases: List[Line] = []
    upgrades: List[Line] = []
    for arch in ARCHES:
        sockets = system.demand.sockets[arch].low
        own_base = path_base.get(arch) or path_base.get(_other(arch)) or target
        chain = _least(arch, stocks[arch], sockets, target, own_base, catalog)
        short_now = lacking(exactly(sockets), snapshots[0].editions(arch).quantity).low
        bases.extend(_base_lines(arch, chain, sockets, stocks[arch], short_now, catalog))
        upgrades.extend(
            (catalog.upgrade(*path) or "", arch, quantity, 0, 0) for path, quantity in chain.upgrades.items()
        )
    return _schedule(system, snapshots, bases, upgrades, catalog, now)


def _reached(snapshots: Sequence[Snapshot]) -> List[Edition]:
    return [edition for snapshot in snapshots for edition in possible_editions(snapshot) if edition]


def _other(arch: Arch) -> Arch:
    return next(candidate for candidate in ARCHES if candidate is not arch)


def _stock(system: SystemFacts, arch: Arch, catalog: Catalog) -> _Stock:
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


def _path_base(
    system: SystemFacts, stocks: Mapping[Arch, _Stock], catalog: Catalog
) -> Mapping[Arch, Edition]:
    """The edition that each architecture's own path starts from (decision 11).

    The lowest base it holds; without any, what its upgrades start from.
    """
    found: Dict[Arch, Edition] = {}
    products = {catalog.edition_product(edition): edition for edition in EDITIONS}
    for holding in system.holdings.counted:
        for (product, arch), _amount in holding.cells:
            edition = products.get(product)
            if edition is not None and (arch not in found or edition.rank < found[arch].rank):
                found[arch] = edition
    for arch, stock in stocks.items():
        sources = [source for (source, _target), quantity in stock.upgrades.items() if quantity]
        if arch not in found and sources:
            found[arch] = min(sources, key=lambda edition: edition.rank)
    return found


def _target(stocks: Mapping[Arch, _Stock], needed: Iterable[Edition]) -> Edition:
    """The lowest edition that serves every need, and never below what the system owns or is on its way to."""
    candidates = [Edition.STANDARD, *needed]
    for stock in stocks.values():
        candidates.extend(edition for edition, quantity in stock.bases.items() if quantity)
        candidates.extend(target for (_source, target), quantity in stock.upgrades.items() if quantity)
    return max(candidates, key=lambda edition: edition.rank)


def _least(
    arch: Arch, stock: _Stock, sockets: int, target: Edition, own_base: Edition, catalog: Catalog
) -> _Stock:
    """The smallest purchase for one architecture.

    Base that too many upgrades ask for serves sockets too, so as little as possible is bought on the own path
    beside it; more there never needs more than as much less elsewhere.
    """
    short = max(0, sockets - sum(stock.bases.values()))
    low, high = 0, short
    while low < high:
        middle = (low + high) // 2
        if sum(_chain(arch, stock, sockets, target, own_base, middle, catalog).bases.values()) >= short:
            high = middle
        else:
            low = middle + 1
    return _chain(arch, stock, sockets, target, own_base, low, catalog)


def _chain(
    arch: Arch,
    stock: _Stock,
    sockets: int,
    target: Edition,
    own_base: Edition,
    growth: int,
    catalog: Catalog,
) -> _Stock:
    """What to buy so that ``growth`` more of ``own_base`` and all that stands end balanced at ``target``."""
    buy = _Stock({own_base: growth} if growth else {}, {})
    held = {edition: stock.bases[edition] + buy.bases.get(edition, 0) for edition in EDITIONS}
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
            if sockets == 0:
                stray = {"arch": arch.value, "product": catalog.upgrade(*path), "quantity": have}
                raise _Unplannable(Violation("R6", "plan_stray_upgrade", stray))
            buy.bases[source] = buy.bases.get(source, 0) + have - held[source]
            held[source] = have
        elif held[source] > have:
            buy.upgrades[path] = held[source] - have
        held[path[1]] += held[source]
    return buy


def _base_lines(
    arch: Arch, buy: _Stock, sockets: int, stock: _Stock, short_now: int, catalog: Catalog
) -> List[Line]:
    """Base lines with what they are for: sockets without a license now, then those that lose theirs."""
    short = max(0, sockets - sum(stock.bases.values()))
    now, later = min(short_now, short), short - min(short_now, short)
    lines: List[Line] = []
    for edition, quantity in sorted(buy.bases.items(), key=lambda entry: entry[0].rank):
        here = min(quantity, now)
        lapsing = min(quantity - here, later)
        now, later = now - here, later - lapsing
        lines.append((catalog.edition_product(edition), arch, quantity, here, lapsing))
    return lines


def _schedule(
    system: SystemFacts,
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


def _tried(system: SystemFacts, lines: Sequence[Line], catalog: Catalog, now: dt.datetime) -> List[Snapshot]:
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
            return [Violation(rule, "plan_leaves_fault", {"at": format_end(snapshot.at)})]
    return []
