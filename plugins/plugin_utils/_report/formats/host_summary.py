# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Summarize the ComplianceResult of one host for the result of its task, in one language."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ....module_utils._messages.catalog import render
from ....module_utils._text import one_line
from ..._policy.findings.finding import Finding
from ..model.finding_groups import Gap, group_by_gaps, has_gaps, label_of, own_values, rank_of, unread_values

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
    """One thing that is wrong or unknown, and the findings that it causes.

    The findings of ``shared`` rows have several causes; one line after all of them has their rules.
    """

    pointer: str
    text: str
    findings: Sequence[Finding]
    shared: bool = False

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
        shared = {each.rule: each for row in counted if row.shared for each in row.findings}
        if shared:
            lines.append(self._place("host_waiting", "", list(shared.values())))
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
        unknown = [each for each in blocking if each.verdict == "unknown"]
        general = sum(map(self._is_general, unknown))
        # Several keywords can ask for one value; that it is not known is said once.
        said = {
            (each.pointer, each.message[self._language]) for each in unknown if not self._is_general(each)
        }
        decided = len(blocking) - len(unknown)
        undecided = general + len(said)
        counts = []
        if decided:
            counts.append(self._number("report_finding", "report_findings", decided))
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
            rows = list(self._gap_rows(undecided, gaps))
            yield from (replace(row, shared=len(rows) > 1) for row in rows)
        said: dict[tuple[str, str], list[Finding]] = {}
        for finding in undecided_findings:
            if not self._is_general(finding):
                said.setdefault((finding.pointer, finding.message[self._language]), []).append(finding)
        for (pointer, text), same in said.items():
            yield _Row(pointer, text, same)

    def _gap_rows(self, undecided: Sequence[Finding], gaps: Sequence[Gap]) -> Iterator[_Row]:
        """Yield one row for each unknown fact, and for facts that are read from one own value together."""
        unread = unread_values(undecided)
        own = own_values(undecided)
        together: dict[str, list[str]] = {}
        for pointer, _reason in gaps:
            together.setdefault(own.get(pointer, pointer), []).append(pointer)
        for pointer, reason in gaps:
            source = own.get(pointer, pointer)
            pointers = together.pop(source, [])
            words = self._say(f"reason_{reason}")
            if len(pointers) > 1:
                fact_map, _colon, name = source.partition(":")
                more = ["…"] if len(pointers) > MAX_MISSING else []
                fields = {"own": name, "map": fact_map, "pointers": [*pointers[:MAX_MISSING], *more]}
                yield _Row(pointer, self._say("host_own", reason=words, **fields), undecided)
            elif pointers:
                text = self._say("host_unknown", pointer=pointer, reason=words)
                yield _Row(pointer, unread.get(pointer, {}).get(self._language, text), undecided)

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

    def _with_pointer(self, row: _Row) -> str:
        if not row.pointer or row.pointer in row.text:
            return row.text
        return self._say("host_line", pointer=row.pointer, text=row.text)

    def _line(self, row: _Row) -> str:
        text = self._with_pointer(row)
        if row.pointer == "" and row.first.verdict == "unknown":
            return text
        if row.first.kind == "facts" or row.shared:
            return text
        return self._place("host_rule", text, row.findings)

    def _place(self, code: str, text: str, findings: Sequence[Finding]) -> str:
        """Return ``text`` with the rules and the places of its findings."""
        # The rule of a property of a schema has the name of the property.
        named = {step for each in findings for step in each.pointer.split("/")}
        labels = sorted({label_of(each) for each in findings} - named, key=rank_of)
        places = list(dict.fromkeys(each.place for each in findings))
        more = len(places) - MAX_PLACES
        shown = [*places[:MAX_PLACES], *([f"+{more}"] if more > 0 else [])]
        if not labels:
            return self._say("host_place", text=text, places=shown)
        return self._say(code, text=text, rules=labels, places=shown)

    def _entry(self, row: _Row) -> dict[str, Any]:
        entry: dict[str, Any] = {
            "rule": row.first.rule,
            "pointer": row.pointer,
            "verdict": row.first.verdict,
            "message": one_line(self._with_pointer(row)),
            "place": row.first.place,
            "remediation": one_line(row.first.remediation[self._language]),
        }
        if len(row.findings) > 1:
            entry["rules"] = [each.rule for each in row.findings]
        if row.first.effect != "block":
            entry["effect"] = row.first.effect
        return entry
