# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Render a result as Markdown for merge requests and job summaries: all systems, then their findings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ....module_utils._messages.catalog import render
from ....module_utils._text import one_line
from ..._policy.findings.finding import Finding
from ..model.plan_text import plan_lines
from ..model.result_model import ComplianceResult, ResultSubject
from ..model.text_utils import by_cause, label, labels, shown, sorted_waivers

# Punctuation that Markdown or HTML can treat as markup; it is escaped with a backslash or as an entity.
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+!|~$@])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def md(run: ComplianceResult, language: str) -> str:
    """Return the result as CommonMark with GitHub tables; all markup in texts is escaped."""
    return "\n".join(_lines(run, language)) + "\n"


def escaped(text: str) -> str:
    """Return ``text`` without markup, links, mentions and line ends."""
    entities = "".join(_ENTITIES.get(character, character) for character in one_line(text))
    marked = _MARKUP.sub(r"\\\1", entities)
    # Renderers convert bare URLs to links.
    return re.sub(r"(?i)://", "&#58;//", re.sub(r"(?i)\bwww\.", r"www&#46;", marked))


def _lines(run: ComplianceResult, language: str) -> Iterator[str]:
    def text(code: str, **fields: object) -> str:
        return escaped(render(code, fields, language))

    yield f"# {text('page_title')}: {text('decision_' + run.decision)}"
    yield ""
    for line in (*run.override.lines(language), *run.coverage.lines(language)):
        yield f"**{escaped(line)}**"
        yield ""
    policies = ", ".join(f"{escaped(ident)} {escaped(version)}" for ident, version in run.policies)
    yield f"{text('page_judged', at=run.as_of)} · {text('page_policies')}: {policies}"
    for _code, message in run.errors:
        yield ""
        yield f"**{escaped(message[language])}**"
    yield ""
    yield from _table(
        [text("page_systems"), text("page_decision"), text("page_stopped"), text("page_warnings")],
        [_summary(subject, text("decision_" + subject.decision)) for subject in run.subjects],
    )
    for subject in sorted(run.subjects, key=lambda each: (not each.stopped, each.id)):
        if subject.findings:
            yield from _system(subject, language)
    if run.waivers:
        yield ""
        yield f"## {text('page_waivers')}"
        yield ""
        rows = [[escaped(cell) for cell in each.values()] for each in sorted_waivers(run.waivers)]
        yield from _table([text("page_rule"), text("page_state"), text("page_until")], rows)


def _summary(subject: ResultSubject, decision: str) -> list[str]:
    warns = sum(finding.effect == "warn" for finding in subject.findings)
    return [
        escaped(subject.id),
        f"**{decision}**" if subject.stopped else decision,
        str(len(subject.stops)),
        str(warns),
    ]


def _system(subject: ResultSubject, language: str) -> Iterator[str]:
    yield ""
    yield f"## {escaped(subject.id)}"
    yield ""
    heads = ("page_rule", "page_verdict", "page_what", "page_fact", "page_remedy", "page_place")
    yield from _table(
        [render(head, {}, language) for head in heads],
        [_row(findings, language) for findings in by_cause(subject.findings)],
    )
    for line in plan_lines(subject.plan, language) if subject.plan else ():
        yield ""
        yield escaped(line)


def _row(findings: Sequence[Finding], language: str) -> list[str]:
    finding = findings[0]
    verdict = render("verdict_" + finding.verdict, {}, language)
    effect = render("effect_" + finding.effect, {}, language)
    several = len(findings) > 1
    fact = "" if several else finding.pointer
    if finding.expected is not None and not several:
        fact += f" ({shown(finding.actual)} / {shown(finding.expected)})"
    cells = (
        ", ".join(labels(findings)) if several else f"{label(finding)} {finding.rule}",
        f"{verdict}, {effect}",
        finding.message[language],
        fact,
        finding.remediation[language],
        ", ".join(each.place for each in findings),
    )
    return [escaped(cell) for cell in cells]


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(heads) + " |"
    yield "| " + " | ".join("---" for _head in heads) + " |"
    for row in rows:
        yield "| " + " | ".join(row) + " |"
