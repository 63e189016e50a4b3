# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vocabulary of a schema: misspelt keywords, keywords of other drafts, schemas that reject nothing."""

from __future__ import annotations

from typing import Any

import pytest
from judging import codes, prepared, prepared_text, problems

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import InvalidDocument
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.json_schema.dialects import Dialect


@pytest.mark.parametrize(
    ("name", "keyword"),
    [
        ("maxium", "maximum"),
        ("minimun", "minimum"),
        ("requird", "required"),
        ("tpye", "type"),
        ("Required", "required"),
        ("allof", "allOf"),
        ("item", "items"),
        ("ref", "$ref"),
        ("additonalProperty", ""),
        ("aditionalPropertes", "additionalProperties"),
        ("pattrenProperties", "patternProperties"),
        ("withinDay", "withinDays"),
        ("min", "minimum"),
        ("max", "maximum"),
        ("absent", "x-absent"),
        ("x_absent", "x-absent"),
        ("xmessage", "x-message"),
        ("choices", "enum"),
        ("allowedValues", "enum"),
        ("regex", "pattern"),
        ("one_of", "oneOf"),
        ("any_of", "anyOf"),
        ("all-of", "allOf"),
        ("lessThan", "exclusiveMaximum"),
        ("greater_than", "exclusiveMinimum"),
        ("min_length", "minLength"),
        ("maxLen", "maxLength"),
        ("version", ""),
        ("fields", ""),
        ("mandatory", "required"),
        ("version_range", "versionRange"),
    ],
)
def test_a_misspelt_keyword_is_an_error_with_a_suggestion(name: str, keyword: str) -> None:
    schema = {"type": "object", "properties": {"a": {name: 1}}}
    if not keyword:
        assert prepared(schema)
        return
    found = problems(schema)
    assert [(problem.code, problem.fields["suggestion"]) for problem in found] == [
        ("json_schema_misspelt", keyword)
    ]


@pytest.mark.parametrize(
    "name",
    [
        "markdownDescription",
        "example",
        "x-anything",
        "errorMessage",
        "enumDescriptions",
        "tsType",
    ],
)
@pytest.mark.parametrize("dialect", [Dialect.DRAFT7, Dialect.DRAFT2020_12])
def test_other_unknown_keywords_and_annotations_are_accepted(name: str, dialect: Dialect) -> None:
    assert prepared({"type": "object", name: "text"}, dialect=dialect).warnings == ()


def test_another_unknown_word_is_one_warning() -> None:
    schema = {"properties": {"a": {"type": "string", "owner": "x"}, "b": {"type": "string", "owner": "y"}}}
    (warning,) = prepared(schema).warnings
    assert (warning.code, warning.fields["keyword"]) == ("json_schema_unknown", "owner")
    for language, part in (("en", "checks nothing"), ("zh", "不作任何检查")):
        assert part in warning.text(language)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("int", "integer"),
        ("str", "string"),
        ("list", "array"),
        ("dict", "object"),
        ("map", "object"),
        ("bool", "boolean"),
        ("float", "number"),
        ("none", "null"),
        ("Int", "integer"),
        ("strnig", "string"),
    ],
)
@pytest.mark.parametrize("dialect", [Dialect.DRAFT4, Dialect.DRAFT2020_12])
def test_a_word_for_a_type_is_an_error_with_a_suggestion(name: str, meant: str, dialect: Dialect) -> None:
    for written in (name, ["null", name]):
        schema = {"$schema": dialect.uri, "properties": {"type": {"type": "string"}, "a": {"type": written}}}
        (found,) = problems(schema)
        assert found.text().endswith(f"{name} is not a type; did you mean {meant}?")
    assert "use one of array, boolean" in problems({"type": "whole"})[0].text()


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ({"maximum": "8"}, 'the value "8" does not meet type "number"'),
        ({"beyondDays": "30"}, 'got "30"'),
        ({"pattern": 8}, "/properties/a/pattern must be text; got 8. Put it in quotes"),
        ({"type": None}, "/properties/a/type must be text; got null. Put it in quotes"),
        ({"versionRange": 7}, "Put it in quotes"),
    ],
)
def test_text_and_numbers_differ_in_messages(part: Any, expected: str) -> None:
    (found,) = problems({"properties": {"a": part}})
    assert expected.replace('type "number"', "type number") in found.text()


def test_an_annotation_of_a_later_draft_is_accepted() -> None:
    schema = {"type": "object", "deprecated": True, "examples": []}
    assert prepared(schema, dialect=Dialect.DRAFT4).warnings == ()


ARGUMENTS: dict[str, Any] = {
    "dependencies": {"a": ["b"]},
    "$recursiveRef": "#",
    "prefixItems": [True],
    "const": 1,
    "divisibleBy": 2,
    "id": "x",
}


def test_names_of_properties_are_not_keywords() -> None:
    schema = {"properties": {"maxium": {"type": "integer"}}, "$defs": {"tpye": True}, "required": ["maxium"]}
    assert prepared(schema).warnings == ()


@pytest.mark.parametrize(
    ("keyword", "dialect", "draft"),
    [
        ("dependencies", Dialect.DRAFT2020_12, "draft-04, draft-06, draft-07"),
        ("$recursiveRef", Dialect.DRAFT2020_12, "2019-09"),
        ("prefixItems", Dialect.DRAFT7, "2020-12"),
        ("const", Dialect.DRAFT4, "draft-06, draft-07, 2019-09, 2020-12"),
        ("divisibleBy", Dialect.DRAFT7, "draft-03"),
        ("id", Dialect.DRAFT7, "draft-04"),
    ],
)
def test_a_keyword_of_another_draft_is_a_warning_that_names_the_draft(
    keyword: str, dialect: Dialect, draft: str
) -> None:
    warnings = prepared({"type": "object", keyword: ARGUMENTS[keyword]}, dialect=dialect).warnings
    assert [(warning.code, warning.fields["draft"]) for warning in warnings] == [
        ("json_schema_other_draft", draft)
    ]
    assert keyword in warnings[0].text()
    assert keyword in warnings[0].text("zh")


@pytest.mark.parametrize(
    "schema",
    [
        True,
        {},
        {"title": "x"},
        {"properties": {"a": {}}},
        {"items": True},
        {"required": []},
        {"minLength": 0},
        {"uniqueItems": False},
        {"if": {"type": "string"}},
        {"anyOf": [{"type": "string"}, True]},
        {"not": False},
        {"not": {"not": {}}},
        {"$defs": {"a": {"type": "string"}}},
        {"$ref": "#/$defs/a", "$defs": {"a": {}}},
        {"properties": {"next": {"$ref": "#"}}},
        {"type": ["object", "array", "string", "number", "boolean", "null"]},
        {"contains": True, "minContains": 0},
        {"dependentRequired": {"a": []}},
        {"$schema": "http://json-schema.org/draft-07/schema#", "$ref": "#/definitions/a", "type": "string",
         "definitions": {"a": True}},
    ],
)  # fmt: skip
def test_a_schema_that_can_reject_nothing_is_an_error(schema: Any) -> None:
    assert codes(schema) == ["json_schema_never_fails" if schema != {} else "json_schema_empty"]


@pytest.mark.parametrize(
    "schema",
    [
        False,
        {"properties": {"a": False}},
        {"oneOf": [True, True]},
        {"contains": True},
        {"if": True, "then": {"required": ["a"]}},
        {"not": {"type": "string"}},
        {"additionalProperties": False},
        {"propertyNames": {"maxLength": 3}},
        {"unevaluatedItems": False},
        {"$ref": "#/$defs/a", "$defs": {"a": {"required": ["x"]}}},
    ],
)
def test_a_schema_that_can_reject_something_is_accepted(schema: Any) -> None:
    assert prepared(schema).nodes


def test_errors_have_file_and_line() -> None:
    text = (
        "type: object\nproperties:\n  a:\n    maxium: 4\n  b:\n    type: whole\n  c:\n    x-absent: maybe\n"
    )
    with pytest.raises(InvalidDocument) as caught:
        prepared_text(text.replace("whole", "integer"))
    assert [(problem.code, problem.place) for problem in caught.value.problems] == [
        ("json_schema_misspelt", "node.yml:4"),
        ("json_schema_x_absent", "node.yml:8"),
    ]
    with pytest.raises(InvalidDocument) as caught:
        prepared_text(text)
    assert ("json_schema_type_unknown", "node.yml:6") in [
        (problem.code, problem.place) for problem in caught.value.problems
    ]


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ({"versionRange": "newest"}, "json_schema_version_range"),
        ({"versionRange": 5}, "json_schema_text"),
        ({"withinDays": "30"}, "json_schema_days"),
        ({"beyondDays": -1}, "json_schema_days"),
        ({"x-message": {"fr": "x"}, "type": "string"}, "json_schema_x_message"),
        ({"pattern": "\\p{L}"}, "json_schema_pattern_invalid"),
        ({"patternProperties": {"(": {}}}, "json_schema_pattern_invalid"),
    ],
)
def test_arguments_are_checked(part: Any, code: str) -> None:
    assert codes({"properties": {"a": part}}) == [code]


def test_an_unknown_draft_is_an_error_and_an_unknown_meta_schema_a_warning() -> None:
    assert codes({"$schema": "http://json-schema.org/draft-03/schema#", "type": "object"}) == [
        "json_schema_draft"
    ]
    ready = prepared({"$schema": "https://example.com/meta", "type": "object"})
    assert [warning.code for warning in ready.warnings] == ["json_schema_dialect_unknown"]
    assert ready.dialect is Dialect.DRAFT2020_12


@pytest.mark.parametrize("dialect", list(Dialect))
def test_the_schema_selects_its_draft(dialect: Dialect) -> None:
    assert prepared({"$schema": dialect.uri, "type": "object"}).dialect is dialect
    assert prepared({"$schema": dialect.uri + "#", "type": "object"}).dialect is dialect


def test_what_is_not_a_schema_is_an_error() -> None:
    assert codes(["type"]) == ["json_schema_root"]
    assert codes({"properties": {"a": {"$ref": "#/x/0"}}, "x": ["text"]}) == ["json_schema_not_schema"]


@pytest.mark.parametrize(
    ("name", "meant"), [("x-absnet", "x-absent"), ("x-Absent", "x-absent"), ("x-mesage", "x-message")]
)
def test_a_misspelt_annotation_of_this_collection_is_an_error(name: str, meant: str) -> None:
    found = problems({"properties": {"a": {"type": "integer", name: "violation"}}})
    assert [(each.code, each.fields["suggestion"]) for each in found] == [("json_schema_misspelt_own", meant)]
    assert meant in found[0].text()
    assert meant in found[0].text("zh")


@pytest.mark.parametrize("name", ["x-title", "x-format", "x-examples", "x-present", "x-a"])
def test_other_annotations_with_x_are_accepted(name: str) -> None:
    assert prepared({"type": "object", name: 1}).warnings == ()


@pytest.mark.parametrize(
    ("keyword", "argument", "needed"),
    [
        ("then", False, "if"),
        ("else", False, "if"),
        ("minContains", 1, "contains"),
        ("maxContains", 1, "contains"),
    ],
)
def test_a_keyword_without_the_one_it_belongs_to_is_a_warning(
    keyword: str, argument: Any, needed: str
) -> None:
    found = prepared({"type": "array", keyword: argument}).warnings
    assert [each.code for each in found] == ["json_schema_companion"]
    for language in ("en", "zh"):
        assert keyword in found[0].text(language)
        assert needed in found[0].text(language)
    # A draft without the keyword ignores it, and says so.
    warnings = prepared({"type": "array", keyword: argument}, dialect=Dialect.DRAFT4).warnings
    assert [each.code for each in warnings] == ["json_schema_other_draft"]
