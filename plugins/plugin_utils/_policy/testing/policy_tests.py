# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A policy's own tests: facts, a date, and the verdicts and effects that its rules and pools have to give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ....module_utils._licensing.catalog.catalog import Catalog
from ....module_utils._messages.catalog import register
from ....module_utils._messages.policy.testing import MESSAGES
from ....module_utils._time import read_time
from ..base.errors import FactsError, Fault, InvalidDocument, PolicyError
from ..base.pointer import MISSING, Path, split
from ..documents.schemas import suggestion
from ..documents.yaml_reader import Document
from ..evaluation import evaluate_fleet
from ..evaluation.result import Servers
from ..facts import host_facts
from ..facts.facts import with_value
from ..findings.findings import ERROR, FAIL, NOT_APPLICABLE, PASS, UNKNOWN
from ..findings.waivers import WAIVED, WaiverSet, load_waivers
from ..policy.bind import with_values
from ..policy.model import GRANT, LEDGER, Entry, PolicySet
from ..subjects.entitlements import Entitlements, load_entitlements
from ..subjects.host_reading import HostInput
from ..subjects.license_servers import read_servers

register(MESSAGES)


OFF = "off"
NO_EFFECT = "none"
#: What a test may expect of a check: its verdict, and what that does to the decision.
VERDICT, EFFECT = "expect", "effects"
_EFFECTS = ("block", "warn", "record")

TESTED = "tested"
_WORST = (ERROR, FAIL, UNKNOWN, WAIVED, PASS, NOT_APPLICABLE)

Test = tuple[Document, Path, Mapping[str, Any]]


@dataclass(frozen=True)
class TestOutcome:
    """What one test expects of one check and what came. ``passed`` says whether they are the same."""

    __test__ = False  # for pytest: this is no test class

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
class _Scene:
    hosts: tuple[HostInput, ...]
    as_of: datetime
    entitlements: Entitlements
    waivers: WaiverSet
    servers: Servers


def own_tests(policy: PolicySet) -> list[Test]:
    """Tests of the policy itself: those of a policy that it extends speak about that one alone."""
    return [test for test in policy.tests if _is_own(policy, test[0])]


def own_checks(policy: PolicySet) -> dict[str, tuple[Entry, frozenset[str]]]:
    """Rules and pools that the policy brings, replaces or changes, with the keys it wrote itself."""
    found = {}
    for ident, entry in {**policy.rules, **policy.pools}.items():
        keys = frozenset(key for key, (document, _path) in entry.sources.items() if _is_own(policy, document))
        if keys:
            found[ident] = (entry, keys)
    return found


def _is_own(policy: PolicySet, document: Document) -> bool:
    return isinstance(document.value, dict) and document.value["id"] == policy.documents[-1]["id"]


def run_policy_tests(policy: PolicySet, catalog: Catalog | None = None) -> list[TestOutcome]:
    """Run every test of the policy itself, products being those of ``catalog``, else of the shipped one.

    Raises PolicyError for a test without a date, or one that names a fixture or a check that is not there,
    InvalidDocument for facts with keys that do not exist.
    """
    runner = Runner(policy, catalog)
    return [outcome for test in own_tests(policy) for outcome in runner.outcomes(policy, test)]


class Runner:
    """Runs tests of a policy, against it or against changed copies of it; facts are made once a test."""

    def __init__(self, policy: PolicySet, catalog: Catalog | None = None) -> None:
        self._catalog = catalog
        self._checks = (*policy.rules, *policy.pools)
        self._fixtures: dict[str, Any] = {}
        self._scenes: dict[str, _Scene] = {}
        faults: dict[str, Fault] = {}
        for document, _path, _test in policy.tests:
            if isinstance(document.value, dict):
                self._fixtures.update(document.value.get("fixtures", {}))
                faults.update((fault.text(), fault) for fault in _fixture_faults(document, catalog))
        if faults:
            raise InvalidDocument(faults.values())

    def outcomes(self, policy: PolicySet, test: Test, only: str = "") -> Iterable[TestOutcome]:
        """What the test expects of every check it names, or of ``only`` one, and what ``policy`` gives."""
        document, path, content = test
        wanted = [
            (aspect, check, expected)
            for aspect in (VERDICT, EFFECT)
            for check, expected in content.get(aspect, {}).items()
            if not only or check == only
        ]
        for _aspect, check, _expected in wanted:
            self._known(check)
        result = self._result(policy, test)
        place = document.place(path)
        for aspect, check, expected in wanted:
            actual = _verdict(result, check) if aspect == VERDICT else _effect(result, check)
            yield TestOutcome(content["name"], place, check, expected, actual, aspect)

    def _known(self, check: str) -> None:
        if check not in self._checks:
            raise PolicyError("test_check", check=check, hint=suggestion(check, sorted(self._checks)))

    def _result(self, policy: PolicySet, test: Test) -> dict[str, Any]:
        document, path, content = test
        place = document.place(path)
        if place not in self._scenes:
            try:
                self._scenes[place] = self._scene(content)
            except FactsError as error:
                raise InvalidDocument(replace(fault, place=place) for fault in error.faults) from error
        scene = self._scenes[place]
        values = with_values(policy, content.get("parameters", {}), "test")
        return evaluate_fleet.evaluate(
            scene.hosts,
            values,
            scene.as_of,
            waivers=scene.waivers,
            entitlements=scene.entitlements,
            servers=scene.servers,
            catalog=self._catalog,
        )

    def _scene(self, content: Mapping[str, Any]) -> _Scene:
        facts = _changed(self._fixture(content, content["facts"]), content)
        host_facts.read(facts, self._catalog)
        servers = [self._fixture(content, each) for each in content.get("license_servers", ())]
        beside = [self._fixture(content, each) for each in content.get("beside", ())]
        gathered = facts.get("source", {}).get("gathered_at", "")
        as_of = read_time(str(content.get("as_of", gathered)))
        if as_of is None:
            raise PolicyError("test_without_date", name=content["name"])
        return _Scene(
            hosts=(
                HostInput(TESTED, facts),
                *(HostInput(f"beside-{at}", each) for at, each in enumerate(beside)),
            ),
            as_of=as_of,
            entitlements=load_entitlements(
                self._fixture(content, content.get("entitlements")), catalog=self._catalog
            ),
            waivers=load_waivers(self._fixture(content, content.get("waivers"))),
            servers=read_servers(servers, as_of),
        )

    def _fixture(self, content: Mapping[str, Any], given: Any) -> Any:
        if not isinstance(given, str):
            return given
        if given not in self._fixtures:
            hint = suggestion(given, sorted(self._fixtures))
            raise PolicyError("test_fixture", name=content["name"], fixture=given, hint=hint)
        return self._fixtures[given]


def _fixture_faults(document: Document, catalog: Catalog | None) -> list[Fault]:
    """What is wrong with the keys of the HostFacts among a document's fixtures, with the line of each."""
    found: list[Fault] = []
    fixtures = document.value.get("fixtures", {}) if isinstance(document.value, dict) else {}
    for name, facts in fixtures.items():
        if facts.get("kind") != host_facts.KIND:
            continue
        try:
            host_facts.read(facts, catalog)
        except FactsError as error:
            for fault in error.faults:
                steps = split(str(fault.fields.get("pointer", "")))
                path = tuple(int(step) if step.isdigit() else step for step in steps)
                place = document.place(("fixtures", name, *path))
                found.append(replace(fault, place=place))
    return found


def coverage(policy: PolicySet) -> dict[str, frozenset[str]]:
    """Verdicts that the policy's own tests expect, by check of its own; a check without tests has none."""
    seen: dict[str, set[str]] = {check: set() for check in own_checks(policy)}
    for _document, _path, test in own_tests(policy):
        for check, expected in test.get(VERDICT, {}).items():
            seen.setdefault(check, set()).add(expected)
    return {check: frozenset(verdicts) for check, verdicts in seen.items()}


def wanted_coverage(entry: Entry, keys: frozenset[str]) -> frozenset[str]:
    """Verdicts that tests have to show of a check: a condition has to be shown not to apply, too."""
    if "require" not in keys:
        # Only what another policy's rule does was changed; its verdicts are that policy's to test.
        return frozenset((FAIL,))
    wanted = {PASS, FAIL}
    if entry.raw.get("about") != GRANT:
        # What was bought is written down; of a system a fact can always be missing.
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
    """The verdict on the tested system; of a rule about grants or servers the worst on any of them."""
    if check in result["off"]:
        return OFF
    found = [_of_subject(result, entry, check) for entry in _concerned(result)]
    return min(found, key=_WORST.index)


def _concerned(result: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    # A check is about systems, grants or servers: the others say not_applicable to it, never the worst.
    return [
        each for each in result["subjects"] if each["subject"]["kind"] in LEDGER or TESTED in each["hosts"]
    ]


def _of_subject(result: Mapping[str, Any], entry: Mapping[str, Any], check: str) -> str:
    if check in entry["passed"]:
        return PASS
    # Facts that could not be read are an error of every check.
    found = [*_findings(result, entry, check), *_findings(result, entry, "facts")]
    return min((str(each["verdict"]) for each in found), key=_WORST.index, default=NOT_APPLICABLE)


def _findings(result: Mapping[str, Any], entry: Mapping[str, Any], check: str) -> Iterable[Mapping[str, Any]]:
    subject = entry["subject"]
    return (each for each in result["findings"] if each["rule"] == check and each["subject"] == subject)


def _effect(result: Mapping[str, Any], check: str) -> str:
    effects = {
        finding["effect"] for entry in _concerned(result) for finding in _findings(result, entry, check)
    }
    return next((effect for effect in _EFFECTS if effect in effects), NO_EFFECT)
