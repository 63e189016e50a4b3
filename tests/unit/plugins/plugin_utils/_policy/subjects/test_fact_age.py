# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""How old facts may be, by channel, and which of several are the newest."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import read_run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.facts.max_age import (
    MaxAge,
    hours_of,
    read_max_age,
    strictest,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.fact_age import (
    AgeLimit,
    Candidate,
    Channel,
    newest,
)

NOW = datetime(2026, 11, 24, 8, tzinfo=timezone.utc)
TIMED = [each for each in Channel if each is not Channel.READ]


def at(hours: float) -> str:
    return (NOW + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize("channel", TIMED)
@pytest.mark.parametrize(
    ("gathered", "reason"),
    [
        (at(-25), ""),
        (at(-36), ""),
        (at(-36 - 1 / 3600), "stale"),
        (at(300 / 3600), ""),
        (at(301 / 3600), "future"),
        (at(240), "future"),
    ],
)
def test_a_stated_time_counts_on_every_way(gathered: str, reason: str, channel: Channel) -> None:
    assert AgeLimit(NOW, 36, stated=False).reason({"gathered_at": gathered}, channel) == reason


def test_what_this_run_read_is_recent_whatever_the_clock_of_a_server_says() -> None:
    limit = AgeLimit(NOW, 1)
    for source in ({"gathered_at": at(10)}, {"gathered_at": at(-100)}, {}):
        assert limit.reason(source, Channel.READ) == ""


@pytest.mark.parametrize("channel", list(Channel))
def test_only_facts_of_caches_and_files_have_to_state_a_time(channel: Channel) -> None:
    needed = channel in (Channel.FACT_CACHE, Channel.FILE)
    assert AgeLimit(NOW, 36, stated=False).reason({}, channel) == ("stale" if needed else "")
    assert AgeLimit(NOW, 36, stated=False).reason({"via": "inventory"}, channel) == ""
    assert AgeLimit(NOW, None).reason({}, channel) == ""


def test_a_stated_limit_also_counts_for_facts_that_were_passed() -> None:
    assert AgeLimit(NOW, 36).reason({}, Channel.STATED) == "stale"
    assert AgeLimit(NOW, 36).reason({}, Channel.VARIABLE) == ""


@pytest.mark.parametrize(
    ("value", "expected"),
    [("36h", 36), ("2d", 48), ("never", "never"), (None, None), ("", None), ("999999h", 999999)],
)
def test_max_age_is_hours_days_or_never(value: object, expected: MaxAge) -> None:
    assert read_max_age(value) == expected


@pytest.mark.parametrize("value", [0, 36, "0h", "36", "-1h", "1w", "1.5d", "Never", True, ["1h"], "3６h"])
def test_any_other_max_age_is_an_error_with_its_value(value: object) -> None:
    with pytest.raises(PolicyError, match="max_age must be hours or days such as 36h or 2d"):
        read_max_age(value)


@pytest.mark.parametrize(
    ("ages", "expected"),
    [([], None), (["never"], "never"), (["never", 48], 48), ([24, 48], 24)],
)
def test_of_several_policies_the_strictest_counts(ages: list[MaxAge], expected: MaxAge) -> None:
    assert strictest(ages) == expected


@pytest.mark.parametrize(
    ("option", "policy", "hours"),
    [(None, None, 36), (None, 48, 48), ("2h", 48, 2), ("never", 48, None), (None, "never", None)],
)
def test_the_option_counts_before_the_policy(option: str | None, policy: MaxAge, hours: int | None) -> None:
    run = read_run({"policy": "vendor", "max_age": option})
    assert run.age_limit(policy).hours == hours
    assert hours_of(read_max_age(option), policy, None) == (None if hours == 36 else hours)


def test_the_age_is_measured_at_the_earlier_of_decision_and_run() -> None:
    later = read_run({"policy": "vendor", "as_of": "2099-01-15"})
    assert later.age_limit(None).at < datetime.now(timezone.utc) + timedelta(seconds=1)
    earlier = read_run({"policy": "vendor", "as_of": at(0)})
    assert earlier.age_limit(None).at == NOW


OLD: dict[str, Any] = {"hosts": [], "source": {"gathered_at": at(-2)}}
NEW: dict[str, Any] = {"hosts": [1], "source": {"gathered_at": at(-1)}}
UNDATED: dict[str, Any] = {"hosts": [1]}
NO_ZONE: dict[str, Any] = {"hosts": [2], "source": {"gathered_at": "2026-11-24T06:30:00"}}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([OLD], OLD),
        ([OLD, NEW], NEW),
        ([NEW, OLD], NEW),
        ([UNDATED, NEW], NEW),
        ([UNDATED, OLD], None),
        ([NO_ZONE, NEW], None),
        ([UNDATED, UNDATED], UNDATED),
    ],
)
def test_the_newest_facts_count_if_that_is_known(facts: list[dict[str, Any]], expected: object) -> None:
    found = newest([Candidate(each, Channel.FILE) for each in facts])
    assert (None if found is None else found.facts) == expected
