# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The licenses of a system, and what each may add to which product (decisions 4, 5, 8, 9, 17, 25, 29, 31,
32).

A holding is one license seen from the calculus: cells (product and architecture) with the quantity it adds
to each, an end, and whether it certainly counts. What is not known about a license widens what it may add;
it never drops out.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields, replace
from typing import Any, Dict, Iterable, List, Optional, Set, Tuple

from ..._interval import ANYTHING, NOTHING, Interval, exactly, hull
from ..._time import NEVER, End, days_after
from ..catalog.catalog import Catalog, Product, forbidden_rule, upgrade_editions
from ..values.model import (
    ARCHES,
    DEAD_STATUSES,
    Arch,
    Installation,
    Kind,
    License,
    LicenseClass,
    Metric,
    Status,
)
from .fact_reader import Fact, FactRow, Reader, Unknown, as_count, as_end, as_instant, as_text, as_word, rows

PREINSTALLED_DAYS = 180  # R10

# Editions and upgrades are one group: they lapse, suppress and lock out together (decisions 14 and 15).
EDITION_GROUP = "edition"

Cell = Tuple[str, Arch]


@dataclass(frozen=True)
class Item:
    """A license of the list with its computed end (R10, R12, decision 17) and what is not known about it.

    ``amount`` is what the system holds: ``assigned`` where that is stated, else the quantity; [0, n] where
    the share is not known (decision 9) and [0, ∞) where the quantity is missing or below 1 (decision 32).
    ``no_arch``, ``no_holder`` and ``no_id`` say why its architecture, which server holds it, and its id could
    not be read.
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
    """One license as the calculus counts it.

    ``groups`` are ``edition`` or feature product ids; more than one if the product is not recognised.
    ``end`` None is an unknown end. ``certain`` is False if it may count nothing at all.
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
    """Return the licenses under ``/licenses``, and why there may be further ones (None: complete)."""
    listed, open_cause = rows(reader, "/licenses")
    first_run = reader.instant("/preinstalled/first_run_at")
    items: Dict[str, Item] = {}
    for row in listed:
        item = _item(row, first_run.value, first_run.unknown)
        known_before = items.get(item.license.id)
        items[item.license.id] = item if known_before is None else _united(known_before, item)
    found = tuple(items.values())
    return tuple(_told_apart(item, found) for item in found), open_cause


def _told_apart(item: Item, found: Tuple[Item, ...]) -> Item:
    """The item, which without an id may be another one of ``found`` listed twice, and then adds nothing."""
    if item.no_id is None or not any(other is not item and _may_be_one(item, other) for other in found):
        return item
    return replace(item, amount=item.amount.or_nothing(), certain=False, causes=(*item.causes, item.no_id))


def _may_be_one(item: Item, other: Item) -> bool:
    mine, its = item.license, other.license
    pairs = ((mine.product, its.product), (mine.arch, its.arch), (mine.kind, its.kind))
    return all(left == right or left is None or right is None for left, right in pairs)


def _item(row: FactRow, first_run: Optional[dt.datetime], no_first_run: Optional[Unknown]) -> Item:
    ident = row.read("id", as_text)
    product, arch = row.read("product", as_text), row.read("arch", as_word(Arch))
    kind, quantity = row.read("kind", as_word(Kind)), row.read("quantity", as_count)
    assigned, status = row.read("assigned", as_count), row.read("status", as_word(Status))
    issued, held_by = row.read("issued_at", as_instant), row.read("held_by", as_text)
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
            installed_at=row.read("installed_at", as_instant).value,
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
    """Return (reported end, computed end, why neither is known). The server's own end wins (decision 17)."""
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
        return NEVER, computed, None  # R15: a formal license without an end is permanent
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


def _united(first: Item, second: Item) -> Item:
    """The same id listed twice: once if both say the same, else what both allow (decisions 29 and 30)."""
    managers = first.managers + second.managers
    same = replace(second, pointer=first.pointer, managers=()) == replace(first, managers=())
    plain = replace(first.license, held_by=None, key=None) == replace(second.license, held_by=None, key=None)
    # Two managers of a pair may each name a server of their own; in one list that is a difference.
    plain = plain and bool(first.managers and second.managers) and not {*first.managers} & {*second.managers}
    if same or (plain and first.amount == second.amount and first.certain and second.certain):
        return replace(first, managers=managers)
    # Whatever of it counts may be nothing, so that no decision is better than with a quantity not known.
    most = hull(first.amount, second.amount)
    cause = Unknown("conflict", (first.pointer, second.pointer))
    left, right = first.license, second.license
    differing = {
        each.name for each in fields(License) if getattr(left, each.name) != getattr(right, each.name)
    }
    if differing & {"product", "arch"}:
        differing |= {"product", "arch"}
    unsaid: Dict[str, Any] = dict.fromkeys(differing)
    return replace(
        first,
        license=replace(left, **unsaid),
        amount=most.or_nothing(),
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
    """What counts, what is not recognised (R27), and upgrades that do not exist (R8)."""

    counted: Tuple[Holding, ...]
    unrecognised: Tuple[str, ...]
    no_such_upgrades: Tuple[Item, ...]
    forbidden: Tuple[Item, ...]


def classify(items: Iterable[Item], catalog: Catalog, server: Optional[str] = None) -> Holdings:
    """Turn licenses into holdings.

    ``server`` is the License Server that supplies the system: what another one lists may count nothing
    (decision 29), and so may all of them where several servers are named and it is not known which one that
    is. A license of unknown architecture may count for each, whatever the hosts have. Dead
    licenses (expired, uninstalled, unusable) and forbidden kinds (R11, R13, decision 25) count nothing.
    """
    counted: List[Holding] = []
    unrecognised: Set[str] = set()
    no_such: List[Item] = []
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
                no_such.append(item)
                continue
            counted.append(_unrecognised(item, catalog))
        else:
            counted.append(_recognised(item, product, catalog, server, several))
    return Holdings(tuple(counted), tuple(sorted(unrecognised)), tuple(no_such), tuple(forbidden))


def _servers(items: Iterable[Item], catalog: Catalog) -> Set[str]:
    """The License Servers that live licenses name. The managers of a pair may each name one of their own."""
    found: Set[str] = set()
    for item in items:
        product = catalog.product(item.license.product)
        if product is None or product.installation is not Installation.REMOTE or item.managers:
            continue
        if item.license.held_by and item.license.status not in DEAD_STATUSES:
            found.add(item.license.held_by)
    return found


def group_of(product: Product) -> str:
    """``edition`` for editions and upgrades, the product id for a feature."""
    return product.id if product.license_class is LicenseClass.FEATURE else EDITION_GROUP


def _recognised(
    item: Item, product: Product, catalog: Catalog, server: Optional[str], several: bool
) -> Holding:
    license_, amount, causes, certain = item.license, item.amount, item.causes, item.certain
    if license_.kind is None:
        # It may be a preinstalled one that another license silences, or a kind that does not exist.
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
            # The architecture of the hosts says nothing about that of a license.
            cells = tuple(((product.id, candidate), amount.or_nothing()) for candidate in ARCHES)
            causes += (item.no_arch or Unknown("value", (item.pointer + "/arch",)),)
    return Holding(
        license_.id, (group_of(product),), cells, license_.kind, license_.expires_at, certain, causes
    )


def _unrecognised(item: Item, catalog: Catalog) -> Holding:
    """[0, n] for every product it could be (decision 32)."""
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
