# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cache of readings: each distinct fact set of a fleet is validated and derived once."""

from __future__ import annotations

import marshal
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ....module_utils._time import read_time
from ..base.errors import FactsError
from ..documents.plain_data import as_key, normalize
from ..facts.root_keys import root_error
from ..policy.model import Subject
from ..similar.identifiers import numbered
from .fact_age import AgeLimit, Channel
from .host_reading import HostInput, Reading

_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.ASCII)
_SUBJECT = frozenset(("kind", "id"))
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]-]{1,256}", re.ASCII)
_NUMBER_OF_MACHINE = re.compile(r"[A-Za-z0-9.:_-]{1,64}", re.ASCII)
_MOST_NUMBERS = 256

#: Reading of a host's facts, with id and kind of the subject.
Claim = tuple[Reading, str, str]


@dataclass(frozen=True)
class SystemKind:
    """What a system has in common with others that differ in identifiers and in the machine only.

    ``facts`` are the facts of the system without subject and source; ``about`` is its subject.
    """

    key: bytes
    identifiers: tuple[str, ...]
    facts: dict[str, Any]
    about: Subject


class Readings:
    """Cache of the readings of fact sets.

    Two hosts share a Reading if their facts differ only in the subject and the time of gathering, have the
    same channel, and are recent enough by ``limit`` at both times. With ``personal`` (the policy also reads
    subject or source) different hosts do not share a Reading.
    """

    def __init__(self, read: Callable[[HostInput], Reading], limit: AgeLimit, *, personal: bool) -> None:
        self._read = read
        self._limit = limit
        self.personal = personal
        self._known: dict[bytes, Reading] = {}
        self._ages: dict[tuple[str, Channel], str | None] = {}

    def claim(self, given: HostInput) -> Claim:
        """Return the reading of a host's facts, and the id and kind of their subject."""
        if given.error is not None:
            return self._read_uncached(given)
        if given.plain:
            return self._plain(given)
        if given.facts is None and not self.personal:
            return self._cached(repr((given.reason, given.sought)).encode(), given), given.host, "system"
        if not isinstance(given.facts, dict):
            return self._read_uncached(given)
        try:
            return self._shared(given, given.facts)
        except ValueError:
            # Tagged or lazy values, or values that are not plain data.
            pass
        try:
            plain = normalize(given.facts)
        except FactsError:
            return self._read_uncached(given)
        return (
            self._shared(replace(given, facts=plain), plain)
            if isinstance(plain, dict)
            else self._read_uncached(given)
        )

    def kind(self, given: HostInput) -> SystemKind | None:
        """Return the kind of a system; None if its facts have to be read in any case."""
        facts = given.facts
        if (
            self.personal
            or given.error is not None
            or given.plain
            or given.mapped
            or not isinstance(facts, dict)
        ):
            return None
        about = _subject_of(facts, given.host)
        if about is None:
            return None
        rest = {name: value for name, value in facts.items() if name not in ("subject", "source")}
        found = numbered(rest)
        if found is None:
            return None
        source = _without_machine(self._source(facts.get("source"), given.channel))
        try:
            content: Any = (about[1], found.content, found.order, given.channel.value, source)
            key = marshal.dumps(content, 0)
        except ValueError:
            # It can have vaulted values, or no plain data.
            return None
        return SystemKind(key, found.identifiers, rest, about)

    def _plain(self, given: HostInput) -> Claim:
        # Own facts name no subject, so equal facts of any host have one reading.
        try:
            reading = self._cached(b"own" + _bytes(normalize(given.facts)), given)
        except (FactsError, ValueError):
            reading = self._read(given)
        return reading, given.host, reading.kind

    def _read_uncached(self, given: HostInput) -> Claim:
        reading = self._read(given)
        return reading, reading.id, reading.kind

    def _shared(self, given: HostInput, facts: dict[str, Any]) -> Claim:
        about = _subject_of(facts, given.host)
        if about is None:
            return self._read_uncached(given)
        if self.personal:
            key = _bytes((given.host, given.channel.value, facts))
        else:
            rest = {name: value for name, value in facts.items() if name not in ("subject", "source")}
            key = _bytes(
                (about[1], rest, given.channel.value, self._source(facts.get("source"), given.channel))
            )
        return (self._cached(key, given), *about)

    def _cached(self, key: bytes, given: HostInput) -> Reading:
        reading = self._known.get(key)
        if reading is None:
            reading = self._known[key] = self._read(given)
        return reading

    def _source(self, source: object, channel: Channel) -> object:
        # Facts that are recent enough do not depend on the time of gathering.
        if not isinstance(source, dict):
            return source
        text = source.get("gathered_at")
        if not isinstance(text, str):
            return source
        known = (text, channel)
        if known not in self._ages:
            readable = _INSTANT.fullmatch(text) is not None and read_time(text) is not None
            self._ages[known] = self._limit.reason({"gathered_at": text}, channel) if readable else None
        if self._ages[known] != "":
            return source
        return ("", {name: value for name, value in source.items() if name != "gathered_at"})


def _bytes(value: Any) -> bytes:
    # Raises ValueError for values that are not plain data. Version 0 writes neither references nor interned
    # strings: equal data with equal key order has equal bytes, and 1, 1.0 and true have different bytes.
    try:
        return marshal.dumps(value, 0)
    except ValueError:
        # It can have vaulted values, whose types are not exact ones.
        return marshal.dumps(as_key(value), 0)


def _without_machine(source: object) -> object:
    """Return the source without address and identity of the machine, if both can be read."""
    if isinstance(source, tuple):
        return (source[0], _without_machine(source[1]))
    if not isinstance(source, dict):
        return source
    endpoint, identity = source.get("endpoint", ""), source.get("identity", {})
    if "endpoint" in source and not (isinstance(endpoint, str) and _ADDRESS.fullmatch(endpoint)):
        return source
    if not (
        isinstance(identity, dict)
        and identity.keys() <= {"macs", "barcodes"}
        and all(_are_numbers(each) for each in identity.values())
    ):
        return source
    return {name: value for name, value in source.items() if name not in ("endpoint", "identity")}


def _are_numbers(found: object) -> bool:
    return (
        isinstance(found, list)
        and len(found) <= _MOST_NUMBERS
        and all(isinstance(each, str) and _NUMBER_OF_MACHINE.fullmatch(each) for each in found)
    )


def _subject_of(facts: dict[str, Any], host: str) -> Subject | None:
    """Return id and kind of the subject if they are valid or not stated at all; else None."""
    subject = facts.get("subject")
    if subject is None and "subject" not in facts:
        return host, "system"
    if root_error(facts) is not None or not isinstance(subject, dict) or not subject.keys() <= _SUBJECT:
        return None
    ident, kind = subject.get("id", host), subject.get("kind", "system")
    unknown = facts.get("unknown")
    if isinstance(unknown, dict) and any(str(pointer).startswith("/subject") for pointer in unknown):
        return None
    return str.__str__(ident), str.__str__(kind)
