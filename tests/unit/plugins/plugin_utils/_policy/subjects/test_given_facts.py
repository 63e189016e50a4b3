# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Input of filter and test: HostFacts, host variables, facts in the site's own words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from jinja2 import StrictUndefined

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import (
    FactsError,
    PolicyError,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.fact_map.load import load_fact_map
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.fact_map.model import StatedValue
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.given_facts import read_given
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import HostInput
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.sources import host_inputs

Build = Callable[..., dict[str, Any]]
FLAT = load_fact_map("flat")
OWN = {"cpu_count": 2, "arch": "x86_64"}
UNITED = load_fact_map(
    {
        "kind": "FactMap",
        "id": "cmdb",
        "facts": {"/hosts/0/cpu_sockets": {"from": "/cpu_count"}, "/hosts/0/arch": {"from": "/arch"}},
        "system": {"from": "/cluster"},
        "complete": True,
    }
)


@pytest.mark.parametrize("variables", [{}, {"inventory_hostname": "n1"}])
def test_one_host_is_not_known_to_be_its_complete_system(variables: dict[str, Any]) -> None:
    one = {**OWN, "cluster": "east", **variables}
    for fact_map, values in (
        (UNITED, ["1 / ?"]),
        (replace(UNITED, complete=False, nodes=StatedValue(2)), ["1 / 2 (cmdb)"]),
        (replace(UNITED, complete=False, nodes=StatedValue(1)), None),
    ):
        ((single,), (listed,)) = (read_given(value, None, "n1", fact_map) for value in (one, {"n1": one}))
        facts: Any = single.facts
        assert facts.get("unknown", {}).get("/hosts/-", {}).get("values") == values
        # A mapping or a list with one host shows no more than its facts.
        assert listed.facts == facts
        (item,) = read_given([{**one, "hostname": "n1"}], None, None, fact_map)
        assert item.facts == facts
    # The word of the site holds for the hosts of a fleet.
    facts = read_given({name: {**OWN, "cluster": "east"} for name in ("n1", "n2")}, None, None, UNITED)[
        0
    ].facts
    assert "/hosts/-" not in facts.get("unknown", {})


class HostVars(dict[str, Any]):
    """The hostvars of Ansible, whose values are resolved where they are read."""

    def raw_get(self, host: str) -> object:
        raise AssertionError("a filter reads resolved values")


def test_hostvars_of_one_host_are_a_whole_inventory() -> None:
    one = {**OWN, "cluster": "east", "inventory_hostname": "n1", "ansible_facts": {}, "groups": {}}
    (found,) = read_given(HostVars(n1=one), None, None, UNITED)
    facts: Any = found.facts
    assert "/hosts/-" not in facts.get("unknown", {})


def hosts(value: object, *arguments: Any, **options: Any) -> list[str]:
    return [each.host for each in read_given(value, *(arguments or (None,)), **options)]


def test_facts_are_read_as_before(host_facts: Build) -> None:
    for value in (host_facts(), [host_facts(), host_facts("lapsing")], {"a": host_facts(), "b": None}):
        assert read_given(value, None) == host_inputs(value, None)


def test_variables_of_one_host_are_read_as_the_action_reads_them(host_facts: Build) -> None:
    variables = {"inventory_hostname": "a", "usphere": host_facts(), "usphere_site_facts": {"rack": 3}}
    (found,) = read_given(variables, None)
    assert found == HostInput("a", {**host_facts(), "site_facts": {"rack": 3}})
    assert hosts(variables, "b") == ["b"]
    del variables["inventory_hostname"]
    assert hosts(variables, "b") == ["b"]
    with pytest.raises(PolicyError, match="do not name their system"):
        read_given(variables, None)


def test_hostvars_are_all_hosts(host_facts: Build) -> None:
    value = {
        "a": {"inventory_hostname": "a", "usphere": host_facts(), "secret": object()},
        "b": {"inventory_hostname": "b", "usphere_site_facts": {"rack": 3}},
        "c": {"inventory_hostname": "c"},
    }
    for given in (value, HostVars(value)):
        found = read_given(given, None)
        assert [each.host for each in found] == ["a", "b", "c"]
        assert found[1].facts == {"kind": "HostFacts", "schema_version": 1, "site_facts": {"rack": 3}}
        assert found[2] == HostInput("c")


def test_own_facts_of_one_host_need_its_name() -> None:
    assert hosts(OWN, "n1", fact_map=FLAT) == ["n1"]
    assert hosts({**OWN, "inventory_hostname": "n1"}, fact_map=FLAT) == ["n1"]
    assert hosts({**OWN, "ansible_hostname": "n1"}, fact_map=FLAT) == ["n1"]
    assert hosts(OWN, None, "system", fact_map=FLAT) == ["system"]
    with pytest.raises(PolicyError, match="do not name their system"):
        read_given(OWN, None, fact_map=FLAT)


@pytest.mark.parametrize("value", [3, "text", None, [3]])
def test_own_facts_are_mappings(value: object) -> None:
    with pytest.raises(PolicyError):
        read_given(value, "n1", fact_map=FLAT)


def test_own_facts_by_host_name() -> None:
    found = read_given({"n1": OWN, "n2": {}, "n3": None}, None, fact_map=FLAT)
    assert [(each.host, each.facts is None) for each in found] == [("n1", False), ("n2", True), ("n3", True)]
    listed = [{**OWN, "hostname": "n1"}, {**OWN, "hostname": "n2"}]
    assert hosts(listed, fact_map=FLAT) == ["n1", "n2"]


def test_host_facts_are_accepted_beside_own_facts(host_facts: Build) -> None:
    found = read_given({"n1": OWN, "hangzhou": host_facts()}, None, fact_map=FLAT)
    assert found[0].mapped
    assert found[1] == HostInput("hangzhou", host_facts())


def test_nodes_of_one_system_are_united() -> None:
    value = {name: {**OWN, "inventory_hostname": name, "cluster": "east"} for name in ("n1", "n2")}
    found = read_given(value, None, fact_map=UNITED)
    assert [each.host for each in found] == ["n1", "n2"]
    assert found[0].facts is found[1].facts
    facts: Any = found[0].facts
    assert facts["subject"] == {"kind": "system", "id": "east"}


def test_a_host_that_cannot_be_read_is_an_error_of_its_own() -> None:
    broken = {**OWN, "cluster": "east", "cpu_count": StrictUndefined(name="x")}
    value = {"n1": {**OWN, "cluster": "east"}, "n2": broken}
    found = {each.host: each for each in read_given(value, None, fact_map=UNITED)}
    assert isinstance(found["n2"].error, FactsError)
    facts: Any = found["n1"].facts
    assert facts["unknown"]["/hosts/1/cpu_sockets"] == {"reason": "gather_error"}
    (single,) = read_given({"n2": broken}, None, fact_map=FLAT)
    assert isinstance(single.error, FactsError)


def test_a_system_may_have_the_name_of_an_inventory_host() -> None:
    value = {name: {**OWN, "cluster": "n2"} for name in ("n1", "n2")}
    assert [each.mapped for each in read_given(value, None, fact_map=UNITED)] == [True, True]
