# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions: observed forms, order, and ranges (R2, R28)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.unicloud.usphere.plugins.module_utils._errors import LicensingError
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.values.version import (
    compare,
    parse_range,
    parse_version,
)


@pytest.mark.parametrize(
    ("text", "bare", "key"),
    [
        ("E0710", "E0710", (710, 0, 0, 0)),
        ("E0730P11H07", "E0730P11H07", (730, 11, 7, 0)),
        ("E0760P03H08", "E0760P03H08", (760, 3, 8, 0)),
        ("E0535H03", "E0535H03", (535, 0, 3, 0)),
        ("E0783", "E0783", (783, 0, 0, 0)),
        ("e0760p03h08", "E0760P03H08", (760, 3, 8, 0)),
        ("cvk 7.0 (e0710)", "E0710", (710, 0, 0, 0)),
        ("R0785P03", "R0785P03", (785, 3, 0, 0)),
        ("E0760P03L02", "E0760P03L02", (760, 3, 0, 2)),
        ("E0760-beta", "E0760-beta", (760, 0, 0, 0)),
        ("CVK 7.0 (E0710)", "E0710", (710, 0, 0, 0)),
        ("V7.0 (E0710)", "E0710", (710, 0, 0, 0)),
        ("7.0 (E0760P03)", "E0760P03", (760, 3, 0, 0)),
        (" E0710\n", "E0710", (710, 0, 0, 0)),
    ],
)
def test_every_observed_form_is_parsed(text, bare, key):
    version = parse_version(text)
    assert (version.text, version.key) == (bare, key)


@pytest.mark.parametrize(
    "text",
    ["", "V700R001B02", "E710", "E07600", "E0760P3", "E0760H01P02", "E0760 P03", "E0760-", "7.0",
     "E0７６0", "CVK 7.0 (E0710) x", "7.0 (V700R001)", "E0760\nE0730", None, 760, ["E0760"],
     "E" + "0" * 100000],
)  # fmt: skip
def test_any_other_text_is_an_error_that_shows_it(text):
    with pytest.raises(LicensingError) as caught:
        parse_version(text)
    assert caught.value.code == "version_unparseable"
    assert len(str(caught.value.fields["text"])) < 100


@pytest.mark.parametrize(("text", "series"), [("E0710", "7.0"), ("E0535H03", "5.0"), ("E0306", "3.0"),
                                              ("E0218", "2.0"), ("E0612", None)])  # fmt: skip
def test_the_digits_give_the_series(text, series):
    assert parse_version(text).series == series


def test_family_a_starts_with_7_0():
    assert parse_version("E0700").covers_license_server
    assert not parse_version("E0699P99").covers_license_server


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        ("E0730P05H09", "E0730P06"),
        ("E0730H03", "E0730P01"),
        ("E0730P06", "E0730P06H01"),
        ("E0730P06H01", "E0730P06H01L01"),
        ("E0730P11H07", "E0760"),
        ("E0730P06", "R0785"),
    ],
)
def test_order_is_number_then_patch_then_hotfix_then_limited(lower, higher):
    assert compare(parse_version(lower), parse_version(higher)) == -1
    assert compare(parse_version(higher), parse_version(lower)) == 1


def test_equal_digits_with_different_letters_cannot_be_compared():
    assert compare(parse_version("E0785"), parse_version("R0785P03")) is None
    assert parse_range(">=E0785").contains(parse_version("R0785P03")) is None
    assert parse_range("==E0785").contains(parse_version("R0785")) is None


def test_a_word_in_the_version_does_not_affect_the_order():
    assert compare(parse_version("E0760P03-arm"), parse_version("E0760P03")) == 0


@pytest.mark.parametrize(
    ("version", "inside"),
    [("E0730P05H09", False), ("E0730P06", True), ("E0749", True), ("E0750", False), ("E0755P02", False),
     ("E0760", True), ("E0783", True)],
)  # fmt: skip
def test_a_range_of_parallel_branches(version, inside):
    assert parse_range(">=E0730P06,<E0750 || >=E0760").contains(parse_version(version)) is inside


def test_range_operators():
    version = parse_version("E0730P06")
    for text, holds in [
        ("==E0730P06", True), ("!=E0730P06", False), ("<E0730P06", False), ("<=E0730P06", True),
        (">E0730P06", False), (">= E0730P06", True), (">E0730P05H99,!=E0730P07", True),
    ]:  # fmt: skip
        assert parse_range(text).contains(version) is holds, text


def test_an_unknown_version_is_in_an_unknown_position():
    assert parse_range(">=E0710 || <E0710").contains(None) is None


def test_one_true_alternative_decides_beside_an_unknown_one():
    assert parse_range("==E0785 || >=E0760").contains(parse_version("R0785")) is True
    assert parse_range("==E0785,<E0760").contains(parse_version("R0785")) is False


@pytest.mark.parametrize(
    ("text", "part"),
    [("", ""), (">=E0730P06,", ""), ("E0730", "E0730"), (">=E0730 || ", ""), ("=>E0730", "=>E0730"),
     (">=V700R001", ">=V700R001"), ("~E0730", "~E0730"), (">=E0730 <E0750", ">=E0730 <E0750")],
)  # fmt: skip
def test_an_invalid_range_error_names_its_part(text, part):
    with pytest.raises(LicensingError) as caught:
        parse_range(text)
    assert caught.value.code == "version_range_unparseable"
    assert caught.value.fields["part"] == part


_numbers = st.tuples(st.integers(0, 9999), st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))


@settings(max_examples=60)
@given(_numbers, _numbers)
def test_the_order_is_the_order_of_the_numbers(left, right):
    def text(numbers):
        return "E{:04d}P{:02d}H{:02d}L{:02d}".format(*numbers)

    order = compare(parse_version(text(left)), parse_version(text(right)))
    assert order == (left > right) - (left < right)


@settings(max_examples=80)
@given(st.text(max_size=70))
def test_any_text_is_a_version_or_a_documented_error(text):
    try:
        version = parse_version(text)
    except LicensingError:
        return
    assert parse_version(version.text) == version
