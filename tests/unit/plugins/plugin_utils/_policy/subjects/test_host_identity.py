# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts about another host of the inventory do not count for the host that returned them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.filter.license_compliance import license_compliance
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import (
    evaluate_fleet,
    play_scope,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.model import PolicySet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_identity import (
    Inventory,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._report.formats import as_text
from ansible_collections.unicloud.usphere.plugins.test.license_compliant import license_compliant

from .....fakes.runs import evaluate_with

HostFacts = Callable[..., dict[str, Any]]
Judge = Callable[..., dict[str, Any]]
HOSTS = ("chengdu", "hangzhou", "wuhan")


@pytest.fixture
def judge(vendor: PolicySet, as_of: datetime) -> Judge:
    def run(given: Mapping[str, object], **options: Any) -> dict[str, Any]:
        subjects = [HostInput(host, facts) for host, facts in given.items()]
        result = evaluate_with(subjects, vendor, as_of, **options)
        assert schemas.validate("compliance_result", result) == []
        return result

    return run


def decisions(result: Mapping[str, Any]) -> dict[str, str]:
    return {host: each["decision"] for each in result["subjects"] for host in each["hosts"]}


def inventory(*hosts: str, **systems: str) -> Inventory:
    return Inventory(frozenset(hosts), systems.get)


def test_a_host_with_facts_of_another_host_is_undetermined(judge: Judge, host_facts: HostFacts) -> None:
    result = judge({"hangzhou": host_facts(), "chengdu": host_facts()})
    assert decisions(result) == {"hangzhou": "compliant", "chengdu": "undetermined"}
    (finding,) = result["findings"]
    assert (finding["verdict"], finding["effect"], finding["pointer"]) == ("unknown", "block", "/subject/id")
    assert finding["subject"] == {"kind": "system", "id": "chengdu"}
    assert finding["because"] == [{"pointer": "/subject/id", "reason": "conflict"}]
    for language in ("en", "zh"):
        text = "\n".join(as_text.report(result, language, detail=True))
        for sentence in (finding["message"][language], finding["remediation"][language]):
            assert sentence in text
            assert "chengdu" in sentence
            assert "hangzhou" in sentence
        assert "usphere_system" in text


def test_facts_from_another_host_do_not_count_for_their_subject(judge: Judge, host_facts: HostFacts) -> None:
    # The facts from chengdu are worse than those that hangzhou returned about itself.
    result = judge({"hangzhou": host_facts(), "chengdu": host_facts("lapsing", {"/subject/id": "hangzhou"})})
    assert decisions(result) == {"hangzhou": "compliant", "chengdu": "undetermined"}


def test_no_policy_passes_facts_of_another_host(policy_of: Callable[..., Any], host_facts: HostFacts) -> None:
    rule = {
        "id": "arch",
        "severity": "low",
        "on_unknown": "ignore",
        "require": {"properties": {"architecture": {"const": "x86_64"}}},
    }
    given = {"hangzhou": host_facts(), "chengdu": host_facts()}
    result = license_compliance(given, policy_of(rule), as_of="2026-11-24T08:00:00Z")
    assert decisions(result) == {"hangzhou": "compliant", "chengdu": "undetermined"}


def test_the_inventory_decides_what_is_a_host(judge: Judge, host_facts: HostFacts) -> None:
    given = {"chengdu": host_facts()}
    assert decisions(judge(given)) == {"chengdu": "compliant"}
    assert decisions(judge(given, inventory=inventory(*HOSTS))) == {"chengdu": "undetermined"}
    assert decisions(judge(given, expected_hosts=["hangzhou"])) == {
        "chengdu": "undetermined",
        "hangzhou": "undetermined",
    }


def test_a_name_that_is_not_a_host_is_a_system(judge: Judge, host_facts: HostFacts) -> None:
    facts = host_facts(changes={"/subject/id": "pair-1"})
    result = judge({"hangzhou": facts, "chengdu": facts}, inventory=inventory(*HOSTS))
    (entry,) = result["subjects"]
    assert (entry["subject"]["id"], entry["decision"]) == ("pair-1", "compliant")
    assert entry["hosts"] == ["chengdu", "hangzhou"]


@pytest.mark.parametrize(
    ("systems", "decision"),
    [
        ({"chengdu": "hangzhou", "hangzhou": "hangzhou"}, "compliant"),
        ({"chengdu": "pair-1", "hangzhou": "pair-1"}, "compliant"),
        ({"chengdu": "hangzhou"}, "undetermined"),
        ({"hangzhou": "hangzhou"}, "undetermined"),
        ({"chengdu": "pair-1", "hangzhou": "pair-2"}, "undetermined"),
        ({}, "undetermined"),
    ],
)
def test_hosts_of_one_stated_system_share_its_facts(
    systems: dict[str, str], decision: str, judge: Judge, host_facts: HostFacts
) -> None:
    result = judge(
        {"hangzhou": host_facts(), "chengdu": host_facts()}, inventory=inventory(*HOSTS, **systems)
    )
    assert decisions(result) == {"hangzhou": "compliant", "chengdu": decision}


def test_stored_facts_outside_the_run_are_checked_alike(judge: Judge, host_facts: HostFacts) -> None:
    outside = [HostInput("wuhan", host_facts("lapsing", {"/subject/id": "hangzhou"}))]
    result = judge({"hangzhou": host_facts()}, outside=outside, inventory=inventory(*HOSTS))
    assert decisions(result) == {"hangzhou": "compliant"}


def test_a_sliced_run_decides_as_a_complete_run(
    judge: Judge, vendor: PolicySet, as_of: datetime, host_facts: HostFacts
) -> None:
    given = {"hangzhou": host_facts(), "chengdu": host_facts()}
    slices = [
        evaluate_fleet.evaluate_slice([HostInput(host, facts)], Run(vendor, as_of), sorted(given))
        for host, facts in given.items()
    ]
    merged = evaluate_fleet.finalize(slices, Run(vendor, as_of))
    assert json.dumps(merged) == json.dumps(judge(given))


def test_the_decision_does_not_depend_on_the_order_of_hosts(judge: Judge, host_facts: HostFacts) -> None:
    given = {host: host_facts() for host in HOSTS}
    found = {
        json.dumps(judge({host: given[host] for host in order})) for order in itertools.permutations(HOSTS)
    }
    assert len(found) == 1


def test_the_filter_and_the_test_use_the_given_hosts(host_facts: HostFacts) -> None:
    given = {"hangzhou": host_facts(), "chengdu": host_facts()}
    as_of_text = "2026-11-24T08:00:00Z"
    assert license_compliance(given, "vendor", as_of=as_of_text)["decision"] == "undetermined"
    assert not license_compliant(given, "vendor", as_of=as_of_text)
    # With one host only, it is unknown that hangzhou is a host.
    assert license_compliant(host_facts(), "vendor", host="chengdu", as_of=as_of_text)


def test_the_inventory_of_a_play_has_all_hosts() -> None:
    variables: dict[str, dict[str, object]] = {
        "a": {"usphere_system": "pair-1"},
        "b": {"usphere_system": "{{ name }}"},
        "c": {"usphere_system": 7},
        "d": {},
    }
    scope = play_scope.PlayScope(("a", "x"), frozenset("ax"), 2)
    found = play_scope.inventory_of(
        {"groups": {"all": [*variables]}}, scope, variables.get, lambda value: "{{" in value
    )
    assert found.hosts == {"a", "b", "c", "d", "x"}
    assert [found.system_of(host) for host in "abcdx"] == ["pair-1", None, None, None, None]


@pytest.mark.parametrize("subject", [None, {"kind": "system"}, {}])
def test_equal_facts_without_a_subject_belong_to_neither_host(
    subject: object, judge: Judge, host_facts: HostFacts
) -> None:
    facts = {name: value for name, value in host_facts().items() if name != "subject"}
    if subject is not None:
        facts["subject"] = subject
    given = {"hangzhou": facts, "chengdu": dict(reversed(facts.items())), "wuhan": None}
    result = judge({**given, "wuhan": {**facts, "vms": {"total": 7}}})
    assert decisions(result) == {
        "chengdu": "undetermined",
        "hangzhou": "undetermined",
        "wuhan": "compliant",
    }
    for finding in result["findings"]:
        for sentence in finding["message"].values():
            assert "hangzhou" in sentence
            assert "chengdu" in sentence
    stated = {host: {**facts, "site_facts": {"rack": host}} for host in ("hangzhou", "chengdu")}
    assert set(decisions(judge(stated)).values()) == {"undetermined"}
    # Hosts of one system share the facts that were read through one of them.
    pair = inventory(*HOSTS, hangzhou="pair-1", chengdu="pair-1")
    shared = decisions(judge({"hangzhou": facts, "chengdu": facts}, inventory=pair))
    assert shared == {"hangzhou": "compliant", "chengdu": "compliant"}
