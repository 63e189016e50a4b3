# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run one TLS server per node in threads of this process; certificates and ports."""

from __future__ import annotations

import datetime as dt
import os
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import trustme
from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Server

from usim.faulty import SocketGateway, WsgiApp

HOST = "127.0.0.1"
_THREADS = 6
_KEEP_ALIVE = 30


class Certificates:
    """The CA of the state, which is kept over restarts, and a new server certificate for each run."""

    def __init__(self, folder: Path) -> None:
        self.ca_path = folder / "ca.pem"
        key_path = folder / "ca-key.pem"
        if key_path.exists():
            authority = trustme.CA.from_pem(self.ca_path.read_bytes(), key_path.read_bytes())
        else:
            authority = trustme.CA(organization_name="Usphere simulator")
            authority.cert_pem.write_to_path(str(self.ca_path))
            write_private(
                key_path, authority.private_key_pem.bytes()
            )  # last: its presence says that both are there
        self._authority = authority
        issued = authority.issue_cert(HOST, "localhost")
        yesterday = dt.datetime.now(dt.timezone.utc) - dt.timedelta(days=1)
        ended = authority.issue_cert(
            HOST, "localhost", not_before=yesterday - dt.timedelta(days=30), not_after=yesterday
        )
        # One of each for all ports: cheroot tries every new adapter in a handshake with itself.
        self._good = BuiltinSSLAdapter(*_store(folder, "node", issued))
        self._ended = BuiltinSSLAdapter(*_store(folder, "node-expired", ended))

    def adapter(self, is_expired: Callable[[], bool]) -> ChoosingAdapter:
        return ChoosingAdapter(self._good, self._ended, is_expired)

    def client_context(self) -> ssl.SSLContext:
        """Return the TLS context of calls between nodes, which trusts only this CA."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._authority.configure_trust(context)
        return context


class ChoosingAdapter:
    """Selects one of two certificates for every new connection."""

    def __init__(
        self, good: BuiltinSSLAdapter, ended: BuiltinSSLAdapter, is_expired: Callable[[], bool]
    ) -> None:
        self._good = good
        self._ended = ended
        self._is_expired = is_expired

    def wrap(self, sock: socket.socket) -> Any:
        return (self._ended if self._is_expired() else self._good).wrap(sock)  # type: ignore[no-untyped-call]  # ships half its types

    def __getattr__(self, name: str) -> Any:
        return getattr(self._good, name)


def _store(folder: Path, name: str, issued: trustme.LeafCert) -> tuple[str, str]:
    """Return the paths of the certificate chain and of its key."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}-key.pem"
    certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    write_private(key, issued.private_key_pem.bytes())
    return str(certificate), str(key)


def write_private(path: Path, content: bytes) -> None:
    """Write a file atomically, readable by its owner only."""
    temporary = path.with_name(f".{path.name}.new")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)


class Listener:
    """A bound port with an app. Raises OSError if another process uses the port."""

    def __init__(self, port: int, tls: ChoosingAdapter | None) -> None:
        self._server = Server(
            (HOST, port), None, numthreads=_THREADS, timeout=_KEEP_ALIVE, shutdown_timeout=2
        )
        self._server.ssl_adapter = tls
        self._server.gateway = SocketGateway
        self._server.expiration_interval = 0.1  # how often it looks whether it has to stop
        self._server.prepare()
        self._thread = threading.Thread(target=self._server.serve, name=f"port-{self.port}", daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.bind_addr[1])

    def serve(self, app: WsgiApp) -> None:
        self._server.wsgi_app = app
        self._thread.start()

    def stop(self) -> None:
        self._server.stop()
        if self._thread.is_alive():
            self._thread.join()
