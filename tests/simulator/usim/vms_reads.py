# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documented reads of a VMS (H3C CAS E0710), including their quirks and the secrets that they return."""

from __future__ import annotations

import json
import sqlite3

from flask import Flask, Response, request

from usim import calculus, links, versions
from usim.catalog import EDITIONS
from usim.quirks import as_list, styled
from usim.simulation import Simulation
from usim.store import node_row
from usim.webapp import Refusal, json_response, query_number

MAX_PAGE = 1000
DEFAULT_PAGE = 20
MANAGER_TYPES = {"aarch64": 1, "x86_64": 16}


def accept_json() -> None:
    """Reject requests that do not ask for JSON: the real VMS would answer with XML, which no client uses."""
    if "application/json" not in request.headers.get("Accept", ""):
        raise Refusal(406, "not_acceptable", "ask with Accept: application/json; without it VMS answers XML")


def host_body(row: sqlite3.Row, full: bool) -> dict[str, object]:
    """Return a host as VMS does; every second host has its numbers as text."""
    number = row["id"]
    body: dict[str, object] = {
        "@type": "cvk",
        "id": number,
        "name": row["name"],
        "ip": row["ip"],
        "user": "root",
        "pwd": f"host-secret-{number}",
        "ipmiUser": "ADMIN",
        "ipmiPw": f"ipmi-secret-{number}",
        "cpuSockets": row["cpu_sockets"],
        "cpuCores": row["cpu_cores"],
        "cpuCount": row["cpu_sockets"] * row["cpu_cores"] * (1 if row["arch"] == "aarch64" else 2),
        "hostType": row["host_type"],
        "status": 1 if row["status"] == "ok" else 0,
        "version": versions.of_cvk(row["version"]),
        "cvkVersion": versions.plain(row["version"]),
        "enableHA": 1,
        "clusterId": 2 if row["container_cluster"] else 1,
        "cvkMaintain": False,
        "addTime": row["added_at"] * 1000,
    }
    if full:
        arm = row["arch"] == "aarch64"
        body |= {
            "cpuModel": "Kunpeng 920" if arm else "Intel(R) Xeon(R) Gold 6330",
            "model": "R4950" if arm else "R4900",
            "vendor": "UniCloud",
            "serialNumber": f"SN{number:08d}",
        }
    styled_body = styled(body, number % 2 == 1)
    return styled_body if isinstance(styled_body, dict) else body


def register(app: Flask, simulation: Simulation, node: str, base: str) -> None:
    _register_hosts(app, simulation, node, base)
    _register_manager(app, simulation, node, base)
    _register_machines(app, simulation, node, base)
    _register_totals(app, simulation, node, base)


def _paged(key: str, items: list[object], total: int) -> Response:
    return json_response(as_list(key, items), headers={"Total": str(total)})


def _page() -> tuple[int, int]:
    return query_number("offset", 0), min(query_number("limit", DEFAULT_PAGE, 1), MAX_PAGE)


def _register_hosts(app: Flask, simulation: Simulation, node: str, base: str) -> None:
    @app.get(f"{base}/host/list")
    def host_list() -> Response:
        accept_json()
        offset, limit = _page()
        with simulation.store.transaction() as db:
            total = db.execute("SELECT count(*) FROM hosts WHERE node = ?", (node,)).fetchone()[0]
            rows = db.execute(
                "SELECT * FROM hosts WHERE node = ? ORDER BY id LIMIT ? OFFSET ?", (node, limit, offset)
            ).fetchall()
        return _paged("host", [host_body(row, full=False) for row in rows], total)

    def find_host(text: str) -> sqlite3.Row:
        number = int(text) if text.isdecimal() and len(text) < 10 else -1
        with simulation.store.transaction() as db:
            row = db.execute("SELECT * FROM hosts WHERE node = ? AND id = ?", (node, number)).fetchone()
        if not isinstance(row, sqlite3.Row):
            raise Refusal(409, "host_not_found", f"no host {text}")
        return row

    @app.get(f"{base}/host/id/<number>")
    def host_by_id(number: str) -> Response:
        accept_json()
        return json_response(host_body(find_host(number), full=True))

    @app.get(f"{base}/host/detail")
    def host_detail() -> Response:
        accept_json()
        row = find_host(request.args.get("hostId", ""))
        stopped = row["vms"] // 4
        body = {"vmNum": row["vms"], "vmRunCount": row["vms"] - stopped, "vmShutoff": stopped}
        return json_response(styled(body, simulation.turn(f"{node}:detail")))

    @app.get(f"{base}/cluster/clusters")
    def clusters() -> Response:
        accept_json()
        with simulation.store.transaction() as db:
            kinds = db.execute(
                "SELECT DISTINCT container_cluster FROM hosts WHERE node = ? ORDER BY 1", (node,)
            ).fetchall()
        found = []
        for (container,) in kinds:
            name = "containers" if container else "compute"
            body = {"id": 2 if container else 1, "name": name, "containerCluster": container}
            found.append(styled(body, not container))
        return json_response(as_list("cluster", found))


def _register_manager(app: Flask, simulation: Simulation, node: str, base: str) -> None:
    def manager() -> sqlite3.Row:
        accept_json()
        with simulation.store.transaction() as db:
            return node_row(db, node)

    @app.get(f"{base}/operator/test")
    def operator_test() -> Response:
        return Response(status=204)

    @app.get(f"{base}/system/cvm")
    def system_cvm() -> Response:
        return json_response(
            styled({"type": MANAGER_TYPES[manager()["arch"]]}, simulation.turn(f"{node}:cvm"))
        )

    @app.get(f"{base}/datacenter/casVersion")
    def cas_version() -> Response:
        release = versions.with_v(manager()["version"])
        body = {"data": release, "state": 0, "message": "", "errorCode": 0}
        return json_response(styled(body, simulation.turn(f"{node}:casVersion")))

    @app.get(f"{base}/host/version")
    def host_version() -> Response:
        return json_response(versions.with_v(manager()["version"]))

    @app.get(f"{base}/version")
    def version() -> Response:
        release = manager()["version"]
        names = ("SRM", "Container", "DisasterRecovery", "Migration")
        features = [{"name": name, "support": True, "verison": versions.plain(release)} for name in names]
        body = {"casVersion": versions.with_v(release), "featureInfos": features}
        return json_response(styled(body, simulation.turn(f"{node}:version")))

    @app.get(f"{base}/system/platform")
    def platform() -> Response:
        details = json.loads(manager()["details"])
        names = [f"{node}-1", f"{node}-2"]
        master, slave = reversed(names) if details.get("turned") else names
        body = {"masterName": master, "masterIp": details["ip"]}
        if details["slave_ip"]:
            body |= {"slaveName": slave, "slaveIp": details["slave_ip"]}
        return json_response(body)

    @app.get(f"{base}/host/cvm/info")
    def cvm_info() -> Response:
        pair = bool(json.loads(manager()["details"])["slave_ip"])
        body = {"failOverStatus": "failover" if pair else "non failover config", "cvmHaNum": 2 if pair else 1}
        return json_response(styled(body, simulation.turn(f"{node}:cvmInfo")))


def _register_machines(app: Flask, simulation: Simulation, node: str, base: str) -> None:
    @app.get(f"{base}/vm/vmList")
    def vm_list() -> Response:
        accept_json()
        offset, limit = _page()
        wanted = request.args.get("hostId")
        with simulation.store.transaction() as db:
            rows = db.execute("SELECT id, vms FROM hosts WHERE node = ? ORDER BY id", (node,)).fetchall()
        rows = [row for row in rows if wanted in (None, str(row["id"]))]
        total = sum(row["vms"] for row in rows)
        page: list[object] = []
        skipped = 0
        for row in rows:
            first = max(0, offset - skipped)
            for index in range(first, min(row["vms"], first + limit - len(page))):
                page.append(_domain(row["id"], index, row["vms"]))
            skipped += row["vms"]
            if len(page) >= limit:
                break
        return _paged("domain", page, total)

    def protected() -> tuple[str, dict[str, object]]:
        accept_json()
        with simulation.store.transaction() as db:
            srm = json.loads(node_row(db, node)["details"])["srm"] or {}
        return f"{node}-plan", srm

    @app.get(f"{base}/cloudSrm/recoveryPlan")
    def recovery_plans() -> Response:
        plan, srm = protected()
        sites = (request.args.get("mainSiteIp"), request.args.get("spareSiteIp"))
        known = srm and sites == (srm["main_site_ip"], srm["spare_site_ip"])
        body = {
            "id": 1,
            "name": plan,
            "description": "",
            "groupName": f"{node}-group",
            "clusterId": 1,
            "priority": 2,
            "flag": 2,
        }
        return json_response([styled(body, simulation.turn(f"{node}:recoveryPlan"))] if known else [])

    @app.get(f"{base}/cloudSrm/recoveryPlan/vmList")
    def protected_vms() -> Response:
        plan, srm = protected()
        if not srm or request.args.get("planName") != plan:
            raise Refusal(409, "recovery_plan_not_found", "no such recovery plan")
        count = srm["protected_vms"]
        assert isinstance(count, int)
        machines = [
            styled({"name": f"protected-{i}", "title": f"machine {i}", "status": 1 + i % 2}, i % 2 == 0)
            for i in range(1, count + 1)
        ]
        return json_response(machines)


def _domain(host: int, index: int, count: int) -> object:
    body = {
        "id": host * 10_000 + index,
        "name": f"vm-{host}-{index}",
        "vmStatus": "shutOff" if index < count // 4 else "running",
        "hostId": host,
        "protectModel": index % 2,  # a trap: it has nothing to do with SRM
    }
    return styled(body, index % 2 == 1)


def _register_totals(app: Flask, simulation: Simulation, node: str, base: str) -> None:
    @app.get(f"{base}/cvm/license")
    def license_totals() -> Response:
        accept_json()
        with simulation.store.transaction() as db:
            details = json.loads(node_row(db, node)["details"])
            used = db.execute(
                "SELECT coalesce(sum(cpu_sockets), 0) FROM hosts WHERE node = ?", (node,)
            ).fetchone()[0]
            link = db.execute("SELECT fetched_at FROM links WHERE node = ?", (node,)).fetchone()
            held = links.holdings_of(db, node)
        counted = calculus.effective(held, link["fetched_at"]) if link is not None else []
        end = calculus.earliest_end(counted)
        body: dict[str, object] = {
            "cpuNum": calculus.base_quantity(counted),
            "mCpuNum": used,
            "vmNum": details["vm_allowed"],
            "pVmNum": (details["srm"] or {}).get("protected_vms", 0),
            "userNum": 0,
            "endTime": 0 if end is None else end * 1000,
            "mac": "00:16:3e:00:00:01",  # a list of one, which the conversion makes a plain text
            "barcode": [f"{node}-A", f"{node}-B"],
        }
        editions = calculus.editions(counted)
        if editions:
            code = EDITIONS.index(editions[0]) + 1
            body |= {"versionType": code, "cvmVer": code, "cicVer": 0, "vdiVer": 0}
        return json_response(styled(body, simulation.turn(f"{node}:license")))
