# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Login form and session cookies of a VMS: a cookie alone is enough after Digest or the form."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time

from flask import Flask, Response, g, request

from usim import paths
from usim.simulation import Simulation
from usim.webapp import json_response

COOKIE = "JSESSIONID"
_IDLE_MINUTES = 30
_FAILED, _FAILED_MESSAGE = 1, "用户名或密码错误。"


class Sessions:
    """Sessions of one VMS. They end half an hour after the login and with the process."""

    def __init__(self, simulation: Simulation, node: str) -> None:
        self._secret = simulation.secret
        self._node = node
        self._started = time.time_ns()
        self._ended: set[str] = set()
        self._lock = threading.Lock()

    def open(self) -> str:
        stamp = f"{time.time_ns():x}.{secrets.token_hex(4)}"
        return f"{stamp}.{self._sign(stamp)}"

    def is_open(self, session: str) -> bool:
        stamp, _dot, signature = session.rpartition(".")
        if not stamp or not hmac.compare_digest(signature.encode(), self._sign(stamp).encode()):
            return False
        opened = int(stamp.partition(".")[0], 16)
        age = time.time_ns() - opened
        with self._lock:
            return opened >= self._started and age < _IDLE_MINUTES * 60e9 and session not in self._ended

    def end(self, session: str) -> None:
        with self._lock:
            self._ended.add(session)

    def _sign(self, stamp: str) -> str:
        text = f"{self._node}:session:{stamp}".encode()
        return hmac.new(self._secret, text, hashlib.sha256).hexdigest()[:32]


def given_session() -> str:
    return request.cookies.get(COOKIE, "")


def set_cookie(response: Response, session: str) -> None:
    response.set_cookie(COOKIE, session, path="/cas", httponly=True)


def register(
    app: Flask, simulation: Simulation, node: str, sessions: Sessions, account: tuple[str, str]
) -> None:
    """Add login and logout, and give every client that logged in by Digest a session."""

    def is_account(name: str, password: str) -> bool:
        return hmac.compare_digest(f"{name}\n{password}".encode(), "\n".join(account).encode())

    @app.post(paths.LOGIN)
    def login() -> Response:
        name, password = request.values.get("name", ""), request.values.get("password", "")
        # What the console sends with encrypt=true is an encoding of its own, which is not decoded here.
        if request.values.get("encrypt", "false") != "false" or not is_account(name, password):
            simulation.count_failed_login(node)
            g.refused_in_body = True
            return json_response({"loginFailErrorCode": _FAILED, "loginFailMessage": _FAILED_MESSAGE})
        session = sessions.open()
        body = {
            "loginFailErrorCode": 0,
            "loginFailMessage": None,
            "loginName": name,
            "sessionId": session,
            "loginTime": int(simulation.now()) * 1000,
            "loginIp": request.remote_addr,
            "idleTimeout": _IDLE_MINUTES,
            "online": True,
        }
        response = json_response(body)
        set_cookie(response, session)
        return response

    @app.post(paths.LOGOUT)
    def logout() -> Response:
        sessions.end(given_session())
        response = Response(status=204)
        response.delete_cookie(COOKIE, path="/cas")
        return response

    @app.after_request
    def give_session(response: Response) -> Response:
        if g.get("digest_login") and response.status_code < 400 and not sessions.is_open(given_session()):
            set_cookie(response, sessions.open())
        return response
