# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vendor's rules for installing and uninstalling, as a License Server applies them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from usim import calculus
from usim.assignment import as_holding
from usim.calculus import Holding
from usim.catalog import ARCHES, NO_PREINSTALLED, NO_TEMPORARY, find_product
from usim.store import License


@dataclass(frozen=True)
class Breach:
    code: str
    message: str


def judge_install(
    new: Sequence[License], alive: Sequence[License], shared: bool, now: float, own: str | None = None
) -> Breach | None:
    """Return why an activation file is refused, or None. ``own`` is the product of a product node.

    A server is ``shared`` if it has several clients, or one client whose quota does not cover all licenses.
    It is then unknown which client a file is for, so each system checks editions and upgrades itself.
    """
    for item in new:
        breach = _judge_alone(item, now, own)
        if breach is not None:
            return breach
    if shared or own is not None:
        return None
    before = calculus.effective([as_holding(item) for item in alive], now)
    after = calculus.effective([as_holding(item) for item in (*alive, *new)], now)
    return _judge_base(before, after) or _judge_upgrades(new, after)


def _judge_alone(item: License, now: float, own: str | None) -> Breach | None:
    product = find_product(item.product, item.arch)
    name = f"{item.product} ({item.arch or 'any'})"
    if product is None:
        return Breach("activation_file_invalid", f"{name} is not a product")
    if own is not None and item.product != own:
        return Breach("wrong_product", f"{name} does not belong on this node: it is licensed for {own}")
    if own is None and not product.remote:
        return Breach("product_not_remote", f"{name} is installed on its own product node, not here")
    if item.kind == "preinstalled":
        return Breach("activation_file_invalid", "a preinstalled license is never installed (R16)")
    if item.kind == "temporary" and item.product in NO_TEMPORARY:
        return Breach("activation_file_invalid", f"there is no temporary {name} (R13)")
    if item.expires_at is not None and item.expires_at <= now:
        return Breach(
            "expired", f"{name} has already expired; the clock starts when the file is issued (R12)"
        )
    return None


def _judge_base(before: Sequence[Holding], after: Sequence[Holding]) -> Breach | None:
    """Check R4: base licenses have one edition; an upgraded system also accepts the reached edition."""
    bases = {edition for arch in ARCHES for edition in calculus.base_totals(before, arch)}
    if not bases:
        added = {edition for arch in ARCHES for edition in calculus.base_totals(after, arch)}
        return None if len(added) <= 1 else _mixed(sorted(added))
    allowed = bases | set(calculus.editions(before))
    strangers = {edition for arch in ARCHES for edition in calculus.base_totals(after, arch)} - allowed
    return _mixed(sorted(strangers | bases)) if strangers else None


def _mixed(editions: Sequence[str]) -> Breach:
    return Breach(
        "edition_mixed", f"editions are not mixed: {', '.join(editions)}; use upgrade licenses (R4)"
    )


def _judge_upgrades(new: Sequence[License], after: Sequence[Holding]) -> Breach | None:
    """Check R5 and R6 for the base of the new upgrades; fewer upgrades than base are accepted."""
    added = {
        (item.arch, product.upgrade[0])
        for item in new
        if (product := find_product(item.product, item.arch)) is not None and product.upgrade is not None
    }
    for arch in ARCHES:
        for fault in calculus.resolve(after, arch)[1]:
            if fault.code == "upgrade_short" or (arch, fault.edition) not in added:
                continue
            found = f"upgrades for {fault.upgrades} from {fault.edition} ({arch}), base {fault.base}"
            rule = {"upgrade_base_missing": "R5", "upgrade_exceeds_base": "R6"}.get(fault.code, "R4")
            return Breach(fault.code, f"{found} ({rule})")
    return None


def judge_quota(quota: Sequence[tuple[str, str | None, int]]) -> Breach | None:
    """Return why a client cannot hold this quota (R4–R6), or None; fewer upgrades than base are allowed."""
    promised = [
        Holding("", product, arch, "formal", amount, None) for product, arch, amount in quota if amount
    ]
    codes = {
        "upgrade_base_missing": "the quota has an upgrade, but nothing that it starts from (R5)",
        "upgrade_exceeds_base": "the quota has more of an upgrade than of what it starts from (R6)",
        "edition_mixed": "the quota has upgrades of one edition to two others (R4)",
    }
    for arch in ARCHES:
        for fault in calculus.resolve(promised, arch)[1]:
            if fault.code in codes:
                return Breach(fault.code, codes[fault.code])
    editions = calculus.editions(promised)
    return _mixed(editions) if len(editions) > 1 else None


def judge_uninstall(
    leaving: Sequence[License], alive: Sequence[License], held_by_connected: Sequence[str], now: float
) -> Breach | None:
    """Return why the licenses of one activation file cannot be uninstalled, or None (R16)."""
    for item in leaving:
        if item.kind != "formal":
            return Breach(
                "not_uninstallable", f"{item.id} is {item.kind}: only formal licenses are uninstalled (R16)"
            )
        if not item.alive(now):
            return Breach("license_expired", f"{item.id} has expired")
        if item.id in held_by_connected:
            return Breach("license_assigned", f"{item.id} is held by a connected client")
    gone = {item.id for item in leaving}
    rest = calculus.effective([as_holding(item) for item in alive if item.id not in gone], now)
    for arch in ARCHES:
        left = {
            edition for item in leaving if item.arch == arch and (edition := _edition_of(item)) is not None
        }
        for fault in calculus.resolve(rest, arch)[1]:
            if fault.code in ("upgrade_base_missing", "upgrade_exceeds_base") and fault.edition in left:
                found = f"upgrades for {fault.upgrades} start from {fault.edition} ({arch})"
                return Breach("base_in_use", f"{found}; {fault.base} would be left")
    return None


def _edition_of(item: License) -> str | None:
    """Return the edition that a license provides: its own, or the target of an upgrade."""
    product = find_product(item.product, item.arch)
    if product is None:
        return None
    return product.edition or (product.upgrade[1] if product.upgrade else None)


def judge_key(product: str, kind: str) -> Breach | None:
    """Return why the platform issues nothing for a key of this kind (R11, R13, R16), or None."""
    if kind == "preinstalled":
        rule = "R11" if product in NO_PREINSTALLED else "R16"
        return Breach("kind_not_issued", f"preinstalled licenses ship with the software ({rule})")
    if kind == "temporary" and product in NO_TEMPORARY:
        return Breach("kind_not_issued", f"there is no temporary license for {product} (R13)")
    return None
