# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters license_what_if and license_drift: options, comparison, and one sentence for wrong input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.unicloud.usphere.plugins.filter import (
    license_compliance,
    license_drift,
    license_what_if,
)

HostFacts = Callable[..., dict[str, Any]]

AS_OF = "2026-11-24T08:00:00Z"
compliance = license_compliance.FilterModule().filters()["license_compliance"]
drift = license_drift.FilterModule().filters()["license_drift"]
what_if = license_what_if.FilterModule().filters()["license_what_if"]


def test_what_if_lists_only_differences(host_facts: HostFacts) -> None:
    found = what_if(host_facts(), "vendor", facts={"/hosts/0/cpu_sockets": 4}, as_of=AS_OF)
    assert "r31-sockets" in [finding["rule"] for finding in found["new"]]
    assert (found["before"]["decision"], found["after"]["decision"]) == ("compliant", "non_compliant")
    assert what_if({"a": host_facts(), "b": None}, "vendor", as_of=AS_OF)["same"]
    later = what_if(host_facts(), "vendor", as_of=AS_OF, at="2027-01-01", horizon="30d")
    assert later["after"]["as_of"] == "2027-01-01T00:00:00Z"


def test_what_if_with_other_entitlements(host_facts: HostFacts) -> None:
    pool = {
        "id": "bought",
        "rows": "/hosts",
        "group_by": ["arch"],
        "demand": {"unit": "cpu_socket", "sum": "cpu_sockets"},
        "supply": {"from": "purchased", "product": "vms"},
        "require": {"demand": "at_most_supply"},
    }
    policy = {"kind": "LicensePolicy", "id": "site", "version": "1.0.0", "pools": [pool]}

    def entitlements(quantity: int) -> dict[str, Any]:
        covers = {"product": "vms_standard", "arch": "x86_64", "kind": "formal", "quantity": quantity}
        grant = {"id": "g", "covers": {**covers, "from": "2026-01-01", "until": "never"}}
        return {"kind": "Entitlements", "schema_version": 1, "id": "e", "systems": {}, "grants": [grant]}

    found = what_if(
        host_facts(), policy, as_of=AS_OF, entitlements=entitlements(3), entitlements_then=entitlements(4)
    )
    assert [finding["rule"] for finding in found["fixed"]] == ["bought"]


def test_drift_between_two_results(host_facts: HostFacts) -> None:
    before = compliance(host_facts(), "vendor", as_of=AS_OF)
    after = compliance(host_facts("licensed", {"/hosts/0/cpu_sockets": 4}), "vendor", as_of=AS_OF)
    assert "r31-sockets" in [finding["rule"] for finding in drift(after, before)["new"]]
    assert drift(before, before)["same"]


def test_wrong_input_gives_one_sentence(host_facts: HostFacts) -> None:
    with pytest.raises(AnsibleFilterError, match="license_drift: before must be a ComplianceResult"):
        drift(compliance(host_facts(), "vendor"), {})
    with pytest.raises(
        AnsibleFilterError, match="license_what_if: facts must be a mapping from JSON pointers"
    ):
        what_if(host_facts(), "vendor", facts="x")
    with pytest.raises(
        AnsibleFilterError, match="license_what_if: the system nowhere is not among the given systems"
    ):
        what_if(host_facts(), "vendor", bought={"nowhere": []})
