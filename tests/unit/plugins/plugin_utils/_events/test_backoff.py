# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wait before a target is read again."""

from __future__ import annotations

from ansible_collections.unicloud.usphere.plugins.plugin_utils._events.backoff import Pace, ReadStatus


def waits(pace: Pace, *outcomes: ReadStatus) -> list[float]:
    return [pace.after(outcome) for outcome in outcomes]


def test_a_target_that_was_read_waits_the_interval() -> None:
    assert waits(Pace(3600, 60), ReadStatus.READ, ReadStatus.READ) == [3600, 3600]


def test_failures_back_off_up_to_the_interval() -> None:
    assert waits(Pace(300, 60), *[ReadStatus.FAILED] * 5) == [60, 120, 240, 300, 300]


def test_a_success_resets_the_backoff() -> None:
    outcomes = (ReadStatus.FAILED, ReadStatus.FAILED, ReadStatus.READ, ReadStatus.FAILED)
    assert waits(Pace(3600, 60), *outcomes) == [60, 120, 3600, 60]


def test_refused_credentials_wait_at_least_the_interval() -> None:
    assert waits(Pace(3600, 60), *[ReadStatus.REFUSED] * 7) == [
        3600,
        7200,
        14400,
        28800,
        57600,
        86400,
        86400,
    ]
    assert waits(Pace(200_000, 60), *[ReadStatus.REFUSED] * 3) == [200_000] * 3


def test_many_failures_do_not_overflow() -> None:
    pace = Pace(3600, 60)
    assert {pace.after(ReadStatus.FAILED) for _turn in range(5000)} <= {60, 120, 240, 480, 960, 1920, 3600}
