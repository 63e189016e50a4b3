# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Determine the systems that a license change affects, with their licenses before and after it.

A license counts for a system after the system has fetched it, which may be long after the installation. On a
License Server with several clients an unassigned quantity therefore counts for a client up to its quota, and
may count for a client without quotas.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

from ..._interval import (
    NOTHING,
    Interval,
    Unknown,
    exactly,
)
from ..catalog.catalog import Catalog
from ..catalog.code_class import CodeClass, code_class, unheld
from ..reading.holdings import Cell, Holding, Item, classify
from ..values.license_row import License, Status
from ..values.model import ARCHES, Arch
from ..values.periods import is_alive
from .change import ClientShare, LicenseChange

# A license and the quantity of it that the system has.
Part = Tuple[License, Interval]

_UNAVAILABLE = (Status.UNINSTALLED, Status.EXPIRED, Status.UNUSABLE)


@dataclass(frozen=True)
class SystemChange:
    """Licenses of one system before and after. ``name`` is its client, empty if the server has none.

    ``beyond_quota`` are (product, arch, quota, quantity) of additions that exceed the quota of the client.
    """

    name: str
    before: Tuple[Holding, ...]
    after: Tuple[Holding, ...]
    beyond_quota: Tuple[Tuple[str, Arch, int, int], ...] = ()


def holdings(parts: Iterable[Part], catalog: Catalog) -> Tuple[Holding, ...]:
    """Return the holdings of licenses with their shares."""
    return classify([_item(license_, amount) for license_, amount in parts], catalog).counted


def _item(license_: License, amount: Interval) -> Item:
    causes = [
        Unknown("absent", ("/licenses/{0}/{1}".format(license_.id, name),))
        for name, value in (
            ("quantity", license_.quantity),
            ("kind", license_.kind),
            ("product", license_.product),
            ("expires_at", license_.expires_at),
        )
        if value is None
    ]
    return Item(
        pointer="/licenses/" + license_.id,
        license=license_,
        amount=amount,
        reported_end=license_.expires_at,
        computed_end=None,
        sizes=(),
        managers=(),
        metric=None,
        certain=amount.low > 0,
        causes=tuple(causes),
    )


def find_changed_systems(
    change: LicenseChange, added: Sequence[License], catalog: Catalog
) -> Tuple[SystemChange, ...]:
    """Return the systems that the change affects, if it is known which system has the licenses.

    A server with at most one client and no quotas serves one system, which has all licenses. With several
    clients the additions go to ``change.client``; removals affect every client that has a removed license.
    """
    removed = set(change.removing)
    if len(change.clients) <= 1 and not any(client.quota for client in change.clients):
        name = change.clients[0].name if change.clients else ""
        before = [(license_, quantity_of(license_)) for license_ in change.licenses]
        after = [part for part in before if part[0].id not in removed]
        after.extend((license_, quantity_of(license_)) for license_ in added)
        return (SystemChange(name, holdings(before, catalog), holdings(after, catalog)),)
    named = change.client or (change.clients[0].name if len(change.clients) == 1 else None)
    systems: List[SystemChange] = []
    for client in change.clients:
        own = compute_parts(client, change, catalog)
        affected = any(license_.id in removed and amount.low > 0 for license_, amount in own)
        if client.name != named and not affected:
            continue
        after = [part for part in own if part[0].id not in removed]
        beyond: Tuple[Tuple[str, Arch, int, int], ...] = ()
        if client.name == named:
            share, beyond = draw_additions(client, after, added, catalog)
            after.extend(share)
        systems.append(SystemChange(client.name, holdings(own, catalog), holdings(after, catalog), beyond))
    return tuple(systems)


def compute_parts(client: ClientShare, change: LicenseChange, catalog: Catalog) -> List[Part]:
    """Return the licenses that ``client`` holds or may draw, each with its quantity."""
    by_cell: Dict[Cell, List[License]] = {}
    for license_ in change.licenses:
        by_cell.setdefault(cell_of(license_, catalog), []).append(license_)
    return [
        part for cell, licenses in by_cell.items() for part in _cell_parts(client, cell, licenses, change)
    ]


def _cell_parts(
    client: ClientShare, cell: Cell, licenses: Sequence[License], change: LicenseChange
) -> List[Part]:
    free = {license_.id: _free(license_, change) for license_ in licenses}
    total_free = sum(free.values())
    remaining_quotas = {other.name: _remaining_quota(other, cell, licenses) for other in change.clients}
    claimed = sum(remaining or 0 for name, remaining in remaining_quotas.items() if name != client.name)
    unbounded = [
        name for name, remaining in remaining_quotas.items() if remaining is None and name != client.name
    ]
    own = remaining_quotas.get(client.name)
    # Clients with quotas are served before clients without, and all shares together never exceed the supply.
    if own is None:
        most = max(0, total_free - claimed)
        least = 0 if unbounded else most
    else:
        most = min(own, total_free)
        least = min(own, max(0, total_free - claimed))
    # The server decides which of several licenses a share is taken from.
    is_certain = total_free == least or sum(1 for amount in free.values() if amount) == 1
    parts: List[Part] = []
    for license_ in licenses:
        held = client.assigned.get(license_.id, 0)
        share = _share(license_, free[license_.id], least if is_certain else 0, most)
        amount = Interval(held + share.low, held + (share.high or 0))
        if amount.possible:
            parts.append((license_, amount))
    return parts


def _share(license_: License, free: int, least: int, most: int) -> Interval:
    low, high = min(free, least), min(free, most)
    if code_class(license_.code) is CodeClass.FIXED:
        # A fixed license cannot be split (R25).
        return exactly(free) if free and low == free else Interval(0, free if high == free else 0)
    return Interval(low, high)


def _free(license_: License, change: LicenseChange) -> int:
    """Return the unassigned quantity; 0 if the license is not valid or its quantity is unknown."""
    if license_.quantity is None or license_.status in _UNAVAILABLE:
        return 0
    if license_.expires_at is not None and not is_alive(license_.expires_at, change.now):
        return 0
    held = sum(client.assigned.get(license_.id, 0) for client in change.clients)
    return unheld(license_.code, license_.quantity, held)


def _remaining_quota(client: ClientShare, cell: Cell, licenses: Sequence[License]) -> Optional[int]:
    """Return the quantity that the client may still draw by its quota; None if it has no quotas."""
    quota = quota_of(client)
    if quota is None:
        return None
    return max(0, quota.get(cell, 0) - sum(client.assigned.get(license_.id, 0) for license_ in licenses))


def quota_of(client: ClientShare) -> Optional[Mapping[Cell, int]]:
    """Return the quotas of a client by product and architecture; None if none are set."""
    if not client.quota:
        return None
    rows: Dict[Cell, int] = {}
    for row in client.quota:
        arch = (
            row.arch
            if isinstance(row.arch, Arch)
            else next((a for a in Arch if a.value == row.arch), Arch.ANY)
        )
        rows[(row.product, arch)] = rows.get((row.product, arch), 0) + row.quantity
    return rows


def draw_additions(
    client: ClientShare, held: Sequence[Part], added: Sequence[License], catalog: Catalog
) -> Tuple[List[Part], Tuple[Tuple[str, Arch, int, int], ...]]:
    """Return the part of the additions that the client may draw, and the additions beyond its quota.

    Without quotas the client draws all of them.
    """
    quota = quota_of(client)
    if quota is None:
        return [(license_, quantity_of(license_)) for license_ in added], ()
    remaining = dict(quota)
    for license_, amount in held:
        key = cell_of(license_, catalog)
        remaining[key] = remaining.get(key, 0) - amount.low
    parts: List[Part] = []
    beyond: List[Tuple[str, Arch, int, int]] = []
    for license_ in added:
        key, wanted = cell_of(license_, catalog), license_.quantity or 0
        share = max(0, min(wanted, remaining.get(key, 0)))
        remaining[key] = remaining.get(key, 0) - share
        parts.append((license_, exactly(share) if share else NOTHING))
        if share < wanted:
            beyond.append((key[0], key[1], quota.get(key, 0), wanted))
    return parts, tuple(beyond)


def quantity_of(license_: License) -> Interval:
    return Interval(0, None) if license_.quantity is None else exactly(license_.quantity)


def cell_of(license_: License, catalog: Catalog) -> Cell:
    """Return the product and architecture under which quotas count a license."""
    product = license_.product or ""
    if license_.arch in ARCHES and catalog.has_arches(product):
        return (product, license_.arch)
    return (product, Arch.ANY)
