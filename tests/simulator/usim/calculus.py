# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a set of licenses amounts to: editions after the upgrades that balance, and what is worth counting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from usim.catalog import ARCHES, EDITIONS, find_product


@dataclass(frozen=True)
class Holding:
    """A quantity of one license, as a system holds it."""

    license: str
    product: str
    arch: str | None
    kind: str
    quantity: int
    expires_at: int | None

    @property
    def is_version_license(self) -> bool:
        product = find_product(self.product, self.arch)
        return product is not None and product.is_version_license


def effective(holdings: Iterable[Holding], now: float) -> list[Holding]:
    """Alive ones. A preinstalled license steps back while a bought or lent one of its class is alive."""
    alive = [item for item in holdings if item.expires_at is None or now < item.expires_at]
    covered = {_class_of(item) for item in alive if item.kind != "preinstalled"}
    return [item for item in alive if item.kind != "preinstalled" or _class_of(item) not in covered]


def _class_of(item: Holding) -> str:
    return "version" if item.is_version_license else item.product


def base_totals(holdings: Iterable[Holding], arch: str) -> dict[str, int]:
    """Quantity per edition before any upgrade, of one architecture."""
    totals: dict[str, int] = {}
    for item in holdings:
        product = find_product(item.product, item.arch)
        if product is not None and product.edition is not None and item.arch == arch:
            totals[product.edition] = totals.get(product.edition, 0) + item.quantity
    return totals


def upgrade_totals(holdings: Iterable[Holding], arch: str) -> dict[tuple[str, str], int]:
    """Quantity per upgrade (from, to) of one architecture; several licenses add up (R6)."""
    totals: dict[tuple[str, str], int] = {}
    for item in holdings:
        product = find_product(item.product, item.arch)
        if product is not None and product.upgrade is not None and item.arch == arch:
            totals[product.upgrade] = totals.get(product.upgrade, 0) + item.quantity
    return totals


@dataclass(frozen=True)
class Fault:
    """Why upgrades of one architecture do not move: error code and what was found."""

    code: str
    arch: str
    edition: str
    base: int
    upgrades: int


def resolve(holdings: Sequence[Holding], arch: str) -> tuple[dict[str, int], list[Fault]]:
    """Editions that hold quantity after the balanced upgrades, and the upgrades that do not fit (R4–R6).

    From the lowest edition up: an edition's upgrades move all of it, or nothing.
    """
    totals = base_totals(holdings, arch)
    upgrades = upgrade_totals(holdings, arch)
    faults = []
    for edition in EDITIONS:
        base = totals.get(edition, 0)
        targets = {way[1]: amount for way, amount in upgrades.items() if way[0] == edition}
        moving = sum(targets.values())
        if not moving:
            continue
        if base == 0:
            faults.append(Fault("upgrade_base_missing", arch, edition, base, moving))
        elif len(targets) > 1:
            faults.append(Fault("edition_mixed", arch, edition, base, moving))
        elif moving > base:
            faults.append(Fault("upgrade_exceeds_base", arch, edition, base, moving))
        elif moving < base:
            faults.append(Fault("upgrade_short", arch, edition, base, moving))
        else:
            (target,) = targets
            totals[target] = totals.get(target, 0) + totals.pop(edition)
    return {edition: amount for edition, amount in totals.items() if amount}, faults


def editions(holdings: Sequence[Holding]) -> list[str]:
    """Editions that hold quantity, of either architecture, the lowest first."""
    held: set[str] = set()
    for arch in ARCHES:
        held |= set(resolve(holdings, arch)[0])
    return [edition for edition in EDITIONS if edition in held]


def base_quantity(holdings: Sequence[Holding]) -> int:
    return sum(sum(base_totals(holdings, arch).values()) for arch in ARCHES)


def earliest_end(holdings: Iterable[Holding]) -> int | None:
    """The end of the edition or upgrade license that lapses first; None if all are permanent."""
    ends = [item.expires_at for item in holdings if item.is_version_license and item.expires_at is not None]
    return min(ends, default=None)


def refuses_login(fetched: Sequence[Holding], fetched_at: float | None, now: float) -> bool:
    """R20, R22: something that carried the edition at the last fetch has ended since."""
    if fetched_at is None:
        return False
    end = earliest_end(effective(fetched, fetched_at))
    return end is not None and end <= now
