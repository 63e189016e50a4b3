# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pairs of VMS and of License Servers: two machines, one system."""

from __future__ import annotations

from typing import Any

import pytest

FORMAL = {"product": "vms_standard", "arch": "x86_64", "kind": "formal", "quantity": 4, "code": "3132A0XY"}
KEY = {"product": "vms_standard", "arch": "x86_64", "quantity": 20}


@pytest.fixture(scope="module")
def sim(simulate_module: Any) -> Any:
    return simulate_module(
        license_servers={
            "ls": {"peer": "ls-b", "licenses": [FORMAL], "clients": [{"name": "p", "password": "pw"}]},
            "lone": {},
        },
        vms={
            "pair": {
                "hosts": [{"cpu_sockets": 2, "count": 2}],
                "ip": "10.1.0.10",
                "hot_standby": {"slave_ip": "10.1.0.11"},
            },
            "single": {"hosts": [{}]},
        },
        keys=[
            {**KEY, "key": "PAIR", "hot_standby": True, "contract_number": "SC-1"},
            {**KEY, "key": "ANY"},
        ],
    )


def test_r23_the_platform_checks_the_contract_number(sim: Any) -> None:
    def code(**more: Any) -> Any:
        return sim.activate("ls", ("PAIR", 1), **more).json.get("errorCode")

    assert code() == "contract_number_missing"
    assert code(contract_number="SC-2") == "contract_number_wrong"
    assert code(contract_number="SC-1") is None
    assert sim.activate("ls", ("ANY", 1), contract_number="SC-9").status == 200


def platform_of(*values: str) -> dict[str, str]:
    return dict(zip(("masterName", "masterIp", "slaveName", "slaveIp"), values, strict=True))


def test_a_pair_of_vms_stays_one_system_after_a_failover(sim: Any) -> None:
    assert sim.connect_vms("pair", "ls", "p", "pw")["errorCode"] == "contract_number_missing"
    assert sim.connect_vms("pair", "ls", "p", "pw", contractNumber="SC-1")["result"] == "0"
    before = sim.vms("pair", "GET", "/licenseServer").json
    platform = platform_of("pair-1", "10.1.0.10", "pair-2", "10.1.0.11")
    assert sim.vms("pair", "GET", "/system/platform").json == platform
    sockets = int(sim.vms("pair", "GET", "/cvm/license").json["mCpuNum"])

    assert sim.control("POST", "/nodes/pair/failover").status == 204

    turned = platform_of("pair-2", "10.1.0.11", "pair-1", "10.1.0.10")
    assert sim.vms("pair", "GET", "/system/platform").json == turned
    assert sim.vms("pair", "GET", "/host/cvm/info").json["failOverStatus"] == "failover"
    assert sim.vms("pair", "GET", "/licenseServer").json == before
    assert int(sim.vms("pair", "GET", "/cvm/license").json["mCpuNum"]) == sockets == 4
    assert sim.reconnect("pair")["result"] == "0"
    assert [row["name"] for row in sim.server("ls", "GET", "/clients").json["rows"]] == ["p"]
    assert sim.control("POST", "/nodes/pair/failover").status == 204
    assert sim.vms("pair", "GET", "/system/platform").json == platform


def test_a_pair_of_license_servers_is_one_device(sim: Any) -> None:
    state = sim.state()["nodes"]
    assert set(state["ls"]["devices"]) == {"ls", "ls-b"}
    assert set(state["lone"]["devices"]) == {"lone"}
    about = sim.server("ls", "GET", "/server").json
    assert (about["id"], about["peer"]) == ("ls", "ls-b")
    content, device = sim.activation_file("ls", ("ANY", 2)), sim.device("ls")

    assert sim.control("POST", "/nodes/ls/failover").status == 204

    about = sim.server("ls", "GET", "/server").json
    assert (about["id"], about["peer"]) == ("ls-b", "ls")
    assert sim.device("ls") == device
    assert sim.install("ls", content)["result"] == 0
    assert sim.reconnect("pair")["result"] == "0"
    assert sim.vms("pair", "GET", "/licenseServer").json["serverId"] == "ls-b"
    sim.kill()
    sim.start()
    assert sim.reconnect("pair")["result"] == "0"

    # New hardware of the active server: the other device is unchanged, the device information is not.
    old = sim.state()["nodes"]["ls"]["devices"]
    assert sim.control("POST", "/nodes/ls/new-device").status == 204
    new = sim.state()["nodes"]["ls"]["devices"]
    assert (new["ls"] == old["ls"], new["ls-b"] == old["ls-b"]) == (True, False)
    assert {row["status"] for row in sim.licenses("ls").values()} == {"unusable"}
    assert sim.reconnect("pair")["result"] == "0"
    assert int(sim.vms("pair", "GET", "/cvm/license").json["cpuNum"]) == 0


@pytest.mark.parametrize("name", ["single", "lone"])
def test_a_node_without_a_peer_cannot_fail_over(sim: Any, name: str) -> None:
    refused = sim.control("POST", f"/nodes/{name}/failover")
    assert (refused.status, refused.json["errorCode"]) == (409, "not_a_pair")
