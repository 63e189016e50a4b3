# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts below features.* and scheme.* of a system (R1, R28–R39)."""

from __future__ import annotations

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.facts.derive import derive


def _feature(facts, now, name):
    return derive(facts, now).facts["features"][name]


def _with(facts, name, **use):
    facts["features"][name] = use
    return facts


@pytest.mark.parametrize(
    ("product", "fits"),
    [
        ("vms_standard", {"heterogeneous_migration"}),
        ("vms_enterprise", {"heterogeneous_migration", "srm", "disk_backup_dr", "container_engine"}),
        ("vms_enhanced_enterprise",
         {"heterogeneous_migration", "srm", "disk_backup_dr", "container_engine", "isc"}),
    ],
)  # fmt: skip
def test_r28_r29_r30_editions(system, lic, now, product, fits):
    features = derive(system([lic("a", product, 4)]), now).facts["features"]
    assert {name for name, facts in features.items() if facts["edition_ok"]} == fits


@pytest.mark.parametrize(
    ("version", "needed", "confidence"),
    [("E0730P05H09", "enhanced_enterprise", "stated"), ("E0730P06", "standard", "stated"),
     ("E0731", "standard", "low"), ("E0750", "enhanced_enterprise", "stated"),
     ("E0755P02", "enhanced_enterprise", "stated"), ("V7.0 (E0760)", "standard", "stated")],
)  # fmt: skip
def test_r28_migration_by_the_managers_version(system, lic, now, version, needed, confidence):
    facts = system([lic("a", "vms_standard", 4)], version={"vms": version, "series": "7.0"})
    feature = _feature(facts, now, "heterogeneous_migration")
    assert (feature["edition_needed"], feature["confidence"]) == (needed, confidence)
    assert feature["edition_ok"] is (needed == "standard")


def test_r28_without_a_version_is_unknown_unless_every_version_agrees(system, lic, now):
    derived = derive(system([lic("a", "vms_standard", 4)], version={"vms": "V700R001", "series": "7.0"}), now)
    pointer = "/features/heterogeneous_migration/"
    assert derived.unknown[pointer + "edition_needed"] == {"reason": "value", "because": ["/version/vms"]}
    assert pointer + "edition_ok" in derived.unknown
    assert derived.facts["effective"]["edition"] == "standard"  # the series is of family A
    enhanced = system([lic("a", "vms_enhanced_enterprise", 4)], version={"vms": None, "series": "7.0"})
    assert _feature(enhanced, now, "heterogeneous_migration")["edition_ok"] is True


def test_family_a_below_7_0_is_out_of_scope_and_family_b_is_not(system, lic, now):
    items = [lic("a", "vms_enhanced_enterprise", 4), lic("d", "disk_backup_dr", 10, "any")]
    derived = derive(system(items, version={"vms": "E0535H03", "series": "5.0"}), now)
    assert derived.facts["catalog"]["out_of_scope"] == ["vms_enhanced_enterprise"]
    for pointer in (
        "/effective/edition",
        "/upgrades",
        "/login/state",
        "/features/srm/quantity",
        "/scheme/ok",
    ):
        assert derived.unknown[pointer] == {"reason": "out_of_scope", "because": ["/version/vms"]}
    assert derived.facts["features"]["disk_backup_dr"]["quantity"] == 10
    assert derived.facts["features"]["disk_backup_dr"]["edition_ok"] is True
    assert derived.facts["features"]["heterogeneous_migration"]["edition_needed"] == "enhanced_enterprise"


def test_an_unknown_version_leaves_the_scope_unknown(system, lic, now):
    derived = derive(system([lic("a", "vms_standard", 4)], version={}), now)
    assert derived.unknown["/effective/edition"] == {"reason": "absent", "because": ["/version/vms"]}
    assert derived.unknown["/catalog/out_of_scope"]["because"] == ["/version/vms"]


# -- demand (R31) --


def test_sockets_of_all_registered_hosts_count_in_every_status(system, lic, hosts, now):
    listed = hosts(2, 2) + hosts(4, start=3, status="bad")
    row = derive(system([lic("a", "vms_standard", 4)], listed), now).facts["effective"]["products"][0]
    assert (row["used"], row["missing"]) == (8, 4)


def test_a_host_that_both_managers_of_a_pair_list_counts_once(system, lic, hosts, now):
    twice = hosts(2, 2) + hosts(2, 2)
    assert (
        derive(system([lic("a", "vms_standard", 4)], twice), now).facts["effective"]["products"][0]["used"]
        == 4
    )


def test_container_sockets_are_counted_from_container_clusters(system, lic, hosts, now):
    listed = hosts(2, 2) + hosts(4, start=3, container_cluster=True)
    facts = system([lic("c", "container_service", 3, "any")], listed)
    facts["features"]["container_engine"] = {}
    feature = _feature(facts, now, "container_engine")
    assert (feature["in_use"], feature["used"], feature["quantity"], feature["missing"]) == (True, 4, 3, 1)
    # The value read from hosts overrides a smaller declared value.
    facts["features"]["container_engine"] = {"in_use": False, "used": 0}
    assert _feature(facts, now, "container_engine")["used"] == 4


def test_an_unknown_cluster_flag_gives_an_interval(system, lic, hosts, now):
    listed = hosts(2) + hosts(4, start=2, container_cluster=None)
    facts = system([lic("c", "container_service", 3, "any")], listed)
    facts["features"]["container_engine"] = {}
    derived = derive(facts, now)
    assert derived.unknown["/features/container_engine/used"] == {
        "reason": "null", "because": ["/hosts/1/container_cluster"], "high": 4,
    }  # fmt: skip
    assert derived.unknown["/features/container_engine/missing"]["high"] == 1


def test_isc_counts_all_vms(system, lic, now):
    facts = _with(system([lic("i", "isc", 100, "any")]), "isc", in_use=True)
    feature = _feature(facts, now, "isc")
    assert (feature["used"], feature["quantity"], feature["missing"]) == (120, 100, 20)
    assert _feature(_with(facts, "isc", in_use=False), now, "isc")["used"] == 0


def test_dr_demand_is_the_declared_value_and_not_the_number_of_hosts(system, lic, now):
    facts = _with(system([lic("d", "disk_backup_dr", 10, "any")]), "disk_backup_dr", in_use=True)
    derived = derive(facts, now)
    assert derived.unknown["/features/disk_backup_dr/missing"]["because"] == ["/features/disk_backup_dr/used"]
    assert (
        _feature(_with(facts, "disk_backup_dr", in_use=True, used=12), now, "disk_backup_dr")["missing"] == 2
    )


@pytest.mark.parametrize(("quantity", "missing"), [(11, 1), (12, 0), (13, 0)])
def test_r31_srm_counts_protected_vms(system, lic, now, quantity, missing):
    facts = _with(system([lic("s", "srm", quantity)]), "srm", in_use=True, used=12)
    assert _feature(facts, now, "srm")["missing"] == missing


def test_srm_of_another_architecture_does_not_count(system, lic, now):
    facts = _with(system([lic("s", "srm", 20, "aarch64")]), "srm", in_use=True, used=12)
    feature = _feature(facts, now, "srm")
    assert (feature["quantity"], feature["missing"]) == (0, 12)
    assert (feature["licensed"], feature["arch_ok"]) == (False, "no")


def test_srm_on_a_mixed_system_is_unknown_unless_the_sum_is_short(system, lic, hosts, now):
    mixed = hosts(2) + hosts(2, arch="aarch64", start=2)
    facts = _with(
        system([lic("s", "srm", 8), lic("t", "srm", 8, "aarch64")], mixed), "srm", in_use=True, used=12
    )
    derived = derive(facts, now)
    assert derived.facts["features"]["srm"]["quantity"] == 16
    assert derived.unknown["/features/srm/missing"] == {"reason": "absent", "because": ["/hosts"], "high": 4}
    short = derive(_with(facts, "srm", in_use=True, used=17), now).unknown["/features/srm/missing"]
    assert (short["low"], short["high"]) == (1, 9)


def test_srm_counts_on_certain_hosts_and_may_count_on_uncertain_hosts(system, lic, hosts, now):
    listed = [*hosts(2), *hosts(2, arch=None, start=2)]
    items = [lic("s", "srm", 8), lic("t", "srm", 5, "aarch64")]
    derived = derive(_with(system(items, listed), "srm", in_use=True, used=12), now)
    entry = derived.unknown["/features/srm/quantity"]
    assert (entry["low"], entry["high"], entry["because"]) == (8, 13, ["/hosts/1/arch"])
    assert derived.facts["features"]["srm"]["arch_ok"] == "yes"


# -- architecture (R39), packs (R32) --


def test_r39_on_arm_only_the_container_engine_is_undetermined(system, lic, hosts, now):
    features = derive(system([], hosts(4, arch="aarch64"), architecture="aarch64"), now).facts["features"]
    assert {name: facts["arch_ok"] for name, facts in features.items()} == {
        "isc": "yes", "srm": "yes", "disk_backup_dr": "yes", "heterogeneous_migration": "yes",
        "container_engine": "unknown",
    }  # fmt: skip


def test_r39_containers_on_the_x86_part_of_a_mixed_system_are_supported(system, hosts, now):
    mixed = hosts(2, container_cluster=True) + hosts(2, arch="aarch64", start=2)
    assert _feature(system([], mixed), now, "container_engine")["arch_ok"] == "yes"


def test_licenses_for_any_arch_count_on_every_architecture(system, lic, hosts, now):
    arm = hosts(4, arch="aarch64")
    items = [lic("d", "disk_backup_dr", 10, "aarch64"), lic("m", "heterogeneous_migration", 1, None)]
    features = derive(system(items, arm), now).facts["features"]
    assert features["disk_backup_dr"]["quantity"] == 10
    assert features["heterogeneous_migration"]["quantity"] == 1


def test_r32_odd_packs_of_active_licenses(system, lic, now):
    items = [
        lic("a", "disk_backup_dr", 12, "any"), lic("b", "disk_backup_dr", 100, "any"),
        lic("c", "disk_backup_dr", 12, "any", packs=[10, 1, 1]),
        lic("d", "disk_backup_dr", 7, "any", expires_at="2026-01-01T00:00:00Z"),
        lic("e", "srm", 12),
    ]  # fmt: skip
    features = derive(system(items), now).facts["features"]
    assert features["disk_backup_dr"]["packs_odd"] == [12]
    assert features["srm"]["packs_odd"] == []


# -- wanted, licensed, schemes --


def test_wanted_is_declared_by_the_site(system, now):
    features = derive(system(features_wanted=["srm"]), now).facts["features"]
    assert [name for name, facts in features.items() if facts["wanted"]] == ["srm"]
    derived = derive(system(features_wanted=["srm", "teleport"]), now)
    assert derived.unknown["/features/isc/wanted"] == {"reason": "type", "because": ["/features_wanted"]}
    facts = system()
    del facts["features_wanted"]
    # A required key: without it the site has not declared that no feature is wanted.
    entry = derive(facts, now).unknown["/features/srm/wanted"]
    assert entry == {"reason": "absent", "because": ["/features_wanted"]}


def test_a_used_quantity_of_a_feature_that_is_not_in_use_is_a_conflict(system, now):
    derived = derive(_with(system(), "srm", in_use=False, used=3), now)
    both = ["/features/srm/in_use", "/features/srm/used"]
    assert derived.unknown["/features/srm/in_use"] == {"reason": "conflict", "because": both}
    assert derived.unknown["/features/srm/used"] == {"reason": "conflict", "because": both, "high": 3}


@pytest.mark.parametrize(
    ("features", "edition", "extra", "scheme"),
    [
        ((), "vms_standard", (), {"ids": ["vms_only"], "ok": True, "surplus": False}),
        ((), "vms_enhanced_enterprise", (), {"ids": ["vms_only"], "ok": True, "surplus": False}),
        (("isc",), "vms_enhanced_enterprise", ("isc",), {"ids": ["vms_isc"], "ok": True, "surplus": False}),
        (("isc",), "vms_enterprise", ("isc",), {"ids": ["vms_isc"], "ok": False, "surplus": False}),
        (("srm",), "vms_enterprise", ("srm",),
         {"ids": ["storage_replication_dr"], "ok": True, "surplus": False}),
        (("srm",), "vms_enterprise", (), {"ids": ["storage_replication_dr"], "ok": False, "surplus": False}),
        (("disk_backup_dr",), "vms_enterprise", ("disk_backup_dr",),
         {"ids": ["disk_backup_dr"], "ok": True, "surplus": False}),
        (("heterogeneous_migration",), "vms_standard", ("heterogeneous_migration",),
         {"ids": ["heterogeneous_migration"], "ok": True, "surplus": False}),
        (("heterogeneous_migration",), "vms_enterprise", ("heterogeneous_migration",),
         {"ids": ["heterogeneous_migration"], "ok": True, "surplus": True}),
        (("container_engine",), "vms_standard", ("container_service",),
         {"ids": ["container_service"], "ok": False, "surplus": False}),
        (("srm", "disk_backup_dr"), "vms_enterprise", ("srm", "disk_backup_dr"),
         {"ids": ["storage_replication_dr", "disk_backup_dr"], "ok": True, "surplus": False}),
    ],
)  # fmt: skip
def test_r33_to_r38_schemes(system, lic, now, features, edition, extra, scheme):
    items = [lic("e", edition, 4)]
    items += [lic(product, product, 1, "x86_64" if product == "srm" else "any") for product in extra]
    facts = system(items)
    for name in features:
        facts["features"][name] = {"in_use": True, "used": 1}
    assert derive(facts, now).facts["scheme"] == scheme


def test_r33_mixed_editions_match_no_scheme(system, lic, now):
    facts = system([lic("a", "vms_standard", 2), lic("b", "vms_enterprise", 2)])
    assert derive(facts, now).facts["scheme"]["ok"] is False


def test_a_certain_deviation_decides_although_another_feature_is_unknown(system, lic, now):
    facts = _with(system([lic("a", "vms_standard", 4)]), "srm", in_use=True, used=1)
    facts["features"]["disk_backup_dr"] = {}
    derived = derive(facts, now)
    assert derived.facts["scheme"] == {"ok": False}
    assert "/scheme/ids" in derived.unknown
    assert "/scheme/surplus" in derived.unknown
