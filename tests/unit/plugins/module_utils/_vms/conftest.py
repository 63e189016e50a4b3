# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small scripted HTTP server, independent of the client that it tests."""

from __future__ import annotations

import hashlib
import json
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._errors import UsphereError
from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.connection import Connection


@dataclass
class SeenRequest:
    """One request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def authorization(self) -> str:
        return self.headers.get("authorization", "")


@dataclass
class Reply:
    """An answer. ``cut`` closes after that many bytes of the body.

    ``raw`` replaces the complete answer, which ends after ``pause_s``.
    """

    status: int = 200
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)
    cut: int | None = None
    raw: bytes | None = None
    hang_up: bool = False
    drip_s: float = 0.0
    pause_s: float = 0.0


def answer(value: object, status: int = 200, **headers: str) -> Reply:
    named = [(name.replace("_", "-"), text) for name, text in headers.items()]
    return Reply(status, json.dumps(value).encode(), [("Content-Type", "application/json"), *named])


class FakeServer:
    """Answers each request with ``script`` and records it."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.seen: list[SeenRequest] = []
        self.connections = 0
        self.script: Callable[[SeenRequest], Reply] = lambda request: answer({})
        self._stop = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler(), bind_and_activate=False)
        self._http.daemon_threads = True
        self._http.server_bind()
        self._http.server_activate()
        if tls is not None:
            self._http.socket = tls.wrap_socket(self._http.socket, server_side=True)
        self._http.handle_error = lambda request, address: None  # type: ignore[method-assign]
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    def stop(self) -> None:
        self._stop.set()
        self._http.shutdown()
        self._http.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Head and body are two writes; with Nagle's algorithm the second waits for an acknowledgment.
            disable_nagle_algorithm = True

            def setup(self) -> None:
                fake.connections += 1
                super().setup()

            def _serve(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = SeenRequest(self.command, self.path, headers, self.rfile.read(size))
                fake.seen.append(request)
                self._write(fake.script(request))

            def _write(self, reply: Reply) -> None:
                if reply.raw is not None:
                    self.wfile.write(reply.raw)
                    fake._stop.wait(reply.pause_s)
                if reply.hang_up or reply.raw is not None:
                    self.close_connection = True
                    return
                self.send_response(reply.status)
                for name, value in reply.headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                if reply.drip_s:
                    for byte in reply.body:
                        self.wfile.write(bytes([byte]))
                        self.wfile.flush()
                        if fake._stop.wait(reply.drip_s):
                            return
                elif reply.cut is not None:
                    self.wfile.write(reply.body[: reply.cut])
                    self.close_connection = True
                else:
                    self.wfile.write(reply.body)

            do_GET = do_POST = do_PUT = do_DELETE = _serve

            def log_message(self, format: str, *arguments: object) -> None:
                """Suppress the log of requests."""

        return Handler


class DigestLogin:
    """Checks Digest logins as in RFC 7616 and counts the wrong ones."""

    def __init__(self, algorithm: str = "MD5") -> None:
        self.username, self.password, self.algorithm = "automation", "right", algorithm
        self.nonce = "nonce-1"
        self.realm = "any realm, Basic or not"
        self.wrong = 0
        self.challenges = 0
        self.used: set[tuple[str, str]] = set()

    def challenge(self, stale: bool = False) -> Reply:
        self.challenges += 1
        text = f'Digest realm="{self.realm}", qop="auth", nonce="{self.nonce}", opaque="o=, p"'
        text += f", algorithm={self.algorithm}" + (", stale=true" if stale else "")
        return Reply(401, b"", [("WWW-Authenticate", text)])

    def check(self, request: SeenRequest) -> Reply | None:
        """Return None if the request is accepted, otherwise the challenge."""
        if not request.authorization:
            return self.challenge()
        assert request.authorization.startswith("Digest ")
        found = re.findall(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))', request.authorization)
        given = {name: quoted or bare for name, quoted, bare in found}
        assert given["uri"] == request.target
        assert given["opaque"] == "o=, p"
        if given["nonce"] != self.nonce:
            return self.challenge(stale=True)
        assert (given["nonce"], given["nc"]) not in self.used, "a nonce count was used twice"
        self.used.add((given["nonce"], given["nc"]))
        if given["response"] != self._expected(given, request.method):
            self.wrong += 1
            return self.challenge()
        return None

    def _expected(self, given: dict[str, str], method: str) -> str:
        def h(text: str) -> str:
            name = {"MD5": "md5", "SHA-256": "sha256"}[self.algorithm]
            return hashlib.new(name, text.encode()).hexdigest()

        secret = h(f"{self.username}:{self.realm}:{self.password}")
        middle = f"{given['nonce']}:{given['nc']}:{given['cnonce']}:auth"
        return h(f"{secret}:{middle}:{h(method + ':' + given['uri'])}")


@pytest.fixture(autouse=True)
def every_error_has_a_message(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Assert that each error of a test can be rendered in both languages with its fields."""
    made: list[UsphereError] = []
    original = UsphereError.__init__

    def remember(self: UsphereError, code: str, rule: str = "", **fields: object) -> None:
        original(self, code, rule, **fields)
        made.append(self)

    monkeypatch.setattr(UsphereError, "__init__", remember)
    yield
    for error in made:
        for language in ("en", "zh"):
            assert render(error.code, error.fields, language)


@pytest.fixture
def server() -> Iterator[FakeServer]:
    fake = FakeServer()
    yield fake
    fake.stop()


@pytest.fixture
def connect(server: FakeServer) -> Callable[..., Connection]:
    def make(**changes: object) -> Connection:
        values: dict[str, object] = {
            "host": "127.0.0.1",
            "port": server.port,
            "username": "automation",
            "password": "right",
            "scheme": "http",
            "timeout": 5.0,
            "client_id": "console",
            "client_secret": "console-secret",
        }
        return Connection(**{**values, **changes})  # type: ignore[arg-type]

    return make


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def json_answer() -> Callable[..., Reply]:
    """Return a function that makes a JSON answer."""
    return answer


@pytest.fixture
def reply() -> type[Reply]:
    return Reply


@pytest.fixture
def digest_login() -> type[DigestLogin]:
    return DigestLogin


@pytest.fixture
def fake_server() -> type[FakeServer]:
    return FakeServer
