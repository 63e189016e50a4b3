# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server in front of a node of the simulator that changes responses, as real servers differ from it."""

from __future__ import annotations

import http.client
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from typing_extensions import Self

# Headers of one connection, which are not passed on.
_OF_CONNECTION = ("connection", "content-length", "date", "server", "transfer-encoding")
_NOT_SENT = ("accept-encoding", "connection", "host")


@dataclass(frozen=True)
class Answer:
    """A response; the values of ``headers`` are bytes, because a server may send them in any encoding."""

    status: int
    headers: Mapping[str, bytes]
    body: bytes


# Changes the response to a request with this path and this query.
Rewrite = Callable[[str, Mapping[str, str], Answer], Answer]


def unchanged(path: str, query: Mapping[str, str], answer: Answer) -> Answer:
    return answer


class RewritingProxy:
    """Listens on loopback without TLS and passes requests on to ``node``; ``rewrite`` changes responses.

    A request that was refused by the node (a login that is still missing) is never changed.
    """

    def __init__(self, node: Mapping[str, Any], ca: str) -> None:
        self.rewrite: Rewrite = unchanged
        self._node = node
        self._tls = ssl.create_default_context(cafile=ca)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_reason: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _passed_on(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        connection = http.client.HTTPSConnection(
            self._node["host"], self._node["port"], context=self._tls, timeout=30
        )
        try:
            connection.request(method, target, body or None, dict(headers))
            received = connection.getresponse()
            content = received.read()
            kept = {
                name: value.encode("latin-1")
                for name, value in received.getheaders()
                if name.lower() not in _OF_CONNECTION
            }
        finally:
            connection.close()
        answer = Answer(received.status, kept, content)
        if answer.status >= 400:
            return answer
        asked = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(asked.query).items()}
        return self.rewrite(asked.path, query, answer)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _serve(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                sent = {name: value for name, value in self.headers.items() if name.lower() not in _NOT_SENT}
                answer = proxy._passed_on(self.command, self.path, sent, body)
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    # http.server encodes headers in Latin-1, which leaves the bytes as they are.
                    self.send_header(name, value.decode("latin-1"))
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            do_GET = do_POST = do_PUT = do_DELETE = _serve

            def log_message(self, format: str, *arguments: object) -> None:
                """Suppress the log of requests."""

        return Handler
