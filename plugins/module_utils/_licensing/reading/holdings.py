# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the licenses of a system, and the quantity that each adds to each product and architecture.

A holding is one license as the entitlement calculation uses it: cells (product and architecture) with the
quantity that it adds to each, its end, and whether it certainly counts. An unknown field widens the quantity
interval; a license is never ignored because of it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields, replace
from typing import Any, Dict, Iterable, List, Optional, Set, Tuple

from ..._interval import (
    ANYTHING,
    NOTHING,
    Interval,
    Unknown,
    exactly,
    hull,
)
from ..._time import NEVER, End
from ..catalog.catalog import Catalog, Product
from ..catalog.catalog_rules import forbidden_rule, upgrade_editions
from ..values.license_row import DEAD_STATUSES, License, Status
from ..values.model import ARCHES, Arch, Installation, Kind, LicenseClass, Metric
from ..values.periods import days_after, read_fact_time
from .fact_reader import Fact, FactRow, Reader, as_count, as_end, as_text, as_word, rows

PREINSTALLED_DAYS = 180  # R10

# Editions and upgrades are one group for expiry, login (R20) and suppression of preinstalled licenses.
EDITION_GROUP = "edition"

Cell = Tuple[str, Arch]


@dataclass(frozen=True)
class Item:
    """A listed license with its computed end (R10, R12) and the causes of its unknown fields.

    ``amount`` is the quantity that the system holds: ``assigned`` if it is reported, else the quantity;
    [0, n] if the assigned part is unknown, and [0, ∞) if the quantity is missing or below 1. ``no_arch``,
    ``no_holder`` and ``no_id`` are the causes why the architecture, the License Server that holds it and the
    id are unknown.
    """

    pointer: str
    license: License
    amount: Interval
    reported_end: Optional[End]
    computed_end: Optional[dt.datetime]
    sizes: Tuple[int, ...]
    managers: Tuple[str, ...]
    metric: Optional[Metric]
    certain: bool
    causes: Tuple[Unknown, ...]
    no_arch: Optional[Unknown] = None
    no_holder: Optional[Unknown] = None
    no_id: Optional[Unknown] = None


@dataclass(frozen=True)
class Holding:
    """One license as the entitlement calculation counts it.

    ``groups`` are ``edition`` or feature product ids; more than one if the product is not recognized.
    ``end`` None is an unknown end. ``certain`` is False if the license may add nothing.
    """

    id: str
    groups: Tuple[str, ...]
    cells: Tuple[Tuple[Cell, Interval], ...]
    kind: Optional[Kind]
    end: Optional[End]
    certain: bool
    causes: Tuple[Unknown, ...]

    @property
    def preinstalled(self) -> bool:
        return self.kind is Kind.PREINSTALLED


def read_items(reader: Reader) -> Tuple[Tuple[Item, ...], Optional[Unknown]]:
    """Return the licenses under ``/licenses`` and why there may be further ones (None: complete)."""
    listed, open_cause = rows(reader, "/licenses")
    first_run = reader.instant("/preinstalled/first_run_at")
    items: Dict[str, Item] = {}
    for row in listed:
        item = _item(row, first_run.value, first_run.unknown)
        previous = items.get(item.license.id)
        items[item.license.id] = item if previous is None else _merged(previous, item)
    found = tuple(items.values())
    return tuple(_with_duplicate_risk(item, found) for item in found), open_cause


def _with_duplicate_risk(item: Item, found: Tuple[Item, ...]) -> Item:
    """Return the item; without an id it may be a duplicate of another one in ``found`` and add nothing."""
    if item.no_id is None or not any(other is not item and _may_be_duplicate(item, other) for other in found):
        return item
    return replace(item, amount=item.amount.or_nothing(), certain=False, causes=(*item.causes, item.no_id))


def _may_be_duplicate(item: Item, other: Item) -> bool:
    left, right = item.license, other.license
    pairs = ((left.product, right.product), (left.arch, right.arch), (left.kind, right.kind))
    return all(first == second or first is None or second is None for first, second in pairs)


def _item(row: FactRow, first_run: Optional[dt.datetime], no_first_run: Optional[Unknown]) -> Item:
    ident = row.read("id", as_text)
    product, arch = row.read("product", as_text), row.read("arch", as_word(Arch))
    kind, quantity = row.read("kind", as_word(Kind)), row.read("quantity", as_count)
    assigned, status = row.read("assigned", as_count), row.read("status", as_word(Status))
    issued, held_by = row.read("issued_at", read_fact_time), row.read("held_by", as_text)
    causes = [fact.unknown for fact in (product, kind) if fact.unknown is not None]
    amount = ANYTHING if not quantity.value else exactly(quantity.value)
    if not quantity.value:
        causes.append(quantity.unknown or Unknown("value", (row.pointer + "/quantity",)))
    elif assigned.value is not None and assigned.value <= quantity.value:
        amount = exactly(assigned.value)
    elif row.states("assigned"):
        amount = amount.or_nothing()
        both = (row.pointer + "/assigned", row.pointer + "/quantity")
        causes.append(assigned.unknown or Unknown("conflict", both))
    certain = amount.low > 0
    if row.states("status") and status.unknown is not None:
        certain = False
        causes.append(status.unknown)
    reported, computed, no_end = _ends(row, kind.value, issued.value, first_run, no_first_run)
    causes.extend(cause for cause in (no_end,) if cause is not None)
    return Item(
        row.pointer,
        License(
            id=ident.value or row.pointer,
            product=product.value,
            arch=arch.value,
            kind=kind.value,
            code=row.read("code", as_text).value,
            quantity=quantity.value or None,
            assigned=assigned.value,
            issued_at=issued.value,
            installed_at=row.read("installed_at", read_fact_time).value,
            expires_at=reported if reported is not None else computed,
            status=status.value,
            held_by=held_by.value,
        ),
        amount if certain else amount.or_nothing(),
        reported,
        computed,
        _sizes(row, quantity.value),
        tuple(manager for manager in (row.read("manager", as_text).value,) if manager),
        row.read("metric", as_word(Metric)).value,
        certain,
        tuple(causes),
        no_arch=arch.unknown,
        no_holder=held_by.unknown if row.states("held_by") else None,
        no_id=ident.unknown,
    )


def _ends(
    row: FactRow,
    kind: Optional[Kind],
    issued: Optional[dt.datetime],
    first_run: Optional[dt.datetime],
    no_first_run: Optional[Unknown],
) -> Tuple[Optional[End], Optional[dt.datetime], Optional[Unknown]]:
    """Return (reported end, computed end, cause if both are unknown). The reported end has precedence."""
    end: Fact[End] = row.read("expires_at", as_end)
    term = row.read("term_days", as_count)
    computed: Optional[dt.datetime] = None
    cause = end.unknown
    if kind is Kind.PREINSTALLED:
        computed = None if first_run is None else days_after(first_run, PREINSTALLED_DAYS)
        cause = no_first_run or cause
    elif kind is Kind.TEMPORARY and issued is not None and term.value is not None:
        computed = days_after(issued, term.value)
    if end.value is not None:
        return end.value, computed, None
    if kind is Kind.FORMAL and not row.states("expires_at"):
        return NEVER, computed, None  # R15: a formal license without expires_at is permanent
    return None, computed, cause if computed is None else None


def _sizes(row: FactRow, quantity: Optional[int]) -> Tuple[int, ...]:
    packs = row.read("packs", _as_sizes)
    if packs.value is not None:
        return packs.value
    return (quantity,) if quantity else ()


def _as_sizes(value: object) -> Optional[Tuple[int, ...]]:
    if not isinstance(value, (list, tuple)):
        return None
    sizes = [as_count(size) for size in value]
    return None if None in sizes else tuple(size for size in sizes if size is not None)


def _merged(first: Item, second: Item) -> Item:
    """Merge two items with one id: a duplicate counts once, a conflict widens the amount."""
    managers = first.managers + second.managers
    same = replace(second, pointer=first.pointer, managers=()) == replace(first, managers=())
    equal = replace(first.license, held_by=None, key=None) == replace(second.license, held_by=None, key=None)
    # The two managers of a pair may report different servers; in one list different servers are a conflict.
    equal = equal and bool(first.managers and second.managers) and not {*first.managers} & {*second.managers}
    if same or (equal and first.amount == second.amount and first.certain and second.certain):
        return replace(first, managers=managers)
    # The lower bound is 0, so that a conflict never gives a better result than an unknown quantity.
    widest = hull(first.amount, second.amount)
    cause = Unknown("conflict", (first.pointer, second.pointer))
    left, right = first.license, second.license
    differing = {
        each.name for each in fields(License) if getattr(left, each.name) != getattr(right, each.name)
    }
    if differing & {"product", "arch"}:
        differing |= {"product", "arch"}
    cleared: Dict[str, Any] = dict.fromkeys(differing)
    return replace(
        first,
        license=replace(left, **cleared),
        amount=widest.or_nothing(),
        reported_end=first.reported_end if first.reported_end == second.reported_end else None,
        computed_end=first.computed_end if first.computed_end == second.computed_end else None,
        sizes=first.sizes if first.sizes == second.sizes else (),
        managers=managers,
        metric=first.metric if first.metric == second.metric else None,
        certain=False,
        causes=first.causes + second.causes + (cause,),
    )


@dataclass(frozen=True)
class Holdings:
    """Counted licenses, unrecognized products (R27), unknown upgrades (R8), forbidden kinds (R11, R13)."""

    counted: Tuple[Holding, ...]
    unrecognised: Tuple[str, ...]
    no_such_upgrades: Tuple[Item, ...]
    forbidden: Tuple[Item, ...]


def classify(items: Iterable[Item], catalog: Catalog, server: Optional[str] = None) -> Holdings:
    """Return the holdings of licenses.

    ``server`` is the id of the License Server that supplies the system. A license on another server may not
    count. If it is unknown which of several servers supplies the system, none of their licenses certainly
    counts. A license of unknown architecture may count for each architecture, regardless of the hosts.
    Expired, uninstalled and unusable licenses and forbidden kinds (R11, R13) do not count.
    """
    counted: List[Holding] = []
    unrecognised: Set[str] = set()
    unknown_upgrades: List[Item] = []
    forbidden: List[Item] = []
    listed = tuple(items)
    several = not server and len(_servers(listed, catalog)) > 1
    for item in listed:
        license_ = item.license
        product = catalog.product(license_.product)
        if product is None and license_.product is not None:
            unrecognised.add(license_.product)
        if license_.status in DEAD_STATUSES or item.amount == NOTHING:
            continue
        if product is not None and forbidden_rule(product, license_.kind):
            forbidden.append(item)
            continue
        if product is None:
            if license_.product is not None and upgrade_editions(license_.product):
                unknown_upgrades.append(item)
                continue
            counted.append(_unrecognized(item, catalog))
        else:
            counted.append(_recognized(item, product, catalog, server, several))
    return Holdings(tuple(counted), tuple(sorted(unrecognised)), tuple(unknown_upgrades), tuple(forbidden))


def _servers(items: Iterable[Item], catalog: Catalog) -> Set[str]:
    """Return the License Servers of valid licenses, without those that managers of a pair report."""
    found: Set[str] = set()
    for item in items:
        product = catalog.product(item.license.product)
        if product is None or product.installation is not Installation.REMOTE or item.managers:
            continue
        if item.license.held_by and item.license.status not in DEAD_STATUSES:
            found.add(item.license.held_by)
    return found


def group_of(product: Product) -> str:
    """Return ``edition`` for editions and upgrades, the product id for a feature."""
    return product.id if product.license_class is LicenseClass.FEATURE else EDITION_GROUP


def _recognized(
    item: Item, product: Product, catalog: Catalog, server: Optional[str], several: bool
) -> Holding:
    license_, amount, causes, certain = item.license, item.amount, item.causes, item.certain
    if license_.kind is None:
        # It may be a preinstalled license that another license suppresses, or a forbidden kind.
        amount, certain = amount.or_nothing(), False
    if product.installation is Installation.REMOTE and (server or several):
        elsewhere = several or license_.held_by not in (None, server)
        if elsewhere or item.no_holder is not None:
            amount, certain = amount.or_nothing(), False
            places = (item.pointer + "/held_by", "/license_server/id")
            causes += (item.no_holder or Unknown("conflict", places),)
    cells: Tuple[Tuple[Cell, Interval], ...]
    if not catalog.has_arches(product.id):
        cells = (((product.id, Arch.ANY), amount),)
    else:
        arch = license_.arch
        if arch in ARCHES:
            cells = (((product.id, arch), amount),)
        else:
            # The architecture of a license cannot be derived from the hosts.
            cells = tuple(((product.id, candidate), amount.or_nothing()) for candidate in ARCHES)
            causes += (item.no_arch or Unknown("value", (item.pointer + "/arch",)),)
    return Holding(
        license_.id, (group_of(product),), cells, license_.kind, license_.expires_at, certain, causes
    )


def _unrecognized(item: Item, catalog: Catalog) -> Holding:
    """Return a holding with [0, n] for every product that the license may belong to."""
    candidates = [
        product
        for product in catalog.products
        if item.metric in (None, product.metric)
        and (item.license.arch not in ARCHES or product.arch in (item.license.arch, Arch.ANY))
    ]
    cells = tuple(((product.id, product.arch), item.amount.or_nothing()) for product in candidates)
    groups = tuple(dict.fromkeys(group_of(product) for product in candidates))
    causes = item.causes or (Unknown("absent", (item.pointer + "/product",)),)
    return Holding(item.license.id, groups, cells, item.license.kind, item.license.expires_at, False, causes)
