# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan base and upgrade licenses of a purchase plan, and when to install them (R4–R6).

Schedules are validated by simulation: the entitlements of the installed and the planned licenses together are
computed now and after every future expiry.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

from ..._interval import exactly
from ..._interval import missing as shortage
from ..._time import NEVER, Forever, format_end
from ..catalog.catalog import Catalog
from ..facts.effective import possible_editions
from ..reading.holdings import EDITION_GROUP, Holding
from ..reading.system import SystemFacts
from ..state.edition_violations import find_new_violations, find_violations, mixes_editions
from ..state.ledger import Ledger, Snapshot
from ..state.upgrades import UPGRADE_PATHS, UpgradePath
from ..values.license_row import Violation
from ..values.model import ARCHES, EDITIONS, Arch, Edition, Feature, Kind

# Product, architecture, quantity, part of it that is missing now, part that replaces expiring licenses.
Line = Tuple[str, Arch, int, int, int]


@dataclass(frozen=True)
class EditionPlan:
    """Lines to install now, lines to install at ``at``, and problems that no purchase can fix."""

    now: Tuple[Line, ...] = ()
    later: Tuple[Line, ...] = ()
    at: Optional[dt.datetime] = None
    notes: Tuple[Violation, ...] = ()


@dataclass
class _Stock:
    """Permanent licenses of one architecture, or licenses to buy for it."""

    bases: Dict[Edition, int]
    upgrades: Dict[UpgradePath, int]


class _Unplannable(Exception):
    def __init__(self, note: Violation) -> None:
        super().__init__(note.code)
        self.note = note


@dataclass(frozen=True)
class TrialNeed:
    """An unused feature with only a temporary license, which needs ``edition`` until ``ends``."""

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
    """Return the base and upgrade licenses to buy; edition licenses and hosts must be known exactly.

    The target is the lowest edition that meets all needs. A higher edition that temporary licenses provide or
    need is planned only if it can be in effect before they expire (R20).
    """
    stocks = {arch: _stock(system, arch, catalog) for arch in ARCHES}
    target = _target(stocks, needed)
    try:
        plan = _plan_for(target, stocks, system, snapshots, catalog, now)
        before_expiry = _simulate(system, plan.now, catalog, now)
        higher = {trial.edition for trial in trials}
        higher.update(_editions_of([snapshots[0], *before_expiry]))
        for edition in sorted(higher, key=lambda each: -each.rank):
            if edition.rank <= target.rank:
                break
            candidate = _plan_for(edition, stocks, system, snapshots, catalog, now)
            in_time = candidate.at is None or any(
                trial.ends > candidate.at for trial in trials if trial.edition is edition
            )
            if in_time and not candidate.notes:
                return replace(candidate, notes=_unmet_trials(trials, edition, before_expiry))
    except _Unplannable as error:
        return EditionPlan(notes=(error.note,))
    return replace(plan, notes=plan.notes + _unmet_trials(trials, target, before_expiry))


def _unmet_trials(
    trials: Sequence[TrialNeed], edition: Edition, snapshots: Sequence[Snapshot]
) -> Tuple[Violation, ...]:
    """Return notes for trials that need an edition that the system does not have until they end."""

    def is_met(trial: TrialNeed) -> bool:
        until = [snapshot for snapshot in snapshots if snapshot.at < trial.ends]
        return all(
            edition is not None and edition.reaches(trial.edition)
            for snapshot in until
            for edition in possible_editions(snapshot)
        )

    return tuple(
        Violation(
            trial.rule,
            "plan_trial_needs_edition",
            {"feature": trial.feature.value, "edition": trial.edition.value, "at": format_end(trial.ends)},
        )
        for trial in trials
        if not edition.reaches(trial.edition) and not is_met(trial)
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
        own_base = path_base.get(arch) or path_base.get(_other_arch(arch)) or target
        chain = _smallest_purchase(arch, stocks[arch], sockets, target, own_base, catalog)
        short_now = shortage(exactly(sockets), snapshots[0].editions(arch).quantity).low
        bases.extend(_base_lines(arch, chain, sockets, stocks[arch], short_now, catalog))
        upgrades.extend(
            (catalog.upgrade(*path) or "", arch, quantity, 0, 0) for path, quantity in chain.upgrades.items()
        )
    return _schedule(system, snapshots, bases, upgrades, catalog, now)


def _editions_of(snapshots: Sequence[Snapshot]) -> List[Edition]:
    return [edition for snapshot in snapshots for edition in possible_editions(snapshot) if edition]


def _other_arch(arch: Arch) -> Arch:
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
    """Return the edition that the upgrade path of each architecture starts from.

    This is its lowest base edition, or without a base the lowest source edition of its upgrades.
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
    """Return the lowest edition that meets all needs and is not below a permanent base or upgrade target."""
    candidates = [Edition.STANDARD, *needed]
    for stock in stocks.values():
        candidates.extend(edition for edition, quantity in stock.bases.items() if quantity)
        candidates.extend(target for (_source, target), quantity in stock.upgrades.items() if quantity)
    return max(candidates, key=lambda edition: edition.rank)


def _smallest_purchase(
    arch: Arch, stock: _Stock, sockets: int, target: Edition, own_base: Edition, catalog: Catalog
) -> _Stock:
    """Return the smallest purchase for one architecture.

    Base that is bought to balance surplus upgrades also covers sockets, so the additional base on the own
    upgrade path of the system is kept minimal. The binary search is valid because more base there never
    reduces the other base by more than the same quantity.
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
    """Return the purchase that balances the stock and ``growth`` additional ``own_base`` at ``target``."""
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
            # More upgrades than base can only be balanced by more base (R6).
            if sockets == 0:
                surplus = {"arch": arch.value, "product": catalog.upgrade(*path), "quantity": have}
                raise _Unplannable(Violation("R6", "plan_stray_upgrade", surplus))
            buy.bases[source] = buy.bases.get(source, 0) + have - held[source]
            held[source] = have
        elif held[source] > have:
            buy.upgrades[path] = held[source] - have
        held[path[1]] += held[source]
    return buy


def _base_lines(
    arch: Arch, buy: _Stock, sockets: int, stock: _Stock, short_now: int, catalog: Catalog
) -> List[Line]:
    """Return base lines, split into sockets without a license now and sockets of expiring licenses."""
    short = max(0, sockets - sum(stock.bases.values()))
    now, later = min(short_now, short), short - min(short_now, short)
    lines: List[Line] = []
    for edition, quantity in sorted(buy.bases.items(), key=lambda entry: entry[0].rank):
        missing_now = min(quantity, now)
        expiring = min(quantity - missing_now, later)
        now, later = now - missing_now, later - expiring
        lines.append((catalog.edition_product(edition), arch, quantity, missing_now, expiring))
    return lines


def _schedule(
    system: SystemFacts,
    snapshots: Sequence[Snapshot],
    bases: List[Line],
    upgrades: List[Line],
    catalog: Catalog,
    now: dt.datetime,
) -> EditionPlan:
    """Schedule all lines now if no rule is violated at any time; else delay upgrades, else all lines."""
    all_lines = [*bases, *upgrades]
    if not all_lines:
        return EditionPlan(notes=tuple(_remaining_notes(snapshots, None)))
    with_all = _simulate(system, all_lines, catalog, now)
    if not _worsens_before(snapshots, with_all, None):
        return EditionPlan(now=tuple(all_lines), notes=tuple(_remaining_notes(with_all, None)))
    at = _valid_from(with_all)
    if at is None:
        return EditionPlan(notes=tuple(_remaining_notes(with_all, None)))
    with_bases = _simulate(system, bases, catalog, now)
    if not _worsens_before(snapshots, with_bases, at):
        return EditionPlan(tuple(bases), tuple(upgrades), at, tuple(_remaining_notes(with_bases, at)))
    return EditionPlan((), tuple(all_lines), at, tuple(_remaining_notes(snapshots, at)))


def _simulate(
    system: SystemFacts, lines: Sequence[Line], catalog: Catalog, now: dt.datetime
) -> List[Snapshot]:
    """Return the snapshots of the installed and the bought licenses together."""
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
        for index, (product, arch, quantity, _missing, _expiring) in enumerate(lines)
    ]
    return list(Ledger([*system.holdings.counted, *bought], now, catalog).snapshots())


def _worsens_before(
    before: Sequence[Snapshot], after: Sequence[Snapshot], until: Optional[dt.datetime]
) -> bool:
    """Return True if the purchase causes or worsens a violation at any time before ``until``."""
    index = 0
    for snapshot in after:
        if until is not None and snapshot.at >= until:
            return False
        while index + 1 < len(before) and before[index + 1].at <= snapshot.at:
            index += 1
        old, new = find_violations(before[index]), find_violations(snapshot)
        if find_new_violations(old, new) or mixes_editions(old, new):
            return True
    return False


def _has_violations(snapshot: Snapshot) -> bool:
    violations = find_violations(snapshot)
    return bool(violations.upgrades or violations.mixed)


def _valid_from(snapshots: Sequence[Snapshot]) -> Optional[dt.datetime]:
    """Return the time of the expiry from which on no rule is violated; None if there is none."""
    if _has_violations(snapshots[-1]):
        return None
    valid_from = snapshots[-1]
    for snapshot in reversed(snapshots):
        if _has_violations(snapshot):
            return valid_from.at
        valid_from = snapshot
    return valid_from.at


def _remaining_notes(snapshots: Sequence[Snapshot], until: Optional[dt.datetime]) -> List[Violation]:
    """Return a note for the first violation that remains although the plan is followed."""
    for snapshot in snapshots:
        if until is not None and snapshot.at >= until:
            break
        if _has_violations(snapshot):
            violation = next(iter(find_violations(snapshot).upgrades.values()), None)
            rule = "R4" if violation is None else violation.rule
            return [Violation(rule, "plan_leaves_fault", {"at": format_end(snapshot.at)})]
    return []
