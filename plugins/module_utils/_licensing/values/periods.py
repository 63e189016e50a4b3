# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ends and periods of licenses: unlimited ends, days, and times of which the zone is not known."""

from __future__ import annotations

import datetime as dt
import re
from typing import Optional, Tuple, Union

from ..._time import EAST, NEVER, UTC, WEST, End, Forever, format_time, lacks_zone, parse_time, read_time

DAY_S = 86400


def parse_end(value: object, timezone: dt.tzinfo = UTC) -> End:
    """Return NEVER for ``"never"``, else the result of ``parse_time``."""
    return NEVER if value == NEVER.value else parse_time(value, timezone)


def latest_end(value: object) -> End:
    """Return the result of ``parse_end``; of a time without a zone the latest one that it may be."""
    end = parse_end(value)
    return in_offset(end, WEST) if isinstance(end, dt.datetime) and lacks_zone(value) else end


def whole_days(end: dt.datetime, as_of: dt.datetime) -> int:
    """Return the days from ``as_of`` to ``end``, rounded down."""
    return int((end - as_of).total_seconds() // DAY_S)


def days_until(end: End, as_of: dt.datetime) -> Union[int, str]:
    """Return the days from ``as_of`` to ``end``, rounded down, negative after ``end``; or ``never``."""
    if isinstance(end, Forever):
        return end.value
    return whole_days(end, as_of)


def days_after(timestamp: dt.datetime, days: int) -> Optional[dt.datetime]:
    """Return the time ``days`` × 86,400 s later, or None beyond year 9999."""
    try:
        return timestamp + dt.timedelta(days=days)
    except OverflowError:
        return None


def is_alive(end: End, at: dt.datetime) -> bool:
    """Return True if ``at`` is before ``end``; a license is expired at ``now >= expires_at``."""
    return isinstance(end, Forever) or at < end


#: Product and protocol are younger, so an earlier time in facts is a number read in the wrong unit.
EARLIEST = dt.datetime(2000, 1, 1, tzinfo=UTC)


def time_span(value: object) -> Optional[Tuple[dt.datetime, dt.datetime]]:
    """Return the earliest and the latest UTC time that ``value`` may mean; None for ``never`` and other text.

    A timestamp without a zone is the interval from UTC+14 to UTC-12; every other time means one instant.
    """
    time = read_time(value)
    if time is None or not lacks_zone(value):
        return None if time is None else (time, time)
    return in_offset(time, EAST), in_offset(time, WEST)


def in_offset(local: dt.datetime, offset: dt.timedelta) -> dt.datetime:
    """Return the UTC time of a clock with ``offset`` that shows ``local``, within the years 1 to 9999."""
    try:
        return local - offset
    except OverflowError:
        return (dt.datetime.max if offset < dt.timedelta(0) else dt.datetime.min).replace(tzinfo=UTC)


def surely_before(left: str, right: str, slack: dt.timedelta = dt.timedelta(0)) -> bool:
    """Return whether ``left`` and ``slack`` together are before ``right`` in every zone.

    Both are times of one clock, so two times without a zone are compared as they are. Raises LicensingError
    ``instant_unparseable``.
    """
    first, second = parse_time(left), parse_time(right)
    if lacks_zone(left) and not lacks_zone(right):
        first = in_offset(first, WEST)
    elif lacks_zone(right) and not lacks_zone(left):
        second = in_offset(second, EAST)
    return second - first > slack


def surely_not_before(left: str, right: str) -> bool:
    """Return whether ``left`` is at or after ``right`` in every zone; see ``surely_before``."""
    return surely_before(right, left) or (
        lacks_zone(left) == lacks_zone(right) and parse_time(left) == parse_time(right)
    )


NEVER_TEXT: str = NEVER.value


_DURATION = re.compile(r"(\d{1,5})\s*d?", re.ASCII)


def read_fact_time(value: object) -> Optional[dt.datetime]:
    """Return the time of a fact in UTC; None without a zone, before 2000, and for text that is no time."""
    time = None if lacks_zone(value) else read_time(value)
    return time if time is not None and time >= EARLIEST else None


def format_date(value: dt.date) -> str:
    """Return ISO 8601 text of a date or time parsed from YAML; without an offset it has no zone."""
    if isinstance(value, dt.datetime):
        return value.isoformat(timespec="seconds") if value.tzinfo is None else format_time(value)
    return value.isoformat()


def parse_days(value: object) -> Optional[int]:
    """Return a duration in days from a number or text such as ``30d``.

    Return None if it is neither, or not from 1 to 36,500.
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
    """Return the time ``days`` × 86,400 s later, at most the end of year 9999."""
    later = days_after(time, days)
    return dt.datetime.max.replace(tzinfo=UTC) if later is None else later
