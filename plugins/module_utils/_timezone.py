# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time zones by name (``Asia/Shanghai``) or by offset (``+08:00``)."""

from __future__ import annotations

import datetime as dt
import re

_OFFSET = re.compile(r"([+-])([0-9]{2}):([0-5][0-9])", re.ASCII)
_LARGEST = dt.timedelta(hours=14)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*", re.ASCII)


def timezone_of(text: str) -> dt.tzinfo:
    """Return the time zone that ``text`` names: ``UTC``, ``Z``, an offset of up to 14 hours, or an IANA name.

    Raises ValueError for any other text, and for an IANA name that this machine does not know. Python 3.8 has
    no database of time zones and knows offsets only.
    """
    if text in ("UTC", "Z"):
        return dt.timezone.utc
    found = _OFFSET.fullmatch(text)
    if found:
        offset = dt.timedelta(hours=int(found.group(2)), minutes=int(found.group(3)))
        if offset > _LARGEST:
            raise ValueError(text)
        return dt.timezone(offset if found.group(1) == "+" else -offset)
    if not _NAME.fullmatch(text):
        raise ValueError(text)
    try:
        from zoneinfo import ZoneInfo

        return ZoneInfo(text)
    except (ImportError, KeyError, OSError) as error:
        # A name of a directory of the database (``Asia``) is an OSError, an unknown name is a KeyError.
        raise ValueError(text) from error
