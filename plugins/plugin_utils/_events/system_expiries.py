# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find licenses of a system that expire within a horizon, and facts that are missing (R17, R20, R22).

The result depends only on the facts and the time of the read. ``state_store`` filters out events that were
already sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from ...module_utils._interval import NOTHING
from ...module_utils._licensing.catalog.catalog import Catalog
from ...module_utils._licensing.facts.derive import derive
from ...module_utils._licensing.reading.holdings import Item
from ...module_utils._licensing.reading.system import read_system
from ...module_utils._licensing.reading.zones import times_without_zone, with_own_zone, with_texts
from ...module_utils._licensing.values.license_row import Status
from ...module_utils._licensing.values.periods import days_until
from ...module_utils._time import Forever, format_end
from .notice import LAPSE, LOGIN_REFUSED, SYSTEM, UNKNOWN, EventSubject, Notice, Window
from .payload import THEN, Words, at, end_of, lapse_text, license_of, named, span, start

_TOTALS = "license_totals"


def system_notices(
    facts: Mapping[str, object], subject: EventSubject, window: Window, catalog: Catalog, words: Words
) -> list[Notice]:
    """Return the notices about the system or node of ``facts`` (HostFacts as plain data)."""
    return list(_SystemExpiries(facts, subject, window, catalog, words).notices())


class _SystemExpiries:
    def __init__(
        self,
        facts: Mapping[str, object],
        subject: EventSubject,
        window: Window,
        catalog: Catalog,
        words: Words,
    ) -> None:
        self._facts, self._subject, self._window, self._words = facts, subject, window, words
        self._system = read_system(_with_earliest_ends(facts, window.as_of), window.as_of, catalog)
        self._derived = derive(facts, window.as_of, catalog)
        items = at(facts, "licenses", "items")
        rows = items if isinstance(items, list) else []
        self._rows = {str(row.get("id")): row for row in rows if isinstance(row, Mapping)}

    def notices(self) -> Iterator[Notice]:
        if at(self._derived.facts, "login", "state") == "refused":
            yield self._login_refused()
            if self._system.login_refused:
                return  # The refused login is the reason why no other facts could be read.
        ends: set[datetime] = set()
        for item in self._system.items:
            if item.license.status in (Status.UNUSABLE, Status.UNINSTALLED) or item.amount == NOTHING:
                continue
            end = item.license.expires_at
            if end is None:
                yield self._unknown_end(item)
            elif not isinstance(end, Forever):
                ends.add(end)
                if self._window.holds(end) and self._has_effect(item, end):
                    yield self._lapse(item, end)
        yield from self._incomplete_list(ends)

    def _has_effect(self, item: Item, end: datetime) -> bool:
        """Return whether the expiry has an effect; a license that does not count has none (R11, R13)."""
        forecast = self._forecast()
        if end <= self._window.as_of or forecast is None:
            return True
        return any(item.license.id in _ends(entry) for entry in forecast)

    def _lapse(self, item: Item, end: datetime) -> Notice:
        own = item.license
        effects = self._effects(end)
        amount = own.assigned if own.assigned is not None else own.quantity
        fields = named(own.id, own.product, own.kind and own.kind.value, amount)
        sentences = [lapse_text(self._words, self._subject.name, fields, end, self._window)]
        body = self._body(
            LAPSE,
            {
                "license": self._license(item),
                **span(end, self._window),
                "then": effects,
                "message": self._words.join([*sentences, *self._consequences(effects)]),
            },
        )
        return Notice(self._subject, (LAPSE, self._subject.name, own.id, format_end(end)), body, True, end)

    def _effects(self, end: datetime) -> dict[str, object]:
        """Return the effects of the expiry; ``unknown`` has the reasons for effects that are unknown."""
        if end <= self._window.as_of:
            return {"unknown": dict.fromkeys(THEN, "stale")}
        forecast = self._forecast()
        if forecast is None:
            return {"unknown": dict.fromkeys(THEN, self._reason("/forecast"))}
        effects: dict[str, object] = {}
        unknown: dict[str, str] = {}
        for index, entry in enumerate(forecast):
            if self._time_of(index, entry) == format_end(end):
                effects = {name: entry[name] for name in THEN if name in entry}
                missing = [name for name in THEN if name not in entry]
                unknown = {name: self._reason(f"/forecast/{index}/{name}") for name in missing}
        covered = at(self._derived.facts, "login", "covered")
        if self._login_interrupted_at() == format_end(end) and covered is not None:
            effects["covered"] = covered
        return {**effects, "unknown": unknown}

    def _consequences(self, effects: Mapping[str, object]) -> Iterator[str]:
        missing, unknown = effects.get("missing"), effects.get("unknown")
        if effects.get("login_interrupted") is True:
            yield self._words.say("event_login_interrupted")
        if isinstance(missing, int) and missing > 0:
            yield self._words.say("event_sockets_missing", missing=missing)
        if isinstance(unknown, Mapping) and unknown and "stale" not in unknown.values():
            yield self._words.say("event_then_unknown", names=sorted(unknown))

    def _unknown_end(self, item: Item) -> Notice:
        own = item.license
        reason = item.causes[0].reason if item.causes else "absent"
        fields = named(own.id, own.product, own.kind and own.kind.value, own.quantity)
        body = self._body(
            UNKNOWN,
            {
                "what": "end",
                "reason": reason,
                "license": self._license(item),
                "message": self._words.say(
                    "event_end_unknown", subject=self._subject.name, reason=reason, **fields
                ),
            },
        )
        key = (UNKNOWN, self._subject.kind, self._subject.name, own.id)
        return Notice(self._subject, key, body, False)

    def _incomplete_list(self, ends: set[datetime]) -> Iterator[Notice]:
        """Yield the notices for an incomplete license list; VMS still reports the expiry of its totals."""
        cause = self._system.list_cause
        if cause is None or (self._subject.kind != SYSTEM and not self._rows):
            return  # A node without licenses has no list; its system lists them.
        name, reason = self._subject.name, cause.reason
        message = self._words.say("event_licenses_unknown", subject=name, reason=reason)
        body = self._body(UNKNOWN, {"what": "licenses", "reason": reason, "message": message})
        yield Notice(self._subject, (UNKNOWN, self._subject.kind, name, "licenses"), body, False)
        end = end_of(at(with_own_zone(self._facts), _TOTALS, "ends_at"), self._window.as_of)
        if isinstance(end, datetime) and end not in ends and self._window.holds(end):
            yield self._totals_lapse(end)

    def _totals_lapse(self, end: datetime) -> Notice:
        name, shown = self._subject.name, format_end(end)
        code = "event_totals_lapse" if end > self._window.as_of else "event_totals_lapsed"
        message = self._words.say(code, subject=name, at=shown, days=str(days_until(end, self._window.as_of)))
        more = {"origin": "totals", **span(end, self._window), "then": self._effects(end), "message": message}
        return Notice(self._subject, (LAPSE, name, _TOTALS, shown), self._body(LAPSE, more), True, end)

    def _login_refused(self) -> Notice:
        name = self._subject.name
        body = self._body(LOGIN_REFUSED, {"message": self._words.say("event_login_refused", subject=name)})
        return Notice(self._subject, (LOGIN_REFUSED, self._subject.kind, name), body, False)

    def _license(self, item: Item) -> dict[str, object]:
        return license_of(self._rows.get(item.license.id, {"id": item.license.id}))

    def _forecast(self) -> list[Mapping[str, object]] | None:
        entries = self._derived.facts.get("forecast")
        return [each for each in entries if isinstance(each, Mapping)] if isinstance(entries, list) else None

    def _time_of(self, index: int, entry: Mapping[str, object]) -> object:
        """Return when the forecast's expiry is; of a time without a zone the earliest one."""
        return entry.get("at", self._earliest(f"/forecast/{index}/at"))

    def _login_interrupted_at(self) -> object:
        found = at(self._derived.facts, "login", "interrupted_at")
        return self._earliest("/login/interrupted_at") if found is None else found

    def _earliest(self, pointer: str) -> object:
        return self._derived.unknown.get(pointer, {}).get("earliest")

    def _reason(self, pointer: str) -> str:
        return str(self._derived.unknown.get(pointer, {}).get("reason", "absent"))

    def _body(self, kind: str, more: Mapping[str, object]) -> dict[str, object]:
        body = start(kind, self._subject, self._window, more)
        gathered = at(self._facts, "source", "gathered_at")
        if isinstance(gathered, str):
            body["gathered_at"] = gathered
        if self._subject.kind == SYSTEM:
            body["system"] = self._subject.name
        return body


def _with_earliest_ends(facts: Mapping[str, object], as_of: datetime) -> Mapping[str, object]:
    """Return the facts with the earliest end of each license whose end has no zone.

    An end that is past at ``as_of`` in some zones only stays without a zone, so it is unknown.
    """
    facts = with_own_zone(facts)
    ends: dict[str, str] = {}
    for time in times_without_zone(facts):
        end = end_of(time.text, as_of)
        if isinstance(end, datetime) and time.pointer.startswith("/licenses/"):
            ends[time.pointer] = format_end(end)
    return with_texts(facts, ends)


def _ends(entry: Mapping[str, object]) -> list[object]:
    ends = entry.get("ends")
    return ends if isinstance(ends, list) else []
