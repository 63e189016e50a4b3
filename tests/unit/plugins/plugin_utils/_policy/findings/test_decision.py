# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The priority of decisions, and which of them fail a play."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import evaluate_fleet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.findings.decision import (
    DECISIONS,
    decide,
    worst,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.findings.finding import (
    ERROR,
    FAIL,
    NOT_APPLICABLE,
    PASS,
    UNKNOWN,
    Finding,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.findings.verdict import (
    Verdict,
    of_groups,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import load_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
)

#: In order of priority: the first one that occurs decides.
ORDER = ["error", "non_compliant", "undetermined", "compliant", "not_applicable"]
VERDICTS = {ERROR: "error", FAIL: "non_compliant", UNKNOWN: "undetermined"}
FAIL_ON = (["error", "non_compliant"], ["error", "non_compliant", "undetermined"])


def finding_of(**values: Any) -> Finding:
    texts = ("policy", "rule", "version", "place", "kind", "mode", "pointer", "fingerprint")
    document = {
        **dict.fromkeys(texts, ""),
        "subject": {"kind": "system", "id": "a"},
        "severity": "low",
        "references": [],
        "expected": None,
        "actual": None,
        "because": [],
        "message": {"en": "", "zh": ""},
        "remediation": {"en": "", "zh": ""},
        **values,
    }
    return Finding.from_dict(document)


def decided(*verdicts: str, effect: str = "block") -> str:
    findings = [finding_of(verdict=each, effect=effect) for each in verdicts if each in VERDICTS]
    return decide([Verdict("r", each) for each in verdicts], findings)


@pytest.mark.parametrize(
    "verdicts", [each for n in (1, 2, 3) for each in itertools.product(VERDICTS, repeat=n)]
)
def test_the_worst_blocking_finding_decides(verdicts: tuple[str, ...]) -> None:
    expected = min((VERDICTS[each] for each in verdicts), key=ORDER.index)
    assert decided(*verdicts) == expected
    assert decided(PASS, *verdicts, NOT_APPLICABLE) == expected


def test_without_a_blocking_finding_applicable_checks_decide() -> None:
    for effect in ("warn", "record"):
        assert decided(FAIL, UNKNOWN, effect=effect) == "compliant"
    assert decided(PASS, NOT_APPLICABLE) == "compliant"
    assert decided(NOT_APPLICABLE) == "not_applicable"
    assert decided() == "not_applicable"


def test_the_worst_of_several_decisions_is_used() -> None:
    assert list(DECISIONS) == ORDER
    for left, right in itertools.product(ORDER, repeat=2):
        assert worst([left, right]) == ORDER[min(ORDER.index(left), ORDER.index(right))]
    assert worst([]) == "not_applicable"


def test_the_worst_group_of_a_pool_is_used() -> None:
    order = [ERROR, FAIL, UNKNOWN, PASS, NOT_APPLICABLE]
    for left, right in itertools.product(order, repeat=2):
        found = of_groups("p", [Verdict("p", left), Verdict("p", right)])
        assert found.verdict == order[min(order.index(left), order.index(right))]


@pytest.mark.parametrize("fail_on", FAIL_ON)
@pytest.mark.parametrize("apart", [False, True])
def test_a_failure_has_priority_over_unknown_for_any_fail_on(
    fail_on: list[str],
    apart: bool,
    policy_of: Callable[..., Any],
    host_facts: Callable[..., dict[str, Any]],
    as_of: datetime,
) -> None:
    """A failure and an unknown, as two rules of one system and as two systems."""
    few = {"properties": {"total": {"maximum": 500}}}
    rules = [
        {"id": "fails", "severity": "low", "require": {"properties": {"architecture": {"const": "aarch64"}}}},
        {"id": "waits", "severity": "low", "require": {"properties": {"vms": few}}},
    ]
    failing = host_facts(changes={"/subject": None})
    waiting = host_facts("lapsing", {"/subject": None, "/vms": None})
    both = host_facts(changes={"/subject": None, "/vms": None})
    given = {"a": failing, "b": waiting} if apart else {"a": both}
    policy = load_policy(policy_of(*rules))
    for order in itertools.permutations(given):
        hosts = [HostInput(host, given[host]) for host in order]
        result = evaluate_fleet.evaluate(hosts, Run(policy, as_of, fail_on=fail_on))
        assert {each["verdict"] for each in result["findings"]} == {"fail", "unknown"}
        assert result["decision"] == "non_compliant"
        assert result["decision"] in result["fail_on"]
        assert [each["decision"] for each in result["subjects"]] == [
            "non_compliant",
            *(["undetermined"] if apart else []),
        ]
        assert ("undetermined" in result["fail_on"]) == (len(fail_on) == 3)
