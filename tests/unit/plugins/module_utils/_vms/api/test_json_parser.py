# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parse fields of answers: known quirks are accepted; all other values are unknown with a reason."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.json_parser import (
    EnvelopeFailed,
    JsonRow,
    NotJson,
    WrongShape,
    parse_json,
    rows_of,
    unwrapped,
)

FIELDS = {"n": ("number", "other"), "items": ("items",), "items.n": ("number",)}


def row(**values: object) -> JsonRow:
    return JsonRow(values, FIELDS)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(2, 2), ("2", 2), (" 2 ", 2), ("-1", -1), (2.0, 2), ("+3", 3), (0, 0)],
)
def test_numbers_in_both_styles(value: object, expected: int) -> None:
    found = row(number=value)
    assert found.integer("n") == expected
    assert found.unknown == {}


@pytest.mark.parametrize("value", ["two", "2.5", 2.5, True, [], {}, "9" * 16, "0x2", "٢"])
def test_an_invalid_number_is_unknown(value: object) -> None:
    found = row(number=value)
    assert found.integer("n") is None
    assert found.unknown == {"n": "type"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, True),
        ("true", True),
        ("TRUE", True),
        (1, True),
        ("1", True),
        (False, False),
        ("false", False),
        (0, False),
    ],
)
def test_booleans_in_all_styles(value: object, expected: bool) -> None:
    assert row(number=value).boolean("n") is expected


@pytest.mark.parametrize("value", ["yes", 2, [], {}])
def test_an_invalid_boolean_is_unknown(value: object) -> None:
    found = row(number=value)
    assert found.boolean("n") is None
    assert found.unknown == {"n": "type"}


@pytest.mark.parametrize(
    ("values", "reason"), [({}, "absent"), ({"number": None}, "null"), ({"number": ""}, "absent")]
)
def test_a_missing_field_is_unknown(values: dict[str, object], reason: str) -> None:
    found = row(**values)
    assert found.integer("n") is None
    assert found.unknown == {"n": reason}


def test_an_alternative_spelling_is_used() -> None:
    assert row(number=None, other=3).integer("n") == 3


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-12-06T00:00:00Z", "2026-12-06T00:00:00Z"),
        ("2026-12-06T08:00:00+08:00", "2026-12-06T00:00:00Z"),
        ("2026-12-06T08:00:00.123+0800", "2026-12-06T00:00:00Z"),
        ("2026-12-06 00:00:00", "2026-12-06T00:00:00Z"),
        ("2026-12-06", "2026-12-06T00:00:00Z"),
        (1796515200000, "2026-12-06T00:00:00Z"),
        ("1796515200000", "2026-12-06T00:00:00Z"),
    ],
)
def test_times_are_parsed(value: object, expected: str) -> None:
    assert row(number=value).instant("n") == expected


@pytest.mark.parametrize(
    "value",
    [
        "never",
        "2026-13-01",
        "soon",
        0,
        -1,
        10**18,
        "2026-12-06T25:00:00Z",
        [],
        "0001-01-01T00:00:00Z",
        "1970-01-01",
    ],
)
def test_an_invalid_time_is_unknown(value: object) -> None:
    found = row(number=value)
    assert found.instant("n") is None
    assert found.unknown == {"n": "type"}


def test_an_expiry_may_be_never() -> None:
    assert row(number="never").end("n") == "never"


def test_text_is_one_printable_line() -> None:
    assert row(number="a\x1b[31m\r\nb\u202e").text("n") == "a [31m  b"
    assert row(number=7).text("n") == "7"
    assert row(number="x" * 2000).text("n") is None
    assert row(number=["x"]).text("n") is None


def test_rows_inside_rows() -> None:
    assert [inner.integer("n") for inner in row(items={"number": 1}).rows("items")] == [1]
    assert [inner.integer("n") for inner in row(items=[{"number": 1}, {"number": "2"}]).rows("items")] == [
        1,
        2,
    ]
    assert row().rows("items") == []
    with pytest.raises(WrongShape):
        row(items="x").rows("items")


def test_a_field_that_no_profile_maps_is_never_read() -> None:
    assert row(pwd="geheim").text("pwd") is None


def test_an_id_is_required() -> None:
    with pytest.raises(WrongShape):
        row().identifier("n")


def test_an_envelope_without_data_is_empty() -> None:
    assert unwrapped({"state": 0, "message": "ok"}) is None
    assert unwrapped({"state": "connected"}) == {"state": "connected"}


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["number", "items", "x"]), inner)
    ),
    max_leaves=12,
)


@given(JSON)
def test_no_answer_crashes_the_reader(value: Any) -> None:
    with contextlib.suppress(WrongShape, EnvelopeFailed):
        for values in rows_of(unwrapped(value)):
            found = JsonRow(values, FIELDS)
            for read in (found.text, found.integer, found.boolean, found.instant, found.end):
                assert read("n") is not None or found.unknown["n"] in ("absent", "null", "type")
            found.rows("items")


@given(st.binary(max_size=60) | st.text(max_size=40).map(str.encode))
def test_no_bytes_crash_the_parser(body: bytes) -> None:
    try:
        parse_json(body)
    except NotJson as error:
        problem = error.problem
    else:
        problem = ""
    assert problem in ("", "html", "truncated", "not_json")
