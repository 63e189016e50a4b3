# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documented reads of a VMS about itself: manager, releases, recovery plans, license totals."""

from __future__ import annotations

import hashlib
import json
import sqlite3

from flask import Flask, Response, request

from usim import calculus, links, versions
from usim.catalog import EDITIONS
from usim.documents import LIST, Document
from usim.quirks import styled
from usim.simulation import Simulation
from usim.store import node_row
from usim.vms_answers import PLAN_NOT_FOUND, VmsAnswers, without_body
from usim.webapp import Refusal

MANAGER_TYPES = {"aarch64": 1, "x86_64": 16}


def register(app: Flask, simulation: Simulation, node: str, base: str, answers: VmsAnswers) -> None:
    _register_manager(app, simulation, node, base, answers)
    _register_recovery(app, simulation, node, base, answers)
    _register_totals(app, simulation, node, base, answers)


def _register_manager(app: Flask, simulation: Simulation, node: str, base: str, answers: VmsAnswers) -> None:
    def manager() -> sqlite3.Row:
        with simulation.store.transaction() as db:
            return node_row(db, node)

    @app.get(f"{base}/operator/test")
    def operator_test() -> Response:
        return Response(status=204)

    @app.get(f"{base}/system/cvm")
    def system_cvm() -> Response:
        """The type is a header, and there is no body."""
        return without_body(200, {"type": str(MANAGER_TYPES[manager()["arch"]])})

    @app.get(f"{base}/datacenter/casVersion")
    def cas_version() -> Response:
        release = versions.with_v(manager()["version"])
        body = {"data": release, "state": 0, "message": "", "errorCode": 0}
        return answers.by_turns("rsResult", body, "casVersion")

    @app.get(f"{base}/host/version")
    def host_version() -> Response:
        body = {"data": versions.with_v(manager()["version"]), "state": 0, "errorCode": 0}
        return answers.by_turns("rsResult", body, "hostVersion")

    @app.get(f"{base}/version")
    def version() -> Response:
        release = manager()["version"]
        names = ("SRM", "Container", "DisasterRecovery", "Migration")
        features = [{"name": name, "support": True, "verison": versions.plain(release)} for name in names]
        body = {"casVersion": versions.with_v(release), "featureInfos": features}
        return answers.by_turns("version", body, "version")

    @app.get(f"{base}/system/platform")
    def platform() -> Response:
        details = json.loads(manager()["details"])
        names = [f"{node}-1", f"{node}-2"]
        master, slave = reversed(names) if details.get("turned") else names
        body = {"masterName": master, "masterIp": details["ip"]}
        if details["slave_ip"]:
            body |= {"slaveName": slave, "slaveIp": details["slave_ip"]}
        return answers.send(Document("platform", body, xml_names={"masterIp": "masteIp"}))

    @app.get(f"{base}/host/cvm/info")
    def cvm_info() -> Response:
        pair = bool(json.loads(manager()["details"])["slave_ip"])
        body = {
            "failOverStatus": "failover" if pair else "non failover config",
            "cvmHaNum": "2" if pair else "1",
            "ntpStatus": "running",
        }
        return answers.send(Document("cvmInfo", body))


def _register_recovery(app: Flask, simulation: Simulation, node: str, base: str, answers: VmsAnswers) -> None:
    def protected() -> tuple[str, dict[str, object]]:
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
        plans = [styled(body, simulation.turn(f"{node}:recoveryPlan"))] if known else []
        return answers.send(Document(LIST, {"RsSrmRecovery": plans}, bare=True))

    @app.get(f"{base}/cloudSrm/recoveryPlan/vmList")
    def protected_vms() -> Response:
        plan, srm = protected()
        if not srm or request.args.get("planName") != plan:
            raise Refusal(409, PLAN_NOT_FOUND, "恢复计划不存在。")
        count = srm["protected_vms"]
        assert isinstance(count, int)
        machines = [
            styled({"name": f"protected-{i}", "title": f"machine {i}", "status": 1 + i % 2}, i % 2 == 0)
            for i in range(1, count + 1)
        ]
        return answers.send(Document(LIST, {"RsSrmVm": machines}, bare=True))


def mac_of(node: str) -> str:
    """Return a locally administered MAC address of its own for each node."""
    return "02:" + hashlib.sha256(node.encode()).digest()[:5].hex(":")


def _register_totals(app: Flask, simulation: Simulation, node: str, base: str, answers: VmsAnswers) -> None:
    @app.get(f"{base}/cvm/license")
    def license_totals() -> Response:
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
            "mac": [mac_of(node)],
            "flag": 0,
            "cpuNum": calculus.base_quantity(counted),
            "mCpuNum": used,
            "vmNum": details["vm_allowed"],
            "pVmNum": (details["srm"] or {}).get("protected_vms", 0),
            "userNum": 0,
            "endTime": 0 if end is None else end * 1000,
            "barcode": [f"{node}-A", f"{node}-B"],
        }
        editions = calculus.editions(counted)
        if editions:
            code = EDITIONS.index(editions[0]) + 1
            body |= {"versionType": code, "cvmVer": code, "cicVer": 0, "vdiVer": 0}
        return answers.by_turns("rsLicenseInfo", body, "license")
