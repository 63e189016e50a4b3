# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verdict of one check with its findings; the worst of several fact sets or groups, and after waivers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .finding import ERROR, FAIL, NOT_APPLICABLE, PASS, UNKNOWN, WAIVED, CheckFinding, Finding

WORST = (ERROR, FAIL, UNKNOWN, PASS, NOT_APPLICABLE)


@dataclass(frozen=True)
class Verdict:
    """The verdict of one check, with its findings (none for pass and not_applicable)."""

    check: str
    verdict: str
    findings: tuple[CheckFinding, ...] = ()
    reasons: tuple[str, ...] = ()
    by: tuple[int, ...] = ()  # index of the subject's fact set for each finding; empty: all fact sets


def by_verdict(verdicts: Sequence[Verdict]) -> dict[str, list[str]]:
    """Return the ids of checks by verdict, sorted."""
    found: dict[str, list[str]] = {}
    for each in verdicts:
        found.setdefault(each.verdict, []).append(each.check)
    return {verdict: sorted(checks) for verdict, checks in found.items()}


def of_fact_sets(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the worst verdict of one check over a subject's fact sets, with all findings of that verdict."""
    worst = _worst(verdicts)
    if len(verdicts) == 1:
        return worst
    found: dict[str, tuple[CheckFinding, int]] = {}
    for at, verdict in enumerate(verdicts):
        if verdict.verdict == worst.verdict:
            for finding in verdict.findings:
                found.setdefault(finding.pointer, (finding, at))
    findings = tuple(finding for finding, _at in found.values())
    return Verdict(
        worst.check, worst.verdict, findings, worst.reasons, tuple(at for _finding, at in found.values())
    )


def of_groups(check: str, verdicts: Sequence[Verdict]) -> Verdict:
    """Return the worst verdict of a pool over a subject's groups, with the findings of all groups."""
    if not verdicts:
        return Verdict(check, NOT_APPLICABLE)
    worst = _worst(verdicts)
    findings = tuple(finding for each in verdicts for finding in each.findings)
    return Verdict(check, worst.verdict, findings, worst.reasons)


def after_waivers(verdict: Verdict, findings: Sequence[Finding]) -> Verdict:
    """Return the verdict after waivers were applied to its findings: waived if all findings are waived."""
    left = {finding.verdict for finding in findings}
    if WAIVED not in left:
        return verdict
    worst_left = next((name for name in (ERROR, FAIL, UNKNOWN) if name in left), WAIVED)
    return Verdict(verdict.check, worst_left, tuple(findings), verdict.reasons)


def _worst(verdicts: Sequence[Verdict]) -> Verdict:
    return min(verdicts, key=lambda each: WORST.index(each.verdict))
