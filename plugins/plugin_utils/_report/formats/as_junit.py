# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Render a result as JUnit XML: a test suite for each system, a test case for each rule and pool.

A finding that stops a play is a failure, or an error if facts could not be read. A warning is a passed case
with output. A finding that is recorded or waived, and a check that does not apply, is skipped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from ....module_utils._messages.catalog import render
from ....module_utils._text import one_line
from ..._policy.findings.finding import Finding
from ..model.result_model import ComplianceResult, ResultSubject
from ..model.text_utils import shown


def junit(run: ComplianceResult, language: str) -> str:
    """Return the result as one ``testsuites`` document, without durations, so that it is reproducible."""
    root = Element("testsuites", name=_text(render("page_title", {}, language)))
    for name, notes in (
        ("override", run.override.lines(language)),
        ("coverage", run.coverage.lines(language)),
    ):
        if not notes:
            continue
        suite = SubElement(root, "testsuite", name=name, timestamp=_timestamp(run.as_of))
        for sentence in notes:
            case = SubElement(suite, "testcase", classname=name, name=_text(sentence))
            SubElement(case, "skipped", message=_text(sentence))
        _count(suite)
    if run.errors:
        suite = SubElement(root, "testsuite", name="run", timestamp=_timestamp(run.as_of))
        for code, message in run.errors:
            case = SubElement(suite, "testcase", classname="run", name=_text(code))
            SubElement(case, "error", type=_text(code), message=_text(message[language]))
        _count(suite)
    for subject in run.subjects:
        suite = SubElement(root, "testsuite", name=_text(subject.id), timestamp=_timestamp(run.as_of))
        _cases(suite, subject, run.fail_on, language)
        _count(suite)
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    body: str = tostring(root, encoding="unicode")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + body + "\n"


def _cases(suite: Element, subject: ResultSubject, fail_on: Sequence[str], language: str) -> None:
    by_rule: dict[str, list[Finding]] = {}
    for finding in subject.findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    for rule in sorted({*by_rule, *subject.passed, *subject.not_applicable}):
        case = SubElement(suite, "testcase", classname=_text(subject.id), name=_text(rule))
        found = by_rule.get(rule, [])
        if found:
            _outcome(case, found, fail_on, language)
        elif rule in subject.not_applicable:
            SubElement(case, "skipped", message="not_applicable")


def _outcome(case: Element, findings: Sequence[Finding], fail_on: Sequence[str], language: str) -> None:
    stops = [finding for finding in findings if finding.stops(fail_on)]
    if stops:
        errors = any(finding.verdict == "error" for finding in stops)
        node = SubElement(
            case,
            "error" if errors else "failure",
            type=_text(stops[0].verdict),
            message=_text("; ".join(finding.message[language] for finding in stops)),
        )
        node.text = "\n".join(_detail(stops, language))
        return
    if any(finding.effect == "warn" for finding in findings):
        SubElement(case, "system-out").text = "\n".join(_detail(findings, language))
        return
    reasons = "; ".join(
        f"{finding.verdict} {finding.waiver_id}".strip() + ": " + finding.message[language]
        for finding in findings
    )
    SubElement(case, "skipped", message=_text(reasons))


def _detail(findings: Iterable[Finding], language: str) -> Iterable[str]:
    for finding in findings:
        yield _text(finding.message[language])
        if finding.expected is not None:
            expected, actual = shown(finding.expected), shown(finding.actual)
            yield _text(
                f"  {finding.pointer}: {render('page_expected', {}, language)} {expected}, "
                f"{render('page_actual', {}, language)} {actual}"
            )
        yield _text(f"  → {finding.remediation[language]}")
        yield _text(f"  {' '.join((*finding.references, finding.severity, finding.place))}")


def _count(suite: Element) -> None:
    cases = list(suite)
    suite.set("tests", str(len(cases)))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(sum(case.find(tag) is not None for case in cases)))


def _timestamp(as_of: str) -> str:
    # The JUnit schema does not allow a time zone; the time is UTC.
    return _text(as_of.removesuffix("Z"))


def _text(text: str) -> str:
    return one_line(text)
