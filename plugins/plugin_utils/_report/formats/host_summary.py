# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Summarize the ComplianceResult of one host for the result of its task, in one language."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ....module_utils._messages.catalog import render
from ....module_utils._text import one_line
from ..._policy.findings.finding import Finding
from ..model.finding_groups import group_by_gaps, has_gaps, label_of, rank_of, unread_values

#: Lines of the message beyond this number are only counted; ``findings`` has all of them.
MAX_LINES = 40
MAX_PLACES = 3
MAX_MISSING = 6
_RANK = {"fail": 0, "error": 0, "unknown": 1}


def summarize(result: Mapping[str, Any], language: str = "en", properties: int = 0) -> dict[str, Any]:
    """Return ``decision``, ``stops`` (bool), ``msg`` and ``findings`` of a result with one subject.

    ``findings`` has what does not comply, then what is undecided, one entry for each unknown fact with all of
    its ``rules``, then what only warns. ``properties`` is the number of top-level properties of plain JSON
    Schemas. The summary does not contain the name of the host.
    """
    return _Summary(result, language, properties).to_dict()


@dataclass(frozen=True)
class _Row:
    """One thing that is wrong or unknown, and the findings that it causes."""

    pointer: str
    text: str
    findings: Sequence[Finding]

    @property
    def first(self) -> Finding:
        return self.findings[0]


class _Summary:
    def __init__(self, result: Mapping[str, Any], language: str, properties: int) -> None:
        self._result = result
        self._language = language
        self._properties = properties
        found = [Finding.from_dict(each) for each in result["findings"]]
        shown = [each for each in found if each.effect != "record" and each.verdict in _RANK]
        wrong = {(each.pointer, each.effect) for each in shown if each.verdict == "fail"}
        self._findings = sorted(
            (each for each in shown if not self._is_said(each, wrong)),
            key=lambda each: (each.effect != "block", _RANK[each.verdict]),
        )

    def to_dict(self) -> dict[str, Any]:
        decision = self._result["decision"]
        stops = decision in self._result["fail_on"]
        rows = list(self._rows([each for each in self._findings if each.effect == "block"]))
        warnings = list(self._rows([each for each in self._findings if each.effect != "block"]))
        lines = [error["message"][self._language] for error in self._result["errors"]]
        counted = self._counted(rows)
        lines += [self._line(row) for row in counted[:MAX_LINES]]
        if len(counted) > MAX_LINES:
            lines.append(self._say("report_more_findings", n=len(counted) - MAX_LINES))
        return {
            "decision": decision,
            "stops": stops,
            "msg": "\n".join(one_line(line) for line in [self._title(), *lines]),
            "findings": [self._entry(row) for row in (*rows, *warnings)],
        }

    def _say(self, code: str, **fields: object) -> str:
        return render(code, fields, self._language)

    def _number(self, one: str, many: str, count: int) -> str:
        return self._say(one if count == 1 else many, n=count)

    def _title(self) -> str:
        blocking = [each for each in self._findings if each.effect == "block"]
        undecided = sum(each.verdict == "unknown" for each in blocking)
        counts = []
        if len(blocking) > undecided:
            counts.append(self._number("report_finding", "report_findings", len(blocking) - undecided))
        if undecided:
            counts.append(self._say("report_undecided", n=undecided))
        if not blocking:
            rules = sum(entry["rules"] + entry["pools"] for entry in self._result["subjects"])
            counts.append(self._number("report_rule", "report_rules", rules))
        warnings = len(self._findings) - len(blocking)
        if warnings:
            counts.append(self._number("report_warning", "report_warnings", warnings))
        waived = sum(len(entry["waived"]) for entry in self._result["subjects"])
        if waived:
            counts.append(self._say("report_waived", n=waived))
        decision = self._say(f"decision_{self._result['decision']}")
        return self._say("host_title", decision=decision, counts=self._say("report_comma").join(counts))

    def _rows(self, findings: Sequence[Finding]) -> Iterator[_Row]:
        """Yield what is known to be wrong, then one row for each unknown fact that decides."""
        for finding in findings:
            if not has_gaps(finding):
                yield _Row(finding.pointer, finding.message[self._language], [finding])
        undecided_findings = [each for each in findings if has_gaps(each)]
        groups = group_by_gaps([each for each in undecided_findings if self._is_general(each)])
        for undecided, gaps in groups:
            for pointer, reason in gaps:
                if pointer == "":
                    # Nothing is known of the host, so every other gap says the same.
                    text = self._say("host_no_facts", reason=self._say(f"reason_{reason}"))
                    yield _Row("", unread_values(undecided).get("", {}).get(self._language, text), undecided)
                    return
        for undecided, gaps in groups:
            unread = unread_values(undecided)
            for pointer, reason in gaps:
                text = self._say("host_unknown", reason=self._say(f"reason_{reason}"))
                yield _Row(pointer, unread.get(pointer, {}).get(self._language, text), undecided)

        for finding in undecided_findings:
            if not self._is_general(finding):
                yield _Row(finding.pointer, finding.message[self._language], [finding])

    def _is_general(self, finding: Finding) -> bool:
        """Return whether the message of an undecided finding only lists what is not known."""
        start = self._say("finding_unknown", facts="")
        return finding.message[self._language].startswith(start)

    def _counted(self, rows: Sequence[_Row]) -> list[_Row]:
        """Return the rows, with one row for all missing properties of schemas if there are several."""
        missing = [row for row in rows if row.text == self._missing(row.pointer)]
        if len(missing) < 2:
            return list(rows)
        more = ["…"] if len(missing) > MAX_MISSING else []
        fields = {
            "missing": len(missing),
            "asked": max(self._properties, len(missing)),
            "pointers": [*(row.pointer for row in missing[:MAX_MISSING]), *more],
        }
        text = self._say("json_schema_missing_count", **fields)
        together = _Row(missing[0].pointer, text, [each for row in missing for each in row.findings])
        return [*(row for row in rows if row not in missing), together]

    def _is_said(self, finding: Finding, wrong: Collection[tuple[str, str]]) -> bool:
        """Return whether a property is unknown because it is missing, and that is wrong for another rule."""
        if not has_gaps(finding) or (finding.pointer, finding.effect) not in wrong:
            return False
        return finding.message[self._language] == self._missing(finding.pointer)

    def _missing(self, pointer: str) -> str:
        return self._say("json_schema_gap_missing", pointer=pointer)

    def _line(self, row: _Row) -> str:
        text = row.text
        if row.pointer and row.pointer not in text:
            text = self._say("host_line", pointer=row.pointer, text=text)
        if row.pointer == "" and row.first.verdict == "unknown":
            return text
        if row.first.kind == "facts":
            return text
        # The rule of a property of a schema has the name of the property.
        named = {step for each in row.findings for step in each.pointer.split("/")}
        labels = sorted({label_of(each) for each in row.findings} - named, key=rank_of)
        places = list(dict.fromkeys(each.place for each in row.findings))
        more = len(places) - MAX_PLACES
        shown = [*places[:MAX_PLACES], *([f"+{more}"] if more > 0 else [])]
        if not labels:
            return self._say("host_place", text=text, places=shown)
        return self._say("host_rule", text=text, rules=labels, places=shown)

    def _entry(self, row: _Row) -> dict[str, Any]:
        entry: dict[str, Any] = {
            "rule": row.first.rule,
            "pointer": row.pointer,
            "verdict": row.first.verdict,
            "message": one_line(row.text),
            "place": row.first.place,
            "remediation": one_line(row.first.remediation[self._language]),
        }
        if len(row.findings) > 1:
            entry["rules"] = [each.rule for each in row.findings]
        if row.first.effect != "block":
            entry["effect"] = row.first.effect
        return entry
