# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP Digest authentication with nonces that contain their time of creation; no sessions are stored."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time

from flask import Response, g, request
from flask_httpauth import HTTPDigestAuth  # type: ignore[import-untyped]  # the package ships no types
from werkzeug.datastructures import Authorization

from usim.simulation import Simulation

REALM = "VMC RESTful Web Services"


class NodeDigest(HTTPDigestAuth):  # type: ignore[misc]  # the base class is untyped
    """Digest authentication of one VMS.

    A correct response to an expired nonce gets ``stale=true``; a wrong response counts as a failed login.
    """

    def __init__(self, simulation: Simulation, node: str, username: str, password: str) -> None:
        super().__init__(realm=REALM)
        self._world = simulation
        self._node = node
        self._username = username
        self._password = password
        self._opaque = hmac.new(simulation.secret, f"opaque:{node}".encode(), hashlib.md5).hexdigest()
        self.generate_nonce(self._make_nonce)
        self.verify_nonce(lambda nonce: self._nonce_age(nonce) is not None)
        self.generate_opaque(lambda: self._opaque)
        self.verify_opaque(lambda opaque: opaque == self._opaque)

    def _sign(self, stamp: str) -> str:
        return hmac.new(self._world.secret, f"{self._node}:{stamp}".encode(), hashlib.sha256).hexdigest()[:32]

    def _make_nonce(self) -> str:
        stamp = f"{time.time_ns():x}.{secrets.token_hex(4)}"
        return f"{stamp}.{self._sign(stamp)}"

    def _nonce_age(self, nonce: str) -> float | None:
        """Return the age of a nonce in seconds; None if this server did not create it."""
        stamp, _dot, signature = (nonce or "").rpartition(".")
        if not stamp or not hmac.compare_digest(signature, self._sign(stamp)):
            return None
        return (time.time_ns() - int(stamp.partition(".")[0], 16)) / 1e9

    def check(self) -> Response | None:
        """Return None if the request is authenticated, else the 401 response with a challenge."""
        given: Authorization | None = self.get_auth()
        if given is None:
            return self.challenge()
        age = self._nonce_age(given.nonce or "")
        if age is None:
            return self.challenge()
        if not self._is_right(given):
            self._world.count_failed_login(self._node)
            return self.challenge()
        if age > self._world.settings.nonce_seconds:
            return self.challenge(stale=True)
        return None

    def _is_right(self, given: Authorization) -> bool:
        return (
            given.username == self._username
            and all(isinstance(given.get(part), str) for part in ("qop", "nc", "cnonce"))
            and given.realm == REALM
            and given.uri == request.environ.get("REQUEST_URI")
            and bool(self.authenticate(given, self._password))
        )

    def challenge(self, stale: bool = False) -> Response:
        g.auth_challenge = True
        header = self.authenticate_header() + (",stale=true" if stale else "")
        return Response("", 401, headers={"WWW-Authenticate": header})
