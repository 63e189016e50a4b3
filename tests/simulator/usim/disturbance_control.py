# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls of the control port that add and remove faults and pauses."""

from __future__ import annotations

import sqlite3

from flask import Flask, Response

from usim.disturbances import ANY_NODE, Target, parse_fault, parse_pause
from usim.reading import Section
from usim.simulation import Simulation
from usim.store import node_row
from usim.webapp import Refusal, json_body, json_response, optional_json_body, whole_number

_CLIENT_PORT = ":client"


def register(app: Flask, simulation: Simulation) -> None:
    found = simulation.disturbances

    def check(target: Target) -> None:
        """Reject a fault for a node that does not exist: it never occurs, so a test could wrongly pass."""
        if target.node == ANY_NODE:
            return
        with simulation.store.transaction() as db:
            if not _is_there(db, target.node):
                raise Refusal(404, "node_not_found", f"no node {target.node}")

    @app.post("/faults")
    def add_fault() -> Response:
        fault = parse_fault(Section(json_body(), "body"))
        check(fault.target)
        return json_response(found.add_fault(fault), 201)

    @app.get("/faults")
    def list_faults() -> Response:
        return json_response(found.faults())

    @app.delete("/faults")
    def remove_faults() -> Response:
        return json_response(found.remove_faults())

    @app.delete("/faults/<int:number>")
    def remove_fault(number: int) -> Response:
        gone = found.remove_faults(number)
        if not gone:
            raise Refusal(404, "fault_not_found", f"no fault {number}")
        return json_response(gone[0])

    @app.post("/pauses")
    def add_pause() -> Response:
        pause = parse_pause(Section(json_body(), "body"))
        check(pause.target)
        return json_response(found.add_pause(pause), 201)

    @app.get("/pauses")
    def list_pauses() -> Response:
        return json_response(found.pauses())

    @app.post("/pauses/release")
    def release() -> Response:
        given = optional_json_body().get("id")
        number = None if given is None else whole_number(given, "id")
        gone = found.release(number)
        if number is not None and not gone:
            raise Refusal(404, "pause_not_found", f"no pause {number}")
        return json_response(gone)


def _is_there(db: sqlite3.Connection, name: str) -> bool:
    is_port = name.endswith(_CLIENT_PORT)
    try:
        row = node_row(db, name.removesuffix(_CLIENT_PORT))
    except KeyError:
        return False
    return not is_port or row["kind"] == "license_server"
