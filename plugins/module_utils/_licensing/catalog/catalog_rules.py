# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recommended schemes (R33–R38), what the catalog forbids (R11, R13), ids of upgrades (R8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple

from ..values.model import Edition, Feature, Kind, word
from . import rule_data
from .catalog import Product


@dataclass(frozen=True)
class Scheme:
    """A recommended scheme (R33–R38): ``editions`` listed in the table; None if the version decides (R37)."""

    id: str
    rule: str
    feature: Optional[Feature]
    editions: Optional[Tuple[Edition, ...]]


SCHEMES = tuple(
    Scheme(
        ident,
        rule,
        Feature(feature) if feature else None,
        None if editions is None else tuple(Edition(name) for name in editions),
    )
    for ident, rule, feature, editions in rule_data.SCHEMES
)


def scheme(feature: Optional[Feature]) -> Scheme:
    """Return the scheme that adds ``feature``; ``vms_only`` for None."""
    return next(each for each in SCHEMES if each.feature is feature)


def upgrade_editions(product_id: str) -> Optional[Tuple[Edition, Edition]]:
    """Return (from, to) if the id has the form of an edition upgrade, even if no such upgrade exists (R8)."""
    if product_id.startswith("vms_") and "_to_" in product_id:
        source, _to, target = product_id[len("vms_") :].partition("_to_")
        editions = word(Edition, source), word(Edition, target)
        if editions[0] is not None and editions[1] is not None:
            return editions[0], editions[1]
    return None


def forbidden_rule(product: Product, kind: Optional[Kind]) -> str:
    """Return ``R11`` or ``R13`` if the product is not available in this license kind, else ``""``."""
    if product.feature is None or kind is None:
        return ""
    for feature, forbidden, rule in rule_data.FORBIDDEN_KINDS:
        if product.feature.value == feature and kind.value == forbidden:
            return rule
    return ""
