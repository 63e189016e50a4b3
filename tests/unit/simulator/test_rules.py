# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a License Server installs and uninstalls: R4–R6, R12, R13, R16, devices, changed files."""

from __future__ import annotations

from typing import Any

import pytest

STANDARD, ENTERPRISE = "vms_standard", "vms_enterprise"
UPGRADE, HIGHER, SECOND = (
    "vms_standard_to_enterprise",
    "vms_standard_to_enhanced_enterprise",
    "vms_enterprise_to_enhanced_enterprise",
)
HELD = {"product": STANDARD, "arch": "x86_64", "kind": "formal", "quantity": 32, "code": "3132A0XY"}


def key(product: str, arch: str = "x86_64", **more: Any) -> dict[str, Any]:
    return {"key": f"KEY-{product}-{arch}", "product": product, "arch": arch, "quantity": 1000, **more}


@pytest.fixture(scope="module")
def sim(simulate_module: Any) -> Any:
    """Most servers have 32 standard licenses, three have none; a test that changes a server uses it alone."""
    tests = (
        "base",
        "upgrade",
        "exceeding",
        "chain",
        "targets",
        "leaving",
        "chained",
        "device",
        "twice",
        "arch",
    )
    servers = {name: {"licenses": [HELD]} for name in tests}
    servers |= {"bare": {}, "mixed": {}, "together": {}}
    servers["shared"] = {
        "licenses": [HELD],
        "clients": [{"name": "a", "password": "pw"}, {"name": "b", "password": "pw"}],
    }
    servers["kinds"] = {
        "licenses": [
            {**HELD, "kind": "temporary", "code": None, "term_days": 30},
            {**HELD, "kind": "preinstalled", "code": None},
            {**HELD, "term_days": 30, "issued_days_ago": 31},
        ]
    }
    servers["pair"] = {"licenses": [{**HELD, "file": "both"}, {**HELD, "product": UPGRADE, "file": "both"}]}
    keys = [key(product) for product in (STANDARD, ENTERPRISE, UPGRADE, HIGHER, SECOND)]
    keys += [key(STANDARD, "aarch64"), key(UPGRADE, "aarch64"), key(ENTERPRISE, "aarch64")]
    keys += [
        {"key": "ISC", "product": "isc", "quantity": 100},
        {
            "key": "LENT",
            "product": STANDARD,
            "arch": "x86_64",
            "kind": "temporary",
            "quantity": 99,
            "term_days": 30,
        },
    ]
    return simulate_module(license_servers=servers, keys=keys)


def add(sim: Any, server: str, *lines: tuple[str, int], arch: str = "x86_64") -> str:
    """Install one file with these lines; return its error code, or ``""``."""
    content = sim.activation_file(server, *((f"KEY-{product}-{arch}", amount) for product, amount in lines))
    message = sim.install(server, content)
    assert (message["result"] == 0) == (message["errorCode"] == "")
    assert bool(message["failMsg"]) == bool(message["errorCode"])
    return str(message["errorCode"])


def remove(sim: Any, server: str, license_id: str) -> str:
    answer = sim.server(server, "POST", f"/licenses/{license_id}/uninstall")
    if answer.status != 202:
        assert answer.status == 409, answer.json
        return str(answer.json["errorCode"])
    return str(sim.wait_server(server, answer.json["msgId"])["errorCode"])


def quantities(sim: Any, server: str) -> dict[str, int]:
    rows = sim.licenses(server).values()
    return {row["productId"]: row["quantity"] for row in rows if row["status"] == "usable"}


def test_r4_another_edition_is_rejected_and_the_same_is_accepted(sim: Any) -> None:
    assert add(sim, "base", (ENTERPRISE, 4)) == "edition_mixed"
    assert add(sim, "base", (ENTERPRISE, 4), arch="aarch64") == "edition_mixed"
    assert add(sim, "base", (STANDARD, 4)) == ""
    assert add(sim, "base", (STANDARD, 4), arch="aarch64") == ""
    assert add(sim, "mixed", (STANDARD, 4), (ENTERPRISE, 4)) == "edition_mixed"
    assert sim.licenses("mixed") == {}


def test_r5_an_upgrade_needs_its_base(sim: Any) -> None:
    assert add(sim, "bare", (UPGRADE, 4)) == "upgrade_base_missing"
    assert add(sim, "base", (SECOND, 4)) == "upgrade_base_missing"
    assert add(sim, "arch", (UPGRADE, 32), arch="aarch64") == "upgrade_base_missing"


def test_r6_an_upgrade_up_to_its_base_is_accepted_and_more_is_rejected(sim: Any) -> None:
    assert add(sim, "exceeding", (UPGRADE, 33)) == "upgrade_exceeds_base"
    assert add(sim, "exceeding", (UPGRADE, 31)) == ""
    assert add(sim, "exceeding", (UPGRADE, 2)) == "upgrade_exceeds_base"
    assert add(sim, "exceeding", (UPGRADE, 1)) == ""


def test_r4_licenses_of_the_upgraded_edition_can_be_added(sim: Any) -> None:
    assert add(sim, "upgrade", (UPGRADE, 32)) == ""
    assert add(sim, "upgrade", (ENTERPRISE, 8)) == ""
    assert add(sim, "upgrade", ("vms_standard", 1)) == ""


def test_chains_of_upgrades_follow_the_balance(sim: Any) -> None:
    assert add(sim, "chain", (UPGRADE, 31)) == ""
    assert add(sim, "chain", (SECOND, 31)) == "upgrade_base_missing"  # no upgrade is complete yet
    assert add(sim, "chain", (UPGRADE, 1)) == ""
    assert add(sim, "chain", (SECOND, 33)) == "upgrade_exceeds_base"
    assert add(sim, "chain", (SECOND, 32)) == ""


def test_two_targets_from_one_base_are_rejected(sim: Any) -> None:
    assert add(sim, "targets", (UPGRADE, 16)) == ""
    assert add(sim, "targets", (HIGHER, 16)) == "edition_mixed"


def test_base_and_upgrade_in_one_file_are_judged_together(sim: Any) -> None:
    assert add(sim, "together", (STANDARD, 4), (UPGRADE, 5)) == "upgrade_exceeds_base"
    assert quantities(sim, "together") == {}
    assert add(sim, "together", (STANDARD, 4), (UPGRADE, 4)) == ""
    assert quantities(sim, "together") == {STANDARD: 4, UPGRADE: 4}


def test_a_shared_server_accepts_files_of_several_editions(sim: Any) -> None:
    assert add(sim, "shared", (ENTERPRISE, 4)) == ""


def test_r16_only_formal_licenses_in_force_are_uninstalled(sim: Any) -> None:
    kinds = {
        row["kind"] if row["status"] != "expired" else "expired": row
        for row in sim.licenses("kinds").values()
    }
    assert remove(sim, "kinds", kinds["temporary"]["id"]) == "not_uninstallable"
    assert remove(sim, "kinds", kinds["preinstalled"]["id"]) == "not_uninstallable"
    assert remove(sim, "kinds", kinds["expired"]["id"]) == "license_expired"
    assert kinds["preinstalled"]["key"] is None
    assert sim.server("kinds", "GET", f"/licenses/{kinds['temporary']['id']}/uninstall-file").status == 404
    assert sim.server("kinds", "POST", "/licenses/LS-999999/uninstall").status == 404


def test_a_base_with_an_upgrade_cannot_be_uninstalled(sim: Any) -> None:
    base = next(iter(sim.licenses("leaving")))
    assert add(sim, "leaving", (UPGRADE, 32)) == ""
    assert remove(sim, "leaving", base) == "base_in_use"
    assert add(sim, "leaving", (STANDARD, 32)) == ""  # 64 for 32: the base can be uninstalled now
    assert remove(sim, "leaving", base) == ""


def test_the_middle_of_a_chain_cannot_be_uninstalled(sim: Any) -> None:
    assert add(sim, "chained", (UPGRADE, 32)) == ""
    assert add(sim, "chained", (SECOND, 32)) == ""
    middle = next(row["id"] for row in sim.licenses("chained").values() if row["productId"] == UPGRADE)
    top = next(row["id"] for row in sim.licenses("chained").values() if row["productId"] == SECOND)
    assert remove(sim, "chained", middle) == "base_in_use"
    assert remove(sim, "chained", top) == ""
    assert remove(sim, "chained", middle) == ""


def test_the_licenses_of_one_file_are_uninstalled_together_and_once(sim: Any) -> None:
    base, upgrade = sim.licenses("pair")
    answer = sim.server("pair", "POST", f"/licenses/{base}/uninstall")
    assert sim.wait_server("pair", answer.json["msgId"])["detail"] == {"licenseIds": [base, upgrade]}
    assert {row["status"] for row in sim.licenses("pair").values()} == {"uninstalled"}
    files = [sim.server("pair", "GET", f"/licenses/{name}/uninstall-file") for name in (base, upgrade)]
    assert files[0].content == files[1].content
    assert files[0].headers["Content-Disposition"].count(".uak") == 2
    again = sim.server("pair", "POST", f"/licenses/{upgrade}/uninstall")
    assert (again.status, again.json) == (200, {"licenseIds": [base, upgrade]})


def test_a_file_must_be_unchanged_and_for_its_device(sim: Any) -> None:
    content = sim.activation_file("device", ("KEY-vms_standard-x86_64", 1))
    assert sim.install("twice", content)["errorCode"] == "device_mismatch"
    for changed in (
        content[:-1],
        content[:-1] + bytes([content[-1] ^ 1]),
        content.replace(b"\r\n", b"\n", 1),
        content + b"\n",
        b"not one",
    ):
        assert sim.install("device", changed)["errorCode"] == "activation_file_invalid"
    assert sim.control("POST", "/nodes/device/new-device").status == 204
    assert sim.install("device", content)["errorCode"] == "device_mismatch"
    assert sim.install("device", sim.activation_file("device", ("KEY-vms_standard-x86_64", 1)))["result"] == 0


def test_the_same_bytes_are_installed_once_even_after_uninstallation(sim: Any) -> None:
    content = sim.activation_file("twice", ("KEY-vms_standard-x86_64", 1))
    first, second = sim.upload("twice", content), sim.upload("twice", content, "another.ak")
    assert first.json == second.json
    ids = sim.wait_server("twice", first.json["msgId"])["detail"]["licenseIds"]
    again = sim.upload("twice", content)
    assert (again.status, again.json["errorCode"], again.json["licenseIds"]) == (
        409,
        "already_installed",
        ids,
    )
    assert remove(sim, "twice", ids[0]) == ""
    spent = sim.upload("twice", content)
    assert (spent.status, spent.json["errorCode"], spent.json["licenseIds"]) == (
        409,
        "activation_file_spent",
        ids,
    )


def test_expired_licenses_and_products_of_other_nodes_are_not_installed(sim: Any) -> None:
    assert sim.install("base", sim.activation_file("base", ("ISC", 1)))["errorCode"] == "product_not_remote"
    lent = sim.activation_file("arch", ("LENT", 4))
    late = sim.activation_file("arch", ("LENT", 5))
    assert sim.install("arch", lent)["result"] == 0
    sim.advance(days=31)
    try:
        assert sim.install("arch", late)["errorCode"] == "expired"
    finally:
        sim.advance(days=-31)


def test_an_upload_without_a_file_is_a_bad_request(sim: Any) -> None:
    assert sim.server("base", "POST", "/activation-files", {}).status == 400
    assert sim.upload("base", b"x", file_name="../x.ak").status == 400


def test_a_message_is_open_first_and_belongs_to_its_server(sim: Any) -> None:
    assert sim.control("POST", "/pauses", {"node": "bare", "step": "work", "work": "install"}).status == 201
    accepted = sim.upload("bare", b"nonsense")
    assert sim.server("bare", "GET", f"/messages/{accepted.json['msgId']}").json["completed"] is False
    assert sim.server("base", "GET", f"/messages/{accepted.json['msgId']}").status == 404
    sim.control("POST", "/pauses/release")
    assert sim.wait_server("bare", accepted.json["msgId"])["completed"] is True
