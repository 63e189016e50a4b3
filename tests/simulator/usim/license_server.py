# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a License Server does with activation files and licenses, apart from how it is asked."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping

from usim import assignment
from usim.jobs import Finish, Job, JobFailed, Outcome
from usim.reading import iso
from usim.server_rules import judge_install, judge_uninstall
from usim.signing import ACTIVATION, UNINSTALL, NotGenuine, device_digest
from usim.store import License, add_license, clients_of, licenses_of, node_row
from usim.webapp import Refusal
from usim.world import World


def license_body(item: License, held: Mapping[str, int], now: float) -> dict[str, object]:
    """A license as GET /licenses shows it; the key is masked."""
    if item.uninstalled:
        status = "uninstalled"
    elif not item.alive(now):
        status = "expired"
    else:
        status = "in_use" if held else "usable"
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
        "assigned": [{"client": client, "quantity": quantity} for client, quantity in held.items()],
        "device": item.device,
        "status": status,
        "fileName": item.file_name,
        "sha256": item.sha256,
        "key": None if item.key is None else f"****{item.key[-4:]}",
    }


def siblings(licenses: list[License], license_id: str) -> list[License]:
    """All licenses of the activation file that a license came in: they come and leave together."""
    chosen = next((item for item in licenses if item.id == license_id), None)
    if chosen is None:
        raise Refusal(404, "license_not_found", f"no license {license_id}")
    if chosen.sha256 is None:
        return [chosen]
    return [item for item in licenses if item.sha256 == chosen.sha256]


def refuse_known_file(db: sqlite3.Connection, server: str, content: bytes) -> None:
    """Bytes that were installed before are never installed again, whatever became of their licenses."""
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


def _licenses_in(world: World, server: str, device: str, job: Job) -> list[License]:
    try:
        body = world.vendor.open(ACTIVATION, job.content)
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
            installed_at=int(world.now()),
            file_name=str(job.body["file_name"]),
            sha256=hashlib.sha256(job.content).hexdigest(),
            uninstalled=False,
            **row,
        )
        for row in rows
    ]


def install_worker(world: World, job: Job) -> Finish:
    """Judges an activation file and takes its licenses, all or none."""

    def finish(db: sqlite3.Connection) -> Outcome:
        now = world.now()
        device = device_digest(node_row(db, job.node)["device"])
        new = _licenses_in(world, job.node, device, job)
        alive = [item for item in licenses_of(db, job.node) if item.alive(now)]
        breach = judge_install(new, alive, len(clients_of(db, job.node)), now)
        if breach is not None:
            raise JobFailed(breach.code, breach.message)
        return Outcome(detail={"licenseIds": [add_license(db, item) for item in new]})

    return finish


def check_uninstall(db: sqlite3.Connection, world: World, server: str, license_id: str) -> list[License]:
    """The licenses that leave together; a ``Refusal`` if they may not."""
    now = world.now()
    licenses = licenses_of(db, server)
    leaving = siblings(licenses, license_id)
    connected = {item.name for item in clients_of(db, server) if item.state == "connected"}
    held = [
        license_id
        for license_id, by_client in assignment.assigned_of(db, server).items()
        if connected & set(by_client)
    ]
    breach = judge_uninstall(leaving, [item for item in licenses if item.alive(now)], held, now)
    if breach is not None:
        raise Refusal(409, breach.code, breach.message)
    return leaving


def uninstall_worker(world: World, job: Job) -> Finish:
    """Takes the licenses of one file out of use and leaves their uninstall file."""

    def finish(db: sqlite3.Connection) -> Outcome:
        licenses = licenses_of(db, job.node)
        leaving = siblings(licenses, str(job.body["license"]))
        ids = [item.id for item in leaving]
        if all(item.uninstalled for item in leaving):
            return Outcome(detail={"licenseIds": ids})  # asked for twice before the first was done
        try:
            leaving = check_uninstall(db, world, job.node, ids[0])
        except Refusal as refusal:
            raise JobFailed(refusal.code, refusal.message) from refusal
        _uninstall(db, world, job.node, leaving)
        return Outcome(detail={"licenseIds": ids})

    return finish


def _uninstall(db: sqlite3.Connection, world: World, server: str, leaving: list[License]) -> None:
    first = leaving[0]
    names = ("product", "arch", "kind", "code", "quantity", "key", "issued_at", "expires_at")
    content = world.vendor.seal(
        UNINSTALL,
        {
            "serial": f"{server}:{first.id}",
            "device": first.device,
            "licenses": [{name: getattr(item, name) for name in names} for item in leaving],
        },
    )
    file_name = f"{(first.file_name or first.id).rpartition('.')[0] or first.id}.uak"
    db.execute(
        "INSERT INTO uninstall_files (server, sha256, file_name, content) VALUES (?, ?, ?, ?)",
        (server, first.sha256, file_name, content),
    )
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
