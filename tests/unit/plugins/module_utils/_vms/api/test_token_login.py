# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens of a License Server: one serves many calls, and wrong credentials are sent once."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import parse_qs

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.client import Client
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import AuthenticationFailed

PROFILE = load_profile("usphere_7")


class TokenLogin:
    """A License Server's login with tokens that can be revoked."""

    def __init__(self, json_answer: Any) -> None:
        self.json_answer = json_answer
        self.valid = ""
        self.given = 0
        self.asked: list[Any] = []
        self.accepts = True
        self.returned: list[str] = []
        self.refusal = 401

    def __call__(self, request: Any) -> Any:
        if request.method == "DELETE":
            self.returned.append(request.authorization)
            return self.json_answer({}, 401)
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
    assert login.returned == ["Bearer token-1"]


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
