# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulator with two systems on one License Server, and Ansible's commands on its inventory."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[4]
PROGRAM = ROOT / "tests" / "simulator"
USER, PASSWORD = "automation", "inventory-only"
NOT_IN_USE = {
    "features": {
        name: {"in_use": False} for name in ("isc", "disk_backup_dr", "heterogeneous_migration", "srm")
    }
}
SCENARIO: dict[str, Any] = {
    "credentials": {"username": USER, "password": PASSWORD},
    "license_servers": {
        "ls": {
            "client_id": "console",
            "client_secret": "console-secret",
            "licenses": [
                {
                    "product": "vms_standard",
                    "arch": "x86_64",
                    "kind": "formal",
                    "code": "3132A0XY",
                    "quantity": 8,
                },
                {
                    "product": "vms_standard",
                    "arch": "aarch64",
                    "kind": "formal",
                    "code": "3132A0XY",
                    "quantity": 4,
                },
                {
                    "product": "vms_standard",
                    "arch": "aarch64",
                    "kind": "temporary",
                    "quantity": 4,
                    "term_days": 30,
                    "issued_days_ago": 18,
                },
            ],
            "clients": [
                {
                    "name": name,
                    "password": "client",
                    "quota": [{"product": "vms_standard", "arch": arch, "quantity": 8}],
                }
                for name, arch in (("hangzhou", "x86_64"), ("chengdu", "aarch64"))
            ],
        }
    },
    "vms": {
        "hangzhou": {
            "version": "E0760P03",
            "arch": "x86_64",
            "hosts": [{"name": "cvk", "cpu_sockets": 2, "arch": "x86_64", "status": "ok", "count": 2}],
            "license_server": {"server": "ls", "client": "hangzhou"},
        },
        "chengdu": {
            "version": "E0730P06",
            "arch": "aarch64",
            "hosts": [{"name": "cvk", "cpu_sockets": 4, "arch": "aarch64", "status": "bad", "count": 2}],
            "license_server": {"server": "ls", "client": "chengdu"},
        },
    },
}


@dataclass(frozen=True)
class Simulator:
    endpoints: dict[str, Any]

    def place(self, name: str) -> dict[str, Any]:
        node = self.endpoints["nodes"][name]
        return {"host": node["host"], "port": node["port"]}

    def control(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.endpoints["control"] + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            content = answer.read()
        return json.loads(content) if content else None

    def requests(self) -> dict[str, int]:
        """Return the number of requests to each node since the last call, without login requests."""
        found: dict[str, int] = {}
        for request in self.control("GET", "/requests"):
            if not request["auth"]:
                found[request["node"]] = found.get(request["node"], 0) + 1
        self.control("DELETE", "/requests")
        return found


@dataclass(frozen=True)
class Site:
    """A directory with an inventory source, and the commands that read it."""

    folder: Path
    simulator: Simulator

    def source(self, **options: Any) -> dict[str, Any]:
        """Return a source for both systems; None leaves an option out."""
        server = {**self.simulator.place("ls"), "username": USER, "password": PASSWORD}
        server |= {"client_id": "console", "client_secret": "console-secret"}
        managers = [{"name": name, **self.simulator.place(name)} for name in ("hangzhou", "chengdu")]
        merged = {
            "plugin": "unicloud.usphere.vms",
            "username": USER,
            "password": PASSWORD,
            "ca_path": self.simulator.endpoints["ca"],
            "license_server": server,
            "site": NOT_IN_USE,
            "managers": managers,
            **options,
        }
        return {name: value for name, value in merged.items() if value is not None}

    def write(self, text: str | None = None, name: str = "managers.usphere.yml", **options: Any) -> None:
        (self.folder / name).write_text(text or json.dumps(self.source(**options)), encoding="utf-8")

    def run(self, program: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "USPHERE_"))
        }
        done = subprocess.run(
            [sys.executable, "-m", f"ansible.cli.{program}", *arguments],
            cwd=self.folder,
            env={
                **inherited,
                "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".collections"),
                "ANSIBLE_HOME": str(self.folder / "home"),
                "ANSIBLE_NOCOLOR": "1",
                "ANSIBLE_LOCALHOST_WARNING": "false",
                "COLUMNS": "2000",
                "LC_ALL": "C.UTF-8",
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert "Traceback" not in done.stdout + done.stderr, done.stdout + done.stderr
        return done

    def inventory(self, *arguments: str, **environment: str) -> tuple[Any, str]:
        """Return the output of ansible-inventory without marks of untrusted text, and its warnings."""
        given = arguments or ("-i", "managers.usphere.yml")
        done = self.run("inventory", *given, "--list", **environment)
        assert done.returncode == 0, done.stderr
        return unmarked(json.loads(done.stdout)), " ".join(done.stderr.split())


def unmarked(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"__ansible_unsafe"}:
            return value["__ansible_unsafe"]
        return {key: unmarked(item) for key, item in value.items()}
    return [unmarked(item) for item in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def simulator(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Simulator]:
    """Start one simulator for each test module; ``HOSTS`` of the module replaces the hosts of hangzhou."""
    scenario = copy.deepcopy(SCENARIO)
    scenario["vms"]["hangzhou"]["hosts"] = getattr(
        request.module, "HOSTS", scenario["vms"]["hangzhou"]["hosts"]
    )
    folder = tmp_path_factory.mktemp("simulator")
    (folder / "scenario.yml").write_text(json.dumps(scenario), encoding="utf-8")  # JSON is YAML
    command = [sys.executable, str(PROGRAM)]
    state = ["--state", str(folder / "state")]
    started = [*command, "start", *state, "--scenario", str(folder / "scenario.yml")]
    subprocess.run(started, check=True, capture_output=True, timeout=60)
    try:
        yield Simulator(json.loads((folder / "state" / "endpoints.json").read_text(encoding="utf-8")))
    finally:
        subprocess.run([*command, "stop", *state], check=True, capture_output=True, timeout=60)


@pytest.fixture
def site(tmp_path: Path, simulator: Simulator) -> Site:
    simulator.control("DELETE", "/requests")
    return Site(tmp_path, simulator)
