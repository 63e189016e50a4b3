# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts that contradict each other are unknown; a difference with a harmless explanation decides nothing."""

from __future__ import annotations

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.facts.derive import (
    derive,
    project_facts,
)

CONFLICT = "conflict"
LATER = "2026-11-22T09:00:00Z"


def found(derived):
    return {row["code"]: row for row in derived.facts["contradictions"]}


def totals(**changes):
    return {"license_totals": changes}


def product_row(derived, name):
    row = derived.facts["effective"]["products"][0]
    return row.get(name, derived.unknown.get("/effective/products/0/" + name))


def test_facts_without_contradictions_have_none(system, lic, now):
    stated = totals(cpu_allowed=4, cpu_managed=4, edition="standard", ends_at="never")
    derived = derive(system([lic("a", "vms_standard", 4, assigned=4)], **stated), now)
    assert derived.facts["contradictions"] == []
    assert [entry for entry in derived.unknown.values() if entry["reason"] == CONFLICT] == []


# -- managed sockets --


@pytest.mark.parametrize(
    ("managed", "licensed", "used", "missing"),
    [
        (6, 4, {"low": 4, "high": 6}, {"high": 2}),
        (6, 6, {"low": 4, "high": 6}, 0),
        (6, 3, {"low": 4, "high": 6}, {"low": 1, "high": 3}),
        (2, 4, {"low": 2, "high": 4}, 0),
        (2, 1, {"low": 2, "high": 4}, {"low": 1, "high": 3}),
    ],
)
def test_another_number_of_managed_sockets_is_a_range(system, lic, now, managed, licensed, used, missing):
    facts = system([lic("a", "vms_standard", licensed)], **totals(cpu_managed=managed))
    derived = derive(facts, now)
    because = ["/license_totals/cpu_managed", "/hosts"]
    assert product_row(derived, "used") == {"reason": CONFLICT, "because": because, **used}
    entry = product_row(derived, "missing")
    assert entry == missing if missing == 0 else entry == {"reason": CONFLICT, "because": because, **missing}
    row = found(derived)["contradiction_sockets"]
    unstated = "(certainty not stated)"
    assert row["en"] == f"VMS reports {managed} managed CPUs {unstated}, but its hosts have 4 {unstated}"
    assert row["decides"] is True


def test_the_sentence_names_the_certainty_of_both_calls(system, lic, now):
    source = {"via": "rest", "certainty": {"documented": ["license_totals"], "observed": ["list_hosts"]}}
    facts = system([lic("a", "vms_standard", 4)], source=source, **totals(cpu_managed=5))
    row = found(derive(facts, now))["contradiction_sockets"]
    assert row["en"] == "VMS reports 5 managed CPUs (documented), but its hosts have 4 (observed)"
    assert row["zh"] == "VMS 报告管理 5 个 CPU（文档记载），但其主机共有 4 个（实测）"


def test_sockets_of_an_incomplete_list_of_hosts_are_not_compared(system, lic, now):
    facts = system([lic("a", "vms_standard", 4)], **totals(cpu_managed=9))
    facts["unknown"]["/hosts/-"] = {"reason": "gather_error"}
    assert found(derive(facts, now)) == {}
    del facts["unknown"]["/hosts/-"]
    facts["hosts"][0]["cpu_sockets"] = None
    assert found(derive(facts, now)) == {}


def test_a_mixed_architecture_is_compared_in_total(system, lic, hosts, now):
    licenses = [lic("a", "vms_standard", 4), lic("b", "vms_standard", 2, "aarch64")]
    both = [*hosts(2, 2), *hosts(2, arch="aarch64", start=3)]
    stated = totals(cpu_managed=6, cpu_allowed=6, edition="standard")
    derived = derive(system(licenses, both, **stated), now)
    assert derived.facts["contradictions"] == []
    assert [row["missing"] for row in derived.facts["effective"]["products"]] == [0, 0]


def test_a_projected_tree_still_contradicts_itself(system, lic, now):
    tree = project_facts(system([lic("a", "vms_standard", 4)], **totals(cpu_managed=6)), now)
    assert tree["unknown"]["/license_totals/cpu_managed"]["high"] == 6
    assert product_row(derive(tree, now), "used")["high"] == 6


# -- totals and licenses --


@pytest.mark.parametrize(
    ("allowed", "expected"), [(2, {"low": 2, "high": 4}), (9, {"low": 4, "high": 9}), (4, 4), (None, 4)]
)
def test_another_licensed_quantity_is_a_range(system, lic, now, allowed, expected):
    stated = {} if allowed is None else totals(cpu_allowed=allowed, edition="standard")
    derived = derive(system([lic("a", "vms_standard", 4)], **stated), now)
    because = ["/license_totals/cpu_allowed", "/licenses/items"]
    known = expected == 4
    assert product_row(derived, "quantity") == (
        4 if known else {"reason": CONFLICT, "because": because, **expected}
    )
    assert ("contradiction_quantity" in found(derived)) is not known


def test_another_edition_is_unknown(system, lic, now):
    derived = derive(
        system([lic("a", "vms_enterprise", 4)], **totals(cpu_allowed=4, edition="standard")), now
    )
    because = ["/license_totals/edition", "/licenses/items"]
    assert derived.unknown["/effective/edition"] == {"reason": CONFLICT, "because": because}
    assert found(derived)["contradiction_edition"]["zh"] == (
        "VMS 报告的版本为标准版（未注明可信度），但其授权对应企业版（未注明可信度）"
    )


def test_a_balanced_upgrade_is_the_edition_that_it_gives(system, lic, now):
    licenses = [lic("a", "vms_standard", 4), lic("b", "vms_standard_to_enterprise", 4)]
    derived = derive(system(licenses, **totals(cpu_allowed=4, edition="enterprise")), now)
    assert derived.facts["contradictions"] == []
    assert derived.facts["effective"]["edition"] == "enterprise"


def test_totals_from_before_an_expiry_are_not_compared(system, lic, now):
    licenses = [lic("a", "vms_standard", 4), lic("b", "vms_standard", 4, kind="temporary", expires_at=LATER)]
    facts = system(licenses, **totals(cpu_allowed=8, edition="standard"))
    facts["source"]["gathered_at"] = "2026-11-22T00:00:00Z"
    assert "contradiction_quantity" not in found(derive(facts, now))


def test_the_earlier_end_counts(system, lic, now):
    licenses = [lic("a", "vms_standard", 4, kind="temporary", expires_at="2026-12-20T00:00:00Z")]
    stated = {"cpu_allowed": 4, "edition": "standard"}
    near = derive(system(licenses, license_totals={**stated, "ends_at": "2026-12-19T00:00:01Z"}), now)
    assert near.facts["contradictions"] == []
    assert near.facts["effective"]["valid_until"] == "2026-12-20T00:00:00Z"
    early = derive(system(licenses, license_totals={**stated, "ends_at": "2026-12-10T00:00:00Z"}), now)
    assert early.facts["effective"]["valid_until"] == "2026-12-10T00:00:00Z"
    assert found(early)["contradiction_end"]["decides"] is False
    late = derive(system(licenses, license_totals={**stated, "ends_at": "never"}), now)
    assert late.facts["effective"]["valid_until"] == "2026-12-20T00:00:00Z"
    assert found(late)["contradiction_end"]["decides"] is False


def test_the_end_of_a_feature_explains_an_earlier_end(system, lic, now):
    feature = lic("b", "srm", 4, kind="temporary", expires_at="2026-12-10T00:00:00Z")
    stated = totals(cpu_allowed=4, edition="standard", ends_at="2026-12-10T00:00:00Z")
    derived = derive(system([lic("a", "vms_standard", 4), feature], **stated), now)
    assert derived.facts["contradictions"] == []


# -- the connection --


def test_an_assigned_license_that_was_issued_after_the_fetch_may_not_be_in_force(system, lic, now):
    licenses = [lic("a", "vms_standard", 4), lic("b", "vms_standard", 4, assigned=4, issued_at=LATER)]
    derived = derive(system(licenses), now)
    quantity = product_row(derived, "quantity")
    assert (quantity["reason"], quantity["low"], quantity["high"]) == (CONFLICT, 4, 8)
    assert quantity["because"] == ["/license_server/fetched_at", "/licenses/items/1/issued_at"]
    assert product_row(derived, "missing") == 0
    assert "Reconnect VMS" in found(derived)["contradiction_not_fetched"]["remedy_en"]


@pytest.mark.parametrize("issued", ["2026-11-20T00:05:00Z", "2026-11-21", "2026-11-19T00:00:00Z"])
def test_a_license_of_the_day_of_the_fetch_is_in_force(system, lic, now, issued):
    derived = derive(system([lic("a", "vms_standard", 4, assigned=4, issued_at=issued)]), now)
    assert (product_row(derived, "quantity"), derived.facts["contradictions"]) == (4, [])


@pytest.mark.parametrize("edition", ["standard", None])
def test_an_upgrade_that_was_not_fetched_yet_changes_nothing_yet(system, lic, now, edition):
    upgrade = lic("b", "vms_standard_to_enterprise", 4, assigned=4, issued_at=LATER)
    stated = totals(cpu_allowed=4, edition="standard") if edition else {}
    derived = derive(system([lic("a", "vms_standard", 4, assigned=4), upgrade], **stated), now)
    assert derived.facts["effective"].get("edition") == edition
    assert ("/effective/edition" in derived.unknown) is (edition is None)


def test_a_base_that_was_not_fetched_yet_is_a_range_beside_the_totals(system, lic, now):
    licenses = [
        lic("a", "vms_standard", 4, assigned=4),
        lic("b", "vms_standard", 3, assigned=3, issued_at=LATER),
    ]
    derived = derive(system(licenses, **totals(cpu_allowed=4, edition="standard")), now)
    quantity = product_row(derived, "quantity")
    assert (quantity["reason"], quantity["low"], quantity["high"]) == (CONFLICT, 4, 7)
    assert derived.facts["effective"]["edition"] == "standard"


def test_a_license_that_was_just_installed_counts_and_explains_older_totals(system, lic, now):
    licenses = [lic("a", "vms_standard", 4), lic("b", "vms_standard", 4, installed_at=LATER)]
    derived = derive(system(licenses, **totals(cpu_allowed=4, edition="standard")), now)
    assert product_row(derived, "quantity") == 8
    assert {code: row["decides"] for code, row in found(derived).items()} == {
        "contradiction_fetch_again": False
    }


@pytest.mark.parametrize("state", ["never", "none"])
def test_assigned_licenses_without_a_connection_may_not_be_in_force(system, lic, now, state):
    facts = system([lic("a", "vms_standard", 4, assigned=4)])
    facts["license_server"] = {"state": state}
    derived = derive(facts, now)
    quantity = product_row(derived, "quantity")
    assert (quantity["reason"], quantity["high"]) == (CONFLICT, 4)
    assert found(derived)["contradiction_not_connected"]["decides"] is True


def test_licenses_of_a_product_node_need_no_connection(system, lic, now):
    facts = system([lic("a", "isc", 4, "any", assigned=4, issued_at=LATER)], license_server={"state": "none"})
    assert derive(facts, now).facts["contradictions"] == []


def test_a_lost_connection_is_a_note_with_the_age_of_the_fetch(system, lic, now):
    facts = system([lic("a", "vms_standard", 4)])
    facts["license_server"]["state"] = "disconnected"
    row = found(derive(facts, now))["contradiction_disconnected_for"]
    assert (row["en"].endswith("it last fetched licenses 4 days ago"), row["decides"]) == (True, False)
    del facts["license_server"]["fetched_at"]
    assert list(found(derive(facts, now))) == ["contradiction_disconnected"]


def test_a_temporary_license_that_never_expires_is_a_note(system, lic, now):
    derived = derive(system([lic("a", "vms_standard", 4, kind="temporary")]), now)
    assert found(derived)["contradiction_temporary_forever"]["decides"] is False
    assert product_row(derived, "quantity") == 4


def test_a_used_feature_that_is_not_in_use_is_named(system, now):
    facts = system()
    facts["features"]["srm"] = {"in_use": False, "used": 3}
    row = found(derive(facts, now))["contradiction_feature_use"]
    assert row["en"] == "srm is reported as not in use, but with a used quantity of 3"


@pytest.mark.parametrize(
    ("issued", "installed", "fetched", "timezone", "is_doubted"),
    [
        # Clocks of the platform and of VMS.
        ("2026-11-20T09:09:00Z", None, "2026-11-20T09:00:00Z", None, False),
        ("2026-11-20T09:11:00Z", None, "2026-11-20T09:00:00Z", None, True),
        # Installed before the fetch, so it was issued before.
        ("2026-11-20T15:00:00Z", "2026-11-20T08:50:00Z", "2026-11-20T09:00:00Z", None, False),
        ("2026-11-21T09:30:00Z", "2026-11-20T08:50:00Z", "2026-11-20T09:00:00Z", None, True),
        ("2026-11-20T15:00:00Z", "2026-11-20T14:00:00Z", "2026-11-20T09:00:00Z", None, True),
        # A bare date stays a date in the zone of the document.
        ("2026-11-20", "2026-11-20T03:50:00Z", "2026-11-20T04:00:00Z", "-08:00", False),
        ("2026-11-20", None, "2026-11-20T04:00:00Z", "-08:00", False),
        ("2026-11-22", None, "2026-11-20T04:00:00Z", "-08:00", True),
    ],
)
def test_two_clocks_and_bare_dates_have_a_tolerance(
    system, lic, now, issued, installed, fetched, timezone, is_doubted
):
    row = lic("a", "vms_standard", 4, assigned=4, issued_at=issued, installed_at=installed)
    facts = system([{name: value for name, value in row.items() if value is not None}])
    facts["license_server"]["fetched_at"] = fetched
    if timezone:
        facts["source"]["timezone"] = timezone
    assert ("contradiction_not_fetched" in found(derive(facts, now))) == is_doubted
