# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Site facts: declared by the policy, stated by the host, never assumed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import evaluate_fleet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import flatten, load_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
)

HostFacts = Callable[..., dict[str, Any]]
PolicyOf = Callable[..., dict[str, Any]]
Result = dict[str, Any]

ENVIRONMENT = {"environment": {"type": "string", "enum": ["production", "test"]}}
RULE = {
    "id": "production-edition",
    "when": {"properties": {"environment": {"const": "production"}}},
    "require": {"properties": {"effective": {"properties": {"edition": {"enum": ["enhanced_enterprise"]}}}}},
    "message": {"en": "{/environment} runs on enhanced_enterprise"},
}
ALWAYS = {
    "id": "always",
    "require": {"properties": {"effective": {"properties": {"edition": {"const": "enterprise"}}}}},
}


@pytest.fixture
def judge(as_of: datetime, host_facts: HostFacts, policy_of: PolicyOf) -> Callable[..., Result]:
    def run(site: object, declared: dict[str, Any] | None = None, **changes: Any) -> Result:
        policy = load_policy(policy_of(RULE, ALWAYS, site_facts={**ENVIRONMENT, **(declared or {})}))
        facts = host_facts(changes=changes)
        if site is not None:
            facts["site_facts"] = site
        given = [HostInput("h", facts)]
        result = evaluate_fleet.evaluate(given, Run(policy, as_of))
        assert schemas.validate("compliance_result", result) == []
        assert (
            evaluate_fleet.evaluate(given, Run(load_policy(flatten(policy)), as_of))["findings"]
            == result["findings"]
        )
        return result

    return run


def test_a_rule_can_apply_to_production_only(judge: Callable[..., Result]) -> None:
    (finding,) = judge({"environment": "production"})["findings"]
    assert (finding["rule"], finding["verdict"]) == ("production-edition", "fail")
    assert finding["message"]["en"] == "production runs on enhanced_enterprise"
    result = judge({"environment": "test"})
    assert (result["decision"], result["subjects"][0]["not_applicable"]) == (
        "compliant",
        ["production-edition"],
    )


@pytest.mark.parametrize(
    ("site", "reason"),
    [
        (None, "absent"),
        ({}, "absent"),
        ({"enviroment": "production"}, "absent"),
        ({"environment": None}, "null"),
        ({"environment": "Production"}, "type"),
        ({"environment": True}, "type"),
        ({"environment": ["production"]}, "type"),
        ("production", "type"),
    ],
)
def test_a_missing_or_invalid_site_fact_is_unknown(
    site: object, reason: str, judge: Callable[..., Result]
) -> None:
    result = judge(site)
    assert result["decision"] == "undetermined"
    (finding,) = result["findings"]
    assert finding["because"] == [{"pointer": "/environment", "reason": reason}]


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("integer", 3, True),
        ("integer", 3, 3.5),
        ("number", 3, "3"),
        ("boolean", False, 0),
        ("string", "x", 1),
    ],
)
def test_types_are_enforced(
    kind: str, good: object, bad: object, as_of: datetime, host_facts: HostFacts
) -> None:
    policy = load_policy(
        {
            "kind": "LicensePolicy",
            "id": "site",
            "version": "1.0.0",
            "site_facts": {"tier": {"type": kind}},
            "rules": [{"id": "a", "require": {"properties": {"tier": {"const": good}}}}],
        }
    )
    for value, decision in ((good, "compliant"), (bad, "undetermined")):
        given = [HostInput("h", {**host_facts(), "site_facts": {"tier": value}})]
        assert evaluate_fleet.evaluate(given, Run(policy, as_of))["decision"] == decision


def errors(*policies: dict[str, Any]) -> str:
    with pytest.raises(PolicyError) as caught:
        load_policy(list(policies))
    assert caught.value.text("zh")
    return caught.value.text()


def test_each_error_has_its_sentence(policy_of: PolicyOf) -> None:
    assert "the fact /environment does not exist" in errors(policy_of(RULE))
    misspelt = {**RULE, "when": {"properties": {"enviroment": {"const": "production"}}}}
    assert "did you mean /environment?" in errors(policy_of(misspelt, site_facts=ENVIRONMENT))
    wrong = {**RULE, "when": {"properties": {"environment": {"const": "prod"}}}}
    assert "/environment cannot have the value prod" in errors(policy_of(wrong, site_facts=ENVIRONMENT))
    bound = {**RULE, "when": {"properties": {"environment": {"minimum": 1}}}}
    assert "minimum applies to numbers" in errors(policy_of(bound, site_facts=ENVIRONMENT))
    reserved = {"version": {"type": "string"}}
    assert "the site fact version has the name of a fact" in errors(policy_of(ALWAYS, site_facts=reserved))
    mixed = {"tier": {"type": "integer", "enum": [1, "two"]}}
    assert "the values of the site fact tier must be of type integer; got two" in errors(
        policy_of(ALWAYS, site_facts=mixed)
    )
    assert "got float" in errors(policy_of(ALWAYS, site_facts={"tier": {"type": "float"}}))


def test_a_rule_can_require_a_statement(policy_of: PolicyOf) -> None:
    stated = {"id": "stated", "require": {"properties": {"environment": {"enum": ["production", "test"]}}}}
    assert load_policy(policy_of(stated, site_facts=ENVIRONMENT)).rules


def test_a_declaration_overrides_the_use_in_a_bare_schema(policy_of: PolicyOf) -> None:
    bare = {"properties": {"environment": {"type": "string", "enum": ["production", "test"]}}}
    first = policy_of(ALWAYS, site_facts=ENVIRONMENT)
    for order in ([first, bare], [bare, first], [bare, first, bare]):
        fact = load_policy(order).site_facts["environment"]
        assert (fact.enum, fact.implied) == (("production", "test"), False)
    assert load_policy(bare).site_facts["environment"].implied
    wrong = policy_of(ALWAYS, site_facts={"environment": {"type": "integer"}})
    assert "the site fact environment is declared differently at" in errors(bare, wrong)


def test_two_policies_must_declare_the_same(policy_of: PolicyOf) -> None:
    first = policy_of(ALWAYS, site_facts=ENVIRONMENT)
    again = policy_of(RULE, id="second", site_facts=ENVIRONMENT)
    assert set(load_policy([first, again]).site_facts) == {"environment"}
    different = policy_of(RULE, id="second", site_facts={"environment": {"type": "string"}})
    assert "the site fact environment is declared differently at" in errors(first, different)
