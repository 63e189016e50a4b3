# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The patterns of the profile: results equal to Python's, and linear time for any text."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.constraints.linear_regex import (
    PatternError,
    compile_pattern,
)

TEXTS = ["", "a", "b", "ab", "aab", "abc", "E0760P03", "E07", "xE0760", "a\nb", "-", "a-b", "$", "é", "٣"]


@pytest.mark.parametrize(
    "pattern",
    [
        "a",
        "^a",
        "a$",
        "^a$",
        "^$",
        "a*",
        "^a+b",
        "a?b",
        "^(a|b)$",
        "(?:ab|c)+",
        "[a-c]+$",
        "[^a]",
        r"^E07\d{2}",
        r"^E\d{4}(P\d{2})?$",
        "a{2}b",
        "a{1,}b",
        "^a{0,1}$",
        ".",
        r"\$",
        r"[\d-]",
        "[a-]",
        r"^\w+$",
        r"\S",
    ],
)
def test_patterns_agree_with_python(pattern: str) -> None:
    # In Python $ also matches before a final newline; in the profile only at the very end.
    reference = re.compile(
        pattern.replace("$", r"\Z") if not pattern.startswith("\\$") else pattern, re.ASCII
    )
    for text in TEXTS:
        assert compile_pattern(pattern).search(text) == bool(reference.search(text)), text


@pytest.mark.parametrize(
    "pattern",
    [
        "(a",
        "a)",
        "[a",
        "[]",
        "*a",
        "a**",
        "a{2",
        "a{3,2}",
        "a{999}",
        "(?=a)",
        "(?P<x>a)",
        r"\1",
        r"\b",
        "a^b",
        "a$b",
        "^a|b",
        "((((a{100}){100}){100}){100}",
        "(a{100}){100}",
        "[z-a]",
        "]",
        "(" * 60 + ")" * 60,
    ],
)
def test_patterns_outside_the_profile_are_rejected(pattern: str) -> None:
    with pytest.raises(PatternError):
        compile_pattern(pattern)


def test_catastrophic_patterns_are_linear() -> None:
    started = time.process_time()
    assert not compile_pattern("^(a+)+$").search("a" * 20_000 + "b")
    assert not compile_pattern("^(a|a)*$").search("a" * 20_000 + "b")
    assert time.process_time() - started < 20


@settings(max_examples=150, deadline=None)
@given(
    st.recursive(
        st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\d", "1"]),
        lambda inner: st.one_of(
            st.tuples(inner, inner).map("".join),
            st.tuples(inner, inner).map(lambda pair: f"({pair[0]}|{pair[1]})"),
            st.tuples(inner, st.sampled_from("*+?")).map(lambda pair: f"(?:{pair[0]}){pair[1]}"),
        ),
        max_leaves=8,
    ),
    st.text("ab1\n", max_size=8),
)
def test_random_patterns_agree_with_python(pattern: str, text: str) -> None:
    assert compile_pattern(pattern).search(text) == bool(re.search(pattern, text, re.ASCII))
    assert compile_pattern(f"^({pattern})$").search(text) == bool(re.fullmatch(pattern, text, re.ASCII))
