# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Operations on licenses: install, uninstall, migrate, request."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from operation import (
    FEATURE,
    FORMAL,
    PATIENCE,
    UNINSTALL_FILE,
    Operation,
    Site,
    holder_of,
    keys_of,
    license_of,
    node_of,
    not_once,
)
from processes import Args
from simulator import Refused


class Install(Operation):
    """Activation files onto a License Server or a product node."""

    def __init__(self, name: str, *products: str) -> None:
        self.name, self.products = name, products

    def scenario(self, slot: str) -> dict[str, Any]:
        return {**holder_of(slot, self.products), "keys": keys_of(slot, self.products)}

    def prepare(self, site: Site) -> None:
        # One file per license, the upgrade's first: the module brings them into order.
        issued = site.folder / "issued"
        site.notes["files"] = {
            product: site.simulator.issue(issued / product, site.east, site.key(product))
            for product in reversed(self.products)
        }

    def run(self, site: Site, stage: int) -> tuple[str, Args]:
        files = [
            {"path": str(file), "expect": license_of(product)}
            for product, file in site.notes["files"].items()
        ]
        return "license", site.args(site.end(site.east), node_of(self.products), activation_files=files)

    def where(self, site: Site) -> dict[str, list[str]]:
        return {product: site.whereabouts(product, (site.east,), 1) for product in self.products}

    def wrong(self, site: Site) -> list[str]:
        return not_once(site, site.east, self.products)


class Uninstall(Operation):
    """Licenses off a License Server or a product node, with their uninstall files on disk."""

    def __init__(self, name: str, *products: str) -> None:
        self.name, self.products = name, products

    def scenario(self, slot: str) -> dict[str, Any]:
        return holder_of(slot, self.products, *self.products)

    def prepare(self, site: Site) -> None:
        site.notes["ids"] = [site.rows(site.east, product)[0]["id"] for product in self.products]

    def run(self, site: Site, stage: int) -> tuple[str, Args]:
        kept = str(site.folder / "kept")
        ids = site.notes["ids"]
        ends = (site.end(site.east), node_of(self.products))
        return "license", site.args(*ends, state="absent", license_ids=ids, artifacts_dir=kept)

    def where(self, site: Site) -> dict[str, list[str]]:
        return {product: site.whereabouts(product, (site.east,), 0) for product in self.products}

    def wrong(self, site: Site) -> list[str]:
        found = [
            f"{product} is still live"
            for product in self.products
            if self.where(site)[product] != [UNINSTALL_FILE]
        ]
        files = site.uninstall_files()
        if len(files) != len(self.products):
            found.append(f"{len(files)} uninstall files on disk")
        # What an uninstall file is worth, only the platform can say: it issues, once.
        for number, file in enumerate(files):
            try:
                site.simulator.transfer(site.folder / f"proof-{number}", site.east, file)
            except Refused as error:
                found.append(f"{file.name} is worth nothing: {error}")
        return found


class Migrate(Operation):
    """Licenses from one License Server by way of the platform to another."""

    stages = 2

    def __init__(self, name: str, *products: str) -> None:
        self.name, self.products, self.long = name, products, len(products) > 1

    def scenario(self, slot: str) -> dict[str, Any]:
        licenses = [license_of(product) for product in self.products]
        return {"license_servers": {f"{slot}-east": {"licenses": licenses}, f"{slot}-west": {}}}

    def prepare(self, site: Site) -> None:
        site.notes["ids"] = {site.rows(site.east, item)[0]["id"]: item for item in self.products}
        site.notes["files"] = {}

    def before(self, site: Site, stage: int, result: dict[str, Any]) -> None:
        """Submit every uninstall file twice; the platform accepts it once."""
        for migration in result["migrations"]:
            (ident,) = migration["license_ids"]
            (kept,) = migration["uninstall_files"]
            issued = site.folder / "issued" / ident
            site.notes["files"][ident] = site.simulator.transfer(issued, site.west, Path(kept))
            try:
                site.simulator.transfer(site.folder / "twice", site.west, Path(kept))
            except Refused:
                continue
            site.notes["twice"] = True

    def run(self, site: Site, stage: int) -> tuple[str, Args]:
        files = [
            {"path": str(path), "license_id": ident} for ident, path in sorted(site.notes["files"].items())
        ]
        return "license_migration", site.args(
            source=site.end(site.east),
            destination=site.end(site.west),
            license_ids=list(site.notes["ids"]),
            journal=str(site.folder / "journal"),
            **({"activation_files": files} if stage else {}),
        )

    def where(self, site: Site) -> dict[str, list[str]]:
        return {
            product: site.whereabouts(product, (site.east, site.west), len(site.notes["files"]))
            for product in self.products
        }

    def wrong(self, site: Site) -> list[str]:
        found = not_once(site, site.west, self.products)
        if site.notes.get("twice"):
            found.append("the platform issued twice")
        return found


class MigratePart(Migrate):
    """Part of a license to another License Server; the remainder comes back. From then on it is two."""

    part = 4

    def __init__(self, name: str, *products: str) -> None:
        super().__init__(name, *products)
        self.long = True

    def before(self, site: Site, stage: int, result: dict[str, Any]) -> None:
        (migration,) = result["migrations"]
        (kept,) = migration["uninstall_files"]
        ask = (site.west, self.part, site.east, Path(kept))
        part, rest = site.simulator.split(site.folder / "issued", *ask)
        site.notes |= {"files": {"part": part, "remainder": rest}, "installs": 1}
        try:
            site.simulator.split(site.folder / "twice", *ask)
        except Refused:
            return
        site.notes["twice"] = True

    @property
    def remainder(self) -> int:
        whole: int = FORMAL[FEATURE]["quantity"]
        return whole - self.part

    def run(self, site: Site, stage: int) -> tuple[str, Args]:
        name, args = super().run(site, 0)
        args["quantities"] = [self.part]
        if stage:
            amounts = {"part": self.part, "remainder": self.remainder}
            args["activation_files"] = [
                {"path": str(path), "quantity": amounts[which]} for which, path in site.notes["files"].items()
            ]
        return name, args

    def where(self, site: Site) -> dict[str, list[str]]:
        if not site.notes["files"]:
            return super().where(site)
        return {
            "part": site.whereabouts(FEATURE, (site.west,), 1),
            "remainder": site.whereabouts(FEATURE, (site.east,), 1),
        }

    def wrong(self, site: Site) -> list[str]:
        found = []
        for server, wanted in ((site.west, self.part), (site.east, self.remainder)):
            rows = [row for row in site.rows(server, FEATURE) if row["status"] != "uninstalled"]
            quantities = [row["quantity"] for row in rows]
            if quantities != [wanted]:
                found.append(f"{FEATURE} is live on {server} as {quantities}")
        if site.notes.get("twice"):
            found.append("the platform issued twice")
        return found


class Abort(Migrate):
    """A migration that is aborted after its uninstallation was lost."""

    stages = 1

    def prepare(self, site: Site) -> None:
        super().prepare(site)
        path = f"*{site.simulator.api.end_of('uninstall')}"
        lost = {"node": site.east, "method": "POST", "path": path, "times": 0}
        site.simulator.call("POST", "/faults", {**lost, "kind": "reset_before"})
        site.notes["run"](*super().run(site, 0))
        if not any(fault["fired"] for fault in site.simulator.call("DELETE", "/faults")):
            raise RuntimeError("the migration was not stopped before its uninstallation")

    def run(self, site: Site, stage: int) -> tuple[str, Args]:
        name, args = super().run(site, 0)
        return name, {**args, "state": "aborted"}

    def wrong(self, site: Site) -> list[str]:
        found = not_once(site, site.east, self.products)
        records = [json.loads(path.read_text("utf-8")) for path in site.folder.rglob("record.json")]
        states = [record["state"] for record in records]
        if states != ["aborted"]:
            found.append(f"the journal says {states}")
        return found


class Request(Operation):
    """The device information and the bundle to submit. No license is installed yet."""

    name, stages, products = "request", 2, (FEATURE,)
    locked = False

    def scenario(self, slot: str) -> dict[str, Any]:
        return {**holder_of(slot, self.products), "keys": keys_of(slot, self.products)}

    def run(self, site: Site, stage: int) -> tuple[str, Args]:
        args = {**site.end(site.east), **site.simulator.shared, "timeout": PATIENCE["timeout"]}
        if stage == 0:
            return "device_info", {**args, "dest": str(site.folder / "device")}
        given = {**FORMAL[FEATURE], "purchased": FORMAL[FEATURE]["quantity"]}
        keys = [{"key": site.key(FEATURE), "product": FEATURE, **given}]
        return "license_request", {**args, "dest": str(site.folder / "requests"), "keys": keys}

    def where(self, site: Site) -> dict[str, list[str]]:
        return {}

    def wrong(self, site: Site) -> list[str]:
        found = []
        device = base64.b64decode(site.simulator.device(site.east))
        files = [path for path in (site.folder / "device").iterdir() if path.is_file()]
        if [path.read_bytes() for path in files] != [device]:
            found.append(f"the device information is {files}")
        # The hidden file is the lock of the directory.
        bundles = [path for path in (site.folder / "requests").iterdir() if not path.name.startswith(".")]
        inside = [path for bundle in bundles for path in (bundle / "device-information").iterdir()]
        if len(bundles) != 1 or [path.read_bytes() for path in inside] != [device]:
            found.append(f"the bundles are {bundles}, with {inside}")
        return found
