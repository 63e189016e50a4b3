# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Render the details of a finding: expected and actual value, rule, its place and the remediation."""

from __future__ import annotations

from collections.abc import Sequence

from ....module_utils._messages.catalog import render
from ..._policy.findings.finding import Finding
from ..._policy.policy.text_templates import describe


def of_finding(finding: Finding, language: str) -> list[str]:
    """Return the detail lines of a finding that is a failure or an error."""
    lines = []
    if finding.expected is not None or finding.actual is not None:
        fields = {
            "expected": _value(finding.expected, language),
            "actual": _value(finding.actual, language),
        }
        lines.append(render("detail_values", fields, language))
    return [*lines, *_rules_and_remedies([finding], language)]


def of_waiting(findings: Sequence[Finding], language: str) -> list[str]:
    """Return the detail lines of several undecided rules that depend on the same unknown facts."""
    return _rules_and_remedies(findings, language)


def _rules_and_remedies(findings: Sequence[Finding], language: str) -> list[str]:
    places = [
        render(
            "detail_rule",
            {
                "rule": finding.rule,
                "severity": render("severity_" + finding.severity, {}, language),
                "place": finding.place,
            },
            language,
        )
        for finding in findings
    ]
    remedies = dict.fromkeys(finding.remediation[language] for finding in findings)
    remedy_lines = [render("detail_remedy", {"text": text}, language) for text in remedies]
    return [*dict.fromkeys(places), *remedy_lines]


def _value(value: object, language: str) -> str:
    return render("word_none", {}, language) if value is None else describe(value)
