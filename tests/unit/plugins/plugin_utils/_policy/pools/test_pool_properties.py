# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Properties of pools: deciding facts, more facts, and purchase plans."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.pools.purchase import (
    fewest_packs,
)

from .....fakes.pools import CALM, OWN, HostFacts, Judge, balances, bought, license_, only_finding

# -- deciding facts --


def test_unknown_pools_list_the_fewest_deciding_facts(judge: Judge, system: HostFacts) -> None:
    capped = {"demand": {"unit": "cpu_socket", "sum": {"min": ["cpu_sockets", 4]}}}
    fleet = system("a", [None, 2]), system("b", [None], 4), system("c", [None], 0)
    result = judge(capped, *fleet)
    assert balances(result) == [([5, 14], 8, "unknown")]
    assert {each["pointer"] for each in result["findings"][0]["because"]} == {
        "/a/hosts/0/cpu_sockets",
        "/b/hosts/0/cpu_sockets",
    }


@CALM
@given(st.lists(st.tuples(st.integers(1, 4), st.booleans()), min_size=1, max_size=6), st.integers(0, 16))
def test_no_smaller_set_of_facts_could_decide(
    judge: Judge, system: HostFacts, rows: list[tuple[int, bool]], quantity: int
) -> None:
    capped = {"demand": {"unit": "cpu_socket", "sum": {"min": ["cpu_sockets", 4]}}}
    shown = [None if hidden else count for count, hidden in rows]
    result = judge(capped, system("a", shown, quantity))
    if result["balances"][0]["verdict"] != "unknown":
        return
    deciding = {int(each["pointer"].split("/")[2]) for each in only_finding(result)["because"]}

    def at_best(known: set[int]) -> str:
        best = [1 if at in known else count for at, count in enumerate(shown)]
        return str(judge(capped, system("a", best, quantity))["balances"][0]["verdict"])

    assert at_best(deciding) == "pass"
    hidden = [at for at, (_count, is_hidden) in enumerate(rows) if is_hidden]
    for smaller in combinations(hidden, len(deciding) - 1):
        assert at_best(set(smaller)) != "pass"


AGGREGATES = st.sampled_from(
    [
        {"sum": "cpu_sockets"},
        {"min": "cpu_sockets"},
        {"max": "cpu_sockets"},
        {"count": "rows"},
        {"sum": {"product": ["cpu_sockets", {"min": ["cpu_sockets", 2]}]}},
        {"sum": {"round_up": ["cpu_sockets", 3]}, "ceil_div": 2},
    ]
)


@CALM
@given(AGGREGATES, st.lists(st.integers(1, 5), min_size=1, max_size=5), st.integers(0, 12), st.data())
def test_more_facts_never_reverse_a_definite_verdict(
    judge: Judge,
    system: HostFacts,
    demand: dict[str, Any],
    counts: list[int],
    quantity: int,
    draw: st.DataObject,
) -> None:
    pool = {
        "demand": {"unit": "cpu_socket", **demand},
        "where": {"properties": {"container_cluster": {"const": True}}},
    }
    complete = system("a", counts, quantity)
    for row in complete["hosts"]:
        row["container_cluster"] = draw.draw(st.booleans())
    places = [
        f"/hosts/{at}/{name}"
        for at in range(len(counts))
        for name in ("cpu_sockets", "arch", "container_cluster")
    ]
    hidden = draw.draw(st.sets(st.sampled_from(["/licenses", *places])))
    known = {row["group"]["arch"]: row for row in judge(pool, complete)["balances"]}
    some = judge(pool, {**complete, "unknown": {pointer: {"reason": "absent"} for pointer in hidden}})
    for row in some["balances"]:
        low, high = row["demand"] if isinstance(row["demand"], list) else (row["demand"], row["demand"])
        true = known.get(row["group"]["arch"])
        if row["group"]["arch"] is None:
            assert row["verdict"] == "unknown" or not known
            continue
        demanded = true["demand"] if true else 0
        assert low <= demanded
        assert high is None or demanded <= high
        assert row["verdict"] in ("unknown", true["verdict"] if true else "pass")


@CALM
@given(
    st.lists(st.integers(1, 6), min_size=1, max_size=4),
    st.integers(1, 9),
    st.sampled_from(["standard", "enterprise", "upgraded", "chain"]),
    st.sampled_from([1, 2, 5]),
)
def test_purchasing_the_plan_passes_and_one_less_fails(
    judge: Judge, system: HostFacts, counts: list[int], quantity: int, licensing: str, step: int
) -> None:
    held = [license_("B", quantity, "vms_enterprise" if licensing == "enterprise" else "vms_standard")]
    if licensing in ("upgraded", "chain"):
        held.append(license_("U", quantity, "vms_standard_to_enterprise"))
    if licensing == "chain":
        held.append(license_("V", quantity, "vms_enterprise_to_enhanced_enterprise"))
    pool = {**OWN, "demand": {"unit": "cpu_socket", "sum": "cpu_sockets", "round_up": step}}
    facts = system("a", counts, 0, *held)
    result = judge(pool, facts)
    if result["balances"][0]["verdict"] == "pass":
        return
    plan = only_finding(result)["buy"]
    assert plan["complete"]
    assert [line["product"] for line in plan["lines"]] == [item["product"] for item in held]
    assert len({line["quantity"] for line in plan["lines"]}) == 1
    assert judge(pool, bought(facts, plan["lines"]))["balances"][0]["verdict"] == "pass"
    assert judge(pool, bought(facts, plan["lines"], held[0]["product"]))["balances"][0]["verdict"] == "fail"


def test_a_feature_includes_its_edition_and_packs(judge: Judge, system: HostFacts) -> None:
    pool = {
        "rows": ".",
        "group_by": ["subject.id"],
        "demand": {"unit": "host", "sum": "features.disk_backup_dr.used"},
        "supply": {"from": "in_force", "product": "disk_backup_dr"},
    }
    facts = system("a", [4])
    facts["features"]["disk_backup_dr"] = {"in_use": True, "used": 63}
    plan = only_finding(judge(pool, facts))["buy"]
    assert plan["complete"]
    assert [(line["product"], line["quantity"], line["packs"]) for line in plan["lines"]] == [
        ("disk_backup_dr", 63, [50, 10, 1, 1, 1]),
        ("vms_standard_to_enterprise", 4, []),
    ]
    large = {**pool, "supply": {**pool["supply"], "packs": [10, 50]}}
    assert only_finding(judge(large, facts))["buy"]["lines"][0]["packs"] == [50, 10, 10]


@given(st.integers(1, 500), st.lists(st.integers(1, 30), min_size=1, max_size=4, unique=True))
def test_the_smallest_sum_with_the_fewest_packs_is_chosen(quantity: int, sizes: list[int]) -> None:
    packs = fewest_packs(quantity, sizes)
    assert set(packs) <= set(sizes)
    assert sum(packs) >= quantity
    reachable = {0}
    for _round in range(quantity + 1):
        more = {total + size for total in reachable for size in sizes if total < quantity}
        if more <= reachable:
            break
        reachable |= more
    assert sum(packs) == min(total for total in reachable if total >= quantity)


def test_systems_with_one_upgrade_path_share_a_plan(judge: Judge, system: HostFacts) -> None:
    upgrade = license_("U", 4, "vms_standard_to_enterprise")
    alike = judge({}, system("a", [9], 4, upgrade), system("b", [1], 4, upgrade))["findings"]
    assert [(line["product"], line["quantity"]) for line in alike[0]["buy"]["lines"]] == [
        ("vms_standard", 2),
        ("vms_standard_to_enterprise", 2),
    ]
    apart = judge({}, system("a", [9], 4, upgrade), system("b", [1]))["findings"]
    assert (apart[0]["buy"]["complete"], apart[0]["buy"]["at_least"]) == (False, 2)


def test_a_shortage_without_an_upper_bound_has_no_complete_plan(judge: Judge, system: HostFacts) -> None:
    plan = only_finding(judge(OWN, system("a", [9, None])))["buy"]
    assert (plan["complete"], plan["at_least"]) == (False, 6)
