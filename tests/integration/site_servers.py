# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run playbooks with ansible-playbook against a simulator of their own and an inventory of its nodes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from simulated import Simulator

COLLECTIONS = Path(__file__).resolve().parents[2] / ".collections"
RECAP = re.compile(r"^(\S+)\s+: ok=(\d+)\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)", re.MULTILINE)
# Connection of every host: the simulator lists its endpoints. `consoles` are the hosts with a console.
REACHED = Template("""
all:
  vars:
    ansible_connection: local
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
    site: "$folder"
    simulator: "{{ lookup('ansible.builtin.file', site ~ '/simulator/endpoints.json') | from_json }}"
    simulator_node: "{{ simulator.nodes[inventory_hostname] }}"
    usphere_host: "{{ simulator_node.host }}"
    usphere_port: "{{ simulator_node.port }}"
    usphere_username: "{{ simulator_node.username }}"
    usphere_password: "{{ simulator_node.password }}"
    usphere_ca_path: "{{ simulator.ca }}"
    usphere_lock_dir: "{{ site }}/locks"
  children:
    consoles:
      vars:
        usphere_client_id: "{{ simulator_node.client_id }}"
        usphere_client_secret: "{{ simulator_node.client_secret }}"
        usphere_client_port: "{{ simulator_node.client_port }}"
""")
# A separate play for a role; it saves the result that the role leaves for later tasks.
OUTCOME = Template("""
- hosts: "$hosts"
  gather_facts: false
  roles: [unicloud.usphere.$role]
  post_tasks:
    - ansible.builtin.copy:
        content: "{{ ${role}_result | to_json }}"
        dest: "$folder/outcome.json"
        mode: "0600"
      delegate_to: localhost
      check_mode: false
      changed_when: false
""")


@dataclass(frozen=True)
class Recap:
    """Task counts of one host in a run; an unreachable host counts as failed."""

    ok: int
    changed: int
    failed: int


@dataclass(frozen=True)
class Run:
    """One run of ansible-playbook: exit code, recap by host, complete output."""

    code: int
    hosts: dict[str, Recap]
    output: str

    @property
    def changed(self) -> dict[str, int]:
        """Number of changed tasks by host; hosts without a change are left out."""
        return {name: recap.changed for name, recap in self.hosts.items() if recap.changed}

    @property
    def failed(self) -> dict[str, int]:
        return {name: recap.failed for name, recap in self.hosts.items() if recap.failed}

    @property
    def words(self) -> str:
        """The output without the line breaks that the terminal width adds."""
        return " ".join(self.output.split())


def play(folder: Path, inventory: Path, playbook: str | Path, *options: str, **variables: object) -> Run:
    """Run a playbook in ``folder``: one of the collection by its name, or a file by its path."""
    name = str(playbook) if isinstance(playbook, Path) else f"unicloud.usphere.{playbook}"
    # The variables go into a file, because ansible-playbook prints its command line at -vvvv.
    variables_file = folder / "variables.json"
    variables_file.write_text(json.dumps(variables), encoding="utf-8")
    command = [str(Path(sys.executable).parent / "ansible-playbook"), "-i", str(inventory)]
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("USPHERE_", "MOLECULE_"))
    }
    try:
        done = subprocess.run(
            [*command, "-e", f"@{variables_file}", *options, name],
            cwd=folder,
            env={
                **inherited,
                "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
                "ANSIBLE_INJECT_INVOCATION": "1",  # -vvv prints this by default before ansible-core 2.21
                "ANSIBLE_NOCOLOR": "1",
                "ANSIBLE_LOCALHOST_WARNING": "false",
                "LC_ALL": "C.UTF-8",
                "TMPDIR": str(folder),
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
    finally:
        variables_file.unlink()
    output = done.stdout + done.stderr
    assert "Traceback" not in output, output[-6000:]
    hosts = {
        host: Recap(int(ok), int(changed), int(failed) + int(unreachable))
        for host, ok, changed, unreachable, failed in RECAP.findall(done.stdout)
    }
    return Run(done.returncode, hosts, output)


class Site(Simulator):
    """A simulator, an inventory with connection variables for all hosts, and the test's ``hosts``."""

    def __init__(self, folder: Path, scenario: str, hosts: str) -> None:
        super().__init__(folder, scenario)
        self.inventory = folder / "inventory"
        self.inventory.mkdir()
        # Inventories are read in the order of their names: the test's inventory overrides this one.
        (self.inventory / "all.yml").write_text(REACHED.substitute(folder=folder), encoding="utf-8")
        self.hosts = self.inventory / "hosts.yml"
        self.hosts.write_text(hosts, encoding="utf-8")

    def play(self, playbook: str | Path, *options: str, **variables: object) -> Run:
        """Run a playbook over the inventory; variables that are None are left out."""
        given = {name: value for name, value in variables.items() if value is not None}
        return play(self.folder, self.inventory, playbook, *options, **given)

    def dry(self, playbook: str | Path, *options: str, **variables: object) -> Run:
        """Play in check mode while the simulator refuses every write; assert that no write was attempted."""
        self.control("PUT", "/dry-run", {"on": True})
        try:
            run = self.play(playbook, "--check", "--diff", *options, **variables)
            refused = self.control("GET", "/dry-run")["refused"]
        finally:
            self.control("PUT", "/dry-run", {"on": False})
        assert refused == [], run.output
        return run

    def outcome(
        self, role: str, hosts: str, *options: str, **variables: object
    ) -> tuple[Run, dict[str, Any]]:
        """Run a role in a play of its own; return the run and the role's result variable."""
        book, left = self.folder / "outcome.yml", self.folder / "outcome.json"
        book.write_text(OUTCOME.substitute(role=role, hosts=hosts, folder=self.folder), encoding="utf-8")
        left.unlink(missing_ok=True)
        run = self.play(book, *options, **variables)
        assert run.code == 0, run.output
        return run, json.loads(left.read_bytes())
