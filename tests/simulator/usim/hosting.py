# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""One TLS server per node, in threads of this process; the certificates; the ports."""

from __future__ import annotations

import os
import ssl
import threading
from pathlib import Path

import trustme
from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Server
from flask import Flask

HOST = "127.0.0.1"
_THREADS = 6
_KEEP_ALIVE = 30


class Certificates:
    """The state's own authority, kept over restarts, and a fresh certificate for this run."""

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
        self._certificate, self._key = folder / "node.pem", folder / "node-key.pem"
        self._certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        write_private(self._key, issued.private_key_pem.bytes())

    def adapter(self) -> BuiltinSSLAdapter:
        return BuiltinSSLAdapter(str(self._certificate), str(self._key))

    def client_context(self) -> ssl.SSLContext:
        """For the nodes' own calls to each other."""
        context = ssl.create_default_context()
        self._authority.configure_trust(context)
        return context


def write_private(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, readable by its owner only."""
    temporary = path.with_name(f".{path.name}.new")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)


class Listener:
    """A bound port with an app behind it. ``preferred`` is an earlier run's port, taken if it is free."""

    def __init__(self, preferred: int | None, tls: BuiltinSSLAdapter | None) -> None:
        self._server = Server(
            (HOST, preferred or 0), None, numthreads=_THREADS, timeout=_KEEP_ALIVE, shutdown_timeout=2
        )
        self._server.ssl_adapter = tls
        self._server.expiration_interval = 0.2  # how often it looks whether it has to stop
        try:
            self._server.prepare()
        except OSError:
            if not preferred:
                raise
            self._server.bind_addr = (HOST, 0)
            self._server.prepare()
        self._thread = threading.Thread(target=self._server.serve, name=f"port-{self.port}", daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.bind_addr[1])

    def serve(self, app: Flask) -> None:
        self._server.wsgi_app = app
        self._thread.start()

    def stop(self) -> None:
        self._server.stop()
        if self._thread.is_alive():
            self._thread.join()
