# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients, quotas, fetched licenses, and behavior after expiry."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

FORMAL = {"product": "vms_standard", "arch": "x86_64", "kind": "formal", "quantity": 4, "code": "3132A0XY"}
LENT = {"product": "vms_standard", "arch": "x86_64", "kind": "temporary", "quantity": 3, "term_days": 10}
UPGRADE = {**FORMAL, "product": "vms_standard_to_enterprise"}
CLIENT = {"name": "c", "password": "pw"}


def vms(*, server: str | None = None, client: str = "c", **more: Any) -> dict[str, Any]:
    link = {} if server is None else {"license_server": {"server": server, "client": client}}
    return {"hosts": [{"cpu_sockets": 2, "count": 2}], **link, **more}


def quota(*rows: tuple[str, int]) -> list[dict[str, Any]]:
    return [{"productId": product, "arch": "x86_64", "quantity": amount} for product, amount in rows]


@pytest.fixture(scope="module")
def sim(simulate_module: Any) -> Any:
    return simulate_module(
        license_servers={
            "single": {"licenses": [FORMAL, LENT], "clients": [CLIENT]},
            "quotas": {"licenses": [FORMAL, {**FORMAL, "code": "3130A0XZ", "quantity": 6}]},
            "crowd": {"licenses": [FORMAL], "clients": [CLIENT, {"name": "d", "password": "pw"}]},
            "held": {"licenses": [FORMAL], "clients": [CLIENT]},
            "moving": {"licenses": [FORMAL], "clients": [CLIENT]},
        },
        vms={
            "alone": vms(),
            "first": vms(),
            "second": vms(),
            "pair": vms(hot_standby={"slave_ip": "10.1.0.11"}),
            "holder": vms(server="held"),
            "mover": vms(server="moving"),
        },
    )


def allowed(sim: Any, node: str) -> int:
    return int(sim.vms(node, "GET", "/cvm/license").json["cpuNum"])


def test_a_system_connects_over_the_network_and_fetches_all_licenses(sim: Any) -> None:
    assert sim.vms("alone", "GET", "/licenseServer").json == {}
    assert (
        sim.vms("alone", "POST", "/licenseServer/reconnect").headers["Error-Code"] == "license_server_not_set"
    )
    assert {row["status"] for row in sim.licenses("single").values()} == {"usable"}
    assert sim.server("single", "GET", "/clients").json["rows"][0]["state"] == "never"

    assert sim.connect_vms("alone", "single", "c", "pw")["result"] == "0"

    link = sim.vms("alone", "GET", "/licenseServer").json
    assert (link["state"], link["serverId"], link["clientName"]) == ("connected", "single", "c")
    assert "password" not in str(link).lower()
    assert allowed(sim, "alone") == 7
    assert sim.server("single", "GET", "/clients").json["rows"][0]["state"] == "connected"
    rows = sim.server("single", "GET", "/clients/c/assignments").json["rows"]
    assert sorted(row["quantity"] for row in rows) == [3, 4]
    assert {row["status"] for row in sim.licenses("single").values()} == {"in_use"}


@pytest.mark.parametrize(("client", "password"), [("c", "wrong"), ("nobody", "pw")])
def test_wrong_client_credentials_fail_the_message(sim: Any, client: str, password: str) -> None:
    before = sim.vms("first", "GET", "/licenseServer").json
    message = sim.connect_vms("first", "single", client, password)
    assert (message["result"], message["errorCode"]) == ("1", "client_credentials_invalid")
    assert message["failMsg"]
    assert sim.vms("first", "GET", "/licenseServer").json == before


def test_an_unreachable_server_is_reported(sim: Any) -> None:
    message = sim.connect_vms("first", "single", "c", "pw", clientPort=9)
    assert message["errorCode"] == "license_server_unreachable"
    wrong_port = sim.connect_vms("first", "single", "c", "pw", clientPort=sim.node("single")["port"])
    assert wrong_port["result"] == "1"


def test_a_client_belongs_to_one_system(sim: Any) -> None:
    assert (
        sim.connect_vms("second", "held", "c", "pw")["result"] == "1"
    )  # the password of a scenario's own client
    state = sim.state()["nodes"]
    assert state["held"]["clients"][0]["state"] == "connected"
    assert sim.connect_vms("alone", "single", "c", "pw")["result"] == "0"
    message = sim.connect_vms("first", "single", "c", "pw")
    assert message["errorCode"] == "client_in_use"


def test_r23_a_pair_needs_its_contract_number(sim: Any) -> None:
    sim.server("quotas", "POST", "/clients", {"name": "p", "password": "pw"})
    assert sim.connect_vms("pair", "quotas", "p", "pw")["errorCode"] == "contract_number_missing"
    assert sim.connect_vms("pair", "quotas", "p", "pw", contractNumber="SC-1")["result"] == "0"
    assert sim.vms("pair", "GET", "/licenseServer").json["contractNumber"] == "SC-1"
    sim.vms("pair", "DELETE", "/licenseServer")
    assert sim.server("quotas", "DELETE", "/clients/p").status == 204


def test_quotas_are_enforced_and_fixed_licenses_are_not_split(sim: Any) -> None:
    make = {"name": "a", "password": "pw", "quota": quota(("vms_standard", 5))}
    assert sim.server("quotas", "POST", "/clients", make).status == 201
    assert sim.server("quotas", "POST", "/clients", make).json["errorCode"] == "client_exists"
    too_much = {**make, "name": "b", "quota": quota(("vms_standard", 6))}
    assert sim.server("quotas", "POST", "/clients", too_much).json["errorCode"] == "quota_exceeds_supply"
    assert sim.server("quotas", "POST", "/clients", {"name": "b", "password": "pw"}).status == 201
    assert sim.server("quotas", "PUT", "/clients/a", {"quota": quota(("no_such", 1))}).status == 400
    assert sim.server("quotas", "PUT", "/clients/z", {}).status == 404

    assert sim.connect_vms("first", "quotas", "a", "pw")["result"] == "0"
    assert allowed(sim, "first") == 4  # R25: the fixed license of 6 does not fit into the remaining 5
    assert sim.connect_vms("second", "quotas", "b", "pw")["result"] == "0"
    assert allowed(sim, "second") == 0  # 1 is kept for a's quota, so the fixed license of 6 is not complete

    assert sim.server("quotas", "PUT", "/clients/a", {"quota": quota(("vms_standard", 10))}).status == 200
    assert sim.reconnect("first")["result"] == "0"
    assert allowed(sim, "first") == 10
    sim.vms("first", "DELETE", "/licenseServer")
    sim.vms("second", "DELETE", "/licenseServer")


def test_without_quotas_the_first_client_gets_all_until_its_release(sim: Any) -> None:
    assert sim.connect_vms("first", "crowd", "c", "pw")["result"] == "0"
    assert sim.connect_vms("second", "crowd", "d", "pw")["result"] == "0"
    assert (allowed(sim, "first"), allowed(sim, "second")) == (4, 0)
    assert sim.server("crowd", "DELETE", "/clients/c").json["errorCode"] == "client_connected"
    assert sim.server("crowd", "POST", "/clients/c/release").json["state"] == "disconnected"
    assert sim.reconnect("second")["result"] == "0"
    assert allowed(sim, "second") == 4
    assert sim.server("crowd", "DELETE", "/clients/c").status == 204
    failed = sim.reconnect("first")
    assert failed["errorCode"] == "client_credentials_invalid"
    assert sim.vms("first", "GET", "/licenseServer").json["state"] == "disconnected"
    sim.vms("first", "DELETE", "/licenseServer")


def test_an_assigned_license_can_be_uninstalled_after_the_release(sim: Any) -> None:
    (license_id,) = sim.licenses("held")
    refused = sim.server("held", "POST", f"/licenses/{license_id}/uninstall")
    assert (refused.status, refused.json["errorCode"]) == (409, "license_assigned")
    sim.server("held", "POST", "/clients/c/release")
    accepted = sim.server("held", "POST", f"/licenses/{license_id}/uninstall")
    assert sim.wait_server("held", accepted.json["msgId"])["result"] == 0
    assert allowed(sim, "holder") == 4  # the fetched quantity, until it connects again
    assert sim.reconnect("holder")["result"] == "0"
    assert allowed(sim, "holder") == 0


def test_deleting_or_moving_the_link_disconnects_the_client(sim: Any) -> None:
    sim.server("held", "POST", "/clients", {"name": "m", "password": "pw"})
    assert sim.connect_vms("mover", "held", "m", "pw")["result"] == "0"
    assert sim.server("moving", "GET", "/clients").json["rows"][0]["state"] == "disconnected"
    assert sim.server("moving", "GET", "/clients/c/assignments").json["rows"] == []
    assert sim.vms("mover", "DELETE", "/licenseServer").status == 204
    assert sim.vms("mover", "GET", "/licenseServer").json == {}
    states = {row["name"]: row["state"] for row in sim.server("held", "GET", "/clients").json["rows"]}
    assert states["m"] == "disconnected"


SHIPPED = {"product": "vms_enterprise", "arch": "x86_64", "kind": "preinstalled", "quantity": 100}
# One server and one system for each: the licenses that a system has initially.
BEGINNINGS: dict[str, list[dict[str, Any]]] = {
    "r20": [FORMAL, LENT],
    "r22": [LENT, {**LENT, "term_days": 20, "quantity": 8}],
    "feature": [FORMAL, {**LENT, "product": "srm"}],
    "r10": [FORMAL, SHIPPED],
    "alone": [SHIPPED],
    "r6-0": [FORMAL],
    "r6-3": [FORMAL, {**UPGRADE, "quantity": 3}],
    "r6-4": [FORMAL, UPGRADE],
    "r6-1-3": [FORMAL, {**UPGRADE, "quantity": 1}, {**UPGRADE, "quantity": 3}],
}


@pytest.fixture(scope="module")
def initial_systems(simulate_module: Any) -> Any:
    return simulate_module(
        license_servers={f"ls-{name}": {"licenses": licenses} for name, licenses in BEGINNINGS.items()},
        vms={name: vms(server=f"ls-{name}") for name in BEGINNINGS},
    )


@pytest.fixture
def expiring(initial_systems: Any) -> Iterator[Any]:
    """Systems whose licenses expire; each test uses a system of its own, and the clock is set back."""
    yield initial_systems
    initial_systems.advance(days=-initial_systems.days_ahead)


def totals(sim: Any, node: str) -> dict[str, int]:
    totals_row = sim.vms(node, "GET", "/cvm/license").json
    return {name: int(value) for name, value in totals_row.items() if name in SHOWN}


SHOWN = ("cpuNum", "mCpuNum", "cvmVer")


@pytest.mark.parametrize("kind", ["fail", "lose"])
def test_work_that_fails_after_the_server_committed_leaves_the_link_unchanged(
    simulate: Any, kind: str
) -> None:
    sim = simulate(
        license_servers={"ls": {"licenses": [FORMAL], "clients": [CLIENT]}},
        vms={"system": vms(server="ls")},
    )
    before = sim.vms("system", "GET", "/licenseServer").json
    sim.control("POST", "/clock/advance", {"seconds": 60})
    fault = {"node": "system", "step": "work", "work": "reconnect", "kind": kind}
    assert sim.control("POST", "/faults", fault).status == 201
    number = sim.vms("system", "POST", "/licenseServer/reconnect").json["msgId"]
    end = time.monotonic() + 10
    while True:
        message = sim.vms("system", "GET", f"/message/{number}")
        if message.status == 404 or message.json["completed"] == "true":
            break
        assert time.monotonic() < end
        time.sleep(0.02)

    assert sim.vms("system", "GET", "/licenseServer").json == before
    (assignment,) = sim.server("ls", "GET", "/clients/c/assignments").json["rows"]
    assert assignment["fetchedAt"] > before["fetchedAt"]

    assert sim.reconnect("system")["result"] == "0"
    after = sim.vms("system", "GET", "/licenseServer").json
    (assignment,) = sim.server("ls", "GET", "/clients/c/assignments").json["rows"]
    assert after["fetchedAt"] == assignment["fetchedAt"]


def test_r20_after_expiry_only_reconnecting_helps(expiring: Any) -> None:
    sim = expiring
    assert totals(sim, "r20") == {"cpuNum": 7, "mCpuNum": 4, "cvmVer": 1}
    sim.advance(days=9)
    assert sim.vms("r20", "GET", "/operator/test").status == 204
    sim.advance(days=1)

    for method, path in (("GET", "/operator/test"), ("GET", "/cvm/license"), ("DELETE", "/licenseServer")):
        refused = sim.vms("r20", method, path)
        assert (refused.status, refused.headers["Error-Code"]) == (401, "license_lapsed")
        assert refused.headers["Error-Message"]
    sim.control("POST", "/answers", {"node": "r20", "lapsed_code": 1151})
    assert sim.vms("r20", "GET", "/operator/test").headers["Error-Code"] == "1151"
    sim.control("DELETE", "/answers")
    wrong = sim.vms("r20", "GET", "/operator/test", password="wrong")
    assert (wrong.status, wrong.headers["Error-Code"]) == (401, None)
    assert sim.state()["nodes"]["r20"]["login"] == "refused"
    assert sim.state()["nodes"]["r20"]["failed_logins"] == 1
    assert sim.vms("r20", "GET", "/licenseServer").json["state"] == "connected"
    assert sim.vms("r20", "PUT", "/licenseServer", {}).status == 400

    assert sim.reconnect("r20")["result"] == "0"
    assert sim.vms("r20", "GET", "/operator/test").status == 204
    assert totals(sim, "r20") == {"cpuNum": 4, "mCpuNum": 4, "cvmVer": 1}


def test_r22_the_shortest_term_expires_first_and_the_rest_remains(expiring: Any) -> None:
    sim = expiring
    first_end = int(sim.vms("r22", "GET", "/cvm/license").json["endTime"])
    sim.advance(days=10)
    assert sim.vms("r22", "GET", "/operator/test").status == 401
    sim.reconnect("r22")
    assert totals(sim, "r22")["cpuNum"] == 8
    assert int(sim.vms("r22", "GET", "/cvm/license").json["endTime"]) - first_end == 10 * 86_400_000
    sim.advance(days=10)
    sim.reconnect("r22")
    assert totals(sim, "r22") == {"cpuNum": 0, "mCpuNum": 4}


def test_an_expired_feature_does_not_refuse_login(expiring: Any) -> None:
    sim = expiring
    assert int(sim.vms("feature", "GET", "/cvm/license").json["endTime"]) == 0
    sim.advance(days=11)
    assert sim.vms("feature", "GET", "/operator/test").status == 204


def test_r10_a_preinstalled_license_is_used_and_expires_only_without_other_licenses(expiring: Any) -> None:
    sim = expiring
    assert totals(sim, "r10") == {"cpuNum": 4, "mCpuNum": 4, "cvmVer": 1}
    assert totals(sim, "alone") == {"cpuNum": 100, "mCpuNum": 4, "cvmVer": 2}
    sim.advance(days=179)
    assert sim.vms("alone", "GET", "/operator/test").status == 204
    sim.advance(days=2)
    assert sim.vms("r10", "GET", "/operator/test").status == 204
    assert sim.vms("alone", "GET", "/operator/test").headers["Error-Code"] == "license_lapsed"


@pytest.mark.parametrize(("node", "edition"), [("r6-4", 2), ("r6-3", 1), ("r6-1-3", 2), ("r6-0", 1)])
def test_r6_the_edition_changes_only_when_quantities_are_equal(
    expiring: Any, node: str, edition: int
) -> None:
    assert totals(expiring, node) == {"cpuNum": 4, "mCpuNum": 4, "cvmVer": edition}
