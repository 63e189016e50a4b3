# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host_compliance action with values that are vaulted, omitted, or results of templates."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.action import host_compliance as action
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import plain_data

from ...fakes.host_task import FLAT, trust_as_template

Run = Callable[..., dict[str, Any]]
OPEN: dict[str, Any] = {"type": "object", "properties": {"cpu": {"type": "integer"}}}


def test_a_vaulted_value_stays_hidden_after_a_host_with_the_same_plain_value(run: Run) -> None:
    schema = {"properties": {"code": {"maxLength": 3}}}
    assert "S3cretValue" in run({}, policy=schema, facts={"code": "S3cretValue"})["msg"]
    hidden = run({}, policy=schema, facts={"code": plain_data.VaultText("S3cretValue")})
    assert "S3cretValue" not in str(hidden)


class Vaulted:
    """A vaulted value of a release before ansible-core 2.19."""

    __ENCRYPTED__ = True
    data = "S3cretValue"


@pytest.mark.parametrize("value", [Vaulted(), plain_data.VaultText("S3cretValue")])
def test_vaulted_values_are_judged_and_never_shown(run: Run, value: object) -> None:
    schema = {"type": "object", "properties": {"code": {"type": "string", "maxLength": 3}}}
    for result in (
        run({}, policy=schema, facts={"code": value}, detail=True),
        run({}, policy={"properties": {"code": {"const": "other"}}}, facts={"code": value}, detail=True),
        run({}, policy={"properties": {"code": {"const": value}}}, facts={"code": "other"}, detail=True),
        run({}, policy={"properties": {"code": {"enum": [["a"], [value]]}}}, facts={"code": [value, value]}),
        run({}, policy={"properties": {"code": {"maximum": 3}}}, facts={"code": value}, detail=True),
        run({}, policy={"required": ["a"]}, facts={"b": value}, detail=True),
    ):
        assert result["failed"]
        assert "S3cret" not in json.dumps(result)
    assert (
        run({}, policy={"properties": {"code": {"minLength": 11}}}, facts={"code": value})["failed"] is False
    )
    number = plain_data.VaultText("4711")
    result = run(
        {}, policy={"properties": {"n": {"type": "integer", "maximum": 5}}}, facts={"n": number}, coerce=True
    )
    assert result["decision"] == "non_compliant"
    assert "4711" not in json.dumps(result)


def test_secrets_inside_of_constants_are_masked(run: Run) -> None:
    secret = {"password": "hunter2", "n": 2}
    for keyword, expected in (("const", secret), ("enum", [secret]), ("not", {"const": secret})):
        facts = {"conf": {"password": "x", "n": 1} if keyword != "not" else secret}
        result = run({}, policy={"properties": {"conf": {keyword: expected}}}, facts=facts, detail=True)
        assert result["decision"] == "non_compliant"
        assert "hunter2" not in json.dumps(result)


def test_a_template_that_results_in_nothing_is_no_text(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(action, "NONE_IS_TEXT", True)
    nothing = trust_as_template("{{ '' }}")
    schema = {"type": "object", "properties": {"cpu": {"type": "string"}}}
    assert run({"cpu": nothing}, policy=schema)["decision"] == "undetermined"
    assert run({"cpu": ""}, policy=schema)["decision"] == "compliant"
    listed = {"properties": {"cpu": {"items": {"type": "string"}}}}
    assert run({"cpu": ["a", nothing]}, policy=listed)["decision"] == "undetermined"
    assert run({"cpu": {"a": nothing}}, policy={"properties": {"cpu": {"const": {"a": ""}}}})["failed"]


def test_a_vaulted_text_that_a_template_used_is_masked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(action, "NONE_IS_TEXT", True)
    schema = {"properties": {"owner": {"const": "it is S3cretValue"}}}
    for vaulted in ({"code": Vaulted()}, {"map": {"code": Vaulted()}}):
        result = run(vaulted, policy=schema, facts={"owner": "other"}, detail=True)
        assert result["decision"] == "non_compliant"
        assert "S3cret" not in json.dumps(result)


def test_a_vaulted_value_is_judged_by_the_rules_of_the_vendor(run: Run) -> None:
    facts = {**FLAT, "version": plain_data.VaultText("E0760P03"), "arch": Vaulted()}
    result = run({}, facts=facts, facts_map="flat", detail=True)
    assert result["decision"] == "undetermined"
    assert "S3cret" not in json.dumps(result)
    assert "E0760P03" not in json.dumps(result)


def test_a_variable_that_is_omitted_is_absent(run: Run) -> None:
    variables = {"cpu": trust_as_template("{{ team | default(omit) }}"), "omit": action.OMITTED}
    assert run(variables, policy=OPEN)["decision"] == "undetermined"
    nested = {"cpu": {"a": trust_as_template("{{ team | default(omit) }}")}, "omit": action.OMITTED}
    assert run(nested, policy={"properties": {"cpu": {"maxProperties": 0}}})["decision"] == "compliant"
