# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients of a License Server in the second API, called tenants there; their quotas are ``limits``."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

from flask import Flask, Response

from usim import assignment
from usim.catalog import find_product
from usim.second_api.conventions import GOODS, ISA, LINKS, good, goods_of, local_time
from usim.second_api.pages import numbered
from usim.server_rules import judge_quota
from usim.simulation import Simulation
from usim.store import Client, clients_of, licenses_of
from usim.webapp import Refusal, json_body, text_field, whole_number

Limits = list[tuple[str, str | None, int]]


def _tenant(client: Client) -> dict[str, object]:
    return {
        "tenant": {
            "name": client.name,
            "limits": [
                {"goods": GOODS[product], "isa": ISA[arch], "amount": amount}
                for product, arch, amount in client.quota
            ],
        },
        "link": {"state": LINKS[client.state], "seen": local_time(client.last_contact)},
    }


def _given() -> Mapping[str, object]:
    body = json_body().get("tenant")
    if not isinstance(body, dict):
        raise Refusal(400, "bad_request", "tenant has to be an object")
    unknown = set(body) - {"name", "secret", "limits"}
    if unknown:
        raise Refusal(400, "bad_request", f"{min(unknown)} is not known here")
    return body


def _limits(given: Mapping[str, object]) -> Limits:
    rows = given.get("limits") or []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Refusal(400, "bad_request", "limits has to be a list of {goods, isa, amount}")
    limits: Limits = []
    for row in rows:
        product, arch = goods_of(row.get("goods"), row.get("isa"))
        if find_product(product, arch) is None or any(line[:2] == (product, arch) for line in limits):
            raise Refusal(400, "bad_request", f"limits: {product} is not sold so, or stands there twice")
        limits.append((product, arch, whole_number(row.get("amount"), "amount")))
    return limits


def _find(db: sqlite3.Connection, node: str, name: str) -> Client:
    for client in clients_of(db, node):
        if client.name == name:
            return client
    raise Refusal(404, "client_not_found", f"no tenant {name}")


def _judged(db: sqlite3.Connection, simulation: Simulation, node: str, name: str, limits: Limits) -> str:
    breach = judge_quota(limits)
    if breach is not None:
        raise Refusal(409, breach.code, breach.message)
    if assignment.quota_excess(db, node, name, limits, simulation.now()) is not None:
        raise Refusal(409, "quota_exceeds_supply", "the limits exceed the available quantity")
    return json.dumps(limits)


def register(app: Flask, simulation: Simulation, node: str, base: str) -> None:
    _register_reads(app, simulation, node, base)
    _register_writes(app, simulation, node, base)


def _register_reads(app: Flask, simulation: Simulation, node: str, base: str) -> None:
    @app.get(f"{base}/tenants")
    def list_tenants() -> Response:
        with simulation.store.transaction() as db:
            return numbered([_tenant(client) for client in clients_of(db, node)])

    @app.get(f"{base}/tenants/<name>/grants")
    def list_grants(name: str) -> Response:
        with simulation.store.transaction() as db:
            _find(db, node, name)
            lines = {item.id: item for item in licenses_of(db, node)}
            held = db.execute(
                "SELECT * FROM assignments WHERE server = ? AND client = ? ORDER BY rowid", (node, name)
            ).fetchall()
        rows = [
            {
                "entitlement": {
                    "no": row["license"],
                    "goods": GOODS[lines[row["license"]].product],
                    "isa": ISA[lines[row["license"]].arch],
                },
                "amount": row["quantity"],
                "synced": local_time(row["fetched_at"]),
            }
            for row in held
        ]
        return numbered(rows)


def _register_writes(app: Flask, simulation: Simulation, node: str, base: str) -> None:
    @app.post(f"{base}/tenants")
    def create_tenant() -> Response:
        given = _given()
        name, secret, limits = text_field(given, "name"), text_field(given, "secret"), _limits(given)
        with simulation.store.transaction() as db:
            if any(client.name == name for client in clients_of(db, node)):
                raise Refusal(409, "client_exists", f"there is a tenant {name} already")
            quota = _judged(db, simulation, node, name, limits)
            db.execute(
                "INSERT INTO clients (server, name, password, quota) VALUES (?, ?, ?, ?)",
                (node, name, secret, quota),
            )
            return good(_tenant(_find(db, node, name)), 201)

    @app.patch(f"{base}/tenants/<name>")
    def change_tenant(name: str) -> Response:
        given = _given()
        with simulation.store.transaction() as db:
            _find(db, node, name)
            if given.get("secret") is not None:
                secret = text_field(given, "secret")
                db.execute(
                    "UPDATE clients SET password = ? WHERE server = ? AND name = ?", (secret, node, name)
                )
            if "limits" in given:
                quota = _judged(db, simulation, node, name, _limits(given))
                db.execute("UPDATE clients SET quota = ? WHERE server = ? AND name = ?", (quota, node, name))
                assignment.reconsider(db, node)
            return good(_tenant(_find(db, node, name)))

    @app.delete(f"{base}/tenants/<name>")
    def delete_tenant(name: str) -> Response:
        with simulation.store.transaction() as db:
            if _find(db, node, name).state == "connected":
                raise Refusal(409, "client_connected", f"tenant {name} is connected")
            assignment.release(db, node, name)
            db.execute("DELETE FROM clients WHERE server = ? AND name = ?", (node, name))
            assignment.reconsider(db, node)
        return good(None)

    @app.post(f"{base}/tenants/<name>/detach")
    def detach_tenant(name: str) -> Response:
        with simulation.store.transaction() as db:
            _find(db, node, name)
            assignment.release(db, node, name)
            db.execute(
                "UPDATE clients SET state = 'disconnected', system = NULL WHERE server = ? AND name = ?"
                " AND state != 'never'",
                (node, name),
            )
            return good(_tenant(_find(db, node, name)))
