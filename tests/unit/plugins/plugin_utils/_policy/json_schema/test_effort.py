# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile schemas and facts: the work of an evaluation is bounded, and equal work is done once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from judging import COMPLIANT, UNDETERMINED, judged, verdict, violations

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.constraints import (
    re_patterns as patterns,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.constraints.re_patterns import matching
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.json_schema import evaluate


def chain(length: int, link: Any) -> dict[str, Any]:
    """Return definitions in which each leads to the next one twice."""
    found: dict[str, Any] = {f"l{at}": link(f"#/$defs/l{at + 1}") for at in range(length)}
    found[f"l{length}"] = {"properties": {"a": {"type": "integer"}}}
    return {"$ref": "#/$defs/l0", "$defs": found}


def nested(depth: int, inner: Any = 1) -> Any:
    return {"a": nested(depth - 1, inner)} if depth else inner


@pytest.mark.parametrize(
    "link",
    [
        lambda to: {"$ref": to, "$dynamicRef": to},
        lambda to: {"allOf": [{"$ref": to}, {"$ref": to}]},
        lambda to: {"anyOf": [{"$ref": to}, {"$ref": to}]},
        lambda to: {"if": {"$ref": to}, "then": {"$ref": to}, "else": {"$ref": to}},
        lambda to: {"dependentSchemas": {"a": {"$ref": to}, "b": {"$ref": to}}},
    ],
)
def test_a_node_that_many_references_reach_is_evaluated_once(link: Any) -> None:
    schema = {"unevaluatedProperties": False, **chain(24, link)}
    assert [pointer for pointer, _keyword in violations(schema, {"a": 1, "b": 2})] == ["/b"]
    assert judged(schema, {"a": "x", "b": 2}).violations
    assert judged(schema, {"a": None, "b": 2}).gaps


def test_a_recursive_schema_with_alternatives_takes_linear_work() -> None:
    own = {"$ref": "#/$defs/n"}
    node = {"properties": {"a": {"anyOf": [own, own]}}, "type": ["object", "integer"], "required": ["q"]}
    assert violations({**own, "$defs": {"n": node}}, nested(30))
    both = {"allOf": [{"anyOf": [own, own]}, {"oneOf": [own, own]}]}
    found = judged({**own, "$defs": {"n": {"properties": {"a": both}, "type": "object"}}}, nested(30))
    assert found.violations
    node = {
        "properties": {"a": own},
        "allOf": [{"unevaluatedProperties": own}],
        "unevaluatedProperties": own,
        "type": ["object", "integer"],
    }
    # The integer is a value that unevaluatedProperties of the same node cannot judge.
    assert verdict({**own, "$defs": {"n": node}}, nested(30)) == UNDETERMINED


@pytest.mark.parametrize("coerce", [False, True])
def test_facts_of_the_greatest_depth_are_evaluated(coerce: bool) -> None:
    below = {"anyOf": [{"type": "integer"}, {"allOf": [{"$ref": "#/$defs/n"}]}]}
    schema = {"$ref": "#/$defs/n", "$defs": {"n": {"type": "object", "properties": {"a": below}}}}
    assert verdict(schema, nested(63, "1" if coerce else 1), coerce=coerce) == COMPLIANT


def test_items_are_compared_in_one_pass() -> None:
    schema = {"type": "array", "uniqueItems": True}
    many: list[Any] = [{"at": at} for at in range(8000)]
    assert verdict(schema, many) == COMPLIANT
    assert violations(schema, [*many, {"at": 7}]) == [("", "uniqueItems")]
    for equal in ([1, 1.0], [[1], [1.0]], [{"a": 0}, {"a": -0.0}], [None, 1, 1], ["", ""]):
        assert violations(schema, equal) == [("", "uniqueItems")], equal
    for different in ([1, True], [0, False], [[1], [True]], [[], {}], [["a"], "a"], ["1", 1], [{}, {"a": 1}]):
        assert verdict(schema, different) == COMPLIANT, different
    assert verdict({"type": "array", "uniqueItems": False}, [1, 1]) == COMPLIANT


@pytest.mark.parametrize(
    ("schema", "facts"),
    [
        ({"items": {"allOf": [{"minimum": 0}] * 10}}, list(range(5000))),
        ({"uniqueItems": True}, [[at] * 20 for at in range(5000)]),
        ({"items": {"enum": [[at] * 20 for at in range(100)]}}, [[at] * 20 for at in range(200)]),
        ({"items": {"pattern": "^(a?){100}b$"}}, ["a" * 2000] * 20),
    ],
)
def test_work_beyond_the_limit_is_an_error_and_not_a_verdict(
    schema: dict[str, Any], facts: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluate, "MAX_STEPS", 10_000)
    with pytest.raises(PolicyError) as caught:
        verdict({"type": "array", **schema}, facts)
    assert caught.value.code == "json_schema_steps"


def test_one_child_process_serves_many_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"host{at}" for at in range(300)]
    started: list[patterns._Child] = []

    class Counted(patterns._Child):
        def __init__(self) -> None:
            super().__init__()
            started.append(self)

    monkeypatch.setattr(patterns, "_Child", Counted)
    monkeypatch.setattr(patterns, "_children", [])
    schema = {"type": "array", "items": {"type": "string", "pattern": "^(?!bad)host"}}
    assert verdict(schema, texts) == COMPLIANT
    assert violations(schema, [*texts, "bad"]) == [("/300", "pattern")]
    assert len(started) == 1
    started[0].end()
    assert verdict(schema, texts) == COMPLIANT
    assert len(started) == 2
    started[1].end()


@pytest.mark.parametrize("pattern", ["\\d+$", "^\\w+$", "\\s", "^\\W+$", "[^\\d]$", "^[\\w-]+$", "主\\d"])
@pytest.mark.parametrize("text", ["主机1", "主1", "٣", "\x1c", "\u3000", "é-é", "a\n", "主机1\n", "—", "_"])
def test_text_in_any_language_needs_no_child_process(
    pattern: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patterns, "_Child", None)
    assert (text in matching(pattern, [text])) is (re.search(pattern, text) is not None)
