# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Typed model of a ComplianceResult for the renderers.

Results come from templates and files: the type of every value is checked, and text in them is not trusted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..._policy.base.errors import PolicyError
from ..._policy.documents.document_value import DocumentValue, Texts
from ..._policy.documents.plain_data import normalize
from ..._policy.documents.schemas import brief
from ..._policy.findings.decision import DECISIONS
from ..._policy.findings.finding import EFFECTS, Finding, FindingSubject, read_subject
from ..._policy.policy.model import SEVERITIES
from .coverage_text import CoverageModel, read_coverage_model
from .override_text import OverrideModel, read_override_model
from .plan_text import plan_lines

_FAIL_ON = ("error", "non_compliant", "undetermined")


@dataclass(frozen=True)
class ResultSubject:
    """One system with its findings; ``stops`` are those that stop a play, the first ones of ``findings``."""

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
    stops: tuple[Finding, ...]
    plan: Mapping[str, Any] | None


@dataclass(frozen=True)
class ComplianceResult:
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
    coverage: CoverageModel
    override: OverrideModel

    @property
    def findings(self) -> list[Finding]:
        return [finding for subject in self.subjects for finding in subject.findings]


def read_result(result: object) -> ComplianceResult:
    """Read a result. Raises PolicyError ``report_input`` with the pointer of the first invalid value."""
    plain = normalize(result)
    root = DocumentValue(plain)
    if root.type != "object" or root["kind"].text() != "ComplianceResult":
        raise PolicyError("report_input", problem=brief(plain), pointer="/kind")
    fail_on = tuple(item.choice(_FAIL_ON) for item in root["fail_on"].items())
    found: dict[FindingSubject, list[Finding]] = {}
    for item in root["findings"].items():
        finding = Finding.from_dict(item.value, item.path)
        found.setdefault(finding.subject, []).append(finding)
    subjects = tuple(_subject(item, fail_on, found) for item in root["subjects"].items())
    return ComplianceResult(
        raw=root.mapping(),
        as_of=root["as_of"].text(),
        decision=root["decision"].choice(DECISIONS),
        fail_on=fail_on,
        errors=tuple((each["code"].text(), each["message"].texts()) for each in root["errors"].items()),
        policies=tuple((each["id"].text(), each["version"].text()) for each in root["policies"].items()),
        subjects=subjects,
        waivers=tuple(each.mapping() for each in root.get("waivers").items()),
        digests={name: each.text() for name, each in root["digests"].pairs()},
        coverage=read_coverage_model(root.get("coverage")),
        override=read_override_model(root),
    )


def _subject(
    item: DocumentValue, fail_on: Sequence[str], found: Mapping[FindingSubject, Sequence[Finding]]
) -> ResultSubject:
    subject = read_subject(item["subject"])
    decision = item["decision"].choice(DECISIONS)
    findings = sorted(
        found.get(subject, ()),
        key=lambda each: (
            not each.stops(fail_on),
            EFFECTS.index(each.effect),
            SEVERITIES.index(each.severity),
        ),
    )
    plan = item.get("plan")
    if plan.type == "object":
        _check_plan(plan)
    return ResultSubject(
        kind=subject.kind,
        id=subject.id,
        hosts=item["hosts"].text_list(),
        decision=decision,
        stopped=decision in fail_on,
        rules=item["rules"].integer(),
        pools=item["pools"].integer(),
        passed=item["passed"].text_list(),
        not_applicable=item["not_applicable"].text_list(),
        findings=tuple(findings),
        stops=tuple(each for each in findings if each.stops(fail_on)),
        plan=plan.mapping() if plan.type == "object" else None,
    )


def _check_plan(plan: DocumentValue) -> None:
    # A plan is valid if it can be rendered as text.
    try:
        plan_lines(plan.mapping())
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise plan.wrong() from error
