# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions of the second API: cookie and CSRF header on a VMS, a token in a header on other nodes.

A session ends by real time or after a number of requests, survives a restart, and is deleted at the sign-out.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3
import threading
import time
from collections import Counter

from flask import Flask, Response, g, request

from usim import paths
from usim.second_api.conventions import good, refuse
from usim.simulation import Simulation
from usim.webapp import Refusal, json_body

COOKIE, CSRF, TOKEN = "SID", "X-CSRF", "X-Console-Token"
_SCHEME = "Console "


def is_login() -> bool:
    """Return whether the request is a step of logging in or out."""
    return request.path in paths.SECOND_LOGINS


class Sessions:
    """The sessions of one node."""

    def __init__(self, simulation: Simulation, row: sqlite3.Row) -> None:
        self._simulation = simulation
        self._node, self._username, self._password = (
            str(row[key]) for key in ("name", "username", "password")
        )
        self._requests: Counter[str] = Counter()
        self._lock = threading.Lock()

    def open(self, username: object, password: object) -> str:
        """Return a new session. Raises Refusal, with status 200 in this API, for a wrong password."""
        if not (_same(username, self._username) and _same(password, self._password)):
            self._simulation.count_failed_login(self._node)
            raise Refusal(409, "sign_in_refused", "wrong")
        session = secrets.token_hex(16)
        expires = time.time() + self._simulation.settings.token_seconds
        with self._simulation.store.transaction() as db:
            db.execute("DELETE FROM tokens WHERE expires < ?", (time.time() - 3600,))
            db.execute("INSERT INTO tokens VALUES (?, ?, ?)", (_digest(session), self._node, expires))
        return session

    def check(self, session: str) -> bool:
        """Count a request of the session; return whether the session is still open."""
        with self._simulation.store.transaction() as db:
            row = db.execute(
                "SELECT expires FROM tokens WHERE digest = ? AND node = ?", (_digest(session), self._node)
            ).fetchone()
        if row is None or row["expires"] <= time.time():
            return False
        most = self._simulation.settings.session_requests
        with self._lock:
            self._requests[session] += 1
            return most == 0 or self._requests[session] <= most

    def close(self, session: str) -> None:
        with self._simulation.store.transaction() as db:
            db.execute("DELETE FROM tokens WHERE digest = ? AND node = ?", (_digest(session), self._node))

    def csrf(self, session: str) -> str:
        """Return the CSRF token of a session, which is derived from it."""
        return hmac.new(self._simulation.secret, session.encode(), "sha256").hexdigest()[:32]


def check_cookie(sessions: Sessions) -> Response | None:
    """Return None if cookie and CSRF header are right, else the response that rejects the request."""
    if is_login():
        return None
    session = request.cookies.get(COOKIE, "")
    if not sessions.check(session):
        return _rejected(401, "session_ended")
    if not _same(request.headers.get(CSRF), sessions.csrf(session)):
        return _rejected(403, "csrf_wrong")
    return None


def check_header(sessions: Sessions) -> Response | None:
    """Return None if the token in ``Authorization`` is right, else the response that rejects the request."""
    if is_login():
        return None
    return None if sessions.check(_sent_token()) else _rejected(401, "session_ended")


def register_portal(app: Flask, sessions: Sessions) -> None:
    """Serve login and logout of a VMS."""

    @app.post(paths.SECOND_SIGN_IN)
    def sign_in() -> Response:
        login = json_body().get("login")
        given = login if isinstance(login, dict) else {}
        session = sessions.open(given.get("account"), given.get("secret"))
        answer = good({"csrf": sessions.csrf(session), "menu": ["主机", "许可"]})
        answer.set_cookie("theme", "dark", path="/")
        answer.set_cookie(COOKIE, session, path="/", secure=True, httponly=True)
        return answer

    @app.post(paths.SECOND_SIGN_OUT)
    def sign_out() -> Response:
        session = request.cookies.get(COOKIE, "")
        if not _same(request.headers.get(CSRF), sessions.csrf(session)):
            return _rejected(403, "csrf_wrong")
        sessions.close(session)
        return good(None)


def register_console(app: Flask, sessions: Sessions) -> None:
    """Serve login and logout of a License Server or product node."""

    @app.post(paths.SECOND_CONSOLE)
    def sign_in() -> Response:
        body = json_body()
        session = sessions.open(body.get("account"), body.get("secret"))
        return good(None, headers={TOKEN: session})

    @app.delete(paths.SECOND_CONSOLE)
    def sign_out() -> Response:
        sessions.close(_sent_token())
        return good(None)


def _sent_token() -> str:
    given = request.headers.get("Authorization", "")
    return given[len(_SCHEME) :] if given.startswith(_SCHEME) else ""


def _rejected(status: int, code: str) -> Response:
    g.auth_challenge = True
    return refuse(Refusal(status, code, code))


def _same(given: object, wanted: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode(), wanted.encode())


def _digest(session: str) -> str:
    return hashlib.sha256(session.encode()).hexdigest()
