# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A missing permission, an ended session and a login without a decision are told apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.auth import (
    never_lapsed,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.connection import Connection
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    HttpError,
    Unreachable,
    VmsError,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.response import Response
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.sessions import (
    TokenSession,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.transport import (
    Request,
)

from .sent_sessions import GET, Portal, sender


class Office:
    """A server that refuses some calls to every session, and checks sessions for the others."""

    def __init__(self, json_answer: Any, refused: Mapping[str, int]) -> None:
        self.json_answer, self.refused = json_answer, refused
        self.logins = 0
        self.open: set[str] = set()
        self.seen: list[str] = []

    def __call__(self, request: Any) -> Any:
        self.seen.append(f"{request.method} {request.path}")
        if request.headers.get("cookie") not in self.open:
            return self.json_answer({}, 403)
        if request.path == "/logout":
            self.open.discard(request.headers["cookie"])
        return self.json_answer({}, self.refused.get(request.path, 200))

    def login(self) -> Mapping[str, str]:
        self.logins += 1
        self.open.add(f"SID={self.logins}")
        return {"Cookie": f"SID={self.logins}"}

    def session(self, connection: Connection) -> tuple[TokenSession, Callable[[Request], Response]]:
        def logout() -> None:
            send(Request("POST", "/logout"))

        session = TokenSession(connection, never_lapsed, self.login, logout)
        send = sender(session, connection)
        return session, send


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("first", ["/may", "/not-0"])
def test_missing_permissions_cause_one_more_login_and_leave_no_session_open(
    server: Any, connect: Any, json_answer: Any, status: int, first: str
) -> None:
    office = server.script = Office(json_answer, {f"/not-{index}": status for index in range(8)})
    session, send = office.session(connect())
    if first == "/may" or status == 403:
        send(Request("GET", first))
        for index in range(8):
            assert send(Request("GET", f"/not-{index}")).status == status
        assert send(Request("GET", "/may")).status == 200
        assert office.seen.count("GET /not-3") == 1
        assert office.logins == (2 if first == "/may" else 1)
    session.close()
    assert office.open == set()


def test_a_session_that_ends_after_a_missing_permission_is_replaced(
    server: Any, connect: Any, json_answer: Any
) -> None:
    office = server.script = Office(json_answer, {"/not": 403})
    _session, send = office.session(connect())
    send(Request("GET", "/may"))
    send(Request("GET", "/not"))
    send(Request("GET", "/may"))
    office.open.clear()
    assert send(Request("GET", "/may")).status == 200
    assert office.logins == 3


def test_a_write_that_is_refused_is_sent_once_while_the_session_lives(
    server: Any, connect: Any, json_answer: Any
) -> None:
    office = server.script = Office(json_answer, {"/write": 403})
    _session, send = office.session(connect())
    assert send(Request("DELETE", "/write")).status == 403
    send(Request("GET", "/may"))
    assert send(Request("DELETE", "/write")).status == 403
    assert office.seen == ["DELETE /write", "GET /may", "DELETE /write", "GET /may"]
    assert office.logins == 1


def test_a_write_is_sent_again_after_the_end_of_a_session(
    server: Any, connect: Any, json_answer: Any
) -> None:
    office = server.script = Office(json_answer, {})
    _session, send = office.session(connect())
    send(Request("GET", "/may"))
    office.open.clear()
    assert send(Request("DELETE", "/write")).status == 200
    assert office.logins == 2


def test_a_write_without_a_known_read_is_not_sent_again(server: Any, connect: Any, json_answer: Any) -> None:
    office = server.script = Office(json_answer, {})
    _session, send = office.session(connect())
    send(Request("POST", "/write"))
    office.open.clear()
    assert send(Request("DELETE", "/write")).status == 403
    assert office.seen == ["POST /write", "DELETE /write"]


@pytest.mark.parametrize("rounds", [1, 3])
def test_a_login_that_is_never_decided_is_sent_twice_in_all(
    server: Any, connect: Any, json_answer: Any, rounds: int
) -> None:
    office = server.script = Office(json_answer, {})
    sent: list[int] = []

    def login() -> Mapping[str, str]:
        sent.append(1)
        if len(sent) > 2 * rounds - 1:
            raise Unreachable("unreachable_reset", sent=True, retriable=True, endpoint="e")
        if len(sent) % 2:
            raise HttpError("http_status", retriable=True, status=503, endpoint="e", method="P", path="/")
        return office.login()

    send = sender(TokenSession(connect(), never_lapsed, login), connect())
    errors: list[VmsError] = []
    for _count in range(12):
        try:
            send(Request("GET", "/may"))
            office.open.clear()
        except VmsError as error:
            errors.append(error)
    assert len(sent) == 2 * rounds
    assert not errors[-1].retriable


def test_a_login_that_did_not_reach_the_server_is_repeated(
    server: Any, connect: Any, json_answer: Any
) -> None:
    portal = server.script = Portal(json_answer)
    portal.problem = Unreachable("unreachable_refused", retriable=True, endpoint="e")
    send = sender(TokenSession(connect(), never_lapsed, portal.login), connect())
    for _count in range(4):
        with pytest.raises(Unreachable):
            send(GET)
    portal.problem = None
    assert send(GET).status == 200
