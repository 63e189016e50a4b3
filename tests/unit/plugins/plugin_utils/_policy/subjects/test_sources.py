# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts from inventory sources and files; errors of a file have file and line."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Undefined

from ansible_collections.unicloud.usphere.plugins.filter.license_compliance import license_compliance
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import evaluate_fleet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import load_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.fact_age import (
    AgeLimit,
    Channel,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
    read_host,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.sources import (
    host_inputs,
    is_node,
    node_facts,
    read_facts_files,
    with_site,
)

HostFacts = Callable[..., dict[str, Any]]
PolicyOf = Callable[..., dict[str, Any]]

NODE = {
    "architecture": "aarch64",
    "processor_count": 2,
    "processor_cores": 32,
    "hostname": "cvk1",
    "product_uuid": "4c4c4544",
    "date_time": {"iso8601": "2026-11-24T07:00:00Z"},
}


def test_node_facts_of_ansible_count_sockets(as_of: datetime) -> None:
    for facts in (NODE, {f"ansible_{name}": value for name, value in NODE.items()}):
        assert is_node(facts)
        reading = read_host(HostInput("n1", node_facts(facts, "n1")), as_of, AgeLimit(as_of, 24))
        assert reading.subject == {"kind": "node", "id": "n1"}
        assert reading.facts.value("/hosts/0/cpu_sockets") == 2
        assert reading.facts.value("/hosts/0/arch") == "aarch64"
        assert reading.facts.value("/hosts/0/id") == "4c4c4544"
        assert reading.facts.reason("/version/vms") == "absent"
        assert reading.facts.reason("/licenses") == "absent"


@pytest.mark.parametrize(
    ("change", "pointer", "reason"),
    [
        ({"processor_count": "two"}, "/hosts/0/cpu_sockets", "type"),
        ({"processor_count": None}, "/hosts/0/cpu_sockets", "null"),
        ({"architecture": "riscv64"}, "/hosts/0/arch", "value"),
        ({"date_time": {"iso8601": "2026-11-24T09:00:00Z"}}, "", "future"),
        ({"date_time": {"iso8601": "2026-11-20T09:00:00Z"}}, "", "stale"),
        ({"date_time": {}}, "", "stale"),
    ],
)
def test_invalid_facts_of_ansible_are_unknown(
    change: dict[str, Any], pointer: str, reason: str, as_of: datetime
) -> None:
    reading = read_host(HostInput("n1", node_facts({**NODE, **change}, "n1")), as_of, AgeLimit(as_of, 24))
    assert reading.facts.reason(pointer) == reason


def test_a_policy_can_check_nodes(as_of: datetime, policy_of: PolicyOf) -> None:
    sockets = {"properties": {"hosts": {"items": {"properties": {"cpu_sockets": {"maximum": 2}}}}}}
    policy = load_policy(policy_of({"id": "two-sockets", "require": sockets}))
    decisions = {}
    for count in (2, 4, "2", "4", "two"):
        given = host_inputs({"n1": {**NODE, "processor_count": count}}, None)
        decisions[count] = evaluate_fleet.evaluate(given, Run(policy, as_of))["decision"]
    assert decisions == {
        2: "compliant",
        4: "non_compliant",
        "2": "compliant",
        "4": "non_compliant",
        "two": "undetermined",
    }


def test_inputs_are_named_by_host(host_facts: HostFacts) -> None:
    assert [each.host for each in host_inputs(NODE, None)] == ["cvk1"]
    assert [each.host for each in host_inputs(NODE, "n1")] == ["n1"]
    assert [each.host for each in host_inputs({"a": NODE, "b": host_facts(), "c": None}, None)] == list("abc")
    with pytest.raises(PolicyError, match="the facts do not name their system"):
        host_inputs({"architecture": "x86_64", "processor_count": 1}, None)


def test_site_facts_of_the_inventory_are_merged() -> None:
    assert with_site({"kind": "HostFacts"}, {"a": 1}) == {"kind": "HostFacts", "site_facts": {"a": 1}}
    assert with_site({"site_facts": {"a": 1, "b": 2}}, {"a": 3}) == {"site_facts": {"a": 3, "b": 2}}
    assert with_site({"site_facts": {"a": 1}}, "wrong") == {"site_facts": "wrong"}
    assert with_site(None, {"a": 1}) is None


def test_files_of_every_format_are_equivalent(tmp_path: Path, host_facts: HostFacts) -> None:
    one, two = host_facts(), host_facts("lapsing")
    lines = f"{json.dumps(one)}\n\n{json.dumps(two)}\n"
    files = {
        "list.json": json.dumps([one, two]),
        "map.json": json.dumps({"hangzhou": one, "chengdu": two}),
        "lines.ndjson": lines,
        "lines.jsonl": "\ufeff" + lines,
        "list.yml": json.dumps([one, two]),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        found = read_facts_files([str(tmp_path / name)])
        assert found == [
            HostInput("hangzhou", one, channel=Channel.FILE),
            HostInput("chengdu", two, channel=Channel.FILE),
        ], name
    assert len(read_facts_files([str(tmp_path / "list.json"), str(tmp_path / "list.yml")])) == 4
    assert read_facts_files(None) == []


def test_a_number_in_place_of_a_version_does_not_pass(tmp_path: Path, as_of: datetime) -> None:
    (tmp_path / "f.yml").write_text(
        "kind: HostFacts\nschema_version: 1\nsubject: {kind: system, id: a}\n"
        "version: {vms: 8.10}\nhosts: [{id: '1', arch: x86_64, cpu_sockets: 2, added_at: 2025-02-01}]\n"
    )
    (given,) = read_facts_files([str(tmp_path / "f.yml")])
    reading = read_host(given, as_of, None)
    assert reading.facts.reason("/version/vms") == "type"
    assert reading.facts.value("/hosts/0/added_at") == "2025-02-01"


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("f.json", "{", "f.json:1: syntax error"),
        ("f.ndjson", "{}\n{", "f.ndjson:1: the facts do not name"),
        ("f.ndjson", '{"kind": "HostFacts", "subject": {"id": "a"}}\n{', "f.ndjson:2: syntax error"),
        ("f.json", '{"kind": NaN}', "f.json: NaN is not a finite number"),
        ("f.json", '{"a": 1, "a": 2}', "f.json: the key a appears twice"),
        ("f.json", '{"a": ' + "9" * 5000 + "}", "the integer is out of range"),
        ("f.json", "[" * 100_000, "nested deeper than"),
        ("f.json", "7", "HostFacts, a list of them or a mapping"),
        ("f.yml", "a: 1\na: 2\n", "f.yml:2: the key a is already used in line 1"),
        ("f.yml", "in_use: NO\n", "f.yml:1: NO is text in one YAML version"),
        ("f.yml", "a: &a [*a]\n", "f.yml:1: the alias *a"),
    ],
)
def test_each_error_has_its_place(name: str, text: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(PolicyError) as caught:
        read_facts_files([str(tmp_path / name)])
    assert sentence in caught.value.text()
    assert caught.value.text("zh")


def test_invalid_file_arguments_are_errors(tmp_path: Path) -> None:
    (tmp_path / "f.json").write_bytes(b"\xff{}")
    for names, sentence in (
        ([str(tmp_path / "none.json")], "the HostFacts document"),
        ([7], "facts_files must be a path"),
        ([str(tmp_path / "f.json")], "the document is not valid UTF-8"),
    ):
        with pytest.raises(PolicyError, match=sentence):
            read_facts_files(names)


def test_dates_parsed_by_yaml_are_normalized(as_of: datetime) -> None:
    facts = {
        "kind": "HostFacts",
        "schema_version": 1,
        "hosts": [{"id": "1", "arch": "x86_64", "cpu_sockets": 2, "added_at": date(2025, 2, 1)}],
    }
    (given,) = host_inputs(facts, "a")
    assert read_host(given, as_of, None).facts.value("/hosts/0/added_at") == "2025-02-01"


@pytest.mark.parametrize(
    ("odd", "decision"),
    [
        ({}, "undetermined"),
        ({"schema_version": 1}, "undetermined"),
        ([], "undetermined"),
        ("text", "undetermined"),
        (False, "undetermined"),
        ({"kind": "HostFacts", "vms": {"total": float("inf")}}, "error"),
        ({"kind": "HostFacts", "vms": {"total": 2**70}}, "error"),
        ({"kind": "HostFacts", "site_facts": {1: 2}}, "error"),
        ({"kind": "HostFacts", "hosts": b"x"}, "error"),
        (Undefined(name="usphere"), "error"),
    ],
    ids=str,
)
def test_invalid_facts_of_one_host_do_not_affect_others(
    odd: object, decision: str, host_facts: HostFacts
) -> None:
    fleet = {"hangzhou": host_facts(), "odd": odd}
    result = license_compliance(fleet, "vendor", as_of="2026-11-24T08:00:00Z")
    found = {host: each["decision"] for each in result["subjects"] for host in each["hosts"]}
    assert found == {"hangzhou": "compliant", "odd": decision}
    if decision == "error":
        result = license_compliance([odd, host_facts()], "vendor", as_of="2026-11-24T08:00:00Z")
        found = {host: each["decision"] for each in result["subjects"] for host in each["hosts"]}
        assert found == {"hangzhou": "compliant", "facts 1": "error"}


@pytest.mark.parametrize("odd", [{"vms": {"total": 2**70}}, {"subject": {"kind": "system"}, "vms": {}}])
def test_invalid_facts_of_one_host_are_not_read_as_several_hosts(odd: dict[str, Any]) -> None:
    with pytest.raises(PolicyError) as caught:
        host_inputs(odd, None)
    assert caught.value.code in ("facts_number_size", "facts_subject")
