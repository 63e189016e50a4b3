# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Events before they are sent: subject, time window, deduplication key and body."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from ...module_utils._messages.catalog import register
from ...module_utils._messages.events import MESSAGES
from ...module_utils._time import days_later

register(MESSAGES)


#: Kinds of events: a license ends; every login is refused (R20); an end is not known; nothing was read.
LAPSE, LOGIN_REFUSED, UNKNOWN, UNREAD = "lapse", "login_refused", "unknown", "unread"
TYPES = (LAPSE, LOGIN_REFUSED, UNKNOWN, UNREAD)

SYSTEM, LICENSE_SERVER, NODE, FILE = "system", "license_server", "node", "file"

Key = tuple[str, ...]

MAX_TEXT = 1000
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", re.ASCII)
#: Words that a host pattern takes for something else than a host.
_NO_NAMES = frozenset({"all", "ungrouped"})
_OPENS_TEMPLATE = re.compile(r"\{(?=[{%#])")


@dataclass(frozen=True)
class EventSubject:
    """What a notice is about: ``kind`` is system, license_server, node or file; ``name`` its name here."""

    kind: str
    name: str


@dataclass(frozen=True)
class Window:
    """The instant of a look, and how many days around it matter."""

    as_of: datetime
    horizon: int
    look_back: int

    def holds(self, end: datetime) -> bool:
        """Whether ``end`` comes within the horizon, or came so recently that nobody may have been told."""
        return self._since() < end <= days_later(self.as_of, self.horizon)

    def _since(self) -> datetime:
        try:
            return self.as_of - timedelta(days=self.look_back)
        except OverflowError:
            return datetime.min.replace(tzinfo=timezone.utc)


@dataclass(frozen=True)
class Notice:
    """One event before it is sent.

    ``key`` is what makes it the same event. One that is ``lasting`` is sent once and never again; any other
    is a state of ``subject``, and is sent anew when it comes back after it was over. ``end`` is the instant
    after which nobody will ask for a lasting one.
    """

    subject: EventSubject
    key: Key
    body: Mapping[str, object]
    lasting: bool
    end: datetime | None = None

    def event(self) -> dict[str, object]:
        """The body as it may leave: see ``plain``."""
        return {name: plain(value) for name, value in self.body.items()}


def is_name(text: object) -> bool:
    """Whether ``text`` can name one host: a pattern must not choose more than the system that is meant."""
    return isinstance(text, str) and _NAME.fullmatch(text) is not None and text not in _NO_NAMES


def plain(value: object) -> object:
    """``value`` as an event may carry it.

    Events become extra variables of playbooks, which are templated: text that a server or a file said must
    not open a template there, nor steer a terminal.
    """
    if isinstance(value, str):
        shown = "".join(character if character.isprintable() else " " for character in value[:MAX_TEXT])
        return _OPENS_TEMPLATE.sub("{ ", shown)
    if isinstance(value, Mapping):
        return {str(plain(str(name))): plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value
