# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pools: every supply, terms, blame, forecasts, deciding facts, purchases (R6, R26, R32)."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import InvalidDocument
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import load_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.entitlements import (
    load_entitlements,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
)

from .....fakes.pools import (
    ENTITLEMENTS,
    OWN,
    HostFacts,
    Judge,
    balances,
    document,
    license_,
    only_finding,
    verdicts,
)

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


@pytest.mark.parametrize("source", ["in_force", "assigned", "installed"])
@pytest.mark.parametrize(
    ("end", "supply", "verdict"),
    [
        ("2027-06-12T00:00:00", 7, "pass"),
        ("2026-11-20T00:00:00", 4, "fail"),
        ("2026-11-24T12:00:00", [4, 7], "unknown"),
    ],
)
def test_a_license_whose_end_has_no_zone_counts_where_every_zone_agrees(
    judge: Judge, system: HostFacts, source: str, end: str, supply: object, verdict: str
) -> None:
    pool = {"supply": {"from": source, "product": "vms_standard" if source != "in_force" else "vms"}}
    temporary = license_("T", 3, kind="temporary", expires_at=end)
    assert balances(judge(pool, system("a", [3, 3], 4, temporary))) == [(6, supply, verdict)]


@pytest.mark.parametrize("source", ["in_force", "assigned"])
@pytest.mark.parametrize(("end", "ahead"), [("2026-12-06T00:00:00", True), ("2027-06-12T00:00:00", False)])
def test_a_shortage_ahead_without_a_zone_is_found(
    judge: Judge, system: HostFacts, source: str, end: str, ahead: bool
) -> None:
    pool: dict[str, Any] = {
        "supply": {"from": source, "product": "vms"},
        "forecast": {"within_days": 60, "mode": "warn"},
    }
    result = judge(pool, system("a", [3, 3], 4, license_("T", 3, kind="temporary", expires_at=end)))
    # The supply in force is short from the earliest day on; that of the assigned licenses is for certain on
    # the latest one.
    day = "2026-12-05" if source == "in_force" else "2026-12-06"
    texts = [each["message"]["en"] for each in result["findings"]]
    assert texts == (
        [f"after the license expiry on {day}: 6 needed, 4 licensed (cpu_socket)"] if ahead else []
    )


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
    assert code in [error.code for error in caught.value.problems]
    assert all(error.text("en") and error.text("zh") for error in caught.value.problems)


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
