# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names by which a plain JSON Schema reads facts at its root, and the keywords that read all facts."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import (
    InvalidDocument,
    PolicyError,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import load_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.own_names import OwnNames

CPU = {"properties": {"cpu": {"type": "integer"}}}


def names_of(*schemas: dict[str, Any]) -> OwnNames:
    found = load_policy(list(schemas)).own_names
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("schema", "names"),
    [
        ({"required": ["debug"]}, ["debug"]),
        ({"not": {"required": ["debug"]}}, ["debug"]),
        ({"dependentRequired": {"a": ["b"]}}, ["a", "b"]),
        ({"dependentSchemas": {"a": {"required": ["b"]}}}, ["a", "b"]),
        (
            {
                "$schema": "http://json-schema.org/draft-07/schema#",
                "dependencies": {"a": ["b"], "c": {"required": ["d"]}},
            },
            ["a", "b", "c", "d"],
        ),
        ({"allOf": [{"properties": {"debug": {"const": False}}}]}, ["debug"]),
        ({"anyOf": [{"required": ["a"]}, {"oneOf": [{"required": ["b"]}]}]}, ["a", "b"]),
        (
            {"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"required": ["c"]}},
            ["a", "b", "c"],
        ),
        ({"$ref": "#/$defs/n", "$defs": {"n": {"required": ["a"]}, "m": {"required": ["x"]}}}, ["a"]),
        (
            {"$dynamicRef": "#n", "$defs": {"n": {"$dynamicAnchor": "n", "required": ["a"]}}},
            ["a"],
        ),
        ({"properties": {"a": {"properties": {"b": {"const": 1}}, "minProperties": 1}}}, ["a"]),
    ],
)
def test_every_name_of_the_root_is_read(schema: dict[str, Any], names: list[str]) -> None:
    assert sorted(names_of(CPU, schema).for_variables()) == sorted(["cpu", *names])


@pytest.mark.parametrize(
    ("schema", "keyword"),
    [
        ({"patternProperties": {"^feat_": {"const": True}}}, "patternProperties"),
        ({"propertyNames": {"pattern": "^[a-z]+$"}}, "propertyNames"),
        ({"minProperties": 1}, "minProperties"),
        ({"maxProperties": 1}, "maxProperties"),
        ({"const": {"cpu": 1}}, "const"),
        ({"allOf": [{"enum": [{"cpu": 1}]}]}, "enum"),
        ({"additionalProperties": {"type": "integer"}}, "additionalProperties"),
        ({"unevaluatedProperties": {"type": "integer"}}, "unevaluatedProperties"),
        ({"not": {**CPU, "additionalProperties": False}}, "additionalProperties"),
    ],
)
def test_a_keyword_that_reads_all_facts_is_no_question_for_variables(
    schema: dict[str, Any], keyword: str
) -> None:
    with pytest.raises(InvalidDocument, match="state all facts") as caught:
        names_of(CPU, schema).for_variables()
    assert [problem.fields["keyword"] for problem in caught.value.problems] == [keyword]


@pytest.mark.parametrize(
    "schema",
    [
        {"additionalProperties": False},
        {"additionalProperties": True},
        {"unevaluatedProperties": False},
        {"minProperties": 0},
        {"patternProperties": {"^x-": True}},
    ],
)
def test_variables_answer_what_accepts_or_refuses_all_other_facts(schema: dict[str, Any]) -> None:
    assert names_of({**CPU, **schema}).for_variables() == ("cpu",)


def test_a_schema_without_names_needs_facts() -> None:
    with pytest.raises(PolicyError, match="names no facts"):
        names_of({"not": {"type": "object"}}).for_variables()
