# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the roles against servers with an API of their own, which only a profile in the inventory describes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from simulated import PROGRAM
from site_servers import Run, Site

SCENARIO = """
api: second
clock: now
task_ms: 20
credentials: {username: automation, password: second-password-4C1D}
license_servers:
  ls-east: {}
  ls-west: {}
vms:
  hangzhou:
    version: E0760P03
    arch: x86_64
    hosts:
      - {name: cvk, cpu_sockets: 2, cpu_cores: 16, arch: x86_64, vms: 2, count: 2}
keys:
  - {key: SECOND-BASE-7Q2A, product: vms_standard, arch: x86_64, code: "3132A0XY", quantity: 4}
  - {key: SECOND-SRM-1B9C, product: srm, arch: x86_64, code: "3132A0XS", quantity: 10}
"""
INVENTORY = """
all:
  vars:
    usphere_profile: "{{ lookup('ansible.builtin.file', profile_file) | from_yaml }}"
    usphere_client_id: null
    usphere_client_secret: null
    license_install_wait_interval: 0.1
    license_migrate_wait_interval: 0.1
  children:
    vms:
      vars: {usphere_client_password: second-client-5D3C}
      hosts:
        hangzhou: {usphere_license_server: ls-east}
    license_servers:
      hosts:
        ls-east: {usphere_activation_files: "{{ bought | default([]) }}"}
        ls-west: {usphere_activation_files: "{{ spare | default([]) }}"}
    consoles:
      children: {license_servers: {}}
"""
FACTS = """
- hosts: hangzhou
  gather_facts: false
  tasks:
    - unicloud.usphere.vms_facts:
        host: "{{ usphere_host }}"
        port: "{{ usphere_port }}"
        username: "{{ usphere_username }}"
        password: "{{ usphere_password }}"
        ca_path: "{{ usphere_ca_path }}"
        profile: "{{ usphere_profile }}"
    - ansible.builtin.copy:
        content: "{{ usphere | to_json }}"
        dest: "{{ site }}/facts.json"
        mode: "0600"
"""
PROFILE = PROGRAM / "second_profile.yml"
LIVE = ("usable", "in_use")


class SecondSite(Site):
    """A site whose inventory reads the profile from its file."""

    def play(self, playbook: str | Path, *options: str, **variables: object) -> Run:
        return super().play(playbook, *options, profile_file=str(PROFILE), **variables)

    def live(self, server: str) -> set[str]:
        return {row["productId"] for row in self.licenses(server, *LIVE)}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecondSite]:
    """A system that the role has connected to a License Server with a license that the role has installed."""
    with SecondSite(tmp_path_factory.mktemp("second"), SCENARIO, INVENTORY) as made:
        variables = {
            "bought": [{"path": str(made.buy("ls-east", "SECOND-BASE-7Q2A", 4, "base"))}],
            "spare": [{"path": str(made.buy("ls-west", "SECOND-SRM-1B9C", 10, "feature"))}],
        }
        done = made.play("install", **variables)
        assert (done.code, done.failed) == (0, {}), done.output
        again = made.play("install", **variables)
        assert (again.code, again.changed) == (0, {}), again.output
        yield made


def test_licenses_are_installed_and_the_system_connected(site: SecondSite) -> None:
    assert (site.live("ls-east"), site.live("ls-west")) == ({"vms_standard"}, {"srm"})
    system = site.node("hangzhou")
    assert (system["link"]["state"], system["quantity"]) == ("connected", 4)


def test_facts_are_read(site: SecondSite) -> None:
    book = site.folder / "facts.yml"
    book.write_text(FACTS, encoding="utf-8")

    run = site.play(book)

    assert run.code == 0, run.output
    facts: dict[str, Any] = json.loads((site.folder / "facts.json").read_bytes())
    assert [(host["arch"], host["cpu_sockets"]) for host in facts["hosts"]] == [("x86_64", 2)] * 2
    assert facts["license_server"]["state"] == "connected"


def test_the_gate_judges_the_system(site: SecondSite) -> None:
    kept = site.folder / "result.json"
    names = ("isc", "srm", "disk_backup_dr", "heterogeneous_migration")
    features = {name: {"in_use": False} for name in names}

    run = site.play(
        "compliance",
        license_compliance_site={"features": features},
        license_compliance_result_file=str(kept),
    )

    result = json.loads(kept.read_bytes())
    assert (run.code, result["decision"]) == (0, "compliant"), run.output


def test_a_license_is_migrated(site: SecondSite) -> None:
    (ident,) = (row["id"] for row in site.licenses("ls-west", *LIVE))
    variables = {
        "usphere_servers": "ls-west",
        "license_migrate_destination": "ls-east",
        "license_migrate_license_ids": [ident],
        "usphere_journal": str(site.folder / "journal"),
        "usphere_activation_folder": str(site.folder / "arrived"),
    }
    first, waiting = site.outcome("license_migrate", "ls-west", **variables)
    assert (waiting["state"], site.live("ls-west")) == ("waiting_for_activation_file", set()), first.output
    (migration,) = waiting["migrations"]
    issued = site.platform(
        "transfer",
        *("--uninstall-file", migration["uninstall_files"][0], "--server", "ls-east"),
        *("--out", site.folder / "issued"),
    )
    (part,) = migration["parts"]
    (file,) = issued["files"]
    Path(file["path"]).rename(Path(part["activation_folder"]) / file["file_name"])

    last, done = site.outcome("license_migrate", "ls-west", **variables)

    assert done["state"] == "verified", last.output
    assert site.live("ls-east") == {"vms_standard", "srm"}
