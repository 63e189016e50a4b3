# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials in each request: one challenge serves many of them, and wrong credentials are sent once."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.auth import (
    BasicSession,
    BearerSession,
    DigestSession,
    Session,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.connection import Connection
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    AuthenticationFailed,
    LoginRefused,
    OptionError,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.response import Response
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.transport import (
    Request,
    Transport,
)

GET = Request("GET", "/cas/casrs/a?b=1")
Send = Callable[[Request], Response]


def sender(session: Session, connection: Connection) -> Send:
    transport = Transport(connection)
    return lambda request: session.send(request, lambda signed: transport.exchange(signed, 5))


def digest(connection: Connection) -> Send:
    return sender(DigestSession(connection), connection)


def lapsed(response: Response) -> str | None:
    """The rule of a server whose code for R20 is 11."""
    return response.header_text("Error-Message") if response.header("Error-Code") == "11" else None


def digest_script(digest_login: Any, good: Any) -> Callable[[Any], Any]:
    return lambda request: digest_login.check(request) or good


def with_credentials(server: Any) -> int:
    return sum(1 for request in server.seen if request.authorization)


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_one_challenge_for_many_requests(
    server: Any, connect: Any, digest_login: Any, json_answer: Any, algorithm: str
) -> None:
    guard = digest_login(algorithm=algorithm)
    server.script = digest_script(guard, json_answer({"type": 1}))
    send = digest(connect())
    for _count in range(4):
        send(GET)
    assert guard.challenges == 1
    assert len(server.seen) == 5
    assert server.connections == 1


def test_a_wrong_password_is_sent_once(
    server: Any, connect: Any, digest_login: Any, json_answer: Any
) -> None:
    guard = digest_login()
    server.script = digest_script(guard, json_answer({}))
    send = digest(connect(password="wrong-Pa55"))
    with pytest.raises(AuthenticationFailed) as caught:
        send(GET)
    with pytest.raises(AuthenticationFailed):
        send(GET)
    assert guard.wrong == 1
    assert with_credentials(server) == 1
    assert "wrong-Pa55" not in str(caught.value)
    assert caught.value.fields["username"] == "automation"


def test_a_stale_nonce_is_replaced(server: Any, connect: Any, digest_login: Any, json_answer: Any) -> None:
    guard = digest_login()
    server.script = digest_script(guard, json_answer({}))
    send = digest(connect())
    send(GET)
    guard.nonce = "nonce-2"
    send(GET)
    assert guard.challenges == 2
    assert guard.wrong == 0


def test_a_nonce_that_expires_without_a_stale_flag_is_replaced_once(
    server: Any, connect: Any, digest_login: Any, json_answer: Any
) -> None:
    guard = digest_login()
    server.script = digest_script(guard, json_answer({}))
    send = digest(connect())
    send(GET)
    # The server has dropped the nonce and does not mark it as stale.
    server.script = lambda request: (
        guard.challenge() if "nonce-1" in request.authorization else json_answer({})
    )
    guard.nonce = "nonce-2"
    send(GET)
    guard.nonce, guard.password = "nonce-2", "changed"
    server.script = digest_script(guard, json_answer({}))
    with pytest.raises(AuthenticationFailed):
        send(GET)
    assert guard.wrong == 2  # once with the old nonce and once with the new one


def test_a_write_is_not_carried_out_by_its_challenge(
    server: Any, connect: Any, digest_login: Any, json_answer: Any
) -> None:
    guard = digest_login()
    done: list[bytes] = []

    def script(request: Any) -> Any:
        refusal = guard.check(request)
        if refusal is None:
            done.append(request.body)
        return refusal or json_answer({"msgId": "1"})

    server.script = script
    digest(connect())(Request("POST", "/cas/casrs/x", {}, b"x"))
    assert len(done) == 1


@pytest.mark.parametrize("status", [401, 403, 409])
@pytest.mark.parametrize("kind", [Session, DigestSession, BasicSession, BearerSession])
def test_an_expired_license_is_distinguished_from_a_wrong_password(
    server: Any, connect: Any, reply: Any, kind: Any, status: int
) -> None:
    said = "许可证已过期\x1b[31m right".encode("gbk").decode("latin-1")
    server.script = lambda request: reply(status, b"", [("Error-Code", "11"), ("Error-Message", said)])
    with pytest.raises(LoginRefused) as caught:
        sender(kind(connect(), lapsed), connect())(GET)
    assert caught.value.rule == "R20"
    assert caught.value.fields["server_message"] == "许可证已过期 [31m ********"
    assert len(server.seen) == 1


def test_a_response_that_refuses_nothing_is_not_searched_for_an_expired_license(
    server: Any, connect: Any, reply: Any
) -> None:
    server.script = lambda request: reply(200, b"", [("Error-Code", "11")])
    assert sender(Session(connect(), lapsed), connect())(GET).status == 200


def test_any_realm_is_accepted(server: Any, connect: Any, digest_login: Any, json_answer: Any) -> None:
    guard = digest_login()
    guard.realm = "anything else"
    server.script = digest_script(guard, json_answer({"type": "16"}))
    assert digest(connect())(GET).body == b'{"type": "16"}'


@pytest.mark.parametrize("offer", ['Basic realm="x"', None])
def test_other_schemes_do_not_get_the_password(
    server: Any, connect: Any, reply: Any, offer: str | None
) -> None:
    headers = [("WWW-Authenticate", offer)] if offer else []
    server.script = lambda request: reply(401, b"", headers)
    with pytest.raises(AuthenticationFailed) as caught:
        digest(connect())(GET)
    assert caught.value.code == "authentication_unsupported"
    assert with_credentials(server) == 0


def test_digest_does_not_depend_on_a_cookie(
    server: Any, connect: Any, digest_login: Any, json_answer: Any
) -> None:
    guard = digest_login()
    server.script = digest_script(guard, json_answer({}, Set_Cookie="JSESSIONID=A1; Path=/cas; HttpOnly"))
    send = digest(connect())
    for _count in range(3):
        send(GET)
    assert with_credentials(server) == 3
    assert [request for request in server.seen if "cookie" in request.headers] == []


def test_basic_credentials_are_utf_8(server: Any, connect: Any) -> None:
    where = connect(username="管理员", password="密:码")
    sender(BasicSession(where), where)(GET)
    scheme, _space, pair = server.seen[0].authorization.partition(" ")
    assert (scheme, base64.b64decode(pair).decode()) == ("Basic", "管理员:密:码")


def test_a_username_with_a_colon_cannot_be_sent_by_basic(connect: Any) -> None:
    with pytest.raises(OptionError) as caught:
        BasicSession(connect(username="a:b"))
    assert caught.value.fields["option"] == "username"


def test_the_password_is_sent_as_a_token(server: Any, connect: Any) -> None:
    sender(BearerSession(connect()), connect())(GET)
    assert server.seen[0].authorization == "Bearer right"


@pytest.mark.parametrize("token", ["", "a b", "geheim\r\nX: y", "密码"])
def test_an_impossible_token_is_not_repeated(connect: Any, token: str) -> None:
    with pytest.raises(OptionError) as caught:
        BearerSession(connect(password=token))
    assert caught.value.fields["option"] == "password"
    assert token == "" or token not in str(caught.value.fields)


@pytest.mark.parametrize(
    ("kind", "code"),
    [(BasicSession, "authentication_failed"), (BearerSession, "authentication_failed_bearer")],
)
def test_rejected_credentials_are_sent_once(
    server: Any, connect: Any, json_answer: Any, kind: Any, code: str
) -> None:
    server.script = lambda request: json_answer({}, 401)
    send = sender(kind(connect()), connect())
    for _count in range(2):
        with pytest.raises(AuthenticationFailed) as caught:
            send(GET)
        assert caught.value.code == code
    assert len(server.seen) == 1


@pytest.mark.parametrize("kind", [Session, DigestSession, BasicSession, BearerSession])
def test_nothing_is_sent_at_the_end_without_a_login(server: Any, connect: Any, kind: Any) -> None:
    kind(connect()).close()
    assert server.seen == []


class Scripted:
    """Returns one status after the other for requests with credentials; counts those by their status."""

    def __init__(self, reply: Any, statuses: Mapping[str, list[int]], challenge: str) -> None:
        self.reply, self.statuses, self.challenge = reply, statuses, challenge
        self.seen: list[tuple[str, int]] = []

    def __call__(self, request: Any) -> Any:
        challenge = [("WWW-Authenticate", self.challenge)]
        if not request.authorization:
            return self.reply(401, b"", challenge)
        queue = self.statuses[request.path]
        status = queue.pop(0) if len(queue) > 1 else queue[0]
        self.seen.append((request.path, status))
        return self.reply(status, b"", challenge if status == 401 else [])


_CHALLENGES = {DigestSession: 'Digest realm="r", nonce="n", qop="auth"', BasicSession: 'Basic realm="r"'}


@pytest.mark.parametrize("kind", list(_CHALLENGES))
@pytest.mark.parametrize("between", [404, 500, 502, 503])
def test_a_refused_password_is_sent_once_whatever_errors_are_between(
    server: Any, connect: Any, reply: Any, kind: Any, between: int
) -> None:
    script = server.script = Scripted(reply, {"/a": [between, 401]}, _CHALLENGES[kind])
    send = sender(kind(connect()), connect())
    refused = 0
    for _count in range(8):
        try:
            send(Request("GET", "/a"))
        except AuthenticationFailed:
            refused += 1
    assert script.seen == [("/a", between), ("/a", 401)]
    assert refused == 7


@pytest.mark.parametrize("kind", list(_CHALLENGES))
def test_a_call_that_is_refused_to_an_accepted_account_is_its_own_failure(
    server: Any, connect: Any, reply: Any, kind: Any
) -> None:
    statuses = {"/a": [200], "/not": [401], "/neither": [401], "/b": [200]}
    server.script = Scripted(reply, statuses, _CHALLENGES[kind])
    send = sender(kind(connect()), connect())
    paths = ["/a", "/not", "/neither", "/b", "/not", "/a"]
    assert [send(Request("GET", path)).status for path in paths] == [200, 401, 401, 200, 401, 200]


@pytest.mark.parametrize("kind", list(_CHALLENGES))
def test_a_password_that_is_no_longer_accepted_is_not_sent_on(
    server: Any, connect: Any, reply: Any, kind: Any
) -> None:
    script = server.script = Scripted(reply, {"/a": [200, 401], "/b": [401]}, _CHALLENGES[kind])
    send = sender(kind(connect()), connect())
    send(Request("GET", "/a"))
    for _count in range(5):
        with pytest.raises(AuthenticationFailed):
            send(Request("GET", "/b"))
    # The nonce of a digest may have expired, so it is renewed once.
    assert len(script.seen) <= 4


@pytest.mark.parametrize("kind", [BasicSession, BearerSession])
def test_a_call_that_needs_no_credentials_does_not_prove_them(
    server: Any, connect: Any, reply: Any, kind: Any
) -> None:
    server.script = lambda request: reply(200 if request.path == "/public" else 401)
    send = sender(kind(connect()), connect())
    assert send(Request("GET", "/public")).status == 200
    for _count in range(3):
        with pytest.raises(AuthenticationFailed):
            send(Request("GET", "/a"))
    assert [request.path for request in server.seen] == ["/public", "/a", "/public"]
