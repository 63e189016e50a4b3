# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parse and format times: aware UTC datetimes, and ``NEVER`` for an unlimited period (R14)."""

from __future__ import annotations

import datetime as dt
import enum
import importlib
import re
from typing import NamedTuple, Optional, Sequence, Tuple, Union

from ._errors import LicensingError, shown

UTC = dt.timezone.utc


class Forever(enum.Enum):
    """End of an unlimited period. An enum with one member, so that ``is NEVER`` narrows the type."""

    NEVER = "never"


NEVER = Forever.NEVER
End = Union[dt.datetime, Forever]

# The largest offsets in use are -12:00 and +14:00.
_MOST_OFFSET_MIN = {"-": 720, "+": 840}
_OFFSET = re.compile(r"[+-][0-9]{2}:[0-5][0-9]\Z")
# Without the zone of this machine, placeholders, and zones that count leap seconds.
_ZONE_NAME = re.compile(
    r"(?!right/|(?:localtime|posixrules|Factory)\Z)[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}\Z"
)
_DATE = re.compile(r"([0-9]{4})([-/])([0-9]{2})\2([0-9]{2})\Z")
_TIMESTAMP = re.compile(
    r"([0-9]{4})([-/])([0-9]{2})\2([0-9]{2})[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})?\Z"
)


def parse_time(value: object, timezone: dt.tzinfo = UTC) -> dt.datetime:
    """Return the timestamp in ``value`` in UTC: ISO 8601 text, also with slashes (``2027/11/20 09:00:00``).

    A date is at 00:00; without an offset it is in ``timezone``. Fractions of a second are truncated. Raises
    LicensingError ``instant_unparseable``.
    """
    text = _stripped(value)
    try:
        match = _DATE.match(text)
        if match:
            return _aware(tuple(int(part) for part in match.group(1, 3, 4)), timezone)
        match = _TIMESTAMP.match(text)
        if match:
            numbers = tuple(int(part or 0) for part in match.group(1, 3, 4, 5, 6, 7))
            return _aware(numbers, _offset(match.group(9), timezone))
    except (ValueError, OverflowError) as error:
        raise LicensingError("instant_unparseable", "", text=shown(value)) from error
    raise LicensingError("instant_unparseable", "", text=shown(value))


def _stripped(value: object) -> str:
    return value.strip() if isinstance(value, str) and len(value) <= 64 else ""


def _aware(numbers: Tuple[int, ...], timezone: dt.tzinfo) -> dt.datetime:
    year, month, day, hour, minute, second = (*numbers, 0, 0, 0)[:6]
    return dt.datetime(year, month, day, hour, minute, second, tzinfo=timezone).astimezone(UTC)


def _offset(text: Union[str, None], timezone: dt.tzinfo) -> dt.tzinfo:
    if text is None:
        return timezone
    if text == "Z":
        return UTC
    digits = text[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return dt.timezone(dt.timedelta(minutes=-minutes if text[0] == "-" else minutes))


def zone_of(text: str) -> Optional[dt.tzinfo]:
    """Return the time zone of an offset (``+08:00``, ``Z``) or an IANA name; None for one that is not known.

    Names need Python 3.9 and the time zones of the machine or the package tzdata.
    """
    if text in ("Z", "UTC"):
        return UTC
    if _OFFSET.match(text):
        minutes = int(text[1:3]) * 60 + int(text[4:])
        return _offset(text, UTC) if minutes <= _MOST_OFFSET_MIN[text[0]] else None
    if not _ZONE_NAME.match(text):
        return None
    try:
        # Python 3.8 has no zoneinfo.
        zones = importlib.import_module("zoneinfo")
    except ImportError:
        return None
    try:
        zone: dt.tzinfo = zones.ZoneInfo(text)
    except (LookupError, ValueError, OSError):
        return None
    return zone


def as_utc(timestamp: dt.datetime) -> dt.datetime:
    """Return an aware timestamp in UTC, truncated to seconds.

    Raises LicensingError ``instant_naive`` for a timestamp without an offset.
    """
    if timestamp.tzinfo is None:
        raise LicensingError("instant_naive", "", text=shown(timestamp))
    return timestamp.astimezone(UTC).replace(microsecond=0)


def format_end(end: End) -> str:
    """Return ISO 8601 text in UTC such as ``2026-12-06T00:00:00Z``, or ``never``."""
    return end.value if isinstance(end, Forever) else end.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


# Times without a time zone.

#: The least and greatest offset from UTC that a clock on earth shows.
WEST, EAST = dt.timedelta(hours=-12), dt.timedelta(hours=14)


def lacks_zone(value: object) -> bool:
    """Return True for a valid timestamp with a time of day and without an offset. A bare date is none."""
    match = _TIMESTAMP.match(_stripped(value))
    return match is not None and match.group(9) is None and read_time(value) is not None


# Times in documents, options and facts.


def read_time(text: object) -> Optional[dt.datetime]:
    """Return the time in ``text`` in UTC, or None. A date means its 00:00Z; without an offset it is UTC."""
    try:
        return parse_time(text)
    except LicensingError:
        return None


def format_time(value: dt.datetime) -> str:
    """Return ISO 8601 text in UTC with seconds: ``2026-12-06T00:00:00Z``."""
    return format_end(as_utc(value))


def format_epoch(seconds: float) -> str:
    """Return seconds since 1970 as ISO 8601 text in UTC. Raises ValueError, OverflowError or OSError."""
    return format_end(dt.datetime.fromtimestamp(int(seconds), UTC))


# Times of servers, which may state no zone.

_SERVER_TIME = re.compile(
    r"([0-9]{4})([-/])([0-9]{2})\2([0-9]{2})"
    r"(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]+)?)?(?: ?(Z|[+-][0-9]{2}(?::?[0-9]{2})?))?)?\Z"
)
_UNITS_PER_S = {"ms": 1000, "s": 1}
# No time of a server is later: such a number is of another unit, or a date without separators.
_LATEST = dt.datetime(2100, 1, 1, tzinfo=UTC)
_DIRECTIVE = re.compile("%.")
_ADJACENT = re.compile("%[YymdjHIMS]%[YymdjHIMS]")
_ZONE_LITERAL = re.compile(
    r"(?:UTC|GMT)?([+-][0-9]{2}(?::?[0-9]{2})?)(?![0-9])|(?<![A-Za-z])(?:Z|UTC|GMT)(?![A-Za-z])"
)


def parse_server_time(text: str, formats: Sequence[str] = ()) -> Optional[Tuple[dt.datetime, bool]]:
    """Return (time, whether it is only a date), None for another text.

    ``formats`` are ``strptime`` formats that are tried first. The time has a ``tzinfo`` only if the text or
    its format states the zone.
    """
    for form in formats:
        try:
            moment = dt.datetime.strptime(text, form)
        except ValueError:
            continue
        # Digits without separators are one time only if each part has all of its digits.
        if not _ADJACENT.search(form) or moment.strftime(form) == text:
            moment = moment if moment.tzinfo else moment.replace(tzinfo=zone_of_format(form))
            return moment, not any(hour in form for hour in ("%H", "%I"))
    match = _SERVER_TIME.match(text)
    if match is None:
        return None
    year, _separator, month, day, hour, minute, second, zone = match.groups()
    try:
        moment = dt.datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0)
        )
        return moment.replace(tzinfo=_stated_offset(zone)), hour is None
    except ValueError:
        return None


def _stated_offset(zone: Optional[str]) -> Optional[dt.tzinfo]:
    return None if zone is None else _offset(zone + "00" if len(zone) == 3 else zone, UTC)


def zone_of_format(form: str) -> Optional[dt.tzinfo]:
    """Return the zone that a format states as a literal: ``Z``, ``UTC``, ``GMT`` or an offset.

    Raises ValueError for an offset that does not exist.
    """
    found = _ZONE_LITERAL.search(_DIRECTIVE.sub("\0", form))
    return None if found is None else _stated_offset(found.group(1) or "Z")


def time_of_epoch(number: int, unit: str) -> Optional[dt.datetime]:
    """Return the time of ``number`` units (``ms`` or ``s``) since 1970 in UTC, None from the year 2100 on."""
    try:
        time = dt.datetime.fromtimestamp(number // _UNITS_PER_S[unit], UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return time if time < _LATEST else None


def offset_text(moment: dt.datetime) -> str:
    """Return the offset of a time with a zone, such as ``+08:00``."""
    minutes = int((moment.utcoffset() or dt.timedelta()).total_seconds() // 60)
    return "{0}{1:02d}:{2:02d}".format("-" if minutes < 0 else "+", *divmod(abs(minutes), 60))


# Offsets in minutes of zones on earth: those that no zone with daylight saving time has, and all others.
_FIXED = (-720, -660, -570, 210, 240, 270, 300, 330, 345, 360, 390, 420, 480, 525, 540, 840)
_SEASONAL = (*range(-600, 181, 60), -210, -150, 570, 600, 630, 660, 720, 765, 780, 825)
# The two clocks of one server differ by less: its own, and that of its header Date.
_MOST_SKEW_S = 300
_FRIDAY = 4
_SEASON_DAYS = 200


class DerivedZone(NamedTuple):
    """The offset of a clock that showed ``clock``, in minutes."""

    clock: dt.datetime
    minutes: int

    def at(self, moment: dt.datetime) -> Optional[dt.tzinfo]:
        """Return the zone of a time of this clock; None if the offset may be another one by then."""
        first, last = sorted((self.clock, moment))
        days = (last.date() - first.date()).days
        if self.minutes not in _FIXED and first != last:
            between = (first + dt.timedelta(number) for number in range(days + 1))
            if days > _SEASON_DAYS or any(map(_may_switch, between)):
                return None
        return dt.timezone(dt.timedelta(minutes=self.minutes))


def _may_switch(day: dt.datetime) -> bool:
    """Return whether clocks somewhere change for daylight saving time on such a day."""
    return day.weekday() >= _FRIDAY and (day.month in (2, 3, 4, 9, 10) or (day.month == 11 and day.day < 9))


def derive_zone(clock: dt.datetime, date_s: float) -> Optional[DerivedZone]:
    """Return the zone in which a clock shows ``clock`` at ``date_s`` seconds since 1970, None without one."""
    ahead_s = clock.replace(tzinfo=UTC).timestamp() - date_s
    minutes = min((*_FIXED, *_SEASONAL), key=lambda offset: abs(ahead_s - offset * 60))
    return DerivedZone(clock, minutes) if abs(ahead_s - minutes * 60) <= _MOST_SKEW_S else None
