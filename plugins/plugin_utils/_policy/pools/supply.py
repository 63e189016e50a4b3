# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compute the supply of a pool: the quantity of a product after upgrades (R26)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from ....module_utils._facts import ZONE
from ....module_utils._interval import ANYTHING, NOTHING, Interval
from ....module_utils._licensing.catalog.catalog import Catalog
from ....module_utils._licensing.facts.derive import derive
from ....module_utils._licensing.values.model import LicenseClass
from ....module_utils._licensing.values.periods import NEVER_TEXT, time_span
from ....module_utils._pointer import MISSING, lookup
from ....module_utils._time import format_time, read_time
from ..facts.facts import Facts
from ..policy.model import VMS
from ..policy.pool_terms import Gap

ANY = "any"
NO_SPAN: tuple[datetime | None, datetime | None] = (None, None)
NOW = "/effective/products"
_ENDED = frozenset(("expired", "uninstalled"))


class AllocationTerms(Protocol):
    """Allocation of a part of a grant."""

    @property
    def system(self) -> str | None:
        """System that the part is allocated to; None: not specified."""

    @property
    def license_server(self) -> str | None:
        """License Server that the part is allocated to; None: not specified."""

    @property
    def quantity(self) -> int:
        """Quantity in units of the product."""


class GrantTerms(Protocol):
    """Terms of one purchase certificate; ``begins`` and ``ends`` None are unlimited."""

    @property
    def id(self) -> str:
        """Id of the certificate."""

    @property
    def product(self) -> str:
        """Product that was bought."""

    @property
    def arch(self) -> str:
        """Architecture that the product was bought for."""

    @property
    def kind(self) -> str:
        """Kind of the license: formal or temporary."""

    @property
    def quantity(self) -> int:
        """Quantity in units of the product."""

    @property
    def begins(self) -> datetime | None:
        """Start of the validity; None: unlimited."""

    @property
    def ends(self) -> datetime | None:
        """End of the validity; None: unlimited."""

    @property
    def allocations(self) -> Sequence[AllocationTerms]:
        """Allocations of the grant's parts."""


@dataclass(frozen=True)
class Piece:
    """A quantity for one architecture (None: unknown architecture)."""

    arch: str | None
    quantity: Interval
    gaps: tuple[Gap, ...] = ()
    pointer: str = NOW


@dataclass(frozen=True)
class Slice:
    """The supply from ``at`` on (empty: now). An ``open`` slice was not read; ``gaps`` are the reasons."""

    at: str = ""
    pieces: tuple[Piece, ...] = ()
    open: bool = False
    gaps: tuple[Gap, ...] = ()

    def of(self, arch: str | None, by_arch: bool) -> tuple[Interval, list[Gap], str]:
        """Return the quantity for ``arch`` or all architectures, its unknown facts and its JSON pointer."""
        if self.open or (by_arch and arch is None):
            return ANYTHING, list(self.gaps), NOW
        total, gaps, pointer = NOTHING, list(self.gaps), ""
        for piece in self.pieces:
            if by_arch and piece.arch not in (None, arch, ANY):
                continue
            quantity = piece.quantity.or_nothing() if by_arch and piece.arch is None else piece.quantity
            total = total.plus(quantity)
            gaps.extend(piece.gaps)
            pointer = pointer or piece.pointer
        return total, gaps, pointer or NOW


@dataclass(frozen=True)
class Licenses:
    """Listed licenses by id, and unknown fields (``gaps``) by id and field; ``open``: there may be more."""

    items: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    gaps: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    open: bool = False
    because: tuple[Gap, ...] = ()

    def united(self, other: Licenses) -> Licenses:
        """Return the licenses of both lists; one in both counts once, with differing fields as unknown."""
        items, gaps = dict(self.items), dict(self.gaps)
        for ident, item in other.items.items():
            own = items.get(ident)
            if own is None:
                items[ident] = item
                if ident in other.gaps:
                    gaps[ident] = other.gaps[ident]
                continue
            missing = {**gaps.get(ident, {}), **other.gaps.get(ident, {})}
            for name in ("product", "arch", "kind", "quantity", "expires_at"):
                if own.get(name) != item.get(name):
                    missing.setdefault(name, "type")
            items[ident] = {name: value for name, value in own.items() if name not in missing}
            if missing:
                gaps[ident] = missing
        because = tuple(dict.fromkeys((*self.because, *other.because)))
        return Licenses(items, gaps, self.open or other.open, because)


def products_of(name: str, catalog: Catalog) -> frozenset[str]:
    """Return the products that a pool's ``product`` counts; ``vms`` counts the three editions."""
    if name != VMS:
        return frozenset((name,))
    rows = catalog.products
    return frozenset(row.id for row in rows if row.license_class is LicenseClass.EDITION)


def listed(facts: Facts) -> Licenses:
    """Return the licenses that a system lists."""
    base = "/licenses/items"
    rows = lookup(facts.tree, base)
    if (facts.reason(base) and base not in facts.incomplete) or not isinstance(rows, list):
        return Licenses(open=True, because=((base, facts.reason(base) or "absent"),))
    items: dict[str, Mapping[str, Any]] = {}
    gaps: dict[str, Mapping[str, str]] = {}
    for index, row in enumerate(rows):
        place = f"{base}/{index}"
        ident = facts.value(place + "/id")
        name = ident if isinstance(ident, str) else place
        missing = {
            pointer[len(place) + 1 :]: reason
            for pointer, reason in facts.unknown.items()
            if pointer.startswith(place + "/")
        }
        if place in facts.unknown and not missing:
            missing = {"quantity": facts.unknown[place]}
        content: Mapping[str, Any] = row if isinstance(row, dict) else {}
        if name in items:
            content, missing = _merged_rows(items[name], gaps.get(name, {}), content, missing)
        items[name] = content
        if missing:
            gaps[name] = missing
    incomplete = base in facts.incomplete
    return Licenses(items, gaps, incomplete, ((base, "absent"),) if incomplete else ())


def _merged_rows(
    one: Mapping[str, Any], its_gaps: Mapping[str, str], other: Mapping[str, Any], more: Mapping[str, str]
) -> tuple[Mapping[str, Any], dict[str, str]]:
    """Merge two rows with one id: one license if they are equal, else the fields that they have in common.

    Rows with values that could not be parsed are never equal.
    """
    if one == other and its_gaps == more and not {"type", "value"}.intersection(more.values()):
        return one, dict(more)
    differ = [name for name in {*one, *other} if one.get(name) != other.get(name)]
    missing = {**more, **its_gaps, **dict.fromkeys((*differ, "quantity", "assigned"), "conflict")}
    return {name: value for name, value in one.items() if name not in missing}, missing


def granted(grants: Iterable[GrantTerms], at: datetime, allocated_to: Mapping[str, str] | None) -> Licenses:
    """Return the grants that are valid at ``at``; with ``allocated_to`` only the parts allocated there."""
    items = {}
    for grant in grants:
        if (grant.begins is not None and at < grant.begins) or (grant.ends is not None and at >= grant.ends):
            continue
        quantity = grant.quantity
        if allocated_to is not None:
            quantity = sum(
                each.quantity
                for each in grant.allocations
                if all(getattr(each, name) == value for name, value in allocated_to.items())
            )
        if quantity:
            items[grant.id] = {
                "id": grant.id,
                "product": grant.product,
                "arch": grant.arch,
                "kind": grant.kind,
                "quantity": quantity,
                "expires_at": NEVER_TEXT if grant.ends is None else format_time(grant.ends),
            }
    return Licenses(items)


def whole(licenses: Licenses) -> Licenses:
    """Return the licenses with their complete quantity, independent of their assignment."""
    items = {
        ident: {name: value for name, value in item.items() if name != "assigned"}
        for ident, item in licenses.items.items()
    }
    gaps = {
        ident: {name: reason for name, reason in missing.items() if name != "assigned"}
        for ident, missing in licenses.gaps.items()
    }
    return replace(licenses, items=items, gaps={name: each for name, each in gaps.items() if each})


def balanced(licenses: Licenses, product: str, at: datetime, catalog: Catalog) -> Slice:
    """Return the quantity of a product that the licenses provide at ``at``, after the upgrades."""
    items, unknown = [], dict[str, dict[str, str]]()
    for index, ident in enumerate(sorted(licenses.items)):
        items.append({**licenses.items[ident], "id": ident})
        for name, reason in licenses.gaps.get(ident, {}).items():
            unknown[f"/licenses/items/{index}/{name}"] = {"reason": reason}
    tree = {
        "version": {"series": "7.0"},
        # Only the supply is computed here, so there is no demand of hosts.
        "hosts": {"complete": True, "items": []},
        "licenses": {"complete": not licenses.open, "items": items},
        "unknown": unknown,
    }
    derived = derive(tree, at, catalog)
    reasons = {pointer: str(entry["reason"]) for pointer, entry in derived.unknown.items()}
    bounds = {
        pointer: (_int(entry, "low"), _int(entry, "high")) for pointer, entry in derived.unknown.items()
    }
    facts = Facts(derived.facts, reasons, frozenset(), bounds)
    found = pieces(facts, NOW, product, catalog)
    gaps = licenses.because if found.open or licenses.open else ()
    return replace(found, gaps=gaps, open=found.open or licenses.open)


def raw(licenses: Licenses, product: str, at: datetime) -> Slice:
    """Return the quantity of a product's own licenses; base and upgrade products are not balanced."""
    found = []
    for ident in sorted(licenses.items):
        item, missing = licenses.items[ident], licenses.gaps.get(ident, {})
        if item.get("product") not in (product, None) or item.get("status") in _ENDED:
            continue
        end = item.get("expires_at")
        span = time_span(end)
        if span is not None and span[1] <= at:
            continue
        if span is not None and span[0] <= at:
            missing = {**missing, "expires_at": ZONE}
        quantity = item.get("quantity")
        known = isinstance(quantity, int) and "quantity" not in missing
        amount = Interval(quantity, quantity) if known and isinstance(quantity, int) else ANYTHING
        uncertain = [name for name in ("product", "quantity", "expires_at", "status") if name in missing]
        if end is None and item.get("kind") != "formal":
            uncertain.append("expires_at")
        if uncertain or item.get("product") is None:
            amount = amount.or_nothing()
        arch = item.get("arch", None if "arch" in missing else ANY)
        gaps = tuple((f"/licenses/items ({ident})", missing.get(name, "absent")) for name in uncertain)
        found.append(Piece(arch, amount, gaps, "/licenses/items"))
    return Slice(pieces=tuple(found), open=licenses.open, gaps=licenses.because)


def in_force(facts: Facts, product: str, until: datetime | None, catalog: Catalog) -> tuple[Slice, ...]:
    """Return the supply of a system now and after each expiry up to ``until``."""
    slices = [pieces(facts, NOW, product, catalog)]
    if until is None:
        return tuple(slices)
    reason = facts.reason("/forecast")
    entries = lookup(facts.tree, "/forecast")
    if reason or not isinstance(entries, list):
        gaps = (("/forecast", reason or "absent"),)
        return (*slices, Slice(format_time(until), (), True, gaps))
    for index in range(len(entries)):
        at = facts.value(f"/forecast/{index}/at")
        time = read_time(at) if isinstance(at, str) else None
        # Of a time without a zone the earliest one: until the latest one the supply is at most larger.
        earliest, latest = (
            (time, time) if time is not None else facts.spans.get(f"/forecast/{index}/at", NO_SPAN)
        )
        if earliest is None or earliest <= until:
            found = pieces(facts, f"/forecast/{index}/products", product, catalog)
            if earliest is None or latest is None or latest > until:
                found = Slice(open=True, gaps=((f"/forecast/{index}/at", ZONE),))
            slices.append(replace(found, at=format_time(earliest or until)))
    return tuple(slices)


def pieces(facts: Facts, base: str, product: str, catalog: Catalog) -> Slice:
    """Return the quantities of a product in a list of products (``effective.products``), by architecture."""
    reason = facts.reason(base)
    rows = lookup(facts.tree, base)
    if reason or not isinstance(rows, list):
        return Slice(open=True, gaps=((base, reason or "absent"),))
    wanted, found = products_of(product, catalog), []
    for index in range(len(rows)):
        place = f"{base}/{index}"
        held, arch = facts.value(place + "/product"), facts.value(place + "/arch")
        if held is not MISSING and held not in wanted:
            continue
        amount, gap = count(facts, place + "/quantity")
        gaps = [] if gap is None else [gap]
        if held is MISSING:
            # The row may be of the requested product.
            amount = amount.or_nothing()
            gaps = [(place + "/product", facts.reason(place + "/product") or "absent")]
        if arch is MISSING:
            gaps.append((place + "/arch", facts.reason(place + "/arch") or "absent"))
        known = arch if isinstance(arch, str) else None
        found.append(Piece(known, amount, tuple(gaps), place + "/missing"))
    return Slice(pieces=tuple(found))


def count(
    facts: Facts, pointer: str, least: int | None = None, most: int | None = None
) -> tuple[Interval, Gap | None]:
    """Return the number at ``pointer`` and, if it is unknown, the gap.

    An unknown number is limited by the known bounds, else by the declared bounds ``least`` and ``most``.
    """
    value = facts.value(pointer)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return Interval(value, value), None
    low, high = facts.bounds.get(pointer, (None, None))
    low = max(low or 0, least or 0)
    return Interval(low, most if high is None else high), (pointer, facts.reason(pointer) or "absent")


def ends(licenses: Licenses, after: datetime, until: datetime) -> list[datetime]:
    """Return the times after ``after``, up to ``until``, at which one of the licenses expires."""
    found = set[datetime]()
    for item in licenses.items.values():
        span = time_span(item.get("expires_at"))
        found.update(end_time for end_time in span or () if after < end_time <= until)
    return sorted(found)


def _int(entry: Mapping[str, object], name: str) -> int | None:
    value = entry.get(name)
    return value if isinstance(value, int) else None
