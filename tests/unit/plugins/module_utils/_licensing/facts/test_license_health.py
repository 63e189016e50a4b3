# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""License health of a system in one word: the worst certain state, and ok only where all is known."""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.facts.derive import project_facts
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.facts.license_health import (
    LicenseHealth,
    assess_health,
)

NOW = dt.datetime(2026, 11, 24, 8, tzinfo=dt.timezone.utc)
FEATURES = ("isc", "srm", "disk_backup_dr", "heterogeneous_migration")


def license_(**changes: Any) -> dict[str, Any]:
    return {
        "id": "LS-1",
        "product": "vms_standard",
        "arch": "x86_64",
        "kind": "formal",
        "code": "3132A0XY",
        "quantity": 4,
        "assigned": 4,
        "issued_at": "2026-01-10T02:00:00Z",
        "expires_at": "never",
        "status": "in_use",
        "held_by": "ls-east",
        **changes,
    }


LICENSES = {"complete": True, "items": [license_()]}
FACTS: dict[str, Any] = {
    "kind": "HostFacts",
    "schema_version": 1,
    "subject": {"kind": "system", "id": "hangzhou"},
    "version": {"vms": "E0760P03", "series": "7.0"},
    "architecture": "x86_64",
    "hot_standby": {"state": "none"},
    "hosts": [
        {
            "id": "1",
            "name": "cvk1",
            "arch": "x86_64",
            "cpu_sockets": 2,
            "version": "E0760P03",
            "status": "ok",
            "container_cluster": False,
        }
    ],
    "vms": {"total": 12},
    "features_wanted": [],
    "features": {"container_engine": {"in_use": False}, **{name: {"in_use": False} for name in FEATURES}},
    "license_totals": {"cpu_allowed": 4, "cpu_managed": 2, "vm_allowed": 500, "edition": "standard"},
    "license_server": {"id": "ls-east", "client": "hangzhou", "state": "connected"},
    "licenses": LICENSES,
    "unknown": {},
}


def health_of(changes: dict[str, Any], lapse_days: int = 30) -> str:
    facts = copy.deepcopy({**FACTS, **changes})
    if "license_totals" not in changes:
        # The totals of the unchanged system would contradict other hosts and licenses.
        for changed, total in (("licenses", "cpu_allowed"), ("hosts", "cpu_managed")):
            if changed in changes:
                del facts["license_totals"][total]
    return assess_health(project_facts(facts, NOW, None), NOW, lapse_days).value


def licenses(*items: dict[str, Any], complete: bool = True) -> dict[str, Any]:
    return {"licenses": {"complete": complete, "items": list(items)}}


TEMPORARY = license_(
    id="LS-2",
    kind="temporary",
    code=None,
    issued_at="2026-11-06T00:00:00Z",
    expires_at="2026-12-06T00:00:00Z",
)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "ok"),
        ({"login": {"state": "refused"}, "unknown": {"/licenses": {"reason": "login_refused"}}}, "refused"),
        (licenses(), "none"),
        (licenses(license_(status="expired", expires_at="2026-11-01T00:00:00Z")), "none"),
        (licenses(license_(quantity=1, assigned=1)), "short"),
        (licenses(license_(), TEMPORARY), "lapsing"),
        (licenses(license_(quantity=1, assigned=1), {**TEMPORARY, "quantity": 2, "assigned": 2}), "lapsing"),
        # A feature in use without a license, whatever the other facts are.
        ({"features": {**FACTS["features"], "srm": {"in_use": True, "used": 12}}}, "short"),
    ],
)
def test_the_worst_certain_state_is_reported(changes: dict[str, Any], expected: str) -> None:
    assert health_of(changes) == expected


@pytest.mark.parametrize(("days", "expected"), [(13, "lapsing"), (12, "lapsing"), (11, "ok"), (0, "ok")])
def test_the_threshold_of_soon_is_an_option(days: int, expected: str) -> None:
    # 11 days and 16 hours are left, which is 11 full days.
    assert health_of(licenses(license_(), TEMPORARY), days) == expected


@pytest.mark.parametrize(
    "changes",
    [
        licenses(license_(), complete=False),
        {"licenses": None, "unknown": {"/licenses": {"reason": "unreachable"}}},
        {"hosts": None, "unknown": {"/hosts": {"reason": "gather_error"}}},
        {
            "features": {**FACTS["features"], "isc": {}},
            "unknown": {"/features/isc/in_use": {"reason": "absent"}},
        },
        licenses(license_(expires_at=None)),
        licenses({key: value for key, value in license_().items() if key not in ("quantity", "assigned")}),
    ],
)
def test_unknown_facts_are_not_ok(changes: dict[str, Any]) -> None:
    kept = {key: value for key, value in {**FACTS, **changes}.items() if value is not None}
    assert assess_health(project_facts(kept, NOW, None), NOW, 30) is LicenseHealth.UNKNOWN


def test_a_shortage_is_certain_although_other_facts_are_unknown() -> None:
    changes = {
        **licenses(license_(quantity=1, assigned=1)),
        "features": {},
        "unknown": {f"/features/{name}/in_use": {"reason": "absent"} for name in FEATURES},
    }
    assert health_of(changes) == "short"


def test_a_system_that_was_not_read_is_unknown() -> None:
    facts = {"kind": "HostFacts", "schema_version": 1, "unknown": {"": {"reason": "unreachable"}}}
    assert assess_health(project_facts(facts, NOW, None), NOW, 30) is LicenseHealth.UNKNOWN
    assert assess_health({}, NOW, 30) is LicenseHealth.UNKNOWN


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("2027-06-12T00:00:00", LicenseHealth.OK),
        ("2026-12-01T00:00:00", LicenseHealth.LAPSING),
        ("2026-12-24T09:00:00", LicenseHealth.UNKNOWN),
        ("2026-11-24T10:00:00", LicenseHealth.UNKNOWN),
    ],
)
def test_an_end_without_a_zone_is_judged_where_all_zones_agree(end: str, expected: LicenseHealth) -> None:
    found = health_of(licenses(license_(), {**TEMPORARY, "expires_at": end}))
    assert found == expected.value


def test_a_system_whose_last_license_of_an_architecture_ends_later_is_ok() -> None:
    ends = license_(id="LS-2", arch="aarch64", kind="temporary", expires_at="2027-06-29T16:00:00Z")
    arm = {**FACTS["hosts"][0], "id": "2", "name": "cvk2", "arch": "aarch64"}
    changes = {**licenses(license_(), ends), "hosts": [FACTS["hosts"][0], arm]}
    assert health_of(changes) == "ok"
    assert health_of(changes, lapse_days=300) == "lapsing"
