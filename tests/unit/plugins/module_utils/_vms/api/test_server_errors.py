# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors have the code and the sentence of the server, from the places that the profile states."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.client import Client
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.tasks import write
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.vms_api import VmsApi
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.model import Profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    BadAnswer,
    BusinessError,
    HttpError,
    LoginRefused,
    NotFound,
)

READ = {"certainty": "observed", "method": "GET", "fields": {"arch": "type"}}
LIST = {"certainty": "observed", "method": "GET", "answer": ["rows"], "fields": {"id": "id"}}


def profile_with(base: dict[str, object] | None = None, **of_list: object) -> Profile:
    return load_profile(
        {
            "name": "site",
            "bases": {"vms": {"path": "/api", "auth": "none", **(base or {})}},
            "operations": {
                "manager": {**READ, "path": "/manager"},
                "list_clusters": {**LIST, "path": "/clusters", **of_list},
            },
        }
    )


HEADERS = {
    "error": {
        "code": [{"header": "Error-Code"}, "fault.code"],
        "message": [{"header": "Error-Message"}, "fault.text"],
    },
    "lapsed_codes": [1151],
}


def failed(client: Client) -> BusinessError:
    with pytest.raises(BusinessError) as caught:
        client.read("manager")
    return caught.value


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [("GBK", "gbk"), ("", "gbk"), ("", "utf-8"), ("utf-8", "utf-8"), ("UTF-8", "gb18030")],
)
@pytest.mark.parametrize("status", [400, 403, 409, 422])
def test_a_code_that_is_a_number_and_a_sentence_in_headers(
    server: Any, connect: Any, reply: Any, charset: str, encoding: str, status: int
) -> None:
    sentence = "主机不存在。".encode(encoding).decode("latin-1")
    headers = [("Error-Code", "402"), ("Error-Message", sentence)]
    headers += [("charset", charset)] if charset else []
    server.script = lambda request: reply(status, b"", headers)
    error = failed(Client(connect(), profile_with(HEADERS)))
    assert (error.error_code, error.error_message) == ("402", "主机不存在。")


def test_the_body_is_an_alternative_to_the_headers(server: Any, connect: Any, json_answer: Any) -> None:
    server.script = lambda request: json_answer({"fault": {"code": 7, "text": "no"}}, 409)
    error = failed(Client(connect(), profile_with(HEADERS)))
    assert (error.error_code, error.error_message) == ("7", "no")


def test_an_error_in_xml_is_read_in_every_format(server: Any, connect: Any, reply: Any) -> None:
    body = '<?xml version="1.0" encoding="GBK"?><e><fault><code>7</code><text>不存在</text></fault></e>'
    server.script = lambda request: reply(409, body.encode("gbk"))
    error = failed(Client(connect(), profile_with(HEADERS)))
    assert (error.error_code, error.error_message) == ("7", "不存在")


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 409, 500])
def test_a_code_for_an_expired_license_is_recognized_with_every_status(
    server: Any, connect: Any, json_answer: Any, status: int
) -> None:
    server.script = lambda request: json_answer({"errorCode": 1151, "type": "x"}, status, Error_Code="1151")
    with pytest.raises(LoginRefused) as caught:
        Client(connect(), profile_with(HEADERS)).read("manager")
    assert caught.value.rule == "R20"


def test_another_code_is_no_expired_license(server: Any, connect: Any, json_answer: Any) -> None:
    server.script = lambda request: json_answer({}, 409, Error_Code="11510")
    assert failed(Client(connect(), profile_with(HEADERS))).error_code == "11510"


def test_without_places_a_status_is_all_that_is_known(server: Any, connect: Any, json_answer: Any) -> None:
    server.script = lambda request: json_answer({"fault": {"code": 7}}, 409, Error_Code="7")
    with pytest.raises(HttpError) as caught:
        Client(connect(), profile_with()).read("manager")
    assert caught.value.status == 409


SUCCESS = {"at": "code", "in": [0, "OK"]}


@pytest.mark.parametrize(
    ("rule", "body", "good"),
    [
        (SUCCESS, {"code": 0, "type": "x"}, True),
        (SUCCESS, {"code": "0", "type": "x"}, True),
        (SUCCESS, {"code": 0.0, "type": "x"}, True),
        (SUCCESS, {"code": "OK", "type": "x"}, True),
        (SUCCESS, {"type": "x"}, True),
        (SUCCESS, {"code": None, "type": "x"}, True),
        (SUCCESS, {"code": "", "type": "x"}, False),
        (SUCCESS, {"code": [], "type": "x"}, False),
        (SUCCESS, {"code": 1, "type": "x"}, False),
        (SUCCESS, {"code": False, "type": "x"}, False),
        ({**SUCCESS, "required": True}, {"type": "x"}, False),
        ({**SUCCESS, "required": True}, {"code": 0, "type": "x"}, True),
        ({"at": "ok", "in": [True]}, {"ok": "true", "type": "x"}, True),
        ({"at": "ok", "in": [True]}, {"ok": False, "type": "x"}, False),
        ([SUCCESS, {"at": "statusType", "in": ["GOOD"]}], {"statusType": "GOOD", "type": "x"}, True),
        ([SUCCESS, {"at": "statusType", "in": ["GOOD"]}], {"statusType": "OK", "type": "x"}, False),
        ({"status": [200]}, {"type": "x"}, True),
        ({"header": "X-Result", "in": ["done"]}, {"type": "x"}, False),
    ],
)
def test_rules_of_success(
    server: Any, connect: Any, json_answer: Any, rule: object, body: dict[str, object], good: bool
) -> None:
    server.script = lambda request: json_answer({**body, "msg": "不允许"}, X_Result="failed")
    client = Client(connect(), profile_with({"success": rule}))
    if good:
        assert client.read("manager").text("arch") == "x"
    else:
        assert failed(client).error_message == "不允许"


def test_a_status_of_success_is_one_that_the_profile_names(
    server: Any, connect: Any, json_answer: Any
) -> None:
    client = Client(connect(), profile_with({"success": {"status": [200, 304]}}))
    server.script = lambda request: json_answer({"type": "x"}, 201)
    with pytest.raises(HttpError) as caught:
        client.read("manager")
    assert caught.value.status == 201


@pytest.mark.parametrize("body", [{"success": False}, {"statusType": "ERROR"}, {"errorCode": 5}])
def test_a_refusal_is_recognized_beside_a_rule_of_success(
    server: Any, connect: Any, json_answer: Any, body: dict[str, object]
) -> None:
    server.script = lambda request: json_answer({"code": 0, "type": "x", **body})
    failed(Client(connect(), profile_with({"success": SUCCESS})))


EMPTY = [{"at": "code", "in": [1404]}, {"status": [404]}, {"header": "X-Rows", "in": ["0"]}]


@pytest.mark.parametrize(
    ("body", "status", "rows"),
    [
        ({"code": 1404, "msg": "no rows"}, 200, "9"),
        ({"code": "1404"}, 409, "9"),
        ({"anything": 1}, 404, "9"),
        ({"anything": 1}, 200, "0"),
    ],
)
def test_documented_empty_forms(
    server: Any, connect: Any, json_answer: Any, body: dict[str, object], status: int, rows: str
) -> None:
    server.script = lambda request: json_answer(body, status, X_Rows=rows)
    client = Client(connect(), profile_with({"success": SUCCESS}, empty=EMPTY))
    assert client.read_rows("list_clusters") == []


@pytest.mark.parametrize(("body", "status"), [({"code": 1405}, 200), ({"a": 1}, 200), ({}, 410)])
def test_another_form_is_not_empty(
    server: Any, connect: Any, json_answer: Any, body: dict[str, object], status: int
) -> None:
    server.script = lambda request: json_answer(body, status)
    with pytest.raises((BusinessError, BadAnswer, HttpError)):
        Client(connect(), profile_with({"success": SUCCESS}, empty=EMPTY)).read_rows("list_clusters")


def test_without_a_documented_form_404_is_not_empty(server: Any, connect: Any, json_answer: Any) -> None:
    server.script = lambda request: json_answer({}, 404)
    with pytest.raises(NotFound):
        Client(connect(), profile_with()).read_rows("list_clusters")


XML = b'<list><rows><id>1</id></rows><rows id="x"><id>2</id></rows></list>'


@pytest.mark.parametrize("form", ["any", "xml"])
def test_xml_is_read_through_the_same_fields(server: Any, connect: Any, reply: Any, form: str) -> None:
    server.script = lambda request: reply(200, XML, [("Content-Type", "application/xml")])
    rows = Client(connect(), profile_with({"format": form})).read_rows("list_clusters")
    assert [row.text("id") for row in rows] == ["1", "2"]
    accepted = {"any": "application/json, application/xml;q=0.9", "xml": "application/xml"}
    assert server.seen[0].headers["accept"] == accepted[form]


@pytest.mark.parametrize(
    ("form", "body", "content_type", "code"),
    [
        ("json", XML, "application/xml", "answer_xml"),
        ("xml", b"{}", "application/json", "answer_not_xml"),
        ("any", b"<!DOCTYPE list><list/>", "application/xml", "answer_not_xml"),
        ("any", b"<list>", "application/xml", "answer_truncated"),
        ("any", "{主".encode("gbk"), "application/json", "answer_encoding"),
        ("any", b"<html>", "text/html", "answer_html"),
        ("any", b"ready", "text/plain", "answer_not_json"),
    ],
)
def test_a_body_that_cannot_be_read_names_its_content_type(
    server: Any, connect: Any, reply: Any, form: str, body: bytes, content_type: str, code: str
) -> None:
    server.script = lambda request: reply(200, body, [("Content-Type", content_type)])
    client = Client(connect(), profile_with({"format": form}), sleep=lambda seconds: None)
    with pytest.raises(BadAnswer) as caught:
        client.read_rows("list_clusters")
    assert (caught.value.code, caught.value.fields["content_type"]) == (code, content_type)


ENVELOPE = {"keys": ["result", "rc", "msg"], "data": "result", "success": {"at": "rc", "in": [0]}}


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ({"result": {"type": "x"}, "rc": "0"}, "x"),
        ({"result": {"type": "x"}, "rc": None}, "x"),
        ({"type": "x", "rc": 7}, "x"),
        ({"result": None, "rc": 0, "msg": ""}, None),
        ({"result": {"type": "x"}, "rc": 1, "msg": "no"}, BusinessError),
        ({"rc": 0, "msg": "no permission"}, BadAnswer),
        ({"result": {"type": "x"}}, BadAnswer),
    ],
)
def test_an_envelope_of_the_profile(
    server: Any, connect: Any, json_answer: Any, body: dict[str, object], outcome: object
) -> None:
    server.script = lambda request: json_answer(body)
    client = Client(connect(), profile_with({"envelope": ENVELOPE}))
    if isinstance(outcome, type):
        with pytest.raises(outcome):
            client.read("manager")
    else:
        assert client.read("manager").text("arch") == outcome


CODES = {"error": {"code": "ret", "message": "retMsg", "codes": {3110: "already_installed"}}}
WRITE = {
    "certainty": "observed",
    "method": "POST",
    "path": "/files",
    "encoding": "multipart",
    "body": {"file": "{file}"},
    "answer": ["obj"],
    "fields": {"license_ids": "ids"},
}


def installing(**base: object) -> Profile:
    given = {"path": "/lic", "auth": "none", **CODES, **base}
    operations = {"install_activation_file": WRITE}
    return load_profile({"name": "site", "bases": {"license_server": given}, "operations": operations})


@pytest.mark.parametrize("status", [200, 409])
@pytest.mark.parametrize("body", [{"obj": {"ids": ["L-1"]}}, {"ids": "L-1", "obj": None}])
def test_a_code_has_a_name_and_licenses_of_a_refusal_are_read(
    server: Any, connect: Any, json_answer: Any, body: dict[str, Any], status: int
) -> None:
    server.script = lambda request: json_answer({"ret": 3110, "retMsg": "已安装", **body}, status=status)
    client = Client(connect(), installing(success={"at": "ret", "in": [0]}))
    with pytest.raises(BusinessError) as caught:
        write(client, "install_activation_file", {"file": ("a.ak", b"content")})
    assert (caught.value.error_code, caught.value.license_ids) == ("already_installed", ("L-1",))
    assert (caught.value.fields["error_code"], caught.value.error_message) == ("3110", "已安装")


def test_a_code_without_a_name_is_kept(server: Any, connect: Any, json_answer: Any) -> None:
    server.script = lambda request: json_answer({"ret": 3111}, status=409)
    with pytest.raises(BusinessError) as caught:
        Client(connect(), installing()).write("install_activation_file", {"file": ("a.ak", b"content")})
    assert caught.value.error_code == "3111"


NESTED = {"answer": ["obj", "page", "records"]}


@pytest.mark.parametrize("nothing", [None, "", {}])
def test_nothing_above_the_list_is_empty_only_alone(
    server: Any, connect: Any, json_answer: Any, nothing: Any
) -> None:
    client = Client(connect(), profile_with(**NESTED))
    for body in ({"obj": nothing}, {"obj": {"page": nothing}}, {"obj": {"page": {"records": None}}}, {}):
        server.script = lambda request, body=body: json_answer(body)
        assert client.read_rows("list_clusters") == []
    for body in (
        {"ret": 2020, "retMsg": "许可过期", "obj": nothing},
        {"obj": {"page": nothing, "state": "denied"}},
    ):
        server.script = lambda request, body=body: json_answer(body)
        with pytest.raises(BadAnswer) as caught:
            client.read_rows("list_clusters")
        assert sorted(body)[0] in caught.value.fields["got"]


def test_a_stated_success_explains_nothing_above_the_list(
    server: Any, connect: Any, json_answer: Any
) -> None:
    base = {"success": {"at": "ret", "in": [0]}, "error": {"code": "ret", "message": "retMsg"}}
    client = Client(connect(), profile_with(base, **NESTED))
    server.script = lambda request: json_answer({"ret": 0, "retMsg": "成功", "obj": None})
    assert client.read_rows("list_clusters") == []
    server.script = lambda request: json_answer({"retMsg": "没有权限", "obj": None})
    with pytest.raises(BadAnswer):
        client.read_rows("list_clusters")


def test_a_list_without_its_key_has_rows_of_known_keys(server: Any, connect: Any, json_answer: Any) -> None:
    client = Client(connect(), profile_with())
    server.script = lambda request: json_answer([{"id": 1}, {"id": 2, "name": "b"}])
    assert [row.text("id") for row in client.read_rows("list_clusters")] == ["1", "2"]
    for other in ([{"uid": 1}], [{"id": 1}, "b"], []):
        server.script = lambda request, other=other: json_answer(other)
        with pytest.raises(BadAnswer):
            client.read_rows("list_clusters")


@pytest.mark.parametrize(("body", "status"), [({"error": "not set"}, 404), ({"code": 1404}, 200)])
def test_an_object_can_be_absent(
    server: Any, connect: Any, json_answer: Any, body: dict[str, Any], status: int
) -> None:
    link = {
        "certainty": "observed",
        "method": "GET",
        "path": "/link",
        "empty": [{"status": 404}, {"at": "code", "in": [1404]}],
        "fields": {"address": "host", "client_name": "client", "state": "state"},
    }
    bases = {"vms": {"path": "/api", "auth": "none"}}
    profile = load_profile({"name": "site", "bases": bases, "operations": {"license_server_link": link}})
    server.script = lambda request: json_answer(body, status=status)
    assert VmsApi(connect(), profile).license_server() is None
    server.script = lambda request: json_answer({"code": 7}, status=status + 1)
    with pytest.raises((BadAnswer, HttpError)):
        VmsApi(connect(), profile).license_server()


@pytest.mark.parametrize(
    ("success", "answer", "said"),
    [
        ({"at": "state", "in": [1]}, {"type": "1", "state": 0}, "0"),
        ({"at": "state", "in": [1]}, {"type": "1", "state": "0", "message": "ok"}, "0: ok"),
        ({"at": "state", "in": [1], "required": True}, {"type": "1"}, "200"),
        ({"at": "state", "in": [1], "required": True}, {"type": "1", "message": "ok"}, "200: ok"),
        ({"status": [200], "at": "state", "in": [1], "required": True}, {"type": "1"}, "200"),
    ],
)
def test_a_rule_that_makes_an_answer_without_an_error_a_refusal_is_named(
    server: Any, connect: Any, json_answer: Any, success: object, answer: object, said: str
) -> None:
    server.script = lambda request: json_answer(answer)
    error = failed(Client(connect(), profile_with({"success": success})))
    assert error.code == "business_error_unstated"
    text = render(error.code, error.fields)
    assert f"states no error ({said})" in text
    assert "breaks a rule in success of the endpoint profile" in text


def test_a_code_at_the_place_of_a_rule_is_the_server_s_error(
    server: Any, connect: Any, json_answer: Any
) -> None:
    server.script = lambda request: json_answer({"type": "1", "state": 7, "message": "locked"})
    error = failed(Client(connect(), profile_with({"success": {"at": "state", "in": [0]}})))
    assert (error.code, error.error_code, error.error_message) == ("business_error", "7", "locked")
