# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the rows and the supply that one fact set contributes to a pool, independent of its subject."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from ....module_utils._interval import ANYTHING, Interval, exactly, hull, one_or_several
from ....module_utils._licensing.catalog.catalog import Catalog
from ....module_utils._pointer import MISSING, join, lookup, split
from ..base.canonical_json import canonical
from ..constraints.evaluate import evaluate
from ..constraints.three_valued import Truth
from ..facts.fact_table import Node
from ..facts.facts import Facts
from ..policy.model import ASSIGNED, IN_FORCE, INSTALLED, SUBJECT, Pool
from ..policy.pool_terms import Gap
from . import supply
from .other_sockets import with_other_sockets
from .pool_row import SELF, PoolRow
from .purchase import EditionProducts, find_edition_products
from .supply import Licenses, Slice

#: Unknown reasons of values that are present but could not be parsed.
_UNREAD = frozenset(("type", "value"))


@dataclass(frozen=True)
class PoolSheet:
    """Rows and supply of one fact set in a pool. ``keys`` are the system's own group keys (None: unknown).

    ``slices`` is the supply that the fact set reports. ``licenses`` is its license list, for a pool that
    merges the lists of several systems. ``texts`` are the facts that the pool's messages quote. Values that
    only findings use are computed from ``facts`` on first access, or were ``stored``.
    """

    rows: tuple[PoolRow, ...] = ()
    keys: tuple[str | None, ...] = ()
    key_gaps: tuple[Gap, ...] = ()
    slices: tuple[Slice, ...] = ()
    licenses: Licenses = field(default_factory=Licenses)
    texts: dict[str, Any] = field(default_factory=dict)
    product: str = ""
    as_of: datetime | None = None
    facts: Facts | None = field(default=None, compare=False, repr=False)
    stored: tuple[EditionProducts, dict[str, tuple[str, ...]], dict[str, list[dict[str, Any]]]] | None = (
        field(default=None, compare=False)
    )
    catalog: Catalog = field(default=Catalog.builtin(), compare=False, repr=False)

    @cached_property
    def edition_products(self) -> EditionProducts:
        """Products that give the system its edition."""
        if self.stored is not None or self.facts is None:
            return self.stored[0] if self.stored else EditionProducts({})
        return find_edition_products(self.facts, self.product, self.as_of, self.catalog)

    @cached_property
    def settled_by(self) -> dict[str, tuple[str, ...]]:
        """By pointer of an unknown fact, the facts that it is derived from."""
        if self.stored is not None or self.facts is None:
            return self.stored[1] if self.stored else {}
        found = {}
        for pointer in sorted({pointer for pointer, _reason in self.gaps()}):
            others = [name for name in self.facts.because.get(pointer, ()) if name != pointer]
            if others:
                found[pointer] = tuple(sorted(others))
        return found

    @cached_property
    def unread(self) -> dict[str, list[dict[str, Any]]]:
        """By pointer of an unknown fact, the values behind it that are present but could not be parsed."""
        if self.stored is not None or self.facts is None:
            return self.stored[2] if self.stored else {}
        pointers = sorted({pointer for pointer, _reason in self.gaps()}) if self.facts.unread else ()
        found = {pointer: self.facts.unread_among((pointer,)) for pointer in pointers}
        return {pointer: values for pointer, values in found.items() if values}

    def gaps(self) -> Iterator[Gap]:
        """Yield all unknown facts of the sheet."""
        yield from self.key_gaps
        yield from self.licenses.because
        for row in self.rows:
            yield from row.gaps
        for each in self.slices:
            yield from each.gaps
            for piece in each.pieces:
                yield from piece.gaps


def pool_sheet(
    pool: Pool, facts: Facts, table: Node, as_of: datetime, until: datetime | None
) -> PoolSheet | None:
    """Return the rows and supply of ``facts`` in ``pool``; None if the pool does not apply."""
    applies = evaluate(pool.applies, facts, as_of)
    if applies.truth is Truth.FAIL:
        return None
    reader = _Rows(pool, facts, table, as_of)
    rows = with_other_sockets(pool, facts, list(reader.rows()))
    if applies.truth is Truth.UNKNOWN:
        because = tuple((pointer, facts.reason(pointer) or "type") for pointer in applies.unknown)
        rows = [_uncertain(row, because) for row in rows]
    keys, key_gaps = reader.keys()
    slices: tuple[Slice, ...] = ()
    licenses = Licenses()
    if pool.source == IN_FORCE:
        slices = supply.in_force(facts, pool.product, until, pool.catalog)
    elif pool.source in (ASSIGNED, INSTALLED):
        licenses = supply.listed(facts)
        licenses = supply.whole(licenses) if pool.source == INSTALLED else licenses
    texts = {}
    for pointer in pool.quoted:
        found = facts.value(pointer)
        if found is not MISSING:
            texts[pointer] = found
    return PoolSheet(
        tuple(rows), keys, key_gaps, slices, licenses, texts, pool.product, as_of, facts, catalog=pool.catalog
    )


def _uncertain(row: PoolRow, because: tuple[Gap, ...]) -> PoolRow:
    gaps = tuple(dict.fromkeys((*row.gaps, *because)))
    return PoolRow(
        row.identity,
        row.key,
        row.demand.or_nothing(),
        gaps,
        row.place,
        row.added_at,
        row.whole,
        True,
    )


class _Rows:
    def __init__(self, pool: Pool, facts: Facts, table: Node, as_of: datetime) -> None:
        self._pool = pool
        self._facts = facts
        self._table = table
        self._as_of = as_of
        self._base = "" if pool.rows == "." else pool.rows

    def rows(self) -> Iterator[PoolRow]:
        """Yield a row for each item, and a placeholder row if the list may be incomplete."""
        facts, base = self._facts, self._base
        listed = lookup(facts.tree, base) if base else [facts.tree]
        readable = not facts.reason(base) or base in facts.incomplete
        if readable and isinstance(listed, list):
            places = [f"{base}/{index}" if base else "" for index in range(len(listed))]
            yield from self._listed(places)
            if base not in facts.incomplete:
                return
        key = tuple(SELF if name == SUBJECT else None for name in self._pool.group_by)
        gaps = ((base, facts.reason(base) or "absent"),)
        yield PoolRow(None, key, ANYTHING, gaps, base, "", True, True)

    def keys(self) -> tuple[tuple[str | None, ...], tuple[Gap, ...]]:
        """Return the system's own values of the group keys except subject, architecture and product."""
        found: list[str | None] = []
        gaps: list[Gap] = []
        for name in self._pool.group_by:
            if name in (SUBJECT, "arch", "product"):
                found.append(SELF)
                continue
            value, gap = self._text("", name)
            found.append(value)
            if gap is not None:
                gaps.append(gap)
        return tuple(found), tuple(gaps)

    def _listed(self, places: list[str]) -> Iterator[PoolRow]:
        places_by_identity: dict[tuple[str, ...] | str, list[str]] = {}
        for place in places:
            identity = self._identity(place)
            places_by_identity.setdefault(place if identity is None else identity, []).append(place)
        for name, found in places_by_identity.items():
            distinct = (
                found if len(found) == 1 else list({self._content(each): each for each in found}.values())
            )
            row = self._row(distinct, None if isinstance(name, str) else name)
            if row is not None:
                yield row

    def _content(self, place: str) -> str:
        """Return the content of a row for comparison; a row that was not fully parsed equals no other row."""
        below = self._unknown.get(place, {})
        own = place if _UNREAD.intersection(below.values()) else ""
        return canonical([own, lookup(self._facts.tree, place), below])

    @cached_property
    def _unknown(self) -> dict[str, dict[str, str]]:
        """The unknown facts of each row, by the row's pointer."""
        found: dict[str, dict[str, str]] = {}
        start = len(self._base) + 1
        for name, reason in self._facts.unknown.items():
            if name.startswith(self._base + "/"):
                place = name[:start] + name[start:].partition("/")[0]
                found.setdefault(place, {})[name[len(place) :]] = reason
        return found

    def _row(self, places: list[str], identity: tuple[str, ...] | None) -> PoolRow | None:
        """Return one row of the list. Differing rows with one identity may be one item or several items."""
        gaps = list[Gap]()
        truths, demands, keys, added = [], [], [], []
        for place in places:
            truth, because = self._counts(place)
            truths.append(truth)
            gaps.extend(because)
        if all(truth is Truth.FAIL for truth in truths):
            return None
        for place in places:
            demand, missing = self._demand(place)
            demands.append(demand)
            key, key_gaps = self._key(place)
            keys.append(key)
            gaps.extend((*missing, *key_gaps))
            added_at = self._facts.value(place + "/added_at") if place else MISSING
            added.append(added_at if isinstance(added_at, str) else "")
        if len(places) > 1:
            gaps.extend((place, "conflict") for place in places)
        demand = self._merged_demand(demands)
        maybe = any(truth is not Truth.PASS for truth in truths)
        return PoolRow(
            identity,
            tuple(values[0] if len(set(values)) == 1 else None for values in zip(*keys, strict=True)),
            demand.or_nothing() if maybe else demand,
            tuple(dict.fromkeys(gaps)),
            places[0],
            added[0] if len(set(added)) == 1 else "",
            False,
            maybe,
        )

    def _merged_demand(self, demands: list[Interval]) -> Interval:
        if len(demands) > 1 and self._pool.aggregate in ("sum", "count"):
            return one_or_several(demands)
        # The minimum or maximum is the value of one of the rows, so the number of items does not matter.
        found = demands[0]
        for demand in demands[1:]:
            found = hull(found, demand)
        return found

    def _counts(self, place: str) -> tuple[Truth, list[Gap]]:
        """Return whether a row counts in the pool, and the unknown facts behind an unknown result."""
        if self._pool.where is True:
            return Truth.PASS, []
        outcome = evaluate(self._pool.where, self._facts, self._as_of, place)
        if outcome.truth is not Truth.UNKNOWN:
            return outcome.truth, []
        return outcome.truth, [(name, self._facts.reason(name) or "type") for name in outcome.unknown]

    def _demand(self, place: str) -> tuple[Interval, list[Gap]]:
        if self._pool.aggregate == "count":
            return exactly(1), []
        return self._pool.term.evaluate(lambda name: self._number(place, name))

    def _key(self, place: str) -> tuple[list[str | None], list[Gap]]:
        key, gaps = list[str | None](), list[Gap]()
        for name in self._pool.group_by:
            value, gap = self._text(place, name)
            key.append(value)
            if value is None and gap is not None:
                gaps.append(gap)
        return key, gaps

    def _identity(self, place: str) -> tuple[str, ...] | None:
        names = [name for name in self._pool.count_once_by if name != SUBJECT]
        if not self._base:
            names = [name for name in names if name != "id"]
        values = [self._text(place, name)[0] for name in names]
        known = [value for value in values if value is not None]
        return tuple(known) if len(known) == len(values) else None

    def _number(self, place: str, name: str) -> tuple[Interval, Gap | None]:
        steps = name.split(".")
        pointer = place + join(steps)
        node = self._table.find([*split(place), *steps])
        if node is None and place:
            pointer, node = join(steps), self._table.find(steps)
        least = node.minimum if node is not None else None
        most = node.maximum if node is not None else None
        return supply.count(self._facts, pointer, least, most)

    def _text(self, place: str, name: str) -> tuple[str | None, Gap | None]:
        if name == SUBJECT:
            return SELF, None
        # The row's own fact takes precedence over the system's.
        own = join(name.split("."))
        for pointer in dict.fromkeys((place + own, own)):
            reason = self._facts.reason(pointer)
            value = MISSING if reason else self._facts.value(pointer)
            if isinstance(value, str):
                return value, None
            if reason:
                return None, (pointer, reason)
        return None, (place + own, "absent")
