# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""``forecast[]`` and ``login.*``: what each coming lapse does (R6, R17, R20, R22; decisions 13, 15, 16)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Dict, List, Optional, Sequence, Tuple

from .catalog import Catalog
from .effective import Editions, edition_cause, edition_name, possible_editions
from .entitlement import Snapshot
from .holdings import EDITION_GROUP, Holding, Item
from .instants import NEVER, Forever, days_until, show_end
from .interval import Interval, missing, total
from .model import ARCHES, Kind
from .output import Output, UnknownEntry, entry, every
from .reader import Fact, Unknown, known, unite
from .rowfacts import RowWriter, number, spread
from .system import System

LOGIN = ("/login/interrupted_at", "/login/days", "/login/covered", "/login/missing_after")


@dataclass(frozen=True)
class Interruption:
    """The lapse that ends login: certain, or only possible because of what is not known (decision 15)."""

    snapshot: Snapshot
    certain: bool


def sockets_missing(system: System, snapshot: Snapshot) -> Interval:
    """CPU sockets without a licence, summed over the architectures (R31)."""
    return total(missing(system.demand.sockets[arch], snapshot.editions(arch).quantity) for arch in ARCHES)


def interrupts(snapshot: Snapshot) -> Optional[bool]:
    """Three values: does an edition or upgrade licence lapse at this instant (decision 15)?"""
    own = [holding for holding in snapshot.ended if EDITION_GROUP in holding.groups]
    if any(_surely_counts(holding) for holding in own):
        return True
    return None if own else False


def _surely_counts(holding: Holding) -> bool:
    # A preinstalled one is only among the ended if nothing certain silences it.
    return holding.certain and len(holding.groups) == 1


def write_outlook(
    out: Output, system: System, snapshots: Sequence[Snapshot], writer: RowWriter, as_of: dt.datetime
) -> None:
    """Put ``forecast`` and ``login.*``. ``snapshots`` are those of a Ledger: now, then each coming lapse."""
    if system.scope_cause is not None and not system.login_refused:
        out.lack("/login/state", system.scope_cause)
    else:
        state = login_state(system, as_of)
        out.maybe("/login/state", state.value, state.unknown, system.ids_of(EDITION_GROUP))
    cause = system.scope_cause or system.list_cause
    if cause is not None:
        for pointer in (*LOGIN, "/forecast"):
            out.lack(pointer, cause)
        return
    _write_forecast(out, system, snapshots, writer)
    _write_login(out, system, snapshots, as_of)


def open_ends(system: System, group: Optional[str] = None) -> Optional[Unknown]:
    """Why further lapses are possible: licences whose end is not known."""
    return unite(
        cause
        for holding in system.holdings.counted
        if holding.end is None and (group is None or group in holding.groups)
        for cause in holding.causes or (Unknown("absent", ("/licenses/items",)),)
    )


def _write_forecast(out: Output, system: System, snapshots: Sequence[Snapshot], writer: RowWriter) -> None:
    cause = open_ends(system)
    if cause is not None:
        out.lack("/forecast", cause)
        return
    entries: List[Dict[str, object]] = []
    why = edition_cause(system)
    for index, snapshot in enumerate(snapshots[1:]):
        pointer = "/forecast/{0}".format(index)
        unknown: Dict[str, UnknownEntry] = {}
        editions = possible_editions(snapshot)
        edition = next(iter(editions)) if len(editions) == 1 else None
        fields: Dict[str, object] = {
            "at": show_end(snapshot.at),
            "ends": [holding.id for holding in snapshot.ended],
        }
        balanced = every(
            balance.upgrades_ok
            for balance in (snapshot.editions(arch).balance for arch in ARCHES)
            if balance is not None
        )
        _put(fields, unknown, "edition", edition_name(edition) if len(editions) == 1 else None, why)
        _put(fields, unknown, "upgrades_ok", balanced, why)
        _put(fields, unknown, "login_interrupted", interrupts(snapshot), why)
        lacking = sockets_missing(system, snapshot)
        number(fields, unknown, "missing", lacking, unite((system.demand_cause, why)))
        fields["products"] = spread(writer.rows(snapshot, edition), pointer + "/products", out.unknown)
        for name, reason in unknown.items():
            out.unknown["{0}/{1}".format(pointer, name)] = reason
        entries.append(fields)
    out.put("/forecast", entries, [holding.id for snap in snapshots[1:] for holding in snap.ended])


def _put(
    fields: Dict[str, object],
    unknown: Dict[str, UnknownEntry],
    name: str,
    value: Optional[object],
    cause: Optional[Unknown],
) -> None:
    if value is None:
        unknown[name] = entry(cause)
    else:
        fields[name] = value


def interruption(snapshots: Sequence[Snapshot]) -> Tuple[Optional[Snapshot], Optional[Snapshot]]:
    """Return the first lapse that certainly interrupts login, and an earlier one that only may."""
    perhaps: Optional[Snapshot] = None
    for snapshot in snapshots[1:]:
        verdict = interrupts(snapshot)
        if verdict:
            return snapshot, perhaps
        if verdict is None and perhaps is None:
            perhaps = snapshot
    return None, perhaps


def _write_login(out: Output, system: System, snapshots: Sequence[Snapshot], as_of: dt.datetime) -> None:
    certain, perhaps = interruption(snapshots)
    open_cause = open_ends(system, EDITION_GROUP)
    if perhaps is not None or open_cause is not None:
        cause = open_cause or system.cause_of(EDITION_GROUP)
        low = None if perhaps is None or open_cause is not None else _days(perhaps.at, as_of)
        high = None if certain is None else _days(certain.at, as_of)
        for pointer in LOGIN:
            out.lack(pointer, cause)
        out.lack("/login/days", cause, low, high)
        return
    if certain is None:
        # Nothing ends, so nothing has to cover it.
        out.put("/login/interrupted_at", NEVER.value)
        out.put("/login/days", NEVER.value)
        out.put("/login/covered", True)
        out.put("/login/missing_after", 0)
        return
    origin = [holding.id for holding in certain.ended if EDITION_GROUP in holding.groups]
    out.put("/login/interrupted_at", show_end(certain.at), origin)
    out.put("/login/days", days_until(certain.at, as_of), origin)
    after = sockets_missing(system, certain)
    cause = unite((system.demand_cause, system.cause_of(EDITION_GROUP)))
    out.number("/login/missing_after", after, cause, origin)
    out.maybe("/login/covered", _covered(system, snapshots[0], certain), cause, origin)


def _covered(system: System, before: Snapshot, after: Snapshot) -> Optional[bool]:
    """After the lapse the edition is the same and quantity ≥ sockets, per architecture (decision 15)."""
    verdicts = [_same(possible_editions(before), possible_editions(after))]
    for arch in ARCHES:
        old, new = before.editions(arch), after.editions(arch)
        lacking = missing(system.demand.sockets[arch], new.quantity)
        verdicts.append(False if lacking.low > 0 else True if lacking.exact == 0 else None)
        if arch in system.demand.possible and old.balance is not None and new.balance is not None:
            verdicts.append(_same(old.balance.possible_lowest, new.balance.possible_lowest))
    return every(verdicts)


def _same(left: Editions, right: Editions) -> Optional[bool]:
    if not left & right:
        return False
    return True if len(left) == 1 and left == right else None


def _days(end: dt.datetime, as_of: dt.datetime) -> int:
    return int((end - as_of).total_seconds() // 86400)


def login_state(system: System, as_of: dt.datetime) -> Fact[str]:
    """``refused`` after a lapse and before a later fetch (R20, R22, decision 16), else ``ok``."""
    if system.login_refused:
        return known("refused")
    lapsed, open_causes = _lapsed(system, as_of)
    fetched = system.fetched_at
    since = [item for item in lapsed if fetched.value is not None and _held_at(item, fetched.value)]
    if since or (lapsed and system.never_fetched):
        return known("refused")
    if lapsed and fetched.value is None:
        return Fact(None, fetched.unknown)
    cause = unite((system.list_cause, *open_causes))
    return known("ok") if cause is None else Fact(None, cause)


def _held_at(item: Item, fetched: dt.datetime) -> bool:
    end, installed = item.license.expires_at, item.license.installed_at
    # What was installed later was not fetched, unless the server says that the system holds it.
    fetched_with_it = installed is None or installed <= fetched or bool(item.license.assigned)
    return isinstance(end, dt.datetime) and fetched < end and fetched_with_it


def _lapsed(system: System, as_of: dt.datetime) -> Tuple[List[Item], List[Unknown]]:
    """Edition and upgrade licences whose end has come; preinstalled ones that stood alone (decision 15)."""
    catalog = Catalog.builtin()
    own: List[Item] = []
    for item in system.items:
        product = catalog.product(item.license.product)
        uninstalled = item.license.status is not None and item.license.status.value == "uninstalled"
        if product is not None and product.feature is None and item.amount.possible and not uninstalled:
            own.append(item)
    others = [item for item in own if item.license.kind is not Kind.PREINSTALLED]
    lapsed: List[Item] = []
    causes: List[Unknown] = []
    for item in own:
        end = item.license.expires_at
        if end is None:
            causes.extend(item.causes or (Unknown("absent", (item.pointer + "/expires_at",)),))
        elif not isinstance(end, Forever) and end <= as_of:
            if item.license.kind is Kind.PREINSTALLED and any(_outlives(other, end) for other in others):
                continue
            if item.certain:
                lapsed.append(item)
            else:
                causes.extend(item.causes)
    group = system.group_causes.get(EDITION_GROUP)
    if group is not None and any(len(holding.groups) > 1 for holding in system.holdings.counted):
        causes.append(group)
    return lapsed, causes


def _outlives(item: Item, end: dt.datetime) -> bool:
    other = item.license.expires_at
    return other is not None and (isinstance(other, Forever) or other > end)
