# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parse and compare times and expiry times (R14, R15)."""

from __future__ import annotations

import datetime as dt
import sys

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._errors import LicensingError
from ansible_collections.unicloud.usphere.plugins.module_utils._time import (
    NEVER,
    as_utc,
    days_until,
    format_end,
    is_alive,
    parse_end,
    parse_time,
    zone_of,
)

UTC = dt.timezone.utc
END = dt.datetime(2026, 12, 6, tzinfo=UTC)
SECOND = dt.timedelta(seconds=1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-06T00:00:00Z", END),
        ("2026-12-06T08:00:00+08:00", END),
        ("2026-12-06T08:00+0800", END),
        ("2026-12-06 00:00:00.250Z", END),
        ("2026-12-05T19:00:00-05:00", END),
        ("2026-12-06T05:30:00+05:30", END),
        ("2026-12-05T20:30:00-03:30", END),
        ("2026-12-06T00:00:00", END),
    ],
)
def test_iso_text_in_utc(text, expected):
    assert parse_time(text) == expected


def test_a_bare_date_ends_at_midnight_in_the_given_timezone():
    assert parse_time("2026-12-06") == END
    assert parse_time("2026-12-06", dt.timezone(dt.timedelta(hours=8))) == END - dt.timedelta(hours=8)


@pytest.mark.parametrize(
    "value",
    ["", "never", "2026-13-01", "2026-02-30", "06.12.2026", "2026-12-06T25:00:00Z", None, 1765000000, END,
     "0001-01-01T00:00:00+23:00", "2026-12-06T00:00:00+99:00"],
)  # fmt: skip
def test_an_invalid_time_is_an_error(value):
    with pytest.raises(LicensingError) as caught:
        parse_time(value)
    assert caught.value.code == "instant_unparseable"


def test_r14_permanent_is_never_and_not_a_number_of_days():
    assert parse_end("never") is NEVER
    assert format_end(NEVER) == "never"
    assert days_until(NEVER, END) == "never"
    assert is_alive(NEVER, END)


def test_a_license_is_expired_exactly_from_its_expiry_time_on():
    assert is_alive(END, END - SECOND)
    assert not is_alive(END, END)
    assert not is_alive(END, END + SECOND)


def test_days_are_rounded_down():
    assert days_until(END, END - dt.timedelta(days=12)) == 12
    assert days_until(END, END - dt.timedelta(days=12) + SECOND) == 11
    assert days_until(END, END - SECOND) == 0
    assert days_until(END, END + SECOND) == -1


def test_a_time_without_offset_is_refused():
    with pytest.raises(LicensingError) as caught:
        as_utc(dt.datetime(2026, 12, 6))
    assert caught.value.code == "instant_naive"
    assert as_utc(dt.datetime(2026, 12, 6, 8, tzinfo=dt.timezone(dt.timedelta(hours=8)))) == END


def test_a_time_is_displayed_as_it_is_read():
    assert format_end(END) == "2026-12-06T00:00:00Z"
    assert parse_end(format_end(END)) == END


@pytest.mark.parametrize(
    ("text", "hours"),
    [("+08:00", 8), ("-03:30", -3.5), ("+14:00", 14), ("Z", 0), ("UTC", 0), ("Asia/Shanghai", 8)],
)
def test_a_time_zone(text, hours):
    zone = zone_of(text)
    assert zone is not None
    assert END.astimezone(zone).utcoffset() == dt.timedelta(hours=hours)


@pytest.mark.parametrize(
    "text", ["", "8", "+8:00", "+15:00", "+08:60", "Asia", "Asia/X", "../UTC", "/etc", "a\x00b"]
)
def test_an_unknown_time_zone(text):
    assert zone_of(text) is None


def test_a_name_needs_the_data_of_time_zones(monkeypatch):
    monkeypatch.setitem(sys.modules, "zoneinfo", None)
    assert zone_of("Asia/Shanghai") is None
    assert zone_of("+08:00") is not None
