# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Activation files and licenses of a License Server, independent of its API."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from usim import assignment
from usim.jobs import Finish, Job, JobFailed, Outcome
from usim.reading import iso
from usim.server_rules import judge_install, judge_uninstall
from usim.signing import ACTIVATION, UNINSTALL, NotGenuine, device_digest
from usim.simulation import Simulation
from usim.store import License, add_license, clients_of, in_force, licenses_of, node_row
from usim.webapp import Refusal


@dataclass(frozen=True)
class Standing:
    """The state of the server that the status of a license depends on."""

    device: str
    held: Mapping[str, Mapping[str, int]]
    unwanted: frozenset[str]
    is_local: bool
    now: float

    def status(self, item: License) -> str:
        if item.uninstalled:
            return "uninstalled"
        if not item.alive(self.now):
            return "expired"
        if not item.fits(self.device):
            return "unusable"
        if self.is_local or self.held.get(item.id):
            return "in_use"
        return "unusable" if item.id in self.unwanted else "usable"


def standing(db: sqlite3.Connection, node: str, now: float) -> Standing:
    row = node_row(db, node)
    return Standing(
        device=device_digest(row["device"]),
        held=assignment.assigned_of(db, node),
        unwanted=frozenset(assignment.unwanted(db, node)),
        is_local=own_product(row) is not None,
        now=now,
    )


def own_product(row: sqlite3.Row) -> str | None:
    """Return the product of a product node, None for a License Server."""
    product = json.loads(row["details"]).get("product")
    return None if product is None else str(product)


def license_body(item: License, where: Standing) -> dict[str, object]:
    """Return a license as in ``GET /licenses``, with a masked key."""
    return {
        "id": item.id,
        "productId": item.product,
        "arch": item.arch,
        "kind": item.kind,
        "code": item.code,
        "quantity": item.quantity,
        "issuedAt": None if item.issued_at is None else iso(item.issued_at),
        "installedAt": None if item.installed_at is None else iso(item.installed_at),
        "expiresAt": "never" if item.expires_at is None else iso(item.expires_at),
        "packs": None if item.packs is None else list(item.packs),
        "assigned": [
            {"client": client, "quantity": quantity}
            for client, quantity in where.held.get(item.id, {}).items()
        ],
        "device": item.device,
        "status": where.status(item),
        "fileName": item.file_name,
        "sha256": item.sha256,
        "key": None if item.key is None else f"****{item.key[-4:]}",
    }


def siblings(licenses: list[License], license_id: str) -> list[License]:
    """Return all licenses of a license's activation file, which are installed and uninstalled together."""
    chosen = next((item for item in licenses if item.id == license_id), None)
    if chosen is None:
        raise Refusal(404, "license_not_found", f"no license {license_id}")
    if chosen.sha256 is None:
        return [chosen]
    return [item for item in licenses if item.sha256 == chosen.sha256]


def refuse_known_file(db: sqlite3.Connection, server: str, content: bytes) -> None:
    """Refuse an activation file that was installed before, also if its licenses were uninstalled."""
    sha256 = hashlib.sha256(content).hexdigest()
    known = [item for item in licenses_of(db, server) if item.sha256 == sha256]
    ids = [item.id for item in known]
    if any(item.uninstalled for item in known):
        message = (
            "this file's licenses were uninstalled; the platform issues a new file for the uninstall file"
        )
        raise Refusal(409, "activation_file_spent", message, licenseIds=ids)
    if known:
        raise Refusal(409, "already_installed", "this file is already installed", licenseIds=ids)


def _licenses_in(simulation: Simulation, server: str, device: str, job: Job) -> list[License]:
    try:
        body = simulation.vendor.open(ACTIVATION, job.content)
    except NotGenuine as error:
        message = "this is not an activation file, or it was changed after it was issued"
        raise JobFailed("activation_file_invalid", message) from error
    if body["device"] != device:
        raise JobFailed("device_mismatch", "this activation file was made for another device")
    rows = body["licenses"]
    assert isinstance(rows, list)
    return [
        License(
            id="",
            server=server,
            device=device,
            installed_at=int(simulation.now()),
            file_name=str(job.body["file_name"]),
            sha256=hashlib.sha256(job.content).hexdigest(),
            uninstalled=False,
            **{**row, "packs": row["packs"] and tuple(row["packs"])},
        )
        for row in rows
    ]


def install_worker(simulation: Simulation, job: Job) -> Finish:
    """Check an activation file and install all of its licenses or none."""

    def finish(db: sqlite3.Connection) -> Outcome:
        now = simulation.now()
        row = node_row(db, job.node)
        new = _licenses_in(simulation, job.node, device_digest(row["device"]), job)
        there = in_force(db, job.node, now)
        clients = clients_of(db, job.node)
        shared = len(clients) > 1 or any(client.quota for client in clients)
        breach = judge_install(new, there, shared, now, own_product(row))
        if breach is not None:
            raise JobFailed(breach.code, breach.message)
        assignment.reconsider(db, job.node)
        return Outcome(detail={"licenseIds": [add_license(db, item) for item in new]})

    return finish


def check_uninstall(
    db: sqlite3.Connection, simulation: Simulation, server: str, license_id: str
) -> list[License]:
    """Return the licenses that are uninstalled together. Raises Refusal if they cannot be uninstalled."""
    now = simulation.now()
    licenses = licenses_of(db, server)
    leaving = siblings(licenses, license_id)
    connected = {item.name for item in clients_of(db, server) if item.state == "connected"}
    held = [
        license_id
        for license_id, by_client in assignment.assigned_of(db, server).items()
        if connected & set(by_client)
    ]
    breach = judge_uninstall(leaving, in_force(db, server, now), held, now)
    if breach is not None:
        raise Refusal(409, breach.code, breach.message)
    return leaving


def uninstall_worker(simulation: Simulation, job: Job) -> Finish:
    """Uninstall the licenses of one activation file and store their uninstall file."""

    def finish(db: sqlite3.Connection) -> Outcome:
        licenses = licenses_of(db, job.node)
        leaving = siblings(licenses, str(job.body["license"]))
        ids = [item.id for item in leaving]
        if all(item.uninstalled for item in leaving):
            return Outcome(detail={"licenseIds": ids})  # asked for twice before the first was done
        try:
            leaving = check_uninstall(db, simulation, job.node, ids[0])
        except Refusal as refusal:
            raise JobFailed(refusal.code, refusal.message) from refusal
        _uninstall(db, simulation, job.node, leaving)
        return Outcome(detail={"licenseIds": ids})

    return finish


def _uninstall(db: sqlite3.Connection, simulation: Simulation, server: str, leaving: list[License]) -> None:
    first = leaving[0]
    names = ("product", "arch", "kind", "code", "quantity", "key", "issued_at", "expires_at", "packs")
    content = simulation.vendor.seal(
        UNINSTALL,
        {
            # The platform's own word for the license: a server that was put back gives the same id again.
            "serial": f"{server}:{first.id}:{first.sha256}",
            "origin": first.sha256,
            "device": first.device,
            "licenses": [{name: getattr(item, name) for name in names} for item in leaving],
        },
    )
    file_name = f"{(first.file_name or first.id).rpartition('.')[0] or first.id}.uak"
    db.execute(
        "INSERT INTO uninstall_files (server, sha256, file_name, content) VALUES (?, ?, ?, ?)",
        (server, first.sha256, file_name, content),
    )
    assignment.reconsider(db, server)
    for item in leaving:
        db.execute("UPDATE licenses SET uninstalled = 1 WHERE id = ?", (item.id,))
        db.execute("DELETE FROM assignments WHERE license = ?", (item.id,))


def uninstall_file(db: sqlite3.Connection, server: str, license_id: str) -> tuple[str, bytes]:
    chosen = siblings(licenses_of(db, server), license_id)[0]
    row = db.execute(
        "SELECT file_name, content FROM uninstall_files WHERE server = ? AND sha256 = ?",
        (server, chosen.sha256),
    ).fetchone()
    if row is None:
        raise Refusal(404, "not_uninstalled", f"{license_id} is not uninstalled: it has no uninstall file")
    return row["file_name"], row["content"]
