# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Label findings by their rules, and group undecided ones by the unknown facts that cause them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ..._policy.findings.finding import Finding

MAX_WAITING = 4
Gap = tuple[str, str]  # a fact's pointer, and why it is not known
_RULE_ID = re.compile(r"R[0-9]{1,2}", re.ASCII)


def has_gaps(finding: Finding) -> bool:
    """Return whether a finding is caused by unknown facts.

    A finding about facts of another host has its own message.
    """
    return finding.verdict == "unknown" and finding.kind != "facts"


def group_by_gaps(
    findings: Sequence[Finding],
) -> list[tuple[list[Finding], list[Gap]]]:
    """Return findings grouped by the unknown facts that cause them; one group if there would be too many."""
    groups: dict[tuple[Gap, ...], list[Finding]] = {}
    for finding in findings:
        groups.setdefault(tuple(deciding_facts(finding)), []).append(finding)
    if len(groups) <= MAX_WAITING:
        return [(found, list(gaps)) for gaps, found in groups.items()]
    gaps = {gap for each in groups for gap in each}
    # A fact below another missing fact is redundant.
    outer = [
        gap for gap in gaps if not any(gap != other and gap[0].startswith(other[0] + "/") for other in gaps)
    ]
    return [(list(findings), sorted(outer))]


def unread_values(findings: Sequence[Finding]) -> dict[str, Mapping[str, str]]:
    """Return by pointer the messages about values that are present but could not be parsed."""
    return {each["pointer"]: each["message"] for finding in findings for each in finding.unread}


def own_values(findings: Sequence[Finding]) -> dict[str, str]:
    """Return by pointer the own value that a FactMap reads an unknown fact from: ``flat:/features``."""
    return {
        each["pointer"]: each["from"] for finding in findings for each in finding.unread if "from" in each
    }


def deciding_facts(finding: Finding) -> list[Gap]:
    """Return (pointer, reason) of the facts that decide a finding: the sources of its unknown facts."""
    roots = {
        (pointer, item["reason"])
        for item in finding.because or ()
        for pointer in item.get("settled_by", (item["pointer"],))
    }
    return sorted(roots)


def label_of(finding: Finding) -> str:
    """Return the first rule of the vendor that the finding refers to, else the id of its rule."""
    for reference in finding.references:
        if _RULE_ID.fullmatch(reference):
            return reference
    return finding.rule


def rank_of(label: str) -> tuple[int, str]:
    """Return the sort key of a label: rules of the vendor by number, then all others."""
    return (int(label[1:]) if _RULE_ID.fullmatch(label) else 99, label)
