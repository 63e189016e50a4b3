# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the body of an event: license, end date and message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ...module_utils._errors import LicensingError
from ...module_utils._messages.catalog import render
from ...module_utils._time import Forever, days_until, format_end, parse_end
from .notice import EventSubject, Window

#: What is said of a license, where it is known.
_SAID = ("id", "product", "arch", "kind", "code", "quantity", "assigned", "held_by")
_SHOWN_OF_KEY = 4
#: What is said of the time after a lapse, where it is known.
THEN = ("login_interrupted", "missing", "edition", "upgrades_ok")


@dataclass(frozen=True)
class Words:
    """Sentences in one language."""

    language: str = "en"

    def say(self, code: str, **fields: object) -> str:
        return render(code, fields, self.language)

    def join(self, sentences: Iterable[str]) -> str:
        return ("；" if self.language == "zh" else "; ").join(sentences)


def start(kind: str, subject: EventSubject, window: Window, more: Mapping[str, object]) -> dict[str, object]:
    """What every event says: its type, whom it is about, and as of when."""
    about = {"kind": subject.kind, "name": subject.name}
    return {"type": kind, "subject": about, "as_of": format_end(window.as_of), **more}


def license_of(row: Mapping[str, object]) -> dict[str, object]:
    """A license as an event carries it: what is known of it. The key is masked again: a file may hold it."""
    said: dict[str, object] = {name: row[name] for name in _SAID if row.get(name) is not None}
    key = row.get("key")
    if isinstance(key, str):
        tail = key[-_SHOWN_OF_KEY:] if len(key) >= 2 * _SHOWN_OF_KEY else ""
        said["key"] = "****" + tail
    return said


def named(ident: object, product: object, kind: object, quantity: object) -> dict[str, str]:
    """The fields of a sentence that name a license; ``?`` for what is not known."""
    fields = {"id": ident, "product": product, "kind": kind, "quantity": quantity}
    return {name: "?" if value is None else str(value) for name, value in fields.items()}


def span(end: datetime, window: Window) -> dict[str, object]:
    """When it ends, in whole days from the look (rounded down, negative afterwards), and whether it has."""
    return {
        "expires_at": format_end(end),
        "days_left": days_until(end, window.as_of),
        "lapsed": end <= window.as_of,
    }


def lapse_text(words: Words, holder: str, fields: Mapping[str, str], end: datetime, window: Window) -> str:
    """The sentence of a lapse that is ahead or has come (R17)."""
    code = "event_lapse" if end > window.as_of else "event_lapsed"
    days = str(days_until(end, window.as_of))
    return words.say(code, subject=holder, at=format_end(end), days=days, **fields)


def end_of(value: object) -> datetime | Forever | None:
    """The end that a server or file states; None where it states none that can be read."""
    try:
        return None if value is None else parse_end(value)
    except LicensingError:
        return None


def at(tree: Mapping[str, object], *steps: str) -> object:
    """The value below ``steps``, None where there is none."""
    value: object = tree
    for step in steps:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
