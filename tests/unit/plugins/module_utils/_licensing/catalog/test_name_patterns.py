# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patterns of product names: whole names, any case, and time that does not grow with the asterisks."""

from __future__ import annotations

import fnmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.catalog.name_patterns import (
    first_match,
    is_match,
)


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("ONEStor*", "ONEStor Standard", True),
        ("onestor*", "ONEStor", True),
        ("ONEStor", "ONEStor Standard", False),
        ("ONEStor ?", "ONEStor X", True),
        ("ONEStor ?", "ONEStor ", False),
        ("*Stor*", "ONEStor Standard", True),
        ("*stor", "ONEStor Standard", False),
        # Brackets are part of a name.
        ("ONEStor [SSD]", "ONEStor [SSD]", True),
        ("ONEStor [SSD]", "ONEStor S", False),
        ("存储*", "存储服务", True),
        ("*", "", True),
        ("", "", True),
        ("", "a", False),
    ],
)
def test_a_pattern_matches_whole_names(pattern: str, name: str, expected: bool) -> None:
    assert is_match(pattern, name) is expected


@given(st.text("ab*?", max_size=8), st.text("ab", max_size=10))
def test_asterisks_and_question_marks_are_those_of_the_shell(pattern: str, name: str) -> None:
    assert is_match(pattern, name) == fnmatch.fnmatchcase(name, pattern)


def test_many_asterisks_end() -> None:
    assert not is_match("*a" * 128 + "b", "a" * 256)


def test_the_first_pattern_that_matches_is_returned() -> None:
    assert first_match(("x", "a*", "ab"), "AB") == "a*"
    assert first_match((), "ab") is None
