# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logins: one challenge serves many requests, and wrong credentials are sent once."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.client import Client
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    AuthenticationFailed,
    LoginRefused,
)

PROFILE = load_profile("usphere_7")


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
    client = Client(connect(), PROFILE)
    for _count in range(4):
        client.read("manager")
    assert guard.challenges == 1
    assert len(server.seen) == 5
    assert server.connections == 1


def test_a_wrong_password_is_sent_once(
    server: Any, connect: Any, digest_login: Any, json_answer: Any
) -> None:
    guard = digest_login()
    server.script = digest_script(guard, json_answer({}))
    client = Client(connect(password="wrong-Pa55"), PROFILE)
    with pytest.raises(AuthenticationFailed) as caught:
        client.read("manager")
    with pytest.raises(AuthenticationFailed):
        client.read("version")
    assert guard.wrong == 1
    assert with_credentials(server) == 1
    assert "wrong-Pa55" not in str(caught.value)
    assert caught.value.fields["username"] == "automation"


def test_a_stale_nonce_is_replaced(server: Any, connect: Any, digest_login: Any, json_answer: Any) -> None:
    guard = digest_login()
    server.script = digest_script(guard, json_answer({}))
    client = Client(connect(), PROFILE)
    client.read("manager")
    guard.nonce = "nonce-2"
    client.read("manager")
    assert guard.challenges == 2
    assert guard.wrong == 0


def test_a_nonce_that_expires_without_a_stale_flag_is_replaced_once(
    server: Any, connect: Any, digest_login: Any, json_answer: Any
) -> None:
    guard = digest_login()
    server.script = digest_script(guard, json_answer({}))
    client = Client(connect(), PROFILE)
    client.read("manager")
    # The server has dropped the nonce and does not mark it as stale.
    server.script = lambda request: (
        guard.challenge() if "nonce-1" in request.authorization else json_answer({})
    )
    guard.nonce = "nonce-2"
    client.read("manager")
    guard.nonce, guard.password = "nonce-2", "changed"
    server.script = digest_script(guard, json_answer({}))
    with pytest.raises(AuthenticationFailed):
        client.read("manager")
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
    Client(connect(), PROFILE).write("reconnect_license_server")
    assert len(done) == 1


def test_an_expired_license_is_distinguished_from_a_wrong_password(
    server: Any, connect: Any, reply: Any
) -> None:
    headers = [("Error-Code", "license_lapsed"), ("Error-Message", "a license\x1b[31m lapsed")]
    server.script = lambda request: reply(401, b"", headers)
    with pytest.raises(LoginRefused) as caught:
        Client(connect(), PROFILE).read("version")
    assert caught.value.rule == "R20"
    assert "\x1b" not in str(caught.value.fields["server_message"])
    assert with_credentials(server) == 0


def test_any_realm_is_accepted(server: Any, connect: Any, digest_login: Any, json_answer: Any) -> None:
    guard = digest_login()
    guard.realm = "anything else"
    server.script = digest_script(guard, json_answer({"type": "16"}))
    assert Client(connect(), PROFILE).read("manager").text("arch") == "16"


@pytest.mark.parametrize("offer", ['Basic realm="x"', None])
def test_other_schemes_do_not_get_the_password(
    server: Any, connect: Any, reply: Any, offer: str | None
) -> None:
    headers = [("WWW-Authenticate", offer)] if offer else []
    server.script = lambda request: reply(401, b"", headers)
    with pytest.raises(AuthenticationFailed) as caught:
        Client(connect(), PROFILE).read("manager")
    assert caught.value.code == "authentication_unsupported"
    assert with_credentials(server) == 0


class TokenLogin:
    """A License Server's login with tokens that can be revoked."""

    def __init__(self, json_answer: Any) -> None:
        self.json_answer = json_answer
        self.valid = ""
        self.given = 0
        self.asked: list[Any] = []
        self.accepts = True
        self.refusal = 401

    def __call__(self, request: Any) -> Any:
        if request.path.endswith("/oauth2/token"):
            self.asked.append(request)
            if not self.accepts:
                return self.json_answer({"errorCode": "invalid_grant", "errorMessage": "no"}, self.refusal)
            self.given += 1
            self.valid = f"token-{self.given}"
            return self.json_answer({"access_token": self.valid, "token_type": "bearer", "expires_in": 60})
        if request.authorization != f"Bearer {self.valid}":
            return self.json_answer({"errorCode": "invalid_token", "errorMessage": "no"}, 401)
        return self.json_answer({"id": "ls-east"})


def test_the_token_is_reused(server: Any, connect: Any, json_answer: Any) -> None:
    login = server.script = TokenLogin(json_answer)
    client = Client(connect(), PROFILE)
    for _count in range(3):
        client.read("server")
    assert login.given == 1
    request = login.asked[0]
    assert parse_qs(request.body.decode()) == {
        "grant_type": ["password"],
        "username": ["automation"],
        "password": ["right"],
    }
    assert request.authorization == "Basic " + base64.b64encode(b"console:console-secret").decode()
    assert "right" not in request.target


def test_an_expired_token_is_replaced_once(server: Any, connect: Any, json_answer: Any) -> None:
    login = server.script = TokenLogin(json_answer)
    client = Client(connect(), PROFILE)
    client.read("server")
    login.valid = "taken away"
    client.read("server")
    assert login.given == 2


def test_a_token_that_is_never_accepted_is_an_error(server: Any, connect: Any, json_answer: Any) -> None:
    login = TokenLogin(json_answer)

    def script(request: Any) -> Any:
        return login(request) if request.path.endswith("token") else json_answer({}, 401)

    server.script = script
    with pytest.raises(AuthenticationFailed):
        Client(connect(), PROFILE).read("server")
    assert login.given == 1


@pytest.mark.parametrize("refusal", [400, 401])
def test_wrong_credentials_for_a_token_are_sent_once(
    server: Any, connect: Any, json_answer: Any, refusal: int
) -> None:
    login = server.script = TokenLogin(json_answer)
    login.accepts, login.refusal = False, refusal
    client = Client(connect(), PROFILE)
    for _count in range(2):
        with pytest.raises(AuthenticationFailed) as caught:
            client.read("server")
        assert caught.value.code == "authentication_failed_oauth2"
    assert len(login.asked) == 1


def test_without_a_client_id_no_basic_header_is_sent(server: Any, connect: Any, json_answer: Any) -> None:
    login = server.script = TokenLogin(json_answer)
    Client(connect(client_id=None, client_secret=None), PROFILE).read("server")
    assert login.asked[0].authorization == ""
