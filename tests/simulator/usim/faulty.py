# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apply injected faults to HTTP responses, between the app of a node and the sockets of the server."""

from __future__ import annotations

import errno
import os
import select
import socket
import struct
import time
from collections.abc import Callable, Iterable
from http.client import responses
from typing import Any

from cheroot.wsgi import Gateway_10

from usim.disturbances import AFTER, Disturbances, Fault, Pause, wait_for

FAULT, PAUSE, _REQUEST = "usim.fault", "usim.pause", "usim.request"
HTML = (
    b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head>"
    b"<body><h1>Sign in</h1><p>This page is not what was asked for.</p></body></html>\n"
)
_ARRIVAL = 0.02  # a reset overtakes what has not arrived yet
Headers = list[tuple[str, str]]
Answer = tuple[str, Headers, bytes]
Environment = dict[str, Any]
Start = Callable[[str, Headers], object]
WsgiApp = Callable[[Environment, Callable[..., Any]], Iterable[bytes]]


class SocketGateway(Gateway_10):
    """Adds the server's request object to the WSGI environment, for faults that need the socket."""

    def get_environ(self) -> Any:
        environ: Environment = super().get_environ()  # type: ignore[no-untyped-call]  # ships half its types
        return {**environ, _REQUEST: self.req}


class FaultLayer:
    """Returns the response of the app, unless the app found a fault or a pause for the request."""

    def __init__(self, app: WsgiApp, disturbances: Disturbances) -> None:
        self._app = app
        self._disturbances = disturbances

    def __call__(self, environ: Environment, start_response: Start) -> Iterable[bytes]:
        status, headers, body = self._run(environ)
        pause: Pause | None = environ.get(PAUSE)
        if pause is not None and pause.target.when == AFTER:
            self._disturbances.hold(pause)
        fault: Fault | None = environ.get(FAULT)
        if fault is not None:
            status, headers, body = _strike(fault, environ[_REQUEST], status, headers, body)
        start_response(status, headers)
        return [body]

    def _run(self, environ: Environment) -> Answer:
        told: list[tuple[str, Headers]] = []

        def start(status: str, headers: Headers, _error: object = None) -> object:
            told.append((status, headers))
            return lambda _data: None

        chunks = self._app(environ, start)
        try:
            body = b"".join(chunks)
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        return (*told[-1], body)


def _strike(fault: Fault, request: Any, status: str, headers: Headers, body: bytes) -> Answer:
    """Return the response as changed by the fault; raises an exception if there is no response."""
    if fault.kind in ("reset_before", "reset_after"):
        _reset(request)
    if fault.kind == "timeout":
        wait_for(fault, lambda: _is_gone(request.conn.socket))
        _reset(request)
    if fault.kind in ("http_500", "http_503"):
        code = int(fault.kind[-3:])
        more = [("Retry-After", str(fault.retry_after))] if code == 503 else []
        return _answer(code, "text/plain", f"{code} {responses[code]}\n".encode(), more)
    if fault.kind == "html":
        return _answer(200, "text/html; charset=utf-8", HTML)
    if not body and fault.kind != "slow":
        return status, headers, body
    half = body[: len(body) // 2]
    if fault.kind == "truncated" and _is_json(headers):
        kept = [(name, value) for name, value in headers if name.lower() != "content-length"]
        return status, [*kept, ("Content-Length", str(len(half)))], half
    head = _head(status, headers)
    if fault.kind == "slow":
        _write(request, head + body, fault)
        _hang_up(request)
    _write(request, head + half, None)
    if fault.kind == "cut":
        time.sleep(_ARRIVAL)
        _reset(request)
    _hang_up(request)
    raise AssertionError(fault.kind)


def _answer(code: int, kind: str, body: bytes, more: Headers | None = None) -> Answer:
    headers = [("Content-Type", kind), ("Content-Length", str(len(body))), *(more or [])]
    return f"{code} {responses[code]}", headers, body


def _is_json(headers: Headers) -> bool:
    return any(name.lower() == "content-type" and "json" in value for name, value in headers)


def _head(status: str, headers: Headers) -> bytes:
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers), "Connection: close"]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _write(request: Any, content: bytes, slowly: Fault | None) -> None:
    """Write to the socket directly; byte by byte until the client disconnects or the fault is removed."""
    request.sent_headers = True
    if slowly is None:
        request.conn.socket.sendall(content)
        return
    for index in range(len(content)):
        request.conn.socket.sendall(content[index : index + 1])
        slowly.released.wait(slowly.byte_ms / 1000)


def _hang_up(request: Any) -> None:
    """Close the connection in order: FIN after all written data."""
    request.sent_headers = True
    # The server closes the connection on it and says nothing.
    raise ConnectionResetError(errno.ECONNRESET, "ended on purpose")


def _reset(request: Any) -> None:
    """Send RST immediately. The descriptor is detached first so that nothing else is written to it."""
    connection = request.conn
    connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(connection.socket.detach())
    connection.linger = True  # there is nothing left to shut down
    _hang_up(request)


def _is_gone(sock: socket.socket) -> bool:
    """Return whether the client has disconnected; while it waits for a response it sends no other data."""
    return bool(select.select([sock], [], [], 0)[0])
