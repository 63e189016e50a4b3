# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""OAuth2 of the console: password grant by Authlib; tokens expire by real time and survive a restart."""

from __future__ import annotations

import hashlib
import hmac
import json
import sqlite3
import time
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer  # type: ignore[import-untyped]  # ships no types
from authlib.oauth2.rfc6749 import ClientMixin, InvalidGrantError  # type: ignore[import-untyped]  # ships no types
from authlib.oauth2.rfc6749.grants import (  # type: ignore[import-untyped]  # ships no types
    ResourceOwnerPasswordCredentialsGrant,
)
from flask import Flask, Response, g, request

from usim.simulation import Simulation
from usim.webapp import is_login_request, json_response


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode(), right.encode())


class _ConsoleClient(ClientMixin):  # type: ignore[misc]  # the base class is untyped
    """The single OAuth2 client of a License Server's console."""

    def __init__(self, client_id: str, secret: str) -> None:
        self._client_id = client_id
        self._secret = secret

    def get_client_id(self) -> str:
        return self._client_id

    def get_allowed_scope(self, scope: str) -> str:
        return ""

    def check_client_secret(self, client_secret: str) -> bool:
        return _same(self._secret, client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "password"


def register(app: Flask, simulation: Simulation, row: sqlite3.Row, base: str) -> None:
    """Serve ``{base}/oauth2/token`` of one License Server: get a token, verify it, give it back."""
    node, username, password = str(row["name"]), str(row["username"]), str(row["password"])
    client_id = str(row["client_id"])
    console = _ConsoleClient(client_id, str(row["client_secret"]))

    class PasswordGrant(ResourceOwnerPasswordCredentialsGrant):  # type: ignore[misc]  # the base class is untyped
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

        def authenticate_user(self, given_name: str, given_password: str) -> str:
            if not (_same(given_name, username) and _same(given_password, password)):
                raise InvalidGrantError("the user name or the password is wrong")
            return username

    def save(token: dict[str, Any], _request: object) -> None:
        expires = time.time() + simulation.settings.token_seconds
        with simulation.store.transaction() as db:
            db.execute("DELETE FROM tokens WHERE expires < ?", (time.time() - 3600,))
            db.execute("INSERT INTO tokens VALUES (?, ?, ?)", (_digest(token["access_token"]), node, expires))

    app.config["OAUTH2_TOKEN_EXPIRES_IN"] = {"password": simulation.settings.token_seconds}
    server = AuthorizationServer(app, lambda given: console if given == client_id else None, save)
    server.register_grant(PasswordGrant)

    @app.post(f"{base}/oauth2/token")
    def token() -> Response:
        answer = server.create_token_response()
        assert isinstance(answer, Response)
        if answer.status_code == 200:
            body = json.loads(answer.get_data())
            return json_response({**body, "token_type": "bearer"}, headers={"Cache-Control": "no-store"})
        body = json.loads(answer.get_data())
        if body["error"] in ("invalid_grant", "invalid_client"):
            simulation.count_failed_login(node)
        body |= {"errorCode": body["error"], "errorMessage": body.get("error_description", body["error"])}
        challenge = answer.headers.get("WWW-Authenticate")
        headers = None if challenge is None else {"WWW-Authenticate": challenge}
        return json_response(body, answer.status_code, headers)

    @app.get(f"{base}/oauth2/token")
    def verify() -> Response:
        answer = _check_bearer(simulation, node)
        if answer is not None:
            return answer
        with simulation.store.transaction() as db:
            row = _token_row(db, node, _bearer())
        left = 0 if row is None else int(row["expires"] - time.time())
        body = {"token_type": "bearer", "expires_in": left}
        return json_response(body, headers={"Cache-Control": "no-store"})

    @app.delete(f"{base}/oauth2/token")
    def give_back() -> Response:
        answer = _check_bearer(simulation, node)
        if answer is not None:
            return answer
        with simulation.store.transaction() as db:
            db.execute("DELETE FROM tokens WHERE digest = ? AND node = ?", (_digest(_bearer()), node))
        return Response(status=204)


def check(simulation: Simulation, node: str) -> Response | None:
    """Return None if the bearer token is valid, else the 401 response; token requests check theirs."""
    return None if is_login_request() else _check_bearer(simulation, node)


def _bearer() -> str:
    given = request.authorization
    return given.token or "" if given is not None and given.type == "bearer" else ""


def _token_row(db: sqlite3.Connection, node: str, token: str) -> sqlite3.Row | None:
    row = db.execute(
        "SELECT expires FROM tokens WHERE digest = ? AND node = ?", (_digest(token), node)
    ).fetchone()
    return row if isinstance(row, sqlite3.Row) else None


def _check_bearer(simulation: Simulation, node: str) -> Response | None:
    token = _bearer()
    if not token:
        return _unauthorized("token_missing", "a bearer token is needed", "")
    with simulation.store.transaction() as db:
        row = _token_row(db, node, token)
    if row is None:
        return _unauthorized("token_invalid", "this token is not known here", ', error="invalid_token"')
    if row["expires"] <= time.time():
        return _unauthorized("token_expired", "this token has expired", ', error="invalid_token"')
    return None


def _unauthorized(code: str, message: str, more: str) -> Response:
    g.auth_challenge = True
    header = {"WWW-Authenticate": f'Bearer realm="licsmgr"{more}'}
    return json_response({"errorCode": code, "errorMessage": message}, 401, header)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
