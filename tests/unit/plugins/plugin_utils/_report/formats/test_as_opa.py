# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The decision for policy engines: the filter's answer, and the equal answer of the Rego document."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from regopy import Interpreter

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._report.formats.as_opa import opa

Result = dict[str, Any]
REGO = Path(__file__).resolve().parents[6] / "policies" / "opa" / "license_compliance.rego"


def rego(given: object) -> dict[str, Any]:
    interpreter = Interpreter()
    interpreter.add_module("license_compliance", REGO.read_text(encoding="utf-8"))
    interpreter.set_input(given)
    answer = json.loads(str(interpreter.query("data.usphere.license.decision")))
    (decision,) = answer["expressions"]
    return dict(decision)


def only(result: Result, *names: str) -> Result:
    """Return the result reduced to some of its systems."""
    chosen = copy.deepcopy(result)
    for key in ("subjects", "findings"):
        chosen[key] = [each for each in chosen[key] if each["subject"]["id"] in names]
    order = ("error", "non_compliant", "undetermined", "compliant", "not_applicable")
    chosen["decision"] = min((each["decision"] for each in chosen["subjects"]), key=order.index)
    return chosen


def test_a_blocked_system_is_not_allowed_and_has_violations(result: Result) -> None:
    answer = opa(only(result, "chengdu", "hangzhou"))
    assert answer["allowed"] is False
    assert len(answer["violations"]) == 4
    assert "chengdu: R31 9 physical CPUs, 8 licensed (aarch64)" in answer["violations"]


def test_a_compliant_system_with_a_warning_is_allowed(result: Result) -> None:
    assert opa(only(result, "hangzhou", "wuhan")) == {"allowed": True, "violations": []}


def test_undetermined_blocks_unless_removed_from_fail_on(result: Result) -> None:
    gaps = only(result, "nanjing")
    assert opa(gaps)["allowed"] is False
    assert opa({**gaps, "fail_on": ["error", "non_compliant"]}) == {"allowed": True, "violations": []}


@pytest.mark.parametrize("names", [("chengdu",), ("hangzhou",), ("nanjing", "wuhan"), ("chengdu", "nanjing")])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("fail_on", [["error", "non_compliant", "undetermined"], ["error", "non_compliant"]])
def test_the_rego_document_gives_the_same_answer(
    result: Result, names: tuple[str, ...], language: str, fail_on: list[str]
) -> None:
    given = {**only(result, *names), "fail_on": fail_on}
    assert rego({"result": given, "language": language}) == opa(given, language)
    if language == "en":
        assert rego(given) == opa(given)


def test_a_denial_always_has_a_violation(result: Result) -> None:
    bare = {**only(result, "chengdu"), "findings": []}
    assert opa(bare) == rego(bare) == {"allowed": False, "violations": ["chengdu: non_compliant"]}
    without_subjects = {**bare, "subjects": [], "decision": "error"}
    assert opa(without_subjects) == rego(without_subjects) == {"allowed": False, "violations": ["error"]}
    message = {"en": "no host was passed", "zh": "没有主机"}
    broken = {**without_subjects, "errors": [{"code": "run_without_hosts", "message": message}]}
    assert opa(broken, "zh") == rego({"result": broken, "language": "zh"})
    assert opa(broken, "zh")["violations"] == ["没有主机"]


@pytest.mark.parametrize("given", [{}, {"kind": "Other"}, {"result": {}}, [], "x", None])
def test_an_invalid_result_is_not_allowed(given: object) -> None:
    answer = rego(given)
    assert answer["allowed"] is False
    assert answer["violations"]
    with pytest.raises(PolicyError):
        opa(given)
