# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutants of rules and pools, and the report of the mutants that the tests of a policy detect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import load_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.testing.mutation import mutants
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.testing.policy_tests import (
    own_checks,
    own_tests,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.testing.tests_report import (
    policy_report,
)

PolicyOf = Callable[..., dict[str, Any]]
HostFacts = Callable[..., dict[str, Any]]
SOCKETS = {
    "id": "sockets",
    "rows": "/hosts",
    "group_by": ["subject.id", "arch"],
    "demand": {"unit": "cpu_socket", "sum": "cpu_sockets"},
    "supply": {"from": "in_force", "product": "vms"},
    "require": {"demand": "at_most_supply", "headroom_warn": "10%"},
}


def mutants_by_description(
    content: dict[str, Any], values: dict[str, Any] | None = None
) -> dict[str, dict[str, Any]]:
    """Return the mutants of the only check of a policy by description, as they are after the change."""
    checks = list(own_checks(load_policy(content)).values())
    assert len(checks) == 1
    entry, keys = checks[0]
    return {mutant.what: mutant.raw(values or {}) for mutant in mutants(entry, keys)}


def rule(require: Any, **more: Any) -> dict[str, Any]:
    return {"id": "r", "require": {"properties": {"vms": {"properties": {"total": require}}}}, **more}


@pytest.mark.parametrize(
    ("require", "what", "changed"),
    [
        ({"maximum": 10}, "/maximum: 10 + 1", {"maximum": 11}),
        ({"maximum": 10}, "/maximum: 10 − 1", {"maximum": 9}),
        ({"maximum": 10}, ": maximum → minimum", {"minimum": 10}),
        ({"maximum": 10, "minimum": 1}, ": maximum left out", {"minimum": 1}),
        ({"const": 3}, ": const turned round", {"not": {"const": 3}}),
        ({"enum": [1, 2]}, "/enum: without 1", {"enum": [2]}),
        ({"not": {"const": 3}}, ": not left out", {"const": 3}),
        (
            {"anyOf": [{"const": 1}, {"minimum": 5}]},
            ": anyOf → allOf",
            {"allOf": [{"const": 1}, {"minimum": 5}]},
        ),
        ({"anyOf": [{"const": 1}, {"minimum": 5}]}, "/anyOf: without [0]", {"anyOf": [{"minimum": 5}]}),
        (
            {"if": {"minimum": 5}, "then": {"maximum": 9}},
            "/if: turned round",
            {"if": {"not": {"minimum": 5}}, "then": {"maximum": 9}},
        ),
    ],
)
def test_constraints_are_mutated(policy_of: PolicyOf, require: Any, what: str, changed: Any) -> None:
    place = "/require/properties/vms/properties/total"
    found = mutants_by_description(policy_of(rule(require)))
    assert found[place + what]["require"]["properties"]["vms"]["properties"]["total"] == changed


def test_the_value_of_a_parameter_is_mutated(policy_of: PolicyOf) -> None:
    content = policy_of(
        rule({"maximum": {"param": "most"}}), parameters={"most": {"type": "integer", "default": 4}}
    )
    place = "/require/properties/vms/properties/total/maximum"
    raw = mutants_by_description(content, {"most": 7})[place + ": {most} + 1"]
    assert raw["require"]["properties"]["vms"]["properties"]["total"] == {"maximum": 8}


def test_conditions_modes_dates_and_effects_are_mutated(policy_of: PolicyOf) -> None:
    mode = {"warn": "2026-12-01", "deny": "2027-01-15"}
    when = {"properties": {"architecture": {"const": "x86_64"}}}
    found = mutants_by_description(policy_of(rule({"maximum": 1}, mode=mode, when=when, on_unknown="block")))
    assert found["/when: left out"]["when"] is True
    assert found["/when: turned round"]["when"] == {"not": when}
    assert found["/mode/deny: 2027-01-15 → 2027-01-16"]["mode"] == {**mode, "deny": "2027-01-16"}
    assert found["/mode: without warn"]["mode"] == {"deny": "2027-01-15"}
    assert found["/on_unknown: block → warn"]["on_unknown"] == "warn"
    assert "/mode: deny → warn" in mutants_by_description(policy_of(rule({"maximum": 1})))


def test_pools_are_mutated(policy_of: PolicyOf) -> None:
    forecast = {"within_days": 60, "mode": "warn"}
    where = {"properties": {"status": {"const": "ok"}}}
    found = mutants_by_description(
        policy_of(pools=[{**SOCKETS, "forecast": forecast, "where": where, "blame": "newest"}])
    )
    assert found["/require/headroom_warn: 10% → 11%"]["require"]["headroom_warn"] == "11%"
    assert found["/group_by: without arch"]["group_by"] == ["subject.id"]
    assert found["/supply/product: vms → container_service"]["supply"]["product"] == "container_service"
    assert found["/supply/from: in_force → installed"]["supply"]["from"] == "installed"
    assert found["/demand: sum → max"]["demand"] == {"unit": "cpu_socket", "max": "cpu_sockets"}
    assert found["/forecast/within_days: 60 + 1"]["forecast"] == {"within_days": 61, "mode": "warn"}
    assert found["/forecast/mode: warn → deny"]["forecast"] == {"within_days": 60, "mode": "deny"}
    assert found["/where: turned round"]["where"] == {"not": where}
    assert found["/where/properties/status: const turned round"]["where"] == {
        "properties": {"status": {"not": {"const": "ok"}}}
    }
    assert found["/blame: newest → all"]["blame"] == "all"


def test_terms_of_pools_are_mutated(policy_of: PolicyOf) -> None:
    demand = {"unit": "cpu_socket", "sum": {"product": ["cpu_sockets", 2]}, "round_up": 4}
    found = mutants_by_description(policy_of(pools=[{**SOCKETS, "demand": demand}]))
    assert found["/demand/sum: product → sum"]["demand"]["sum"] == {"sum": ["cpu_sockets", 2]}
    assert found["/demand/sum/product/1: 2 + 1"]["demand"]["sum"] == {"product": ["cpu_sockets", 3]}
    assert found["/demand/sum/product: without [1]"]["demand"]["sum"] == {"product": ["cpu_sockets"]}
    assert found["/demand/round_up: 4 − 1"]["demand"]["round_up"] == 3
    assert found["/demand: without round_up"]["demand"] == {
        "unit": "cpu_socket",
        "sum": {"product": ["cpu_sockets", 2]},
    }


def test_mutants_survive_weak_tests_and_not_strong_ones(policy_of: PolicyOf, host_facts: HostFacts) -> None:
    weak = [{"name": "few", "facts": host_facts(), "set": {"/vms/total": 1}, "expect": {"r": "pass"}}]
    strong = [
        {"name": "at", "facts": host_facts(), "set": {"/vms/total": 10}, "expect": {"r": "pass"}},
        {
            "name": "over",
            "facts": host_facts(),
            "set": {"/vms/total": 11},
            "expect": {"r": "fail"},
            "effects": {"r": "block"},
        },
        {"name": "gap", "facts": host_facts(), "unset": ["/vms/total"], "expect": {"r": "unknown"}},
    ]
    poor = policy_report(load_policy(policy_of(rule({"maximum": 10}), tests=weak)))
    assert poor["coverage"]["missing"] == {"r": ["fail", "unknown"]}
    assert poor["coverage"]["percent"] == 33
    alive = {each["what"].rpartition("/")[2] for each in poor["mutation"]["survived"]}
    assert {"maximum: 10 + 1", "maximum: 10 − 1", "mode: deny → warn"} <= alive
    good = policy_report(load_policy(policy_of(rule({"maximum": 10}), tests=strong)))
    assert good["coverage"]["percent"] == good["mutation"]["percent"] == 100
    assert good["tests"]["failed"] == []


def test_a_policy_without_tests_has_no_coverage(policy_of: PolicyOf) -> None:
    report = policy_report(load_policy(policy_of(rule({"maximum": 10}))))
    assert report["coverage"]["percent"] == report["mutation"]["percent"] == 0
    assert report["tests"]["total"] == 0


def test_a_failed_test_is_in_the_report(policy_of: PolicyOf, host_facts: HostFacts) -> None:
    tests = [
        {"name": "t", "facts": host_facts(), "expect": {"r": "pass"}, "effects": {"r": "warn"}},
    ]
    report = policy_report(load_policy(policy_of(rule({"maximum": 10}), tests=tests)))
    failed = [(each["aspect"], each["expected"], each["actual"]) for each in report["tests"]["failed"]]
    assert failed == [("verdict", "pass", "fail"), ("effect", "warn", "block")]


def test_a_report_covers_own_tests_and_checks_only(policy_of: PolicyOf, host_facts: HostFacts) -> None:
    tests = [
        {"name": "t", "facts": "licensed", "set": {"/vms/total": 11}, "expect": {"r": "fail"}},
        {
            "name": "stricter",
            "facts": "lapsing",
            "set": {"/licenses/items/0/quantity": 9, "/licenses/items/0/assigned": 9},
            "effects": {"r20-reconnect": "block"},
        },
    ]
    override = {"id": "r20-reconnect", "override": True, "mode": "deny"}
    content = policy_of(rule({"maximum": 10}), override, extends=[{"id": "vendor"}], tests=tests)
    policy = load_policy(content)
    assert [test["name"] for _document, _path, test in own_tests(policy)] == ["t", "stricter"]
    report = policy_report(policy)
    assert report["tests"]["failed"] == []
    assert set(own_checks(policy)) == {"r", "r20-reconnect"}
    assert report["coverage"]["missing"] == {"r": ["pass", "unknown"], "r20-reconnect": ["fail"]}


def test_a_failing_test_detects_no_mutant(policy_of: PolicyOf, host_facts: HostFacts) -> None:
    tests = [{"name": "wrong", "facts": host_facts(), "expect": {"r": "pass"}}]
    report = policy_report(load_policy(policy_of(rule({"maximum": 10}), tests=tests)))
    assert report["mutation"]["total"] > 0
    assert report["mutation"]["noticed"] == 0


BOUGHT = {
    "kind": "Entitlements",
    "schema_version": 1,
    "id": "bought",
    "systems": {"hangzhou": {"license_server": "ls-east"}},
    "grants": [
        {
            "id": "std",
            "covers": {
                "product": "vms_standard",
                "arch": "x86_64",
                "kind": "formal",
                "code": "3132A0XY",
                "quantity": 4,
                "from": "2026-01-10",
                "until": "never",
            },
            "allocations": [{"license_server": "ls-east", "system": "hangzhou", "quantity": 6}],
        }
    ],
}
WAIVED = {
    "kind": "Waivers",
    "schema_version": 1,
    "id": "waived",
    "waivers": [
        {
            "id": "W-1",
            "rule": "r",
            "scope": {"systems": ["hangzhou"]},
            "reason": "moving",
            "approver": "a",
            "ticket": "T-1",
            "from": "2026-11-01",
            "until": "2026-11-30",
        }
    ],
}


def test_tests_can_use_grants_waivers_and_other_systems(policy_of: PolicyOf, host_facts: HostFacts) -> None:
    overdrawn = {
        "id": "overdrawn",
        "about": "grant",
        "require": {"properties": {"grant": {"properties": {"overdrawn": {"maximum": 0}}}}},
    }
    more = {**host_facts(changes={"/subject/id": "more"}), "vms": {"total": 1}}
    tests = [
        {
            "name": "grant",
            "facts": "licensed",
            "entitlements": "bought",
            "expect": {"overdrawn": "fail", "r": "fail"},
        },
        {"name": "none", "facts": "licensed", "expect": {"overdrawn": "not_applicable"}},
        {
            "name": "waived",
            "facts": "licensed",
            "waivers": WAIVED,
            "expect": {"r": "waived"},
            "effects": {"r": "record"},
        },
        {"name": "beside", "facts": more, "beside": ["licensed"], "expect": {"r": "pass"}},
        {
            "name": "expired",
            "facts": "licensed",
            "as_of": "2026-12-01",
            "waivers": "waived",
            "expect": {"r": "fail"},
        },
    ]
    content = policy_of(
        rule({"maximum": 10}),
        overdrawn,
        fixtures={"licensed": host_facts(), "bought": BOUGHT, "waived": WAIVED},
        tests=tests,
    )
    assert policy_report(load_policy(content))["tests"]["failed"] == []
