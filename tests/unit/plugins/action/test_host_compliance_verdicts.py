# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host_compliance action, the filter and the test read the same facts and have one verdict."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.unicloud.usphere.plugins.filter.license_compliance import (
    license_compliance as compliance,
)
from ansible_collections.unicloud.usphere.plugins.test.license_compliant import license_compliant

Run = Callable[..., dict[str, Any]]
OPEN: dict[str, Any] = {"type": "object", "properties": {"cpu": {"type": "integer"}}}
SETUP: dict[str, Any] = {
    "ansible_architecture": "x86_64",
    "ansible_processor_count": 2,
    "ansible_hostname": "h1",
    "ansible_os_family": "RedHat",
}
ARCHITECTURE: dict[str, Any] = {"type": "object", "properties": {"architecture": {"const": "x86_64"}}}
CLOSED = {"type": "object", "properties": {"n": {"type": "integer"}}, "additionalProperties": False}


OMITTED = f"__omit_place_holder__{'0a' * 20}"
PATTERN = {"type": "object", "patternProperties": {"^ansible_proc": {"type": "string"}}}


def by_filter(facts: object, schema: object, **options: Any) -> set[str]:
    """Return the decision of the filter and whether the test agrees with it."""
    try:
        decision = compliance(facts, schema, **options)["decision"]
    except AnsibleFilterError:
        decision = "error"
    options.pop("expected_hosts", None)
    try:
        passed = license_compliant(facts, schema, **options)
    except AnsibleFilterError:
        return {decision, "error"}
    return {decision} if passed is (decision == "compliant") else {decision, f"test: {passed}"}


@pytest.mark.parametrize(
    ("facts", "schema", "decision"),
    [
        (
            SETUP,
            {"type": "object", "patternProperties": {"^ansible_proc": {"type": "string"}}},
            "non_compliant",
        ),
        (SETUP, ARCHITECTURE, "undetermined"),
        (SETUP, {"type": "object", "properties": {"hosts": {"minItems": 1}}}, "undetermined"),
        ({**SETUP, "architecture": "x86_64"}, ARCHITECTURE, "compliant"),
        ({"hw": {"cpu": 9}}, {"properties": {"cpu": {"minimum": 4}}, "required": ["cpu"]}, "non_compliant"),
        ({"cpu": {"n": 1}}, {"$ref": "#/$defs/n", "$defs": {"n": CLOSED}}, "non_compliant"),
        (
            {"cpu": 8, "omitted": OMITTED},
            {"required": ["omitted"]},
            "non_compliant",
        ),
        (
            {"cpu": [OMITTED]},
            {"properties": {"cpu": {"maxItems": 0}}},
            "compliant",
        ),
        ([{"cpu": 9}], {"type": "array", "items": {"properties": {"cpu": {"minimum": 4}}}}, "compliant"),
        ({"a": ["1", 1]}, {"properties": {"a": {"uniqueItems": True}}}, "compliant"),
    ],
)
def test_action_filter_and_test_have_one_verdict(
    run: Run, facts: Any, schema: dict[str, Any], decision: str
) -> None:
    assert run({}, policy=schema, facts=facts)["decision"] == decision
    assert by_filter(facts, schema, host="hangzhou") == {decision}
    # Without a name for it, a mapping can be a fleet: that is an error, never another verdict.
    assert by_filter(facts, schema) in ({decision}, {"error"})


@pytest.mark.parametrize(
    ("variables", "schema", "decision"),
    [
        ({"usphere": {"kind": "HostFacts", "architecture": "x86_64"}}, ARCHITECTURE, "undetermined"),
        ({"ansible_facts": {"usphere": {"architecture": "x86_64"}}}, ARCHITECTURE, "undetermined"),
        ({"usphere_site_facts": {"cpu": 9}}, OPEN, "undetermined"),
        ({"ansible_facts": {"architecture": "x86_64"}}, ARCHITECTURE, "compliant"),
        ({"cpu": OMITTED}, OPEN, "undetermined"),
        (
            {"cpu": {"o": OMITTED}},
            {"properties": {"cpu": {"const": {}}}},
            "compliant",
        ),
        *(
            ({name: 1}, {"type": "object", "properties": {name: {"type": "integer"}}}, "error")
            for name in ("port", "name", "tags", "hosts", "order", "ansible_play_name", "groups", "omit")
        ),
    ],
)
def test_action_filter_and_test_read_the_same_variables(
    run: Run, variables: dict[str, Any], schema: dict[str, Any], decision: str
) -> None:
    assert run(variables, policy=schema)["decision"] == decision
    given = {"inventory_hostname": "hangzhou", "groups": {}, "ansible_facts": {}, **variables}
    assert by_filter(given, schema) == {decision}
    assert by_filter({"hangzhou": given}, schema) == {decision}


def test_hosts_that_the_caller_names_are_a_fleet() -> None:
    one = {"hw": {"cpu": 9}}
    assert by_filter(one, OPEN) == {"error"}
    assert compliance(one, OPEN, expected_hosts=["hw"])["decision"] == "compliant"
    assert compliance({**one, "sw": {"cpu": 9}}, OPEN)["decision"] == "compliant"
