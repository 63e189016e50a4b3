# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Derive ``effective.*`` and ``upgrades[]``: the licenses in force now (R4–R8, R14, R19, R21, R31)."""

from __future__ import annotations

import datetime as dt
from typing import Dict, Iterable, List, Optional, Set

from ..._facts import (
    UnknownEntry,
)
from ..._interval import (
    ANYTHING,
    DerivedTree,
    Interval,
    Unknown,
    exactly,
    missing,
    unknown_entry,
)
from ..._time import format_end
from ..catalog.catalog import Catalog
from ..catalog.catalog_rules import upgrade_editions
from ..reading.fact_reader import Fact, known, unite
from ..reading.holdings import EDITION_GROUP
from ..reading.system import SystemFacts
from ..state.ledger import Snapshot
from ..state.upgrades import ARCH_MISMATCH, NO_BASE, NO_SUCH_UPGRADE
from ..state.validity import combined
from ..values.model import ARCHES, EDITIONS, Arch, Edition
from ..values.periods import days_until, is_alive, whole_days
from .product_rows import Editions, RowFacts, RowWriter, number, spread

NO_EDITION = "none"

EFFECTIVE = (
    "/effective/edition",
    "/effective/editions",
    "/effective/valid_until",
    "/effective/days_to_lapse",
    "/effective/default_license",
    "/effective/products",
)


def possible_editions(snapshot: Snapshot) -> Editions:
    """Return the possible editions of the system: the lowest of its architectures; None means no edition.

    An architecture without licenses does not lower the edition; it only has missing quantity (R31).
    """
    found: Set[Optional[Edition]] = {None}
    for arch in ARCHES:
        balance = snapshot.editions(arch).balance
        lowest: Editions = frozenset({None}) if balance is None else balance.possible_lowest
        found = {_lower(left, right) for left in found for right in lowest}
    return frozenset(found)


def _lower(left: Optional[Edition], right: Optional[Edition]) -> Optional[Edition]:
    if left is None or right is None:
        return left or right
    return left if left.rank <= right.rank else right


def edition_name(edition: Optional[Edition]) -> str:
    return NO_EDITION if edition is None else edition.value


def only(editions: Editions) -> Fact[str]:
    """Return the name of the edition if only one is possible, else unknown."""
    if len(editions) == 1:
        return known(edition_name(next(iter(editions))))
    return Fact(None, Unknown("absent", ()))


def system_editions(system: SystemFacts, snapshot: Snapshot) -> Editions:
    """Return the possible editions from the licenses, or from the totals if the list is not complete."""
    if system.complete:
        found = possible_editions(snapshot)
        # Another edition in the totals of VMS contradicts that of the licenses.
        return found if system.reported_edition is None else found | {system.reported_edition}
    if system.totals_edition.value is not None:
        return frozenset({system.totals_edition.value})
    return frozenset({None, *EDITIONS})


def edition_cause(system: SystemFacts) -> Optional[Unknown]:
    """Return the causes why the edition may be uncertain, or None."""
    if system.complete:
        return system.cause_of(EDITION_GROUP)
    return unite((system.list_cause, system.totals_edition.unknown))


def write_effective(
    out: DerivedTree,
    system: SystemFacts,
    snapshot: Snapshot,
    writer: RowWriter,
    catalog: Catalog,
    as_of: dt.datetime,
    earlier_end: Optional[dt.datetime] = None,
) -> None:
    """Set ``effective.*`` and ``upgrades``. ``earlier_end`` is an earlier end that VMS reports."""
    if system.scope_cause is not None:
        for pointer in (*EFFECTIVE, "/upgrades"):
            out.miss(pointer, system.scope_cause)
        return
    editions = system_editions(system, snapshot)
    if not system.complete:
        _write_totals(out, system, snapshot, editions, catalog)
        return
    origin = system.ids_of(EDITION_GROUP)
    cause = edition_cause(system)
    out.put("/effective/origin", "licenses")
    out.put_or_miss("/effective/edition", only(editions).value, cause, origin)
    out.put_or_miss("/effective/editions", _held_editions(snapshot), cause, origin)
    _write_validity(out, system, snapshot, as_of, earlier_end)
    rows = writer.rows(snapshot, editions)
    ids = [holding.id for holding in system.holdings.counted]
    out.put("/effective/products", spread(rows, "/effective/products", out.unknown), ids)
    out.put("/upgrades", _upgrades(out, system, snapshot, as_of), origin)


def _held_editions(snapshot: Snapshot) -> Optional[List[str]]:
    names: List[str] = []
    for edition in EDITIONS:
        verdicts = [
            balance.holds(edition)
            for balance in (snapshot.editions(arch).balance for arch in ARCHES)
            if balance is not None
        ]
        if True in verdicts:
            names.append(edition.value)
        elif None in verdicts:
            return None
    return names


def _write_validity(
    out: DerivedTree,
    system: SystemFacts,
    snapshot: Snapshot,
    as_of: dt.datetime,
    earlier_end: Optional[dt.datetime],
) -> None:
    """Set the default license of the system and its end."""
    validity = combined(state.validity for state in snapshot.rows.values())
    until, default = validity.until, validity.default
    causes = [cause for holding in system.holdings.counted for cause in holding.causes]
    cause = unite(causes) or Unknown("absent", ("/licenses/items",))
    origin = [] if default is None else [default]
    out.put_or_miss("/effective/default_license", default, cause, origin)
    if earlier_end is not None:
        until, origin = earlier_end, ["/license_totals/ends_at"]
    if until is not None:
        out.put("/effective/valid_until", format_end(until), origin)
        out.put("/effective/days_to_lapse", days_until(until, as_of), origin)
        return
    out.miss("/effective/valid_until", cause)
    bounds = [
        None if bound is None else whole_days(bound, as_of) for bound in (validity.soonest, validity.latest)
    ]
    out.miss("/effective/days_to_lapse", cause, *bounds)


def _upgrades(
    out: DerivedTree, system: SystemFacts, snapshot: Snapshot, as_of: dt.datetime
) -> List[Dict[str, object]]:
    rows: List[RowFacts] = []
    cause = system.cause_of(EDITION_GROUP)
    for arch in ARCHES:
        balance = snapshot.editions(arch).balance
        for upgrade in () if balance is None else balance.upgrades:
            fields: Dict[str, object] = {
                "arch": arch.value,
                "from": upgrade.source.value,
                "to": upgrade.target.value,
            }
            unknown: Dict[str, UnknownEntry] = {}
            number(fields, unknown, "base", upgrade.base, cause)
            number(fields, unknown, "quantity", upgrade.quantity, cause)
            state = upgrade.state
            if state == NO_BASE:
                state = _no_base(snapshot, arch, upgrade.source)
            if state is None:
                unknown["state"] = unknown_entry(cause)
            else:
                fields["state"] = state
            rows.append(RowFacts(fields, unknown))
    rows.extend(_no_such_upgrades(system, snapshot, as_of))
    return spread(rows, "/upgrades", out.unknown)


def _no_base(snapshot: Snapshot, arch: Arch, source: Edition) -> Optional[str]:
    """Return ``arch_mismatch`` if the base is in the other architecture (R5), else ``no_base``."""
    other = snapshot.editions(next(candidate for candidate in ARCHES if candidate is not arch)).balance
    present = False if other is None else other.holds(source)
    if present is None:
        return None
    return ARCH_MISMATCH if present else NO_BASE


def _no_such_upgrades(system: SystemFacts, snapshot: Snapshot, as_of: dt.datetime) -> Iterable[RowFacts]:
    """Yield upgrades that R8 does not list, such as downgrades."""
    for item in system.holdings.no_such_upgrades:
        license_ = item.license
        path = upgrade_editions(license_.product or "")
        if path is None or (license_.expires_at is not None and not is_alive(license_.expires_at, as_of)):
            continue
        cause = unite(item.causes)
        fields: Dict[str, object] = {"from": path[0].value, "to": path[1].value}
        unknown: Dict[str, UnknownEntry] = {}
        if license_.arch in ARCHES:
            fields["arch"] = license_.arch.value
            balance = snapshot.editions(license_.arch).balance
            base = ANYTHING if balance is None else balance.held[path[0]]
            number(fields, unknown, "base", base, system.cause_of(EDITION_GROUP))
        else:
            unknown["arch"] = unknown["base"] = unknown_entry(Unknown("absent", (item.pointer + "/arch",)))
        number(fields, unknown, "quantity", item.amount, cause)
        if item.certain and license_.expires_at is not None:
            fields["state"] = NO_SUCH_UPGRADE
        else:
            unknown["state"] = unknown_entry(cause)
        yield RowFacts(fields, unknown)


def _write_totals(
    out: DerivedTree, system: SystemFacts, snapshot: Snapshot, editions: Editions, catalog: Catalog
) -> None:
    """Set the edition and total quantity that VMS reports; all other facts are unknown."""
    cause = system.list_cause
    origin = ["/license_totals/edition"]
    out.put("/effective/origin", "totals")
    out.put_or_miss("/effective/edition", only(editions).value, edition_cause(system), origin)
    for name in ("editions", "valid_until", "days_to_lapse", "default_license"):
        out.miss("/effective/" + name, cause)
    out.miss("/upgrades", cause)
    edition = next(iter(editions)) if len(editions) == 1 else None
    rows = [_totals_row(system, edition, catalog)]
    rows.extend(_open_rows(system, snapshot, catalog, cause))
    products = spread(rows, "/effective/products", out.unknown)
    out.put("/effective/products", products, ["/license_totals/cpu_allowed", "/hosts"])


def _totals_row(system: SystemFacts, edition: Optional[Edition], catalog: Catalog) -> RowFacts:
    demand = system.demand
    allowed = ANYTHING if system.totals_cpu.value is None else exactly(system.totals_cpu.value)
    fields: Dict[str, object] = {}
    unknown: Dict[str, UnknownEntry] = {
        name: unknown_entry(system.list_cause)
        for name in ("kinds", "valid_until", "days_to_lapse", "default_license")
    }
    if edition is None:
        unknown["product"] = unknown_entry(edition_cause(system))
    else:
        fields["product"] = catalog.edition_product(edition)
    if demand.single is None:
        unknown["arch"] = unknown_entry(system.list_cause)
    else:
        fields["arch"] = demand.single.value
    quantity_cause = unite((system.totals_cpu.unknown, system.list_cause))
    number(fields, unknown, "quantity", allowed, quantity_cause)
    number(fields, unknown, "used", demand.total, system.demand_cause)
    shortage = missing(demand.total, allowed)
    if demand.single is None and shortage.exact == 0:
        # A sufficient total may still be too small in one architecture (R5).
        shortage = Interval(0, None)
    number(fields, unknown, "missing", shortage, unite((system.demand_cause, quantity_cause)))
    return RowFacts(fields, unknown)


def _open_rows(
    system: SystemFacts, snapshot: Snapshot, catalog: Catalog, cause: Optional[Unknown]
) -> Iterable[RowFacts]:
    """Yield a row for every feature product: in an incomplete list, an unlisted license may exist."""
    for product in catalog.products:
        if product.feature is None:
            continue
        if product.arch in ARCHES and product.arch not in system.demand.possible:
            continue
        names = ("kinds", "valid_until", "days_to_lapse", "default_license")
        fields: Dict[str, object] = {"product": product.id, "arch": product.arch.value}
        unknown: Dict[str, UnknownEntry] = {name: unknown_entry(cause) for name in names}
        use = system.uses[product.feature]
        used = use.used if system.demand.single or product.arch is Arch.ANY else use.used.or_nothing()
        quantity = Interval(snapshot.quantity(product.id, product.arch).low, None)
        number(fields, unknown, "quantity", quantity, cause)
        number(fields, unknown, "used", used, unite(use.causes) or cause)
        number(fields, unknown, "missing", missing(used, quantity), unite((*use.causes, cause)))
        yield RowFacts(fields, unknown)
