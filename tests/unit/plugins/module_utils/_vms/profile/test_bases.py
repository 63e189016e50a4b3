# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bases: authentication with a session or a token that is returned, headers, conventions of responses."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.bases import base
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.fields import ResponsePart
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import ProfileError

LOGIN: dict[str, Any] = {
    "method": "POST",
    "path": "/cas/spring_check",
    "query": {"encrypt": "false", "lang": "cn"},
    "encoding": "form",
    "body": {"name": "{username}", "password": "{password}"},
    "success": {"at": "loginFailErrorCode", "in": [0]},
}
SESSION: dict[str, Any] = {"type": "session", "login": LOGIN, "token": {"cookie": "JSESSIONID"}}


def with_auth(auth: Any) -> dict[str, Any]:
    return {"path": "/cas/casrs", "auth": auth}


def test_a_base_has_conventions() -> None:
    made = base(
        {
            "path": "/cas/casrs",
            "auth": "digest",
            "headers": {"X-Requested-With": "XMLHttpRequest"},
            "format": "any",
            "success": {"status": [200, 204]},
            "error": {"code": "code"},
            "envelope": {"keys": ["data", "state"], "data": "data"},
            "lapsed_codes": ["license_lapsed", 1151],
            "timezone": "Asia/Shanghai",
        },
        "",
        "+09:00",
    )
    assert made.lapsed_codes == ("license_lapsed", "1151")
    assert (made.format, made.timezone) == ("any", "Asia/Shanghai")
    assert made.success[0].statuses == (200, 204)
    assert base(with_auth("none"), "", "+09:00").timezone == "+09:00"


@pytest.mark.parametrize("auth", ["digest", "basic", "bearer", "oauth2", "none"])
def test_a_plain_authentication_is_a_name_or_a_type(auth: str) -> None:
    assert base(with_auth(auth), "").auth == auth
    assert base(with_auth({"type": auth}), "").auth == auth


def test_a_token_is_returned_at_the_end() -> None:
    logout = {"method": "DELETE", "path": "/oauth2/token"}
    made = base(with_auth({"type": "oauth2", "logout": logout}), "")
    assert made.auth == "oauth2"
    assert made.logout is not None
    assert (made.logout.method, made.logout.path) == ("DELETE", "/oauth2/token")


def test_a_session_sends_its_token_the_way_it_was_received() -> None:
    session = base(with_auth(SESSION), "").session
    assert session is not None
    assert (session.token.cookie, session.token.header) == ("JSESSIONID", "")
    assert session.success[0].required
    assert session.refused_status == (401, 403)
    assert (session.csrf, session.logout) == (None, None)
    session = base(with_auth({**SESSION, "token": {"header": "X-Auth"}}), "").session
    assert session is not None
    assert session.token.header == "X-Auth"


def test_a_session_sends_its_token_as_stated() -> None:
    auth = {
        **SESSION,
        "token": "data.token",
        "send": {"header": "Authorization", "prefix": "Bearer "},
        "csrf": {"token": {"cookie": "XSRF-TOKEN"}, "send": "X-XSRF-TOKEN"},
        "logout": {"method": "POST", "path": "/cas/logout"},
        "refused_status": 440,
    }
    session = base(with_auth(auth), "").session
    assert session is not None
    assert (session.token.header, session.token.prefix) == ("Authorization", "Bearer ")
    assert session.csrf is not None
    assert (session.csrf.source.origin, session.csrf.header) == (ResponsePart.COOKIE, "X-XSRF-TOKEN")
    assert session.logout is not None
    assert session.logout.path == "/cas/logout"
    assert session.refused_status == (440,)


@pytest.mark.parametrize(
    ("auth", "at"),
    [
        ("session", "/auth"),
        ({}, "/auth"),
        ({"type": "kerberos"}, "/auth/type"),
        ({"type": "digest", "logout": {}}, "/auth/logout"),
        ({"type": "session"}, "/auth"),
        ({**SESSION, "token": "data.token"}, "/auth"),
        ({**SESSION, "token": "data.password"}, "/auth/token"),
        ({**SESSION, "send": {}}, "/auth/send"),
        ({**SESSION, "send": {"header": "X", "cookie": "c"}}, "/auth/send/header"),
        ({**SESSION, "send": {"cookie": "c", "prefix": "p"}}, "/auth/send/prefix"),
        ({**SESSION, "csrf": {"token": "a"}}, "/auth/csrf"),
        ({**SESSION, "logn": LOGIN}, "/auth/logn"),
        ({**SESSION, "refused_status": []}, "/auth/refused_status"),
        ({**SESSION, "refused_status": [401, 200]}, "/auth/refused_status/1"),
        ({**SESSION, "refused": {"status": 200}}, "/auth/refused"),
        ({**SESSION, "send": {"header": "Host"}}, "/auth/send/header"),
        ({**SESSION, "send": {"header": "Content-Length"}}, "/auth/send/header"),
        ({**SESSION, "send": {"header": "cookie"}}, "/auth/send/header"),
        ({**SESSION, "token": {"header": "Transfer-Encoding"}}, "/auth/token/header"),
        ({**SESSION, "token": {"header": "Set-Cookie"}, "send": {"header": "X"}}, "/auth/token/header"),
        ({**SESSION, "csrf": {"token": "t", "send": "Cookie"}}, "/auth/csrf/send"),
        ({**SESSION, "token": {"header": "X-T"}, "csrf": {"token": "t", "send": "x-t"}}, "/auth/csrf/send"),
        ({**SESSION, "token": "t", "send": {"cookie": "C"},
          "csrf": {"token": {"cookie": "C"}, "send": "X"}}, "/auth/send/cookie"),
        ({**SESSION, "send": {"header": "X", "prefix": "a\r\nEvil: "}}, "/auth/send/prefix"),
        ({**SESSION, "send": {"header": "X", "prefix": "中"}}, "/auth/send/prefix"),
        ({**SESSION, "send": {"header": "X"},
          "logout": {"method": "POST", "path": "/l", "headers": {"x": 1}}}, "/auth/logout/headers/x"),
        ({**SESSION, "login": {**LOGIN, "body": {"n": "{username}"}}}, "/auth/login"),
        ({**SESSION, "login": {**LOGIN, "body": {"p": {"field": "password", "as": "number"}}}},
         "/auth/login/body/p"),
        ({**SESSION, "login": {**LOGIN, "path": "/{username}"}}, "/auth/login/path"),
        ({**SESSION, "login": {**LOGIN, "body": {"n": "{user}"}}}, "/auth/login/body/n"),
        ({**SESSION, "logout": {"method": "POST", "path": "/l", "query": {"u": "{username}"}}},
         "/auth/logout/query/u"),
    ],
    ids=str,
)  # fmt: skip
def test_an_error_of_authentication_has_its_pointer(auth: Any, at: str) -> None:
    with pytest.raises(ProfileError) as caught:
        base(with_auth(auth), "")
    assert caught.value.fields["at"] == at


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ({"headers": {"X-A": "{client}"}}, "/headers/X-A"),
        ({"headers": {"Authorization": "Bearer x"}}, "/headers/Authorization"),
        ({"format": "yaml"}, "/format"),
        ({"lapsed_codes": "x"}, "/lapsed_codes"),
        ({"timezone": "Asia"}, "/timezone"),
        ({"port": 1}, "/port"),
    ],
    ids=str,
)
def test_an_error_of_a_base_has_its_pointer(given: dict[str, Any], at: str) -> None:
    with pytest.raises(ProfileError) as caught:
        base({**with_auth("none"), **given}, "")
    assert caught.value.fields["at"] == at


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ({"path": "/{host}", "auth": "none"}, "/path"),
        ({"path": "/{{x}}", "auth": "none"}, "/path"),
        (
            {"path": "/v", "auth": {**SESSION, "send": {"header": "X-A"}}, "headers": {"x-a": 1}},
            "/headers/x-a",
        ),
    ],
    ids=str,
)
def test_a_base_has_no_braces_and_sends_a_token_once(given: dict[str, Any], at: str) -> None:
    with pytest.raises(ProfileError) as caught:
        base(given, "")
    assert caught.value.fields["at"] == at


def test_one_cookie_can_be_the_token_and_the_csrf_token() -> None:
    auth = {**SESSION, "csrf": {"token": {"cookie": "JSESSIONID"}, "send": "X-CSRF"}}
    assert base(with_auth(auth), "").session
