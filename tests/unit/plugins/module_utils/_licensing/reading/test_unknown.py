# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Derived facts where facts are missing: never more than is certain."""

from __future__ import annotations

import datetime as dt

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.facts.derive import derive


@pytest.fixture(name="documented")
def _documented(system):
    """A system of which only the documented reads are known: totals, no license rows."""

    def build(allowed, hosts=None, edition="standard", **changes):
        totals = {"cpu_allowed": allowed, "cpu_managed": 4, "vm_allowed": 0, "edition": edition}
        facts = system((), hosts, license_totals=totals, **changes)
        facts["licenses"]["complete"] = False
        del facts["license_server"]
        facts["unknown"] = {"/license_server": {"reason": "absent"}}
        return facts

    return build


@pytest.mark.parametrize(("allowed", "missing"), [(3, 1), (4, 0), (5, 0)])
def test_documented_reads_give_edition_and_total(documented, now, allowed, missing):
    derived = derive(documented(allowed), now)
    effective = derived.facts["effective"]
    assert (effective["edition"], effective["origin"]) == ("standard", "totals")
    row = effective["products"][0]
    assert row == {
        "product": "vms_standard", "arch": "x86_64", "quantity": allowed, "used": 4, "missing": missing,
    }  # fmt: skip
    assert derived.facts["features"]["srm"]["edition_ok"] is False
    for pointer in (
        "/effective/editions", "/effective/valid_until", "/effective/products/0/kinds", "/upgrades",
        "/forecast", "/login/state", "/login/days", "/terms", "/features/srm/licensed",
        "/features/srm/quantity",
        "/catalog/unrecognized", "/catalog/unrecognised",
    ):  # fmt: skip
        assert derived.unknown[pointer]["because"], pointer


def test_a_feature_that_is_not_listed_is_not_absent(documented, now):
    facts = documented(4)
    facts["features"]["srm"] = {"in_use": True, "used": 12}
    derived = derive(facts, now)
    rows = {row["product"]: index for index, row in enumerate(derived.facts["effective"]["products"])}
    assert derived.facts["effective"]["products"][rows["srm"]] == {
        "product": "srm",
        "arch": "x86_64",
        "used": 12,
    }
    assert derived.unknown[f"/effective/products/{rows['srm']}/missing"]["high"] == 12
    assert "/features/srm/missing" in derived.unknown
    # With no demand nothing is missing, whatever is licensed.
    assert derived.facts["features"]["isc"]["missing"] == 0


@pytest.mark.parametrize(
    ("complete", "others", "licensed", "quantity"),
    [
        (True, [], True, 12),
        # An unlisted license may disable the preinstalled one, and its quantity is unknown.
        (False, [], None, {"low": 0}),
        # With the preinstalled license disabled, only the others count, and there may be more of them.
        (False, [("LS-1", 5)], True, {"low": 5}),
    ],
)
def test_an_unlisted_license_may_disable_a_preinstalled_one(
    system, lic, now, complete, others, licensed, quantity
):
    srm = lic("pre", "srm", 12, kind="preinstalled", expires_at="2027-01-01T00:00:00Z")
    formal = [lic(ident, "srm", count) for ident, count in others]
    facts = system([lic("LS-9", "vms_standard", 4), srm, *formal])
    facts["licenses"]["complete"] = complete
    derived = derive(facts, now)
    assert derived.facts["features"]["srm"].get("licensed") is licensed
    assert ("/features/srm/licensed" in derived.unknown) is (licensed is None)
    if isinstance(quantity, dict):
        assert {"low": 0, **derived.unknown["/features/srm/quantity"]}["low"] == quantity["low"]
        assert "high" not in derived.unknown["/features/srm/quantity"]
    else:
        assert derived.facts["features"]["srm"]["quantity"] == quantity


@pytest.mark.parametrize(("allowed", "missing"), [(3, 1), (4, None), (100, None)])
def test_one_total_for_two_architectures(documented, hosts, now, allowed, missing):
    derived = derive(documented(allowed, hosts(2) + hosts(2, arch="aarch64", start=2)), now)
    row = derived.facts["effective"]["products"][0]
    assert "arch" not in row
    assert row.get("missing") == missing
    assert ("/effective/products/0/missing" in derived.unknown) is (missing is None)


def test_with_two_architectures_protected_vms_may_be_on_either(documented, hosts, now):
    facts = documented(4, hosts(2) + hosts(2, arch="aarch64", start=2))
    facts["features"]["srm"] = {"in_use": True, "used": 12}
    derived = derive(facts, now)
    places = [
        index
        for index, row in enumerate(derived.facts["effective"]["products"])
        if row.get("product") == "srm"
    ]
    assert len(places) == 2
    for index in places:
        assert derived.unknown[f"/effective/products/{index}/used"]["high"] == 12


def test_a_license_of_unknown_architecture(system, lic, hosts, now):
    item = lic("a", "vms_standard", 4, None)
    # The architecture of the hosts does not determine that of the license.
    one = derive(system([item]), now).unknown["/effective/products/0/missing"]
    assert (one["because"], one["high"]) == (["/licenses/items/0/arch"], 4)
    derived = derive(system([item], hosts(2) + hosts(2, arch="aarch64", start=2)), now)
    for index in (0, 1):
        entry = derived.unknown[f"/effective/products/{index}/missing"]
        assert entry["because"] == ["/licenses/items/0/arch"]
        assert entry["high"] == 2


def test_contradicting_totals_are_unknown(documented, now):
    facts = documented(4, edition="golden")
    derived = derive(facts, now)
    assert derived.unknown["/effective/edition"]["because"] == ["/licenses/items", "/license_totals/edition"]
    assert derived.facts["effective"]["products"][0]["quantity"] == 4


@pytest.mark.parametrize(("minutes", "known"), [(-1, True), (0, False), (1, False)])
def test_totals_older_than_an_expiry_are_stale(documented, minutes, known):
    end = dt.datetime(2026, 12, 6, tzinfo=dt.timezone.utc)
    facts = documented(4)
    facts["license_totals"]["ends_at"] = "2026-12-06T00:00:00Z"
    derived = derive(facts, end + dt.timedelta(minutes=minutes))
    assert ("edition" in derived.facts["effective"]) is known
    if not known:
        assert "/license_totals/ends_at" in derived.unknown["/effective/edition"]["because"]
    facts["source"]["gathered_at"] = "2026-12-06T00:00:00Z"
    assert derive(facts, end).facts["effective"]["edition"] == "standard"


def test_a_complete_license_list_and_other_totals_are_a_conflict(system, lic, now):
    totals = {"cpu_allowed": 100, "edition": "enterprise"}
    derived = derive(system([lic("a", "vms_standard", 4)], license_totals=totals), now)
    assert derived.facts["effective"]["origin"] == "licenses"
    assert derived.unknown["/effective/edition"]["reason"] == "conflict"
    quantity = derived.unknown["/effective/products/0/quantity"]
    assert (quantity["reason"], quantity["low"], quantity["high"]) == ("conflict", 4, 100)


def test_an_incomplete_list_gives_certain_feature_facts(system, lic, now):
    facts = system([lic("s", "srm", 20)])
    facts["licenses"]["complete"] = False
    facts["features"]["srm"] = {"in_use": True, "used": 12}
    derived = derive(facts, now)
    assert derived.facts["features"]["srm"]["licensed"] is True
    assert derived.facts["features"]["srm"]["missing"] == 0
    assert derived.unknown["/features/srm/quantity"]["low"] == 20


@pytest.mark.parametrize("quantity", [None, 0, "4x", True])
def test_a_missing_or_invalid_quantity_is_unknown(system, lic, now, quantity):
    derived = derive(system([lic("a", "vms_standard", quantity), lic("b", "vms_standard", 3)]), now)
    entry = derived.unknown["/effective/products/0/quantity"]
    assert entry["low"] == 3
    assert "high" not in entry
    assert entry["because"] == ["/licenses/items/0/quantity"]
    assert derived.unknown["/effective/products/0/missing"]["high"] == 1
    assert derived.facts["effective"]["edition"] == "standard"


def test_an_unrecognized_product_widens_every_product_it_could_be(system, lic, now):
    derived = derive(system([lic("a", "vms_standard", 9), lic("x", "vms_ultimate", 5)]), now)
    assert derived.facts["catalog"]["unrecognized"] == ["vms_ultimate"]
    assert derived.facts["catalog"]["unrecognised"] == ["vms_ultimate"]
    # An unrecognized product can only be added to the 9 CPUs of standard.
    assert derived.facts["effective"]["edition"] == "standard"
    quantity = derived.unknown["/effective/products/0/quantity"]
    assert (quantity["low"], quantity["high"]) == (9, 14)
    assert quantity["because"] == ["/licenses/items/1/product"]
    assert derived.unknown["/effective/editions"]["because"] == ["/licenses/items/1/product"]
    assert derived.facts["effective"]["products"][0]["missing"] == 0
    assert derived.unknown["/features/srm/licensed"]["because"] == ["/licenses/items/1/product"]


def test_a_stated_metric_limits_what_an_unrecognized_product_could_be(system, lic, now):
    derived = derive(system([lic("a", "vms_standard", 9), lic("x", "vms_ultimate", 5, metric="host")]), now)
    assert derived.facts["effective"]["editions"] == ["standard"]
    assert derived.facts["features"]["srm"]["licensed"] is False
    assert derived.unknown["/features/disk_backup_dr/quantity"]["high"] == 5


def test_an_unknown_share_is_at_most_the_complete_quantity(system, lic, now):
    item = lic("a", "vms_standard", 10, assigned=None)
    derived = derive(system([item]), now)
    entry = derived.unknown["/effective/products/0/quantity"]
    assert (entry.get("low"), entry["high"]) == (None, 10)
    assert entry["because"] == ["/licenses/items/0/assigned"]
    item["assigned"] = 11
    assert derive(system([item]), now).unknown["/effective/edition"]["reason"] == "conflict"


def test_licenses_listed_by_another_server_do_not_count_for_certain(system, lic, now):
    items = [lic("a", "vms_standard", 4), lic("b", "vms_enterprise", 4, held_by="elsewhere")]
    derived = derive(system(items), now)
    assert derived.facts["effective"]["edition"] == "standard"
    assert derived.unknown["/effective/editions"]["because"] == [
        "/licenses/items/1/held_by", "/license_server/id",
    ]  # fmt: skip
    # Licenses of a product node are held by that node.
    local = lic("d", "disk_backup_dr", 10, "any", held_by="dr-node-1")
    assert derive(system([items[0], local]), now).facts["features"]["disk_backup_dr"]["quantity"] == 10


def test_a_pair_is_one_system_and_licenses_are_merged_by_id(system, lic, now):
    shared = [lic("a", "vms_standard", 4, manager=name) for name in ("master", "slave")]
    pair = {"state": "pair", "master_ip": "10.1.0.10", "slave_ip": "10.1.0.11"}
    facts = derive(system(shared, hot_standby=pair), now).facts
    assert facts["effective"]["products"][0]["quantity"] == 4
    assert facts["hot_standby"] == {"extra_licenses": []}
    extra = [*shared, lic("b", "vms_standard", 4, manager="slave")]
    facts = derive(system(extra, hot_standby=pair), now).facts
    assert facts["effective"]["products"][0]["quantity"] == 8
    assert facts["hot_standby"] == {"extra_licenses": ["b"]}


def test_two_different_rows_with_one_id_bound_the_quantity(system, lic, now):
    items = [lic("a", "vms_standard", 4), lic("a", "vms_standard", 6)]
    entry = derive(system(items), now).unknown["/effective/products/0/quantity"]
    assert (entry.get("low"), entry["high"]) == (None, 6)
    assert entry["because"] == ["/licenses/items/0", "/licenses/items/1"]


def test_unknown_hosts_leave_quantities_known_and_shortages_unknown(system, lic, now):
    facts = system([lic("a", "vms_standard", 4)])
    facts["unknown"] = {"/hosts": {"reason": "unreachable"}}
    derived = derive(facts, now)
    assert derived.facts["effective"]["products"][0]["quantity"] == 4
    assert derived.unknown["/effective/products/0/missing"] == {
        "reason": "unreachable",
        "because": ["/hosts"],
    }
    assert derived.facts["login"]["missing_after"] == 0  # nothing expires


def test_a_host_without_a_socket_count_still_leaves_a_certain_shortage(system, lic, hosts, now):
    listed = [*hosts(4, 4), {"id": "9", "arch": "x86_64"}]
    derived = derive(system([lic("a", "vms_standard", 6)], listed), now)
    entry = derived.unknown["/effective/products/0/missing"]
    assert entry["low"] == 2
    assert entry["because"] == ["/hosts/2/cpu_sockets"]


def test_a_pointer_listed_as_unknown_overrides_the_value(system, lic, now):
    facts = system([lic("a", "vms_standard", 4)])
    facts["unknown"] = {"/licenses/items/0/quantity": {"reason": "stale"}}
    assert derive(facts, now).unknown["/effective/products/0/quantity"]["reason"] == "stale"
    facts["unknown"] = {"/licenses": {"reason": "unreachable"}}
    assert derive(facts, now).unknown["/effective/edition"]["reason"] == "unreachable"


def test_a_license_of_unknown_kind_may_be_disabled_by_another(system, lic, now):
    items = [lic("a", "vms_standard", 4), lic("b", "vms_standard", 4, kind=None)]
    entry = derive(system(items), now).unknown["/effective/products/0/quantity"]
    assert (entry["low"], entry["high"]) == (4, 8)
    assert entry["because"] == ["/licenses/items/1/kind"]


def test_possible_and_certain_expiries_bound_the_days(system, lic, now):
    sure = lic("t", "vms_standard", 4, kind="temporary", expires_at="2026-12-06T00:00:00Z")
    open_end = lic("u", "vms_standard", 4, kind="temporary", expires_at=None)
    derived = derive(system([sure, open_end]), now)
    assert derived.unknown["/login/days"]["high"] == 12
    assert derived.unknown["/effective/days_to_lapse"]["high"] == 12
    assert derived.unknown["/login/interrupted_at"]["because"] == ["/licenses/items/1/expires_at"]
    perhaps = lic("p", "vms_standard", 4, kind="temporary", expires_at="2026-11-29T00:00:00Z", assigned=None)
    entry = derive(system([sure, perhaps]), now).unknown["/login/days"]
    assert (entry["low"], entry["high"]) == (5, 12)


@pytest.mark.parametrize("sockets", [0, -1, True, "two", 2.0])
def test_r31_an_invalid_socket_count_is_unknown(system, lic, now, sockets):
    facts = system((lic("L1", "vms_standard", 4),))
    facts["hosts"][0]["cpu_sockets"] = sockets
    derived = derive(facts, now)
    assert "missing" not in derived.facts["effective"]["products"][0]
    assert derived.unknown["/effective/products/0/missing"]["because"] == ["/hosts/0/cpu_sockets"]
