# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read waivers and apply them to findings that are accepted for a limited time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from ....module_utils._pointer import Path
from ..base.canonical_json import canonical, digest
from ..base.errors import InvalidDocument, Problem
from ..documents.files import Finder, find_here, read_documents
from ..documents.schemas import suggestion
from ..documents.yaml_reader import Document
from ..policy.model import Subject, day
from .finding import FORECAST, WAIVED, Finding

#: Verdicts that a waiver can cover. It never covers an error, a forecast or a warning about headroom.
COVERED = ("fail", "unknown")
LONGEST_DAYS = 90
EXPIRING_DAYS = 14

_KINDS = {
    "systems": "system",
    "nodes": "node",
    "grants": "grant",
    "license_servers": "license_server",
}


@dataclass(frozen=True)
class Waiver:
    """One waiver. It is valid from ``begins`` until before ``ends``; ``subjects`` are (kind, id).

    A waiver of a rule names its subjects; a waiver of a pool names its group and the largest shortfall that
    it accepts.
    """

    id: str
    document: str
    check: str
    policy: str
    subjects: frozenset[Subject]
    group: Mapping[str, str] | None
    max_shortfall: int
    covers: frozenset[str]
    begins: datetime
    ends: datetime
    until: str
    fingerprint: str
    state_digest: str
    content: Mapping[str, Any]
    place: str

    def holds(self, as_of: datetime) -> bool:
        """Return whether the waiver is valid at ``as_of``."""
        return self.begins <= as_of < self.ends

    def covers_finding(self, finding: Finding, as_of: datetime) -> bool:
        """Return whether this waiver, at ``as_of``, accepts ``finding``."""
        if not self.holds(as_of) or finding.verdict not in self.covers or finding.kind == FORECAST:
            return False
        if finding.rule != self.check or self.policy not in ("", finding.policy):
            return False
        if self.fingerprint not in ("", finding.fingerprint):
            return False
        if self.state_digest not in ("", finding.state_digest):
            return False
        if self.group is None:
            return finding.kind == "rule" and (finding.subject.kind, finding.subject.id) in self.subjects
        return finding.kind == "pool" and self._accepts(finding)

    def _accepts(self, finding: Finding) -> bool:
        if dict(finding.group or {}) != self.group:
            return False
        missing = shortfall(finding.expected, finding.actual)
        return missing is not None and missing <= self.max_shortfall


@dataclass(frozen=True)
class WaiverSet:
    """All waivers of a run; ``digest`` is the digest of their documents."""

    waivers: tuple[Waiver, ...] = ()
    digest: str = ""


def shortfall(expected: object, actual: object) -> int | None:
    """Return the largest possible shortfall of a pool's finding; None if it has no upper bound."""
    if not isinstance(expected, Mapping) or not isinstance(actual, Mapping):
        return None
    demand, supply = actual.get("demand"), expected.get("at_most")
    high = demand[1] if isinstance(demand, list) else demand
    low = supply[0] if isinstance(supply, list) else supply
    if not isinstance(high, int) or not isinstance(low, int):
        return None
    return max(0, high - low)


def apply(
    findings: Iterable[Finding], waivers: WaiverSet, as_of: datetime
) -> tuple[list[Finding], list[dict[str, Any]]]:
    """Return the findings with the covered ones waived, and the state of every waiver, by id.

    A waived finding keeps its own verdict as ``waived_from`` and no longer blocks or warns; its other values
    do not change. Call this once, after pools were evaluated and slices were merged.
    """
    used: dict[str, int] = {}
    result = []
    for finding in findings:
        found = next((each for each in waivers.waivers if each.covers_finding(finding, as_of)), None)
        if found is None:
            result.append(finding)
            continue
        used[found.id] = used.get(found.id, 0) + 1
        note = {"id": found.id, "until": found.until, "place": found.place}
        result.append(
            replace(finding, verdict=WAIVED, waived_from=finding.verdict, waiver=note, effect="record")
        )
    return result, [_state(each, used.get(each.id, 0), as_of) for each in waivers.waivers]


def _state(waiver: Waiver, findings: int, as_of: datetime) -> dict[str, Any]:
    left = (waiver.ends - as_of) // timedelta(days=1)
    if as_of < waiver.begins:
        state = "pending"
    elif as_of >= waiver.ends:
        state = "expired"
    elif findings == 0:
        state = "unused"
    else:
        state = "expiring" if left < EXPIRING_DAYS else "active"
    return {
        "id": waiver.id,
        "state": state,
        "findings": findings,
        "document": waiver.document,
        "place": waiver.place,
        **{
            name: waiver.content[name]
            for name in ("rule", "pool", "reason", "approver", "ticket", "from", "until")
            if name in waiver.content
        },
    }


def load_waivers(argument: object, find: Finder = find_here) -> WaiverSet:
    """Read and validate waivers: a path, a Waivers document as data, or a list of those; None for none.

    Raises InvalidDocument with all errors: a duplicate id, dates that do not exist or are out of order, a
    term longer than allowed, two waivers for one rule, subject and day.
    """
    if argument is None:
        return WaiverSet()
    documents = read_documents(argument, "Waivers", "waivers", find)
    reader = _Reader()
    for document in documents:
        reader.document(document)
    reader.overlaps()
    if reader.problems:
        raise InvalidDocument(reader.problems)
    content = sorted(canonical(document.value) for document in documents)
    ordered = sorted((each for each, *_rest in reader.found), key=lambda each: each.id)
    return WaiverSet(tuple(ordered), digest(content))


def known_checks(waivers: WaiverSet, states: Sequence[dict[str, Any]], checks: Iterable[str]) -> None:
    """Add a suggestion to the state of each waiver whose rule or pool is not in the policy."""
    names = sorted(checks)
    for waiver, state in zip(waivers.waivers, states, strict=True):
        if waiver.check not in names:
            state["no_such_check"] = suggestion(waiver.check, names)


class _Reader:
    def __init__(self) -> None:
        self.found: list[tuple[Waiver, Document, Path]] = []
        self.problems: list[Problem] = []

    def document(self, document: Document) -> None:
        content: Any = document.value
        for index, raw in enumerate(content["waivers"]):
            path: Path = ("waivers", index)
            waiver = self._waiver(raw, document, path, content)
            if waiver is not None:
                self.found.append((waiver, document, path))

    def _add_problem(self, code: str, document: Document, path: Path, **fields: object) -> None:
        self.problems.append(Problem(code, fields, document.place(path)))

    def _waiver(
        self, raw: dict[str, Any], document: Document, path: Path, content: dict[str, Any]
    ) -> Waiver | None:
        ident = raw["id"]
        duplicate = next((each for each, *_rest in self.found if each.id == ident), None)
        if duplicate is not None:
            self._add_problem("waiver_duplicate", document, (*path, "id"), id=ident, first=duplicate.place)
            return None
        days = {}
        for name in ("from", "until"):
            try:
                days[name] = day(raw[name])
            except ValueError:
                self._add_problem("date_invalid", document, (*path, name), id=ident, date=raw[name])
        if len(days) < 2:
            return None
        begins, ends = days["from"], days["until"] + timedelta(days=1)
        longest, term = content.get("longest_days", LONGEST_DAYS), (ends - begins).days
        if term < 1:
            self._add_problem("waiver_order", document, (*path, "until"), id=ident, until=raw["until"])
        elif term > longest:
            self._add_problem(
                "waiver_too_long", document, (*path, "until"), id=ident, days=term, longest=longest
            )
        return Waiver(
            id=ident,
            document=content["id"],
            check=str(raw.get("rule", raw.get("pool"))),
            policy=raw.get("policy", ""),
            subjects=frozenset(
                (_KINDS[kind], name) for kind, names in raw.get("scope", {}).items() for name in names
            ),
            group=raw.get("group"),
            max_shortfall=raw.get("max_shortfall", 0),
            covers=frozenset(raw.get("covers", ("fail",))),
            begins=begins,
            ends=ends,
            until=raw["until"],
            fingerprint=raw.get("fingerprint", ""),
            state_digest=raw.get("state_digest", ""),
            content=raw,
            place=document.place(path),
        )

    def overlaps(self) -> None:
        """Add an error for two waivers of one rule, subject and day; which one applies would be ambiguous."""
        for index, (waiver, document, path) in enumerate(self.found):
            for earlier, *_rest in self.found[:index]:
                if _overlap(earlier, waiver):
                    fields = {"id": waiver.id, "check": waiver.check, "other": earlier.id}
                    self._add_problem("waiver_overlap", document, path, **fields, first=earlier.place)


def _overlap(left: Waiver, right: Waiver) -> bool:
    if left.check != right.check:
        return False
    if "" not in (left.policy, right.policy) and left.policy != right.policy:
        return False
    if left.begins >= right.ends or right.begins >= left.ends or left.group != right.group:
        return False
    if left.group is None and not left.subjects & right.subjects:
        return False
    # Waivers that are pinned to different findings do not overlap.
    for own, other in ((left.fingerprint, right.fingerprint), (left.state_digest, right.state_digest)):
        if own and other and own != other:
            return False
    return True
