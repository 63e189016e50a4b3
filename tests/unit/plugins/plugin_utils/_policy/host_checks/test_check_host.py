# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""One time and one verdict for equal facts: what the hosts of a run share, and what they must not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import (
    FactsError,
    PolicyError,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents.files import find_here
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.evaluate_fleet import (
    evaluate,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import read_run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.host_checks import check_host
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.host_checks.check_host import HostCheck
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.host_checks.private_files import (
    PrivateDirectory,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_identity import Inventory
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import HostInput
from ansible_collections.unicloud.usphere.plugins.plugin_utils._report.formats.host_summary import summarize

HostFacts = Callable[..., dict[str, Any]]
NOW = datetime(2026, 11, 24, 8, tzinfo=timezone.utc)


class Hosts:
    """Checks hosts one after another, as the processes of a run do."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.evaluated: list[str] = []
        self.times: list[datetime] = []

        def record(given: Any, run: Any, **more: Any) -> dict[str, Any]:
            self.evaluated.append(given[0].host)
            self.times.append(run.as_of)
            return evaluate(given, run, **more)

        monkeypatch.setattr(check_host, "evaluate", record)

    def check(
        self, host: str, facts: object, at: datetime = NOW, language: str = "en", **options: Any
    ) -> dict[str, Any]:
        given = facts if isinstance(facts, HostInput) else HostInput(host, facts)
        check = HostCheck(
            {"policy": "vendor", **options}, find_here, PrivateDirectory(str(self.folder)), (), lambda: at
        )
        inventory = Inventory(frozenset((host,)))
        return check.summary(given, inventory, language, lambda result: summarize(result, language))


@pytest.fixture
def hosts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hosts:
    return Hosts(tmp_path, monkeypatch)


def test_equal_facts_are_evaluated_once(hosts: Hosts, host_facts: HostFacts) -> None:
    facts = host_facts("lapsing", {"/subject": None})
    first = hosts.check("a", facts)
    assert first == hosts.check("b", {**facts, "subject": {"kind": "system", "id": "b"}})
    assert first["decision"] == "non_compliant"
    assert hosts.check("c", host_facts(changes={"/subject": None}))["decision"] == "compliant"
    assert hosts.evaluated == ["a", "c"]


def test_the_remembered_summary_is_that_of_the_evaluation(hosts: Hosts, host_facts: HostFacts) -> None:
    facts = host_facts("lapsing", {"/subject": None})
    hosts.check("a", facts)
    run = read_run({"policy": "vendor", "as_of": NOW.isoformat()})
    assert hosts.check("b", facts) == summarize(evaluate([HostInput("b", facts)], run), "en")
    assert hosts.evaluated == ["a"]


def test_another_language_or_another_option_is_another_summary(hosts: Hosts, host_facts: HostFacts) -> None:
    facts = host_facts("lapsing", {"/subject": None})
    hosts.check("a", facts)
    assert "不合规" in hosts.check("b", facts, language="zh")["msg"]
    hosts.check("c", facts, horizon="3d")
    assert hosts.evaluated == ["a", "b", "c"]


def test_facts_that_are_errors_or_of_another_subject_are_not_remembered(
    hosts: Hosts, host_facts: HostFacts
) -> None:
    error = FactsError("facts_template", pointer="/a")
    for host in "ab":
        assert hosts.check(host, HostInput(host, None, error=error))["decision"] == "error"
        hosts.check(host, host_facts(changes={"/subject/id": "pair"}))
    assert hosts.evaluated == ["a", "a", "b", "b"]


def test_all_hosts_are_checked_as_of_one_time(hosts: Hosts, host_facts: HostFacts) -> None:
    facts = host_facts(changes={"/subject": None, "/source/gathered_at": "2026-11-24T07:00:00Z"})
    for number, host in enumerate("abc"):
        changed = {**facts, "vms": {"total": number}}
        hosts.check(host, changed, NOW + timedelta(seconds=number))
    assert hosts.times == [NOW, NOW, NOW]


def test_checks_of_several_policies_have_one_time(hosts: Hosts, host_facts: HostFacts) -> None:
    facts = host_facts(changes={"/subject": None, "/source/gathered_at": "2026-11-24T07:00:00Z"})
    hosts.check("a", facts)
    hosts.check("a", facts, NOW + timedelta(seconds=9), horizon="60d")
    assert hosts.times == [NOW, NOW]


def test_facts_that_were_read_later_start_a_new_time(hosts: Hosts, host_facts: HostFacts) -> None:
    """With serial or strategy free, a host is read after another one was checked."""
    early = host_facts(changes={"/subject": None, "/source/gathered_at": "2026-11-24T07:00:00Z"})
    late = {**early, "source": {**early["source"], "gathered_at": "2026-11-24T08:00:20Z"}}
    hosts.check("a", early)
    assert hosts.check("b", late, NOW + timedelta(seconds=30))["decision"] == "compliant"
    hosts.check("c", {**late, "vms": {"total": 1}}, NOW + timedelta(seconds=40))
    assert hosts.times == [NOW, NOW + timedelta(seconds=30), NOW + timedelta(seconds=30)]


def test_a_time_ends_after_five_minutes_and_never_lies_ahead(hosts: Hosts, host_facts: HostFacts) -> None:
    facts = host_facts(changes={"/subject": None, "/source/gathered_at": "2026-11-24T07:00:00Z"})
    later, before = NOW + timedelta(minutes=6), NOW - timedelta(seconds=1)
    for number, at in enumerate((NOW, later, before)):
        hosts.check(str(number), {**facts, "vms": {"total": number}}, at)
    assert hosts.times == [NOW, later, before]


def test_facts_of_the_future_are_unknown_if_the_time_is_stated(hosts: Hosts, host_facts: HostFacts) -> None:
    facts = host_facts(changes={"/subject": None, "/source/gathered_at": "2026-11-24T09:00:00Z"})
    assert hosts.check("a", facts, as_of="2026-11-24T08:00:00Z")["decision"] == "undetermined"
    assert hosts.check("b", facts, as_of="2026-11-24T10:00:00Z")["decision"] == "compliant"


def test_facts_of_different_age_are_different(hosts: Hosts, host_facts: HostFacts) -> None:
    policy = [
        "vendor",
        {"kind": "LicensePolicy", "id": "site", "version": "1.0.0", "max_age_hours": 2, "rules": []},
    ]
    fresh = host_facts(changes={"/subject": None, "/source/gathered_at": "2026-11-24T07:00:00Z"})
    stale = {**fresh, "source": {**fresh["source"], "gathered_at": "2026-11-24T01:00:00Z"}}
    without = {
        **fresh,
        "source": {name: each for name, each in fresh["source"].items() if name != "gathered_at"},
    }
    decisions = [hosts.check("a", facts, policy=policy)["decision"] for facts in (fresh, stale, without)]
    assert decisions == ["compliant", "undetermined", "undetermined"]


def test_all_problems_of_the_options_are_reported(hosts: Hosts) -> None:
    with pytest.raises(PolicyError) as caught:
        hosts.check("a", {}, as_of="yesterday", policy={"kind": "LicensePolicy"})
    codes = {problem.code for problem in caught.value.problems}
    assert "as_of_invalid" in codes
    assert len(codes) > 1


def test_the_result_has_evidence(tmp_path: Path, host_facts: HostFacts) -> None:
    check = HostCheck({"policy": "vendor"}, find_here, PrivateDirectory(str(tmp_path)), (), lambda: NOW)
    result = check.result(HostInput("a", host_facts(changes={"/subject": None})), Inventory(frozenset("a")))
    assert result["subjects"][0]["subject"]["id"] == "a"
    assert result["evidence"]


NODE = {
    "properties": {"cpu": {"type": "integer", "maximum": 4}, "arch": {"enum": ["x86_64"]}},
    "required": ["cpu"],
}


@pytest.mark.parametrize(
    ("facts", "options", "evaluated"),
    [
        ({"cpu": 2, "arch": "x86_64"}, {}, False),
        ({"cpu": 8, "arch": "x86_64"}, {}, True),
        ({"cpu": 2}, {}, True),
        ({"cpu": 2}, {"absent": "allowed"}, False),
        ({"cpu": "2", "arch": "x86_64"}, {"coerce": True}, False),
        ({"cpu": float("nan")}, {}, True),
        (None, {}, True),
        ({"kind": "HostFacts", "schema_version": 1}, {}, True),
    ],
)
def test_a_host_that_passes_a_schema_has_the_summary_of_its_result(
    hosts: Hosts, facts: object, options: dict[str, Any], evaluated: bool
) -> None:
    found = hosts.check("a", facts, policy=NODE, **options)
    assert hosts.evaluated == (["a"] if evaluated else [])
    run = read_run({"policy": NODE, "as_of": NOW.isoformat(), **options})
    result = evaluate([HostInput("a", facts)], run, inventory=Inventory(frozenset("a")))
    assert found == summarize(result, "en")
    assert (found["decision"] == "compliant") is not evaluated
