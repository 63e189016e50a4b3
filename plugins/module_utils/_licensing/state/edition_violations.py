# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find violations of the edition and upgrade rules (R4–R6), and those that a change introduces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Mapping, Tuple

from ..values.model import ARCHES, EDITIONS, Arch, Edition
from .ledger import Snapshot
from .upgrades import ARCH_MISMATCH, BALANCED, NO_BASE, OVER, TWO_TARGETS


@dataclass(frozen=True)
class UpgradeViolation:
    """Upgrades from edition ``source`` that do not match their base in ``arch`` (R5, R6; two targets: R4).

    ``base`` is the quantity at the source edition, ``quantity`` the total of the upgrades from it.
    ``targets`` are the target editions.
    """

    arch: Arch
    source: Edition
    targets: Tuple[Edition, ...]
    state: str
    base: int
    quantity: int

    @property
    def distance(self) -> int:
        return abs(self.base - self.quantity)

    @property
    def rule(self) -> str:
        return {NO_BASE: "R5", ARCH_MISMATCH: "R5", TWO_TARGETS: "R4"}.get(self.state, "R6")

    @property
    def excess(self) -> bool:
        """True if there are more upgrades than base, which ``allow_unbalanced`` does not permit either."""
        return self.state in (NO_BASE, ARCH_MISMATCH, OVER)


@dataclass(frozen=True)
class EditionViolations:
    """All violations of one state. ``mixed`` lists the editions with quantity if there are several (R4).

    ``open`` is True if the result depends on an unknown quantity or end.
    """

    upgrades: Mapping[Tuple[Arch, Edition], UpgradeViolation]
    mixed: Tuple[Edition, ...]
    open: bool


def find_violations(snapshot: Snapshot) -> EditionViolations:
    """Return the violations of R4, R5 and R6 at the time of the snapshot."""
    violations: Dict[Tuple[Arch, Edition], UpgradeViolation] = {}
    is_unknown = False
    editions: List[Edition] = []
    for edition in EDITIONS:
        verdicts = [
            balance.holds(edition)
            for balance in (snapshot.editions(arch).balance for arch in ARCHES)
            if balance is not None
        ]
        if True in verdicts:
            editions.append(edition)
        elif None in verdicts:
            is_unknown = True
    for arch in ARCHES:
        balance = snapshot.editions(arch).balance
        upgrades = () if balance is None else balance.upgrades
        is_unknown = is_unknown or any(upgrade.state is None for upgrade in upgrades)
        for source in EDITIONS[:-1]:
            own = [upgrade for upgrade in upgrades if upgrade.source is source and upgrade.state is not None]
            if not own or own[0].state in (None, BALANCED):
                continue
            state = own[0].state or ""
            if state == NO_BASE and _in_other_arch(snapshot, arch, source):
                state = ARCH_MISMATCH
            violations[(arch, source)] = UpgradeViolation(
                arch,
                source,
                tuple(upgrade.target for upgrade in own),
                state,
                own[0].base.low,
                sum(upgrade.quantity.low for upgrade in own),
            )
    return EditionViolations(violations, tuple(editions) if len(editions) > 1 else (), is_unknown)


def _in_other_arch(snapshot: Snapshot, arch: Arch, source: Edition) -> bool:
    others = (snapshot.editions(other).balance for other in ARCHES if other is not arch)
    return any(balance is not None and balance.holds(source) is True for balance in others)


def find_new_violations(before: EditionViolations, after: EditionViolations) -> Tuple[UpgradeViolation, ...]:
    """Return the violations that are new or worse after the change."""
    found = []
    for key, violation in after.upgrades.items():
        old = before.upgrades.get(key)
        excused = old is not None and violation.distance <= old.distance
        if excused and old is not None:
            # A new excess of upgrades is not excused by an old shortage, even if the difference is smaller.
            excused = old.excess or not violation.excess
            excused = excused and (violation.state != TWO_TARGETS or old.state == TWO_TARGETS)
            # Adding upgrades to an excess is rejected even if the change also adds base licenses.
            excused = excused and not (violation.excess and violation.quantity > old.quantity)
        if not excused:
            found.append(violation)
    return tuple(found)


def mixes_editions(before: EditionViolations, after: EditionViolations) -> bool:
    """Return True if the change mixes editions that were not mixed before (R4)."""
    return bool(after.mixed) and not set(after.mixed) <= set(before.mixed)
