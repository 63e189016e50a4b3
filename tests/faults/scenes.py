# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done to licenses, and where each formal one is by the simulator's own word and by the disk.

A scene is one operation from begin to end in its own corner (``slot``) of a simulator. Its stages are runs of
modules; before a stage a person may have something to do. Within a slot no product is there twice, so that
a product names a license.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from processes import Args
from station import Refused, Station

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
class Place:
    """One scene at work."""

    station: Station
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
        node = self.station.node(name)
        wanted = ("host", "port", "username", "password", "client_id", "client_secret")
        return {option: node[option] for option in wanted if option in node}

    def args(self, *ends: Args, **more: Any) -> Args:
        shared: Args = {"ca_path": self.station.endpoints["ca"], "lock_dir": str(self.folder / "locks")}
        for end in ends:
            shared |= end
        return {**shared, **PATIENCE, **more}

    def rows(self, server: str, product: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.station.state(server)["licenses"]
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


class Scene:
    """One operation. ``stages`` says how many runs of a module it is."""

    name = ""
    stages = 1
    long = False  # what it shows, a shorter one shows too; only the whole matrix plays it
    locked = True  # of two controllers at once, one changes something
    products: tuple[str, ...] = ()

    def scenario(self, slot: str) -> dict[str, Any]:
        raise NotImplementedError

    def prepare(self, place: Place) -> None:
        """What is there before the first run."""

    def before(self, place: Place, stage: int, result: dict[str, Any]) -> None:
        """What a person does between two stages; ``result`` is what the last run said."""

    def run(self, place: Place, stage: int) -> tuple[str, Args]:
        """The module and its options."""
        raise NotImplementedError

    def where(self, place: Place) -> dict[str, list[str]]:
        """The safe places of each license, at any moment."""
        raise NotImplementedError

    def wrong(self, place: Place) -> list[str]:
        """What is not as it has to be in the end."""
        raise NotImplementedError


def _license(product: str) -> dict[str, Any]:
    return {"product": product, "kind": "formal", **{**FORMAL, **LOCAL}[product]}


def _stock(product: str) -> dict[str, Any]:
    """A license as a scenario has it."""
    given = _license(product)
    if product in LOCAL:
        del given["quantity"]
        given["packs"] = SIZES
    return given


def _keys(slot: str, products: tuple[str, ...]) -> list[dict[str, Any]]:
    return [{"key": f"KEY-{slot}-{product}".upper(), **_stock(product)} for product in products]


def _holder(slot: str, products: tuple[str, ...], *licenses: str) -> dict[str, Any]:
    """The License Server, or the product node of ``products``, that a scene is about."""
    has = {"licenses": [_stock(product) for product in licenses]}
    if products == (PACKS,):
        return {"product_nodes": {f"{slot}-east": {"product": PACKS, "version": "E0760P03", **has}}}
    return {"license_servers": {f"{slot}-east": has}}


def _local(products: tuple[str, ...]) -> Args:
    return {"product_node": PACKS} if products == (PACKS,) else {}


class Install(Scene):
    """Activation files onto a License Server or a product node."""

    def __init__(self, name: str, *products: str) -> None:
        self.name, self.products = name, products

    def scenario(self, slot: str) -> dict[str, Any]:
        return {**_holder(slot, self.products), "keys": _keys(slot, self.products)}

    def prepare(self, place: Place) -> None:
        # One file per license, the upgrade's first: the module brings them into order.
        issued = place.folder / "issued"
        place.notes["files"] = {
            product: place.station.issue(issued / product, place.east, place.key(product))
            for product in reversed(self.products)
        }

    def run(self, place: Place, stage: int) -> tuple[str, Args]:
        files = [
            {"path": str(file), "expect": _license(product)} for product, file in place.notes["files"].items()
        ]
        return "license", place.args(place.end(place.east), _local(self.products), activation_files=files)

    def where(self, place: Place) -> dict[str, list[str]]:
        return {product: place.whereabouts(product, (place.east,), 1) for product in self.products}

    def wrong(self, place: Place) -> list[str]:
        return not_once(place, place.east, self.products)


class Uninstall(Scene):
    """Licenses off a License Server or a product node, with their uninstall files on disk."""

    def __init__(self, name: str, *products: str) -> None:
        self.name, self.products = name, products

    def scenario(self, slot: str) -> dict[str, Any]:
        return _holder(slot, self.products, *self.products)

    def prepare(self, place: Place) -> None:
        place.notes["ids"] = [place.rows(place.east, product)[0]["id"] for product in self.products]

    def run(self, place: Place, stage: int) -> tuple[str, Args]:
        kept = str(place.folder / "kept")
        ids = place.notes["ids"]
        ends = (place.end(place.east), _local(self.products))
        return "license", place.args(*ends, state="absent", license_ids=ids, artifacts_dir=kept)

    def where(self, place: Place) -> dict[str, list[str]]:
        return {product: place.whereabouts(product, (place.east,), 0) for product in self.products}

    def wrong(self, place: Place) -> list[str]:
        found = [
            f"{product} is still live"
            for product in self.products
            if self.where(place)[product] != [UNINSTALL_FILE]
        ]
        files = place.uninstall_files()
        if len(files) != len(self.products):
            found.append(f"{len(files)} uninstall files on disk")
        # What an uninstall file is worth, only the platform can say: it issues, once.
        for number, file in enumerate(files):
            try:
                place.station.transfer(place.folder / f"proof-{number}", place.east, file)
            except Refused as error:
                found.append(f"{file.name} is worth nothing: {error}")
        return found


class Migrate(Scene):
    """Licenses from one License Server by way of the platform to another."""

    stages = 2

    def __init__(self, name: str, *products: str) -> None:
        self.name, self.products, self.long = name, products, len(products) > 1

    def scenario(self, slot: str) -> dict[str, Any]:
        licenses = [_license(product) for product in self.products]
        return {"license_servers": {f"{slot}-east": {"licenses": licenses}, f"{slot}-west": {}}}

    def prepare(self, place: Place) -> None:
        place.notes["ids"] = {place.rows(place.east, item)[0]["id"]: item for item in self.products}
        place.notes["files"] = {}

    def before(self, place: Place, stage: int, result: dict[str, Any]) -> None:
        """Hand in every uninstall file, and try each twice: the platform takes it once."""
        for migration in result["migrations"]:
            (ident,) = migration["license_ids"]
            (kept,) = migration["uninstall_files"]
            issued = place.folder / "issued" / ident
            place.notes["files"][ident] = place.station.transfer(issued, place.west, Path(kept))
            try:
                place.station.transfer(place.folder / "twice", place.west, Path(kept))
            except Refused:
                continue
            place.notes["twice"] = True

    def run(self, place: Place, stage: int) -> tuple[str, Args]:
        files = [
            {"path": str(path), "license_id": ident} for ident, path in sorted(place.notes["files"].items())
        ]
        return "license_migration", place.args(
            source=place.end(place.east),
            destination=place.end(place.west),
            license_ids=list(place.notes["ids"]),
            journal=str(place.folder / "journal"),
            **({"activation_files": files} if stage else {}),
        )

    def where(self, place: Place) -> dict[str, list[str]]:
        return {
            product: place.whereabouts(product, (place.east, place.west), len(place.notes["files"]))
            for product in self.products
        }

    def wrong(self, place: Place) -> list[str]:
        found = not_once(place, place.west, self.products)
        if place.notes.get("twice"):
            found.append("the platform issued twice")
        return found


class MigratePart(Migrate):
    """Part of a license to another License Server; the remainder comes back. From then on it is two."""

    part = 4

    def __init__(self, name: str, *products: str) -> None:
        super().__init__(name, *products)
        self.long = True

    def before(self, place: Place, stage: int, result: dict[str, Any]) -> None:
        (migration,) = result["migrations"]
        (kept,) = migration["uninstall_files"]
        ask = (place.west, self.part, place.east, Path(kept))
        part, rest = place.station.split(place.folder / "issued", *ask)
        place.notes |= {"files": {"part": part, "remainder": rest}, "installs": 1}
        try:
            place.station.split(place.folder / "twice", *ask)
        except Refused:
            return
        place.notes["twice"] = True

    @property
    def remainder(self) -> int:
        whole: int = FORMAL[FEATURE]["quantity"]
        return whole - self.part

    def run(self, place: Place, stage: int) -> tuple[str, Args]:
        name, args = super().run(place, 0)
        args["quantities"] = [self.part]
        if stage:
            amounts = {"part": self.part, "remainder": self.remainder}
            args["activation_files"] = [
                {"path": str(path), "quantity": amounts[which]}
                for which, path in place.notes["files"].items()
            ]
        return name, args

    def where(self, place: Place) -> dict[str, list[str]]:
        if not place.notes["files"]:
            return super().where(place)
        return {
            "part": place.whereabouts(FEATURE, (place.west,), 1),
            "remainder": place.whereabouts(FEATURE, (place.east,), 1),
        }

    def wrong(self, place: Place) -> list[str]:
        found = []
        for server, wanted in ((place.west, self.part), (place.east, self.remainder)):
            rows = [row for row in place.rows(server, FEATURE) if row["status"] != "uninstalled"]
            quantities = [row["quantity"] for row in rows]
            if quantities != [wanted]:
                found.append(f"{FEATURE} is live on {server} as {quantities}")
        if place.notes.get("twice"):
            found.append("the platform issued twice")
        return found


class Abort(Migrate):
    """A migration that is given up after its uninstallation got lost on the way."""

    stages = 1

    def prepare(self, place: Place) -> None:
        super().prepare(place)
        lost = {"node": place.east, "method": "POST", "path": "*/uninstall", "times": 0}
        place.station.call("POST", "/faults", {**lost, "kind": "reset_before"})
        place.notes["run"](*super().run(place, 0))
        if not any(fault["fired"] for fault in place.station.call("DELETE", "/faults")):
            raise RuntimeError("the migration was not stopped before its uninstallation")

    def run(self, place: Place, stage: int) -> tuple[str, Args]:
        name, args = super().run(place, 0)
        return name, {**args, "state": "aborted"}

    def wrong(self, place: Place) -> list[str]:
        found = not_once(place, place.east, self.products)
        records = [json.loads(path.read_text("utf-8")) for path in place.folder.rglob("record.json")]
        states = [record["state"] for record in records]
        if states != ["aborted"]:
            found.append(f"the journal says {states}")
        return found


class Request(Scene):
    """The device information, and the bundle that a person hands in. No license is there yet."""

    name, stages, products = "request", 2, (FEATURE,)
    locked = False

    def scenario(self, slot: str) -> dict[str, Any]:
        return {**_holder(slot, self.products), "keys": _keys(slot, self.products)}

    def run(self, place: Place, stage: int) -> tuple[str, Args]:
        ca = place.station.endpoints["ca"]
        args = {**place.end(place.east), "ca_path": ca, "timeout": PATIENCE["timeout"]}
        if stage == 0:
            return "device_info", {**args, "dest": str(place.folder / "device")}
        given = {**FORMAL[FEATURE], "purchased": FORMAL[FEATURE]["quantity"]}
        keys = [{"key": place.key(FEATURE), "product": FEATURE, **given}]
        return "license_request", {**args, "dest": str(place.folder / "requests"), "keys": keys}

    def where(self, place: Place) -> dict[str, list[str]]:
        return {}

    def wrong(self, place: Place) -> list[str]:
        found = []
        device = base64.b64decode(place.station.device(place.east))
        files = [path for path in (place.folder / "device").iterdir() if path.is_file()]
        if [path.read_bytes() for path in files] != [device]:
            found.append(f"the device information is {files}")
        bundles = list((place.folder / "requests").iterdir())
        inside = [path for bundle in bundles for path in (bundle / "device-information").iterdir()]
        if len(bundles) != 1 or [path.read_bytes() for path in inside] != [device]:
            found.append(f"the bundles are {bundles}, with {inside}")
        return found


class Connect(Scene):
    """A system to its License Server; then it fetches what was installed since."""

    name, stages, products = "connect, reconnect", 2, (BASE, FEATURE)

    def scenario(self, slot: str) -> dict[str, Any]:
        host = {"name": "cvk", "cpu_sockets": 2, "cpu_cores": 16, "arch": "x86_64", "vms": 3, "count": 2}
        return {
            "license_servers": {f"{slot}-east": {"licenses": [_license(BASE)]}},
            "vms": {f"{slot}-vms": {"version": "E0760P03", "arch": "x86_64", "hosts": [host]}},
            "keys": _keys(slot, (FEATURE,)),
        }

    def before(self, place: Place, stage: int, result: dict[str, Any]) -> None:
        """A feature arrives on the License Server, by a run of ``license`` that nothing disturbs."""
        file = place.station.issue(place.folder / "issued", place.east, place.key(FEATURE))
        args = place.args(place.end(place.east), activation_file=str(file))
        done = place.notes["run"]("license", args)
        if done.get("failed"):
            raise RuntimeError(f"the feature was not installed: {done}")
        later(place)

    def run(self, place: Place, stage: int) -> tuple[str, Args]:
        server = place.station.node(place.east)
        return "license_client", place.args(
            place.end(place.system),
            license_server={**place.end(place.east), "client_port": server["client_port"]},
            client_name=place.system,
            client_password="client-of-faults",
        )

    def where(self, place: Place) -> dict[str, list[str]]:
        return {BASE: place.whereabouts(BASE, (place.east,), 0)}

    def wrong(self, place: Place) -> list[str]:
        found = not_once(place, place.east, self.products)
        system, server = place.station.state(place.system), place.station.state(place.east)
        link = system["link"] or {}
        if (link.get("state"), link.get("client"), system["login"]) != ("connected", place.system, "ok"):
            found.append(f"the system is not connected: {link}, login {system['login']}")
        if system["quantity"] != FORMAL[BASE]["quantity"] or len(system["holdings"]) != len(self.products):
            found.append(f"the system holds {system['holdings']}")
        if [(client["name"], client["state"]) for client in server["clients"]] != [
            (place.system, "connected")
        ]:
            found.append(f"the server's clients are {server['clients']}")
        return found


class Allot(Connect):
    """A connected system whose quota is raised for one product and lowered for another."""

    name, stages, products = "change a quota", 2, (BASE, FEATURE)
    long = True
    quotas = ({BASE: 1, FEATURE: 10}, {BASE: 4, FEATURE: 3})

    def scenario(self, slot: str) -> dict[str, Any]:
        given = super().scenario(slot)
        given["license_servers"][f"{slot}-east"]["licenses"].append(_license(FEATURE))
        return {**given, "keys": []}

    def before(self, place: Place, stage: int, result: dict[str, Any]) -> None:
        later(place)

    def run(self, place: Place, stage: int) -> tuple[str, Args]:
        name, args = super().run(place, stage)
        quota = self.quotas[stage].items()
        args["quota"] = [{"product": item, "arch": "x86_64", "quantity": amount} for item, amount in quota]
        return name, args

    def wrong(self, place: Place) -> list[str]:
        system = place.station.state(place.system)
        held = {item["product"]: item["quantity"] for item in system["holdings"]}
        link = system["link"] or {}
        found = [] if held == self.quotas[1] else [f"the system holds {held}"]
        if (link.get("state"), system["login"]) != ("connected", "ok"):
            found.append(f"the system is not connected: {link}, login {system['login']}")
        return found + not_once(place, place.east, self.products)


def later(place: Place) -> None:
    """Let some time pass, as between two tasks: instants are whole seconds."""
    place.station.call("POST", "/clock/advance", {"seconds": 5})


def not_once(place: Place, server: str, products: tuple[str, ...]) -> list[str]:
    """Say which product is not live on ``server`` exactly once, whole."""
    found = []
    for product in products:
        rows = [row for row in place.rows(server, product) if row["status"] != "uninstalled"]
        quantities = [row["quantity"] for row in rows]
        if quantities != [_license(product)["quantity"]]:
            found.append(f"{product} is live on {server} as {quantities}")
    return found


SCENES: tuple[Callable[[], Scene], ...] = (
    lambda: Install("install one", FEATURE),
    lambda: Install("install base and upgrade", BASE, UPGRADE),
    lambda: Uninstall("uninstall", BASE, UPGRADE),
    Connect,
    Allot,
    lambda: Migrate("migrate one", FEATURE),
    lambda: Migrate("migrate base and upgrade", BASE, UPGRADE),
    lambda: Install("install on a product node", PACKS),
    lambda: Uninstall("uninstall on a product node", PACKS),
    lambda: MigratePart("migrate a part", FEATURE),
    lambda: Abort("abort a migration", FEATURE),
    Request,
)
