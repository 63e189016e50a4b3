# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""HostFacts of one host: values, unknown facts, own pointers, what the map states; real facts of setup."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import evaluate_fleet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.fact_map.document import (
    mapped_origins,
    to_host_facts,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.fact_map.load import load_fact_map
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.model import PolicySet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
    read_host,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.sources import node_facts

LICENSE = {
    "product": "vms_enterprise",
    "arch": "x86_64",
    "kind": "formal",
    "quantity": 2,
    "expires_at": "never",
}
FLAT = {
    "cpu_count": "2",
    "arch": "amd64",
    "version": "E0760P03",
    "edition": "enterprise",
    "features": [],
    "licenses": [LICENSE],
}


def test_flat_gives_valid_host_facts() -> None:
    found = to_host_facts(load_fact_map("flat"), FLAT, "node-1")
    assert [each for each in schemas.validate("host_facts", found) if each.keyword != "required"] == []
    assert found["subject"] == {"kind": "node", "id": "node-1"}
    assert found["hosts"] == [{"arch": "x86_64", "cpu_sockets": 2, "id": "node-1", "name": "node-1"}]
    assert (found["architecture"], found["version"]) == ("x86_64", {"vms": "E0760P03"})
    assert found["license_totals"] == {"edition": "enterprise"}
    assert found["features"]["srm"] == {"in_use": False}
    assert found["licenses"] == {"complete": True, "items": [{**LICENSE, "id": "row 1"}]}
    assert found["features_wanted"] == []
    assert "unknown" not in found


def test_own_pointers_and_statements_of_the_map_are_kept() -> None:
    own, stated = mapped_origins(to_host_facts(load_fact_map("flat"), FLAT, "node-1"))
    assert own["/hosts/0/cpu_sockets"] == ("flat:/cpu_count",)
    assert own["/hosts"] == ("flat:/arch", "flat:/cpu_count")
    assert own["/features_wanted"] == ("flat",)
    assert [(each["pointer"], each["value"]) for each in stated] == [
        ("/features_wanted", []),
        ("/licenses/complete", True),
    ]
    for source in (None, {}, {"x-fact_map": 3}, {"x-fact_map": {"origins": {"/a": 3}, "stated": [{"a": 1}]}}):
        assert mapped_origins({"source": source}) == ({}, ())


def test_a_misspelt_key_of_a_license_is_an_error_with_the_nearest_name(
    vendor: PolicySet, as_of: datetime
) -> None:
    row = {**LICENSE, "statuss": "expired", "x-note": "any"}
    facts = to_host_facts(load_fact_map("flat"), {**FLAT, "licenses": [LICENSE, row]}, "node-1")
    result = evaluate_fleet.evaluate([HostInput("node-1", facts, mapped=True)], Run(vendor, as_of))
    assert result["decision"] == "error"
    (finding,) = result["findings"]
    assert finding["pointer"] == "/licenses/items/1/statuss"
    assert finding["message"]["en"].endswith("did you mean status?")
    known = {**LICENSE, "assigned": "2", "x-note": "any"}
    facts = to_host_facts(load_fact_map("flat"), {**FLAT, "licenses": [known]}, "node-1")
    result = evaluate_fleet.evaluate([HostInput("node-1", facts, mapped=True)], Run(vendor, as_of))
    assert result["decision"] == "compliant"


def test_everything_that_is_missing_is_unknown(as_of: datetime) -> None:
    found = to_host_facts(load_fact_map("flat"), {"cpu_count": 2}, "node-1")
    assert found["unknown"]["/hosts/0/arch"] == {"reason": "absent"}
    assert found["unknown"]["/features/srm/in_use"] == {"reason": "absent"}
    facts = read_host(HostInput("node-1", found), as_of, None).facts
    for pointer in ("/version/vms", "/features/srm/in_use", "/licenses/items", "/effective/edition"):
        assert facts.reason(pointer) == "absent", pointer


def test_a_mapped_features_wanted_is_not_replaced() -> None:
    facts = {"/features_wanted": {"from": "/planned"}, "/version/vms": {"from": "/v"}}
    fact_map = load_fact_map({"kind": "FactMap", "id": "m", "facts": facts})
    assert fact_map.kind == "system"
    assert to_host_facts(fact_map, {"planned": ["srm"]}, "s")["features_wanted"] == ["srm"]
    missing = to_host_facts(fact_map, {}, "s")
    assert "features_wanted" not in missing
    assert missing["unknown"]["/features_wanted"] == {"reason": "absent"}


def test_a_finding_shows_the_own_pointer_and_the_own_value(vendor: PolicySet, as_of: datetime) -> None:
    facts = to_host_facts(load_fact_map("flat"), {**FLAT, "features": "srm"}, "node-1")
    result = evaluate_fleet.evaluate([HostInput("node-1", facts, mapped=True)], Run(vendor, as_of))
    assert schemas.validate("compliance_result", result) == []
    (finding,) = (each for each in result["findings"] if each["rule"] == "r17-srm-licensed")
    assert finding["verdict"] == "unknown"
    assert finding["from"] == ["flat:/features"]
    assert '/features/srm/in_use is "srm" (/features); use a list' in finding["message"]["en"]


def test_the_evidence_shows_what_the_map_states(vendor: PolicySet, as_of: datetime) -> None:
    facts = to_host_facts(load_fact_map("flat"), FLAT, "node-1")
    result = evaluate_fleet.evaluate([HostInput("node-1", facts, mapped=True)], Run(vendor, as_of))
    assert result["decision"] == "compliant"
    (evidence,) = result["evidence"].values()
    assert {"pointer": "/features_wanted", "value": [], "from": ["flat"]} in evidence["fact_map"]
    assert schemas.validate("compliance_result", result) == []


@pytest.mark.parametrize(
    ("change", "pointer", "sentence"),
    [
        ({"cpu_count": "two"}, "/hosts/0/cpu_sockets", '/hosts/0/cpu_sockets is "two"; use a whole number'),
        ({"arch": "sparc"}, "/hosts/0/arch", '/hosts/0/arch is "sparc"; use x86_64 or aarch64'),
        ({"edition": "GOLD"}, "/license_totals/edition", 'is "GOLD"; use standard, enterprise'),
    ],
)
def test_a_value_that_is_not_valid_is_unknown_and_shown(
    change: dict[str, Any], pointer: str, sentence: str, as_of: datetime
) -> None:
    facts = to_host_facts(load_fact_map("flat"), {**FLAT, **change}, "node-1")
    found = read_host(HostInput("node-1", facts), as_of, None).facts
    assert found.reason(pointer) in ("type", "value")
    (unread,) = found.unread_among([pointer])
    assert sentence in unread["message"]["en"]  # type: ignore[index]  # messages by language


@pytest.fixture(scope="module")
def setup_facts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The facts of this machine, as ansible.builtin.setup returns them."""
    folder = tmp_path_factory.mktemp("setup")
    done = subprocess.run(
        [
            *(str(Path(sys.executable).parent / "ansible"), "localhost", "-m", "ansible.builtin.setup"),
            *("-c", "local", "--tree", str(folder), "-e", f"ansible_python_interpreter={sys.executable}"),
        ],
        env={**os.environ, "ANSIBLE_LOCALHOST_WARNING": "false"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads((folder / "localhost").read_text(encoding="utf-8"))["ansible_facts"]
    return found


def test_real_facts_of_setup_are_read(setup_facts: dict[str, Any], as_of: datetime) -> None:
    found = to_host_facts(load_fact_map("ansible_facts"), setup_facts, "node-1")
    (row,) = found["hosts"]
    assert row["cpu_sockets"] == setup_facts["ansible_processor_count"]
    assert row["name"] == setup_facts["ansible_hostname"]
    facts = read_host(HostInput("node-1", found), as_of, None).facts
    known = setup_facts["ansible_architecture"] in ("x86_64", "aarch64", "arm64", "amd64")
    assert facts.reason("") == "future", "the facts were read after the time of the test"
    assert (row["arch"] in ("x86_64", "aarch64")) is known


def test_the_map_reads_what_the_gate_reads_without_a_map(setup_facts: dict[str, Any]) -> None:
    with_map = to_host_facts(load_fact_map("ansible_facts"), setup_facts, "node-1")
    without = node_facts(setup_facts, "node-1")
    assert without["source"] == {
        "via": "ansible_facts",
        "gathered_at": setup_facts["ansible_date_time"]["iso8601"],
    }
    assert "features_wanted" not in without
    del with_map["features_wanted"], with_map["source"]["x-fact_map"]
    assert with_map == without
