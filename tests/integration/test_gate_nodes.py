# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the gate playbook for a system whose disk backup DR is licensed on a product node (R27)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from site_servers import Run, Site

SCENARIO = """
clock: now
credentials: {username: automation, password: gate-password-8F21}
license_servers:
  ls-east:
    licenses:
      - {product: vms_standard, arch: x86_64, kind: formal, code: "3132A0XY", quantity: 4}
      - {product: vms_standard_to_enterprise, arch: x86_64, kind: formal, code: "3132A0XZ", quantity: 4}
    clients: [{name: wuhan, password: gate-client-5D3C}]
product_nodes:
  dr-1:
    product: disk_backup_dr
    version: E0760P03
    credentials: {username: dr, password: gate-node-77A0}
    licenses:
      - {product: disk_backup_dr, kind: formal, code: "3132D0XY", packs: [10, 1]}
vms:
  wuhan:
    version: E0760P03
    arch: x86_64
    hosts: [{name: cvk, cpu_sockets: 2, cpu_cores: 16, arch: x86_64, vms: 20, count: 2}]
    license_server: {server: ls-east, client: wuhan}
"""
INVENTORY = """
all:
  children:
    vms:
      hosts:
        wuhan:
          usphere_license_server: ls-east
          usphere_product_nodes: "{{ nodes | default(['dr-1']) }}"
    consoles:
      hosts:
        ls-east: {}
        dr-1: {usphere_product_node: disk_backup_dr}
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Site(tmp_path_factory.mktemp("gate"), SCENARIO, INVENTORY) as made:
        yield made


def run_gate(site: Site, protected: int = 11, **variables: Any) -> tuple[Run, dict[str, str]]:
    """Return the run, and the status of each disk backup DR rule that did not pass."""
    kept = site.folder / "result.json"
    features: dict[str, Any] = {name: {"in_use": False} for name in ("isc", "srm", "heterogeneous_migration")}
    features["disk_backup_dr"] = {"in_use": True, "used": protected}
    variables.update(license_compliance_site={"features": features}, license_compliance_result_file=str(kept))
    run = site.play("compliance", **variables)
    findings = json.loads(Path(kept).read_text(encoding="utf-8"))["findings"]
    about = [one for one in findings if "disk_backup_dr" in one["pointer"] and one["verdict"] != "pass"]
    return run, {one["pointer"]: one["verdict"] for one in about}


def test_the_license_of_the_product_node_licenses_the_feature(site: Site) -> None:
    run, about = run_gate(site)
    assert (run.code, about) == (0, {}), run.output
    asked = {row["node"] for row in site.control("GET", "/requests")}
    assert asked == {"wuhan", "ls-east", "dr-1"}
    assert "gate-node-77A0" not in run.output


def test_one_protected_vm_above_the_license_is_a_finding(site: Site) -> None:
    run, about = run_gate(site, protected=12)
    assert run.code == 2
    assert set(about.values()) == {"fail"}, run.output


def test_the_feature_is_unlicensed_without_the_product_node(site: Site) -> None:
    run, about = run_gate(site, nodes=[])
    assert run.code == 2
    assert "fail" in about.values(), run.output


def test_an_unreachable_node_gives_neither_a_pass_nor_a_finding(site: Site) -> None:
    site.control("POST", "/faults", {"node": "dr-1", "kind": "http_500", "times": 0})
    try:
        run, about = run_gate(site)
    finally:
        site.control("DELETE", "/faults")
    assert run.code == 2
    assert set(about.values()) == {"unknown"}, run.output
