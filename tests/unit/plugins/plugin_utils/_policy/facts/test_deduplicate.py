# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Normalization of facts by their JSON text equals, in values and types, a traversal of each value."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import FactsError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents.plain_data import normalize
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.play_scope import (
    PlayScope,
    inputs,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.facts.deduplicate import (
    MOST,
    Distinct,
)

HostFacts = Callable[..., dict[str, Any]]


class Tagged(str):
    """Text as Ansible passes it; trusted as a template unless a host returned it."""

    trusted = False


class Trusted(Tagged):
    trusted = True


def is_template(value: str) -> bool:
    return "{{" in value and getattr(value, "trusted", False)


def plain_of(values: list[object]) -> list[object]:
    """Return the normalized facts of several hosts in one play."""
    hosts = {f"h{at}": {"usphere": value} for at, value in enumerate(values)}
    scope = PlayScope(tuple(hosts), frozenset(hosts), len(hosts))
    read, _outside = inputs(scope, hosts.get, is_template)
    return [outcome(each.facts) for each in read]


def traversed(value: object) -> object:
    """Return the facts of one host normalized by traversal: inside a list they are not deduplicated."""
    (found,) = plain_of([[value]])
    return found[0] if isinstance(found, list) else found


def outcome(value: object) -> object:
    try:
        return normalize(value)
    except FactsError as error:
        return error.code


def exact(value: object) -> object:
    """Return a form equal only for equal types: 1, 1.0 and true differ, as do plain and tagged text."""
    if isinstance(value, dict):
        return [(exact(key), exact(item)) for key, item in value.items()]
    if isinstance(value, list):
        return [exact(item) for item in value]
    return (type(value), repr(value))


TEXTS = st.sampled_from(["", "a", "NO", "{{ x }}", "{% if %}", "1", "null", "\ud800", 'q"\\u0041', "２"])
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, 1, -1, 8.1, 1.0, float("nan"), float("inf"), 2**63]),
    st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 12, 31)),
    st.builds(object),
    TEXTS,
    TEXTS.map(Tagged),
    TEXTS.map(Trusted),
)
NAMES = st.one_of(st.sampled_from(["subject", "source", "a", "1", "true"]), st.sampled_from([1, True, None]))
TREES = st.recursive(
    LEAVES,
    lambda below: st.one_of(
        st.lists(below, max_size=3),
        st.lists(below, max_size=3).map(tuple),
        st.dictionaries(NAMES.map(lambda name: Tagged(name) if name == "a" else name), below, max_size=4),
    ),
    max_leaves=12,
)


@given(st.lists(st.dictionaries(NAMES, TREES, max_size=4), min_size=1, max_size=3))
def test_the_result_equals_a_traversal(values: list[object]) -> None:
    # Each value twice: the second one gets the cached result of the first.
    expected = [exact(traversed(value)) for value in values]
    assert [exact(found) for found in plain_of([*values, *values])] == expected * 2


@pytest.mark.parametrize("first", [0, 1])
def test_host_text_and_a_template_are_not_confused(first: int) -> None:
    both = [{"version": {"vms": Trusted("{{ x }}")}}, {"version": {"vms": Tagged("{{ x }}")}}]
    found = plain_of(both if first == 0 else both[::-1])
    assert set(map(str, found)) == {"facts_template", str({"version": {"vms": "{{ x }}"}})}


def test_values_with_equal_json_are_distinguished() -> None:
    found = plain_of([{"a": {"1": 2}}, {"a": {1: 2}}, {"a": [1]}, {"a": (1,)}, {"a": True}, {"a": 1}])
    assert plain_of([{"a": 10**5000}]) == ["facts_number_size"]
    assert found == [{"a": {"1": 2}}, "facts_key", {"a": [1]}, {"a": [1]}, {"a": True}, {"a": 1}]
    assert [type(found[at]["a"]) for at in (4, 5)] == [bool, int]  # type: ignore[index]


def test_equal_facts_of_different_subjects_are_one_object(host_facts: HostFacts) -> None:
    def no_traversal(value: object) -> object:
        raise AssertionError(f"walked {value}")

    distinct = Distinct(no_traversal)
    client = {"/license_server/client": "hangzhou"}
    first, second = (
        distinct.plain(host_facts(changes={"/subject/id": Tagged(name), **client})) for name in ("a", "b")
    )
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert first["hosts"] is second["hosts"]
    assert (first["subject"]["id"], second["subject"]["id"]) == ("a", "b")
    assert list(first) == list(host_facts())


def test_the_cache_has_a_maximum_size() -> None:
    distinct = Distinct(lambda value: value)
    for at in range(MOST + 10):
        assert distinct.plain({"a": Tagged(at)}) == {"a": str(at)}
    assert len(distinct._known) == MOST


@pytest.mark.parametrize(
    "value", [{"a": 2**63}, {"a": float("nan")}, {1: 2}, {"a": object()}, [1], "x", None]
)
def test_other_values_are_passed_to_the_traversal(value: object) -> None:
    distinct = Distinct(lambda given: ("walked", given))
    for _turn in range(2):
        assert distinct.plain(value) == ("walked", value)
