# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read typed fields of a response from the places that the profile states.

In JSON that was converted from XML, a list with one item may be an object, an empty list a missing key or
null, and numbers and booleans may be text. Only fields that the profile maps are read.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple, TypeVar, Union

from ..._errors import Reason, shown
from ..._text import printable
from ..._time import UTC, format_time, offset_text, parse_server_time, time_of_epoch, zone_of
from ..profile.fields import FieldMap, Meaning, PathStep, ResponsePart, Source, kind_of, wire_text
from ..wire.response import Response

T = TypeVar("T")

# Reasons of unknown values.
ABSENT = "absent"
NULL = "null"
TYPE = "type"
VALUE = "value"

NEVER = "never"

# Certainty of the zone of a time: in the text or configured, or from the clock of the server.
STATED = "stated"
DERIVED = "derived"

_LONGEST_TEXT = 1024
_LONGEST_TIME = 64
_LONGEST_TOKEN = 16 * 1024
_INTEGER = re.compile(r"[+-]?[0-9]{1,15}$")
_LARGEST = 10**15
_EARLIEST = dt.datetime(2000, 1, 1)

FieldMaps = Mapping[str, FieldMap]


class WrongShape(ValueError):
    """The response has another structure than ``expected``."""

    def __init__(self, expected: str, got: str) -> None:
        super().__init__(expected)
        self.expected = expected
        self.got = got


class Missing(NamedTuple):
    """A place without a value, and the reason."""

    reason: str


# Returns the zone of a server for one of its times without a zone, None if it is not known.
ZoneReader = Callable[[dt.datetime], Optional[dt.tzinfo]]


@dataclass(frozen=True)
class ResponseScope:
    """The response that rows belong to: its complete body, its headers, and the zone of its times.

    ``option_zone`` is the time zone of the connection, ``base_zone`` that of the profile, "" if none is set;
    ``derived_zone`` is called without either. ``masked`` masks secrets that a server repeats in a field.
    """

    root: Any = None
    response: Optional[Response] = None
    option_zone: str = ""
    base_zone: str = ""
    derived_zone: Optional[ZoneReader] = None
    masked: Callable[[str], str] = str


def find(source: Source, data: Any, scope: ResponseScope) -> Union[Any, Missing]:
    """Return the value at ``source``, or a ``Missing``."""
    if source.origin is ResponsePart.BODY:
        return _follow(scope.root if source.from_root else data, source.path)
    if scope.response is None:
        return Missing(ABSENT)
    if source.origin is ResponsePart.STATUS:
        return str(scope.response.status)
    if source.origin is ResponsePart.COOKIE:
        return scope.response.cookies().get(source.name, Missing(ABSENT))
    values = scope.response.all_headers(source.name)
    if not values:
        return Missing(ABSENT)
    # Two servers in a chain may each have added the header; which of two values is right is not known.
    return scope.response.header_text(source.name) if len(values) == 1 else printable(", ".join(values))


def first_value(sources: Sequence[Source], data: Any, scope: ResponseScope) -> Union[Any, Missing]:
    """Return the first value at one of ``sources`` that is neither null nor "", or a ``Missing``."""
    reason = ABSENT
    for source in sources:
        value = find(source, data, scope)
        if isinstance(value, Missing):
            reason = value.reason if reason == ABSENT else reason
        elif value is not None and value != "":
            return value
        elif value is None and reason == ABSENT:
            reason = NULL
    return Missing(reason)


def text_at(sources: Sequence[Source], data: Any, scope: ResponseScope) -> str:
    """Return the first value at one of ``sources`` as text on one line, "" if there is none."""
    value = first_value(sources, data, scope)
    return "" if isinstance(value, Missing) else wire_text(value) or ""


def as_token(value: Any) -> str:
    """Return a token, "" for a value that a header cannot have."""
    token = wire_text(value) or ""
    is_token = token.isascii() and token.isprintable() and len(token) <= _LONGEST_TOKEN
    return "" if not is_token or set(" ;,") & set(token) else token


def _follow(value: Any, path: Sequence[PathStep]) -> Union[Any, Missing]:
    for step in path:
        if isinstance(value, list) and len(value) == 1:
            # A list with one item and the item itself are the same in converted XML.
            value = value[0]
        if value is None or value == "":
            return Missing(ABSENT)
        if not isinstance(value, Mapping):
            return Missing(TYPE)
        if step.key not in value:
            return Missing(ABSENT)
        value = value[step.key]
        if step.row is not None:
            value = _picked(value, *step.row)
            if isinstance(value, Missing):
                return value
    return value


def _picked(value: Any, key: str, wanted: str) -> Union[Any, Missing]:
    """Return the row of a list whose ``key`` is ``wanted``; two different rows are contradictory."""
    rows = value if isinstance(value, list) else [value]
    found = [row for row in rows if isinstance(row, Mapping) and wire_text(row.get(key)) == wanted]
    if not found:
        return Missing(ABSENT)
    return found[0] if all(row == found[0] for row in found) else Missing(VALUE)


def rows_of(value: Any) -> List[Mapping[str, Any]]:
    """Return the objects of a list, which may also be one object or empty."""
    if value is None or value == "":
        return []
    rows = [value] if isinstance(value, Mapping) else value
    if not isinstance(rows, list):
        raise WrongShape("a list of objects", kind_of(value))
    for row in rows:
        if not isinstance(row, Mapping):
            raise WrongShape("a list of objects", "a list with {0}".format(kind_of(row)))
    return rows


class JsonRow:
    """One object of a response, read through the field map of a profile.

    A value that is missing or cannot be read is None, with its reason in ``unknown``: ``absent``, ``null``,
    ``type`` or ``value`` (no meaning in the profile, no valid time). ``zones`` has the zone of each time, as
    (offset, certainty).
    """

    def __init__(
        self, values: Any, fields: FieldMaps, prefix: str = "", scope: Optional[ResponseScope] = None
    ) -> None:
        if not isinstance(values, Mapping):
            raise WrongShape("an object", kind_of(values))
        self._values = values
        self._fields = fields
        self._prefix = prefix
        self._scope = scope or ResponseScope(root=values)
        self.unknown: Dict[str, str] = {}
        self.zones: Dict[str, Tuple[str, str]] = {}

    @property
    def status(self) -> Optional[int]:
        """The HTTP status of the response, None for a row without a response."""
        return None if self._scope.response is None else self._scope.response.status

    def identifier(self, name: str) -> str:
        """Return an id, which is required in every row; raises WrongShape."""
        value = self.text(name)
        if value is None:
            raise WrongShape("{0} in every row".format(self._place(name)), "a row without")
        return value

    def _place(self, name: str) -> str:
        mapped = self._fields.get(self._prefix + name)
        return mapped.sources[0].place if mapped is not None and mapped.sources else name

    def text(self, name: str) -> Optional[str]:
        text = self._typed(name, _text)
        if text is None:
            self.unknown[name] = str(self.unknown[name])
        return text

    def raw(self, name: str) -> Any:
        """Return a value as it was sent, with the secrets in it; None without one."""
        value = first_value(self._map(name).sources, self._values, self._scope)
        return None if isinstance(value, Missing) else value

    def integer(self, name: str, least: int = 0) -> Optional[int]:
        """Return a count; one below ``least`` may stand for anything, such as no limit, and is unknown."""
        number = self._typed(name, as_integer)
        if number is not None and number < least:
            self.miss(name, VALUE, number)
            return None
        return number

    def boolean(self, name: str) -> Optional[bool]:
        return self._typed(name, as_boolean)

    def instant(self, name: str) -> Optional[str]:
        """Return a time: in UTC (``2026-12-06T00:00:00Z``), or without ``Z`` if its zone is not known.

        A bare date stays recognizable: it is at 00:00 UTC, whatever the zone, and has none in ``zones``.
        """
        return self._time(name, self._value(name), dates=UTC)

    def end(self, name: str) -> Optional[str]:
        """Return a time like ``instant``, or ``never``."""
        value = self._value(name)
        if value is not None and wire_text(value) in (NEVER, *self._map(name).never):
            return NEVER
        return self._time(name, value)

    def choice(self, name: str, choices: Sequence[str]) -> Optional[str]:
        """Return the meaning of a text if it is one of ``choices``."""
        value = self._value(name)
        text = None if value is None else wire_text(value)
        if value is not None and text not in choices:
            self.miss(name, TYPE if text is None else VALUE, value)
        return text if text in choices else None

    def rows(self, name: str) -> List["JsonRow"]:
        prefix = self._prefix + name + "."
        return [JsonRow(row, self._fields, prefix, self._scope) for row in rows_of(self._value(name))]

    def texts(self, name: str) -> Tuple[str, ...]:
        """Return a list of texts, which may also be one text or empty; raises WrongShape."""
        value = self._value(name)
        items = value if isinstance(value, list) else [] if value is None else [value]
        found = tuple(text for text in map(_text, items) if text is not None)
        if len(found) != len(items):
            raise WrongShape("a list of texts", kind_of(value))
        return found

    def integers(self, name: str) -> Optional[Tuple[int, ...]]:
        """Return a list of whole numbers, which may also be one number."""
        return self._typed(name, _integers)

    def _typed(self, name: str, convert: Callable[[Any], Optional[T]]) -> Optional[T]:
        value = self._value(name)
        if value is None:
            return None
        converted = convert(value)
        if converted is None:
            self.miss(name, TYPE, value)
        return converted

    def miss(self, name: str, reason: str, value: Any) -> None:
        """Mark a field as unknown, with the value if it cannot be read."""
        text = wire_text(value) if reason in (TYPE, VALUE) else None
        self.unknown[name] = Reason(reason, shown(text)) if text else reason

    def _map(self, name: str) -> FieldMap:
        return self._fields.get(self._prefix + name, FieldMap(()))

    def _value(self, name: str) -> Any:
        """Return the value of a field, after its table; None with a reason in ``unknown``."""
        mapped = self._map(name)
        value = first_value(mapped.sources, self._values, self._scope)
        masked = self._scope.masked
        found = _each(value, lambda item: masked(item) if isinstance(item, str) else item)
        if found != value:
            # What a server repeats of a secret is not a value.
            value = Missing(VALUE)
        if not isinstance(value, Missing) and (mapped.after or mapped.has_values):
            value = _each(value, lambda item: _meaning(item, mapped))
            if isinstance(value, list):
                value = next((item for item in value if isinstance(item, Missing)), value)
        if isinstance(value, Missing):
            self.miss(name, value.reason, found)
            return None
        return value

    def _time(self, name: str, value: Any, dates: Optional[dt.tzinfo] = None) -> Optional[str]:
        if value is None:
            return None
        mapped = self._map(name)
        if wire_text(value) in (NEVER, *mapped.never):
            # A time that never comes is not set; only an end can be ``never``.
            self.miss(name, ABSENT if mapped.never else VALUE, value)
            return None
        read = read_time(value, mapped)
        if isinstance(read, Missing):
            self.miss(name, read.reason, value)
            return None
        moment, is_date = read
        if is_date and dates is not None:
            return format_time(moment.replace(tzinfo=dates))
        zone, certainty = (moment.tzinfo, STATED) if moment.tzinfo else self._zone(mapped, moment, is_date)
        if zone is None:
            return moment.strftime("%Y-%m-%dT%H:%M:%S")
        try:
            local = moment.replace(tzinfo=zone)
            if local.utcoffset() != local.replace(fold=1).utcoffset():
                # The clock is put back or forward: the time is twice or never on this day.
                return moment.strftime("%Y-%m-%dT%H:%M:%S")
            if certainty:
                self.zones[name] = (offset_text(local), certainty)
            return format_time(local)
        except (ValueError, OverflowError):
            self.miss(name, VALUE, value)
            return None

    def _zone(self, mapped: FieldMap, moment: dt.datetime, is_date: bool) -> Tuple[Optional[dt.tzinfo], str]:
        text = self._scope.option_zone or mapped.timezone or self._scope.base_zone
        if text:
            return zone_of(text), STATED
        if is_date:
            # A date begins at 00:00 UTC unless a zone is configured. That zone is not stated.
            return UTC, ""
        derived = self._scope.derived_zone
        return (None if derived is None else derived(moment)), DERIVED


def _each(value: Any, convert: Callable[[Any], Any]) -> Any:
    return [convert(item) for item in value] if isinstance(value, list) else convert(value)


def _meaning(value: Any, mapped: FieldMap) -> Union[Meaning, Missing]:
    text = wire_text(value)
    if text is None:
        return Missing(TYPE)
    if mapped.after:
        _before, found, text = text.rpartition(mapped.after)
        if not found or not text:
            return Missing(VALUE)
    return mapped.values.get(text, Missing(VALUE)) if mapped.has_values else text


def _text(value: Any) -> Optional[str]:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    text = printable(str(value))
    return text if 0 < len(text) <= _LONGEST_TEXT else None


def as_integer(value: Any) -> Optional[int]:
    """Return a whole number, which may be text; None if the value is not one."""
    if isinstance(value, str) and _INTEGER.match(value.strip()):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) >= _LARGEST:
        return None
    return int(value) if value % 1 == 0 else None


def _integers(value: Any) -> Optional[Tuple[int, ...]]:
    items = tuple(map(as_integer, value if isinstance(value, list) else [value]))
    return None if None in items else items  # type: ignore[return-value]  # None is none of them


def as_boolean(value: Any) -> Optional[bool]:
    """Return a boolean, which may be text or 0 and 1; None if the value is not one."""
    if isinstance(value, bool):
        return value
    return {"true": True, "1": True, "false": False, "0": False}.get(str(value).strip().lower())


def read_time(value: Any, mapped: FieldMap) -> Union[Tuple[dt.datetime, bool], Missing]:
    """Return (time, whether it is only a date); the time has a ``tzinfo`` if the value states its zone."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return Missing(TYPE)
    text = printable(str(value))
    found = parse_server_time(text, mapped.formats) if len(text) <= _LONGEST_TIME else None
    number = as_integer(value)
    if found is None and number is not None:
        if number <= 0:
            # Servers write 0 or -1 for a time that is not set.
            return Missing(ABSENT)
        moment = time_of_epoch(number, mapped.epoch)
        found = None if moment is None else (moment, False)
    if found is None or found[0].replace(tzinfo=None) < _EARLIEST:
        # The zero time of a server (0001-01-01, 1970-01-01), and an epoch of another unit, are not times.
        return Missing(VALUE)
    return found
