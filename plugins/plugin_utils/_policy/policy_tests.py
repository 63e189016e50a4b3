# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A policy's own tests: facts, a date, and the verdicts that its rules and pools have to give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import gate
from .bind import with_values
from .errors import PolicyError
from .facts import with_value
from .findings import ERROR, NOT_APPLICABLE, PASS
from .instants import parse_instant
from .model import PolicySet
from .pointer import MISSING
from .schemas import suggestion
from .subjects import HostInput

OFF = "off"


@dataclass(frozen=True)
class TestOutcome:
    """What one test expects of one check and what came. ``passed`` says whether they are the same."""

    __test__ = False  # for pytest: this is no test class

    name: str
    place: str
    check: str
    expected: str
    actual: str

    @property
    def passed(self) -> bool:
        return self.expected == self.actual


def run_policy_tests(policy: PolicySet) -> list[TestOutcome]:
    """Run every test of the policy.

    Raises PolicyError for a test without a date, or one that names a fixture or a check that is not there.
    """
    outcomes = []
    for document, path, test in policy.tests:
        fixtures: Mapping[str, Any] = (
            document.value.get("fixtures", {}) if isinstance(document.value, dict) else {}
        )
        result = _result(policy, test, fixtures)
        for check, expected in test["expect"].items():
            actual = _verdict(policy, result, check)
            outcomes.append(TestOutcome(test["name"], document.place(path), check, expected, actual))
    return outcomes


def coverage(policy: PolicySet) -> dict[str, frozenset[str]]:
    """Verdicts that the tests expect, by check; a check without tests has none."""
    seen: dict[str, set[str]] = {check: set() for check in (*policy.rules, *policy.pools)}
    for _document, _path, test in policy.tests:
        for check, expected in test["expect"].items():
            seen.setdefault(check, set()).add(expected)
    return {check: frozenset(verdicts) for check, verdicts in seen.items()}


def _result(policy: PolicySet, test: Mapping[str, Any], fixtures: Mapping[str, Any]) -> dict[str, Any]:
    facts = _facts(test, fixtures)
    gathered = facts.get("source", {}).get("gathered_at", "")
    as_of = parse_instant(str(test.get("as_of", gathered)))
    if as_of is None:
        raise PolicyError("test_without_date", name=test["name"])
    values = with_values(policy, test.get("parameters", {}), "test")
    return gate.evaluate([HostInput("tested", facts)], values, as_of)


def _facts(test: Mapping[str, Any], fixtures: Mapping[str, Any]) -> dict[str, Any]:
    given = test["facts"]
    if isinstance(given, str):
        if given not in fixtures:
            hint = suggestion(given, sorted(fixtures))
            raise PolicyError("test_fixture", name=test["name"], fixture=given, hint=hint)
        given = fixtures[given]
    facts: Any = given
    for pointer, value in test.get("set", {}).items():
        facts = with_value(facts, pointer, value)
    unknown = dict(facts.get("unknown", {}))
    for pointer in test.get("unset", ()):
        facts = with_value(facts, pointer, MISSING)
        unknown[pointer] = {"reason": "absent"}
    return {**facts, "unknown": unknown}


def _verdict(policy: PolicySet, result: Mapping[str, Any], check: str) -> str:
    if check not in policy.rules and check not in policy.pools:
        hint = suggestion(check, sorted((*policy.rules, *policy.pools)))
        raise PolicyError("test_check", check=check, hint=hint)
    entry = result["subjects"][0]
    if check in result["off"]:
        return OFF
    if check in entry["passed"]:
        return PASS
    if check in entry["not_applicable"]:
        return NOT_APPLICABLE
    verdicts = [str(finding["verdict"]) for finding in result["findings"] if finding["rule"] == check]
    return verdicts[0] if verdicts else ERROR
