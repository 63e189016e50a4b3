# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP Digest authentication (RFC 7616, RFC 2069): parse challenges and compute responses."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, replace
from typing import Dict, List, Optional, Sequence, Tuple

# Strongest first.
ALGORITHMS = {"SHA-256": "sha256", "SHA-256-SESS": "sha256", "MD5": "md5", "MD5-SESS": "md5"}

_SCHEME = re.compile(r"(?:^|,)\s*([A-Za-z][A-Za-z0-9-]*)(?:\s+|$|(?=,))(?=[A-Za-z0-9_*-]+\s*=|$|,)")
_PARAMETER = re.compile(r'([A-Za-z0-9_*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')


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


def choose(headers: Sequence[str]) -> Optional[Challenge]:
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


def answer(
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
