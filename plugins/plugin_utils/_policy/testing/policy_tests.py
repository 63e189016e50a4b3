# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the tests in a policy: facts, a date, and the expected verdicts and effects of rules and pools."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ....module_utils._licensing.catalog.catalog import Catalog
from ....module_utils._pointer import MISSING, Path, split
from ....module_utils._time import read_time
from ..base.errors import FactsError, InvalidDocument, PolicyError, Problem
from ..documents.schemas import suggestion
from ..documents.yaml_reader import Document
from ..evaluation.evaluate_fleet import evaluate
from ..evaluation.run import Run
from ..facts import host_facts
from ..facts.facts import with_value
from ..findings.finding import EFFECTS, ERROR, FAIL, NOT_APPLICABLE, PASS, UNKNOWN, WAIVED
from ..findings.waivers import load_waivers
from ..policy.bind import with_values
from ..policy.model import GRANT, LEDGER, Entry, PolicySet
from ..subjects.entitlements import load_entitlements
from ..subjects.host_reading import HostInput
from ..subjects.license_servers import read_servers, without_foreign_products

OFF = "off"
NO_EFFECT = "none"
#: Keys of the expectations of a test: verdicts of checks, and their effects on the decision.
VERDICT, EFFECT = "expect", "effects"

TESTED = "tested"
_WORST = (ERROR, FAIL, UNKNOWN, WAIVED, PASS, NOT_APPLICABLE)

Test = tuple[Document, Path, Mapping[str, Any]]


@dataclass(frozen=True)
class TestOutcome:
    """The expected and actual result of one check in one test; ``passed`` is true if they are equal."""

    __test__ = False  # for pytest: this is not a test class

    name: str
    place: str
    check: str
    expected: str
    actual: str
    aspect: str = VERDICT

    @property
    def passed(self) -> bool:
        return self.expected == self.actual


@dataclass(frozen=True)
class _Case:
    hosts: tuple[HostInput, ...]
    run: Run


def own_tests(policy: PolicySet) -> list[Test]:
    """Return the tests of the policy itself, without those of policies that it extends."""
    return [test for test in policy.tests if _is_own(policy, test[0])]


def own_checks(policy: PolicySet) -> dict[str, tuple[Entry, frozenset[str]]]:
    """Return rules and pools that the policy defines, replaces or overrides, with the keys it sets itself."""
    found = {}
    for ident, entry in {**policy.rules, **policy.pools}.items():
        keys = frozenset(key for key, (document, _path) in entry.sources.items() if _is_own(policy, document))
        if keys:
            found[ident] = (entry, keys)
    return found


def _is_own(policy: PolicySet, document: Document) -> bool:
    return isinstance(document.value, dict) and document.value["id"] == policy.documents[-1]["id"]


def run_policy_tests(policy: PolicySet, catalog: Catalog | None = None) -> list[TestOutcome]:
    """Run every test of the policy itself; products are those of ``catalog``, by default the built-in one.

    Raises PolicyError for a test without a date, or with a fixture or check that does not exist,
    InvalidDocument for facts with keys that do not exist.
    """
    runner = Runner(policy, catalog)
    return [outcome for test in own_tests(policy) for outcome in runner.outcomes(policy, test)]


class Runner:
    """Runs the tests of a policy against it or changed copies of it; the facts of a test are built once."""

    def __init__(self, policy: PolicySet, catalog: Catalog | None = None) -> None:
        self._catalog = catalog
        self._checks = (*policy.rules, *policy.pools)
        self._fixtures: dict[str, Any] = {}
        self._cases: dict[str, _Case] = {}
        problems: dict[str, Problem] = {}
        for document, _path, _test in policy.tests:
            if isinstance(document.value, dict):
                self._fixtures.update(document.value.get("fixtures", {}))
                problems.update((problem.text(), problem) for problem in _fixture_problems(document, catalog))
        if problems:
            raise InvalidDocument(problems.values())

    def outcomes(self, policy: PolicySet, test: Test, only: str = "") -> Iterable[TestOutcome]:
        """Yield the outcome of every check that the test names, or of the check ``only``, with ``policy``."""
        document, path, content = test
        wanted = [
            (aspect, check, expected)
            for aspect in (VERDICT, EFFECT)
            for check, expected in content.get(aspect, {}).items()
            if not only or check == only
        ]
        for _aspect, check, _expected in wanted:
            self._check_exists(check)
        result = self._result(policy, test)
        place = document.place(path)
        for aspect, check, expected in wanted:
            actual = _verdict(result, check) if aspect == VERDICT else _effect(result, check)
            yield TestOutcome(content["name"], place, check, expected, actual, aspect)

    def _check_exists(self, check: str) -> None:
        if check not in self._checks:
            raise PolicyError("test_check", check=check, hint=suggestion(check, sorted(self._checks)))

    def _result(self, policy: PolicySet, test: Test) -> dict[str, Any]:
        document, path, content = test
        place = document.place(path)
        if place not in self._cases:
            try:
                self._cases[place] = self._case(policy, content)
            except FactsError as error:
                raise InvalidDocument(replace(problem, place=place) for problem in error.problems) from error
        case = self._cases[place]
        values = with_values(policy, content.get("parameters", {}), "test")
        return evaluate(case.hosts, replace(case.run, policy=values))

    def _case(self, policy: PolicySet, content: Mapping[str, Any]) -> _Case:
        facts = _changed(self._fixture(content, content["facts"]), content)
        host_facts.read(facts, self._catalog)
        servers = [self._fixture(content, each) for each in content.get("license_servers", ())]
        other_hosts = [self._fixture(content, each) for each in content.get("beside", ())]
        gathered = facts.get("source", {}).get("gathered_at", "")
        as_of = read_time(str(content.get("as_of", gathered)))
        if as_of is None:
            raise PolicyError("test_without_date", name=content["name"])
        return _Case(
            hosts=(
                HostInput(TESTED, facts),
                *(HostInput(f"beside-{at}", each) for at, each in enumerate(other_hosts)),
            ),
            run=Run(
                policy,
                as_of,
                entitlements=load_entitlements(
                    self._fixture(content, content.get("entitlements")), catalog=self._catalog
                ),
                waivers=load_waivers(self._fixture(content, content.get("waivers"))),
                servers=read_servers(without_foreign_products(servers, self._catalog), as_of),
                catalog=self._catalog,
            ),
        )

    def _fixture(self, content: Mapping[str, Any], given: Any) -> Any:
        if not isinstance(given, str):
            return given
        if given not in self._fixtures:
            hint = suggestion(given, sorted(self._fixtures))
            raise PolicyError("test_fixture", name=content["name"], fixture=given, hint=hint)
        return self._fixtures[given]


def _fixture_problems(document: Document, catalog: Catalog | None) -> list[Problem]:
    """Return the errors of the HostFacts among a document's fixtures, with their lines."""
    found: list[Problem] = []
    fixtures = document.value.get("fixtures", {}) if isinstance(document.value, dict) else {}
    for name, facts in fixtures.items():
        if facts.get("kind") != host_facts.KIND:
            continue
        try:
            host_facts.read(facts, catalog)
        except FactsError as error:
            for problem in error.problems:
                steps = split(str(problem.fields.get("pointer", "")))
                path = tuple(int(step) if step.isdigit() else step for step in steps)
                place = document.place(("fixtures", name, *path))
                found.append(replace(problem, place=place))
    return found


def coverage(policy: PolicySet) -> dict[str, frozenset[str]]:
    """Return the verdicts that the policy's own tests expect, by its own checks; empty without tests."""
    seen: dict[str, set[str]] = {check: set() for check in own_checks(policy)}
    for _document, _path, test in own_tests(policy):
        for check, expected in test.get(VERDICT, {}).items():
            seen.setdefault(check, set()).add(expected)
    return {check: frozenset(verdicts) for check, verdicts in seen.items()}


def wanted_coverage(entry: Entry, keys: frozenset[str]) -> frozenset[str]:
    """Return the verdicts that tests must cover: pass, fail, unknown, and not_applicable with ``when``.

    Unknown is not required for rules about grants. For an override of another policy's check, fail suffices.
    """
    if "require" not in keys:
        # Only effects of another policy's rule are overridden; that policy tests the verdicts.
        return frozenset((FAIL,))
    wanted = {PASS, FAIL}
    if entry.raw.get("about") != GRANT:
        # Facts of a system can always be missing; grants are complete documents.
        wanted.add(UNKNOWN)
    if "when" in entry.raw:
        wanted.add(NOT_APPLICABLE)
    return frozenset(wanted)


def _changed(facts: Any, test: Mapping[str, Any]) -> dict[str, Any]:
    for pointer, value in test.get("set", {}).items():
        facts = with_value(facts, pointer, value)
    unknown = dict(facts.get("unknown", {}))
    for pointer in test.get("unset", ()):
        facts = with_value(facts, pointer, MISSING)
        unknown[pointer] = {"reason": "absent"}
    return {**facts, "unknown": unknown}


def _verdict(result: Mapping[str, Any], check: str) -> str:
    """Return the verdict on the tested system; for a rule about grants or servers, the worst of all."""
    if check in result["off"]:
        return OFF
    found = [_of_subject(result, entry, check) for entry in _relevant_subjects(result)]
    return min(found, key=_WORST.index)


def _relevant_subjects(result: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    # Each check is about one kind of subject. For the others it is not_applicable, which is never the worst.
    return [
        each for each in result["subjects"] if each["subject"]["kind"] in LEDGER or TESTED in each["hosts"]
    ]


def _of_subject(result: Mapping[str, Any], entry: Mapping[str, Any], check: str) -> str:
    if check in entry["passed"]:
        return PASS
    # If facts cannot be read, every check has the verdict error.
    found = [*_findings(result, entry, check), *_findings(result, entry, "facts")]
    return min((str(each["verdict"]) for each in found), key=_WORST.index, default=NOT_APPLICABLE)


def _findings(result: Mapping[str, Any], entry: Mapping[str, Any], check: str) -> Iterable[Mapping[str, Any]]:
    subject = entry["subject"]
    return (each for each in result["findings"] if each["rule"] == check and each["subject"] == subject)


def _effect(result: Mapping[str, Any], check: str) -> str:
    effects = {
        finding["effect"]
        for entry in _relevant_subjects(result)
        for finding in _findings(result, entry, check)
    }
    return next((effect for effect in EFFECTS if effect in effects), NO_EFFECT)
