# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pools: every supply, terms, blame, forecasts, deciding facts, purchases (R6, R26, R32)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import combinations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import InvalidDocument
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import evaluate_fleet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import load_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.pools.purchase import (
    fewest_packs,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.entitlements import (
    load_entitlements,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
)

HostFacts = Callable[..., dict[str, Any]]
Result = dict[str, Any]
Judge = Callable[..., Result]
CALM = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

POOL: dict[str, Any] = {
    "id": "p",
    "rows": "/hosts",
    "group_by": ["arch"],
    "demand": {"unit": "cpu_socket", "sum": "cpu_sockets"},
    "supply": {"from": "in_force", "product": "vms"},
    "require": {"demand": "at_most_supply"},
}
OWN = {"group_by": ["subject.id", "arch"]}


def document(changes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"kind": "LicensePolicy", "id": "site", "version": "1.0.0", "pools": [{**POOL, **changes}], **more}


@pytest.fixture
def judge(as_of: datetime) -> Judge:
    def run(changes: dict[str, Any], *facts: Any, **options: Any) -> Result:
        hosts = [HostInput(f"h{at}", each) for at, each in enumerate(facts)]
        policy = load_policy(document(changes, **options.pop("policy", {})))
        result = evaluate_fleet.evaluate(hosts, policy, options.pop("as_of", as_of), **options)
        assert schemas.validate("compliance_result", result) == []
        return result

    return run


@pytest.fixture
def system(host_facts: HostFacts) -> HostFacts:
    """Build a standard system: sockets by host (None: unknown), and its licenses."""

    def build(
        name: str, sockets: list[Any], quantity: int = 4, *more: dict[str, Any], arch: str = "x86_64"
    ) -> Any:
        hosts = []
        for at, count in enumerate(sockets):
            row = {"id": f"{name}-{at}", "arch": arch, "cpu_sockets": count, "container_cluster": at == 0}
            row["added_at"] = f"2026-0{at + 1}-01T00:00:00Z"
            hosts.append({key: value for key, value in row.items() if value is not None})
        items = [license_("L0", quantity, name=name), *more] if quantity else list(more)
        changes = {"/subject/id": name, "/hosts": hosts, "/licenses": {"complete": True, "items": items}}
        return host_facts("licensed", changes)

    return build


def license_(
    ident: str, quantity: int, product: str = "vms_standard", name: str = "", **more: Any
) -> dict[str, Any]:
    found = {
        "id": f"{ident}-{name}",
        "product": product,
        "arch": "x86_64",
        "kind": "formal",
        "quantity": quantity,
    }
    found.update({"assigned": quantity, "expires_at": "never", "status": "in_use"})
    return {**found, **more}


def balances(result: Result) -> list[tuple[Any, Any, str]]:
    return [(row["demand"], row["supply"], row["verdict"]) for row in result["balances"]]


def verdicts(result: Result) -> dict[str, str]:
    found = {}
    for entry in result["subjects"]:
        name = entry["subject"]["id"]
        found[name] = "pass" if "p" in entry["passed"] else "not_applicable"
        for finding in result["findings"]:
            if (
                finding["subject"]["id"] == name
                and finding["kind"] == "pool"
                and finding["verdict"] != "pass"
            ):
                found[name] = finding["verdict"]
    return found


def only_finding(result: Result) -> dict[str, Any]:
    (finding,) = result["findings"]
    return dict(finding)


# -- supply --


def test_a_fleet_shares_licenses_in_force(judge: Judge, system: HostFacts) -> None:
    assert balances(judge({}, system("a", [3, 3]), system("b", [1]))) == [(7, 8, "pass")]
    assert balances(judge({}, system("a", [3, 3]), system("b", [3]))) == [(9, 8, "fail")]
    assert balances(judge({}, system("a", [3, 3]), None)) == [([6, None], [4, None], "unknown")]


def test_installed_counts_a_license_of_two_systems_once(judge: Judge, system: HostFacts) -> None:
    shared = license_("S", 6, assigned=3)
    pool = {"supply": {"from": "installed", "product": "vms"}}
    assert balances(judge(pool, system("a", [3], 0, shared), system("b", [3], 0, shared))) == [(6, 6, "pass")]
    pool = {"supply": {"from": "assigned", "product": "vms"}}
    assert balances(judge(pool, system("a", [3], 0, shared), system("b", [3], 0, shared))) == [(6, 6, "pass")]
    different = {**shared, "quantity": 9}
    pool = {"supply": {"from": "installed", "product": "vms"}}
    ((demand, _supply, verdict),) = balances(
        judge(pool, system("a", [3], 0, shared), system("b", [3], 0, different))
    )
    assert (demand, verdict) == (6, "unknown")


def test_a_product_is_counted_after_upgrades(judge: Judge, system: HostFacts) -> None:
    upgrade = license_("U", 4, "vms_standard_to_enterprise")
    for product, quantity in (("vms", 4), ("vms_enterprise", 4), ("vms_standard", 0)):
        pool = {"supply": {"from": "assigned", "product": product}}
        assert balances(judge(pool, system("a", [2], 4, upgrade))) == [
            (2, quantity, "pass" if quantity else "fail")
        ]


ENTITLEMENTS: dict[str, Any] = {
    "kind": "Entitlements",
    "schema_version": 1,
    "id": "acme",
    "systems": {
        "a": {"license_server": "ls", "hot_standby": False},
        "b": {"license_server": "ls", "hot_standby": False},
    },
    "grants": [
        {
            "id": "g1",
            "covers": {
                "product": "vms_standard",
                "arch": "x86_64",
                "kind": "formal",
                "code": "3132A0XY",
                "quantity": 10,
                "from": "2026-01-10",
                "until": "2026-12-10",
            },
            "allocations": [
                {"license_server": "ls", "system": "a", "quantity": 4},
                {"license_server": "ls", "system": "b", "quantity": 2},
            ],
        }
    ],
}


def test_purchased_and_allocated_licenses_are_supplies(judge: Judge, system: HostFacts) -> None:
    bought = load_entitlements(ENTITLEMENTS)
    systems = system("a", [3]), system("b", [3])
    pool: dict[str, Any] = {"supply": {"from": "purchased", "product": "vms"}}
    assert balances(judge(pool, *systems, entitlements=bought)) == [(6, 10, "pass")]
    pool = {**OWN, "supply": {"from": "allocated", "product": "vms"}}
    result = judge(pool, *systems, entitlements=bought)
    assert balances(result) == [(3, 4, "pass"), (3, 2, "fail")]
    assert verdicts(result) == {"a": "pass", "b": "fail", "g1": "not_applicable"}
    assert balances(judge(pool, *systems))[0][2] == "unknown"


def test_installed_licenses_can_be_compared_with_purchased_ones(judge: Judge, system: HostFacts) -> None:
    pool = {
        "rows": "/licenses/items",
        "group_by": ["product", "arch"],
        "count_once_by": ["id"],
        "demand": {"unit": "cpu_socket", "sum": "quantity"},
        "supply": {"from": "purchased"},
    }
    bought = load_entitlements(ENTITLEMENTS)
    shared = license_("S", 6)
    assert balances(
        judge(pool, system("a", [1], 0, shared), system("b", [1], 0, shared), entitlements=bought)
    ) == [(6, 10, "pass")]
    result = judge(pool, system("a", [1], 9), system("b", [1], 2), entitlements=bought)
    assert balances(result) == [(11, 10, "fail")]


# -- demand --


@pytest.mark.parametrize(
    ("demand", "expected"),
    [
        ({"sum": "cpu_sockets"}, 8),
        ({"count": "rows"}, 3),
        ({"min": "cpu_sockets"}, 1),
        ({"max": "cpu_sockets"}, 5),
        ({"sum": {"product": ["cpu_sockets", 2]}}, 16),
        ({"sum": {"ceil_div": ["cpu_sockets", 2]}}, 5),
        ({"sum": {"round_up": ["cpu_sockets", 4]}}, 16),
        ({"sum": {"max": ["cpu_sockets", 2]}}, 9),
        ({"sum": {"min": ["cpu_sockets", {"param": "most"}]}}, 5),
        ({"sum": {"sum": ["cpu_sockets", 1]}}, 11),
        ({"sum": "cpu_sockets", "ceil_div": 3}, 3),
        ({"sum": "cpu_sockets", "round_up": 5}, 10),
        ({"sum": "cpu_sockets", "ceil_div": 3, "round_up": 2}, 4),
    ],
)
def test_terms_of_a_demand_are_calculated(
    demand: dict[str, Any], expected: int, judge: Judge, system: HostFacts
) -> None:
    parameters = {"parameters": {"most": {"type": "integer", "default": 2}}}
    pool = {"demand": {"unit": "cpu_socket", **demand}}
    assert balances(judge(pool, system("a", [1, 5, 2], 20), policy=parameters))[0][0] == expected


def test_where_selects_rows_that_match_or_may_match(judge: Judge, system: HostFacts) -> None:
    pool = {"where": {"properties": {"container_cluster": {"const": True}}}}
    facts = system("a", [3, 2])
    assert balances(judge(pool, facts)) == [(3, 4, "pass")]
    del facts["hosts"][1]["container_cluster"]
    facts["unknown"] = {"/hosts/1/container_cluster": {"reason": "absent"}}
    result = judge(pool, facts)
    assert balances(result) == [([3, 5], 4, "unknown")]
    assert only_finding(result)["because"] == [{"pointer": "/hosts/1/container_cluster", "reason": "absent"}]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"demand": {"unit": "cpu_socket", "sum": {"product": ["cpu_socket", 2]}}}, "pool_fact_unknown"),
        ({"demand": {"unit": "cpu_socket", "sum": {"product": ["arch", 2]}}}, "pool_fact_type"),
        (
            {"demand": {"unit": "cpu_socket", "sum": "cpu_sockets", "round_up": {"param": "x"}}},
            "param_unknown",
        ),
        (
            {"demand": {"unit": "cpu_socket", "sum": "cpu_sockets", "ceil_div": {"param": "word"}}},
            "pool_number",
        ),
        ({"where": {"properties": {"sockets": {"const": 1}}}}, "fact_unknown"),
        ({"group_by": ["subject.id"], "supply": {"from": "purchased", "product": "vms"}}, "pool_group"),
        ({"supply": {"from": "in_force"}}, "pool_product_missing"),
        ({"rows": "/licenses/items", "group_by": ["product"]}, "pool_product_twice"),
        (
            {
                "rows": "/licenses/items",
                "group_by": ["product"],
                "demand": {"unit": "cpu_socket", "sum": "quantity"},
                "supply": {"from": "in_force"},
            },
            "pool_product_source",
        ),
        ({"group_by": ["no.such"]}, "pool_fact_unknown"),
    ],
)
def test_a_pool_with_an_error_is_rejected(changes: dict[str, Any], code: str) -> None:
    parameters = {"word": {"type": "string", "default": "a"}}
    with pytest.raises(InvalidDocument) as caught:
        load_policy(document(changes, parameters=parameters))
    assert code in [error.code for error in caught.value.faults]
    assert all(error.text("en") and error.text("zh") for error in caught.value.faults)


# -- blame --


def test_blame_selects_the_failing_systems(judge: Judge, system: HostFacts) -> None:
    fleet = system("a", [6]), system("b", [1, 1], 0), system("c", [2], 0)
    assert verdicts(judge({}, *fleet)) == {"a": "fail", "b": "fail", "c": "fail"}
    result = judge({"blame": "over_allocation"}, *fleet)
    assert verdicts(result) == {"a": "fail", "b": "pass", "c": "pass"}
    assert only_finding(result)["blamed"] == ["a a-0"]
    fleet[1]["hosts"][0]["added_at"] = "2027-01-01T00:00:00Z"
    del fleet[2]["hosts"][0]["added_at"]
    result = judge({"blame": "newest"}, *fleet)
    assert verdicts(result) == {"a": "fail", "b": "fail", "c": "fail"}
    more = system("a", [6], 7), *fleet[1:]
    result = judge({"blame": "newest"}, *more)
    assert verdicts(result) == {"a": "pass", "b": "fail", "c": "fail"}
    assert [finding["blamed"] for finding in result["findings"]] == [["b b-0", "c c-0"]] * 2


def test_systems_outside_the_run_count_without_a_verdict(judge: Judge, system: HostFacts) -> None:
    result = judge({}, system("a", [3]), outside=[HostInput("b", system("b", [6]))])
    assert balances(result) == [(9, 8, "fail")]
    assert verdicts(result) == {"a": "fail"}
    result = judge({"blame": "over_allocation"}, system("a", [3]), outside=[HostInput("b", system("b", [6]))])
    assert (verdicts(result), result["decision"]) == ({"a": "pass"}, "compliant")


# -- forecast --


def test_a_forecast_is_the_balance_after_the_expiry(judge: Judge, system: HostFacts) -> None:
    expiring = license_(
        "T", 2, kind="temporary", expires_at="2026-12-06T00:00:00Z", issued_at="2026-11-06T00:00:00Z"
    )
    pool = {**OWN, "forecast": {"within_days": 30}}
    result = judge(pool, system("a", [5], 4, expiring))
    finding = only_finding(result)
    assert (finding["kind"], finding["verdict"], finding["effect"], finding["at"]) == (
        "forecast",
        "fail",
        "warn",
        "2026-12-06T00:00:00Z",
    )
    assert (finding["expected"], finding["actual"]) == ({"at_most": 4}, {"demand": 5})
    assert "2026-12-06" in finding["message"]["en"]
    assert (result["decision"], verdicts(result)) == ("compliant", {"a": "pass"})
    assert judge({**OWN, "forecast": {"within_days": 11}}, system("a", [5], 4, expiring))["findings"] == []
    deny = {**OWN, "forecast": {"within_days": 30, "mode": "deny"}}
    assert judge(deny, system("a", [5], 4, expiring))["decision"] == "non_compliant"
    assert judge(deny, system("a", [4], 4, expiring))["findings"] == []


def test_a_forecast_with_an_unknown_end_is_unknown(judge: Judge, system: HostFacts) -> None:
    endless = license_("T", 2, kind="temporary")
    del endless["expires_at"]
    finding = only_finding(judge({**OWN, "forecast": {"within_days": 30}}, system("a", [4], 4, endless)))
    assert (finding["kind"], finding["verdict"]) == ("forecast", "unknown")


def test_a_forecast_includes_the_end_of_grants(judge: Judge, system: HostFacts) -> None:
    pool = {"supply": {"from": "purchased", "product": "vms"}, "forecast": {"within_days": 30}}
    systems = system("a", [3]), system("b", [3])
    found = judge(pool, *systems, entitlements=load_entitlements(ENTITLEMENTS))["findings"]
    assert {(each["kind"], each["at"], each["expected"]["at_most"]) for each in found} == {
        ("forecast", "2026-12-10T00:00:00Z", 0)
    }


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


# -- purchases --


def bought(facts: dict[str, Any], lines: list[dict[str, Any]], less: str = "") -> dict[str, Any]:
    items = list(facts["licenses"]["items"])
    for at, line in enumerate(lines):
        quantity = line["quantity"] - (line["product"] == less)
        if quantity:
            items.append(license_(f"N{at}", quantity, line["product"], arch=line["arch"]))
    return {**facts, "licenses": {"complete": True, "items": items}}


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
