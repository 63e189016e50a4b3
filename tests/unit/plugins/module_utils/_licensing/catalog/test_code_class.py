# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixed and flexible license codes (R24–R26)."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.catalog.code_class import (
    CodeClass,
    FixedLicense,
    code_class,
    fixed_unfit,
    grant_split,
)


@pytest.mark.parametrize(
    ("code", "found"),
    [("3130A0XZ", "fixed"), ("3132A0XY", "flexible"), ("3199A0XY", "unknown"), ("3131", "unknown"),
     ("313", "unknown"), ("", "unknown"), (None, "unknown"), (" 3130", "unknown"), ("A3130", "unknown")],
)  # fmt: skip
def test_r24_the_first_four_digits_give_the_class(code, found):
    assert code_class(code).value == found


@pytest.mark.parametrize(
    ("quantities", "unallocated", "overdrawn"), [([4], 6, 0), ([4, 6], 0, 0), ([4, 7], 0, 1), ([], 10, 0)]
)
def test_r26_a_grant_of_10_can_be_split_into_4_and_6(quantities, unallocated, overdrawn):
    split = grant_split("3132A0XY", 10, quantities)
    assert (split.allocated, split.unallocated, split.overdrawn) == (sum(quantities), unallocated, overdrawn)
    assert split.splits_ok is True


@pytest.mark.parametrize(
    ("code", "quantities", "ok"),
    [("3130A0XZ", [], True), ("3130A0XZ", [10], True), ("3130A0XZ", [9], False), ("3130A0XZ", [11], True),
     ("3130A0XZ", [5, 5], False), ("3130A0XZ", [1, 1], False), ("3132A0XY", [], True),
     ("3132A0XY", [9], True), ("3132A0XY", [1, 1], True), ("3199", [], True), ("3199", [9], True),
     ("3199", [1, 1], None), (None, [9], True), (None, [1, 1], None)],
)  # fmt: skip
def test_r25_a_fixed_grant_is_not_split(code, quantities, ok):
    assert grant_split(code, 10, quantities).splits_ok is ok


def test_a_grant_split_counts_allocations_and_systems():
    split = grant_split("3132", 10, [1, 2, 3], ["hangzhou", "hangzhou", None])
    assert (split.allocations, split.systems, split.code_class) == (3, 2, CodeClass.FLEXIBLE)


def _fixed(*sizes):
    return [FixedLicense(f"f{index}", "vms_standard", "x86_64", size) for index, size in enumerate(sizes)]


def _quotas(*quotas):
    return {f"c{index}": {("vms_standard", "x86_64"): quota} for index, quota in enumerate(quotas)}


@pytest.mark.parametrize(
    ("sizes", "quotas", "unfit"),
    [
        ((4,), (4, 4), ()),
        ((5,), (4, 4), ("f0",)),
        ((4, 4), (8, 0), ()),
        ((4, 4), (4, 4), ()),
        ((5, 3), (4, 4), ("f0",)),
        ((6, 5, 4, 3, 2), (10, 10), ()),
        ((3, 3, 3), (5, 4), ("f0",)),
        ((), (1, 1), ()),
    ],
)
def test_r25_fixed_licenses_need_a_placement_within_the_quotas(sizes, quotas, unfit):
    assert fixed_unfit(_fixed(*sizes), _quotas(*quotas)) == unfit


def test_r25_placement_with_one_client_and_without_quotas():
    assert fixed_unfit(_fixed(9), {"c": {("vms_standard", "x86_64"): 4}}) == ()
    assert fixed_unfit(_fixed(9), {"a": None, "b": None}) is None
    assert fixed_unfit(_fixed(9), {"a": None, "b": {}}) == ()
    assert fixed_unfit(_fixed(1), {"a": {}, "b": {}}) == ("f0",)


def test_a_search_that_takes_too_long_ends_as_unknown():
    sizes = [2 * n + 1 for n in range(40, 70)]
    quotas = [sum(sizes) // 7 + (n % 3) for n in range(7)]
    assert fixed_unfit(_fixed(*sizes), _quotas(*quotas)) in (None, (), ("f29",))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 6), max_size=5), st.lists(st.integers(0, 8), min_size=2, max_size=3))
def test_r25_placement_matches_a_brute_force_search(sizes, quotas):
    def fits():
        for places in itertools.product(range(len(quotas)), repeat=len(sizes)):
            load = [0] * len(quotas)
            for size, place in zip(sizes, places, strict=True):
                load[place] += size
            if all(used <= quota for used, quota in zip(load, quotas, strict=True)):
                return True
        return False

    assert (fixed_unfit(_fixed(*sizes), _quotas(*quotas)) == ()) is fits()
