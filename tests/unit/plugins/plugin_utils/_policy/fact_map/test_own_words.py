# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings of mapped facts name the own pointer, the map and the node, and say where to state the value."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import evaluate_fleet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.fact_map.load import load_fact_map
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.model import PolicySet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.mapped_hosts import (
    MappedHost,
    mapped_inputs,
)

LICENSE = {
    "product": "vms_enterprise",
    "arch": "x86_64",
    "kind": "formal",
    "quantity": 2,
    "expires_at": "never",
}
FLAT = {"cpu_count": 2, "arch": "x86_64", "version": "E0760P03", "features": [], "licenses": [LICENSE]}
UNITED = {
    "kind": "FactMap",
    "id": "cmdb",
    "facts": {
        "/hosts/0/cpu_sockets": {"from": "/cpu_count"},
        "/hosts/0/arch": {"from": "/arch"},
        "/version/vms": {"from": "/version"},
        "/features/srm/in_use": {"contains": {"in": "/features", "value": "srm"}},
    },
    "system": {"value": "east"},
    "complete": True,
}


def findings(vendor: PolicySet, as_of: datetime, fact_map: Any, **hosts: dict[str, Any]) -> list[Any]:
    given = [MappedHost(name, facts) for name, facts in hosts.items()]
    inside, _outside = mapped_inputs(load_fact_map(fact_map), given)
    result = evaluate_fleet.evaluate(inside, Run(vendor, as_of))
    assert schemas.validate("compliance_result", result) == []
    found: list[Any] = [each for each in result["findings"] if each["verdict"] in ("unknown", "error")]
    return found


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"cpu_count": None},
            "/hosts/0/cpu_sockets is not known (null) (read from /cpu_count by the FactMap flat)",
        ),
        (
            {"licenses": [{**LICENSE, "arch": None}]},
            "/licenses/items/0/arch is not known (null) (read from /licenses/0/arch by the FactMap flat)",
        ),
        ({"arch": "sparc"}, "use x86_64 or aarch64 (read from /arch by the FactMap flat)"),
    ],
)
def test_a_finding_names_the_own_pointer(
    change: dict[str, Any], sentence: str, vendor: PolicySet, as_of: datetime
) -> None:
    found = findings(vendor, as_of, "flat", a={**FLAT, **change})
    assert any(sentence in each["message"]["en"] for each in found)
    for each in found:
        assert "vms_facts" not in each["remediation"]["en"]
        assert "own facts" in each["remediation"]["en"]


def test_a_finding_of_a_system_names_the_node_that_lacks_the_value(
    vendor: PolicySet, as_of: datetime
) -> None:
    lacking = {"arch": "x86_64", "version": "E0760P03"}
    messages = " ".join(
        each["message"]["en"] for each in findings(vendor, as_of, UNITED, a=dict(FLAT), b=lacking)
    )
    assert "(read from /cpu_count of b by the FactMap cmdb)" in messages
    assert (
        "/features/srm/in_use is not known (absent) (read from /features of b by the FactMap cmdb)"
        in messages
    )


def test_the_error_of_a_misspelt_key_says_where_to_correct_it(vendor: PolicySet, as_of: datetime) -> None:
    (found,) = findings(vendor, as_of, "flat", a={**FLAT, "licenses": [{**LICENSE, "statuss": "expired"}]})
    assert "own facts" in found["remediation"]["en"]


def test_derived_facts_have_the_own_pointers_behind_them(vendor: PolicySet, as_of: datetime) -> None:
    found = findings(vendor, as_of, "flat", a={**FLAT, "licenses": [{**LICENSE, "arch": None}]})
    (edition,) = (each for each in found if each["rule"] == "r1-system-licensed")
    assert "flat:/licenses/0/arch" in edition["from"]
