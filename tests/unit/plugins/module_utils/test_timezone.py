# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time zones by name and by offset."""

from __future__ import annotations

import builtins
import datetime as dt
import re
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._timezone import timezone_of

TIME = dt.datetime(2027, 11, 20, 9, 0)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("Z", 0),
        ("UTC", 0),
        ("+08:00", 480),
        ("-03:30", -210),
        ("+14:00", 840),
        ("-12:00", -720),
        ("Asia/Shanghai", 480),
        ("Asia/Kolkata", 330),
    ],
)
def test_a_time_zone_has_an_offset(text: str, minutes: int) -> None:
    assert TIME.replace(tzinfo=timezone_of(text)).utcoffset() == dt.timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "text",
    [
     "", "08:00", "+8:00", "+08", "+0800", "+14:30", "-15:00", "+08:60", "Asia", "Asia/Shanghi", "../etc/passwd",
     "/etc/localtime", "Asia//Shanghai", "+０8:00", "Asia/Shanghai ", "Asia/\0"],
)  # fmt: skip
def test_any_other_text_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        timezone_of(text)


def test_without_a_database_only_offsets_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    imported = builtins.__import__

    def without_zoneinfo(name: str, *more: Any, **options: Any) -> Any:
        if name == "zoneinfo":
            raise ImportError(name)
        return imported(name, *more, **options)

    monkeypatch.setattr(builtins, "__import__", without_zoneinfo)
    assert timezone_of("+08:00").utcoffset(None) == dt.timedelta(hours=8)
    with pytest.raises(ValueError, match="Asia/Shanghai"):
        timezone_of("Asia/Shanghai")
