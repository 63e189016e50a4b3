# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan what to buy and when (R6, R20, R28–R32, R35)."""

from __future__ import annotations

import copy
import datetime as dt

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ansible_collections.unicloud.usphere.plugins.module_utils._errors import LicensingError
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.facts.derive import (
    derive,
    project_facts,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.planning.purchase_plan import (
    purchase_plan,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render

UTC = dt.timezone.utc
NOW = dt.datetime(2026, 11, 24, tzinfo=UTC)
END = "2026-12-06T00:00:00Z"
S2E = "vms_standard_to_enterprise"
S2H = "vms_standard_to_enhanced_enterprise"
E2H = "vms_enterprise_to_enhanced_enterprise"


def plan_of(facts, **options):
    plan = purchase_plan(facts, NOW, **options)
    for step in plan.steps:
        for line in step.lines:
            fields = {"product": line.product, "arch": line.arch, "quantity": line.quantity, **line.parts}
            assert render(line.reason_code, fields, "zh")
        assert not step.requires or render("plan_requires_" + step.requires, {})
    for note in plan.notes:
        assert note.rule in render(note.code, note.fields)
    return plan


def short(plan):
    """Lines of the plan as [(when, at, [(product, arch, quantity)])]."""
    return [
        (
            step["when"],
            step["at"],
            [(line["product"], line["arch"], line["quantity"]) for line in step["lines"]],
        )
        for step in plan.to_dict()["steps"]
    ]


def in_use(facts, **used):
    for name, count in used.items():
        facts["features"][name] = {"in_use": True, "used": count}
    return facts


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


# -- expiry --


def test_a_balance_that_ends_with_an_expiry_is_never_planned(system, lic):
    items = [lic("a", "vms_standard", 4), lic("t", "vms_standard", 4, kind="temporary", expires_at=END)]
    plan = plan_of(in_use(system(items), srm=1))
    assert short(plan) == [("after_lapse", END, [(S2E, "x86_64", 4), ("srm", "x86_64", 1)])]
    assert plan.steps[0].requires == "reconnect"


def test_with_several_expiries_upgrades_wait_for_the_last(system, lic, hosts):
    later = "2027-02-01T00:00:00Z"
    items = [
        lic("a", "vms_standard", 2), lic("t", "vms_standard", 3, kind="temporary", expires_at=END),
        lic("s", "vms_standard", 3, kind="temporary", expires_at=later),
    ]  # fmt: skip
    plan = plan_of(in_use(system(items, hosts(9)), srm=1))
    assert short(plan) == [
        ("now", None, [("vms_standard", "x86_64", 7)]),
        ("after_lapse", later, [(S2E, "x86_64", 9), ("srm", "x86_64", 1)]),
    ]
    assert plan.steps[0].lines[0].parts == {"missing_now": 1, "lapsing": 6}


def test_matching_temporary_licenses_are_replaced_now_if_the_balance_lasts(system, lic, hosts):
    items = [
        lic("a", "vms_standard", 4), lic("u", S2E, 4),
        lic("t", "vms_standard", 4, kind="temporary", expires_at=END),
        lic("v", S2E, 4, kind="temporary", expires_at=END),
    ]  # fmt: skip
    assert short(plan_of(system(items, hosts(8)))) == [
        ("now", None, [("vms_standard", "x86_64", 4), (S2E, "x86_64", 4)])
    ]


def test_a_trial_upgrade_is_replaced_after_it_has_expired(system, lic):
    items = [
        lic("a", "vms_standard", 4),
        lic("v", S2E, 4, kind="temporary", expires_at=END),
        lic("s", "srm", 3),
    ]
    assert short(plan_of(in_use(system(items), srm=3))) == [("after_lapse", END, [(S2E, "x86_64", 4)])]


def test_a_temporary_edition_is_kept_if_it_can_be_bought_in_time(system, lic):
    trial = [
        lic("t", "vms_standard", 4, kind="temporary", expires_at=END),
        lic("v", S2E, 4, kind="temporary", expires_at=END),
    ]  # fmt: skip
    assert short(plan_of(system(trial))) == [
        ("now", None, [("vms_standard", "x86_64", 4), (S2E, "x86_64", 4)])
    ]
    # A trial upgrade of an owned base cannot be replaced before it expires, and no feature needs its edition.
    assert plan_of(system([lic("a", "vms_standard", 4), trial[1]])).steps == ()
    enterprise = lic("e", "vms_enterprise", 4, kind="temporary", expires_at=END)
    assert short(plan_of(system([enterprise]))) == [("now", None, [("vms_enterprise", "x86_64", 4)])]


def test_an_unused_feature_trial_counts_while_an_upgrade_can_serve_it(system, lic):
    base = [lic("a", "vms_standard", 2), lic("t", "vms_standard", 2, kind="temporary", expires_at=END)]
    trial = lic("s", "srm", 3, kind="temporary", expires_at=END)
    plan = plan_of(system([*base, trial]))
    assert short(plan) == [("now", None, [("vms_standard", "x86_64", 2)])]
    assert [(note.rule, note.code) for note in plan.notes] == [("R29", "plan_trial_needs_edition")]
    # A feature that is served by a trial upgrade with the same expiry adds no demand.
    lent = lic("v", S2E, 4, kind="temporary", expires_at=END)
    nothing = plan_of(system([lic("a", "vms_standard", 4), lent, trial]))
    assert (nothing.steps, nothing.notes, nothing.unknown) == ((), (), ())
    trial["expires_at"] = "2027-01-15T00:00:00Z"
    plan = plan_of(system([*base, trial]))
    assert short(plan)[1] == ("after_lapse", END, [(S2E, "x86_64", 4)])
    assert plan.complete
    assert short(plan_of(system([lic("a", "vms_standard", 4), trial]))) == [
        ("now", None, [(S2E, "x86_64", 4)])
    ]


def test_base_waits_too_where_it_would_unbalance_an_upgrade_now(system, lic, hosts):
    items = [
        lic("a", "vms_standard", 4), lic("u", S2E, 8),
        lic("t", "vms_standard", 4, kind="temporary", expires_at=END),
    ]  # fmt: skip
    assert short(plan_of(system(items, hosts(8)))) == [("after_lapse", END, [("vms_standard", "x86_64", 4)])]


def test_r15_a_formal_license_with_an_expiry_is_replaced_like_any_other(system, lic):
    plan = plan_of(system([lic("a", "vms_standard", 4, expires_at=END)]))
    assert short(plan) == [("now", None, [("vms_standard", "x86_64", 4)])]
    assert plan.steps[0].lines[0].parts == {"missing_now": 0, "lapsing": 4}
    assert plan.steps[0].lines[0].rules == ("R20",)


def test_r17_a_trial_of_a_feature_is_replaced(system, lic):
    items = [lic("a", "vms_enterprise", 4), lic("s", "srm", 20, kind="temporary", expires_at=END)]
    plan = plan_of(in_use(system(items), srm=12))
    assert short(plan) == [("now", None, [("srm", "x86_64", 12)])]
    assert plan.steps[0].lines[0].parts == {"missing_now": 0, "lapsing": 12}


def test_r20_after_an_expiry_the_first_step_is_to_reconnect(chengdu):
    plan = purchase_plan(chengdu, NOW + dt.timedelta(days=13))
    assert [(step.when, step.requires) for step in plan.steps] == [("now", "reconnect")]
    assert [(line.product, line.quantity) for line in plan.steps[0].lines] == [
        ("vms_standard", 5), (S2E, 9), ("srm", 12),
    ]  # fmt: skip


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


# -- buying exactly the plan turns a failure into a pass; one unit less does not --

_ends = st.sampled_from(["never", "never", END, "2027-01-15T00:00:00Z"])
_licenses = st.lists(
    st.tuples(
        st.sampled_from(["vms_standard", "vms_standard", "vms_enterprise", S2E, "srm"]),
        st.integers(1, 6),
        _ends,
        st.sampled_from(["x86_64", "x86_64", "x86_64", "aarch64"]),
    ),
    max_size=4,
)


def _facts(licenses, sockets, arm, protected):
    hosts = [{"id": "1", "arch": "x86_64", "cpu_sockets": sockets, "container_cluster": False}]
    if arm:
        hosts.append({"id": "2", "arch": "aarch64", "cpu_sockets": arm, "container_cluster": False})
    features = {name: {"in_use": False, "used": 0} for name in
                ("isc", "container_engine", "disk_backup_dr", "heterogeneous_migration")}  # fmt: skip
    features["srm"] = {"in_use": protected > 0, "used": protected}
    return {
        "kind": "HostFacts", "version": {"vms": "E0760"}, "architecture": "x86_64", "hosts": hosts,
        "vms": {"total": 9}, "hot_standby": {"state": "none"}, "features_wanted": [], "features": features,
        "license_server": {"id": "ls", "fetched_at": "2026-11-20T00:00:00Z"},
        "licenses": {"complete": True, "items": [
            {"id": f"L{index}", "product": product, "quantity": quantity, "expires_at": end, "arch": arch,
             "kind": "formal" if end == "never" else "temporary"}
            for index, (product, quantity, end, arch) in enumerate(licenses)
        ]},
        "unknown": {},
    }  # fmt: skip


def _bought(facts, lines):
    facts = copy.deepcopy(facts)
    facts["licenses"]["items"] += [
        {"id": f"B{index}", "product": product, "arch": arch, "quantity": quantity, "kind": "formal",
         "expires_at": "never"}
        for index, (product, arch, quantity) in enumerate(lines) if quantity
    ]  # fmt: skip
    return facts


def _findings(facts, at):
    """Findings of a gate at ``at``, after a fetch."""
    facts["license_server"]["fetched_at"] = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    derived = derive(facts, at)
    # Without any license there is no expiry; nothing else may be undetermined.
    open_ends = {"ends_at", "days", "valid_until", "default_license", "days_to_lapse"}
    assert {pointer.rpartition("/")[2] for pointer in derived.unknown} <= open_ends
    tree = derived.facts
    found = [row for row in tree["upgrades"] if row["state"] != "balanced"]
    found += [row for row in tree["effective"]["products"] if row["missing"]]
    found += [entry for entry in tree["forecast"] if entry["missing"] or not entry["upgrades_ok"]]
    found += [row for entry in tree["forecast"] for row in entry["products"] if row["missing"]]
    found += [tree["effective"]["editions"]] if len(tree["effective"]["editions"]) > 1 else []
    # An edition from a trial falls when the trial expires, whatever is bought before; sockets must suffice.
    found += ["login"] if tree["login"]["missing_after"] else []
    for name, feature in tree["features"].items():
        applies = feature["in_use"] or feature["wanted"] or feature["licensed"]
        if applies and not (feature["edition_ok"] and feature["licensed"] and not feature["missing"]):
            found.append(name)
    return found


@settings(max_examples=100, deadline=None)
@given(_licenses, st.integers(1, 6), st.sampled_from([0, 0, 0, 3]), st.integers(0, 3))
def test_buying_exactly_the_plan_passes_and_one_unit_less_does_not(licenses, sockets, arm, protected):
    facts = _facts(licenses, sockets, arm, protected)
    plan = purchase_plan(facts, NOW)
    assume(plan.complete)
    lines = [(line.product, line.arch, line.quantity) for step in plan.steps for line in step.lines]
    at = max([step.at for step in plan.steps if step.at] + [NOW])
    assert _findings(_bought(facts, lines), at) == []
    for index, (product, arch, quantity) in enumerate(lines):
        less = [*lines[:index], (product, arch, quantity - 1), *lines[index + 1 :]]
        assert _findings(_bought(facts, less), at), (product, quantity)
    # Until the expiry no upgrade may violate its base, unless it did so before.
    early = [line for step in plan.steps if step.at is None for line in step.lines]
    first = [(line.product, line.arch, line.quantity) for line in early]
    before, after = derive(facts, NOW).facts, derive(_bought(facts, first), NOW).facts
    if all(row["state"] == "balanced" for row in before["upgrades"]):
        assert all(row["state"] == "balanced" for row in after["upgrades"])
