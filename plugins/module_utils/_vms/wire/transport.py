# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP transport: one exchange at a time over TLS with keep-alive, time limit and size limit.

A proxy is used only where the connection names one: the proxy variables of the environment are not read.
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
from typing import IO, Any, Iterator, List, Mapping, Optional, Tuple, Union, cast

from .connection import Connection
from .errors import BadAnswer, CertificateError, Unreachable
from .response import Response

# The largest valid response is a page of 1,000 hosts: below one megabyte.
ANSWER_LIMIT = 32 * 1024 * 1024

_CHUNK = 64 * 1024
# Statuses of a proxy that did not reach the server, which may pass.
_PROXY_RETRIED = (502, 503, 504)
_PROXY_LOGIN = 407
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


class Transport:
    """A connection to one server, kept alive between exchanges."""

    def __init__(self, connection: Connection, limit: int = ANSWER_LIMIT) -> None:
        self._connection = connection
        self._limit = limit
        self._context = _tls_context(connection) if connection.scheme == "https" else None
        self._open: Optional[http.client.HTTPConnection] = None
        self._proxy = connection.used_proxy

    def exchange(self, request: Request, seconds: float, fresh: bool = False) -> Response:
        """Send ``request`` and return the complete response within ``seconds``.

        ``fresh`` opens a new connection: on an idle one it may be unknown whether a write was received.
        Raises Unreachable, CertificateError or BadAnswer.
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
        return self._exchange(self._connect(seconds, end), request, seconds, end)

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    def _connect(self, seconds: float, end: float) -> http.client.HTTPConnection:
        where = self._connection
        opened = http.client.HTTPConnection(where.host, where.port)
        # HTTPConnection would otherwise open a plain connection by itself, even with TLS configured.
        opened.auto_open = 0
        opened.response_class = _WholeResponse
        hop = self._proxy or where
        try:
            target = where.ascii_authority
        except UnicodeError as error:
            raise self._unreachable("unreachable_unknown_host", False, retriable=False) from error
        try:
            plain = socket.create_connection((hop.host, hop.port), seconds)
        except (OSError, UnicodeError) as error:
            raise self._not_connected(error, seconds) from error
        if self._context is None:
            opened.sock = plain
        else:
            if self._proxy is not None:
                self._open_tunnel(plain, target, seconds, end)
            opened.sock = self._secure(self._context, plain, seconds)
        self._open = opened
        return opened

    def _not_connected(self, error: Exception, seconds: float) -> Unreachable:
        is_unknown = isinstance(error, (socket.gaierror, UnicodeError))
        retriable = not is_unknown or getattr(error, "errno", None) == socket.EAI_AGAIN
        if self._proxy is not None:
            return self._proxy_failed("proxy_unreachable", retriable, reason=_reason(error))
        if isinstance(error, socket.timeout):
            return self._unreachable("unreachable_timeout", False, seconds=round(seconds, 1))
        if isinstance(error, ConnectionRefusedError):
            return self._unreachable("unreachable_refused", False)
        if is_unknown:
            return self._unreachable("unreachable_unknown_host", False, retriable=retriable)
        return self._unreachable("unreachable_network", False, reason=_reason(error))

    def _open_tunnel(self, plain: socket.socket, target: str, seconds: float, end: float) -> None:
        """Ask the proxy for a tunnel to ``target`` over ``plain``; closes ``plain`` if there is none."""
        answer = _WholeResponse(plain, method="CONNECT")
        with _ended_at(plain, end) as deadline:
            try:
                head = "CONNECT {0} HTTP/1.1\r\nHost: {0}\r\nUser-Agent: unicloud.usphere\r\n\r\n"
                plain.sendall(head.format(target).encode("ascii"))
                answer.begin()
            except (http.client.HTTPException, OSError) as error:
                plain.close()
                if deadline.expired or isinstance(error, socket.timeout):
                    raise self._proxy_failed("proxy_timeout", seconds=round(seconds, 1)) from error
                raise self._proxy_failed("proxy_no_answer") from error
            finally:
                # Only the buffer of the response is closed: a TLS server does not speak first.
                answer.close()
        if not 200 <= answer.status < 300:
            plain.close()
            raise self._refused_by_proxy(answer.status)

    def _refused_by_proxy(self, status: int) -> Unreachable:
        if status == _PROXY_LOGIN:
            return self._proxy_failed("proxy_login", False)
        return self._proxy_failed("proxy_status", status in _PROXY_RETRIED, status=status)

    def _secure(self, context: ssl.SSLContext, plain: socket.socket, seconds: float) -> ssl.SSLSocket:
        try:
            # Data that ends before the session of TLS may have been cut.
            return context.wrap_socket(
                plain, server_hostname=self._connection.host, suppress_ragged_eofs=False
            )
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
        target = request.target
        if self._proxy is not None and self._context is None:
            # The form of a request that a proxy forwards. The signature of a login keeps the target itself.
            target = "http://{0}{1}".format(self._connection.ascii_authority, target)
        with _ended_at(opened.sock, end) as deadline:
            try:
                opened.request(request.method, target, request.body, dict(request.headers))
                answer = opened.getresponse()
                self._require_length(answer, request)
                body, has_end = self._body(answer, request)
                if deadline.expired and not (answer.chunked or answer.length is not None):
                    # The end of the body is the one that the deadline made.
                    raise socket.timeout
                response = Response(answer.status, answer.headers, body, has_end)
            except (http.client.HTTPException, OSError) as error:
                self.close()
                if deadline.expired or isinstance(error, socket.timeout):
                    raise self._unreachable("unreachable_timeout", True, seconds=round(seconds, 1)) from error
                if isinstance(error, http.client.IncompleteRead):
                    raise self._bad("answer_truncated", request, retriable=True) from error
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
        if response.status == _PROXY_LOGIN and target != request.target:
            raise self._refused_by_proxy(response.status)
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

    def _body(self, answer: http.client.HTTPResponse, request: Request) -> Tuple[bytes, bool]:
        """Return the body and whether its end is one that the server has stated."""
        parts: List[bytes] = []
        size = 0
        is_stated = answer.chunked or answer.length is not None
        has_end = is_stated or self._context is not None
        # An error of TLS may end it with the connection.
        read = answer.read if is_stated else answer.read1
        try:
            while True:
                part = read(_CHUNK)
                if not part:
                    break
                size += len(part)
                if size > self._limit:
                    raise self._bad("answer_too_large", request, limit=self._limit)
                parts.append(part)
        except http.client.IncompleteRead as error:
            raise self._bad("answer_truncated", request, retriable=True) from error
        except ssl.SSLEOFError as error:
            if is_stated:
                raise self._bad("answer_truncated", request, retriable=True) from error
            has_end = False
        except ValueError as error:
            # Such as a chunk of a negative size.
            raise self._bad("answer_not_http", request) from error
        if answer.length:
            raise self._bad("answer_truncated", request, retriable=True)
        return b"".join(parts), has_end

    def _unreachable(self, code: str, sent: bool, retriable: bool = True, **fields: Any) -> Unreachable:
        return Unreachable(code, sent=sent, retriable=retriable, endpoint=self._connection.endpoint, **fields)

    def _proxy_failed(self, code: str, retriable: bool = True, **fields: Any) -> Unreachable:
        proxy = self._proxy.endpoint if self._proxy is not None else ""
        return self._unreachable(code, False, retriable, proxy=proxy, **fields)

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


class _WholeResponse(http.client.HTTPResponse):
    """A response whose headers end with an empty line; http.client takes the end of the data for it, too."""

    def begin(self) -> None:
        file = self.fp
        # It has what is used of a file here.
        self.fp = cast(Any, _Lines(file))
        super().begin()
        self.fp = self.fp and file


class _Lines:
    """The lines of a head. Raises IncompleteRead for one that is cut."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.close, self.flush = file.close, file.flush
        self._is_first = True

    def readline(self, limit: int) -> bytes:
        line = self._file.readline(limit)
        # A connection that was closed before the response is reported as such.
        if not line.endswith(b"\n") and len(line) < limit and (line or not self._is_first):
            raise http.client.IncompleteRead(line)
        self._is_first = False
        return line


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


@contextlib.contextmanager
def _ended_at(sock: socket.socket, end: float) -> Iterator[_Deadline]:
    # A socket timeout restarts with each received byte; this timer bounds the complete exchange.
    deadline = _Deadline(sock, max(end - time.monotonic(), 0.001))
    deadline.start()
    try:
        yield deadline
    finally:
        deadline.stop()


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
    if isinstance(error, socket.timeout):
        return "timed out"
    return type(error).__name__
