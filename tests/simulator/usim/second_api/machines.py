# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads of a VMS in the second API: machines, zones, release, pair, guests, recovery plans, totals."""

from __future__ import annotations

import json
import sqlite3

from flask import Flask, Response, request

from usim import calculus, links, paths, versions
from usim.second_api.conventions import EDITIONS, HOST_STATES, ISA, good, local_time
from usim.second_api.pages import header_linked, linked
from usim.simulation import Simulation
from usim.store import node_row
from usim.vms_reads import mac_of
from usim.webapp import Refusal

_BASE = paths.SECOND_VMS
_MODULES = ("SRM", "Container", "DisasterRecovery", "Migration")


def register(app: Flask, simulation: Simulation, node: str) -> None:
    _register_machines(app, simulation, node)
    _register_manager(app, simulation, node)
    _register_plans(app, simulation, node)
    _register_totals(app, simulation, node)


def _machine(row: sqlite3.Row) -> dict[str, object]:
    """Return a host; ``hw.cpu.threads`` and ``login`` are what no client may take."""
    return {
        "uid": row["id"],
        "label": row["name"],
        "addr": {"mgmt": row["ip"], "bmc": f"10.200.0.{row['id'] % 250 + 1}"},
        "login": {"user": "root", "pwd": f"machine-secret-{row['id']}"},
        "hw": {
            "isa": ISA[row["arch"]],
            "cpu": {
                "packages": row["cpu_sockets"],
                "cores": row["cpu_cores"],
                "threads": row["cpu_sockets"] * row["cpu_cores"] * 2,
            },
        },
        "state": HOST_STATES[row["status"]],
        "build": versions.plain(row["version"]),
        "zone": {"uid": 2 if row["container_cluster"] else 1},
        "joined": row["added_at"],
    }


def _hosts(simulation: Simulation, node: str) -> list[sqlite3.Row]:
    with simulation.store.transaction() as db:
        rows = db.execute("SELECT * FROM hosts WHERE node = ? ORDER BY id", (node,)).fetchall()
    return list(rows)


def _register_machines(app: Flask, simulation: Simulation, node: str) -> None:
    @app.get(f"{_BASE}/machines")
    def list_machines() -> Response:
        return linked([_machine(row) for row in _hosts(simulation, node)])

    @app.get(f"{_BASE}/machines/summary")
    def machine_summary() -> Response:
        rows = _hosts(simulation, node)
        bad = sum(row["status"] == "bad" for row in rows)
        return good({"machines": {"all": len(rows), "faulty": bad}})

    @app.get(f"{_BASE}/zones")
    def list_zones() -> Response:
        kinds = sorted({row["container_cluster"] for row in _hosts(simulation, node)})
        zones = [
            {"uid": 2, "label": "containers", "purpose": "容器"}
            if container
            else {"uid": 1, "label": "compute", "purpose": "计算"}
            for container in kinds
        ]
        return header_linked(zones)

    @app.get(f"{_BASE}/guests/summary")
    def guest_summary() -> Response:
        count = sum(row["vms"] for row in _hosts(simulation, node))
        stopped = sum(row["vms"] // 4 for row in _hosts(simulation, node))
        return good({"guests": {"all": count, "running": count - stopped, "stopped": stopped}})


def _register_manager(app: Flask, simulation: Simulation, node: str) -> None:
    def manager() -> sqlite3.Row:
        with simulation.store.transaction() as db:
            return node_row(db, node)

    @app.get(f"{_BASE}/about")
    def about() -> Response:
        release = manager()["version"]
        facts = [
            {"item": "产品", "text": "VMS"},
            {"item": "版本", "text": versions.with_v(release)},
            {"item": "语言", "text": "zh_CN"},
        ]
        modules = [{"key": key, "value": "已启用", "build": versions.plain(release)} for key in _MODULES]
        return good({"facts": facts, "modules": modules})

    @app.get(f"{_BASE}/manager")
    def manager_machine() -> Response:
        return good(None, headers={"X-Manager-Isa": str(ISA[manager()["arch"]])})

    @app.get(f"{_BASE}/manager/pair")
    def pair() -> Response:
        details = json.loads(manager()["details"])
        names = [f"{node}-1", f"{node}-2"]
        first, second = reversed(names) if details.get("turned") else names
        nodes = [{"role": "主", "label": first, "addr": details["ip"]}]
        if details["slave_ip"]:
            nodes.insert(0, {"role": "备", "label": second, "addr": details["slave_ip"]})
        return good({"nodes": nodes})


def _register_plans(app: Flask, simulation: Simulation, node: str) -> None:
    plan = f"{node}-plan"

    def srm() -> dict[str, object]:
        with simulation.store.transaction() as db:
            found = json.loads(node_row(db, node)["details"])["srm"]
        return found if isinstance(found, dict) else {}

    @app.get(f"{_BASE}/dr/plans")
    def list_plans() -> Response:
        sites = srm()
        asked = (request.args.get("primary"), request.args.get("secondary"))
        known = sites and asked == (sites["main_site_ip"], sites["spare_site_ip"])
        return linked([{"title": plan, "order": 1}] if known else [])

    @app.get(f"{_BASE}/dr/plans/<name>/guests")
    def list_plan_guests(name: str) -> Response:
        count = srm().get("protected_vms")
        if name != plan or not isinstance(count, int):
            raise Refusal(409, "recovery_plan_not_found", "no such plan")
        return linked([{"uid": f"g-{i}", "label": f"protected-{i}"} for i in range(1, count + 1)])


def _register_totals(app: Flask, simulation: Simulation, node: str) -> None:
    @app.get(f"{_BASE}/licensing/summary")
    def license_summary() -> Response:
        with simulation.store.transaction() as db:
            details = json.loads(node_row(db, node)["details"])
            link = db.execute("SELECT fetched_at FROM links WHERE node = ?", (node,)).fetchone()
            held = links.holdings_of(db, node)
        counted = calculus.effective(held, link["fetched_at"]) if link is not None else []
        used = sum(row["cpu_sockets"] for row in _hosts(simulation, node))
        body: dict[str, object] = {
            "sockets": {"granted": calculus.base_quantity(counted), "used": used},
            "guests": {"granted": details["vm_allowed"]},
            "machine": {"addresses": [mac_of(node)], "codes": [f"{node}-A", f"{node}-B"]},
            "until": local_time(calculus.earliest_end(counted)),
        }
        found = calculus.editions(counted)
        if found:
            body |= {"tier": EDITIONS[found[0]], "releaseTier": EDITIONS[found[0]]}
        return good(body)
