# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A site for the tests of playbooks: a simulator of its own, an inventory over it, and ansible-playbook."""

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

ROOT = Path(__file__).resolve().parents[2]
SIMULATOR = ROOT / "tests" / "simulator"
RECAP = re.compile(r"^(\S+)\s+: ok=(\d+)\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)", re.MULTILINE)
PASSWORD = "the-console-password"
# How every host of the inventory is reached: the simulator says where it listens.
EVERYWHERE = """
all:
  vars:
    ansible_connection: local
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
    simulator: "{{ lookup('ansible.builtin.file', simulator_state ~ '/endpoints.json') | from_json }}"
    simulator_node: "{{ simulator.nodes[inventory_hostname] }}"
    usphere_host: "{{ simulator_node.host }}"
    usphere_port: "{{ simulator_node.port }}"
    usphere_username: "{{ simulator_node.username }}"
    usphere_password: "{{ simulator_node.password }}"
    usphere_ca_path: "{{ simulator.ca }}"
"""


@dataclass(frozen=True)
class Run:
    """One ansible-playbook run: its exit code, what changed and failed by host, and all that it printed."""

    code: int
    changed: dict[str, int]
    failed: dict[str, int]
    output: str


class Site:
    """A simulator in ``folder`` and the commands of those who work with it."""

    def __init__(self, folder: Path, scenario: str, inventory: str) -> None:
        self.folder = folder
        self.state = folder / "simulator"
        (folder / "scenario.yml").write_text(
            f"credentials: {{username: automation, password: {PASSWORD}}}\n{scenario}", encoding="utf-8"
        )
        (folder / "hosts.yml").write_text(EVERYWHERE + inventory, encoding="utf-8")
        self._simulator("start", "--state", str(self.state), "--scenario", str(folder / "scenario.yml"))
        self.endpoints: dict[str, Any] = json.loads((self.state / "endpoints.json").read_bytes())

    def stop(self) -> None:
        self._simulator("stop", "--state", str(self.state))

    def play(self, playbook: str | Path, *options: str, **variables: object) -> Run:
        """Run a playbook by its name in the collection, or by its path."""
        # In a file: at -vvvv ansible-playbook prints its command line.
        given = self.folder / "vars.json"
        given.write_text(json.dumps({"simulator_state": str(self.state), **variables}), encoding="utf-8")
        command = [
            str(Path(sys.executable).parent / "ansible-playbook"),
            "-i",
            str(self.folder / "hosts.yml"),
        ]
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("USPHERE_", "MOLECULE_"))
        }
        done = subprocess.run(
            [*command, "-e", f"@{given}", *options, str(playbook)],
            cwd=self.folder,
            env={
                **inherited,
                "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".collections"),
                "ANSIBLE_INJECT_INVOCATION": "1",  # what -vvv prints without asking before ansible-core 2.21
                "ANSIBLE_NOCOLOR": "1",
                "ANSIBLE_LOCALHOST_WARNING": "false",
                "LC_ALL": "C.UTF-8",
                "TMPDIR": str(self.folder),
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        output = done.stdout + done.stderr
        assert "Traceback" not in output, output[-6000:]
        hosts = {row[0]: [int(number) for number in row[1:]] for row in RECAP.findall(done.stdout)}
        return Run(
            done.returncode,
            {name: changed for name, (_ok, changed, _unreachable, _failed) in hosts.items() if changed},
            {name: failed + gone for name, (_ok, _changed, gone, failed) in hosts.items() if failed + gone},
            output,
        )

    def control(self, method: str, path: str, body: object = None) -> Any:
        """Ask the simulator's control port."""
        request = urllib.request.Request(
            self.endpoints["control"] + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            content = answer.read()
        return json.loads(content) if content else None

    def platform(self, *arguments: str | Path) -> dict[str, Any]:
        """The person's part on the license platform."""
        given = (arguments[0], "--state", self.state, *arguments[1:])
        issued: dict[str, Any] = json.loads(self._simulator("platform", *map(str, given)))
        return issued

    def licenses(self, server: str, *statuses: str) -> list[dict[str, Any]]:
        """The licenses that a License Server lists, in one of these states."""
        rows = self.control("GET", "/state")["nodes"][server]["licenses"]
        return [row for row in rows if row["status"] in statuses]

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
