# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starting, stopping and crashes: the process and its directory; scenarios; the clock; the dry-run guard."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

SCENARIO: dict[str, Any] = {
    "license_servers": {"ls": {"clients": [{"name": "v", "password": "pw"}]}},
    "vms": {"v": {"hosts": [{}]}},
    "keys": [
        {
            "key": "KEY-STANDARD",
            "product": "vms_standard",
            "arch": "x86_64",
            "quantity": 10,
            "code": "3132A0XY",
        }
    ],
}


def test_answered_requests_survive_sigkill(simulate: Any) -> None:
    sim = simulate(**SCENARIO, task_ms=400)
    sim.advance(days=10)
    assert sim.connect_vms("v", "ls", "v", "pw")["result"] == "0"
    accepted = sim.upload("ls", sim.activation_file("ls", ("KEY-STANDARD", 4)))
    assert accepted.status == 202
    before, authority = sim.endpoints, Path(sim.endpoints["ca"]).read_bytes()
    clock = sim.control("GET", "/clock").json["now"]
    sim.kill()

    sim.start()
    assert sim.endpoints["nodes"] == before["nodes"]
    assert sim.endpoints["pid"] != before["pid"]
    assert Path(sim.endpoints["ca"]).read_bytes() == authority
    assert sim.control("GET", "/clock").json["now"] >= clock
    # The token, the nonce and the unfinished work are still valid.
    assert sim.wait_server("ls", accepted.json["msgId"])["detail"] == {"licenseIds": ["LS-000001"]}
    assert sim.vms("v", "GET", "/licenseServer").json["state"] == "connected"
    assert sim.state()["platform"]["keys"][0]["registered"] == 4


def test_stop_ends_the_process_and_start_continues(simulate: Any, program: Any) -> None:
    sim = simulate(**SCENARIO)
    second = program("start", "--state", sim.folder, "--scenario", sim.scenario)
    assert (second.returncode, str(sim.endpoints["pid"]) in second.stderr) == (1, True)
    sim.server("ls", "POST", "/clients", {"name": "kept", "password": "pw"})
    sim.stop()
    assert not sim.runs()
    assert not (sim.folder / "endpoints.json").exists()
    assert program("stop", "--state", sim.folder).stdout.startswith("nothing serves")
    again = program("start", "--state", sim.folder)  # an existing state needs no scenario
    assert again.returncode == 0, again.stderr
    sim.endpoints = json.loads((sim.folder / "endpoints.json").read_text())
    assert [row["name"] for row in sim.server("ls", "GET", "/clients").json["rows"]] == ["v", "kept"]


def test_a_pid_of_another_process_is_left_alone(simulate: Any, program: Any) -> None:
    sim = simulate(**SCENARIO)
    sim.stop()
    (sim.folder / "simulator.pid").write_text("1", encoding="ascii")
    assert program("stop", "--state", sim.folder).stdout.startswith("nothing serves")


def test_another_scenario_for_a_state_is_rejected(simulate: Any, tmp_path: Path, program: Any) -> None:
    sim = simulate(**SCENARIO)
    sim.stop()
    other = tmp_path / "other.yml"
    other.write_text("vms: {x: {}}", encoding="utf-8")
    refused = program("start", "--state", sim.folder, "--scenario", other)
    assert (refused.returncode, "another scenario" in refused.stderr) == (1, True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("vms: {x: {hosts: [{cpus: 2}]}}", "vms.x.hosts[0].cpus: unknown key"),
        ("license_server: {}", "license_server: unknown key"),
        ("vms: {x: {hosts: [{cpu_sockets: two}]}}", "vms.x.hosts[0].cpu_sockets: expected an integer"),
        ("vms: {x: {hosts: [{arch: arm}]}}", "vms.x.hosts[0].arch: expected one of x86_64, aarch64"),
        (
            "license_servers: {l: {licenses: [{product: isc, arch: aarch64, kind: formal, quantity: 1}]}}",
            "no product",
        ),
        ("license_servers: {l: {licenses: [{product: isc, kind: temporary, quantity: 1}]}}", "term_days"),
        (
            "license_servers: {l: {licenses: [{product: isc, kind: formal, quantity: 1, code: 3130}]}}",
            "quote it",
        ),
        ("vms: {x: {license_server: {server: l, client: c}}}", "no License Server 'l'"),
        ("clock: tomorrow", "clock: 'tomorrow' is not an ISO instant"),
        ("vms: [", "is not YAML"),
    ],
)
def test_an_error_of_a_scenario_is_reported_with_its_place(
    tmp_path: Path, program: Any, text: str, message: str
) -> None:
    file = tmp_path / "wrong.yml"
    file.write_text(text, encoding="utf-8")
    refused = program("start", "--state", tmp_path / "state", "--scenario", file)
    assert refused.returncode == 1
    assert message in refused.stderr
    assert not (tmp_path / "state").exists()


def test_the_clock_of_all_nodes_is_set_and_continues(simulate: Any) -> None:
    sim = simulate(**SCENARIO, clock="2026-11-24T08:00:00Z")
    assert sim.server("ls", "GET", "/server").json["time"].startswith("2026-11-24T08:00")
    assert sim.control("PUT", "/clock", {"now": "2027-01-01"}).json["now"] == "2027-01-01T00:00:00Z"
    assert sim.server("ls", "GET", "/server").json["time"].startswith("2027-01-01T00:00")
    assert sim.control("PUT", "/clock", {"now": "soon"}).status == 400


def test_the_dry_run_guard_rejects_and_records_every_write(simulate: Any) -> None:
    sim = simulate(**SCENARIO)
    assert sim.control("PUT", "/dry-run", {"on": True}).json == {"on": True, "refused": []}
    refused = sim.server("ls", "POST", "/clients", {"name": "x", "password": "y"})
    assert (refused.status, refused.json["errorCode"]) == (409, "dry_run")
    refused = sim.vms("v", "PUT", "/licenseServer", {})
    assert (refused.status, refused.headers["Error-Code"]) == (409, "dry_run")
    assert sim.vms("v", "GET", "/operator/test").status == 204  # reads still work
    seen = [
        {"node": "ls", "method": "POST", "path": "/licsmgr/api/v1/clients"},
        {"node": "v", "method": "PUT", "path": "/cas/casrs/licenseServer"},
    ]
    sim.kill()
    sim.start()
    assert sim.control("GET", "/dry-run").json == {"on": True, "refused": seen}
    assert sim.control("PUT", "/dry-run", {"on": False}).json == {"on": False, "refused": seen}
    assert sim.server("ls", "POST", "/clients", {"name": "x", "password": "y"}).status == 201
