# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times of HostFacts without a time zone: which there are, and the zone of a document."""

from __future__ import annotations

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.reading.zones import (
    times_without_zone,
    with_own_zone,
)


def test_the_times_of_a_document_without_a_zone_and_their_clocks(system, lic, hosts):
    facts = system(
        [
            lic("LS-1", "srm", 2, expires_at="2026-12-06T00:00:00", issued_at="2026-11-06"),
            lic("LS-2", "vms_standard", 4, kind="preinstalled", expires_at="2026-12-06 00:00:00"),
            lic("LS-3", "vms_standard", 4, expires_at="2026-12-06T00:00:00", held_by=None),
        ],
        hosts(2, added_at="2026-11-01T00:00:00"),
        preinstalled={"first_run_at": "2026-01-01T08:00:00"},
    )
    facts["unknown"] = {"/licenses/items/2": {"reason": "absent"}}
    assert {time.pointer: time.clock for time in times_without_zone(facts)} == {
        "/licenses/items/0/expires_at": "license_server ls",
        "/licenses/items/1/expires_at": "vms",
        "/preinstalled/first_run_at": "vms",
        "/hosts/0/added_at": "",
    }


def test_the_zone_of_the_document_applies_to_times_and_bare_dates_without_one(system, lic):
    facts = system([lic("LS-1", "srm", 2, expires_at="2026-12-06T00:00:00", issued_at="2026-11-06")])
    facts["source"]["timezone"] = "+08:00"
    read = with_own_zone(facts)
    assert read["licenses"]["items"][0]["expires_at"] == "2026-12-05T16:00:00Z"
    assert read["licenses"]["items"][0]["issued_at"] == "2026-11-05T16:00:00Z"
    assert read["source"]["gathered_at"] == "2026-11-24T00:00:00Z"
    assert facts["licenses"]["items"][0]["expires_at"] == "2026-12-06T00:00:00"
    facts["source"]["timezone"] = "Asia/Nowhere"
    assert with_own_zone(facts) is facts
