# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Control port for tests and the demo: plain HTTP on loopback, never used by modules."""

from __future__ import annotations

import dataclasses
import json
import sqlite3

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from usim import answer_control, calculus, disturbance_control, license_server, links, platform_app, snapshots
from usim.clients import client_body
from usim.reading import ScenarioError, Section, iso, parse_instant
from usim.scenario import parse_host
from usim.seed import add_hosts, renew_device
from usim.signing import DEVICE
from usim.simulation import Simulation
from usim.store import clients_of, licenses_of, node_row
from usim.webapp import Refusal, json_body, json_response

_HOLDERS = ("license_server", "product_node")  # what has device information


def create_app(simulation: Simulation) -> Flask:
    app = Flask("usim.control", static_folder=None)
    app.register_blueprint(platform_app.create_blueprint(simulation))

    @app.errorhandler(Refusal)
    def refused(error: Refusal) -> Response:
        return json_response({"errorCode": error.code, "errorMessage": error.message}, error.status)

    @app.errorhandler(ScenarioError)
    def misunderstood(error: ScenarioError) -> Response:
        return json_response({"errorCode": "bad_request", "errorMessage": str(error)}, 400)

    @app.errorhandler(HTTPException)
    def failed(error: HTTPException) -> Response:
        return json_response({"errorCode": error.name, "errorMessage": error.description}, error.code or 500)

    _register_clock(app, simulation)
    _register_watching(app, simulation)
    _register_nodes(app, simulation)
    disturbance_control.register(app, simulation)
    answer_control.register(app, simulation)
    snapshots.register(app, simulation)
    return app


def _register_clock(app: Flask, simulation: Simulation) -> None:
    def answer() -> Response:
        return json_response({"now": iso(simulation.now())})

    @app.get("/clock")
    def get_clock() -> Response:
        return answer()

    @app.put("/clock")
    def put_clock() -> Response:
        simulation.set_clock(parse_instant(json_body().get("now"), "now"))
        return answer()

    @app.post("/clock/advance")
    def advance_clock() -> Response:
        seconds = json_body().get("seconds")
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
            raise Refusal(400, "bad_request", "seconds has to be a number")
        simulation.set_clock(simulation.now() + seconds)
        return answer()


def _register_watching(app: Flask, simulation: Simulation) -> None:
    @app.get("/dry-run")
    def get_dry_run() -> Response:
        with simulation.store.transaction() as db:
            rows = db.execute("SELECT node, method, path FROM dry_run_refused ORDER BY id").fetchall()
        return json_response({"on": simulation.dry_run, "refused": [dict(row) for row in rows]})

    @app.put("/dry-run")
    def put_dry_run() -> Response:
        on = json_body().get("on")
        if not isinstance(on, bool):
            raise Refusal(400, "bad_request", "on has to be true or false")
        simulation.set_dry_run(on)
        return get_dry_run()

    @app.get("/requests")
    def get_requests() -> Response:
        return json_response(
            [dataclasses.asdict(item) for item in simulation.requests(request.args.get("node"))]
        )

    @app.delete("/requests")
    def delete_requests() -> Response:
        simulation.forget_requests()
        return Response(status=204)

    @app.get("/state")
    def get_state() -> Response:
        return json_response(state(simulation))


def _register_nodes(app: Flask, simulation: Simulation) -> None:
    def find(db: sqlite3.Connection, name: str, *kinds: str) -> sqlite3.Row:
        try:
            row = node_row(db, name)
        except KeyError as error:
            raise Refusal(404, "node_not_found", f"no node {name}") from error
        if row["kind"] not in kinds:
            raise Refusal(404, "node_not_found", f"{name} is no {' or '.join(kinds)}")
        return row

    @app.post("/nodes/<name>/hosts")
    def grow(name: str) -> Response:
        host = parse_host(Section(json_body(), "body"))
        with simulation.store.transaction() as db:
            add_hosts(db, name, find(db, name, "vms")["version"], host, simulation.now())
            (total,) = db.execute("SELECT count(*) FROM hosts WHERE node = ?", (name,)).fetchone()
        return json_response({"hosts": total}, 201)

    @app.get("/nodes/<name>/device-information")
    def device_information(name: str) -> Response:
        with simulation.store.transaction() as db:
            content = find(db, name, *_HOLDERS)["device"]
        return Response(content, mimetype="application/octet-stream")

    @app.post("/nodes/<name>/new-device")
    def new_device(name: str) -> Response:
        with simulation.store.transaction() as db:
            row = find(db, name, *_HOLDERS)
            active = json.loads(row["details"]).get("active", name)
            device = renew_device(simulation.vendor, row["device"], active)
            db.execute("UPDATE nodes SET device = ? WHERE name = ?", (device, name))
        return Response(status=204)

    @app.post("/nodes/<name>/failover")
    def failover(name: str) -> Response:
        """Swap the roles of the two servers of a pair; the identity of the pair does not change."""
        with simulation.store.transaction() as db:
            row = find(db, name, "vms", "license_server")
            details = json.loads(row["details"])
            first, second = ("ip", "slave_ip") if row["kind"] == "vms" else ("active", "standby")
            if details[second] is None:
                raise Refusal(409, "not_a_pair", f"{name} stands alone")
            details |= {first: details[second], second: details[first]}
            details["turned"] = not details.get("turned", False)
            db.execute("UPDATE nodes SET details = ? WHERE name = ?", (json.dumps(details), name))
        return Response(status=204)


def state(simulation: Simulation) -> dict[str, object]:
    """Return the complete state for independent checks; keys are masked and passwords omitted."""
    now = simulation.now()
    with simulation.store.transaction() as db:
        nodes = {}
        for row in db.execute("SELECT * FROM nodes ORDER BY rowid").fetchall():
            describe = _vms_state if row["kind"] == "vms" else _holder_state
            base = {"kind": row["kind"], "version": row["version"], "failed_logins": row["failed_logins"]}
            nodes[row["name"]] = {**base, **describe(db, row["name"], simulation)}
        keys = [
            {
                "key": f"****{row['key'][-4:]}",
                "product": row["product"],
                "arch": row["arch"],
                "quantity": row["quantity"],
                "registered": row["registered"],
            }
            for row in db.execute("SELECT * FROM keys ORDER BY rowid")
        ]
        issued = [dict(row) for row in db.execute("SELECT * FROM issued_files ORDER BY rowid")]
        used = [row["serial"] for row in db.execute("SELECT * FROM transfers ORDER BY rowid")]
        pending = db.execute("SELECT count(*) FROM messages WHERE NOT completed").fetchone()[0]
    platform = {"keys": keys, "issued_files": issued, "used_uninstall_files": used}
    return {"clock": iso(now), "nodes": nodes, "platform": platform, "pending_messages": pending}


def _vms_state(db: sqlite3.Connection, name: str, simulation: Simulation) -> dict[str, object]:
    now = simulation.now()
    hosts = db.execute("SELECT * FROM hosts WHERE node = ? ORDER BY id", (name,)).fetchall()
    link = db.execute("SELECT * FROM links WHERE node = ?", (name,)).fetchone()
    held = links.holdings_of(db, name)
    alive = calculus.effective(held, now)
    shown = ("address", "client_port", "console_port", "client", "contract_number", "server_id", "state")
    return {
        "hosts": [{key: row[key] for key in row.keys() if key != "node"} for row in hosts],  # noqa: SIM118 - a Row
        "sockets": sum(row["cpu_sockets"] for row in hosts),
        "link": None
        if link is None
        else {**{key: link[key] for key in shown}, "fetched_at": iso(link["fetched_at"])},
        "login": "refused" if links.is_lapsed(db, name, now) else "ok",
        "holdings": [
            {
                **dataclasses.asdict(item),
                "expires_at": "never" if item.expires_at is None else iso(item.expires_at),
            }
            for item in held
        ],
        "editions": calculus.editions(alive),
        "quantity": calculus.base_quantity(alive),
    }


def _holder_state(db: sqlite3.Connection, name: str, simulation: Simulation) -> dict[str, object]:
    """Return the state of a License Server or a product node."""
    where = license_server.standing(db, name, simulation.now())
    row = node_row(db, name)
    kept = db.execute("SELECT sha256 FROM uninstall_files WHERE server = ? ORDER BY rowid", (name,))
    return {
        "uninstall_files": [item["sha256"] for item in kept],
        "device": where.device,
        "devices": simulation.vendor.open(DEVICE, row["device"])["devices"],
        "licenses": [license_server.license_body(item, where) for item in licenses_of(db, name)],
        "clients": [client_body(client) for client in clients_of(db, name)],
    }
