# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run every integration target with ansible-playbook, each against a simulator of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TARGETS = Path(__file__).parent / "targets"
SIMULATOR = Path(__file__).parents[1] / "simulator"
NAMES = sorted(
    path.name for path in TARGETS.iterdir() if path.is_dir() and not path.name.startswith("setup_")
)
PLAY = """
- hosts: testhost
  gather_facts: false
  roles: [{name}]
"""


@pytest.mark.parametrize("name", NAMES)
def test_integration_target(name: str, tmp_path: Path) -> None:
    playbook = tmp_path / "play.yml"
    playbook.write_text(PLAY.format(name=name), encoding="utf-8")
    inventory = tmp_path / "hosts.yml"
    inventory.write_text(
        "all: {hosts: {testhost: {ansible_connection: local,"
        " ansible_python_interpreter: '{{ ansible_playbook_python }}'}}}\n",
        encoding="utf-8",
    )
    environment = dict(
        os.environ,
        ANSIBLE_ROLES_PATH=str(TARGETS),
        ANSIBLE_NOCOLOR="1",
        ANSIBLE_LOCALHOST_WARNING="false",
        TMPDIR=str(tmp_path),
    )
    command = [str(Path(sys.executable).parent / "ansible-playbook"), "-i", str(inventory), str(playbook)]
    try:
        run = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=600, check=False, cwd=tmp_path
        )
    finally:
        left = [state.parent for state in tmp_path.rglob("endpoints.json")]
        for state in left:
            subprocess.run([sys.executable, str(SIMULATOR), "stop", "--state", str(state)], check=False)
    assert run.returncode == 0, run.stdout[-12000:] + run.stderr[-4000:]
    assert "ok=" in run.stdout, "the play matched no host"
    assert " failed=0 " in run.stdout, run.stdout[-12000:]
    assert not left, "the target left its simulator behind"
