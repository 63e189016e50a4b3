# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every bound below, at and above its limit, which random values rarely reach."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ansible_collections.unicloud.usphere.plugins.module_utils._interval import Interval
from ansible_collections.unicloud.usphere.plugins.module_utils._time import format_time
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.constraints.evaluate import evaluate
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.constraints.three_valued import Truth
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import evaluate_fleet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.facts.facts import (
    Facts,
    incomplete_lists,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import load_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.pools.balance import (
    _compare,
    _lacking,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.fact_age import (
    AgeLimit,
    Channel,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
    read_host,
)

NOW = datetime(2026, 11, 24, 8, tzinfo=timezone.utc)
BOUND = 3
P, F, U = Truth.PASS, Truth.FAIL, Truth.UNKNOWN


def number(value: int) -> object:
    return value


def text(length: int) -> object:
    return "ä" * length


def rows(length: int) -> object:
    return list(range(length))


def ones(length: int) -> object:
    return [1] * length + [0, 0, 0]


#: Keyword, function that makes a value of a number, results at bound − 1, bound, bound + 1.
TABLE: list[tuple[str, Callable[[int], object], tuple[Truth, Truth, Truth]]] = [
    ("minimum", number, (F, P, P)),
    ("maximum", number, (P, P, F)),
    ("exclusiveMinimum", number, (F, F, P)),
    ("exclusiveMaximum", number, (P, F, F)),
    ("multipleOf", number, (F, P, F)),
    ("const", number, (F, P, F)),
    ("minLength", text, (F, P, P)),
    ("maxLength", text, (P, P, F)),
    ("minItems", rows, (F, P, P)),
    ("maxItems", rows, (P, P, F)),
    ("minContains", ones, (F, P, P)),
    ("maxContains", ones, (P, P, F)),
]
STEPS = (-1, 0, 1)
CASES = [
    pytest.param(keyword, make, BOUND + step, truth, id=f"{keyword} {BOUND} of {BOUND + step}")
    for keyword, make, truths in TABLE
    for step, truth in zip(STEPS, truths, strict=True)
]


def truth_of(schema: object, tree: object, **facts: Any) -> Truth:
    return evaluate(schema, Facts(tree, incomplete=incomplete_lists(tree), **facts), NOW).truth


@pytest.mark.parametrize(("keyword", "make", "value", "truth"), CASES)
def test_a_bound_and_its_neighbors(
    keyword: str, make: Callable[[int], object], value: int, truth: Truth
) -> None:
    constraint: dict[str, Any] = {keyword: BOUND}
    if keyword.endswith("Contains"):
        constraint["contains"] = {"const": 1}
    schema = {"properties": {"x": constraint}}
    tree = {"x": make(value)}
    assert truth_of(schema, tree) is truth
    assert Draft202012Validator(schema).is_valid(tree) is (truth is P)
    assert truth_of({"not": schema}, tree) is (F if truth is P else P)


def test_lengths_of_zero_pass_for_empty_values() -> None:
    for keyword, empty in (("minLength", ""), ("maxLength", ""), ("minItems", []), ("maxItems", [])):
        assert truth_of({"properties": {"x": {keyword: 0}}}, {"x": empty}) is P


#: Keyword, the interval of an unknown number, and the result for the bound 3.
BOUNDED: list[tuple[str, tuple[int | None, int | None], Truth]] = [
    ("minimum", (3, 4), P),
    ("minimum", (3, None), P),
    ("minimum", (2, 3), U),
    ("minimum", (None, 3), U),
    ("minimum", (1, 2), F),
    ("minimum", (None, 2), F),
    ("maximum", (2, 3), P),
    ("maximum", (None, 3), P),
    ("maximum", (3, 4), U),
    ("maximum", (3, None), U),
    ("maximum", (4, 5), F),
    ("maximum", (4, None), F),
    ("exclusiveMinimum", (4, None), P),
    ("exclusiveMinimum", (3, None), U),
    ("exclusiveMinimum", (3, 4), U),
    ("exclusiveMinimum", (2, 3), F),
    ("exclusiveMinimum", (None, 3), F),
    ("exclusiveMaximum", (None, 2), P),
    ("exclusiveMaximum", (None, 3), U),
    ("exclusiveMaximum", (2, 3), U),
    ("exclusiveMaximum", (3, 4), F),
    ("exclusiveMaximum", (3, None), F),
]


@pytest.mark.parametrize(("keyword", "bounds", "truth"), BOUNDED)
def test_an_unknown_number_between_bounds(
    keyword: str, bounds: tuple[int | None, int | None], truth: Truth
) -> None:
    schema = {"properties": {"x": {keyword: BOUND}}}
    assert truth_of(schema, {}, unknown={"/x": "absent"}, bounds={"/x": bounds}) is truth


@pytest.mark.parametrize("length", [BOUND - 1, BOUND, BOUND + 1])
def test_a_list_with_possible_further_items(length: int) -> None:
    tree = {"x": {"complete": False, "items": [1] * length}}
    found = {
        keyword: truth_of({"properties": {"x": {"properties": {"items": constraint}}}}, tree)
        for keyword, constraint in {
            "minItems": {"minItems": BOUND},
            "maxItems": {"maxItems": BOUND},
            "minContains": {"contains": {"const": 1}, "minContains": BOUND},
            "maxContains": {"contains": {"const": 1}, "maxContains": BOUND},
        }.items()
    }
    enough, many = length >= BOUND, length > BOUND
    assert found["minItems"] is found["minContains"] is (P if enough else U)
    assert found["maxItems"] is found["maxContains"] is (F if many else U)


@pytest.mark.parametrize(("seconds", "within"), [(-1, P), (0, P), (1, F)])
def test_bounds_in_days_to_the_second(seconds: int, within: Truth) -> None:
    tree = {"x": format_time(NOW + timedelta(days=BOUND, seconds=seconds))}
    assert truth_of({"properties": {"x": {"withinDays": BOUND}}}, tree) is within
    assert truth_of({"properties": {"x": {"beyondDays": BOUND}}}, tree) is (F if within is P else P)


@pytest.mark.parametrize(
    ("demand", "available", "truth", "missing"),
    [
        ((2, 2), (3, 3), P, (0, 0)),
        ((3, 3), (3, 3), P, (0, 0)),
        ((4, 4), (3, 3), F, (1, 1)),
        ((2, 3), (3, 4), P, (0, 0)),
        ((2, 4), (3, 4), U, (0, 1)),
        ((4, 5), (2, 3), F, (1, 3)),
        ((3, 5), (2, 3), U, (0, 3)),
        ((3, None), (3, 3), U, (0, None)),
        ((4, None), (3, 3), F, (1, None)),
        ((3, 3), (3, None), P, (0, 0)),
        ((4, 4), (3, None), U, (0, 1)),
    ],
)
def test_demand_against_supply(demand: Any, available: Any, truth: Truth, missing: Any) -> None:
    assert _compare(Interval(*demand), Interval(*available)) is truth
    assert _lacking(Interval(*demand), Interval(*available)) == Interval(*missing)


@pytest.mark.parametrize(
    ("seconds", "reason"),
    [(-1, ""), (0, ""), (1, "stale")],
    ids=["one second before", "exactly", "one second after"],
)
def test_facts_of_exactly_the_allowed_age_are_valid(
    seconds: int, reason: str, host_facts: Callable[..., dict[str, Any]]
) -> None:
    gathered = format_time(NOW - timedelta(hours=24, seconds=seconds))
    assert AgeLimit(NOW, 24).reason({"gathered_at": gathered}, Channel.STATED) == reason
    reading = read_host(
        HostInput("h", host_facts(changes={"/source/gathered_at": gathered})), NOW, AgeLimit(NOW, 24)
    )
    assert reading.facts.unknown.get("", "") == reason


@pytest.mark.parametrize(("seconds", "decision"), [(-1, "compliant"), (0, "compliant"), (1, "undetermined")])
def test_a_policy_accepts_facts_of_exactly_its_maximum_age(
    seconds: int, decision: str, policy_of: Callable[..., Any], host_facts: Callable[..., dict[str, Any]]
) -> None:
    rule = {"id": "a", "severity": "low", "require": {"properties": {"architecture": {"const": "x86_64"}}}}
    policy = load_policy(policy_of(rule, max_age_hours=24))
    gathered = format_time(NOW - timedelta(hours=24, seconds=seconds))
    facts = host_facts(changes={"/source/gathered_at": gathered})
    # Hosts share readings of equal facts only if these have the same age.
    fresh = host_facts(changes={"/source/gathered_at": format_time(NOW), "/subject/id": "fresh"})
    result = evaluate_fleet.evaluate([HostInput("fresh", fresh), HostInput("h", facts)], Run(policy, NOW))
    found = {each["subject"]["id"]: each["decision"] for each in result["subjects"]}
    assert found == {"fresh": "compliant", "hangzhou": decision}
