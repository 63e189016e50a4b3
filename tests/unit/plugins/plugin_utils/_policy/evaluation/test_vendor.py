# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vendor policy: its own tests pass and cover passing, failing and undecided verdicts of each rule."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents.yaml_reader import (
    load_bytes,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import FOLDER, load_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.model import PolicySet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.testing.policy_tests import (
    TestOutcome,
    run_policy_tests,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.testing.tests_report import (
    policy_report,
)


def outcomes() -> list[TestOutcome]:
    return run_policy_tests(load_policy("vendor"))


@pytest.mark.parametrize("outcome", outcomes(), ids=lambda each: f"{each.check}: {each.name}")
def test_each_policy_test_has_its_expected_outcome(outcome: TestOutcome) -> None:
    assert outcome.actual == outcome.expected, outcome.place


def test_every_rule_has_both_languages_and_its_vendor_rule(vendor: PolicySet) -> None:
    for entry in (*vendor.rules.values(), *vendor.pools.values()):
        for key in ("message", "remediation"):
            assert set(entry.raw[key]) == {"en", "zh"}, entry.id
        assert all(reference.startswith("R") for reference in entry.raw["references"]), entry.id
        assert entry.id.startswith(entry.raw["references"][0].lower() + "-"), entry.id


def test_all_decidable_rules_are_in_the_policy(vendor: PolicySet) -> None:
    named = {
        reference
        for entry in (*vendor.rules.values(), *vendor.pools.values())
        for reference in entry.raw["references"]
    }
    decidable = (1, 4, 5, 6, 8, 11, 13, 17, 20, 24, 25, 26, 28, 29, 30, 31, 32, 34, 35, 36, 37, 38, 39)
    assert {f"R{number}" for number in decidable} <= named


def document(**test: Any) -> dict[str, Any]:
    content: dict[str, Any] = copy.deepcopy(
        load_bytes((FOLDER / "vendor.yml").read_bytes(), "vendor.yml").value  # type: ignore[arg-type]
    )
    content["tests"] = [{"name": "t", "facts": "licensed", "expect": {"r4-one-edition": "pass"}, **test}]
    return content


def test_a_wrong_expectation_fails() -> None:
    (outcome,) = run_policy_tests(load_policy(document(expect={"r4-one-edition": "fail"})))
    assert not outcome.passed
    assert (outcome.check, outcome.actual) == ("r4-one-edition", "pass")


@pytest.mark.parametrize(
    ("test", "code"),
    [
        ({"facts": "licenced"}, "test_fixture"),
        ({"expect": {"r4": "pass"}}, "test_check"),
        ({"facts": {"kind": "HostFacts"}}, "test_without_date"),
        ({"parameters": {"horizon": 3}}, "param_unknown"),
    ],
)
def test_a_test_that_cannot_run_has_an_error(test: dict[str, Any], code: str) -> None:
    with pytest.raises(PolicyError) as caught:
        run_policy_tests(load_policy(document(**test)))
    assert caught.value.problems[0].code == code
    assert caught.value.text("zh")


def test_coverage_and_mutation_score_meet_the_thresholds(
    vendor: PolicySet, record_property: Callable[[str, object], None]
) -> None:
    report = policy_report(vendor)
    record_property("coverage", report["coverage"]["percent"])
    record_property("mutation", report["mutation"]["percent"])
    print(f"vendor: coverage {report['coverage']['percent']} %, mutation {report['mutation']['percent']} %")
    assert report["coverage"]["missing"] == {}
    assert report["coverage"]["percent"] == 100
    assert report["mutation"]["percent"] >= 90, report["mutation"]["survived"]
