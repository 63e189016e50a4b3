# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Collect the results of a playbook run, then render and write them at its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ....module_utils._messages.catalog import render
from ....module_utils._text import one_line
from ..._policy.base.errors import PolicyError
from ..._policy.documents.plain_data import normalize
from ..._policy.evaluation.options import read_language
from .files import numbered, write_report
from .render import format_of, render_report


class Collected:
    """Results of the compliance checks of a run, in order; for a check that failed, its error message."""

    def __init__(self) -> None:
        self._results: list[object] = []
        self._messages: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._results or self._messages)

    def add(self, outcome: Mapping[str, object]) -> None:
        """Add the result of a task."""
        try:
            plain = normalize(outcome.get("result"))
        except PolicyError as error:
            self._messages += error.text().splitlines()
            return
        if isinstance(plain, dict):
            self._results.append(plain)
        elif outcome.get("msg"):
            self._messages += str(outcome["msg"]).splitlines()

    def finish(
        self, paths: Sequence[str] | None, language: str | None, detail: bool | None = None
    ) -> tuple[list[str], list[str], list[str]]:
        """Write every result to every path.

        Returns the lines of the report, the lines about written files, and warnings.
        """
        warnings: list[str] = []
        try:
            report_language = read_language(language)
        except PolicyError as error:
            report_language = "en"
            warnings += error.text().splitlines()
        lines = [one_line(message) for message in self._messages]
        written: list[str] = []
        for number, result in enumerate(self._results, start=1):
            try:
                lines += render_report(result, "text", report_language, detail).splitlines()
            except PolicyError as error:
                warnings += error.text(report_language).splitlines()
                continue
            for path in paths or ():
                try:
                    target = numbered(path, number)
                    write_report(target, render_report(result, format_of(path), report_language, detail))
                    written.append(target)
                except PolicyError as error:
                    warnings += error.text(report_language).splitlines()
        notes = [render("report_written", {"paths": written}, report_language)] if written else []
        return lines, notes, warnings
