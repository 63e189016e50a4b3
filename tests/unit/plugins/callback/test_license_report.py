# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The callback in a real run: its summary, its files, several checks, a check without a decision."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._report.output.run_collector import (
    Collected,
    read_paths,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._report.output.undecided import undecided

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
    report = json.loads((tmp_path / "license.json").read_text())
    assert (report["decision"], report["subjects"]) == ("error", [])
    assert "nowhere.yml was not found" in report["errors"][0]["message"]["en"]
    assert schemas.validate("compliance_result", report) == []


OLD = 'usphere_license_decision{decision="compliant"} 1'
LOOP = """
- hosts: all
  gather_facts: false
  tasks:
    - unicloud.usphere.license_compliance:
        policy: vendor
        hosts: ["{{ item }}"]
        as_of: "2026-11-24T08:00:00Z"
      loop: [hangzhou, chengdu]
"""


@pytest.mark.parametrize(
    ("playbook", "why"),
    [
        (GATE.format(hosts="all", policy="nowhere.yml"), "nowhere.yml was not found"),
        (
            GATE.format(hosts="all", policy="vendor") + "      when: inventory_hostname == 'chengdu'\n",
            "was skipped",
        ),
        (
            GATE.format(hosts="all", policy="vendor").replace(
                "  tasks:\n", "  tasks:\n    - ansible.builtin.fail: {msg: no}\n"
            ),
            "the run ended before the check",
        ),
    ],
)
def test_a_report_of_an_earlier_run_does_not_pass_for_this_one(
    playbook: str, why: str, run: Run, tmp_path: Path
) -> None:
    names = [tmp_path / f"license.{suffix}" for suffix in ("prom", "json", "md", "xml", "csv", "txt")]
    for name in names:
        name.write_text(OLD)
    done = run(playbook, USPHERE_LICENSE_REPORT=",".join(map(str, names)))
    for name in names:
        text = name.read_text()
        assert OLD not in text, name
        assert why in text or name.suffix == ".prom", name
    assert 'decision{decision="error"} 1' in names[0].read_text()
    assert "LICENSE COMPLIANCE" in done.stdout


def test_a_skipped_check_names_the_hosts_that_continued(run: Run) -> None:
    playbook = GATE.format(hosts="all", policy="vendor") + "      when: inventory_hostname == 'chengdu'\n"
    done = run(playbook)
    assert done.returncode == 0
    output = " ".join(done.stderr.split())
    assert "its condition (when) is false for hangzhou" in output
    assert "these hosts continued: chengdu, hangzhou" in output or "these hosts continued: hangzhou" in output


def test_each_item_of_a_loop_has_its_own_report(run: Run, tmp_path: Path) -> None:
    done = run(LOOP, USPHERE_LICENSE_REPORT='"a, b.json"')
    assert done.returncode == 2
    found = [json.loads((tmp_path / name).read_text())["decision"] for name in ("a, b.json", "a, b-2.json")]
    assert found == ["compliant", "non_compliant"]
    assert any(line.startswith("chengdu: NOT COMPLIANT") for line in summary(done))


def test_a_hidden_result_is_warned_of(run: Run) -> None:
    done = run(GATE.format(hosts="all", policy="vendor") + "      no_log: true\n")
    assert "is hidden by no_log" in " ".join(done.stderr.split())


def test_surplus_reports_of_an_earlier_run_are_removed(run: Run, tmp_path: Path) -> None:
    plays = [GATE.format(hosts=host, policy="vendor") for host in ("hangzhou", "chengdu", "all")]
    names = "r.json, r.html, r.txt"
    assert run("".join(plays), USPHERE_LICENSE_REPORT=names).returncode == 0
    assert (tmp_path / "r-3.html").exists()
    (tmp_path / "r-4.json").write_text("{}")
    done = run(plays[0], USPHERE_LICENSE_REPORT=names)
    left = sorted(path.name for path in tmp_path.glob("r*.*"))
    assert left == ["r-2.txt", "r-3.txt", "r-4.json", "r.html", "r.json", "r.txt"]
    assert "removed reports of an earlier run: r-2.json, r-3.json" in done.stdout
    output = " ".join(done.stderr.split())
    assert "r-4.json; remove them" in output
    assert "r-2.txt, r-3.txt; remove them" in output


def test_a_result_in_a_file_is_reported(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    collected = Collected()
    result = undecided("for the test", datetime(2026, 11, 24, tzinfo=timezone.utc))
    (tmp_path / "result.json").write_text(json.dumps(result))
    monkeypatch.chdir(tmp_path)
    collected.add("check", {"failed": True, "msg": "no", "result_path": str(tmp_path / "result.json")})
    finished = collected.finish(["r.json"], "en")
    assert json.loads((tmp_path / "r.json").read_text()) == result
    assert finished.warnings == []
    collected.add("check", {"failed": True, "msg": "no", "result_path": str(tmp_path / "gone.json")})
    assert "gone.json, which cannot be read" in collected.finish([], "en").warnings[0]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, []),
        ("", []),
        ("a.json, b c.xml", ["a.json", "b c.xml"]),
        ('"a, b.json", c.md', ["a, b.json", "c.md"]),
        ('["a, b.json", "c.md"]', ["a, b.json", "c.md"]),
        (["a, b.json"], ["a, b.json"]),
    ],
)
def test_paths_can_have_commas_and_blanks(value: object, expected: list[str]) -> None:
    assert read_paths(value) == expected


@pytest.mark.parametrize("value", ["[1", "[1]", {"a": 1}, 7])
def test_other_paths_are_errors(value: object) -> None:
    with pytest.raises(PolicyError, match="paths must be a list of file names"):
        read_paths(value)


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
