# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP transport: one exchange at a time over TLS with keep-alive, time limit and size limit.

Authentication and retries are in other modules.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Iterator, List, Mapping, Optional, Union

from .connection import Connection
from .errors import BadAnswer, CertificateError, Unreachable

# The largest valid response is a page of 1,000 hosts: below one megabyte.
ANSWER_LIMIT = 32 * 1024 * 1024

_CHUNK = 64 * 1024
# Exceptions that indicate that the server had closed an idle connection, with TLS and without.
_CLOSED_BY_SERVER = (
    http.client.RemoteDisconnected,
    ConnectionResetError,
    BrokenPipeError,
    ConnectionAbortedError,
    ssl.SSLEOFError,
)


@dataclass(frozen=True)
class Request:
    """An HTTP request. ``target`` is path and query; header values are text, or bytes sent unchanged."""

    method: str
    target: str
    headers: Mapping[str, Union[str, bytes]] = field(default_factory=dict)
    body: Optional[bytes] = field(default=None, repr=False)

    @property
    def path(self) -> str:
        """The target without its query, for messages."""
        return self.target.partition("?")[0]

    def with_header(self, name: str, value: Union[str, bytes]) -> "Request":
        return Request(self.method, self.target, {**self.headers, name: value}, self.body)


@dataclass(frozen=True)
class Response:
    """A complete response."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes = field(repr=False)

    def header(self, name: str) -> str:
        return str(self.headers.get(name, ""))

    def all_headers(self, name: str) -> List[str]:
        return [str(value) for value in self.headers.get_all(name, [])]


class Transport:
    """A connection to one server, kept alive between exchanges."""

    def __init__(self, connection: Connection, limit: int = ANSWER_LIMIT) -> None:
        self._connection = connection
        self._limit = limit
        self._context = _tls_context(connection) if connection.scheme == "https" else None
        self._open: Optional[http.client.HTTPConnection] = None

    def exchange(self, request: Request, seconds: float, fresh: bool = False) -> Response:
        """Send ``request`` and return the complete response within ``seconds``.

        ``fresh`` opens a new connection, which a write needs: on a stale idle connection it is unknown
        whether the write was received. Raises Unreachable, CertificateError or BadAnswer; ``sent`` is True if
        the server may have received the request.
        """
        end = time.monotonic() + seconds
        if fresh:
            self.close()
        if self._open is not None:
            try:
                return self._exchange(self._open, request, seconds, end)
            except Unreachable as error:
                if not isinstance(error.__cause__, _CLOSED_BY_SERVER):
                    raise
                # The server had closed the idle connection; a read can be repeated over a new one.
        return self._exchange(self._connect(seconds), request, seconds, end)

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    def _connect(self, seconds: float) -> http.client.HTTPConnection:
        where = self._connection
        opened = http.client.HTTPConnection(where.host, where.port)
        # HTTPConnection would otherwise open a plain connection by itself, even with TLS configured.
        opened.auto_open = 0
        try:
            plain = socket.create_connection((where.host, where.port), seconds)
        except socket.timeout as error:
            raise self._unreachable("unreachable_timeout", False, seconds=round(seconds, 1)) from error
        except ConnectionRefusedError as error:
            raise self._unreachable("unreachable_refused", False) from error
        except (socket.gaierror, UnicodeError) as error:
            transient = getattr(error, "errno", None) == socket.EAI_AGAIN
            raise self._unreachable("unreachable_unknown_host", False, retriable=transient) from error
        except OSError as error:
            raise self._unreachable("unreachable_network", False, reason=_reason(error)) from error
        opened.sock = plain if self._context is None else self._secure(self._context, plain, seconds)
        self._open = opened
        return opened

    def _secure(self, context: ssl.SSLContext, plain: socket.socket, seconds: float) -> ssl.SSLSocket:
        try:
            return context.wrap_socket(plain, server_hostname=self._connection.host)
        except ssl.SSLCertVerificationError as error:
            plain.close()
            raise CertificateError(
                "certificate_untrusted", endpoint=self._connection.endpoint, reason=error.verify_message
            ) from error
        except socket.timeout as error:
            plain.close()
            raise self._unreachable("unreachable_timeout", False, seconds=round(seconds, 1)) from error
        except (OSError, ValueError) as error:
            plain.close()
            refused = isinstance(error, ssl.SSLError)
            raise self._unreachable(
                "unreachable_tls", False, retriable=not refused, reason=_reason(error)
            ) from error

    def _exchange(
        self, opened: http.client.HTTPConnection, request: Request, seconds: float, end: float
    ) -> Response:
        with self._with_deadline(opened, end) as deadline:
            try:
                opened.request(request.method, request.target, request.body, dict(request.headers))
                answer = opened.getresponse()
                self._require_length(answer, request)
                response = Response(answer.status, answer.headers, self._body(answer, request))
            except (http.client.HTTPException, OSError) as error:
                self.close()
                if deadline.expired or isinstance(error, socket.timeout):
                    raise self._unreachable("unreachable_timeout", True, seconds=round(seconds, 1)) from error
                if isinstance(error, http.client.HTTPException) and not isinstance(error, _CLOSED_BY_SERVER):
                    raise self._bad("answer_not_http", request) from error
                raise self._unreachable("unreachable_reset", True) from error
            except BadAnswer:
                self.close()
                if deadline.expired:
                    raise self._unreachable("unreachable_timeout", True, seconds=round(seconds, 1)) from None
                raise
        if answer.will_close:
            self.close()
        return response

    def _require_length(self, answer: http.client.HTTPResponse, request: Request) -> None:
        """Reject a response without a detectable end; reading it would last until the timeout."""
        if answer.chunked or answer.length == 0:
            return
        lengths = {text.strip() for text in answer.headers.get_all("Content-Length", [])}
        kept_open = "keep-alive" in str(answer.headers.get("Connection", "")).lower()
        is_number = len(lengths) == 1 and all(text.isascii() and text.isdigit() for text in lengths)
        if is_number or not (lengths or kept_open):
            return
        raise self._bad("answer_length", request, length=", ".join(sorted(lengths)) or "none")

    def _body(self, answer: http.client.HTTPResponse, request: Request) -> bytes:
        parts: List[bytes] = []
        size = 0
        try:
            while True:
                part = answer.read(_CHUNK)
                if not part:
                    break
                size += len(part)
                if size > self._limit:
                    raise self._bad("answer_too_large", request, limit=self._limit)
                parts.append(part)
        except http.client.IncompleteRead as error:
            raise self._bad("answer_truncated", request, retriable=True) from error
        if answer.length:
            raise self._bad("answer_truncated", request, retriable=True)
        return b"".join(parts)

    @contextlib.contextmanager
    def _with_deadline(self, opened: http.client.HTTPConnection, end: float) -> Iterator["_Deadline"]:
        # A socket timeout restarts with each received byte; this timer bounds the complete exchange.
        deadline = _Deadline(opened.sock, max(end - time.monotonic(), 0.001))
        deadline.start()
        try:
            yield deadline
        finally:
            deadline.stop()

    def _unreachable(self, code: str, sent: bool, retriable: bool = True, **fields: Any) -> Unreachable:
        return Unreachable(code, sent=sent, retriable=retriable, endpoint=self._connection.endpoint, **fields)

    def _bad(self, code: str, request: Request, retriable: bool = False, **fields: Any) -> BadAnswer:
        return BadAnswer(
            code,
            sent=True,
            retriable=retriable,
            endpoint=self._connection.endpoint,
            method=request.method,
            path=request.path,
            **fields,
        )


class _Deadline:
    """Timer that shuts a socket down after a time limit, which ends any read on it."""

    def __init__(self, sock: socket.socket, seconds: float) -> None:
        self._socket = sock
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True
        self.expired = False

    def start(self) -> None:
        self._timer.start()

    def stop(self) -> None:
        self._timer.cancel()

    def _expire(self) -> None:
        self.expired = True
        # Use the method of the plain socket: the TLS method would detach the session from the reading thread.
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def _tls_context(connection: Connection) -> ssl.SSLContext:
    ca = connection.ca_path
    try:
        if ca is None:
            context = ssl.create_default_context()
        elif os.path.isdir(ca):
            context = ssl.create_default_context(capath=ca)
        else:
            context = ssl.create_default_context(cafile=ca)
    except OSError as error:
        raise CertificateError("certificate_ca", path=ca, reason=_reason(error)) from error
    if not connection.validate_certs:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.replace("_", " ").lower()
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__
