# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the simulator: state, listeners and background work."""

from __future__ import annotations

import json
import os
import signal
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from usim import client_port, control, license_server, license_server_app, links, vms_app, vms_machines
from usim.disturbances import TLS, Visit
from usim.faulty import FaultLayer
from usim.hosting import HOST, Certificates, Listener, write_private
from usim.jobs import JobRunner
from usim.lifecycle import ENDPOINTS, StateLock
from usim.ports import STATE_FILE, PortChoice, Register, check_names
from usim.scenario import SECOND_API, Scenario
from usim.second_api import apps as second_api
from usim.seed import seed
from usim.simulation import Simulation
from usim.store import SCHEMA_DIGEST, Store, get_meta, node_row, set_meta

CONTROL = "control"  # the name of the control port where ports are requested


class StateMismatch(Exception):
    """The directory has the state of another scenario, or no state and no scenario is given."""


@dataclass
class _Node:
    name: str
    kind: str
    listener: Listener
    client_listener: Listener | None


def open_store(folder: Path, scenario: Scenario | None) -> Store:
    store = Store(folder / STATE_FILE)
    if not store.is_seeded():
        if scenario is None:
            raise StateMismatch(f"{folder} holds no state yet: a scenario is needed to begin with.")
        seed(store, scenario)
    with store.transaction() as db:
        digest, schema = get_meta(db, "scenario"), get_meta(db, "schema", "")
    if schema != SCHEMA_DIGEST:
        raise StateMismatch(
            f"{folder} holds the state of another release of the simulator: begin with a new folder."
        )
    if scenario is not None and scenario.digest != digest:
        raise StateMismatch(
            f"{folder} holds the state of another scenario: stop it and begin with a new folder."
        )
    return store


def serve(
    folder: Path,
    scenario: Scenario | None,
    port_wait: float,
    new_ports: bool,
    requested: Mapping[str, int] | None = None,
) -> None:
    """Run until SIGTERM or SIGINT. ``endpoints.json`` exists while every port responds.

    A state keeps its ports. If another process uses one, the simulator waits for ``port_wait`` seconds, then
    raises PortTaken, or uses a free port with ``new_ports``. ``requested`` ports, by the name of a node,
    ``NAME:client`` or ``control``, replace those from before.
    """
    os.umask(0o077)  # keys, passwords and licences lie in this folder
    folder.mkdir(parents=True, exist_ok=True)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: ended.set())
    with StateLock(folder):
        (folder / ENDPOINTS).unlink(missing_ok=True)
        store = open_store(folder, scenario)
        simulation = Simulation(store)
        certificates = Certificates(folder)
        with PortChoice(Register(), folder.resolve(), port_wait, new_ports) as choice:
            nodes, control_listener = _listen(simulation, certificates, choice, requested or {})
        tls = certificates.client_context()
        workers = {
            "install": license_server.install_worker,
            "uninstall": license_server.uninstall_worker,
            "connect": links.connect_worker(tls),
            "reconnect": links.reconnect_worker(tls),
            "power": vms_machines.power_worker,
        }
        runner = JobRunner(simulation, workers)
        for node in nodes:
            node.listener.serve(FaultLayer(_create_app(simulation, node, tls), simulation.disturbances))
            if node.client_listener is not None:
                node.client_listener.serve(
                    FaultLayer(client_port.create_app(simulation, node.name), simulation.disturbances)
                )
        control_listener.serve(control.create_app(simulation))
        runner.start()
        _write_endpoints(folder, store, certificates, control_listener.port)
        try:
            ended.wait()
        finally:
            (folder / ENDPOINTS).unlink(missing_ok=True)
            simulation.disturbances.end()
            runner.stop()
            _stop([control_listener, *_listeners(nodes)])
            store.close()


def _create_app(simulation: Simulation, node: _Node, tls: ssl.SSLContext) -> Flask:
    if simulation.api == SECOND_API:
        if node.kind == "vms":
            return second_api.create_vms_app(simulation, node.name, tls)
        return second_api.create_license_server_app(simulation, node.name)
    if node.kind == "vms":
        return vms_app.create_app(simulation, node.name, tls)
    return license_server_app.create_app(simulation, node.name)


def _listeners(nodes: list[_Node]) -> list[Listener]:
    return [item for node in nodes for item in (node.listener, node.client_listener) if item is not None]


def _stop(listeners: list[Listener]) -> None:
    """Stop all servers in parallel, because each waits for its idle connections to end."""
    threads = [threading.Thread(target=item.stop) for item in listeners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _listen(
    simulation: Simulation, certificates: Certificates, choice: PortChoice, requested: Mapping[str, int]
) -> tuple[list[_Node], Listener]:
    """Bind and record every port."""
    store = simulation.store

    def bind(name: str, before: int | None) -> Listener:
        tls = certificates.adapter(lambda: simulation.disturbances.fault(Visit(TLS, name)) is not None)
        return choice.bind(name, requested.get(name, before), lambda port: Listener(port, tls))

    with store.transaction() as db:
        rows = db.execute("SELECT name, kind, port, client_port FROM nodes ORDER BY rowid").fetchall()
        last = db.execute("SELECT value FROM meta WHERE name = 'control_port'").fetchone()
    servers = [row["name"] for row in rows if row["kind"] == "license_server"]
    check_names(requested, [*(row["name"] for row in rows), *(f"{name}:client" for name in servers), CONTROL])
    nodes = []
    for row in rows:
        name = row["name"]
        listener = bind(name, row["port"])
        is_server = row["kind"] == "license_server"
        client_listener = bind(f"{name}:client", row["client_port"]) if is_server else None
        nodes.append(_Node(name, row["kind"], listener, client_listener))
    control_listener = choice.bind(
        "the control port",
        requested.get(CONTROL, int(last["value"]) if last else None),
        lambda port: Listener(port, None),
    )
    with store.transaction() as db:
        set_meta(db, "control_port", str(control_listener.port))
        for node in nodes:
            inner = None if node.client_listener is None else node.client_listener.port
            db.execute(
                "UPDATE nodes SET port = ?, client_port = ? WHERE name = ?",
                (node.listener.port, inner, node.name),
            )
            # A link to a server of this state follows the server's ports.
            details = json.loads(node_row(db, node.name)["details"])
            db.executemany(
                "UPDATE links SET console_port = ?, client_port = ? WHERE server_id = ?",
                [(node.listener.port, inner, details.get(half)) for half in ("active", "standby")],
            )
    return nodes, control_listener


def _write_endpoints(folder: Path, store: Store, certificates: Certificates, control_port: int) -> None:
    shared = ("username", "password")
    secrets = ("client_id", "client_secret")
    nodes: dict[str, dict[str, object]] = {}
    with store.transaction() as db:
        for row in db.execute("SELECT * FROM nodes ORDER BY rowid"):
            more = {"license_server": ("client_port", *secrets), "product_node": secrets}.get(row["kind"], ())
            nodes[row["name"]] = {"kind": row["kind"], "host": HOST, "port": row["port"]}
            product = json.loads(row["details"]).get("product")
            nodes[row["name"]] |= {} if product is None else {"product": product}
            nodes[row["name"]] |= {name: row[name] for name in (*shared, *more)}
    control_url = f"http://{HOST}:{control_port}"
    body = {
        "pid": os.getpid(),
        "ca": str(certificates.ca_path.resolve()),
        "control": control_url,
        "platform": f"{control_url}/platform",
        "nodes": nodes,
    }
    write_private(folder / ENDPOINTS, json.dumps(body, indent=2, ensure_ascii=False).encode())
