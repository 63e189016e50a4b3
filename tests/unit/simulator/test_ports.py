# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ports of a simulator: reused after a restart, outside the ephemeral range, not shared."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from usim.ports import STATE_FILE, PortChoice, PortTaken, Register, candidates, given_to_clients


def ports_of(endpoints: dict[str, Any]) -> list[int]:
    inner = [node["client_port"] for node in endpoints["nodes"].values() if "client_port" in node]
    control = int(endpoints["control"].rpartition(":")[2])
    return [*(node["port"] for node in endpoints["nodes"].values()), *inner, control]


def occupied(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen()
    return listener


def state(directory: Path, name: str) -> Path:
    made = directory / name
    made.mkdir()
    (made / STATE_FILE).touch()
    return made


def test_ports_are_outside_the_ephemeral_range(simulate: Any) -> None:
    sim = simulate(license_servers={"ls": {}}, vms={"v": {"hosts": [{}]}})
    first, last = given_to_clients()

    assert len(set(ports_of(sim.endpoints))) == 4
    assert not [port for port in ports_of(sim.endpoints) if first <= port <= last]


def test_two_simulators_share_no_port_even_while_one_is_stopped(simulate: Any, tmp_path: Path) -> None:
    register = Register(tmp_path / "register")
    here, there = state(tmp_path, "here"), state(tmp_path, "there")
    with register.claims() as claims:
        claims[str(there)] = candidates(given_to_clients())[5:]
    bound: list[int] = []

    with PortChoice(register, here, 0, False) as choice:
        for number in range(5):
            choice.bind(f"node-{number}", None, bound.append)

    with register.claims() as claims:
        assert sorted(claims[str(here)]) == sorted(set(bound))
        assert not set(bound) & set(claims[str(there)])


def test_the_ports_of_a_deleted_state_are_free(tmp_path: Path) -> None:
    register, gone = Register(tmp_path / "register"), state(tmp_path, "gone")
    with register.claims() as claims:
        claims[str(gone)] = [20_000]
    (gone / STATE_FILE).unlink()

    with register.claims() as claims:
        assert claims == {}


def test_a_new_port_in_use_is_skipped(tmp_path: Path) -> None:
    tried: list[int] = []

    def make(port: int) -> int:
        tried.append(port)
        if len(tried) < 3:
            raise OSError("taken")
        return port

    with PortChoice(Register(tmp_path / "register"), state(tmp_path, "here"), 0, False) as choice:
        assert choice.bind("node", None, make) == tried[2]


def test_no_free_port_is_an_error(tmp_path: Path) -> None:
    def make(_port: int) -> None:
        raise OSError("taken")

    choice = PortChoice(Register(tmp_path / "register"), state(tmp_path, "here"), 0, False)
    with choice, pytest.raises(PortTaken, match="node finds no port free"):
        choice.bind("node", None, make)


def test_a_state_whose_port_is_in_use_starts_only_with_new_ports(simulate: Any, program: Any) -> None:
    sim = simulate(license_servers={"ls": {}})
    sim.stop()
    port = sim.node("ls")["port"]

    with occupied(port):
        refused = program("start", "--state", sim.folder, "--port-wait", "0")
        moved = program("start", "--state", sim.folder, "--port-wait", "0", "--new-ports")

    assert (refused.returncode, moved.returncode) == (1, 0), moved.stderr
    assert f"Port {port} of ls is taken by another process" in refused.stderr
    sim.endpoints = json.loads((sim.folder / "endpoints.json").read_text(encoding="utf-8"))
    assert sim.node("ls")["port"] != port
    assert sim.server("ls", "GET", "/licenses").json["rows"] == []
