# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create the state of a scenario in one transaction: completely or not at all."""

from __future__ import annotations

import dataclasses
import json
import secrets
import sqlite3
import time
from collections.abc import Sequence

from usim import assignment, links
from usim.catalog import DAY
from usim.license_platform import ISSUED_FIELDS, Issued, issue
from usim.scenario import (
    DEFAULT_USER,
    Account,
    HostSeed,
    KeySeed,
    LicenseSeed,
    ProductNodeSeed,
    Scenario,
    ServerSeed,
    VmsSeed,
)
from usim.signing import DEVICE, Vendor, device_digest
from usim.store import SCHEMA_DIGEST, License, Store, add_license, create_schema, dump_packs, insert, set_meta

HOST_TYPES = {"aarch64": 17, "x86_64": 16}


def seed(store: Store, scenario: Scenario) -> None:
    vendor_key = secrets.token_bytes(32)
    vendor = Vendor(vendor_key)
    offset = 0.0 if scenario.clock is None else scenario.clock - time.time()
    now = int(time.time() + offset)
    with store.transaction() as db:
        create_schema(db)
        for name, value in (
            ("scenario", scenario.digest),
            ("schema", SCHEMA_DIGEST),
            ("clock_offset", repr(offset)),
            ("task_ms", str(scenario.task_ms)),
            ("token_seconds", str(scenario.token_seconds)),
            ("nonce_seconds", str(scenario.nonce_seconds)),
            ("session_requests", str(scenario.session_requests)),
            ("api", scenario.api),
            ("vendor_key", vendor_key.hex()),
            ("nonce_key", secrets.token_hex(32)),
            ("dry_run", "off"),
        ):
            set_meta(db, name, value)
        for server in scenario.servers:
            _seed_server(db, vendor, server, now)
        for product_node in scenario.product_nodes:
            _seed_product_node(db, vendor, product_node, now)
        for node in scenario.vms:
            _seed_vms(db, node, now)
        for node in scenario.vms:
            _seed_link(db, node, now)
        for key in scenario.keys:
            insert(db, "keys", _key(key))


def _account(account: Account) -> dict[str, str]:
    password = account.password or secrets.token_urlsafe(12)
    return {"username": account.username or DEFAULT_USER, "password": password}


def _key(key: KeySeed) -> dict[str, object]:
    return {**dataclasses.asdict(key), "packs": dump_packs(key.packs)}


def make_device(vendor: Vendor, names: Sequence[str]) -> bytes:
    """Return the device information of new hardware; that of a pair contains both devices."""
    serials = {name: secrets.token_hex(16) for name in names}
    return vendor.seal(DEVICE, {"devices": serials})


def renew_device(vendor: Vendor, device: bytes, name: str) -> bytes:
    """Return the device information after one device is replaced by new hardware."""
    devices = vendor.open(DEVICE, device)["devices"]
    assert isinstance(devices, dict)
    return vendor.seal(DEVICE, {"devices": {**devices, name: secrets.token_hex(16)}})


def _seed_server(db: sqlite3.Connection, vendor: Vendor, server: ServerSeed, now: int) -> None:
    device = make_device(vendor, [server.name, server.peer] if server.peer else [server.name])
    node = {
        "name": server.name,
        "kind": "license_server",
        **_account(server.account),
        "client_id": server.client_id or "license-console",
        "client_secret": server.client_secret or secrets.token_urlsafe(12),
        "version": server.version,
        "device": device,
        "details": json.dumps(
            {"active": server.name, "standby": server.peer, "answers": server.answers.given()}
        ),
    }
    insert(db, "nodes", node)
    for client in server.clients:
        quota = json.dumps([(row.product, row.arch, row.quantity) for row in client.quota])
        password = client.password or secrets.token_urlsafe(12)
        row = {"server": server.name, "name": client.name, "password": password, "quota": quota}
        insert(db, "clients", row)
    _seed_licenses(db, vendor, server.name, server.licenses, device, now)


def _seed_product_node(db: sqlite3.Connection, vendor: Vendor, node: ProductNodeSeed, now: int) -> None:
    device = make_device(vendor, [node.name])
    row = {
        "name": node.name,
        "kind": "product_node",
        **_account(node.account),
        "client_id": node.client_id or "license-console",
        "client_secret": node.client_secret or secrets.token_urlsafe(12),
        "version": node.version,
        "device": device,
        "details": json.dumps({"product": node.product, "used": node.used, "answers": node.answers.given()}),
    }
    insert(db, "nodes", row)
    _seed_licenses(db, vendor, node.name, node.licenses, device, now)


def _seed_licenses(
    db: sqlite3.Connection,
    vendor: Vendor,
    node: str,
    licenses: Sequence[LicenseSeed],
    device: bytes,
    now: int,
) -> None:
    files: dict[str, list[License]] = {}
    for index, item in enumerate(licenses):
        made = _license(node, item, device_digest(device), now)
        files.setdefault(item.file or f"#{index}", []).append(made)
    for group in files.values():
        _seed_file(db, vendor, group)


def _license(server: str, item: LicenseSeed, device: str, now: int) -> License:
    issued = item.issued_at if item.issued_at is not None else now - item.issued_days_ago * DAY
    expires = item.expires_at
    if expires is None and item.term_days is not None:
        expires = issued + item.term_days * DAY
    key = item.key or f"SIM{secrets.token_hex(8).upper()}"
    return License(
        id="",
        server=server,
        product=item.product,
        arch=item.arch,
        kind=item.kind,
        code=item.code,
        quantity=item.quantity,
        key=None if item.kind == "preinstalled" else key,
        issued_at=issued,
        installed_at=item.installed_at if item.installed_at is not None else issued,
        expires_at=expires,
        packs=item.packs,
        device=device,
        file_name=None,
        sha256=None,
        uninstalled=False,
    )


def _seed_file(db: sqlite3.Connection, vendor: Vendor, group: list[License]) -> None:
    """Add licenses of the scenario with an issued activation file; preinstalled licenses have none."""
    if group[0].kind == "preinstalled":
        for item in group:
            add_license(db, item)
        return
    inside = [Issued(**{name: getattr(item, name) for name in ISSUED_FIELDS}) for item in group]
    made = issue(db, vendor, group[0].device, inside, group[0].issued_at or 0)
    for item in group:
        add_license(db, dataclasses.replace(item, file_name=made.file_name, sha256=made.sha256))


def _seed_vms(db: sqlite3.Connection, node: VmsSeed, now: int) -> None:
    details = {
        "ip": node.ip,
        "slave_ip": node.slave_ip,
        "vm_allowed": node.vm_allowed,
        "srm": dataclasses.asdict(node.srm) if node.srm else None,
        "answers": node.answers.given(),
    }
    row = {
        "name": node.name,
        "kind": "vms",
        **_account(node.account),
        "version": node.version,
        "arch": node.arch,
        "details": json.dumps(details),
    }
    insert(db, "nodes", row)
    for host in node.hosts:
        add_hosts(db, node.name, node.version, host, now)


def add_hosts(db: sqlite3.Connection, node: str, version: str, host: HostSeed, now: float) -> None:
    """Add ``count`` equal hosts, numbered after the existing ones."""
    (last,) = db.execute("SELECT coalesce(max(id), 0) FROM hosts WHERE node = ?", (node,)).fetchone()
    host_type = HOST_TYPES[host.arch] if host.host_type is None else host.host_type
    added = int(now) - host.added_days_ago * DAY

    def row(number: int) -> tuple[object, ...]:
        alone = host.count == 1 and host.name is not None
        name = host.name if alone else f"{host.name or 'cvk'}{number}"
        ip = f"10.{number // 62_500 + 1}.{number // 250 % 250 + 1}.{number % 250 + 1}"
        return (
            node,
            number,
            name,
            ip,
            host.cpu_sockets,
            host.cpu_cores,
            host.arch,
            host_type,
            host.status,
            host.version or version,
            int(host.container_cluster),
            int(host.clustered),
            int(host.maintenance),
            host.vms,
            added,
        )

    db.executemany(
        "INSERT INTO hosts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (row(number) for number in range(last + 1, last + 1 + host.count)),
    )


def _seed_link(db: sqlite3.Connection, node: VmsSeed, now: int) -> None:
    """Add an initial connection. The ports are set when the servers have them."""
    if node.server is None or node.client is None:
        return
    password = secrets.token_urlsafe(12)
    db.execute(
        "INSERT OR IGNORE INTO clients (server, name, password) VALUES (?, ?, ?)",
        (node.server, node.client, password),
    )
    (password,) = db.execute(
        "SELECT password FROM clients WHERE server = ? AND name = ?", (node.server, node.client)
    ).fetchone()
    db.execute(
        "UPDATE clients SET state = 'connected', system = ?, last_contact = ? WHERE server = ? AND name = ?",
        (node.name, now, node.server, node.client),
    )
    db.execute(
        "INSERT INTO links VALUES (?, '127.0.0.1', 0, 0, ?, ?, ?, ?, 'connected', ?, ?)",
        (node.name, node.client, password, node.contract_number, node.server, now, now),
    )
    # What a scenario begins with is as it says, even if no server would have given it (R4–R6).
    share = assignment.assign(db, node.server, node.client, now, judged=False)
    links.keep_holdings(db, node.name, share.holdings)
