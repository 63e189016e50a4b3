# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the renew playbook with refused and with many activation files."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from site_servers import Site
from test_renew_nodes import INVENTORY, SCENARIO

TASKS = Path(__file__).resolve().parents[2] / "playbooks" / "tasks"
RESULT = re.compile(r"^(ok|changed|failed|fatal|skipping|included): ", re.MULTILINE)
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


def test_the_number_of_task_results_does_not_grow_with_the_files(site: Site) -> None:
    """The file is installed by the first run, so the copies of it are known to the License Server."""
    file = site.buy("ls-east", "REN-BASE-7Q2A", 1, bundle(site, "a") / "issued")
    assert site.play("renew", usphere_hosts="wuhan").code == 2  # the pair has no contract number (R23)
    few = site.play("renew", usphere_hosts="wuhan")
    for number in range(60):
        shutil.copy(file, bundle(site, f"copy-{number}") / "issued" / f"copy-{number}.ak")
    many = site.play("renew", usphere_hosts="wuhan")
    assert "copy-" not in many.output
    assert len(RESULT.findall(many.output)) == len(RESULT.findall(few.output))


def flat(tasks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for task in tasks:
        inner = [each for name in ("block", "rescue", "always") for each in task.get(name, [])]
        yield from flat(inner) if inner else [task]


def test_only_tasks_that_run_once_read_all_systems() -> None:
    """A task of each system that reads all systems makes the work grow with the square of their number."""
    tasks = [
        task
        for path in sorted(TASKS.glob("renew*.yml"))
        for task in flat(yaml.safe_load(path.read_text(encoding="utf-8")))
    ]
    reading = [task for task in tasks if "ansible_play_hosts" in json.dumps(task)]
    assert len(reading) >= 3
    assert [task["name"] for task in reading if not task.get("run_once")] == []
