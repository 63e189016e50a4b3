# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Profiles with a session, and a server with a cookie."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.model import Profile

LOGIN = {
    "method": "POST",
    "path": "/cas/spring_check",
    "query": {"encrypt": "false", "lang": "cn"},
    "encoding": "form",
    "body": {"name": "{username}", "password": "{password}"},
    "success": {"at": "loginFailErrorCode", "in": [0]},
}


def profile_with(auth: object, **base: object) -> Profile:
    return load_profile(
        {
            "name": "session",
            "bases": {"vms": {"path": "/cas/casrs", "auth": auth, **base}},
            "operations": {
                "manager": {
                    "certainty": "observed",
                    "method": "GET",
                    "path": "/system/cvm",
                    "fields": {"arch": "type"},
                },
                "reconnect_license_server": {
                    "certainty": "assumed",
                    "method": "POST",
                    "path": "/reconnect",
                },
            },
        }
    )


def cookie_session(**changes: object) -> Profile:
    return profile_with(
        {"type": "session", "login": LOGIN, "token": {"cookie": "JSESSIONID"}, **changes},
        error={"code": "loginFailErrorCode", "message": "loginFailMessage"},
        lapsed_codes=[1151, "license_lapsed"],
    )


class CookieServer:
    """Opens a session for the right password, and ends it on request."""

    def __init__(self, json_answer: Any, reply: Any) -> None:
        self.json_answer, self.reply = json_answer, reply
        self.logins: list[Any] = []
        self.sessions: set[str] = set()
        self.refusal: Any = None

    def __call__(self, request: Any) -> Any:
        if request.path == "/cas/spring_check":
            self.logins.append(request)
            if self.refusal is not None:
                return self.refusal
            form = parse_qs(request.body.decode())
            if form != {"name": ["automation"], "password": ["right"]}:
                return self.json_answer({"loginFailErrorCode": 3, "loginFailMessage": "密码错误"})
            session = f"S{len(self.logins)}"
            self.sessions.add(session)
            headers = [
                ("Set-Cookie", f"JSESSIONID={session}; Path=/cas; HttpOnly"),
                ("Set-Cookie", "XSRF=x1"),
            ]
            return self.reply(200, b'{"loginFailErrorCode": 0}', headers)
        cookies = dict(part.split("=") for part in request.headers.get("cookie", "=").split("; "))
        if cookies.get("JSESSIONID") not in self.sessions:
            return self.reply(403)
        if request.path == "/cas/logout":
            self.sessions.discard(cookies["JSESSIONID"])
            return self.reply(500)
        return self.json_answer({"type": "x86_64"})
