# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Authenticate requests with credentials in each of them: HTTP Digest with a reused nonce, Basic, a token.

Credentials that the server rejects are not sent again.
"""

from __future__ import annotations

import base64
import re
from typing import Any, Callable, Optional

from ..._text import printable
from . import digest
from .connection import Connection
from .errors import AuthenticationFailed, LoginRefused, OptionError
from .transport import Request, Response

_TOKEN = re.compile(r"[!-~]+\Z")
# One request for the challenge, one with credentials, and one more if the nonce became stale in between.
_DIGEST_ROUNDS = 3

Exchange = Callable[[Request], Response]
# Returns the server's sentence if a response means that a license expired (R20), otherwise None.
Lapsed = Callable[[Response], Optional[str]]


def never_lapsed(response: Response) -> Optional[str]:
    """For a server whose responses never mean R20."""
    return None


def basic_credentials(user: str, secret: str) -> bytes:
    """Return the ``Authorization`` value of HTTP Basic (RFC 7617) in UTF-8."""
    return b"Basic " + base64.b64encode("{0}:{1}".format(user, secret).encode("utf-8"))


class Session:
    """Send requests without credentials; the base class of the other sessions."""

    def __init__(self, connection: Connection, lapsed: Lapsed = never_lapsed) -> None:
        self._connection = connection
        self._lapsed = lapsed
        self._refused = False

    def send(self, request: Request, exchange: Exchange) -> Response:
        """Send ``request`` by ``exchange``.

        Raises AuthenticationFailed for a final 401 and LoginRefused for a response that means R20.
        """
        response = exchange(request)
        self._raise_if_lapsed(response)
        if response.status == 401:
            raise self._failed()
        return response

    def close(self) -> None:
        """Log out, or give the token back, as far as that is possible; without effect where there is none."""

    def _raise_if_lapsed(self, response: Response) -> None:
        sentence = self._lapsed(response) if response.status >= 400 else None
        if sentence is not None:
            raise LoginRefused(
                "login_refused",
                "R20",
                endpoint=self._connection.endpoint,
                server_message=self._masked(sentence) or "-",
            )

    def _masked(self, text: str) -> str:
        return self._connection.mask().text(printable(text))

    def _failed(self, code: str = "authentication_failed", **fields: Any) -> AuthenticationFailed:
        self._refused = True
        where = self._connection
        return AuthenticationFailed(code, endpoint=where.endpoint, username=where.username, **fields)


class _CredentialsSession(Session):
    """Send the same ``Authorization`` with every request."""

    _rejected = "authentication_failed"

    def __init__(self, connection: Connection, lapsed: Lapsed, credentials: bytes) -> None:
        super().__init__(connection, lapsed)
        self._credentials = credentials

    def send(self, request: Request, exchange: Exchange) -> Response:
        if self._refused:
            raise self._failed(self._rejected)
        response = exchange(request.with_header("Authorization", self._credentials))
        self._raise_if_lapsed(response)
        if response.status == 401:
            raise self._failed(self._rejected)
        return response


class BasicSession(_CredentialsSession):
    """Send username and password with every request, without waiting for a challenge (RFC 7617).

    Raises OptionError for a username with a colon.
    """

    def __init__(self, connection: Connection, lapsed: Lapsed = never_lapsed) -> None:
        if ":" in connection.username:
            raise OptionError(
                "option_invalid",
                option="username",
                expected="a text without a colon for HTTP Basic",
                got=connection.username,
            )
        super().__init__(connection, lapsed, basic_credentials(connection.username, connection.password))


class BearerSession(_CredentialsSession):
    """Send the connection's password as a token (RFC 6750).

    Raises OptionError for a password that cannot be a token.
    """

    _rejected = "authentication_failed_bearer"

    def __init__(self, connection: Connection, lapsed: Lapsed = never_lapsed) -> None:
        if not _TOKEN.match(connection.password):
            # The value is a secret and is not repeated.
            raise OptionError(
                "option_invalid",
                option="password",
                expected="a token of visible ASCII characters",
                got="other characters" if connection.password else "''",
            )
        super().__init__(connection, lapsed, b"Bearer " + connection.password.encode("ascii"))


class DigestSession(Session):
    """Answer the server's challenge once and reuse its nonce.

    Some servers also open a session and set its cookie; it is not sent, so that nothing depends on its end.
    """

    def __init__(self, connection: Connection, lapsed: Lapsed = never_lapsed) -> None:
        super().__init__(connection, lapsed)
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
            self._raise_if_lapsed(response)
            if response.status != 401:
                self._update_nonce(answered, response)
                return response
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
