# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loading of policies: search, composition and checks, with file and line of every error."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import (
    InvalidDocument,
    PolicyError,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.bind import (
    bind_policy,
    with_values,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import flatten, load_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.model import PolicySet

PolicyOf = Callable[..., dict[str, Any]]

EDITION = {"properties": {"effective": {"properties": {"edition": {"const": "enterprise"}}}}}


def errors(argument: object) -> list[tuple[str, str]]:
    with pytest.raises(PolicyError) as caught:
        load_policy(argument)
    return [(error.code, error.place) for error in caught.value.problems]


def codes(argument: object) -> list[str]:
    return [code for code, _place in errors(argument)]


def text(argument: object) -> str:
    with pytest.raises(PolicyError) as caught:
        load_policy(argument)
    assert caught.value.text("zh")
    return caught.value.text()


def requiring(**facts: Any) -> dict[str, Any]:
    return {"properties": facts}


def test_the_vendor_policy_loads(vendor: PolicySet) -> None:
    assert [document["id"] for document in vendor.documents] == ["vendor"]
    assert vendor.parameters["horizon_days"].value == 30


@pytest.mark.parametrize(
    ("require", "sentence"),
    [
        ({"propertys": {}}, "unknown key propertys; did you mean properties?"),
        (
            requiring(effectiv={}),
            "the fact /effectiv does not exist (see Facts reference); did you mean /effective?",
        ),
        (
            requiring(effective=requiring(edition={"const": "enterprize"})),
            "/effective/edition cannot have the value enterprize",
        ),
        (
            requiring(effective=requiring(edition={"minimum": 3})),
            "minimum applies to numbers, but the fact /effective/edition is of type string; "
            "use another keyword or fact",
        ),
        (requiring(hosts={"pattern": "a"}), "pattern applies to text, but the fact /hosts is of type array"),
        (requiring(architecture={"withinDays": 3}), "withinDays applies to timestamps"),
        (requiring(architecture={"minItems": 3}), "minItems applies to lists"),
        (
            requiring(vms={"type": "string"}),
            "/vms is of type object and cannot be of type string; correct the type or the pointer",
        ),
        (
            requiring(architecture={"pattern": "(a"}),
            "the pattern (a is not supported: a group that is not closed",
        ),
        (requiring(version=requiring(vms={"versionRange": "newer"})), "newer is not a version bound"),
        (
            {"required": ["arcitecture"]},
            "the fact /arcitecture does not exist (see Facts reference); did you mean /architecture?",
        ),
        (True, "every value of these facts meets the requirement"),
        (
            requiring(hosts={"items": requiring(cpu_sockets={"minimum": 0})}),
            "meets the requirement, so it cannot fail",
        ),
        ({"$ref": "#/$defs/nowhere"}, "#/$defs/nowhere is not defined"),
        ({"$ref": "http://example.org/x"}, "the value must "),
        ({"$ref": "file:///etc/passwd"}, "the value must "),
        *(
            (
                {keyword: {}},
                f"{keyword} is outside the profile of LicensePolicy rules; use a plain JSON Schema",
            )
            for keyword in ("format", "patternProperties", "$dynamicRef", "additionalProperties", "title")
        ),
        (
            requiring(vms={"not": {"patternProperties": {}}}),
            "patternProperties is outside the profile of LicensePolicy rules",
        ),
        ({"patternPropertie": {}}, "unknown key patternPropertie; did you mean "),
        (
            requiring(effective=requiring(days_to_lapse={"minimum": {"param": "dayz"}})),
            "the parameter dayz is not declared",
        ),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"not": {"$ref": "#/$defs/a"}}}}, "refers back to itself"),
        (requiring(architecture={"type": "null"}), "the value must "),
        (requiring(vms=requiring(total={"multipleOf": 0.5})), "the value must "),
    ],
)
def test_a_constraint_with_an_error_is_rejected(require: Any, sentence: str, policy_of: PolicyOf) -> None:
    message = text(policy_of({"id": "a", "require": require}))
    assert sentence in message
    assert message.startswith("inline/rules/0/require")


def test_a_match_with_an_effect_must_exclude_never(policy_of: PolicyOf) -> None:
    soon = requiring(effective=requiring(days_to_lapse={"maximum": 30}))
    assert codes(policy_of({"id": "a", "when": soon, "require": EDITION})) == ["never_unguarded"]
    assert codes(policy_of({"id": "a", "require": {"not": soon}})) == ["never_unguarded"]
    guarded = requiring(effective=requiring(days_to_lapse={"type": "integer", "maximum": 30}))
    load_policy(policy_of({"id": "a", "when": guarded, "require": EDITION}))
    load_policy(
        policy_of({"id": "a", "require": requiring(effective=requiring(days_to_lapse={"minimum": 3}))})
    )


def test_errors_have_file_and_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "site.yml").write_text(
        "kind: LicensePolicy\nid: site\nversion: 1.0.0\nrules:\n"
        "  - id: a\n    require: {properties: {efective: {}}}\n"
        "  - id: a\n    mode: {deny: 2026-12-01, warn: 2027-01-01}\n"
        "    require: {properties: {architecture: {const: arm}}}\n"
        "    message: {en: 'see {/nowhere}'}\n"
    )
    monkeypatch.chdir(tmp_path)
    assert errors("policies/site.yml") == [
        ("fact_unknown", "policies/site.yml:6"),
        ("rule_duplicate", "policies/site.yml:7"),
    ]
    content = (
        (tmp_path / "policies" / "site.yml").read_text().replace("- id: a\n    mode", "- id: b\n    mode")
    )
    (tmp_path / "policies" / "site.yml").write_text(content)
    assert errors("policies/site.yml") == [
        ("fact_unknown", "policies/site.yml:6"),
        ("dates_out_of_order", "policies/site.yml:8"),
        ("value_impossible", "policies/site.yml:9"),
        ("placeholder_fact_unknown", "policies/site.yml:10"),
    ]


@pytest.mark.parametrize(
    ("argument", "code"),
    [
        ("nowhere.yml", "policy_missing_here"),
        ("", "input_empty"),
        (3, "policy_source"),
        (None, "policy_source"),
        ([], "policy_empty_list"),
        ({"kind": "LicensePolicy", "id": "a", "version": "1.0.0"}, "policy_without_rules"),
        ({"kind": "LicensePolicy", "id": "a", "version": "1.0.0", "rules": []}, "policy_without_rules"),
        ({}, "json_schema_empty"),
        ({"kind": "LicencePolicy", "id": "a", "version": "1.0.0"}, "schema_choice"),
    ],
)
def test_other_values_than_policies_are_rejected(argument: object, code: str) -> None:
    assert codes(argument) == [code]


def test_an_empty_file_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "empty.yml").write_text("# nothing\n")
    assert codes(str(tmp_path / "empty.yml")) == ["policy_empty"]


def test_a_duplicate_rule_id_needs_a_keyword(policy_of: PolicyOf, vendor: PolicySet) -> None:
    assert codes(["vendor", policy_of({"id": "r4-one-edition", "require": EDITION})]) == ["rule_exists"]
    assert codes(["vendor", policy_of({"id": "r4-one-edtion", "override": True})]) == ["rule_absent"]
    overriding = {"id": "r4-one-edition", "override": True, "require": EDITION}
    assert codes(["vendor", policy_of(overriding)]) == ["override_too_much"]


def test_override_keeps_the_rule_and_records_a_loosening(policy_of: PolicyOf) -> None:
    changed = policy_of(
        {"id": "r4-one-edition", "override": True, "mode": "warn"}, extends=[{"id": "vendor"}]
    )
    policy = load_policy(changed)
    entry = policy.rules["r4-one-edition"]
    assert (entry.origin.policy, entry.raw["mode"]) == ("vendor", "warn")
    assert policy.loosenings == (
        {"by": "site", "rule": "r4-one-edition", "what": "mode", "from": None, "to": "warn"},
    )


def test_replace_and_disable_are_recorded(policy_of: PolicyOf) -> None:
    policy = load_policy(
        policy_of(
            {"id": "r4-one-edition", "replace": True, "require": EDITION},
            {"id": "r1-system-licensed", "disable": {"reason": "covered by a contract"}},
            extends=[{"id": "vendor"}],
        )
    )
    assert policy.rules["r4-one-edition"].origin.policy == "site"
    assert "r1-system-licensed" not in policy.rules
    assert [record["what"] for record in policy.loosenings] == ["replace", "disable"]


def test_a_document_listed_twice_is_loaded_once(policy_of: PolicyOf, vendor: PolicySet) -> None:
    policy = load_policy(["vendor", policy_of(extends=[{"id": "vendor"}]), "vendor"])
    assert [document["id"] for document in policy.documents] == ["vendor", "site"]
    assert list(policy.rules) == list(vendor.rules)


def test_two_versions_of_one_id_are_an_error(policy_of: PolicyOf) -> None:
    first = policy_of({"id": "a", "require": EDITION})
    second = policy_of({"id": "b", "require": EDITION}, version="2.0.0")
    assert codes([first, second]) == ["policy_two_versions"]


def test_extends_finds_files_beside_the_policy_and_checks_their_version(tmp_path: Path) -> None:
    base = "kind: LicensePolicy\nid: {0}\nversion: 1.0.0\nextends: [{{id: {1}}}]\n"
    (tmp_path / "a.yml").write_text(base.format("a", "b"))
    (tmp_path / "b.yml").write_text(base.format("b", "a"))
    assert codes(str(tmp_path / "a.yml")) == ["extends_cycle"]
    (tmp_path / "b.yml").write_text(base.format("b", "vendor"))
    policy = load_policy(str(tmp_path / "a.yml"))
    assert [document["id"] for document in policy.documents] == ["vendor", "b", "a"]
    (tmp_path / "b.yml").write_text(base.format("b", "nowhere"))
    assert codes(str(tmp_path / "a.yml")) == ["extends_missing"]
    (tmp_path / "a.yml").write_text(base.format("a", "vendor, version: 9.9.9"))
    assert codes(str(tmp_path / "a.yml")) == ["extends_mismatch"]


def test_parameters_are_typed_and_can_only_be_narrowed(policy_of: PolicyOf) -> None:
    def site(**horizon: Any) -> dict[str, Any]:
        return policy_of(extends=[{"id": "vendor"}], parameters={"horizon_days": horizon})

    policy = load_policy(site(value=60))
    assert (policy.parameters["horizon_days"].value, policy.parameters["horizon_days"].origin) == (60, "site")
    assert policy.loosenings == (
        {"by": "site", "parameter": "horizon_days", "what": "parameter", "from": 30, "to": 60},
    )
    assert codes(site(value=0)) == ["param_bounds"]
    assert codes(site(value="soon")) == ["param_type"]
    assert codes(site(value=True)) == ["param_type"]
    assert codes(site(maximum=99999)) == ["param_wider"]
    assert codes(site(default=10)) == ["param_redeclared"]
    assert codes(policy_of(extends=[{"id": "vendor"}], parameters={"horizon_dayz": {"value": 1}})) == [
        "param_undeclared"
    ]


def test_a_parameter_must_fit_its_keyword(policy_of: PolicyOf) -> None:
    rule = {"id": "a", "require": requiring(vms=requiring(total={"maximum": {"param": "most"}}))}
    declared = {"most": {"type": "string", "default": "many"}}
    assert codes(policy_of(rule, parameters=declared)) == ["param_unfit"]


def test_a_horizon_needs_its_parameter(policy_of: PolicyOf, vendor: PolicySet) -> None:
    assert bind_policy(vendor, 45).parameters["horizon_days"].value == 45
    with pytest.raises(InvalidDocument):
        bind_policy(vendor, 36500)
    with pytest.raises(PolicyError, match="no parameter horizon_days"):
        bind_policy(load_policy(policy_of({"id": "a", "require": EDITION})), 45)
    with pytest.raises(InvalidDocument, match="the parameter horizon is not declared"):
        with_values(vendor, {"horizon": 1}, "test")


def test_pools_are_checked(policy_of: PolicyOf) -> None:
    def pool(**changes: Any) -> list[str]:
        base = {
            "id": "p",
            "rows": "/hosts",
            "group_by": ["subject.id", "arch"],
            "demand": {"unit": "cpu_socket", "sum": "cpu_sockets"},
            "supply": {"from": "in_force", "product": "vms"},
            "require": {"demand": "at_most_supply", "headroom_warn": "10%"},
        }
        return codes(policy_of(pools=[{**base, **changes}]))

    assert pool(demand={"unit": "vm", "sum": "cpu_sockets"}) == ["pool_unit"]
    assert pool(demand={"unit": "cpu_socket", "sum": "cpu_cores"}) == ["pool_fact_unknown"]
    assert pool(demand={"unit": "cpu_socket", "sum": "arch"}) == ["pool_fact_type"]
    assert pool(group_by=["subject.id", "archs"]) == ["pool_fact_unknown"]
    assert pool(supply={"from": "in_force", "product": "vmz"}) == ["pool_product_unknown"]
    assert pool(supply={"from": "bought", "product": "vms"}) == ["schema_choice"]
    assert pool(require={"demand": "at_most_supply", "headroom_warn": "lots"}) == ["schema_keyword"]


def test_a_flattened_policy_is_valid_and_equivalent(policy_of: PolicyOf) -> None:
    site = policy_of(
        {"id": "r4-one-edition", "override": True, "mode": "warn"},
        {
            "id": "near",
            "require": {
                "$ref": "#/$defs/far",
                "$defs": {"far": requiring(login=requiring(days={"minimum": 5}))},
            },
        },
        applies_to=requiring(architecture={"const": "x86_64"}),
        effective={"from": "2026-01-01"},
        max_age_hours=24,
        extends=[{"id": "vendor"}],
        parameters={"horizon_days": {"value": 60}},
    )
    policy = load_policy(site)
    again = load_policy(flatten(policy))
    assert flatten(again) == flatten(policy)
    assert again.documents == policy.documents
    assert again.loosenings == policy.loosenings
    assert bind_policy(again).digest == bind_policy(policy).digest
    assert [rule.origin for rule in bind_policy(again).rules] == [
        rule.origin for rule in bind_policy(policy).rules
    ]


def test_a_fact_in_both_spellings_is_an_error(policy_of: PolicyOf) -> None:
    empty = {"maxItems": 0}
    for name in ("unrecognized", "unrecognised"):
        require = requiring(catalog=requiring(**{name: empty}))
        assert load_policy(policy_of({"id": "a", "require": require})).rules
    for both in (
        requiring(unrecognized=empty, unrecognised=empty),
        {**requiring(unrecognized=empty), "required": ["unrecognised"]},
    ):
        assert (
            "/catalog/unrecognized is given in two spellings; remove unrecognised, which is deprecated"
        ) in text(policy_of({"id": "a", "require": requiring(catalog=both)}))
