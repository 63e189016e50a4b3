# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What expires between the clock of the controller and that of the License Server is undetermined."""

from __future__ import annotations

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.facts.derive import derive

SKEW = "/license_server/clock_skew_s"
MONTHS = 60 * 86400


def _derived(system, lic, now, skew, end, **more):
    facts = system([lic("LS-1", "vms_enterprise", 4), lic("LS-2", "srm", 20, expires_at=end, **more)])
    facts["features"]["srm"] = {"in_use": True, "used": 12}
    facts["license_server"]["clock_skew_s"] = skew
    return derive(facts, now)


@pytest.mark.parametrize(
    ("skew", "end"), [(MONTHS, "2027-01-10T00:00:00Z"), (-MONTHS, "2026-11-10T00:00:00Z")]
)
def test_a_license_that_expired_by_one_clock_only_is_undetermined(system, lic, now, skew, end):
    derived = _derived(system, lic, now, skew, end)
    assert "licensed" not in derived.facts["features"]["srm"]
    entry = derived.unknown["/features/srm/licensed"]
    assert entry["reason"] == "conflict"
    assert entry["because"] == ["/licenses/items/1/expires_at", SKEW]
    missing = derived.unknown["/features/srm/missing"]
    assert (missing.get("low", 0), missing["high"]) == (0, 12)


@pytest.mark.parametrize(
    ("skew", "end", "licensed"),
    [
        (300, "2026-11-24T00:04:00Z", True),
        (-300, "2026-11-23T23:58:00Z", False),
        (MONTHS, "2027-03-10T00:00:00Z", True),
        (MONTHS, "2026-11-24T00:00:00Z", False),
        (-MONTHS, "2026-09-20T00:00:00Z", False),
        (10**15, "never", True),
        ("fast", "2027-01-10T00:00:00Z", True),
    ],
)
def test_what_both_clocks_agree_on_is_decided(system, lic, now, skew, end, licensed):
    assert _derived(system, lic, now, skew, end).facts["features"]["srm"]["licensed"] is licensed


def test_an_enormous_skew_puts_every_end_between_the_clocks(system, lic, now):
    derived = _derived(system, lic, now, 10**15, "2099-01-01T00:00:00Z")
    assert derived.unknown["/features/srm/licensed"]["reason"] == "conflict"


def test_a_local_license_is_not_judged_by_the_license_server(system, lic, now):
    facts = system(
        [
            lic("LS-1", "vms_enhanced_enterprise", 4),
            lic("n1", "isc", 500, expires_at="2027-01-10T00:00:00Z", held_by="isc-1"),
        ]
    )
    facts["license_server"]["clock_skew_s"] = MONTHS
    facts["features"]["isc"] = {"in_use": True, "used": 120}
    assert derive(facts, now).facts["features"]["isc"]["licensed"] is True
