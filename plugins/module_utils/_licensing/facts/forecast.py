# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""``forecast[]`` and ``login.*``: what each coming lapse does (R6, R17, R20, R22; decisions 13, 15, 16)."""

from __future__ import annotations

import datetime as dt
from typing import Dict, Iterator, List, Optional, Sequence, Tuple

from ..._interval import Interval, missing, total
from ..._time import NEVER, Forever, days_until, format_end, whole_days
from ..reading.fact_reader import Fact, Unknown, known, unite
from ..reading.holdings import EDITION_GROUP, Item
from ..reading.system import SystemFacts
from ..state.ledger import Snapshot
from ..values.model import ARCHES, Kind, LicenseClass, Login, Status
from .builder import Output, UnknownEntry, any_of, entry, every
from .effective import edition_cause, edition_name, possible_editions
from .product_rows import Editions, RowWriter, number, spread

LOGIN = ("/login/interrupted_at", "/login/days", "/login/covered", "/login/missing_after")


def sockets_missing(system: SystemFacts, snapshot: Snapshot) -> Interval:
    """CPU sockets without a license, summed over the architectures (R31)."""
    return total(missing(system.demand.sockets[arch], snapshot.editions(arch).quantity) for arch in ARCHES)


def interrupts(snapshot: Snapshot) -> Optional[bool]:
    """Three values: does an edition or upgrade license lapse at this instant (decision 15)?"""
    if any(EDITION_GROUP in holding.groups for holding in snapshot.certainly_ended):
        return True
    return None if any(EDITION_GROUP in holding.groups for holding in snapshot.ended) else False


def write_outlook(
    out: Output, system: SystemFacts, snapshots: Sequence[Snapshot], writer: RowWriter, as_of: dt.datetime
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


def open_ends(system: SystemFacts, group: Optional[str] = None) -> Optional[Unknown]:
    """Why further lapses are possible: licenses whose end is not known."""
    return unite(
        cause
        for holding in system.holdings.counted
        if holding.end is None and (group is None or group in holding.groups)
        for cause in holding.causes or (Unknown("absent", ("/licenses/items",)),)
    )


def _write_forecast(
    out: Output, system: SystemFacts, snapshots: Sequence[Snapshot], writer: RowWriter
) -> None:
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
            "at": format_end(snapshot.at),
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
        fields["products"] = spread(writer.rows(snapshot, editions), pointer + "/products", out.unknown)
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


def _write_login(out: Output, system: SystemFacts, snapshots: Sequence[Snapshot], as_of: dt.datetime) -> None:
    certain, perhaps = interruption(snapshots)
    open_cause = open_ends(system, EDITION_GROUP)
    if perhaps is not None or open_cause is not None:
        cause = open_cause or system.cause_of(EDITION_GROUP)
        low = None if perhaps is None or open_cause is not None else whole_days(perhaps.at, as_of)
        high = None if certain is None else whole_days(certain.at, as_of)
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
    out.put("/login/interrupted_at", format_end(certain.at), origin)
    out.put("/login/days", days_until(certain.at, as_of), origin)
    after = sockets_missing(system, certain)
    cause = unite((system.demand_cause, system.cause_of(EDITION_GROUP)))
    out.number("/login/missing_after", after, cause, origin)
    out.maybe("/login/covered", _covered(system, snapshots[0], certain), cause, origin)


def _covered(system: SystemFacts, before: Snapshot, after: Snapshot) -> Optional[bool]:
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


def login_state(system: SystemFacts, as_of: dt.datetime) -> Fact[str]:
    """``refused`` after a lapse and before a later fetch (R20, R22, decision 16), else ``ok``.

    A login that was stated and cannot be read is not ``ok``, whatever the licenses say.
    """
    if system.login_refused:
        return known(Login.REFUSED.value)
    lapsed, open_causes = _lapsed(system, as_of)
    fetched = system.fetched_at
    since = [item for item in lapsed if fetched.value is not None and _held_at(item, fetched.value)]
    if since or (lapsed and system.never_fetched):
        return known(Login.REFUSED.value)
    if system.login is not None and system.login.unknown is not None:
        return Fact(None, system.login.unknown)
    if lapsed and fetched.value is None:
        return Fact(None, fetched.unknown)
    cause = unite((system.list_cause, *open_causes))
    return known(Login.OK.value) if cause is None else Fact(None, cause)


def _held_at(item: Item, fetched: dt.datetime) -> bool:
    end, installed = item.license.expires_at, item.license.installed_at
    # What was installed later was not fetched, unless the server says that the system holds it.
    fetched_with_it = installed is None or installed <= fetched or bool(item.license.assigned)
    return isinstance(end, dt.datetime) and fetched < end and fetched_with_it


def _lapsed(system: SystemFacts, as_of: dt.datetime) -> Tuple[List[Item], List[Unknown]]:
    """Edition and upgrade licenses whose end has come; preinstalled ones that stood alone (decision 15).

    Second, why there may be others: unknown ends, kinds or products.
    """
    own = [(item, is_own) for item, is_own in _edition_items(system) if is_own is not False]
    lapsed: List[Item] = []
    is_open = False
    for item, is_own in own:
        end = item.license.expires_at
        if end is not None and (isinstance(end, Forever) or end > as_of):
            continue
        counted: Optional[bool] = True if item.certain and end is not None and is_own else None
        if item.license.kind is None:
            counted = None
        elif item.license.kind is Kind.PREINSTALLED and end is not None:
            silent = any_of(_outlives(other, certain, end) for other, certain in own if other is not item)
            if silent:
                counted = False
            elif silent is None or not system.complete:
                counted = None  # a license that is not listed may have silenced it
        if counted:
            lapsed.append(item)
        elif counted is None:
            is_open = True
    if not is_open:
        return lapsed, []
    causes = [cause for item, _is_own in own for cause in item.causes]
    causes.extend(Unknown("absent", (item.pointer + "/product",)) for item, is_own in own if is_own is None)
    return lapsed, causes


def _edition_items(system: SystemFacts) -> Iterator[Tuple[Item, Optional[bool]]]:
    """Licenses that the system had, and whether they are editions or upgrades (None: not recognised)."""
    for item in system.items:
        if not item.amount.possible or item.license.status is Status.UNINSTALLED:
            continue
        product = system.catalog.product(item.license.product)
        yield item, None if product is None else product.license_class is not LicenseClass.FEATURE


def _outlives(item: Item, is_own: Optional[bool], end: dt.datetime) -> Optional[bool]:
    """Three values: was another license, and no preinstalled one, still alive at ``end``?"""
    other = item.license.expires_at
    if item.license.kind is Kind.PREINSTALLED:
        return False
    if other is not None and not isinstance(other, Forever) and other <= end:
        return False
    return True if is_own and other is not None and item.certain and item.license.kind is not None else None
