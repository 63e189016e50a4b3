# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Render the purchase plan of a system as text, in English or Chinese."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ....module_utils._messages.catalog import render
from ....module_utils._text import printable

_LINES = {
    "srm": "report_plan_srm",
    "cpu_socket": "report_plan_line",
    "vm": "report_plan_vm",
    "host": "report_plan_host",
}


def plan_lines(plan: Mapping[str, Any], language: str = "en") -> list[str]:
    """Return the lines of a purchase plan, without indentation and control characters.

    Raises KeyError, TypeError, ValueError or AttributeError for anything that is not a plan.
    """
    return [printable(line) for line in PlanText(language).lines(plan)]


class PlanText:
    """Renders purchase plans in one language."""

    def __init__(self, language: str) -> None:
        self._language = language

    def _say(self, code: str, **fields: object) -> str:
        return render(code, fields, self._language)

    def _comma(self, parts: Sequence[str]) -> str:
        return self._say("report_comma").join(parts)

    def lines(self, plan: Mapping[str, Any]) -> Iterator[str]:
        steps = plan["steps"]
        arches = {line["arch"] for step in steps for line in step["lines"]} - {"any"}
        if steps:
            text = self._step(steps[0], len(arches) > 1)
            for step in steps[1:]:
                second = self._step(step, len(arches) > 1)
                condition = self._condition(step)
                text = self._say("report_plan_then", first=text, condition=condition, second=second)
            yield "  " + self._say("report_plan", steps=text)
        for note in plan["notes"]:
            yield "  " + self._say("report_plan_note", text=self._say(note["code"], **note["fields"]))
        if plan["unknown"]:
            yield "  " + self._say("report_plan_unknown", facts=self._comma(plan["unknown"]))

    def _condition(self, step: Mapping[str, Any]) -> str:
        code = "report_plan_condition_reconnect" if step["requires"] else "report_plan_condition"
        return self._say(code, at=str(step["at"])[:10])

    def _step(self, step: Mapping[str, Any], show_arch: bool) -> str:
        lines = [self._line(line, show_arch) for line in step["lines"]]
        if len(lines) < 2:
            return "".join(lines)
        return self._comma(lines[:-1]) + self._say("report_plan_and") + lines[-1]

    def _line(self, line: Mapping[str, Any], show_arch: bool) -> str:
        base = line["unit"] == "cpu_socket"
        parts = line["parts"]
        notes = []
        if line["arch"] != "any" and (show_arch or (base and not parts)):
            notes.append(line["arch"])
        if base and parts.get("missing_now"):
            notes.append(self._say("report_plan_missing", n=parts["missing_now"]))
        if parts.get("lapsing"):
            notes.append(self._say("report_plan_lapsing", n=parts["lapsing"]))
        if line["packs"]:
            notes.append(
                self._say("report_plan_packs", packs=" + ".join(str(size) for size in line["packs"]))
            )
        if not parts:
            notes += line["rules"]
        note = self._say("report_note", text=self._comma(notes)) if notes else ""
        code = _LINES.get(line["product"]) or _LINES[line["unit"]]
        return self._say(code, quantity=line["quantity"], product=line["product"], note=note)
