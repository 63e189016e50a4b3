# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Playbooks fail when their host pattern, limit or inventory matches no hosts."""

from __future__ import annotations

from pathlib import Path

import pytest
from site_servers import Run, play

PLAYBOOKS = ("compliance", "install", "migrate", "renew", "report")
INVENTORY = """
all:
  vars: {ansible_connection: local, ansible_python_interpreter: "{{ ansible_playbook_python }}"}
  children:
    vms: {hosts: {hangzhou: {}}}
    license_servers: {hosts: {ls-east: {}}}
    others: {hosts: {outsider: {}}}
"""


def run_playbook(inventory: str, folder: Path, playbook: str, *options: str, **variables: object) -> Run:
    file = folder / "inventory.yml"
    file.write_text(inventory, encoding="utf-8")
    return play(folder, file, playbook, *options, **variables)


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_a_limit_that_matches_no_host_is_an_error(tmp_path: Path, playbook: str) -> None:
    run = run_playbook(INVENTORY, tmp_path, playbook, "--limit", "outsider")
    assert run.code == 2, run.output
    assert "At least one host must match the pattern" in run.words


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_a_pattern_that_matches_no_host_is_an_error(tmp_path: Path, playbook: str) -> None:
    setting = "usphere_servers" if playbook == "migrate" else "usphere_hosts"
    run = run_playbook(INVENTORY, tmp_path, playbook, **{setting: "nobody"})
    assert run.code == 2, run.output
    assert f"{setting} must match at least one host of this inventory; got 'nobody'" in run.words


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_an_inventory_without_hosts_is_an_error(tmp_path: Path, playbook: str) -> None:
    run = run_playbook("all: {hosts: {}}\n", tmp_path, playbook)
    assert run.code == 2, run.output
    assert "At least one host must match the pattern" in run.words
