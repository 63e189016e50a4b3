# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients of a License Server: credentials, quotas and assigned licenses."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence

from flask import Flask, Response

from usim import assignment
from usim.catalog import find_product
from usim.reading import iso
from usim.server_rules import judge_quota
from usim.simulation import Simulation
from usim.store import Client, clients_of, licenses_of
from usim.webapp import Refusal, json_body, json_response, text_field, whole_number

Quota = list[tuple[str, str | None, int]]


def _quota(body: Mapping[str, object]) -> Quota:
    rows = body.get("quota") or []
    if not isinstance(rows, list):
        raise Refusal(400, "bad_request", "quota has to be a list of {productId, arch, quantity}")
    quota: Quota = []
    for row in rows:
        if not isinstance(row, dict):
            raise Refusal(400, "bad_request", "quota has to be a list of {productId, arch, quantity}")
        product, arch = row.get("productId"), row.get("arch")
        if find_product(str(product), arch) is None:
            raise Refusal(400, "bad_request", f"quota: no product {product!r} of architecture {arch!r}")
        if any(line[:2] == (product, arch) for line in quota):
            raise Refusal(400, "bad_request", f"quota: {product} of architecture {arch!r} stands there twice")
        quota.append((str(product), arch, whole_number(row.get("quantity"), "quota.quantity")))
    return quota


def client_body(client: Client) -> dict[str, object]:
    return {
        "name": client.name,
        "state": client.state,
        "lastContact": None if client.last_contact is None else iso(client.last_contact),
        "quota": [
            {"productId": product, "arch": arch, "quantity": quantity}
            for product, arch, quantity in client.quota
        ],
    }


def register(
    app: Flask,
    simulation: Simulation,
    node: str,
    base: str,
    rows_response: Callable[[Sequence[object]], Response],
) -> None:
    def find(db: sqlite3.Connection, name: str) -> Client:
        for client in clients_of(db, node):
            if client.name == name:
                return client
        raise Refusal(404, "client_not_found", f"no client {name}")

    def check_quota(db: sqlite3.Connection, name: str, quota: Quota) -> str:
        breach = judge_quota(quota)
        if breach is not None:
            raise Refusal(409, breach.code, breach.message)
        excess = assignment.quota_excess(db, node, name, quota, simulation.now())
        if excess is not None:
            product, arch = excess
            raise Refusal(
                409,
                "quota_exceeds_supply",
                f"all quotas of {product} ({arch or 'any'}) exceed the available quantity",
            )
        return json.dumps(quota)

    @app.get(f"{base}/clients")
    def list_clients() -> Response:
        with simulation.store.transaction() as db:
            rows = [client_body(client) for client in clients_of(db, node)]
        return rows_response(rows)

    @app.post(f"{base}/clients")
    def create_client() -> Response:
        body = json_body()
        name, password, quota = text_field(body, "name"), text_field(body, "password"), _quota(body)
        with simulation.store.transaction() as db:
            if any(client.name == name for client in clients_of(db, node)):
                raise Refusal(409, "client_exists", f"there is a client {name} already")
            db.execute(
                "INSERT INTO clients (server, name, password, quota) VALUES (?, ?, ?, ?)",
                (node, name, password, check_quota(db, name, quota)),
            )
            created = client_body(find(db, name))
        return json_response(created, 201)

    @app.put(f"{base}/clients/<name>")
    def update_client(name: str) -> Response:
        body = json_body()
        with simulation.store.transaction() as db:
            find(db, name)
            if body.get("password") is not None:
                password = text_field(body, "password")
                db.execute(
                    "UPDATE clients SET password = ? WHERE server = ? AND name = ?", (password, node, name)
                )
            if "quota" in body:
                quota = check_quota(db, name, _quota(body))
                db.execute("UPDATE clients SET quota = ? WHERE server = ? AND name = ?", (quota, node, name))
                assignment.reconsider(db, node)
            changed = client_body(find(db, name))
        return json_response(changed)

    @app.delete(f"{base}/clients/<name>")
    def delete_client(name: str) -> Response:
        with simulation.store.transaction() as db:
            if find(db, name).state == "connected":
                raise Refusal(409, "client_connected", f"client {name} is connected: release it first")
            assignment.release(db, node, name)
            db.execute("DELETE FROM clients WHERE server = ? AND name = ?", (node, name))
            assignment.reconsider(db, node)
        return Response(status=204)

    @app.get(f"{base}/clients/<name>/assignments")
    def list_assignments(name: str) -> Response:
        with simulation.store.transaction() as db:
            find(db, name)
            lines = {item.id: item for item in licenses_of(db, node)}
            held = db.execute(
                "SELECT * FROM assignments WHERE server = ? AND client = ? ORDER BY rowid", (node, name)
            ).fetchall()
        rows = [
            {
                "licenseId": row["license"],
                "productId": lines[row["license"]].product,
                "arch": lines[row["license"]].arch,
                "quantity": row["quantity"],
                "fetchedAt": iso(row["fetched_at"]),
            }
            for row in held
        ]
        return rows_response(rows)

    @app.post(f"{base}/clients/<name>/release")
    def release_client(name: str) -> Response:
        with simulation.store.transaction() as db:
            find(db, name)
            assignment.release(db, node, name)
            db.execute(
                "UPDATE clients SET state = 'disconnected', system = NULL WHERE server = ? AND name = ?"
                " AND state != 'never'",
                (node, name),
            )
            released = client_body(find(db, name))
        return json_response(released)
