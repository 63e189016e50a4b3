# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plain JSON Schema as a policy: jsonschema's result on known facts, and no pass on unknown facts."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import evaluate_fleet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import flatten, load_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
)

HostFacts = Callable[..., dict[str, Any]]

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://example.com/our-nodes.schema.json",
    "title": "Our nodes",
    "description": "What a system has to look like.",
    "type": "object",
    "$defs": {"few": {"title": "Few", "maximum": 8}},
    "properties": {
        "architecture": {"enum": ["x86_64"], "title": "Architecture"},
        "hosts": {
            "minItems": 2,
            "items": {"properties": {"cpu_sockets": {"$ref": "#/$defs/few", "description": "Sockets."}}},
        },
        "environment": {"type": "string", "enum": ["production", "test"]},
    },
    "required": ["architecture", "hosts"],
    "allOf": [{"properties": {"vms": {"properties": {"total": {"maximum": 500}}}}}],
    "if": {"properties": {"architecture": {"const": "aarch64"}}},
    "then": {"properties": {"hosts": {"maxItems": 3}}},
}


@pytest.fixture
def judge(as_of: datetime, host_facts: HostFacts) -> Callable[..., dict[str, Any]]:
    def run(schema: object, site: object = None, name: str = "licensed", **changes: Any) -> dict[str, Any]:
        policy = load_policy(schema)
        facts = {**host_facts(name, changes), "site_facts": site if site is not None else {}}
        result = evaluate_fleet.evaluate([HostInput("h", facts)], Run(policy, as_of))
        assert schemas.validate("compliance_result", result) == []
        again = evaluate_fleet.evaluate([HostInput("h", facts)], Run(load_policy(flatten(policy)), as_of))
        assert again["findings"] == result["findings"]
        return result

    return run


def test_each_constraint_is_one_deny_rule(judge: Callable[..., dict[str, Any]]) -> None:
    policy = load_policy(SCHEMA)
    assert list(policy.rules) == [
        "type",
        "architecture",
        "hosts",
        "environment",
        "required-architecture",
        "required-hosts",
        "allOf-1",
        "if",
    ]
    assert policy.documents[0]["id"] == "inline"
    assert (policy.documents[0]["version"], policy.site_facts["environment"].type) == ("0.0.0", "string")
    assert judge(SCHEMA, {"environment": "test"})["decision"] == "compliant"
    result = judge(SCHEMA, {"environment": "test"}, name="lapsing")
    assert [(each["rule"], each["pointer"]) for each in result["findings"]] == [
        ("architecture", "/architecture")
    ]
    assert result["decision"] == "non_compliant"


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"/architecture": "aarch64"},
        {"/hosts/0/cpu_sockets": 9},
        {"/vms/total": 501},
    ],
)
def test_on_known_facts_the_result_is_that_of_jsonschema(
    changes: dict[str, Any], judge: Callable[..., dict[str, Any]], host_facts: HostFacts
) -> None:
    facts = {**host_facts(changes=changes), "environment": "production"}
    valid = Draft202012Validator(SCHEMA).is_valid(facts)
    result = judge(SCHEMA, {"environment": "production"}, **changes)
    assert result["decision"] == ("compliant" if valid else "non_compliant")


@pytest.mark.parametrize(
    ("site", "changes"),
    [
        ({}, {}),
        ({"environment": 7}, {}),
        ({"environment": "test"}, {"/architecture": None}),
        ({"environment": "test"}, {"/hosts": None}),
        ({"environment": "test"}, {"/vms": None}),
    ],
)
def test_unknown_facts_do_not_pass(
    site: dict[str, Any], changes: dict[str, Any], judge: Callable[..., dict[str, Any]]
) -> None:
    assert judge(SCHEMA, site, **changes)["decision"] == "undetermined"


def test_facts_of_every_system_are_decided_once_read(judge: Callable[..., dict[str, Any]]) -> None:
    schema = {"required": ["licenses"], "properties": {"vms": {"properties": {"total": {"minimum": 1}}}}}
    assert judge(schema)["decision"] == "compliant"
    assert judge(schema, **{"/licenses": None})["decision"] == "undetermined"


def errors(schema: object) -> str:
    with pytest.raises(PolicyError) as caught:
        load_policy(schema)
    assert caught.value.text("zh")
    return caught.value.text()


@pytest.mark.parametrize(
    ("schema", "sentence"),
    [
        ({"type": "object"}, "every value matches this schema, so the check cannot fail"),
        (
            {"properties": {"architecture": {"enm": ["x86_64"]}}},
            "enm is not a keyword; did you mean enum?",
        ),
        ({"properties": {"architecture": {"format": "no-format"}}}, "has no checker in JSON Schema"),
        ({"type": "object", "additionalProperties": False}, ""),
        ({"$schema": "http://json-schema.org/draft-07/schema#", "type": "array"}, ""),
        ({"$schema": "http://json-schema.org/draft-03/schema#", "type": "array"}, "$schema must be one of"),
        ({"$ref": "https://example.com/other.json"}, "is not a file beside this schema"),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}, "leads back to itself"),
        ({"properties": {"architecture": {"pattern": "(a+)+$"}}}, ""),
        (
            {"kind": "LicensePolicie", "type": "object"},
            "the value must be one of: LicensePolicy; got LicensePolicie",
        ),
        ({"id": "a"}, "the key kind is missing"),
    ],
)
def test_each_error_has_its_sentence(schema: object, sentence: str) -> None:
    if sentence:
        assert sentence in errors(schema)
    else:
        load_policy(schema)


def test_errors_and_findings_have_lines_of_the_schema(tmp_path: Path, as_of: datetime) -> None:
    (tmp_path / "our-nodes.schema.yml").write_text(
        "type: object\nproperties:\n  architecture:\n    const: aarch64\n  hosts:\n    items:\n"
        "      properties:\n        cpu_sockets: {maximun: 2}\n"
    )
    assert errors(str(tmp_path / "our-nodes.schema.yml")).startswith("our-nodes.schema.yml:8: ")
    (tmp_path / "our-nodes.schema.json").write_text(
        json.dumps({"type": "object", "properties": {"architecture": {"const": "aarch64"}}}, indent=1)
    )
    policy = load_policy(str(tmp_path / "our-nodes.schema.json"))
    assert policy.documents[0]["id"] == "our-nodes"
    facts = {"kind": "HostFacts", "architecture": "x86_64"}
    result = evaluate_fleet.evaluate([HostInput("h", facts)], Run(policy, as_of))
    (finding,) = [each for each in result["findings"] if each["verdict"] == "fail"]
    assert (finding["rule"], finding["place"]) == ("architecture", "our-nodes.schema.json:5")
    assert len({rule.origin.place for rule in policy.rules.values()}) == len(policy.rules)


def test_a_schema_can_be_combined_with_a_policy(judge: Callable[..., dict[str, Any]]) -> None:
    result = judge(["vendor", {"properties": {"architecture": {"const": "aarch64"}}}])
    assert [(each["policy"], each["rule"]) for each in result["findings"]] == [("inline", "architecture")]


def test_a_duplicate_rule_name_gets_a_number() -> None:
    twice = {"type": "object", "properties": {"type": {"type": "string", "enum": ["a"]}}}
    assert list(load_policy(twice).rules) == ["type", "type-2"]
    assert list(load_policy({"oneOf": [{"required": ["vms"]}, False]}).rules) == ["oneOf"]


def test_schemas_of_one_list_may_name_the_same_property(judge: Callable[..., dict[str, Any]]) -> None:
    first = {"$id": "https://example.com/first", "properties": {"architecture": {"const": "aarch64"}}}
    second = {"properties": {"architecture": {"const": "x86_64"}, "hosts": {"minItems": 9}}}
    policy = load_policy([first, second])
    assert [each["id"] for each in policy.documents] == ["inline", "inline-2"]
    assert list(policy.rules) == ["architecture", "architecture-2", "hosts"]
    result = judge([first, second])
    assert [each["rule"] for each in result["findings"]] == ["architecture", "hosts"]


ROOT: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$defs": {"arch": {"const": "aarch64"}, "few": {"maximum": 1}},
}
INNER = {"$defs": {"arch": {"const": "x86_64"}, "few": {"maximum": 64}}}
ARCH, FEW = {"$ref": "#/$defs/arch"}, {"properties": {"cpu_sockets": {"$ref": "#/$defs/few"}}}


@pytest.mark.parametrize(
    "parts",
    [
        {"properties": {"architecture": {**INNER, **ARCH}}},
        {"properties": {"architecture": {**INNER, "allOf": [ARCH]}}},
        {"properties": {"architecture": {"$defs": {"other": True}, **ARCH}}},
        {"properties": {"hosts": {**INNER, "items": FEW}}},
        {"properties": {"hosts": {"items": {**INNER, **FEW}}}},
        {"properties": {"hosts": {**INNER, "not": {"contains": FEW}}}},
        {"allOf": [{**INNER, "properties": {"architecture": ARCH}}]},
        {"allOf": [{"properties": {"architecture": {**INNER, **ARCH}}}]},
        {"anyOf": [{**INNER, "properties": {"architecture": ARCH}}]},
        {"if": {**INNER, "properties": {"architecture": ARCH}}, "then": {"properties": {"hosts": False}}},
        {"$ref": "#/$defs/whole", "whole": {**INNER, "properties": {"architecture": ARCH}}},
    ],
    ids=lambda parts: json.dumps(parts)[:70],
)
@pytest.mark.parametrize("arch", ["x86_64", "aarch64"])
@pytest.mark.parametrize("sockets", [1, 2])
def test_a_reference_always_resolves_to_definitions_of_the_root(
    parts: dict[str, Any],
    arch: str,
    sockets: int,
    judge: Callable[..., dict[str, Any]],
    host_facts: HostFacts,
) -> None:
    schema = {**ROOT, **{name: part for name, part in parts.items() if name != "whole"}}
    if "whole" in parts:
        schema["$defs"] = {**ROOT["$defs"], "whole": parts["whole"]}
    changes = {"/architecture": arch, **{f"/hosts/{at}/cpu_sockets": sockets for at in (0, 1)}}
    valid = Draft202012Validator(schema).is_valid(host_facts(changes=changes))
    assert judge(schema, **changes)["decision"] == ("compliant" if valid else "non_compliant")


@pytest.mark.parametrize(
    "part",
    [
        {"properties": {"architecture": {**INNER, **ARCH}}},
        {"allOf": [{**INNER, "properties": {"architecture": ARCH}}]},
        {"required": ["hosts"], "allOf": [{"properties": {"architecture": {**INNER, **ARCH}}}]},
    ],
)
def test_nested_definitions_cannot_be_referenced(part: dict[str, Any]) -> None:
    assert "the reference #/$defs/arch leads to no value" in errors(part)


@pytest.mark.parametrize(
    "part",
    [
        {"properties": {"architecture": {"$id": "urn:inner", **INNER, **ARCH}}},
        {"allOf": [{"$id": "https://example.com/inner", **INNER, "properties": {"architecture": ARCH}}]},
        {
            "properties": {"architecture": {"$ref": "inner.json"}},
            "$defs": {
                **ROOT["$defs"],
                "inner": {
                    "$id": "inner.json",
                    "$defs": {"arch": {"const": "x86_64"}},
                    "$ref": "#/$defs/arch",
                },
            },
        },
    ],
)
@pytest.mark.parametrize("arch", ["x86_64", "aarch64"])
def test_an_id_below_the_root_is_the_base_of_its_references(
    part: dict[str, Any], arch: str, judge: Callable[..., dict[str, Any]], host_facts: HostFacts
) -> None:
    schema, changes = {**ROOT, **part}, {"/architecture": arch}
    valid = Draft202012Validator(schema).is_valid(host_facts(changes=changes))
    assert judge(schema, **changes)["decision"] == ("compliant" if valid else "non_compliant")


def test_rules_of_required_facts_use_definitions_of_the_root(judge: Callable[..., dict[str, Any]]) -> None:
    schema = {"$defs": {"some": {"minimum": 1}}, **SOME}
    assert judge(schema)["decision"] == "compliant"
    assert judge(schema, **{"/vms": None})["decision"] == "undetermined"


SOME: dict[str, Any] = {
    "required": ["licenses"],
    "properties": {"vms": {"properties": {"total": {"$ref": "#/$defs/some"}}}},
}


def test_conditions_of_a_policy_and_its_rule_use_their_own_definitions(
    judge: Callable[..., dict[str, Any]], policy_of: Callable[..., Any]
) -> None:
    def where(arch: str) -> dict[str, Any]:
        return {"properties": {"architecture": {"$ref": "#/$defs/near"}}, "$defs": {"near": {"const": arch}}}

    def policy(of_policy: str, of_rule: str) -> dict[str, Any]:
        never = {"properties": {"hosts": {"maxItems": 1}}}
        rule = {"id": "r", "severity": "low", "applies_to": where(of_rule), "require": never}
        return dict(policy_of(rule, applies_to=where(of_policy)))

    assert judge(policy("x86_64", "x86_64"))["decision"] == "non_compliant"
    # Neither condition uses the definition of the other one.
    for one, another in (("x86_64", "aarch64"), ("aarch64", "x86_64")):
        assert judge(policy(one, another))["subjects"][0]["decision"] == "not_applicable"
