# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A system that lists no host is undetermined: its hosts were not read, so nothing is shown about them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleLookupError
from ansible.parsing.dataloader import DataLoader

from ansible_collections.unicloud.usphere.plugins.filter import license_compliance as compliance_filter
from ansible_collections.unicloud.usphere.plugins.filter.license_forecast import FilterModule as Forecast
from ansible_collections.unicloud.usphere.plugins.lookup.license_policy_test import LookupModule
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import evaluate_fleet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import load_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.model import PolicySet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.sources import (
    read_facts_files,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._report.formats.as_text import report
from ansible_collections.unicloud.usphere.plugins.test.license_compliant import TestModule as Compliant

HostFacts = Callable[..., dict[str, Any]]
AS_OF = "2026-11-24T08:00:00Z"
EMPTY = {"/hosts": []}
EVERY_HOST = {"properties": {"hosts": {"items": {"properties": {"cpu_sockets": {"maximum": 2}}}}}}


@pytest.mark.parametrize("changes", [EMPTY, {**EMPTY, "/vms/total": 0}, {**EMPTY, "/features": None}])
def test_the_vendor_policy_does_not_pass_it(
    changes: dict[str, Any], vendor: PolicySet, as_of: datetime, host_facts: HostFacts
) -> None:
    result = evaluate_fleet.evaluate([HostInput("a", host_facts(changes=changes))], Run(vendor, as_of))
    assert result["decision"] == "undetermined"
    because = [gap for each in result["findings"] for gap in each.get("because", ())]
    assert {"pointer": "/hosts", "reason": "empty"} in because
    assert result["counts"]["unknown_reasons"]["empty"] >= 1


@pytest.mark.parametrize(
    "require",
    [
        EVERY_HOST,
        {"properties": {"hosts": {"maxItems": 4}}},
        {"properties": {"hosts": {"not": {"contains": {"properties": {"arch": {"const": "aarch64"}}}}}}},
    ],
)
def test_constraints_on_hosts_do_not_pass_without_hosts(
    require: dict[str, Any], as_of: datetime, host_facts: HostFacts, policy_of: Callable[..., dict[str, Any]]
) -> None:
    policy = load_policy(policy_of({"id": "r", "require": require}))
    decisions = [
        evaluate_fleet.evaluate([HostInput("a", host_facts(changes=changes))], Run(policy, as_of))["decision"]
        for changes in ({}, EMPTY)
    ]
    assert decisions == ["compliant", "undetermined"]


def test_a_bare_schema_does_not_pass_it(as_of: datetime, host_facts: HostFacts) -> None:
    policy = load_policy({"$schema": "https://json-schema.org/draft/2020-12/schema", **EVERY_HOST})
    result = evaluate_fleet.evaluate([HostInput("a", host_facts(changes=EMPTY))], Run(policy, as_of))
    assert result["decision"] == "undetermined"


def test_a_constraint_without_hosts_is_still_decided(
    as_of: datetime, host_facts: HostFacts, policy_of: Callable[..., dict[str, Any]]
) -> None:
    require = {"properties": {"architecture": {"const": "x86_64"}}}
    policy = load_policy(policy_of({"id": "r", "require": require}))
    result = evaluate_fleet.evaluate([HostInput("a", host_facts(changes=EMPTY))], Run(policy, as_of))
    assert result["decision"] == "compliant"


def test_a_reason_in_the_facts_is_kept(vendor: PolicySet, as_of: datetime, host_facts: HostFacts) -> None:
    facts = {**host_facts(changes=EMPTY), "unknown": {"/hosts": {"reason": "gather_error"}}}
    result = evaluate_fleet.evaluate([HostInput("a", facts)], Run(vendor, as_of))
    assert "gather_error" in result["counts"]["unknown_reasons"]
    assert "empty" not in result["counts"]["unknown_reasons"]


def test_the_report_names_the_empty_list(vendor: PolicySet, as_of: datetime, host_facts: HostFacts) -> None:
    result = evaluate_fleet.evaluate([HostInput("a", host_facts(changes=EMPTY))], Run(vendor, as_of))
    assert any("/hosts (an empty list)" in line for line in report(result))
    assert any("/hosts（空列表）" in line for line in report(result, "zh"))


def test_the_filter_and_the_test_do_not_pass_it(host_facts: HostFacts) -> None:
    facts = host_facts(changes=EMPTY)
    assert compliance_filter.license_compliance(facts, "vendor", as_of=AS_OF)["decision"] == "undetermined"
    compliant = Compliant().tests()["license_compliant"]
    assert [compliant(each, "vendor", as_of=AS_OF) for each in (host_facts(), facts)] == [True, False]


def test_facts_of_a_file_do_not_pass(
    tmp_path: Path, vendor: PolicySet, as_of: datetime, host_facts: HostFacts
) -> None:
    path = tmp_path / "facts.ndjson"
    path.write_text(json.dumps(host_facts(changes=EMPTY)) + "\n")
    assert (
        evaluate_fleet.evaluate(read_facts_files([str(path)]), Run(vendor, as_of))["decision"]
        == "undetermined"
    )


def test_the_forecast_filter_is_undetermined(host_facts: HostFacts) -> None:
    forecast = Forecast().filters()["license_forecast"]
    found = forecast(host_facts("lapsing", EMPTY), as_of=AS_OF)
    assert "missing_after" not in found
    assert found["unknown"]["/login/missing_after"] == {"reason": "empty", "because": ["/hosts"]}


def test_a_policy_test_that_expects_a_pass_fails(tmp_path: Path, host_facts: HostFacts) -> None:
    policy = {
        "kind": "LicensePolicy",
        "id": "site",
        "version": "1.0.0",
        "rules": [{"id": "small", "require": EVERY_HOST}],
        "tests": [{"name": "none", "as_of": AS_OF, "facts": host_facts(changes=EMPTY)}],
    }
    plugin = LookupModule(loader=DataLoader())
    plugin.set_options = lambda **_options: None
    plugin.get_option = lambda name: "en" if name == "language" else None
    for expected, failed in (("pass", ["unknown"]), ("unknown", [])):
        policy["tests"][0]["expect"] = {"small": expected}  # type: ignore[index]
        try:
            (outcome,) = plugin.run([policy], {"ansible_search_path": [str(tmp_path)]})
        except AnsibleLookupError as error:
            raise AssertionError(str(error)) from error
        assert [each["actual"] for each in outcome["tests"]["failed"]] == failed
