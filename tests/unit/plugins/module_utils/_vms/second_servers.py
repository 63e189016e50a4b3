# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real processes of the simulator with its second API, and connections to their nodes."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.connection import Connection

from ....simulator.conftest import PASSWORD, PROGRAM, USER, Simulation


def second_profile() -> dict[str, Any]:
    """Return the document of the profile of the second API, a new copy each time."""
    document: dict[str, Any] = yaml.safe_load((PROGRAM / "second_profile.yml").read_text(encoding="utf-8"))
    return copy.deepcopy(document)


@contextmanager
def running(folder: Path, scenario: dict[str, Any]) -> Iterator[Simulation]:
    """Run a scenario in a process of its own, which ends with the block."""
    simulation = Simulation(folder, scenario)
    simulation.start()
    try:
        yield simulation
    finally:
        simulation.stop()


def connection(simulation: Simulation, name: str, **changes: Any) -> Connection:
    node = simulation.node(name)
    values: dict[str, Any] = {
        "host": node["host"],
        "port": node["port"],
        "username": USER,
        "password": PASSWORD,
        "ca_path": simulation.endpoints["ca"],
        "timeout": 10.0,
        "client_id": node.get("client_id"),
        "client_secret": node.get("client_secret"),
    }
    return Connection(**{**values, **changes})


def sign_ins(simulation: Simulation, name: str) -> int:
    """Return the number of logins at a node since the requests were forgotten."""
    rows = simulation.control("GET", f"/requests?node={name}").json
    paths = ("/portal/sign-in", "/console/session")
    return sum(row["method"] == "POST" and row["path"] in paths for row in rows)
