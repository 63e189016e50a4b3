# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find expiring licenses in the license list of a License Server or product node, per client (R17)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ...module_utils._time import Forever, format_end
from .notice import LAPSE, UNKNOWN, EventSubject, Notice, Window
from .payload import THEN, Words, end_of, lapse_text, license_of, named, span, start


@dataclass(frozen=True)
class Holder:
    """Who holds how much of a license: a client, or nobody (None)."""

    client: str | None = None
    amount: object = None


@dataclass(frozen=True)
class ServerLook:
    """A look at one server.

    ``systems`` says which client is which system. Those in ``watched`` are read themselves, and know more of
    what their lapses do: what they hold is left to them.
    """

    subject: EventSubject
    window: Window
    words: Words
    systems: Mapping[str, str] = field(default_factory=dict)
    watched: frozenset[str] = frozenset()

    def notices(self, found: Mapping[str, object]) -> list[Notice]:
        """Return what is due, from what ``license_info`` returns of the server.

        One notice for each client that holds something of a license, and one without a client for a license
        that nobody holds.
        """
        licenses = found.get("licenses")
        if not isinstance(licenses, list):
            return [self._nothing_listed()]
        records = [record for record in licenses if isinstance(record, Mapping)]
        return [notice for record in records for notice in self._of(record)]

    def _of(self, record: Mapping[str, object]) -> Iterator[Notice]:
        if record.get("status") in ("unusable", "uninstalled"):
            return
        end = end_of(record.get("expires_at"))
        if isinstance(end, Forever) or (end is not None and not self.window.holds(end)):
            return
        for holder in _holders(record):
            system = self.systems.get(holder.client or "")
            if system is None or system not in self.watched:
                yield self._notice(record, end, holder, system)

    def _notice(
        self, record: Mapping[str, object], end: datetime | None, holder: Holder, system: str | None
    ) -> Notice:
        ident = str(record.get("id"))
        amount = record.get("quantity") if holder.client is None else holder.amount
        fields = named(record.get("id"), record.get("product"), record.get("kind"), amount)
        said = {**record, "assigned": holder.amount, "held_by": self.subject.name}
        more: dict[str, object] = {"license": license_of(said)}
        if holder.client is not None:
            more["client"] = holder.client
        if system is not None:
            more["system"] = system
        if end is None:
            message = self.words.say(
                "event_end_unknown", subject=self.subject.name, reason="absent", **fields
            )
            more.update(what="end", reason="absent", message=message)
            key = (UNKNOWN, self.subject.kind, self.subject.name, ident, holder.client or "")
            return Notice(self.subject, key, start(UNKNOWN, self.subject, self.window, more), False)
        # Who holds it in the key: the same license lapses for each of its holders.
        of = system or f"{self.subject.name}/{holder.client or ''}"
        message = lapse_text(self.words, system or self.subject.name, fields, end, self.window)
        more.update(span(end, self.window), then={"unknown": dict.fromkeys(THEN, "absent")}, message=message)
        body = start(LAPSE, self.subject, self.window, more)
        return Notice(self.subject, (LAPSE, of, ident, format_end(end)), body, True, end)

    def _nothing_listed(self) -> Notice:
        name = self.subject.name
        message = self.words.say("event_licenses_unknown", subject=name, reason="absent")
        more = {"what": "licenses", "reason": "absent", "message": message}
        body = start(UNKNOWN, self.subject, self.window, more)
        return Notice(self.subject, (UNKNOWN, self.subject.kind, name, "licenses"), body, False)


def _holders(record: Mapping[str, object]) -> list[Holder]:
    assigned = record.get("assigned")
    rows = [row for row in assigned if isinstance(row, Mapping)] if isinstance(assigned, list) else []
    held = [
        Holder(str(row["client"]), row.get("quantity"))
        for row in rows
        if row.get("client") and row.get("quantity") != 0
    ]
    return held or [Holder()]
