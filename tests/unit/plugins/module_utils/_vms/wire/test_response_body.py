# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bodies are recognized by their content and decoded in the encoding that the server states."""

from __future__ import annotations

import http.client

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.response import Response
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.response_body import (
    NotJson,
    UnreadableBody,
    parse_body,
    read_body,
)

NAME = {"name": "主机不存在"}
JSON = '{"name": "主机不存在"}'
XML = "<h><name>主机不存在</name></h>"


def response(body: bytes, content_type: str = "") -> Response:
    headers = http.client.HTTPMessage()
    if content_type:
        headers["Content-Type"] = content_type
    return Response(200, headers, body)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (JSON.encode(), "application/json"),
        (JSON.encode("utf-8-sig"), "application/json"),
        (JSON.encode(), ""),
        (JSON.encode(), "application/json;charset=ISO-8859-1"),
        (JSON.encode(), "text/html"),
        (JSON.encode("gbk"), "application/json; charset=GBK"),
        (JSON.encode("gbk"), "text/plain;charset=gb2312"),
        (JSON.encode("gb18030"), 'application/json; charset="gb18030"'),
        (JSON.encode(), "application/json;charset=gb18030x"),
        (XML.encode(), "application/xml"),
        (XML.encode(), "application/json"),
        (XML.encode("gbk"), "application/xml;charset=gbk"),
        (b'<?xml version="1.0" encoding="GBK"?>' + XML.encode("gbk"), "application/xml"),
        (b"<?xml version='1.0' encoding='gb2312' standalone='yes'?>" + XML.encode("gbk"), ""),
        (XML.encode("utf-16"), "application/xml;charset=utf-16"),
    ],
)
def test_a_body_is_read_in_its_format_and_encoding(body: bytes, content_type: str) -> None:
    assert parse_body(response(body, content_type)) == NAME


@pytest.mark.parametrize("body", [b"", b" \r\n", b"\xef\xbb\xbf"])
def test_an_empty_body_is_null(body: bytes) -> None:
    assert parse_body(response(body, "text/html")) is None


@pytest.mark.parametrize(
    ("body", "content_type", "expected", "problem", "encoding"),
    [
        (JSON.encode("gbk"), "application/json", "any", "encoding", "utf-8"),
        (JSON.encode("gbk") + b"\xff", "application/json;charset=gbk", "any", "encoding", "gbk"),
        (b"\xff\xfe\x00\x80", "", "any", "encoding", "utf-8"),
        (XML.encode(), "application/xml", "json", "xml", "utf-8"),
        (JSON.encode(), "application/json", "xml", "not_xml", "utf-8"),
        (b"<!DOCTYPE html><html></html>", "", "any", "html", "utf-8"),
        (b"<html><body>", "application/json", "any", "html", "utf-8"),
        (b"<div>down</div>", "text/html; charset=utf-8", "any", "html", "utf-8"),
        (b"<a>&nbsp;</a>", "", "any", "not_xml", "utf-8"),
        (b"<a><b>", "", "any", "truncated", "utf-8"),
        (b'{"a": ', "", "any", "truncated", "utf-8"),
        (b"ready", "text/plain", "any", "not_json", "utf-8"),
        (b'{"a": 1, "a": 2}', "", "any", "not_json", "utf-8"),
    ],
)
def test_a_body_that_cannot_be_read_is_named(
    body: bytes, content_type: str, expected: str, problem: str, encoding: str
) -> None:
    with pytest.raises(UnreadableBody) as caught:
        parse_body(response(body, content_type), expected)
    assert (caught.value.problem, caught.value.encoding) == (problem, encoding)
    assert caught.value.content_type == (content_type or "no content type")


@pytest.mark.parametrize(
    ("body", "element"),
    [(b"", None), (b" ", None), (b"null", ""), (b"{}", ""), (b"<list/>", "list"), (b"<n:error/>", "error")],
)
def test_an_empty_body_and_the_root_element_are_told_apart(body: bytes, element: str | None) -> None:
    assert read_body(response(body)) == (element, {} if body == b"{}" else None)


def test_an_encoding_that_is_none_is_not_repeated() -> None:
    with pytest.raises(UnreadableBody) as caught:
        parse_body(response(b"\xff", "text/plain; charset=the-password"))
    assert caught.value.encoding == "an unknown encoding"


def test_the_reason_of_xml_that_is_not_read_is_kept() -> None:
    with pytest.raises(UnreadableBody) as caught:
        parse_body(response(b'<!DOCTYPE x [<!ENTITY e "1">]><x>&e;</x>'))
    assert caught.value.reason == "the document type x"


PROBLEMS = ("html", "truncated", "not_json", "not_xml", "encoding")


@given(
    st.binary(max_size=60) | st.text(max_size=40).map(str.encode),
    st.sampled_from(["", "application/json;charset=gbk", "application/xml", "text/plain;charset=\x00"]),
)
def test_no_bytes_crash_the_parser(body: bytes, content_type: str) -> None:
    try:
        parse_body(response(body, content_type))
        problem = "html"
    except (UnreadableBody, NotJson) as error:
        problem = error.problem
    assert problem in PROBLEMS
