# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulator process with its control port and license platform, independent of the collection."""

from __future__ import annotations

import base64
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from apis import FIRST, Api

PROGRAM = Path(__file__).resolve().parents[1] / "simulator"
# Longer than a busy machine needs to end a process that has a port by chance.
PORT_WAIT = 20.0
USER, PASSWORD = "automation", "faults-only"


class Refused(Exception):
    """The control port or the platform said no."""


class NotStarted(Exception):
    """The simulator's process did not come up; the text is its own."""


class Simulator:
    """One state folder and its process; ends with the ``with`` block."""

    def __init__(self, folder: Path, scenario: dict[str, Any], api: Api = FIRST) -> None:
        self._folder, self.api = folder, api
        folder.mkdir(parents=True)
        file = folder / "scenario.yml"
        body = {
            "credentials": {"username": USER, "password": PASSWORD},
            "task_ms": 40,
            "api": api.name,
            **scenario,
        }
        file.write_text(json.dumps(body), encoding="utf-8")  # JSON is YAML
        self._start("--scenario", str(file))

    def _start(self, *more: str) -> None:
        state = self._folder / "state"
        command = [sys.executable, str(PROGRAM), "start", "--state", str(state), *more]
        started = subprocess.run(command, check=False, capture_output=True, text=True, timeout=90)
        if started.returncode:
            raise NotStarted(f"{started.stdout}{started.stderr}".strip())
        self.endpoints = json.loads((state / "endpoints.json").read_text(encoding="utf-8"))
        site = urlsplit(self.endpoints["control"])
        self._control = http.client.HTTPConnection(site.hostname or "", site.port, timeout=30)

    def alive(self) -> bool:
        return is_alive(self.endpoints["pid"])

    def revive(self, port_wait: float = PORT_WAIT) -> None:
        """Start a simulator anew that has crashed; it goes on with its state, on the same ports.

        Raises NotStarted if another process has one of them and keeps it for ``port_wait`` seconds.
        """
        self._control.close()
        self._start("--port-wait", str(port_wait))

    @property
    def shared(self) -> dict[str, Any]:
        """Options of modules that are the same for all nodes: whom to trust, and the interface."""
        return {"ca_path": self.endpoints["ca"], **self.api.options}

    @property
    def log(self) -> str:
        """What the simulator has written so far."""
        return (self._folder / "state" / "simulator.log").read_text(encoding="utf-8")

    def __enter__(self) -> Simulator:
        return self

    def __exit__(self, *error: object) -> None:
        self._control.close()
        pid = self.endpoints["pid"]
        os.kill(pid, signal.SIGTERM)
        end = time.monotonic() + 15
        while is_alive(pid) and time.monotonic() < end:
            time.sleep(0.02)

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Call the control port. Raises Refused unless it answers with success.

        Each call has a connection of its own: the server closes one that is idle for as long as a playbook
        may take.
        """
        data = None if body is None else json.dumps(body).encode()
        self._control.request(method, path, data, {"Content-Type": "application/json"})
        try:
            response = self._control.getresponse()
            content = response.read()
        finally:
            self._control.close()
        if response.status >= 300:
            raise Refused(f"{method} {path}: {response.status} {content[:400]!r}")
        if response.headers.get_content_type() == "application/json":
            return json.loads(content)
        return content

    def node(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.endpoints["nodes"][name]
        return found

    def state(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", "/state")["nodes"][name]
        return found

    def requests(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.call("GET", "/requests")
        return rows

    def device(self, name: str) -> str:
        return base64.b64encode(self.call("GET", f"/nodes/{name}/device-information")).decode()

    def issue(self, folder: Path, server: str, *keys: str) -> Path:
        """What a person does with license keys: an activation file for the device of ``server``."""
        body = {"keys": [{"key": key} for key in keys], "device_information": self.device(server)}
        return _saved(folder, self.call("POST", "/platform/activation", body))

    def transfer(self, folder: Path, server: str, uninstall_file: Path) -> Path:
        """What a person does with an uninstall file; Refused if it is not one, or was used before."""
        given = base64.b64encode(uninstall_file.read_bytes()).decode()
        body = {"uninstall_file": given, "device_information": self.device(server)}
        return _saved(folder, self.call("POST", "/platform/transfer", body))

    def split(self, folder: Path, server: str, quantity: int, rest: str, uninstall_file: Path) -> list[Path]:
        """As ``transfer``, for a part on ``server`` and the remainder on ``rest``, in this order."""
        given = base64.b64encode(uninstall_file.read_bytes()).decode()
        body = {"uninstall_file": given, "device_information": self.device(server), "quantities": [quantity]}
        answer = self.call(
            "POST", "/platform/transfer", {**body, "remainder_device_information": self.device(rest)}
        )
        return [_saved(folder / str(number), file) for number, file in enumerate(answer["files"])]


def _saved(folder: Path, answer: dict[str, Any]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / str(answer["file_name"])
    file.write_bytes(base64.b64decode(answer["content"]))
    return file


def is_alive(pid: int) -> bool:
    """Whether a process still runs; a dead one that is not reaped yet does not.

    One of several threads is dead when the last thread is: until then it still has its ports and locks.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return False
    state, threads = fields[0], int(fields[17])
    return state != "X" and (state != "Z" or threads > 1)
