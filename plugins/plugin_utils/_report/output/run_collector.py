# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Collect the results of a playbook run, then render and write them at its end."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from ....module_utils._messages.catalog import render
from ....module_utils._text import one_line
from ..._policy.base.errors import PolicyError
from ..._policy.documents.plain_data import normalize
from ..._policy.evaluation.options import read_language
from .files import numbered, write_report
from .render import format_of, render_report
from .surplus import remove_surplus
from .undecided import undecided

Message = tuple[str, Mapping[str, object]]


@dataclass(frozen=True)
class Finished:
    """What is shown at the end of a run: lines of the reports, lines about files, warnings."""

    lines: list[str]
    written: list[str]
    warnings: list[str]


class Collected:
    """Results of the compliance checks of a run, in order; for a check that did not decide, why not."""

    def __init__(self) -> None:
        self._results: list[object] = []
        self._reasons: list[str] = []
        self._warnings: list[Message] = []
        self._skipped: list[tuple[str, str]] = []

    def __bool__(self) -> bool:
        return bool(self._results or self._reasons or self._warnings or self._skipped)

    def add(self, task: str, outcome: Mapping[str, object]) -> None:
        """Add the result of a task, or of each item of its loop; one that ``no_log`` hides is warned of."""
        items = outcome.get("results")
        if isinstance(items, (list, tuple)):
            for item in items:
                if isinstance(item, Mapping):
                    self.add(task, item)
            return
        if "censored" in outcome:
            self._warnings.append(("report_censored", {"task": task}))
            return
        if outcome.get("skipped"):
            return
        try:
            plain = normalize(outcome.get("result"))
        except PolicyError as error:
            self._reasons.append(error.text())
            return
        if not isinstance(plain, dict):
            plain = self._from_file(task, outcome.get("result_path"))
        if isinstance(plain, dict):
            self._results.append(plain)
        elif outcome.get("msg"):
            self._reasons.append(str(outcome["msg"]))

    def skip(self, task: str, host: str) -> None:
        """Record that a task was skipped for ``host``, the first host of its play, and so for all of them."""
        self._skipped.append((task, host))

    def _from_file(self, task: str, path: object) -> object:
        if not isinstance(path, str):
            return None
        try:
            return json.loads(Path(path).expanduser().read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            fields = {"task": task, "path": path, "reason": one_line(str(error))}
            self._warnings.append(("report_result_file", fields))
            return None

    def finish(
        self,
        paths: Sequence[str] | None,
        language: str | None,
        detail: bool | None = None,
        continued: Iterable[str] = (),
    ) -> Finished:
        """Write every result to every path; if no check decided, a report that says so.

        ``continued`` are the hosts that did not fail. Reports of earlier runs with higher numbers are
        removed.
        """
        warnings: list[str] = []
        try:
            report_language = read_language(language)
        except PolicyError as error:
            report_language = "en"
            warnings += error.text().splitlines()
        hosts = ", ".join(sorted(continued)) or "-"
        skipped = [
            render("report_skipped", {"task": task, "host": host, "hosts": hosts}, report_language)
            for task, host in self._skipped
        ]
        warnings += [render(code, fields, report_language) for code, fields in self._warnings]
        warnings += skipped
        reasons = [*self._reasons, *skipped]
        lines = [one_line(line) for reason in self._reasons for line in reason.splitlines()]
        results = list(self._results)
        if reasons or not results:
            # A check without a decision is a result of its own, or an earlier report would pass for it.
            reason = one_line("; ".join(reasons) or render("report_no_check", {}, report_language))
            now = datetime.now(timezone.utc)
            results.append(undecided(reason, now.replace(microsecond=0)))
        written: list[str] = []
        for number, result in enumerate(results, start=1):
            try:
                if number <= len(self._results):
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
        for path in paths or ():
            removed, kept = _surplus(path, len(results))
            if removed:
                notes.append(render("report_surplus", {"paths": removed}, report_language))
            if kept:
                warnings.append(render("report_surplus_kept", {"paths": kept}, report_language))
        return Finished(lines, notes, warnings)


def _surplus(path: str, written: int) -> tuple[list[str], list[str]]:
    try:
        return remove_surplus(path, written)
    except PolicyError:
        # The suffix is of no format, which a warning says already.
        return [], []


def read_paths(value: object) -> list[str]:
    """Return the paths of an option: a list, or text with commas between them.

    A path with a comma is written in double quotes, or the paths as a list in JSON. Raises PolicyError
    ``report_paths``.
    """
    if value is None or value == "":
        return []
    if isinstance(value, str):
        text = value.strip()
        if text.startswith("["):
            try:
                value = json.loads(text)
            except ValueError:
                raise PolicyError("report_paths", value=one_line(text)) from None
        else:
            value = [each for row in csv.reader([text], skipinitialspace=True) for each in row]
    if not isinstance(value, (list, tuple)) or not all(isinstance(each, str) for each in value):
        raise PolicyError("report_paths", value=one_line(str(value)))
    return [stripped for each in value if (stripped := str.__str__(each).strip())]
