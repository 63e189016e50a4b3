# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the install playbook and its role: two License Servers, a product node and two systems."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from site_servers import Site

SECRETS = ("site-password-8F21", "site-node-77A0", "site-client-5D3C", "site-secret-90BE")
SCENARIO = """
clock: now
task_ms: 20
credentials: {username: automation, password: site-password-8F21}
license_servers:
  ls-east: {client_secret: site-secret-90BE}
  ls-west: {client_secret: site-secret-90BE}
product_nodes:
  dr-1: {product: disk_backup_dr, version: E0760P03, credentials: {username: dr, password: site-node-77A0}}
vms:
  hangzhou: &system
    version: E0760P03
    arch: x86_64
    hosts:
      - {name: cvk, cpu_sockets: 2, cpu_cores: 16, arch: x86_64, vms: 2, count: 2}
  chengdu: *system
keys:
  - {key: EST-BASE-7Q2A, product: vms_standard, arch: x86_64, kind: formal, code: "3132A0XY", quantity: 40}
  - {key: EST-UP-1B9C, product: vms_standard_to_enterprise, arch: x86_64, code: "3132A0XZ", quantity: 40}
  - {key: EST-PACKS-5C77, product: disk_backup_dr, kind: formal, code: "3132D0XY", packs: [10, 1, 1]}
"""
INVENTORY = """
all:
  vars:
    license_install_wait_interval: 0.1
  children:
    vms:
      vars: {usphere_client_password: site-client-5D3C}
      hosts:
        hangzhou: {usphere_license_server: ls-east}
        chengdu: {usphere_license_server: ls-west}
    license_servers:
      hosts:
        ls-east: {usphere_activation_files: "{{ bought_east | default([]) }}"}
        ls-west: {}
    product_nodes:
      hosts:
        dr-1:
          usphere_product_node: disk_backup_dr
          usphere_activation_files: "{{ bought_packs | default([]) }}"
    consoles:
      children: {license_servers: {}, product_nodes: {}}
    others:
      hosts: {outsider: {}}
"""
BASE = {"product": "vms_standard", "arch": "x86_64", "kind": "formal", "quantity": 4, "code": "3132A0XY"}
UPGRADE = {**BASE, "product": "vms_standard_to_enterprise", "code": "3132A0XZ"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Site(tmp_path_factory.mktemp("install"), SCENARIO, INVENTORY) as made:
        yield made


@pytest.fixture(scope="module")
def activation_files(site: Site) -> dict[str, Any]:
    """Buy activation files on the platform; the upgrade is listed before its base."""
    upgrade = site.buy("ls-east", "EST-UP-1B9C", 4, "upgrade")
    base = site.buy("ls-east", "EST-BASE-7Q2A", 4, "base")
    packs = site.buy("dr-1", "EST-PACKS-5C77", 10, "packs")
    return {
        "usphere_servers": "license_servers:product_nodes",
        "bought_east": [{"path": str(upgrade), "expect": UPGRADE}, {"path": str(base), "expect": BASE}],
        "bought_packs": [
            {"path": str(packs), "expect": {"product": "disk_backup_dr", "kind": "formal", "quantity": 10}}
        ],
    }


def test_check_mode_then_real_run_then_no_change(site: Site, activation_files: dict[str, Any]) -> None:
    checked = site.dry("install", **activation_files)
    assert checked.code == 0, checked.output
    assert checked.changed.keys() == {"ls-east", "dr-1", "hangzhou", "chengdu"}
    assert site.node("ls-east")["licenses"] == []
    assert not (site.folder / "locks").exists()

    done = site.play("install", **activation_files)
    assert done.code == 0, done.output
    assert done.changed == checked.changed
    licenses = site.node("ls-east")["licenses"]
    assert [row["productId"] for row in licenses] == ["vms_standard", "vms_standard_to_enterprise"]
    assert {row["status"] for row in licenses} == {"in_use"}
    assert [row["quantity"] for row in site.node("dr-1")["licenses"]] == [10]
    assert site.node("hangzhou")["editions"] == ["enterprise"]
    assert site.node("hangzhou")["quantity"] == 4
    assert site.node("chengdu")["link"]["state"] == "connected"

    before = site.writes()
    again = site.play("install", **activation_files)
    assert again.code == 0, again.output
    assert again.changed == {}
    assert site.writes() == before


def test_the_role_leaves_its_result_for_later_tasks(site: Site, activation_files: dict[str, Any]) -> None:
    book = site.folder / "results.yml"
    book.write_text(
        """
- hosts: license_servers:product_nodes:vms
  gather_facts: false
  roles: [{role: unicloud.usphere.license_install}]
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.assert:
        that:
          - east.licenses | map(attribute='quantity') | list == [4, 4]
          - not east.changed
          - east.checked
          - east.target == 'license_server'
          - node.target == 'product_node'
          - node.licenses | map(attribute='product') | list == ['disk_backup_dr']
          - system.target == 'system'
          - system.login == 'ok'
          - system.client.state == 'connected'
          - system.assignments | map(attribute='quantity') | list == [4, 4]
          - system.licenses | map(attribute='status') | unique == ['in_use']
      vars:
        east: "{{ hostvars['ls-east'].license_install_result }}"
        node: "{{ hostvars['dr-1'].license_install_result }}"
        system: "{{ hostvars['hangzhou'].license_install_result }}"
""",
        encoding="utf-8",
    )
    run = site.play(book, **activation_files)
    assert run.code == 2, "ls-west was told nothing, which is not the same as nothing to do"
    assert "or usphere_activation_files must list what to install on" in run.words
    variables = site.inventory / "host_vars"
    variables.mkdir()
    (variables / "ls-west.yml").write_text("usphere_activation_files: []\n", "utf-8")
    run = site.play(book, **activation_files)
    assert run.code == 0, run.output
    assert run.changed == {}


@pytest.mark.parametrize(
    ("arguments", "variables", "message"),
    [
        ((), {"usphere_servers": "nobody"}, "usphere_servers must match at least one host"),
        ((), {"usphere_hosts": "vms:!vms"}, "usphere_hosts must match at least one host"),
        (("--limit", "outsider"), {}, "At least one host must match the pattern"),
    ],
)
def test_invalid_input_is_an_error(
    site: Site, arguments: tuple[str, ...], variables: dict[str, Any], message: str
) -> None:
    run = site.play("install", *arguments, **variables)
    assert run.code == 2, run.output
    assert message in run.words


def test_a_variable_without_a_value_is_an_error(site: Site) -> None:
    run = site.play("install", "--limit", "ls-east", usphere_activation_files="{{ nowhere.files }}")
    assert run.code == 2, run.output
    assert "nowhere" in run.output


def test_a_host_that_is_not_a_license_server_is_an_error(site: Site) -> None:
    run = site.play("install", "--limit", "hangzhou", usphere_license_server="ls-est")
    assert run.code == 2, run.output
    assert "must name a host of this inventory that has usphere_host; got 'ls-est'" in run.words


def test_no_secret_is_printed(site: Site, activation_files: dict[str, Any]) -> None:
    run = site.play("install", "-vvvv", **activation_files)
    assert run.code == 0, run.output[-4000:]
    assert not [secret for secret in SECRETS if secret in run.output]
    secret = "{{ hostvars['ls-east'].usphere_client_secret }}"
    wrong = {"license_install_port": "no number", "license_install_license_server": secret}
    run = site.play("install", "-vvvv", **activation_files, **wrong)
    assert run.code == 2
    assert "Validation of arguments failed" in run.output
    assert not [secret for secret in SECRETS if secret in run.output]


def test_manual_steps_are_printed_and_the_next_run_verifies_them(site: Site) -> None:
    file = site.buy("ls-west", "EST-BASE-7Q2A", 4, "west")
    operations = {"install_activation_file": None, "connect_license_server": None}
    by_hand = {
        "usphere_activation_files": [{"path": str(file), "expect": BASE}],
        "usphere_profile": {"extends": "usphere_7", "name": "by-hand", "operations": operations},
        "license_install_handover": True,
        "license_install_handover_dir": str(site.folder / "aside"),
    }
    before = site.writes()
    for changed in (True, False):
        run = site.play("install", "--limit", "ls-west", **by_hand)
        assert run.code == 0, run.output
        assert bool(run.changed) == changed
        assert f"{site.folder}/aside/{file.name}" in run.output
    assert site.writes() == before
    assert (site.folder / "aside" / file.name).read_bytes() == Path(file).read_bytes()
    confirmation = {"usphere_activation_files": by_hand["usphere_activation_files"]}
    assert site.play("install", "--limit", "ls-west", **confirmation).code == 0
    run = site.play("install", "--limit", "ls-west", **by_hand)
    assert run.code == 0, run.output
    assert run.changed == {}
    assert f"{site.folder}/aside/{file.name}" not in run.output


def test_uninstall_files_are_kept(site: Site, activation_files: dict[str, Any]) -> None:
    (license_id,) = [row["id"] for row in site.node("dr-1")["licenses"]]
    leaving = {
        "usphere_servers": "product_nodes",
        "license_install_state": "absent",
        "license_install_license_ids": [license_id],
        "license_install_artifacts_dir": str(site.folder / "uninstall-files"),
    }
    book = site.folder / "leave.yml"
    book.write_text(
        "- {hosts: product_nodes, gather_facts: false, roles: [unicloud.usphere.license_install]}\n", "utf-8"
    )
    checked = site.dry(book, **leaving)
    assert checked.code == 0, checked.output
    assert checked.changed.keys() == {"dr-1"}
    assert not (site.folder / "uninstall-files").exists()
    run = site.play(book, **leaving)
    assert run.code == 0, run.output
    assert [row["status"] for row in site.node("dr-1")["licenses"]] == ["uninstalled"]
    assert len(list((site.folder / "uninstall-files").glob("*.uak"))) == 1
    again = site.play(book, **leaving)
    assert again.code == 0, again.output
    assert again.changed == {}
