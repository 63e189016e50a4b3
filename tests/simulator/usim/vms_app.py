# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP API of one VMS: documented reads with their quirks, and assumed calls for its License Server."""

from __future__ import annotations

import ssl

from flask import Flask, Response, g, request

from usim import jobs, links, paths, vms_hosts, vms_machines, vms_reads, vms_sessions, vms_tasks
from usim.digest import NodeDigest
from usim.quirks import styled
from usim.reading import iso
from usim.simulation import Simulation
from usim.store import node_row
from usim.vms_answers import VmsAnswers
from usim.webapp import (
    Refusal,
    create_node_app,
    is_login_request,
    json_body,
    json_response,
    optional_text_field,
    text_field,
    whole_number,
)

BASE = paths.VMS
LAPSED_CODE = "license_lapsed"
LAPSED_MESSAGE = "the license has lapsed; reconnect to the License Server to log in again"


def _works_while_lapsed() -> bool:
    """Return whether a call accepts the credentials while login is refused, to reconnect (R20, R22)."""
    path, method = request.path.removeprefix(BASE), request.method
    return (
        (path == "/licenseServer" and method in ("GET", "PUT"))
        or (path == "/licenseServer/reconnect" and method == "POST")
        or (path.startswith("/message/") and method == "GET")
    )


def create_app(simulation: Simulation, node: str, tls: ssl.SSLContext) -> Flask:
    with simulation.store.transaction() as db:
        row = node_row(db, node)
    digest = NodeDigest(simulation, node, row["username"], row["password"])
    sessions = vms_sessions.Sessions(simulation, node)
    answers = VmsAnswers(simulation, node)

    def log_in() -> Response | None:
        if "Authorization" not in request.headers and sessions.is_open(vms_sessions.given_session()):
            return None
        answer = digest.check()
        g.digest_login = answer is None
        return answer

    def authenticate() -> Response | None:
        if is_login_request():
            return None
        answer = log_in()
        if answer is not None or _works_while_lapsed():
            return answer
        with simulation.store.transaction() as db:
            lapsed = links.is_lapsed(db, node, simulation.now())
        if lapsed:
            answer = digest.challenge()
            g.auth_challenge = False  # not a step of logging in: the request itself was refused
            code = simulation.answers.of(node).lapsed_code or LAPSED_CODE
            answer.headers.extend(answers.error_headers(code, LAPSED_MESSAGE))
        return answer

    app = create_node_app(simulation, node, answers.refuse, authenticate)
    vms_sessions.register(app, simulation, node, sessions, (row["username"], row["password"]))
    for part in (vms_hosts, vms_machines, vms_reads, vms_tasks):
        part.register(app, simulation, node, BASE, answers)
    _register_license_server(app, simulation, node, tls)
    return app


def _register_license_server(app: Flask, simulation: Simulation, node: str, tls: ssl.SSLContext) -> None:
    def accepted(message: int) -> Response:
        body = {"msgId": vms_tasks.number_of(message)}
        return json_response(styled(body, simulation.turn(f"{node}:msgId")), 202)

    @app.get(f"{BASE}/licenseServer")
    def get_license_server() -> Response:
        with simulation.store.transaction() as db:
            row = db.execute("SELECT * FROM links WHERE node = ?", (node,)).fetchone()
        if row is None:
            return json_response({})
        body = {
            "address": row["address"],
            "clientPort": row["client_port"],
            "consolePort": row["console_port"],
            "clientName": row["client"],
            "state": row["state"],
            "lastContact": iso(row["last_contact"]),
            "fetchedAt": iso(row["fetched_at"]),
            "serverId": row["server_id"],
        }
        if row["contract_number"]:
            body["contractNumber"] = row["contract_number"]
        return json_response(body)

    @app.put(f"{BASE}/licenseServer")
    def put_license_server() -> Response:
        body = json_body()
        work: dict[str, str | int | None] = {
            "address": text_field(body, "address"),
            "client_port": whole_number(body.get("clientPort"), "clientPort", 1),
            "console_port": whole_number(body.get("consolePort"), "consolePort", 1),
            "client": text_field(body, "clientName"),
            "password": text_field(body, "clientPassword"),
            "contract_number": optional_text_field(body, "contractNumber"),
        }
        with simulation.store.transaction() as db:
            return accepted(jobs.post(db, simulation, node, "connect", work))

    @app.delete(f"{BASE}/licenseServer")
    def delete_license_server() -> Response:
        links.sign_off(simulation, tls, node)
        return Response(status=204)

    @app.post(f"{BASE}/licenseServer/reconnect")
    def reconnect() -> Response:
        with simulation.store.transaction() as db:
            if links.link_target(db, node) is None:
                raise Refusal(409, "license_server_not_set", "no License Server is set")
            return accepted(jobs.post(db, simulation, node, "reconnect", {}))
