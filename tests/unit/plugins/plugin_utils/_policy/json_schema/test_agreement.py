# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Properties over random schemas and values: library, second implementation, filling in unknowns."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from certain_possible import Derivation, Inexpressible
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from judging import judged, prepared

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import InvalidDocument

NAMES = ("a", "b", "c")
SCALARS = st.sampled_from([0, 1, 2, 5, 2.0, "", "x", "abc", True, False])
TYPES = ("object", "array", "string", "integer", "number", "boolean", "null")
REFERENCE = {"$ref": "#/$defs/shared"}


def instances(with_null: bool) -> st.SearchStrategy[Any]:
    leaves = SCALARS | st.none() if with_null else SCALARS
    return st.recursive(
        leaves,
        lambda below: (
            st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(NAMES), below, max_size=3)
        ),
        max_leaves=6,
    )


def named(below: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(NAMES), below, min_size=1, max_size=3)


def combine(below: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    small = st.integers(0, 2)
    some = st.lists(below, min_size=1, max_size=3)
    keywords: dict[str, st.SearchStrategy[Any]] = {
        "type": st.sampled_from(TYPES)
        | st.lists(st.sampled_from(TYPES), min_size=1, max_size=3, unique=True),
        "const": SCALARS | st.none() | st.just({"a": 1}) | st.just([1, 2]),
        "enum": st.lists(SCALARS | st.none() | st.just([1]), min_size=1, max_size=3, unique_by=repr),
        "minimum": small,
        "exclusiveMaximum": small,
        "multipleOf": st.sampled_from([1, 2, 0.5]),
        "minLength": small,
        "pattern": st.sampled_from(["^a", "c$", "x"]),
        "minItems": small,
        "maxProperties": small,
        "items": below,
        "prefixItems": some,
        "contains": below,
        "minContains": small,
        "maxContains": small,
        "properties": named(below),
        "patternProperties": st.fixed_dictionaries({"^[ab]$": below}),
        "additionalProperties": below,
        "propertyNames": st.just({"enum": ["a", "b"]}),
        "required": st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True),
        "dependentRequired": st.just({"a": ["b"]}),
        "dependentSchemas": st.fixed_dictionaries({"a": below}),
        "allOf": some,
        "anyOf": some,
        "oneOf": some,
        "not": below,
        "if": below,
        "then": below,
        "else": below,
        "x-absent": st.sampled_from(["allowed", "undetermined"]),
    }
    chosen = st.lists(st.sampled_from(sorted(keywords)), min_size=1, max_size=3, unique=True)
    return chosen.flatmap(lambda names: st.fixed_dictionaries({name: keywords[name] for name in names}))


SCHEMAS = st.recursive(
    st.sampled_from(
        [True, False, {}, REFERENCE, {"type": "integer"}, {"minimum": 1}, {"type": ["string", "null"]}]
    ),
    combine,
    max_leaves=7,
)
SHARED = combine(st.sampled_from([True, False, {"type": "integer"}, {"minimum": 1}]))


def complete(schema: Any, shared: Any) -> dict[str, Any]:
    return {"$defs": {"shared": shared}, "allOf": [schema]}


@settings(max_examples=500, deadline=None)
@given(SCHEMAS, SHARED, instances(True), st.booleans())
def test_the_second_implementation_agrees(schema: Any, shared: Any, value: Any, allowed: bool) -> None:
    root = complete(schema, shared)
    try:
        ready = prepared(root)
        expected = Derivation(root, 2020, allowed).verdict(value)
    except (InvalidDocument, Inexpressible):
        return
    result = judged(ready, value, absent="allowed" if allowed else "undetermined")
    unasked = [gap.reason.value for gap in result.gaps] == ["nothing_checked"]
    assert ("compliant" if unasked else result.verdict.value) == expected, (result.gaps, result.violations)


@settings(max_examples=400, deadline=None)
@given(SCHEMAS, SHARED, instances(False))
def test_known_data_gets_the_verdict_of_the_library(schema: Any, shared: Any, value: Any) -> None:
    root = complete(schema, shared)
    try:
        ready = prepared(root)
    except InvalidDocument:
        return
    accepted = Draft202012Validator(root).is_valid(value)
    result = judged(ready, value, absent="allowed")
    if result.verdict.value != "undetermined":
        assert (result.verdict.value == "compliant") is accepted


@settings(max_examples=250, deadline=None)
@given(SCHEMAS, SHARED, instances(True), SCALARS)
def test_filling_in_an_unknown_never_inverts_a_verdict(
    schema: Any, shared: Any, value: Any, filling: Any
) -> None:
    root = complete(schema, shared)
    try:
        ready = prepared(root)
    except InvalidDocument:
        return
    before = judged(ready, value)
    nulls = [gap.pointer for gap in before.gaps if gap.reason.value == "null"]
    verdicts = {before.verdict.value}
    for pointer in nulls[:1]:
        filled = fill(value, pointer, filling)
        verdicts.add(judged(ready, filled).verdict.value)
    assert not {"compliant", "non_compliant"} <= verdicts


def fill(value: Any, pointer: str, filling: Any) -> Any:
    """Return a copy of ``value`` with ``filling`` at ``pointer``."""
    tree = {"": copy.deepcopy(value)}
    *above, last = list(steps(pointer))
    inside: Any = tree
    for step in above:
        inside = inside[int(step)] if isinstance(inside, list) else inside[step]
    inside[int(last) if isinstance(inside, list) else last] = filling
    return tree[""]


def steps(pointer: str) -> Iterator[str]:
    yield ""
    yield from pointer.split("/")[1:]
