# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What other engines are told: the filter's answer, and the Rego document's, which has to be the same."""

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
    """The result of some of its systems."""
    chosen = copy.deepcopy(result)
    for key in ("subjects", "findings"):
        chosen[key] = [each for each in chosen[key] if each["subject"]["id"] in names]
    order = ("error", "non_compliant", "undetermined", "compliant", "not_applicable")
    chosen["decision"] = min((each["decision"] for each in chosen["subjects"]), key=order.index)
    return chosen


def test_a_system_that_is_stopped_is_not_allowed_and_says_why(result: Result) -> None:
    answer = opa(only(result, "chengdu", "hangzhou"))
    assert answer["allowed"] is False
    assert len(answer["violations"]) == 4
    assert "chengdu: R31 9 physical CPUs, 8 licensed (aarch64)" in answer["violations"]


def test_what_complies_is_allowed_though_it_is_warned(result: Result) -> None:
    assert opa(only(result, "hangzhou", "wuhan")) == {"allowed": True, "violations": []}


def test_undetermined_stops_unless_it_was_dropped(result: Result) -> None:
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


def test_never_false_with_an_empty_list(result: Result) -> None:
    bare = {**only(result, "chengdu"), "findings": []}
    assert opa(bare) == rego(bare) == {"allowed": False, "violations": ["chengdu: non_compliant"]}
    nobody = {**bare, "subjects": [], "decision": "error"}
    assert opa(nobody) == rego(nobody) == {"allowed": False, "violations": ["error"]}
    message = {"en": "no host was handed over", "zh": "没有主机"}
    broken = {**nobody, "errors": [{"code": "run_without_hosts", "message": message}]}
    assert opa(broken, "zh") == rego({"result": broken, "language": "zh"})
    assert opa(broken, "zh")["violations"] == ["没有主机"]


@pytest.mark.parametrize("given", [{}, {"kind": "Other"}, {"result": {}}, [], "x", None])
def test_no_result_allows_nothing(given: object) -> None:
    answer = rego(given)
    assert answer["allowed"] is False
    assert answer["violations"]
    with pytest.raises(PolicyError):
        opa(given)
