# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times of a License Server without a zone: compared with each other, undecided beside times with one."""

from __future__ import annotations

import datetime as dt

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.values.periods import (
    latest_end,
    surely_before,
    surely_not_before,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._time import NEVER

HOUR = dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("left", "right", "before", "not_before"),
    [
        ("2026-11-20T00:00:00Z", "2026-11-20T00:00:01Z", True, False),
        ("2026-11-20T00:00:00Z", "2026-11-20T00:00:00Z", False, True),
        ("2026-11-20T00:00:00", "2026-11-20T00:00:01", True, False),
        ("2026-11-20T00:00:00", "2026-11-20T00:00:00", False, True),
        ("2026-11-20T00:00:00", "2026-11-20T09:00:00Z", False, False),
        ("2026-11-20T09:00:00Z", "2026-11-20T00:00:00", False, False),
        ("2026-11-20T00:00:00", "2026-11-20T12:00:01Z", True, False),
        ("2026-11-20T14:00:01", "2026-11-20T00:00:00Z", False, True),
        ("2026-11-20T00:00:00Z", "2026-11-20T14:00:01", True, False),
    ],
)
def test_a_time_without_a_zone_decides_only_what_every_zone_agrees_on(
    left: str, right: str, before: bool, not_before: bool
) -> None:
    assert surely_before(left, right) is before
    assert surely_not_before(left, right) is not_before


def test_a_slack_shifts_the_earlier_time() -> None:
    assert surely_before("2026-11-20T00:00:00Z", "2026-11-20T01:00:01Z", HOUR)
    assert not surely_before("2026-11-20T00:00:00Z", "2026-11-20T01:00:00Z", HOUR)


def test_the_latest_end_of_a_license_that_moves() -> None:
    assert latest_end("2026-11-20T00:00:00") == dt.datetime(2026, 11, 20, 12, tzinfo=dt.timezone.utc)
    assert latest_end("2026-11-20T00:00:00Z") == dt.datetime(2026, 11, 20, tzinfo=dt.timezone.utc)
    assert latest_end("never") is NEVER
