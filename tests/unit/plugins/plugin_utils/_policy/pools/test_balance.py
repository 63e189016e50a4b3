# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pools: demand against supply with every term an interval (R23, R31; decisions 5, 23, 31)."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.unicloud.usphere.plugins.module_utils._pointer import lookup
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.constraints.three_valued import Truth
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.facts.fact_table import (
    fact_table,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.findings.pool_findings import (
    of_subject,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.bind import bind_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import load_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.model import Pool
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.pools.balance import (
    GroupResult,
    is_closed,
    run_pool,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.pools.group_supply import (
    Member,
    Setting,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.pools.rows import pool_sheet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
    read_host,
)

AS_OF = datetime(2026, 11, 24, 8, tzinfo=timezone.utc)
HostFacts = Callable[..., dict[str, Any]]
Run = Callable[..., list[GroupResult]]

SOCKETS: dict[str, Any] = {
    "id": "sockets",
    "rows": "/hosts",
    "group_by": ["subject.id", "arch"],
    "demand": {"unit": "cpu_socket", "sum": "cpu_sockets"},
    "supply": {"from": "in_force", "product": "vms"},
    "require": {"demand": "at_most_supply"},
}


@pytest.fixture
def run(as_of: datetime) -> Run:
    def build(*facts: Any, grants: Any = None, **changes: Any) -> list[GroupResult]:
        policy = load_policy(
            {"kind": "LicensePolicy", "id": "p", "version": "1.0.0", "pools": [{**SOCKETS, **changes}]}
        )
        (pool,) = bind_policy(policy).pools
        readings = [read_host(HostInput(f"h{at}", each), as_of, None) for at, each in enumerate(facts)]
        members = []
        for subject in sorted({(each.id, each.kind) for each in readings}):
            own = {each.digest: each for each in readings if (each.id, each.kind) == subject}
            found = [own[name] for name in sorted(own)]
            sheets = [pool_sheet(pool, each.facts, fact_table(), as_of, pool.until(as_of)) for each in found]
            members.append(Member((subject,), tuple(sheet for sheet in sheets if sheet is not None)))
        setting = Setting(as_of, fact_table(), grants)
        return [
            of_subject(group, subject[0]) if is_closed(pool) else group
            for subject, group in _groups(pool, members, setting)
        ]

    return build


def _groups(pool: Pool, members: list[Member], setting: Setting) -> list[tuple[tuple[str, str], GroupResult]]:
    if not is_closed(pool):
        return [(("", ""), group) for group in run_pool(pool, members, setting)]
    found = []
    for member in members:
        unnamed = Member((("", "system"),), member.sheets)
        found += [
            (member.subjects[0], group) for group in run_pool(pool, [unnamed], setting) if member.sheets
        ]
    return found


def balance(group: GroupResult) -> tuple[object, object, Truth]:
    return group.demand.to_json(), group.supply.to_json(), group.truth


def test_demand_against_supply(run: Run, host_facts: HostFacts) -> None:
    (group,) = run(host_facts())
    assert balance(group) == (4, 4, Truth.PASS)
    assert group.group == {"subject.id": "hangzhou", "arch": "x86_64"}
    assert group.pointer == "/effective/products/0/missing"


def test_an_additional_host_is_a_shortage(run: Run, host_facts: HostFacts) -> None:
    (group,) = run(host_facts(changes={"/hosts/1/cpu_sockets": 3}))
    assert balance(group) == (5, 4, Truth.FAIL)
    assert group.shortfall.to_json() == 1


def test_each_architecture_has_its_own_licenses(run: Run, host_facts: HostFacts) -> None:
    groups = run(host_facts(changes={"/hosts/1/arch": "aarch64"}))
    assert [balance(group) for group in groups] == [(2, 0, Truth.FAIL), (2, 4, Truth.PASS)]


def test_an_unknown_architecture_counts_in_every_group(run: Run, host_facts: HostFacts) -> None:
    groups = run(host_facts(changes={"/hosts/1/arch": None}))
    assert [(group.group["arch"], *balance(group)) for group in groups] == [
        ("aarch64", [0, 2], 0, Truth.UNKNOWN),
        ("x86_64", [2, 4], 4, Truth.PASS),
    ]
    assert groups[0].because == (("", "/hosts/1/arch", "absent"),)


def test_an_unknown_term_has_no_upper_bound_and_a_certain_shortage_fails(
    run: Run, host_facts: HostFacts
) -> None:
    (group,) = run(host_facts(changes={"/hosts/1/cpu_sockets": None}))
    assert balance(group) == ([3, None], 4, Truth.UNKNOWN)  # every host has at least one CPU
    (group,) = run(host_facts(changes={"/hosts/1/cpu_sockets": None, "/hosts/0/cpu_sockets": 5}))
    assert balance(group) == ([6, None], 4, Truth.FAIL)


def test_unread_hosts_and_unread_licenses_are_unknown(run: Run, host_facts: HostFacts) -> None:
    (group,) = run(host_facts(changes={"/hosts": None}))
    assert group.truth is Truth.UNKNOWN
    assert ("", "/hosts", "absent") in group.because
    (group,) = run(host_facts(changes={"/licenses": None}))
    assert group.truth is Truth.UNKNOWN
    (group,) = run(None)
    assert (group.group, group.truth) == ({"subject.id": "h0", "arch": None}, Truth.UNKNOWN)


def test_a_system_that_lists_no_host_is_unknown(run: Run, host_facts: HostFacts) -> None:
    (group,) = run(host_facts(changes={"/hosts": []}))
    assert (group.group, group.truth) == ({"subject.id": "hangzhou", "arch": None}, Truth.UNKNOWN)
    assert ("", "/hosts", "empty") in group.because


def test_rows_of_one_identity_count_once(run: Run, host_facts: HostFacts) -> None:
    pair = host_facts(changes={"/vms/total": 121})
    (group,) = run(host_facts(), pair)
    assert balance(group) == (4, 4, Truth.PASS)
    assert group.conflicts == ()
    differing = host_facts(changes={"/hosts/1/cpu_sockets": 4})
    (group,) = run(host_facts(), differing)
    assert balance(group) == ([4, 6], 4, Truth.UNKNOWN)
    assert group.conflicts == (("", "2"),)


ROWS = [
    ([{}, {}], (4, 4), ()),
    ([{}, {"cpu_sockets": 4}], ([6, 8], 4), ("1",)),
    ([{}, {"name": "cvk9"}], ([4, 6], 4), ("1",)),
    ([{"cpu_sockets": 1}, {"cpu_sockets": 4}, {}], ([6, 9], 4), ("1",)),
]


@pytest.mark.parametrize(("changes", "expected", "conflicts"), ROWS)
def test_rows_of_one_list_with_one_id_are_one_or_several(
    changes: list[dict[str, Any]],
    expected: tuple[Any, Any],
    conflicts: tuple[str, ...],
    run: Run,
    host_facts: HostFacts,
) -> None:
    for order in itertools.permutations(changes):
        facts = host_facts()
        first, *remaining = facts["hosts"]
        facts["hosts"] = [*({**first, **each} for each in order), *remaining]
        (group,) = run(facts)
        assert balance(group)[:2] == expected
        assert group.conflicts == tuple(("", label) for label in conflicts)
        # The derived facts of the same system have the same bounds.
        read = read_host(HostInput("h", facts), AS_OF, None).facts
        used = "/effective/products/0/used"
        low, high = read.bounds.get(used, (lookup(read.tree, used),) * 2)
        assert expected[0] in (low, [low, high])


def test_differing_rows_with_one_id_count_at_least_their_minimum(run: Run, host_facts: HostFacts) -> None:
    facts = host_facts()
    first, *remaining = facts["hosts"]
    facts["hosts"] = [first, {**first, "container_cluster": True}, *remaining]
    where = {"properties": {"container_cluster": {"const": True}}}
    (group,) = run(facts, where=where)
    assert (group.demand.low, group.demand.high) == (0, 4)
    facts["hosts"] = [{**each, "container_cluster": True} for each in facts["hosts"]]
    facts["hosts"][1]["arch"] = "aarch64"
    groups = {group.group["arch"]: (group.demand.low, group.demand.high) for group in run(facts, where=where)}
    assert groups == {"aarch64": (0, 4), "x86_64": (2, 6)}
    counted = {"group_by": ["subject.id"], "supply": {"from": "in_force", "product": "disk_backup_dr"}}
    (group,) = run(facts, demand={"unit": "host", "count": "rows"}, **counted)
    assert (group.demand.low, group.demand.high) == (2, 3)
    (group,) = run(facts, group_by=["subject.id"], demand={"unit": "cpu_socket", "max": "cpu_sockets"})
    assert (group.demand.low, group.demand.high) == (2, 2)


@pytest.mark.parametrize("source", ["assigned", "installed"])
@pytest.mark.parametrize(
    ("change", "balances"),
    [
        ({}, (4, 4, Truth.PASS)),
        ({"quantity": 8}, (4, [0, None], Truth.UNKNOWN)),
        ({"quantity": 8, "assigned": 8}, (4, [0, None], Truth.UNKNOWN)),
        ({"status": "expired"}, (4, [0, None], Truth.UNKNOWN)),
        ({"held_by": "ls-west"}, (4, [0, None], Truth.UNKNOWN)),
    ],
)
def test_differing_license_rows_with_one_id_supply_nothing_for_certain(
    source: str,
    change: dict[str, Any],
    balances: tuple[Any, Any, Truth],
    run: Run,
    host_facts: HostFacts,
) -> None:
    facts = host_facts()
    items = facts["licenses"]["items"]
    row = next(each for each in items if each["product"] == "vms_standard")
    remaining = [each for each in items if each["product"] == "srm"]
    for rows in itertools.permutations([row, {**row, **change}]):
        facts["licenses"]["items"] = [*rows, *remaining]
        (group,) = run(facts, supply={"from": source, "product": "vms"})
        assert balance(group) == balances
        reasons = {
            reason
            for _owner, pointer, reason in group.because
            if "licenses" in pointer or "effective" in pointer
        }
        assert reasons == ({"conflict"} if change else set())


def test_a_row_of_two_sources_is_one_row(run: Run, host_facts: HostFacts) -> None:
    # One manager lists the host twice, the other one once: the interval that both allow.
    twice = host_facts()
    twice["hosts"] = [twice["hosts"][0], {**twice["hosts"][0], "cpu_sockets": 4}, twice["hosts"][1]]
    (group,) = run(twice, host_facts(changes={"/vms/total": 121}))
    assert (group.demand.low, group.demand.high) == (4, 8)


def test_low_headroom_warns_and_passes(run: Run, host_facts: HostFacts) -> None:
    require = {"demand": "at_most_supply", "headroom_warn": "10%"}
    (group,) = run(host_facts(), require=require)
    assert (group.truth, group.headroom) == (Truth.PASS, True)
    (group,) = run(host_facts(changes={"/hosts/1/cpu_sockets": 1}), require=require)
    assert (group.truth, group.headroom) == (Truth.PASS, False)


def test_a_pool_can_count_systems(run: Run, host_facts: HostFacts) -> None:
    srm = {"id": "LS-9", "product": "srm", "arch": "x86_64", "kind": "formal", "quantity": 12}
    changes = {"/features/srm": {"in_use": True, "used": 12}, "/licenses/items/2": srm}
    over_systems = {
        "rows": ".",
        "group_by": ["subject.id"],
        "demand": {"unit": "vm", "sum": "features.srm.used"},
        "supply": {"from": "in_force", "product": "srm"},
    }
    (group,) = run(host_facts(changes=changes), **over_systems)
    assert balance(group) == (12, 12, Truth.PASS)


def test_applies_to_excludes_systems(run: Run, host_facts: HostFacts) -> None:
    arm = {"properties": {"architecture": {"const": "aarch64"}}}
    assert run(host_facts(), applies_to=arm) == []
    (group,) = run(host_facts(changes={"/architecture": None}), applies_to=arm)
    assert balance(group)[0] == [0, 4]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 6), min_size=1, max_size=5), st.data())
def test_the_true_demand_is_within_its_interval(
    run: Run, host_facts: HostFacts, sockets: list[int], draw: st.DataObject
) -> None:
    hosts = [
        {"id": str(at), "arch": "x86_64", "cpu_sockets": count, "container_cluster": False}
        for at, count in enumerate(sockets)
    ]
    hidden = draw.draw(st.sets(st.integers(0, len(hosts) - 1)))
    seen = [
        {name: value for name, value in host.items() if name != "cpu_sockets" or at not in hidden}
        for at, host in enumerate(hosts)
    ]
    (exact,) = run(host_facts(changes={"/hosts": hosts}))
    (bounded,) = run(host_facts(changes={"/hosts": seen}))
    assert bounded.demand.low <= exact.demand.low
    assert bounded.demand.high is None or bounded.demand.high >= exact.demand.low
    assert bounded.truth in (Truth.UNKNOWN, exact.truth)
