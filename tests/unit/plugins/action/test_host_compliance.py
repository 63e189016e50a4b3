# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host_compliance action: one host per task, its own facts, a short result."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.action import host_compliance as action
from ansible_collections.unicloud.usphere.plugins.action import license_compliance as fleet_action
from ansible_collections.unicloud.usphere.plugins.filter.to_license_report import to_license_report
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas

from ...fakes.host_task import FLAT, Task, trust_as_template

HostFacts = Callable[..., dict[str, Any]]
Run = Callable[..., dict[str, Any]]


def test_it_runs_for_each_host_and_supports_check_mode() -> None:
    assert not getattr(action.ActionModule, "BYPASS_HOST_LOOP", False)
    assert action.ActionModule._supports_check_mode is True


def test_a_compliant_host_passes_with_one_line(run: Run, host_facts: HostFacts) -> None:
    result = run({"usphere": host_facts()})
    assert (result["failed"], result["changed"], result["decision"]) == (False, False, "compliant")
    assert result["msg"] == "compliant (17 rules)"
    assert "result" not in result


def test_a_host_that_does_not_comply_fails_without_evidence(run: Run, host_facts: HostFacts) -> None:
    result = run({"ansible_facts": {"usphere": host_facts("lapsing", {"/subject": None})}})
    assert (result["failed"], result["decision"]) == (True, "non_compliant")
    assert set(result) == {"changed", "failed", "decision", "msg", "findings"}
    assert len(result["msg"].splitlines()) == 5
    assert {each["verdict"] for each in result["findings"]} == {"fail"}


def test_fail_false_returns_the_same_values(run: Run, host_facts: HostFacts) -> None:
    failing = run({"usphere": host_facts("lapsing", {"/subject": None})})
    reporting = run({"usphere": host_facts("lapsing", {"/subject": None})}, fail=False)
    assert failing["decision"] == "non_compliant"
    assert {**failing, "failed": False} == reporting


def test_detail_adds_the_complete_result(run: Run, host_facts: HostFacts) -> None:
    result = run({"usphere": host_facts()}, detail=True)
    assert schemas.validate("compliance_result", result["result"]) == []
    assert result["result"]["evidence"]


def test_a_host_without_facts_is_never_green(run: Run) -> None:
    for variables in ({}, {"ansible_facts": {}}, {"usphere_site_facts": {"zone": "a"}}):
        result = run(variables)
        assert (result["failed"], result["decision"]) == (True, "undetermined")
    assert run({}, fail_on=["error", "non_compliant"])["failed"] is False


@pytest.mark.parametrize("name", ["licensed", "lapsing"])
def test_both_actions_reach_the_same_verdict(run: Run, host_facts: HostFacts, name: str) -> None:
    facts = host_facts(name, {"/subject": None})
    own = run({"usphere": facts}, detail=True)
    hosts = {"hangzhou": {"usphere": facts}}
    fleet = run({"hostvars": hosts}, plugin=fleet_action, hosts=["hangzhou"], fail=False)
    assert own["result"] == fleet["result"]


def test_stated_facts_take_precedence(run: Run, host_facts: HostFacts) -> None:
    assert run({"usphere": host_facts("lapsing")}, facts=host_facts())["decision"] == "compliant"
    assert run({"usphere": host_facts()}, facts={})["decision"] == "undetermined"


def test_facts_of_another_host_are_not_used(run: Run, host_facts: HostFacts) -> None:
    facts = host_facts(changes={"/subject/id": "chengdu"})
    result = run({"usphere": facts, "hostvars": {"chengdu": {}}})
    assert result["failed"]
    assert "chengdu" in result["msg"]


def test_a_variable_with_a_template_is_an_error_of_its_host(run: Run, host_facts: HostFacts) -> None:
    facts = host_facts(changes={"/version/vms": trust_as_template("{{ release }}")})
    result = run({"usphere": facts})
    assert (result["failed"], result["decision"]) == (True, "error")
    assert "/version/vms" in result["msg"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"policy": "no/such.yml"}, ["no/such.yml", "not found"]),
        ({"as_of": "yesterday", "policy": {"kind": "LicensePolicy"}}, ["as_of must be", "key id is missing"]),
        ({"facts": [1]}, ["facts of one host"]),
        ({"language": "xx"}, ["language"]),
        ({"fail_on": ["error"]}, ["fail_on must contain"]),
    ],
)
def test_input_that_cannot_be_used_fails_with_all_problems(
    run: Run, host_facts: HostFacts, arguments: dict[str, Any], words: list[str]
) -> None:
    result = run({"usphere": host_facts()}, fail=False, **arguments)
    assert (result["failed"], result["decision"], result["findings"]) == (True, "error", [])
    assert all(word in result["msg"] for word in words), result["msg"]
    assert result["faults"]


SCHEMA = {
    "type": "object",
    "properties": {"cpu_count": {"type": "integer", "minimum": 4}, "arch": {"enum": ["x86_64", "aarch64"]}},
}


@pytest.mark.parametrize(
    ("facts", "decision", "line"),
    [
        ({"cpu_count": 8, "arch": "x86_64"}, "compliant", None),
        ({"cpu_count": 2, "arch": "x86_64"}, "non_compliant", "/cpu_count is 2; it must be at least 4"),
        ({"cpu_count": 8}, "undetermined", "/arch is missing; add it"),
        (
            {"cpu_count": "8", "arch": "x86_64"},
            "non_compliant",
            '/cpu_count is "8"; it must be of type integer; convert it in the facts, for example with | int',
        ),
        ({"cpu_count": float("nan")}, "error", "/cpu_count is not finite"),
    ],
)
def test_a_schema_judges_variables_as_it_judges_stated_facts(
    run: Run, facts: dict[str, Any], decision: str, line: str | None
) -> None:
    stated = run({}, policy=SCHEMA, facts=facts or {"other": 1})
    variables = run(facts, policy=SCHEMA)
    assert stated == variables
    assert (stated["decision"], stated["failed"]) == (decision, line is not None)
    if line is not None:
        assert line in stated["msg"].splitlines()[1]


OPEN: dict[str, Any] = {"type": "object", "properties": {"cpu": {"type": "integer"}}}


@pytest.mark.parametrize(
    "schema",
    [
        {**OPEN, "not": {"required": ["debug"]}},
        {**OPEN, "allOf": [{"properties": {"debug": {"const": False}}}]},
        {**OPEN, "if": {"required": ["debug"]}, "then": {"properties": {"cpu": {"minimum": 16}}}},
    ],
)
def test_a_variable_is_judged_by_every_keyword_that_names_it(run: Run, schema: dict[str, Any]) -> None:
    facts = {"cpu": 8, "debug": True}
    stated = run({}, policy=schema, facts=facts, absent="allowed")
    assert stated["decision"] == "non_compliant"
    assert run(facts, policy=schema, absent="allowed") == stated


def test_a_required_variable_that_the_host_has_is_present(run: Run) -> None:
    assert run({"cpu": 8, "debug": 1}, policy={**OPEN, "required": ["debug"]})["decision"] == "compliant"


def test_a_schema_that_looks_at_all_facts_needs_stated_facts(run: Run) -> None:
    schema = {**OPEN, "patternProperties": {"^feat_": {"const": True}}}
    for _time in ("first", "remembered"):
        result = run({"cpu": 8, "feat_x": False}, policy=schema)
        assert (result["failed"], result["decision"]) == (True, "error")
        assert "patternProperties looks at all facts" in result["msg"]
    assert run({}, policy=schema, facts={"cpu": 8, "feat_x": False})["decision"] == "non_compliant"


@pytest.mark.parametrize("variables", [{}, {"other": 1}, {"ansible_facts": {"other": 1}}])
def test_a_host_without_facts_never_complies_with_a_schema(run: Run, variables: dict[str, Any]) -> None:
    for schema in (OPEN, {"properties": {"cpu": {"type": "integer"}}, "additionalProperties": False}):
        result = run(variables, policy=schema, absent="allowed")
        assert (result["decision"], result["failed"]) == ("undetermined", True)


@pytest.mark.parametrize("facts", [None, "", {}])
def test_facts_that_are_stated_as_nothing_are_not_the_variables(run: Run, facts: object) -> None:
    for schema in (OPEN, {**OPEN, "type": ["object", "null", "string"]}):
        result = run({"cpu": 8}, policy=schema, facts=facts, absent="allowed")
        assert (result["decision"], result["failed"]) == ("undetermined", True)


def test_a_host_without_facts_is_told_what_was_looked_for(run: Run) -> None:
    for variables, then in (
        ({}, "and setup was not run"),
        ({"ansible_facts": {"discovered_interpreter_python": "/usr/bin/python3"}}, "and setup was not run"),
        ({"ansible_facts": {"machine": "x"}}, "and no gathered fact has such a name"),
    ):
        result = run(variables, policy=SCHEMA)
        assert f"none of the variables cpu_count, arch is set, {then}" in result["msg"]
        (finding,) = result["findings"]
        assert finding["place"].startswith("inline/properties/")
        assert "vms_facts" not in finding["remediation"]
        assert "cpu_count、arch" in run(variables, policy=SCHEMA, language="zh")["msg"]
    assert "what is stated is null or empty" in run({}, policy=SCHEMA, facts=None)["msg"]
    detail = run({}, policy=SCHEMA, detail=True)["result"]
    assert schemas.validate("compliance_result", detail) == []
    report = to_license_report(detail, "text")
    assert "none of the variables cpu_count, arch is set" in report
    assert "vms_facts" not in report


def test_a_host_without_facts_is_told_what_the_map_reads(run: Run) -> None:
    for arguments in ({}, {"facts": {"cpus": 2}}):
        message = run({"ansible_version": {"full": "2.21.0"}}, facts_map="flat", **arguments)["msg"]
        assert "FactMap flat reads (/cpu_count, /arch, /version" in message
        assert "with the option facts, pointers begin at its value" in message
        assert len(message.splitlines()) == 2
        assert "vms_facts" not in message


def test_each_own_value_is_one_line_and_the_rules_are_the_last_one(run: Run) -> None:
    result = run({}, facts={"cpu_count": 2, "arch": "x86_64"}, facts_map="flat")
    _title, *lines, last = result["msg"].splitlines()
    of_features = [line for line in lines if line.startswith("/features is not known (absent)")]
    assert len(of_features) == 1
    assert "/features/srm/in_use" in of_features[0]
    assert not [line for line in lines if "vendor.yml" in line]
    assert last.startswith("these values decide R1, ")
    assert "vendor.yml:" in last
    assert all(each["pointer"] in each["message"] for each in result["findings"])


def test_only_pointers_that_the_map_reads_are_named_as_sources(run: Run) -> None:
    facts = {"/hosts/0/cpu_sockets": {"from": "/cmdb/cpu_count"}, "/architecture": {"from": "/cmdb/arch"}}
    fact_map = {"kind": "FactMap", "id": "cmdb", "facts": facts}
    message = run({"cmdb": {"cpuCount": 2, "arch": "x86_64"}}, facts_map=fact_map)["msg"]
    assert "/hosts/0/arch is not known, because the FactMap cmdb does not read it" in message
    read = "/hosts/0/cpu_sockets is not known (absent) (read from /cmdb/cpu_count by the FactMap cmdb)"
    assert f"{read}; did you mean /cmdb/cpuCount?" in message


def test_a_value_that_several_keywords_ask_for_is_said_once(run: Run) -> None:
    schema = {"required": ["v"], "properties": {"v": {"type": "integer"}}}
    result = run({}, policy=schema, facts={"v": None})
    assert result["msg"].count("/v is null") == 1
    assert result["msg"].startswith("undetermined (1 undecided)")
    assert [each["rules"] for each in result["findings"]] == [["required-v", "v"]]


def test_own_words_without_a_map_name_the_option(run: Run) -> None:
    result = run({}, facts=FLAT)
    assert (result["failed"], result["decision"]) == (True, "error")
    assert "set facts_map" in result["msg"]


def test_a_required_property_that_is_missing_is_said_once(run: Run) -> None:
    schema = {**SCHEMA, "required": ["cpu_count"]}
    result = run({"arch": "x86_64"}, policy=schema)
    assert result["msg"].splitlines() == [
        "not compliant (1 finding)",
        "/cpu_count is missing; add it (required-cpu_count, inline/required)",
    ]
    assert [each["rule"] for each in result["findings"]] == ["required-cpu_count"]
    both = run({}, policy=SCHEMA | {"required": ["cpu_count"]}, facts={"other": 1})
    assert [each["pointer"] for each in both["findings"]] == ["/cpu_count", "/arch"]


def test_warnings_about_the_schema_are_warnings_of_the_task(run: Run) -> None:
    schema = {"$schema": "https://example.com/own", "type": "object", "required": ["cpu"]}
    for _time in ("first", "remembered"):
        (english,) = run({"cpu": 8}, policy=schema)["warnings"]
        (chinese,) = run({"cpu": 8}, policy=schema, language="zh")["warnings"]
        assert "https://example.com/own" in english
        assert english != chinese
    hostvars = {"hangzhou": {"usphere": {"kind": "HostFacts", "schema_version": 1}}}
    found = run({"hostvars": hostvars}, plugin=fleet_action, hosts=["hangzhou"], policy=schema, fail=False)
    assert found["warnings"] == [english]
    assert "warnings" not in run({"cpu": 8}, policy=OPEN)


def test_the_file_and_the_line_of_the_schema_are_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "node.schema.json").write_text(json.dumps(SCHEMA, indent=1), encoding="utf-8")
    result = run({"cpu_count": 2, "arch": "x86_64"}, policy="node.schema.json")
    assert result["msg"].splitlines()[1] == "/cpu_count is 2; it must be at least 4 (node.schema.json:6)"
    assert (result["findings"][0]["rule"], result["findings"][0]["place"]) == (
        "cpu_count",
        "node.schema.json:6",
    )


def test_absent_and_coerce_change_what_a_schema_says(run: Run) -> None:
    text = {"cpu_count": "8", "arch": "x86_64"}
    assert run(text, policy=SCHEMA, coerce=True)["decision"] == "compliant"
    assert run({"cpu_count": 8}, policy=SCHEMA, absent="allowed")["decision"] == "compliant"
    assert run({"cpu_count": 8}, policy=SCHEMA, absent="violation")["decision"] == "non_compliant"
    wrong = run(text, policy=SCHEMA, absent="maybe")
    assert (wrong["failed"], wrong["decision"]) == (True, "error")
    assert "absent must be" in wrong["msg"]


def test_reserved_names_are_refused_with_the_way_out(run: Run) -> None:
    names = ("groups", "environment", "hostvars", "inventory_hostname", "omit", "play_hosts", "vars")
    result = run({}, policy={"properties": {name: {"type": "string"} for name in names}})
    assert (result["failed"], result["decision"]) == (True, "error")
    assert [fault["fields"]["name"] for fault in result["faults"]] == list(names)
    assert result["msg"].count("set the option facts") == len(names)


def test_variables_are_templated_and_facts_are_not(run: Run) -> None:
    schema = {
        "properties": {"cpu_count": {"type": "integer", "minimum": 4}, "note": {"const": "{{ sockets }}"}}
    }
    variables = {
        "sockets": 8,
        "cpu_count": trust_as_template("{{ sockets }}"),
        "ansible_facts": {"note": trust_as_template("{{ sockets }}")},
    }
    assert run(variables, policy=schema)["decision"] == "compliant"
    broken = run({"cpu_count": trust_as_template("{{ no_such_variable }}")}, policy=schema)
    assert (broken["failed"], broken["decision"]) == (True, "error")
    assert "/cpu_count: the template of this variable cannot be resolved" in broken["msg"]


def test_a_map_reads_own_words_for_a_license_policy(
    run: Run, policy_of: Callable[..., dict[str, Any]]
) -> None:
    policy = policy_of({"id": "arch", "require": {"properties": {"architecture": {"const": "x86_64"}}}})
    own = {"cpu_count": 2, "arch": "aarch64", "version": "E0760P03"}
    stated = run({}, policy=policy, facts=own, facts_map="flat")
    assert stated["decision"] == "non_compliant"
    assert "aarch64" in stated["msg"]
    assert run(own, policy=policy, facts_map="flat") == stated
    assert run({**own, "arch": "x86_64"}, policy=policy, facts_map="flat")["decision"] == "compliant"
    assert run({}, policy=policy, facts_map="flat")["decision"] == "undetermined"
    wrong = run(own, policy=policy, facts_map="flatt")
    assert (wrong["failed"], wrong["decision"]) == (True, "error")


def test_own_words_are_checked_against_the_rules_of_the_vendor(run: Run, host_facts: HostFacts) -> None:
    for change, decision in (
        ({}, "compliant"),
        ({"cpu_count": trust_as_template("{{ 1 + 1 }}")}, "compliant"),
        ({"cpu_count": 3}, "non_compliant"),
        ({"features": None}, "undetermined"),
        ({"cpu_count": float("nan")}, "error"),
    ):
        facts = {**FLAT, **change}
        assert run(facts, facts_map="flat")["decision"] == decision
        if "{{" not in str(change):
            assert run({}, facts=facts, facts_map="flat")["decision"] == decision
    assert run({}, facts_map="flat")["decision"] == "undetermined"
    assert run({}, facts={}, facts_map="flat")["decision"] == "undetermined"
    assert run({}, facts=host_facts(changes={"/subject": None}), facts_map="flat")["decision"] == "compliant"
    assert "must be" in run({}, facts=[FLAT], facts_map="flat")["msg"]


def test_a_map_that_unites_hosts_is_refused(run: Run) -> None:
    facts = {"/hosts/0/cpu_sockets": {"from": "/cpu_count"}}
    fact_map = {"kind": "FactMap", "id": "cmdb", "facts": facts, "system": {"from": "/cluster"}}
    result = run(FLAT, facts_map=fact_map)
    assert (result["failed"], result["decision"]) == (True, "error")
    assert "with license_compliance" in result["msg"]


def test_run_once_does_not_pass_the_hosts_that_it_skips(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Task, "run_once", True)
    several = {"ansible_play_batch": ["hangzhou", "chengdu"], "cpu": 8}
    result = run(several, policy=OPEN, fail=False)
    assert (result["failed"], result["decision"]) == (True, "error")
    assert "chengdu" in result["msg"]
    assert run({**several, "ansible_loop_var": "item"}, policy=OPEN)["decision"] == "compliant"
    # With serial, the task runs once per batch.
    whole_play = {"ansible_play_batch": ["hangzhou"], "ansible_play_hosts": ["hangzhou", "chengdu"], "cpu": 8}
    assert run(whole_play, policy=OPEN)["decision"] == "compliant"
