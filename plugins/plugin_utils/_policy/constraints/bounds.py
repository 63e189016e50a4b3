# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evaluate the keywords ``withinDays``, ``beyondDays`` and ``versionRange`` (R28)."""

from __future__ import annotations

from datetime import datetime

from ....module_utils._errors import LicensingError
from ....module_utils._licensing.values.version import parse_range, parse_version
from ....module_utils._time import NEVER_TEXT, days_later, read_time


def within_days(value: str, days: int, as_of: datetime) -> bool:
    """Return whether the time ``value`` is at most ``days`` after ``as_of``; false for ``never``."""
    time = read_time(value)
    return time is not None and time <= days_later(as_of, days)


def beyond_days(value: str, days: int, as_of: datetime) -> bool:
    """Return whether the time ``value`` is more than ``days`` after ``as_of``; true for ``never``."""
    time = read_time(value)
    return value == NEVER_TEXT or (time is not None and time > days_later(as_of, days))


def in_version_range(value: str, text: str) -> bool | None:
    """Return whether a version is in a range; None if it cannot be parsed or compared."""
    try:
        version = parse_version(value)
    except LicensingError:
        version = None
    return parse_range(text).contains(version)
