# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the error of a login says: rule, place, value, and the sentence of the server."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.client import Client
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.model import Profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    AuthenticationFailed,
    BadAnswer,
)

from .session_servers import LOGIN, profile_with


def test_a_refused_login_does_not_name_the_code_of_success_as_its_cause(
    server: Any, connect: Any, json_answer: Any
) -> None:
    auth = {
        "type": "session",
        "login": {**LOGIN, "success": {"at": "result", "in": ["OK"]}},
        "token": {"cookie": "JSESSIONID"},
    }
    server.script = lambda request: json_answer({"code": 0, "result": "done"})
    client = Client(connect(), profile_with(auth, error={"code": "code"}))
    with pytest.raises(AuthenticationFailed) as caught:
        client.read("manager")
    assert caught.value.code == "authentication_rule"
    assert "result must be OK; got done;" in render(caught.value.code, caught.value.fields)
    assert "(0)" not in render(caught.value.code, caught.value.fields)
    assert len(server.seen) == 1


def login_of(success: object, cookie: str = "SID") -> Profile:
    login = {key: value for key, value in LOGIN.items() if key != "success"}
    auth = {"type": "session", "login": {**login, **({"success": success} if success else {})}}
    return profile_with({**auth, "token": {"cookie": cookie}}, error={"code": "结果码", "message": "提示"})


WELCOME = {"结果码": 0, "提示": "登录成功"}


@pytest.mark.parametrize(
    ("success", "body", "words"),
    [
        ({"at": "结果码", "in": [200]}, WELCOME, "结果码 must be 200; got 0 (登录成功)"),
        ({"at": "code", "in": [0, "ok"]}, WELCOME, "code must be 0 / ok; got none (登录成功)"),
        ({"at": "结果码", "in": [0]}, {"结果码": 1, "提示": "登录成功"}, "got 1 (1: 登录成功)"),
        ({"at": "data.ok", "in": ["true"]}, {"data": {"ok": False}}, "data.ok must be true; got false;"),
        ({"at": "data", "in": ["true"]}, {"data": {"ok": False}}, "data must be true; got an object;"),
    ],
)
def test_a_rule_of_the_login_that_does_not_hold_is_named(
    server: Any, connect: Any, json_answer: Any, success: object, body: object, words: str
) -> None:
    server.script = lambda request: json_answer(body, Set_Cookie="SID=S1")
    with pytest.raises(AuthenticationFailed) as caught:
        Client(connect(), login_of(success)).read("manager")
    assert caught.value.code == "authentication_rule"
    text = render(caught.value.code, caught.value.fields)
    assert "breaks a rule in success of the login: " in text
    assert words in text
    chinese = render(caught.value.code, caught.value.fields, "zh")
    assert all(str(caught.value.fields[name]) in chinese for name in ("place", "expected", "got"))


def test_the_value_that_breaks_a_rule_of_the_login_is_masked(
    server: Any, connect: Any, json_answer: Any
) -> None:
    server.script = lambda request: json_answer({"echo": "planted-word"}, Set_Cookie="SID=S1")
    client = Client(connect(password="planted-word"), login_of({"at": "echo", "in": ["ok"]}))
    with pytest.raises(AuthenticationFailed) as caught:
        client.read("manager")
    assert "planted-word" not in str(caught.value.fields)


def test_a_token_beside_a_broken_rule_is_masked(server: Any, connect: Any, json_answer: Any) -> None:
    body = {"state": "tok-planted-9", "提示": "session tok-planted-9 成功"}
    server.script = lambda request: json_answer(body, Set_Cookie="SID=tok-planted-9")
    with pytest.raises(AuthenticationFailed) as caught:
        Client(connect(), login_of({"at": "state", "in": ["ok"]})).read("manager")
    assert caught.value.code == "authentication_rule"
    assert "tok-planted-9" not in str(caught.value.fields)


def test_a_refusal_of_the_server_is_the_cause_beside_a_broken_rule(
    server: Any, connect: Any, json_answer: Any
) -> None:
    refusals = [{"结果码": 2001, "提示": "账号或口令错误"}, {"提示": "账号或口令错误"}]
    for body in refusals:
        server.script = lambda request, body=body: json_answer(body)
        with pytest.raises(AuthenticationFailed) as caught:
            Client(connect(), login_of({"at": "结果码", "in": [0]})).read("manager")
        assert caught.value.code == "authentication_refused"


def test_a_login_without_a_rule_and_a_token_says_what_the_server_says(
    server: Any, connect: Any, json_answer: Any
) -> None:
    server.script = lambda request: json_answer({"结果码": 2001, "提示": "账号或口令错误"})
    with pytest.raises(AuthenticationFailed) as caught:
        Client(connect(), login_of(None)).read("manager")
    assert caught.value.code == "authentication_refused"
    assert caught.value.fields["server_message"] == "2001: 账号或口令错误"
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("body", "got"),
    [
        (WELCOME, "an object with 结果码, 提示 (登录成功)"),
        ({"提示": "账号或口令错误"}, "an object with 提示 (账号或口令错误)"),
        ({"msg": "wrong password", "code": 7}, "an object with msg, code that says 7: wrong password"),
        ([], "none"),
    ],
)
def test_a_login_without_its_token_names_the_token_and_what_came(
    server: Any, connect: Any, json_answer: Any, body: object, got: str
) -> None:
    server.script = lambda request: json_answer(body, Set_Cookie="SID=S1")
    with pytest.raises(BadAnswer) as caught:
        Client(connect(), login_of(None, "JSESSIONID")).read("manager")
    assert caught.value.fields["expected"] == "a token of the session (JSESSIONID)"
    assert caught.value.fields["got"] == got
