# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Assign the licenses of a License Server to its clients.

A single client without a quota gets all licenses. A client with a quota gets its quota. Several clients
without quotas are served in the order in which they fetch: the first one gets everything that is free and not
reserved by the quota of another client. A fixed license (R25) goes completely to one client or to none. R4–R6
apply to all licenses of one client together.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from usim import calculus
from usim.calculus import Holding
from usim.catalog import is_fixed
from usim.share import misfits
from usim.store import Client, License, clients_of, in_force, licenses_of

Line = tuple[str, str | None]


def assigned_of(db: sqlite3.Connection, server: str) -> dict[str, dict[str, int]]:
    """Return the assigned quantities: license id → client → quantity."""
    held: dict[str, dict[str, int]] = {}
    for row in db.execute("SELECT * FROM assignments WHERE server = ? ORDER BY rowid", (server,)):
        held.setdefault(row["license"], {})[row["client"]] = row["quantity"]
    return held


def release(db: sqlite3.Connection, server: str, client: str) -> None:
    db.execute("DELETE FROM assignments WHERE server = ? AND client = ?", (server, client))


@dataclass(frozen=True)
class Share:
    """The share of a client, and the licenses left out of it because of R4–R6: license id and error code."""

    holdings: list[Holding]
    left_out: dict[str, str]


def assign(db: sqlite3.Connection, server: str, name: str, now: float, judged: bool = True) -> Share:
    """Compute the share of a client again and return it. Its previous share is released first."""
    clients = clients_of(db, server)
    client = next(item for item in clients if item.name == name)
    supply = in_force(db, server, now)
    rank = {item.id: index for index, item in enumerate(supply)}
    supply.sort(key=lambda item: (item.expires_at is None, item.expires_at or 0))
    held = assigned_of(db, server)
    before = [as_holding(item, held[item.id][name]) for item in supply if name in held.get(item.id, {})]
    editions = calculus.editions(calculus.effective(before, now))
    release(db, server, name)
    for by_client in held.values():
        by_client.pop(name, None)
    reserved = _reserved(clients, name, held, supply)
    left_out: dict[str, str] = {}
    while True:
        fitting = [item for item in supply if item.id not in left_out]
        holdings = _take(fitting, client, held, dict(reserved))
        new = misfits(holdings, editions, rank, now) if judged else {}
        if not new:
            break
        left_out |= new
    _keep(db, client, holdings, left_out, now)
    return Share(holdings, left_out)


def as_holding(item: License, quantity: int | None = None) -> Holding:
    amount = item.quantity if quantity is None else quantity
    return Holding(item.id, item.product, item.arch, item.kind, amount, item.expires_at)


def _take(
    supply: Sequence[License], client: Client, held: dict[str, dict[str, int]], reserved: dict[Line, int]
) -> list[Holding]:
    wanted = {(product, arch): quantity for product, arch, quantity in client.quota}
    share = []
    for item in supply:
        line = (item.product, item.arch)
        free = item.quantity - sum(held.get(item.id, {}).values())
        kept_back = min(free, reserved.get(line, 0))
        reserved[line] = reserved.get(line, 0) - kept_back
        free -= kept_back
        amount = min(free, wanted.get(line, 0)) if client.quota else free
        if is_fixed(item.code) and amount < item.quantity:
            amount = 0
        if amount <= 0:
            continue
        if client.quota:
            wanted[line] -= amount
        share.append(as_holding(item, amount))
    return share


def _keep(
    db: sqlite3.Connection,
    client: Client,
    holdings: Sequence[Holding],
    left_out: dict[str, str],
    now: float,
) -> None:
    db.executemany(
        "INSERT INTO assignments (server, client, license, quantity, fetched_at) VALUES (?, ?, ?, ?, ?)",
        [(client.server, client.name, item.license, item.quantity, int(now)) for item in holdings],
    )
    db.execute("DELETE FROM left_out WHERE server = ? AND client = ?", (client.server, client.name))
    db.executemany(
        "INSERT INTO left_out VALUES (?, ?, ?, ?)",
        [(client.server, client.name, license_id, code) for license_id, code in left_out.items()],
    )


def reconsider(db: sqlite3.Connection, server: str) -> None:
    """Forget which licenses were left out: after a change they may fit at the next fetch."""
    db.execute("DELETE FROM left_out WHERE server = ?", (server,))


def unwanted(db: sqlite3.Connection, server: str) -> set[str]:
    """Return licenses that no client can use: left out for every client whose quota allows them."""
    clients = clients_of(db, server)
    rows = db.execute("SELECT license, client FROM left_out WHERE server = ?", (server,)).fetchall()
    by_license: dict[str, set[str]] = {}
    for row in rows:
        by_license.setdefault(row["license"], set()).add(row["client"])
    lines = {item.id: (item.product, item.arch) for item in licenses_of(db, server)}
    return {
        license_id
        for license_id, names in by_license.items()
        if all(client.name in names or not _may_have(client, lines[license_id]) for client in clients)
    }


def _may_have(client: Client, line: Line) -> bool:
    return not client.quota or any(
        (product, arch) == line and quantity for product, arch, quantity in client.quota
    )


def _reserved(
    clients: Sequence[Client], name: str, held: dict[str, dict[str, int]], alive: Sequence[License]
) -> dict[Line, int]:
    """Return the quantities that the quotas of other clients still reserve, by product and architecture."""
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
    """Return the first product whose quotas, including this one, exceed the valid licenses in total."""
    promised: dict[Line, int] = {}
    for product, arch, quantity in quota:
        promised[product, arch] = promised.get((product, arch), 0) + quantity
    for other in clients_of(db, server):
        if other.name != name:
            for product, arch, quantity in other.quota:
                if (product, arch) in promised:
                    promised[product, arch] += quantity
    for line, amount in promised.items():
        supply = sum(item.quantity for item in in_force(db, server, now) if (item.product, item.arch) == line)
        if amount > supply:
            return line
    return None
