# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text functions that the report formats share: sanitize text of hosts and servers, format labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ....module_utils._text import one_line
from ..._policy.findings.finding import Finding
from ..._policy.policy.text_templates import describe


def shown(value: object) -> str:
    """Return a short description of a limit or value; empty for null."""
    return "" if value is None else one_line(describe(value))


def label(finding: Finding) -> str:
    """Return the id of the vendor's rule (R-id) if there is one, else the id of the check."""
    return one_line(finding.references[0] if finding.references else finding.rule)


def by_cause(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Group findings for display: checks that depend on the same unknown facts are in one group."""
    groups: dict[object, list[Finding]] = {}
    for finding in findings:
        key = (finding.effect, finding.message["en"]) if finding.verdict == "unknown" else id(finding)
        groups.setdefault(key, []).append(finding)
    return list(groups.values())


def labels(findings: Sequence[Finding]) -> list[str]:
    """Return the labels of several findings without duplicates, sorted by number."""
    return sorted({label(finding) for finding in findings}, key=_by_number)


def _by_number(text: str) -> tuple[int, str]:
    number = text[1:]
    return (int(number) if text.startswith("R") and number.isdecimal() and len(number) < 4 else 999, text)


def line_of(place: str) -> tuple[str, int | None]:
    """Split ``file:line``; the line is None if there is none."""
    name, _colon, number = place.rpartition(":")
    if name and number.isascii() and number.isdigit() and len(number) < 10 and int(number) > 0:
        return name, int(number)
    return place, None


def sorted_waivers(waivers: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return id, state and last day of each waiver of a run, as text."""
    return [
        {name: one_line(str(each.get(name, ""))) for name in ("id", "state", "until")} for each in waivers
    ]
