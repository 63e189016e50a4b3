# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Restored snapshots of a server, and tracking a license by its files."""

from __future__ import annotations

import base64
from typing import Any

FEATURE = {"product": "srm", "arch": "x86_64", "code": "3132A0XS"}
SCENARIO: dict[str, Any] = {
    "license_servers": {
        "east": {"licenses": [{**FEATURE, "kind": "formal", "quantity": 10}], "clients": [{"name": "v"}]},
        "west": {},
    },
    "vms": {"v": {"hosts": [{}], "license_server": {"server": "east", "client": "v"}}},
    "keys": [{"key": f"KEY-{number}", **FEATURE, "quantity": 10} for number in (1, 2)],
}


def snapshot(sim: Any, node: str) -> str:
    answer = sim.control("POST", f"/nodes/{node}/snapshots")
    assert (answer.status, answer.json["node"]) == (201, node)
    return f"/nodes/{node}/snapshots/{answer.json['id']}/restore"


def uninstalled(sim: Any, server: str, license_id: str) -> bytes:
    answer = sim.server(server, "POST", f"/licenses/{license_id}/uninstall")
    assert answer.status == 202, answer.json
    assert sim.wait_server(server, answer.json["msgId"])["result"] == 0
    content: bytes = sim.server(server, "GET", f"/licenses/{license_id}/uninstall-file").content
    return content


def transferred(sim: Any, server: str, uninstall_file: bytes) -> bytes:
    encoded = base64.b64encode(uninstall_file).decode()
    body = {"uninstall_file": encoded, "device_information": sim.device(server)}
    answer = sim.control("POST", "/platform/transfer", body)
    assert answer.status == 200, answer.json
    return base64.b64decode(answer.json["content"])


def examined(sim: Any, content: bytes) -> Any:
    body = {"file": base64.b64encode(content).decode()}
    return sim.control("POST", "/platform/examine", body).json


def statuses(sim: Any, server: str) -> dict[str, str]:
    return {row["id"]: row["status"] for row in sim.state()["nodes"][server]["licenses"]}


def test_a_restored_server_has_its_earlier_licenses_and_files(simulate: Any) -> None:
    sim = simulate(license_servers={"east": SCENARIO["license_servers"]["east"], "west": {}})
    before = sim.state()["nodes"]
    back = snapshot(sim, "east")
    clock = sim.control("GET", "/clock").json["now"]
    proof = uninstalled(sim, "east", "LS-000001")
    sim.server("east", "POST", "/clients", {"name": "later", "password": "pw"})
    sim.advance(1)
    assert statuses(sim, "east") == {"LS-000001": "uninstalled"}
    assert sim.control("POST", back).status == 204

    assert sim.state()["nodes"] == before
    assert sim.server("east", "GET", "/licenses").status == 401  # sessions end with the restore
    sim._tokens.clear()
    assert sim.server("east", "GET", "/licenses/LS-000001/uninstall-file").status == 404
    assert sim.control("GET", "/clock").json["now"] > clock
    # The platform accepts the earlier uninstall file, and rejects that of a second uninstallation.
    transferred(sim, "west", proof)
    again = {"file": base64.b64encode(uninstalled(sim, "east", "LS-000001")).decode()}
    assert sim.control("POST", "/platform/examine", again).json["used"] is True


def test_a_restored_server_assigns_the_same_ids_again(simulate: Any) -> None:
    sim = simulate(**SCENARIO)
    first, second = (sim.activation_file("east", (f"KEY-{number}", None)) for number in (1, 2))
    back = snapshot(sim, "east")
    assert sim.install("east", first)["detail"] == {"licenseIds": ["LS-000002"]}
    sim.control("POST", back)
    sim._tokens.clear()

    assert sim.install("east", second)["detail"] == {"licenseIds": ["LS-000002"]}
    assert sim.install("east", first)["detail"] == {"licenseIds": ["LS-000003"]}


def test_open_work_of_a_restored_server_continues_or_is_unknown(simulate: Any) -> None:
    sim = simulate(**SCENARIO, task_ms=300)
    empty = snapshot(sim, "west")
    accepted = sim.upload("west", sim.activation_file("west", ("KEY-1", None)))
    working = snapshot(sim, "west")
    sim.control("POST", empty)
    sim._tokens.clear()
    assert sim.server("west", "GET", f"/messages/{accepted.json['msgId']}").status == 404
    sim.control("POST", working)
    sim._tokens.clear()

    assert sim.wait_server("west", accepted.json["msgId"])["detail"] == {"licenseIds": ["LS-000002"]}


def test_the_complete_state_is_restored_with_the_platform(simulate: Any) -> None:
    sim = simulate(**SCENARIO)
    number = sim.control("POST", "/snapshots").json["id"]
    before = sim.state()
    sim.install("west", sim.activation_file("west", ("KEY-1", None)))
    sim.connect_vms("v", "west", "x", "y")
    sim.kill()
    sim.start()
    assert sim.control("POST", f"/snapshots/{number}/restore").status == 204

    after = sim.state()
    assert {**after, "clock": ""} == {**before, "clock": ""}
    sim.install("west", sim.activation_file("west", ("KEY-1", None)))


def test_a_license_can_be_tracked_by_its_files(simulate: Any) -> None:
    sim = simulate(**SCENARIO)
    bought = sim.activation_file("west", ("KEY-1", None))
    sim.install("west", bought)
    (license_id,) = statuses(sim, "west")
    proof = uninstalled(sim, "west", license_id)
    origin = examined(sim, bought)["sha256"]
    assert examined(sim, bought)["origin"] is None
    assert examined(sim, proof) == {"kind": "uninstall_file", "origin": origin, "used": False}
    moved = transferred(sim, "east", proof)

    assert examined(sim, proof)["used"] is True
    found = examined(sim, moved)
    assert (found["kind"], found["origin"]) == ("activation_file", origin)
    assert {row["sha256"]: row["origin"] for row in sim.state()["platform"]["issued_files"]}[
        found["sha256"]
    ] == origin
    assert sim.state()["nodes"]["west"]["uninstall_files"] == [origin]
    assert examined(sim, moved[:-1]) == {"kind": "other"}


def test_an_unknown_snapshot_is_rejected(simulate: Any) -> None:
    sim = simulate(**SCENARIO)
    nodes = ("/nodes/nowhere/snapshots", "/nodes/v/snapshots", "/nodes/east/snapshots/7/restore")

    assert [sim.control("POST", path).status for path in (*nodes, "/snapshots/7/restore")] == [404] * 4
