# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter to_host_facts, and facts_map of the other filters and the test."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.unicloud.usphere.plugins.filter.license_compliance import license_compliance
from ansible_collections.unicloud.usphere.plugins.filter.license_what_if import license_what_if
from ansible_collections.unicloud.usphere.plugins.filter.to_host_facts import FilterModule
from ansible_collections.unicloud.usphere.plugins.test.license_compliant import license_compliant

to_host_facts = FilterModule().filters()["to_host_facts"]
AS_OF = "2026-11-24T08:00:00Z"
LICENSE = {
    "product": "vms_enterprise",
    "arch": "x86_64",
    "kind": "formal",
    "quantity": 2,
    "expires_at": "never",
}
FLAT = {"cpu_count": 2, "arch": "x86_64", "version": "E0760P03", "features": [], "licenses": [LICENSE]}


def test_one_host_is_converted() -> None:
    found = to_host_facts(FLAT, "flat", host="node-1")
    assert found["hosts"] == [{"arch": "x86_64", "cpu_sockets": 2, "id": "node-1", "name": "node-1"}]
    assert license_compliance(found, "vendor", as_of=AS_OF)["decision"] == "compliant"


@pytest.mark.parametrize(
    ("facts", "fact_map", "host", "sentence"),
    [
        (FLAT, "flatt", "a", "did you mean flat?"),
        (FLAT, None, "a", "facts_map must be a FactMap"),
        (FLAT, "flat", None, "do not name their system"),
        ([FLAT], "flat", "a", "to_host_facts: "),
        ({"cpu_count": float("nan")}, "flat", "a", "/cpu_count is not finite"),
    ],
)
def test_wrong_input_is_one_sentence(facts: Any, fact_map: Any, host: Any, sentence: str) -> None:
    with pytest.raises(AnsibleFilterError) as caught:
        to_host_facts(facts, fact_map, host=host)
    assert str(caught.value).startswith("to_host_facts: ")
    assert sentence in str(caught.value)


def test_filters_and_test_agree() -> None:
    options = {"as_of": AS_OF, "facts_map": "flat", "host": "node-1"}
    for facts, decision in (
        (FLAT, "compliant"),
        ({**FLAT, "cpu_count": 3}, "non_compliant"),
        ({**FLAT, "features": None}, "undetermined"),
    ):
        assert license_compliance(facts, "vendor", **options)["decision"] == decision
        assert license_compliant(facts, "vendor", **options) is (decision == "compliant")
        after = license_what_if(facts, "vendor", facts={"/hosts/0/cpu_sockets": 1}, **options)["after"]
        assert after["decision"] == ("undetermined" if decision == "undetermined" else "compliant")


def test_host_variables_are_read_as_the_action_reads_them() -> None:
    variables = {"inventory_hostname": "node-1", **FLAT}
    by_host = {"node-1": variables, "node-2": {"inventory_hostname": "node-2"}}
    result = license_compliance(by_host, "vendor", as_of=AS_OF, facts_map="flat")
    assert {each["hosts"][0]: each["decision"] for each in result["subjects"]} == {
        "node-1": "compliant",
        "node-2": "undetermined",
    }
    assert license_compliant(variables, "vendor", as_of=AS_OF, facts_map="flat")


def test_a_host_with_site_facts_only_is_known() -> None:
    policy = {
        "kind": "LicensePolicy",
        "id": "site",
        "version": "1.0.0",
        "site_facts": {"environment": {"type": "string"}},
        "rules": [{"id": "test", "require": {"properties": {"environment": {"const": "test"}}}}],
    }
    for environment, decision in (("test", "compliant"), ("live", "non_compliant")):
        variables = {"inventory_hostname": "a", "usphere_site_facts": {"environment": environment}}
        assert license_compliance(variables, policy, as_of=AS_OF)["decision"] == decision
        result = license_compliance(variables, ["vendor", policy], as_of=AS_OF)
        assert result["counts"]["verdicts"]["unknown"] > 0
