# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compute the share of a client in a shared License Server: assigned licenses and those it may still draw.

A license counts for a system after the system has fetched it, which may be long after the installation. An
unassigned quantity therefore counts for a client up to its quota, and may count for a client without quotas.
"""

from __future__ import annotations

from typing import Dict, List, Mapping, Optional, Sequence, Tuple

from ..._interval import NOTHING, Interval, exactly
from ..._time import is_alive
from ..catalog.catalog import Catalog
from ..catalog.code_class import CodeClass, code_class, unheld
from ..reading.holdings import Cell
from ..values.model import ARCHES, Arch, License, Status
from .change import ClientShare, LicenseChange

# A license and the quantity of it that the system has.
Part = Tuple[License, Interval]

_UNAVAILABLE = (Status.UNINSTALLED, Status.EXPIRED, Status.UNUSABLE)


def parts_of(client: ClientShare, change: LicenseChange, catalog: Catalog) -> List[Part]:
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


def drawn(
    client: ClientShare, held: Sequence[Part], added: Sequence[License], catalog: Catalog
) -> Tuple[List[Part], Tuple[Tuple[str, Arch, int, int], ...]]:
    """Return the part of the additions that the client may draw, and the additions beyond its quota.

    Without quotas the client draws all of them.
    """
    quota = quota_of(client)
    if quota is None:
        return [(license_, worth(license_)) for license_ in added], ()
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


def worth(license_: License) -> Interval:
    return Interval(0, None) if license_.quantity is None else exactly(license_.quantity)


def cell_of(license_: License, catalog: Catalog) -> Cell:
    """Return the product and architecture under which quotas count a license."""
    product = license_.product or ""
    if license_.arch in ARCHES and catalog.has_arches(product):
        return (product, license_.arch)
    return (product, Arch.ANY)
