# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times: aware UTC datetimes, and ``NEVER`` for what has no end (R14)."""

from __future__ import annotations

import datetime as dt
import enum
import re
from typing import Optional, Tuple, Union

from ._errors import LicensingError, shown

UTC = dt.timezone.utc
DAY_S = 86400


class Forever(enum.Enum):
    """The end of what does not end. An enum of one, so that ``is NEVER`` narrows the type."""

    NEVER = "never"


NEVER = Forever.NEVER
End = Union[dt.datetime, Forever]

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})\Z")
_INSTANT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})?\Z"
)


def parse_time(value: object, timezone: dt.tzinfo = UTC) -> dt.datetime:
    """Return the instant in ``value`` (ISO 8601 text) in UTC.

    A bare date is its 00:00, and an instant without offset is local, both in ``timezone`` (decision 17).
    Fractions of a second are cut off. Raises LicensingError ``instant_unparseable``.
    """
    text = value.strip() if isinstance(value, str) and len(value) <= 64 else ""
    try:
        match = _DATE.match(text)
        if match:
            return _aware(tuple(int(part) for part in match.groups()), timezone)
        match = _INSTANT.match(text)
        if match:
            numbers = tuple(int(part or 0) for part in match.groups()[:6])
            return _aware(numbers, _offset(match.group(8), timezone))
    except (ValueError, OverflowError) as error:
        raise LicensingError("instant_unparseable", "", text=shown(value)) from error
    raise LicensingError("instant_unparseable", "", text=shown(value))


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


def parse_end(value: object, timezone: dt.tzinfo = UTC) -> End:
    """Like ``parse_instant``, and ``"never"`` gives NEVER."""
    return NEVER if value == NEVER.value else parse_time(value, timezone)


def as_utc(instant: dt.datetime) -> dt.datetime:
    """Return an aware instant in UTC with whole seconds.

    Raises LicensingError ``instant_naive`` for an instant without an offset.
    """
    if instant.tzinfo is None:
        raise LicensingError("instant_naive", "", text=shown(instant))
    return instant.astimezone(UTC).replace(microsecond=0)


def format_end(end: End) -> str:
    """``2026-12-06T00:00:00Z`` or ``never``."""
    return end.value if isinstance(end, Forever) else end.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


def whole_days(end: dt.datetime, as_of: dt.datetime) -> int:
    """Whole days from ``as_of`` to ``end``, rounded down."""
    return int((end - as_of).total_seconds() // DAY_S)


def days_until(end: End, as_of: dt.datetime) -> Union[int, str]:
    """Whole days from ``as_of`` to ``end``, rounded down, negative once it has passed; or ``never``."""
    if isinstance(end, Forever):
        return end.value
    return whole_days(end, as_of)


def days_after(instant: dt.datetime, days: int) -> Optional[dt.datetime]:
    """Return the instant ``days`` × 86,400 s later (decision 17), or None beyond the calendar."""
    try:
        return instant + dt.timedelta(days=days)
    except OverflowError:
        return None


def is_alive(end: End, at: dt.datetime) -> bool:
    """False from the very instant of the end on: expired at ``now >= expires_at`` (decision 17)."""
    return isinstance(end, Forever) or at < end


# Times as documents, options and facts write them.

NEVER_TEXT: str = NEVER.value
_DURATION = re.compile(r"(\d{1,5})\s*d?", re.ASCII)


def read_time(text: object) -> Optional[dt.datetime]:
    """Return the time that ``text`` names, in UTC, or None. A bare date is its 00:00Z, no offset is UTC."""
    try:
        return parse_time(text)
    except LicensingError:
        return None


def format_time(value: dt.datetime) -> str:
    """Return ISO text in UTC, to the second: ``2026-12-06T00:00:00Z``."""
    return format_end(as_utc(value))


def format_epoch(seconds: float) -> str:
    """Return seconds since 1970 as ISO text in UTC. Raises ValueError, OverflowError or OSError."""
    return format_end(dt.datetime.fromtimestamp(int(seconds), UTC))


def format_date(value: dt.date) -> str:
    """Return ISO text of what a YAML reader made of a date or a time; without an offset it is UTC."""
    if isinstance(value, dt.datetime):
        return format_time(value if value.tzinfo is not None else value.replace(tzinfo=UTC))
    return value.isoformat()


def parse_days(value: object) -> Optional[int]:
    """Return a horizon in whole days, given as a number or as text like ``30d``.

    None if it is neither, or not from 1 to 36,500.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return int.__int__(value) if 1 <= value <= 36500 else None
    if isinstance(value, str):
        match = _DURATION.fullmatch(value.strip())
        return parse_days(int(match.group(1))) if match else None
    return None


def days_later(time: dt.datetime, days: int) -> dt.datetime:
    """As ``days_after``, and the last time of the calendar where that is beyond it."""
    later = days_after(time, days)
    return dt.datetime.max.replace(tzinfo=UTC) if later is None else later
