# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Upgrades and their base (R4–R8), with exact quantities and with bounds."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.unicloud.usphere.plugins.module_utils._interval import Interval, exactly
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.facts.derive import derive
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.state.upgrades import (
    BALANCED,
    NO_BASE,
    OVER,
    SHORT,
    TWO_TARGETS,
    UPGRADE_PATHS,
    resolve,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.values.model import (
    EDITIONS,
    Edition,
)

STANDARD, ENTERPRISE, ENHANCED = EDITIONS
S2E, S2H, E2H = UPGRADE_PATHS


def run(bases, upgrades):
    return resolve(
        {edition: exactly(n) for edition, n in bases.items()},
        {path: exactly(n) for path, n in upgrades.items()},
    )


def held(balance):
    return {edition.value: interval.low for edition, interval in balance.held.items() if interval.possible}


def states(balance):
    return {(u.source.value, u.target.value): u.state for u in balance.upgrades}


@pytest.mark.parametrize(
    ("upgrade", "edition", "state"),
    [(31, "standard", SHORT), (32, "enterprise", BALANCED), (33, "standard", OVER)],
)
def test_r6_r7_32_sockets_need_exactly_32_upgrades(upgrade, edition, state):
    balance = run({STANDARD: 32}, {S2E: upgrade})
    assert held(balance) == {edition: 32}
    assert states(balance) == {("standard", "enterprise"): state}
    assert balance.upgrades_ok is (state == BALANCED)


def test_r6_upgrades_convert_and_never_add():
    assert run({STANDARD: 32}, {S2E: 32}).quantity == exactly(32)
    assert run({STANDARD: 32}, {S2E: 33}).quantity == exactly(32)


def test_r5_an_upgrade_without_its_base():
    balance = run({ENTERPRISE: 8}, {S2E: 8})
    assert held(balance) == {"enterprise": 8}
    assert states(balance) == {("standard", "enterprise"): NO_BASE}


def test_r8_every_upgrade_converts_the_complete_base():
    assert held(run({STANDARD: 4}, {S2H: 4})) == {"enhanced_enterprise": 4}
    assert held(run({ENTERPRISE: 4}, {E2H: 4})) == {"enhanced_enterprise": 4}


def test_chains_are_applied_from_standard_upwards():
    balance = run({STANDARD: 4}, {S2E: 4, E2H: 4})
    assert held(balance) == {"enhanced_enterprise": 4}
    assert [(u.base.exact, u.quantity.exact) for u in balance.upgrades] == [(4, 4), (4, 4)]
    # The second step finds no base that the first step did not convert.
    assert states(run({STANDARD: 4}, {S2E: 3, E2H: 4})) == {
        ("standard", "enterprise"): SHORT,
        ("enterprise", "enhanced_enterprise"): NO_BASE,
    }
    # An existing base is added to the upgraded quantity.
    assert held(run({STANDARD: 4, ENTERPRISE: 2}, {S2E: 4, E2H: 6})) == {"enhanced_enterprise": 6}
    assert (
        states(run({STANDARD: 4, ENTERPRISE: 2}, {S2E: 4, E2H: 4}))[("enterprise", "enhanced_enterprise")]
        == SHORT
    )


def test_two_targets_are_mixed_only_if_the_sum_fits():
    both = {("standard", "enterprise"): TWO_TARGETS, ("standard", "enhanced_enterprise"): TWO_TARGETS}
    balance = run({STANDARD: 8}, {S2E: 4, S2H: 4})
    assert states(balance) == both
    assert held(balance) == {"standard": 8}
    assert set(states(run({STANDARD: 9}, {S2E: 4, S2H: 4})).values()) == {SHORT}
    assert set(states(run({STANDARD: 7}, {S2E: 4, S2H: 4})).values()) == {OVER}
    assert set(states(run({}, {S2E: 4, S2H: 4})).values()) == {NO_BASE}


def test_two_remaining_editions_are_mixed_with_the_lowest_edition_and_the_sum():
    balance = run({STANDARD: 4, ENTERPRISE: 6}, {})
    assert held(balance) == {"standard": 4, "enterprise": 6}
    assert balance.possible_lowest == {STANDARD}
    assert balance.quantity == exactly(10)


def test_a_base_of_the_reached_edition_counts():
    balance = run({STANDARD: 4, ENTERPRISE: 2}, {S2E: 4})
    assert held(balance) == {"enterprise": 6}
    assert balance.upgrades_ok is True


def test_r6_several_licenses_add_up(system, lic, now):
    items = [
        lic("a", "vms_standard", 20),
        lic("b", "vms_standard", 12, kind="temporary", expires_at="2027-01-01T00:00:00Z"),
        lic("c", "vms_standard_to_enterprise", 30),
        lic("d", "vms_standard_to_enterprise", 2),
    ]
    facts = derive(system(items), now).facts
    assert facts["effective"]["edition"] == "enterprise"
    assert facts["effective"]["products"][0]["quantity"] == 32
    assert facts["upgrades"][0]["state"] == "balanced"
    # R6 sums all kinds, so the balance ends when the temporary base expires.
    assert facts["forecast"][0]["upgrades_ok"] is False
    assert facts["forecast"][0]["edition"] == "standard"


def test_r4_mixed_editions_and_r8_no_downgrade(system, lic, now):
    facts = derive(system([lic("a", "vms_standard", 2), lic("b", "vms_enterprise", 2)]), now).facts
    assert facts["effective"]["editions"] == ["standard", "enterprise"]
    assert facts["effective"]["edition"] == "standard"
    assert facts["effective"]["products"][0]["quantity"] == 4
    down = [lic("a", "vms_enterprise", 4), lic("b", "vms_enterprise_to_standard", 4)]
    facts = derive(system(down), now).facts
    assert facts["effective"]["edition"] == "enterprise"
    assert facts["upgrades"] == [
        {"arch": "x86_64", "from": "enterprise", "to": "standard", "base": 4, "quantity": 4,
         "state": "no_such_upgrade"}
    ]  # fmt: skip
    assert facts["catalog"]["unrecognized"] == ["vms_enterprise_to_standard"]


def test_an_upgrade_of_the_other_architecture(system, lic, hosts, now):
    mixed = hosts(2) + hosts(2, arch="aarch64", start=2)
    items = [lic("a", "vms_standard", 2), lic("b", "vms_standard", 2, "aarch64")]
    items.append(lic("c", "vms_standard_to_enterprise", 4))
    assert derive(system(items, mixed), now).facts["upgrades"][0]["state"] == "over"
    items[2]["arch"] = "aarch64"
    items[1]["product"] = "vms_enterprise"
    row = derive(system(items, mixed), now).facts["upgrades"][0]
    assert (row["arch"], row["base"], row["state"]) == ("aarch64", 0, "arch_mismatch")


def test_editions_must_match_across_architectures(system, lic, hosts, now):
    mixed = hosts(2) + hosts(2, arch="aarch64", start=2)
    items = [lic("a", "vms_standard", 2), lic("b", "vms_enterprise", 2, "aarch64")]
    facts = derive(system(items, mixed), now).facts
    assert facts["effective"]["editions"] == ["standard", "enterprise"]
    assert facts["effective"]["edition"] == "standard"
    rows = facts["effective"]["products"]
    assert [(row["product"], row["arch"], row["quantity"], row["missing"]) for row in rows] == [
        ("vms_standard", "x86_64", 2, 0), ("vms_enterprise", "aarch64", 2, 0),
    ]  # fmt: skip


def test_sockets_count_for_their_own_architecture(system, lic, hosts, now):
    mixed = hosts(2) + hosts(2, arch="aarch64", start=2)
    rows = derive(system([lic("a", "vms_standard", 4)], mixed), now).facts["effective"]["products"]
    assert [(row["arch"], row["quantity"], row["used"], row["missing"]) for row in rows] == [
        ("x86_64", 4, 2, 0), ("aarch64", 0, 2, 2),
    ]  # fmt: skip


# -- with bounds: each result must be true for every possible quantity --

_bounds = st.tuples(st.integers(0, 3), st.integers(0, 2)).map(
    lambda pair: Interval(pair[0], pair[0] + pair[1])
)


def _named(names, values):
    return dict(zip(names, values, strict=True))


def _points(interval):
    return range(interval.low, interval.high + 1)


@settings(max_examples=100, deadline=None)
@given(st.lists(_bounds, min_size=3, max_size=3), st.lists(_bounds, min_size=3, max_size=3))
def test_bounds_are_true_for_every_possible_quantity(bases, upgrades):
    claim = resolve(_named(EDITIONS, bases), _named(UPGRADE_PATHS, upgrades))
    claimed_states = {(u.source, u.target): u.state for u in claim.upgrades}
    for point in itertools.islice(itertools.product(*(_points(i) for i in bases + upgrades)), 729):
        truth = run(_named(EDITIONS, point[:3]), _named(UPGRADE_PATHS, point[3:]))
        for edition in EDITIONS:
            value, bound = truth.held[edition].low, claim.held[edition]
            assert bound.low <= value <= bound.high
        assert truth.possible_lowest <= claim.possible_lowest
        assert claim.quantity.low <= truth.quantity.low <= claim.quantity.high
        if claim.upgrades_ok is not None:
            assert truth.upgrades_ok is claim.upgrades_ok
        for upgrade in truth.upgrades:
            assert claimed_states[(upgrade.source, upgrade.target)] in (None, upgrade.state)


def test_an_unbounded_quantity_is_never_reported_as_balanced():
    balance = resolve({STANDARD: Interval(4, None)}, {S2E: exactly(8)})
    assert balance.upgrades[0].state is None
    assert balance.possible_lowest == {STANDARD, ENTERPRISE}
    assert balance.quantity == Interval(4, None)
    assert resolve({STANDARD: Interval(9, None)}, {S2E: exactly(8)}).upgrades[0].state == SHORT


def test_edition_enum_order_is_the_upgrade_order():
    assert [path[0].rank < path[1].rank for path in UPGRADE_PATHS] == [True] * 3
    assert Edition.STANDARD is STANDARD
