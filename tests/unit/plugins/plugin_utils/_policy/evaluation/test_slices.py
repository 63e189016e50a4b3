# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run in any composition: shuffled hosts, equal systems, slices in any order, serialized slices."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import evaluate_fleet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.assessor import Assessor
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.slices import (
    Partial,
    from_document,
    merge,
    to_document,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.bind import bind_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import load_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.model import PolicySet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
    read_host,
)

HostFacts = Callable[..., dict[str, Any]]
CALM = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

POOLS: list[dict[str, Any]] = [
    {
        "id": "fleet-sockets",
        "rows": "/hosts",
        "group_by": ["arch"],
        "demand": {"unit": "cpu_socket", "sum": "cpu_sockets"},
        "supply": {"from": "in_force", "product": "vms"},
        "require": {"demand": "at_most_supply", "headroom_warn": "5%"},
        "blame": "over_allocation",
        "forecast": {"within_days": 60},
    },
    {
        "id": "installed",
        "rows": "/hosts",
        "group_by": ["license_server.id", "arch"],
        "count_once_by": ["id"],
        "demand": {"unit": "cpu_socket", "sum": {"round_up": ["cpu_sockets", 2]}, "round_up": 2},
        "supply": {"from": "installed", "product": "vms"},
        "require": {"demand": "at_most_supply"},
        "message": {"en": "{demand} of {supply} ({group}), {/architecture}"},
    },
]


@pytest.fixture(scope="module")
def policy() -> PolicySet:
    site = {
        "kind": "LicensePolicy",
        "id": "site",
        "version": "1.0.0",
        "extends": [{"id": "vendor"}],
        "pools": POOLS,
    }
    return load_policy(site)


@pytest.fixture
def fleet(host_facts: HostFacts) -> Callable[[list[int]], list[HostInput]]:
    """Build hosts by number: facts repeat, some hosts share a system, some have no facts."""

    def build(numbers: list[int]) -> list[HostInput]:
        found = []
        for number in numbers:
            if number % 7 == 6:
                found.append(HostInput(f"h{number:02}", None, "unreachable"))
                continue
            changes = {
                "/subject/id": f"s{number // 2:02}" if number % 5 == 0 else f"h{number:02}",
                "/hosts/0/cpu_sockets": None if number % 11 == 3 else 2 + (number % 4 == 1),
                "/vms/total": 100 + number % 3,
                # An unreadable value, and unknown keys.
                **({"/hosts/1/arch": "amd64x"} if number % 9 == 4 else {}),
                **({"/hosts/1/arc": "x86_64", "/vm": {}} if number % 9 == 5 else {}),
                "/source/gathered_at": f"2026-11-24T07:00:{number:02}Z",
            }
            found.append(
                HostInput(f"h{number:02}", host_facts("lapsing" if number % 3 else "licensed", changes))
            )
        return found

    return build


def text(result: dict[str, Any]) -> str:
    assert schemas.validate("compliance_result", result) == []
    return json.dumps(result, ensure_ascii=False)


NUMBERS = st.lists(st.integers(0, 23), min_size=1, max_size=9, unique=True)


@CALM
@given(NUMBERS, st.randoms(use_true_random=False))
def test_the_order_of_hosts_does_not_change_the_result(
    policy: PolicySet, fleet: Any, as_of: datetime, numbers: list[int], chance: Any
) -> None:
    hosts = fleet(numbers)
    first = text(evaluate_fleet.evaluate(hosts, Run(policy, as_of)))
    chance.shuffle(hosts)
    for each in hosts:
        if isinstance(each.facts, dict):
            keys = list(each.facts)
            chance.shuffle(keys)
            facts = {key: each.facts[key] for key in keys}
            hosts = [HostInput(each.host, facts) if other is each else other for other in hosts]
    assert text(evaluate_fleet.evaluate(hosts, Run(policy, as_of))) == first


@CALM
@given(NUMBERS, st.data())
def test_merged_slices_equal_one_run(
    policy: PolicySet, fleet: Any, as_of: datetime, numbers: list[int], draw: st.DataObject
) -> None:
    hosts = fleet(numbers)
    names = [each.host for each in hosts]
    places = draw.draw(st.lists(st.integers(0, 2), min_size=len(hosts), max_size=len(hosts)))
    slices = [
        evaluate_fleet.evaluate_slice(
            [h for h, at in zip(hosts, places, strict=True) if at == place], Run(policy, as_of), names
        )
        for place in range(3)
    ]
    travelled = [from_document(json.loads(json.dumps(to_document(each)))) for each in slices]
    expected = text(evaluate_fleet.evaluate(hosts, Run(policy, as_of)))
    for order in draw.draw(st.lists(st.permutations(range(3)), min_size=1, max_size=2)):
        assert text(evaluate_fleet.finalize([slices[at] for at in order], Run(policy, as_of))) == expected
        assert text(evaluate_fleet.finalize([travelled[at] for at in order], Run(policy, as_of))) == expected
    first, second, third = slices
    assert _same(merge(first, merge(second, third)), merge(merge(third, first), second))
    assert _same(merge(first, first), first)


def _same(left: Partial, right: Partial) -> bool:
    return to_document(left) == to_document(right)


def test_a_missing_slice_is_never_compliant(
    policy: PolicySet, host_facts: HostFacts, as_of: datetime
) -> None:
    one = HostInput("a", host_facts("licensed", {"/subject/id": "a"}))
    first = evaluate_fleet.evaluate_slice([one], Run(policy, as_of), ["a", "b"])
    result = evaluate_fleet.finalize([first], Run(policy, as_of))
    assert [(each["subject"]["id"], each["decision"]) for each in result["subjects"]] == [
        ("a", "undetermined"),
        ("b", "undetermined"),
    ]
    assert result["counts"]["unknown_reasons"]["slice_missing"] > 1
    assert result["decision"] == "undetermined"


def test_slices_of_different_runs_do_not_merge(policy: PolicySet, vendor: PolicySet, as_of: datetime) -> None:
    own_slice = evaluate_fleet.evaluate_slice([], Run(policy, as_of), ["a"])
    other = evaluate_fleet.evaluate_slice([], Run(vendor, as_of), ["a"])
    later = evaluate_fleet.evaluate_slice([], Run(policy, as_of.replace(hour=9)), ["a"])
    for wrong in (other, later):
        with pytest.raises(PolicyError) as caught:
            evaluate_fleet.finalize([own_slice, wrong], Run(policy, as_of))
        assert caught.value.code == "slices_differ"
    with pytest.raises(PolicyError) as caught:
        evaluate_fleet.finalize([], Run(policy, as_of))
    assert caught.value.code == "slices_none"


def test_an_invalid_slice_document_is_rejected(
    policy: PolicySet, host_facts: HostFacts, as_of: datetime
) -> None:
    document = to_document(
        evaluate_fleet.evaluate_slice([HostInput("a", host_facts())], Run(policy, as_of), ["a"])
    )
    assert schemas.validate("partial_result", document) == []
    for wrong in ({**document, "more": 1}, {**document, "sheets": {}}, {"kind": "PartialResult"}, []):
        with pytest.raises(PolicyError) as caught:
            from_document(wrong)
        assert caught.value.code == "slice_invalid"


def test_an_invalid_finding_makes_a_slice_document_invalid(
    policy: PolicySet, host_facts: HostFacts, as_of: datetime
) -> None:
    given = [HostInput("a", host_facts("lapsing"))]
    document = to_document(evaluate_fleet.evaluate_slice(given, Run(policy, as_of), ["a"]))
    (content,) = document["sheets"].values()
    finding = next(each["findings"][0] for each in content["verdicts"] if each["findings"])
    finding["message"] = "text of one language"
    with pytest.raises(PolicyError) as caught:
        from_document(document)
    assert caught.value.code == "slice_invalid"
    assert "/findings/0/message" in str(caught.value)


def test_equal_systems_are_read_once_and_different_ones_separately(
    vendor: PolicySet, host_facts: HostFacts, as_of: datetime
) -> None:
    assessor = Assessor(bind_policy(vendor), as_of, evidence=False)

    def sheet(host: str, changes: dict[str, Any]) -> Any:
        ((_ident, _kind, _host, found),) = assessor.claims([HostInput(host, host_facts("licensed", changes))])
        return found

    client = {"/license_server/client": "hangzhou"}
    one = sheet("a", {"/subject/id": "a", **client})
    assert sheet("b", {"/subject/id": "b", **client, "/source/gathered_at": "2026-11-24T07:59:00Z"}) is one
    assert sheet("c", {"/subject": None}) is one
    assert sheet("d", {"/source/gathered_at": "2026-11-25T00:00:00Z"}) is not one
    assert sheet("e", {"/vms/total": True}) is not sheet("f", {"/vms/total": 1})
    assert sheet("g", {"/vms/total": 121}) is not one
    assert sheet("h", {"/subject/kind": "node"}) is not one


@pytest.mark.parametrize("pointer", ["/subject/id", "/source/gathered_at"])
def test_a_policy_that_reads_the_subject_is_evaluated_per_host(
    pointer: str, policy_of: Callable[..., dict[str, Any]], host_facts: HostFacts, as_of: datetime
) -> None:
    rule = {
        "id": "a",
        "require": {"properties": {"vms": {"properties": {"total": {"maximum": 1}}}}},
        "message": {"en": "{" + pointer + "}"},
    }
    hosts = [
        HostInput(name, host_facts("licensed", {"/subject/id": name, "/source/gathered_at": at}))
        for name, at in (("a", "2026-11-24T07:00:00Z"), ("b", "2026-11-24T07:30:00Z"))
    ]
    result = evaluate_fleet.evaluate(hosts, Run(load_policy(policy_of(rule)), as_of))
    expected_messages = (
        ["a", "b"] if pointer == "/subject/id" else ["2026-11-24T07:00:00Z", "2026-11-24T07:30:00Z"]
    )
    assert [finding["message"]["en"] for finding in result["findings"]] == expected_messages


def test_cached_readings_equal_new_ones(vendor: PolicySet, host_facts: HostFacts, as_of: datetime) -> None:
    assessor = Assessor(bind_policy(vendor), as_of, evidence=False)
    odd: list[Any] = [
        host_facts(),
        host_facts("licensed", {"/subject": {"id": 7}}),
        host_facts("licensed", {"/subject": {"id": "x", "kind": "group"}}),
        host_facts("licensed", {"/unknown": {"/subject/id": {"reason": "absent"}}}),
        host_facts("licensed", {"/source/gathered_at": "yesterday"}),
        host_facts("licensed", {"/source": "nowhere"}),
        {"a": float("nan")},
        {1: 2},
        [],
        "text",
        None,
    ]
    for facts in odd * 2:
        plain = read_host(HostInput("h", facts), as_of, None)
        ((ident, kind, _host, sheet),) = assessor.claims([HostInput("h", facts)])
        reading = sheet.reading
        assert reading is not None
        assert (ident, kind, reading.digest) == (plain.id, plain.kind, plain.digest)
        assert (reading.facts.unknown, reading.error is None) == (plain.facts.unknown, plain.error is None)


def test_hosts_of_one_system_are_merged_and_the_older_facts_decide(
    policy_of: Callable[..., dict[str, Any]], host_facts: HostFacts, as_of: datetime
) -> None:
    rule = {"id": "a", "require": {"properties": {"vms": {"properties": {"total": {"minimum": 1}}}}}}
    policy = load_policy(policy_of(rule, max_age_hours=24))
    fresh, older = host_facts(), host_facts(changes={"/source/gathered_at": "2026-11-24T01:00:00Z"})
    (entry,) = evaluate_fleet.evaluate([HostInput("b", fresh), HostInput("a", older)], Run(policy, as_of))[
        "subjects"
    ]
    assert (entry["hosts"], entry["decision"]) == (["a", "b"], "compliant")
    stale = host_facts(changes={"/source/gathered_at": "2026-11-20T01:00:00Z"})
    result = evaluate_fleet.evaluate([HostInput("b", fresh), HostInput("a", stale)], Run(policy, as_of))
    assert (result["decision"], result["findings"][0]["hosts"]) == ("undetermined", ["a", "b"])
    other = host_facts(changes={"/vms/total": 0})
    result = evaluate_fleet.evaluate([HostInput("b", fresh), HostInput("a", other)], Run(policy, as_of))
    assert (result["decision"], result["findings"][0]["hosts"]) == ("non_compliant", ["a"])
