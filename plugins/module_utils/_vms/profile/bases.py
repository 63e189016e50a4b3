# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the bases of an endpoint profile: base path, authentication, conventions of all responses."""

from __future__ import annotations

import re
from typing import Any, Dict, Mapping, Optional, Tuple

from .calls import CALL_KEYS, RESERVED_HEADERS, call, static_headers
from .checks import below, choice, closed, fail, header_name, list_of, mapping, text, url_path
from .field_maps import timezone
from .fields import ErrorPlaces, ResponsePart, Source
from .model import OAUTH2, SESSION, Base, Call, SessionAuth, TokenUse
from .operations import BASE_AUTHS, FORMATS
from .sources import (
    TOKEN_SOURCES,
    Secrecy,
    envelope,
    error_places,
    exceptions,
    rules,
    scalars,
    source,
    statuses_of,
)

BASE_KEYS = (
    *("path", "auth", "headers", "format", "success", "error", "envelope", "lapsed_codes", "timezone"),
)
SESSION_KEYS = ("type", "login", "token", "send", "csrf", "logout", "refused_status", "refused")
ACCOUNT = ("username", "password")
REFUSED = (401, 403)
# A token can be sent as an authorization; the other headers belong to the transport.
RESERVED_OF_TOKENS = RESERVED_HEADERS - {"authorization"}
PREFIX = re.compile("[ -~]*")


def base(item: object, at: str, zone: str = "") -> Base:
    """Return a base; ``zone`` is the time zone of the profile."""
    values = closed(item, at, BASE_KEYS, ("path", "auth"))
    auth, session, logout = _auth(values["auth"], below(at, "auth"))
    own_zone = timezone(values["timezone"], below(at, "timezone")) if "timezone" in values else ""
    headers = _headers(values.get("headers", {}), below(at, "headers"))
    if session:
        check_session_headers(headers, session, below(at, "headers"))
    return Base(
        path=_path(values["path"], below(at, "path")),
        auth=auth,
        lapsed_codes=(
            scalars(values["lapsed_codes"], below(at, "lapsed_codes")) if "lapsed_codes" in values else ()
        ),
        headers=headers,
        format=choice(values.get("format", "json"), FORMATS, below(at, "format")),
        success=rules(values["success"], below(at, "success")) if "success" in values else (),
        error=error_places(values["error"], below(at, "error")) if "error" in values else ErrorPlaces(),
        envelope=envelope(values["envelope"], below(at, "envelope")) if "envelope" in values else None,
        session=session,
        logout=logout,
        timezone=own_zone or zone,
    )


def _path(item: object, at: str) -> str:
    path = url_path(item, at)
    if "{" in path or "}" in path:
        fail("path_braces", at, path)
    return path


def _headers(item: object, at: str) -> Dict[str, str]:
    found = static_headers(item, at)
    for name, value in found.items():
        if "{" in value or "}" in value:
            fail("placeholder", below(at, name), value, choices="nothing")
    return found


def _auth(item: object, at: str) -> Tuple[str, Optional[SessionAuth], Optional[Call]]:
    """Return the authentication of a base, with its session or with the call that returns a token."""
    if isinstance(item, str):
        auth = choice(item, [name for name in BASE_AUTHS if name != SESSION], at)
        return auth, None, None
    values = mapping(item, at)
    if "type" not in values:
        fail("key_missing", at, list_of(values), name="type")
    kind = choice(values["type"], BASE_AUTHS, below(at, "type"))
    if kind == SESSION:
        return kind, _session(values, at), None
    closed(values, at, ("type", "logout") if kind == OAUTH2 else ("type",))
    logout = _logout(values["logout"], below(at, "logout")) if "logout" in values else None
    return kind, None, logout


def _session(item: Mapping[str, Any], at: str) -> SessionAuth:
    values = closed(item, at, SESSION_KEYS, ("type", "login", "token"))
    place = below(at, "login")
    login = closed(values["login"], place, (*CALL_KEYS, "success"), ("method", "path"))
    token = source(values["token"], below(at, "token"), TOKEN_SOURCES, secrecy=Secrecy.MASKED)
    refused = values.get("refused_status", list(REFUSED))
    session = SessionAuth(
        login=call(login, place, (), ACCOUNT, secret=True, needed=("password",)),
        success=rules(login["success"], below(place, "success"), required=True) if "success" in login else (),
        token=_use(token, values.get("send"), at),
        csrf=_csrf(values["csrf"], below(at, "csrf")) if "csrf" in values else None,
        logout=_logout(values["logout"], below(at, "logout")) if "logout" in values else None,
        refused_status=statuses_of(refused, below(at, "refused_status"), 300),
        refused=exceptions(values["refused"], below(at, "refused")) if "refused" in values else (),
    )
    token_use, csrf = session.token, session.csrf
    if csrf and token_use.header.lower() == csrf.header.lower():
        fail("header_twice", below(at, "csrf", "send"), csrf.header)
    cookie = csrf.source if csrf and csrf.source.origin is ResponsePart.COOKIE else None
    if cookie and token_use.cookie == cookie.name and token_use.source != cookie:
        fail("cookie_twice", below(at, "send", "cookie"), cookie.name)
    if session.logout:
        check_session_headers(session.logout.headers, session, below(at, "logout", "headers"))
    return session


def check_session_headers(headers: Mapping[str, str], session: SessionAuth, at: str) -> None:
    """Check that no static header has the name of one that sends a token."""
    own = {use.header.lower() for use in (session.token, session.csrf) if use}
    for name in headers:
        if name.lower() in own:
            fail("header_twice", below(at, name), name)


def _use(token: Source, send: object, at: str) -> TokenUse:
    """Return how a token is sent: as ``send`` says, else the way it was received."""
    if send is None:
        if token.origin is ResponsePart.BODY:
            fail("key_missing", at, "token", name="send")
        if token.origin is ResponsePart.HEADER:
            _token_header(token.name, below(at, "token", "header"))
        return TokenUse(
            token,
            header=token.name if token.origin is ResponsePart.HEADER else "",
            cookie=token.name if token.origin is ResponsePart.COOKIE else "",
        )
    place = below(at, "send")
    values = mapping(send, place)
    if "cookie" in values:
        closed(values, place, ("cookie",))
        return TokenUse(token, cookie=header_name(values["cookie"], below(place, "cookie")))
    closed(values, place, ("header", "prefix", "cookie"), ("header",))
    prefix = values.get("prefix", "")
    if prefix != "":
        prefix = text(prefix, below(place, "prefix"))
    if not PREFIX.fullmatch(prefix):
        fail("prefix", below(place, "prefix"), prefix)
    return TokenUse(token, header=_token_header(values["header"], below(place, "header")), prefix=prefix)


def _token_header(item: object, at: str) -> str:
    name = header_name(item, at)
    if name.lower() in RESERVED_OF_TOKENS:
        fail("token_header", at, name)
    return name


def _csrf(item: object, at: str) -> TokenUse:
    values = closed(item, at, ("token", "send"), ("token", "send"))
    token = source(values["token"], below(at, "token"), TOKEN_SOURCES, secrecy=Secrecy.MASKED)
    return TokenUse(token, header=_token_header(values["send"], below(at, "send")))


def _logout(item: object, at: str) -> Call:
    values = closed(item, at, CALL_KEYS, ("method", "path"))
    return call(values, at, (), ())
