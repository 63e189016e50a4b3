# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The License Server's port for its clients, where a VMS fetches licenses (HTTPS, HTTP Basic)."""

from __future__ import annotations

import dataclasses
import hmac
import json
import sqlite3

from flask import Flask, Response, request

from usim import assignment, paths
from usim.simulation import Simulation
from usim.store import clients_of, node_row
from usim.webapp import Refusal, create_node_app, json_body, json_response, text_field

BASE = paths.CLIENT_PORT


def _refuse(error: Refusal) -> Response:
    return json_response({"errorCode": error.code, "errorMessage": error.message}, error.status)


def create_app(simulation: Simulation, server: str) -> Flask:
    app = create_node_app(simulation, f"{server}:client", _refuse, lambda: None)

    def login(db: sqlite3.Connection) -> str:
        given = request.authorization
        for client in clients_of(db, server):
            if (
                given is not None
                and given.username == client.name
                and hmac.compare_digest((given.password or "").encode(), client.password.encode())
            ):
                return client.name
        raise Refusal(401, "client_credentials_invalid", "the client's name or password is wrong")

    @app.post(f"{BASE}/fetch")
    def fetch() -> Response:
        system = text_field(json_body(), "system")
        with simulation.store.transaction() as db:
            name = login(db)
            client = next(item for item in clients_of(db, server) if item.name == name)
            if client.state == "connected" and client.system not in (None, system):
                message = f"client {name} is in use by another system, {client.system}"
                raise Refusal(409, "client_in_use", message)
            now = simulation.now()
            share = assignment.assign(db, server, name, now)
            db.execute(
                "UPDATE clients SET state = 'connected', system = ?, last_contact = ?"
                " WHERE server = ? AND name = ?",
                (system, int(now), server, name),
            )
            active = json.loads(node_row(db, server)["details"])["active"]
        body = {
            "serverId": active,
            "time": int(now),
            "licenses": [dataclasses.asdict(item) for item in share.holdings],
            "leftOut": [{"licenseId": name, "errorCode": code} for name, code in share.left_out.items()],
        }
        return json_response(body)

    @app.post(f"{BASE}/sign-off")
    def sign_off() -> Response:
        with simulation.store.transaction() as db:
            name = login(db)
            assignment.release(db, server, name)
            db.execute(
                "UPDATE clients SET state = 'disconnected', system = NULL, last_contact = ?"
                " WHERE server = ? AND name = ?",
                (int(simulation.now()), server, name),
            )
        return json_response({})

    return app
