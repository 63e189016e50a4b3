# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Summarize a run: the errors of the run as a whole, and the counts of its outcomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ..findings.finding import Finding
from ..findings.verdict import Verdict
from ..policy.model import LEDGER, Subject
from ..policy.text_templates import sentences


def run_errors(entries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the errors of a run as a whole: no host, or no check that applies to any subject."""
    code = ""
    if all(entry["subject"]["kind"] in LEDGER for entry in entries):
        code = "run_without_hosts"
    elif all(entry["decision"] == "not_applicable" for entry in entries):
        code = "run_nothing_applies"
    return [{"code": code, "message": sentences(code, {})}] if code else []


def count_outcomes(
    entries: Sequence[Mapping[str, Any]],
    verdicts: Mapping[Subject, Sequence[Verdict]],
    findings: Sequence[Finding],
) -> dict[str, Any]:
    """Return the numbers of decisions, verdicts, unknown reasons and warnings of a run."""
    # Equal systems share one list of verdicts, which is read once and multiplied by its number of users.
    shared: dict[int, tuple[int, Sequence[Verdict]]] = {}
    for found in verdicts.values():
        count, _same = shared.get(id(found), (0, found))
        shared[id(found)] = (count + 1, found)
    by_verdict: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for count, found in shared.values():
        for each in found:
            by_verdict[each.verdict] += count
            for reason in each.reasons:
                reasons[reason] += count
    return {
        "decisions": dict(sorted(Counter(str(entry["decision"]) for entry in entries).items())),
        "verdicts": dict(sorted(by_verdict.items())),
        "unknown_reasons": dict(sorted(reasons.items())),
        "warnings": sum(finding.effect == "warn" for finding in findings),
    }
