# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Derive the decision about a subject from the verdicts and findings of its checks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .findings import ERROR, FAIL, NOT_APPLICABLE, UNKNOWN, WORST, Draft, Finding, Verdict
from .waivers import WAIVED

#: In order of severity, the worst first.
DECISIONS = ("error", "non_compliant", "undetermined", "compliant", "not_applicable")
FAIL_ON = ("error", "non_compliant", "undetermined")
_DECIDES = {ERROR: "error", FAIL: "non_compliant", UNKNOWN: "undetermined"}


def by_verdict(verdicts: Sequence[Verdict]) -> dict[str, list[str]]:
    """Return the ids of checks by verdict, sorted."""
    found: dict[str, list[str]] = {}
    for each in verdicts:
        found.setdefault(each.verdict, []).append(each.check)
    return {verdict: sorted(checks) for verdict, checks in found.items()}


def of_groups(check: str, verdicts: Sequence[Verdict]) -> Verdict:
    """Return the worst verdict of a pool over a subject's groups, with the findings of all groups."""
    if not verdicts:
        return Verdict(check, NOT_APPLICABLE)
    least = min(verdicts, key=lambda each: WORST.index(each.verdict))
    drafts: tuple[Draft, ...] = tuple(draft for each in verdicts for draft in each.findings)
    return Verdict(check, least.verdict, drafts, least.reasons)


def after_waivers(verdict: Verdict, findings: Sequence[Finding]) -> Verdict:
    """Return the verdict after waivers were applied to its findings: waived if all findings are waived."""
    if not any(finding["verdict"] == WAIVED for finding in findings):
        return verdict
    left = {finding["verdict"] for finding in findings}
    worst_left = next((name for name in (ERROR, FAIL, UNKNOWN) if name in left), WAIVED)
    return Verdict(verdict.check, worst_left, tuple(findings), verdict.reasons)


def decide(verdicts: Iterable[Verdict], findings: Iterable[Finding]) -> str:
    """Return a subject's decision. Only blocking findings count; an unknown never makes it non_compliant."""
    applied = any(verdict.verdict != NOT_APPLICABLE for verdict in verdicts)
    found = {"compliant" if applied else "not_applicable"}
    for finding in findings:
        if finding["effect"] == "block":
            found.add(_DECIDES[finding["verdict"]])
    return worst(found)


def worst(decisions: Iterable[str]) -> str:
    """Return the worst of several decisions; not_applicable if there are none."""
    return min(decisions, key=DECISIONS.index, default="not_applicable")
