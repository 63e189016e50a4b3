# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts in the variables of a host: which ones count, and in which order."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_variables import (
    are_host_variables,
    are_variables,
    facts_of,
    own_facts_of,
    site_facts_of,
)

FACTS = {"kind": "HostFacts", "version": {"vms": "E0760P03"}}
OLD = {"kind": "HostFacts"}
SETUP = {"architecture": "x86_64", "processor_count": 2}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"inventory_hostname": "a"}, True),
        ({"usphere": FACTS, "usphere_site_facts": {"a": 1}}, True),
        ({"usphere_site_facts": {"a": 1}}, True),
        ({"ansible_facts": {}, "rack": 3}, True),
        # A fleet with a host that is named usphere stays a fleet.
        ({"usphere": FACTS}, False),
        ({"usphere": FACTS, "other": None}, False),
        (FACTS, False),
        (SETUP, False),
        ({"a": FACTS}, False),
        ({}, False),
        ([], False),
        ("text", False),
    ],
)
def test_variables_are_told_from_facts(value: object, expected: bool) -> None:
    assert are_variables(value) is expected


def test_hostvars_map_every_host_to_its_variables() -> None:
    assert are_host_variables({"a": {"inventory_hostname": "a"}, "b": {"usphere_site_facts": {}}})
    for value in ({}, {"a": {"inventory_hostname": "a"}, "b": FACTS}, {"a": 1}, [], None):
        assert not are_host_variables(value)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"ansible_facts": {"usphere": FACTS}, "usphere": OLD}, FACTS),
        ({"usphere": FACTS, "ansible_facts": SETUP}, FACTS),
        ({}, None),
        ("undefined", None),
        ({"usphere_site_facts": {}}, None),
        (
            {"usphere": OLD, "usphere_site_facts": {"rack": 3}},
            {"kind": "HostFacts", "site_facts": {"rack": 3}},
        ),
        (
            {"usphere_site_facts": {"rack": 3}},
            {"kind": "HostFacts", "schema_version": 1, "site_facts": {"rack": 3}},
        ),
    ],
)
def test_the_facts_of_a_host(variables: object, expected: object) -> None:
    assert facts_of(variables, "a") == expected


def test_setup_facts_are_those_of_a_node() -> None:
    found: Any = facts_of({"ansible_facts": SETUP}, "a")
    assert found["subject"] == {"kind": "node", "id": "a"}


def test_own_facts_are_variables_then_gathered_facts() -> None:
    seen = []

    def read(name: str, value: object) -> object:
        seen.append(name)
        return value

    variables = {
        "cpu_count": 4,
        "ansible_facts": {"cpu_count": 2, "arch": "x86_64", "ansible_version_x": "1"},
        "ansible_hostname": "h",
        "other": 1,
    }
    names = ("arch", "cpu_count", "hostname", "missing", "version_x")
    assert own_facts_of(variables, names, read) == {
        "cpu_count": 4,
        "arch": "x86_64",
        "hostname": "h",
        "version_x": "1",
    }
    assert seen == ["cpu_count", "ansible_hostname"], "only variables are templated"
    assert own_facts_of(None, names) == {}
    assert site_facts_of("undefined") is None
