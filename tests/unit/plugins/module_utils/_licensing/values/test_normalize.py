# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Normalization of spellings: recognized spellings, and values that are never guessed."""

from __future__ import annotations

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.values.license_row import (
    normalize_arch,
    normalize_count,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.values.version import parse_version


@pytest.mark.parametrize(
    ("text", "arch"),
    [
        *((text, "x86_64") for text in ("x86_64", "X86_64", "x86-64", "amd64", "AMD64", "x64", "X64")),
        *((text, "aarch64") for text in ("aarch64", "AArch64", "AARCH64", "arm64", "ARM64")),
    ],
)
def test_other_spellings_of_an_architecture(text, arch):
    assert normalize_arch(text) == arch


@pytest.mark.parametrize(
    "value",
    [
        "x86",
        "i386",
        "arm",
        "amd64x",
        " amd64",
        "ARM版",
        "鲲鹏",
        "\u0430arch64",
        "any",
        "",
        None,
        64,
        ["amd64"],
    ],
)
def test_an_architecture_is_never_guessed(value):
    assert normalize_arch(value) == value


@pytest.mark.parametrize(("text", "count"), [("0", 0), ("4", 4), ("04", 4), ("1" * 18, int("1" * 18))])
def test_decimal_text_is_a_number(text, count):
    assert normalize_count(text) == count


@pytest.mark.parametrize(
    "value", ["", " 4", "4 ", "+4", "-4", "4.0", "4e1", "0x4", "４", "四", "4 CPU", "1" * 19, True, None, 4.0]
)
def test_a_number_is_never_guessed(value):
    assert normalize_count(value) is value


@pytest.mark.parametrize(
    ("text", "bare"),
    [("e0760p03h08", "E0760P03H08"), ("E0760p03", "E0760P03"), ("cvk 7.0 (e0710)", "E0710"),
     ("v7.0 (e0710)", "E0710"), ("7.0 (E0710)", "E0710"), ("e0760-beta", "E0760-beta")],
)  # fmt: skip
def test_versions_in_lower_case_and_with_surrounding_text(text, bare):
    assert parse_version(text).text == bare
