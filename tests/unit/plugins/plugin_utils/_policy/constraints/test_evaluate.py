# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The constraint profile: three values, reasons, and on complete facts the same result as jsonschema."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.constraints.evaluate import evaluate
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.constraints.linear_regex import (
    compile_pattern,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.constraints.three_valued import (
    Outcome,
    Truth,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents.comparisons import (
    beyond_days,
    in_version_range,
    within_days,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.facts.facts import (
    Facts,
    incomplete_lists,
)

PASS, FAIL, UNKNOWN = Truth.PASS, Truth.FAIL, Truth.UNKNOWN
NOW = datetime(2026, 11, 24, 8, tzinfo=timezone.utc)


def run(schema: Any, tree: object, *unknown: str, bounds: dict[str, Any] | None = None) -> Outcome:
    facts = Facts(tree, dict.fromkeys(unknown, "absent"), incomplete_lists(tree), bounds or {})
    return evaluate(schema, facts, NOW)


def of(name: str, constraint: Any) -> dict[str, Any]:
    return {"properties": {name: constraint}}


X_FAIL, X_PASS, X_UNKNOWN = of("f", {"const": 1}), of("p", {"const": 1}), of("u", {"const": 1})
TREE = {"f": 0, "p": 1}


@pytest.mark.parametrize(
    ("schema", "truth"),
    [
        ({"allOf": [X_UNKNOWN, X_FAIL]}, FAIL),
        ({"allOf": [X_FAIL, X_UNKNOWN]}, FAIL),
        ({"allOf": [X_PASS, X_UNKNOWN]}, UNKNOWN),
        ({"anyOf": [X_UNKNOWN, X_PASS]}, PASS),
        ({"anyOf": [X_PASS, X_UNKNOWN]}, PASS),
        ({"anyOf": [X_FAIL, X_UNKNOWN]}, UNKNOWN),
        ({"oneOf": [X_PASS, X_PASS, X_UNKNOWN]}, FAIL),
        ({"oneOf": [X_PASS, X_UNKNOWN]}, UNKNOWN),
        ({"oneOf": [X_FAIL, X_UNKNOWN]}, UNKNOWN),
        ({"oneOf": [X_FAIL, X_FAIL]}, FAIL),
        ({"not": X_UNKNOWN}, UNKNOWN),
        ({"not": X_PASS}, FAIL),
        ({"if": X_UNKNOWN, "then": X_PASS, "else": X_PASS}, PASS),
        ({"if": X_UNKNOWN, "then": X_FAIL, "else": X_FAIL}, FAIL),
        ({"if": X_UNKNOWN, "then": X_FAIL}, UNKNOWN),
        ({"if": X_FAIL, "then": X_UNKNOWN}, PASS),
        ({"required": ["u"]}, UNKNOWN),
        ({"required": ["nowhere"]}, FAIL),
        ({"required": ["p"]}, PASS),
        (of("u", True), PASS),
        (of("u", False), FAIL),
        (of("u", {"properties": {"deep": {"minimum": 1}}}), UNKNOWN),
        (of("nowhere", {"minimum": 1}), PASS),
    ],
)
def test_strong_kleene_logic(schema: Any, truth: Truth) -> None:
    assert run(schema, TREE, "/u").truth is truth


def test_null_is_unknown_and_never_passes() -> None:
    assert run(of("n", {"type": ["string", "integer"]}), {"n": None}).truth is UNKNOWN
    assert run({"required": ["n"]}, {"n": None}).truth is UNKNOWN


def test_an_unknown_pointer_includes_all_below() -> None:
    schema = {"properties": {"a": {"properties": {"b": {"minimum": 1}}}}}
    assert run(schema, {}, "/a").unknown == ("/a",)
    assert run(schema, {}, "/a/b").unknown == ("/a/b",)
    assert run(schema, {"a": {"b": 5}}, "").truth is UNKNOWN


def test_one_failing_item_fails_and_an_unknown_item_is_undecided() -> None:
    schema = {"items": {"properties": {"n": {"maximum": 3}}}}
    assert run(schema, [{"n": 4}, {}], "/1/n").failures[0].pointer == "/0/n"
    assert run(schema, [{"n": 1}, {}], "/1/n").unknown == ("/1/n",)


@pytest.mark.parametrize(
    ("schema", "items", "truth"),
    [
        ({"contains": {"const": 1}}, [1], PASS),
        ({"contains": {"const": 1}}, [2], UNKNOWN),
        ({"contains": {"const": 1}, "maxContains": 1}, [1, 1], FAIL),
        ({"contains": {"const": 1}, "maxContains": 1}, [1], UNKNOWN),
        ({"items": {"const": 1}}, [1], UNKNOWN),
        ({"items": {"const": 1}}, [2], FAIL),
        ({"minItems": 1}, [], UNKNOWN),
        ({"minItems": 1}, [1], PASS),
        ({"maxItems": 1}, [1, 2], FAIL),
        ({"maxItems": 1}, [1], UNKNOWN),
        ({"uniqueItems": True}, [1, 1], FAIL),
        ({"uniqueItems": True}, [1, 2], UNKNOWN),
        ({"const": [1, 2]}, [1], UNKNOWN),
        ({"const": [1]}, [2], FAIL),
    ],
)
def test_an_incomplete_list_can_have_further_items(schema: Any, items: list[Any], truth: Truth) -> None:
    tree = {"l": {"complete": False, "items": items}}
    assert run({"properties": {"l": {"properties": {"items": schema}}}}, tree).truth is truth


def test_contains_counts_certain_and_possible_items() -> None:
    schema = {"contains": {"properties": {"n": {"const": 1}}, "required": ["n"]}, "minContains": 2}
    assert run(schema, [{"n": 1}, {}, {"n": 0}], "/1/n").truth is UNKNOWN
    assert run(schema, [{"n": 1}, {}, {"n": 1}], "/1/n").truth is PASS
    assert run(schema, [{"n": 0}, {}, {"n": 0}], "/1/n").truth is FAIL


def test_a_certain_bound_of_an_unknown_number_decides() -> None:
    short = {"/n": (5, None)}
    assert run(of("n", {"maximum": 0}), {}, "/n", bounds=short).truth is FAIL
    assert run(of("n", {"maximum": 9}), {}, "/n", bounds=short).truth is UNKNOWN
    assert run(of("n", {"minimum": 5}), {}, "/n", bounds=short).truth is PASS
    assert run(of("n", {"exclusiveMaximum": 4}), {}, "/n", bounds={"/n": (0, 3)}).truth is PASS


def test_an_unparseable_or_incomparable_version_is_unknown() -> None:
    for version in ("V700R001", "garbage", "R0760"):
        outcome = run(of("v", {"versionRange": ">=E0760"}), {"v": version})
        assert outcome.truth is UNKNOWN, version
        assert outcome.unknown == ("/v",)


def test_days_are_counted_from_as_of_to_the_second() -> None:
    assert within_days("2026-12-04T08:00:00Z", 10, NOW)
    assert not within_days("2026-12-04T08:00:01Z", 10, NOW)
    assert beyond_days("2026-12-04T08:00:01Z", 10, NOW)
    assert not within_days("never", 10, NOW)
    assert beyond_days("never", 10, NOW)


@pytest.mark.parametrize(
    ("time", "within", "beyond"),
    [
        ("2026-12-03T12:00:00", PASS, FAIL),
        ("2026-12-04T08:00:00", UNKNOWN, UNKNOWN),
        ("2026-12-05T08:00:00", FAIL, PASS),
    ],
)
def test_a_time_without_a_zone_is_compared_in_every_zone(time: str, within: Truth, beyond: Truth) -> None:
    assert run(of("t", {"withinDays": 10}), {"t": time}).truth is within
    assert run(of("t", {"beyondDays": 10}), {"t": time}).truth is beyond
    assert within_days("2026-12-04T08:00:00", 10, NOW) is None
    gap = Facts({"t": time}).gap("/t")
    assert gap["reason"] == "zone"


def test_the_span_of_an_unknown_time_decides() -> None:
    first, last = datetime(2026, 12, 3, tzinfo=timezone.utc), datetime(2026, 12, 4, 12, tzinfo=timezone.utc)

    def truth(constraint: Any, latest: datetime | None) -> Truth:
        facts = Facts({}, {"/t": "zone"}, spans={"/t": (first, latest)})
        return evaluate(of("t", constraint), facts, NOW).truth

    assert truth({"withinDays": 11}, last) is PASS
    assert truth({"withinDays": 10}, last) is UNKNOWN
    assert truth({"withinDays": 8}, last) is FAIL
    assert truth({"beyondDays": 8}, last) is PASS
    assert truth({"beyondDays": 11}, last) is FAIL
    assert truth({"withinDays": 300}, None) is UNKNOWN
    assert truth({"withinDays": 8}, None) is FAIL
    assert truth({"const": "never"}, None) is UNKNOWN


def test_never_is_above_every_numeric_bound() -> None:
    assert run(of("days", {"minimum": 30}), {"days": "never"}).truth is PASS
    assert run(of("days", {"type": "integer", "maximum": 30}), {"days": "never"}).truth is FAIL


def test_a_failure_has_pointer_expected_and_actual() -> None:
    outcome = run(of("a", {"enum": ["x"], "maxLength": 1}), {"a": "long"})
    assert [(f.pointer, f.expected, f.actual) for f in outcome.failures] == [
        ("/a", {"enum": ["x"]}, "long"),
        ("/a", {"maxLength": 1}, "long"),
    ]


def test_alternatives_that_fail_at_one_fact_have_its_pointer() -> None:
    schema = {"anyOf": [of("f", {"const": 1}), of("f", {"const": 2})]}
    assert [failure.pointer for failure in run(schema, TREE).failures] == ["/f"]


# -- comparison with the jsonschema library --


def _keyword(check: Any) -> Any:
    def validate(_validator: Any, argument: Any, instance: Any, _schema: Any) -> Any:
        if isinstance(instance, str) and not check(instance, argument):
            yield ValidationError("does not hold")

    return validate


ORACLE = extend(
    Draft202012Validator,
    {
        "pattern": _keyword(lambda value, pattern: compile_pattern(pattern).search(value)),
        "versionRange": _keyword(lambda value, bounds: in_version_range(value, bounds) is True),
        "withinDays": _keyword(lambda value, days: within_days(value, days, NOW)),
        "beyondDays": _keyword(lambda value, days: beyond_days(value, days, NOW)),
    },
)

names = st.sampled_from(["a", "b", "c"])
scalars = st.one_of(
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([0.5, 1.0, -2.0]),
    st.sampled_from(["", "a", "ab", "never", "2026-12-01T00:00:00Z", "2027-01-01"]),
)
data = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=3)),
    max_leaves=8,
)
sizes = st.integers(0, 3)
leaves = st.one_of(
    st.booleans(),
    st.fixed_dictionaries(
        {},
        optional={
            "type": st.one_of(
                st.sampled_from(["object", "array", "string", "integer", "number", "boolean"]),
                st.just(["integer", "string"]),
            ),
            "const": data,
            "enum": st.lists(data, min_size=1, max_size=2),
            "minimum": st.integers(-2, 2),
            "maximum": st.integers(-2, 2),
            "exclusiveMinimum": st.integers(-2, 2),
            "exclusiveMaximum": st.integers(-2, 2),
            "multipleOf": st.integers(1, 3),
            "minLength": sizes,
            "maxLength": sizes,
            "pattern": st.sampled_from(["a", "^a$", "b+$", "."]),
            "minItems": sizes,
            "maxItems": sizes,
            "uniqueItems": st.booleans(),
            "required": st.lists(names, min_size=1, max_size=2, unique=True),
            "withinDays": st.integers(0, 40),
            "beyondDays": st.integers(0, 40),
        },
    ),
)


def combine(inner: Any) -> Any:
    several = st.lists(inner, min_size=1, max_size=3)
    return st.fixed_dictionaries(
        {},
        optional={
            "allOf": several,
            "anyOf": several,
            "oneOf": several,
            "not": inner,
            "if": inner,
            "then": inner,
            "else": inner,
            "items": inner,
            "contains": inner,
            "minContains": sizes,
            "maxContains": sizes,
            "properties": st.dictionaries(names, inner, min_size=1, max_size=3),
        },
    )


constraints = st.recursive(leaves, combine, max_leaves=10)


@settings(max_examples=400, deadline=None)
@given(constraints, data)
def test_on_complete_facts_the_result_is_that_of_jsonschema(schema: Any, value: Any) -> None:
    outcome = evaluate(schema, Facts(value), NOW)
    assert outcome.truth is (PASS if ORACLE(schema).is_valid(value) else FAIL)
    assert bool(outcome.failures) == (outcome.truth is FAIL)


@settings(max_examples=300, deadline=None)
@given(constraints, st.dictionaries(names, data, min_size=1, max_size=3), st.data())
def test_a_known_value_never_reverses_a_verdict(
    schema: Any, tree: dict[str, Any], draw: st.DataObject
) -> None:
    hidden = draw.draw(st.sampled_from(sorted(tree)))
    without = {name: value for name, value in tree.items() if name != hidden}
    before = evaluate(schema, Facts(without, {f"/{hidden}": "absent"}), NOW).truth
    after = evaluate(schema, Facts(tree), NOW).truth
    assert before in (UNKNOWN, after)
