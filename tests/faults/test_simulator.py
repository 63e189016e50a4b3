# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulator that crashed restarts on its ports, also where another process has taken one of them."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from pathlib import Path

import pytest
from simulator import NotStarted, Simulator, is_alive

SCENARIO = {"license_servers": {"east": {}}}


def crashed(simulator: Simulator) -> None:
    os.kill(simulator.endpoints["pid"], signal.SIGKILL)
    end = time.monotonic() + 10
    while simulator.alive():
        assert time.monotonic() < end, "the simulator does not end"
        time.sleep(0.01)


def occupied(port: int) -> socket.socket:
    taken = socket.socket()
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    taken.bind(("127.0.0.1", port))
    taken.listen()
    return taken


def released_once_it_is_waited_for(simulator: Simulator, taken: socket.socket) -> None:
    end = time.monotonic() + 30
    while "waiting" not in simulator.log and time.monotonic() < end:
        time.sleep(0.01)
    taken.close()


@pytest.mark.parametrize("which", ["port", "client_port", "control"])
def test_a_port_that_is_taken_for_a_moment_is_waited_for(tmp_path: Path, which: str) -> None:
    with Simulator(tmp_path / "simulator", SCENARIO) as simulator:
        before = simulator.endpoints
        crashed(simulator)
        control = int(before["control"].rpartition(":")[2])
        port = control if which == "control" else before["nodes"]["east"][which]
        taken = occupied(port)
        release = threading.Thread(target=released_once_it_is_waited_for, args=(simulator, taken))
        release.start()

        simulator.revive()
        release.join()

        assert simulator.alive()
        assert f"Port {port} of " in simulator.log
        assert (simulator.endpoints["nodes"], simulator.endpoints["control"]) == (
            before["nodes"],
            before["control"],
        )
        assert simulator.state("east")["licenses"] == []


def test_a_port_that_stays_taken_is_named_by_the_simulator(tmp_path: Path) -> None:
    with Simulator(tmp_path / "simulator", SCENARIO) as simulator:
        crashed(simulator)
        port = simulator.node("east")["port"]

        with occupied(port), pytest.raises(NotStarted) as failure:
            simulator.revive(port_wait=0.2)

        assert f"Port {port} of east is taken by another process, still after 0.2 s" in str(failure.value)
        assert not is_alive(simulator.endpoints["pid"])
        simulator.revive()
        assert simulator.node("east")["port"] == port
