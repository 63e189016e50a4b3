# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls of the control port that change how a node writes its answers."""

from __future__ import annotations

from flask import Flask, Response

from usim.answer_options import parse_options
from usim.disturbances import ANY_NODE
from usim.reading import ScenarioError, Section
from usim.simulation import Simulation
from usim.store import node_row
from usim.webapp import Refusal, json_body, json_response


def register(app: Flask, simulation: Simulation) -> None:
    found = simulation.answers

    def kind_of(node: str) -> str:
        if node == ANY_NODE:
            return node
        with simulation.store.transaction() as db:
            try:
                return str(node_row(db, node)["kind"])
            except KeyError as error:
                raise Refusal(404, "node_not_found", f"no node {node}") from error

    @app.post("/answers")
    def add_change() -> Response:
        section = Section(json_body(), "body")
        node = section.text("node")
        options = parse_options(section, kind_of(node))
        section.done()
        if not options.given():
            raise ScenarioError("body: names no option, so it would change nothing.")
        return json_response(found.add(node, options), 201)

    @app.get("/answers")
    def list_changes() -> Response:
        return json_response(found.changes())

    @app.delete("/answers")
    def remove_changes() -> Response:
        return json_response(found.remove())

    @app.delete("/answers/<int:number>")
    def remove_change(number: int) -> Response:
        gone = found.remove(number)
        if not gone:
            raise Refusal(404, "change_not_found", f"no change {number}")
        return json_response(gone[0])
