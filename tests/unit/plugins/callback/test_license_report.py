# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The callback in a real run: its summary, its files, several checks, a check without a decision."""

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
Run = Callable[..., subprocess.CompletedProcess[str]]
ROOT = Path(__file__).resolve().parents[4]
GATE = """
- hosts: {hosts}
  gather_facts: false
  tasks:
    - unicloud.usphere.license_compliance:
        policy: {policy}
        as_of: "2026-11-24T08:00:00Z"
        fail: false
"""


@pytest.fixture
def run(tmp_path: Path, host_facts: HostFacts) -> Run:
    hosts = {
        "hangzhou": {"usphere": host_facts()},
        "chengdu": {"usphere": host_facts("lapsing")},
    }
    inventory = tmp_path / "inventory.json"
    inventory.write_text(json.dumps({"all": {"hosts": hosts, "vars": {"ansible_connection": "local"}}}))

    def play(playbook: str, **environment: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "play.yml").write_text(playbook)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
        return subprocess.run(
            [sys.executable, "-m", "ansible.cli.playbook", "-i", str(inventory), "play.yml"],
            cwd=tmp_path,
            env={
                **inherited,
                "ANSIBLE_COLLECTIONS_PATH": os.environ.get(
                    "ANSIBLE_COLLECTIONS_PATH", str(ROOT / ".collections")
                ),
                "ANSIBLE_HOME": str(tmp_path / "home"),
                "ANSIBLE_NOCOLOR": "1",
                "ANSIBLE_CALLBACKS_ENABLED": "unicloud.usphere.license_report",
                "LC_ALL": "C.UTF-8",
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return play


def summary(done: subprocess.CompletedProcess[str]) -> list[str]:
    _before, _banner, after = done.stdout.partition("LICENSE COMPLIANCE *")
    return after.splitlines()[1:]


def test_it_prints_a_summary_and_writes_every_file(run: Run, tmp_path: Path) -> None:
    names = "out/license.html, out/license.xml, out/license.json"
    done = run(GATE.format(hosts="all", policy="vendor"), USPHERE_LICENSE_REPORT=names)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = summary(done)
    assert lines[0].startswith("chengdu: NOT COMPLIANT")
    assert any(line.startswith("hangzhou: compliant") for line in lines)
    assert "license report written: out/license.html, out/license.xml, out/license.json" in lines
    assert json.loads((tmp_path / "out/license.json").read_text())["decision"] == "non_compliant"
    assert (tmp_path / "out/license.html").read_text().startswith("<!DOCTYPE html>")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "license.html",
        "license.json",
        "license.xml",
    ]
    assert "warn" not in done.stderr.lower()


def test_a_failed_play_has_a_summary_in_chinese(run: Run) -> None:
    playbook = GATE.format(hosts="all", policy="vendor").replace("fail: false", "fail: true")
    done = run(playbook, USPHERE_LANGUAGE="zh")
    assert done.returncode != 0
    assert summary(done)[0].startswith("chengdu：不合规")


def test_each_check_of_a_run_has_its_own_report(run: Run, tmp_path: Path) -> None:
    playbook = "".join(GATE.format(hosts=host, policy="vendor") for host in ("hangzhou", "chengdu"))
    done = run(playbook, USPHERE_LICENSE_REPORT="license.json")
    assert done.returncode == 0, done.stdout + done.stderr
    decisions = [
        json.loads((tmp_path / name).read_text())["decision"] for name in ("license.json", "license-2.json")
    ]
    assert decisions == ["compliant", "non_compliant"]


def test_a_check_without_a_decision_prints_its_error(run: Run, tmp_path: Path) -> None:
    done = run(GATE.format(hosts="all", policy="nowhere.yml"), USPHERE_LICENSE_REPORT="license.json")
    assert any("nowhere.yml was not found" in line for line in summary(done))
    assert not (tmp_path / "license.json").exists()


def test_a_file_that_cannot_be_written_is_a_warning(run: Run, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a directory")
    names = "license.pdf, taken/license.json, license.md"
    done = run(GATE.format(hosts="all", policy="vendor"), USPHERE_LICENSE_REPORT=names)
    assert done.returncode == 0
    output = " ".join((done.stdout + done.stderr).split())
    assert "cannot be determined from the file name license.pdf" in output
    assert "taken/license.json could not be written" in output
    assert (tmp_path / "license.md").exists()


def test_without_a_check_nothing_is_printed(run: Run) -> None:
    done = run("- hosts: all\n  gather_facts: false\n  tasks: [{ansible.builtin.debug: {msg: hello}}]\n")
    assert done.returncode == 0
    assert "LICENSE COMPLIANCE" not in done.stdout


def test_a_run_without_a_check_does_not_load_the_engine() -> None:
    code = (
        "import sys\n"
        "from ansible_collections.unicloud.usphere.plugins.callback.license_report import CallbackModule\n"
        "CallbackModule()\n"
        "print([name for name in sys.modules if 'usphere.plugins.plugin_utils' in name])\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert found.stdout.strip() == "[]"
