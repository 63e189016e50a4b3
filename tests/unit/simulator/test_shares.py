# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several systems on one License Server: R4–R6 for each system, quotas, and unusable licenses."""

from __future__ import annotations

from typing import Any

import pytest

STANDARD, ENTERPRISE = "vms_standard", "vms_enterprise"
UPGRADE, HIGHER = "vms_standard_to_enterprise", "vms_standard_to_enhanced_enterprise"


def line(product: str, quantity: int, arch: str = "x86_64", **more: Any) -> dict[str, Any]:
    return {"product": product, "arch": arch, "kind": "formal", "quantity": quantity, **more}


def quota(*rows: tuple[str, int]) -> list[dict[str, Any]]:
    return [{"productId": product, "arch": "x86_64", "quantity": amount} for product, amount in rows]


def clients(*names: str) -> list[dict[str, Any]]:
    return [{"name": name, "password": "pw"} for name in names]


BOTH_EDITIONS = [line(STANDARD, 8), line(ENTERPRISE, 4)]
SERVERS: dict[str, Any] = {
    "mixed": {"licenses": BOTH_EDITIONS, "clients": clients("a", "b")},
    "stays": {"licenses": BOTH_EDITIONS, "clients": clients("a", "b")},
    "stray": {"licenses": [line(STANDARD, 8), line(UPGRADE, 9)], "clients": clients("a", "b")},
    "arches": {"licenses": [line(STANDARD, 8), line(ENTERPRISE, 4, "aarch64")], "clients": clients("a", "b")},
    "targets": {
        "licenses": [line(STANDARD, 8), line(UPGRADE, 4), line(HIGHER, 4)],
        "clients": clients("a", "b"),
    },
    "reached": {
        "licenses": [line(STANDARD, 8), line(UPGRADE, 8), line(ENTERPRISE, 2)],
        "clients": clients("a", "b"),
    },
    "short": {"licenses": [line(STANDARD, 8), line(UPGRADE, 3)], "clients": clients("a", "b")},
    "allotted": {"licenses": BOTH_EDITIONS, "clients": clients("a")},
    "one": {"licenses": [line(ENTERPRISE, 4)], "clients": clients("a")},
    "part": {"licenses": [line(ENTERPRISE, 4)], "clients": clients("a")},
    "quotas": {
        "licenses": [line(STANDARD, 8), line(UPGRADE, 8), line(HIGHER, 8), line(ENTERPRISE, 4)],
        "clients": clients("a"),
    },
}


@pytest.fixture(scope="module")
def sim(simulate_module: Any) -> Any:
    systems: dict[str, Any] = {f"{name}-{client}": {"hosts": [{}]} for name in SERVERS for client in "ab"}
    systems["seeded"] = {"hosts": [{}], "license_server": {"server": "begun", "client": "s"}}
    stated = {"licenses": BOTH_EDITIONS}
    keys = [{"key": STANDARD, "product": STANDARD, "arch": "x86_64", "quantity": 100}]
    return simulate_module(license_servers={**SERVERS, "begun": stated}, vms=systems, keys=keys)


def connect(sim: Any, server: str, client: str = "a") -> dict[str, str]:
    """Connect, and return what was left out: product and error code."""
    message = sim.connect_vms(f"{server}-{client}", server, client, "pw")
    assert message["result"] == "0", message
    return left_out(sim, server, message)


def left_out(sim: Any, server: str, message: Any) -> dict[str, str]:
    products = {name: row["productId"] for name, row in sim.licenses(server).items()}
    rows = message.get("refreshData", [])
    listed = [rows] if isinstance(rows, dict) else rows  # a list of one is the row itself
    return {products[row["key"]]: row["value"] for row in listed}


def assigned(sim: Any, server: str, client: str = "a") -> dict[str, int]:
    rows = sim.server(server, "GET", f"/clients/{client}/assignments").json["rows"]
    return {row["productId"]: row["quantity"] for row in rows}


def status(sim: Any, server: str) -> dict[str, str]:
    return {row["productId"]: row["status"] for row in sim.licenses(server).values()}


def test_r4_each_system_gets_one_edition(sim: Any) -> None:
    assert connect(sim, "mixed") == {ENTERPRISE: "edition_mixed"}
    assert assigned(sim, "mixed") == {STANDARD: 8}
    assert status(sim, "mixed") == {STANDARD: "in_use", ENTERPRISE: "usable"}  # b may still use it
    assert connect(sim, "mixed", "b") == {}
    assert assigned(sim, "mixed", "b") == {ENTERPRISE: 4}


def test_a_system_keeps_its_edition(sim: Any) -> None:
    assert sim.server("stays", "PUT", "/clients/b", {"quota": quota((STANDARD, 8))}).status == 200
    assert connect(sim, "stays") == {}
    assert assigned(sim, "stays") == {ENTERPRISE: 4}
    assert sim.server("stays", "PUT", "/clients/b", {"quota": []}).status == 200
    assert left_out(sim, "stays", sim.reconnect("stays-a")) == {STANDARD: "edition_mixed"}
    assert assigned(sim, "stays") == {ENTERPRISE: 4}


def test_r4_applies_across_both_architectures(sim: Any) -> None:
    assert connect(sim, "arches") == {ENTERPRISE: "edition_mixed"}
    assert assigned(sim, "arches") == {STANDARD: 8}


def test_r5_r6_upgrades_without_their_base_are_left_out_and_unusable(sim: Any) -> None:
    assert connect(sim, "stray") == {UPGRADE: "upgrade_exceeds_base"}
    assert assigned(sim, "stray") == {STANDARD: 8}
    assert status(sim, "stray")[UPGRADE] == "usable"
    assert connect(sim, "stray", "b") == {UPGRADE: "upgrade_base_missing"}
    assert status(sim, "stray") == {STANDARD: "in_use", UPGRADE: "unusable"}
    # New licenses were installed since the last fetch, so the upgrade may be usable.
    assert sim.install("stray", sim.activation_file("stray", (STANDARD, 1)))["result"] == 0
    assert status(sim, "stray")[UPGRADE] == "usable"
    assert left_out(sim, "stray", sim.reconnect("stray-a")) == {}
    assert sim.state()["nodes"]["stray-a"]["editions"] == ["enterprise"]


def test_r4_upgrades_to_two_targets_are_left_out(sim: Any) -> None:
    assert connect(sim, "targets") == {UPGRADE: "edition_mixed", HIGHER: "edition_mixed"}
    assert assigned(sim, "targets") == {STANDARD: 8}


def test_upgraded_edition_is_added_and_a_partial_upgrade_is_assigned(sim: Any) -> None:
    assert connect(sim, "reached") == {}
    assert sim.state()["nodes"]["reached-a"]["editions"] == ["enterprise"]
    assert connect(sim, "short") == {}
    assert assigned(sim, "short") == {STANDARD: 8, UPGRADE: 3}
    assert sim.state()["nodes"]["short-a"]["editions"] == ["standard"]


def test_a_license_that_no_quota_allows_is_unusable_once_left_out(sim: Any) -> None:
    assert connect(sim, "allotted") == {ENTERPRISE: "edition_mixed"}
    assert status(sim, "allotted")[ENTERPRISE] == "unusable"
    made = {"name": "b", "password": "pw", "quota": quota((STANDARD, 0))}
    assert sim.server("allotted", "POST", "/clients", made).status == 201
    assert status(sim, "allotted")[ENTERPRISE] == "unusable"  # b may not use it
    assert sim.server("allotted", "PUT", "/clients/b", {"quota": []}).status == 200
    assert status(sim, "allotted")[ENTERPRISE] == "usable"


def test_a_quota_below_the_supply_allows_another_edition(sim: Any) -> None:
    assert sim.server("part", "PUT", "/clients/a", {"quota": quota((ENTERPRISE, 4))}).status == 200
    one = sim.install("one", sim.activation_file("one", (STANDARD, 4)))
    part = sim.install("part", sim.activation_file("part", (STANDARD, 4)))
    assert (one["errorCode"], part["errorCode"] or "") == ("edition_mixed", "")


def test_a_scenario_starts_with_its_stated_assignments(sim: Any) -> None:
    assert sim.state()["nodes"]["seeded"]["editions"] == ["standard", "enterprise"]
    assert sim.reconnect("seeded")["result"] == "0"
    assert sim.state()["nodes"]["seeded"]["editions"] == ["standard"]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([(STANDARD, 4), (ENTERPRISE, 1)], "edition_mixed"),
        ([(STANDARD, 4), (UPGRADE, 2), (HIGHER, 2)], "edition_mixed"),
        ([(UPGRADE, 2)], "upgrade_base_missing"),
        ([(STANDARD, 4), (UPGRADE, 5)], "upgrade_exceeds_base"),
        ([(STANDARD, 9)], "quota_exceeds_supply"),
        ([(STANDARD, 4), (UPGRADE, 4), (ENTERPRISE, 1)], None),
        ([(STANDARD, 4), (UPGRADE, 3)], None),
        ([(STANDARD, 0)], None),
    ],
)
def test_a_quota_that_no_system_could_use_is_rejected(sim: Any, rows: Any, code: str | None) -> None:
    answer = sim.server("quotas", "PUT", "/clients/a", {"quota": quota(*rows)})
    assert (answer.status, answer.json.get("errorCode")) == (200 if code is None else 409, code)


def test_a_product_is_in_a_quota_once(sim: Any) -> None:
    answer = sim.server("quotas", "PUT", "/clients/a", {"quota": quota((STANDARD, 1), (STANDARD, 2))})
    assert answer.status == 400
