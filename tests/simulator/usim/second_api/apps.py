# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The apps of nodes with the second API: other paths, names, nesting and codes over the same state engine."""

from __future__ import annotations

import ssl

from flask import Flask, Response

from usim import links, paths
from usim.license_server import own_product
from usim.second_api import entitlements, machines, sources, tenants
from usim.second_api.conventions import refuse
from usim.second_api.sessions import (
    Sessions,
    check_cookie,
    check_header,
    is_login,
    register_console,
    register_portal,
)
from usim.simulation import Simulation
from usim.store import node_row
from usim.webapp import Refusal, create_node_app


def create_vms_app(simulation: Simulation, node: str, tls: ssl.SSLContext) -> Flask:
    with simulation.store.transaction() as db:
        sessions = Sessions(simulation, node_row(db, node))

    def authenticate() -> Response | None:
        answer = check_cookie(sessions)
        if answer is not None or is_login() or sources.works_while_lapsed():
            return answer
        with simulation.store.transaction() as db:
            lapsed = links.is_lapsed(db, node, simulation.now())
        # Signing in still works then (R20); the code in the body of each other call says what is wrong.
        return refuse(Refusal(409, "license_lapsed", "lapsed")) if lapsed else None

    app = create_node_app(simulation, node, refuse, authenticate)
    register_portal(app, sessions)
    machines.register(app, simulation, node)
    sources.register(app, simulation, node, tls)
    return app


def create_license_server_app(simulation: Simulation, node: str) -> Flask:
    """Create the app of a License Server or product node; the latter has no tenants."""
    with simulation.store.transaction() as db:
        row = node_row(db, node)
    sessions = Sessions(simulation, row)
    app = create_node_app(simulation, node, refuse, lambda: check_header(sessions))
    is_server = own_product(row) is None
    base = paths.SECOND_LICENSE_SERVER if is_server else paths.SECOND_PRODUCT_NODE
    register_console(app, sessions)
    entitlements.register(app, simulation, node, base)
    if is_server:
        tenants.register(app, simulation, node, base)

    return app
