# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The output about one system with several violations: all details that an operator needs for each."""

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
POLICY = """\
kind: LicensePolicy
id: site
version: 1.0.0
rules:
  - id: enterprise
    severity: high
    references: [R29]
    require: {properties: {effective: {properties: {edition: {enum: [enterprise, enhanced_enterprise]}}}}}
    message: {en: "runs on {actual}, which is too low", zh: "版本 {actual} 过低"}
    remediation: {en: "Order an upgrade.", zh: "请订购升级授权。"}
  - id: no-cliff
    severity: critical
    require: {properties: {effective: {properties: {days_to_lapse: {minimum: 30}}}}}
  - id: small
    mode: warn
    require: {properties: {vms: {properties: {total: {maximum: 10}}}}}
    message: {en: "many VMs", zh: "VM 过多"}
    remediation: {en: "Move some.", zh: "请迁移一部分。"}
pools:
  - id: sockets
    rows: /hosts
    group_by: [subject.id, arch]
    demand: {unit: cpu_socket, sum: cpu_sockets}
    supply: {from: in_force, product: vms}
    require: {demand: at_most_supply}
    message: {en: "{demand} CPUs, {supply} licensed", zh: "CPU {demand} 个，授权 {supply} 个"}
    remediation: {en: "Buy {shortfall}.", zh: "请购买 {shortfall} 个。"}
"""
PLAY = """
- hosts: {hosts}
  gather_facts: false
  tasks:
    - unicloud.usphere.license_compliance:
        policy: policies/site.yml
        as_of: "2026-11-24T08:00:00Z"
        language: {language}
        {more}
"""
#: For each violation: message, pointer, expected, found, rule, file and line, remedy. In the order printed.
EXPECTED = {
    "en": [
        "chengdu: NOT COMPLIANT (3 findings, 1 warning)",
        "/effective/days_to_lapse: expected minimum 30, found 11   /effective/days_to_lapse",
        "expected: minimum 30; found: 11",
        "rule: no-cliff (critical), policies/site.yml:11",
        "what to do: Bring the system in line with the rule, or change the rule.",
        "R29       runs on standard, which is too low",
        "/effective/edition",
        'expected: enum ["enterprise", "enhanced_enterprise"]; found: standard',
        "rule: enterprise (high), policies/site.yml:5",
        "what to do: Order an upgrade.",
        "9 CPUs, 8 licensed",
        "/effective/products/0/missing",
        "expected: at_most 8; found: demand 9",
        "rule: sockets (high), policies/site.yml:20",
        "what to do: Buy 1.",
        "warning: many VMs",
        "/vms/total",
        "expected: maximum 10; found: 40",
        "rule: small (high), policies/site.yml:14",
        "what to do: Move some.",
    ],
    "zh": [
        "chengdu：不合规（3 个问题，1 项警告）",
        "/effective/days_to_lapse：应为 minimum 30，实际为 11   /effective/days_to_lapse",
        "应为：minimum 30；实际：11",
        "规则：no-cliff（严重），policies/site.yml:11",
        "处理办法：请使系统符合该规则，或修改规则。",
        "版本 standard 过低",
        "/effective/edition",
        '应为：enum ["enterprise", "enhanced_enterprise"]；实际：standard',
        "规则：enterprise（高），policies/site.yml:5",
        "处理办法：请订购升级授权。",
        "CPU 9 个，授权 8 个",
        "应为：at_most 8；实际：demand 9",
        "规则：sockets（高），policies/site.yml:20",
        "处理办法：请购买 1 个。",
        "警告：VM 过多",
        "应为：maximum 10；实际：40",
        "规则：small（高），policies/site.yml:14",
        "处理办法：请迁移一部分。",
    ],
}


@pytest.fixture
def run(tmp_path: Path, host_facts: HostFacts) -> Callable[..., subprocess.CompletedProcess[str]]:
    hosts = {"hangzhou": {"usphere": host_facts()}, "chengdu": {"usphere": host_facts("lapsing")}}
    (tmp_path / "hosts.json").write_text(
        json.dumps({"all": {"hosts": hosts, "vars": {"ansible_connection": "local"}}})
    )
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "site.yml").write_text(POLICY)

    def play(
        language: str, more: str = "", hosts: str = "all", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        (tmp_path / "play.yml").write_text(PLAY.format(language=language, more=more, hosts=hosts))
        return subprocess.run(
            [str(Path(sys.executable).parent / "ansible-playbook"), "-i", "hosts.json", "play.yml"],
            cwd=tmp_path,
            env={
                **os.environ,
                "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".collections"),
                "ANSIBLE_NOCOLOR": "1",
                "LC_ALL": "C.UTF-8",
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    return play


def found_in_order(expected: list[str], output: str) -> list[str]:
    """Return the texts of ``expected`` that are in ``output``, each after the one before."""
    found, at = [], 0
    for text in expected:
        place = output.find(text, at)
        if place >= 0:
            found.append(text)
            at = place + len(text)
    return found


@pytest.mark.parametrize("language", EXPECTED)
def test_the_action_prints_all_details_of_every_violation(
    language: str, run: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    done = run(language)
    assert done.returncode == 2, done.stdout + done.stderr
    # Older versions of ansible-core print the message in one line, as JSON.
    output = (done.stdout + done.stderr).partition('"result": ')[0].replace("\\n", "\n").replace('\\"', '"')
    assert found_in_order(EXPECTED[language], output) == EXPECTED[language]


@pytest.mark.parametrize("language", EXPECTED)
def test_the_callback_prints_all_details_of_every_violation(
    language: str, run: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    done = run(
        "en",
        "fail: false",
        ANSIBLE_CALLBACKS_ENABLED="unicloud.usphere.license_report",
        USPHERE_LANGUAGE=language,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    output = done.stdout.partition("LICENSE COMPLIANCE")[2]
    assert found_in_order(EXPECTED[language], output) == EXPECTED[language]
    assert '"msg"' not in output


def test_without_detail_the_report_is_short(
    run: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    done = run(
        "en",
        "detail: false",
        ANSIBLE_CALLBACKS_ENABLED="unicloud.usphere.license_report",
        USPHERE_LICENSE_REPORT_DETAIL="false",
    )
    assert done.returncode == 2
    output = done.stdout + done.stderr
    msg = output.partition('"result": ')[0]
    summary = done.stdout.partition("LICENSE COMPLIANCE")[2]
    for each in (msg, summary):
        assert "runs on standard, which is too low" in each
        assert "what to do: " not in each


def test_a_large_result_is_in_a_file_that_the_callback_and_later_tasks_read(
    run: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path, host_facts: HostFacts
) -> None:
    hosts = {
        name: {"usphere": host_facts("lapsing", {"/subject/id": name})}
        for name in (f"system-{number:03}" for number in range(160))
    }
    inventory = {"all": {"hosts": hosts, "vars": {"ansible_connection": "local"}}}
    (tmp_path / "hosts.json").write_text(json.dumps(inventory))
    later = """fail: false
        hosts: "{{ groups['all'] }}"
      run_once: true
      register: license_compliance_gate
    - ansible.builtin.debug:
        msg: "KEPT {{ license_compliance_gate.result is defined }} {{ license_compliance_gate.report[-1] }}"
      run_once: true
    - ansible.builtin.import_role:
        name: unicloud.usphere.license_report
      vars:
        license_report_folder: reports
        license_report_formats: [csv]
"""
    done = run(
        "en",
        later,
        "system-000",
        ANSIBLE_CALLBACKS_ENABLED="unicloud.usphere.license_report",
        USPHERE_LICENSE_REPORT="build/all.json",
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert "KEPT False the result has " in done.stdout
    path = done.stdout.partition("; it is in ")[2].partition(" until")[0]
    assert path.endswith(".json")
    assert not Path(path).exists()
    written = json.loads((tmp_path / "build" / "all.json").read_text())
    assert len(written["subjects"]) == 160
    assert "system-159" in next((tmp_path / "reports").glob("*.csv")).read_text()
