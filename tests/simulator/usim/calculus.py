# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compute the entitlements of licenses: editions after balanced upgrades, and licenses that count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from usim.catalog import ARCHES, EDITIONS, find_product


@dataclass(frozen=True)
class Holding:
    """A quantity of one license that a system holds."""

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
    """Return the licenses that count: preinstalled ones only if no other of their class is valid."""
    alive = [item for item in holdings if item.expires_at is None or now < item.expires_at]
    covered = {_class_of(item) for item in alive if item.kind != "preinstalled"}
    return [item for item in alive if item.kind != "preinstalled" or _class_of(item) not in covered]


def _class_of(item: Holding) -> str:
    return "version" if item.is_version_license else item.product


def base_totals(holdings: Iterable[Holding], arch: str) -> dict[str, int]:
    """Return the quantity of each edition before upgrades, for one architecture."""
    totals: dict[str, int] = {}
    for item in holdings:
        product = find_product(item.product, item.arch)
        if product is not None and product.edition is not None and item.arch == arch:
            totals[product.edition] = totals.get(product.edition, 0) + item.quantity
    return totals


def upgrade_totals(holdings: Iterable[Holding], arch: str) -> dict[tuple[str, str], int]:
    """Return the quantity of each upgrade (from, to) for one architecture, summed over all licenses (R6)."""
    totals: dict[tuple[str, str], int] = {}
    for item in holdings:
        product = find_product(item.product, item.arch)
        if product is not None and product.upgrade is not None and item.arch == arch:
            totals[product.upgrade] = totals.get(product.upgrade, 0) + item.quantity
    return totals


@dataclass(frozen=True)
class Fault:
    """Reason why upgrades of one architecture have no effect: error code, edition and quantities."""

    code: str
    arch: str
    edition: str
    base: int
    upgrades: int


def resolve(holdings: Sequence[Holding], arch: str) -> tuple[dict[str, int], list[Fault]]:
    """Return the editions with quantity after balanced upgrades, and the upgrades that do not fit (R4–R6).

    Editions are processed from the lowest one up. The upgrades of an edition move its complete quantity or
    nothing.
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
    """Return the editions with quantity in any architecture, the lowest first."""
    held: set[str] = set()
    for arch in ARCHES:
        held |= set(resolve(holdings, arch)[0])
    return [edition for edition in EDITIONS if edition in held]


def base_quantity(holdings: Sequence[Holding]) -> int:
    return sum(sum(base_totals(holdings, arch).values()) for arch in ARCHES)


def earliest_end(holdings: Iterable[Holding]) -> int | None:
    """Return the end of the edition or upgrade license that expires first; None if all are permanent."""
    ends = [item.expires_at for item in holdings if item.is_version_license and item.expires_at is not None]
    return min(ends, default=None)


def refuses_login(fetched: Sequence[Holding], fetched_at: float | None, now: float) -> bool:
    """Return whether an edition or upgrade license of the last fetch has expired since (R20, R22)."""
    if fetched_at is None:
        return False
    end = earliest_end(effective(fetched, fetched_at))
    return end is not None and end <= now
