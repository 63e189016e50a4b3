# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compute the supply of a pool: the quantity of a product after upgrades (R26)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from ....module_utils._interval import ANYTHING, NOTHING, Interval
from ....module_utils._licensing.catalog.catalog import Catalog
from ....module_utils._licensing.facts.derive import derive
from ....module_utils._licensing.values.model import LicenseClass
from ....module_utils._time import NEVER_TEXT, format_time, read_time
from ..base.pointer import MISSING, lookup
from ..facts.facts import Facts
from ..policy.model import VMS
from ..policy.pool_terms import Gap

ANY = "any"
NOW = "/effective/products"
_ENDED = frozenset(("expired", "uninstalled"))


class AllocationTerms(Protocol):
    """Where a part of a grant goes."""

    @property
    def system(self) -> str | None:
        """The system it goes to; None: not said."""

    @property
    def license_server(self) -> str | None:
        """The License Server it goes to; None: not said."""

    @property
    def quantity(self) -> int:
        """How many, in units of the product."""


class GrantTerms(Protocol):
    """What was bought with one certificate; ``begins`` and ``ends`` None are open."""

    @property
    def id(self) -> str:
        """The certificate."""

    @property
    def product(self) -> str:
        """The product that was bought."""

    @property
    def arch(self) -> str:
        """The architecture that it was bought for."""

    @property
    def kind(self) -> str:
        """Formal or temporary."""

    @property
    def quantity(self) -> int:
        """How many, in units of the product."""

    @property
    def begins(self) -> datetime | None:
        """When it begins; None: open."""

    @property
    def ends(self) -> datetime | None:
        """When it ends; None: open."""

    @property
    def allocations(self) -> Sequence[AllocationTerms]:
        """Where its parts go."""


@dataclass(frozen=True)
class Piece:
    """A quantity of one architecture (None: not known which)."""

    arch: str | None
    quantity: Interval
    gaps: tuple[Gap, ...] = ()
    pointer: str = NOW


@dataclass(frozen=True)
class Slice:
    """The supply from ``at`` on (empty: now). An ``open`` one has not been read; ``gaps`` say why."""

    at: str = ""
    pieces: tuple[Piece, ...] = ()
    open: bool = False
    gaps: tuple[Gap, ...] = ()

    def of(self, arch: str | None, by_arch: bool) -> tuple[Interval, list[Gap], str]:
        """The quantity for an architecture, or of all; what is not known of it; and where it stands."""
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
    """Licences as they are listed, by id; ``gaps`` by id and field; ``open``: there may be more."""

    items: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    gaps: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    open: bool = False
    because: tuple[Gap, ...] = ()

    def united(self, other: Licenses) -> Licenses:
        """Licences of either; one that both list counts once, and what they say differently is not known."""
        items, gaps = dict(self.items), dict(self.gaps)
        for ident, item in other.items.items():
            mine = items.get(ident)
            if mine is None:
                items[ident] = item
                if ident in other.gaps:
                    gaps[ident] = other.gaps[ident]
                continue
            missing = {**gaps.get(ident, {}), **other.gaps.get(ident, {})}
            for name in ("product", "arch", "kind", "quantity", "expires_at"):
                if mine.get(name) != item.get(name):
                    missing.setdefault(name, "type")
            items[ident] = {name: value for name, value in mine.items() if name not in missing}
            if missing:
                gaps[ident] = missing
        because = tuple(dict.fromkeys((*self.because, *other.because)))
        return Licenses(items, gaps, self.open or other.open, because)


def products_of(name: str, catalog: Catalog) -> frozenset[str]:
    """The products that a pool's ``product`` counts: ``vms`` are the three editions."""
    if name != VMS:
        return frozenset((name,))
    rows = catalog.products
    return frozenset(row.id for row in rows if row.license_class is LicenseClass.EDITION)


def listed(facts: Facts) -> Licenses:
    """The licences that a system lists."""
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
        said: Mapping[str, Any] = row if isinstance(row, dict) else {}
        if name in items:
            said, missing = _one_or_several(items[name], gaps.get(name, {}), said, missing)
        items[name] = said
        if missing:
            gaps[name] = missing
    incomplete = base in facts.incomplete
    return Licenses(items, gaps, incomplete, ((base, "absent"),) if incomplete else ())


def _one_or_several(
    one: Mapping[str, Any], its_gaps: Mapping[str, str], other: Mapping[str, Any], more: Mapping[str, str]
) -> tuple[Mapping[str, Any], dict[str, str]]:
    """Two rows of one id: one license if they say the same, else what of it they have in common.

    Of what could not be read it is not known whether it is the same.
    """
    if one == other and its_gaps == more and not {"type", "value"}.intersection(more.values()):
        return one, dict(more)
    differ = [name for name in {*one, *other} if one.get(name) != other.get(name)]
    missing = {**more, **its_gaps, **dict.fromkeys((*differ, "quantity", "assigned"), "conflict")}
    return {name: value for name, value in one.items() if name not in missing}, missing


def granted(grants: Iterable[GrantTerms], at: datetime, allocated_to: Mapping[str, str] | None) -> Licenses:
    """What was bought and holds at ``at``; with ``allocated_to`` only what goes there."""
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
    """The licences with all of their quantity, whoever holds it."""
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
    """The quantity of a product that these licences come to at ``at``, after the upgrades (decision 10)."""
    items, unknown = [], dict[str, dict[str, str]]()
    for index, ident in enumerate(sorted(licenses.items)):
        items.append({**licenses.items[ident], "id": ident})
        for name, reason in licenses.gaps.get(ident, {}).items():
            unknown[f"/licenses/items/{index}/{name}"] = {"reason": reason}
    tree = {
        "version": {"series": "7.0"},
        # What is needed does not count here.
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
    """The quantity of a product as its own licences say it, base and upgrade each for itself."""
    found = []
    for ident in sorted(licenses.items):
        item, missing = licenses.items[ident], licenses.gaps.get(ident, {})
        if item.get("product") not in (product, None) or item.get("status") in _ENDED:
            continue
        end = item.get("expires_at")
        instant = read_time(end) if isinstance(end, str) and end != NEVER_TEXT else None
        if instant is not None and instant <= at:
            continue
        quantity = item.get("quantity")
        known = isinstance(quantity, int) and "quantity" not in missing
        amount = Interval(quantity, quantity) if known and isinstance(quantity, int) else ANYTHING
        doubtful = [name for name in ("product", "quantity", "expires_at", "status") if name in missing]
        if end is None and item.get("kind") != "formal":
            doubtful.append("expires_at")
        if doubtful or item.get("product") is None:
            amount = amount.or_nothing()
        arch = item.get("arch", None if "arch" in missing else ANY)
        gaps = tuple((f"/licenses/items ({ident})", missing.get(name, "absent")) for name in doubtful)
        found.append(Piece(arch, amount, gaps, "/licenses/items"))
    return Slice(pieces=tuple(found), open=licenses.open, gaps=licenses.because)


def in_force(facts: Facts, product: str, until: datetime | None, catalog: Catalog) -> tuple[Slice, ...]:
    """What a system can use now, and after each coming lapse before ``until``."""
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
        instant = read_time(at) if isinstance(at, str) else None
        if instant is not None and instant <= until:
            found = pieces(facts, f"/forecast/{index}/products", product, catalog)
            slices.append(replace(found, at=format_time(instant)))
    return tuple(slices)


def pieces(facts: Facts, base: str, product: str, catalog: Catalog) -> Slice:
    """The quantities of a product that a list of products (``effective.products``) holds, by architecture."""
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
            # It may be what is asked for.
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
    """The number at ``pointer``; one that is not known is within what is certain, else what is declared."""
    value = facts.value(pointer)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return Interval(value, value), None
    low, high = facts.bounds.get(pointer, (None, None))
    low = max(low or 0, least or 0)
    return Interval(low, most if high is None else high), (pointer, facts.reason(pointer) or "absent")


def ends(licenses: Licenses, after: datetime, until: datetime) -> list[datetime]:
    """The instants at which one of these licences lapses."""
    found = set()
    for item in licenses.items.values():
        text = item.get("expires_at")
        instant = read_time(text) if isinstance(text, str) and text != NEVER_TEXT else None
        if instant is not None and after < instant <= until:
            found.add(instant)
    return sorted(found)


def _int(entry: Mapping[str, object], name: str) -> int | None:
    value = entry.get(name)
    return value if isinstance(value, int) else None
