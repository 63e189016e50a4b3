# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inventory hosts that are nodes of one system: rows, completeness, agreement, contradiction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import yaml

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import evaluate_fleet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.fact_map.load import (
    FOLDER,
    load_fact_map,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.fact_map.model import FactMap
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.fact_map.unite import (
    NodeFacts,
    UnitedNodes,
    unite,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.model import PolicySet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
    read_host,
)

FLAT = yaml.safe_load((FOLDER / "flat.yml").read_text(encoding="utf-8"))
LICENSE = {
    "product": "vms_enterprise",
    "arch": "x86_64",
    "kind": "formal",
    "quantity": 4,
    "expires_at": "never",
}
NODE = {
    "cluster": "east",
    "cpu_count": 2,
    "arch": "x86_64",
    "version": "E0760P03",
    "features": [],
    "licenses": [LICENSE],
}
Evaluate = Callable[..., dict[str, Any]]


def flat(**more: Any) -> FactMap:
    return load_fact_map({**FLAT, "id": "cmdb", "system": {"from": "/cluster"}, **more})


def united(fact_map: FactMap, *changes: dict[str, Any], **more: Any) -> UnitedNodes:
    nodes = [NodeFacts(f"n{at}", {**NODE, **each}, **more) for at, each in enumerate(changes)]
    return unite(fact_map, nodes)


@pytest.fixture(name="evaluate")
def _evaluate(vendor: PolicySet, as_of: datetime) -> Evaluate:
    def evaluate(found: UnitedNodes) -> dict[str, Any]:
        given = [
            *(
                HostInput(host, found.documents[system], mapped=True)
                for host, system in found.systems.items()
            ),
            *(HostInput(host, error=error) for host, error in found.errors.items()),
        ]
        result = evaluate_fleet.evaluate(given, Run(vendor, as_of))
        assert schemas.validate("compliance_result", result) == []
        return result

    return evaluate


def sockets(result: dict[str, Any]) -> dict[str, Any]:
    (found,) = (each for each in result["findings"] if each["rule"] == "r31-sockets")
    return dict(found)


def test_the_hosts_of_a_system_are_its_rows() -> None:
    found = united(flat(complete=True), {}, {"cpu_count": 4, "arch": "arm64"}, {"cluster": "west"})
    assert found.systems == {"n0": "east", "n1": "east", "n2": "west"}
    east = found.documents["east"]
    assert east["subject"] == {"kind": "system", "id": "east"}
    assert [(row["id"], row["arch"], row["cpu_sockets"]) for row in east["hosts"]] == [
        ("n0", "x86_64", 2),
        ("n1", "aarch64", 4),
    ]
    assert [row["id"] for row in found.documents["west"]["hosts"]] == ["n2"]


def test_ids_that_machines_report_do_not_make_two_nodes_one() -> None:
    fact_map = load_fact_map({
        "kind": "FactMap",
        "id": "m",
        "system": {"from": "/cluster"},
        "facts": {"/hosts/0/id": {"from": "/uuid"}, "/hosts/0/cpu_sockets": {"from": "/cpu_count"}},
    })  # fmt: skip
    found = unite(
        fact_map, [NodeFacts(name, {"cluster": "e", "uuid": "NA", "cpu_count": 2}) for name in "ab"]
    )
    assert [row["id"] for row in found.documents["e"]["hosts"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("given", "size", "decision"),
    [
        ({"complete": True}, 2, "compliant"),
        ({"nodes": {"from": "/size"}}, 2, "compliant"),
        ({"nodes": {"from": "/size"}}, "2", "compliant"),
        ({"nodes": {"value": 2}}, 0, "compliant"),
        ({"nodes": {"from": "/size"}}, 3, "undetermined"),
        ({"nodes": {"from": "/size"}}, 1, "undetermined"),
        ({"nodes": {"from": "/size"}}, "two", "undetermined"),
        ({"nodes": {"from": "/size"}}, None, "undetermined"),
        ({"nodes": {"from": "/nothing", "optional": True}}, 2, "undetermined"),
        ({"nodes": {"from": "/nothing"}}, 2, "undetermined"),
        ({"complete": False}, 2, "undetermined"),
        ({}, 2, "undetermined"),
    ],
)
def test_a_system_is_complete_only_by_the_word_of_the_site(
    given: dict[str, Any], size: object, decision: str, evaluate: Evaluate
) -> None:
    result = evaluate(united(flat(**given), {"size": size}, {"size": size}))
    assert result["decision"] == decision
    assert [each["hosts"] for each in result["subjects"]] == [["n0", "n1"]]


def test_the_lower_bound_of_an_incomplete_system_can_fail(evaluate: Evaluate) -> None:
    result = evaluate(united(flat(), {"cpu_count": 4}, {}))
    finding = sockets(result)
    assert (finding["verdict"], finding["actual"]) == ("fail", {"demand": [6, None]})
    assert finding["message"]["en"] == "at least 6 physical CPUs, 4 licensed (x86_64)"
    assert finding["message"]["zh"] == "物理 CPU 至少 6 个，已授权 4 个（x86_64）"
    assert finding["remediation"]["en"].startswith("Buy at least 2 more edition licenses")
    assert sockets(evaluate(united(flat(), {}, {})))["verdict"] == "unknown"


@pytest.mark.parametrize("size", [True, "yes", "true", 1.5])
def test_what_is_no_number_counts_no_nodes(size: object, evaluate: Evaluate) -> None:
    finding = sockets(evaluate(united(flat(nodes={"from": "/size"}), {"size": size})))
    assert finding["verdict"] == "unknown"
    text = "true" if size is True else f'"{size}"' if isinstance(size, str) else str(size)
    assert f"/hosts is {text} (/size)" in finding["message"]["en"]


def test_contradicting_counts_of_nodes_decide_nothing(evaluate: Evaluate) -> None:
    fewer = united(flat(nodes={"from": "/size"}), {"size": 1, "cpu_count": 9}, {"size": 1})
    finding = sockets(evaluate(fewer))
    assert finding["verdict"] == "unknown"
    assert finding["because"] == [{"pointer": "/hosts", "reason": "conflict"}]
    assert "/hosts is 2 (cmdb), 1 (/size)" in finding["message"]["en"]
    differ = united(flat(nodes={"from": "/size"}), {"size": 2}, {"size": 3})
    assert "2 (n0), 3 (n1)" in sockets(evaluate(differ))["message"]["en"]


def test_the_word_of_the_site_is_in_the_evidence(evaluate: Evaluate) -> None:
    for given, value in (({"complete": True}, "complete"), ({"nodes": {"value": 2}}, "complete: 2")):
        result = evaluate(united(flat(**given), {}, {}))
        (evidence,) = result["evidence"].values()
        assert {"pointer": "/hosts", "value": value, "from": ["cmdb"]} in evidence["fact_map"]


@pytest.mark.parametrize(
    ("left", "right", "pointer", "shown"),
    [
        ({"version": "E0760P03"}, {"version": "E0785"}, "/version/vms", '"E0760P03" (n0), "E0785" (n1)'),
        (
            {"edition": "enterprise"},
            {"edition": "standard"},
            "/license_totals/edition",
            '"enterprise" (n0), "standard" (n1)',
        ),
        ({"licenses": [LICENSE]}, {"licenses": []}, "/licenses/items", "(n1)"),
        ({"licenses": [LICENSE]}, {"licenses": "none"}, "/licenses/items", '"none" (/licenses)'),
    ],
)
def test_values_that_contradict_are_unknown_and_shown(
    left: dict[str, Any], right: dict[str, Any], pointer: str, shown: str, as_of: datetime
) -> None:
    document = united(flat(complete=True), left, right).documents["east"]
    assert document["unknown"][pointer]["reason"] == "conflict"
    facts = read_host(HostInput("n0", document, mapped=True), as_of, None).facts
    assert facts.reason(pointer) == "conflict"
    (unread,) = facts.unread_among([pointer])
    assert shown in unread["message"]["en"]  # type: ignore[index]  # messages by language


def test_equal_values_in_other_spellings_agree() -> None:
    nodes = united(flat(complete=True), {"licenses": [{**LICENSE, "quantity": "4", "arch": "amd64"}]}, {})
    assert nodes.documents["east"]["licenses"]["items"][0]["quantity"] == 4
    assert "unknown" not in nodes.documents["east"]


def test_a_value_of_the_system_is_known_only_if_every_node_states_it(
    evaluate: Evaluate, as_of: datetime
) -> None:
    found = united(flat(complete=True), {"version": None}, {})
    document = found.documents["east"]
    assert "version" not in document
    assert document["unknown"]["/version/vms"] == {"reason": "null", "values": ["? (n0)", '"E0760P03" (n1)']}
    assert evaluate(found)["decision"] == "undetermined"
    facts = read_host(HostInput("n0", document, mapped=True), as_of, None).facts
    (unread,) = facts.unread_among(["/version/vms"])
    assert (
        '/version/vms is ? (n0), "E0760P03" (n1); use the facts of all nodes: each must state'
        in (
            unread["message"]["en"]  # type: ignore[index]  # messages by language
        )
    )
    both = united(flat(complete=True), {"version": None}, {"version": None}).documents["east"]
    assert both["unknown"]["/version/vms"] == {"reason": "null"}
    rows = united(flat(complete=True), {"licenses": None}, {}).documents["east"]
    assert rows["unknown"]["/licenses/items"]["reason"] == "null"
    # Values that contradict each other are shown as such.
    three = united(flat(complete=True), {"version": None}, {}, {"version": "E0785"}).documents["east"]
    assert three["unknown"]["/version/vms"]["reason"] == "conflict"


def test_the_number_of_nodes_is_known_only_if_every_node_states_it(evaluate: Evaluate) -> None:
    finding = sockets(evaluate(united(flat(nodes={"from": "/size"}), {"size": 2}, {})))
    assert "/hosts is ? (n1), 2 (n0)" in finding["message"]["en"]
    optional = flat(nodes={"from": "/size", "optional": True})
    assert evaluate(united(optional, {"size": 2}, {}))["decision"] == "compliant"


def test_nodes_need_not_state_what_is_optional() -> None:
    facts = {"/version/vms": {"from": "/version", "optional": True}, "/hosts/0/arch": {"from": "/arch"}}
    nodes = [NodeFacts("a", {"cluster": "east"}), NodeFacts("b", {"cluster": "east", "version": "E0785"})]
    document = unite(flat(facts=facts), nodes).documents["east"]
    assert document["version"] == {"vms": "E0785"}
    neither = unite(flat(facts=facts), nodes[:1]).documents["east"]
    assert "version" not in neither
    assert "/version/vms" not in neither["unknown"]


def test_a_feature_is_in_use_if_one_node_uses_it_and_unused_if_every_node_says_so() -> None:
    target = "/features/srm/in_use"
    used = united(flat(), {}, {"features": ["srm"]}).documents["east"]
    assert used["features"]["srm"] == {"in_use": True}
    unused = united(flat(complete=True), {}, {}).documents["east"]
    assert unused["features"]["srm"] == {"in_use": False}
    for more, change in (
        ({}, {}),
        ({"complete": True}, {"features": None}),
        ({"complete": True}, {"features": "-"}),
    ):
        document = united(flat(**more), {}, change).documents["east"]
        assert "srm" not in document["features"] if "features" in document else True
        assert document["unknown"][target]["reason"] in ("absent", "null", "type")


def test_a_node_that_was_not_read_is_an_unknown_row(evaluate: Evaluate) -> None:
    nodes = [
        NodeFacts("a", NODE),
        NodeFacts("b", {"cluster": "east"}, unread="unreachable"),
        NodeFacts("c", {**NODE, "cluster": "west"}),
    ]
    found = unite(flat(complete=True), nodes)
    document = found.documents["east"]
    assert document["hosts"][1] == {"id": "b", "name": "b"}
    assert document["unknown"]["/hosts/1/cpu_sockets"] == {"reason": "unreachable"}
    assert document["unknown"]["/features/srm/in_use"]["reason"] == "absent"
    decisions = {each["subject"]["id"]: each["decision"] for each in evaluate(found)["subjects"]}
    assert decisions == {"east": "undetermined", "west": "compliant"}


def test_a_host_without_a_system_may_be_a_node_of_any(evaluate: Evaluate) -> None:
    found = unite(flat(complete=True), [NodeFacts("a", NODE), NodeFacts("b", {**NODE, "cluster": None})])
    result = evaluate(found)
    assert result["decision"] == "undetermined"
    (finding,) = (each for each in result["findings"] if each["rule"] == "facts")
    assert finding["verdict"] == "unknown"
    assert finding["message"]["en"].startswith("b has no /cluster, which names its system")
    assert "(b)" in sockets(result)["message"]["en"]
    # The number of nodes that the site states holds regardless.
    counted = unite(flat(nodes={"value": 1}), [NodeFacts("a", NODE), NodeFacts("b", {})])
    decisions = {each["subject"]["id"]: each["decision"] for each in evaluate(counted)["subjects"]}
    assert decisions == {"b": "undetermined", "east": "compliant"}


@pytest.mark.parametrize("cluster", [["east"], {"name": "east"}, "", True, "x" * 300])
def test_a_system_needs_a_name(cluster: object) -> None:
    found = united(flat(), {"cluster": cluster})
    assert "must be the name of its system" in found.errors["n0"].text()
    assert found.documents == {}


def test_a_number_names_a_system() -> None:
    assert united(flat(), {"cluster": 7}).systems == {"n0": "7"}


def test_outside_hosts_count_in_their_system_and_are_no_error() -> None:
    nodes = [NodeFacts("a", NODE), NodeFacts("b", NODE, outside=True), NodeFacts("c", {}, outside=True)]
    found = unite(flat(complete=True), nodes)
    assert [row["id"] for row in found.documents["east"]["hosts"]] == ["a", "b"]
    assert found.errors == {}


@pytest.mark.parametrize("own", [{}, {"cpu_count": 64}, {"cluster": None}, {"cluster": ["east"]}])
def test_outside_hosts_without_a_system_may_be_nodes_of_any(own: dict[str, Any], evaluate: Evaluate) -> None:
    found = unite(flat(complete=True), [NodeFacts("a", NODE), NodeFacts("c", own, outside=True)])
    assert found.documents["east"]["unknown"]["/hosts/-"] == {"reason": "absent", "values": ["1 / ? (c)"]}
    assert evaluate(found)["decision"] == "undetermined"
    # The number of nodes that the site states holds regardless.
    counted = unite(flat(nodes={"value": 1}), [NodeFacts("a", NODE), NodeFacts("c", own, outside=True)])
    assert evaluate(counted)["decision"] == "compliant"


def test_hosts_without_own_facts_are_no_nodes_if_the_map_says_that_systems_are_optional() -> None:
    fact_map = flat(complete=True, system={"from": "/cluster", "optional": True})

    def further(**node: Any) -> bool:
        found = unite(fact_map, [NodeFacts("a", NODE), NodeFacts("c", **node)])
        return "/hosts/-" in found.documents["east"].get("unknown", {})

    assert not further(facts={}, outside=True)
    # A checked host, and one with facts of a node, should name their system.
    assert further(facts={})
    assert further(facts={"cpu_count": 64}, outside=True)
    assert further(facts={}, unread="gather_error", outside=True)
    (error,) = unite(fact_map, [NodeFacts("c", {"cpu_count": 64})]).errors.values()
    assert error.text().startswith("c has no /cluster, which names its system")


def test_a_few_of_many_hosts_without_a_system_are_shown() -> None:
    nodes = [NodeFacts("a", NODE), *(NodeFacts(f"n{at}", {}, outside=True) for at in range(10, 40))]
    (text,) = unite(flat(complete=True), nodes).documents["east"]["unknown"]["/hosts/-"]["values"]
    assert text == "1 / ? (n10, n11, n12, n13, n14, … 30)"


def test_the_oldest_time_of_the_nodes_is_that_of_the_system() -> None:
    facts = {"/source/gathered_at": {"from": "/at"}, "/hosts/0/arch": {"from": "/arch"}}
    fact_map = flat(facts=facts)
    times = [{"at": "2026-11-24T07:00:00Z"}, {"at": "2026-11-23T07:00:00Z"}]
    assert united(fact_map, *times).documents["east"]["source"]["gathered_at"] == "2026-11-23T07:00:00Z"
    assert "gathered_at" not in united(fact_map, *times, {}).documents["east"]["source"]
    # The text with the later day is the earlier time.
    zones = [{"at": "2026-01-01T00:00:00+09:00"}, {"at": "2025-12-31T20:00:00Z"}]
    document = united(fact_map, *zones).documents["east"]
    assert document["source"]["gathered_at"] == "2026-01-01T00:00:00+09:00"
    # A text that is no time is read, and reported, as every other value that is not valid.
    document = united(fact_map, *zones, {"at": "today"}).documents["east"]
    assert document["source"]["gathered_at"] == "today"


def test_site_facts_of_the_nodes_agree_or_are_unknown() -> None:
    nodes = [
        NodeFacts("a", NODE, {"environment": "test", "rack": 1}),
        NodeFacts("b", NODE, {"environment": "test", "rack": 2}),
    ]
    document = unite(flat(complete=True), nodes).documents["east"]
    assert document["site_facts"] == {"environment": "test"}
    assert document["unknown"]["/site_facts/rack"]["reason"] == "conflict"
    wrong = unite(flat(complete=True), [NodeFacts("a", NODE, "text")]).documents["east"]
    assert wrong["site_facts"] == "text"


def test_the_order_of_hosts_does_not_matter() -> None:
    nodes = [
        NodeFacts(name, {**NODE, "cpu_count": at + 1, "version": f"E076{at}"})
        for at, name in enumerate("abc")
    ]
    assert unite(flat(), nodes) == unite(flat(), nodes[::-1])
