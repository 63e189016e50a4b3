# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin in Ansible's commands against a simulator: what is listed, cached and kept secret."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from ansible_collections.unicloud.usphere.plugins.inventory import vms

if TYPE_CHECKING:
    from conftest import Site

SECRETS = ("inventory-only", "host-secret", "ipmi-secret", "console-secret", "ADMIN")
DEAD = {"name": "beijing", "host": "127.0.0.1", "port": 1}


def hosts(listed: Any, group: str) -> list[str]:
    """Return the hosts of a group and of its children."""
    entry = listed.get(group, {})
    found = set(entry.get("hosts", ()))
    return sorted(found.union(*(hosts(listed, child) for child in entry.get("children", ()))))


def variables(listed: Any, host: str) -> dict[str, Any]:
    found: dict[str, Any] = listed["_meta"]["hostvars"][host]
    return found


def test_hosts_are_in_their_groups(site: Site) -> None:
    site.write()
    listed, messages = site.inventory()
    assert "WARNING" not in messages
    west = ["cvk1.chengdu", "cvk2.chengdu"]
    east = ["cvk1.hangzhou", "cvk2.hangzhou"]
    assert (
        hosts(listed, "all") == hosts(listed, "usphere_hosts") == [*west[:1], *east[:1], *west[1:], *east[1:]]
    )
    for group, members in {
        "usphere_system_hangzhou": east,
        "usphere_system_chengdu": west,
        "usphere_arch_x86_64": east,
        "usphere_arch_aarch64": west,
        "usphere_version_e0760": east,
        "usphere_version_e0730": west,
        "usphere_license_ok": east,
        "usphere_license_lapsing": west,
        "usphere_edition_standard": sorted(east + west),
    }.items():
        assert hosts(listed, group) == members, group
    assert "vms" not in listed
    one = variables(listed, "cvk1.chengdu")
    assert set(one) == {"ansible_host", "usphere_node", "usphere_system"}
    assert one["ansible_host"] == one["usphere_node"]["ip"]
    assert one["usphere_node"]["cluster"] == "compute"
    assert one["usphere_node"]["status"] == "bad"
    assert one["usphere_system"]["days_to_lapse"] in (11, 12)


def test_the_graph_lists_groups_and_hosts(site: Site) -> None:
    site.write()
    done = site.run("inventory", "-i", "managers.usphere.yml", "--graph")
    assert done.returncode == 0
    assert "  |--@usphere_hosts:\n  |  |--@usphere_system_hangzhou:\n  |  |  |--cvk1.hangzhou" in done.stdout


def test_systems_as_hosts_have_the_facts_of_vms_facts(site: Site) -> None:
    site.write(list=["systems"])
    listed, _messages = site.inventory()
    assert hosts(listed, "all") == hosts(listed, "vms") == ["chengdu", "hangzhou"]
    assert hosts(listed, "vms_license_ok") == ["hangzhou"]
    system = variables(listed, "hangzhou")
    assert system["ansible_connection"] == "local"
    assert system["ansible_python_interpreter"] == "{{ ansible_playbook_python }}"
    assert system["usphere_port"] == site.simulator.place("hangzhou")["port"]
    play = """
- hosts: vms
  gather_facts: false
  tasks:
    - unicloud.usphere.vms_facts:
        host: "{{ usphere_host }}"
        port: "{{ usphere_port }}"
        ca_path: "{{ usphere_ca_path }}"
        license_server: "{{ server }}"
        site: "{{ stated }}"
        subject_id: "{{ inventory_hostname }}"
    - ansible.builtin.copy:
        content: "{{ ansible_facts.usphere | to_json }}"
        dest: "{{ playbook_dir }}/{{ inventory_hostname }}.json"
        mode: "0600"
"""
    (site.folder / "play.yml").write_text(play)
    given = {"server": site.source()["license_server"], "stated": site.source()["site"]}
    (site.folder / "given.json").write_text(json.dumps(given))
    arguments = ("-i", "managers.usphere.yml", "play.yml", "-e", "@given.json")
    done = site.run("playbook", *arguments, USPHERE_USERNAME="automation", USPHERE_PASSWORD="inventory-only")
    assert done.returncode == 0, done.stdout
    for name in ("hangzhou", "chengdu"):
        read = json.loads((site.folder / f"{name}.json").read_text())
        listed_facts = variables(listed, name)["usphere"]
        for facts in (read, listed_facts):
            facts["source"].pop("gathered_at")
            facts["license_server"].pop("clock_skew_s")
        assert listed_facts == read


def test_an_unreachable_manager_is_reported_and_the_others_are_listed(site: Site) -> None:
    managers = [*site.source()["managers"], DEAD]
    site.write(managers=managers, list=["hosts", "systems"])
    listed, messages = site.inventory()
    assert (
        "beijing could not be read; the inventory lists only the other systems: https://127.0.0.1:1 refuses "
        "the connection; check host and port, and that the service runs"
    ) in messages
    assert hosts(listed, "vms_unread") == ["beijing"]
    assert variables(listed, "beijing")["usphere"]["unknown"] == {"": {"reason": "unreachable"}}
    assert hosts(listed, "vms") == ["beijing", "chengdu", "hangzhou"]
    assert len(hosts(listed, "usphere_system_chengdu")) == 2


def test_an_unreachable_manager_can_fail_the_source(site: Site) -> None:
    site.write(managers=[*site.source()["managers"], DEAD], unreadable="fail")
    arguments = ("-i", "managers.usphere.yml", "--list")
    done = site.run("inventory", *arguments, ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED="true")
    assert done.returncode != 0
    assert "all systems must be read because unreadable is fail; 1 of 3 could not be read" in " ".join(
        done.stderr.split()
    )
    site.write(managers=[DEAD])
    done = site.run("inventory", *arguments, ANSIBLE_INVENTORY_UNPARSED_FAILED="true")
    assert done.returncode != 0
    assert "none of 1 could be read: https://127.0.0.1:1 refuses" in " ".join(done.stderr.split())


def test_a_wrong_password_is_sent_once_to_each_server(site: Site) -> None:
    before = {
        name: node["failed_logins"] for name, node in site.simulator.control("GET", "/state")["nodes"].items()
    }
    server = {**site.source()["license_server"], "password": "wrong"}
    site.write(license_server=server, list=["systems"])
    listed, messages = site.inventory()
    assert hosts(listed, "vms_unread") == ["chengdu", "hangzhou"]
    assert "issued no token to automation" in messages
    assert "wrong" not in messages.replace("wrong,", "")
    after = {
        name: node["failed_logins"] for name, node in site.simulator.control("GET", "/state")["nodes"].items()
    }
    assert {name: after[name] - before[name] for name in after} == {"ls": 1, "hangzhou": 0, "chengdu": 0}


def failed_logins(site: Site) -> dict[str, int]:
    nodes = site.simulator.control("GET", "/state")["nodes"]
    return {name: node["failed_logins"] for name, node in nodes.items()}


def test_a_wrong_password_is_sent_once_however_many_entries_name_the_manager(site: Site) -> None:
    before = failed_logins(site)
    place = site.simulator.place("hangzhou")
    site.write(
        managers=[{"name": name, **place} for name in ("east", "west", "north")],
        license_server=None,
        password="wrong",
        list=["systems"],
    )
    listed, _messages = site.inventory()
    assert hosts(listed, "vms_unread") == ["east", "north", "west"]
    after = failed_logins(site)
    assert {name: after[name] - before[name] for name in after} == {"ls": 0, "hangzhou": 1, "chengdu": 0}


def test_options_can_be_set_by_the_environment_only(site: Site) -> None:
    site.write("plugin: unicloud.usphere.vms\nlist: [hosts, systems]\n", name="one.usphere.yaml")
    place = site.simulator.place("chengdu")
    listed, messages = site.inventory(
        "-i",
        "one.usphere.yaml",
        USPHERE_HOST=place["host"].replace("127.0.0.1", "localhost"),
        USPHERE_PORT=str(place["port"]),
        USPHERE_USERNAME="automation",
        USPHERE_PASSWORD="inventory-only",
        USPHERE_CA_PATH=site.simulator.endpoints["ca"],
    )
    assert "WARNING" not in messages
    assert hosts(listed, "vms") == ["vms-localhost"]
    assert hosts(listed, "usphere_system_vms_localhost") == ["cvk1.vms-localhost", "cvk2.vms-localhost"]
    # The single licenses were not read.
    assert hosts(listed, "vms_license_unknown") == ["vms-localhost"]


def test_templates_and_vaulted_values_are_resolved(site: Site) -> None:
    (site.folder / "vault").write_text("vault-password\n")
    text = yaml.safe_dump(site.source(password="{{ word ~ '-only' }}", license_server=None))
    for name, plain in (("USER", "automation"), ("HOST", "127.0.0.1")):
        arguments = ("encrypt_string", "--vault-password-file", "vault", plain)
        done = site.run("vault", *arguments)
        assert done.returncode == 0, done.stderr
        marked = "username: automation" if name == "USER" else "host: 127.0.0.1"
        indented = done.stdout.strip().replace("\n", "\n      ")
        text = text.replace(marked, f"{marked.partition(':')[0]}: {indented}", 1)
    assert text.count("!vault") == 2
    site.write(text)
    arguments = ("-i", "managers.usphere.yml", "--vault-password-file", "vault")
    listed, messages = site.inventory(*arguments, "-e", "word=inventory")
    assert "WARNING" not in messages
    assert len(hosts(listed, "usphere_hosts")) == 4
    # The error for an undefined variable names the option, never its value.
    done = site.run("inventory", *arguments, "--list")
    messages = " ".join(done.stderr.split())
    assert "password contains a template that cannot be resolved" in messages
    assert "'word' is undefined" in messages


@pytest.mark.parametrize("password", ["{{ 1 }}", "100%{#", "a: 'b'"])
def test_a_vaulted_password_is_not_a_template(password: str, site: Site) -> None:
    (site.folder / "vault").write_text("vault-password\n")
    done = site.run("vault", "encrypt_string", "--vault-password-file", "vault", password)
    text = yaml.safe_dump(site.source(password=None, license_server=None, list=["systems"]))
    site.write(text + "password: " + done.stdout.strip().replace("\n", "\n  ") + "\n")
    arguments = ("-i", "managers.usphere.yml", "--vault-password-file", "vault")
    listed, messages = site.inventory(*arguments)
    # The password is wrong, and the server refuses it; it was not templated before.
    assert messages.count("refused the login of automation") == 2
    assert hosts(listed, "vms_unread") == ["chengdu", "hangzhou"]


def test_the_second_run_sends_no_request(site: Site) -> None:
    site.write(
        list=["hosts", "systems"],
        cache=True,
        cache_plugin="ansible.builtin.jsonfile",
        cache_connection=str(site.folder / "cache"),
    )
    first, _messages = site.inventory()
    assert site.simulator.requests()
    second, _messages = site.inventory()
    assert site.simulator.requests() == {}
    assert second == first
    stored = "".join(path.read_text() for path in (site.folder / "cache").iterdir())
    assert "cvk1" in stored
    assert not [secret for secret in SECRETS if secret in stored]
    (site.folder / "play.yml").write_text("- hosts: all\n")
    shown = site.run("playbook", "-i", "managers.usphere.yml", "play.yml", "--list-hosts")
    assert "cvk1.hangzhou" in shown.stdout
    assert site.simulator.requests() == {}
    site.run("playbook", "-i", "managers.usphere.yml", "play.yml", "--list-hosts", "--flush-cache")
    assert site.simulator.requests()


def test_an_unreachable_manager_is_read_again_and_the_others_are_cached(site: Site) -> None:
    options: dict[str, Any] = {
        "list": ["hosts", "systems"],
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(site.folder / "cache"),
    }
    late = {**DEAD, "name": "chengdu"}
    hangzhou, chengdu = site.source()["managers"]
    site.write(managers=[hangzhou, late], **options)
    site.inventory()
    site.simulator.requests()
    site.write(managers=[hangzhou, chengdu], **options)
    listed, messages = site.inventory()
    assert "WARNING" not in messages
    assert set(site.simulator.requests()) == {"chengdu", "ls"}
    assert hosts(listed, "vms_unread") == []
    site.inventory()
    assert site.simulator.requests() == {}


def test_no_secret_is_listed(site: Site) -> None:
    site.write(list=["hosts", "systems"], compose={"everything": "vars() if false else usphere_node"})
    done = site.run("inventory", "-i", "managers.usphere.yml", "--list", "-vvvv")
    messages = done.stdout + done.stderr
    assert "cvk1.hangzhou" in messages
    assert not [secret for secret in SECRETS if secret in messages]


def test_variables_and_groups_are_composed(site: Site) -> None:
    site.write(
        compose={"ansible_user": "'root'", "sockets": "usphere_node.cpu_sockets * 2"},
        groups={"in_trouble": "usphere_node.status != 'ok'"},
        keyed_groups=[
            {"key": "usphere_node.cluster", "prefix": "cluster"},
            {"key": "usphere_system.license_state", "prefix": "", "separator": "", "parent_group": "states"},
        ],
        strict=True,
    )
    listed, messages = site.inventory()
    assert "WARNING" not in messages
    one = variables(listed, "cvk1.chengdu")
    # Before ansible-core 2.19 a template returns text.
    assert (one["ansible_user"], int(one["sockets"])) == ("root", 8)
    assert hosts(listed, "in_trouble") == ["cvk1.chengdu", "cvk2.chengdu"]
    assert len(hosts(listed, "cluster_compute")) >= 4
    assert hosts(listed, "states") == hosts(listed, "usphere_hosts")


def test_strict_applies_to_composition(site: Site) -> None:
    site.write(compose={"broken": "usphere_node.nowhere.deep"})
    listed, messages = site.inventory()
    assert "broken" not in variables(listed, "cvk1.chengdu")
    assert len(hosts(listed, "usphere_hosts")) >= 4
    site.write(compose={"broken": "usphere_node.nowhere.deep"}, strict=True)
    _listed, messages = site.inventory()
    assert "Could not set broken for host cvk" in messages


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"managers": []}, "managers must be a list of at least one system; got an empty list"),
    ({"managers": [{"name": "a b", "host": "h"}]}, "the name of managers[0] must consist of letters"),
    ({"managers": [{"name": "a", "host": "h", "prot": 1}]}, "a has the unknown option prot; use one of"),
    ({"paralel": 4}, "the source has no option paralel; did you mean parallel? Correct the name, or remove"),
    ({"x": 4}, "the source has no option x; remove it, or use one of ca_path, cache, "),
    ({"parallel": 0}, "parallel must be a whole number from 1 to 64; got 0; set a number in this range"),
    ({"lapse_days": -1}, "lapse_days must be a whole number of days from 1 to 36500; got -1"),
    ({"cache_timeout": -1}, "cache_timeout must be a number of seconds from 0 to 31622400; got -1"),
    ({"managers": [{"name": "a", "host": "h", "port": 0}]}, "a.port must be a whole number from 1 to 65535"),
    ({"gather_timeout": -1}, "hangzhou.gather_timeout must be a number of seconds from 0.1 to 86400"),
    ({"managers": [{"name": "b", "host": "h", "port": "x"}]}, "options of b are invalid: argument"),
    ({"managers": None}, "options of host are invalid: missing required arguments: host"),
    ({"username": None}, "options of hangzhou are invalid: missing required arguments: username"),
    ({"password": ""}, "password must not be empty; set it"),
    ({"host": "10.1.0.10"}, "host and managers cannot be set together"),
    ({"scheme": "ftp"}, "ftp"),
    ({"hostname": "nosuchway"}, "nosuchway"),
    ({"list": ["nosuchkind"]}, "nosuchkind"),
]


def test_wrong_options_are_reported(site: Site) -> None:
    arguments = []
    for number, (options, _messages) in enumerate(WRONG):
        site.write(name=f"{number}.usphere.yml", **options)
        arguments += ["-i", f"{number}.usphere.yml"]
    done = site.run("inventory", *arguments, "--list")
    # ansible-core also wraps warnings at hyphens.
    complaint = "".join(done.stderr.split())
    for _options, messages in WRONG:
        assert "".join(messages.split()) in complaint
    assert "inventory-only" not in done.stdout + done.stderr
    assert site.simulator.requests() == {}


def test_a_profile_is_searched_next_to_the_source(site: Site) -> None:
    folder = site.folder / "sources"
    folder.mkdir()
    (folder / "own.json").write_text('{"extends": "usphere_7", "name": "own"}', encoding="utf-8")
    site.write(name="sources/managers.usphere.yml", profile="./own.json", list=["systems"])
    listed, _warnings = site.inventory("-i", "sources/managers.usphere.yml")
    assert variables(listed, "hangzhou")["usphere_profile"] == str(folder / "own.json")
    assert variables(listed, "hangzhou")["usphere"]["source"]["profile"] == "own"


def test_a_secret_in_the_wrong_option_is_not_printed(site: Site) -> None:
    site.write(license_server="inventory-only", managers=None, host="h")
    done = site.run("inventory", "-i", "managers.usphere.yml", "--list", "-vvv")
    assert "license_server" in done.stderr
    assert "inventory-only" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("login", "message"),
    [
        ({"headers": {"X-U": "{username}", "X-P": "Key {password}"}}, "password must be a text"),
        ({"encoding": "xml", "body": {"r": {"p": "{password}"}}}, "got xml"),
        ({"encoding": "json", "body": {"p": {"field": "password", "as": "number"}}}, "must send password"),
        (
            {"encoding": "json", "body": {"p": {"field": "password", "values": {"a": 1}}}},
            "must send password",
        ),
        ({"headers": {"X-U": "{username}"}}, "must use the placeholder {password}"),
    ],
    ids=str,
)
def test_a_password_that_a_login_cannot_send_is_not_printed(
    login: dict[str, Any], message: str, site: Site
) -> None:
    auth = {"type": "session", "login": {"method": "POST", "path": "/l", **login}, "token": {"cookie": "S"}}
    profile = {"extends": "cas_e0710", "name": "own", "bases": {"vms": {"auth": auth}}}
    site.write(password="inventory-only\x01and more", profile=profile, license_server=None)
    done = site.run("inventory", "-i", "managers.usphere.yml", "--list")
    printed = done.stdout + done.stderr
    assert message in " ".join(printed.split())
    assert "inventory-only" not in printed
    assert "and more" not in printed
    assert site.simulator.requests() == {}


@pytest.mark.parametrize(
    ("name", "accepted"),
    [
        ("managers.usphere.yml", True),
        ("usphere.yaml", True),
        ("my_usphere_vms.yml", True),
        ("hosts.yml", False),
        ("usphere.yml.bak", False),
        ("usphere.json", False),
    ],
)
def test_files_are_recognized_by_their_names(name: str, accepted: bool, tmp_path: Path) -> None:
    (tmp_path / name).write_text("plugin: unicloud.usphere.vms\n")
    plugin = vms.InventoryModule()
    assert plugin.verify_file(str(tmp_path / name)) is accepted
    assert not plugin.verify_file(str(tmp_path / "absent.usphere.yml"))


CHECK = """
- hosts: vms
  gather_facts: false
  tasks:
    - unicloud.usphere.host_compliance: {policy: vendor, language: en}
      register: one
      ignore_errors: true
    - ansible.builtin.debug:
        msg: "ONE {{ one.decision }}"
    - unicloud.usphere.license_compliance: {policy: vendor, language: en}
"""


@pytest.mark.parametrize(
    "order", [("managers.usphere.yml", "static.json"), ("static.json", "managers.usphere.yml")]
)
@pytest.mark.parametrize("replaced", ["usphere_host", "usphere"])
def test_another_source_cannot_replace_address_or_facts(
    replaced: str, order: tuple[str, str], site: Site, host_facts: Callable[..., dict[str, Any]]
) -> None:
    facts = host_facts(changes={"/subject/id": "hangzhou", "/source/gathered_at": None})
    value = facts if replaced == "usphere" else "10.9.0.1"
    static = {"all": {"hosts": {"hangzhou": {replaced: value}}}}
    (site.folder / "static.json").write_text(json.dumps(static), encoding="utf-8")
    (site.folder / "play.yml").write_text(CHECK, encoding="utf-8")
    site.write(list=["systems"])
    done = site.run("playbook", "-i", order[0], "-i", order[1], "--limit", "hangzhou", "play.yml")
    output = " ".join((done.stdout + done.stderr).replace("\\n", " ").split())
    assert done.returncode == 2, output
    assert "hangzhou: UNDETERMINED" in output
    assert "ONE undetermined" in output
    assert "managers.usphere.yml" in output
    if order[0] == "static.json":
        assert "the inventory sources name two managers hangzhou" in output
        assert "static.json)" in output
    elif replaced == "usphere_host":
        assert "but its address in the inventory is 10.9.0.1" in output
    else:
        assert "another inventory source has other facts for hangzhou" in output
