# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Render a ComplianceResult as text for a terminal, in English or Chinese."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ....module_utils._messages.catalog import render
from ....module_utils._text import one_line
from ..._policy.documents.document_value import DocumentValue
from ..._policy.findings.finding import Finding
from ..._policy.policy.model import LEDGER
from ..._policy.policy.text_templates import describe
from ..model.coverage_text import read_coverage_model
from ..model.finding_groups import (
    Gap,
    group_by_gaps,
    has_gaps,
    label_of,
    rank_of,
    unread_values,
)
from ..model.override_text import read_override_model
from ..model.plan_text import PlanText
from ..model.result_model import ComplianceResult

#: Systems beyond this number are summarized in one line; the result has all of them.
MAX_SYSTEMS = 50
MAX_LINES_A_SYSTEM = 40
#: Up to this number of stopped systems, details are shown by default.
FEW_SYSTEMS = 3
MAX_GAPS = 6
MAX_LABEL = 12
#: Longer messages do not count for the width of the message column.
PADDED = 72

_RANK = {"fail": 0, "error": 0, "unknown": 1, "pass": 2}
_SEVERITY = {name: rank for rank, name in enumerate(("critical", "high", "medium", "low", "info"))}
_WAIVERS = ("expiring", "expired", "unused")
#: Rule, message, pointer, and the detail lines of the finding.
Row = tuple[str, str, str, Sequence[str]]


def text(run: ComplianceResult, language: str, detail: bool | None = None) -> str:
    """Return the report for a terminal as one text."""
    return "".join(line + "\n" for line in report(run.raw, language, detail))


def report(result: Mapping[str, Any], language: str = "en", detail: bool | None = False) -> list[str]:
    """Return the lines of a report: each system with its findings and its plan, stopped systems first.

    Systems that are not judged are on the first line.

    With ``detail``, each finding is followed by its expected and actual value, its rule, the place of the
    rule and the remediation. With None, only findings of stopped systems have details, and only if at most
    FEW_SYSTEMS systems are stopped.
    """
    return [one_line(line) for line in _Report(result, language, detail).lines()]


class _Report:
    def __init__(self, result: Mapping[str, Any], language: str, detail: bool | None) -> None:
        self._result = result
        self._language = language
        stopped = sum(entry["decision"] in result["fail_on"] for entry in result["subjects"])
        self._detail = stopped <= FEW_SYSTEMS if detail is None else detail
        self._all_details = bool(detail)
        self._findings: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
        for finding in result["findings"]:
            subject = finding["subject"]
            self._findings.setdefault((subject["kind"], subject["id"]), []).append(finding)

    def _say(self, code: str, **fields: object) -> str:
        return render(code, fields, self._language)

    def _number(self, one: str, many: str, count: int) -> str:
        return self._say(one if count == 1 else many, n=count)

    def _comma(self, parts: Sequence[str]) -> str:
        return self._say("report_comma").join(parts)

    def lines(self) -> Iterator[str]:
        root = DocumentValue(self._result)
        yield from read_override_model(root).lines(self._language)
        yield from read_coverage_model(root.get("coverage")).lines(self._language)
        for error in self._result["errors"]:
            yield error["message"][self._language]
        entries = sorted(
            (entry for entry in self._result["subjects"] if not _is_irrelevant(entry)),
            key=lambda entry: (entry["decision"] not in self._result["fail_on"], entry["subject"]["id"]),
        )
        for entry in entries[:MAX_SYSTEMS]:
            yield from self._system(entry)
        rest = entries[MAX_SYSTEMS:]
        if rest:
            blocked = sum(entry["decision"] in self._result["fail_on"] for entry in rest)
            yield self._say("report_more", n=len(rest), blocked=blocked)
        for waiver in self._result["waivers"]:
            yield from self._waiver(waiver)

    def _waiver(self, waiver: Mapping[str, Any]) -> Iterator[str]:
        # A waiver that is active and used needs no action.
        if waiver["state"] not in _WAIVERS:
            return
        check = waiver.get("rule") or waiver["pool"]
        fields = {"id": waiver["id"], "check": check, "until": waiver["until"], "n": waiver["findings"]}
        text = self._say(f"report_waiver_{waiver['state']}", **fields)
        if waiver.get("no_such_check"):
            text = self._say("did_you_mean", sentence=text, hint=waiver["no_such_check"])
        yield text

    def _system(self, entry: Mapping[str, Any]) -> Iterator[str]:
        subject = entry["subject"]
        found = self._findings.get((subject["kind"], subject["id"]), ())
        findings = [Finding.from_dict(each) for each in found]
        no_facts_reason = self._without_facts(entry, findings)
        yield self._title(entry, findings)
        if "not_usphere" in entry:
            yield "  " + self._say("report_not_usphere", products=entry["not_usphere"])
        if no_facts_reason:
            text = self._say("report_no_facts", reason=self._say(f"reason_{no_facts_reason}"))
            yield "  " + unread_values(findings).get("", {}).get(self._language, text)
            return
        detail = self._detail and (self._all_details or entry["decision"] in self._result["fail_on"])
        rows = list(self._rows(self._shown(findings), detail))
        yield from _columns(rows[:MAX_LINES_A_SYSTEM])
        if len(rows) > MAX_LINES_A_SYSTEM:
            yield "  " + self._say("report_more_findings", n=len(rows) - MAX_LINES_A_SYSTEM)
        if "plan" in entry:
            yield from PlanText(self._language).lines(entry["plan"])

    def _without_facts(self, entry: Mapping[str, Any], findings: Sequence[Finding]) -> str:
        # A host without any facts is reported as one gap, not as one gap for each rule.
        roots = [
            item["reason"] for finding in findings for item in finding.because or () if item["pointer"] == ""
        ]
        return str(roots[0]) if roots and not entry["passed"] else ""

    def _title(self, entry: Mapping[str, Any], findings: Sequence[Finding]) -> str:
        decision = entry["decision"]
        counts = []
        if decision in ("non_compliant", "error"):
            failed = sum(f.effect == "block" and f.verdict in ("fail", "error") for f in findings)
            counts.append(self._number("report_finding", "report_findings", failed))
        undecided = sum(f.effect == "block" and f.verdict == "unknown" for f in findings)
        if undecided:
            counts.append(self._say("report_undecided", n=undecided))
        if decision in ("compliant", "not_applicable"):
            counts.append(self._number("report_rule", "report_rules", entry["rules"]))
            if entry["subject"]["kind"] not in LEDGER:
                counts.append(self._number("report_pool", "report_pools", entry["pools"]))
        warnings = sum(f.effect == "warn" for f in findings)
        if warnings:
            counts.append(self._number("report_warning", "report_warnings", warnings))
        if entry["waived"]:
            counts.append(self._say("report_waived", n=len(entry["waived"])))
        return self._say(f"report_{decision}", host=self._name(entry["subject"]), count=self._comma(counts))

    def _name(self, subject: Mapping[str, str]) -> str:
        if subject["kind"] not in LEDGER:
            return subject["id"]
        return self._say(f"report_name_{subject['kind']}", id=subject["id"])

    def _shown(self, findings: Sequence[Finding]) -> list[Finding]:
        visible = [finding for finding in findings if finding.effect != "record"]
        visible.sort(
            key=lambda f: (
                f.effect != "block",
                _RANK[f.verdict],
                _SEVERITY[f.severity],
                rank_of(label_of(f)),
            )
        )
        return visible

    def _rows(self, findings: Sequence[Finding], detail: bool) -> Iterator[Row]:
        for warning in (False, True):
            part = [finding for finding in findings if (finding.effect == "warn") == warning]
            for finding in part:
                if not has_gaps(finding):
                    text = self._with_warning_prefix(finding.message[self._language], warning)
                    more = _details_of_finding(finding, self._language) if detail else ()
                    yield label_of(finding), text, finding.pointer, more
            for undecided, gaps in group_by_gaps([finding for finding in part if has_gaps(finding)]):
                text = self._say("report_unknown_prefix", text=self._gaps(gaps, unread_values(undecided)))
                labels = sorted({label_of(finding) for finding in undecided}, key=rank_of)
                more = _details_of_undecided(undecided, self._language) if detail else ()
                yield ", ".join(labels), self._with_warning_prefix(text, warning), "", more

    def _with_warning_prefix(self, text: str, warning: bool) -> str:
        return self._say("report_warn_prefix", text=text) if warning else text

    def _gaps(self, gaps: Sequence[Gap], unread: Mapping[str, Mapping[str, str]]) -> str:
        names = [
            unread[pointer][self._language]
            if pointer in unread
            else self._say("report_gap", pointer=pointer or "/", reason=self._say(f"reason_{reason}"))
            for pointer, reason in gaps[:MAX_GAPS]
        ]
        more = len(gaps) - len(names)
        return self._comma(names) + (f" +{more}" if more else "")


def _is_irrelevant(entry: Mapping[str, Any]) -> bool:
    """Return whether the entry is a grant or a License Server that no rule of the policy applies to."""
    return entry["subject"]["kind"] in LEDGER and entry["decision"] == "not_applicable"


def _details_of_finding(finding: Finding, language: str) -> list[str]:
    """Return the detail lines of a finding that is a failure or an error."""
    lines = []
    if finding.expected is not None or finding.actual is not None:
        fields = {
            "expected": _value(finding.expected, language),
            "actual": _value(finding.actual, language),
        }
        lines.append(render("detail_values", fields, language))
    return [*lines, *_rules_and_remedies([finding], language)]


def _details_of_undecided(findings: Sequence[Finding], language: str) -> list[str]:
    """Return the detail lines of several undecided rules that depend on the same unknown facts."""
    return _rules_and_remedies(findings, language)


def _rules_and_remedies(findings: Sequence[Finding], language: str) -> list[str]:
    places = [
        render(
            "detail_rule",
            {
                "rule": finding.rule,
                "severity": render("severity_" + finding.severity, {}, language),
                "place": finding.place,
            },
            language,
        )
        for finding in findings
    ]
    remedies = dict.fromkeys(finding.remediation[language] for finding in findings)
    remedy_lines = [render("detail_remedy", {"text": text}, language) for text in remedies]
    return [*dict.fromkeys(places), *remedy_lines]


def _value(value: object, language: str) -> str:
    return render("word_none", {}, language) if value is None else describe(value)


def _columns(rows: Sequence[Row]) -> Iterator[str]:
    # Rule, message, pointer. Pointers are aligned in a column if the messages are short enough.
    first = max((len(row[0]) for row in rows if len(row[0]) <= MAX_LABEL), default=0)
    second = max((len(row[1]) for row in rows if len(row[1]) <= PADDED), default=0)
    for label, text, pointer, detail in rows:
        yield f"  {label:<{first}}  {text:<{second}}   {pointer}".rstrip()
        for line in detail:
            yield f"  {'':<{first}}    {line}"
