# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times of a row: formats, units, zones, and ends that never come."""

from __future__ import annotations

import datetime as dt

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.rows import (
    ResponseScope,
)

from .mapped_rows import mapped, row


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-12-06T00:00:00Z", "2026-12-06T00:00:00Z"),
        ("2026-12-06T08:00:00+08:00", "2026-12-06T00:00:00Z"),
        ("2026-12-06T08:00:00.123+0800", "2026-12-06T00:00:00Z"),
        ("2026-12-06 08:00+08", "2026-12-06T00:00:00Z"),
        ("2026/12/06 08:00:00 +05:30", "2026-12-06T02:30:00Z"),
        ("2026-12-06 00:00:00", "2026-12-06T00:00:00"),
        ("2026/12/06 09:00:00", "2026-12-06T09:00:00"),
        ("2026-12-06T09:00", "2026-12-06T09:00:00"),
        ("2026-12-06", "2026-12-06T00:00:00Z"),
        ("2026/12/06", "2026-12-06T00:00:00Z"),
        (1796515200000, "2026-12-06T00:00:00Z"),
        ("1796515200000", "2026-12-06T00:00:00Z"),
    ],
)
def test_times_are_parsed(value: object, expected: str) -> None:
    found = row(number=value)
    assert found.instant("n") == expected
    assert found.unknown == {}


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("never", "value"),
        ("2026-13-01", "value"),
        ("2026-12/01", "value"),
        ("soon", "value"),
        ("x" * 100_000, "value"),
        (0, "absent"),
        ("0", "absent"),
        (-1, "absent"),
        (10**18, "value"),
        (10**30, "value"),
        (1796515200, "value"),
        ("20271120090000", "value"),
        (20271120090000, "value"),
        ("20271120", "value"),
        (1.5, "value"),
        ("2026-12-06T25:00:00Z", "value"),
        ("9999-12-31T23:59:59-12:00", "value"),
        ([], "type"),
        (True, "type"),
        ("0001-01-01T00:00:00Z", "value"),
        ("1970-01-01", "value"),
        ("1999-12-31 23:59:59", "value"),
    ],
)
def test_an_invalid_time_is_unknown(value: object, reason: str) -> None:
    found = row(number=value)
    assert found.instant("n") is None
    assert found.unknown == {"n": reason}


def test_the_unit_of_a_number_is_that_of_the_profile() -> None:
    assert mapped(1796515200, epoch="s").instant("n") == "2026-12-06T00:00:00Z"
    found = mapped(1796515200000, epoch="s")
    assert (found.instant("n"), found.unknown) == (None, {"n": "value"})


@pytest.mark.parametrize(
    ("value", "form", "expected"),
    [
        ("06.12.2026 09:30", "%d.%m.%Y %H:%M", "2026-12-06T09:30:00"),
        ("2026年12月06日", "%Y年%m月%d日", "2026-12-06T00:00:00Z"),
        ("20261206", "%Y%m%d", "2026-12-06T00:00:00Z"),
        (20261206, "%Y%m%d", "2026-12-06T00:00:00Z"),
        ("06.12.2026 08:00 +0800", "%d.%m.%Y %H:%M %z", "2026-12-06T00:00:00Z"),
        ("20271120090000", "%Y%m%d%H%M%S", "2027-11-20T09:00:00"),
        (20271120090000, "%Y%m%d%H%M%S", "2027-11-20T09:00:00"),
        ("11/20/27 09:05 PM", "%m/%d/%y %I:%M %p", "2027-11-20T21:05:00"),
        ("2026-12-06T00:00:00Z", "%d.%m.%Y", "2026-12-06T00:00:00Z"),
    ],
)
def test_a_format_of_the_profile(value: object, form: str, expected: str) -> None:
    assert mapped(value, formats=("%Q", form)).instant("n") == expected


@pytest.mark.parametrize(
    ("option", "field", "base", "expected"),
    [
        ("+08:00", "+09:00", "+10:00", "2026-12-06T01:00:00Z"),
        ("", "+09:00", "+10:00", "2026-12-06T00:00:00Z"),
        ("", "", "+10:00", "2026-12-05T23:00:00Z"),
        ("", "", "Asia/Shanghai", "2026-12-06T01:00:00Z"),
        ("", "", "", "2026-12-06T09:00:00"),
    ],
)
def test_the_order_of_time_zones(option: str, field: str, base: str, expected: str) -> None:
    scope = ResponseScope(option_zone=option, base_zone=base)
    assert mapped("2026-12-06 09:00:00", scope, timezone=field).instant("n") == expected
    assert mapped("2026-12-06T00:00:00Z", scope, timezone=field).instant("n") == "2026-12-06T00:00:00Z"


def test_a_zone_in_a_format_comes_before_every_configured_one() -> None:
    scope = ResponseScope(option_zone="+08:00")
    for form in ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S%z"):
        found = mapped("2027-01-01T00:00:00Z", scope, timezone="+09:00", formats=(form,))
        assert found.instant("n") == "2027-01-01T00:00:00Z"
        assert found.zones == {"n": ("+00:00", "stated")}


def test_a_date_begins_in_the_configured_zone_and_never_in_a_derived_one() -> None:
    zone = dt.timezone(dt.timedelta(hours=8))
    scope = ResponseScope(derived_zone=lambda moment: zone)
    assert mapped("2026-12-06", scope).instant("n") == "2026-12-06T00:00:00Z"
    assert mapped("2026-12-06", ResponseScope(base_zone="+08:00")).end("n") == "2026-12-05T16:00:00Z"


def test_a_date_that_is_no_end_stays_a_date_in_every_zone() -> None:
    for scope in (ResponseScope(option_zone="-08:00"), ResponseScope(base_zone="+08:00"), ResponseScope()):
        found = mapped("2026-12-06", scope)
        assert (found.instant("n"), found.zones) == ("2026-12-06T00:00:00Z", {})
    assert mapped("2026-12-06").end("n") == "2026-12-06T00:00:00Z"


def test_a_derived_zone_is_marked() -> None:
    zone = dt.timezone(dt.timedelta(hours=8))
    found = mapped("2026-12-06 08:00:00", ResponseScope(derived_zone=lambda moment: zone))
    assert found.instant("n") == "2026-12-06T00:00:00Z"
    assert found.zones == {"n": ("+08:00", "derived")}
    found = mapped("2026-12-06T08:00:00-03:30", ResponseScope(derived_zone=lambda moment: zone))
    assert found.instant("n") == "2026-12-06T11:30:00Z"
    assert found.zones == {"n": ("-03:30", "stated")}


def test_an_expiry_may_be_never() -> None:
    assert row(number="never").end("n") == "never"
    for value in ("永久", -1, "-1", "9999-12-31"):
        assert mapped(value, never=("永久", "-1", "9999-12-31")).end("n") == "never"
    assert mapped("永久").end("n") is None


def test_a_time_that_never_comes_is_not_set() -> None:
    found = mapped("永久", never=("永久",))
    assert (found.instant("n"), found.unknown) == (None, {"n": "absent"})


@pytest.mark.parametrize("text", ["2027-03-28 02:30:00", "2027-10-31 02:30:00"])
def test_a_time_that_is_twice_or_never_on_its_day_has_no_zone(text: str) -> None:
    scope = ResponseScope(option_zone="Europe/Berlin")
    assert mapped(text, scope).instant("n") == text.replace(" ", "T")
    assert mapped("2027-10-31 01:30:00", scope).instant("n") == "2027-10-30T23:30:00Z"
