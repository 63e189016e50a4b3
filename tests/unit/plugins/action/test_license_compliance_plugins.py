# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action, the filter and the tests in one play, as ansible-playbook runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HostFacts = Callable[..., dict[str, Any]]
ROOT = Path(__file__).resolve().parents[4]

PLAY = """
- hosts: all
  gather_facts: false
  tasks:
    - ansible.builtin.set_fact:
        usphere: "{{ given[inventory_hostname] }}"
        cacheable: true
    - unicloud.usphere.license_compliance:
        policy: vendor
        as_of: 2026-11-24T08:00:00Z
        fail: false
      register: gate
      run_once: true
    - ansible.builtin.assert:
        that:
          - gate.blocked_hosts == ['chengdu']
          - gate.compliant_hosts == ['hangzhou']
          - (usphere is unicloud.usphere.license_compliant('vendor', as_of=at)) == complies
          - fleet.decision == gate.decision
          - fleet.findings == gate.result.findings
          - usphere.version is unicloud.usphere.usphere_version('>=E0760')
      vars:
        at: "2026-11-24T08:00:00Z"
        complies: "{{ inventory_hostname == 'hangzhou' }}"
        policy: "{{ lookup('unicloud.usphere.license_policy', 'vendor') }}"
        fleet: "{{ given | unicloud.usphere.license_compliance(policy, as_of=at) }}"
    - unicloud.usphere.license_compliance:
        policy: vendor
        as_of: "2026-11-24T08:00:00Z"
        language: en
"""


@pytest.mark.parametrize("check", [False, True], ids=["run", "check mode"])
def test_ansible_playbook_runs_action_filter_and_tests(
    check: bool, host_facts: HostFacts, tmp_path: Path
) -> None:
    nameless = {"/subject": None}
    given = {"hangzhou": host_facts(changes=nameless), "chengdu": host_facts("lapsing", nameless)}
    (tmp_path / "play.yml").write_text(PLAY)
    (tmp_path / "vars.json").write_text(json.dumps({"given": given, "ansible_connection": "local"}))
    command = [str(Path(sys.executable).parent / "ansible-playbook"), "play.yml", "-i", "hangzhou,chengdu,"]
    command += ["-e", "@vars.json", *(["--check"] if check else [])]
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".collections"),
        "ANSIBLE_NOCOLOR": "1",
    }
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert "chengdu: NOT COMPLIANT (4 findings)" in done.stdout + done.stderr
    assert "failed=1" in done.stdout
    assert done.stdout.count("failed=1") == 1
    assert "Traceback" not in done.stdout + done.stderr
