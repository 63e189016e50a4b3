# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the body of an event: license, end date and message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ...module_utils._facts import ZONE
from ...module_utils._licensing.values.periods import EARLIEST, days_until, time_span
from ...module_utils._messages.catalog import render
from ...module_utils._time import NEVER, Forever, format_end, lacks_zone
from .notice import EventSubject, Window

#: Fields of a license in an event, if they are known.
_LICENSE_FIELDS = ("id", "product", "arch", "kind", "code", "quantity", "assigned", "held_by")
_VISIBLE_KEY_CHARACTERS = 4
#: Fields about the time after an expiry, if they are known.
THEN = ("login_interrupted", "missing", "edition", "upgrades_ok")


@dataclass(frozen=True)
class Words:
    """Renders messages in one language."""

    language: str = "en"

    def say(self, code: str, **fields: object) -> str:
        return render(code, fields, self.language)

    def join(self, sentences: Iterable[str]) -> str:
        return ("；" if self.language == "zh" else "; ").join(sentences)


def start(kind: str, subject: EventSubject, window: Window, more: Mapping[str, object]) -> dict[str, object]:
    """Return the body that all events share: type, subject and time of the read, then ``more``."""
    about = {"kind": subject.kind, "name": subject.name}
    return {"type": kind, "subject": about, "as_of": format_end(window.as_of), **more}


def license_of(row: Mapping[str, object]) -> dict[str, object]:
    """Return the known fields of a license for an event.

    The license key is masked here again, because a facts file may contain it unmasked.
    """
    fields: dict[str, object] = {name: row[name] for name in _LICENSE_FIELDS if row.get(name) is not None}
    key = row.get("key")
    if isinstance(key, str):
        tail = key[-_VISIBLE_KEY_CHARACTERS:] if len(key) >= 2 * _VISIBLE_KEY_CHARACTERS else ""
        fields["key"] = "****" + tail
    return fields


def named(ident: object, product: object, kind: object, quantity: object) -> dict[str, str]:
    """Return the message fields that name a license; ``?`` for unknown values."""
    fields = {"id": ident, "product": product, "kind": kind, "quantity": quantity}
    return {name: "?" if value is None else str(value) for name, value in fields.items()}


def span(end: datetime, window: Window) -> dict[str, object]:
    """Return the expiry, the days until it (rounded down, negative after it), and whether it is past."""
    return {
        "expires_at": format_end(end),
        "days_left": days_until(end, window.as_of),
        "lapsed": end <= window.as_of,
    }


def lapse_text(words: Words, holder: str, fields: Mapping[str, str], end: datetime, window: Window) -> str:
    """Return the message about an expiry in the future or past (R17)."""
    code = "event_lapse" if end > window.as_of else "event_lapsed"
    days = str(days_until(end, window.as_of))
    return words.say(code, subject=holder, at=format_end(end), days=days, **fields)


def end_of(value: object, as_of: datetime) -> datetime | Forever | None:
    """Parse the expiry that a server or file reports; None if it is missing or cannot be parsed.

    Of a time without a zone, return the earliest time that it may be; None if it depends on the zone whether
    it is past at ``as_of``.
    """
    if value == NEVER.value:
        return NEVER
    times = time_span(value)
    if times is None or times[0] <= as_of < times[1] or times[0] < EARLIEST:
        return None
    return times[0]


def end_reason(value: object) -> str:
    """Return why ``end_of`` has no expiry."""
    if value is None:
        return "absent"
    return ZONE if lacks_zone(value) else "value"


def at(tree: Mapping[str, object], *steps: str) -> object:
    """Return the value at the path ``steps``; None if there is none."""
    value: object = tree
    for step in steps:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
