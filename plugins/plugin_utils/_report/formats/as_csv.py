# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Render a result as CSV (RFC 4180): one row for each finding, and one for each system without findings."""

from __future__ import annotations

import csv as library
import io

from ....module_utils._text import one_line
from ..._policy.base.canonical_json import canonical
from ..._policy.documents.schemas import brief
from ..._policy.findings.finding import Finding
from ..model.result_model import ComplianceResult, ResultSubject

COLUMNS = (
    "subject_kind",
    "subject",
    "decision",
    "policy",
    "rule",
    "verdict",
    "effect",
    "severity",
    "mode",
    "references",
    "pointer",
    "group",
    "expected",
    "actual",
    "message",
    "remediation",
    "place",
    "waiver",
    "fingerprint",
)
# Characters that a spreadsheet treats as the start of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def csv(run: ComplianceResult, language: str) -> str:
    """Return the result as CSV: a header row, then rows by system."""
    output = io.StringIO()
    writer = library.writer(output, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for sentence in run.override.lines(language):
        writer.writerow(_row({"subject_kind": "run", "verdict": "override", "message": sentence}))
    for sentence in run.coverage.lines(language):
        writer.writerow(_row({"subject_kind": "run", "verdict": "not_judged", "message": sentence}))
    for code, message in run.errors:
        writer.writerow(
            _row(
                {
                    "subject_kind": "run",
                    "decision": run.decision,
                    "rule": code,
                    "verdict": "error",
                    "effect": "block",
                    "message": message[language],
                }
            )
        )
    for subject in run.subjects:
        for finding in subject.findings:
            writer.writerow(_row(_cells(subject, finding, language)))
        if not subject.findings:
            writer.writerow(_row(_about(subject)))
    return output.getvalue()


def _row(cells: dict[str, str]) -> list[str]:
    return [_without_formula(cells.get(column, "")) for column in COLUMNS]


def _without_formula(text: str) -> str:
    # A leading apostrophe makes a spreadsheet treat the cell as text.
    plain = one_line(text)
    return "'" + plain if plain.lstrip().startswith(_FORMULA) else plain


def _about(subject: ResultSubject) -> dict[str, str]:
    return {"subject_kind": subject.kind, "subject": subject.id, "decision": subject.decision}


def _group(finding: Finding) -> str:
    return ", ".join(f"{name} {brief(value)}" for name, value in sorted((finding.group or {}).items()))


def _cells(subject: ResultSubject, finding: Finding, language: str) -> dict[str, str]:
    return {
        **_about(subject),
        "policy": finding.policy,
        "rule": finding.rule,
        "verdict": finding.verdict,
        "effect": finding.effect,
        "severity": finding.severity,
        "mode": finding.mode,
        "references": " ".join(finding.references),
        "pointer": finding.pointer,
        "group": _group(finding),
        "expected": "" if finding.expected is None else canonical(finding.expected),
        "actual": "" if finding.actual is None else canonical(finding.actual),
        "message": finding.message[language],
        "remediation": finding.remediation[language],
        "place": finding.place,
        "waiver": finding.waiver_id,
        "fingerprint": finding.fingerprint,
    }
