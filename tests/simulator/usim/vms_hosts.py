# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads of hosts, clusters and host pools of a VMS, including the secrets that they return."""

from __future__ import annotations

import sqlite3

from flask import Flask, Response, request

from usim import versions
from usim.documents import LIST, Document
from usim.quirks import styled
from usim.simulation import Simulation
from usim.vms_answers import HOST_NOT_FOUND, NODE_NOT_FOUND, VmsAnswers
from usim.vms_tasks import local_time
from usim.webapp import Refusal

POOL, COMPUTE, CONTAINERS = 1, 1, 2
_CLUSTERS = {COMPUTE: "compute", CONTAINERS: "containers"}


def cluster_of(row: sqlite3.Row) -> int | None:
    """Return the cluster of a host; a host may be outside of clusters."""
    if not row["clustered"]:
        return None
    return CONTAINERS if row["container_cluster"] else COMPUTE


def hosts_of(db: sqlite3.Connection, node: str) -> list[sqlite3.Row]:
    return db.execute("SELECT * FROM hosts WHERE node = ? ORDER BY id", (node,)).fetchall()


def find_host(simulation: Simulation, node: str, text: str) -> sqlite3.Row:
    number = int(text) if text.isdecimal() and len(text) < 10 else -1
    with simulation.store.transaction() as db:
        row = db.execute("SELECT * FROM hosts WHERE node = ? AND id = ?", (node, number)).fetchone()
    if not isinstance(row, sqlite3.Row):
        raise Refusal(409, HOST_NOT_FOUND, "主机不存在。")
    return row


def host_body(row: sqlite3.Row) -> dict[str, object]:
    """Return a host of a list as VMS does; every second host has its numbers as text."""
    return _in_style(row, _host(row))


def _host(row: sqlite3.Row) -> dict[str, object]:
    number, cluster = row["id"], cluster_of(row)
    body: dict[str, object] = {
        "@type": "kvm",
        "id": number,
        "user": "root",
        "pwd": f"host-secret-{number}",
        "ipmiUser": "ADMIN",
        "ipmiPw": f"ipmi-secret-{number}",
        "hostPoolId": POOL,
        "name": row["name"],
        "ip": row["ip"],
        "cpuCount": row["cpu_sockets"] * row["cpu_cores"] * (1 if row["arch"] == "aarch64" else 2),
        "hostType": row["host_type"],
        "memorySize": 131_072,
        "status": 1 if row["status"] == "ok" else 0,
        "version": versions.of_cvk(row["version"]),
        "enableHA": 1,
        "cpuSockets": row["cpu_sockets"],
        "cpuCores": row["cpu_cores"],
        "cvkMaintain": row["maintenance"],
        "cvkVersion": versions.plain(row["version"]),
        # Lists state whole seconds; only messages have milliseconds.
        "addTime": local_time(row["added_at"]).replace(".000", ""),
    }
    if cluster is not None:
        body["clusterId"] = cluster
    return body


def _in_style(row: sqlite3.Row, body: dict[str, object]) -> dict[str, object]:
    shown = styled(body, row["id"] % 2 == 1)
    assert isinstance(shown, dict)
    return shown


def _full_host(row: sqlite3.Row) -> dict[str, object]:
    arm = row["arch"] == "aarch64"
    more = {
        "cpuModel": "Kunpeng 920" if arm else "Intel(R) Xeon(R) Gold 6330",
        "cpuFrequence": 2400,
        "model": "R4950" if arm else "R4900",
        "vendor": "UniCloud",
        "serialNumber": f"SN{row['id']:08d}",
        "pNIC": [{"name": name, "status": 1} for name in ("eth0", "eth1")],
    }
    return _in_style(row, {**_host(row), **more})


def _in_cluster(row: sqlite3.Row) -> dict[str, object]:
    """Return a host in the list of its cluster, which also shows its load."""
    return _in_style(
        row, {**_host(row), "platForm": "KVM", "vmNum": row["vms"], "cpuRate": 12.5, "memRate": 40.25}
    )


def _summary(row: sqlite3.Row, stopped: int) -> list[object]:
    """Return the summary: a map as a list of keys and values; one key has no value."""
    values = {
        "CPU主频": "2.4GHz",
        "CPU数量": f"{row['cpu_sockets']} * {row['cpu_cores']} 核",
        "版本": versions.of_cvk(row["version"]),
        "系统运行时间": "1天2时3分4秒",
        "run": str(row["vms"] - stopped),
        "shutoff": str(stopped),
        "total": str(row["vms"]),
    }
    return [*({"key": key, "value": value} for key, value in values.items()), {"key": "操作系统"}]


def register(app: Flask, simulation: Simulation, node: str, base: str, answers: VmsAnswers) -> None:
    _register_hosts(app, simulation, node, base, answers)
    _register_clusters(app, simulation, node, base, answers)
    _register_pools(app, simulation, node, base, answers)


def _register_hosts(app: Flask, simulation: Simulation, node: str, base: str, answers: VmsAnswers) -> None:
    @app.get(f"{base}/host/list")
    def host_list() -> Response:
        with simulation.store.transaction() as db:
            rows = hosts_of(db, node)
        return answers.page("host", len(rows), lambda index: host_body(rows[index]), states_total=False)

    @app.get(f"{base}/host")
    def hosts() -> Response:
        with simulation.store.transaction() as db:
            rows = hosts_of(db, node)
        return answers.send(Document(LIST, {"host": [host_body(row) for row in rows]}))

    @app.get(f"{base}/host/id/<number>")
    def host_by_id(number: str) -> Response:
        return answers.send(Document("host", _full_host(find_host(simulation, node, number))))

    @app.get(f"{base}/host/summary/<number>")
    def host_summary(number: str) -> Response:
        row = find_host(simulation, node, number)
        return answers.send(Document(LIST, {"keyValue": _summary(row, row["vms"] // 4)}))


def _register_clusters(app: Flask, simulation: Simulation, node: str, base: str, answers: VmsAnswers) -> None:
    def grouped() -> dict[int, list[sqlite3.Row]]:
        groups: dict[int, list[sqlite3.Row]] = {}
        with simulation.store.transaction() as db:
            for row in hosts_of(db, node):
                cluster = cluster_of(row)
                if cluster is not None:
                    groups.setdefault(cluster, []).append(row)
        return dict(sorted(groups.items()))

    def find(text: str) -> tuple[int, list[sqlite3.Row]]:
        for number, rows in grouped().items():
            if text == str(number):
                return number, rows
        raise Refusal(409, NODE_NOT_FOUND, "集群不存在。")

    def body(number: int, rows: list[sqlite3.Row]) -> dict[str, object]:
        return {
            "id": number,
            "hostPoolId": POOL,
            "name": _CLUSTERS[number],
            "description": "",
            "enableHA": 1,
            "priority": 1,
            "enableLB": 0,
            "childNum": len(rows),
            "containerCluster": int(number == CONTAINERS),
        }

    @app.get(f"{base}/cluster/clusters")
    def clusters() -> Response:
        found = [styled(body(number, rows), number == COMPUTE) for number, rows in grouped().items()]
        return answers.send(Document(LIST, {"cluster": found}))

    @app.get(f"{base}/cluster/<number>")
    def cluster(number: str) -> Response:
        return answers.send(Document("cluster", {**body(*find(number)), "HaMinHost": 1}))

    @app.get(f"{base}/cluster/hosts")
    def cluster_hosts() -> Response:
        _number, rows = find(request.args.get("clusterId", ""))
        return answers.page("host", len(rows), lambda index: _in_cluster(rows[index]))


def _register_pools(app: Flask, simulation: Simulation, node: str, base: str, answers: VmsAnswers) -> None:
    @app.get(f"{base}/hostpool/all")
    def host_pools() -> Response:
        with simulation.store.transaction() as db:
            count = len(hosts_of(db, node))
        body = {
            "childNum": str(count),
            "id": str(POOL),
            "name": "pool",
            "operatorGroupCode": "00",
            "operatorGroupId": "1",
        }
        return answers.send(Document(LIST, {"hostPool": [body]}))

    @app.get(f"{base}/hostpool/<number>/allChildNode")
    def child_nodes(number: str) -> Response:
        if number != str(POOL):
            raise Refusal(409, NODE_NOT_FOUND, "主机池不存在。")
        with simulation.store.transaction() as db:
            rows = hosts_of(db, node)
        clusters = sorted({cluster for row in rows if (cluster := cluster_of(row)) is not None})
        return answers.send(
            Document(
                LIST,
                {
                    "cluster": [{"id": cluster, "name": _CLUSTERS[cluster]} for cluster in clusters],
                    "host": [host_body(row) for row in rows],
                },
            )
        )
