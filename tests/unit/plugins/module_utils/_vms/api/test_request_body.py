# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Templates of calls: bodies in every encoding, targets and headers; no given value is lost."""

from __future__ import annotations

import email
import json
from typing import Any
from urllib.parse import parse_qs
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import NamedFile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.request_body import (
    Obstacle,
    Unsendable,
    encode,
    headers_of,
    target_of,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.tasks import ENCODERS
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.model import Call
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    OptionError,
)


def sent(encoding: str, body: Any, **values: Any) -> tuple[str, bytes]:
    content_type, content = encode("an_operation", Call("POST", "/x", encoding=encoding, body=body), values)
    assert content is not None
    return content_type, content


def parsed(content: bytes) -> ET.Element:
    return ET.fromstring(content)  # noqa: S314  the XML is made by the code under test


def sent_json(body: Any, **values: Any) -> Any:
    return json.loads(sent("json", body, **values)[1])


def test_values_keep_their_type_alone_and_are_text_inside_text() -> None:
    template = {"n": "{n}", "text": "n={n}!", "flag": "{flag}", "deep": {"list": ["{n}", "a{flag}"]}}
    assert sent_json(template, n=7, flag=True) == {
        "n": 7,
        "text": "n=7!",
        "flag": True,
        "deep": {"list": [7, "atrue"]},
    }


def test_literals_are_sent_as_they_are() -> None:
    template = {"a": "x", "b": 1, "c": False, "d": None, "e": [], "f": {}, "g": "{{n}}", "h": "{{{n}}}"}
    assert sent_json(template, n="v") == {**template, "g": "{n}", "h": "{v}"}


def test_a_key_without_a_value_is_omitted() -> None:
    template = {"a": "{a}", "b": "b{a}", "c": ["{a}"], "d": {"a": "{a}"}, "e": "{e}"}
    assert sent_json(template, a=None, e="") == {"d": {}, "e": ""}


@pytest.mark.parametrize(
    ("template", "value", "expected"),
    [
        ({"field": "arch", "values": {"x86_64": 1, "aarch64": 2}}, "aarch64", 2),
        ({"field": "arch", "values": {"x86_64": "1"}, "as": "number"}, "x86_64", 1),
        ({"field": "arch", "values": {"x86_64": 1}, "as": "text"}, "x86_64", "1"),
        ({"field": "arch", "as": "text"}, 7, "7"),
        ({"field": "arch", "values": {"true": "yes"}}, True, "yes"),
    ],
)
def test_a_value_is_mapped_outward(template: Any, value: object, expected: object) -> None:
    assert sent_json({"a": template}, arch=value) == {"a": expected}
    assert sent_json({"a": template, "b": 1}, arch=None) == {"b": 1}


@pytest.mark.parametrize(
    "template", [{"field": "arch", "values": {"x86_64": 1}}, {"field": "arch", "as": "number"}]
)
def test_a_value_without_a_meaning_is_refused(template: Any) -> None:
    with pytest.raises(Unsendable) as caught:
        sent_json({"a": template}, arch="mips")
    assert caught.value.obstacle is Obstacle.VALUE
    assert caught.value.fields == {"operation": "an_operation", "field": "arch", "value": "mips"}


QUOTA = [
    {"product": "vms_standard", "arch": "x86_64", "quantity": 4},
    {"product": "container_service", "arch": None, "quantity": 2},
]
ROW = {"productId": "{product}", "arch": "{arch}", "quantity": "{quantity}"}
ROWS = [
    {"productId": "vms_standard", "arch": "x86_64", "quantity": 4},
    {"productId": "container_service", "quantity": 2},
]


@pytest.mark.parametrize("template", [{"each": "quota", "row": ROW}, [{"each": "quota", "row": ROW}]])
def test_rows_are_repeated(template: Any) -> None:
    assert sent_json({"quota": template}, quota=QUOTA) == {"quota": ROWS}
    # An empty quota removes the quotas, no quota leaves them unchanged.
    assert sent_json({"quota": template}, quota=[]) == {"quota": []}
    assert sent_json({"quota": template, "a": 1}, quota=None) == {"a": 1}


def test_rows_may_be_beside_literals_and_use_outer_values() -> None:
    template = [{"first": 1}, {"each": "quota", "row": {"p": "{product}", "c": "{name}"}}]
    quota = [{"product": "a", "arch": None, "quantity": 1}]
    with pytest.raises(Unsendable) as caught:
        sent_json(template, quota=quota, name="n")
    assert caught.value.fields["field"] == "quota.quantity"
    template[1]["row"]["q"] = "{quantity}"  # type: ignore[index]
    assert sent_json(template, quota=quota, name="n") == [{"first": 1}, {"p": "a", "c": "n", "q": 1}]


@pytest.mark.parametrize("encoding", ["none", "json", "form", "multipart", "xml"])
def test_a_given_value_without_a_place_is_refused(encoding: str) -> None:
    call = Call("POST", "/x", encoding=encoding, body={"a": "{a}"})
    with pytest.raises(Unsendable) as caught:
        encode("an_operation", call, {"a" if encoding == "none" else "b": "v"})
    assert caught.value.obstacle is Obstacle.FIELD


def test_a_value_in_path_query_or_header_is_not_lost() -> None:
    call = Call("POST", "/x/{a}", (("q", "{b}"),), {"X-C": "{c}"})
    assert encode("an_operation", call, {"a": "1", "b": "2", "c": "3"}) == ("", None)
    with pytest.raises(Unsendable):
        encode("an_operation", call, {"d": "4"})


def test_a_form_is_quoted_in_utf_8() -> None:
    content_type, content = sent("form", {"grant": "password", "p": "{p}", "n": 1, "b": True}, p=" 密 &=+%\t")
    assert content_type == "application/x-www-form-urlencoded"
    assert parse_qs(content.decode("ascii")) == {
        "grant": ["password"],
        "p": [" 密 &=+%\t"],
        "n": ["1"],
        "b": ["true"],
    }


def test_a_file_is_sent_with_its_bytes_and_its_name() -> None:
    file = NamedFile('a"\r\nb 授权.uak', bytes(range(256)))
    content_type, content = sent("multipart", {"kind": "uak", "file": "{file}"}, file=file)
    message = email.message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + content)
    kind, part = message.get_payload()
    assert kind.get_payload(decode=True) == b"uak"
    assert file.content in content
    assert part.get_content_type() == "application/octet-stream"
    assert 'name="file"; filename="a%22%0D%0Ab 授权.uak"'.encode() in content


def test_xml_has_attributes_elements_lists_and_text() -> None:
    template = {
        "request": {
            "@version": "1",
            "client": {"@id": "{name}", "$": "{note}"},
            "item": {"each": "quota", "row": {"@product": "{product}", "arch": "{arch}", "n": "{quantity}"}},
            "none": "{missing}",
            "empty": None,
            "flag": True,
        }
    }
    content_type, content = sent("xml", template, name='a"<&>', note="1 < 2 & 3\r", quota=QUOTA)
    assert content_type == "application/xml; charset=utf-8"
    assert content.startswith(b'<?xml version="1.0" encoding="UTF-8"?><request version="1">')
    root = parsed(content)
    client = root.find("client")
    assert client is not None
    assert (client.get("id"), client.text) == ('a"<&>', "1 < 2 & 3\r")
    assert [
        (item.get("product"), item.findtext("arch"), item.findtext("n")) for item in root.iter("item")
    ] == [
        ("vms_standard", "x86_64", "4"),
        ("container_service", None, "2"),
    ]
    assert root.find("none") is None
    assert (root.findtext("empty"), root.findtext("flag")) == ("", "true")


@pytest.mark.parametrize("value", ["a\x00b", "\x1b[31m", "\ufffe"])
def test_a_character_that_xml_cannot_contain_is_refused(value: str) -> None:
    with pytest.raises(OptionError):
        sent("xml", {"request": {"a": "{a}"}}, a=value)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")))
def test_no_text_changes_the_structure_of_xml(value: str) -> None:
    root = parsed(sent("xml", {"r": {"@a": "{v}", "e": "{v}"}}, v=value)[1])
    assert (root.get("a"), root.findtext("e"), len(root)) == (value, value, 1)


@given(st.text(max_size=20))
def test_no_value_changes_the_structure_of_a_target(value: str) -> None:
    value = value.encode("utf-8", "ignore").decode() or "x"
    call = Call("GET", "/a/{p}/b", (("q", "{p}"), ("c", "x y&z")))
    target = target_of("/base", call, {"p": value}, {"page": "1"})
    path, _mark, query = target.partition("?")
    assert path.count("/") == 4
    assert target.isascii()
    assert target.isprintable()
    assert " " not in target
    found = parse_qs(query, keep_blank_values=True)
    assert found == {"q": [value], "c": ["x y&z"], "page": ["1"]}


def test_headers_are_filled_in_utf_8_and_keep_to_one_line() -> None:
    call = Call("GET", "/x", headers={"X-Site": "北京", "X-Client": "c-{client}", "X-None": "{none}"})
    assert headers_of(call, {"client": "7"}) == {"X-Site": "北京".encode(), "X-Client": b"c-7"}
    with pytest.raises(OptionError):
        headers_of(call, {"client": "7\r\nX-Evil: 1"})


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("json", {"a": "{address}:{port}/{contract}"}),
        ("form", {"a": "{address} {contract}", "b": "{port}"}),
        ("xml", {"r": {"@a": "{contract}/{address}", "b": "{port}"}}),
    ],
)
def test_a_part_without_a_value_never_takes_the_other_parts_with_it(encoding: str, body: Any) -> None:
    with pytest.raises(Unsendable) as caught:
        sent(encoding, body, address="10.0.0.1", port=7, contract=None)
    assert (caught.value.obstacle, caught.value.fields["field"]) == (Obstacle.PART, "contract")
    assert "10.0.0.1" not in str(caught.value)


def test_a_text_without_any_value_is_omitted() -> None:
    assert sent_json({"a": "{a}/{b}", "c": 1, "d": "x-{a}"}, a=None, b=None) == {"c": 1}
    assert sent_json({"a": "{a}/{b}"}, a="", b=0) == {"a": "/0"}


def test_a_row_never_loses_a_part() -> None:
    rows = {"q": {"each": "quota", "row": "{product}/{arch}/{quantity}"}}
    with pytest.raises(Unsendable) as caught:
        sent_json(rows, quota=QUOTA)
    assert caught.value.fields["field"] == "arch"
    assert sent_json(rows, quota=QUOTA[:1]) == {"q": ["vms_standard/x86_64/4"]}


def test_a_row_without_values_is_omitted() -> None:
    assert sent_json({"q": {"each": "rows", "row": "{a}"}}, rows=[{"a": None}, {"a": 1}]) == {"q": [1]}


def test_xml_always_has_its_root() -> None:
    assert sent("xml", {"r": "{a}"}, a=None)[1].endswith(b"<r/>")
    assert sent("xml", {"r": {"a": "{a}"}}, a=None)[1].endswith(b"<r/>")


def test_xml_cannot_say_that_a_list_is_empty() -> None:
    body = {"r": {"quota": {"each": "quota", "row": {"p": "{product}"}}}}
    with pytest.raises(Unsendable) as caught:
        sent("xml", body, quota=[])
    assert caught.value.fields["field"] == "quota: []"
    assert sent("xml", body, quota=None)[1].endswith(b"<r/>")


SECRET = "s3cret-Pass"


@pytest.mark.parametrize(
    ("character", "encoding", "changes"),
    [
        ("\r\n", "none", {"headers": {"X-P": "{password}"}}),
        ("\x00", "none", {"headers": {"X-P": "Key {password}"}}),
        ("\x85", "none", {"headers": {"X-P": "Key {password}"}}),
        ("\x1b", "xml", {"body": {"r": {"@p": "{password}"}}}),
        ("\x00", "xml", {"body": {"r": {"p": {"field": "password", "as": "text"}}}}),
        ("\ud800", "none", {"headers": {"X-P": "{password}"}}),
        ("\ud800", "none", {"query": (("p", "{password}"),)}),
        ("\ud800", "json", {"body": {"p": "{password}"}}),
        ("\ud800", "form", {"body": {"p": "x{password}"}}),
        ("\ud800", "multipart", {"body": {"p": "{password}"}}),
        ("\udfff", "xml", {"body": {"r": "{password}"}}),
    ],
    ids=ascii,
)
def test_a_password_that_cannot_be_sent_is_not_quoted(
    character: str, encoding: str, changes: dict[str, Any]
) -> None:
    call = Call("POST", "/login", encoding=encoding, **changes)
    values = {"password": SECRET + character + SECRET}
    with pytest.raises(OptionError) as caught:
        assert not (encode("login", call, values), headers_of(call, values))
    assert (caught.value.code, caught.value.fields["option"]) == ("text_unsendable", "password")
    for language in ("en", "zh"):
        assert SECRET not in render(caught.value.code, caught.value.fields, language) + str(caught.value)


def test_a_target_with_half_a_character_is_an_error() -> None:
    with pytest.raises(OptionError):
        target_of("", Call("GET", "/{plan}"), {"plan": "\ud800"}, {})


def test_a_header_has_every_character_that_utf_8_can_send() -> None:
    call = Call("GET", "/x", headers={"X-P": "{password}"})
    assert headers_of(call, {"password": "a\u00a0密"}) == {"X-P": "a\u00a0密".encode()}


@pytest.mark.parametrize("template", [{"values": {"a": 1}}, {"as": "number"}])
@pytest.mark.parametrize("field", ["password", "client_password"])
def test_a_password_without_a_meaning_is_not_quoted(field: str, template: dict[str, Any]) -> None:
    with pytest.raises(Unsendable) as caught:
        sent_json({"a": {"field": field, **template}}, **{field: SECRET})
    assert SECRET not in str(caught.value)


def test_a_login_may_have_no_place_for_the_name() -> None:
    assert json.loads(sent("json", {"key": "{password}"}, username="admin", password="k")[1]) == {"key": "k"}


def test_what_writes_adds_the_encodings_of_writes() -> None:
    assert set(ENCODERS) == {"json", "form", "multipart", "xml"}
