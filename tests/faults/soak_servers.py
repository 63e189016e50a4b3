# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers of the soak test: License Servers, systems, licenses, and the files of the operator."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ledger import Ledger, Sight
from operation import BASE, license_of
from processes import Args
from simulator import Simulator
from testbed import FEATURE, TASK_MS

SERVERS = tuple(f"server-{number}" for number in range(1, 7))
SYSTEMS = tuple(f"system-{number}" for number in range(1, 4))
KEYS = 60
LICENSES = 5
PATIENCE = {"timeout": 2.0, "wait_timeout": 2.0, "wait_interval": 0.05, "lock_timeout": 8.0}


@dataclass
class Holding:
    """A license as the operator knows it: where it is live, or the file that stands for it."""

    bought: str
    quantity: int
    server: str = ""
    proof: Path | None = None


@dataclass
class Site:
    """One simulator for some hundred operations."""

    simulator: Simulator
    folder: Path
    busy: set[str] = field(default_factory=set)
    uses: Counter[str] = field(default_factory=Counter)
    spoilt: set[str] = field(default_factory=set)
    reserved: set[str] = field(default_factory=set)
    holdings: dict[str, Holding] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    connected: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.simulator, self.folder)
        self.connected = dict.fromkeys(SYSTEMS, "")
        for bought, sight in self.ledger.look().items():
            self.known.add(bought)
            (copy,) = sight.live
            if self.row(copy.server, copy.id)["productId"] == FEATURE["product"]:
                self.holdings[bought] = Holding(bought, copy.quantity, copy.server)
        self.keys = [f"KEY-{number}" for number in range(KEYS)]

    @property
    def in_use(self) -> set[str]:
        """Servers that a goal works on now."""
        return {server for server, goals in self.uses.items() if goals}

    @contextmanager
    def taken(self, subject: str, servers: Sequence[str], alone: bool) -> Iterator[None]:
        """No other goal takes ``subject``, nor, where it has to be ``alone``, one of ``servers``."""
        self.busy.add(subject)
        self.uses.update(servers)
        self.reserved |= set(servers) if alone else set()
        yield
        self.busy -= {subject} - self.spoilt
        self.uses.subtract(servers)
        self.reserved -= set(servers) if alone else set()

    def amiss(self) -> list[str]:
        """What is not as the operator knows it: each license once, whole, where it was brought."""
        found = []
        for bought, sight in self.ledger.look().items():
            holding = self.holdings.get(bought)
            if holding is None or bought in self.busy:
                continue
            wanted = [holding.server] if holding.server else []
            if sight.sites != wanted or (sight.live and sight.quantity != holding.quantity):
                found.append(f"{bought[:8]} is live on {sight.sites} as {sight.quantity}, not as {holding}")
            if not sight.live and not sight.restored_by:
                found.append(f"{bought[:8]} is nowhere, and nothing restores it")
        return found

    def row(self, server: str, ident: str) -> dict[str, Any]:
        rows: list[dict[str, Any]] = self.simulator.state(server)["licenses"]
        return next(row for row in rows if row["id"] == ident)

    def sight(self, bought: str) -> Sight:
        return self.ledger.look()[bought]

    def end(self, name: str) -> Args:
        node = self.simulator.node(name)
        wanted = ("host", "port", "username", "password", "client_id", "client_secret")
        return {option: node[option] for option in wanted if option in node}

    def args(self, **more: Any) -> Args:
        locks = str(self.folder / "locks")
        return {**PATIENCE, **self.simulator.shared, "lock_dir": locks, **more}


def scenario(chance: random.Random) -> dict[str, Any]:
    """Servers with base licenses for systems and features that move, systems, and keys."""
    feature = {name: value for name, value in FEATURE.items() if name != "kind"}
    servers = {
        name: {
            "licenses": [
                {**license_of(BASE), "quantity": 8},
                *({**FEATURE, "quantity": chance.randint(1, 20)} for _number in range(LICENSES)),
            ]
        }
        for name in SERVERS
    }
    host = {"cpu_sockets": 2, "cpu_cores": 16, "arch": "x86_64"}
    return {
        "license_servers": servers,
        "vms": {name: {"version": "E0760P03", "arch": "x86_64", "hosts": [host]} for name in SYSTEMS},
        "keys": [
            {**feature, "key": f"KEY-{number}", "quantity": chance.randint(1, 20)} for number in range(KEYS)
        ],
        "task_ms": TASK_MS,
    }
