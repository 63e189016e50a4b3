# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Authenticate requests after a login: a session of a server, an OAuth2 token.

A login that was refused is not sent again.
"""

from __future__ import annotations

import contextlib
from typing import Callable, Mapping, Optional, Sequence, Set

from .auth import Exchange, Lapsed, Session, basic_credentials
from .connection import Connection
from .errors import AuthenticationFailed, LoginRefused, VmsError
from .response import Response
from .transport import Request

_REFUSALS = (AuthenticationFailed, LoginRefused)


# The cause of a refusal that a rule of the profile recognizes, beside the statuses.
_ENDED = 0


class TokenSession(Session):
    """Log in before the first request, and once more if the server no longer accepts the login.

    A refusal that a new session gets, too, is a missing permission. A write is sent again only if a read that
    was accepted before is refused, too.

    ``login`` returns the headers of the session; it raises a VmsError. ``refused_status`` and ``has_ended``
    recognize responses to a session that has ended. ``renewed`` returns the headers after a response that was
    accepted, which may have replaced a token.
    """

    _rejected = "authentication_failed"

    def __init__(
        self,
        connection: Connection,
        lapsed: Lapsed,
        login: Callable[[], Mapping[str, str]],
        logout: Optional[Callable[[], None]] = None,
        refused_status: Sequence[int] = (401, 403),
        has_ended: Callable[[Response], bool] = lambda response: False,
        renewed: Optional[Callable[[Response], Mapping[str, str]]] = None,
    ) -> None:
        super().__init__(connection, lapsed)
        self._renewed = renewed
        self._has_ended = has_ended
        self._login = login
        self._logout = logout
        self._refused_status = tuple(refused_status)
        self._headers: Optional[Mapping[str, str]] = None
        self._refusal: Optional[VmsError] = None
        self._is_closing = False
        # Logins without a decision since the last successful one.
        self._undecided = 0
        # Paths that the present session may read, and causes of refusals that a new session does not mend.
        self._readable: Set[str] = set()
        self._lasting: Set[int] = set()

    def send(self, request: Request, exchange: Exchange) -> Response:
        if self._refusal is not None:
            raise self._refusal
        is_new = self._headers is None
        response = exchange(self._authorized(request))
        self._raise_if_lapsed(response)
        cause = self._refused_by(response)
        if cause is not None and not is_new and self._is_over(cause, request, exchange):
            self.close()
            is_new = True
            response = exchange(self._authorized(request))
            self._raise_if_lapsed(response)
            cause = self._refused_by(response)
        if cause is None:
            if self._renewed is not None and self._headers is not None:
                self._headers = self._renewed(response)
            if self._note(request, response) and request.method == "GET":
                self._readable.add(request.path)
        elif is_new:
            self._lasting.add(cause)
        # A refusal of one call is explained by its response, if other calls are accepted.
        if cause == _ENDED or (response.status == 401 and self._known is None):
            error = self._failed(self._rejected)
            self._refusal = error if self._known is None else None
            raise error
        return response

    def _refused_by(self, response: Response) -> Optional[int]:
        """Return why a response refuses the session: its status, or a rule; None if it does not."""
        if self._is_closing:
            return None
        if self._has_ended(response):
            return _ENDED
        return response.status if response.status in self._refused_status else None

    def _is_over(self, cause: int, request: Request, exchange: Exchange) -> bool:
        if cause == _ENDED or request.method == "GET":
            return cause not in self._lasting or request.path in self._readable
        return self._probe(request, lambda read: exchange(self._authorized(read))) in self._refused_status

    def close(self) -> None:
        """Log out once; a failure is not an error, because the session then ends by itself."""
        if self._headers is None or self._is_closing:
            return
        self._is_closing = True
        try:
            with contextlib.suppress(VmsError):
                if self._logout is not None:
                    self._logout()
        finally:
            # The logout itself may be sent with these headers.
            self._headers = None
            self._is_closing = False

    def _authorized(self, request: Request) -> Request:
        if self._headers is None:
            try:
                self._headers = self._login()
            except VmsError as error:
                # Without a decision, the login is sent once more: repeated attempts can lock an account.
                self._undecided += error.sent
                is_last = not error.retriable or self._undecided > 1
                if isinstance(error, _REFUSALS) or (error.sent and is_last):
                    self._refusal, error.retriable = error, False
                raise
            self._undecided = 0
            self._readable.clear()
        for name, value in self._headers.items():
            request = request.with_header(name, value)
        return request


class OAuth2Session(TokenSession):
    """Keep a bearer token; fetch a new one once if the server rejects it.

    ``give_back`` tells the server that the token is no longer used.
    """

    _rejected = "authentication_failed_oauth2"

    def __init__(
        self,
        connection: Connection,
        lapsed: Lapsed,
        fetch_token: Callable[[], str],
        give_back: Optional[Callable[[str], None]] = None,
    ) -> None:
        super().__init__(connection, lapsed, self._fetch, self._return, (401,))
        self._fetch_token = fetch_token
        self._give_back = give_back
        self._token = ""

    def _fetch(self) -> Mapping[str, str]:
        self._token = self._fetch_token()
        return {"Authorization": "Bearer " + self._token}

    def _return(self) -> None:
        if self._give_back is not None:
            self._give_back(self._token)


class OAuth2ClientSession(Session):
    """Request a token: HTTP Basic of the OAuth2 client, and the user's credentials in the form."""

    def send(self, request: Request, exchange: Exchange) -> Response:
        where = self._connection
        if where.client_id is not None:
            value = basic_credentials(where.client_id, where.client_secret or "")
            request = request.with_header("Authorization", value)
        response = exchange(request)
        self._raise_if_lapsed(response)
        if response.status in (400, 401):
            raise self._failed("authentication_failed_oauth2")
        return response
