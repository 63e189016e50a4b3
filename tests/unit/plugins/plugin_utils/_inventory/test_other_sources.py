# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Systems of which another inventory source has the name: the same manager, another one, other facts."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._inventory.build import sentence
from ansible_collections.unicloud.usphere.plugins.plugin_utils._inventory.hosts import InventoryEntry
from ansible_collections.unicloud.usphere.plugins.plugin_utils._inventory.other_sources import (
    contradicted,
    contradiction,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.inventory_sources import (
    replaced,
)

HERE = "https://10.1.0.10:8443"
READ = {"kind": "HostFacts", "source": {"endpoint": HERE}}
ENTRY = InventoryEntry(
    "hangzhou",
    (),
    {
        "usphere": READ,
        "usphere_host": "10.1.0.10",
        "usphere_port": 8443,
        "usphere_read_from": {"host": "10.1.0.10", "port": 8443, "source": "a.usphere.yml"},
    },
)
UNREAD = {"kind": "HostFacts", "unknown": {"": {"reason": "unreachable"}}}
BY_HAND = {"kind": "HostFacts", "source": {"via": "inventory"}}


def never(_text: str) -> bool:
    return False


@pytest.mark.parametrize(
    ("earlier", "contradicts"),
    [
        ({}, False),
        ({"usphere_host": "10.1.0.10"}, False),
        ({"usphere_host": "10.1.0.10", "usphere_port": "8443"}, False),
        ({"usphere_host": "::ffff:10.1.0.10", "usphere_port": 8443}, False),
        ({"usphere_host": "10.1.0.10", "usphere_port": 8444}, True),
        ({"usphere_host": "10.2.0.10", "usphere_port": 8443}, True),
        # An earlier contradiction stays one, whatever source follows.
        ({"usphere_host": ""}, True),
        ({"usphere_read_from": {"first": "x (b.yml)", "second": "y (c.yml)"}}, True),
        # Facts without an address: an earlier reading of this manager, or of another one, or by hand.
        ({"usphere": {**READ, "source": {"endpoint": "HTTPS://10.1.0.10"}}}, False),
        ({"usphere": {**READ, "source": {"endpoint": "https://10.2.0.10:8443"}}}, True),
        ({"usphere": BY_HAND}, True),
        ({"usphere_host": "10.1.0.10", "usphere": BY_HAND}, True),
        ({"usphere": UNREAD}, False),
    ],
)
def test_a_system_of_another_source_has_the_same_address(earlier: dict[str, Any], contradicts: bool) -> None:
    found = contradiction(ENTRY, {"inventory_file": "/etc/hosts.yml", **earlier})
    assert (found is not None) is contradicts
    if found is not None:
        text = sentence(found.warning)
        assert "name two managers hangzhou" in text
        assert "10.1.0.10:8443 (a.usphere.yml)" in text
        assert "(/etc/hosts.yml)" in text or "(b.yml)" in text


def test_a_contradicted_system_has_neither_facts_nor_address() -> None:
    found = contradiction(ENTRY, {"usphere_host": "10.2.0.10", "inventory_file": "b.yml"})
    assert found is not None
    variables = contradicted(ENTRY, found).variables
    assert variables["usphere_host"] == ""
    assert variables["usphere"]["unknown"] == {"": {"reason": "conflict"}}
    # A later source can set both again; the mark of the contradiction stays.
    error = replaced("hangzhou", {**variables, "usphere": READ, "usphere_host": "10.2.0.10"}, never)
    assert error is not None
    assert "10.2.0.10 (b.yml) and 10.1.0.10:8443 (a.usphere.yml)" in error.text()


def test_nodes_are_no_systems_of_their_own() -> None:
    assert contradiction(InventoryEntry("cvk1", (), {"usphere_node": {}}), {"usphere_host": "x"}) is None


@pytest.mark.parametrize(
    ("later", "said"),
    [
        ({}, None),
        ({"usphere_port": "8443"}, None),
        ({"usphere_host": "[::ffff:10.1.0.10]"}, None),
        ({"usphere_host": "10.2.0.10"}, "its address in the inventory is 10.2.0.10:8443"),
        ({"usphere_port": 8444}, "its address in the inventory is 10.1.0.10:8444"),
        ({"usphere_host": "{{ ansible_host }}"}, "{{ ansible_host }}"),
        ({"usphere_host": None}, "its address in the inventory is"),
        # A later reading of the same manager, and the facts of one that could not be read.
        ({"usphere": {**READ, "source": {"endpoint": HERE, "gathered_at": "2026-11-24T08:00:00Z"}}}, None),
        ({"usphere": UNREAD}, None),
        ({"usphere": BY_HAND}, "another inventory source has other facts for hangzhou"),
        ({"usphere": "{{ facts }}"}, "another inventory source has other facts for hangzhou"),
        ({"usphere": {**READ, "source": {"endpoint": "https://10.2.0.10:8443"}}}, "has other facts"),
    ],
)
def test_what_a_later_source_replaces_is_an_error(later: dict[str, Any], said: str | None) -> None:
    error = replaced("hangzhou", {**ENTRY.variables, **later}, lambda text: "{{" in text)
    assert (error is None) is (said is None)
    if error is not None:
        assert said is not None
        assert said in error.text()
        assert "a.usphere.yml read hangzhou at 10.1.0.10:8443" in error.text()


@pytest.mark.parametrize("variables", [{"usphere_host": "10.2.0.10", "usphere": BY_HAND}, {}, None])
def test_hosts_that_the_plugin_does_not_list_are_not_concerned(variables: object) -> None:
    assert replaced("chengdu", variables, never) is None
