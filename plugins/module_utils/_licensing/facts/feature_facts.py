# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Derive ``features.*`` and ``scheme.*``: used, licensed and required features and schemes (R28–R39)."""

from __future__ import annotations

from typing import Dict, List, Optional, Tuple

from ..._interval import (
    NOTHING,
    DerivedTree,
    Interval,
    Unknown,
    kleene_and,
    missing,
    put_number,
    total,
)
from ..catalog.catalog import Catalog
from ..catalog.feature_needs import arch_support, edition_needed, odd_packs, possible_needs, scheme_for
from ..reading.fact_reader import Fact, known, unite
from ..reading.system import SystemFacts
from ..state.ledger import Snapshot
from ..values.model import ARCHES, EDITIONS, Arch, Feature
from ..values.periods import is_alive
from .effective import edition_cause
from .product_rows import Editions

# Facts of a feature that are unknown outside the scope of family A; ``in_use`` and ``wanted`` are not.
SCOPED = (
    "licensed",
    "quantity",
    "missing",
    "edition_needed",
    "edition_ok",
    "confidence",
    "arch_ok",
    "packs_odd",
)
SCHEME = ("/scheme/ids", "/scheme/ok", "/scheme/surplus")


def write_features(
    out: DerivedTree, system: SystemFacts, snapshot: Snapshot, editions: Editions, catalog: Catalog
) -> None:
    """Set ``features.<f>.*`` and ``scheme.*``; ``editions`` are the possible editions of the system."""
    licensed: Dict[Feature, Optional[bool]] = {}
    fits: Dict[Feature, Optional[bool]] = {}
    for feature in Feature:
        base = "/features/{0}/".format(feature.value)
        use = system.uses[feature]
        out.put_or_miss(base + "in_use", use.in_use.value, use.in_use.unknown)
        wanted = None if system.wanted.value is None else feature in system.wanted.value
        out.put_or_miss(base + "wanted", wanted, system.wanted.unknown, ["/features_wanted"])
        put_number(out, base + "used", use.used, unite(use.causes))
        family_a = catalog.product(catalog.feature_product(feature))
        if family_a is not None and family_a.family == "A" and system.scope_cause is not None:
            for name in SCOPED:
                out.miss(base + name, system.scope_cause)
            continue
        licensed[feature] = _write_quantity(out, base, feature, system, snapshot, catalog)
        fits[feature] = _write_edition(out, base, feature, system, editions)
        _write_arch(out, base, feature, system, snapshot, catalog)
        _write_packs(out, base, feature, system, snapshot, catalog)
    if system.scope_cause is not None:
        for pointer in SCHEME:
            out.miss(pointer, system.scope_cause)
    else:
        _write_scheme(out, system, snapshot, editions, licensed, fits)


def feature_quantity(system: SystemFacts, snapshot: Snapshot, feature: Feature, catalog: Catalog) -> Interval:
    """Return the licensed quantity; of a product per architecture, only for architectures with hosts."""
    product = catalog.feature_product(feature)
    if not catalog.has_arches(product):
        return snapshot.quantity(product, Arch.ANY)
    demand = system.demand
    if demand.single is not None:
        return snapshot.quantity(product, demand.single)
    parts = []
    for arch in demand.possible or ARCHES:
        quantity = snapshot.quantity(product, arch)
        certain = demand.sockets[arch].low > 0 or not demand.possible
        parts.append(quantity if certain else quantity.or_nothing())
    return total(parts)


def feature_missing(system: SystemFacts, snapshot: Snapshot, feature: Feature, catalog: Catalog) -> Interval:
    """Return max(0, used − quantity); if the use per architecture is unknown, over all possible splits."""
    used = system.uses[feature].used
    product = catalog.feature_product(feature)
    shortage = missing(used, feature_quantity(system, snapshot, feature, catalog))
    if not catalog.has_arches(product) or system.demand.single is not None or used == NOTHING:
        return shortage
    shortages = [
        missing(used, snapshot.quantity(product, arch)).high for arch in system.demand.possible or ARCHES
    ]
    return Interval(
        shortage.low, None if None in shortages else max(high for high in shortages if high is not None)
    )


def _write_quantity(
    out: DerivedTree, base: str, feature: Feature, system: SystemFacts, snapshot: Snapshot, catalog: Catalog
) -> Optional[bool]:
    product = catalog.feature_product(feature)
    quantity = feature_quantity(system, snapshot, feature, catalog)
    shortage = feature_missing(system, snapshot, feature, catalog)
    if not system.complete:
        quantity, shortage = Interval(quantity.low, None), shortage._replace(low=0)
    cause = unite((system.cause_of(product), _arch_cause(system, product, catalog)))
    origin = system.ids_of(product)
    licensed = True if quantity.low > 0 else None if quantity.possible else False
    out.put_or_miss(base + "licensed", licensed, cause, origin)
    put_number(out, base + "quantity", quantity, cause, origin)
    put_number(out, base + "missing", shortage, unite((*system.uses[feature].causes, cause)), origin)
    return licensed


def _arch_cause(system: SystemFacts, product: str, catalog: Catalog) -> Optional[Unknown]:
    if not catalog.has_arches(product) or system.demand.single is not None:
        return None
    return system.demand_cause or Unknown("absent", ("/hosts",))


def _write_edition(
    out: DerivedTree, base: str, feature: Feature, system: SystemFacts, editions: Editions
) -> Optional[bool]:
    need = edition_needed(feature, system.version.value)
    version = ["/version/vms"] if need.rule == "R28" else []
    out.put_or_miss(
        base + "edition_needed", need.edition and need.edition.value, system.version.unknown, version
    )
    out.put_or_miss(base + "confidence", need.confidence, system.version.unknown, version)
    verdicts = {
        edition is not None and edition.reaches(needed)
        for edition in editions
        for needed in possible_needs(feature, system.version.value)
    }
    fits = verdicts.pop() if len(verdicts) == 1 else None
    cause = edition_cause(system) if len(editions) != 1 else None
    if need.edition is None:
        cause = unite((system.version.unknown or Unknown("value", ("/version/vms",)), cause))
    out.put_or_miss(base + "edition_ok", fits, cause, ["/effective/edition"])
    return fits


def _write_arch(
    out: DerivedTree, base: str, feature: Feature, system: SystemFacts, snapshot: Snapshot, catalog: Catalog
) -> None:
    """Set ``arch_ok``: ``yes``, ``no`` (licensed only for an architecture without hosts) or ``unknown``."""
    product = catalog.feature_product(feature)
    if catalog.has_arches(product):
        cause = unite((system.cause_of(product), _arch_cause(system, product, catalog)))
        out.put_or_miss(base + "arch_ok", _sold_per_arch(system, snapshot, product), cause)
        return
    values = [arch_support(feature, arch) for arch in _arches(system, feature)]
    if not values:
        possible = {arch_support(feature, arch) for arch in ARCHES}
        if len(possible) > 1:
            out.miss(base + "arch_ok", unite((system.demand_cause, system.arch.unknown)))
            return
        values = list(possible)
    out.put(base + "arch_ok", "unknown" if "unknown" in values else "yes")


def _sold_per_arch(system: SystemFacts, snapshot: Snapshot, product: str) -> Optional[str]:
    """Return ``no`` if all licenses are for an architecture without hosts, else ``yes``; None if unknown."""
    demand = system.demand
    if not demand.possible:
        return "yes" if system.complete else None
    quantity = {arch: snapshot.quantity(product, arch) for arch in ARCHES}
    certain = [arch for arch in demand.possible if arch is demand.single or demand.sockets[arch].low > 0]
    if any(quantity[arch].low > 0 for arch in certain):
        return "yes"
    if not system.complete:
        return None
    if not any(quantity[arch].possible for arch in ARCHES if arch not in certain):
        return "yes"
    in_other_arch = any(quantity[arch].low > 0 for arch in ARCHES if arch not in demand.possible)
    return "no" if in_other_arch and not any(quantity[arch].possible for arch in demand.possible) else None


def _arches(system: SystemFacts, feature: Feature) -> Tuple[Arch, ...]:
    """Return the architectures of a feature: of the container hosts, of all hosts, or of the manager."""
    demand = system.demand
    if feature is Feature.CONTAINER_ENGINE and demand.container_arches:
        return demand.container_arches
    if demand.possible and not demand.causes:
        return demand.possible
    return () if system.arch.value not in ARCHES or demand.causes else (system.arch.value,)


def _write_packs(
    out: DerivedTree, base: str, feature: Feature, system: SystemFacts, snapshot: Snapshot, catalog: Catalog
) -> None:
    product = catalog.product(catalog.feature_product(feature))
    if product is None or not product.packs:
        out.put(base + "packs_odd", [])
        return
    cause = system.cause_of(product.id)
    if cause is not None:
        out.miss(base + "packs_odd", cause)
        return
    counted = set(system.ids_of(product.id))
    sizes: List[int] = []
    for item in system.items:
        end = item.license.expires_at
        if item.license.id in counted and (end is None or is_alive(end, snapshot.at)):
            sizes.extend(item.sizes)
    out.put(base + "packs_odd", list(odd_packs(sizes, product.packs)), sorted(counted))


def features_in_use(system: SystemFacts) -> Fact[Tuple[Feature, ...]]:
    """Return the features in use; unknown if the use of any feature is unknown."""
    causes = [use.in_use.unknown for use in system.uses.values()]
    cause = unite(causes)
    if cause is not None:
        return Fact(None, cause)
    return known(tuple(feature for feature, use in system.uses.items() if use.in_use.value))


def _write_scheme(
    out: DerivedTree,
    system: SystemFacts,
    snapshot: Snapshot,
    editions: Editions,
    licensed: Dict[Feature, Optional[bool]],
    fits: Dict[Feature, Optional[bool]],
) -> None:
    """Set ``scheme.*``: the combined schemes of all features in use."""
    used = features_in_use(system)
    verdict = None if used.value is None else scheme_for(used.value, system.version.value)
    cause = used.unknown or (None if verdict is not None else system.version.unknown)
    out.put_or_miss("/scheme/ids", None if verdict is None else list(verdict.ids), cause)
    certain = [feature for feature, use in system.uses.items() if use.in_use.value]
    verdicts: List[Optional[bool]] = [_one_edition(system, snapshot)]
    for feature in certain:
        verdicts.extend((licensed[feature], fits[feature]))
    if used.value is None:
        verdicts.append(None)
    why = unite((used.unknown, edition_cause(system), system.list_cause)) or cause
    out.put_or_miss("/scheme/ok", kleene_and(verdicts), why)
    surplus = None
    if verdict is not None:
        values = {edition is not None and verdict.surplus(edition) for edition in editions}
        surplus = values.pop() if len(values) == 1 else None
    out.put_or_miss("/scheme/surplus", surplus, cause or edition_cause(system))


def _one_edition(system: SystemFacts, snapshot: Snapshot) -> Optional[bool]:
    """Return whether exactly one edition has quantity (R4, R33); None if unknown."""
    if not system.complete:
        return None
    holds = []
    for edition in EDITIONS:
        has_quantity = [
            balance.holds(edition)
            for balance in (snapshot.editions(arch).balance for arch in ARCHES)
            if balance is not None
        ]
        holds.append(True if True in has_quantity else None if None in has_quantity else False)
    if holds.count(True) > 1 or (True not in holds and None not in holds):
        return False
    return None if None in holds else True
