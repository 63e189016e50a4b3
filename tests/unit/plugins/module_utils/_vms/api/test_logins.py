# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions as a profile states them: login, token, CSRF token, a second login, logout, refusals."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.client import Budget, Client
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    AuthenticationFailed,
    BadAnswer,
    HttpError,
    LoginRefused,
    ProfileError,
    Unreachable,
)

from .session_servers import CookieServer, cookie_session, profile_with


@pytest.fixture
def cookies(server: Any, json_answer: Any, reply: Any) -> CookieServer:
    server.script = CookieServer(json_answer, reply)
    return server.script  # type: ignore[no-any-return]


def test_one_login_serves_many_calls(server: Any, connect: Any, cookies: CookieServer) -> None:
    client = Client(connect(), cookie_session())
    for _count in range(3):
        assert client.read("manager").text("arch") == "x86_64"
    client.write("reconnect_license_server")
    (login,) = cookies.logins
    assert login.target == "/cas/spring_check?encrypt=false&lang=cn"
    assert login.headers["content-type"] == "application/x-www-form-urlencoded"
    assert [request.headers.get("cookie") for request in server.seen] == [None] + ["JSESSIONID=S1"] * 4


def test_a_session_that_ended_is_opened_once_more(server: Any, connect: Any, cookies: CookieServer) -> None:
    client = Client(connect(), cookie_session())
    client.read("manager")
    cookies.sessions.clear()
    assert client.read("manager").text("arch") == "x86_64"
    assert len(cookies.logins) == 2


def test_a_csrf_token_is_sent_as_header_and_cookie(server: Any, connect: Any, cookies: CookieServer) -> None:
    csrf = {"token": {"cookie": "XSRF"}, "send": "X-XSRF-TOKEN"}
    Client(connect(), cookie_session(csrf=csrf)).read("manager")
    headers = server.seen[-1].headers
    assert (headers["cookie"], headers["x-xsrf-token"]) == ("JSESSIONID=S1; XSRF=x1", "x1")


def test_the_logout_is_sent_once_and_its_failure_is_not_an_error(
    server: Any, connect: Any, cookies: CookieServer
) -> None:
    client = Client(connect(), cookie_session(logout={"method": "POST", "path": "/cas/logout"}))
    client.close()
    assert server.seen == []
    client.read("manager")
    client.close()
    client.close()
    assert [request.path for request in server.seen].count("/cas/logout") == 1
    assert cookies.sessions == set()


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403])
def test_a_refused_login_is_sent_once(
    server: Any, connect: Any, cookies: CookieServer, json_answer: Any, status: int
) -> None:
    cookies.refusal = json_answer({"loginFailErrorCode": 3, "loginFailMessage": "密码错误"}, status)
    client = Client(connect(password="wrong"), cookie_session())
    for _count in range(2):
        with pytest.raises(AuthenticationFailed) as caught:
            client.read("manager")
    assert caught.value.code == "authentication_refused"
    assert caught.value.fields["server_message"] == "3: 密码错误"
    assert len(cookies.logins) == 1


@pytest.mark.parametrize("body", [{}, {"loginFailErrorCode": None}, {"other": 0}, [], "text"])
def test_a_login_without_its_success_code_is_refused(
    server: Any, connect: Any, cookies: CookieServer, json_answer: Any, body: object
) -> None:
    cookies.refusal = json_answer(body, Set_Cookie="JSESSIONID=S9")
    with pytest.raises(AuthenticationFailed):
        Client(connect(), cookie_session()).read("manager")


@pytest.mark.parametrize("code", [1151, "1151", "license_lapsed"])
@pytest.mark.parametrize("status", [200, 401, 409])
def test_a_login_that_an_expired_license_blocks_is_named(
    server: Any, connect: Any, cookies: CookieServer, json_answer: Any, code: object, status: int
) -> None:
    cookies.refusal = json_answer({"loginFailErrorCode": code, "loginFailMessage": "授权已到期"}, status)
    client = Client(connect(), cookie_session())
    for _count in range(2):
        with pytest.raises(LoginRefused) as caught:
            client.read("manager")
    assert (caught.value.rule, caught.value.fields["server_message"]) == ("R20", "授权已到期")
    assert len(cookies.logins) == 1


def test_a_server_that_restarts_is_asked_again(
    server: Any, connect: Any, cookies: CookieServer, reply: Any
) -> None:
    def later(seconds: float) -> None:
        cookies.refusal = None

    cookies.refusal = reply(503)
    client = Client(connect(), cookie_session(), sleep=later)
    assert client.read("manager").text("arch") == "x86_64"
    assert len(cookies.logins) == 2
    cookies.refusal = reply(503)
    cookies.sessions.clear()
    with pytest.raises(HttpError):
        client.write("reconnect_license_server")


@pytest.mark.parametrize("cookie", ["other=1", "JSESSIONID=", 'JSESSIONID="a b"'])
def test_a_login_without_a_token_is_an_error(
    server: Any, connect: Any, cookies: CookieServer, reply: Any, cookie: str
) -> None:
    cookies.refusal = reply(200, b'{"loginFailErrorCode": 0}', [("Set-Cookie", cookie)])
    with pytest.raises(BadAnswer) as caught:
        Client(connect(), cookie_session()).read("manager")
    assert caught.value.code == "answer_shape"
    assert len(cookies.logins) == 1


JSON_LOGIN = {
    "method": "POST",
    "path": "/auth",
    "encoding": "json",
    "body": {"user": {"name": "{username}", "password": "{password}"}},
}


@pytest.mark.parametrize(
    ("token", "send", "expected"),
    [
        ({"at": "data.token"}, {"header": "X-Auth-Token", "prefix": "T "}, ("x-auth-token", "T tok-1")),
        ({"header": "X-Subject"}, None, ("x-subject", "tok-1")),
        ({"at": "data.token"}, {"cookie": "sid"}, ("cookie", "sid=tok-1")),
    ],
)
def test_a_token_from_the_body_or_a_header(
    server: Any, connect: Any, json_answer: Any, token: object, send: object, expected: tuple[str, str]
) -> None:
    def script(request: Any) -> Any:
        if request.path == "/auth":
            return json_answer({"data": {"token": "tok-1"}}, X_Subject="tok-1")
        return json_answer({"type": "x86_64"})

    server.script = script
    auth = {"type": "session", "login": JSON_LOGIN, "token": token, **({"send": send} if send else {})}
    Client(connect(), profile_with(auth)).read("manager")
    assert server.seen[0].body == b'{"user": {"name": "automation", "password": "right"}}'
    assert server.seen[1].headers[expected[0]] == expected[1]


def test_a_token_that_a_server_repeats_is_masked(server: Any, connect: Any, cookies: CookieServer) -> None:
    client = Client(connect(), cookie_session())
    client.read("manager")
    assert client.masked("you sent S1 and right") == "you sent ******** and ********"


@pytest.mark.parametrize(
    ("auth", "expected"),
    [
        ("basic", "Basic " + base64.b64encode(b"automation:right").decode()),
        ("bearer", "Bearer right"),
        ("none", ""),
    ],
)
def test_credentials_in_every_request(
    server: Any, connect: Any, json_answer: Any, auth: str, expected: str
) -> None:
    server.script = lambda request: json_answer({"type": "x86_64"})
    Client(connect(), profile_with(auth)).read("manager")
    assert [request.authorization for request in server.seen] == [expected]


@pytest.mark.parametrize("status", [200, 500])
def test_a_token_of_a_license_server_is_returned(
    server: Any, connect: Any, json_answer: Any, status: int
) -> None:
    def script(request: Any) -> Any:
        if request.path.endswith("/oauth2/token"):
            return json_answer(
                {"access_token": "tok-1"} if request.method == "POST" else {},
                status if request.method == "DELETE" else 200,
            )
        return json_answer({"id": "ls-east"})

    server.script = script
    client = Client(connect(), load_profile("usphere_7"))
    client.read("server")
    client.close()
    client.close()
    last = server.seen[-1]
    assert (last.method, last.path) == ("DELETE", "/licsmgr/api/v1/oauth2/token")
    assert last.authorization == "Bearer tok-1"
    assert len(server.seen) == 3


def test_an_exhausted_budget_sends_no_login(server: Any, connect: Any, cookies: CookieServer) -> None:
    with pytest.raises(Unreachable) as caught:
        Client(connect(), cookie_session(), Budget(0)).read("manager")
    assert caught.value.code == "unreachable_deadline"
    assert server.seen == []


class CodeServer:
    """Reports a session that has ended with status 200 and a code."""

    def __init__(self, json_answer: Any, reply: Any) -> None:
        self.json_answer, self.reply = json_answer, reply
        self.logins = 0
        self.most_requests = 2
        self.left = 0

    def __call__(self, request: Any) -> Any:
        if request.path == "/cas/spring_check":
            self.logins += 1
            self.left = self.most_requests
            headers = [("Set-Cookie", f"JSESSIONID=S{self.logins}")]
            return self.reply(200, b'{"loginFailErrorCode": 0}', headers)
        if not self.left:
            return self.json_answer({"ret": 1005, "retMsg": "会话已过期"})
        self.left -= 1
        return self.json_answer({"type": "x86_64"})


def test_a_code_of_an_ended_session_repeats_the_login(
    server: Any, connect: Any, json_answer: Any, reply: Any
) -> None:
    server.script = CodeServer(json_answer, reply)
    client = Client(connect(), cookie_session(refused=[{"at": "ret", "in": [1005]}]))
    assert [client.read("manager").text("arch") for _count in range(5)] == ["x86_64"] * 5
    assert server.script.logins == 3


def test_a_code_right_after_the_login_is_a_refusal(
    server: Any, connect: Any, json_answer: Any, reply: Any
) -> None:
    server.script = CodeServer(json_answer, reply)
    server.script.most_requests = 0
    client = Client(connect(), cookie_session(refused={"at": "ret", "in": [1005]}))
    for _count in range(2):
        with pytest.raises(AuthenticationFailed):
            client.read("manager")
    assert server.script.logins == 1


def test_a_session_without_its_csrf_token_is_logged_out(
    server: Any, connect: Any, cookies: CookieServer
) -> None:
    csrf = {"token": {"cookie": "missing"}, "send": "X-XSRF-TOKEN"}
    logout = {"method": "POST", "path": "/cas/logout"}
    client = Client(connect(), cookie_session(csrf=csrf, logout=logout))
    for _count in range(2):
        with pytest.raises(BadAnswer):
            client.read("manager")
    client.close()
    assert [request.path for request in server.seen] == ["/cas/spring_check", "/cas/logout"]
    assert cookies.sessions == set()


def test_a_replaced_session_is_logged_out(server: Any, connect: Any, cookies: CookieServer) -> None:
    logout = {"method": "POST", "path": "/cas/logout"}
    rules = [{"at": "type", "in": ["login"]}]
    client = Client(connect(), cookie_session(logout=logout, refused=rules))
    client.read("manager")
    original, answers = cookies.json_answer, [{"type": "login"}]
    cookies.json_answer = lambda value, *rest: original(answers.pop() if answers else value, *rest)
    assert client.read("manager").text("arch") == "x86_64"
    assert cookies.sessions == {"S2"}
    client.close()
    assert cookies.sessions == set()


@pytest.mark.parametrize("status", [401, 403])
def test_a_call_without_permission_says_so(
    server: Any, connect: Any, cookies: CookieServer, reply: Any, status: int
) -> None:
    client = Client(connect(), cookie_session())
    client.read("manager")
    server.script = lambda request: reply(status) if request.path.endswith("/reconnect") else cookies(request)
    with pytest.raises(HttpError) as caught:
        client.write("reconnect_license_server")
    assert render(caught.value.code, caught.value.fields).endswith(
        f"/reconnect with status {status}; give automation the permission for this call"
    )
    assert [request.path for request in server.seen].count("/cas/casrs/reconnect") == 1
    assert client.read("manager").text("arch") == "x86_64"


def test_a_login_that_cannot_be_built_is_an_error_of_the_profile(server: Any, connect: Any) -> None:
    profile = cookie_session()
    base = profile.bases["vms"]
    assert base.session is not None
    session = replace(base.session, login=replace(base.session.login, body={"user": "{username}"}))
    profile = replace(profile, bases={**profile.bases, "vms": replace(base, session=session)})
    with pytest.raises(ProfileError) as caught:
        Client(connect(), profile).read("manager")
    assert caught.value.code == "login_unsupported"
    assert caught.value.fields == {"field": "password"}
    assert server.seen == []


def test_a_token_login_that_the_profile_lacks_is_an_error_of_the_profile(server: Any, connect: Any) -> None:
    profile = load_profile("usphere_7")
    operations = {name: each for name, each in profile.operations.items() if name != "token"}
    with pytest.raises(ProfileError):
        Client(connect(), replace(profile, operations=operations)).read("server")
    assert server.seen == []


class RenewingServer:
    """Replaces the cookie and the CSRF token with each response; the old ones are dead."""

    def __init__(self, json_answer: Any, reply: Any) -> None:
        self.json_answer, self.reply = json_answer, reply
        self.logins = self.sets = 0
        self.is_open = False

    def __call__(self, request: Any) -> Any:
        if request.path == "/cas/spring_check":
            self.logins += 1
            self.is_open = True
            return self.renewed(b'{"loginFailErrorCode": 0}')
        wanted = f"JSESSIONID=S{self.sets}; XSRF=x{self.sets}"
        if request.headers.get("cookie") != wanted or request.headers.get("x-xsrf") != f"x{self.sets}":
            return self.reply(403)
        if request.path == "/cas/logout":
            self.is_open = False
            return self.reply(204)
        return self.renewed(b'{"type": "x86_64"}')

    def renewed(self, body: bytes) -> Any:
        self.sets += 1
        cookies = (f"JSESSIONID=S{self.sets}; Path=/cas", f"XSRF=x{self.sets}")
        return self.reply(200, body, [("Set-Cookie", cookie) for cookie in cookies])


def test_tokens_that_a_server_renews_are_taken_over(
    server: Any, connect: Any, json_answer: Any, reply: Any
) -> None:
    server.script = renewing = RenewingServer(json_answer, reply)
    csrf = {"token": {"cookie": "XSRF"}, "send": "X-XSRF"}
    logout = {"method": "POST", "path": "/cas/logout"}
    client = Client(connect(), cookie_session(csrf=csrf, logout=logout))
    for _count in range(3):
        assert client.read("manager").text("arch") == "x86_64"
    client.write("reconnect_license_server")
    client.close()
    assert (renewing.logins, renewing.is_open) == (1, False)
    assert len(server.seen) == 1 + 4 + 1


def test_a_response_without_tokens_keeps_those_of_the_session(
    server: Any, connect: Any, cookies: CookieServer, json_answer: Any
) -> None:
    client = Client(connect(), cookie_session())
    replies = ["JSESSIONID=; Max-Age=0", "JSESSIONID=S1; Max-Age=" + "9" * 5000, "JSESSIONID=a,b", "OTHER=x"]

    def answer(request: Any) -> Any:
        reply = cookies(request)
        if request.path != "/cas/spring_check":
            reply.headers.append(("Set-Cookie", replies.pop(0)))
        return reply

    server.script = answer
    for _count in range(4):
        assert client.read("manager").text("arch") == "x86_64"
    assert len(cookies.logins) == 1
