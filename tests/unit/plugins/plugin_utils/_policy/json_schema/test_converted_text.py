# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decimal text that counts as a number, wherever a keyword reads it."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from judging import COMPLIANT, NON_COMPLIANT, gaps, judged, verdict, violations

CPU = {"type": "integer", "maximum": 4}
_DIFFERENT: dict[str, Any] = {"items": {"type": "integer"}, "uniqueItems": True}
_ARRAY: dict[str, Any] = {"type": "array"}


def test_text_is_converted_only_with_coerce_and_only_for_numbers() -> None:
    schema = {"properties": {"a": CPU}}
    assert violations(schema, {"a": "3"}) == [("/a", "type")]
    assert verdict(schema, {"a": "3"}, coerce=True) == COMPLIANT
    assert violations(schema, {"a": "9"}, coerce=True) == [("/a", "maximum")]
    assert violations(schema, {"a": "three"}, coerce=True) == [("/a", "type")]
    assert violations(schema, {"a": "2.5"}, coerce=True) == [("/a", "type")]
    assert verdict(schema, {"a": "2.0"}, coerce=True) == COMPLIANT
    assert gaps({"properties": {"a": {"maximum": 4}}}, {"a": "3"}, coerce=True) == [("/a", "value")]
    assert verdict({"properties": {"a": {"type": "string"}}}, {"a": "3"}, coerce=True) == COMPLIANT
    assert verdict(
        {"$defs": {"n": CPU}, "properties": {"a": {"$ref": "#/$defs/n"}}}, {"a": "3"}, coerce=True
    ) == (COMPLIANT)


@pytest.mark.parametrize(
    ("schema", "facts"),
    [
        ({"items": {"type": "integer"}, "uniqueItems": True}, ["1", 1]),
        ({"allOf": [{"items": {"$ref": "#/$defs/n"}}, {"uniqueItems": True}], "$defs": {"n": CPU}}, ["1", 1]),
        ({"prefixItems": [CPU], "items": CPU, "uniqueItems": True}, ["1", "1.0"]),
        ({"items": {"additionalProperties": CPU}, "uniqueItems": True}, [{"a": "1"}, {"a": 1}]),
        ({"properties": {"a": CPU}, "not": {"const": {"a": 1}}}, {"a": "1"}),
        ({"patternProperties": {"^a": CPU}, "not": {"const": {"a": 1}}}, {"a": "1"}),
    ],
)
def test_converted_numbers_are_compared_as_numbers(schema: Any, facts: Any) -> None:
    assert verdict(schema, facts, coerce=True) == NON_COMPLIANT
    before = copy.deepcopy(facts)
    judged(schema, facts, coerce=True)
    assert facts == before


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"a": _DIFFERENT}},
        {"anyOf": [{"properties": {"a": _DIFFERENT}}]},
        {"if": {"required": ["a"]}, "then": {"properties": {"a": _DIFFERENT}}},
        {"if": {"required": ["b"]}, "else": {"properties": {"a": _DIFFERENT}}},
        {"dependentSchemas": {"a": {"properties": {"a": _DIFFERENT}}}},
        {"$dynamicRef": "#x", "$defs": {"x": {"$dynamicAnchor": "x", "properties": {"a": _DIFFERENT}}}},
        {"unevaluatedProperties": {**_ARRAY, **_DIFFERENT}},
        {"properties": {"a": {**_ARRAY, "uniqueItems": True, "unevaluatedItems": {"type": "integer"}}}},
        {"properties": {"a": {**_ARRAY, "uniqueItems": True, "contains": {"type": "integer"}}}},
        {"properties": {"a": {"uniqueItems": True, "anyOf": [{"items": {"type": "integer"}}]}}},
        {
            "properties": {
                "a": {"allOf": [{"oneOf": [{"items": {"type": "integer"}}]}, {"uniqueItems": True}]}
            }
        },
        {"properties": {"a": {"uniqueItems": True, "items": {"anyOf": [{"type": "integer"}]}}}},
    ],
)
def test_converted_numbers_are_compared_wherever_a_keyword_applies(schema: dict[str, Any]) -> None:
    assert verdict(schema, {"a": ["1", 1]}, coerce=True) == NON_COMPLIANT
    assert verdict(schema, {"a": ["1", 2]}, coerce=True) == COMPLIANT


def test_a_keyword_beside_an_alternative_sees_the_number() -> None:
    schema = {"anyOf": [{"type": "integer"}, {"type": "boolean"}], "minimum": 9}
    assert verdict(schema, "5", coerce=True) == NON_COMPLIANT
    assert verdict(schema, "10", coerce=True) == COMPLIANT
    constant = {"if": {}, "then": {"items": {"type": "integer"}, "const": [1]}}
    assert verdict(constant, ["1"], coerce=True) == COMPLIANT


def test_text_that_an_alternative_accepts_remains_text() -> None:
    schema = {
        "items": {"anyOf": [{"type": "integer"}, {"type": "string", "minLength": 1}]},
        "uniqueItems": True,
    }
    assert verdict(schema, ["1", 1], coerce=True) == COMPLIANT
    assert verdict({"oneOf": [{"type": "integer"}, {"type": "string"}]}, "1", coerce=True) == NON_COMPLIANT
