# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests through a session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.auth import (
    Session,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.connection import Connection
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    VmsError,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.response import Response
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.transport import (
    Request,
    Transport,
)

GET = Request("GET", "/portal/a")


class Portal:
    """A server with a login that it can end, answering in ``refusal`` for a session that it does not know."""

    def __init__(self, json_answer: Any, refusal: int = 401) -> None:
        self.json_answer = json_answer
        self.refusal = refusal
        self.logins = 0
        self.valid: str | None = None
        self.problem: VmsError | None = None
        self.ended: list[str] = []

    def __call__(self, request: Any) -> Any:
        accepted = self.valid is not None and request.headers.get("cookie") == self.valid
        if accepted and request.path == "/portal/logout":
            self.ended.append(request.headers["cookie"])
        return self.json_answer({}, 200 if accepted else self.refusal)

    def login(self) -> Mapping[str, str]:
        self.logins += 1
        if self.problem is not None:
            raise self.problem
        self.valid = f"SID={self.logins}"
        return {"Cookie": self.valid, "X-CSRF": "c"}


def sender(session: Session, connection: Connection) -> Callable[[Request], Response]:
    transport = Transport(connection)
    return lambda request: session.send(request, lambda signed: transport.exchange(signed, 5))


def lapsed(response: Response) -> str | None:
    return "over" if response.header("Error-Code") == "11" else None
