# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A list with further items that were not read, and values that a document states for unknown facts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.lists import Listed
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import ListIncomplete
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.constraints.evaluate import evaluate
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.constraints.three_valued import Truth
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import evaluate_fleet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.facts.facts import (
    Facts,
    incomplete_lists,
    is_further,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.model import PolicySet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
    read_host,
)

from .....fakes.system import WHERE, Server, System, host, read

Build = Callable[..., dict[str, Any]]
FURTHER = {"/hosts/-": {"reason": "unreachable"}}


def test_only_a_list_at_the_root_has_further_items() -> None:
    tree = {"hosts": [{}], "licenses": {"items": []}, "vms": {}}
    assert is_further(tree, "/hosts/-")
    for pointer in ("/hosts", "/hosts/0", "/licenses/items/-", "/vms/-", "/nothing/-", "-", "/-"):
        assert not is_further(tree, pointer), pointer
    assert incomplete_lists(tree, ["/hosts/-", "/vms/-"]) == {"/hosts"}


def test_the_rows_that_were_read_are_known(host_facts: Build, as_of: datetime) -> None:
    facts = read_host(HostInput("h", {**host_facts(), "unknown": FURTHER}), as_of, None).facts
    assert facts.reason("/hosts") == "unreachable"
    assert facts.reason("/hosts/0/cpu_sockets") == ""
    assert facts.value("/hosts/0/cpu_sockets") == 2
    assert facts.gap("/hosts")["reason"] == "unreachable"


@pytest.mark.parametrize(
    ("constraint", "truth"),
    [
        ({"minItems": 2}, Truth.PASS),
        ({"minItems": 3}, Truth.UNKNOWN),
        ({"maxItems": 2}, Truth.UNKNOWN),
        ({"maxItems": 1}, Truth.FAIL),
        ({"items": {"properties": {"cpu_sockets": {"maximum": 2}}}}, Truth.UNKNOWN),
        ({"items": {"properties": {"cpu_sockets": {"maximum": 1}}}}, Truth.FAIL),
    ],
)
def test_constraints_on_an_incomplete_list(
    constraint: dict[str, Any], truth: Truth, host_facts: Build, as_of: datetime
) -> None:
    facts = read_host(HostInput("h", {**host_facts(), "unknown": FURTHER}), as_of, None).facts
    assert evaluate({"properties": {"hosts": constraint}}, facts, as_of).truth is truth


def test_the_demand_has_a_lower_bound(host_facts: Build, vendor: PolicySet, as_of: datetime) -> None:
    def sockets(facts: dict[str, Any]) -> list[tuple[str, Any]]:
        result = evaluate_fleet.evaluate([HostInput("h", facts)], Run(vendor, as_of))
        return [
            (each["verdict"], each["actual"]) for each in result["findings"] if each["rule"] == "r31-sockets"
        ]

    assert sockets(host_facts()) == []
    assert [verdict for verdict, _actual in sockets({**host_facts(), "unknown": FURTHER})] == ["unknown"]
    rows = [{"id": str(at), "arch": "x86_64", "cpu_sockets": 4} for at in range(3)]
    assert sockets({**host_facts(), "hosts": rows, "unknown": FURTHER}) == [("fail", {"demand": [12, None]})]
    empty = sockets({**host_facts(), "hosts": [], "unknown": FURTHER})
    assert [verdict for verdict, _actual in empty] == ["unknown"]


def test_values_of_unknown_facts_are_shown(host_facts: Build, as_of: datetime) -> None:
    listed = {
        "/version/vms": {"reason": "conflict", "values": ["E0760P03 (a)", "E0785 (b)"]},
        "/vms/total": {"reason": "type", "values": ["many\u202e"]},
        "/licenses/items/0/key": {"reason": "conflict", "values": ["K-1", "K-2"]},
        "/login/state": {"reason": "value", "values": "text"},
    }
    facts = read_host(HostInput("h", {**host_facts(), "unknown": listed}), as_of, None).facts
    shown = {each["pointer"]: each for each in facts.unread_among(listed)}
    texts = {pointer: each["message"]["en"] for pointer, each in shown.items()}  # type: ignore[index]  # by language
    assert texts["/version/vms"] == (
        "/version/vms is E0760P03 (a), E0785 (b); use one value for all nodes of the system"
    )
    assert texts["/vms/total"] == "/vms/total is many ; use a list"
    assert "K-1" not in str(shown["/licenses/items/0/key"])
    assert "/login/state" not in shown


def test_an_unknown_entry_without_values_is_as_before() -> None:
    assert Facts({"hosts": []}, {"/hosts": "null"}, frozenset(("/hosts",))).reason("/hosts") == "null"
    assert Facts({"hosts": []}, {}, frozenset(("/hosts",))).reason("/hosts") == "absent"


@pytest.mark.parametrize(
    ("read_rows", "verdicts"),
    [(2, ["unknown"]), (3, ["fail"])],
    ids=["a row is missing", "the rows that were read exceed the licenses"],
)
def test_an_incomplete_list_of_a_server_can_fail_and_not_pass(
    read_rows: int, verdicts: list[str], vendor: PolicySet
) -> None:
    """Hosts of 2 sockets each, of which one was returned twice; 4 sockets are licensed."""
    rows = tuple(host(number) for number in range(1, read_rows + 1))
    where = {"row": "2", "readings": 3, "total": 4}
    why = ListIncomplete("answer_row_repeated", read_rows, got=read_rows, **where, **WHERE)
    facts = read(System(hosts=Listed(rows, why, 4)), Server())
    as_of = datetime.fromisoformat("2026-11-24T08:00:00+00:00")
    result = evaluate_fleet.evaluate([HostInput("h", facts)], Run(vendor, as_of))
    assert [each["verdict"] for each in result["findings"] if each["rule"] == "r31-sockets"] == verdicts
