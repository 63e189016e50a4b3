# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the renew playbook with activation files that the License Server refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from site_servers import Site
from test_renew_nodes import INVENTORY, SCENARIO

KEY = {"key": "****7Q2A", "quantity": 1, "product": "vms_standard", "arch": "x86_64", "kind": "formal"}
OWN = SCENARIO.replace(
    "REN-HM-1B9C, product: heterogeneous_migration", "REN-BASE-7Q2A, product: vms_standard"
)
OWN = OWN.replace('code: "3132H0XY", packs: [10, 10]}', 'arch: x86_64, code: "3132A0XY", quantity: 10}')


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path, OWN.replace("END", "2099-01-01T00:00:00Z"), INVENTORY) as made:
        yield made


def bundle(site: Site, name: str) -> Path:
    """A bundle that an operator renamed."""
    place = site.folder / "renewal" / "wuhan" / name
    (place / "issued").mkdir(parents=True)
    (place / "request.json").write_text(
        json.dumps({"kind": "LicenseRequest", "keys": [KEY]}), encoding="utf-8"
    )
    return place


def test_a_refused_file_does_not_stop_the_others(site: Site) -> None:
    for name in ("a", "b"):
        (bundle(site, name) / "issued" / f"garbage-{name}.ak").write_bytes(b"garbage " + name.encode())
    site.buy("ls-east", "REN-BASE-7Q2A", 1, bundle(site, "c") / "issued")
    before = site.node("ls-east")["licenses"]
    run = site.play("renew", usphere_hosts="wuhan")
    assert run.code == 2, run.output
    assert run.failed.keys() == {"wuhan"}
    assert len(site.node("ls-east")["licenses"]) == len(before) + 1
    for name in ("a", "b"):
        assert f"garbage-{name}.ak" in run.words
    trouble = json.loads((site.folder / "renewal" / "renewal.json").read_bytes())["systems"][0]["trouble"]
    assert [name in trouble for name in ("garbage-a.ak", "garbage-b.ak")] == [True, True]
