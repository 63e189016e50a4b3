# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fields are read from the places of the profile; values that cannot be read are unknown with a reason."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.rows import (
    JsonRow,
    ResponseScope,
    WrongShape,
    rows_of,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.fields import (
    FieldMap,
    PathStep,
    ResponsePart,
    Source,
)

from .mapped_rows import FIELDS, body, kept, mapped, response, row


@pytest.mark.parametrize(
    ("value", "expected"),
    [(2, 2), ("2", 2), (" 2 ", 2), (2.0, 2), ("+3", 3), (0, 0)],
)
def test_numbers_in_both_styles(value: object, expected: int) -> None:
    found = row(number=value)
    assert found.integer("n") == expected
    assert found.unknown == {}


@pytest.mark.parametrize("value", [-1, "-1", -2.0])
def test_a_negative_count_is_unknown(value: object) -> None:
    found = row(number=value)
    assert found.integer("n") is None
    assert found.unknown["n"] == "value"


@pytest.mark.parametrize("value", ["two", "2.5", 2.5, True, [], {}, "9" * 16, 10**15, 1e308, "0x2", "٢"])
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


@pytest.mark.parametrize("first", [None, ""])
def test_the_first_alternative_with_a_value_counts(first: object) -> None:
    assert row(number=first, other=3).integer("n") == 3
    assert row(number=0, other=3).integer("n") == 0


@pytest.mark.parametrize(
    ("values", "expected", "reason"),
    [
        ({"cpu": {"sockets": 2}}, 2, None),
        ({"cpu": [{"sockets": 2}]}, 2, None),
        ({"cpu": {"sockets": None}}, None, "null"),
        ({"cpu": {}}, None, "absent"),
        ({"cpu": None}, None, "absent"),
        ({"cpu": []}, None, "type"),
        ({"cpu": 2}, None, "type"),
        ({"cpu": [{"sockets": 2}, {"sockets": 2}]}, None, "type"),
        ({}, None, "absent"),
    ],
)
def test_a_nested_field(values: dict[str, object], expected: int | None, reason: str | None) -> None:
    found = JsonRow(values, {"n": FieldMap((body("cpu", "sockets"),))})
    assert found.integer("n") == expected
    assert found.unknown.get("n") == reason


VERSION = FieldMap((Source(ResponsePart.BODY, (PathStep("keyValue", ("key", "版本")), PathStep("value"))),))


@pytest.mark.parametrize(
    ("rows", "expected", "reason"),
    [
        ([{"key": "型号", "value": "x"}, {"key": "版本", "value": "E0218"}], "E0218", None),
        ({"key": "版本", "value": "E0218"}, "E0218", None),
        ([{"key": "版本", "value": "E0218"}] * 2, "E0218", None),
        ([{"key": "版本", "value": "E0218"}, {"key": "版本", "value": "E0219"}], None, "value"),
        ([{"key": "版本"}], None, "absent"),
        ([{"key": "型号", "value": "x"}, 7, None], None, "absent"),
        ("x", None, "absent"),
    ],
)
def test_a_row_is_picked_by_its_key(rows: object, expected: str | None, reason: str | None) -> None:
    found = JsonRow({"keyValue": rows}, {"n": VERSION})
    assert found.text("n") == expected
    assert found.unknown.get("n") == reason


def test_a_path_from_the_root_is_read_beside_the_data() -> None:
    scope = ResponseScope(root={"code": 7, "data": {"code": 1}})
    field = {"n": FieldMap((body("code", from_root=True),)), "own": FieldMap((body("code"),))}
    found = JsonRow({"code": 1}, field, scope=scope)
    assert (found.integer("n"), found.integer("own")) == (7, 1)


def test_headers_status_and_cookies_are_sources() -> None:
    fields = {
        "type": FieldMap((Source(ResponsePart.HEADER, name="TYPE"), body("type"))),
        "status": FieldMap(
            (Source(ResponsePart.STATUS),), values={"202": False, "200": True}, has_values=True
        ),
        "cookie": FieldMap((Source(ResponsePart.COOKIE, name="JSESSIONID"),)),
        "none": FieldMap((Source(ResponsePart.HEADER, name="X-None"),)),
    }
    answer = response(("type", "1"), ("Set-Cookie", "JSESSIONID=abc; Path=/"), status=202)
    found = JsonRow({"type": 2}, fields, scope=ResponseScope({}, answer))
    assert (found.text("type"), found.boolean("status"), found.text("cookie")) == ("1", False, "abc")
    assert found.text("none") is None
    assert found.unknown == {"none": "absent"}
    without = JsonRow({"type": 2}, fields, scope=ResponseScope({}, response(status=200)))
    assert (without.text("type"), without.boolean("status"), without.text("cookie")) == ("2", True, None)


def test_a_header_that_was_added_twice_is_no_number() -> None:
    fields = {"n": FieldMap((Source(ResponsePart.HEADER, name="Total"),))}
    found = JsonRow({}, fields, scope=ResponseScope({}, response(("Total", "1"), ("Total", "7"))))
    assert (found.integer("n"), found.unknown) == (None, {"n": "type"})


TABLE: dict[str, Any] = {"values": {"17": "aarch64", "0": "x86_64", "true": "x86_64"}, "has_values": True}


@pytest.mark.parametrize(
    ("value", "expected", "reason"),
    [
        (17, "aarch64", None),
        ("17", "aarch64", None),
        (" 17 ", "aarch64", None),
        (17.0, "aarch64", None),
        (0, "x86_64", None),
        (True, "x86_64", None),
        (99, None, "value"),
        ("aarch64", None, "value"),
        ([], None, "absent"),
        ({}, None, "type"),
        ([17], "aarch64", None),
    ],
)
def test_a_value_table(value: object, expected: str | None, reason: str | None) -> None:
    found = mapped(value, **TABLE)
    if isinstance(value, list):
        assert found.texts("n") == ((expected,) if expected else ())
        return
    assert found.choice("n", ("x86_64", "aarch64")) == expected
    assert found.unknown.get("n") == reason


@pytest.mark.parametrize(("value", "reason"), [("mips", "value"), (7, "value"), ([], "type"), (None, "null")])
def test_a_choice_without_a_table(value: object, reason: str) -> None:
    found = mapped(value)
    assert found.choice("n", ("x86_64",)) is None
    assert found.unknown == {"n": reason}
    assert mapped("x86_64").choice("n", ("x86_64",)) == "x86_64"


@pytest.mark.parametrize(
    ("value", "expected", "reason"),
    [
        ("/api/jobs/17", "17", None),
        ("https://h:1/jobs/old/jobs/17", "17", None),
        ("/api/tasks/17", None, "value"),
        ("/api/jobs/", None, "value"),
        ({}, None, "type"),
    ],
)
def test_the_text_after_a_prefix(value: object, expected: str | None, reason: str | None) -> None:
    found = mapped(value, after="/jobs/")
    assert found.text("n") == expected
    assert found.unknown.get("n") == reason


@pytest.mark.parametrize(
    ("value", "read", "unread"),
    [
        (1893456000, JsonRow.instant, {"n": "1893456000"}),
        (1893456000, JsonRow.end, {"n": "1893456000"}),
        ("soon", JsonRow.end, {"n": "soon"}),
        ("two", JsonRow.integer, {"n": "two"}),
        ("perhaps", JsonRow.boolean, {"n": "perhaps"}),
        ("mips", lambda found, name: found.choice(name, ("x86_64",)), {"n": "mips"}),
        ("x" * 100, JsonRow.integer, {"n": "x" * 80 + "…"}),
        # A text may be secret, nothing is no value, and 0 is a time that is not set.
        (True, JsonRow.text, {}),
        ([], JsonRow.instant, {}),
        (None, JsonRow.integer, {}),
        (0, JsonRow.instant, {}),
    ],
)
def test_a_value_that_cannot_be_read_is_kept(value: object, read: Any, unread: dict[str, str]) -> None:
    found = mapped(value)
    assert read(found, "n") is None
    assert kept(found) == unread


def test_a_value_that_is_not_in_a_table_is_kept() -> None:
    found = mapped("18", **TABLE)
    assert found.choice("n", ("x86_64", "aarch64")) is None
    assert kept(found) == {"n": "18"}
    text = mapped("18", **TABLE)
    assert (text.text("n"), kept(text)) == (None, {})


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


def test_an_id_is_required_and_named_by_its_place() -> None:
    with pytest.raises(WrongShape) as caught:
        row().identifier("n")
    assert caught.value.expected == "number in every row"


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.dates().map(str),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["number", "items", "x"]), inner)
    ),
    max_leaves=12,
)


@given(JSON, st.sampled_from(["", "+14:00", "-12:00"]))
def test_no_answer_crashes_the_reader(value: Any, zone: str) -> None:
    fields = {**FIELDS, "n": FieldMap((body("number", "x"), body("number")), formats=("%d.%m.%Y",))}
    with contextlib.suppress(WrongShape):
        for values in rows_of(value):
            found = JsonRow(values, fields, scope=ResponseScope(values, base_zone=zone))
            for read in (found.text, found.integer, found.boolean, found.instant, found.end):
                assert read("n") is not None or found.unknown["n"] in ("absent", "null", "type", "value")
            found.rows("items")
