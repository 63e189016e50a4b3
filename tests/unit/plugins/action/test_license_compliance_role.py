# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role license_compliance and its playbook: which hosts go on, which fail, and what is refused."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

HostFacts = Callable[..., dict[str, Any]]
ROOT = Path(__file__).resolve().parents[4]
AS_OF = "2026-11-24T08:00:00Z"
ROLE = """
- hosts: vms
  gather_facts: false
  {play}
  tasks:
    - ansible.builtin.import_role:
        name: unicloud.usphere.license_compliance
      vars: {variables}
    - ansible.builtin.debug: {{msg: "{{{{ inventory_hostname }}}} WENT ON"}}
"""


@dataclass(frozen=True)
class Done:
    """The end of a run: exit code, output, and its recap by host."""

    code: int
    output: str

    @property
    def went_on(self) -> list[str]:
        return sorted(set(re.findall(r'"msg": "(\w+) WENT ON"', self.output)))

    @property
    def failed(self) -> list[str]:
        recap = self.output.partition("PLAY RECAP")[2]
        return sorted(re.findall(r"^(\w+) .*failed=[1-9]", recap, re.MULTILINE))


class Site:
    """An inventory of the systems a to d; d does not comply. All have facts at hand."""

    def __init__(self, folder: Path, host_facts: HostFacts) -> None:
        self.folder = folder
        hosts = {
            name: {"usphere": host_facts(*(["lapsing"] if name == "d" else []), {"/subject/id": name})}
            if name == "d"
            else {"usphere": host_facts(changes={"/subject/id": name})}
            for name in "abcd"
        }
        self.inventory: dict[str, Any] = {
            "all": {"vars": {"ansible_connection": "local"}, "children": {"vms": {"hosts": hosts}}}
        }
        self.variables: dict[str, Any] = {
            "license_compliance_gather": False,
            "license_compliance_as_of": AS_OF,
            "license_compliance_language": "en",
        }

    def run(self, text: str, *options: str, **environment: str) -> Done:
        (self.folder / "play.yml").write_text(text)
        return self.call("play.yml", *options, **environment)

    def role(self, *options: str, play: str = "", **variables: object) -> Done:
        return self.run(
            ROLE.format(play=play, variables=json.dumps({**self.variables, **variables})), *options
        )

    def call(self, name: str, *options: str, **environment: str) -> Done:
        (self.folder / "hosts.json").write_text(json.dumps(self.inventory))
        done = subprocess.run(
            [str(Path(sys.executable).parent / "ansible-playbook"), name, "-i", "hosts.json", *options],
            cwd=self.folder,
            env={
                **os.environ,
                "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".collections"),
                "ANSIBLE_NOCOLOR": "1",
                "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
                "LC_ALL": "C.UTF-8",
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        output = done.stdout + done.stderr
        assert "Traceback" not in output, output
        return Done(done.returncode, output)

    @property
    def systems(self) -> dict[str, Any]:
        found: dict[str, Any] = self.inventory["all"]["children"]["vms"]["hosts"]
        return found


@pytest.fixture
def site(tmp_path: Path, host_facts: HostFacts) -> Site:
    return Site(tmp_path, host_facts)


def test_one_blocked_system_fails_the_play_once(site: Site) -> None:
    done = site.role()
    assert (done.code, done.went_on) == (2, []), done.output
    assert done.failed == ["a"]
    assert "1 of 4 hosts must not go on: d" in done.output
    assert done.output.count("d: NOT COMPLIANT") == 1


@pytest.mark.parametrize("way", ["role", "extra"])
def test_only_blocked_systems_fail_inside_the_role(way: str, site: Site) -> None:
    options = ("-e", "license_compliance_stop=host") if way == "extra" else ()
    done = site.role(*options, **({} if options else {"license_compliance_stop": "host"}))
    assert (done.code, done.went_on, done.failed) == (2, ["a", "b", "c"], ["d"]), done.output


def test_a_mode_that_is_read_too_late_is_refused(site: Site) -> None:
    site.systems["a"]["license_compliance_stop"] = "host"
    done = site.role()
    assert (done.code, done.went_on) == (2, []), done.output
    assert "license_compliance_stop must be set to host where the role is named" in done.output


def test_without_stop_the_systems_are_grouped(site: Site) -> None:
    groups = '"{{ groups.usphere_blocked }} {{ groups.usphere_compliant }} WENT"'
    text = ROLE.format(play="", variables=json.dumps({**site.variables, "license_compliance_stop": "none"}))
    done = site.run(text + f"    - ansible.builtin.debug: {{msg: {groups}}}\n      run_once: true\n")
    assert (done.code, done.went_on) == (0, ["a", "b", "c", "d"]), done.output
    assert "['d'] ['a', 'b', 'c'] WENT" in done.output


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        (
            "license_compliance_stop",
            "never",
            "value of license_compliance_stop must be one of: play, host, none",
        ),
        ("license_compliance_fail_on", "all", "value of license_compliance_fail_on must be one or more of"),
        ("license_compliance_detail", "perhaps", "license_compliance_detail is of type"),
    ],
)
def test_wrong_values_of_role_variables_are_refused(name: str, value: object, words: str, site: Site) -> None:
    done = site.role(**{name: value})
    assert (done.code, done.went_on) == (2, []), done.output
    assert words in done.output.replace("'", "").replace("\\", "")


def test_no_task_of_the_role_runs_for_each_host(site: Site) -> None:
    done = site.role(license_compliance_policy=[{"properties": {"architecture": {"type": "string"}}}])
    assert done.code == 0, done.output
    role = done.output.partition("WENT ON")[0]
    assert re.findall(r"^(?:ok|skipping|changed): \[(\w+)\]", role, re.MULTILINE).count("b") <= 1


READ = """
- hosts: vms
  gather_facts: false
  tasks:
    - block:
        - ansible.builtin.set_fact: {{usphere: "{{{{ usphere }}}}", cacheable: true}}
          register: read
          failed_when: inventory_hostname in broken
          when: inventory_hostname not in left_out
      rescue:
        - ansible.builtin.debug: {{msg: not read}}
    - unicloud.usphere.license_compliance:
        policy: [{{properties: {{architecture: {{enum: [x86_64]}}}}}}]
        registered: read
        fail: false
        {more}
      register: gate
      run_once: true
    - ansible.builtin.debug: {{msg: "{{{{ inventory_hostname }}}} WENT ON"}}
      when: inventory_hostname in gate.passed_hosts
"""


def test_a_system_that_was_not_read_in_this_run_is_not_known_from_the_cache(site: Site) -> None:
    for name, given in site.systems.items():
        given["usphere"]["architecture"] = "x86_64"
        site.inventory["all"]["vars"][name] = ""
    cache = {
        "ANSIBLE_CACHE_PLUGIN": "jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(site.folder / "cache"),
    }
    text = READ.format(more="")
    done = site.run(text, "-e", '{"broken": [], "left_out": []}', **cache)
    assert (done.code, done.went_on) == (0, ["a", "b", "c", "d"]), done.output
    for name in site.systems.values():
        name["usphere"] = "{{ {} }}"
    done = site.run(text, "-e", '{"broken": ["a"], "left_out": ["b"]}', **cache)
    assert not {"a", "b"} & set(done.went_on), done.output


def test_stored_facts_do_not_replace_a_failed_read(site: Site) -> None:
    facts = {name: given["usphere"] for name, given in site.systems.items()}
    (site.folder / "facts.json").write_text(json.dumps(facts))
    text = READ.format(more="facts_files: [facts.json]")
    done = site.run(text, "-e", '{"broken": ["a"], "left_out": ["b"]}')
    assert done.code == 0, done.output
    assert not {"a", "b"} & set(done.went_on), done.output
    assert "c" in done.went_on


@pytest.mark.parametrize("address", [None, ""])
def test_an_address_is_never_taken_from_the_environment(address: str | None, site: Site) -> None:
    if address is not None:
        site.inventory["all"]["vars"]["usphere_host"] = address
    done = site.call(
        "unicloud.usphere.compliance",
        "-e",
        "usphere_username=u usphere_password=p",
        USPHERE_HOST="127.0.0.1",
        USPHERE_PORT="9",
    )
    assert done.code == 2, done.output
    for name in "abcd":
        assert f"{name} has no address; set usphere_host of {name} in the inventory" in done.output
    assert "127.0.0.1:9" not in done.output


@pytest.mark.parametrize("way", ["import_role", "roles"])
def test_a_condition_that_leaves_hosts_out_is_refused(way: str, site: Site) -> None:
    for name, given in site.systems.items():
        given["production"] = name in "ab"
    variables = json.dumps(site.variables)
    text = (
        ROLE.format(play="", variables=variables).replace(
            "      vars:", "      when: production\n      vars:"
        )
        if way == "import_role"
        else "- hosts: vms\n  gather_facts: false\n  roles:\n"
        "    - role: unicloud.usphere.license_compliance\n"
        f"      when: production\n      vars: {variables}\n"
        '  tasks: [{ansible.builtin.debug: {msg: "{{ inventory_hostname }} WENT ON"}}]\n'
    )
    done = site.run(text)
    assert (done.code, done.went_on) == (2, []), done.output
    assert "does not hold for c, d" in done.output
    assert "make a group of the hosts to check" in done.output


def test_a_condition_that_holds_for_every_host_is_fine(site: Site) -> None:
    site.inventory["all"]["vars"]["production"] = True
    del site.systems["d"]
    text = ROLE.format(play="", variables=json.dumps(site.variables))
    done = site.run(text.replace("      vars:", "      when: production\n      vars:"))
    assert (done.code, done.went_on) == (0, ["a", "b", "c"]), done.output


def test_a_condition_that_leaves_out_the_first_host_fails_the_others(site: Site) -> None:
    for name, given in site.systems.items():
        given.update(production=name != "a", usphere_host="127.0.0.1", usphere_port=9)
    variables = json.dumps({"license_compliance_gather": True})
    text = ROLE.format(play="", variables=variables).replace(
        "      vars:", "      when: production\n      vars:"
    )
    done = site.run(text, "-e", "usphere_username=u usphere_password=p")
    assert (done.code, done.failed) == (2, ["b", "c", "d"]), done.output
    assert "does not hold for the first host of the play" in done.output


def test_inside_the_role_hosts_fail_if_the_check_was_skipped(site: Site) -> None:
    for name, given in site.systems.items():
        given["production"] = name != "a"
    variables = json.dumps({**site.variables, "license_compliance_stop": "host"})
    text = ROLE.format(play="", variables=variables).replace(
        "      vars:", "      when: production\n      vars:"
    )
    done = site.run(text)
    assert (done.code, done.failed, done.went_on) == (2, ["b", "c", "d"], ["a"]), done.output
    assert "does not hold for the first host of the play" in done.output


def test_own_plays_after_an_import_go_on_without_the_blocked_systems(site: Site) -> None:
    own = (
        "\n- hosts: vms\n  gather_facts: false\n"
        '  tasks: [{ansible.builtin.debug: {msg: "{{ inventory_hostname }} WENT ON"}}]\n'
    )
    text = "- import_playbook: unicloud.usphere.compliance\n  vars: " + json.dumps(site.variables) + own
    done = site.run(text)
    assert (done.code, done.went_on, done.failed) == (2, ["a", "b", "c"], ["d"]), done.output


def test_only_systems_that_passed_run_further_tasks(site: Site) -> None:
    (site.folder / "then.yml").write_text(
        '- ansible.builtin.debug: {msg: "{{ inventory_hostname }} WENT ON"}\n'
    )
    extra = {**site.variables, "usphere_then": str(site.folder / "then.yml")}
    done = site.call("unicloud.usphere.compliance", "-e", json.dumps(extra))
    assert (done.code, done.went_on, done.failed) == (2, ["a", "b", "c"], ["d"]), done.output


def test_a_playbook_that_checked_nothing_fails(site: Site) -> None:
    done = site.call("unicloud.usphere.compliance", "--skip-tags", "always")
    assert done.code == 2, done.output
    assert "No system was checked against license policy" in done.output


def test_the_result_file_is_written_once_for_its_owner(site: Site) -> None:
    done = site.role(license_compliance_result_file="out/result.json")
    path = site.folder / "out" / "result.json"
    assert done.code == 2, done.output
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text())["decision"] == "non_compliant"
    assert "\n" in path.read_text()


def test_a_run_has_statistics_of_each_check(site: Site) -> None:
    done = site.role(play="serial: 2", license_compliance_stop="none")
    assert done.code == 0, done.output
    done = site.call("play.yml", ANSIBLE_SHOW_CUSTOM_STATS="1")
    shown = re.sub(r"\s+", " ", done.output.partition("CUSTOM STATS")[2])
    assert '"decision": "compliant"' in shown, done.output
    assert '"decision": "non_compliant"' in shown
    assert '"blocked_hosts": [ "d" ]' in shown
