# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A site to run playbooks on: a simulator of its own, an inventory, the person at the license platform."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SIMULATOR = Path(__file__).resolve().parents[1] / "simulator"
RECAP = re.compile(
    r"^(\S+)\s+: ok=(\d+)\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)\s+skipped=(\d+)", re.MULTILINE
)


@dataclass(frozen=True)
class Recap:
    """What a run did to one host."""

    ok: int
    changed: int
    failed: int


@dataclass(frozen=True)
class Run:
    """One run of ansible-playbook: exit code, recap by host, all that it printed."""

    code: int
    hosts: dict[str, Recap]
    output: str

    @property
    def changed(self) -> set[str]:
        return {name for name, recap in self.hosts.items() if recap.changed}

    @property
    def failed(self) -> set[str]:
        return {name for name, recap in self.hosts.items() if recap.failed}


class Estate:
    """A folder with `scenario.yml` played by a simulator, and `inventory.yml` beside it."""

    def __init__(self, folder: Path, scenario: str, inventory: str) -> None:
        self.folder = folder
        self.state = folder / "simulator"
        self._scenario = folder / "scenario.yml"
        self._scenario.write_text(scenario, encoding="utf-8")
        self.inventory = folder / "inventory.yml"
        self.inventory.write_text(inventory, encoding="utf-8")

    def __enter__(self) -> Estate:
        self._simulator("start", "--state", str(self.state), "--scenario", str(self._scenario))
        text = (self.state / "endpoints.json").read_text(encoding="utf-8")
        self.endpoints: dict[str, Any] = json.loads(text)
        return self

    def __exit__(self, *_reason: object) -> None:
        self._simulator("stop", "--state", str(self.state))

    def buy(self, server: str, key: str, quantity: int, name: str, term_days: int | None = None) -> Path:
        """Turn a key into an activation file for `server`; it lies in the folder `name`."""
        arguments = ["platform", "activate", "--state", str(self.state), "--server", server]
        arguments += ["--key", key, "--quantity", str(quantity), "--out", str(self.folder / name)]
        if term_days is not None:
            arguments += ["--term-days", str(term_days)]
        return Path(json.loads(self._simulator(*arguments))["path"])

    def node(self, name: str) -> dict[str, Any]:
        node: dict[str, Any] = self.control("GET", "/state")["nodes"][name]
        return node

    def control(self, method: str, path: str, body: object = None) -> Any:
        request = urllib.request.Request(
            self.endpoints["control"] + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or b"null")

    def writes(self) -> list[tuple[str, str, str]]:
        """What was sent to change something: node, method, path."""
        return [
            (row["node"], row["method"], row["path"])
            for row in self.control("GET", "/requests")
            if row["method"] != "GET" and not row["auth"]
        ]

    def dry(self, *arguments: str, playbook: str, **variables: object) -> Run:
        """Play in check mode while the other side refuses every write; assert that none was tried."""
        self.control("PUT", "/dry-run", {"on": True})
        try:
            run = self.play(playbook, "--check", "--diff", *arguments, **variables)
            refused = self.control("GET", "/dry-run")["refused"]
        finally:
            self.control("PUT", "/dry-run", {"on": False})
        assert refused == [], run.output
        return run

    def play(self, playbook: str, *arguments: str, **variables: object) -> Run:
        """Run a playbook: one of the collection by its name, or a file."""
        name = playbook if playbook.endswith(".yml") else f"unicloud.usphere.{playbook}"
        extra = {"estate": str(self.folder), **variables}
        environment = {key: value for key, value in os.environ.items() if not key.startswith("USPHERE_")}
        environment.update(ANSIBLE_NOCOLOR="1", ANSIBLE_LOCALHOST_WARNING="false")
        command = [str(Path(sys.executable).parent / "ansible-playbook"), "-i", str(self.inventory)]
        done = subprocess.run(
            [*command, "-e", json.dumps(extra), *arguments, name],
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
            env=environment,
            cwd=self.folder,
        )
        hosts = {
            host: Recap(int(ok), int(changed), int(failed) + int(unreachable))
            for host, ok, changed, unreachable, failed, _skipped in RECAP.findall(done.stdout)
        }
        return Run(done.returncode, hosts, done.stdout + done.stderr)

    def _simulator(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, str(SIMULATOR), *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
