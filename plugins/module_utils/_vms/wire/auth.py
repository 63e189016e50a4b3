# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Authenticate requests with credentials in each of them: HTTP Digest with a reused nonce, Basic, a token.

Credentials that the server rejects are not sent again.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import re
import secrets
from dataclasses import dataclass, replace
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from ..._text import printable
from .connection import Connection
from .errors import AuthenticationFailed, LoginRefused, OptionError, VmsError
from .response import Response
from .transport import Request

# Strongest first.
ALGORITHMS = {"SHA-256": "sha256", "SHA-256-SESS": "sha256", "MD5": "md5", "MD5-SESS": "md5"}

_SCHEME = re.compile(r"(?:^|,)\s*([A-Za-z][A-Za-z0-9-]*)(?:\s+|$|(?=,))(?=[A-Za-z0-9_*-]+\s*=|$|,)")
_PARAMETER = re.compile(r'([A-Za-z0-9_*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')
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
        # The last read that the server answered for these credentials.
        self._known: Optional[Request] = None

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

    def _note(self, request: Request, response: Response) -> bool:
        """Return whether a response shows that the credentials are accepted; an error shows nothing."""
        is_accepted = response.status < 400
        if is_accepted and request.method == "GET":
            self._known = request
        return is_accepted

    def _probe(self, request: Request, send: Exchange) -> int:
        """Return the status of a read that was accepted, sent again after ``request`` was refused; 0: none.

        It tells a missing permission from credentials that are no longer accepted.
        """
        if self._known is not None and self._known.target != request.target:
            with contextlib.suppress(VmsError):
                return send(self._known).status
        return 0

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

        def send(unsigned: Request) -> Response:
            return exchange(unsigned.with_header("Authorization", self._credentials))

        response = send(request)
        self._raise_if_lapsed(response)
        is_refused = not self._note(request, response) and response.status == 401
        # A read that needs no credentials says nothing about them.
        if is_refused and not (
            self._probe(request, exchange) == 401 and 0 < self._probe(request, send) < 400
        ):
            raise self._failed(self._rejected)
        return response


class BasicSession(_CredentialsSession):
    """Send username and password with every request (RFC 7617); a username has no colon."""

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
    """Send the connection's password as a token (RFC 6750)."""

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


# HTTP Digest authentication (RFC 7616, RFC 2069): parse challenges and compute responses.


@dataclass(frozen=True)
class Challenge:
    """A Digest challenge of a server. ``qop`` is ``auth`` or empty (RFC 2069)."""

    realm: str
    nonce: str
    algorithm: str
    qop: str
    opaque: Optional[str]
    stale: bool
    named_algorithm: bool

    def with_nonce(self, nonce: str) -> "Challenge":
        return replace(self, nonce=nonce, stale=False)


def offered_schemes(headers: Sequence[str]) -> List[str]:
    """Return the names of all schemes in ``WWW-Authenticate`` headers, for a message."""
    return [scheme for header in headers for scheme, _parameters in _split(header)]


def choose_challenge(headers: Sequence[str]) -> Optional[Challenge]:
    """Return the strongest supported Digest challenge, None if there is none."""
    found = [
        challenge
        for header in headers
        for scheme, parameters in _split(header)
        if scheme.lower() == "digest"
        for challenge in [_challenge(parameters)]
        if challenge is not None
    ]
    order = list(ALGORITHMS)
    return min(found, key=lambda challenge: order.index(challenge.algorithm), default=None)


def answer_challenge(
    challenge: Challenge,
    count: int,
    method: str,
    target: str,
    username: str,
    password: str,
    cnonce: Optional[str] = None,
) -> bytes:
    """Return the ``Authorization`` value for the ``count``-th request with this challenge's nonce."""
    cnonce = secrets.token_hex(16) if cnonce is None else cnonce
    nc = "{0:08x}".format(count)
    secret = _hash(challenge, "{0}:{1}:{2}".format(username, challenge.realm, password))
    if challenge.algorithm.endswith("-SESS"):
        secret = _hash(challenge, "{0}:{1}:{2}".format(secret, challenge.nonce, cnonce))
    request = _hash(challenge, "{0}:{1}".format(method, target))
    if challenge.qop:
        middle = "{0}:{1}:{2}:{3}".format(challenge.nonce, nc, cnonce, challenge.qop)
    else:
        middle = challenge.nonce
    parts = [
        'username="{0}"'.format(_escape(username)),
        'realm="{0}"'.format(_escape(challenge.realm)),
        'nonce="{0}"'.format(_escape(challenge.nonce)),
        'uri="{0}"'.format(target),
        'response="{0}"'.format(_hash(challenge, "{0}:{1}:{2}".format(secret, middle, request))),
    ]
    if challenge.named_algorithm:
        parts.append("algorithm={0}".format(challenge.algorithm.replace("-SESS", "-sess")))
    if challenge.qop:
        parts.append('qop={0}, nc={1}, cnonce="{2}"'.format(challenge.qop, nc, cnonce))
    elif challenge.algorithm.endswith("-SESS"):
        parts.append('cnonce="{0}"'.format(cnonce))
    if challenge.opaque is not None:
        parts.append('opaque="{0}"'.format(_escape(challenge.opaque)))
    return ("Digest " + ", ".join(parts)).encode("utf-8")


def next_nonce(authentication_info: str) -> Optional[str]:
    """Return the nonce that the server wants for the next requests."""
    return _parameters(authentication_info).get("nextnonce")


def _challenge(parameters: Dict[str, str]) -> Optional[Challenge]:
    named = parameters.get("algorithm")
    algorithm = (named or "MD5").upper()
    offered = [qop.strip().lower() for qop in parameters.get("qop", "").split(",") if qop.strip()]
    if algorithm not in ALGORITHMS or not parameters.get("nonce") or (offered and "auth" not in offered):
        return None
    return Challenge(
        realm=parameters.get("realm", ""),
        nonce=parameters["nonce"],
        algorithm=algorithm,
        qop="auth" if offered else "",
        opaque=parameters.get("opaque"),
        stale=parameters.get("stale", "").lower() == "true",
        named_algorithm=named is not None,
    )


def _split(header: str) -> List[Tuple[str, Dict[str, str]]]:
    marks = list(_SCHEME.finditer(_blank_quoted(header)))
    ends = [mark.start() for mark in marks] + [len(header)]
    return [
        (mark.group(1), _parameters(header[mark.end() : ends[index + 1]])) for index, mark in enumerate(marks)
    ]


def _blank_quoted(header: str) -> str:
    # Replace quoted text by a placeholder of the same length: a realm may contain the name of a scheme.
    return re.sub(r'"(?:[^"\\]|\\.)*"', lambda found: '"' + "_" * (len(found.group()) - 2) + '"', header)


def _parameters(text: str) -> Dict[str, str]:
    found: Dict[str, str] = {}
    for name, quoted, bare in _PARAMETER.findall(text):
        found.setdefault(name.lower(), re.sub(r"\\(.)", r"\1", quoted) if quoted else bare)
    return found


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _hash(challenge: Challenge, text: str) -> str:
    data = text.encode("utf-8")
    name = ALGORITHMS[challenge.algorithm]
    try:
        # The protocol requires MD5; ``usedforsecurity=False`` permits it in a FIPS build.
        digest = hashlib.new(name, data, usedforsecurity=False)
    except TypeError:
        digest = hashlib.new(name, data)
    return digest.hexdigest()


class DigestSession(Session):
    """Answer the server's challenge once and reuse its nonce. A cookie of the server is not sent."""

    def __init__(self, connection: Connection, lapsed: Lapsed = never_lapsed) -> None:
        super().__init__(connection, lapsed)
        self._challenge: Optional[Challenge] = None
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
                self._update_nonce(answered, request, response)
                return response
            if self._is_final(answered, response):
                # Only this call is refused if the server still answers another one.
                self._accepted = 0 < self._probe(request, lambda read: exchange(self._authorized(read))) < 400
                if self._accepted:
                    return response
                break
        raise self._failed()

    def _authorized(self, request: Request) -> Request:
        if self._challenge is None:
            return request
        self._count += 1
        where = self._connection
        value = answer_challenge(
            self._challenge, self._count, request.method, request.target, where.username, where.password
        )
        return request.with_header("Authorization", value)

    def _update_nonce(self, answered: bool, request: Request, response: Response) -> None:
        # A balancer or a broken server can return an error without having checked the password.
        self._accepted = (answered and self._note(request, response)) or self._accepted
        nonce = next_nonce(response.header("Authentication-Info"))
        if nonce and self._challenge is not None:
            self._challenge = self._challenge.with_nonce(nonce)
            self._count = 0

    def _is_final(self, answered: bool, response: Response) -> bool:
        """Return whether a 401 refuses the credentials; otherwise they are sent again with its nonce."""
        offers = response.all_headers("WWW-Authenticate")
        challenge = choose_challenge(offers)
        if challenge is None and not answered:
            schemes = [self._masked(scheme) for scheme in offered_schemes(offers)]
            raise self._failed("authentication_unsupported", offered=", ".join(schemes) or "nothing")
        is_refused = answered and (challenge is None or not challenge.stale)
        is_final = is_refused and (challenge is None or not self._accepted)
        if is_refused:
            # The nonce may have expired without ``stale``: try once more, then treat the rejection as final.
            self._accepted = False
        if challenge is not None:
            self._challenge = challenge
            self._count = 0
        return is_final
