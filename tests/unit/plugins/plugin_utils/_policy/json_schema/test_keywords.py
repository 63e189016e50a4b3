# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""One test per keyword row of the evaluation: known values, missing properties, null, other types."""

from __future__ import annotations

from typing import Any

import pytest
from judging import COMPLIANT, NON_COMPLIANT, UNDETERMINED, gaps, judged, verdict, violations

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.json_schema.dialects import Dialect

CPU = {"type": "integer", "maximum": 4}


def test_null_is_unknown_where_the_schema_does_not_name_it() -> None:
    assert gaps({"properties": {"a": CPU}}, {"a": None}) == [("/a", "null")]
    assert verdict({"type": "integer"}, None) == UNDETERMINED


@pytest.mark.parametrize(
    "named",
    [
        {"type": ["integer", "null"]},
        {"const": None},
        {"enum": [1, None]},
        {"allOf": [{"type": ["integer", "null"]}]},
        {"anyOf": [{"type": "null"}, CPU]},
        {"oneOf": [{"type": "null"}, CPU]},
        {"if": {"type": "null"}, "then": True, "else": CPU},
        {"$ref": "#/$defs/n"},
    ],
)
def test_null_is_a_value_where_the_schema_names_it(named: Any) -> None:
    schema = {"$defs": {"n": {"type": "null"}}, "properties": {"a": named, "b": CPU}}
    assert verdict(schema, {"a": None, "b": 1}) == COMPLIANT


@pytest.mark.parametrize(
    ("part", "expected"),
    [(True, COMPLIANT), ({}, COMPLIANT), ({"title": "x"}, COMPLIANT), (False, NON_COMPLIANT)],
)
def test_a_schema_that_does_not_constrain_leaves_no_gap(part: Any, expected: str) -> None:
    assert verdict({"properties": {"a": part, "b": CPU}}, {"a": None, "b": 1}) == expected
    assert verdict({"properties": {"a": part, "b": CPU}}, {"b": 1}) == COMPLIANT


def test_not_of_anything_forbids_null_too() -> None:
    # {not: {}} constrains nothing that could be unknown: every value violates it.
    assert violations({"properties": {"a": {"not": {}}}}, {"a": None}) == [("/a", "not")]


def test_properties_that_are_missing_are_gaps() -> None:
    schema = {"properties": {"a": CPU, "b": {"properties": {"c": CPU}}}}
    assert gaps(schema, {"a": 1}) == [("/b", "missing")]
    assert gaps(schema, {"a": 1, "b": {}}) == [("/b/c", "missing")]


def test_properties_of_a_recursive_schema_end() -> None:
    schema = {"properties": {"next": {"$ref": "#"}, "a": CPU}}
    assert gaps(schema, {"a": 1, "next": {"a": 1}}) == [("/next/next", "missing")]


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"items": CPU}, [1, None]),
        ({"prefixItems": [True, CPU]}, [1, None]),
        ({"patternProperties": {"^a": CPU}}, {"ab": None}),
        ({"additionalProperties": CPU}, {"ab": None}),
        ({"unevaluatedProperties": CPU}, {"ab": None}),
        ({"unevaluatedItems": CPU}, [None]),
    ],
)
def test_each_part_that_is_null_is_a_gap(schema: Any, value: Any) -> None:
    assert verdict(schema, value) == UNDETERMINED
    assert {reason for _pointer, reason in gaps(schema, value)} == {"null"}


def test_a_violation_beside_a_gap_decides() -> None:
    assert violations({"items": CPU}, [None, 9]) == [("/1", "maximum")]


def test_required_and_absent_is_a_violation() -> None:
    assert violations({"required": ["a"], "properties": {"a": CPU}}, {}) == [("/a", "required")]


def test_required_and_null_is_a_gap_unless_named() -> None:
    assert gaps({"required": ["a"]}, {"a": None}) == [("/a", "null")]
    named = {"required": ["a"], "properties": {"a": {"type": ["integer", "null"]}}}
    assert verdict(named, {"a": None}) == COMPLIANT


IDIOM = {"properties": {"a": {"const": 1}}, "required": ["a"]}


@pytest.mark.parametrize(
    "schema",
    [{"not": IDIOM}, {"if": IDIOM, "then": False}, {"properties": {"l": {"contains": IDIOM}}}],
)
def test_required_inside_a_question_is_a_gap(schema: Any) -> None:
    facts = {"l": [{}]} if "properties" in schema else {}
    assert verdict(schema, facts) == UNDETERMINED
    # Where the property may be absent, its absence is an answer, as for the library.
    assert verdict(schema, facts, absent="allowed") == (
        NON_COMPLIANT if "properties" in schema else COMPLIANT
    )


def test_required_inside_a_question_without_properties_asks_only_for_presence() -> None:
    assert verdict({"not": {"required": ["a"]}}, {}) == COMPLIANT
    assert verdict({"not": {"required": ["a"]}}, {"a": 1}) == NON_COMPLIANT


@pytest.mark.parametrize("keyword", ["dependentRequired", "dependencies"])
def test_dependent_required_follows_its_trigger(keyword: str) -> None:
    schema = {keyword: {"a": ["b"]}}
    dialect = Dialect.DRAFT2020_12 if keyword == "dependentRequired" else Dialect.DRAFT7
    assert verdict(schema, {}, dialect=dialect) == COMPLIANT
    assert violations(schema, {"a": 1}, dialect=dialect) == [("/b", keyword)]
    assert gaps(schema, {"a": None}, dialect=dialect) == [("/a", "null")]
    assert verdict(schema, {"a": None, "b": 1}, dialect=dialect) == COMPLIANT
    assert gaps(schema, {"a": 1, "b": None}, dialect=dialect) == [("/b", "null")]


def test_dependent_schemas_follow_their_trigger() -> None:
    schema = {"dependentSchemas": {"a": {"properties": {"b": CPU}}}}
    assert violations(schema, {"a": 1, "b": 9}) == [("/b", "maximum")]
    assert gaps(schema, {"a": None, "b": 9}) == [("/a", "null")]


def test_any_of_passes_with_one_and_lists_gaps() -> None:
    schema = {"anyOf": [{"properties": {"a": CPU}}, {"properties": {"b": CPU}}]}
    assert verdict(schema, {"a": 1}) == COMPLIANT
    assert gaps(schema, {}) == [("/a", "missing"), ("/b", "missing")]
    assert violations(schema, {"a": 9, "b": 9}) == [("", "anyOf")]
    assert gaps(schema, {"a": 9}) == [("/b", "missing")]


def test_one_of_counts() -> None:
    schema = {"oneOf": [{"properties": {"a": CPU}}, {"properties": {"b": CPU}}]}
    assert verdict(schema, {"a": 1, "b": 9}) == COMPLIANT
    assert violations(schema, {"a": 1, "b": 1}) == [("", "oneOf")]
    assert violations(schema, {"a": 9, "b": 9}) == [("", "oneOf")]
    assert gaps(schema, {"a": 1}) == [("/b", "missing")]


def test_two_that_pass_violate_one_of_whatever_else_is_unknown() -> None:
    schema = {"oneOf": [{"properties": {name: CPU}} for name in "abc"]}
    assert violations(schema, {"a": 1, "b": 1}) == [("", "oneOf")]


def test_not_of_an_unknown_is_unknown() -> None:
    schema = {"not": {"properties": {"a": CPU}}}
    assert verdict(schema, {"a": 1}) == NON_COMPLIANT
    assert verdict(schema, {"a": 9}) == COMPLIANT
    assert verdict(schema, {}) == UNDETERMINED


def test_an_unknown_condition_is_decided_by_equal_branches() -> None:
    condition = {"properties": {"a": CPU}}
    both = {"if": condition, "then": {"required": ["b"]}, "else": {"required": ["b"]}}
    assert violations(both, {}) == [("/b", "required")]
    assert verdict(both, {"b": 1}) == COMPLIANT
    one = {"if": condition, "then": {"required": ["b"]}}
    assert gaps(one, {}) == [("/a", "missing")]
    assert violations(one, {"a": 1}) == [("/b", "required")]
    assert verdict(one, {"a": 9}) == COMPLIANT


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([9, None], UNDETERMINED),
        ([1, None], COMPLIANT),
        ([9, 9], NON_COMPLIANT),
        ([], NON_COMPLIANT),
        ([1, 2, 3], NON_COMPLIANT),
        ([1, 2, None], UNDETERMINED),
    ],
)
def test_contains_counts_certain_and_possible(items: list[Any], expected: str) -> None:
    assert verdict({"contains": CPU, "maxContains": 2}, items) == expected


def test_contains_of_draft_07_has_no_bounds() -> None:
    schema = {"contains": CPU, "maxContains": 1}
    assert verdict(schema, [1, 2], dialect=Dialect.DRAFT7) == COMPLIANT


def test_const_and_enum_over_null_inside_turn_a_mismatch_into_a_gap() -> None:
    assert gaps({"const": {"a": 1}}, {"a": None}) == [("/a", "null")]
    assert gaps({"enum": [[1, 2], [3, 4]]}, [1, None]) == [("/1", "null")]
    assert verdict({"const": {"a": None}}, {"a": None}) == COMPLIANT
    assert verdict({"const": {"a": 1}}, {"a": 2}) == NON_COMPLIANT


def test_unique_items_over_null_inside_turn_a_pass_into_a_gap() -> None:
    assert gaps({"uniqueItems": True}, [1, None]) == [("/1", "null")]
    assert gaps({"uniqueItems": True}, [{"a": None}, 1]) == [("/0/a", "null")]
    assert verdict({"uniqueItems": True}, [1, 1, None]) == NON_COMPLIANT
    # Two unknown values can be different.
    assert verdict({"uniqueItems": True}, [None, None]) == UNDETERMINED


def test_nothing_asserted_is_undetermined() -> None:
    schema = {"properties": {"a": CPU}, "items": CPU}
    assert gaps({"type": "object", **schema}, {}, absent="allowed") == []
    assert gaps({"properties": {"a": CPU}}, {"b": 1}, absent="allowed") == [("", "nothing_checked")]
    assert gaps({"items": CPU}, []) == [("", "nothing_checked")]


def test_every_violation_is_listed_in_the_order_of_the_pointers() -> None:
    schema = {"properties": {"b": CPU, "a": {"items": CPU}}, "required": ["c"]}
    facts = {"b": 9, "a": [9, 1, 9]}
    assert [pointer for pointer, _keyword in violations(schema, facts)] == ["/a/0", "/a/2", "/b", "/c"]


TYPED = [
    ({"maximum": 1}, "x"),
    ({"multipleOf": 2}, "x"),
    ({"minLength": 1}, 5),
    ({"pattern": "a"}, 5),
    ({"format": "ipv4"}, 5),
    ({"versionRange": ">=E0730"}, 5),
    ({"withinDays": 30}, 5),
    ({"items": CPU}, "x"),
    ({"contains": CPU}, "x"),
    ({"minItems": 1}, "x"),
    ({"uniqueItems": True}, "x"),
    ({"properties": {"a": CPU}}, "x"),
    ({"required": ["a"]}, "x"),
    ({"propertyNames": {"maxLength": 1}}, "x"),
    ({"minProperties": 1}, "x"),
    ({"maximum": 1}, True),
]


@pytest.mark.parametrize(("schema", "value"), TYPED)
def test_a_keyword_of_another_type_is_not_a_pass(schema: Any, value: Any) -> None:
    assert gaps({"properties": {"a": schema}}, {"a": value}) == [("/a", "value")]


@pytest.mark.parametrize(("schema", "value"), TYPED)
def test_a_type_that_the_schema_states_decides(schema: Any, value: Any) -> None:
    kinds = ["string", "integer", "boolean"]
    assert verdict({"properties": {"a": {**schema, "type": kinds}}}, {"a": value}) == COMPLIANT
    assert violations({"properties": {"a": {**schema, "type": "null"}}}, {"a": value}) == [("/a", "type")]


def test_a_float_without_fraction_is_an_integer() -> None:
    assert verdict({"type": "integer"}, 2.0) == COMPLIANT
    # As the library decides it: draft-04 has no such rule.
    assert verdict({"type": "integer"}, 2.0, dialect=Dialect.DRAFT4) == NON_COMPLIANT


def test_absent_properties_can_be_allowed() -> None:
    schema = {"type": "object", "properties": {"a": CPU}}
    assert verdict(schema, {}) == UNDETERMINED
    assert verdict(schema, {}, absent="allowed") == COMPLIANT
    assert violations(schema, {}, absent="violation") == [("/a", "x-absent")]


def test_x_absent_is_inherited_downward_and_the_nearest_wins() -> None:
    inner = {"type": "object", "properties": {"b": CPU}}
    schema = {"type": "object", "x-absent": "allowed", "properties": {"a": inner}}
    assert verdict(schema, {"a": {}}) == COMPLIANT
    strict = {**schema, "properties": {"a": {**inner, "x-absent": "undetermined"}}}
    assert gaps(strict, {"a": {}}) == [("/a/b", "missing")]
    own = {"type": "object", "properties": {"a": {**CPU, "x-absent": "allowed"}, "b": CPU}}
    assert gaps(own, {}) == [("/b", "missing")]
    referred = {"x-absent": "allowed", "type": "object", "properties": {"a": {"$ref": "#/$defs/i"}}}
    assert verdict({**referred, "$defs": {"i": inner}}, {"a": {}}) == COMPLIANT


def test_absent_as_a_violation_does_not_answer_a_question() -> None:
    # ``not`` of a missing property is unknown: the missing property is the violation, not an answer.
    assert violations({"not": IDIOM}, {}, absent="violation") == [("/a", "x-absent")]


def test_version_range() -> None:
    schema = {"properties": {"v": {"type": "string", "versionRange": ">=E0730P06"}}}
    assert verdict(schema, {"v": "E0760P03"}) == COMPLIANT
    assert violations(schema, {"v": "E0710"}) == [("/v", "versionRange")]
    assert gaps(schema, {"v": "newest"}) == [("/v", "value")]


@pytest.mark.parametrize(
    ("value", "within", "beyond"),
    [
        ("2026-12-10", COMPLIANT, NON_COMPLIANT),
        ("2027-12-10T00:00:00Z", NON_COMPLIANT, COMPLIANT),
        ("never", NON_COMPLIANT, COMPLIANT),
        ("soon", UNDETERMINED, UNDETERMINED),
    ],
)
def test_dates_relative_to_the_time_of_the_run(value: str, within: str, beyond: str) -> None:
    for keyword, expected in (("withinDays", within), ("beyondDays", beyond)):
        assert verdict({"properties": {"d": {keyword: 30}}}, {"d": value}) == expected


def test_unevaluated_properties_after_an_unknown_alternative() -> None:
    schema = {
        "anyOf": [{"properties": {"a": {"const": 1}, "b": CPU}}, {"properties": {"c": True}}],
        "unevaluatedProperties": False,
    }
    assert verdict(schema, {"a": 1, "b": 1}) == COMPLIANT
    assert gaps(schema, {"b": 1}) == [("/a", "missing")]
    assert violations(schema, {"a": 1, "b": 1, "d": 1}) == [("/d", "unevaluatedProperties")]


def test_additional_properties_are_named_one_by_one() -> None:
    schema = {"properties": {"a": CPU}, "additionalProperties": False}
    assert violations(schema, {"a": 1, "x/y": 1, "z": None}) == [
        ("/x~1y", "additionalProperties"),
        ("/z", "additionalProperties"),
    ]


def test_exclusive_bounds_of_draft_04_are_flags() -> None:
    schema = {"properties": {"a": {"type": "number", "maximum": 4, "exclusiveMaximum": True}}}
    assert violations(schema, {"a": 4}, dialect=Dialect.DRAFT4) == [("/a", "exclusiveMaximum")]


def test_the_number_of_properties_that_were_asked_for() -> None:
    schema = {"properties": dict.fromkeys("abcde", CPU)}
    result = judged(schema, {"a": 1, "b": 1})
    assert (len(result.missing), result.asked) == (3, 5)


ONE_OF_TWO = [{"properties": {"a": {"const": 1}}}, {"properties": {"b": {"const": 1}}}]


@pytest.mark.parametrize("keyword", ["anyOf", "oneOf"])
def test_an_absent_property_violates_nothing_while_another_alternative_is_possible(keyword: str) -> None:
    schema = {keyword: ONE_OF_TWO}
    assert verdict(schema, {"b": None}, absent="violation") == UNDETERMINED
    assert verdict(schema, {}, absent="violation") == NON_COMPLIANT
    assert verdict(schema, {"a": 2}, absent="violation") == NON_COMPLIANT


def test_an_absent_property_of_one_branch_violates_nothing_while_the_condition_is_unknown() -> None:
    schema = {"if": ONE_OF_TWO[1], "then": ONE_OF_TWO[0], "else": {"type": "object"}}
    assert verdict(schema, {"b": None}, absent="violation") == UNDETERMINED
    assert verdict(schema, {"b": 1}, absent="violation") == NON_COMPLIANT
    both = {"if": ONE_OF_TWO[1], "then": ONE_OF_TWO[0], "else": {"properties": {"a": {"const": 2}}}}
    assert verdict(both, {"b": None}, absent="violation") == NON_COMPLIANT


def test_an_absent_property_of_one_item_violates_nothing_while_another_item_can_match() -> None:
    schema = {"contains": ONE_OF_TWO[0]}
    assert verdict(schema, [{}, {"a": None}], absent="violation") == UNDETERMINED
    assert verdict(schema, [{}], absent="violation") == NON_COMPLIANT


@pytest.mark.parametrize("value", ["a{99999999999999999999}", "("])
def test_a_text_that_a_checker_of_a_format_cannot_read_has_not_the_format(value: str) -> None:
    assert violations({"properties": {"a": {"format": "regex"}}}, {"a": value}) == [("/a", "format")]
