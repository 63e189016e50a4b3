# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write ``contradictions[]``: what statements contradict each other, in which sentence, and what to do."""

from __future__ import annotations

from typing import Dict, List

from ..._interval import (
    DerivedTree,
)
from ..._messages.catalog import LANGUAGES, register, render
from ..._messages.licensing.contradictions import MESSAGES
from ..reading.contradictions import MANAGED, Contradiction, Word
from ..reading.system import SystemFacts
from .totals import CPU, EDITION

register(MESSAGES)

#: Numbers of the totals that are unknown if they are contradicted: code, pointer and the fields of the range.
_RANGES = (
    ("contradiction_sockets", MANAGED, ("managed", "counted")),
    ("contradiction_quantity", CPU, ("stated", "licensed")),
)


def write_contradictions(out: DerivedTree, system: SystemFacts) -> None:
    """Set ``contradictions``, and mark the totals that are contradicted as unknown, with their range."""
    rows: List[Dict[str, object]] = []
    for found in system.contradictions:
        row: Dict[str, object] = {
            "code": found.code,
            "facts": list(found.facts),
            "decides": found.decides,
        }
        for language in LANGUAGES:
            row[language] = _text(found, found.code, language)
            row["remedy_" + language] = _text(found, found.code + "_remedy", language)
        rows.append(row)
        for code, pointer, names in _RANGES:
            numbers = [
                value for value in (found.fields.get(name) for name in names) if isinstance(value, int)
            ]
            if code == found.code:
                high = max(numbers) if len(numbers) == len(names) else None
                out.miss(pointer, found.cause, min(numbers) or None, high)
        if found.code == "contradiction_edition":
            out.miss(EDITION, found.cause)
    out.put("/contradictions", rows)


def _text(found: Contradiction, code: str, language: str) -> str:
    fields = {
        name: render(value.code, {}, language) if isinstance(value, Word) else value
        for name, value in found.fields.items()
    }
    return render(code, fields, language)
