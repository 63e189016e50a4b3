# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""An operation on licenses, and where each formal license is by the simulator's state and on disk.

An operation runs from beginning to end in a slot of a simulator of its own. Its stages are runs of modules;
before a stage the operator may have something to do. Within a slot each product occurs once, so that a
product names a license.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from processes import Args
from simulator import Simulator

FORMAL: dict[str, dict[str, Any]] = {
    "vms_standard": {"arch": "x86_64", "code": "3132A0XY", "quantity": 4},
    "vms_standard_to_enterprise": {"arch": "x86_64", "code": "3132A0XZ", "quantity": 4},
    "srm": {"arch": "x86_64", "code": "3132A0XS", "quantity": 10},
}
BASE, UPGRADE, FEATURE = FORMAL
# What is licensed on its own node, in packs.
LOCAL: dict[str, dict[str, Any]] = {"disk_backup_dr": {"code": "3132D0XY", "quantity": 11}}
(PACKS,) = LOCAL
SIZES = [10, 1]

# Short, for a simulator that works in 40 ms and a fault that happens once.
PATIENCE = {"timeout": 1.0, "wait_timeout": 2.0, "wait_interval": 0.05, "lock_timeout": 5.0}

# Where a license is. KEPT is the moment between the server's commit and the file on disk: the server has it.
LIVE, UNINSTALL_FILE, ACTIVATION_FILE, KEPT = (
    "live",
    "uninstall file",
    "activation file",
    "kept by the source",
)


@dataclass
class Site:
    """One operation at work."""

    simulator: Simulator
    slot: str
    folder: Path
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def east(self) -> str:
        return f"{self.slot}-east"

    @property
    def west(self) -> str:
        return f"{self.slot}-west"

    @property
    def system(self) -> str:
        return f"{self.slot}-vms"

    def key(self, product: str) -> str:
        return f"KEY-{self.slot}-{product}".upper()

    def end(self, name: str) -> Args:
        """Connection options of a License Server or VMS."""
        node = self.simulator.node(name)
        wanted = ("host", "port", "username", "password", "client_id", "client_secret")
        return {option: node[option] for option in wanted if option in node}

    def args(self, *ends: Args, **more: Any) -> Args:
        shared: Args = {**self.simulator.shared, "lock_dir": str(self.folder / "locks")}
        for end in ends:
            shared |= end
        return {**shared, **PATIENCE, **more}

    def rows(self, server: str, product: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.simulator.state(server)["licenses"]
        return [row for row in rows if row["productId"] == product]

    def uninstall_files(self) -> list[Path]:
        return sorted(self.folder.rglob("[!.]*.uak"))

    def whereabouts(self, product: str, servers: tuple[str, ...], files: int) -> list[str]:
        """Every safe place that the license is in now; ``files``: its activation files on disk."""
        rows = [row for server in servers for row in self.rows(server, product)]
        live = [LIVE for row in rows if row["status"] != "uninstalled"]
        gone = [row for row in rows if row["status"] == "uninstalled"]
        if live:
            return live
        if files:
            return [ACTIVATION_FILE]
        if gone:
            return [UNINSTALL_FILE if self.uninstall_files() else KEPT]
        return []


class Operation(ABC):
    """One operation. ``stages`` says how many runs of a module it is."""

    name = ""
    stages = 1
    long = False  # what it shows, a shorter one shows too; only the whole matrix plays it
    locked = True  # of two controllers at once, one changes something
    products: tuple[str, ...] = ()

    @abstractmethod
    def scenario(self, slot: str) -> dict[str, Any]:
        """The part of the scenario that is the slot's own."""

    def prepare(self, site: Site) -> None:  # noqa: B027 - a hook: not every operation has a use for it
        """What is there before the first run."""

    def before(self, site: Site, stage: int, result: dict[str, Any]) -> None:  # noqa: B027 - as above
        """What a person does between two stages; ``result`` is what the last run said."""

    @abstractmethod
    def run(self, site: Site, stage: int) -> tuple[str, Args]:
        """The module and its options."""

    @abstractmethod
    def where(self, site: Site) -> dict[str, list[str]]:
        """The safe places of each license, at any moment."""

    @abstractmethod
    def wrong(self, site: Site) -> list[str]:
        """What is not as it has to be in the end."""


def license_of(product: str) -> dict[str, Any]:
    return {"product": product, "kind": "formal", **{**FORMAL, **LOCAL}[product]}


def stock_of(product: str) -> dict[str, Any]:
    """A license as a scenario has it."""
    given = license_of(product)
    if product in LOCAL:
        del given["quantity"]
        given["packs"] = SIZES
    return given


def keys_of(slot: str, products: tuple[str, ...]) -> list[dict[str, Any]]:
    return [{"key": f"KEY-{slot}-{product}".upper(), **stock_of(product)} for product in products]


def holder_of(slot: str, products: tuple[str, ...], *licenses: str) -> dict[str, Any]:
    """The License Server, or the product node of ``products``, that an operation is about."""
    has = {"licenses": [stock_of(product) for product in licenses]}
    if products == (PACKS,):
        return {"product_nodes": {f"{slot}-east": {"product": PACKS, "version": "E0760P03", **has}}}
    return {"license_servers": {f"{slot}-east": has}}


def node_of(products: tuple[str, ...]) -> Args:
    return {"product_node": PACKS} if products == (PACKS,) else {}


def later(site: Site) -> None:
    """Let some time pass, as between two tasks: instants are whole seconds."""
    site.simulator.call("POST", "/clock/advance", {"seconds": 5})


def not_once(site: Site, server: str, products: tuple[str, ...]) -> list[str]:
    """Say which product is not live on ``server`` exactly once, whole."""
    found = []
    for product in products:
        rows = [row for row in site.rows(server, product) if row["status"] != "uninstalled"]
        quantities = [row["quantity"] for row in rows]
        if quantities != [license_of(product)["quantity"]]:
            found.append(f"{product} is live on {server} as {quantities}")
    return found
