# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Determine the systems that a license change affects, with their licenses before and after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable, List, Sequence, Tuple

from ..._interval import Interval
from ..catalog.catalog import Catalog
from ..reading.fact_reader import Unknown
from ..reading.holdings import Holding, Item, classify
from ..values.model import Arch, License
from .change import LicenseChange
from .draws import Part, drawn, parts_of, worth


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


def systems_of(change: LicenseChange, added: Sequence[License], catalog: Catalog) -> Tuple[SystemChange, ...]:
    """Return the systems that the change affects, if it is known which system has the licenses.

    A server with at most one client and no quotas serves one system, which has all licenses. With several
    clients the additions go to ``change.client``; removals affect every client that has a removed license.
    """
    removed = set(change.removing)
    if len(change.clients) <= 1 and not any(client.quota for client in change.clients):
        name = change.clients[0].name if change.clients else ""
        before = [(license_, worth(license_)) for license_ in change.licenses]
        after = [part for part in before if part[0].id not in removed]
        after.extend((license_, worth(license_)) for license_ in added)
        return (SystemChange(name, holdings(before, catalog), holdings(after, catalog)),)
    named = change.client or (change.clients[0].name if len(change.clients) == 1 else None)
    systems: List[SystemChange] = []
    for client in change.clients:
        own = parts_of(client, change, catalog)
        affected = any(license_.id in removed and amount.low > 0 for license_, amount in own)
        if client.name != named and not affected:
            continue
        after = [part for part in own if part[0].id not in removed]
        beyond: Tuple[Tuple[str, Arch, int, int], ...] = ()
        if client.name == named:
            share, beyond = drawn(client, after, added, catalog)
            after.extend(share)
        systems.append(SystemChange(client.name, holdings(own, catalog), holdings(after, catalog), beyond))
    return tuple(systems)
