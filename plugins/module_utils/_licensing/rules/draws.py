# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a client of a shared License Server holds, and what it still draws of what nobody holds (decision 9).

A license counts for a system once that has fetched it, which may be long after it was installed. So what lies
unassigned is the client's share already if its quota says so, and may be its share if it has no quota.
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

# A license and how much of it the system has.
Part = Tuple[License, Interval]

_OUT_OF_REACH = (Status.UNINSTALLED, Status.EXPIRED, Status.UNUSABLE)


def parts_of(client: ClientShare, change: LicenseChange, catalog: Catalog) -> List[Part]:
    """Return the licenses that ``client`` holds or may draw, with how much of each."""
    by_cell: Dict[Cell, List[License]] = {}
    for license_ in change.licenses:
        by_cell.setdefault(cell_of(license_, catalog), []).append(license_)
    return [
        part for cell, standing in by_cell.items() for part in _cell_parts(client, cell, standing, change)
    ]


def _cell_parts(
    client: ClientShare, cell: Cell, standing: Sequence[License], change: LicenseChange
) -> List[Part]:
    free = {license_.id: _free(license_, change) for license_ in standing}
    in_all = sum(free.values())
    rooms = {other.name: _room(other, cell, standing) for other in change.clients}
    claimed = sum(room or 0 for name, room in rooms.items() if name != client.name)
    unbounded = [name for name, room in rooms.items() if room is None and name != client.name]
    own = rooms.get(client.name)
    # Quotas are served before whoever has none, and together they are never more than there is.
    if own is None:
        most = max(0, in_all - claimed)
        least = 0 if unbounded else most
    else:
        most = min(own, in_all)
        least = min(own, max(0, in_all - claimed))
    # Which of several licenses a part comes from is the server's choice.
    whole = in_all == least or sum(1 for amount in free.values() if amount) == 1
    parts: List[Part] = []
    for license_ in standing:
        held = client.assigned.get(license_.id, 0)
        share = _share(license_, free[license_.id], least if whole else 0, most)
        amount = Interval(held + share.low, held + (share.high or 0))
        if amount.possible:
            parts.append((license_, amount))
    return parts


def _share(license_: License, free: int, least: int, most: int) -> Interval:
    low, high = min(free, least), min(free, most)
    if code_class(license_.code) is CodeClass.FIXED:
        # It goes whole or not at all (R25).
        return exactly(free) if free and low == free else Interval(0, free if high == free else 0)
    return Interval(low, high)


def _free(license_: License, change: LicenseChange) -> int:
    """How much of a license nobody holds; 0 if it does not work or does not say its quantity."""
    if license_.quantity is None or license_.status in _OUT_OF_REACH:
        return 0
    if license_.expires_at is not None and not is_alive(license_.expires_at, change.now):
        return 0
    held = sum(client.assigned.get(license_.id, 0) for client in change.clients)
    return unheld(license_.code, license_.quantity, held)


def _room(client: ClientShare, cell: Cell, standing: Sequence[License]) -> Optional[int]:
    """How much more the client's quota lets it draw; None if it has no quotas."""
    quota = quota_of(client)
    if quota is None:
        return None
    return max(0, quota.get(cell, 0) - sum(client.assigned.get(license_.id, 0) for license_ in standing))


def quota_of(client: ClientShare) -> Optional[Mapping[Cell, int]]:
    """A client's quotas by product and architecture; None if none are set."""
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
    """What the client may draw of the additions: up to its quota, all of them without one (decision 28)."""
    quota = quota_of(client)
    if quota is None:
        return [(license_, worth(license_)) for license_ in added], ()
    room = dict(quota)
    for license_, amount in held:
        key = cell_of(license_, catalog)
        room[key] = room.get(key, 0) - amount.low
    parts: List[Part] = []
    beyond: List[Tuple[str, Arch, int, int]] = []
    for license_ in added:
        key, wanted = cell_of(license_, catalog), license_.quantity or 0
        share = max(0, min(wanted, room.get(key, 0)))
        room[key] = room.get(key, 0) - share
        parts.append((license_, exactly(share) if share else NOTHING))
        if share < wanted:
            beyond.append((key[0], key[1], quota.get(key, 0), wanted))
    return parts, tuple(beyond)


def worth(license_: License) -> Interval:
    return Interval(0, None) if license_.quantity is None else exactly(license_.quantity)


def cell_of(license_: License, catalog: Catalog) -> Cell:
    """Product and architecture under which quotas count a license."""
    product = license_.product or ""
    if license_.arch in ARCHES and catalog.has_arches(product):
        return (product, license_.arch)
    return (product, Arch.ANY)
