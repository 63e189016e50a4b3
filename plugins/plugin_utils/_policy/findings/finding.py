# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings as typed values: of a check for a fact set, and about a subject. Engine and reports share them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ....module_utils._licensing.reading.fact_reader import UNKNOWN_REASONS
from ....module_utils._pointer import Path
from ..base.canonical_json import canonical, digest
from ..base.pointer_order import sort_key
from ..documents.document_value import DocumentValue, Texts
from ..policy.model import SEVERITIES, SUBJECT, Check, Subject
from ..pools.pool_row import SELF

PASS, FAIL, UNKNOWN, NOT_APPLICABLE, ERROR = "pass", "fail", "unknown", "not_applicable", "error"
WAIVED = "waived"
#: Kind of the finding of a pool that passes now and fails after a future expiry.
FORECAST = "forecast"
VERDICTS = (PASS, FAIL, UNKNOWN, ERROR, WAIVED)
EFFECTS = ("block", "warn", "record")
#: The decision that a blocking finding leads to, by its verdict.
_DECISIONS = {ERROR: "error", FAIL: "non_compliant", UNKNOWN: "undetermined"}


class FindingSubject(NamedTuple):
    """A system, node, grant or License Server that findings are about."""

    id: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class CheckFinding:
    """The finding of a check for a fact set; subjects with equal facts share it.

    ``sources`` are the facts that a derived fact comes from, ``because`` the unknown facts that decide (None
    for a decided check), ``unread`` the values that could not be parsed. A finding of a pool has ``group``;
    its ``conflicts`` and ``blamed`` are rows as (owner, label), where no owner is the subject itself. ``at``
    is the time of a forecast.
    """

    policy: str
    rule: str
    version: str
    place: str
    severity: str
    references: Sequence[str]
    kind: str
    verdict: str
    mode: str
    effect: str
    pointer: str
    expected: Any
    actual: Any
    message: Texts
    remediation: Texts
    alternatives: Sequence[Any] = ()
    sources: Sequence[str] = ()
    because: Sequence[Mapping[str, Any]] | None = None
    unread: Sequence[Mapping[str, Any]] = ()
    group: Mapping[str, Any] | None = None
    shortfall: Any = None
    buy: Mapping[str, Any] | None = None
    conflicts: Sequence[tuple[str, str]] = ()
    blamed: Sequence[Subject] = ()
    at: str | None = None

    @classmethod
    def of_check(cls, check: Check, **content: Any) -> CheckFinding:
        """Return a finding of ``check``: a rule or a pool."""
        origin = check.origin
        return cls(
            **{
                "policy": origin.policy,
                "rule": check.id,
                "version": origin.version,
                "place": origin.place,
                "severity": check.severity,
                "references": check.references,
                **content,
            }
        )

    @classmethod
    def from_dict(cls, document: object, path: Path = ()) -> CheckFinding:
        """Read a finding. Raises PolicyError ``report_input`` with the pointer of the first invalid value."""
        return cls(**_content(DocumentValue(document, path)))

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as plain data; keys that do not apply are left out."""
        optional = {
            "alternatives": list(self.alternatives) or None,
            "from": list(self.sources) or None,
            "because": None if self.because is None else list(self.because),
            "unread": list(self.unread) or None,
            "group": self.group,
        }
        conflicts = {"conflicts": _labels(self.conflicts) or None}
        amounts = {"shortfall": self.shortfall, "buy": self.buy, "blamed": _labels(self.blamed) or None}
        # The order of these keys is part of the result: only decided balances state the conflicts first.
        last = {**amounts, **conflicts} if self.because is not None else {**conflicts, **amounts}
        return {
            "policy": self.policy,
            "rule": self.rule,
            "version": self.version,
            "place": self.place,
            "severity": self.severity,
            "references": list(self.references),
            "kind": self.kind,
            "verdict": self.verdict,
            "mode": self.mode,
            "effect": self.effect,
            "pointer": self.pointer,
            "expected": self.expected,
            "actual": self.actual,
            "message": self.message,
            "remediation": self.remediation,
            **{
                name: value
                for name, value in {**optional, **last, "at": self.at}.items()
                if value is not None
            },
        }

    def about(self, subject: Subject, hosts: Sequence[str]) -> Finding:
        """Return the finding about ``subject`` (id, kind), with its fingerprint.

        The fingerprint excludes version, value, date, place and text, so a problem that persists keeps it.
        """
        content, (ident, kind) = dict(vars(self)), subject
        group = self.group
        if group is not None and group.get(SUBJECT) == SELF:
            group = content["group"] = {**group, SUBJECT: ident}
        for name in ("conflicts", "blamed"):
            content[name] = [(owner or ident, label) for owner, label in content[name]]
        identity = [self.policy, self.rule, [kind, ident], group, self.pointer]
        return Finding(
            **content,
            subject=FindingSubject(ident, kind),
            hosts=hosts,
            fingerprint=digest(identity),
            state_digest=digest([*identity, self.expected, self.actual]),
        )


@dataclass(frozen=True, kw_only=True)
class Finding(CheckFinding):
    """A finding about a subject. A waived one has the verdict WAIVED and its own one as ``waived_from``."""

    subject: FindingSubject
    hosts: Sequence[str]
    fingerprint: str
    state_digest: str
    waived_from: str = ""
    waiver: Mapping[str, Any] | None = None

    @classmethod
    def from_dict(cls, document: object, path: Path = ()) -> Finding:
        """Read a finding. Raises PolicyError ``report_input`` with the pointer of the first invalid value."""
        item = DocumentValue(document, path)
        content = _content(item)
        waiver = item.get("waiver")
        if waiver.type == "object":
            waiver["id"].text()
        return cls(
            **content,
            subject=read_subject(item["subject"]),
            hosts=item.get("hosts").text_list(),
            fingerprint=item["fingerprint"].text(),
            state_digest=item.get("state_digest").value or "",
            waived_from=item.get("waived_from").text() if content["verdict"] == WAIVED else "",
            waiver=waiver.value if waiver.type == "object" else None,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as plain data, as in a ComplianceResult."""
        waived = {} if self.waiver is None else {"waived_from": self.waived_from, "waiver": self.waiver}
        return {
            "subject": {"kind": self.subject.kind, "id": self.subject.id},
            "hosts": list(self.hosts),
            **super().to_dict(),
            "fingerprint": self.fingerprint,
            "state_digest": self.state_digest,
            **waived,
        }

    @property
    def decision(self) -> str:
        """The decision that the finding leads to; empty if it does not block."""
        return _DECISIONS[self.verdict] if self.effect == "block" else ""

    @property
    def waiver_id(self) -> str:
        """The id of the waiver that covers the finding, else an empty text."""
        return "" if self.waiver is None else self.waiver["id"]

    def stops(self, fail_on: Collection[str]) -> bool:
        """Return whether the finding stops a play; ``fail_on`` are the decisions that do."""
        return self.effect == "block" and _DECISIONS.get(self.verdict) in fail_on


def read_subject(item: DocumentValue) -> FindingSubject:
    """Read a subject of a result. Raises PolicyError ``report_input``."""
    kind = item["kind"].text()
    return FindingSubject(item["id"].text(), kind)


def order(finding: Mapping[str, Any]) -> list[Any]:
    """Return the sort key of a finding of a result: subject, policy, rule, pointer, group, kind."""
    subject = finding["subject"]
    return [
        subject["id"],
        subject["kind"],
        finding["policy"],
        finding["rule"],
        sort_key(finding["pointer"]),
        canonical(finding.get("group")),
        finding["kind"],
    ]


def _labels(rows: Sequence[tuple[str, str]]) -> list[str]:
    return sorted(f"{owner} {label}".strip() for owner, label in rows)


def _content(item: DocumentValue) -> dict[str, Any]:
    verdict = item["verdict"].choice(VERDICTS)
    effect = item["effect"].choice(EFFECTS)
    because = item["because"] if verdict == UNKNOWN else item.get("because")
    for gap in because.items():
        gap["pointer"].text(), gap["reason"].choice(UNKNOWN_REASONS), gap.get("settled_by").text_list()
    for value in item.get("unread").items():
        value["pointer"].text(), value["message"].texts()
    return {
        "policy": item["policy"].text(),
        "rule": item["rule"].text(),
        "version": item["version"].text(),
        "place": item["place"].text(),
        "severity": item["severity"].choice(SEVERITIES),
        "references": item["references"].text_list(),
        "kind": item["kind"].text(),
        "verdict": verdict,
        "mode": item["mode"].text(),
        "effect": effect,
        "pointer": item["pointer"].text(),
        "expected": item["expected"].value,
        "actual": item["actual"].value,
        "message": item["message"].texts(),
        "remediation": item["remediation"].texts(),
        "alternatives": [each.value for each in item.get("alternatives").items()],
        "sources": item.get("from").text_list(),
        "because": because.value,
        "unread": item.get("unread").value or (),
        "group": item.get("group").optional_mapping(),
        "shortfall": item.get("shortfall").value,
        "buy": item.get("buy").optional_mapping(),
        "conflicts": [("", label) for label in item.get("conflicts").text_list()],
        "blamed": [("", label) for label in item.get("blamed").text_list()],
        "at": item.get("at").value,
    }
