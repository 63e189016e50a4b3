# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP transport: one exchange at a time over TLS with keep-alive, time limit and size limit.

A proxy is used only where the connection names one: the proxy variables of the environment are not read.
Authentication and retries are in other modules.
"""

from __future__ import annotations

import calendar
import codecs
import contextlib
import http.client
import os
import re
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from email.utils import parsedate_tz
from typing import Any, Dict, Iterator, List, Mapping, Optional, Union

from .connection import Connection
from .errors import BadAnswer, CertificateError, Unreachable

# The largest valid response is a page of 1,000 hosts: below one megabyte.
ANSWER_LIMIT = 32 * 1024 * 1024

_CHUNK = 64 * 1024
# Character sets that a header may name, by the normalized name of Python. GB 18030 includes the other two.
_CHARSETS = {
    **dict.fromkeys(("gb2312", "gbk", "gb18030"), "gb18030"),
    **{name: name for name in ("ascii", "utf-8", "big5", "iso8859-1")},
}
_COOKIE_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_COOKIE_VALUE = re.compile(r"[\x20-\x3a\x3c-\x7e]*\Z")
_MAX_AGE = re.compile(r";\s*max-age\s*=\s*(-?[0-9]+)", re.IGNORECASE)
_EXPIRES = re.compile(r";\s*expires\s*=\s*([^;]*)", re.IGNORECASE)
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

    def header_text(self, name: str, charset_header: str = "charset") -> str:
        """Return the sentence in a header, "" without one.

        Its bytes are in the character set that the header ``charset_header`` names. If that is missing,
        unknown or does not fit, they are UTF-8 if valid, otherwise GB 18030.
        """
        # http.client decodes every header as Latin-1, which keeps its bytes.
        content = self.header(name).encode("latin-1", "replace")
        for charset in (_known_charset(self.header(charset_header)), "utf-8", "gb18030"):
            with contextlib.suppress(UnicodeDecodeError):
                if charset:
                    return content.decode(charset)
        return content.decode("utf-8", "replace")

    def cookies(self) -> Dict[str, str]:
        """Return the value of each cookie that the response sets, by its name.

        Cookies with characters that a request must not repeat, and deleted cookies, are left out.
        """
        found: Dict[str, str] = {}
        for header in self.all_headers("Set-Cookie"):
            name, equals, value = header.partition(";")[0].partition("=")
            name, value = name.strip(), value.strip()
            if not (equals and _COOKIE_NAME.match(name) and _COOKIE_VALUE.match(value)):
                continue
            found.pop(name, None)
            if not self._is_deleted(header):
                found[name] = value
        return found

    def date(self) -> Optional[float]:
        """Return the server's clock in the header ``Date`` as seconds since 1970.

        None without a legible header, and for headers that differ.
        """
        dates = set(self.all_headers("Date"))
        return _seconds_of(dates.pop()) if len(dates) == 1 else None

    def _is_deleted(self, cookie: str) -> bool:
        """Return whether a cookie has expired; its age counts first, and dates by the clock of the server."""
        age, expires = _MAX_AGE.search(cookie), _EXPIRES.search(cookie)
        if age is not None:
            return int(age.group(1)) <= 0
        end, now = _seconds_of(expires.group(1)) if expires else None, self.date()
        return end is not None and end <= (time.time() if now is None else now)


def _seconds_of(date: str) -> Optional[float]:
    """Return an HTTP date as seconds since 1970, None for another text."""
    parsed = parsedate_tz(date)
    with contextlib.suppress(ValueError, OverflowError):
        # HTTP dates without a zone are UTC.
        return None if parsed is None else float(calendar.timegm(parsed[:6]) - (parsed[9] or 0))
    return None


def _known_charset(name: str) -> str:
    try:
        return _CHARSETS.get(codecs.lookup(name.strip()).name, "")
    except (LookupError, ValueError):
        return ""


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
        answer = http.client.HTTPResponse(plain, method="CONNECT")
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
                # This closes only the buffer of the response, which never reads behind its empty line here:
                # a TLS server does not speak first.
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
        target = request.target
        if self._proxy is not None and self._context is None:
            # The form of a request that a proxy forwards. The signature of a login keeps the target itself.
            target = "http://{0}{1}".format(self._connection.ascii_authority, target)
        with _ended_at(opened.sock, end) as deadline:
            try:
                opened.request(request.method, target, request.body, dict(request.headers))
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
