# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests: placeholders, headers, body templates in every encoding, paging."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.calls import (
    call,
    merged_headers,
    paging,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.fields import ResponsePart
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import ProfileError

FIELDS = ("name", "quota", "quota.product", "quota.arch", "file")


def request(**given: Any) -> Any:
    return call({"method": "POST", "path": "/a/{client}", **given}, "/c", ("client",), FIELDS, writes=True)


def code(**given: Any) -> tuple[str, str]:
    with pytest.raises(ProfileError) as caught:
        request(**given)
    return caught.value.code.replace("profile_", ""), str(caught.value.fields["at"])


def test_a_request_keeps_its_template() -> None:
    body = {
        "n": "{name} {{x}}",
        "size": 3,
        "on": True,
        "quota": {
            "each": "quota",
            "row": {"p": "{product}", "a": {"field": "arch", "values": {"x86_64": 1}}},
        },
        "list": [{"each": "quota", "row": "{arch}"}],
    }
    made = request(
        query={"a": 1, "b": False, "c": "{client}"}, headers={"X-A": 2}, encoding="json", body=body
    )
    assert made.query == (("a", "1"), ("b", "false"), ("c", "{client}"))
    assert made.headers == {"X-A": "2"}
    assert made.body == body


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"path": "/a"}, ("placeholder_missing", "/c")),
        ({"path": "/a/{clinet}"}, ("placeholder", "/c/path")),
        ({"path": "/a/{{client}}"}, ("path_braces", "/c/path")),
        ({"path": "/a b"}, ("url_path", "/c/path")),
        ({"path": "/a\r\nX: y"}, ("url_path", "/c/path")),
        ({"query": {"n": "{name}"}}, ("placeholder", "/c/query/n")),
        ({"query": {"n": "a{"}}, ("braces", "/c/query/n")),
        ({"query": {"n": None}}, ("value", "/c/query/n")),
        ({"headers": {"Host": "x"}}, ("header_reserved", "/c/headers/Host")),
        ({"headers": {"a b": "x"}}, ("header_name", "/c/headers/a b")),
        ({"headers": {"X": "a\r\nb"}}, ("header_value", "/c/headers/X")),
        ({"headers": {"X-A": "1", "x-a": "2"}}, ("key_twice", "/c/headers")),
        ({"encoding": "json"}, ("body_missing", "/c")),
        ({"body": {}}, ("encoding_missing", "/c/encoding")),
        ({"encoding": "yaml", "body": {}}, ("choice", "/c/encoding")),
        ({"encoding": "json", "body": {"a": "{nmae}"}}, ("placeholder", "/c/body/a")),
        ({"encoding": "json", "body": {"a": None}}, ("value", "/c/body/a")),
        ({"encoding": "json", "body": {"a": "{product}"}}, ("placeholder", "/c/body/a")),
        ({"encoding": "json", "body": {"a": "{quota}"}}, ("placeholder", "/c/body/a")),
        ({"encoding": "json", "body": {"a": "x {quota.product}"}}, ("placeholder", "/c/body/a")),
        ({"encoding": "json", "body": {"field": "quota.arch"}}, ("key_unknown", "/c/body/field")),
        ({"encoding": "json", "body": {"field": "name", "values": {}}}, ("table", "/c/body/values")),
        ({"encoding": "json", "body": {"a": "{file}"}}, ("body_file", "/c/body/a")),
        ({"encoding": "multipart", "body": {"a": "x{file}"}}, ("body_file", "/c/body/a")),
        ({"encoding": "form", "body": {"a": ["{name}"]}}, ("body_flat", "/c/body/a")),
        ({"encoding": "form", "body": {"field": "name"}}, ("body_flat", "/c/body/field")),
        ({"encoding": "xml", "body": {"each": "quota"}}, ("body_xml", "/c/body")),
        ({"encoding": "form", "body": []}, ("mapping", "/c/body")),
        ({"encoding": "xml", "body": {"a": 1, "b": 2}}, ("body_xml", "/c/body")),
        ({"encoding": "xml", "body": {"@a": 1}}, ("body_xml", "/c/body")),
        ({"encoding": "xml", "body": {"a": {"b c": 1}}}, ("body_xml", "/c/body/a/b c")),
        ({"encoding": "json", "body": {"field": "nmae"}}, ("key_like", "/c/body/field")),
        ({"encoding": "json", "body": {"field": "name", "as": "bool"}}, ("choice", "/c/body/as")),
        ({"encoding": "json", "body": {"each": "quotas", "row": 1}}, ("key_like", "/c/body/each")),
        ({"encoding": "json", "body": {"each": "quota"}}, ("key_missing", "/c/body")),
        (
            {
                "encoding": "json",
                "body": {"each": "quota", "row": {"field": "arch", "values": {"arm": 1}}},
            },
            ("key_unknown", "/c/body/row/values/arm"),
        ),
    ],
    ids=str,
)
def test_a_request_error_has_its_pointer(given: dict[str, Any], error: tuple[str, str]) -> None:
    assert code(**given) == error


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"c": {"@a": {"b": "{name}"}}}, ("body_text", "/c/body/c/@a")),
        ({"c": {"@a": ["{name}"]}}, ("body_text", "/c/body/c/@a")),
        ({"c": {"d": {"$": ["{name}"]}}}, ("body_text", "/c/body/c/d/$")),
        ({"c": {"$": {"b": "{name}"}}}, ("body_text", "/c/body/c/$")),
        ({"c": {"@a": {"each": "quota", "row": "{product}"}}}, ("body_text", "/c/body/c/@a")),
        ({"c": ["{name}"]}, ("body_root", "/c/body/c")),
        ({"c": {"each": "quota", "row": "{product}"}}, ("body_root", "/c/body/c")),
        ({"c": {"a": "x\x01y"}}, ("header_value", "/c/body/c/a")),
    ],
    ids=str,
)
def test_xml_has_one_root_and_texts_where_it_needs_them(body: Any, error: tuple[str, str]) -> None:
    assert code(encoding="xml", body=body) == error


def test_an_attribute_is_a_text_or_a_field() -> None:
    body = {"c": {"@a": {"field": "name", "as": "text"}, "@b": 1, "$": "{name}", "d": ["{name}"]}}
    assert request(encoding="xml", body=body).body == body


@pytest.mark.parametrize(
    "part", [{"values": {"a": "b"}}, {"as": "number"}, {"as": "text", "values": {"a": 1}}]
)
@pytest.mark.parametrize("field", ["username", "password", "client_password"])
def test_an_account_is_sent_as_it_is(field: str, part: dict[str, Any]) -> None:
    body = {"a": {"field": field, **part}}
    with pytest.raises(ProfileError) as caught:
        call({"method": "POST", "path": "/", "encoding": "json", "body": body}, "/c", (), (field,))
    assert (caught.value.code, caught.value.fields["at"]) == ("profile_secret_mapped", "/c/body/a")
    as_text = {
        "method": "POST",
        "path": "/",
        "encoding": "json",
        "body": {"a": {"field": field, "as": "text"}},
    }
    assert call(as_text, "", (), (field,)).body


def test_a_login_needs_a_password() -> None:
    values = {"method": "POST", "path": "/", "query": {"u": "{username}"}}
    with pytest.raises(ProfileError) as caught:
        call(values, "/c", (), ("username", "password"), secret=True, needed=("password",))
    assert caught.value.fields["name"] == "{password}"
    values["query"] = {"key": "{password}"}
    assert call(values, "/c", (), ("username", "password"), secret=True, needed=("password",))


@pytest.mark.parametrize(
    ("query", "given", "at"),
    [
        ({}, {"style": "offset", "offset": "o", "limit": "o", "size": 9}, "/p/limit"),
        ({"o": "5"}, {"style": "offset", "offset": "o", "limit": "l", "size": 9}, "/p/offset"),
        ({"l": "5"}, {"style": "page", "page": "p", "limit": "l", "size": 9}, "/p/limit"),
        ({"l": "5"}, {"style": "next", "next": {"at": "n"}, "limit": "l", "size": 9}, "/p/limit"),
    ],
)
def test_a_query_parameter_is_sent_once(query: Any, given: Any, at: str) -> None:
    own = call({"method": "GET", "path": "/", "query": query}, "", (), ())
    with pytest.raises(ProfileError) as caught:
        paging(given, "list_clusters", "/p", own)
    assert (caught.value.code, caught.value.fields["at"]) == ("profile_parameter_twice", at)


def test_a_parameter_can_be_in_the_body() -> None:
    made = request(path="/a", encoding="form", body={"id": "{client}", "n": {"field": "name", "as": "text"}})
    assert made.body == {"id": "{client}", "n": {"field": "name", "as": "text"}}


def test_a_file_is_sent_as_a_part_of_its_own() -> None:
    assert request(encoding="multipart", body={"upload": "{file}", "kind": "ak"}).body["upload"] == "{file}"


def test_only_a_login_has_an_account_in_its_query() -> None:
    values = {"method": "POST", "path": "/login", "query": {"n": "{username}"}}
    assert call(values, "", (), ("username",), secret=True).query == (("n", "{username}"),)
    with pytest.raises(ProfileError):
        call(values, "", (), ("username",))


def test_the_headers_of_a_call_replace_those_of_its_base() -> None:
    assert merged_headers({"X-A": "1", "X-B": "1"}, {"x-b": "2"}) == {"X-A": "1", "x-b": "2"}


def test_every_style_of_paging() -> None:
    offset = {"style": "offset", "offset": "o", "limit": "l", "size": 9, "total": {"header": "Total"}}
    made = paging({**offset, "count": "hosts_count"}, "list_hosts", "")
    assert made is not None
    assert (made.start, made.limit, made.size, made.first, made.count) == ("o", "l", 9, 0, "hosts_count")
    assert made.total is not None
    assert made.total.origin is ResponsePart.HEADER
    page = paging({"style": "page", "page": "p", "limit": "l", "size": 9}, "list_clusters", "")
    assert page is not None
    assert (page.first, page.total) == (1, None)
    link = {"style": "next", "next": {"header": "Link"}, "limit": "l", "size": 9}
    follow = paging(link, "list_hosts", "")
    assert follow is not None
    assert follow.next is not None
    assert follow.next.name == "Link"
    assert paging("none", "list_hosts", "") is None


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ("all", "/p"),
        ({}, "/p"),
        ({"style": "cursor"}, "/p/style"),
        ({"style": "next", "limit": "l", "size": 9}, "/p"),
        ({"style": "offset", "page": "p", "limit": "l", "size": 9}, "/p/page"),
        ({"style": "page", "page": "p", "limit": "l", "size": 0}, "/p/size"),
        ({"style": "page", "page": "p", "limit": "l", "size": True}, "/p/size"),
        ({"style": "page", "page": "p", "limit": "l", "size": 9, "first": 2}, "/p/first"),
        ({"style": "page", "page": "p", "limit": "l", "size": 9, "total": ["total"]}, "/p/total"),
        ({"style": "page", "page": "p", "limit": "l", "size": 9, "total_header": "T"}, "/p/total_header"),
        ({"style": "page", "page": "p", "limit": "l", "size": 9, "count": "hosts_count"}, "/p/count"),
    ],
    ids=str,
)
def test_a_paging_error_has_its_pointer(given: Any, at: str) -> None:
    with pytest.raises(ProfileError) as caught:
        paging(given, "list_clusters", "/p")
    assert caught.value.fields["at"] == at


@pytest.mark.parametrize("encoding", ["xml", "multipart"])
def test_only_writes_send_xml_and_only_a_call_with_a_file_is_multipart(encoding: str) -> None:
    values = {"method": "POST", "path": "/", "encoding": encoding, "body": {"a": "{file}"}}
    with pytest.raises(ProfileError) as caught:
        call({**values, "body": {"a": "b"}}, "/c", (), ("name",), writes=encoding != "xml")
    assert (caught.value.code, caught.value.fields["at"]) == ("profile_choice", "/c/encoding")
    if encoding == "multipart":
        assert call(values, "/c", (), ("file",), writes=True).encoding == "multipart"
