# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare two results: new, fixed, changed, newly unknown and ended findings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..base.errors import PolicyError
from ..documents.plain_data import normalize
from ..findings.finding import PASS, UNKNOWN, order

_NEEDED = {"as_of": str, "decision": str, "off": list, "digests": dict, "subjects": list, "findings": list}
_OF_FINDING = (
    "subject",
    "rule",
    "policy",
    "verdict",
    "effect",
    "fingerprint",
    "state_digest",
    "pointer",
    "kind",
)
_OF_SUBJECT = ("subject", "hosts", "decision", "passed", "not_applicable")

Result = Mapping[str, Any]
FindingData = dict[str, Any]
Key = tuple[str, str]


def drift(before: object, after: object) -> dict[str, Any]:
    """Compare two ComplianceResults.

    Findings are matched by fingerprint; a different ``state_digest``, verdict or effect is a change. A
    finding that is missing in the second result is ``fixed`` only if its check passes now. Otherwise it is
    ``ended``, with the reason: ``subject_gone``, ``check_gone``, ``off``, ``not_applicable``, ``unknown``,
    ``elsewhere``. Raises PolicyError ``result_expected`` for a value that is not a ComplianceResult.
    """
    return _Drift(_result(before, "before"), _result(after, "after")).to_dict()


def _result(given: object, side: str) -> dict[str, Any]:
    plain = normalize(given)
    if (
        not isinstance(plain, dict)
        or plain.get("kind") != "ComplianceResult"
        or plain.get("schema_version") != 1
        or not all(isinstance(plain.get(name), kind) for name, kind in _NEEDED.items())
        or not all(_has(each, _OF_FINDING) for each in plain["findings"])
        or not all(_has(each, _OF_SUBJECT) for each in plain["subjects"])
    ):
        raise PolicyError("result_expected", side=side)
    return plain


def _has(value: object, names: tuple[str, ...]) -> bool:
    return isinstance(value, dict) and all(name in value for name in names)


class _Drift:
    def __init__(self, before: dict[str, Any], after: dict[str, Any]) -> None:
        self._before, self._after = before, after
        self._old = {_identity(each): each for each in before["findings"]}
        self._now = {_identity(each): each for each in after["findings"]}
        self._subjects = {_key(each): each for each in after["subjects"]}
        self._earlier = {_key(each): each for each in before["subjects"]}
        self._checks: dict[tuple[Key, str], list[FindingData]] = {}
        for each in after["findings"]:
            self._checks.setdefault((_key(each), each["rule"]), []).append(each)

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain data, sorted by findings."""
        new, unknown, changed, fixed, ended = [], [], [], list[FindingData](), list[dict[str, Any]]()
        for identity, finding in self._now.items():
            earlier = self._old.get(identity)
            if finding["verdict"] == UNKNOWN and (earlier is None or earlier["verdict"] != UNKNOWN):
                unknown.append(finding)
            elif earlier is None or (
                earlier["verdict"] in (PASS, UNKNOWN) and earlier["verdict"] != finding["verdict"]
            ):
                new.append(finding)
            elif _state(earlier) != _state(finding):
                changed.append({"before": earlier, "after": finding})
        for identity, finding in self._old.items():
            if identity not in self._now:
                reason = self._end_reason(finding)
                if reason:
                    ended.append({"finding": finding, "why": reason})
                else:
                    fixed.append(finding)
        found = {
            "new": sorted(new, key=order),
            "newly_unknown": sorted(unknown, key=order),
            "fixed": sorted(fixed, key=order),
            "changed": sorted(changed, key=lambda each: order(each["after"])),
            "ended": sorted(ended, key=lambda each: order(each["finding"])),
            "decisions": self._decisions(),
        }
        return {
            "before": self._head(self._before),
            "after": self._head(self._after),
            "same": not any(found.values()),
            **found,
        }

    def _end_reason(self, finding: FindingData) -> str:
        """Return the reason why a finding is missing; empty if its check passes now."""
        key, check = _key(finding), finding["rule"]
        entry = self._subjects.get(key)
        if entry is None:
            return "subject_gone"
        if check in entry["passed"]:
            return ""
        if check in self._after["off"]:
            return "off"
        if check in entry["not_applicable"]:
            return "not_applicable"
        left = {each["verdict"] for each in self._checks.get((key, check), ())}
        if not left:
            # Invalid facts are valid again; any other check is no longer in the policy.
            return "" if finding["kind"] == "facts" else "check_gone"
        return "unknown" if UNKNOWN in left else "elsewhere"

    def _decisions(self) -> list[dict[str, Any]]:
        changes = []
        for key in sorted({*self._earlier, *self._subjects}):
            old, now = self._earlier.get(key), self._subjects.get(key)
            before, after = (each["decision"] if each is not None else None for each in (old, now))
            if before != after:
                entry = now or old or {}
                changes.append(
                    {
                        "subject": entry["subject"],
                        "hosts": entry["hosts"],
                        "before": before,
                        "after": after,
                    }
                )
        return changes

    def _head(self, result: Result) -> dict[str, Any]:
        return {name: result[name] for name in ("as_of", "decision", "digests")}


def _key(entry: Mapping[str, Any]) -> Key:
    return entry["subject"]["id"], entry["subject"]["kind"]


def _identity(finding: FindingData) -> tuple[str, str]:
    return finding["fingerprint"], finding["kind"]


def _state(finding: FindingData) -> tuple[str, str, str]:
    return finding["state_digest"], finding["verdict"], finding["effect"]
