# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters and the test on facts in a site's own words: one verdict, and nothing unknown passes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.unicloud.usphere.plugins.filter.license_compliance import (
    license_compliance as compliance,
)
from ansible_collections.unicloud.usphere.plugins.filter.license_what_if import license_what_if
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import flatten, load_policy
from ansible_collections.unicloud.usphere.plugins.test.license_compliant import license_compliant

SCHEMA: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "definitions": {"count": {"type": "integer", "minimum": 1}},
    "properties": {
        "cpu_count": {"allOf": [{"$ref": "#/definitions/count"}, {"maximum": 4}]},
        "arch": {"enum": ["x86_64", "aarch64"]},
        "version": {"versionRange": ">=E0760"},
        "features": {"items": {"pattern": "^[a-z]+$"}, "uniqueItems": True},
    },
    "required": ["cpu_count"],
    "patternProperties": {"^license_": {"withinDays": 30}},
}
NODE: dict[str, Any] = {"cpu_count": 2, "arch": "x86_64", "version": "E0760P03", "features": ["srm"]}
AS_OF = "2026-11-24"

CASES = [
    ({}, "compliant", ()),
    ({"cpu_count": 8}, "non_compliant", ("/cpu_count",)),
    ({"cpu_count": "2"}, "non_compliant", ("/cpu_count",)),
    ({"arch": "sparc", "features": ["srm", "srm"]}, "non_compliant", ("/arch", "/features")),
    ({"version": "E0700"}, "non_compliant", ("/version",)),
    ({"license_end": "2027-06-01"}, "non_compliant", ("/license_end",)),
    ({"license_end": "2026-12-01"}, "compliant", ()),
    ({"arch": None}, "undetermined", ("/arch",)),
    ({"arch": ...}, "undetermined", ("/arch",)),
    ({"cpu_count": ...}, "non_compliant", ("/cpu_count",)),
    ({"version": 7}, "undetermined", ("/version",)),
]


def changed(changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**NODE, **changes}.items() if value is not ...}


@pytest.mark.parametrize(("changes", "decision", "pointers"), CASES)
def test_filter_test_and_resolved_policy_have_one_verdict(
    changes: dict[str, Any], decision: str, pointers: tuple[str, ...]
) -> None:
    facts = changed(changes)
    result = compliance(facts, SCHEMA, as_of=AS_OF)
    assert schemas.validate("compliance_result", result) == []
    assert result["decision"] == decision
    worst = {"non_compliant": "fail", "undetermined": "unknown"}.get(decision)
    found = [each for each in result["findings"] if each["verdict"] == worst]
    assert tuple(dict.fromkeys(each["pointer"] for each in found)) == pointers
    assert license_compliant(facts, SCHEMA, as_of=AS_OF) is (decision == "compliant")
    resolved = flatten(load_policy(SCHEMA))
    assert compliance(facts, resolved, as_of=AS_OF)["findings"] == result["findings"]
    fleet = compliance({"node1": facts, "node2": NODE}, SCHEMA, as_of=AS_OF)
    assert {each["subject"]["id"]: each["decision"] for each in fleet["subjects"]} == {
        "node1": decision,
        "node2": "compliant",
    }
    variables = {"inventory_hostname": "node1", "ansible_facts": {}, **facts}
    assert compliance(variables, SCHEMA, as_of=AS_OF)["subjects"][0]["subject"]["id"] == "node1"
    if "license_end" not in facts:
        # Of the variables of a host, only those that ``properties`` names are its facts.
        assert compliance(variables, SCHEMA, as_of=AS_OF)["decision"] == decision


def test_equal_facts_of_several_hosts_are_no_contradiction() -> None:
    facts = {**NODE, "licenses": [{"id": "L-1"}], "hosts": ["a"], "subject": {"id": "node2"}}
    result = compliance({"node1": facts, "node2": facts}, SCHEMA, as_of=AS_OF)
    assert result["decision"] == "compliant"


def test_absent_and_coerce_are_options_of_filter_and_test() -> None:
    facts = {"cpu_count": "2"}
    assert compliance(facts, SCHEMA, coerce=True)["decision"] == "undetermined"
    options: dict[str, Any] = {"coerce": True, "absent": "allowed"}
    assert compliance(facts, SCHEMA, **options)["decision"] == "compliant"
    assert license_compliant(facts, SCHEMA, **options)
    assert compliance(facts, SCHEMA, coerce=True, absent="violation")["decision"] == "non_compliant"
    with pytest.raises(AnsibleFilterError, match="absent must be one of undetermined, allowed, violation"):
        compliance(facts, SCHEMA, absent="ignore")
    with pytest.raises(AnsibleFilterError, match="coerce must be true or false"):
        license_compliant(facts, SCHEMA, coerce="maybe")


def test_a_missing_host_is_unknown() -> None:
    result = compliance({"node1": NODE, "node2": None}, SCHEMA, as_of=AS_OF)
    assert {each["subject"]["id"]: each["decision"] for each in result["subjects"]} == {
        "node1": "compliant",
        "node2": "undetermined",
    }
    assert compliance({"node1": NODE}, SCHEMA, expected_hosts=["node3"])["decision"] == "undetermined"
    assert compliance({}, SCHEMA)["decision"] == "non_compliant"


def test_facts_that_are_not_an_object_are_checked() -> None:
    assert compliance([1, 2], {"type": "array", "items": {"maximum": 1}})["decision"] == "non_compliant"
    assert compliance([1], {"type": "array", "items": {"maximum": 1}})["decision"] == "compliant"
    assert compliance("text", {"type": "array"})["decision"] == "non_compliant"


def test_what_if_compares_own_facts() -> None:
    found = license_what_if({"node1": {**NODE, "cpu_count": 8}}, SCHEMA, facts={"/cpu_count": 4}, as_of=AS_OF)
    assert [(each["rule"], each["subject"]["id"]) for each in found["fixed"]] == [("cpu_count", "node1")]
    assert found["after"]["decision"] == "compliant"


def test_a_schema_of_several_files_resolves_to_one_policy(tmp_path: Path) -> None:
    (tmp_path / "common").mkdir()
    (tmp_path / "common" / "arch.yml").write_text("$defs:\n  arch:\n    enum: [x86_64]\n")
    (tmp_path / "node.yml").write_text(
        "$id: https://example.com/schemas/node.yml\nproperties:\n"
        "  arch:\n    $ref: common/arch.yml#/$defs/arch\n"
    )
    policy = load_policy(str(tmp_path / "node.yml"))
    facts = {"arch": "aarch64"}
    (finding,) = compliance(facts, str(tmp_path / "node.yml"))["findings"]
    assert (finding["rule"], finding["place"]) == ("arch", "common/arch.yml:3")
    (again,) = compliance(facts, flatten(policy))["findings"]
    assert again == finding
    resolved = flatten(policy)
    resolved["json_schemas"][0]["documents"][1]["value"]["$defs"]["arch"]["enum"] = ["aarch64"]
    with pytest.raises(AnsibleFilterError, match="json_schemas does not contain"):
        compliance(facts, resolved)
