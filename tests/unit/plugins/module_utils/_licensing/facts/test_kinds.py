# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kinds, expiry and the default license (R9–R15, R17, R19, R21)."""

from __future__ import annotations

import datetime as dt

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.facts.derive import derive

DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)
END = "2026-12-06T00:00:00Z"
AT_END = dt.datetime(2026, 12, 6, tzinfo=dt.timezone.utc)


def _effective(facts, now):
    return derive(facts, now).facts["effective"]


@pytest.mark.parametrize(
    ("at", "quantity", "days"),
    [(AT_END - SECOND, 8, 0), (AT_END, 4, "never"), (AT_END + SECOND, 4, "never")],
)
def test_a_license_is_expired_exactly_at_its_expiry_time(system, lic, at, quantity, days):
    facts = system(
        [lic("a", "vms_standard", 4), lic("b", "vms_standard", 4, kind="temporary", expires_at=END)]
    )
    effective = _effective(facts, at)
    assert effective["products"][0]["quantity"] == quantity
    assert effective["days_to_lapse"] == days


def test_r19_the_temporary_license_is_the_default_and_quantities_add(system, lic, now):
    facts = system(
        [lic("a", "vms_standard", 4), lic("b", "vms_standard", 3, kind="temporary", expires_at=END)]
    )
    effective = _effective(facts, now)
    assert effective["default_license"] == "b"
    assert effective["valid_until"] == END
    assert effective["days_to_lapse"] == 12
    assert effective["products"][0]["quantity"] == 7
    assert effective["products"][0]["kinds"] == ["temporary", "formal"]


def test_r21_two_of_three_temporary_licenses_expire_together(system, lic, now):
    later = "2027-01-05T00:00:00Z"
    items = [
        lic("c", "vms_standard", 1, kind="temporary", expires_at=END),
        lic("b", "vms_standard", 2, kind="temporary", expires_at=END),
        lic("a", "vms_standard", 4, kind="temporary", expires_at=later),
    ]
    facts = derive(system(items), now).facts
    assert facts["effective"]["default_license"] == "b"
    assert facts["effective"]["valid_until"] == END
    assert facts["effective"]["products"][0]["quantity"] == 7
    # R22: unexpired licenses are used after reconnecting; the two with the shortest term expire together.
    assert [(e["at"], e["ends"], e["products"][0]["quantity"], e["missing"]) for e in facts["forecast"]] == [
        (END, ["b", "c"], 4, 0), (later, ["a"], 0, 4),
    ]  # fmt: skip
    assert [entry["edition"] for entry in facts["forecast"]] == ["standard", "none"]
    assert all(entry["login_interrupted"] for entry in facts["forecast"])


def test_r14_r15_a_permanent_license_never_expires(system, lic, now):
    effective = _effective(system([lic("a", "vms_standard", 4)]), now)
    assert effective["valid_until"] == effective["days_to_lapse"] == "never"
    assert effective["products"][0]["days_to_lapse"] == "never"
    plain = lic("a", "vms_standard", 4)
    del plain["expires_at"]
    assert _effective(system([plain]), now)["valid_until"] == "never"


def test_r15_a_formal_license_may_have_an_expiry(system, lic, now):
    facts = derive(system([lic("a", "vms_standard", 4, expires_at=END)]), now).facts
    assert facts["effective"]["days_to_lapse"] == 12
    assert facts["login"]["interrupted_at"] == END


def test_the_license_that_expires_first_is_the_default_regardless_of_kind(system, lic, now):
    items = [
        lic("t", "vms_standard", 2, kind="temporary", expires_at="2027-01-01T00:00:00Z"),
        lic("f", "vms_standard", 2, expires_at=END),
        lic("p", "vms_standard", 2),
    ]
    effective = _effective(system(items), now)
    assert (effective["default_license"], effective["valid_until"]) == ("f", END)


def _preinstalled(lic, product="vms_enterprise", **more):
    item = lic("pre", product, 500, kind="preinstalled", **more)
    if "expires_at" not in more:
        del item["expires_at"]
    return item


def test_r10_preinstalled_180_days_from_first_run(system, lic, now):
    facts = system([_preinstalled(lic)])
    derived = derive(facts, dt.datetime(2026, 6, 29, 23, 59, 59, tzinfo=dt.timezone.utc)).facts
    assert derived["preinstalled"] == {"ends_at": "2026-06-30T00:00:00Z", "days": 0}
    assert derived["effective"]["edition"] == "enterprise"
    assert derived["login"]["interrupted_at"] == "2026-06-30T00:00:00Z"
    after = derive(facts, dt.datetime(2026, 6, 30, tzinfo=dt.timezone.utc)).facts
    assert after["effective"]["edition"] == "none"
    assert after["preinstalled"]["days"] == 0
    assert derive(facts, now).facts["preinstalled"]["days"] == -147


def test_the_servers_expiry_overrides_the_computed_one(system, lic, now):
    facts = system([_preinstalled(lic, expires_at="2026-12-31T00:00:00Z")])
    derived = derive(facts, now).facts
    assert derived["preinstalled"]["ends_at"] == "2026-12-31T00:00:00Z"
    assert derived["terms"] == [
        {"license": "pre", "computed_end": "2026-06-30T00:00:00Z", "reported_end": "2026-12-31T00:00:00Z",
         "differ_by_s": 184 * 86400}
    ]  # fmt: skip


def test_without_first_run_the_expiry_of_a_single_preinstalled_license_is_unknown(system, lic, now):
    derived = derive(system([_preinstalled(lic)], preinstalled={}), now)
    assert derived.unknown["/preinstalled/ends_at"]["because"] == ["/preinstalled/first_run_at"]
    assert derived.unknown["/effective/edition"]["because"] == ["/preinstalled/first_run_at"]
    assert "/login/interrupted_at" in derived.unknown
    assert "/forecast" in derived.unknown


def test_preinstalled_counts_only_without_another_active_license_of_its_class(system, lic, now):
    first_run = {"first_run_at": "2026-11-01T00:00:00Z"}
    items = [
        _preinstalled(lic),
        lic("t", "vms_standard", 4, kind="temporary", expires_at=END),
    ]
    facts = derive(system(items, preinstalled=first_run), now).facts
    assert facts["effective"]["editions"] == ["standard"]  # a preinstalled license never violates R4
    assert facts["effective"]["products"][0]["quantity"] == 4
    assert facts["effective"]["products"][0]["kinds"] == ["temporary"]
    assert [(e["at"], e["edition"], e["products"][0]["quantity"]) for e in facts["forecast"]] == [
        (END, "enterprise", 500), ("2027-04-30T00:00:00Z", "none", 0),
    ]  # fmt: skip
    items[1] = lic("t", "vms_standard", 4)
    facts = derive(system(items, preinstalled=first_run), now).facts
    assert facts["effective"]["valid_until"] == "never"  # a preinstalled license does not limit the validity
    assert facts["login"]["interrupted_at"] == "never"
    assert facts["forecast"] == []


def test_an_upgrade_disables_a_preinstalled_edition_but_a_feature_license_does_not(system, lic, now):
    first_run = {"first_run_at": "2026-11-01T00:00:00Z"}
    upgrade = lic("u", "vms_standard_to_enterprise", 4)
    assert _effective(system([_preinstalled(lic), upgrade], preinstalled=first_run), now)["edition"] == "none"
    feature = lic("s", "srm", 4)
    both = system([_preinstalled(lic), feature], preinstalled=first_run)
    assert _effective(both, now)["edition"] == "enterprise"
    facts = system([_preinstalled(lic, "srm"), lic("e", "vms_enterprise", 4)], preinstalled=first_run)
    assert derive(facts, now).facts["features"]["srm"]["quantity"] == 500


def test_an_unknown_first_run_does_not_matter_beside_a_permanent_license(system, lic, now):
    derived = derive(system([_preinstalled(lic), lic("f", "vms_standard", 4)], preinstalled={}), now)
    assert derived.facts["effective"]["edition"] == "standard"
    assert derived.facts["effective"]["valid_until"] == "never"


@pytest.mark.parametrize(
    ("product", "kind", "quantity"),
    [
        ("container_service", "preinstalled", 0), ("container_service", "temporary", 5),
        ("disk_backup_dr", "preinstalled", 0), ("disk_backup_dr", "temporary", 5),
        ("heterogeneous_migration", "preinstalled", 0), ("heterogeneous_migration", "temporary", 0),
        ("heterogeneous_migration", "formal", 5), ("isc", "preinstalled", 5), ("srm", "temporary", 5),
    ],
)  # fmt: skip
def test_r11_r13_a_forbidden_kind_counts_as_zero(system, lic, now, product, kind, quantity):
    arch = "x86_64" if product == "srm" else "any"
    item = lic("x", product, 5, arch, kind, "2027-02-01T00:00:00Z")
    facts = derive(system([lic("e", "vms_enhanced_enterprise", 4), item]), now).facts
    feature = "container_engine" if product == "container_service" else product
    assert facts["features"][feature]["quantity"] == quantity
    assert facts["features"][feature]["licensed"] is (quantity > 0)
    assert facts["effective"]["days_to_lapse"] == (69 if quantity else "never")


def test_r12_a_term_counts_from_the_issue_date_and_a_difference_is_reported(system, lic, now):
    item = lic("t", "vms_standard", 4, kind="temporary", issued_at="2026-11-06T00:00:00Z", term_days=30)
    item["expires_at"] = "2026-12-07T01:00:00Z"
    facts = derive(system([item]), now).facts
    assert facts["effective"]["valid_until"] == "2026-12-07T01:00:00Z"
    assert facts["terms"][0]["differ_by_s"] == 86400 + 3600
    del item["expires_at"]
    facts = derive(system([item]), now).facts
    assert facts["effective"]["valid_until"] == END
    assert facts["terms"] == []


def test_a_temporary_license_without_issue_date_and_expiry_has_an_unknown_expiry(system, lic, now):
    item = lic("t", "vms_standard", 4, kind="temporary")
    del item["expires_at"]
    derived = derive(system([item]), now)
    assert derived.unknown["/effective/valid_until"]["because"] == ["/licenses/items/0/expires_at"]
    assert derived.unknown["/effective/products/0/quantity"]["high"] == 4


@pytest.mark.parametrize("status", ["expired", "uninstalled", "unusable"])
def test_inactive_licenses_do_not_count(system, lic, now, status):
    items = [lic("a", "vms_standard", 4), lic("b", "vms_enterprise", 4, status=status)]
    effective = _effective(system(items), now)
    assert effective["editions"] == ["standard"]
    assert effective["products"][0]["quantity"] == 4


def test_a_system_holds_its_assigned_share(system, lic, now):
    """Quantities are summed over the licenses assigned to the system."""
    items = [lic("a", "vms_standard", 10, assigned=4), lic("b", "vms_enterprise", 10, assigned=0)]
    effective = _effective(system(items), now)
    assert effective["editions"] == ["standard"]
    assert effective["products"][0]["quantity"] == 4


@pytest.mark.parametrize(
    ("product", "quantity", "edition"),
    [("vms_standard", 7, "standard"), ("vms_enhanced_enterprise", 500, "enhanced_enterprise")],
)
def test_a_preinstalled_license_grants_the_reported_quantity(system, lic, now, product, quantity, edition):
    first_run = {"first_run_at": "2026-11-01T00:00:00Z"}
    item = lic("pre", product, quantity, kind="preinstalled")
    item.pop("expires_at")
    facts = derive(system([item], preinstalled=first_run), now).facts["effective"]
    assert (facts["edition"], facts["products"][0]["quantity"]) == (edition, quantity)


def test_an_unreported_preinstalled_quantity_is_unknown(system, lic, now):
    item = lic("pre", "vms_standard", 0, kind="preinstalled")
    del item["quantity"], item["expires_at"]
    derived = derive(system([item], preinstalled={"first_run_at": "2026-11-01T00:00:00Z"}), now)
    assert "/effective/products/0/quantity" in derived.unknown
