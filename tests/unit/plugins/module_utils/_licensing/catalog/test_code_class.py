# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixed and flexible (R24–R26; decisions 19, 20)."""

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
def test_r24_the_first_four_digits(code, found):
    assert code_class(code).value == found


@pytest.mark.parametrize(
    ("quantities", "unallocated", "overdrawn"), [([4], 6, 0), ([4, 6], 0, 0), ([4, 7], 0, 1), ([], 10, 0)]
)
def test_r26_10_is_4_now_and_6_later(quantities, unallocated, overdrawn):
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
def test_r25_d20_a_fixed_grant_is_whole_in_one_place(code, quantities, ok):
    assert grant_split(code, 10, quantities).splits_ok is ok


def test_the_systems_of_a_grant():
    split = grant_split("3132", 10, [1, 2, 3], ["hangzhou", "hangzhou", None])
    assert (split.allocations, split.systems, split.code_class) == (3, 2, CodeClass.FLEXIBLE)


def _fixed(*sizes):
    return [FixedLicense(f"f{index}", "vms_standard", "x86_64", size) for index, size in enumerate(sizes)]


def _quotas(*rooms):
    return {f"c{index}": {("vms_standard", "x86_64"): room} for index, room in enumerate(rooms)}


@pytest.mark.parametrize(
    ("sizes", "rooms", "unfit"),
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
def test_r25_d19_a_placement_must_exist(sizes, rooms, unfit):
    assert fixed_unfit(_fixed(*sizes), _quotas(*rooms)) == unfit


def test_r25_d19_one_client_no_quotas_and_mixed():
    assert fixed_unfit(_fixed(9), {"c": {("vms_standard", "x86_64"): 4}}) == ()
    assert fixed_unfit(_fixed(9), {"a": None, "b": None}) is None
    assert fixed_unfit(_fixed(9), {"a": None, "b": {}}) == ()
    assert fixed_unfit(_fixed(1), {"a": {}, "b": {}}) == ("f0",)


def test_a_search_without_end_is_given_up_as_unknown():
    sizes = [2 * n + 1 for n in range(40, 70)]
    rooms = [sum(sizes) // 7 + (n % 3) for n in range(7)]
    assert fixed_unfit(_fixed(*sizes), _quotas(*rooms)) in (None, (), ("f29",))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 6), max_size=5), st.lists(st.integers(0, 8), min_size=2, max_size=3))
def test_r25_d19_against_every_placement(sizes, rooms):
    def fits():
        for places in itertools.product(range(len(rooms)), repeat=len(sizes)):
            load = [0] * len(rooms)
            for size, place in zip(sizes, places, strict=True):
                load[place] += size
            if all(used <= room for used, room in zip(load, rooms, strict=True)):
                return True
        return False

    assert (fixed_unfit(_fixed(*sizes), _quotas(*rooms)) == ()) is fits()
