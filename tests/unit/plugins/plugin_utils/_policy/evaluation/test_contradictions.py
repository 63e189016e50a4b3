# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Contradicted facts block with both values in the sentence; honest systems comply."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.what_if import (
    read_overlay,
    what_if,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.model import PolicySet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
)

from .....fakes.runs import evaluate_with

HostFacts = Callable[..., dict[str, Any]]
LATER = "2026-11-22T09:00:00Z"


def license_row(ident: str, product: str, quantity: int, **changes: object) -> dict[str, object]:
    return {
        "id": ident,
        "product": product,
        "arch": "x86_64",
        "kind": "formal",
        "quantity": quantity,
        "assigned": quantity,
        "expires_at": "never",
        "status": "in_use",
        "held_by": "ls-east",
        **changes,
    }


BASE = license_row("LS-1", "vms_standard", 4)
UPGRADE = license_row("LS-2", "vms_standard_to_enterprise", 4)
BOTH_ARCHES = [
    {
        "id": "1",
        "name": "cvk1",
        "arch": "x86_64",
        "cpu_sockets": 4,
        "status": "ok",
        "container_cluster": False,
    },
    {
        "id": "2",
        "name": "cvk2",
        "arch": "aarch64",
        "cpu_sockets": 2,
        "status": "ok",
        "container_cluster": False,
    },
]

#: Honest systems: changes of the vendor policy's fixture ``licensed`` by JSON pointer.
HONEST: dict[str, dict[str, Any]] = {
    "totals that agree": {
        "/license_totals": {"cpu_allowed": 4, "cpu_managed": 4, "edition": "enterprise", "ends_at": "never"}
    },
    "totals that are absent": {"/license_totals": None},
    "just installed and not fetched": {
        "/license_totals": {"cpu_allowed": 4, "cpu_managed": 4, "edition": "enterprise"},
        "/licenses/items/2": license_row("LS-3", "vms_enterprise", 4, installed_at=LATER),
    },
    "just issued and not fetched": {
        "/license_totals": {"cpu_allowed": 4, "cpu_managed": 4, "edition": "enterprise"},
        "/licenses/items/2": license_row("LS-3", "vms_enterprise", 4, issued_at=LATER),
    },
    "an upgrade that was just issued and not fetched": {
        "/license_totals": {"cpu_allowed": 4, "cpu_managed": 4, "edition": "standard"},
        "/licenses/items/1": {**UPGRADE, "issued_at": LATER, "installed_at": LATER},
    },
    "a balanced upgrade": {"/license_totals": {"cpu_allowed": 4, "edition": "enterprise"}},
    "two architectures": {
        "/license_totals": {"cpu_allowed": 6, "cpu_managed": 6, "edition": "standard"},
        "/hosts": BOTH_ARCHES,
        "/licenses/items": [BASE, license_row("LS-3", "vms_standard", 2, arch="aarch64")],
    },
    "a feature of a product node": {
        "/license_totals": {"cpu_allowed": 4, "cpu_managed": 4, "edition": "enhanced_enterprise"},
        "/licenses/items": [
            license_row("LS-1", "vms_enhanced_enterprise", 4),
            license_row("N-1", "isc", 200, arch="any", held_by="node", issued_at=LATER),
        ],
    },
    "a lost connection": {"/license_server/state": "disconnected"},
}


def result_of(vendor: PolicySet, as_of: datetime, facts: dict[str, Any]) -> dict[str, Any]:
    return evaluate_with([HostInput("h0", facts)], vendor, as_of)


@pytest.mark.parametrize("name", sorted(HONEST))
def test_honest_systems_comply(name: str, vendor: PolicySet, host_facts: HostFacts, as_of: datetime) -> None:
    result = result_of(vendor, as_of, host_facts("licensed", HONEST[name]))
    assert [finding["rule"] for finding in result["findings"] if finding["effect"] == "block"] == []
    assert result["decision"] == "compliant"


@pytest.mark.parametrize(
    ("changes", "rule", "sentence"),
    [
        (
            {"/license_totals": {"cpu_managed": 6}},
            "r31-sockets",
            "VMS reports 6 managed CPUs (certainty not stated), but its hosts have 4 (certainty not stated)",
        ),
        (
            {"/license_totals": {"cpu_allowed": 2, "edition": "enterprise"}},
            "r31-sockets",
            "VMS reports 2 licensed CPUs (certainty not stated), but its licenses give 4 "
            "(certainty not stated)",
        ),
        (
            {"/license_totals": {"cpu_allowed": 4, "edition": "standard"}},
            "r1-system-licensed",
            "VMS reports the edition standard (certainty not stated), but its licenses give enterprise "
            "(certainty not stated)",
        ),
        (
            {"/license_server": {"state": "never"}},
            "r31-sockets",
            "VMS reports the connection to the License Server as never, but these licenses are assigned to "
            "it: LS-1, LS-2",
        ),
        (
            {"/licenses/items/0/issued_at": LATER},
            "r31-sockets",
            "these licenses are assigned, but were issued after VMS last fetched licenses, so they may not "
            "be in force: LS-1",
        ),
    ],
)
def test_the_finding_names_both_values(
    changes: dict[str, Any],
    rule: str,
    sentence: str,
    vendor: PolicySet,
    host_facts: HostFacts,
    as_of: datetime,
) -> None:
    result = result_of(vendor, as_of, host_facts("licensed", changes))
    assert result["decision"] == "undetermined"
    (finding,) = [each for each in result["findings"] if each["rule"] == rule]
    assert (finding["verdict"], finding["effect"]) == ("unknown", "block")
    assert "conflict" in {item["reason"] for item in finding["because"]}
    assert sentence in finding["message"]["en"]
    warned = [each for each in result["findings"] if each["rule"] == "r31-no-contradictions"]
    assert sentence in [each["message"]["en"] for each in warned]


@pytest.mark.parametrize(
    ("managed", "sockets", "verdict"), [(9, 2, "unknown"), (5, 3, "fail"), (3, 3, "unknown"), (6, 9, "fail")]
)
def test_a_shortage_under_both_numbers_is_certain(
    managed: int, sockets: int, verdict: str, vendor: PolicySet, host_facts: HostFacts, as_of: datetime
) -> None:
    changes = {"/license_totals": {"cpu_managed": managed}, "/hosts/1/cpu_sockets": sockets}
    result = result_of(vendor, as_of, host_facts("licensed", changes))
    (finding,) = [each for each in result["findings"] if each["rule"] == "r31-sockets"]
    assert finding["verdict"] == verdict


def test_a_what_if_evaluation_leaves_the_old_totals_out(
    vendor: PolicySet, host_facts: HostFacts, as_of: datetime
) -> None:
    stated = {"cpu_allowed": 4, "cpu_managed": 4, "edition": "enterprise"}
    hosts = [HostInput("h0", host_facts("licensed", {"/license_totals": stated}))]
    fewer = what_if(hosts, Run(vendor, as_of), read_overlay({"/hosts/1/cpu_sockets": 1}, None, None, None))
    assert fewer["after"]["decision"] == "compliant"
    lines = [{"product": "vms_enterprise", "arch": "x86_64", "quantity": 2}]
    more = what_if(hosts, Run(vendor, as_of), read_overlay(None, lines, None, None))
    assert more["after"]["decision"] == "compliant"
