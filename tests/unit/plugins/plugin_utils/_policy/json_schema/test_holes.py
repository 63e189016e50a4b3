# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that are not known: what a schema asks of them, forbids them or counts them is a gap."""

from __future__ import annotations

import json
from typing import Any

import pytest
from judging import COMPLIANT, NON_COMPLIANT, UNDETERMINED, gaps, judged, verdict

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.json_schema.explain import (
    result_texts,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.json_schema.model import (
    UNKNOWN,
    PossibleObject,
)


@pytest.mark.parametrize(
    "schema",
    [
        {"additionalProperties": False},
        {"unevaluatedProperties": False},
        {"properties": {"a": False}},
        {"patternProperties": {"a": False}},
        {"properties": {"a": {"not": {}}}},
        {"propertyNames": {"const": "b"}},
        {"maxProperties": 0},
        {"required": ["a"]},
    ],
)
def test_a_value_that_is_not_known_and_forbidden_is_a_gap(schema: Any) -> None:
    assert gaps(schema, {"a": UNKNOWN}) == [("/a", "null")]
    assert result_texts(judged(schema, {"a": UNKNOWN}))
    assert verdict(schema, UNKNOWN) == UNDETERMINED
    assert verdict({"items": schema}, [{"a": UNKNOWN}]) == UNDETERMINED


@pytest.mark.parametrize("schema", [{"items": False}, {"unevaluatedItems": False}])
def test_an_item_that_is_not_known_and_forbidden_is_a_gap(schema: Any) -> None:
    assert gaps(schema, [UNKNOWN]) == [("/0", "null")]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"minProperties": 1}, COMPLIANT),
        ({"minProperties": 2}, UNDETERMINED),
        ({"minProperties": 3}, NON_COMPLIANT),
        ({"maxProperties": 2}, COMPLIANT),
        ({"maxProperties": 1}, UNDETERMINED),
        ({"maxProperties": 0}, NON_COMPLIANT),
        ({"propertyNames": {"enum": ["a", "b"]}}, COMPLIANT),
        ({"propertyNames": {"const": "a"}}, UNDETERMINED),
        ({"propertyNames": {"const": "b"}}, NON_COMPLIANT),
    ],
)
def test_a_property_that_is_not_known_may_be_there_or_not(schema: Any, expected: str) -> None:
    assert verdict(schema, {"a": 1, "b": UNKNOWN}) == expected


def test_null_counts_as_a_property() -> None:
    assert verdict({"minProperties": 1}, {"a": None}) == COMPLIANT


@pytest.mark.parametrize("facts", [{"a": [1, UNKNOWN]}, {"a": {"b": UNKNOWN}}])
def test_what_a_violation_shows_of_it_is_null(facts: Any) -> None:
    found = judged({"properties": {"a": {"type": "string"}}}, facts).violations[0]
    assert json.dumps(found.found) in ("[1, null]", '"1 field"')


@pytest.mark.parametrize(
    ("schema", "pointer"),
    [
        ({"required": ["a"]}, "/a"),
        ({"not": {"required": ["a"]}}, "/a"),
        ({"properties": {"a": {"type": "object"}}}, "/a"),
        ({"properties": {"a": {"type": "string"}}}, "/a"),
        ({"properties": {"a": False}}, "/a"),
        ({"additionalProperties": False}, "/a"),
        ({"unevaluatedProperties": False}, "/a"),
        ({"maxProperties": 0}, "/a"),
        ({"minProperties": 1}, "/a"),
        ({"propertyNames": {"const": "b"}}, "/a"),
        ({"dependentRequired": {"a": ["c"]}}, "/a"),
        # What is asked about a part of it is named.
        ({"properties": {"a": {"properties": {"b": {"const": 1}}}}}, "/a/b"),
        ({"properties": {"a": {"minProperties": 1}}}, "/a/b"),
    ],
)
def test_an_object_of_which_nothing_is_known_is_perhaps_not_there(schema: Any, pointer: str) -> None:
    assert gaps(schema, {"a": PossibleObject(b=UNKNOWN)}) == [(pointer, "null")]
