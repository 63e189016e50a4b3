# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gate cannot be bypassed by run options, an earlier gate, or a missing value."""

from __future__ import annotations

from pathlib import Path

import pytest
from site_servers import Run, play

INVENTORY = """
vms:
  vars:
    ansible_connection: local
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
  hosts:
    hangzhou: {usphere: {kind: HostFacts, schema_version: 1, architecture: x86_64}}
    chengdu: {usphere: {kind: HostFacts, schema_version: 1, architecture: aarch64}}
"""
POLICY = """
kind: LicensePolicy
id: site
version: 1.0.0
rules:
  - id: architecture
    severity: high
    mode: %s
    require: {properties: {architecture: {enum: [x86_64]}}}
    message: {en: wrong architecture, zh: 架构不符}
"""
TWICE = """
- import_playbook: unicloud.usphere.compliance
  vars: {license_compliance_policy: [lenient.yml]}
- import_playbook: unicloud.usphere.compliance
  vars:
    license_compliance_policy: [strict.yml]
    usphere_then: "FOLDER/then.yml"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        "inventory.yml": INVENTORY,
        "strict.yml": POLICY % "deny",
        "lenient.yml": POLICY % "audit",
        "then.yml": "- ansible.builtin.debug: {msg: '{{ inventory_hostname }} goes on'}\n",
        "site.yml": TWICE.replace("FOLDER", str(tmp_path)),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def run_playbook(folder: Path, playbook: str | Path, *options: str, **variables: object) -> Run:
    return play(folder, folder / "inventory.yml", playbook, *options, **variables)


def test_tags_of_other_tasks_do_not_disable_the_gate(folder: Path) -> None:
    setting = {"license_compliance_gather": False, "license_compliance_policy": ["strict.yml"]}
    run = run_playbook(folder, "compliance", "--tags", "deploy", **setting)
    assert run.code == 2, run.output
    assert "chengdu: NOT COMPLIANT" in run.words


def test_tags_of_other_tasks_do_not_disable_the_policy_tests(folder: Path) -> None:
    run = run_playbook(folder, "policy_test", "--tags", "deploy", policy="strict.yml")
    assert run.code == 2, run.output
    assert "The tests of site do not meet the thresholds" in run.words


def test_a_pass_of_an_earlier_gate_does_not_pass_a_later_gate(folder: Path) -> None:
    run = run_playbook(folder, folder / "site.yml", license_compliance_gather=False)
    assert run.code == 2, run.output
    assert "hangzhou goes on" in run.words
    assert "chengdu goes on" not in run.words


@pytest.mark.parametrize("variable", ["usphere_license_server", "usphere_product_nodes"])
def test_a_variable_without_a_value_differs_from_an_unset_variable(folder: Path, variable: str) -> None:
    hosts = INVENTORY.replace("  vars:\n", f'  vars:\n    {variable}: "{{{{ nowhere_set }}}}"\n', 1)
    (folder / "inventory.yml").write_text(hosts, encoding="utf-8")
    # Port of a manager that does not answer; the run must not contact it.
    run = run_playbook(
        folder,
        "compliance",
        usphere_host="127.0.0.1",
        usphere_port=9,
        usphere_username="u",
        usphere_password="p",
    )
    assert run.code == 2, run.output
    assert "'nowhere_set' is undefined" in run.words
    assert "127.0.0.1:9" not in run.words
