# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check which licenses one system may hold together (R4–R6): one edition, and upgrades with their base."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from usim import calculus
from usim.calculus import Holding
from usim.catalog import ARCHES, EDITIONS, find_product

# An upgrade of less than its base is given: it moves nothing until others make it up (R6).
_FAULTS = ("upgrade_base_missing", "upgrade_exceeds_base", "edition_mixed")


def misfits(
    share: Sequence[Holding], held: Sequence[str], rank: Mapping[str, int], now: float
) -> dict[str, str]:
    """Return the licenses that do not fit into this share, with their error codes; empty if all fit.

    ``held`` are the editions that the system had before, ``rank`` is the order in which licenses were
    installed. Call this again without the misfits: other licenses may not fit without them.
    """
    counted = calculus.effective(share, now)
    for arch in ARCHES:
        for fault in calculus.resolve(counted, arch)[1]:
            if fault.code in _FAULTS:
                return {
                    item.license: fault.code
                    for item in counted
                    if item.arch == arch and _start(item) == fault.edition
                }
    finals = {item.license: _final(counted, item) for item in counted}
    editions = {final for final in finals.values() if final is not None}
    if len(editions) <= 1:
        return {}
    kept = _kept([item for item in counted if _edition(item) is not None], finals, set(held), rank)
    return {name: "edition_mixed" for name, final in finals.items() if final not in (None, kept)}


def _kept(
    bases: Sequence[Holding], finals: Mapping[str, str | None], held: set[str], rank: Mapping[str, int]
) -> str | None:
    """Return the edition to keep: one that the system had, else that of the base installed first."""
    known = [item for item in bases if finals[item.license] in held] or bases
    return finals[min(known, key=lambda item: rank[item.license]).license]


def _edition(item: Holding) -> str | None:
    product = find_product(item.product, item.arch)
    return None if product is None else product.edition


def _start(item: Holding) -> str | None:
    """Return the source edition of an upgrade."""
    product = find_product(item.product, item.arch)
    return None if product is None or product.upgrade is None else product.upgrade[0]


def _final(counted: Sequence[Holding], item: Holding) -> str | None:
    """Return the edition that a base, or the base of an upgrade, has after upgrades; None for features."""
    edition = _edition(item) or _start(item)
    if edition is None or item.arch is None:
        return None
    stuck = {fault.edition for fault in calculus.resolve(counted, item.arch)[1]}
    targets = dict(calculus.upgrade_totals(counted, item.arch))
    for low in EDITIONS:
        target = next((way[1] for way in targets if way[0] == low), None)
        if edition == low and target is not None and low not in stuck:
            edition = target
    return edition
