# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Derived facts of complete systems: the demo's systems, unknown facts, and general properties."""

from __future__ import annotations

import copy
import datetime as dt
import json

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._errors import LicensingError
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.facts.derive import (
    derive,
    project_facts,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.reading.fact_reader import (
    UNKNOWN_REASONS,
)

DAY = dt.timedelta(days=1)


def test_the_demo_system_before_it_is_fixed(chengdu, now):
    facts = derive(chengdu, now).facts
    assert facts["effective"]["edition"] == "standard"
    assert facts["effective"]["products"] == [
        {
            "product": "vms_standard", "arch": "aarch64", "kinds": ["temporary", "formal"], "quantity": 8,
            "used": 9, "missing": 1, "valid_until": "2026-12-06T00:00:00Z", "days_to_lapse": 12,
            "default_license": "LS-2",
        }
    ]  # fmt: skip
    assert facts["login"] == {
        "state": "ok", "interrupted_at": "2026-12-06T00:00:00Z", "days": 12, "covered": False,
        "missing_after": 5,
    }  # fmt: skip
    assert facts["features"]["srm"]["edition_ok"] is False
    assert facts["features"]["srm"]["edition_needed"] == "enterprise"
    assert facts["features"]["srm"]["missing"] == 12
    assert [(entry["at"], entry["missing"]) for entry in facts["forecast"]] == [("2026-12-06T00:00:00Z", 5)]


def test_the_demo_system_after_purchase_expiry_and_reconnect(chengdu, lic, now):
    chengdu["licenses"]["items"].append(lic("LS-3", "vms_standard", 5, "aarch64"))
    later = now + 13 * DAY
    assert derive(chengdu, later).facts["login"]["state"] == "refused"
    chengdu["license_server"]["fetched_at"] = "2026-12-06T08:00:00Z"
    facts = derive(chengdu, later).facts
    assert facts["login"]["state"] == "ok"
    assert facts["effective"]["edition"] == "standard"
    assert (facts["effective"]["products"][0]["quantity"], facts["effective"]["products"][0]["missing"]) == (
        9,
        0,
    )
    chengdu["licenses"]["items"] += [
        lic("LS-4", "vms_standard_to_enterprise", 9, "aarch64"),
        lic("LS-5", "srm", 12, "aarch64"),
    ]
    facts = derive(chengdu, later).facts
    assert facts["effective"]["edition"] == "enterprise"
    assert facts["effective"]["valid_until"] == facts["effective"]["days_to_lapse"] == "never"
    assert facts["upgrades"] == [
        {
            "arch": "aarch64",
            "from": "standard",
            "to": "enterprise",
            "base": 9,
            "quantity": 9,
            "state": "balanced",
        }
    ]
    assert facts["login"] == {
        "state": "ok", "interrupted_at": "never", "days": "never", "covered": True, "missing_after": 0,
    }  # fmt: skip
    assert facts["features"]["srm"] == {
        "in_use": True, "wanted": False, "used": 12, "licensed": True, "quantity": 12, "missing": 0,
        "edition_needed": "enterprise", "edition_ok": True, "confidence": "stated", "arch_ok": "yes",
        "packs_odd": [],
    }  # fmt: skip
    assert facts["scheme"] == {"ids": ["storage_replication_dr"], "ok": True, "surplus": False}
    assert facts["forecast"] == []


# Every derived fact of a system that the guide of facts names.
POINTERS = [
    *("/effective/" + name for name in (
        "edition", "editions", "valid_until", "days_to_lapse", "default_license", "products")),
    "/upgrades", "/forecast", "/terms",
    *("/login/" + name for name in ("state", "interrupted_at", "days", "covered", "missing_after")),
    "/preinstalled/ends_at", "/preinstalled/days",
    *(f"/features/{feature}/{name}"
      for feature in ("isc", "srm", "container_engine", "disk_backup_dr", "heterogeneous_migration")
      for name in ("in_use", "wanted", "licensed", "used", "quantity", "missing", "edition_needed",
                   "edition_ok", "confidence", "arch_ok", "packs_odd")),
    "/scheme/ids", "/scheme/ok", "/scheme/surplus",
    "/catalog/out_of_scope", "/catalog/unrecognized", "/catalog/unrecognised",
    "/hot_standby/extra_licenses",
]  # fmt: skip


def _get(tree, pointer):
    for step in pointer.split("/")[1:]:
        if not isinstance(tree, dict) or step not in tree:
            return None
        tree = tree[step]
    return tree


def _broken():
    yield "nothing at all", {}
    yield (
        "login refused",
        {
            "login": {"state": "refused"},
            "unknown": {
                p: {"reason": "login_refused"}
                for p in ("/version", "/hosts", "/vms", "/features", "/licenses")
            },
        },
    )
    yield "wrong types", {
        "version": 7, "hosts": "two", "licenses": [1, None, {"id": 3, "quantity": "4"}], "features": [],
        "vms": {"total": "120"}, "license_server": 3, "unknown": ["x"], "features_wanted": ["teleport"],
        "preinstalled": {"first_run_at": 1}, "hot_standby": None,
    }  # fmt: skip
    yield (
        "nulls",
        dict.fromkeys(("version", "hosts", "licenses", "features", "vms", "license_totals")),
    )


@pytest.mark.parametrize(
    ("name", "facts"), list(_broken()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_fact_is_known_or_unknown_with_a_reason(name, facts, now):
    derived = derive(facts, now)
    for pointer in POINTERS:
        value = _get(derived.facts, pointer)
        assert (value is None) == (pointer in derived.unknown), pointer
    for pointer, entry in derived.unknown.items():
        assert entry["reason"] in UNKNOWN_REASONS, pointer
        assert entry["because"], pointer
    json.dumps([derived.facts, derived.unknown, derived.origins])


@pytest.mark.parametrize("build", ["complete", "chengdu"])
def test_complete_facts_leave_nothing_unknown(build, system, lic, chengdu, now):
    facts = chengdu if build == "chengdu" else system([lic("a", "vms_standard", 4)])
    derived = derive(facts, now)
    assert derived.unknown == {}
    assert all(_get(derived.facts, pointer) is not None for pointer in POINTERS)


def test_without_licenses_there_is_no_edition_and_no_permanent_validity(system, now):
    derived = derive(system(), now)
    assert derived.facts["effective"]["edition"] == "none"
    assert derived.facts["effective"]["editions"] == []
    for name in ("valid_until", "days_to_lapse", "default_license"):
        assert name not in derived.facts["effective"]
        assert derived.unknown["/effective/" + name]["because"] == ["/licenses/items"]
    row = derived.facts["effective"]["products"][0]
    assert (row["quantity"], row["used"], row["missing"]) == (0, 4, 4)
    assert derived.unknown["/effective/products/0/days_to_lapse"]["because"] == ["/licenses/items"]


def test_project_facts_merges_derived_facts_over_raw_facts(chengdu, now):
    before = copy.deepcopy(chengdu)
    tree = project_facts(chengdu, now)
    assert chengdu == before
    assert tree["hosts"] == chengdu["hosts"]
    assert tree["features"]["srm"]["missing"] == 12
    assert tree["hot_standby"] == {"state": "none", "extra_licenses": []}
    assert project_facts(tree, now) == tree


def test_project_facts_merges_unknown_facts(system, lic, now):
    facts = system([lic("a", "vms_standard", 4)])
    del facts["features"]["container_engine"], facts["features"]["disk_backup_dr"]
    facts["unknown"] = {
        "/features/container_engine/in_use": {"reason": "absent"},
        "/features/disk_backup_dr/in_use": {"reason": "absent"},
    }
    tree = project_facts(facts, now)
    # No host is in a container cluster, so the feature is not in use, although some facts are unknown.
    assert tree["features"]["container_engine"]["in_use"] is False
    assert "/features/container_engine/in_use" not in tree["unknown"]
    assert tree["unknown"]["/features/disk_backup_dr/in_use"]["reason"] == "absent"
    assert tree["unknown"]["/scheme/ids"]["because"] == ["/features/disk_backup_dr/in_use"]
    assert project_facts(tree, now) == tree


def test_origins_name_licenses_and_raw_facts(chengdu, now):
    origins = derive(chengdu, now).origins
    assert origins["/effective/edition"] == ["LS-1", "LS-2"]
    assert origins["/login/interrupted_at"] == ["LS-2"]
    assert origins["/features/heterogeneous_migration/edition_needed"] == ["/version/vms"]


def test_a_time_needs_an_offset(system):
    with pytest.raises(LicensingError) as caught:
        derive(system(), dt.datetime(2026, 11, 24))
    assert caught.value.code == "instant_naive"


def test_ten_thousand_licenses_with_different_expiry_times_keep_their_sums(system, lic, now):
    items = [
        lic(f"T{index:05d}", "vms_standard", 1, kind="temporary",
            expires_at=(now + (index + 1) * dt.timedelta(minutes=7)).strftime("%Y-%m-%dT%H:%M:%SZ"))
        for index in range(10000)
    ]  # fmt: skip
    facts = derive(system(items), now).facts
    assert facts["effective"]["products"][0]["quantity"] == 10000
    assert len(facts["forecast"]) == 10000
    assert [entry["missing"] for entry in facts["forecast"][-6:]] == [0, 0, 1, 2, 3, 4][-6:]
