# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who gets what from a License Server.

One client without a quota gets everything. A quota gives what it says. Several clients without quotas are
served in the order in which they come: the first takes what is free and not reserved by another's quota.
A fixed license (R25) goes to one client whole, or not at all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from usim.calculus import Holding
from usim.catalog import is_fixed
from usim.store import Client, License, clients_of, licenses_of

Line = tuple[str, str | None]


def assigned_of(db: sqlite3.Connection, server: str) -> dict[str, dict[str, int]]:
    """License id → client → quantity."""
    held: dict[str, dict[str, int]] = {}
    for row in db.execute("SELECT * FROM assignments WHERE server = ? ORDER BY rowid", (server,)):
        held.setdefault(row["license"], {})[row["client"]] = row["quantity"]
    return held


def release(db: sqlite3.Connection, server: str, client: str) -> None:
    db.execute("DELETE FROM assignments WHERE server = ? AND client = ?", (server, client))


def assign(db: sqlite3.Connection, server: str, name: str, now: float) -> list[Holding]:
    """Give a client its share anew and return it. What it held before is put back first."""
    release(db, server, name)
    clients = clients_of(db, server)
    client = next(item for item in clients if item.name == name)
    held = assigned_of(db, server)
    alive = [item for item in licenses_of(db, server) if item.alive(now)]
    alive.sort(key=lambda item: (item.expires_at is None, item.expires_at or 0))
    reserved = _reserved(clients, name, held, alive)
    wanted = {(product, arch): quantity for product, arch, quantity in client.quota}
    share = []
    for item in alive:
        line = (item.product, item.arch)
        free = item.quantity - sum(held.get(item.id, {}).values())
        kept_back = min(free, reserved.get(line, 0))
        reserved[line] = reserved.get(line, 0) - kept_back
        free -= kept_back
        take = min(free, wanted.get(line, 0)) if client.quota else free
        if is_fixed(item.code) and take < item.quantity:
            take = 0
        if take <= 0:
            continue
        if client.quota:
            wanted[line] -= take
        db.execute(
            "INSERT INTO assignments (server, client, license, quantity, fetched_at) VALUES (?, ?, ?, ?, ?)",
            (server, name, item.id, take, int(now)),
        )
        share.append(Holding(item.id, item.product, item.arch, item.kind, take, item.expires_at))
    return share


def _reserved(
    clients: Sequence[Client], name: str, held: dict[str, dict[str, int]], alive: Sequence[License]
) -> dict[Line, int]:
    """What the quotas of the other clients still have to get, per product and architecture."""
    lines = {item.id: (item.product, item.arch) for item in alive}
    reserved: dict[Line, int] = {}
    for other in clients:
        if other.name == name:
            continue
        for product, arch, quantity in other.quota:
            has = sum(
                by_client.get(other.name, 0)
                for license_id, by_client in held.items()
                if lines.get(license_id) == (product, arch)
            )
            reserved[product, arch] = reserved.get((product, arch), 0) + max(0, quantity - has)
    return reserved


def quota_excess(
    db: sqlite3.Connection, server: str, name: str, quota: Sequence[tuple[str, str | None, int]], now: float
) -> Line | None:
    """The first product of which all quotas together, with this one, promise more than is alive."""
    promised: dict[Line, int] = {}
    for product, arch, quantity in quota:
        promised[product, arch] = promised.get((product, arch), 0) + quantity
    for other in clients_of(db, server):
        if other.name != name:
            for product, arch, quantity in other.quota:
                if (product, arch) in promised:
                    promised[product, arch] += quantity
    for line, amount in promised.items():
        supply = sum(
            item.quantity
            for item in licenses_of(db, server)
            if item.alive(now) and (item.product, item.arch) == line
        )
        if amount > supply:
            return line
    return None
