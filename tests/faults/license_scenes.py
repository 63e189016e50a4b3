# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done to licenses: installed, uninstalled, migrated, asked for."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from processes import Args
from scene import (
    FEATURE,
    FORMAL,
    PATIENCE,
    UNINSTALL_FILE,
    Place,
    Scene,
    holder_of,
    keys_of,
    license_of,
    node_of,
    not_once,
)
from station import Refused


class Install(Scene):
    """Activation files onto a License Server or a product node."""

    def __init__(self, name: str, *products: str) -> None:
        self.name, self.products = name, products

    def scenario(self, slot: str) -> dict[str, Any]:
        return {**holder_of(slot, self.products), "keys": keys_of(slot, self.products)}

    def prepare(self, place: Place) -> None:
        # One file per license, the upgrade's first: the module brings them into order.
        issued = place.folder / "issued"
        place.notes["files"] = {
            product: place.station.issue(issued / product, place.east, place.key(product))
            for product in reversed(self.products)
        }

    def run(self, place: Place, stage: int) -> tuple[str, Args]:
        files = [
            {"path": str(file), "expect": license_of(product)}
            for product, file in place.notes["files"].items()
        ]
        return "license", place.args(place.end(place.east), node_of(self.products), activation_files=files)

    def where(self, place: Place) -> dict[str, list[str]]:
        return {product: place.whereabouts(product, (place.east,), 1) for product in self.products}

    def wrong(self, place: Place) -> list[str]:
        return not_once(place, place.east, self.products)


class Uninstall(Scene):
    """Licenses off a License Server or a product node, with their uninstall files on disk."""

    def __init__(self, name: str, *products: str) -> None:
        self.name, self.products = name, products

    def scenario(self, slot: str) -> dict[str, Any]:
        return holder_of(slot, self.products, *self.products)

    def prepare(self, place: Place) -> None:
        place.notes["ids"] = [place.rows(place.east, product)[0]["id"] for product in self.products]

    def run(self, place: Place, stage: int) -> tuple[str, Args]:
        kept = str(place.folder / "kept")
        ids = place.notes["ids"]
        ends = (place.end(place.east), node_of(self.products))
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
        licenses = [license_of(product) for product in self.products]
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
        return {**holder_of(slot, self.products), "keys": keys_of(slot, self.products)}

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
