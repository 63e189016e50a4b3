# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Purchase plans for licenses that expire."""

from __future__ import annotations

import datetime as dt

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.planning.purchase_plan import (
    purchase_plan,
)

from .....fakes.shortages import END, NOW, S2E, in_use, plan_of, short

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
