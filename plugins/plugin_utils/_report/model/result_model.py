# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Typed model of a ComplianceResult for the renderers.

Results come from templates and files: the type of every value is checked, and text in them is not trusted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ....module_utils._facts import UNKNOWN_REASONS
from ....module_utils._pointer import Path, join
from ..._policy.base.errors import PolicyError
from ..._policy.documents.plain_data import normalise
from ..._policy.documents.schemas import brief, type_name
from ..._policy.evaluation.evaluate_fleet import DECISIONS
from .plan_text import plan_lines

SEVERITIES = ("critical", "high", "medium", "low", "info")
EFFECTS = ("block", "warn", "record")
VERDICTS = ("pass", "fail", "unknown", "error", "waived")
_FAIL_ON = ("error", "non_compliant", "undetermined")
#: The decision that a blocking finding leads to, by its verdict.
_DECISIONS_BY_VERDICT = {"error": "error", "fail": "non_compliant", "unknown": "undetermined"}

Texts = Mapping[str, str]


@dataclass(frozen=True)
class Finding:
    """One finding. ``stops`` is whether it stops a play under the run's ``fail_on``."""

    kind: str
    subject: tuple[str, str]
    policy: str
    rule: str
    version: str
    place: str
    verdict: str
    effect: str
    severity: str
    mode: str
    pointer: str
    expected: object
    actual: object
    group: str
    message: Texts
    remediation: Texts
    references: tuple[str, ...]
    fingerprint: str
    stops: bool
    waiver: str
    waived_from: str


@dataclass(frozen=True)
class ResultSubject:
    """One system with its findings; those that stop it come first."""

    kind: str
    id: str
    hosts: tuple[str, ...]
    decision: str
    stopped: bool
    rules: int
    pools: int
    passed: tuple[str, ...]
    not_applicable: tuple[str, ...]
    findings: tuple[Finding, ...]
    plan: Mapping[str, Any] | None


@dataclass(frozen=True)
class Run:
    """The complete result; ``raw`` is the plain data that it was read from."""

    raw: Mapping[str, Any]
    as_of: str
    decision: str
    fail_on: tuple[str, ...]
    errors: tuple[tuple[str, Texts], ...]
    policies: tuple[tuple[str, str], ...]
    subjects: tuple[ResultSubject, ...]
    waivers: tuple[Mapping[str, Any], ...]
    digests: Mapping[str, str]

    @property
    def findings(self) -> list[Finding]:
        return [finding for subject in self.subjects for finding in subject.findings]


def read_run(result: object) -> Run:
    """Read a result. Raises PolicyError ``report_input`` with the pointer of the first invalid value."""
    plain = normalise(result)
    root = _Place(plain, ())
    if root.type != "object" or root["kind"].text() != "ComplianceResult":
        raise PolicyError("report_input", problem=brief(plain), pointer="/kind")
    fail_on = tuple(item.choice(_FAIL_ON) for item in root["fail_on"].items())
    found: dict[tuple[str, str], list[Finding]] = {}
    for item in root["findings"].items():
        finding = _finding(item, fail_on)
        found.setdefault(finding.subject, []).append(finding)
    subjects = tuple(_subject(item, fail_on, found) for item in root["subjects"].items())
    return Run(
        raw=root.mapping(),
        as_of=root["as_of"].text(),
        decision=root["decision"].choice(DECISIONS),
        fail_on=fail_on,
        errors=tuple((each["code"].text(), each["message"].texts()) for each in root["errors"].items()),
        policies=tuple((each["id"].text(), each["version"].text()) for each in root["policies"].items()),
        subjects=subjects,
        waivers=tuple(each.mapping() for each in root.get("waivers").items()),
        digests={name: each.text() for name, each in root["digests"].pairs()},
    )


def _finding(item: _Place, fail_on: Sequence[str]) -> Finding:
    verdict, effect = item["verdict"].choice(VERDICTS), item["effect"].choice(EFFECTS)
    waiver = item.get("waiver")
    for gap in item["because"].items() if verdict == "unknown" else ():
        gap["pointer"].text(), gap["reason"].choice(UNKNOWN_REASONS)
    return Finding(
        kind=item["kind"].text(),
        subject=_identity(item["subject"]),
        policy=item["policy"].text(),
        rule=item["rule"].text(),
        version=item["version"].text(),
        place=item["place"].text(),
        verdict=verdict,
        effect=effect,
        severity=item["severity"].choice(SEVERITIES),
        mode=item["mode"].text(),
        pointer=item["pointer"].text(),
        expected=item["expected"].value,
        actual=item["actual"].value,
        group=", ".join(f"{name} {brief(each.value)}" for name, each in item.get("group").pairs()),
        message=item["message"].texts(),
        remediation=item["remediation"].texts(),
        references=tuple(each.text() for each in item["references"].items()),
        fingerprint=item["fingerprint"].text(),
        stops=effect == "block" and _DECISIONS_BY_VERDICT.get(verdict) in fail_on,
        waiver=waiver["id"].text() if waiver.type == "object" else "",
        waived_from=item.get("waived_from").text() if verdict == "waived" else "",
    )


def _subject(
    item: _Place, fail_on: Sequence[str], found: Mapping[tuple[str, str], Sequence[Finding]]
) -> ResultSubject:
    kind, ident = _identity(item["subject"])
    decision = item["decision"].choice(DECISIONS)
    findings = sorted(
        found.get((kind, ident), ()),
        key=lambda each: (not each.stops, EFFECTS.index(each.effect), SEVERITIES.index(each.severity)),
    )
    plan = item.get("plan")
    if plan.type == "object":
        _check_plan(plan)
    return ResultSubject(
        kind=kind,
        id=ident,
        hosts=tuple(each.text() for each in item["hosts"].items()),
        decision=decision,
        stopped=decision in fail_on,
        rules=item["rules"].integer(),
        pools=item["pools"].integer(),
        passed=tuple(each.text() for each in item["passed"].items()),
        not_applicable=tuple(each.text() for each in item["not_applicable"].items()),
        findings=tuple(findings),
        plan=plan.mapping() if plan.type == "object" else None,
    )


def _check_plan(plan: _Place) -> None:
    # A plan is valid if it can be rendered as text.
    try:
        plan_lines(plan.mapping())
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise plan.wrong() from error


def _identity(item: _Place) -> tuple[str, str]:
    return item["kind"].text(), item["id"].text()


class _Place:
    """A value of the result and its JSON pointer."""

    def __init__(self, value: Any, path: Path) -> None:
        self.value = value
        self.type = type_name(value)
        self._path = path

    def __getitem__(self, name: str) -> _Place:
        if name not in self.mapping():
            raise PolicyError("report_input", problem=f"{name} ∅", pointer=join(self._path) or "/")
        return _Place(self.value[name], (*self._path, name))

    def get(self, name: str) -> _Place:
        """Return an optional value; null if it is missing."""
        return _Place(self.mapping().get(name), (*self._path, name))

    def wrong(self) -> PolicyError:
        return PolicyError("report_input", problem=brief(self.value), pointer=join(self._path) or "/")

    def mapping(self) -> Mapping[str, Any]:
        if not isinstance(self.value, dict):
            raise self.wrong()
        return self.value

    def pairs(self) -> list[tuple[str, _Place]]:
        if self.value is None:
            return []
        return [(name, _Place(value, (*self._path, name))) for name, value in sorted(self.mapping().items())]

    def items(self) -> list[_Place]:
        if self.value is None:
            return []
        if not isinstance(self.value, list):
            raise self.wrong()
        return [_Place(value, (*self._path, index)) for index, value in enumerate(self.value)]

    def text(self) -> str:
        if not isinstance(self.value, str):
            raise self.wrong()
        return self.value

    def integer(self) -> int:
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise self.wrong()
        return self.value

    def choice(self, choices: Sequence[str]) -> str:
        if self.value not in choices:
            raise self.wrong()
        return str(self.value)

    def texts(self) -> Texts:
        return {language: self[language].text() for language in ("en", "zh")}
