# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters and the test on facts in a site's own words: one verdict, and nothing unknown passes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible.utils.display import Display

from ansible_collections.unicloud.usphere.plugins.filter.license_compliance import (
    license_compliance as compliance,
)
from ansible_collections.unicloud.usphere.plugins.filter.license_what_if import license_what_if
from ansible_collections.unicloud.usphere.plugins.filter.to_license_report import to_license_report
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents.plain_data import VaultText
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import flatten, load_policy
from ansible_collections.unicloud.usphere.plugins.test.license_compliant import license_compliant

try:
    from ansible.template import trust_as_template
except ImportError:
    # Before ansible-core 2.19, every text that is not marked as unsafe is a template.
    def trust_as_template(value: str) -> str:
        """Return a text that Ansible templates."""
        return value


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
CPU: dict[str, Any] = {"properties": {"cpu": {"type": "integer"}}}

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
    if "license_end" not in facts:
        named = {name: part for name, part in SCHEMA.items() if name != "patternProperties"}
        found = compliance(variables, named, as_of=AS_OF)
        assert found["subjects"][0]["subject"]["id"] == "node1"
        assert found["decision"] == decision
    with pytest.raises(AnsibleFilterError, match="patternProperties looks at all facts"):
        compliance(variables, SCHEMA, as_of=AS_OF)


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
    assert compliance(None, SCHEMA)["decision"] == "undetermined"


def test_empty_facts_can_lack_what_is_required_and_never_comply() -> None:
    assert compliance({}, SCHEMA)["decision"] == "non_compliant"
    assert not license_compliant({}, SCHEMA)
    assert compliance({}, {"type": "object", **CPU}, absent="violation")["decision"] == "non_compliant"
    assert compliance({}, {"type": "object", **CPU}, absent="undetermined")["decision"] == "undetermined"
    assert compliance({}, {"not": {"required": ["a"]}})["decision"] == "undetermined"
    assert compliance({}, {"type": "object", **CPU}, absent="allowed")["decision"] == "undetermined"
    fleet = compliance({"node1": NODE, "node2": {}}, SCHEMA, as_of=AS_OF)
    assert [each["decision"] for each in fleet["subjects"]] == ["compliant", "non_compliant"]


CLOSED: dict[str, Any] = {**CPU, "additionalProperties": False}


@pytest.mark.parametrize(
    "name", ["inventory_hostname", "usphere", "usphere_site_facts", "ansible_facts", "kind", "groups"]
)
def test_a_name_of_the_site_does_not_make_variables_of_facts(name: str) -> None:
    for host in (None, "h1"):
        facts = {name: "n", "cpu": 8, "rogue": 1}
        assert compliance(facts, CLOSED, host=host)["decision"] == "non_compliant"
        assert compliance({name: "n", "cpu": 8}, CPU, host=host)["decision"] == "compliant"
        assert license_compliant({name: "n", "cpu": 8}, CPU, host=host)


@pytest.mark.parametrize(
    ("facts", "schema"),
    [
        ({"debug": {}}, {"type": "object", "not": {"required": ["debug"]}}),
        ({"a": {}, "b": {}}, {"maxProperties": 1}),
        ({"a": {"x": 1}, "b": None}, {"maxProperties": 1}),
    ],
)
def test_facts_of_one_host_are_no_fleet(facts: dict[str, Any], schema: dict[str, Any]) -> None:
    for host in (None, "h1"):
        assert compliance(facts, schema, host=host)["decision"] == "non_compliant"
        assert not license_compliant(facts, schema, host=host)


@pytest.mark.parametrize(
    ("facts", "schema"),
    [
        ({"cpu": {"cpu": 8}}, CPU),
        ({"n1": {"cpu": 8}, "n2": {"cpux": 8}}, CPU),
        ({"n1": {"cpu": 8}}, {**CPU, "maxProperties": 1}),
        ({"n1": {"other": 8}}, CPU),
        ({"n1": {"cpu": 8}}, CPU),
        (
            {"n1": {"cpu": 8}, "n2": {"cpu": 8}},
            {"properties": {"cpu": {"not": {"properties": {"n2": {"type": "integer"}}}}}},
        ),
    ],
)
def test_a_mapping_that_can_be_both_is_an_error(facts: dict[str, Any], schema: dict[str, Any]) -> None:
    with pytest.raises(AnsibleFilterError, match="set host to the name of the host"):
        compliance(facts, schema, absent="allowed")
    assert len(compliance(facts, schema, absent="allowed", host="h1")["subjects"]) == 1


def test_with_host_a_mapping_is_always_one_host() -> None:
    fleet = {"n1": {"cpu": 8}, "n2": {"cpu": 4}}
    assert compliance(fleet, CLOSED, host="h1")["decision"] == "non_compliant"
    assert len(compliance(fleet, CLOSED)["subjects"]) == 2


def test_variables_have_the_facts_that_host_compliance_reads() -> None:
    magic = {"inventory_hostname": "n1", "group_names": []}
    assert compliance({**magic, "ansible_cpu": 8}, CPU)["decision"] == "undetermined"
    facts = {"ansible_facts": {"ansible_cpu": 8}}
    assert compliance({**magic, **facts}, CPU)["decision"] == "compliant"
    reserved = {"properties": {"groups": {"type": "object"}}}
    with pytest.raises(AnsibleFilterError, match="groups has a name that Ansible reserves"):
        compliance({**magic, "groups": {}}, reserved)


class Resolved(dict[str, Any]):
    """Hostvars of an ansible-core release that leaves a template which cannot be resolved as it is."""

    def raw_get(self, host: str) -> object:
        raise AssertionError("a filter reads resolved values")


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("cpu", {"policy": {"properties": {"cpu": {"type": "string"}}}}),
        ("arch", {"policy": "vendor", "facts_map": "flat"}),
        ("usphere_site_facts", {"policy": "vendor", "facts_map": "flat"}),
        ("usphere_site_facts", {"policy": "vendor"}),
    ],
)
def test_a_template_that_was_not_resolved_is_no_fact(name: str, options: dict[str, Any]) -> None:
    text = trust_as_template("{{ nope }}")
    magic = {"inventory_hostname": "n1", "group_names": [], "arch": "x86_64"}
    variables = {**magic, name: {"tier": text} if name.startswith("usphere") else text}
    for value in (variables, Resolved({"n1": variables})):
        found = compliance(value, **options)
        assert found["decision"] == "error"
        assert "template" in str(found["findings"])
        with pytest.raises(AnsibleFilterError, match="template"):
            license_compliant(value, **options)


def test_facts_that_are_not_an_object_are_checked() -> None:
    assert compliance([1, 2], {"type": "array", "items": {"maximum": 1}})["decision"] == "non_compliant"
    assert compliance([1], {"type": "array", "items": {"maximum": 1}})["decision"] == "compliant"
    assert compliance("text", {"type": "array"})["decision"] == "non_compliant"


def test_what_if_compares_own_facts() -> None:
    found = license_what_if(
        {**NODE, "cpu_count": 8}, SCHEMA, host="node1", facts={"/cpu_count": 4}, as_of=AS_OF
    )
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


def test_a_policy_that_is_not_found_names_the_directory_and_the_lookup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for check in (compliance, license_compliant):
        with pytest.raises(AnsibleFilterError) as caught:
            check({"cpu_count": 2}, "policies/none.yml")
        assert f"was not found in {tmp_path}" in str(caught.value)
        assert "lookup('unicloud.usphere.license_policy', 'policies/none.yml')" in str(caught.value)


def test_an_empty_schema_is_an_error() -> None:
    with pytest.raises(AnsibleFilterError, match="an empty schema checks nothing"):
        compliance({"cpu_count": 2}, {})


def test_own_facts_have_no_purchase_plan() -> None:
    result = compliance({"cpu_count": 99}, {"properties": {"cpu_count": {"maximum": 8}}}, host="node1")
    assert result["decision"] == "non_compliant"
    assert "plan" not in result["subjects"][0]
    assert "plan" not in to_license_report(result, "text")


def test_warnings_about_a_schema_are_displayed_and_in_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(Display, "warning", lambda _self, text, *_rest, **_options: shown.append(text))
    schema = {"properties": {"cpu": {"type": "integer"}}, "then": {"required": ["other"]}}
    result = compliance({"cpu": 1}, schema, host="node1")
    (warning,) = result["warnings"]
    assert schemas.validate("compliance_result", result) == []
    assert license_compliant({"cpu": 1}, schema)
    assert shown == [warning["en"]] * 2
    assert warning["zh"] != warning["en"]
    assert "warnings" not in compliance({"cpu": 1}, CPU, host="node1")


def test_a_vaulted_value_stays_hidden_beside_a_host_with_the_same_plain_values() -> None:
    schema = {"properties": {"a": {"maxLength": 3}, "b": {"maxLength": 3}}}
    fleet = {
        "node1": {"a": VaultText("S3cretOne"), "b": "S3cretTwo"},
        "node2": {"a": "S3cretOne", "b": VaultText("S3cretTwo")},
    }
    result = compliance(fleet, schema, expected_hosts=["node1", "node2"])
    shown = {
        (each["subject"]["id"], each["pointer"]): "S3cret" in str(each["message"]) + str(each["actual"])
        for each in result["findings"]
    }
    assert shown == {
        ("node1", "/a"): False,
        ("node1", "/b"): True,
        ("node2", "/a"): True,
        ("node2", "/b"): False,
    }
