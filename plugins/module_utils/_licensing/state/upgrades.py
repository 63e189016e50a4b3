# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apply upgrades to the editions of one architecture (R4–R8); quantities may be intervals.

Upgrades convert quantity and never add to it. All upgrades from an edition must have the same target, and
their sum must equal the quantity at that edition. The complete quantity then moves to the target; if a rule
is violated, nothing moves. Exact quantities have one outcome. Intervals may have several possible outcomes,
and a result is definite only if all of them agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, FrozenSet, List, Mapping, Optional, Set, Tuple

from ..._interval import NOTHING, Interval, may_exceed, meet, total
from ..values.model import EDITIONS, Edition

UpgradePath = Tuple[Edition, Edition]
UPGRADE_PATHS: Tuple[UpgradePath, ...] = (
    (Edition.STANDARD, Edition.ENTERPRISE),
    (Edition.STANDARD, Edition.ENHANCED_ENTERPRISE),
    (Edition.ENTERPRISE, Edition.ENHANCED_ENTERPRISE),
)

# Outcomes of the upgrades from one edition. Only `balanced` moves quantity.
STAY = "stay"
BALANCED = "balanced"
SHORT = "short"
OVER = "over"
NO_BASE = "no_base"
TWO_TARGETS = "two_targets"
ARCH_MISMATCH = "arch_mismatch"
NO_SUCH_UPGRADE = "no_such_upgrade"

_AT_LEAST_ONE = Interval(1, None)
_Outcome = Tuple[str, FrozenSet[Edition]]


@dataclass(frozen=True)
class UpgradeState:
    """The upgrades on one path. ``base`` is the quantity at the source edition after earlier upgrades.

    ``state`` is None if several outcomes are possible, or if it is unknown whether there are any upgrades.
    """

    source: Edition
    target: Edition
    base: Interval
    quantity: Interval
    state: Optional[str]


@dataclass(frozen=True)
class Balance:
    """Editions of one architecture after its upgrades.

    ``held`` is the quantity at each edition, ``quantity`` their sum (upgrades do not change it),
    ``upgrades`` has one state for every path that has, or may have, upgrades.
    """

    held: Mapping[Edition, Interval]
    quantity: Interval
    upgrades: Tuple[UpgradeState, ...]

    @property
    def possible_lowest(self) -> FrozenSet[Optional[Edition]]:
        """Every edition that may be the lowest one with quantity; None means no quantity in any edition."""
        found: Set[Optional[Edition]] = set()
        for edition in EDITIONS:
            if self.held[edition].possible:
                found.add(edition)
            if self.held[edition].low > 0:
                return frozenset(found)
        # Each edition may be zero although the sum is not, because quantity moves completely or not at all.
        return frozenset(found) if self.quantity.low > 0 else frozenset(found | {None})

    def holds(self, edition: Edition) -> Optional[bool]:
        """Return whether ``edition`` has quantity; None if unknown."""
        interval = self.held[edition]
        if interval.low > 0:
            return True
        return None if interval.possible else False

    @property
    def upgrades_ok(self) -> Optional[bool]:
        """Whether all upgrades are balanced (R5, R6); True without upgrades, None if unknown."""
        states = [upgrade.state for upgrade in self.upgrades]
        if any(state is not None and state != BALANCED for state in states):
            return False
        return None if None in states else True


def resolve(bases: Mapping[Edition, Interval], upgrades: Mapping[UpgradePath, Interval]) -> Balance:
    """Return the balance after applying upgrades from standard first, then from enterprise."""
    held = {edition: bases.get(edition, NOTHING) for edition in EDITIONS}
    quantity = total(held.values())
    states: List[UpgradeState] = []
    alive = [(path, amount) for path, amount in upgrades.items() if amount.possible]
    for source in EDITIONS[:-1] if alive else ():
        base = held[source]
        amounts = {path[1]: amount for path, amount in alive if path[0] is source}
        outcomes = _outcomes(base, amounts)
        states.extend(
            UpgradeState(source, target, base, amount, _state(target, amount, outcomes))
            for target, amount in amounts.items()
        )
        _move(held, source, outcomes)
    return Balance(held, quantity, tuple(states))


def _outcomes(base: Interval, amounts: Mapping[Edition, Interval]) -> Set[_Outcome]:
    """Return every possible pair of outcome and set of targets with upgrades."""
    found: Set[_Outcome] = set()
    targets = sorted(amounts, key=lambda edition: edition.rank)
    for active in _subsets(targets):
        idle = [target for target in targets if target not in active]
        if any(amounts[target].low > 0 for target in idle):
            continue
        if not active:
            found.add((STAY, active))
            continue
        alive = [meet(amounts[target], _AT_LEAST_ONE) for target in active]
        moving = total(part for part in alive if part is not None)
        present = meet(base, _AT_LEAST_ONE)
        if base.low == 0:
            found.add((NO_BASE, active))
        if present is None:
            continue
        if meet(moving, present) is not None:
            found.add((BALANCED if len(active) == 1 else TWO_TARGETS, active))
        if may_exceed(present, moving):
            found.add((SHORT, active))
        if may_exceed(moving, present):
            found.add((OVER, active))
    return found


def _subsets(targets: List[Edition]) -> List[FrozenSet[Edition]]:
    subsets: List[FrozenSet[Edition]] = [frozenset()]
    for target in targets:
        subsets.extend([subset | {target} for subset in subsets])
    return subsets


def _state(target: Edition, amount: Interval, outcomes: Set[_Outcome]) -> Optional[str]:
    if amount.low == 0:
        return None
    states = {name for name, active in outcomes if target in active}
    return states.pop() if len(states) == 1 else None


def _move(held: Dict[Edition, Interval], source: Edition, outcomes: Set[_Outcome]) -> None:
    moves = {next(iter(active)) for name, active in outcomes if name == BALANCED}
    if not moves:
        return
    base = held[source]
    certain = len(moves) == 1 and all(name == BALANCED for name, _active in outcomes)
    stays = any(name != BALANCED for name, _active in outcomes)
    for target in moves:
        held[target] = held[target].plus(base if certain else base.or_nothing())
    held[source] = base.or_nothing() if stays else NOTHING
