# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Events before they are sent: subject, time window, deduplication key and body."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from ...module_utils._licensing.values.periods import days_later
from ...module_utils._text import one_line

#: Types of events: a license expires; every login is refused (R20); an expiry is unknown; a read failed.
LAPSE, LOGIN_REFUSED, UNKNOWN, UNREAD = "lapse", "login_refused", "unknown", "unread"
TYPES = (LAPSE, LOGIN_REFUSED, UNKNOWN, UNREAD)

SYSTEM, LICENSE_SERVER, NODE, FILE = "system", "license_server", "node", "file"

Key = tuple[str, ...]

MAX_TEXT = 1000
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", re.ASCII)
#: Names that have a special meaning in a host pattern.
_RESERVED_NAMES = frozenset({"all", "ungrouped"})
_TEMPLATE_START = re.compile(r"\{(?=[{%#])")


@dataclass(frozen=True)
class EventSubject:
    """Subject of a notice: ``kind`` is system, license_server, node or file; ``name`` its configured name."""

    kind: str
    name: str


@dataclass(frozen=True)
class Window:
    """Time of a read, and the days after it (``horizon``) and before it (``look_back``) that count."""

    as_of: datetime
    horizon: int
    look_back: int

    def holds(self, end: datetime) -> bool:
        """Return whether ``end`` is within the horizon, or in the past by less than ``look_back`` days."""
        return self._since() < end <= days_later(self.as_of, self.horizon)

    def _since(self) -> datetime:
        try:
            return self.as_of - timedelta(days=self.look_back)
        except OverflowError:
            return datetime.min.replace(tzinfo=timezone.utc)


@dataclass(frozen=True)
class Notice:
    """One event before it is sent.

    Notices with equal ``key`` are the same event. A ``lasting`` notice is sent only once. Any other notice is
    a state of ``subject`` and is sent again if the state ends and then recurs. ``end`` is the expiry of a
    lasting notice; its key can be dropped some time after it.
    """

    subject: EventSubject
    key: Key
    body: Mapping[str, object]
    lasting: bool
    end: datetime | None = None

    def event(self) -> dict[str, object]:
        """Return the sanitized body of the event (see ``plain``)."""
        return {name: plain(value) for name, value in self.body.items()}


def is_name(text: object) -> bool:
    """Return whether ``text`` is a valid name of one host, and not a pattern that matches several hosts."""
    return isinstance(text, str) and _NAME.fullmatch(text) is not None and text not in _RESERVED_NAMES


def plain(value: object) -> object:
    """Return ``value`` with all texts sanitized for an event.

    Events become extra variables of playbooks, which are templated: text of a server or file must not start
    a template and must not contain terminal control characters.
    """
    if isinstance(value, str):
        return _TEMPLATE_START.sub("{ ", one_line(value[:MAX_TEXT]))
    if isinstance(value, Mapping):
        return {str(plain(str(name))): plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value
