# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results do not depend on the order of rows, files and hosts: equal bytes for every order."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils import _licensing_filters as core
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import evaluate_fleet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.facts.row_order import in_order
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.findings.decision import DECISIONS
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import load_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.model import PolicySet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.sources import (
    read_facts_files,
)

HostFacts = Callable[..., dict[str, Any]]
Facts = dict[str, Any]
SHUFFLES = 3
#: Other values of a random row; None removes the fact.
HOST = {
    "id": ["1", "2", "3", "10", "02", "cvk-7", None],
    "name": ["cvk1", "cvk2", None],
    "arch": ["x86_64", "x86_64", "aarch64", "amd65", None],
    "cpu_sockets": [1, 2, 2, 4, 0, "2 ", None],
    "container_cluster": [False, False, True, None],
    "version": ["E0760P03", "E0710", "newest", None],
}
LICENSE = {
    "id": ["LS-1", "LS-2", "LS-3", "LS-10", None],
    "product": ["vms_standard", "vms_standard_to_enterprise", "srm", "unheard_of", None],
    "kind": ["formal", "formal", "temporary", None],
    "quantity": [2, 4, 8, None],
    "status": ["in_use", "in_use", "expired", None],
    "expires_at": ["never", "2026-12-06T00:00:00Z", "soon", None],
    "held_by": ["ls-east", "ls-west", None],
}
GAPS = ["version", "arch", "cpu_sockets"]
REASONS = ["absent", "gather_error", "type"]
#: Pools over the rows of the complete fleet, in addition to the vendor's.
FLEET = {
    "kind": "LicensePolicy",
    "id": "fleet",
    "version": "1.0.0",
    "pools": [
        {
            "id": "assigned",
            "rows": "/hosts",
            "group_by": ["arch"],
            "demand": {"unit": "cpu_socket", "sum": "cpu_sockets"},
            "supply": {"from": "assigned", "product": "vms"},
            "require": {"demand": "at_most_supply"},
        },
    ],
}


def varied(rows: list[Facts], choices: dict[str, list[Any]], chance: random.Random) -> list[Facts]:
    """Return ``rows`` and some more that equal them, or differ in one or two fields."""
    found = list(rows)
    for _more in range(chance.randint(1, 4)):
        row = dict(chance.choice(rows))
        for name in chance.sample(list(choices), chance.randint(0, 2)):
            row[name] = chance.choice(choices[name])
        found.append({name: value for name, value in row.items() if value is not None})
    return found


def system(facts: Facts, chance: random.Random) -> Facts:
    facts = copy.deepcopy(facts)
    facts["hosts"] = varied(facts["hosts"], HOST, chance)
    facts["licenses"]["items"] = varied(facts["licenses"]["items"], LICENSE, chance)
    for _gap in range(chance.randint(0, 2)):
        pointer = f"/hosts/{chance.randrange(len(facts['hosts']))}/{chance.choice(GAPS)}"
        facts.setdefault("unknown", {})[pointer] = {"reason": chance.choice(REASONS), "because": [pointer]}
    return facts


def shuffled(facts: Facts, chance: random.Random) -> Facts:
    """Return the same facts with rows in another order; unknown pointers follow their rows."""
    found = copy.deepcopy(facts)
    for name, rows in (("/hosts", found["hosts"]), ("/licenses/items", found["licenses"]["items"])):
        order = list(range(len(rows)))
        chance.shuffle(order)
        rows[:] = [rows[at] for at in order]
        moved = {f"{name}/{old}/": f"{name}/{new}/" for new, old in enumerate(order)}

        def follow(pointer: str, moved: dict[str, str] = moved) -> str:
            for old, new in moved.items():
                if pointer.startswith(old):
                    return new + pointer.removeprefix(old)
            return pointer

        listed = list(found.get("unknown", {}).items())
        chance.shuffle(listed)
        if listed:
            found["unknown"] = {
                follow(pointer): {**entry, "because": [follow(each) for each in entry.get("because", [])]}
                for pointer, entry in listed
            }
    return found


@pytest.fixture(scope="module")
def policy() -> PolicySet:
    return load_policy(["vendor", FLEET])


@pytest.mark.parametrize("seed", range(12))
def test_the_order_of_rows_hosts_and_files_changes_no_byte(
    seed: int, policy: PolicySet, as_of: datetime, host_facts: HostFacts, tmp_path: Path
) -> None:
    chance = random.Random(seed)  # noqa: S311 - random facts, not a secret
    names = ["a", "b", "c", "d"][: chance.randint(1, 4)]
    fleet = []
    for name in names:
        subject = {"/subject/id": chance.choice([name, "pair-1"])}
        fleet.append((name, system(host_facts(chance.choice(["licensed", "lapsing"]), subject), chance)))

    def judged(given: list[HostInput]) -> str:
        result = evaluate_fleet.evaluate(given, Run(policy, as_of), expected_hosts=["e", "f"])
        assert schemas.validate("compliance_result", result) == []
        return json.dumps(result)

    def written(at: int, given: list[tuple[str, Facts]]) -> list[str]:
        paths = []
        for name, facts in given:
            path = tmp_path / f"{at}-{name}.json"
            path.write_text(json.dumps({name: facts}))
            paths.append(str(path))
        return paths

    expected = judged([HostInput(name, facts) for name, facts in fleet])
    for at in range(SHUFFLES):
        reordered = [(name, shuffled(facts, chance)) for name, facts in fleet]
        chance.shuffle(reordered)
        assert judged([HostInput(name, facts) for name, facts in reordered]) == expected
        assert judged(read_facts_files(written(at, reordered))) == expected


@pytest.mark.parametrize("seed", range(25))
def test_the_filters_for_one_system_do_not_depend_on_the_order(seed: int, host_facts: HostFacts) -> None:
    chance = random.Random(seed)  # noqa: S311 - random facts, not a secret
    facts = system(host_facts(chance.choice(["licensed", "lapsing"])), chance)

    def answers(given: Facts) -> str:
        moment = "2026-11-24T08:00:00Z"
        return json.dumps(
            [core.effective(given, moment), core.forecast(given, moment), core.plan(given, moment, ["srm"])]
        )

    expected = answers(facts)
    for _shuffle in range(SHUFFLES):
        assert answers(shuffled(facts, chance)) == expected


def test_rows_are_sorted_by_their_ids() -> None:
    ids = ["10", "9", "a2", "a10", "02", "2", "", "9" * 5000, 7, None]
    facts = {"hosts": [{"id": ident} for ident in ids], "unknown": {"/hosts/1/arch": {"reason": "absent"}}}
    found = in_order(facts)
    listed = [row["id"] for row in found["hosts"]]
    assert listed[:5] == ["02", "2", "9", "10", "9" * 5000]
    assert listed[5:7] == ["a2", "a10"]
    assert found["unknown"] == {"/hosts/2/arch": {"reason": "absent"}}
    # Sorted facts are returned unchanged, with their pointers.
    ordered = {"hosts": [{"id": "2"}, {"id": "10"}], "unknown": {"/hosts/1/arch": {"reason": "absent"}}}
    assert in_order(ordered) is ordered


@pytest.mark.parametrize(
    "pointer",
    ["/hosts", "/hosts/", "/hosts/2/arch", "/hosts/01/arch", "/hosts/-1", "/hosts/x", "/hosts/" + "1" * 9999],
)
def test_a_pointer_to_no_row_is_kept(pointer: str) -> None:
    facts = {"hosts": [{"id": "2"}, {"id": "1"}], "unknown": {pointer: {"reason": "absent"}}}
    assert in_order(facts)["unknown"] == {pointer: {"reason": "absent"}}


def test_a_license_listed_twice_with_differences_improves_no_decision(
    vendor: PolicySet, as_of: datetime, host_facts: HostFacts
) -> None:
    def decision(items: list[Facts], doubtful: int | None = None) -> str:
        facts = host_facts()
        facts["licenses"]["items"] = items
        names = () if doubtful is None else ("quantity", "assigned")
        absent = {f"/licenses/items/{doubtful}/{name}": {"reason": "absent"} for name in names}
        facts["unknown"] = {**facts.get("unknown", {}), **absent}
        return str(evaluate_fleet.evaluate([HostInput("h", facts)], Run(vendor, as_of))["decision"])

    items = host_facts()["licenses"]["items"]
    rank = DECISIONS.index
    assert decision(items) == decision([*items, dict(items[0])]) == "compliant"
    for at, row in enumerate(items):
        doubtful = decision(items, at)
        assert doubtful == "undetermined"
        for name, values in {**LICENSE, "held_by": ["ls-west", "ls-aaa"]}.items():
            for value in values:
                if name == "id" or value is None or value == row.get(name):
                    continue
                for rows in ([*items, {**row, name: value}], [{**row, name: value}, *items]):
                    assert rank(decision(rows)) <= rank(doubtful), (row["id"], name, value)


@pytest.mark.parametrize("ident", [None, "", 7, "DELETED"])
def test_a_license_without_an_id_may_duplicate_another_one(
    ident: object, vendor: PolicySet, as_of: datetime, host_facts: HostFacts
) -> None:
    def decision(items: list[Facts]) -> str:
        facts = host_facts()
        facts["hosts"][0]["cpu_sockets"] += 1
        facts["licenses"]["items"] = items
        return str(evaluate_fleet.evaluate([HostInput("h", facts)], Run(vendor, as_of))["decision"])

    def nameless(row: Facts) -> Facts:
        rest = {name: value for name, value in row.items() if name != "id"}
        return rest if ident == "DELETED" else {**rest, "id": ident}

    items = host_facts()["licenses"]["items"]
    assert decision([*items, *items]) == "non_compliant"
    assert decision([*items, *map(nameless, items)]) == "undetermined"
    assert decision([nameless(row) for row in (*items, *items)]) == "undetermined"
    # A single license of each product cannot be a duplicate.
    facts = host_facts()
    facts["licenses"]["items"] = [nameless(row) for row in items]
    assert evaluate_fleet.evaluate([HostInput("h", facts)], Run(vendor, as_of))["decision"] == "compliant"


@pytest.mark.parametrize("server", [None, "text", {}, {"state": "connected"}, {"id": None}, {"id": 7}])
def test_licenses_of_another_server_count_only_if_it_supplies_the_system(
    server: object, vendor: PolicySet, as_of: datetime, host_facts: HostFacts
) -> None:
    def decision(held_by: str, stated: object) -> str:
        facts = {**host_facts(), "license_server": stated}
        facts["licenses"]["items"][0]["held_by"] = held_by
        return str(evaluate_fleet.evaluate([HostInput("h", facts)], Run(vendor, as_of))["decision"])

    stated_server = host_facts()["license_server"]
    assert decision("ls-east", stated_server) == "compliant"
    assert decision("ls-west", stated_server) == "undetermined"
    assert decision("ls-east", server) == "compliant"
    assert decision("ls-west", server) == "undetermined"
