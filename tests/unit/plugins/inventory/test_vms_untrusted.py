# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Host names of a hostile manager never become a template, a pattern, a path or another host."""

from __future__ import annotations

import json
import re
import stat
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Site

NAMES = [
    "{{ lookup('ansible.builtin.pipe', 'touch pwned') }}",
    "{% for x in [1] %}{{ lookup('ansible.builtin.pipe', 'touch pwned') }}{% endfor %}",
    "localhost",
    "all",
    "vms",
    "../../host_vars/web1",
    "web1",
    "production",
    "a:b,c&d!e*[1:3]",
    "-oProxyCommand=touch pwned",
    "hangzhou",
]
HOSTS = [{"name": name, "cpu_sockets": 1, "arch": "x86_64", "status": "ok"} for name in NAMES]
STATIC = """
all:
  hosts: {web1: {ansible_host: 10.9.9.9, ansible_user: static}}
  children: {production: {hosts: {web1: }}}
"""
# Every text of the facts is processed by the template engine, as an argument, a loop and a name.
PLAY = """
- hosts: all
  gather_facts: false
  connection: local
  vars: {ansible_python_interpreter: "{{ ansible_playbook_python }}"}
  tasks:
    - ansible.builtin.debug:
        msg: "{{ inventory_hostname }} {{ group_names }} {{ usphere_node | default(1) }}"
    - ansible.builtin.debug:
        msg: "{{ copied | default(1) }}"
    - ansible.builtin.debug:
        msg: "{{ item }}"
      loop: "{{ usphere.hosts | default([usphere_node | default({'name': '-'})]) | map(attribute='name') }}"
"""


def listed_by_name(site: Site, **options: Any) -> tuple[Any, str]:
    (site.folder / "00-static.yml").write_text(STATIC)
    site.write(list=["hosts", "systems"], compose={"copied": "usphere_node.name"}, **options)
    return site.inventory("-i", "00-static.yml", "-i", "managers.usphere.yml")


@pytest.mark.parametrize("hostname", ["qualified", "name", "ip"])
def test_host_names_are_plain_and_unique(hostname: str, site: Site) -> None:
    listed, _messages = listed_by_name(site, hostname=hostname)
    names = set(listed["_meta"]["hostvars"])
    assert len(names) == len(NAMES) + 2 + 2 + 1
    for name in names:
        assert re.fullmatch(r"\w[\w.-]*", name), name
    assert not names & {"localhost", "all", "vms", "production"}
    # Existing hosts are unchanged.
    assert listed["_meta"]["hostvars"]["web1"] == {"ansible_host": "10.9.9.9", "ansible_user": "static"}
    assert listed["production"]["hosts"] == ["web1"]
    assert listed["_meta"]["hostvars"]["hangzhou"]["ansible_connection"] == "local"
    groups = {name for name in listed if name not in ("_meta", "all", "production", "ungrouped")}
    assert groups
    assert all(re.fullmatch(r"(usphere|vms)[a-z0-9_]*", name) for name in groups)


def test_an_unavailable_name_is_reported(site: Site) -> None:
    _listed, messages = listed_by_name(site, hostname="name")
    assert "6 host names are not unique or are reserved here (all, hangzhou, localhost, " in messages


def test_host_names_are_not_templated(site: Site) -> None:
    listed, _messages = listed_by_name(site)
    (copied,) = [
        each for each in listed["_meta"]["hostvars"].values() if each.get("copied", "").startswith("{{")
    ]
    assert copied["copied"] == copied["usphere_node"]["name"] == NAMES[0]
    (site.folder / "play.yml").write_text(PLAY)
    done = site.run("playbook", "-i", "00-static.yml", "-i", "managers.usphere.yml", "play.yml")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    assert "lookup('ansible.builtin.pipe', 'touch pwned')" in done.stdout
    assert not list(site.folder.rglob("pwned"))


def test_keyed_groups_are_identifiers(site: Site) -> None:
    site.write(keyed_groups=[{"key": "usphere_node.name", "prefix": "", "separator": ""}])
    listed, _messages = site.inventory()
    made = {name for name in listed if name not in ("_meta", "all")}
    assert all(name.isidentifier() for name in made)


def test_exported_names_are_not_templated(site: Site) -> None:
    """AWX and similar tools store the output of ansible-inventory and pass it to Ansible as a script does."""
    site.write(list=["hosts", "systems"])
    done = site.run("inventory", "-i", "managers.usphere.yml", "--list", "--export")
    (site.folder / "listed.json").write_text(done.stdout)
    script = site.folder / "again"
    script.write_text(f"#!{sys.executable}\nprint(open({str(site.folder / 'listed.json')!r}).read())\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    (site.folder / "play.yml").write_text(PLAY)
    done = site.run("playbook", "-i", str(script), "play.yml")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    assert not list(site.folder.rglob("pwned"))
    gate = site.run("playbook", "-i", str(script), "unicloud.usphere.compliance")
    assert "chengdu: " in gate.stdout
    assert "contain a template" not in gate.stdout


def test_cached_names_are_not_templated(site: Site) -> None:
    options = {
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(site.folder / "cache"),
    }
    first, _messages = listed_by_name(site, **options)
    (site.folder / "play.yml").write_text(PLAY)
    done = site.run("playbook", "-i", "00-static.yml", "-i", "managers.usphere.yml", "play.yml")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    assert not list(site.folder.rglob("pwned"))
    assert json.dumps(first).count("touch pwned") > 2
