# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulator that crashed is started anew on its ports, also where another process took one of them."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from pathlib import Path

import pytest
from station import NotStarted, Station, is_alive

SCENARIO = {"license_servers": {"east": {}}}


def crashed(station: Station) -> None:
    os.kill(station.endpoints["pid"], signal.SIGKILL)
    end = time.monotonic() + 10
    while station.alive():
        assert time.monotonic() < end, "the simulator does not end"
        time.sleep(0.01)


def occupied(port: int) -> socket.socket:
    taken = socket.socket()
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    taken.bind(("127.0.0.1", port))
    taken.listen()
    return taken


def released_once_it_is_waited_for(station: Station, taken: socket.socket) -> None:
    end = time.monotonic() + 30
    while "waiting" not in station.log and time.monotonic() < end:
        time.sleep(0.01)
    taken.close()


@pytest.mark.parametrize("which", ["port", "client_port", "control"])
def test_a_port_that_is_taken_for_a_moment_is_waited_for(tmp_path: Path, which: str) -> None:
    with Station(tmp_path / "station", SCENARIO) as station:
        before = station.endpoints
        crashed(station)
        control = int(before["control"].rpartition(":")[2])
        port = control if which == "control" else before["nodes"]["east"][which]
        taken = occupied(port)
        release = threading.Thread(target=released_once_it_is_waited_for, args=(station, taken))
        release.start()

        station.revive()
        release.join()

        assert station.alive()
        assert f"Port {port} of " in station.log
        assert (station.endpoints["nodes"], station.endpoints["control"]) == (
            before["nodes"],
            before["control"],
        )
        assert station.state("east")["licenses"] == []


def test_a_port_that_stays_taken_is_named_by_the_simulator(tmp_path: Path) -> None:
    with Station(tmp_path / "station", SCENARIO) as station:
        crashed(station)
        port = station.node("east")["port"]

        with occupied(port), pytest.raises(NotStarted) as failure:
            station.revive(port_wait=0.2)

        assert f"Port {port} of east is taken by another process, still after 0.2 s" in str(failure.value)
        assert not is_alive(station.endpoints["pid"])
        station.revive()
        assert station.node("east")["port"] == port
