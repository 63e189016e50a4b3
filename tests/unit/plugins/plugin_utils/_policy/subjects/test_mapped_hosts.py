# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts of a play with facts in the site's own words: read, unread, outside, without facts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.fact_map.load import load_fact_map
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import HostInput
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.mapped_hosts import (
    MappedHost,
    host_facts,
    mapped_inputs,
)

FACTS = {"/hosts/0/cpu_sockets": {"from": "/cpu_count"}, "/hosts/0/arch": {"from": "/arch"}}
SINGLE = load_fact_map({"kind": "FactMap", "id": "m", "facts": FACTS})
UNITED = load_fact_map({"kind": "FactMap", "id": "m", "facts": FACTS, "system": {"from": "/cluster"}})
OWN = {"cpu_count": 2, "arch": "x86_64"}
OTHER = {"kind": "HostFacts"}


def test_each_host_is_a_node_without_systems() -> None:
    hosts = [
        MappedHost("a", OWN, {"rack": 3}),
        MappedHost("b", {}, host_facts=OTHER),
        MappedHost("c", {}),
        MappedHost("d", {}, {"rack": 3}),
        MappedHost("e", OWN, reason="unreachable"),
        MappedHost("f", OWN, outside=True),
    ]
    found, outside = mapped_inputs(SINGLE, hosts)
    assert outside == []
    first: Any = found[0].facts
    assert (first["subject"], first["site_facts"]) == ({"kind": "node", "id": "a"}, {"rack": 3})
    assert found[1:] == [
        HostInput("b", OTHER),
        HostInput("c"),
        HostInput("d", {**OTHER, "schema_version": 1, "site_facts": {"rack": 3}}),
        HostInput("e", None, "unreachable"),
    ]


def test_hosts_of_a_system_share_its_facts() -> None:
    hosts = [
        MappedHost("a", {**OWN, "cluster": "east"}),
        MappedHost("b", {**OWN, "cluster": "east"}, reason="unreachable"),
        MappedHost("c", {**OWN, "cluster": "east"}, outside=True),
        MappedHost("d", {**OWN, "cluster": "west"}, outside=True),
        MappedHost("e", OWN),
        MappedHost("f", {}, host_facts=OTHER),
        MappedHost("g", {}, reason="unreachable"),
    ]
    found, outside = mapped_inputs(UNITED, hosts)
    assert [each.host for each in found] == ["a", "b", "e", "f", "g"]
    facts: Any = found[0].facts
    assert found[1].facts is facts
    assert [row["id"] for row in facts["hosts"]] == ["a", "b", "c"]
    assert facts["unknown"]["/hosts/1/arch"] == {"reason": "unreachable"}
    assert found[2].error is not None
    assert "e has no /cluster" in found[2].error.text()
    assert found[3] == HostInput("f", OTHER)
    assert found[4] == HostInput("g", None, "unreachable")
    assert [each.host for each in outside] == ["d"]
    west: Any = outside[0].facts
    assert west["subject"] == {"kind": "system", "id": "west"}


@pytest.mark.parametrize("outside", [True, False])
@pytest.mark.parametrize(
    ("other", "known"),
    [
        (None, False),
        (OTHER, False),
        ({**OTHER, "subject": {"kind": "node", "id": "b"}}, False),
        ("text", False),
        ({**OTHER, "subject": {"kind": "system", "id": "b"}}, True),
    ],
)
def test_a_host_that_names_no_system_may_be_a_node_of_any(other: object, known: bool, outside: bool) -> None:
    fact_map = replace(UNITED, complete=True)
    hosts = [MappedHost("a", {**OWN, "cluster": "east"}), MappedHost("b", {}, None, other, "", outside)]
    found, _outside = mapped_inputs(fact_map, hosts)
    facts: Any = found[0].facts
    assert facts.get("unknown", {}).get("/hosts/-") == (
        None if known else {"reason": "absent", "values": ["1 / ? (b)"]}
    )


def test_a_broken_node_stays_in_its_system() -> None:
    hosts = [
        MappedHost("a", {**OWN, "cluster": "east"}),
        MappedHost("b", {**OWN, "cluster": "east", "cpu_count": float("nan")}),
        MappedHost("c", {**OWN, "cluster": float("nan")}),
    ]
    found, _outside = mapped_inputs(UNITED, hosts)
    assert [each.error is None for each in found] == [True, False, False]
    facts: Any = found[0].facts
    assert [row["id"] for row in facts["hosts"]] == ["a", "b"]


def test_host_facts_of_one_host() -> None:
    assert host_facts(SINGLE, OWN, "a")["subject"] == {"kind": "node", "id": "a"}
    for arguments in ((None, OWN, "a"), (SINGLE, OWN, None), (SINGLE, [OWN], "a")):
        with pytest.raises(PolicyError):
            host_facts(*arguments)
