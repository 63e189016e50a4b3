# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Derive facts from the HostFacts of one system at a given time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Dict, Iterator, List, Mapping, Optional, Sequence

from ..._facts import (
    ZONE,
    UnknownEntry,
)
from ..._interval import (
    DerivedTree,
)
from ..._pointer import split
from ..._time import End, Forever, as_utc, format_end
from ..catalog.catalog import Catalog
from ..reading.fact_reader import unite
from ..reading.holdings import PREINSTALLED_DAYS, Item
from ..reading.system import SystemFacts, read_system
from ..reading.zone_choices import Zoned, in_possible_zones
from ..reading.zones import times_without_zone, with_own_zone
from ..state.ledger import Ledger
from ..values.license_row import DEAD_STATUSES
from ..values.model import Kind
from ..values.periods import days_after, days_until, time_span
from .contradiction_rows import write_contradictions
from .effective import system_editions, write_effective
from .feature_facts import write_features
from .forecast import write_outlook
from .possible_facts import MOST_BECAUSE, Tree, merge_trees, span_entry
from .product_rows import RowWriter
from .totals import compare_totals


@dataclass(frozen=True)
class Derived:
    """Derived facts of a system at one time.

    ``facts`` is a tree with only the derived facts, nested as in HostFacts. ``unknown`` lists, by JSON
    pointer, each derived fact that is unknown: ``reason``, ``because`` (the pointers that would resolve it)
    and for numbers the certain bounds (``low``, ``high``). ``origins`` lists by pointer the licenses or raw
    facts that a value was derived from.
    """

    facts: Dict[str, object]
    unknown: Dict[str, UnknownEntry]
    origins: Dict[str, List[str]]


def derive(facts: Mapping[str, object], as_of: dt.datetime, catalog: Optional[Catalog] = None) -> Derived:
    """Return the derived facts of one system at ``as_of`` (an aware datetime).

    ``facts`` is a HostFacts tree with its ``unknown`` map. Missing and invalid values give *unknown* and
    never raise. The facts are derived in every zone in which a time without a zone may be; what differs is
    unknown with reason ``zone``. So is all that depends on times if there are too many zones to try. Raises
    LicensingError ``instant_naive`` for an ``as_of`` without an offset.
    """
    now = as_utc(as_of)
    catalog = catalog or Catalog.builtin()
    facts = with_own_zone(facts)
    zoned = in_possible_zones(facts, now)
    if not zoned.trees:
        return _derive(facts, now, catalog)
    found = [_derive(tree, now, catalog) for tree in zoned.trees]
    trees = [Tree(each.facts, each.unknown) for each in found]
    merged_facts, unknown = merge_trees(trees, [time.pointer for time in zoned.times])
    _withhold(merged_facts, unknown, zoned)
    return Derived(merged_facts, unknown, _united_origins(found, unknown))


def _withhold(facts: Dict[str, object], unknown: Dict[str, UnknownEntry], zoned: Zoned) -> None:
    """Mark the facts as unknown of which not every zone was tried."""
    because = [time.pointer for time in zoned.times[:MOST_BECAUSE]]
    for pointer in zoned.unproved:
        *above, name = split(pointer)
        parent = facts.get(above[0]) if above else facts
        if isinstance(parent, dict):
            parent.pop(name, None)
        for each in [each for each in unknown if each.startswith(pointer + "/")]:
            del unknown[each]
        unknown[pointer] = {"reason": ZONE, "because": list(because)}


def _united_origins(found: Sequence[Derived], unknown: Mapping[str, UnknownEntry]) -> Dict[str, List[str]]:
    origins: Dict[str, List[str]] = {}
    for each in found:
        for pointer, names in each.origins.items():
            if pointer not in unknown:
                origins[pointer] = list(dict.fromkeys((*origins.get(pointer, ()), *names)))
    return origins


def _derive(facts: Mapping[str, object], now: dt.datetime, catalog: Catalog) -> Derived:
    """Return the derived facts of a system whose times are in UTC; a time without a zone is unknown."""
    system = read_system(facts, now, catalog)
    snapshots = list(Ledger(system.holdings.counted, now, catalog, system.complete).snapshots())
    compared = compare_totals(system, snapshots, now, catalog)
    system, snapshots = compared.system, compared.snapshots
    writer = RowWriter(system, catalog, now)
    out = DerivedTree()
    write_effective(out, system, snapshots[0], writer, catalog, now, compared.end)
    write_outlook(out, system, snapshots, writer, now)
    write_features(out, system, snapshots[0], system_editions(system, snapshots[0]), catalog)
    _write_preinstalled(out, system, now)
    _write_terms(out, system)
    _write_catalog(out, system, catalog)
    _write_hot_standby(out, system)
    write_contradictions(out, system)
    return Derived(out.facts, out.unknown, out.origins)


def project_facts(
    facts: Mapping[str, object], as_of: dt.datetime, catalog: Optional[Catalog] = None
) -> Dict[str, object]:
    """Return HostFacts and derived facts as one tree with their ``unknown`` maps merged.

    The policy engine and templates read this tree. A time without a zone stays in it and is listed under
    ``unknown``. Lists and other values of ``facts`` are shared, not copied; ``facts`` itself is not changed.
    """
    facts = with_own_zone(facts)
    derived = derive(facts, as_of, catalog)
    tree = merged(facts, derived.facts)
    raw = facts.get("unknown")
    known = set(_pointers(derived.facts, ""))
    unknown: Dict[str, object] = {}
    if isinstance(raw, Mapping):
        # A listed fact that could be derived, such as the use of a feature from its hosts, is not unknown.
        unknown.update((pointer, reason) for pointer, reason in raw.items() if pointer not in known)
    unknown.update(derived.unknown)
    unknown.update(zone_entries(facts))
    tree["unknown"] = unknown
    return tree


def zone_entries(facts: Mapping[str, object]) -> Dict[str, UnknownEntry]:
    """Return the entry of each time of HostFacts without a zone, with ``earliest`` and ``latest``."""
    found: Dict[str, UnknownEntry] = {}
    for time in times_without_zone(facts):
        span = time_span(time.text)
        if span is not None:
            found[time.pointer] = span_entry(span)
    return found


def merged(base: Mapping[str, object], over: Mapping[str, object]) -> Dict[str, object]:
    """Return ``base`` with ``over`` merged over it recursively."""
    tree: Dict[str, object] = dict(base)
    for name, value in over.items():
        below = tree.get(name)
        if isinstance(value, Mapping) and isinstance(below, Mapping):
            tree[name] = merged(below, value)
        else:
            tree[name] = value
    return tree


def _pointers(tree: Mapping[str, object], above: str) -> Iterator[str]:
    for name, value in tree.items():
        pointer = "{0}/{1}".format(above, name)
        if isinstance(value, Mapping):
            yield from _pointers(value, pointer)
        else:
            yield pointer


def _write_preinstalled(out: DerivedTree, system: SystemFacts, now: dt.datetime) -> None:
    """Set the end of the preinstalled licenses: as reported, else first run + 180 days (R10)."""
    own = [item for item in system.items if item.license.kind is Kind.PREINSTALLED]
    of_unknown_kind = [item for item in system.items if item.license.kind is None]
    all_known = system.complete and not of_unknown_kind
    ends: List[End] = [item.reported_end for item in own if item.reported_end is not None]
    end: Optional[End] = None
    if all_known and own and len(ends) == len(own):
        end = min(ends, key=_sortable)
    elif all_known and not ends and system.first_run_at.value is not None:
        end = days_after(system.first_run_at.value, PREINSTALLED_DAYS)
    if end is None:
        cause = unite((system.list_cause, system.first_run_at.unknown))
        cause = cause or unite(cause for item in own + of_unknown_kind for cause in item.causes)
        out.miss("/preinstalled/ends_at", cause)
        out.miss("/preinstalled/days", cause)
        return
    origin = [item.license.id for item in own] or ["/preinstalled/first_run_at"]
    out.put("/preinstalled/ends_at", format_end(end), origin)
    out.put("/preinstalled/days", days_until(end, now), origin)


def _sortable(end: End) -> dt.datetime:
    return dt.datetime.max.replace(tzinfo=dt.timezone.utc) if isinstance(end, Forever) else end


def _write_terms(out: DerivedTree, system: SystemFacts) -> None:
    """List computed and reported ends of licenses with both, and their difference (R10, R12)."""
    if system.list_cause is not None:
        out.miss("/terms", system.list_cause)
        return
    rows: List[Dict[str, object]] = []
    for item in system.items:
        computed, reported = item.computed_end, item.reported_end
        if computed is None or not isinstance(reported, dt.datetime):
            continue
        rows.append(
            {
                "license": item.license.id,
                "computed_end": format_end(computed),
                "reported_end": format_end(reported),
                "differ_by_s": int((reported - computed).total_seconds()),
            }
        )
    out.put("/terms", rows, [str(row["license"]) for row in rows])


def _write_catalog(out: DerivedTree, system: SystemFacts, catalog: Catalog) -> None:
    """List unrecognized products, and products outside the scope of their family (R2, R27)."""
    without_product = [item for item in system.items if item.license.product is None]
    cause = unite((system.list_cause, *(cause for item in without_product for cause in item.causes)))
    held = {item.license.product for item in system.items if item.license.product is not None}
    # The second name is deprecated, and goes with version 1.0.
    for pointer in ("/catalog/unrecognized", "/catalog/unrecognised"):
        if cause is not None:
            out.miss(pointer, cause)
        else:
            out.put(pointer, list(system.holdings.unrecognised))
    if system.scope_cause is None:
        out.put("/catalog/out_of_scope", [])
    elif system.scope_cause.reason == "out_of_scope" and cause is None:
        rows = {ident: catalog.product(ident) for ident in held}
        out_of_scope = sorted(ident for ident, row in rows.items() if row is not None and row.family == "A")
        out.put("/catalog/out_of_scope", out_of_scope)
    else:
        out.miss("/catalog/out_of_scope", cause or system.scope_cause)


def _write_hot_standby(out: DerivedTree, system: SystemFacts) -> None:
    """List licenses that only one manager of a pair reports; a pair needs no extra license (R23)."""
    pointer = "/hot_standby/extra_licenses"
    if system.hot_standby.value == "none":
        out.put(pointer, [])
        return
    cause = unite((system.hot_standby.unknown, system.list_cause))
    if cause is not None:
        out.miss(pointer, cause)
        return
    managers = {manager for item in system.items for manager in item.managers}
    extra = [item.license.id for item in system.items if _alive(item) and _one_sided(item, len(managers))]
    out.put(pointer, sorted(extra), extra)


def _alive(item: Item) -> bool:
    return item.license.status not in DEAD_STATUSES


def _one_sided(item: Item, managers: int) -> bool:
    # A license without a reported manager is not one-sided: the pair is one client of its License Server.
    return managers > 1 and len(set(item.managers)) == 1
