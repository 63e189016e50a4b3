# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Normalization: one traversal, plain data, undefined values rejected, no type conversion."""

from __future__ import annotations

import collections
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from jinja2 import StrictUndefined, Undefined

from ansible_collections.unicloud.usphere.plugins.module_utils._pointer import MISSING
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import FactsError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents.plain_data import normalize
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.facts.facts import Facts


class Tagged(str):
    """A stand-in for Ansible's tagged text."""


class Count(int):
    """A stand-in for Ansible's tagged numbers."""


def test_subclasses_become_plain() -> None:
    given = collections.OrderedDict([(Tagged("a"), [Tagged("x"), Count(3), True, None, 1.5]), ("t", (1,))])
    plain: Any = normalize(given)
    assert plain == {"a": ["x", 3, True, None, 1.5], "t": [1]}
    assert plain.__class__ is dict
    assert next(iter(plain)).__class__ is str
    assert [item.__class__ for item in plain["a"]] == [str, int, bool, type(None), float]


def test_dates_become_iso_text() -> None:
    offset = timezone(timedelta(hours=8))
    assert normalize(
        [date(2026, 12, 1), datetime(2026, 12, 1, 10), datetime(2026, 12, 1, 10, tzinfo=offset)]
    ) == ["2026-12-01", "2026-12-01T10:00:00", "2026-12-01T02:00:00Z"]


def deep(levels: int) -> Any:
    value: Any = 1
    for _level in range(levels):
        value = [value]
    return value


def cyclic() -> Any:
    value: list[Any] = []
    value.append(value)
    return value


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"a": [Undefined(name="x")]}, "facts_undefined"),
        (StrictUndefined(name="x"), "facts_undefined"),
        ({"a": float("nan")}, "facts_not_finite"),
        ([float("-inf")], "facts_not_finite"),
        ({"a": 10**100_000}, "facts_number_size"),
        ({"a": b"bytes"}, "facts_value"),
        ({"a": {1, 2}}, "facts_value"),
        ({1: "a"}, "facts_key"),
        (deep(10_000), "facts_too_deep"),
        (cyclic(), "facts_too_deep"),
    ],
)
def test_invalid_values_are_rejected(value: object, code: str) -> None:
    with pytest.raises(FactsError) as caught:
        normalize(value)
    assert caught.value.code == code
    assert caught.value.text("en")
    assert caught.value.text("zh")


def test_an_unknown_pointer_includes_all_below_and_an_incomplete_list_does_not() -> None:
    facts = Facts(
        {"l": {"items": [1]}, "a": {"b": None}}, {"/u": "stale"}, incomplete=frozenset(("/l/items",))
    )
    assert facts.reason("/u/deep/er") == "stale"
    assert facts.reason("/l/items") == "absent"
    assert facts.reason("/l/items/0") == ""
    assert facts.value("/l/items/0") == 1
    assert facts.value("/a/b") is MISSING
    assert facts.value("/a/c") is MISSING
