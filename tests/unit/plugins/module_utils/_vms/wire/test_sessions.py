# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions: one login serves many requests, is repeated once if the server ends it, and is given back."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.auth import (
    never_lapsed,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    AuthenticationFailed,
    BusinessError,
    HttpError,
    LoginRefused,
    Unreachable,
    VmsError,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.sessions import (
    OAuth2ClientSession,
    OAuth2Session,
    TokenSession,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.transport import (
    Request,
)

from .sent_sessions import GET, Portal, lapsed, sender


def test_one_login_serves_many_requests(server: Any, connect: Any, json_answer: Any) -> None:
    portal = server.script = Portal(json_answer)
    send = sender(TokenSession(connect(), never_lapsed, portal.login), connect())
    assert [send(GET).status for _count in range(3)] == [200, 200, 200]
    assert portal.logins == 1
    assert [(seen.headers["cookie"], seen.headers["x-csrf"]) for seen in server.seen] == [("SID=1", "c")] * 3


@pytest.mark.parametrize("refusal", [401, 403, 440])
def test_a_session_that_the_server_ended_is_replaced_once(
    server: Any, connect: Any, json_answer: Any, refusal: int
) -> None:
    portal = server.script = Portal(json_answer, refusal)
    session = TokenSession(connect(), never_lapsed, portal.login, refused_status=(401, 403, 440))
    send = sender(session, connect())
    send(GET)
    portal.valid = None
    assert send(GET).status == 200
    assert portal.logins == 2


def test_a_session_that_is_never_accepted_is_an_error(server: Any, connect: Any, json_answer: Any) -> None:
    portal = Portal(json_answer)
    server.script = lambda request: json_answer({}, 401)
    send = sender(TokenSession(connect(), never_lapsed, portal.login), connect())
    for _count in range(2):
        with pytest.raises(AuthenticationFailed):
            send(GET)
    assert (portal.logins, len(server.seen)) == (1, 1)


def test_a_missing_permission_is_left_to_the_reader_of_the_response(
    server: Any, connect: Any, json_answer: Any
) -> None:
    portal = Portal(json_answer)
    server.script = lambda request: json_answer({"message": "no permission"}, 403)
    assert sender(TokenSession(connect(), never_lapsed, portal.login), connect())(GET).status == 403
    assert portal.logins == 1


@pytest.mark.parametrize(
    "problem",
    [
        AuthenticationFailed("authentication_failed", endpoint="e", username="u"),
        LoginRefused("login_refused", "R20", endpoint="e", server_message="over"),
        BusinessError("business_error", endpoint="e", method="POST", path="/p"),
    ],
)
def test_a_refused_login_is_never_repeated(
    server: Any, connect: Any, json_answer: Any, problem: VmsError
) -> None:
    portal = server.script = Portal(json_answer)
    portal.problem = problem
    send = sender(TokenSession(connect(), never_lapsed, portal.login), connect())
    for _count in range(3):
        with pytest.raises(type(problem)) as caught:
            send(GET)
        assert caught.value is problem
    assert (portal.logins, server.seen) == (1, [])


def test_a_refused_login_is_not_repeated_after_the_end_of_a_session(
    server: Any, connect: Any, json_answer: Any
) -> None:
    portal = server.script = Portal(json_answer)
    send = sender(TokenSession(connect(), never_lapsed, portal.login), connect())
    send(GET)
    portal.valid = None
    portal.problem = AuthenticationFailed("authentication_failed", endpoint="e", username="u")
    for _count in range(2):
        with pytest.raises(AuthenticationFailed):
            send(GET)
    assert portal.logins == 2


@pytest.mark.parametrize(
    "problem",
    [
        Unreachable("unreachable_deadline", endpoint="e", seconds=1.0),
        Unreachable("unreachable_reset", sent=True, retriable=True, endpoint="e"),
        HttpError("http_status", retriable=True, status=503, endpoint="e", method="POST", path="/p"),
    ],
)
def test_a_login_without_a_decision_can_be_repeated(
    server: Any, connect: Any, json_answer: Any, problem: VmsError
) -> None:
    portal = server.script = Portal(json_answer)
    portal.problem = problem
    send = sender(TokenSession(connect(), never_lapsed, portal.login), connect())
    with pytest.raises(type(problem)):
        send(GET)
    portal.problem = None
    assert send(GET).status == 200


def test_an_expired_license_ends_the_attempts(server: Any, connect: Any, json_answer: Any) -> None:
    portal = Portal(json_answer)
    server.script = lambda request: json_answer({}, 403, Error_Code="11")
    with pytest.raises(LoginRefused):
        sender(TokenSession(connect(), lapsed, portal.login), connect())(GET)
    assert len(server.seen) == 1


def test_the_logout_is_sent_once_with_the_session(server: Any, connect: Any, json_answer: Any) -> None:
    portal = server.script = Portal(json_answer)
    session: TokenSession

    def logout() -> None:
        send(Request("POST", "/portal/logout"))

    session = TokenSession(connect(), never_lapsed, portal.login, logout)
    send = sender(session, connect())
    send(GET)
    session.close()
    session.close()
    assert (portal.ended, portal.logins) == (["SID=1"], 1)


def test_no_logout_without_a_login(connect: Any, json_answer: Any) -> None:
    calls: list[str] = []
    session = TokenSession(connect(), never_lapsed, Portal(json_answer).login, lambda: calls.append("out"))
    session.close()
    assert calls == []


def test_a_logout_does_not_log_in_again(server: Any, connect: Any, json_answer: Any) -> None:
    portal = server.script = Portal(json_answer)
    session = TokenSession(
        connect(), never_lapsed, portal.login, lambda: send(Request("POST", "/portal/logout")) and None
    )
    send = sender(session, connect())
    send(GET)
    portal.valid = None
    session.close()
    assert (portal.ended, portal.logins, len(server.seen)) == ([], 1, 2)


def test_a_failed_logout_is_no_error_and_is_not_repeated(server: Any, connect: Any, json_answer: Any) -> None:
    portal = server.script = Portal(json_answer)
    calls: list[str] = []

    def logout() -> None:
        calls.append("out")
        raise HttpError("http_status", retriable=True, status=503, endpoint="e", method="POST", path="/p")

    session = TokenSession(connect(), never_lapsed, portal.login, logout)
    sender(session, connect())(GET)
    session.close()
    session.close()
    assert calls == ["out"]


class Tokens:
    """Issues tokens; ``valid`` is the one that the server accepts."""

    def __init__(self, json_answer: Any) -> None:
        self.json_answer = json_answer
        self.issued = 0
        self.valid = ""
        self.given_back: list[str] = []

    def fetch(self) -> str:
        self.issued += 1
        self.valid = f"token-{self.issued}"
        return self.valid

    def __call__(self, request: Any) -> Any:
        accepted = request.authorization == f"Bearer {self.valid}"
        return self.json_answer({}, 200 if accepted else 401)


def test_a_token_is_reused_replaced_once_and_given_back(server: Any, connect: Any, json_answer: Any) -> None:
    tokens = server.script = Tokens(json_answer)
    session = OAuth2Session(connect(), never_lapsed, tokens.fetch, tokens.given_back.append)
    send = sender(session, connect())
    for _count in range(3):
        send(GET)
    assert tokens.issued == 1
    tokens.valid = "taken away"
    assert send(GET).status == 200
    assert tokens.issued == 2
    session.close()
    session.close()
    assert tokens.given_back == ["token-1", "token-2"]


def test_a_token_that_is_never_accepted_is_an_error(server: Any, connect: Any, json_answer: Any) -> None:
    tokens = Tokens(json_answer)
    server.script = lambda request: json_answer({}, 401)
    send = sender(OAuth2Session(connect(), never_lapsed, tokens.fetch), connect())
    for _count in range(2):
        with pytest.raises(AuthenticationFailed) as caught:
            send(GET)
        assert caught.value.code == "authentication_failed_oauth2"
    assert tokens.issued == 1


def test_a_missing_permission_does_not_cost_a_token(server: Any, connect: Any, json_answer: Any) -> None:
    tokens = Tokens(json_answer)
    server.script = lambda request: json_answer({}, 403)
    send = sender(OAuth2Session(connect(), never_lapsed, tokens.fetch), connect())
    assert [send(GET).status, send(GET).status] == [403, 403]
    assert tokens.issued == 1


def test_the_token_call_names_the_client(server: Any, connect: Any) -> None:
    sender(OAuth2ClientSession(connect()), connect())(Request("POST", "/oauth2/token"))
    assert server.seen[0].authorization == "Basic " + base64.b64encode(b"console:console-secret").decode()


def test_the_token_call_without_a_client_has_no_credentials(server: Any, connect: Any) -> None:
    where = connect(client_id=None, client_secret=None)
    sender(OAuth2ClientSession(where), where)(Request("POST", "/oauth2/token"))
    assert server.seen[0].authorization == ""


@pytest.mark.parametrize("status", [400, 401])
def test_a_refused_token_call(server: Any, connect: Any, json_answer: Any, status: int) -> None:
    server.script = lambda request: json_answer({}, status)
    with pytest.raises(AuthenticationFailed):
        sender(OAuth2ClientSession(connect()), connect())(Request("POST", "/oauth2/token"))
