# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Close the clients of a task when it ends: log out, return tokens, close connections."""

from __future__ import annotations

import contextlib
from contextvars import ContextVar
from typing import Iterator, List, Optional, Protocol, TypeVar

from .errors import VmsError


class Closeable(Protocol):
    """A client that holds a login or a connection."""

    def close(self) -> None: ...


Client = TypeVar("Client", bound=Closeable)


class OpenClients:
    """Clients that are closed together."""

    def __init__(self) -> None:
        self._clients: List[Closeable] = []

    def add(self, client: Closeable) -> None:
        self._clients.append(client)

    def close(self) -> None:
        """Close every client once, the last one first; a failure does not keep the others open."""
        while self._clients:
            with contextlib.suppress(VmsError, OSError):
                self._clients.pop().close()

    @contextlib.contextmanager
    def collecting(self) -> Iterator[None]:
        """Add every client that is opened meanwhile, in this thread."""
        before = _current.set(self)
        try:
            yield
        finally:
            _current.reset(before)


# Threads and asynchronous tasks each have their own.
_current: ContextVar[Optional[OpenClients]] = ContextVar("open_clients", default=None)


@contextlib.contextmanager
def closing_clients() -> Iterator[None]:
    """Close the clients that are opened meanwhile, also after an error."""
    clients = OpenClients()
    try:
        with clients.collecting():
            yield
    finally:
        clients.close()


def opened(client: Client) -> Client:
    """Return ``client``, which ``closing_clients`` closes; outside of it, the caller closes the client."""
    current = _current.get()
    if current is not None:
        current.add(client)
    return client
