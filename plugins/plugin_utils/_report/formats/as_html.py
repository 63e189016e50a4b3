# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Render a result as one HTML page without scripts and external resources."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from ....module_utils._messages.catalog import render
from ....module_utils._text import one_line
from ..._policy.base.errors import PolicyError
from ..._policy.findings.decision import DECISIONS
from ..._policy.policy.model import SEVERITIES
from ..model.plan_text import plan_lines
from ..model.result_model import ComplianceResult
from ..model.text_utils import by_cause, label, labels, shown, sorted_waivers

TEMPLATE = Path(__file__).resolve().parent / "page.html.j2"


def html(run: ComplianceResult, language: str) -> str:
    """Return the result as a complete HTML page; every text in it is escaped."""
    return str(
        _template().render(run=_Page(run, language), say=_message_renderer(language), language=language)
    )


@cache
def _template() -> Any:
    try:
        from jinja2 import Environment, StrictUndefined
    except ImportError as error:
        raise PolicyError("report_jinja", reason=str(error)) from error
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["line"] = one_line
    environment.globals.update(label=label, labels=labels, shown=shown, by_cause=by_cause)
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8"))


def _message_renderer(language: str) -> Any:
    def message(code: str, **fields: object) -> str:
        return render(code, fields, language)

    return message


class _Page:
    """Values for the template, in display order: stopped systems first."""

    def __init__(self, run: ComplianceResult, language: str) -> None:
        self.decision = run.decision
        self.as_of = one_line(run.as_of)
        self.stopped = run.decision in run.fail_on
        self.notes = [*run.override.lines(language), *run.coverage.lines(language)]
        self.errors = [message[language] for _code, message in run.errors]
        self.policies = [f"{ident} {version}" for ident, version in run.policies]
        self.digests = sorted(run.digests.items())
        self.waivers = sorted_waivers(run.waivers)
        subjects = sorted(run.subjects, key=lambda each: (not each.stopped, each.id, each.kind))
        self.speaking = [subject for subject in subjects if subject.findings or subject.stopped]
        self.silent = [subject for subject in subjects if not (subject.findings or subject.stopped)]
        self.plans = {
            (subject.kind, subject.id): plan_lines(subject.plan, language)
            for subject in subjects
            if subject.plan is not None
        }
        self.decisions = [
            (decision, sum(subject.decision == decision for subject in subjects)) for decision in DECISIONS
        ]
        self.fail_on = run.fail_on
        stops = [finding for subject in subjects for finding in subject.stops]
        self.total = len(subjects)
        self.severities = [
            (severity, sum(each.severity == severity for each in stops)) for severity in SEVERITIES
        ]
        self.warnings = sum(each.effect == "warn" for each in run.findings)
        self.stops = len(stops)
