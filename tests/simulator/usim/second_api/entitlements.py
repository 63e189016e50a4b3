# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Licenses of a License Server or product node in the second API, called entitlements there."""

from __future__ import annotations

import hashlib
import json
from urllib.parse import quote

from flask import Flask, Response, request

from usim import assignment, jobs
from usim.license_server import (
    Standing,
    check_uninstall,
    own_product,
    refuse_known_file,
    siblings,
    standing,
    uninstall_file,
)
from usim.second_api import work
from usim.second_api.conventions import GOODS, ISA, KINDS, STANDINGS, UNLIMITED, good, local_time, title
from usim.second_api.pages import numbered
from usim.simulation import Simulation
from usim.store import License, in_force, licenses_of, node_row
from usim.webapp import Refusal

PART = "package"  # of the upload


def entitlement(item: License, where: Standing) -> dict[str, object]:
    until = UNLIMITED if item.expires_at is None else local_time(item.expires_at)
    return {
        "no": item.id,
        "goods": GOODS[item.product],
        "isa": ISA[item.arch],
        "kind": KINDS[item.kind],
        "model": item.code,
        "amount": item.quantity,
        "bundles": None if item.packs is None else list(item.packs),
        "span": {
            "signed": local_time(item.issued_at),
            "loaded": local_time(item.installed_at),
            "until": until,
        },
        "holders": [
            {"tenant": {"name": client}, "amount": amount}
            for client, amount in where.held.get(item.id, {}).items()
        ],
        "machine": item.device,
        "state": STANDINGS[where.status(item)],
        "file": {"label": item.file_name, "digest": item.sha256},
        "tail": None if item.key is None else f"****{item.key[-4:]}",
    }


def _download(name: str, content: bytes) -> Response:
    """Return a file; its name is only in the encoded form of RFC 6266."""
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response(content, mimetype="application/x-binary", headers={"Content-Disposition": disposition})


def register(app: Flask, simulation: Simulation, node: str, base: str) -> None:
    work.register(app, simulation, node, base)
    _register_self(app, simulation, node, base)
    _register_reads(app, simulation, node, base)
    _register_writes(app, simulation, node, base)


def _register_self(app: Flask, simulation: Simulation, node: str, base: str) -> None:
    @app.get(f"{base}/self")
    def self_description() -> Response:
        with simulation.store.transaction() as db:
            row = node_row(db, node)
        details = json.loads(row["details"])
        product = own_product(row)
        body = {
            "serial": details.get("active", node),
            "build": row["version"],
            "clock": local_time(simulation.now()),
            "twin": {"serial": details.get("standby")},
        }
        return good(body if product is None else {**body, "serves": GOODS[product]})

    @app.get(f"{base}/self/device")
    def device() -> Response:
        with simulation.store.transaction() as db:
            return _download(f"{node}.did", node_row(db, node)["device"])


def _register_reads(app: Flask, simulation: Simulation, node: str, base: str) -> None:
    @app.get(f"{base}/entitlements")
    def list_entitlements() -> Response:
        with simulation.store.transaction() as db:
            where = standing(db, node, simulation.now())
            rows = [entitlement(item, where) for item in licenses_of(db, node)]
        return numbered(rows)

    @app.get(f"{base}/entitlements/<number>/return-file")
    def return_file(number: str) -> Response:
        with simulation.store.transaction() as db:
            return _download(*uninstall_file(db, node, number))

    @app.get(f"{base}/totals")
    def list_totals() -> Response:
        with simulation.store.transaction() as db:
            held = assignment.assigned_of(db, node)
            alive = in_force(db, node, simulation.now())
            details = json.loads(node_row(db, node)["details"])
        sums: dict[str, list[int]] = {}
        for item in alive:
            line = sums.setdefault(title(item.product, item.arch), [0, 0])
            line[0] += item.quantity
            line[1] += sum(held.get(item.id, {}).values())
        if "used" in details:  # a product node counts what its product does
            for line in sums.values():
                line[1] = min(line[0], details["used"])
        rows = [
            {"title": name, "sum": {"all": amount, "busy": used, "free": amount - used}}
            for name, (amount, used) in sums.items()
        ]
        return numbered(rows)


def _register_writes(app: Flask, simulation: Simulation, node: str, base: str) -> None:
    @app.post(f"{base}/packages")
    def post_package() -> Response:
        upload = request.files.get(PART)
        if upload is None or not upload.filename or "/" in upload.filename or "\\" in upload.filename:
            raise Refusal(400, "bad_request", f"the part {PART!r} has to be a file with its name")
        content = upload.stream.read()
        digest = hashlib.sha256(content).hexdigest()
        with simulation.store.transaction() as db:
            refuse_known_file(db, node, content)
            pending = db.execute(
                "SELECT id FROM messages WHERE node = ? AND kind = 'install' AND NOT completed"
                " AND json_extract(body, '$.sha256') = ?",
                (node, digest),
            ).fetchone()
            body: dict[str, str | int | None] = {"file_name": upload.filename, "sha256": digest}
            # The same bytes while they are worked on: the same job, no second installation.
            number = pending["id"] if pending else jobs.post(db, simulation, node, "install", body, content)
        return work.accepted(base, number)

    @app.post(f"{base}/entitlements/<number>/retire")
    def retire(number: str) -> Response:
        with simulation.store.transaction() as db:
            family = siblings(licenses_of(db, node), number)
            if all(item.uninstalled for item in family):
                return good({"entitlements": [item.id for item in family]})
            check_uninstall(db, simulation, node, number)
            return work.accepted(base, jobs.post(db, simulation, node, "uninstall", {"license": number}))
