# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results of the task: their size, and no file of an earlier run passes for one that could not decide."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._play_check.task_result import (
    ResultOptions,
    error_result,
    task_result,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import (
    InvalidDocument,
    PolicyError,
    Problem,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.evaluate_fleet import (
    evaluate,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.play_scope import PlayScope
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import read_run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import HostInput

HostFacts = Callable[..., dict[str, Any]]
AS_OF = "2026-11-24T08:00:00Z"
ERROR = PolicyError("max_age_invalid", value="soon")


def test_a_result_file_of_an_earlier_run_does_not_stay(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text('{"kind": "ComplianceResult", "decision": "compliant"}')
    found = error_result(ERROR, "en", str(path))
    assert (found["failed"], found["decision"]) == (True, "error")
    written = json.loads(path.read_text())
    assert (written["decision"], written["subjects"]) == ("error", [])
    assert "max_age must be hours or days" in written["errors"][0]["message"]["en"]
    assert schemas.validate("compliance_result", written) == []
    assert path.stat().st_mode & 0o777 == 0o600


def test_without_a_file_nothing_is_written_and_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    assert "max_age must be" in error_result(ERROR, "en")["msg"]
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "taken").write_text("")
    found = error_result(ERROR, "en", str(tmp_path / "taken" / "result.json"))
    assert "max_age must be" in found["msg"]
    assert "could not be written" in found["msg"]


LICENSED = {
    "kind": "LicensePolicy",
    "id": "site",
    "version": "1.0.0",
    "rules": [
        {
            "id": f"rule-{number}",
            "severity": "high",
            "require": {"properties": {"vms": {"properties": {"total": {"maximum": number}}}}},
        }
        for number in range(4)
    ],
}
FAILING = tuple(f"system-{number:05}" for number in range(5000))


def fleet(host_facts: HostFacts, hosts: Sequence[str], total: int) -> tuple[dict[str, Any], PlayScope]:
    """Return the ComplianceResult of ``hosts`` with ``total`` VMs each: one is evaluated and multiplied."""
    first = hosts[0]
    facts = host_facts(changes={"/subject/id": first, "/vms": {"total": total}})
    outcome = evaluate([HostInput(first, facts)], read_run({"policy": LICENSED, "as_of": AS_OF}, None))
    for part in ("subjects", "findings"):
        text = json.dumps(outcome[part])
        outcome[part] = [entry for host in hosts for entry in json.loads(text.replace(first, host))]
    return outcome, PlayScope(tuple(hosts), frozenset(hosts), len(hosts))


def test_the_result_of_5000_hosts_that_fail_is_short(tmp_path: Path, host_facts: HostFacts) -> None:
    outcome, scope = fleet(host_facts, FAILING, 40)
    returned = task_result(outcome, scope, ResultOptions(temporary=str(tmp_path)))
    assert len(json.dumps(returned).encode()) < 300_000
    lines = returned["msg"].splitlines()
    assert lines[0].startswith("5000 of 5000 hosts must not go on: system-00000, system-00001, ")
    assert "and 4980 more" in lines[0]
    assert returned["blocked_hosts"] == list(FAILING)
    ((entry,),) = returned["ansible_stats"]["data"].values()
    assert (entry["decision"], entry["counts"]["blocked"]) == ("non_compliant", 5000)
    assert entry["blocked_hosts"] == list(FAILING[:100])
    assert "result" not in returned
    path = Path(returned["result_path"])
    assert path.parent == tmp_path
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text()) == outcome
    assert str(path) in lines[-1]
    assert "result_file" in lines[-1]


@pytest.mark.parametrize("fail", [True, False])
def test_long_names_and_long_reports_are_cut_before_the_names_of_blocked_hosts(
    fail: bool, tmp_path: Path, host_facts: HostFacts
) -> None:
    hosts = [f"system-{number:05}.vms.example.com" for number in range(6000)]
    outcome, scope = fleet(host_facts, hosts, 40)
    for entry in outcome["findings"]:
        entry["message"] = dict.fromkeys(("en", "zh"), "x" * 1000)
    returned = task_result(outcome, scope, ResultOptions(fail=fail, temporary=str(tmp_path)))
    assert len(json.dumps(returned).encode()) < 300_000
    assert returned["blocked_hosts"] == hosts
    report = returned["msg"].splitlines() if fail else returned["report"]
    assert "lines of the report are only in the result" in report[-2]
    # The decisions of blocked hosts are in the file.
    assert returned["decisions"] == {}


def test_a_large_result_is_in_the_result_file_if_there_is_one(tmp_path: Path, host_facts: HostFacts) -> None:
    outcome, scope = fleet(host_facts, FAILING[:1000], 40)
    path = tmp_path / "result.json"
    options = ResultOptions(result_file=str(path), temporary=str(tmp_path / "run"))
    returned = task_result(outcome, scope, options)
    assert (returned["result_path"], "result" in returned) == (str(path), False)
    assert json.loads(path.read_text()) == outcome
    assert sorted(tmp_path.iterdir()) == [path]
    assert "result_file" not in returned["msg"]


def test_a_small_result_is_returned_and_not_written(tmp_path: Path, host_facts: HostFacts) -> None:
    outcome, scope = fleet(host_facts, FAILING[:3], 40)
    returned = task_result(outcome, scope, ResultOptions(detail=True, temporary=str(tmp_path)))
    assert returned["result"] == outcome
    assert set(returned["decisions"]) == set(FAILING[:3])
    assert list(tmp_path.iterdir()) == []
    assert "result_path" not in returned


def test_all_hosts_that_passed_have_their_decision(tmp_path: Path, host_facts: HostFacts) -> None:
    outcome, scope = fleet(host_facts, FAILING, 0)
    returned = task_result(outcome, scope, ResultOptions(temporary=str(tmp_path)))
    assert set(returned["decisions"]) == set(returned["passed_hosts"]) == set(FAILING)
    assert json.loads(Path(returned["result_path"]).read_text()) == outcome


def test_a_document_with_very_many_errors_has_a_short_result() -> None:
    problems = [Problem("max_age_invalid", {"value": "x" * 100}, f"site.yml:{n}") for n in range(5000)]
    found = error_result(InvalidDocument(problems), "en")
    assert len(json.dumps(found).encode()) < 300_000
    assert found["msg"].startswith("site.yml:0: max_age must be")
    assert found["msg"].splitlines()[-1].endswith("more errors; fix these first")
    assert 100 < len(found["faults"]) < 5000
