# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The status of a state directory, requested ports and the deadline of a start."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from usim.ports import UnknownPort, candidates, check_names, given_to_clients


@pytest.fixture
def ports() -> list[int]:
    """Ports that no process uses, outside of the range of clients."""
    chosen: list[int] = []
    with ExitStack() as held:
        for port in random.sample(candidates(given_to_clients()), 50):
            probe = held.enter_context(socket.socket())
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            chosen.append(port)
            if len(chosen) == 3:
                break
    return chosen


@pytest.fixture
def state(tmp_path: Path, program: Any) -> Iterator[Path]:
    folder = tmp_path / "state"
    yield folder
    program("stop", "--state", folder)


def status(program: Any, folder: Path) -> Any:
    done = program("status", "--state", folder)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def scenario(folder: Path) -> Path:
    path = folder / "scenario.yml"
    path.write_text("license_servers: {ls: {}}\n", encoding="utf-8")
    return path


def test_status_is_that_of_the_process(simulate: Any, program: Any) -> None:
    sim = simulate(license_servers={"ls": {}})

    assert status(program, sim.folder) == {"pid": sim.endpoints["pid"], "answers": True}

    sim.stop()
    assert status(program, sim.folder) == {"pid": None, "answers": False}


def test_a_process_that_serves_another_state_is_not_reported(simulate: Any, program: Any) -> None:
    """A pid in the file proves nothing without the lock: the number may belong to any process."""
    sim = simulate(license_servers={"ls": {}})
    sim.stop()
    (sim.folder / "simulator.pid").write_text(str(os.getpid()), encoding="ascii")

    assert status(program, sim.folder) == {"pid": None, "answers": False}
    assert program("stop", "--state", sim.folder).returncode == 0


def test_a_stopped_process_does_not_answer(simulate: Any, program: Any) -> None:
    sim = simulate(license_servers={"ls": {}})
    pid = sim.endpoints["pid"]
    os.kill(pid, signal.SIGSTOP)
    try:
        assert status(program, sim.folder) == {"pid": pid, "answers": False}
    finally:
        os.kill(pid, signal.SIGCONT)
    # It answers again, so that it is not ended while it still has the requests of the time before.
    assert any(status(program, sim.folder)["answers"] for _attempt in range(50))


def test_the_status_of_a_missing_directory(program: Any, tmp_path: Path) -> None:
    assert status(program, tmp_path / "none") == {"pid": None, "answers": False}
    assert not (tmp_path / "none").exists()


def test_requested_ports_are_used(program: Any, state: Path, tmp_path: Path, ports: list[int]) -> None:
    names = ["ls", "ls:client", "control"]
    requested = [f"--port={name}={port}" for name, port in zip(names, ports, strict=True)]

    done = program("start", "--state", state, "--scenario", scenario(tmp_path), *requested)

    assert done.returncode == 0, done.stderr
    endpoints = json.loads((state / "endpoints.json").read_text(encoding="utf-8"))
    node = endpoints["nodes"]["ls"]
    assert [node["port"], node["client_port"], int(endpoints["control"].rpartition(":")[2])] == ports


@pytest.mark.parametrize(
    ("requested", "error"),
    [
        (["l=20001"], "no port is named 'l'; known here: ls, ls:client, control"),
        (["ls=0"], "--port must be NAME=PORT with a port from 1 to 65535; got 'ls=0'"),
        (["ls"], "--port must be NAME=PORT"),
        (["ls=20001", "control=20001"], "each port must be requested once; got 'control=20001'"),
    ],
)
def test_a_wrong_port_is_an_error(
    requested: list[str], error: str, program: Any, state: Path, tmp_path: Path
) -> None:
    options = [f"--port={each}" for each in requested]

    done = program("start", "--state", state, "--scenario", scenario(tmp_path), *options)

    assert done.returncode == 1
    assert error in done.stderr


def test_the_nearest_name_is_suggested() -> None:
    with pytest.raises(UnknownPort, match=r"Did you mean ls-east\?"):
        check_names({"ls-eats": 20_000}, ["ls-east", "control"])


def test_a_start_fails_at_its_deadline(program: Any, state: Path, tmp_path: Path) -> None:
    done = program("start", "--state", state, "--scenario", scenario(tmp_path), "--timeout", "0")

    assert done.returncode == 1
    assert "it was not ready after 0 seconds" in done.stderr
    assert status(program, state)["pid"] is None
