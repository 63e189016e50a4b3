# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instants and spans as documents, options and facts write them (decision 17)."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

from ....module_utils._licensing.values import instants as core
from ....module_utils._licensing.values.errors import LicensingError

NEVER = core.NEVER.value

_DURATION = re.compile(r"(\d{1,5})\s*d?", re.ASCII)


def parse_instant(text: str) -> datetime | None:
    """The instant that ``text`` names, in UTC, or None. A bare date is its 00:00Z; no offset means UTC."""
    try:
        return core.parse_instant(text)
    except LicensingError:
        return None


def format_instant(value: datetime) -> str:
    """ISO text in UTC, to the second: ``2026-12-06T00:00:00Z``."""
    return core.show_end(core.as_utc(value))


def iso_of(value: date) -> str:
    """ISO text of what a YAML reader made of a date or an instant; without an offset it is UTC."""
    if isinstance(value, datetime):
        return format_instant(value if value.tzinfo is not None else value.replace(tzinfo=timezone.utc))
    return value.isoformat()


def parse_days(value: object) -> int | None:
    """A horizon: whole days as a number, or text like ``30d``. None if it is neither, or below 1."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return int.__int__(value) if 1 <= value <= 36500 else None
    if isinstance(value, str):
        match = _DURATION.fullmatch(value.strip())
        return parse_days(int(match.group(1))) if match else None
    return None


def days_after(instant: datetime, days: int) -> datetime:
    """``days`` × 86,400 seconds later; the last representable instant if that is beyond it."""
    try:
        return instant + timedelta(days=days)
    except OverflowError:
        return datetime.max.replace(tzinfo=timezone.utc)
