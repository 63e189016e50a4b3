# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Schema mismatches: found exactly where the jsonschema library finds them, with accepted values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render
from ansible_collections.unicloud.usphere.plugins.module_utils._pointer import MISSING, join
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.facts.facts import with_value
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.facts.schema_mismatches import (
    misfits,
)

HostFacts = Callable[..., dict[str, Any]]
SCHEMA = schemas.schema("host_facts")
POINTERS = (
    "/kind", "/schema_version", "/subject", "/subject/kind", "/source/gathered_at", "/source/collection",
    "/version", "/hosts", "/hosts/0", "/hosts/0/cpu_sockets", "/hosts/0/arch", "/hosts/1/more",
    "/hosts/1/x-more", "/features/srm/used", "/features/srm", "/features/more", "/features_wanted",
    "/licenses/complete", "/licenses/items/0/expires_at", "/licenses/items/0/key", "/licenses/items/1/packs",
    "/login", "/unknown",
    "/site_facts", "/site_facts/Any-Name", "/license_server/clock_skew_s", "/more", "/x-more",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, 2, -1, 0.5, 2**70, "", "x", "x" * 300, "2026-01-01", "never", "system", "x86_64",
    "****7Q2A", "1.4.0", [], {}, [1], ["srm"], ["srm", "srm"], {"a": 1}, {"state": "ok"},
    {"/a": {"reason": "conflict"}}, {"/a": {"reason": "guess"}}, {"/a": {"reason": "absent", "x-why": 1}},
    MISSING,
)  # fmt: skip


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(POINTERS), st.sampled_from(VALUES)), max_size=3))
def test_mismatches_are_found_where_jsonschema_finds_them(
    host_facts: HostFacts, changes: list[tuple[str, Any]]
) -> None:
    facts: Any = host_facts()
    for pointer, value in changes:
        facts = with_value(facts, pointer, value)
    found = list(misfits("host_facts", facts))
    assert (found == []) == Draft202012Validator(SCHEMA).is_valid(facts)


@pytest.mark.parametrize(
    ("pointer", "value", "reason", "use"),
    [
        ("/hosts/0/arch", "amd64x", "value", "x86_64 or aarch64"),
        ("/hosts/0/cpu_sockets", 0, "value", "a whole number of at least 1"),
        ("/hosts/0/cpu_sockets", 2.0, "type", "a whole number of at least 1"),
        ("/license_server/clock_skew_s", "fast", "type", "a whole number"),
        ("/licenses/items/0/arch", 7, "type", "x86_64, aarch64 or any"),
        ("/licenses/items/0/kind", "正式授权", "value", "preinstalled, temporary or formal"),
        (
            "/licenses/items/0/expires_at",
            "soon",
            "value",
            "a time such as 2026-12-06T00:00:00Z, or never",
        ),
        ("/source/gathered_at", "yesterday", "value", "a time such as 2026-12-06T00:00:00Z"),
        ("/licenses/complete", "true", "type", "true or false"),
        ("/features_wanted", "srm", "type", "a list"),
        ("/version", "E0760", "type", "a mapping"),
        ("/login", {"state": "OK"}, "value", "ok or refused"),
    ],
)
def test_a_mismatch_has_its_reason_and_accepted_values(
    pointer: str, value: object, reason: str, use: str, host_facts: HostFacts
) -> None:
    (found,) = misfits("host_facts", with_value(host_facts(), pointer, value))
    assert join(found.path).startswith(pointer)
    assert (found.reason, render(*found.use)) == (reason, use)
