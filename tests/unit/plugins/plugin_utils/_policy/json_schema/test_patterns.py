# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Regular expressions: the results of Python's re, within a limit of time."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import COMPLIANT, verdict, violations

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.constraints import (
    re_patterns as patterns,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.constraints.re_patterns import (
    matching,
    pattern_problem,
)

HOSTILE = "^(?=(a+)+$)(a+)+$"
ENDLESS = "a" * 40 + "!"


@pytest.mark.parametrize("pattern", ["^a.c$", "^(?!b)", "\\d+$", "\\s", "[^x]", "(a)\\1", "^$", "a|b", "\\w"])
@pytest.mark.parametrize("text", ["abc", "abc\n", "b", "٣", "\x1c", "é", "aa", "", "x"])
def test_a_pattern_matches_as_in_re(pattern: str, text: str) -> None:
    assert (text in matching(pattern, [text])) is (re.search(pattern, text) is not None)


@settings(max_examples=300, deadline=None)
@given(
    st.text("ab^$.|*+?()[]-\\dws{1,}", max_size=8).filter(lambda text: "\\" not in text or len(text) < 6),
    st.text("abd1 -\n", max_size=6),
)
def test_a_random_pattern_matches_as_in_re(pattern: str, text: str) -> None:
    if patterns._linear(pattern) is None:
        return  # matched by re itself, in a child process
    assert (text in matching(pattern, [text])) is (re.search(pattern, text) is not None)


def test_a_pattern_beyond_the_limit_is_an_error_and_not_a_verdict() -> None:
    for schema, facts in (
        ({"pattern": HOSTILE}, ENDLESS),
        ({"patternProperties": {HOSTILE: False}}, {ENDLESS: 1}),
        ({"patternProperties": {HOSTILE: True}, "additionalProperties": False}, {ENDLESS: 1}),
        ({"patternProperties": {HOSTILE: True}, "unevaluatedProperties": False}, {ENDLESS: 1}),
    ):
        with pytest.raises(PolicyError) as caught:
            verdict(schema, facts)
        assert caught.value.code == "json_schema_pattern_limit"


def test_nested_repetitions_without_look_around_take_linear_time() -> None:
    assert violations({"pattern": "^(a+)+$"}, ENDLESS) == [("", "pattern")]


def test_a_pattern_of_another_engine_is_refused() -> None:
    assert "bad escape" in pattern_problem("\\p{L}")
    assert pattern_problem("a" * 5000)
    assert pattern_problem("^(?!x)") == ""


def test_look_ahead_is_matched_in_a_child_process() -> None:
    assert verdict({"pattern": "^(?!x)"}, "abc") == COMPLIANT
    assert violations({"pattern": "^(?!x)"}, "xbc") == [("", "pattern")]
