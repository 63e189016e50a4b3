# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find expiring licenses in the license list of a License Server or product node, per client (R17)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ...module_utils._time import Forever, format_end
from .notice import LAPSE, UNKNOWN, EventSubject, Notice, Window
from .payload import THEN, Words, end_of, end_reason, lapse_text, license_of, named, span, start


@dataclass(frozen=True)
class Holder:
    """Assigned amount of a license and its client; None: not assigned to a client."""

    client: str | None = None
    amount: object = None


@dataclass(frozen=True)
class ServerLook:
    """Evaluation of one read of a server.

    ``systems`` maps clients to systems. Licenses that a system in ``watched`` holds are skipped here: that
    system is read itself, and its facts also show the effects of an expiry.
    """

    subject: EventSubject
    window: Window
    words: Words
    systems: Mapping[str, str] = field(default_factory=dict)
    watched: frozenset[str] = frozenset()

    def notices(self, found: Mapping[str, object]) -> list[Notice]:
        """Return the notices about expiring licenses in a result of ``license_info``.

        There is one notice for each client that a license is assigned to, and one without a client for a
        license that is not assigned.
        """
        licenses = found.get("licenses")
        if not isinstance(licenses, list):
            return [self._list_missing()]
        records = [record for record in licenses if isinstance(record, Mapping)]
        return [notice for record in records for notice in self._notices_of(record)]

    def _notices_of(self, record: Mapping[str, object]) -> Iterator[Notice]:
        if record.get("status") in ("unusable", "uninstalled"):
            return
        end = end_of(record.get("expires_at"), self.window.as_of)
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
        row = {**record, "assigned": holder.amount, "held_by": self.subject.name}
        more: dict[str, object] = {"license": license_of(row)}
        if holder.client is not None:
            more["client"] = holder.client
        if system is not None:
            more["system"] = system
        if end is None:
            reason = end_reason(record.get("expires_at"))
            message = self.words.say("event_end_unknown", subject=self.subject.name, reason=reason, **fields)
            more.update(what="end", reason=reason, message=message)
            key = (UNKNOWN, self.subject.kind, self.subject.name, ident, holder.client or "")
            return Notice(self.subject, key, start(UNKNOWN, self.subject, self.window, more), False)
        # The key contains the holder, because one license expires for each of its holders.
        holder_name = system or f"{self.subject.name}/{holder.client or ''}"
        message = lapse_text(self.words, system or self.subject.name, fields, end, self.window)
        more.update(span(end, self.window), then={"unknown": dict.fromkeys(THEN, "absent")}, message=message)
        body = start(LAPSE, self.subject, self.window, more)
        return Notice(self.subject, (LAPSE, holder_name, ident, format_end(end)), body, True, end)

    def _list_missing(self) -> Notice:
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
