# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The summary of one host: a line for each finding, one for each unknown fact, and no name of the host."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.evaluate_fleet import (
    evaluate,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import read_run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import HostInput
from ansible_collections.unicloud.usphere.plugins.plugin_utils._report.formats.host_summary import (
    MAX_LINES,
    summarize,
)

HostFacts = Callable[..., dict[str, Any]]
PolicyOf = Callable[..., dict[str, Any]]
AS_OF = "2026-11-24T08:00:00Z"
KEYS = {"rule", "pointer", "verdict", "message", "place", "remediation"}


def summary(
    facts: object, policy: object = "vendor", language: str = "en", properties: int = 0, **options: Any
) -> dict[str, Any]:
    run = read_run({"policy": policy, "as_of": AS_OF, **options})
    found = summarize(evaluate([HostInput("hangzhou", facts)], run), language, properties)
    assert "hangzhou" not in json.dumps(found)
    return found


@pytest.fixture
def licensed(host_facts: HostFacts) -> dict[str, Any]:
    return host_facts(changes={"/subject": None})


def test_a_compliant_host_has_one_line(licensed: dict[str, Any]) -> None:
    found = summary(licensed)
    assert (found["decision"], found["stops"], found["findings"]) == ("compliant", False, [])
    assert found["msg"] == "compliant (17 rules)"


def test_a_violation_has_pointer_value_rule_file_and_line(licensed: dict[str, Any]) -> None:
    licensed["hosts"][0]["cpu_sockets"] = 99
    found = summary(licensed)
    (finding,) = found["findings"]
    assert (found["decision"], found["stops"]) == ("non_compliant", True)
    assert set(finding) == KEYS
    assert (finding["rule"], finding["verdict"]) == ("r31-sockets", "fail")
    title, line = found["msg"].splitlines()
    assert title == "not compliant (1 finding)"
    assert line == f"{finding['message']} (R31, {finding['place']})"
    assert finding["message"].startswith("/hosts/0/cpu_sockets: ") or finding["pointer"] in finding["message"]
    assert finding["place"].startswith("vendor.yml:")


def test_an_unknown_fact_is_one_finding_with_all_its_rules(licensed: dict[str, Any]) -> None:
    del licensed["version"]
    found = summary(licensed)
    blocking = [each for each in found["findings"] if "effect" not in each]
    assert [each["pointer"] for each in blocking] == ["/version"]
    assert "r1-system-licensed" in blocking[0]["rules"]
    assert len(found["msg"].splitlines()) == 2
    assert found["msg"].splitlines()[1].startswith("/version is not known (absent) (R1, ")


def test_a_host_without_facts_is_one_finding() -> None:
    found = summary(None)
    assert (found["decision"], found["stops"]) == ("undetermined", True)
    assert found["msg"].splitlines()[1:] == [
        "there are no facts of this host (absent); state them with the option facts, or read them first"
    ]


def test_undetermined_does_not_stop_if_fail_on_leaves_it_out() -> None:
    assert summary(None, fail_on=["error", "non_compliant"])["stops"] is False


def test_facts_that_cannot_be_read_are_an_error(licensed: dict[str, Any]) -> None:
    found = summary({**licensed, "foo": 1})
    assert (found["decision"], found["findings"][0]["verdict"]) == ("error", "error")
    assert "/foo" in found["msg"]


def test_a_policy_that_does_not_apply_says_so(licensed: dict[str, Any], policy_of: PolicyOf) -> None:
    rule = {
        "id": "a",
        "when": {"properties": {"architecture": {"const": "aarch64"}}},
        "require": {"properties": {"effective": {"properties": {"edition": {"const": "standard"}}}}},
    }
    found = summary(licensed, policy_of(rule))
    assert (found["decision"], found["stops"]) == ("error", True)
    assert len(found["msg"].splitlines()) == 2


def test_warnings_come_last_and_are_marked(licensed: dict[str, Any], policy_of: PolicyOf) -> None:
    require = {"properties": {"effective": {"properties": {"edition": {"const": "standard"}}}}}
    rules = [{"id": "soft", "mode": "warn", "require": require}, {"id": "hard", "require": require}]
    found = summary(licensed, policy_of(*rules))
    assert [(each["rule"], each.get("effect")) for each in found["findings"]] == [
        ("hard", None),
        ("soft", "warn"),
    ]
    assert found["msg"].splitlines()[0] == "not compliant (1 finding, 1 warning)"
    assert "soft" not in found["msg"]


def test_long_lists_are_counted(licensed: dict[str, Any], policy_of: PolicyOf) -> None:
    require = {"properties": {"effective": {"properties": {"edition": {"const": "standard"}}}}}
    found = summary(licensed, policy_of(*({"id": f"r{n}", "require": require} for n in range(MAX_LINES + 2))))
    assert len(found["findings"]) == MAX_LINES + 2
    assert len(found["msg"].splitlines()) == MAX_LINES + 2


def test_chinese(licensed: dict[str, Any]) -> None:
    licensed["hosts"][0]["cpu_sockets"] = 99
    found = summary(licensed, language="zh")
    assert found["msg"].startswith("不合规（1 个问题）\n")
    assert "物理 CPU" in found["findings"][0]["message"]


def test_control_characters_are_removed(licensed: dict[str, Any], policy_of: PolicyOf) -> None:
    rule = {
        "id": "a",
        "require": {"properties": {"version": {"properties": {"vms": {"const": "E0760P03"}}}}},
        "message": {"en": "found {/version/vms}", "zh": "实际 {/version/vms}"},
    }
    licensed["version"] = {"vms": "E0730\x1b[31m", "series": "7.0"}
    found = summary(licensed, policy_of(rule))
    assert found["decision"] != "compliant"
    assert "\x1b" not in json.dumps(found, ensure_ascii=False)


def test_missing_properties_of_a_schema_are_counted_in_one_line() -> None:
    schema = {"properties": {name: {"type": "string"} for name in "abcdefghi"}}
    found = summary({"i": "text"}, schema, properties=9)
    (title, line) = found["msg"].splitlines()
    assert title == "undetermined (8 undecided)"
    assert line.startswith(
        "8 of 9 properties are missing: /a, /b, /c, /d, /e, /f, …; where they may be, use absent"
    )
    assert [each["pointer"] for each in found["findings"]] == [f"/{name}" for name in "abcdefgh"]


def test_one_missing_property_and_one_that_cannot_be_checked_have_lines_of_their_own() -> None:
    found = summary({"b": "8"}, {"properties": {"a": {"type": "string"}, "b": {"maximum": 9}}})
    lines = found["msg"].splitlines()[1:]
    assert lines[0].startswith("/a is missing; add it")
    assert lines[1].startswith('/b is "8", which maximum cannot check')


def test_a_rule_that_is_named_as_its_property_is_not_repeated() -> None:
    schema = {"properties": {"cpu_count": {"minimum": 4}}, "required": ["zone"]}
    lines = summary({"cpu_count": 2}, schema)["msg"].splitlines()
    assert lines[1] == "/cpu_count is 2; it must be at least 4 (inline/properties/cpu_count/minimum)"
    assert lines[2].endswith("(required-zone, inline/required)")
