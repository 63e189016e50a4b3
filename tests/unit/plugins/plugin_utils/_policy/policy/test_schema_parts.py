# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a schema have together the result of the complete schema."""

from __future__ import annotations

import pickle
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import InvalidDocument
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents.yaml_reader import Document
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.json_schema.evaluate import (
    evaluate_schema,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.json_schema.model import (
    UNKNOWN,
    AbsentMode,
    GapReason,
    PreparedSchema,
    SchemaResult,
    SchemaVerdict,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.json_schema.prepare import load_schema
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.schema_parts import (
    can_reject_objects,
    evaluate_parts,
    parts_of,
    reads_names,
)

AS_OF = datetime.fromisoformat("2026-11-24T08:00:00+00:00")


def prepared(schema: object) -> PreparedSchema:
    return load_schema(Document("node.json", schema))


def parts(schema: object, facts: object, **options: Any) -> dict[str, SchemaResult]:
    found = evaluate_parts(prepared(schema), facts, as_of=AS_OF, **options)
    return {part.label: result for part, result in found.items()}


def verdicts(schema: object, facts: object, **options: Any) -> dict[str, str]:
    return {name: result.verdict.value for name, result in parts(schema, facts, **options).items()}


NODE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "cpu_count": {"type": "integer", "maximum": 4},
        "arch": {"enum": ["x86_64", "aarch64"]},
        "disks": {"items": {"properties": {"size": {"minimum": 10}}}},
    },
    "required": ["cpu_count", "arch"],
    "allOf": [{"properties": {"arch": {"const": "x86_64"}}}, {"properties": {"name": {"minLength": 2}}}],
    "if": {"properties": {"arch": {"const": "aarch64"}}, "required": ["arch"]},
    "then": {"required": ["board"]},
}


def test_each_property_required_name_and_item_of_all_of_is_a_part() -> None:
    assert [part.label for part in parts_of(prepared(NODE))] == [
        "type",
        "cpu_count",
        "arch",
        "disks",
        "required-cpu_count",
        "required-arch",
        "allOf-1",
        "allOf-2",
        "if",
    ]


def test_a_violation_and_a_gap_are_those_of_their_part() -> None:
    facts = {"cpu_count": 8, "disks": [{"size": 20}, {"size": None}], "name": "n1", "arch": "x86_64"}
    assert verdicts(NODE, facts) == {
        "type": "compliant",
        "cpu_count": "non_compliant",
        "arch": "compliant",
        "disks": "undetermined",
        "required-cpu_count": "compliant",
        "required-arch": "compliant",
        "allOf-1": "compliant",
        "allOf-2": "compliant",
        "if": "compliant",
    }
    (gap,) = parts(NODE, facts)["disks"].gaps
    assert (gap.pointer, gap.reason) == ("/disks/1/size", GapReason.NULL)


def test_a_required_name_that_is_missing_is_one_violation() -> None:
    found = parts(NODE, {"cpu_count": 2})
    assert found["required-arch"].verdict is SchemaVerdict.NON_COMPLIANT
    assert found["arch"].verdict is SchemaVerdict.UNDETERMINED
    assert found["required-cpu_count"].verdict is SchemaVerdict.COMPLIANT


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        (UNKNOWN, {"required-arch": "undetermined", "arch": "undetermined"}),
        (None, {"required-arch": "undetermined", "arch": "undetermined"}),
        ({"arch": UNKNOWN}, {"required-arch": "undetermined", "arch": "undetermined"}),
        ({"arch": None}, {"required-arch": "compliant", "arch": "compliant"}),
        ({}, {"required-arch": "non_compliant", "arch": "undetermined"}),
        ("text", {"required-arch": "undetermined", "arch": "undetermined"}),
    ],
)
def test_an_unknown_value_never_passes_even_if_null_may(facts: object, verdict: dict[str, str]) -> None:
    schema = {"required": ["arch"], "properties": {"arch": {"enum": ["x86_64", None]}}}
    assert verdicts(schema, facts) == verdict


@pytest.mark.parametrize(
    "part", ["const", "enum", "uniqueItems", "contains", "dependentRequired", "unevaluatedProperties"]
)
def test_an_unknown_value_inside_a_value_is_a_gap(part: str) -> None:
    arguments: dict[str, Any] = {
        "const": {"a": 1},
        "enum": [{"a": 1}],
        "uniqueItems": True,
        "contains": {"const": 1},
        "dependentRequired": {"a": ["b"]},
        "unevaluatedProperties": {"const": 1},
    }
    value: object = [UNKNOWN, 2] if part in ("uniqueItems", "contains") else {"a": UNKNOWN}
    (result,) = parts({"properties": {"x": {part: arguments[part]}}}, {"x": value}).values()
    assert result.verdict is SchemaVerdict.UNDETERMINED
    assert [gap.reason for gap in result.gaps] == [GapReason.NULL]


def test_nothing_that_was_checked_is_one_gap() -> None:
    schema = {"if": {"required": ["a"]}, "then": {"properties": {"b": {"type": "integer"}}}}
    assert verdicts(schema, {"c": 1}, absent=AbsentMode.ALLOWED) == {"if": "compliant"}
    schema = {"properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}}
    found = parts(schema, {"c": 1}, absent=AbsentMode.ALLOWED)
    assert [result.verdict.value for result in found.values()] == ["undetermined", "compliant"]
    assert [gap.reason for gap in found["a"].gaps] == [GapReason.NOTHING_CHECKED]


def test_a_false_schema_has_one_part() -> None:
    assert verdicts(False, {"a": 1}) == {"false": "non_compliant"}


@pytest.mark.parametrize(
    ("schema", "can_reject"),
    [
        ({"type": "object"}, False),
        ({"type": ["object", "null"]}, False),
        ({"type": "array"}, True),
        ({"type": "object", "required": ["a"]}, True),
        (False, True),
    ],
)
def test_facts_of_a_host_are_an_object(schema: object, can_reject: bool) -> None:
    assert can_reject_objects(prepared(schema)) is can_reject


@pytest.mark.parametrize(
    ("schema", "reads"),
    [
        ({"properties": {"arch": {"type": "string"}}}, False),
        ({"properties": {"subject": {"type": "object"}}}, True),
        ({"allOf": [{"required": ["subject"]}]}, True),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"dependentRequired": {"subject": ["arch"]}}}}, True),
        ({"additionalProperties": False, "properties": {"arch": {"type": "string"}}}, True),
        ({"minProperties": 3}, True),
    ],
)
def test_a_schema_reads_the_names_that_it_contains(schema: object, reads: bool) -> None:
    assert reads_names([prepared(schema)], ("subject", "source")) is reads


def test_a_prepared_schema_can_be_pickled() -> None:
    schema = prepared(NODE)
    assert pickle.loads(pickle.dumps(schema)) == schema  # noqa: S301 - written in this line


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.sampled_from(["x86_64", "aarch64", "8", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)
LEAVES = st.sampled_from(
    [
        {"type": "integer"},
        {"maximum": 3},
        {"enum": ["x86_64", 1]},
        {"minLength": 1},
        {"type": ["integer", "null"]},
        {"items": {"minimum": 0}},
        {"required": ["a"]},
        {"x-absent": "allowed", "type": "string"},
        False,
        {},
    ]
)


@st.composite
def schemas(draw: st.DrawFn) -> dict[str, Any]:
    properties = draw(st.dictionaries(st.sampled_from("abc"), LEAVES, min_size=1, max_size=3))
    schema: dict[str, Any] = {"properties": properties}
    for keyword, argument in (
        ("type", st.sampled_from(["object", ["object", "array"]])),
        ("required", st.lists(st.sampled_from("abcd"), unique=True, max_size=2)),
        ("allOf", st.lists(LEAVES, min_size=1, max_size=2)),
        ("anyOf", st.lists(LEAVES, min_size=1, max_size=2)),
        ("not", LEAVES),
        ("minProperties", st.integers(0, 2)),
        ("additionalProperties", LEAVES),
    ):
        if draw(st.booleans()):
            schema[keyword] = draw(argument)
    return schema


@settings(deadline=None)
@given(schemas(), VALUES, st.sampled_from(AbsentMode))
def test_the_parts_together_have_the_result_of_the_schema(
    schema: dict[str, Any], facts: object, absent: AbsentMode
) -> None:
    try:
        loaded = prepared(schema)
    except InvalidDocument:
        return
    complete = evaluate_schema(loaded, facts, as_of=AS_OF, absent=absent)
    found = evaluate_parts(loaded, facts, as_of=AS_OF, absent=absent)
    assert set(found) == set(parts_of(loaded))
    assert {each.pointer for result in found.values() for each in result.violations} == {
        each.pointer for each in complete.violations
    }
    worst = [result.verdict for result in found.values()]
    expected = next(
        (
            verdict
            for verdict in (SchemaVerdict.NON_COMPLIANT, SchemaVerdict.UNDETERMINED)
            if verdict in worst
        ),
        SchemaVerdict.COMPLIANT,
    )
    if facts == {} and complete.verdict is SchemaVerdict.COMPLIANT:
        # Empty facts of a host never comply.
        assert expected is SchemaVerdict.UNDETERMINED
    else:
        assert expected is complete.verdict


def test_converted_numbers_are_compared_as_numbers() -> None:
    schema = {"properties": {"a": {"items": {"type": "integer"}}, "b": {}}, "not": {"const": {"a": [1]}}}
    assert verdicts(schema, {"a": ["1"]}, coerce=True)["not"] == "non_compliant"


def test_a_host_of_which_nothing_is_known_is_undetermined() -> None:
    for schema in (False, {"not": {}}, {"required": ["a"]}):
        assert set(verdicts(schema, UNKNOWN).values()) == {"undetermined"}
