# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which zones are tried: some for each order that times without a zone can have."""

from __future__ import annotations

import datetime as dt

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.reading.zone_choices import (
    MOST_COMBINATIONS,
    combinations,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.reading.zones import (
    in_zones,
    times_without_zone,
)

HOUR = dt.timedelta(hours=1)


def hours(found, clock="license_server ls"):
    return sorted({offsets[clock] / HOUR for offsets in found})


def test_far_times_are_tried_at_the_extremes_only(system, lic, now):
    facts = system([lic("LS-1", "srm", 2, expires_at="2027-06-12T00:00:00")])
    found = combinations(facts, times_without_zone(facts), now)
    assert hours(found) == [-12, 14]
    read = [in_zones(facts, times_without_zone(facts), each)["licenses"]["items"][0] for each in found]
    assert [row["expires_at"] for row in read] == ["2027-06-12T12:00:00Z", "2027-06-11T10:00:00Z"]


@pytest.mark.parametrize(
    ("end", "expected"),
    [("2026-11-24T08:00:00", [-12, 7.75, 8, 8.25, 14]), ("2026-11-24T08:01:00", [-12, 8, 8.25, 14])],
)
def test_an_offset_around_each_change_of_order(system, lic, now, end, expected):
    facts = system([lic("LS-1", "srm", 2, expires_at=end)])
    assert hours(combinations(facts, times_without_zone(facts), now)) == expected


def test_the_end_of_a_term_and_of_a_first_run_count_as_times(system, lic, now):
    term = lic("LS-1", "srm", 2, kind="temporary", issued_at="2026-11-14T08:00:00", term_days=10)
    del term["expires_at"]
    facts = system([term], preinstalled={"first_run_at": "2026-05-28T05:00:00"})
    found = combinations(facts, times_without_zone(facts), now)
    assert {7.75, 8, 8.25} <= set(hours(found))
    assert {4.75, 5, 5.25} <= set(hours(found, "vms"))


def test_two_clocks_are_also_tried_at_the_same_moment(system, lic, now):
    facts = system(
        [
            lic("LS-1", "srm", 2, expires_at="2027-06-12T00:00:00"),
            lic("LS-2", "isc", 2, expires_at="2027-06-12T03:00:00", held_by="node"),
        ]
    )
    times = times_without_zone(facts)
    rows = [in_zones(facts, times, each)["licenses"]["items"] for each in combinations(facts, times, now)]
    orders = {
        (row[0]["expires_at"] > row[1]["expires_at"], row[0]["expires_at"] == row[1]["expires_at"])
        for row in rows
    }
    assert orders == {(True, False), (False, False), (False, True)}


def test_too_many_combinations_are_not_tried(system, lic, now):
    rows = [
        lic(f"LS-{number}", "srm", 1, expires_at=f"2026-11-24T{number:02d}:07:00", held_by=f"ls-{number % 5}")
        for number in range(14)
    ]
    facts = system(rows)
    assert combinations(facts, times_without_zone(facts), now) is None
    assert MOST_COMBINATIONS >= 105
