# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What-if overlays, and the comparison of two results."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.drift import drift
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.what_if import (
    read_overlay,
    what_if,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.findings.waivers import (
    load_waivers,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import load_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.model import PolicySet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.fact_age import Channel
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
)

from .....fakes.runs import evaluate_with

HostFacts = Callable[..., dict[str, Any]]
LISTS = ("new", "newly_unknown", "fixed", "changed", "ended", "decisions")


def result(policy: Any, as_of: datetime, *facts: Any, **options: Any) -> dict[str, Any]:
    hosts = [HostInput(f"h{at}", each) for at, each in enumerate(facts)]
    return evaluate_with(hosts, policy, as_of, **options)


def rules(found: list[dict[str, Any]]) -> list[str]:
    return [str(finding["rule"]) for finding in found]


def test_equal_results_have_no_drift(vendor: PolicySet, host_facts: HostFacts, as_of: datetime) -> None:
    one = result(vendor, as_of, host_facts("lapsing"), None)
    found = drift(one, copy.deepcopy(one))
    assert found["same"]
    assert [found[name] for name in LISTS] == [[]] * 6


def test_new_fixed_changed_and_newly_unknown_findings(
    vendor: PolicySet, host_facts: HostFacts, as_of: datetime
) -> None:
    fine, short = host_facts(), host_facts("licensed", {"/hosts/1/cpu_sockets": 3})
    shorter = host_facts("licensed", {"/hosts/1/cpu_sockets": 4})
    open_ = host_facts("licensed", {"/hosts/1/cpu_sockets": None})
    good, bad, worse, dark = (result(vendor, as_of, facts) for facts in (fine, short, shorter, open_))
    assert "r31-sockets" in rules(drift(good, bad)["new"])
    assert "r31-sockets" in rules(drift(bad, good)["fixed"])
    assert "r31-sockets" in rules([each["after"] for each in drift(bad, worse)["changed"]])
    assert "r31-sockets" in rules(drift(good, dark)["newly_unknown"])
    assert "r31-sockets" in rules(drift(dark, bad)["new"])
    found = drift(bad, dark)
    assert not [finding for finding in found["fixed"] if finding["rule"] == "r31-sockets"]
    assert [(each["before"], each["after"]) for each in drift(good, bad)["decisions"]] == [
        ("compliant", "non_compliant")
    ]


def test_an_ended_finding_is_not_fixed(
    vendor: PolicySet, host_facts: HostFacts, as_of: datetime, policy_of: Callable[..., dict[str, Any]]
) -> None:
    facts = host_facts("lapsing")
    bad = result(vendor, as_of, facts)
    gone = drift(bad, result(vendor, as_of, host_facts()))
    assert gone["fixed"] == []
    assert {each["why"] for each in gone["ended"]} == {"subject_gone"}
    unused = host_facts("lapsing", {"/features_wanted": [], "/features/srm": {"in_use": False}})
    found = drift(bad, result(vendor, as_of, unused))
    assert {each["why"] for each in found["ended"] if each["finding"]["rule"] == "r29-srm-edition"} == {
        "not_applicable"
    }
    site = policy_of({"id": "r29-srm-edition", "disable": {"reason": "test"}}, extends=[{"id": "vendor"}])
    found = drift(bad, result(load_policy(site), as_of, facts))
    assert {each["why"] for each in found["ended"]} == {"check_gone"}
    late = policy_of(
        {"id": "r29-srm-edition", "override": True, "mode": {"deny": "2027-01-01"}},
        extends=[{"id": "vendor"}],
    )
    found = drift(bad, result(load_policy(late), as_of, facts))
    assert [(each["finding"]["rule"], each["why"]) for each in found["ended"]] == [("r29-srm-edition", "off")]
    found = drift(bad, result(vendor, as_of, host_facts("lapsing", {"/hosts": None})))
    whys = {each["finding"]["rule"]: each["why"] for each in found["ended"]}
    assert whys["r31-sockets"] == "unknown"


def test_a_waiver_is_a_change_and_not_a_fix(
    vendor: PolicySet, host_facts: HostFacts, as_of: datetime
) -> None:
    waiver = {
        "id": "W-1",
        "rule": "r29-srm-edition",
        "scope": {"systems": ["chengdu"]},
        "reason": "ordered",
        "approver": "board",
        "ticket": "CHG-1",
        "from": "2026-11-01",
        "until": "2026-12-01",
    }
    waivers = load_waivers({"kind": "Waivers", "schema_version": 1, "id": "w", "waivers": [waiver]})
    facts = host_facts("lapsing")
    bad, waived = result(vendor, as_of, facts), result(vendor, as_of, facts, waivers=waivers)
    found = drift(bad, waived)
    assert found["fixed"] == []
    assert [(each["before"]["verdict"], each["after"]["verdict"]) for each in found["changed"]] == [
        ("fail", "waived")
    ]


@pytest.mark.parametrize("wrong", [{}, [], {"kind": "ComplianceResult"}, "text"])
def test_only_results_can_be_compared(
    wrong: object, vendor: PolicySet, host_facts: HostFacts, as_of: datetime
) -> None:
    good = result(vendor, as_of, host_facts())
    for before, after in ((wrong, good), (good, wrong), ({**good, "findings": [{}]}, good)):
        with pytest.raises(PolicyError) as caught:
            drift(before, after)
        assert caught.value.code == "result_expected"


def test_facts_can_be_replaced(vendor: PolicySet, host_facts: HostFacts, as_of: datetime) -> None:
    hosts = [HostInput("h0", host_facts()), HostInput("h1", host_facts("lapsing"))]
    overlay = read_overlay({"hangzhou": {"/hosts/1/cpu_sockets": 3}}, None, None, None)
    found = what_if(hosts, Run(vendor, as_of), overlay)
    assert {finding["subject"]["id"] for finding in found["new"]} == {"hangzhou"}
    assert "r31-sockets" in rules(found["new"])
    everywhere = what_if(hosts, Run(vendor, as_of), read_overlay({"/hosts": None}, None, None, None))
    assert {finding["subject"]["id"] for finding in everywhere["newly_unknown"]} == {"hangzhou", "chengdu"}
    assert what_if(hosts, Run(vendor, as_of), read_overlay({}, [], None, None))["same"]


def test_an_unknown_fact_can_be_set(vendor: PolicySet, host_facts: HostFacts, as_of: datetime) -> None:
    facts = host_facts("licensed", {"/hosts/1/cpu_sockets": None})
    facts["unknown"] = {"/hosts/1/cpu_sockets": {"reason": "gather_error"}}
    overlay = read_overlay({"/hosts/1/cpu_sockets": 2}, None, None, None)
    found = what_if([HostInput("h0", facts)], Run(vendor, as_of), overlay)
    assert found["after"]["decision"] == "compliant"
    assert "r31-sockets" in rules(found["fixed"])


def test_the_suggested_purchase_resolves_the_findings(
    vendor: PolicySet, host_facts: HostFacts, as_of: datetime
) -> None:
    facts = host_facts("licensed", {"/hosts/1/cpu_sockets": 7})
    host = HostInput("h0", facts)
    before = result(vendor, as_of, facts)
    lines = [line for finding in before["findings"] for line in finding.get("buy", {}).get("lines", ())]
    assert [(line["product"], line["quantity"]) for line in lines] == [
        ("vms_standard", 5),
        ("vms_standard_to_enterprise", 5),
    ]
    found = what_if([host], Run(vendor, as_of), read_overlay(None, {"hangzhou": lines}, None, None))
    assert found["after"]["decision"] == "compliant"
    less = [{**line, "quantity": line["quantity"] - 1} for line in lines]
    found = what_if([host], Run(vendor, as_of), read_overlay(None, less, None, None))
    assert found["after"]["decision"] == "non_compliant"


def test_another_day_can_be_evaluated(vendor: PolicySet, host_facts: HostFacts, as_of: datetime) -> None:
    day = datetime.fromisoformat("2026-12-07T00:00:00+00:00")
    host = HostInput("h0", host_facts("lapsing", {"/license_server/fetched_at": "2026-12-06T12:00:00Z"}))
    found = what_if([host], Run(vendor, as_of), read_overlay(None, None, None, day))
    assert found["after"]["as_of"] == "2026-12-07T00:00:00Z"
    pool = next(each for each in found["changed"] if each["after"]["rule"] == "r31-sockets")
    assert (pool["before"]["expected"], pool["after"]["expected"]) == ({"at_most": 8}, {"at_most": 4})


@pytest.mark.parametrize(
    ("facts", "bought", "code"),
    [
        (["/hosts"], None, "overlay_facts"),
        ({"hangzhou": {"hosts": 1}}, None, "overlay_facts"),
        ({"hangzhou": 1}, None, "overlay_facts"),
        ({"hangzou": {"/hosts": None}}, None, "overlay_system"),
        (None, [{"product": "vms_standard", "arch": "x86_64", "quantity": 0}], "overlay_bought"),
        (None, [{"product": "vms_standard", "arch": "any", "quantity": 1}], "overlay_bought"),
        (None, "vms_standard", "overlay_bought"),
        (None, {"elsewhere": []}, "overlay_system"),
    ],
)
def test_invalid_overlays_are_rejected(
    facts: object, bought: object, code: str, vendor: PolicySet, host_facts: HostFacts, as_of: datetime
) -> None:
    with pytest.raises(PolicyError) as caught:
        what_if([HostInput("h0", host_facts())], Run(vendor, as_of), read_overlay(facts, bought, None, None))
    assert caught.value.code == code
    assert caught.value.text("zh") != caught.value.text("en")


def test_a_time_after_the_clock_is_decided(vendor: PolicySet, host_facts: HostFacts, as_of: datetime) -> None:
    run = Run(vendor, as_of, clock=as_of, default_max_age=36)
    later = read_overlay(None, None, None, as_of + timedelta(days=3650))
    found = what_if([HostInput("h0", host_facts(), channel=Channel.FACT_CACHE)], run, later)
    assert found["newly_unknown"] == []
