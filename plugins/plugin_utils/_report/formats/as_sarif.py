# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Render a result as SARIF 2.1.0 for code scanning; a finding points to the line of its rule."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from ....module_utils._text import one_line
from ..._policy.findings.finding import Finding
from ..model.result_model import ComplianceResult
from ..model.text_utils import line_of

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"block": "error", "warn": "warning", "record": "note"}
# Code scanning sorts by this score from 0 to 10.
_SCORES = {"critical": "9.5", "high": "8.0", "medium": "5.0", "low": "3.0", "info": "1.0"}


def sarif(run: ComplianceResult, language: str) -> str:
    """Return the result as one SARIF run. A waived finding is a suppressed result."""
    rules: dict[tuple[str, str], dict[str, Any]] = {}
    results = []
    for finding in run.findings:
        key = (finding.policy, finding.rule)
        if key not in rules:
            rules[key] = {**_rule(finding, language), "index": len(rules)}
        results.append(_result(finding, int(rules[key]["index"]), language))
    log = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "unicloud.usphere",
                        "rules": [
                            {name: value for name, value in rule.items() if name != "index"}
                            for rule in rules.values()
                        ],
                    }
                },
                "automationDetails": {"id": "license-compliance/"},
                "invocations": [
                    {
                        "executionSuccessful": run.decision != "error",
                        "toolExecutionNotifications": [
                            {
                                "level": "error",
                                "descriptor": {"id": one_line(code)},
                                "message": {"text": one_line(message[language])},
                            }
                            for code, message in run.errors
                        ]
                        + [
                            {
                                "level": "warning",
                                "descriptor": {"id": name},
                                "message": {"text": one_line(sentence)},
                            }
                            for name, notes in (
                                ("override", run.override.lines(language)),
                                ("coverage", run.coverage.lines(language)),
                            )
                            for sentence in notes
                        ],
                    }
                ],
                "columnKind": "unicodeCodePoints",
                "properties": {"decision": run.decision, "as_of": one_line(run.as_of)},
                "results": results,
            }
        ],
    }
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _rule(finding: Finding, language: str) -> dict[str, Any]:
    return {
        "id": _id(finding),
        "name": one_line(finding.rule),
        "shortDescription": {"text": " ".join((one_line(finding.rule), *map(one_line, finding.references)))},
        "help": {"text": one_line(finding.remediation[language])},
        "properties": {
            "security-severity": _SCORES[finding.severity],
            "tags": ["license", *map(one_line, finding.references)],
        },
    }


def _id(finding: Finding) -> str:
    return one_line(f"{finding.policy}/{finding.rule}")


def _result(finding: Finding, index: int, language: str) -> dict[str, Any]:
    kind, ident = finding.subject.kind, finding.subject.id
    subject = one_line(ident)
    location: dict[str, Any] = {
        "logicalLocations": [
            {
                "name": subject,
                "kind": "resource",
                "fullyQualifiedName": one_line(f"{kind}/{ident}{finding.pointer}"),
            }
        ]
    }
    name, line = line_of(finding.place)
    if line is not None:
        location["physicalLocation"] = {
            "artifactLocation": {"uri": quote(one_line(name), safe="/.-_")},
            "region": {"startLine": line},
        }
    result: dict[str, Any] = {
        "ruleId": _id(finding),
        "ruleIndex": index,
        "level": _LEVELS[finding.effect],
        "message": {"text": f"{subject}: {one_line(finding.message[language])}"},
        "locations": [location],
        "partialFingerprints": {"usphereFinding/v1": one_line(finding.fingerprint)},
        "properties": {
            "subject": subject,
            "verdict": finding.verdict,
            "severity": finding.severity,
            "pointer": one_line(finding.pointer),
        },
    }
    if finding.verdict == "waived":
        result["suppressions"] = [{"kind": "external", "justification": one_line(finding.waiver_id)}]
    return result
