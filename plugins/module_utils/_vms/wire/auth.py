# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Authenticate requests: HTTP Digest with a reused nonce, OAuth2 with a cached token.

Credentials that the server rejects are not sent again.
"""

from __future__ import annotations

import base64
from typing import Any, Callable, Optional

from ..._text import printable
from . import digest
from .connection import Connection
from .errors import AuthenticationFailed, LoginRefused
from .transport import Request, Response

# One request for the challenge, one with credentials, and one more if the nonce became stale in between.
_DIGEST_ROUNDS = 3

Exchange = Callable[[Request], Response]


class Session:
    """Send requests without credentials; the base class of the other sessions."""

    def __init__(self, connection: Connection, lapsed_code: str = "") -> None:
        self._connection = connection
        self._lapsed_code = lapsed_code
        self._refused = False

    def send(self, request: Request, exchange: Exchange) -> Response:
        """Send ``request`` by ``exchange``; raises AuthenticationFailed for a final 401."""
        response = exchange(request)
        if response.status == 401:
            self._raise_if_lapsed(response)
            raise self._failed()
        return response

    def _raise_if_lapsed(self, response: Response) -> None:
        if self._lapsed_code and response.header("Error-Code").strip() == self._lapsed_code:
            raise LoginRefused(
                "login_refused",
                "R20",
                endpoint=self._connection.endpoint,
                server_message=self._masked(response.header("Error-Message")) or self._lapsed_code,
            )

    def _masked(self, text: str) -> str:
        return self._connection.mask().text(printable(text))

    def _failed(self, code: str = "authentication_failed", **fields: Any) -> AuthenticationFailed:
        self._refused = True
        where = self._connection
        return AuthenticationFailed(code, endpoint=where.endpoint, username=where.username, **fields)


class DigestSession(Session):
    """Answer the server's challenge once and reuse its nonce."""

    def __init__(self, connection: Connection, lapsed_code: str = "") -> None:
        super().__init__(connection, lapsed_code)
        self._challenge: Optional[digest.Challenge] = None
        self._count = 0
        self._accepted = False

    def send(self, request: Request, exchange: Exchange) -> Response:
        if self._refused:
            # Repeated attempts with rejected credentials can lock an account.
            raise self._failed()
        for _round in range(_DIGEST_ROUNDS):
            answered = self._challenge is not None
            response = exchange(self._authorized(request))
            if response.status != 401:
                self._update_nonce(answered, response)
                return response
            self._raise_if_lapsed(response)
            self._next_challenge(answered, response)
        raise self._failed()

    def _authorized(self, request: Request) -> Request:
        if self._challenge is None:
            return request
        self._count += 1
        where = self._connection
        value = digest.answer(
            self._challenge, self._count, request.method, request.target, where.username, where.password
        )
        return request.with_header("Authorization", value)

    def _update_nonce(self, answered: bool, response: Response) -> None:
        self._accepted = self._accepted or answered
        nonce = digest.next_nonce(response.header("Authentication-Info"))
        if nonce and self._challenge is not None:
            self._challenge = self._challenge.with_nonce(nonce)
            self._count = 0

    def _next_challenge(self, answered: bool, response: Response) -> None:
        offers = response.all_headers("WWW-Authenticate")
        challenge = digest.choose(offers)
        if challenge is None and not answered:
            schemes = [self._masked(scheme) for scheme in digest.offered_schemes(offers)]
            raise self._failed("authentication_unsupported", offered=", ".join(schemes) or "nothing")
        if challenge is None or (answered and not challenge.stale and not self._accepted):
            raise self._failed()
        if answered and not challenge.stale:
            # The nonce may have expired without ``stale``: try once more, then treat the rejection as final.
            self._accepted = False
        self._challenge = challenge
        self._count = 0


class OAuth2Session(Session):
    """Keep a bearer token; fetch a new one once if the server rejects it."""

    def __init__(self, connection: Connection, fetch_token: Callable[[], str]) -> None:
        super().__init__(connection)
        self._fetch_token = fetch_token
        self._token: Optional[str] = None

    def send(self, request: Request, exchange: Exchange) -> Response:
        if self._refused:
            raise self._failed("authentication_failed_oauth2")
        fetched = self._token is None
        response = exchange(self._authorized(request))
        if response.status == 401 and not fetched:
            self._token = None
            response = exchange(self._authorized(request))
        if response.status == 401:
            raise self._failed("authentication_failed_oauth2")
        return response

    def _authorized(self, request: Request) -> Request:
        if self._token is None:
            try:
                self._token = self._fetch_token()
            except AuthenticationFailed:
                self._refused = True
                raise
        return request.with_header("Authorization", "Bearer " + self._token)


class OAuth2ClientSession(Session):
    """Request a token: HTTP Basic of the OAuth2 client, and the user's credentials in the form."""

    def send(self, request: Request, exchange: Exchange) -> Response:
        where = self._connection
        if where.client_id is not None:
            pair = "{0}:{1}".format(where.client_id, where.client_secret or "")
            value = b"Basic " + base64.b64encode(pair.encode("utf-8"))
            request = request.with_header("Authorization", value)
        response = exchange(request)
        if response.status in (400, 401):
            raise self._failed("authentication_failed_oauth2")
        return response
