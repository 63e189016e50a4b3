# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts and facts that a play passes to the evaluation: batches, limits, failed hosts, templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import FactsError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents.plain_data import normalize
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.play_scope import (
    PlayScope,
    batches,
    inputs,
    mapped,
    scope_of,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.fact_map.load import load_fact_map
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.fact_age import Channel
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
)

FACTS = {"kind": "HostFacts"}
OLD = {"kind": "HostFacts", "old": True, "source": {"gathered_at": "2026-11-23T08:00:00Z"}}
NEW = {"kind": "HostFacts", "source": {"gathered_at": "2026-11-24T08:00:00Z"}}


def variables(every: str, alive: str | None = None, batch: str | None = None, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"ansible_play_hosts_all": list(every), **more}
    if alive is not None:
        found["ansible_play_hosts"] = list(alive)
        found["ansible_play_batch"] = list(alive if batch is None else batch)
    return found


@pytest.mark.parametrize(
    ("serial", "expected"),
    [
        ([2], ["ab", "cd", "e"]),
        ([1, 3], ["a", "bcd", "e"]),
        (["40%"], ["ab", "cd", "e"]),
        (["1%"], ["a", "b", "c", "d", "e"]),
        ([0], ["abcde"]),
        (["2"], ["ab", "cd", "e"]),
        ([9], ["abcde"]),
    ],
)
def test_batches_are_those_of_ansible(serial: list[Any], expected: list[str]) -> None:
    assert ["".join(batch) for batch in batches("abcde", serial)] == expected


@pytest.mark.parametrize(
    ("given", "serial", "hosts", "by_batch"),
    [
        (variables("abcd"), [], "abcd", False),
        (variables("abcd", "abd"), [], "abcd", False),
        (variables("abcd", "abcd", "ab"), [2], "ab", True),
        # c could not be reached: it belongs to the second batch and to no other.
        (variables("abcd", "abd", "ab"), [2], "ab", True),
        (variables("abcd", "abd", "d"), [2], "cd", True),
        (variables("abcd", "bd", "d"), [2], "cd", True),
        (variables("abcd", "abcd"), [9], "abcd", False),
        # The hosts are in another order: failed hosts count in every batch.
        (variables("abcd", "acd", "dc"), [3], "bcd", True),
    ],
)
def test_the_current_batch_is_found(
    given: dict[str, Any], serial: list[Any], hosts: str, by_batch: bool
) -> None:
    scope = scope_of(given, serial, None)
    assert ("".join(scope.hosts), scope.serial, scope.total) == (hosts, by_batch, 4)


def test_chosen_hosts_replace_the_play_and_its_limit() -> None:
    scope = scope_of(variables("ab", "a"), [], ["b", "z", "z"])
    assert (scope.hosts, scope.reached) == (("b", "z"), {"a", "z"})
    assert scope_of(variables("ab", ansible_limit="a*"), [], None).limit == "a*"
    assert scope_of(variables("ab", ansible_limit="a*"), [], ["a"]).limit == ""
    assert scope_of(variables("ab"), [], []).hosts == ()


def pass_hosts(
    hosts: Mapping[str, object], reached: str = "abc", stored: tuple[HostInput, ...] = ()
) -> tuple[list[HostInput], list[HostInput]]:
    scope = PlayScope(tuple(hosts), frozenset(reached), len(hosts))
    return inputs(scope, hosts.get, lambda text: "{{" in text, stored)


def test_the_newest_facts_of_a_host_count() -> None:
    stored = tuple(HostInput(name, OLD) for name in "abcz")
    hosts = {"a": {"ansible_facts": {"usphere": NEW}}, "b": {}, "c": {"usphere": FACTS}, "d": None}
    given, outside = pass_hosts(hosts, "abd", stored)
    assert given == [
        HostInput("a", NEW, channel=Channel.FACT_CACHE),
        HostInput("b", OLD),
        HostInput("c", None, "unreachable"),
        HostInput("d"),
    ]
    assert outside == [HostInput("z", OLD)]


@pytest.mark.parametrize(
    ("variables", "stored", "expected"),
    [
        (
            {"ansible_facts": {"usphere": OLD}, "usphere": NEW},
            (),
            HostInput("a", NEW, channel=Channel.VARIABLE),
        ),
        ({"usphere": OLD}, (NEW,), HostInput("a", NEW, channel=Channel.FILE)),
        ({"usphere": FACTS}, (FACTS,), HostInput("a", FACTS, channel=Channel.VARIABLE)),
        ({"usphere": FACTS}, (OLD,), HostInput("a", None, "conflict")),
    ],
)
def test_facts_of_several_ways(
    variables: dict[str, Any], stored: tuple[Any, ...], expected: HostInput
) -> None:
    files = tuple(HostInput("a", each, channel=Channel.FILE) for each in stored)
    given, _outside = pass_hosts({"a": variables}, "a", files)
    assert given == [expected]


def test_facts_of_a_node_and_site_facts_are_merged() -> None:
    node = {"ansible_facts": {"architecture": "x86_64", "processor_count": 2}}
    given, _outside = pass_hosts({"a": {**node, "usphere_site_facts": {"environment": "test"}}, "b": node})
    assert given[0].facts["site_facts"] == {"environment": "test"}  # type: ignore[index]
    assert given[1].facts["hosts"][0]["cpu_sockets"] == 2  # type: ignore[index]
    stored = (HostInput("c", FACTS),)
    given, _outside = pass_hosts({"c": {"usphere_site_facts": {"environment": "test"}}}, "c", stored)
    assert given[0].facts == {**FACTS, "site_facts": {"environment": "test"}}


@pytest.mark.parametrize(
    ("host", "pointer"),
    [
        ({"usphere": "{{ other }}"}, "/"),
        ({"usphere": {"version": {"vms": "{{ version }}"}}}, "/version/vms"),
        ({"usphere": {"hosts": [{"deep": {"er": "{{ x }}"}}]}}, "/hosts/0/deep/er"),
        ({"usphere": FACTS, "usphere_site_facts": {"environment": "{{ env }}"}}, "/site_facts/environment"),
        ({"usphere": FACTS, "usphere_site_facts": "{{ all_of_it }}"}, "/site_facts"),
    ],
)
def test_a_variable_with_a_template_is_an_error(host: dict[str, Any], pointer: str) -> None:
    given, _outside = pass_hosts({"a": host})
    with pytest.raises(FactsError) as caught:
        normalize(given[0].facts)
    assert (caught.value.code, caught.value.fields["pointer"]) == ("facts_template", pointer)


def test_host_text_is_not_a_template() -> None:
    gathered = {"kind": "HostFacts", "version": {"vms": "{{ 1 }}"}}
    given, _outside = pass_hosts({"a": {"ansible_facts": {"usphere": gathered}}})
    assert normalize(given[0].facts) == gathered


MAP = load_fact_map(
    {
        "kind": "FactMap",
        "id": "cmdb",
        "facts": {"/hosts/0/cpu_sockets": {"from": "/cpu_count"}, "/hosts/0/arch": {"from": "/arch"}},
        "system": {"from": "/cluster"},
        "complete": True,
    }
)


def node(cluster: str, **more: Any) -> dict[str, Any]:
    return {"cluster": cluster, "cpu_count": 2, "arch": "x86_64", **more}


def mapped_of(
    scope: PlayScope, hosts: Mapping[str, Any], stored: Any = (), groups: str = ""
) -> tuple[dict[str, HostInput], dict[str, HostInput]]:
    def resolve(host: str, name: str) -> object:
        return {"{{ size }}": 4, "{{ name }}": "east"}.get(hosts[host][name], hosts[host][name])

    variables = {"groups": {"all": list(groups or hosts)}}
    given, outside = mapped(scope, MAP, variables, hosts.get, lambda text: "{{" in text, resolve, stored)
    return {each.host: each for each in given}, {each.host: each for each in outside}


def rows(given: HostInput) -> dict[str, Any]:
    facts: Any = given.facts
    return {row["id"]: row.get("cpu_sockets") for row in facts["hosts"]}


def test_nodes_of_a_system_outside_of_the_batch_count_in_it() -> None:
    hosts = {"a": node("east"), "b": node("east", cpu_count=4), "c": node("west"), "d": {}}
    scope = PlayScope(("a",), frozenset("a"), 1)
    given, outside = mapped_of(scope, hosts)
    assert rows(given["a"]) == {"a": 2, "b": 4}
    assert (list(given), outside) == (["a"], {})
    # In a batch or with a limit, the systems of the other hosts count in pools.
    for limited in (
        PlayScope(("a",), frozenset("a"), 3, True),
        PlayScope(("a",), frozenset("a"), 1, False, "a"),
    ):
        given, outside = mapped_of(limited, hosts)
        assert rows(given["a"]) == {"a": 2, "b": 4}
        assert {name: rows(each) for name, each in outside.items()} == {"c": {"c": 2}}


def test_hosts_outside_of_a_limit_whose_system_was_not_read_may_be_nodes() -> None:
    # The facts of b were not gathered; c has another name for its system.
    hosts = {"a": node("east"), "b": {}, "c": {"clustr": "east", "cpu_count": 64}}
    own_system = {"kind": "HostFacts", "subject": {"kind": "system", "id": "b"}}
    scope = PlayScope(("a",), frozenset("a"), 1, False, "a")
    for stored, further in (((), "b, c"), ([HostInput("b", own_system)], "c")):
        given, _outside = mapped_of(scope, hosts, stored)
        facts: Any = given["a"].facts
        assert facts["unknown"]["/hosts/-"] == {"reason": "absent", "values": [f"1 / ? ({further})"]}


def test_a_failed_node_is_an_unknown_row_whatever_its_variables_are() -> None:
    hosts = {"a": node("east"), "b": node("east")}
    given, _outside = mapped_of(PlayScope(("a", "b"), frozenset("a"), 2), hosts)
    assert rows(given["a"]) == {"a": 2, "b": None}
    assert given["b"].facts is given["a"].facts


def test_templates_of_variables_are_resolved_and_those_of_facts_are_not() -> None:
    hosts = {
        "a": node("{{ name }}", cpu_count="{{ size }}"),
        "b": {"cluster": "east", "ansible_facts": {"cpu_count": "{{ size }}", "arch": "x86_64"}},
        "c": node("east", cpu_count="{{ undefined }}"),
    }
    given, _outside = mapped_of(PlayScope(("a", "b", "c"), frozenset("abc"), 3), hosts)
    assert rows(given["a"]) == {"a": 4, "b": "{{ size }}", "c": None}
    assert given["c"].error is not None
    assert given["c"].error.code == "facts_template"


def test_stored_facts_are_those_of_hosts_without_own_facts() -> None:
    stored = [HostInput("a", OLD), HostInput("b", OLD), HostInput("z", OLD)]
    hosts = {"a": node("east"), "b": {}}
    given, outside = mapped_of(PlayScope(("a", "b"), frozenset("ab"), 2), hosts, stored)
    assert rows(given["a"]) == {"a": 2}
    assert given["b"] == HostInput("b", OLD)
    assert outside == {"z": HostInput("z", OLD)}


def test_a_host_with_site_facts_only_is_known() -> None:
    hosts = {"a": {"usphere_site_facts": {"rack": 3}}}
    scope = PlayScope(("a", "b"), frozenset("ab"), 2)
    (first, second), _outside = inputs(scope, hosts.get, lambda text: "{{" in text)
    assert first == HostInput("a", {"kind": "HostFacts", "schema_version": 1, "site_facts": {"rack": 3}})
    assert second == HostInput("b")
