# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Systems that are named and not judged are reported, excluded with a reason, or undetermined."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.evaluate_fleet import (
    evaluate,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import read_run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.fleet.coverage import read_coverage
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_identity import (
    Inventory,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import HostInput
from ansible_collections.unicloud.usphere.plugins.plugin_utils._report.formats import as_opa
from ansible_collections.unicloud.usphere.plugins.plugin_utils._report.output.render import render_report

HostFacts = Callable[..., dict[str, Any]]
Judge = Callable[..., dict[str, Any]]
LAB = {"name": "lab", "reason": "not in production"}
PAIR = {"state": "pair", "master_ip": "10.1.0.10", "slave_ip": "10.1.0.11"}
FORMATS = ("text", "md", "html", "json", "ndjson", "junit", "csv", "sarif", "prometheus")


def entitlements(*names: str, server: str = "ls-east") -> dict[str, Any]:
    systems = {name: {"license_server": server} for name in names}
    return {"kind": "Entitlements", "id": "bought", "schema_version": 1, "systems": systems, "grants": []}


def server(*clients: str | Mapping[str, Any], ident: str = "ls-east") -> dict[str, Any]:
    rows = [
        {"name": each, "state": "connected", "quota": []} if isinstance(each, str) else each
        for each in clients
    ]
    return {"server": {"id": ident}, "licenses": [], "clients": rows}


@pytest.fixture
def judge(host_facts: HostFacts, as_of: datetime) -> Judge:
    def decide(
        given: Mapping[str, object] | None = None, inventory: Inventory | None = None, **options: Any
    ) -> dict[str, Any]:
        hosts = {"hangzhou": host_facts()} if given is None else given
        inputs = [HostInput(host, facts) for host, facts in hosts.items()]
        result = evaluate(
            inputs, read_run({"policy": "vendor", "as_of": as_of.isoformat(), **options}), inventory=inventory
        )
        assert schemas.validate("compliance_result", result) == []
        return result

    return decide


def not_judged(result: Mapping[str, Any]) -> list[str]:
    return [each["name"] for each in result.get("coverage", {"not_judged": []})["not_judged"]]


def test_a_run_without_names_says_nothing(judge: Judge) -> None:
    assert "coverage" not in judge()
    covered = judge(entitlements=entitlements("hangzhou"), license_servers=[server("hangzhou")])
    assert "coverage" not in covered


def test_systems_of_entitlements_and_clients_are_reported(judge: Judge) -> None:
    result = judge(
        entitlements=entitlements("hangzhou", "hefei"), license_servers=[server("hangzhou", "suzhou")]
    )
    assert result["coverage"]["not_judged"] == [
        {"name": "hefei", "license_server": "ls-east"},
        {"name": "suzhou", "license_server": "ls-east"},
    ]
    subjects = {each["subject"]["id"]: each["decision"] for each in result["subjects"]}
    assert subjects["hangzhou"] == judge(entitlements=entitlements("hangzhou"))["subjects"][0]["decision"]
    assert "hefei" not in subjects


def test_what_is_required_and_not_judged_is_undetermined(judge: Judge) -> None:
    result = judge(entitlements=entitlements("hefei"), license_servers=[server("hefei")], coverage="required")
    (entry,) = (each for each in result["subjects"] if each["subject"]["id"] == "hefei")
    assert (entry["decision"], entry["hosts"]) == ("undetermined", ["hefei"])
    assert result["decision"] == "undetermined"
    assert as_opa.opa(result)["allowed"] is False
    text = render_report(result, "text", "en")
    assert text.splitlines()[0].startswith("not judged: hefei")
    assert "hefei is not judged: entitlements or a License Server name this system" in text
    assert judge(coverage="required", entitlements=entitlements("hangzhou"))["coverage"] == {
        "mode": "required",
        "not_judged": [],
        "excluded": [],
        "unused": [],
    }


def test_an_exclusion_has_a_reason_and_is_reported(judge: Judge) -> None:
    result = judge(
        entitlements=entitlements("lab"),
        coverage="required",
        coverage_exclude=[LAB, {"name": "hangzhou", "reason": "judged anyway"}],
    )
    assert result["coverage"]["excluded"] == [LAB]
    assert result["coverage"]["unused"] == ["hangzhou"]
    assert not_judged(result) == []
    assert {each["subject"]["id"] for each in result["subjects"]} == {"hangzhou"}
    assert "lab (not in production)" in render_report(result, "text", "en")


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_report_names_what_is_not_judged(name: str, language: str, judge: Judge) -> None:
    result = judge(entitlements=entitlements("hefei", "lab"), coverage_exclude=[LAB])
    content = render_report(result, name, language)
    if name == "prometheus":
        assert "usphere_license_systems_not_judged 1\n" in content
        return
    assert "hefei" in content
    assert "lab" in content
    if name == "text":
        assert "hefei" in content.splitlines()[0]


@pytest.mark.parametrize(
    ("changes", "client", "inventory", "expected"),
    [
        # The name of the client, at the same License Server, or where the facts state none.
        ({"/subject/id": "vms-1", "/license_server/client": "east"}, "east", None, []),
        (
            {"/subject/id": "vms-1", "/license_server/client": "east", "/license_server/id": None},
            "east",
            None,
            [],
        ),
        (
            {"/subject/id": "vms-1", "/license_server/client": "east", "/license_server/id": "ls-west"},
            "north",
            None,
            ["north"],
        ),
        # The name of the host, of its system, of its address.
        ({"/subject/id": "vms-1"}, "h", None, []),
        ({}, "pair-1", Inventory(frozenset("h"), {"h": "pair-1"}.get), []),
        ({"/source/endpoint": "https://10.1.0.10:8443"}, "10.1.0.10", None, []),
        (
            {"/hot_standby": {"state": "pair", "master_ip": "10.1.0.10", "slave_ip": "10.1.0.11"}},
            "10.1.0.11",
            None,
            [],
        ),
        ({}, "other", None, ["other"]),
    ],
)
def test_a_system_is_judged_under_each_name_that_facts_state(
    changes: dict[str, Any],
    client: str,
    inventory: Inventory | None,
    expected: list[str],
    judge: Judge,
    host_facts: HostFacts,
) -> None:
    given = {"h": host_facts(changes={"/subject/id": "h", **changes})}
    for named in ({"license_servers": [server(client)]}, {"entitlements": entitlements(client)}):
        assert not_judged(judge(given, inventory, **named)) == expected


def test_a_client_of_the_same_name_at_another_server_is_another_system(
    judge: Judge, host_facts: HostFacts
) -> None:
    given = {"vms-1": host_facts(changes={"/subject/id": "vms-1", "/license_server/client": "east"})}
    assert not_judged(judge(given, license_servers=[server("east", ident="ls-north")])) == ["east"]


def test_a_client_that_never_connected_is_not_a_system(judge: Judge) -> None:
    never = {"name": "new", "state": "never", "quota": []}
    assert not_judged(judge(license_servers=[server(never)])) == []


def test_a_host_without_facts_is_judged(judge: Judge) -> None:
    assert not_judged(judge({"hefei": None}, entitlements=entitlements("hefei"))) == []


def test_the_order_of_names_does_not_change_the_result(judge: Judge) -> None:
    def run(*names: str) -> str:
        servers = [server(*names), server(*names, ident="ls-west")]
        return json.dumps(judge(license_servers=servers, coverage="required"))

    assert run("a", "b", "c") == run("c", "a", "b")


@pytest.mark.parametrize(
    ("mode", "exclude", "code", "part"),
    [
        ("all", None, "coverage_invalid", "all"),
        (True, None, "coverage_invalid", "True"),
        (None, {"name": "lab"}, "coverage_exclude_invalid", "lab"),
        (None, "lab", "coverage_exclude_invalid", "lab"),
        (None, ["lab"], "coverage_exclude_invalid", "lab"),
        (None, [{"name": "lab"}], "coverage_exclude_invalid", "lab"),
        (None, [{"name": "lab", "reason": " "}], "coverage_exclude_invalid", "lab"),
        (None, [LAB, LAB], "coverage_exclude_invalid", "lab"),
        (None, [{"name": "lab", "reasons": "x"}], "coverage_exclude_key", "reasons"),
    ],
)
def test_an_invalid_option_is_refused(mode: object, exclude: object, code: str, part: str) -> None:
    with pytest.raises(PolicyError) as caught:
        read_coverage(mode, exclude, None)
    assert caught.value.code == code
    for language in ("en", "zh"):
        assert part in caught.value.text(language)


def test_empty_options_are_not_given() -> None:
    assert read_coverage("", "", None) == read_coverage(None, None, None)
