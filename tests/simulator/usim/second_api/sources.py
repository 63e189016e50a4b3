# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The License Server of a VMS in the second API; the connection is written as XML."""

from __future__ import annotations

import ssl
import xml.etree.ElementTree as ET

from flask import Flask, Response, request

from usim import jobs, links, paths
from usim.second_api import work
from usim.second_api.conventions import NO_LINK, good, local_time
from usim.simulation import Simulation
from usim.webapp import Refusal

_BASE = paths.SECOND_VMS
_SOURCE = f"{_BASE}/licensing/source"
_STATES = {"connected": "已连接", "disconnected": "已断开"}


def works_while_lapsed() -> bool:
    """Return whether a call works while login is refused, to reconnect (R20, R22)."""
    return (
        (request.path == _SOURCE and request.method in ("GET", "PUT"))
        or (request.path == f"{_SOURCE}/sync" and request.method == "POST")
        or (request.path.startswith(f"{_BASE}/jobs/") and request.method == "GET")
    )


def register(app: Flask, simulation: Simulation, node: str, tls: ssl.SSLContext) -> None:
    work.register(app, simulation, node, _BASE)

    @app.get(_SOURCE)
    def get_source() -> Response:
        with simulation.store.transaction() as db:
            row = db.execute("SELECT * FROM links WHERE node = ?", (node,)).fetchone()
        if row is None:
            return good({"status": NO_LINK})
        body: dict[str, object] = {
            "status": _STATES[row["state"]],
            "endpoint": {
                "host": row["address"],
                "ports": {"agent": row["client_port"], "console": row["console_port"]},
            },
            "agent": {"name": row["client"]},
            "origin": row["server_id"],
            "times": {"seen": local_time(row["last_contact"]), "synced": local_time(row["fetched_at"])},
        }
        if row["contract_number"]:
            body["contract"] = row["contract_number"]
        return good(body)

    @app.put(_SOURCE)
    def put_source() -> Response:
        body = _read_source(request.get_data())
        with simulation.store.transaction() as db:
            return work.accepted(_BASE, jobs.post(db, simulation, node, "connect", body))

    @app.delete(_SOURCE)
    def delete_source() -> Response:
        links.sign_off(simulation, tls, node)
        return good(None)

    @app.post(f"{_SOURCE}/sync")
    def sync() -> Response:
        with simulation.store.transaction() as db:
            if links.link_target(db, node) is None:
                raise Refusal(409, "license_server_not_set", "no source is set")
            return work.accepted(_BASE, jobs.post(db, simulation, node, "reconnect", {}))


def _read_source(content: bytes) -> dict[str, str | int | None]:
    """Return the connection in ``<source>``. Raises Refusal if something is missing or unknown."""
    if "xml" not in (request.content_type or "") or b"<!" in content:
        raise Refusal(400, "bad_request", "the body has to be XML without declarations of types")
    try:
        root = ET.fromstring(content)  # noqa: S314 - a body with a DTD was refused above
    except ET.ParseError as error:
        raise Refusal(400, "bad_request", f"the body is not XML: {error}") from error
    known = {"endpoint", "agent", "contract"}
    if root.tag != "source" or {child.tag for child in root} - known:
        raise Refusal(400, "bad_request", "the body has to be <source> with endpoint, agent and contract")
    ports = root.find("endpoint/ports")
    numbers = {} if ports is None else ports.attrib
    return {
        "address": _text(root, "endpoint/host"),
        "client_port": _port(numbers.get("agent")),
        "console_port": _port(numbers.get("console")),
        "client": _text(root, "agent/name"),
        "password": _text(root, "agent/secret"),
        "contract_number": None if root.find("contract") is None else _text(root, "contract"),
    }


def _text(root: ET.Element, place: str) -> str:
    value = root.findtext(place)
    if not value:
        raise Refusal(400, "bad_request", f"{place} has to be a text that is not empty")
    return value


def _port(value: str | None) -> int:
    if value is None or not value.isdecimal() or not 0 < int(value) < 65536:
        raise Refusal(400, "bad_request", "ports has to have the attributes agent and console")
    return int(value)
