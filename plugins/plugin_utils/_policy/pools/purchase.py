# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan the smallest purchase with which a pool passes, with packs and required additional products."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ....module_utils._errors import LicensingError
from ....module_utils._interval import Interval
from ....module_utils._licensing.catalog.catalog import Catalog
from ....module_utils._licensing.catalog.feature_needs import fewest_packs, packs_for
from ....module_utils._licensing.planning.purchase_plan import purchase_plan
from ....module_utils._licensing.values.model import EDITIONS, Arch, Edition, Feature, LicenseClass, word
from ..facts.facts import Facts
from ..policy.model import VMS
from .supply import ANY

_R6, _R31, _R32 = "R6", "R31", "R32"


@dataclass(frozen=True)
class EditionProducts:
    """Products that give a system its edition: the base product, then the upgrades, by architecture.

    ``extra`` are the purchase lines that a feature needs besides its own license (R29, R30, R37).
    """

    paths: Mapping[str, tuple[str, ...]]
    extra: tuple[dict[str, Any], ...] = ()


def find_edition_products(facts: Facts, product: str, as_of: Any, catalog: Catalog) -> EditionProducts:
    """Return the products of the edition that the facts report; empty if the edition is unknown."""
    paths: dict[str, tuple[str, ...]] = {}
    edition = word(Edition, facts.value("/effective/edition"))
    if edition is not None:
        for arch in (Arch.X86_64, Arch.AARCH64):
            paths[arch.value] = _path(facts, arch.value, edition, catalog)
    feature = next((each for each in Feature if catalog.feature_product(each) == product), None)
    extra: tuple[dict[str, Any], ...] = ()
    if feature is not None and facts.value(f"/features/{feature.value}/edition_ok") is False:
        try:
            plan = purchase_plan(facts.tree_with_unknown(), as_of, [feature.value], catalog).to_dict()
        except LicensingError:
            return EditionProducts(paths)
        steps: Any = plan["steps"]
        needed = {row.id for row in catalog.products if row.license_class is not LicenseClass.FEATURE}
        lines = [line for step in steps for line in step["lines"] if line["product"] in needed]
        extra = tuple({name: line[name] for name in _LINE} for line in lines)
    return EditionProducts(paths, extra)


def common(several: Sequence[EditionProducts]) -> EditionProducts | None:
    """Return the products that several systems have in common, without architectures that differ."""
    if len(several) < 2:
        return several[0] if several else None
    arches = {arch for each in several for arch in each.paths}
    paths = {arch: {each.paths.get(arch, ()) for each in several} for arch in arches}
    return EditionProducts({arch: found.pop() for arch, found in paths.items() if len(found) == 1})


_LINE = ("product", "arch", "quantity", "unit", "packs", "rules")


def _path(facts: Facts, arch: str, edition: Edition, catalog: Catalog) -> tuple[str, ...]:
    """Return base and upgrades that lead to ``edition``: those of ``arch`` or, without any, of the other."""
    upgrades: Any = facts.value("/upgrades")
    rows = [row for row in upgrades if isinstance(row, dict)] if isinstance(upgrades, list) else []
    own = [row for row in rows if row.get("arch") == arch] or rows
    steps = {word(Edition, row.get("to")): word(Edition, row.get("from")) for row in own}
    chain = [edition]
    while steps.get(chain[0]) is not None and len(chain) <= len(EDITIONS):
        lower = steps[chain[0]]
        if lower is None or lower in chain:
            break
        chain.insert(0, lower)
    names = [catalog.edition_product(chain[0])]
    for low, high in pairwise(chain):
        upgrade = catalog.upgrade(low, high)
        if upgrade is not None:
            names.append(upgrade)
    return tuple(names)


def to_buy(
    product: str,
    packs: Sequence[int],
    group: Mapping[str, str | None],
    missing: Interval,
    edition_products: EditionProducts | None,
    catalog: Catalog,
) -> dict[str, Any]:
    """Return the purchase plan for a group that is short of the quantity ``missing`` of ``product``.

    ``product`` ``vms`` is an edition. ``complete`` is false if the shortage has no upper bound, or if the
    product or architecture to buy is unknown.
    """
    quantity = missing.low if missing.high is None else missing.high
    arch = group.get("arch")
    lines: list[dict[str, Any]] = []
    if product == VMS:
        path = () if edition_products is None or arch is None else edition_products.paths.get(arch, ())
        for at, name in enumerate(path):
            lines.append(_line(name, arch or ANY, quantity, "cpu_socket", (), [_R6 if at else _R31]))
    else:
        lines.extend(_product_lines(packs, product, arch, quantity, catalog))
        if lines and edition_products is not None:
            lines.extend(dict(line) for line in edition_products.extra)
    return {"complete": missing.high is not None and bool(lines), "at_least": missing.low, "lines": lines}


def _product_lines(
    sizes: Sequence[int], product: str, arch: str | None, quantity: int, catalog: Catalog
) -> Sequence[dict[str, Any]]:
    rows = [row for row in catalog.products if row.id == product]
    if not rows:
        return ()
    arches = {row.arch.value for row in rows}
    if arch not in arches:
        arch = arches.pop() if len(arches) == 1 else None
    if arch is None:
        return ()
    packs = packs_for(quantity, rows[0].packs) if rows[0].packs else ()
    if sizes:
        packs = fewest_packs(quantity, sizes)
    rules = [_R32] if packs else [_R31]
    if rows[0].license_class is LicenseClass.UPGRADE:
        rules = [_R6]
    total = sum(packs) if packs else quantity
    return (_line(product, arch, total, rows[0].metric.value, packs, rules),)


def _line(
    product: str, arch: str, quantity: int, unit: str, packs: Sequence[int], rules: Sequence[str]
) -> dict[str, Any]:
    return {
        "product": product,
        "arch": arch,
        "quantity": quantity,
        "unit": unit,
        "packs": list(packs),
        "rules": list(rules),
    }
