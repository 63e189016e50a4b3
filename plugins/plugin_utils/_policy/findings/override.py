# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Break-glass override: for a day at most, a decision does not stop a run, and every report says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ....module_utils._time import format_time, lacks_zone, read_time
from ..base.errors import InvalidDocument, PolicyError, Problem
from ..documents.plain_data import is_blank, normalize
from ..documents.schemas import brief, suggestion

#: An override that lasts longer is a waiver, which names the findings that it accepts.
LONGEST = timedelta(hours=24)
_KEYS = ("ticket", "approver", "until")
_MAX_TEXT = 256


@dataclass(frozen=True)
class Override:
    """Who allowed a run to go on in spite of its decision, under which ticket, and until when (UTC)."""

    ticket: str
    approver: str
    until: datetime

    def to_dict(self) -> dict[str, Any]:
        """Return the override as in a ComplianceResult."""
        return {"ticket": self.ticket, "approver": self.approver, "until": format_time(self.until)}


def read_override(value: object, now: datetime) -> Override | None:
    """Return the option ``override``; None if no value is set. ``now`` is the clock of the run, in UTC.

    Raises InvalidDocument with all errors: a key that does not exist or is missing, a text that is empty, an
    ``until`` without a zone, in the past, or more than 24 hours ahead.
    """
    if value is None or is_blank(value):
        return None
    plain = normalize(value)
    if not isinstance(plain, Mapping):
        raise PolicyError("override_type", value=brief(str(plain)))
    problems = [
        Problem("override_key", {"key": name, "hint": suggestion(name, _KEYS)})
        for name in plain
        if name not in _KEYS
    ]
    texts = {}
    for name in _KEYS[:2]:
        text = plain.get(name)
        if isinstance(text, str) and 1 <= len(text.strip()) <= _MAX_TEXT:
            texts[name] = text.strip()
        else:
            problems.append(Problem("override_text", {"key": name, "value": brief(str(text))}))
    stated = plain.get("until")
    until = None if lacks_zone(stated) else read_time(stated)
    if until is None:
        problems.append(Problem("override_until", {"value": brief(str(stated))}))
    elif until <= now:
        problems.append(Problem("override_over", {"value": format_time(until)}))
    elif until - now > LONGEST:
        problems.append(Problem("override_long", {"value": format_time(until)}))
    if problems or until is None:
        raise InvalidDocument(problems)
    return Override(texts["ticket"], texts["approver"], until)
