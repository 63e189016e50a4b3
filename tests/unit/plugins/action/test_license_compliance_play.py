# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The license_compliance action in plays: batches, limits, failed hosts, and variables that are not facts."""

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
AS_OF = "2026-11-24T08:00:00Z"


class Playbook:
    """A directory with facts of five systems (a to e; d does not comply) and plays over them."""

    def __init__(self, folder: Path, host_facts: HostFacts) -> None:
        self.folder = folder
        given = {name: host_facts(changes={"/subject/id": name}) for name in "abce"}
        given["d"] = host_facts("lapsing", {"/subject/id": "d"})
        (folder / "vars.json").write_text(json.dumps({"given": given, "ansible_connection": "local"}))
        (folder / "hosts").write_text("\n".join("abcde") + "\n")

    def run(self, text: str, *options: str) -> tuple[int, str]:
        (self.folder / "play.yml").write_text(text)
        return self.call("play.yml", *options)

    def call(self, name: str, *options: str) -> tuple[int, str]:
        command = [str(Path(sys.executable).parent / "ansible-playbook"), name, "-i", "hosts"]
        environment = {
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".collections"),
            "ANSIBLE_NOCOLOR": "1",
            "LC_ALL": "C.UTF-8",
        }
        done = subprocess.run(
            [*command, "-e", "@vars.json", *options],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        output = done.stdout + done.stderr
        assert "Traceback" not in output, output
        return done.returncode, output


@pytest.fixture
def playbook(tmp_path: Path, host_facts: HostFacts) -> Playbook:
    return Playbook(tmp_path, host_facts)


HEAD = """
- hosts: {hosts}
  gather_facts: false
{more}
  tasks:
    - ansible.builtin.set_fact:
        usphere: "{{{{ given[inventory_hostname] }}}}"
        cacheable: true
"""
GATE = """
    - unicloud.usphere.license_compliance:
        policy: vendor
        as_of: "2026-11-24T08:00:00Z"
        fail: false
        language: en
      register: gate
      run_once: true
    - ansible.builtin.debug:
        msg: "DECIDED {{ gate.decision }} {{ gate.scope | to_json(sort_keys=true) }}
          {{ gate.blocked_hosts | to_json }} {{ gate.report[0] }}"
      run_once: true
"""


def head(hosts: str = "all", more: str = "") -> str:
    return HEAD.format(hosts=hosts, more=more)


def decided(output: str) -> list[tuple[str, dict[str, Any], list[str], str]]:
    found = []
    for line in output.splitlines():
        if '"msg": "DECIDED ' in line:
            text = json.loads("{" + line.strip() + "}")["msg"].removeprefix("DECIDED ")
            decision, _space, rest = text.partition(" ")
            scope, end = json.JSONDecoder().raw_decode(rest)
            blocked, end2 = json.JSONDecoder().raw_decode(rest[end:].lstrip())
            found.append((decision, scope, blocked, rest[end:].lstrip()[end2:].strip()))
    return found


@pytest.mark.parametrize("check", [(), ("--check",)], ids=["run", "check"])
def test_serial_decides_for_each_batch_and_reports_it(check: tuple[str, ...], playbook: Playbook) -> None:
    code, output = playbook.run(head(more="  serial: 2") + GATE, *check)
    assert code == 0, output
    scopes = [{"hosts": n, "limit": "", "serial": True, "total": 5} for n in (2, 2, 1)]
    found = decided(output)
    assert [(each[0], each[1], each[2]) for each in found] == [
        ("compliant", scopes[0], []),
        ("non_compliant", scopes[1], ["d"]),
        ("compliant", scopes[2], []),
    ]
    assert found[0][3].startswith("the decision covers a batch of 2 of 5 hosts (serial)")


def test_a_noncompliant_batch_ends_the_play(playbook: Playbook) -> None:
    stopping = GATE.replace("        fail: false\n", "")
    code, output = playbook.run(head(more="  serial: 2") + stopping)
    assert code == 2, output
    assert "d: NOT COMPLIANT" in output
    assert len(decided(output)) == 1


def test_the_report_states_a_limit(playbook: Playbook) -> None:
    code, output = playbook.run(head() + GATE, "--limit", "a,b")
    assert code == 0, output
    ((decision, scope, blocked, line),) = decided(output)
    assert (decision, blocked) == ("compliant", [])
    assert scope == {"hosts": 2, "limit": "a,b", "serial": False, "total": 2}
    assert line.startswith("the decision covers only the 2 hosts of --limit a,b")


def test_a_limited_play_can_check_the_complete_inventory(playbook: Playbook) -> None:
    all_hosts = GATE.replace(
        "        fail: false\n", "        fail: false\n        hosts: \"{{ groups['all'] }}\"\n"
    )
    code, output = playbook.run(head() + all_hosts, "--limit", "a,b")
    assert code == 0, output
    ((decision, scope, blocked, _line),) = decided(output)
    assert (decision, blocked, scope["hosts"]) == ("undetermined", ["c", "d", "e"], 5)


def test_failed_hosts_are_unknown_even_with_facts(playbook: Playbook) -> None:
    fall = """
    - ansible.builtin.fail:
      when: inventory_hostname in ['b', 'd']
"""
    code, output = playbook.run(head() + fall + GATE)
    assert code == 2, output
    ((decision, _scope, blocked, _line),) = decided(output)
    assert (decision, blocked) == ("undetermined", ["b", "d"])
    # In a batch only the failed hosts of that batch.
    code, output = playbook.run(head(more="  serial: 2") + fall + GATE)
    assert [(each[0], each[2]) for each in decided(output)] == [
        ("undetermined", ["b"]),
        ("undetermined", ["d"]),
        ("compliant", []),
    ]


def test_an_unreachable_host_is_unknown(playbook: Playbook) -> None:
    unreachable = """
    - ansible.builtin.ping:
      vars: {ansible_connection: ssh, ansible_host: 127.0.0.1, ansible_port: 1, ansible_ssh_timeout: 5}
      when: inventory_hostname == 'b'
"""
    (playbook.folder / "vars.json").write_text(
        json.dumps(
            {
                key: value
                for key, value in json.loads((playbook.folder / "vars.json").read_text()).items()
                if key == "given"
            }
        )
    )
    (playbook.folder / "hosts").write_text("[all:vars]\nansible_connection=local\n[all]\na\nb\nc\n")
    code, output = playbook.run(head() + unreachable + GATE)
    assert "unreachable=1" in output, output
    ((decision, _scope, blocked, _line),) = decided(output)
    assert (decision, blocked) == ("undetermined", ["b"])
    assert code != 0


def test_facts_in_inventory_variables_are_checked(playbook: Playbook, host_facts: HostFacts) -> None:
    facts = host_facts(changes={"/subject": None})

    def of_client(name: str) -> dict[str, Any]:
        return host_facts(changes={"/subject": None, "/license_server/client": name})

    variables = {
        "a": {"usphere": facts, "usphere_site_facts": {"environment": "test"}},
        "b": {"usphere": "{{ other }}", "other": facts},
        "c": {"usphere": {**of_client("c"), "version": {"vms": "{{ nowhere }}"}}},
        "d": {"usphere": {**of_client("d"), "version": {"vms": 8.10}}},
    }
    (playbook.folder / "host_vars").mkdir()
    for host, content in variables.items():
        (playbook.folder / "host_vars" / f"{host}.json").write_text(json.dumps(content))
    # e: unquoted words and dates, as YAML parses them.
    (playbook.folder / "host_vars" / "e.yml").write_text(
        "usphere:\n  kind: HostFacts\n  schema_version: 1\n  architecture: NO\n"
        "  source: {gathered_at: 2026-11-24}\n"
    )
    show = """
    - ansible.builtin.debug:
        msg: "FINDING {{ item.hosts[0] }} {{ item.verdict }} {{ item.message.en }}"
      loop: "{{ gate.result.findings }}"
      run_once: true
"""
    code, output = playbook.run("- hosts: all\n  gather_facts: false\n  tasks:\n" + GATE + show)
    assert code == 0, output
    ((decision, _scope, blocked, _line),) = decided(output)
    assert (decision, blocked) == ("error", ["b", "c", "d", "e"])
    assert "FINDING b error the facts contain a template at /" in output
    assert "FINDING c error the facts contain a template at /version/vms" in output
    assert "FINDING d unknown" in output
    assert "FINDING e unknown" in output


UNDEFINED = """
- hosts: a
  gather_facts: false
  vars:
    deep: {kind: HostFacts, one: {two: {three: "{{ nowhere }}"}}}
  tasks:
"""
TASKS = {
    "filter": """
    - ansible.builtin.debug:
        msg: "PASSED {{ (deep | unicloud.usphere.license_compliance('vendor', host='a')).decision }}"
""",
    "test": """
    - ansible.builtin.debug:
        msg: PASSED
      when: deep is not unicloud.usphere.license_compliant('vendor')
""",
    "set_fact": """
    - ansible.builtin.set_fact:
        usphere: "{{ deep }}"
    - unicloud.usphere.license_compliance: {policy: vendor}
""",
    "policy": """
    - unicloud.usphere.license_compliance: {policy: "{{ deep }}", hosts: [a]}
""",
}


@pytest.mark.parametrize("task", TASKS)
def test_a_deeply_nested_undefined_variable_is_an_error(task: str, playbook: Playbook) -> None:
    code, output = playbook.run(UNDEFINED + TASKS[task])
    assert code == 2, output
    assert '"msg": "PASSED' not in output
    assert "undefined" in output
    assert "COMPLIANT" not in output


def test_a_playbook_of_the_collection_finds_documents_in_the_working_directory(playbook: Playbook) -> None:
    (playbook.folder / "policies").mkdir()
    (playbook.folder / "policies" / "ours.yml").write_text(
        "kind: LicensePolicy\nid: ours\nversion: 1.0.0\nrules:\n"
        "  - {id: arm-only, severity: low, require: {properties: {architecture: {const: aarch64}}}}\n"
    )
    given = json.loads((playbook.folder / "vars.json").read_text())["given"]
    (playbook.folder / "facts.json").write_text(json.dumps(given))
    options = {
        "usphere_hosts": "a",
        "license_compliance_gather": False,
        "license_compliance_as_of": AS_OF,
        "license_compliance_policy": ["policies/ours.yml"],
        "license_compliance_facts_files": ["facts.json"],
        "license_compliance_language": "en",
    }
    code, output = playbook.call("unicloud.usphere.compliance", "-e", json.dumps(options))
    assert code == 2, output
    assert "a: NOT COMPLIANT (1 finding)" in output
    options["license_compliance_policy"] = ["policies/nowhere.yml"]
    code, output = playbook.call("unicloud.usphere.compliance", "-e", json.dumps(options))
    assert code == 2
    assert "the policy policies/nowhere.yml was not found" in output


SHARED = """
- hosts: {hosts}
  gather_facts: false
{more}
  tasks:
    - ansible.builtin.set_fact:
        usphere: "{{{{ of_a }}}}"
"""


def share_facts_of_a(playbook: Playbook, host_facts: HostFacts) -> None:
    variables = json.loads((playbook.folder / "vars.json").read_text())
    variables["of_a"] = host_facts(changes={"/subject/id": "a"})
    (playbook.folder / "vars.json").write_text(json.dumps(variables))


def test_facts_of_one_host_do_not_count_for_others(playbook: Playbook, host_facts: HostFacts) -> None:
    share_facts_of_a(playbook, host_facts)
    code, output = playbook.run(SHARED.format(hosts="a,b", more="") + GATE)
    assert code == 0, output
    assert [(each[0], each[2]) for each in decided(output)] == [("undetermined", ["b"])]
    code, output = playbook.run(
        SHARED.format(hosts="a,b", more="") + GATE.replace("        fail: false\n", "")
    )
    assert code == 2, output
    assert "the facts of b describe a, another host of the inventory" in output
    # The other host is in the inventory, whether or not it is in the batch, the limit or the chosen hosts.
    code, output = playbook.run(SHARED.format(hosts="a,b", more="  serial: 1") + GATE)
    assert [(each[0], each[2]) for each in decided(output)] == [("compliant", []), ("undetermined", ["b"])]
    code, output = playbook.run(SHARED.format(hosts="all", more="") + GATE, "--limit", "b")
    assert [(each[0], each[2]) for each in decided(output)] == [("undetermined", ["b"])]
    chosen = GATE.replace("        fail: false\n", "        fail: false\n        hosts: [b]\n")
    code, output = playbook.run(SHARED.format(hosts="a,b", more="") + chosen)
    assert [(each[0], each[2]) for each in decided(output)] == [("undetermined", ["b"])]


def test_hosts_of_one_stated_system_share_its_facts(playbook: Playbook, host_facts: HostFacts) -> None:
    share_facts_of_a(playbook, host_facts)
    (playbook.folder / "hosts").write_text("a usphere_system=a\nb usphere_system=a\nc usphere_system=b\n")
    code, output = playbook.run(SHARED.format(hosts="all", more="") + GATE)
    assert code == 0, output
    assert [(each[0], each[2]) for each in decided(output)] == [("undetermined", ["c"])]


def test_a_host_outside_the_inventory_without_facts_is_undetermined(
    playbook: Playbook, host_facts: HostFacts
) -> None:
    facts = host_facts(changes={"/subject/id": "z"})
    (playbook.folder / "facts.json").write_text(json.dumps(facts))
    chosen = GATE.replace(
        "        fail: false\n",
        "        fail: false\n        hosts: [a, y, z]\n        facts_files: [facts.json]\n",
    )
    code, output = playbook.run(head(hosts="a") + chosen)
    assert code == 0, output
    # A file has facts of z, and y has none.
    ((decision, _scope, blocked, line),) = decided(output)
    assert (decision, blocked) == ("undetermined", ["y"])
    assert line.startswith("y: UNDETERMINED")


def test_facts_name_a_host_by_the_host_option(playbook: Playbook) -> None:
    (playbook.folder / "who.yml").write_text(
        "kind: LicensePolicy\nid: who\nversion: 1.0.0\nrules:\n"
        "  - id: named\n    require: {properties: {subject: {properties: {id: {maxLength: 1}}}}}\n"
    )
    assertion = """
    - ansible.builtin.assert:
        that:
          - outcome.decision == 'compliant'
          - usphere is unicloud.usphere.license_compliant(policy, host=name, max_age='never')
      vars:
        policy: who.yml
        name: "{{ inventory_hostname }}"
        outcome: >-
          {{ usphere | unicloud.usphere.license_compliance(policy, host=name, max_age='never') }}
"""
    code, output = playbook.run(head(hosts="a,b") + assertion)
    assert code == 0, output
