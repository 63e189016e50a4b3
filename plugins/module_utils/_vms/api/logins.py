# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logins as a profile states them: the session of each base, its token, and the logout."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple, TypeVar, Union

from ..profile.fields import ResponsePart, kind_of, wire_text
from ..profile.model import (
    BASIC,
    BEARER,
    DIGEST,
    OAUTH2,
    OAUTH2_CLIENT,
    SESSION,
    Base,
    Call,
    Operation,
    Profile,
    SessionAuth,
    TokenUse,
)
from ..wire.auth import BasicSession, BearerSession, DigestSession, Session
from ..wire.connection import Connection
from ..wire.errors import (
    AuthenticationFailed,
    BadAnswer,
    HttpError,
    LoginRefused,
    OperationUnsupported,
    ProfileError,
    VmsError,
)
from ..wire.response import Response
from ..wire.sessions import OAuth2ClientSession, OAuth2Session, TokenSession
from ..wire.transport import Request
from .answers import failure_in, holds, is_zero, other_keys, reported_error
from .request_body import encode, headers_of, target_of
from .rows import Missing, ResponseScope, as_token, find, first_value
from .server_errors import RETRIED_STATUS, ServerErrors, parsed_or_none

_ACCEPT = {
    "json": "application/json",
    "xml": "application/xml",
    "any": "application/json, application/xml;q=0.9",
}
# Time limit in seconds of a logout, after which the server ends the session by itself.
_LOGOUT_S = 5.0

# Sends a request within a number of seconds, over a new connection if the second argument is True.
Send = Callable[[float, bool, Request], Response]
T = TypeVar("T")


def request_of(
    call: Call,
    target: str,
    format_name: str,
    values: Mapping[str, Any],
    content_type: str = "",
    body: Optional[bytes] = None,
) -> Request:
    """Return the request of a call; static headers of the profile replace those of the client."""
    headers: Dict[str, Union[str, bytes]] = {
        "Accept": _ACCEPT[format_name],
        "User-Agent": "unicloud.usphere",
    }
    if content_type:
        headers["Content-Type"] = content_type
    own = headers_of(call, values)
    named = {name.lower() for name in own}
    kept = {name: value for name, value in headers.items() if name.lower() not in named}
    return Request(call.method, target, {**kept, **own}, body)


def _login_request(name: str, call: Call, path: str, format_name: str, values: Mapping[str, Any]) -> Request:
    content_type, body = encode(name, call, values)
    return request_of(call, target_of(path, call, values, {}), format_name, values, content_type, body)


class Logins:
    """The sessions of a client, one for each base and kind of authentication."""

    def __init__(
        self,
        connection: Connection,
        profile: Profile,
        errors: ServerErrors,
        send: Send,
        fetch_token: Callable[[], str],
    ) -> None:
        self._connection = connection
        self._profile = profile
        self._errors = errors
        self._send = send
        self._fetch_token = partial(_built, fetch_token)
        self._sessions: Dict[Tuple[str, str], Session] = {}

    def session(self, operation: Operation) -> Session:
        """Return the session of an operation, which is opened by its first request."""
        key = (operation.base, operation.auth)
        if key not in self._sessions:
            self._sessions[key] = self._opened(operation.auth, self._profile.bases[operation.base])
        return self._sessions[key]

    def close(self) -> None:
        """Log out and return tokens, as far as that is possible."""
        for session in self._sessions.values():
            session.close()

    def _opened(self, auth: str, base: Base) -> Session:
        where = self._connection
        lapsed = partial(self._errors.lapsed, base)
        if auth == DIGEST:
            return DigestSession(where, lapsed)
        if auth == BASIC:
            return BasicSession(where, lapsed)
        if auth == BEARER:
            return BearerSession(where, lapsed)
        if auth == OAUTH2:
            give_back = None if base.logout is None else partial(self._give_back, base, base.logout)
            return OAuth2Session(where, lapsed, self._fetch_token, give_back)
        if auth == OAUTH2_CLIENT:
            return OAuth2ClientSession(where, lapsed)
        if auth == SESSION and base.session is not None:
            login = _SessionLogin(where, base, base.session, self._errors, self._send)
            return TokenSession(
                where,
                lapsed,
                partial(_built, login.log_in),
                login.log_out if base.session.logout is not None else None,
                base.session.refused_status,
                login.has_ended,
                login.renewed,
            )
        return Session(where, lapsed)

    def _give_back(self, base: Base, call: Call, token: str) -> None:
        request = _login_request("logout", call, base.path, base.format, {})
        request = request.with_header("Authorization", "Bearer " + token)
        self._send(min(_LOGOUT_S, self._connection.timeout), True, request)


def _built(login: Callable[[], T]) -> T:
    """Return the result of a login; one that cannot be built is an error."""
    try:
        return login()
    except OperationUnsupported as error:
        field = error.fields.get("field") or error.fields.get("operation")
        raise ProfileError("login_unsupported", field=field) from None


class _SessionLogin:
    """The login and the logout of a base with ``auth`` session."""

    def __init__(
        self, connection: Connection, base: Base, auth: SessionAuth, errors: ServerErrors, send: Send
    ) -> None:
        self._connection = connection
        self._base = base
        self._auth = auth
        self._errors = errors
        self._send = send
        self._headers: Mapping[str, str] = {}
        self._tokens: Dict[TokenUse, str] = {}

    def log_in(self) -> Mapping[str, str]:
        """Send the login once and return the headers of the session."""
        where = self._connection
        values = {"username": where.username, "password": where.password}
        call = self._auth.login
        request = _login_request("login", call, "", self._base.format, values)
        response = self._send(where.timeout, True, request)
        self._headers_after(response)
        return self._headers

    def log_out(self) -> None:
        call = self._auth.logout
        if call is None or not self._headers:
            return
        request = _login_request("logout", call, "", self._base.format, {})
        for name, value in self._headers.items():
            request = request.with_header(name, value)
        self._send(min(_LOGOUT_S, self._connection.timeout), True, request)

    def renewed(self, response: Response) -> Mapping[str, str]:
        """Return the headers of the session after a response, whose headers may replace a token."""
        scope = ResponseScope(None, response)
        for use in list(self._tokens):
            if use.source.origin in (ResponsePart.COOKIE, ResponsePart.HEADER):
                self._tokens[use] = self._token(use, scope) or self._tokens[use]
        self._headers = self._headers_of()
        return self._headers

    def has_ended(self, response: Response) -> bool:
        """Return whether a rule of the profile recognizes the response to a session that has ended."""
        rules = self._auth.refused
        if not rules:
            return False
        scope = ResponseScope(parsed_or_none(response), response)
        return any(holds(rule, scope, True) for rule in rules)

    def _headers_after(self, response: Response) -> None:
        scope = ResponseScope(parsed_or_none(response), response)
        sentence = self._errors.lapsed(self._base, response)
        if sentence is not None:
            raise LoginRefused(
                "login_refused", "R20", endpoint=self._connection.endpoint, server_message=sentence
            )
        if response.status in RETRIED_STATUS or response.status == 429:
            raise HttpError(
                "http_status", retriable=response.status != 429, status=response.status, **self._place()
            )
        if not self._is_successful(response, scope):
            raise self._refused(scope)
        try:
            self._read_tokens(scope)
        except (AuthenticationFailed, BadAnswer):
            # The server has opened a session all the same.
            with contextlib.suppress(VmsError):
                self.log_out()
            raise

    def _is_successful(self, response: Response, scope: ResponseScope) -> bool:
        rules = self._auth.success
        if not any(rule.statuses for rule in rules) and not 200 <= response.status < 300:
            return False
        return all(holds(rule, scope) for rule in rules)

    def _refused(self, scope: ResponseScope) -> AuthenticationFailed:
        where: Dict[str, Any] = {"endpoint": self._connection.endpoint}
        where["username"] = self._connection.username
        for use in (self._auth.token, self._auth.csrf):
            # A token that was issued all the same is masked in what is quoted.
            if use is not None:
                self._token(use, scope)
        said, failed = self._said(scope)
        response = scope.response
        # A response that reports no failure may be that of a successful login.
        if failed is None and response is not None and 200 <= response.status < 300:
            for rule in self._auth.success:
                if rule.source is not None and not holds(rule, scope):
                    value = find(rule.source, scope.root, scope)
                    got = "none" if isinstance(value, Missing) else wire_text(value) or kind_of(value)
                    got = self._errors.brief(got) + (" ({0})".format(said) if said else "")
                    where.update(place=rule.source.place, expected=" / ".join(rule.values), got=got)
                    return AuthenticationFailed("authentication_rule", **where)
        if not said:
            return AuthenticationFailed("authentication_failed", **where)
        return AuthenticationFailed("authentication_refused", server_message=said, **where)

    def _said(self, scope: ResponseScope) -> Tuple[str, Optional[str]]:
        """Return what a response to a login says, and its code of a failure."""
        code, message = reported_error(self._base.error, scope)
        is_good, failed = failure_in({"code": code, "message": message})
        # 0 is the code of success, so it is not the cause of a refusal.
        parts = ("" if is_zero(code) else code, message)
        said = self._errors.masked(": ".join(text for text in parts if text))
        return said, None if is_good else failed

    def _read_tokens(self, scope: ResponseScope) -> None:
        """Read the headers of the session; those up to a token that is missing end it."""
        self._headers, self._tokens = {}, {}
        for use in (self._auth.token, self._auth.csrf):
            if use is None:
                continue
            token = self._token(use, scope)
            if not token:
                said, failed = self._said(scope)
                if failed:
                    raise self._refused(scope)
                got = (
                    other_keys("", scope.root).got
                    if scope.root and isinstance(scope.root, Mapping)
                    else "none"
                )
                got = self._errors.brief(got)
                got += " ({0})".format(said) if said not in got else ""
                expected = "a token of the session ({0})".format(use.source.place)
                raise BadAnswer("answer_shape", sent=True, expected=expected, got=got, **self._place())
            self._tokens[use] = token
            self._headers = self._headers_of()

    def _headers_of(self) -> Mapping[str, str]:
        headers: Dict[str, str] = {}
        cookies: List[str] = []
        for use, token in self._tokens.items():
            if use.header:
                headers[use.header] = use.prefix + token
            if use.cookie or use.source.origin is ResponsePart.COOKIE:
                # A server compares the header of a CSRF token with its cookie.
                cookies.append("{0}={1}".format(use.cookie or use.source.name, token))
        return {**headers, "Cookie": "; ".join(cookies)} if cookies else headers

    def _token(self, use: TokenUse, scope: ResponseScope) -> str:
        """Return the token in a response, "" if there is none that a header can have."""
        token = as_token(first_value([use.source], scope.root, scope))
        self._errors.remember([token] if token else [])
        return token

    def _place(self) -> Dict[str, Any]:
        call = self._auth.login
        return {"endpoint": self._connection.endpoint, "method": call.method, "path": call.path}
