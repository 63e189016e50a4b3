# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role with gathering: simulated systems, each with its own License Server client, read over HTTPS."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from contenders import HERE
from fleet import PER_SERVER, name_of
from measure import Command

SIMULATOR = HERE.parent / "simulator"
#: Playbook and title of what is measured.
PLAYS = {
    "floor": "``debug``, once",
    "vms_facts": "module ``vms_facts`` per system",
    "role_gather": "role, ``stop: play``, with gathering",
}


class SimulatorError(Exception):
    """The simulator did not start or stop; the text has its output."""


def scenario(size: int) -> dict[str, Any]:
    """Return a scenario of ``size`` systems, and License Servers that serve PER_SERVER of them each."""
    servers: dict[str, Any] = {}
    for at in range(size):
        server = servers.setdefault(server_of(at), {"licenses": [], "clients": []})
        quota = [
            {"product": product, "arch": "x86_64", "quantity": 4}
            for product in ("vms_standard", "vms_standard_to_enterprise")
        ]
        server["clients"].append({"name": name_of(at), "password": "benchmark", "quota": quota})
    for server in servers.values():
        quantity = 4 * len(server["clients"])
        server["licenses"] = [
            {**row, "kind": "formal", "quantity": quantity} for row in server["clients"][0]["quota"]
        ]
    return {
        "clock": "now",
        "credentials": {"username": "automation", "password": "benchmark"},
        "license_servers": servers,
        "vms": {
            name_of(at): {
                "version": "E0760P03",
                "arch": "x86_64",
                "ip": f"10.{at >> 8}.{at & 255}.10",
                "hosts": [{"name": "cvk", "cpu_sockets": 2, "arch": "x86_64", "vms": 20, "count": 2}],
                "license_server": {"server": server_of(at), "client": name_of(at)},
            }
            for at in range(size)
        },
    }


def server_of(at: int) -> str:
    """Return the name of the License Server of a system."""
    return f"ls-{at // PER_SERVER:04}"


def inventory(endpoints: dict[str, Any]) -> dict[str, Any]:
    """Return an inventory of the servers of a running simulator."""
    unused = ("isc", "disk_backup_dr", "heterogeneous_migration", "srm")
    groups: dict[str, Any] = {
        "vms": {
            "hosts": {},
            # What no interface states.
            "vars": {
                "license_compliance_site": {"features": {name: {"in_use": False} for name in unused}},
            },
        },
        "license_servers": {"hosts": {}},
    }
    for name, node in endpoints["nodes"].items():
        variables = {f"usphere_{key}": node[key] for key in ("host", "port", "username", "password")}
        if node["kind"] == "license_server":
            variables |= {f"usphere_{key}": node[key] for key in ("client_id", "client_secret")}
            groups["license_servers"]["hosts"][name] = variables
        else:
            variables["usphere_license_server"] = server_of(int(name.rpartition("-")[2]))
            groups["vms"]["hosts"][name] = variables
    common = {
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        "usphere_ca_path": endpoints["ca"],
    }
    return {"all": {"vars": common, "children": groups}}


@contextmanager
def simulated(place: Path, size: int) -> Iterator[Path]:
    """Simulate ``size`` systems in an empty directory; yield their inventory. Raises SimulatorError."""
    place.mkdir(parents=True, exist_ok=True)
    given, state = place / "scenario.yml", place / "state"
    given.write_text(json.dumps(scenario(size)), encoding="utf-8")
    try:
        _simulator("start", "--state", str(state), "--scenario", str(given), "--timeout", "300")
        endpoints = json.loads((state / "endpoints.json").read_text(encoding="utf-8"))
        (place / "inventory.json").write_text(json.dumps(inventory(endpoints)), encoding="utf-8")
        yield place / "inventory.json"
    finally:
        _simulator("stop", "--state", str(state))


def _simulator(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, str(SIMULATOR), *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SimulatorError(f"simulator {arguments[0]} failed:\n{done.stdout}{done.stderr}")


def commands(program: Path, source: Path) -> dict[str, Command]:
    """Return the commands that are compared; the floor has the License Servers, too."""
    return {key: Command((str(program), "-i", str(source), f"{key}.yml"), HERE) for key in PLAYS}
