# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts count for the system that they were read of: machines, hot-standby pairs, shares of licenses."""

from __future__ import annotations

import copy
import itertools
import json
import random
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import (
    evaluate_fleet,
    slices,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.model import PolicySet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_identity import Inventory
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import HostInput
from ansible_collections.unicloud.usphere.plugins.plugin_utils._report.formats import as_text

from .....fakes.runs import evaluate_with

HostFacts = Callable[..., dict[str, Any]]
Judge = Callable[..., dict[str, Any]]
LOCAL = "https://127.0.0.1:8443"
EARLIER, LATER = "2026-11-24T06:00:00Z", "2026-11-24T07:00:00Z"
MAC, OTHER_MAC = ["00:16:3e:00:00:01"], ["00:16:3E:00:00:02"]


@pytest.fixture
def judge(vendor: PolicySet, as_of: datetime) -> Judge:
    def run(given: Mapping[str, object], **options: Any) -> dict[str, Any]:
        inputs = [
            HostInput(host, facts, "unreachable" if facts is None else "absent")
            for host, facts in given.items()
        ]
        result = evaluate_with(inputs, vendor, as_of, **options)
        assert schemas.validate("compliance_result", result) == []
        return result

    return run


def decisions(result: Mapping[str, Any]) -> dict[str, str]:
    return {each["subject"]["id"]: each["decision"] for each in result["subjects"]}


def codes(result: Mapping[str, Any]) -> set[str]:
    return {each["pointer"] for each in result["findings"] if each["rule"] == "facts"}


def inventory(*hosts: str, **systems: str) -> Inventory:
    return Inventory(frozenset(hosts), systems.get)


# -- machines --


@pytest.mark.parametrize(
    ("first", "second", "decision"),
    [
        ({"endpoint": LOCAL}, {"endpoint": LOCAL}, "undetermined"),
        ({"endpoint": LOCAL}, {"endpoint": LOCAL.upper() + "/"}, "undetermined"),
        ({"endpoint": LOCAL}, {"endpoint": "https://[::ffff:127.0.0.1]:8443"}, "undetermined"),
        ({"endpoint": LOCAL}, {"endpoint": "https://127.0.0.1"}, "undetermined"),
        ({"endpoint": "https://VMS1.example.com.:8443"}, {"endpoint": "vms1.example.com"}, "undetermined"),
        (
            {"endpoint": "https://[2001:DB8:0::1]:8443"},
            {"endpoint": "https://[2001:db8::1]:8443"},
            "undetermined",
        ),
        ({"endpoint": LOCAL}, {"endpoint": "https://127.0.0.1:8444"}, "compliant"),
        # An alias in DNS: the machine is known by its MAC addresses.
        (
            {"endpoint": "https://vms1.example.com:8443", "identity": {"macs": MAC}},
            {"endpoint": "https://license-east.example.com:8443", "identity": {"macs": [*MAC]}},
            "undetermined",
        ),
        ({"endpoint": LOCAL}, {}, "compliant"),
        # Tunnels to different machines.
        (
            {"endpoint": LOCAL, "identity": {"macs": MAC}},
            {"endpoint": LOCAL, "identity": {"macs": OTHER_MAC}},
            "compliant",
        ),
        (
            {"endpoint": LOCAL, "identity": {"barcodes": ["BC-1"]}},
            {"endpoint": LOCAL, "identity": {"barcodes": ["BC-2"], "macs": OTHER_MAC}},
            "compliant",
        ),
        # An identity that is known of one of them only proves nothing.
        ({"endpoint": LOCAL, "identity": {"macs": MAC}}, {"endpoint": LOCAL}, "undetermined"),
        (
            {"endpoint": LOCAL, "identity": {"macs": MAC}},
            {"endpoint": LOCAL, "identity": {"barcodes": ["BC-2"]}},
            "undetermined",
        ),
        (
            {"endpoint": LOCAL, "identity": {"barcodes": ["BC-1"]}},
            {"endpoint": LOCAL, "identity": {"barcodes": ["bc-1 "]}},
            "undetermined",
        ),
        # One machine behind two addresses.
        (
            {
                "endpoint": "https://10.1.0.10:8443",
                "identity": {"macs": ["00:16:3e:00:00:01", "00:16:3e:00:00:02"]},
            },
            {
                "endpoint": "https://10.1.0.11:8443",
                "identity": {"macs": ["00-16-3E-00-00-02", "0016.3e00.0001"]},
            },
            "undetermined",
        ),
        (
            {"endpoint": "https://10.1.0.10:8443", "identity": {"barcodes": ["BC-1"]}},
            {"endpoint": "https://10.1.0.11:8443", "identity": {"barcodes": ["BC-1"]}},
            "compliant",
        ),
        # Placeholders are no identity: neither equal nor different.
        (
            {"identity": {"macs": ["00:00:00:00:00:00"], "barcodes": ["To be filled by O.E.M."]}},
            {"identity": {"macs": ["00:00:00:00:00:00"], "barcodes": ["To be filled by O.E.M."]}},
            "compliant",
        ),
        (
            {"endpoint": LOCAL, "identity": {"barcodes": ["None"]}},
            {"endpoint": LOCAL, "identity": {"barcodes": ["0"]}},
            "undetermined",
        ),
    ],
)
def test_two_systems_are_one_machine_unless_their_identities_differ(
    first: dict[str, Any], second: dict[str, Any], decision: str, judge: Judge, host_facts: HostFacts
) -> None:
    given = {}
    for name, source in (("hangzhou", first), ("chengdu", second)):
        facts = host_facts(changes={"/subject/id": name})
        given[name] = {**facts, "source": {**facts["source"], **source}}
    result = judge({**given, "wuhan": host_facts(changes={"/subject/id": "wuhan"})})
    assert decisions(result) == {"chengdu": decision, "hangzhou": decision, "wuhan": "compliant"}
    for finding in result["findings"]:
        assert (finding["verdict"], finding["effect"]) == ("unknown", "block")
        for sentence in (*finding["message"].values(), *finding["remediation"].values()):
            assert "hangzhou" in sentence
            assert "chengdu" in sentence
        assert "usphere_system" in finding["remediation"]["en"]
    assert json.dumps(judge(dict(reversed(given.items())))) == json.dumps(judge(given))


def test_hosts_without_an_address_of_their_own_are_not_the_machine_that_was_read(
    judge: Judge, host_facts: HostFacts
) -> None:
    # The address of all three comes from the environment.
    given = {}
    for name in ("ghost1", "ghost2", "good"):
        given[name] = host_facts(changes={"/subject/id": name, "/license_server/client": "good"})
        given[name]["source"].update(endpoint=LOCAL, identity={"macs": MAC})
    assert set(decisions(judge(given)).values()) == {"undetermined"}


def test_the_machines_of_other_slices_and_of_stored_facts_are_compared(
    judge: Judge, vendor: PolicySet, as_of: datetime, host_facts: HostFacts
) -> None:
    given = {name: host_facts(changes={"/subject/id": name, "/source/endpoint": LOCAL}) for name in "ab"}
    assert decisions(judge({"a": given["a"]}, outside=[HostInput("b", given["b"])])) == {"a": "undetermined"}
    parts = [
        evaluate_fleet.evaluate_slice([HostInput(host, facts)], Run(vendor, as_of), sorted(given))
        for host, facts in given.items()
    ]
    stored = [slices.from_document(json.loads(json.dumps(slices.to_document(part)))) for part in parts]
    merged = evaluate_fleet.finalize(stored, Run(vendor, as_of))
    assert json.dumps(merged) == json.dumps(judge(given))


def test_a_slice_without_the_trace_of_a_host_is_refused(
    vendor: PolicySet, as_of: datetime, host_facts: HostFacts
) -> None:
    part = evaluate_fleet.evaluate_slice([HostInput("a", host_facts())], Run(vendor, as_of), ["a"])
    document = {**slices.to_document(part), "traces": []}
    with pytest.raises(Exception, match="/traces"):
        slices.from_document(document)


# -- pairs --


def test_a_stated_system_is_one_subject_and_its_passive_manager_is_standby(
    judge: Judge, host_facts: HostFacts
) -> None:
    facts = host_facts(changes={"/subject/id": "m1"})
    pair = inventory("m1", "m2", m1="hangzhou", m2="hangzhou")
    result = judge({"m1": facts, "m2": None}, inventory=pair)
    (entry,) = result["subjects"]
    assert (entry["subject"]["id"], entry["decision"]) == ("hangzhou", "compliant")
    assert (entry["hosts"], entry["standby"]) == (["m1", "m2"], ["m2"])
    # Nothing was read of either.
    (entry,) = judge({"m1": None, "m2": None}, inventory=pair)["subjects"]
    assert (entry["subject"]["id"], entry["decision"]) == ("hangzhou", "undetermined")
    assert "standby" not in entry
    # Without the variable, the other manager is a host of its own.
    assert decisions(judge({"m1": facts, "m2": None})) == {"m1": "compliant", "m2": "undetermined"}


def test_a_host_cannot_take_the_name_of_another_host_as_its_system(
    judge: Judge, host_facts: HostFacts
) -> None:
    given = {"m1": host_facts(changes={"/subject/id": "m1"}), "m2": None}
    result = judge(given, inventory=inventory("m1", "m2", m1="m2"))
    assert decisions(result) == {"m1": "compliant", "m2": "undetermined"}


def test_the_newer_reading_of_a_pair_counts_and_otherwise_the_worse_one(
    judge: Judge, host_facts: HostFacts
) -> None:
    pair = inventory("m1", "m2", m1="hangzhou", m2="hangzhou")

    def decide(good: str | None, bad: str | None) -> str:
        given = {
            "m1": host_facts(changes={"/subject/id": "m1", "/source/gathered_at": good}),
            "m2": host_facts("lapsing", {"/subject/id": "m2", "/source/gathered_at": bad}),
        }
        return str(decisions(judge(given, inventory=pair))["hangzhou"])

    worse = decide(EARLIER, EARLIER)
    assert worse != "compliant"
    assert decide(LATER, EARLIER) == "compliant"
    assert decide(EARLIER, LATER) == worse
    assert decide(LATER, None) == worse
    # The zone is not known, so either may be the newer one.
    assert decide("2026-11-24T07:00:00", EARLIER) == worse


@pytest.mark.parametrize(
    ("first", "second", "is_pair"),
    [
        (("10.1.0.10", "10.1.0.11"), ("10.1.0.10", "10.1.0.11"), True),
        (("10.1.0.10", "10.1.0.11"), ("10.1.0.11", "10.1.0.10"), True),
        (("10.1.0.10", "10.1.0.11"), ("10.1.0.11", "10.1.0.12"), False),
        (("10.1.0.10", "10.1.0.11"), None, False),
    ],
)
def test_without_the_variable_both_managers_must_list_the_other(
    first: tuple[str, str], second: tuple[str, str] | None, is_pair: bool, judge: Judge, host_facts: HostFacts
) -> None:
    given = {}
    for name, address, managers in (("m2", "10.1.0.10", first), ("m1", "10.1.0.11", second)):
        facts = host_facts(changes={"/subject/id": name, "/license_server/client": "hangzhou"})
        facts["source"].update(endpoint=f"https://{address}:8443", identity={"macs": MAC})
        if managers is not None:
            facts["hot_standby"] = {"state": "pair", "master_ip": managers[0], "slave_ip": managers[1]}
        given[name] = facts
    result = judge(given)
    if not is_pair:
        assert decisions(result) == {"m1": "undetermined", "m2": "undetermined"}
        return
    (entry,) = result["subjects"]
    assert entry["subject"]["id"] == ("m2" if first == second else "m1")
    assert (entry["hosts"], entry["decision"]) == (["m1", "m2"], "compliant")


# -- shares of licenses --


def shared(host_facts: HostFacts, clients: Mapping[str, str | None], **row: Any) -> dict[str, Any]:
    given = {}
    for name, client in clients.items():
        facts = host_facts(changes={"/subject/id": name, "/license_server/client": client})
        for item in facts["licenses"]["items"]:
            item.update(row)
        given[name] = facts
    return given


@pytest.mark.parametrize(
    ("clients", "row", "decision"),
    [
        ({"a": "hangzhou", "b": "hangzhou"}, {}, "undetermined"),
        ({"a": None, "b": "hangzhou"}, {}, "undetermined"),
        ({"a": None, "b": None}, {}, "undetermined"),
        # Each client has its own part.
        ({"a": "a", "b": "b"}, {}, "compliant"),
        # Enough for both.
        ({"a": "hangzhou", "b": "hangzhou"}, {"quantity": 40}, "compliant"),
        # Another server, or a node of a product that is used by both.
        ({"a": "hangzhou", "b": "hangzhou"}, {"held_by": "a-node", "id": "a-node/LS-1"}, None),
    ],
)
def test_a_license_of_one_client_counts_once(
    clients: dict[str, str | None],
    row: dict[str, Any],
    decision: str | None,
    judge: Judge,
    host_facts: HostFacts,
) -> None:
    result = judge(shared(host_facts, clients, **row))
    assert ("/licenses/items" in codes(result)) == (decision == "undetermined")
    if decision is not None:
        assert set(decisions(result).values()) == {decision}
    for finding in result["findings"] if decision == "undetermined" else ():
        assert "LS-" in finding["message"]["en"]
        assert "a and b" in finding["message"]["en"] or "b and a" in finding["message"]["en"]
        assert "\n".join(as_text.report(result, "zh", detail=True)).count("客户端") > 0


def test_three_systems_of_which_two_share_a_client(judge: Judge, host_facts: HostFacts) -> None:
    given = shared(host_facts, {"a": "hangzhou", "b": "hangzhou", "c": "c"})
    assert decisions(judge(given)) == {"a": "undetermined", "b": "undetermined", "c": "compliant"}
    # Another server has licenses of its own with the same ids.
    other = copy.deepcopy(given)
    other["b"]["license_server"]["id"] = "ls-west"
    for item in other["b"]["licenses"]["items"]:
        item["held_by"] = "ls-west"
    assert set(decisions(judge(other)).values()) == {"compliant"}


# -- order --


def test_no_order_of_hosts_changes_a_result(judge: Judge, host_facts: HostFacts) -> None:
    chance = random.Random(15)  # noqa: S311 - a choice of cases, not a secret
    names = ["a", "b", "c", "d", "e", "f"]
    endpoints = [None, LOCAL, "https://10.1.0.10:8443", "https://10.1.0.11:8443"]
    shown = 0
    for _fleet in range(12):
        given: dict[str, Any] = {}
        for name in names:
            changes = {
                "/subject/id": chance.choice([name, None]),
                "/license_server/client": chance.choice([name, "one", None]),
                "/source/endpoint": chance.choice(endpoints),
                "/source/gathered_at": chance.choice([EARLIER, LATER, None]),
            }
            facts = host_facts(chance.choice(["licensed", "lapsing"]), changes)
            if chance.random() < 0.4:
                facts["source"]["identity"] = {"macs": chance.choice([MAC, OTHER_MAC])}
            if chance.random() < 0.4:
                pair = {"state": "pair", "master_ip": "10.1.0.10", "slave_ip": "10.1.0.11"}
                facts["hot_standby"] = pair
            given[name] = facts if chance.random() < 0.9 else None
        systems = dict.fromkeys(chance.sample(names, chance.choice([0, 2, 3])), "s")
        found = set()
        for order in chance.sample(list(itertools.permutations(names)), 10):
            result = judge({name: given[name] for name in order}, inventory=inventory(*names, **systems))
            found.add(json.dumps(result))
            shown += 1
        assert len(found) == 1
    assert shown >= 100
