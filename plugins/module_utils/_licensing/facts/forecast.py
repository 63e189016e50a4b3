# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Derive ``forecast[]`` and ``login.*``: the effects of future license expiries (R6, R17, R20, R22)."""

from __future__ import annotations

import datetime as dt
from typing import Dict, Iterator, List, Optional, Sequence, Tuple

from ..._facts import (
    UnknownEntry,
)
from ..._interval import (
    DerivedTree,
    Interval,
    Unknown,
    kleene_and,
    kleene_or,
    missing,
    put_number,
    total,
    unknown_entry,
)
from ..._time import NEVER, Forever, format_end
from ..reading.fact_reader import Fact, known, unite
from ..reading.holdings import EDITION_GROUP, Item
from ..reading.system import SystemFacts
from ..state.ledger import Snapshot
from ..values.license_row import Login, Status
from ..values.model import ARCHES, Kind, LicenseClass
from ..values.periods import days_until, whole_days
from .effective import edition_cause, edition_name, possible_editions
from .product_rows import Editions, RowWriter, number, spread

LOGIN = ("/login/interrupted_at", "/login/days", "/login/covered", "/login/missing_after")


def sockets_missing(system: SystemFacts, snapshot: Snapshot) -> Interval:
    """Return the number of CPU sockets without a license, summed over the architectures (R31)."""
    return total(missing(system.demand.sockets[arch], snapshot.editions(arch).quantity) for arch in ARCHES)


def interrupts(snapshot: Snapshot) -> Optional[bool]:
    """Return whether an edition or upgrade license expires at this time (R20); None if unknown."""
    if any(EDITION_GROUP in holding.groups for holding in snapshot.certainly_ended):
        return True
    return None if any(EDITION_GROUP in holding.groups for holding in snapshot.ended) else False


def write_outlook(
    out: DerivedTree,
    system: SystemFacts,
    snapshots: Sequence[Snapshot],
    writer: RowWriter,
    as_of: dt.datetime,
) -> None:
    """Set ``forecast`` and ``login.*``. ``snapshots`` are those of a Ledger: now and each future expiry."""
    if system.scope_cause is not None and not system.login_refused:
        out.miss("/login/state", system.scope_cause)
    else:
        state = login_state(system, as_of)
        out.put_or_miss("/login/state", state.value, state.unknown, system.ids_of(EDITION_GROUP))
    cause = system.scope_cause or system.list_cause
    if cause is not None:
        for pointer in (*LOGIN, "/forecast"):
            out.miss(pointer, cause)
        return
    _write_forecast(out, system, snapshots, writer)
    _write_login(out, system, snapshots, as_of)


def open_ends(system: SystemFacts, group: Optional[str] = None) -> Optional[Unknown]:
    """Return why further expiries are possible: licenses whose end is unknown."""
    return unite(
        cause
        for holding in system.holdings.counted
        if holding.end is None and (group is None or group in holding.groups)
        for cause in holding.causes or (Unknown("absent", ("/licenses/items",)),)
    )


def _write_forecast(
    out: DerivedTree, system: SystemFacts, snapshots: Sequence[Snapshot], writer: RowWriter
) -> None:
    cause = open_ends(system)
    if cause is not None:
        out.miss("/forecast", cause)
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
        balanced = kleene_and(
            balance.upgrades_ok
            for balance in (snapshot.editions(arch).balance for arch in ARCHES)
            if balance is not None
        )
        _set_or_unknown(
            fields, unknown, "edition", edition_name(edition) if len(editions) == 1 else None, why
        )
        _set_or_unknown(fields, unknown, "upgrades_ok", balanced, why)
        _set_or_unknown(fields, unknown, "login_interrupted", interrupts(snapshot), why)
        shortage = sockets_missing(system, snapshot)
        number(fields, unknown, "missing", shortage, unite((system.demand_cause, why)))
        fields["products"] = spread(writer.rows(snapshot, editions), pointer + "/products", out.unknown)
        for name, reason in unknown.items():
            out.unknown["{0}/{1}".format(pointer, name)] = reason
        entries.append(fields)
    out.put("/forecast", entries, [holding.id for snap in snapshots[1:] for holding in snap.ended])


def _set_or_unknown(
    fields: Dict[str, object],
    unknown: Dict[str, UnknownEntry],
    name: str,
    value: Optional[object],
    cause: Optional[Unknown],
) -> None:
    if value is None:
        unknown[name] = unknown_entry(cause)
    else:
        fields[name] = value


def interruption(snapshots: Sequence[Snapshot]) -> Tuple[Optional[Snapshot], Optional[Snapshot]]:
    """Return the first expiry that certainly interrupts login, and the first earlier one that may."""
    possible: Optional[Snapshot] = None
    for snapshot in snapshots[1:]:
        verdict = interrupts(snapshot)
        if verdict:
            return snapshot, possible
        if verdict is None and possible is None:
            possible = snapshot
    return None, possible


def _write_login(
    out: DerivedTree, system: SystemFacts, snapshots: Sequence[Snapshot], as_of: dt.datetime
) -> None:
    certain, possible = interruption(snapshots)
    open_cause = open_ends(system, EDITION_GROUP)
    if possible is not None or open_cause is not None:
        cause = open_cause or system.cause_of(EDITION_GROUP)
        low = None if possible is None or open_cause is not None else whole_days(possible.at, as_of)
        high = None if certain is None else whole_days(certain.at, as_of)
        for pointer in LOGIN:
            out.miss(pointer, cause)
        out.miss("/login/days", cause, low, high)
        return
    if certain is None:
        # Without an end of an edition license, login is never interrupted.
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
    put_number(out, "/login/missing_after", after, cause, origin)
    out.put_or_miss("/login/covered", _covered(system, snapshots[0], certain), cause, origin)


def _covered(system: SystemFacts, before: Snapshot, after: Snapshot) -> Optional[bool]:
    """Return whether the edition stays the same and quantity ≥ sockets after the expiry, per architecture."""
    verdicts = [_same(possible_editions(before), possible_editions(after))]
    for arch in ARCHES:
        old, new = before.editions(arch), after.editions(arch)
        shortage = missing(system.demand.sockets[arch], new.quantity)
        verdicts.append(False if shortage.low > 0 else True if shortage.exact == 0 else None)
        if arch in system.demand.possible and old.balance is not None and new.balance is not None:
            verdicts.append(_same(old.balance.possible_lowest, new.balance.possible_lowest))
    return kleene_and(verdicts)


def _same(left: Editions, right: Editions) -> Optional[bool]:
    if not left & right:
        return False
    return True if len(left) == 1 and left == right else None


def login_state(system: SystemFacts, as_of: dt.datetime) -> Fact[str]:
    """Return ``refused`` after an expiry and before the next fetch (R20, R22), else ``ok``.

    A reported login state that cannot be parsed is unknown, regardless of the licenses.
    """
    if system.login_refused:
        return known(Login.REFUSED.value)
    expired, open_causes = _expired(system, as_of)
    fetched = system.fetched_at
    expired_after_fetch = [
        item for item in expired if fetched.value is not None and _valid_at_fetch(item, fetched.value)
    ]
    if expired_after_fetch or (expired and system.never_fetched):
        return known(Login.REFUSED.value)
    if system.login is not None and system.login.unknown is not None:
        return Fact(None, system.login.unknown)
    if expired and fetched.value is None:
        return Fact(None, fetched.unknown)
    cause = unite((system.list_cause, *open_causes))
    return known(Login.OK.value) if cause is None else Fact(None, cause)


def _valid_at_fetch(item: Item, fetched: dt.datetime) -> bool:
    end, installed = item.license.expires_at, item.license.installed_at
    # A license that was installed later was not fetched, unless the server lists it as assigned.
    fetched_with_it = installed is None or installed <= fetched or bool(item.license.assigned)
    return isinstance(end, dt.datetime) and fetched < end and fetched_with_it


def _expired(system: SystemFacts, as_of: dt.datetime) -> Tuple[List[Item], List[Unknown]]:
    """Return the expired edition and upgrade licenses, and why there may be others.

    A preinstalled license is included only if no other license suppressed it. Causes are unknown ends, kinds
    or products.
    """
    relevant = [(item, is_edition) for item, is_edition in _edition_items(system) if is_edition is not False]
    expired: List[Item] = []
    is_unknown = False
    for item, is_edition in relevant:
        end = item.license.expires_at
        if end is not None and (isinstance(end, Forever) or end > as_of):
            continue
        counted: Optional[bool] = True if item.certain and end is not None and is_edition else None
        if item.license.kind is None:
            counted = None
        elif item.license.kind is Kind.PREINSTALLED and end is not None:
            suppressed = kleene_or(
                _is_valid_at(other, certain, end) for other, certain in relevant if other is not item
            )
            if suppressed:
                counted = False
            elif suppressed is None or not system.complete:
                counted = None  # an unlisted license may have suppressed it
        if counted:
            expired.append(item)
        elif counted is None:
            is_unknown = True
    if not is_unknown:
        return expired, []
    causes = [cause for item, _is_edition in relevant for cause in item.causes]
    causes.extend(
        Unknown("absent", (item.pointer + "/product",)) for item, is_edition in relevant if is_edition is None
    )
    return expired, causes


def _edition_items(system: SystemFacts) -> Iterator[Tuple[Item, Optional[bool]]]:
    """Yield the licenses of the system and whether they are editions or upgrades (None: unrecognized)."""
    for item in system.items:
        if not item.amount.possible or item.license.status is Status.UNINSTALLED:
            continue
        product = system.catalog.product(item.license.product)
        yield item, None if product is None else product.license_class is not LicenseClass.FEATURE


def _is_valid_at(item: Item, is_edition: Optional[bool], end: dt.datetime) -> Optional[bool]:
    """Return whether the license is not preinstalled and still valid at ``end``; None if unknown."""
    other = item.license.expires_at
    if item.license.kind is Kind.PREINSTALLED:
        return False
    if other is not None and not isinstance(other, Forever) and other <= end:
        return False
    return (
        True if is_edition and other is not None and item.certain and item.license.kind is not None else None
    )
