# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a node writes its answers: options of the scenario, and changes at run time over the control port.

Changes exist in memory only: a restarted simulator answers as its scenario says.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from usim.disturbances import ANY_NODE, is_path
from usim.reading import ScenarioError, Section

VMS = "vms"
FORMATS = ("json", "xml")
LISTS = ("keyed", "bare", "data")
TOTALS = ("none", "header", "wrong", "twice")  # of a VMS
BODY_TOTALS = ("none", "body", "wrong")  # of License Servers and product nodes
CHARSETS = ("gbk", "utf-8")
ERROR_FORMS = ("code", "success", "status_type", "error_code", "state")
_ZONE = re.compile(r"([+-])(\d\d):(\d\d)")


@dataclass(frozen=True)
class InBodyErrors:
    """Refusals with status 200, for paths that begin with ``path`` or match it as a glob."""

    path: str
    form: str

    def meets(self, path: str) -> bool:
        return is_path(self.path, path)


@dataclass(frozen=True)
class AnswerOptions:
    """Options of one node; None: as documented. ``zone`` is in minutes east of UTC."""

    format: str | None = None
    xml_first: bool | None = None
    lists: str | None = None
    total: str | None = None
    page_cap: int | None = None
    error_charset: str | None = None
    zone: int | None = None
    moving_lists: bool | None = None
    in_body_errors: InBodyErrors | None = None
    echo: bool | None = None
    clock_skew_s: int | None = None
    lapsed_code: str | None = None

    def given(self) -> dict[str, Any]:
        """Return the options that are set, as plain values."""
        return {name: value for name, value in dataclasses.asdict(self).items() if value is not None}

    def changed_by(self, other: AnswerOptions) -> AnswerOptions:
        values = {name: getattr(other, name) for name in other.given()}
        return dataclasses.replace(self, **values)


def options_from(values: Mapping[str, Any]) -> AnswerOptions:
    """Return what ``AnswerOptions.given`` returned as options again."""
    errors = values.get("in_body_errors")
    return AnswerOptions(**{**values, "in_body_errors": None if errors is None else InBodyErrors(**errors)})


def parse_options(section: Section, kind: str) -> AnswerOptions:
    """Parse the options of a node of this kind, or of any kind for ``*``. Raises ScenarioError."""
    is_vms, is_server = kind in (VMS, ANY_NODE), kind != VMS
    totals = (*(TOTALS if is_vms else ()), *(BODY_TOTALS if is_server else ()))

    def flag(key: str) -> bool | None:
        return section.boolean(key) if section.has(key) else None

    return AnswerOptions(
        format=section.optional_text("format", FORMATS) if is_vms else None,
        xml_first=flag("xml_first") if is_vms else None,
        lists=section.optional_text("lists", LISTS) if is_vms else None,
        total=section.optional_text("total", tuple(dict.fromkeys(totals))),
        page_cap=section.optional_integer("page_cap", minimum=1),
        error_charset=section.optional_text("error_charset", CHARSETS) if is_vms else None,
        zone=_zone(section),
        moving_lists=flag("moving_lists"),
        in_body_errors=_in_body_errors(section),
        echo=flag("echo"),
        clock_skew_s=section.whole("clock_skew_s"),
        lapsed_code=_lapsed_code(section) if is_vms else None,
    )


def _zone(section: Section) -> int | None:
    text = section.optional_text("zone")
    if text is None:
        return None
    found = _ZONE.fullmatch(text)
    if found is None or int(found[2]) > 14 or int(found[3]) > 59:
        raise ScenarioError(f"{section.path('zone')}: expected an offset such as '+08:00', found {text!r}.")
    minutes = int(found[2]) * 60 + int(found[3])
    return -minutes if found[1] == "-" else minutes


def _in_body_errors(section: Section) -> InBodyErrors | None:
    value = section.take("in_body_errors")
    if value is None or value is False:
        return None
    if value is True:
        return InBodyErrors("/", ERROR_FORMS[0])
    inner = section.section("in_body_errors")
    errors = InBodyErrors(inner.text("path"), inner.text("form", ERROR_FORMS[0], choices=ERROR_FORMS))
    inner.done()
    return errors


def _lapsed_code(section: Section) -> str | None:
    value = section.take("lapsed_code")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return section.optional_text("lapsed_code")


@dataclass(frozen=True)
class _Change:
    id: int
    node: str
    options: AnswerOptions

    def shown(self) -> dict[str, object]:
        return {"id": self.id, "node": self.node, **self.options.given()}


class NodeAnswers:
    """The options in force for every node; of several changes of one option the newest counts."""

    def __init__(self, scenario: Mapping[str, AnswerOptions]) -> None:
        self._scenario = dict(scenario)
        self._changes: list[_Change] = []
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def of(self, node: str) -> AnswerOptions:
        if node not in self._scenario:
            return AnswerOptions()  # a client port, where only systems call
        options = self._scenario[node]
        with self._lock:
            changes = list(self._changes)
        for change in changes:
            if change.node in (ANY_NODE, node):
                options = options.changed_by(change.options)
        return options

    def add(self, node: str, options: AnswerOptions) -> dict[str, object]:
        with self._lock:
            change = _Change(next(self._numbers), node, options)
            self._changes.append(change)
        return change.shown()

    def changes(self) -> list[dict[str, object]]:
        with self._lock:
            return [change.shown() for change in self._changes]

    def remove(self, number: int | None = None) -> list[dict[str, object]]:
        """Remove one change or all, and return them as they were."""
        with self._lock:
            gone = [change for change in self._changes if number in (None, change.id)]
            self._changes = [change for change in self._changes if change not in gone]
        return [change.shown() for change in gone]
