# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP API of one VMS: documented reads with their quirks, and assumed calls for its License Server."""

from __future__ import annotations

import json
import ssl

from flask import Flask, Response, g, request

from usim import jobs, links, paths, vms_reads
from usim.digest import NodeDigest
from usim.quirks import styled
from usim.reading import iso
from usim.simulation import Simulation
from usim.store import node_row
from usim.webapp import (
    Refusal,
    create_node_app,
    json_body,
    json_response,
    optional_text_field,
    text_field,
    whole_number,
)

BASE = paths.VMS
LAPSED_MESSAGE = "the license has lapsed; reconnect to the License Server to log in again"


def _refuse(error: Refusal) -> Response:
    """Return a business error, which VMS sends in headers with the usual wrapped body."""
    headers = {}
    if error.status == 409:
        headers = {"Error-Code": error.code, "Error-Message": error.message}
    body = {"data": None, "state": 1, "message": error.message, "errorCode": error.code}
    return json_response(body, error.status, headers)


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

    def authenticate() -> Response | None:
        answer = digest.check()
        if answer is not None or _works_while_lapsed():
            return answer
        with simulation.store.transaction() as db:
            lapsed = links.is_lapsed(db, node, simulation.now())
        if lapsed:
            answer = digest.challenge()
            g.auth_challenge = False  # not a step of logging in: the request itself was refused
            answer.headers["Error-Code"] = "license_lapsed"
            answer.headers["Error-Message"] = LAPSED_MESSAGE
        return answer

    app = create_node_app(simulation, node, _refuse, authenticate)
    vms_reads.register(app, simulation, node, BASE)
    _register_license_server(app, simulation, node, tls)
    return app


def _register_license_server(app: Flask, simulation: Simulation, node: str, tls: ssl.SSLContext) -> None:
    def accepted(message: int) -> Response:
        return json_response(styled({"msgId": message}, simulation.turn(f"{node}:msgId")), 202)

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

    @app.get(f"{BASE}/message/<number>")
    def get_message(number: str) -> Response:
        with simulation.store.transaction() as db:
            row = jobs.find_message(db, node, number)
        if row is None:
            raise Refusal(404, "no_such_task", f"no task {number}")
        body: dict[str, object] = {"msgId": row["id"], "completed": bool(row["completed"])}
        if row["completed"]:
            body["result"] = row["result"]
            detail = json.loads(row["detail"])
            if detail:
                body["detail"] = detail
            if row["error_code"]:
                body |= {"errorCode": row["error_code"], "failMsg": row["fail_message"]}
        return json_response(styled(body, True))
