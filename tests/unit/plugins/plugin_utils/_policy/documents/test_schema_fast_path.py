# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fast path accepts only what the jsonschema library accepts, and accepts common documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents.schema_fast_path import (
    quick,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.facts.facts import with_value

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
        {"$ref": "#/$defs/a", "$defs": {"a": {"items": {"$ref": "#/$defs/a"}}}},
        {"enum": [1, True]},
        {"unevaluatedProperties": False, "$ref": "#/$defs/a", "$defs": {"a": {"properties": {"b": True}}}},
        {"properties": {"a": {"multipleOf": 2}}},
        {"patternProperties": {"^x-": {"type": "string"}}},
        {"patternProperties": {"^x-": True}, "additionalProperties": {"type": "string"}},
    ],
)
def test_an_unsupported_schema_has_no_fast_path(schema: dict[str, Any]) -> None:
    assert quick(schema) is None
