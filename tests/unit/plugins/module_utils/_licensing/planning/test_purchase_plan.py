# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan what to buy and when (R6, R20, R28–R32, R35)."""

from __future__ import annotations

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._errors import LicensingError
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.facts.derive import (
    project_facts,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.planning.purchase_plan import (
    purchase_plan,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render

from .....fakes.shortages import E2H, END, NOW, S2E, S2H, in_use, plan_of, short


def test_the_demo_system(chengdu):
    plan = plan_of(chengdu)
    assert plan.complete
    assert plan.to_dict() == {
        "complete": True,
        "unknown": [],
        "notes": [],
        "steps": [
            {"when": "now", "at": None, "requires": "", "lines": [
                {"product": "vms_standard", "arch": "aarch64", "quantity": 5, "unit": "cpu_socket",
                 "packs": [], "rules": ["R31", "R20"], "reason": "plan_base",
                 "parts": {"missing_now": 1, "lapsing": 4}}]},
            {"when": "after_lapse", "at": END, "requires": "reconnect", "lines": [
                {"product": S2E, "arch": "aarch64", "quantity": 9, "unit": "cpu_socket", "packs": [],
                 "rules": ["R6"], "reason": "plan_upgrade", "parts": {}},
                {"product": "srm", "arch": "aarch64", "quantity": 12, "unit": "vm", "packs": [],
                 "rules": ["R35"], "reason": "plan_feature", "parts": {"missing_now": 12, "lapsing": 0}}]},
        ],
    }  # fmt: skip
    assert purchase_plan(project_facts(chengdu, NOW), NOW) == plan


def test_a_plan_that_is_equal_in_every_zone_has_its_earliest_dates(chengdu):
    chengdu["licenses"]["items"][1]["expires_at"] = "2026-12-06T00:00:00"
    plan = plan_of(chengdu)
    assert plan.complete
    assert [step.at and step.at.isoformat() for step in plan.steps] == [None, "2026-12-05T10:00:00+00:00"]
    assert purchase_plan(project_facts(chengdu, NOW), NOW) == plan


def test_a_plan_that_depends_on_the_zone_names_the_time(chengdu):
    chengdu["licenses"]["items"][1]["expires_at"] = NOW.strftime("%Y-%m-%dT%H:%M:%S")
    plan = plan_of(chengdu)
    assert plan.steps == ()
    assert plan.unknown == ("/licenses/items/1/expires_at",)
    assert "time zone" in render("unknown_zone", {}, "en")


def test_nothing_is_bought_where_nothing_is_missing(system, lic):
    plan = plan_of(system([lic("a", "vms_standard", 4)]))
    assert (plan.steps, plan.complete) == ((), True)


def test_an_empty_system_gets_the_lowest_sufficient_edition(system):
    assert short(plan_of(system())) == [("now", None, [("vms_standard", "x86_64", 4)])]
    facts = in_use(system(), srm=3)
    assert short(plan_of(facts)) == [("now", None, [("vms_enterprise", "x86_64", 4), ("srm", "x86_64", 3)])]
    facts = in_use(system(), isc=0)
    facts["features"]["isc"] = {"in_use": True}
    assert short(plan_of(facts)) == [
        ("now", None, [("vms_enhanced_enterprise", "x86_64", 4), ("isc", "any", 120)])
    ]


@pytest.mark.parametrize(
    ("version", "edition"),
    [("E0730P05H09", "vms_enhanced_enterprise"), ("E0730P06", "vms_standard"),
     ("E0755", "vms_enhanced_enterprise"), ("E0760", "vms_standard")],
)  # fmt: skip
def test_r28_the_version_decides_for_migration(system, version, edition):
    facts = in_use(system(version={"vms": version}), heterogeneous_migration=12)
    lines = plan_of(facts).steps[0].lines
    assert [(line.product, line.quantity) for line in lines] == [
        (edition, 4),
        ("heterogeneous_migration", 12),
    ]
    assert lines[1].packs == (10, 1, 1)
    assert lines[1].rules == ("R37", "R32")


def test_r6_an_upgrade_covers_the_complete_base_and_not_only_the_hosts(system, lic):
    facts = in_use(system([lic("a", "vms_standard", 32)]), srm=1)
    assert short(plan_of(facts)) == [("now", None, [(S2E, "x86_64", 32), ("srm", "x86_64", 1)])]


def test_growth_of_an_upgraded_system_buys_base_and_upgrade(system, lic, hosts):
    items = [lic("a", "vms_standard", 4), lic("u", S2E, 4)]
    assert short(plan_of(system(items, hosts(4, 2)))) == [
        ("now", None, [("vms_standard", "x86_64", 2), (S2E, "x86_64", 2)])
    ]
    chain = [*items, lic("v", E2H, 4)]
    assert short(plan_of(system(chain, hosts(4, 2)))) == [
        ("now", None, [("vms_standard", "x86_64", 2), (S2E, "x86_64", 2), (E2H, "x86_64", 2)])
    ]


def test_an_existing_upgrade_step_is_kept_when_the_edition_must_rise_further(system, lic):
    facts = in_use(system([lic("a", "vms_standard", 4), lic("u", S2E, 4)]), isc=1)
    assert short(plan_of(facts))[0][2] == [(E2H, "x86_64", 4), ("isc", "any", 1)]
    facts = in_use(system([lic("a", "vms_standard", 4)]), isc=1)
    assert short(plan_of(facts))[0][2] == [(S2H, "x86_64", 4), ("isc", "any", 1)]


def test_r6_missing_and_surplus_upgrades_are_balanced(system, lic):
    short_ = system([lic("a", "vms_standard", 32), lic("u", S2E, 31)])
    assert short(plan_of(short_)) == [("now", None, [(S2E, "x86_64", 1)])]
    over = system([lic("a", "vms_standard", 32), lic("u", S2E, 33)])
    plan = plan_of(over)
    assert short(plan) == [("now", None, [("vms_standard", "x86_64", 1)])]
    assert plan.steps[0].lines[0].rules == ("R6",)
    assert plan.complete


def test_base_for_stray_upgrades_also_covers_missing_sockets(system, lic, hosts):
    items = [lic("a", "vms_enterprise", 4), lic("u", S2E, 2)]
    plan = plan_of(system(items, hosts(6)))
    assert short(plan) == [("now", None, [("vms_standard", "x86_64", 2)])]
    assert plan.steps[0].lines[0].parts == {"missing_now": 2, "lapsing": 0}


def test_reasons_of_two_base_lines_add_up(system, lic, hosts):
    items = [
        lic("a", "vms_enterprise", 2), lic("u", S2E, 2),
        lic("t", "vms_enterprise", 3, kind="temporary", expires_at=END),
    ]  # fmt: skip
    plan = plan_of(system(items, hosts(8)))
    assert [(line.product, line.quantity, line.parts) for line in plan.steps[0].lines] == [
        ("vms_standard", 2, {"missing_now": 2, "lapsing": 0}),
        ("vms_enterprise", 4, {"missing_now": 1, "lapsing": 3}),
    ]


def test_r4_mixed_editions_are_upgraded_to_the_higher_one(system, lic):
    facts = system([lic("a", "vms_standard", 2), lic("b", "vms_enterprise", 2)])
    assert short(plan_of(facts)) == [("now", None, [(S2E, "x86_64", 2)])]


def test_quantities_are_planned_per_architecture_and_the_edition_for_both(system, lic, hosts):
    mixed = hosts(2) + hosts(3, arch="aarch64", start=2)
    items = [lic("a", "vms_standard", 2), lic("u", S2E, 2)]
    assert short(plan_of(system(items, mixed))) == [
        ("now", None, [("vms_standard", "aarch64", 3), (S2E, "aarch64", 3)])
    ]


# -- features --


def test_wanted_features_count_by_site_data_and_by_option(system, lic):
    facts = system([lic("a", "vms_enterprise", 4)], features_wanted=["isc"])
    assert short(plan_of(facts))[0][2] == [(E2H, "x86_64", 4), ("isc", "any", 120)]
    facts = system([lic("a", "vms_enterprise", 4)])
    plan = plan_of(facts, features=["srm"])
    assert short(plan)[0][2] == [("srm", "x86_64", 1)]
    # The site has not declared how many machines it protects.
    assert [note.code for note in plan.notes] == ["plan_demand_not_stated"]
    assert not plan.complete


def test_a_licensed_feature_raises_the_edition_too(system, lic):
    facts = system([lic("a", "vms_standard", 4), lic("s", "srm", 3)])
    assert short(plan_of(facts)) == [("now", None, [(S2E, "x86_64", 4)])]


def test_r39_containers_on_arm_are_planned_with_a_question(system, lic, hosts):
    facts = system(
        [lic("a", "vms_enterprise", 4, "aarch64")], hosts(4, arch="aarch64", container_cluster=True)
    )
    plan = plan_of(facts)
    assert short(plan) == [("now", None, [("container_service", "any", 4)])]
    assert [note.code for note in plan.notes] == ["plan_arch_unknown"]


def test_an_unknown_feature_name_is_an_error(system):
    with pytest.raises(LicensingError) as caught:
        purchase_plan(system(), NOW, features=["teleport"])
    assert caught.value.code == "feature_unknown"
    assert "teleport" in render("feature_unknown", caught.value.fields)


# -- facts that prevent a plan --


def test_unknown_facts_are_named_and_leave_the_plan_incomplete(system, lic):
    facts = in_use(system([lic("a", "vms_standard", 4)]), srm=3)
    facts["features"]["disk_backup_dr"] = {}
    plan = plan_of(facts)
    assert short(plan)[0][2] == [(S2E, "x86_64", 4), ("srm", "x86_64", 3)]
    assert (plan.complete, plan.unknown) == (False, ("/features/disk_backup_dr/in_use",))


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"licenses": {"complete": False, "items": []}}, "/licenses/items"),
        ({"hosts": None}, "/hosts"),
        ({"version": {"vms": "E0535"}}, "/version/vms"),
        ({"unknown": {"/licenses/items/0/expires_at": {"reason": "stale"}}}, "/licenses/items/0/expires_at"),
    ],
)
def test_without_hosts_licenses_or_scope_nothing_is_planned(system, lic, change, pointer):
    facts = system([lic("a", "vms_standard", 2)])
    facts.update(change)
    plan = plan_of(facts)
    assert plan.steps == ()
    assert pointer in plan.unknown
    assert not plan.complete


def test_srm_on_a_mixed_system_cannot_be_split(system, lic, hosts):
    mixed = hosts(2) + hosts(2, arch="aarch64", start=2)
    items = [lic("a", "vms_enterprise", 2), lic("b", "vms_enterprise", 2, "aarch64")]
    plan = plan_of(in_use(system(items, mixed), srm=5))
    assert plan.steps == ()
    assert plan.unknown == ("/hosts", "/features/srm/used")


def test_two_targets_and_stray_upgrades_are_not_fixed_by_purchases(system, lic):
    plan = plan_of(system([lic("a", "vms_standard", 8), lic("u", S2E, 4), lic("v", S2H, 4)]))
    assert (plan.steps, [note.code for note in plan.notes]) == ((), ["plan_two_targets"])
    plan = plan_of(system([lic("a", "vms_standard", 4), lic("u", S2E, 4, "aarch64")]))
    assert (plan.steps, [note.code for note in plan.notes]) == ((), ["plan_stray_upgrade"])


def test_an_error_that_no_purchase_fixes_is_reported(system, lic):
    trial = lic("v", S2E, 3, kind="temporary", expires_at=END)
    plan = plan_of(system([lic("a", "vms_standard", 4), trial]))
    assert (plan.steps, [note.code for note in plan.notes]) == ((), ["plan_leaves_fault"])
