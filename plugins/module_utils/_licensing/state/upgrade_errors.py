# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with a system's editions and upgrades at an instant, and what a change makes worse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Mapping, Tuple

from ..values.model import ARCHES, EDITIONS, Arch, Edition
from .ledger import Snapshot
from .upgrades import ARCH_MISMATCH, BALANCED, NO_BASE, OVER, TWO_TARGETS


@dataclass(frozen=True)
class ChainFault:
    """Upgrades from ``source`` that do not fit their base in ``arch`` (R5, R6; two targets: R4).

    ``base`` and ``quantity`` are the totals of decision 10; ``targets`` where the upgrades lead.
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
        """True if there are more upgrades than base: what decision 12 never allows."""
        return self.state in (NO_BASE, ARCH_MISMATCH, OVER)


@dataclass(frozen=True)
class StateFaults:
    """All faults of one state. ``mixed`` are the editions that hold quantity if there are several (R4).

    ``open`` is True if some quantity or end is not known and the verdict hangs on it.
    """

    chains: Mapping[Tuple[Arch, Edition], ChainFault]
    mixed: Tuple[Edition, ...]
    open: bool


def faults_of(snapshot: Snapshot) -> StateFaults:
    """Return what breaks R4, R5 or R6 at the snapshot's instant."""
    chains: Dict[Tuple[Arch, Edition], ChainFault] = {}
    is_open = False
    held: List[Edition] = []
    for edition in EDITIONS:
        verdicts = [
            balance.holds(edition)
            for balance in (snapshot.editions(arch).balance for arch in ARCHES)
            if balance is not None
        ]
        if True in verdicts:
            held.append(edition)
        elif None in verdicts:
            is_open = True
    for arch in ARCHES:
        balance = snapshot.editions(arch).balance
        upgrades = () if balance is None else balance.upgrades
        is_open = is_open or any(upgrade.state is None for upgrade in upgrades)
        for source in EDITIONS[:-1]:
            own = [upgrade for upgrade in upgrades if upgrade.source is source and upgrade.state is not None]
            if not own or own[0].state in (None, BALANCED):
                continue
            state = own[0].state or ""
            if state == NO_BASE and _elsewhere(snapshot, arch, source):
                state = ARCH_MISMATCH
            chains[(arch, source)] = ChainFault(
                arch,
                source,
                tuple(upgrade.target for upgrade in own),
                state,
                own[0].base.low,
                sum(upgrade.quantity.low for upgrade in own),
            )
    return StateFaults(chains, tuple(held) if len(held) > 1 else (), is_open)


def _elsewhere(snapshot: Snapshot, arch: Arch, source: Edition) -> bool:
    others = (snapshot.editions(other).balance for other in ARCHES if other is not arch)
    return any(balance is not None and balance.holds(source) is True for balance in others)


def new_chains(before: StateFaults, after: StateFaults) -> Tuple[ChainFault, ...]:
    """Faults that the change makes, or makes worse (decision 12)."""
    found = []
    for key, fault in after.chains.items():
        old = before.chains.get(key)
        excused = old is not None and fault.distance <= old.distance
        if excused and old is not None:
            # Fewer upgrades than base may become more of them only from worse.
            excused = old.excess or not fault.excess
            excused = excused and (fault.state != TWO_TARGETS or old.state == TWO_TARGETS)
            # An upgrade that goes in where there are too many is refused, whoever brings base along with it.
            excused = excused and not (fault.excess and fault.quantity > old.quantity)
        if not excused:
            found.append(fault)
    return tuple(found)


def newly_mixed(before: StateFaults, after: StateFaults) -> bool:
    """True if the change mixes editions that were not mixed before (R4)."""
    return bool(after.mixed) and not set(after.mixed) <= set(before.mixed)
