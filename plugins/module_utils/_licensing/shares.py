# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which systems a change touches, and what each holds before and after it (decisions 9, 12, 28)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

from .catalog import Catalog
from .change import Change, ClientShare
from .holdings import Cell, Holding, Item, classify
from .interval import ANYTHING, NOTHING, Interval, exactly
from .model import ARCHES, Arch, License
from .reader import Unknown

# A licence and how much of it the system has.
Part = Tuple[License, Interval]


@dataclass(frozen=True)
class SystemChange:
    """What one system holds before and after. ``name`` is its client, empty if the server has none.

    ``beyond_quota`` are (product, arch, quota, quantity) of additions that the client's quota does not let
    it draw.
    """

    name: str
    before: Tuple[Holding, ...]
    after: Tuple[Holding, ...]
    beyond_quota: Tuple[Tuple[str, Arch, int, int], ...] = ()


def worth(license_: License) -> Interval:
    return ANYTHING if license_.quantity is None else exactly(license_.quantity)


def holdings(parts: Iterable[Part], catalog: Catalog) -> Tuple[Holding, ...]:
    """Turn licences with their shares into what the calculus counts."""
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


def systems_of(change: Change, added: Sequence[License], catalog: Catalog) -> Tuple[SystemChange, ...]:
    """Return the systems that the change touches, as far as it is known whose licences they are (decision 9).

    A server with at most one client and no quotas serves one system, which has everything. With several
    clients the additions go to ``change.client``; removals touch every client that holds what is removed.
    """
    gone = set(change.removing)
    if len(change.clients) <= 1 and not any(client.quota for client in change.clients):
        name = change.clients[0].name if change.clients else ""
        before = [(license_, worth(license_)) for license_ in change.licenses]
        after = [part for part in before if part[0].id not in gone]
        after.extend((license_, worth(license_)) for license_ in added)
        return (SystemChange(name, holdings(before, catalog), holdings(after, catalog)),)
    named = change.client or (change.clients[0].name if len(change.clients) == 1 else None)
    systems: List[SystemChange] = []
    for client in change.clients:
        own = _held(client, change.licenses)
        touched = any(license_.id in gone for license_, _amount in own)
        if client.name != named and not touched:
            continue
        after = [part for part in own if part[0].id not in gone]
        beyond: Tuple[Tuple[str, Arch, int, int], ...] = ()
        if client.name == named:
            drawn, beyond = _drawn(client, after, added, catalog)
            after.extend(drawn)
        systems.append(SystemChange(client.name, holdings(own, catalog), holdings(after, catalog), beyond))
    return tuple(systems)


def _held(client: ClientShare, licenses: Sequence[License]) -> List[Part]:
    return [
        (license_, exactly(client.assigned[license_.id]))
        for license_ in licenses
        if client.assigned.get(license_.id, 0) > 0
    ]


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


def _drawn(
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
    drawn: List[Part] = []
    beyond: List[Tuple[str, Arch, int, int]] = []
    for license_ in added:
        key, wanted = cell_of(license_, catalog), license_.quantity or 0
        share = max(0, min(wanted, room.get(key, 0)))
        room[key] = room.get(key, 0) - share
        drawn.append((license_, exactly(share) if share else NOTHING))
        if share < wanted:
            beyond.append((key[0], key[1], quota.get(key, 0), wanted))
    return drawn, tuple(beyond)


def cell_of(license_: License, catalog: Catalog) -> Cell:
    """Product and architecture under which quotas count a licence."""
    product = license_.product or ""
    if license_.arch in ARCHES and catalog.has_arches(product):
        return (product, license_.arch)
    return (product, Arch.ANY)
