# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the renew playbook for a hot-standby pair (R23) with a product node (R27, R32)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from site_servers import Site

SCENARIO = """
clock: now
task_ms: 20
credentials: {username: automation, password: renew-password-8F21}
license_servers:
  ls-east:
    licenses:
      - {product: vms_standard, arch: x86_64, kind: formal, code: "3132A0XY", quantity: 4}
      - product: vms_standard
        arch: x86_64
        kind: temporary
        quantity: 4
        term_days: 30
        issued_days_ago: 18
    clients: [{name: wuhan, password: renew-client-5D3C}]
product_nodes:
  hm-1:
    product: heterogeneous_migration
    version: E0760P03
    credentials: {username: hm, password: renew-node-77A0}
    licenses:
      - {product: heterogeneous_migration, kind: formal, code: "3132H0XY", packs: [10], expires_at: "END"}
vms:
  wuhan:
    version: E0760P03
    arch: x86_64
    hosts: [{name: cvk, cpu_sockets: 2, cpu_cores: 16, arch: x86_64, vms: 2, count: 4}]
    hot_standby: {slave_ip: 10.1.0.11}
    license_server: {server: ls-east, client: wuhan, contract_number: SC-2026-118}
keys:
  - {key: REN-HM-1B9C, product: heterogeneous_migration, kind: formal, code: "3132H0XY", packs: [10, 10]}
"""
INVENTORY = """
all:
  vars:
    usphere_renewal_dir: "{{ site }}/renewal"
    license_install_wait_interval: 0.1
  hosts:
    wuhan:
      usphere_license_server: ls-east
      usphere_product_nodes: [hm-1]
      usphere_site:
        features:
          isc: {in_use: false}
          srm: {in_use: false}
          disk_backup_dr: {in_use: false}
          heterogeneous_migration: {in_use: true, used: 10}
      usphere_keys:
        - {key: REN-BASE-7Q2A, product: vms_standard, arch: x86_64, code: "3132A0XY", purchased: 10}
        - {key: REN-HM-1B9C, product: heterogeneous_migration, code: "3132H0XY", purchased: 20}
  children:
    consoles:
      hosts:
        ls-east: {}
        hm-1: {usphere_product_node: heterogeneous_migration}
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    end = datetime.now(timezone.utc) + timedelta(days=12)
    with Site(tmp_path, SCENARIO.replace("END", f"{end:%Y-%m-%dT%H:%M:%SZ}"), INVENTORY) as made:
        yield made


def renew(site: Site, code: int, **variables: object) -> dict[str, Any]:
    run = site.play("renew", usphere_hosts="wuhan", **variables)
    assert run.code == code, run.output
    tree: dict[str, Any] = json.loads((site.folder / "renewal" / "wuhan" / "renewal.json").read_text("utf-8"))
    return tree


def test_each_device_has_its_request_and_gets_the_files_issued_for_it(site: Site) -> None:
    found = renew(site, 2)
    assert "R23" in found["trouble"]
    assert [(row["device"], row["product_node"]) for row in found["requests"]] == [
        ("hm-1", "heterogeneous_migration")
    ]

    found = renew(site, 0, usphere_contract_number="SC-2026-118")
    assert found["trouble"] == ""
    assert {need["product"]: need["quantity"] for need in found["needs"]} == {
        "vms_standard": 4,
        "heterogeneous_migration": 10,
    }
    requests = {row["device"]: Path(row["bundle"]) for row in found["requests"]}
    asked = {
        device: json.loads((bundle / "request.json").read_text(encoding="utf-8"))
        for device, bundle in requests.items()
    }
    assert asked["ls-east"]["contract_number"] == "SC-2026-118"
    assert asked["hm-1"]["contract_number"] is None
    assert asked["hm-1"]["product_node"] == "heterogeneous_migration"
    assert [row["quantity"] for row in asked["hm-1"]["keys"]] == [10]

    site.buy("hm-1", "REN-HM-1B9C", 10, requests["hm-1"] / "issued")
    found = renew(site, 0, usphere_contract_number="SC-2026-118")
    assert sorted(row["status"] for row in site.node("hm-1")["licenses"]) == ["in_use", "in_use"]
    assert [need["product"] for need in found["needs"]] == ["vms_standard"]
    assert [row["device"] for row in found["requests"]] == ["ls-east"]
    assert sum("activation-files" in path for _node, _method, path in site.writes()) == 1
