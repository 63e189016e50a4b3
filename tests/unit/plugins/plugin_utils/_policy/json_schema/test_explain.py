# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a result says to people: values, expectations, places, titles, both languages."""

from __future__ import annotations

from typing import Any

import pytest
from judging import AS_OF, judged, prepared, prepared_text

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.json_schema.explain import (
    gap_text,
    result_texts,
    violation_text,
)

CONVERT = "convert it in the facts, for example with | bool"
SCHEMA = """
type: object
properties:
  cpu_count:
    title: CPUs
    type: integer
    maximum: 8
    x-message: {en: Too many CPUs, zh: CPU 过多}
  disk:
    anyOf:
      - {type: object, properties: {kind: {const: raid}, size: {type: integer, minimum: 10}}}
      - {type: string, enum: [none]}
"""


def texts(facts: Any, language: str = "en", **options: Any) -> list[str]:
    return result_texts(judged(prepared_text(SCHEMA), facts, **options), language)


def test_a_violation_names_value_limit_and_line() -> None:
    found = judged(prepared_text(SCHEMA), {"cpu_count": 12, "disk": "none"}).violations
    assert [(each.pointer, each.expected, each.found, each.place) for each in found] == [
        ("/cpu_count", 8, 12, "node.yml:7")
    ]
    assert violation_text(found[0]) == "Too many CPUs: /cpu_count is 12; it must be at most 8 (node.yml:7)"
    assert violation_text(found[0], "zh") == "CPU 过多：/cpu_count 为 12，不得大于 8（node.yml:7）"


def test_the_closest_alternative_is_explained() -> None:
    found = judged(prepared_text(SCHEMA), {"cpu_count": 1, "disk": {"kind": "raid", "size": 3}}).violations[0]
    assert (found.keyword, found.alternatives, found.closest_place) == ("anyOf", 2, "node.yml:11")
    assert [(inner.pointer, inner.keyword, inner.place) for inner in found.closest] == [
        ("/disk/size", "minimum", "node.yml:11")
    ]
    assert "The closest is at node.yml:11: /disk/size is 3; it must be at least 10" in violation_text(found)


def test_missing_properties_are_counted_in_one_sentence() -> None:
    assert texts({}) == [
        "2 of 2 properties are missing: /cpu_count, /disk; where they may be, use absent: allowed or x-absent"
    ]
    assert "缺少 2 个" in texts({}, "zh")[0]


def test_a_value_of_another_type_names_both_ways_out() -> None:
    schema = prepared_text("properties: {cpu_count: {maximum: 8}}")
    found = judged(schema, {"cpu_count": "8"}).gaps[0]
    assert gap_text(found) == (
        '/cpu_count is "8", which maximum cannot check; state type in the schema, or convert the value in '
        "the facts, for example with | int (node.yml:1)"
    )


def test_gaps_have_texts_for_every_reason() -> None:
    schema = prepared_text(
        "type: object\nproperties: {a: {type: integer}, b: {maximum: 4}, c: {type: string}}"
    )
    result = judged(schema, {"a": None, "b": "x"})
    assert [found.reason.value for found in result.gaps] == ["null", "value", "missing"]
    for language in ("en", "zh"):
        assert len({gap_text(found, language) for found in result.gaps}) == 3
    nothing = judged(prepared_text("properties: {a: {type: integer}}"), {"b": 1}, absent="allowed")
    assert "nothing was checked" in result_texts(nothing)[0]


KEYWORDS = [
    ("type: integer", "x"),
    ("type: [integer, boolean]", "x"),
    ("const: 1", 2),
    ("enum: [1, 2]", 3),
    ("minimum: 3", 1),
    ("exclusiveMaximum: 3", 3),
    ("multipleOf: 2", 3),
    ("maxLength: 1", "abc"),
    ("pattern: ^b", "a"),
    ("format: ipv4", "a"),
    ("maxItems: 1", [1, 2]),
    ("uniqueItems: true", [1, 1]),
    ("contains: {const: 1}", [2]),
    ("contains: {const: 1}\nmaxContains: 1", [1, 1]),
    ("items: false", [1]),
    ("required: [a]", {}),
    ("additionalProperties: false", {"a": 1}),
    ("propertyNames: {maxLength: 1}", {"ab": 1}),
    ("dependentRequired: {a: [b]}", {"a": 1}),
    ("not: {type: string}", "a"),
    ("oneOf: [{minimum: 1}, {minimum: 2}]", 3),
    ("anyOf: [{minimum: 1}, {minimum: 2}]", 0),
    ("versionRange: '>=E0760'", "E0710"),
    ("withinDays: 3", "2029-01-01"),
    ("beyondDays: 3", "2020-01-01"),
]


@pytest.mark.parametrize(("schema", "value"), KEYWORDS)
def test_every_keyword_has_a_sentence_in_both_languages(schema: str, value: Any) -> None:
    found = judged(prepared_text(schema), value).violations
    assert len(found) == 1
    english, chinese = violation_text(found[0]), violation_text(found[0], "zh")
    assert english.endswith("(node.yml:1)")
    assert chinese.endswith("（node.yml:1）")
    assert "{" not in english.replace("{const", "")


def test_times_are_counted_from_the_time_of_the_run() -> None:
    assert AS_OF.year == 2026
    assert texts({"cpu_count": 1, "disk": "none"}) == []


def sentence(schema: str, value: Any, language: str = "en", **options: Any) -> str:
    result = judged(prepared_text(schema), value, **options)
    (text,) = result_texts(result, language, placed=False)
    return text


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        (
            "contains: {const: 1}",
            [2],
            "/ has 0 items that equal 1; it must have at least 1",
        ),
        (
            "contains: {const: 1}\nminContains: 0\nmaxContains: 1",
            [1, 1],
            "/ has 2 items that equal 1; it must have at most 1",
        ),
        (
            "contains: {const: 1}\nmaxContains: 2",
            [1, 1, 1],
            "/ has 3 items that equal 1; it must have between 1 and 2",
        ),
        (
            "type: integer",
            "8",
            '/ is "8"; it must be of type integer; convert it in the facts, for example with | int, or set '
            "coerce: true",
        ),
        (
            'type: [number, "null"]',
            "8.5",
            '/ is "8.5"; it must be of type number, null; convert it in the facts, for example with | int, '
            "or set coerce: true",
        ),
        # A conversion of such text would invent a number.
        ("type: integer", "eight", '/ is "eight"; it must be of type integer'),
        ("minLength: 12", "abc", "/ is abc; it must have at least 12 characters"),
        ("maxItems: 1", [1, 2], "/ is [1, 2]; it must have at most 1 item"),
        ("multipleOf: 2", 3, "/ is 3; it must be a multiple of 2"),
        ("exclusiveMinimum: 3", 3, "/ is 3; it must be greater than 3"),
        (
            "$schema: http://json-schema.org/draft-04/schema#\nmaximum: 8\nexclusiveMaximum: true",
            8,
            "/ is 8; it must be less than 8",
        ),
        ("not: {const: telnet}", "telnet", "/ is telnet; it must not be telnet"),
        ("not: {enum: [1, 2]}", 2, "/ is 2; it must not be 1, 2"),
        ("type: boolean", "1", '/ is "1"; it must be of type boolean'),
        ("type: string", {"a": 1}, "/ is 1 field; it must be of type string"),
        ("const: 8", "8", '/ is "8"; it must be 8'),
        ("const: '8'", 8, '/ is 8; it must be "8"'),
        ("enum: [8, '9']", "8", '/ is "8"; it must be one of 8, "9"'),
        ("enum: [x86, arm]", "mips", "/ is mips; it must be one of x86, arm"),
        ("enum: [8, 9]", 7, "/ is 7; it must be one of 8, 9"),
        (
            "versionRange: '>=E0760'",
            "newest",
            '/ is "newest", which versionRange cannot compare; use a release such as E0760P03',
        ),
        (
            "withinDays: 3",
            "soon",
            '/ is "soon", which withinDays cannot compare; use a date such as 2026-12-31',
        ),
        (
            "beyondDays: 3",
            5,
            "/ is 5, which beyondDays cannot compare; use a date such as 2026-12-31",
        ),
    ],
)
def test_sentences_say_what_to_use(schema: str, value: Any, expected: str) -> None:
    assert sentence(schema, value) == expected.replace("/ ", "the root of the facts ", 1)
    chinese = sentence(schema, value, "zh")
    assert chinese != expected
    assert not set("{}") & set(chinese)


OUTER = "properties: {a: {x-message: outer, %s}}\n$defs: {n: {type: integer%s}}"


@pytest.mark.parametrize(
    "reference",
    [
        "$ref: '#/$defs/n'",
        "allOf: [{$ref: '#/$defs/n'}]",
        "if: {type: string}, then: {$ref: '#/$defs/n'}",
        "allOf: [{allOf: [false]}]",
    ],
)
def test_the_message_of_an_outer_schema_explains_what_an_inner_one_finds(reference: str) -> None:
    assert sentence(OUTER % (reference, ""), {"a": "x"}).startswith("outer: /a is ")
    if "$ref" in reference:
        own = OUTER % (reference, ", x-message: inner")
        assert sentence(own, {"a": "x"}).startswith("inner: /a is ")


def test_the_message_of_an_outer_schema_explains_gaps_of_the_same_value_only() -> None:
    schema = "properties: {a: {x-message: outer, $ref: '#/$defs/n'}}\n$defs: {n: {maximum: 4}}"
    assert sentence(schema, {"a": "x"}).startswith('outer: /a is "x"')
    below = "x-message: outer\nallOf: [{properties: {a: {type: integer}}, required: [b]}]"
    assert texts_of(below, {"a": "x"}) == [
        '/a is "x"; it must be of type integer',
        "outer: /b is missing; add it",
    ]


def texts_of(schema: str, value: Any) -> list[str]:
    return result_texts(judged(prepared_text(schema), value), placed=False)


SECRET = "hunter2-hunter2"


@pytest.mark.parametrize(
    ("schema", "facts"),
    [
        ({"properties": {"password": {"minLength": 40}}}, {"password": SECRET}),
        ({"properties": {"api_token": {"const": "other"}}}, {"api_token": SECRET}),
        ({"properties": {"api_token": {"const": SECRET}}}, {"api_token": "other"}),
        ({"properties": {"api_token": {"enum": ["a", SECRET]}}}, {"api_token": 7}),
        ({"properties": {"token": {"type": "integer"}}}, {"token": SECRET}),
        ({"properties": {"pwd": {"maximum": 3}}}, {"pwd": SECRET}),
        ({"properties": {"pwd": {"pattern": "^x"}}}, {"pwd": SECRET}),
        ({"properties": {"pwd": {"versionRange": ">=E0760"}}}, {"pwd": SECRET}),
        ({"properties": {"secrets": {"items": {"maxLength": 3}}}}, {"secrets": [SECRET]}),
        (
            {"properties": {"password": {"anyOf": [{"maxLength": 3}, {"type": "integer"}]}}},
            {"password": SECRET},
        ),
        ({"properties": {"url": {"maxLength": 3}}}, {"url": f"https://user:{SECRET}@host/"}),
        ({"properties": {"a": {"additionalProperties": False}}}, {"a": {"password": SECRET}}),
    ],
)
def test_a_value_that_may_be_a_secret_is_never_shown(schema: dict[str, Any], facts: dict[str, Any]) -> None:
    result = judged(prepared(schema), facts)
    assert result.violations or result.gaps
    assert SECRET not in repr(result)
    for language in ("en", "zh"):
        texts = result_texts(result, language)
        assert texts
        assert SECRET not in "".join(texts)


@pytest.mark.parametrize(
    ("schema", "value", "text"),
    [
        ({"const": [1]}, ["1"], 'the root of the facts is ["1"]; it must be [1]'),
        ({"const": []}, [1], "the root of the facts is [1]; it must be []"),
        ({"const": False}, "false", f'the root of the facts is "false"; it must be false; {CONVERT}'),
        ({"enum": [True]}, "True", f'the root of the facts is "True"; it must be true; {CONVERT}'),
        ({"type": "boolean"}, "false", f'the root of the facts is "false"; it must be boolean; {CONVERT}'),
        ({"type": "boolean"}, "no", 'the root of the facts is "no"; it must be of type boolean'),
        ({"const": "true"}, "false", "the root of the facts is false; it must be true"),
    ],
)
def test_values_that_look_equal_are_told_apart(schema: dict[str, Any], value: Any, text: str) -> None:
    (found,) = judged(schema, value).violations
    assert violation_text(found, placed=False) == text
