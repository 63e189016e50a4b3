# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""An HTTP proxy on loopback that opens tunnels."""

from __future__ import annotations

import contextlib
import select
import socket
import threading


class TunnelProxy:
    """Connects clients to the servers that they name, or sends ``answer`` instead."""

    def __init__(self) -> None:
        self.heads: list[bytes] = []
        self.answer: bytes | None = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _address = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        head = b""
        with client, contextlib.suppress(OSError):
            while not head.endswith(b"\r\n\r\n"):
                head += client.recv(1)
            self.heads.append(head)
            if self.answer is not None:
                client.sendall(self.answer)
                return
            host, _colon, port = head.split()[1].decode().rpartition(":")
            with socket.create_connection((host, int(port))) as server:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                self._pipe(client, server)

    def _pipe(self, client: socket.socket, server: socket.socket) -> None:
        while True:
            readable, _writable, _failed = select.select([client, server], [], [])
            for end in readable:
                content = end.recv(65536)
                if not content:
                    return
                (server if end is client else client).sendall(content)
