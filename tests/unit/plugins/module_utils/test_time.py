# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parse and compare times and expiry times (R14, R15)."""

from __future__ import annotations

import datetime as dt
import sys

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._errors import LicensingError
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.values.periods import (
    days_until,
    format_date,
    is_alive,
    parse_end,
    read_fact_time,
    time_span,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._time import (
    NEVER,
    as_utc,
    derive_zone,
    format_end,
    lacks_zone,
    offset_text,
    parse_server_time,
    parse_time,
    time_of_epoch,
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
        ("2026/12/06 00:00:00", END),
        ("2026/12/06", END),
        ("2026/12/06T08:00+08:00", END),
    ],
)
def test_iso_text_in_utc(text, expected):
    assert parse_time(text) == expected


def test_a_bare_date_ends_at_midnight_in_the_given_timezone():
    assert parse_time("2026-12-06") == END
    assert parse_time("2026-12-06", dt.timezone(dt.timedelta(hours=8))) == END - dt.timedelta(hours=8)


@pytest.mark.parametrize(
    "value",
    ["", "never", "2026/12-06", "2026-12/06 00:00:00", "2026-13-01",
     "2026-02-30", "06.12.2026", "2026-12-06T25:00:00Z", None, 1765000000, END,
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
    [
        ("+08:00", 8),
        ("-03:30", -3.5),
        ("+14:00", 14),
        ("-12:00", -12),
        ("Z", 0),
        ("UTC", 0),
        ("Asia/Shanghai", 8),
    ],
)
def test_a_time_zone(text, hours):
    zone = zone_of(text)
    assert zone is not None
    assert END.astimezone(zone).utcoffset() == dt.timedelta(hours=hours)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "8",
            "+8:00",
            "+15:00",
            "+14:01",
            "-12:01",
            "+08:60",
            "Asia",
            "Asia/X",
            "../UTC",
            "/etc",
            "a\x00b",
        ),
        *("localtime", "Factory", "posixrules", "right/Asia/Shanghai"),
    ],
)
def test_an_unknown_time_zone(text):
    assert zone_of(text) is None


def test_a_name_needs_the_data_of_time_zones(monkeypatch):
    monkeypatch.setitem(sys.modules, "zoneinfo", None)
    assert zone_of("Asia/Shanghai") is None
    assert zone_of("+08:00") is not None


@pytest.mark.parametrize(
    ("text", "offset", "is_date"),
    [
        ("2026-12-06T09:30:05", None, False),
        ("2026/12/06 09:30:05", None, False),
        ("2026-12-06 09:30:05.123456789", None, False),
        ("2026-12-06T09:30:05,5Z", "+00:00", False),
        ("2026-12-06 09:30:05 +0530", "+05:30", False),
        ("2026-12-06T09:30:05-03", "-03:00", False),
        ("06.12.2026 09:30:05", None, False),
    ],
)
def test_a_time_of_a_server_keeps_its_own_zone_or_none(text, offset, is_date):
    moment, only_date = parse_server_time(text, ("%d.%m.%Y %H:%M:%S",))
    assert moment.replace(tzinfo=None) == dt.datetime(2026, 12, 6, 9, 30, 5)
    assert (None if moment.tzinfo is None else offset_text(moment)) == offset
    assert only_date is is_date


@pytest.mark.parametrize(
    ("form", "text", "offset"),
    [
        ("%Y-%m-%dT%H:%M:%SZ", "2027-01-01T08:00:00Z", "+00:00"),
        ("%Y-%m-%dT%H:%M:%S.%fZ", "2027-01-01T08:00:00.5Z", "+00:00"),
        ("%Y-%m-%d %H:%M:%S GMT", "2027-01-01 08:00:00 GMT", "+00:00"),
        ("%a %b %d %H:%M:%S UTC %Y", "Fri Jan 01 08:00:00 UTC 2027", "+00:00"),
        ("%Y-%m-%d %H:%M:%S+08:00", "2027-01-01 08:00:00+08:00", "+08:00"),
        ("%d.%m.%Y %H:%M UTC-0330", "01.01.2027 08:00 UTC-0330", "-03:30"),
        ("%d-%m-%Y %H:%M", "01-01-2027 08:00", None),
        ("ZEIT %d-%m-%Y %H:%M", "ZEIT 01-01-2027 08:00", None),
    ],
)
def test_a_zone_that_a_format_states_is_the_zone_of_the_text(form, text, offset):
    moment, _only_date = parse_server_time(text, (form,))
    assert (None if moment.tzinfo is None else offset_text(moment)) == offset
    assert moment.replace(tzinfo=None, microsecond=0) == dt.datetime(2027, 1, 1, 8)


def test_digits_without_separators_are_read_only_with_all_of_them():
    assert parse_server_time("20271120090000", ("%Y%m%d%H%M%S",))[0] == dt.datetime(2027, 11, 20, 9)
    assert parse_server_time("2027112009", ("%Y%m%d%H%M%S",)) is None
    assert parse_server_time("20271120090000") is None


@pytest.mark.parametrize("text", ["2026-12-06", "2026/12/06", "06.12.2026"])
def test_a_date_of_a_server_is_marked(text):
    assert parse_server_time(text, ("%d.%m.%Y",)) == (dt.datetime(2026, 12, 6), True)


@pytest.mark.parametrize(
    "text",
    ["", "2026-12/06", "2026-13-06", "2026-12-06T24:00:00", "2026-12-06T09:30:05+99:00", "1.1.2026", "x\n"],
)
def test_another_text_of_a_server_is_no_time(text):
    assert parse_server_time(text) is None


@pytest.mark.parametrize(("number", "unit"), [(1796515200, "s"), (1796515200999, "ms")])
def test_an_epoch_has_the_given_unit(number, unit):
    assert time_of_epoch(number, unit) == END


@pytest.mark.parametrize("number", [10**30, 20271120090000, 4102444800000])
def test_an_epoch_from_the_year_2100_on_is_no_time(number):
    assert time_of_epoch(number, "ms") is None
    assert time_of_epoch(4102444799999, "ms") == dt.datetime(2099, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-12-06T00:00:00", "2026-12-06 00:00", "2026/12/06 00:00:00"])
def test_a_timestamp_without_a_zone_is_an_interval_and_no_fact(text):
    assert lacks_zone(text)
    assert time_span(text) == (END - dt.timedelta(hours=14), END + dt.timedelta(hours=12))
    assert read_fact_time(text) is None


@pytest.mark.parametrize(
    "text", ["2026-12-06", "2026/12/06", "2026-12-06T00:00:00Z", "2026-12-06T08:00:00+08:00"]
)
def test_a_bare_date_and_a_time_with_a_zone_are_one_instant(text):
    assert not lacks_zone(text)
    assert time_span(text) == (read_fact_time(text), read_fact_time(text))
    assert read_fact_time(text) == END


@pytest.mark.parametrize("value", ["never", "2026-02-30T00:00:00", "soon", None, 1765000000])
def test_what_is_no_time_lacks_no_zone(value):
    assert not lacks_zone(value)
    assert time_span(value) is None


def test_the_end_of_all_years_stays_within_them():
    assert time_span("9999-12-31T23:59:59")[1].year == 9999
    assert time_span("0001-01-01T00:00:00")[0].year == 1


def test_a_fact_before_2000_is_a_number_in_the_wrong_unit():
    assert read_fact_time("1970-01-22T21:57:36Z") is None
    assert read_fact_time("2000-01-01T00:00:00Z") == dt.datetime(2000, 1, 1, tzinfo=UTC)


def test_a_time_of_yaml_without_a_zone_keeps_none():
    assert format_date(dt.datetime(2026, 12, 6)) == "2026-12-06T00:00:00"
    assert format_date(END) == "2026-12-06T00:00:00Z"


@pytest.mark.parametrize(
    ("text", "hours"), [("Z", 0), ("UTC", 0), ("+08:00", 8), ("-03:30", -3.5), ("Asia/Shanghai", 8)]
)
def test_a_zone_by_offset_or_name(text, hours):
    assert zone_of(text).utcoffset(dt.datetime(2026, 12, 6)) == dt.timedelta(hours=hours)


@pytest.mark.parametrize("text", ["", "+15:00", "+08:60", "Asia/Shangai", "../etc/passwd", "8"])
def test_a_zone_that_is_not_known(text):
    assert zone_of(text) is None


def derived(clock, ahead_s):
    moment = dt.datetime.fromisoformat(clock)
    return derive_zone(moment, moment.replace(tzinfo=UTC).timestamp() - ahead_s)


@pytest.mark.parametrize(
    ("ahead_s", "minutes"),
    [
        (8 * 3600, 480),
        (8 * 3600 + 299, 480),
        (-9.5 * 3600, -570),
        (5.75 * 3600 - 10, 345),
        (0, 0),
        (901, None),
        (8 * 3600 + 600, None),
        (8.25 * 3600, None),
        (15 * 3600, None),
        (-13 * 3600, None),
    ],
)
def test_only_offsets_of_zones_on_earth_are_derived(ahead_s, minutes):
    zone = derived("2026-12-06T08:00:00", ahead_s)
    assert (None if zone is None else zone.minutes) == minutes


@pytest.mark.parametrize(
    ("hours", "clock", "moment", "holds"),
    [
        (8, "2026-12-06", "2027-06-01", True),
        (1, "2026-12-06", "2027-06-01", False),
        (1, "2026-12-06", "2027-01-25", True),
        (0, "2026-06-01", "2026-08-30", True),
        (0, "2026-06-01", "2027-06-01", False),
        (0, "2026-10-24", "2026-10-24", True),
        (0, "2026-10-23T09:00:00", "2026-10-26T09:00:00", False),
        (0, "2026-10-26T09:00:00", "2026-10-29T09:00:00", True),
        (0, "2026-10-24T09:00:00", "2026-10-24T08:00:00", False),
    ],
)
def test_a_derived_offset_says_nothing_about_a_time_beyond_a_change_of_clocks(hours, clock, moment, holds):
    zone = derived(clock, hours * 3600).at(dt.datetime.fromisoformat(moment))
    assert (zone is not None) == holds
    assert zone is None or zone.utcoffset(None) == dt.timedelta(hours=hours)
