# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the next fetch gives: quotas limit it, and a fixed license is drawn completely or not at all (R25)."""

from __future__ import annotations

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.rules.quotas import (
    Beyond,
    Stock,
    amounts,
    beyond_supply,
    is_share_unmet,
    line_of,
)

LINE = line_of("vms_standard", "x86_64")
ARM = line_of("vms_standard", "aarch64")
FIXED, FLEXIBLE = "3130A0XY", "3132A0XY"


def unmet(bound: int, held: int, *stocks: Stock, other_bound: int | None = None) -> bool:
    quotas = {"own": {LINE: bound} if bound else {}}
    if other_bound is not None:
        quotas["other"] = {LINE: other_bound}
    return is_share_unmet("own", quotas, {LINE: held} if held else {}, stocks)


def stock(quantity: int, code: str | None = FLEXIBLE, **held: int) -> Stock:
    return Stock(LINE, quantity, code, held)


@pytest.mark.parametrize(
    ("bound", "held", "found"),
    [(4, 8, True), (8, 8, False), (6, 4, True), (4, 4, False)],
)
def test_a_quota_limits_what_is_held_from_both_sides(bound: int, held: int, found: bool) -> None:
    assert unmet(bound, held, stock(8, own=held)) is found


@pytest.mark.parametrize(("bound", "found"), [(7, False), (8, True), (9, True)])
def test_a_fixed_license_is_drawn_completely_or_not_at_all(bound: int, found: bool) -> None:
    assert unmet(bound, 0, stock(8, FIXED)) is found
    assert unmet(bound, 0, stock(8, None)) is True


def test_a_fixed_license_partly_held_by_another_client_has_nothing_left() -> None:
    assert stock(8, FIXED, other=3).free == 0
    assert stock(8, FLEXIBLE, other=3).free == 5


@pytest.mark.parametrize(("waits", "found"), [(1, True), (2, False), (3, False)])
def test_quantities_reserved_by_another_quota_are_not_available(waits: int, found: bool) -> None:
    assert unmet(6, 4, stock(8, own=4, other=2), other_bound=2 + waits) is found


def test_another_line_does_not_help() -> None:
    assert not unmet(8, 4, stock(4, own=4), Stock(ARM, 8, FLEXIBLE))


@pytest.mark.parametrize(("others", "found"), [((), True), (("other",), False)])
def test_without_a_quota_only_a_single_client_has_a_claim(others: tuple[str, ...], found: bool) -> None:
    quotas = {name: {} for name in ("own", *others)}  # type: dict[str, dict[tuple[str, str], int]]
    assert is_share_unmet("own", quotas, {}, [stock(8)]) is found
    assert not is_share_unmet("own", quotas, {LINE: 8}, [stock(8, own=8)])


def test_more_assigned_than_available_leaves_nothing() -> None:
    assert stock(4, own=6).free == 0


def test_rows_of_one_line_are_one_amount() -> None:
    assert amounts([(LINE, 2), (ARM, 1), (LINE, 3)]) == {LINE: 5, ARM: 1}
    assert line_of("isc", "any") == line_of("isc", None)


@pytest.mark.parametrize(("promised", "found"), [(5, ()), (6, (Beyond(LINE, 6, 3, 8),))])
def test_all_quotas_together_do_not_exceed_the_available_quantity(
    promised: int, found: tuple[Beyond, ...]
) -> None:
    supply = [(LINE, 4), (LINE, 4), (ARM, 100)]
    assert beyond_supply({LINE: promised}, [{LINE: 1}, {LINE: 2}, {ARM: 9}], supply) == found


def test_an_unknown_quantity_leaves_only_its_own_line_unchecked() -> None:
    supply = [(LINE, 4), (LINE, None)]
    assert beyond_supply({LINE: 9, ARM: 1}, [], supply) == (Beyond(ARM, 1, 0, 0),)
