# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A playbook that finds nothing to work on has not succeeded, whatever left it nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PLAYBOOKS = ("compliance", "install", "migrate", "renew", "report")
INVENTORY = """
all:
  vars: {ansible_connection: local, ansible_python_interpreter: "{{ ansible_playbook_python }}"}
  children:
    vms: {hosts: {hangzhou: {}}}
    license_servers: {hosts: {ls-east: {}}}
    others: {hosts: {outsider: {}}}
"""


def play(folder: Path, playbook: str, inventory: str, *arguments: str) -> tuple[int, str]:
    file = folder / "inventory.yml"
    file.write_text(inventory, encoding="utf-8")
    done = subprocess.run(
        [
            str(Path(sys.executable).parent / "ansible-playbook"),
            *("-i", str(file), *arguments, f"unicloud.usphere.{playbook}"),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=dict(os.environ, ANSIBLE_NOCOLOR="1", ANSIBLE_LOCALHOST_WARNING="false"),
        cwd=folder,
    )
    return done.returncode, " ".join((done.stdout + done.stderr).split())


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_a_limit_that_leaves_nothing(tmp_path: Path, playbook: str) -> None:
    code, output = play(tmp_path, playbook, INVENTORY, "--limit", "outsider")
    assert code == 2, output
    assert "names none in this inventory that this run may touch" in output


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_a_pattern_that_names_nobody(tmp_path: Path, playbook: str) -> None:
    setting = "usphere_servers" if playbook == "migrate" else "usphere_hosts"
    code, output = play(tmp_path, playbook, INVENTORY, "-e", f"{setting}=nobody")
    assert code == 2, output
    assert f"Expected {setting} to name at least one host, but the pattern 'nobody' names none" in output


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_an_inventory_without_hosts(tmp_path: Path, playbook: str) -> None:
    code, output = play(tmp_path, playbook, "all: {hosts: {}}\n")
    assert code == 2, output
    assert "Expected at least one host to work on" in output
