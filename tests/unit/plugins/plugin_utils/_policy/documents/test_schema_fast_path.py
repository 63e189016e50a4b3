# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fast path accepts only what the jsonschema library accepts, and accepts common documents."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from ansible_collections.unicloud.usphere.plugins.module_utils._pointer import MISSING, join
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents.schema_fast_path import (
    quick,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents.yaml_reader import (
    load_bytes,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.facts.facts import with_value
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import FOLDER

HostFacts = Callable[..., dict[str, Any]]
SCHEMA = schemas.schema("host_facts")
POINTERS = [
    "/kind",
    "/schema_version",
    "/subject/id",
    "/subject/kind",
    "/source/gathered_at",
    "/version/vms",
    "/hosts",
    "/hosts/0",
    "/hosts/0/cpu_sockets",
    "/hosts/0/arch",
    "/hosts/1/more",
    "/features/srm/used",
    "/features/more",
    "/features_wanted",
    "/licenses/items/0/expires_at",
    "/licenses/items/0/key",
    "/licenses/items/0/quantity",
    "/licenses/items/1/packs",
    "/licenses/complete",
    "/unknown",
    "/site_facts",
    "/login",
    "/x-more",
    "/hosts/1/x-more",
    "/more",
]
SCALARS = (None, True, False, 0, 1, 2, -1, 1.0, 0.5, 2**70)
TEXTS = ("", "x", "x" * 300, "2026-01-01", "never", "system", "x86_64", "****7Q2A", "HostFacts")
REST: tuple[Any, ...] = ([], {}, [1], ["srm"], ["srm", "srm"], {"a": 1}, {"/a": {"reason": "absent"}})
VALUES = st.sampled_from((*SCALARS, *TEXTS, *REST))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(POINTERS), VALUES), max_size=3))
def test_the_fast_path_accepts_valid_documents_only(
    host_facts: HostFacts, changes: list[tuple[str, Any]]
) -> None:
    facts: Any = host_facts()
    for pointer, value in changes:
        facts = with_value(facts, pointer, value)
    check = quick(SCHEMA)
    assert check is not None
    if check(facts):
        assert Draft202012Validator(SCHEMA).is_valid(facts)


@pytest.mark.parametrize("name", ["licensed", "lapsing"])
def test_common_documents_use_the_fast_path(name: str, host_facts: HostFacts) -> None:
    check = quick(SCHEMA)
    assert check is not None
    assert check(host_facts(name))
    assert not check(host_facts(name, {"/hosts/0/cpu_sockets": "2"}))
    assert check(host_facts(name, {"/x-rack": "r7", "/hosts/0/x-rack": {"row": 7}}))
    assert not check(host_facts(name, {"/x-rack": "r7", "/rack": "r7"}))


@pytest.mark.parametrize(
    "schema",
    [
        {"format": "date"},
        {"$ref": "other.schema.json"},
        {"unevaluatedProperties": False, "anyOf": [{"properties": {"a": True}}, True]},
        {"if": {"type": "integer"}, "then": False},
        {"if": {"const": 1}, "then": False},
        {"if": {"anyOf": [{"properties": {"a": {"uniqueItems": True}}}]}, "else": False},
        {"enum": [1, True]},
        {"unevaluatedProperties": False, "$ref": "#/$defs/a", "$defs": {"a": {"properties": {"b": True}}}},
        {"properties": {"a": {"multipleOf": 2}}},
        {"patternProperties": {"^x-": {"type": "string"}}},
        {"patternProperties": {"^x-": True}, "additionalProperties": {"type": "string"}},
    ],
)
def test_an_unsupported_schema_has_no_fast_path(schema: dict[str, Any]) -> None:
    assert quick(schema) is None


LIBRARY: Any = schemas._validator("policy")
VENDOR: Any = load_bytes((FOLDER / "vendor.yml").read_bytes(), "vendor.yml").value
NEW_KEYS = ("sum", "then", "require", "mode", "x-y", "override", "kind")
PARTS: tuple[Any, ...] = (
    *({"type": "integer"}, {"type": ["integer", "text"]}, {"then": False}, {"if": True, "then": False}),
    *({"minContains": 1}, {"properties": {"a": {"not": {}}}}, {"anyOf": [{"minimum": {"param": "a"}}]}),
    *({"format": "date"}, {"$defs": {}}, {"sum": "cpu_sockets"}, {"sum": ["a"]}, {"count": True}),
    *({"unit": "vm"}, {"ceil_div": ["a", 2]}, {"ceil_div": ["a", 2, 3]}, {"ceil_div": [{"min": ["a"]}, 0]}),
    *({"override": "r1", "mode": "warn"}, {"disable": "r1", "require": True}, {"audit": "2026-01-01"}),
)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_changed_policy_is_accepted_by_the_library_too(data: st.DataObject) -> None:
    found: Any = VENDOR
    for _turn in range(data.draw(st.integers(0, 3))):
        steps: list[str] = []
        value: Any = found
        while isinstance(value, (dict, list)) and value and (not steps or data.draw(st.integers(0, 4))):
            name: Any = data.draw(
                st.sampled_from(sorted(value) if isinstance(value, dict) else range(len(value)))
            )
            steps.append(str(name))
            value = value[name]
        if isinstance(value, dict) and data.draw(st.booleans()):
            steps.append(
                data.draw(st.sampled_from(("sum", "then", "require", "mode", "x-y", "override", "kind")))
            )
        changed = data.draw(st.one_of(VALUES, st.sampled_from(PARTS), st.just(MISSING)))
        found = with_value(found, join(steps), changed)
    if schemas.fits("policy", found):
        assert LIBRARY.is_valid(found)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yml")), ids=lambda path: path.stem)
def test_packaged_policies_use_the_fast_path(path: Path) -> None:
    value: Any = load_bytes(path.read_bytes(), path.name).value
    assert schemas.fits("policy", value)
    assert not schemas.fits("policy", {**value, "rulez": []})


def test_a_schema_can_refer_to_itself() -> None:
    check = quick({"$ref": "#/$defs/a", "$defs": {"a": {"type": "array", "items": {"$ref": "#/$defs/a"}}}})
    assert check is not None
    assert check([[], [[]]])
    assert not check([[], [1]])


def test_a_condition_selects_a_branch() -> None:
    condition = {"properties": {"kind": {"const": "a"}}, "required": ["kind"]}
    check = quick({"if": condition, "then": {"required": ["b"]}, "else": {"maxProperties": 0}})
    assert check is not None
    assert check({"kind": "a", "b": 1})
    assert check({})
    assert not check({"kind": "a"})
    assert not check({"kind": "c"})
