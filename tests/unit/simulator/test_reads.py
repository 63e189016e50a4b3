# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documented reads and their peculiarities."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(scope="module")
def sim(simulate_module: Any) -> Any:
    return simulate_module(
        license_servers={
            "ls": {
                "licenses": [
                    {"product": "vms_standard", "arch": "aarch64", "kind": "formal", "quantity": 8},
                    {
                        "product": "vms_standard",
                        "arch": "aarch64",
                        "kind": "temporary",
                        "quantity": 4,
                        "term_days": 30,
                    },
                    {"product": "srm", "arch": "aarch64", "kind": "formal", "quantity": 20},
                ]
            }
        },
        vms={
            "many": {
                "arch": "aarch64",
                "hosts": [
                    {"count": 4, "arch": "aarch64", "vms": 4},
                    {"arch": "x86_64", "container_cluster": True},
                ],
                "srm": {"protected_vms": 3, "main_site_ip": "10.0.0.1", "spare_site_ip": "10.0.0.2"},
                "license_server": {"server": "ls", "client": "many"},
                "hot_standby": {"slave_ip": "10.1.0.11"},
            },
            "one": {"hosts": [{"name": "alone", "host_type": 0, "version": "E0730P11H07", "status": "bad"}]},
            "none": {},
            "vast": {},
        },
    )


def test_lists_of_several_one_and_no_items_have_different_shapes(sim: Any) -> None:
    assert [host["name"] for host in sim.vms("many", "GET", "/host/list").json["host"]][:2] == [
        "cvk1",
        "cvk2",
    ]
    assert sim.vms("one", "GET", "/host/list").json["host"]["name"] == "alone"
    empty = sim.vms("none", "GET", "/host/list")
    assert (empty.json, empty.headers["Total"]) == ({}, None)
    assert sim.vms("none", "GET", "/vm/vmList").headers["Total"] == "0"


def test_every_second_host_has_its_numbers_as_strings(sim: Any) -> None:
    first, second = sim.vms("many", "GET", "/host/list").json["host"][:2]
    assert (first["id"], first["cpuSockets"], first["cvkMaintain"]) == ("1", "2", "0")
    assert (second["id"], second["cpuSockets"], second["cvkMaintain"]) == (2, 2, 0)


def test_hosts_include_architecture_status_versions_and_secrets(sim: Any) -> None:
    host = sim.vms("one", "GET", "/host/id/1").json
    assert (host["hostType"], host["status"]) == ("0", "0")
    assert (host["version"], host["cvkVersion"]) == ("CVK 7.0 (E0730)", "7.0 (E0730P11H07)")
    assert host["pwd"]
    assert host["ipmiPw"]
    assert host["serialNumber"]
    assert int(host["cpuCount"]) == 2 * 16 * 2  # threads, not sockets
    assert [item["hostType"] for item in sim.vms("many", "GET", "/host/list").json["host"]] == [
        "17",
        17,
        "17",
        17,
        "16",
    ]


def test_pages_are_cut_and_machines_include_the_total(sim: Any) -> None:
    page = sim.vms("many", "GET", "/host/list?offset=3&limit=2")
    assert page.headers["Total"] is None
    assert [host["name"] for host in page.json["host"]] == ["cvk4", "cvk5"]
    last = sim.vms("many", "GET", "/host/list?offset=4&limit=2").json["host"]
    assert last["name"] == "cvk5"
    assert sim.vms("many", "GET", "/host/list?offset=5&limit=2").json == {}
    machines = sim.vms("many", "GET", "/vm/vmList?offset=3&limit=2")
    assert machines.headers["Total"] == "16"
    assert [machine["name"] for machine in machines.json["domain"]] == ["vm-1-3", "vm-2-0"]
    assert sim.vms("many", "GET", "/vm/vmList?hostId=2&limit=1").headers["Total"] == "4"


def test_all_hosts_come_without_a_limit_and_with_minus_one(sim: Any) -> None:
    assert sim.control("POST", "/nodes/none/hosts", {"count": 1500, "cpu_sockets": 4}).json == {"hosts": 1500}
    for query in ("", "?limit=-1", "?offset=0&limit=5000"):
        page = sim.vms("none", "GET", f"/host/list{query}")
        assert (page.headers["Total"], len(page.json["host"])) == (None, 1500), query
    assert len(sim.vms("none", "GET", "/host/list?offset=1000&limit=-1").json["host"]) == 500
    assert len(sim.vms("none", "GET", "/host").json["host"]) == 1500
    assert sim.vms("none", "GET", "/host/list?limit=-2").status == 400


def test_thousands_of_hosts_are_all_different(sim: Any) -> None:
    body = {"count": 5000, "arch": "aarch64", "vms": 3}
    assert sim.control("POST", "/nodes/vast/hosts", body).json == {"hosts": 5000}
    hosts: list[Any] = []
    while len(hosts) < 5000:
        page = sim.vms("vast", "GET", f"/host/list?offset={len(hosts)}&limit=1000")
        hosts += page.json["host"]
    for key in ("id", "name", "ip"):
        assert len({str(host[key]) for host in hosts}) == 5000
    assert sim.vms("vast", "GET", "/vm/vmList?limit=1").headers["Total"] == "15000"
    assert int(sim.vms("vast", "GET", "/cvm/license").json["mCpuNum"]) == 10_000


def test_clusters_managers_and_versions(sim: Any) -> None:
    clusters = sim.vms("many", "GET", "/cluster/clusters").json["cluster"]
    assert {item["name"]: int(item["containerCluster"]) for item in clusters} == {
        "compute": 0,
        "containers": 1,
    }
    assert sim.vms("one", "GET", "/cluster/clusters").json["cluster"]["name"] == "compute"
    for name, code in (("many", "1"), ("one", "16")):
        manager = sim.vms(name, "GET", "/system/cvm")
        assert (manager.status, manager.headers["type"], manager.content) == (200, code, b"")
    assert sim.vms("many", "GET", "/datacenter/casVersion").json["data"] == "V7.0 (E0760P03)"
    release = sim.vms("many", "GET", "/host/version").json
    assert (set(release), release["data"]) == ({"data", "state", "errorCode"}, "V7.0 (E0760P03)")
    assert "verison" in sim.vms("many", "GET", "/version").json["featureInfos"][0]
    assert sim.vms("many", "GET", "/system/platform").json["slaveIp"] == "10.1.0.11"
    assert "slaveIp" not in sim.vms("one", "GET", "/system/platform").json
    info = sim.vms("one", "GET", "/host/cvm/info").json
    assert (info["failOverStatus"], info["cvmHaNum"]) == ("non failover config", "1")
    assert int(sim.vms("many", "GET", "/host/detail?hostId=2").json["vmNum"]) == 4


def test_totals_alternate_types_and_count_fetched_licenses(sim: Any) -> None:
    first, second = (sim.vms("many", "GET", "/cvm/license").json for _time in range(2))
    assert {type(first["cpuNum"]), type(second["cpuNum"])} == {int, str}
    assert {name: int(first[name]) for name in ("cpuNum", "mCpuNum", "cvmVer")} == {
        "cpuNum": 12,
        "mCpuNum": 10,
        "cvmVer": 1,
    }
    assert int(first["endTime"]) % 1000 == 0
    assert int(first["endTime"]) > 10**12
    unlicensed = sim.vms("one", "GET", "/cvm/license").json
    assert (int(unlicensed["cpuNum"]), int(unlicensed["endTime"]), "cvmVer" in unlicensed) == (0, 0, False)


def test_recovery_plans_are_those_of_the_requested_sites(sim: Any) -> None:
    (plan,) = sim.vms("many", "GET", "/cloudSrm/recoveryPlan?mainSiteIp=10.0.0.1&spareSiteIp=10.0.0.2").json
    assert set(plan) == {"id", "name", "description", "groupName", "clusterId", "priority", "flag"}
    machines = sim.vms("many", "GET", f"/cloudSrm/recoveryPlan/vmList?planName={plan['name']}").json
    assert len({machine["name"] for machine in machines}) == len(machines) == 3
    assert all(set(machine) == {"name", "title", "status"} for machine in machines)
    assert sim.vms("many", "GET", "/cloudSrm/recoveryPlan?mainSiteIp=1.1.1.1&spareSiteIp=10.0.0.2").json == []


def test_business_errors_are_in_headers_and_unknown_paths_are_404(sim: Any) -> None:
    missing = sim.vms("many", "GET", "/host/id/77")
    assert (missing.status, missing.headers["Error-Code"], missing.content) == (409, "402", b"")
    assert missing.headers["Error-Message"].encode("latin-1") == "主机不存在。".encode("gbk")
    assert missing.headers["charset"] is None
    assert sim.vms("many", "GET", "/no/such").status == 404
    assert sim.vms("many", "GET", "/message/999").status == 404
    assert sim.server("ls", "GET", "/no-such").json["errorCode"] == "not_found"


def test_the_statistic_is_server_wide_with_display_names(sim: Any) -> None:
    rows = sim.server("ls", "GET", "/licenses/statistic").json["rows"]
    name = "UniCloud Usphere VMS ARM虚拟化管理系统标准版软件"
    assert {"licName": name, "licAmount": 12, "licUsedAmount": 12, "licRemainAmount": 0} in rows
    assert len(sim.server("ls", "GET", "/licenses/statistic?pdtName=SRM").json["rows"]) == 1
    page = sim.server("ls", "GET", "/licenses?page=2&pageSize=2").json
    assert (len(page["rows"]), page["total"]) == (1, 3)


def test_the_device_is_named_by_the_digest_of_its_information(sim: Any) -> None:
    import hashlib

    answer = sim.server("ls", "GET", "/device-info")
    assert 'filename="ls.did"' in answer.headers["Content-Disposition"]
    assert sim.licenses("ls")["LS-000001"]["device"] == hashlib.sha256(answer.content).hexdigest()
