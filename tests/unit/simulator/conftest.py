# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator as a real process, and a client for it that uses no code of the collection."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import os
import re
import secrets
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

PROGRAM = Path(__file__).resolve().parents[2] / "simulator"
sys.path.insert(0, str(PROGRAM))  # unit tests of parts that need no process
USER, PASSWORD = "automation", "s3cret: pass"
VMS, SERVER, LOCAL = "/cas/casrs", "/licsmgr/api/v1", "/licsmgr/api/v1/local-license"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(PROGRAM), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def digest_header(challenge: str, method: str, uri: str, user: str, password: str) -> str:
    """Return the Authorization header of RFC 7616 with MD5 and qop auth."""
    given = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge))
    cnonce = secrets.token_hex(8)

    def md5(text: str) -> str:
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

    secret, question = md5(f"{user}:{given['realm']}:{password}"), md5(f"{method}:{uri}")
    response = md5(f"{secret}:{given['nonce']}:00000001:{cnonce}:auth:{question}")
    parts = {"username": user, "realm": given["realm"], "nonce": given["nonce"], "uri": uri}
    parts |= {"response": response, "cnonce": cnonce, "opaque": given["opaque"]}
    quoted = ", ".join(f'{name}="{value}"' for name, value in parts.items())
    return f"Digest {quoted}, qop=auth, nc=00000001"


class Simulation:
    """One state directory and usually its process."""

    def __init__(self, folder: Path, scenario: dict[str, Any]) -> None:
        self.folder = folder
        self.scenario = folder.parent / f"{folder.name}.yml"
        body = {"credentials": {"username": USER, "password": PASSWORD}, "task_ms": 60, **scenario}
        self.scenario.write_text(json.dumps(body), encoding="utf-8")  # JSON is YAML
        self.days_ahead = 0.0
        self.endpoints: dict[str, Any] = {}
        self._tokens: dict[str, str] = {}
        self._challenges: dict[str, str] = {}

    def start(self) -> None:
        started = run("start", "--state", self.folder, "--scenario", self.scenario)
        assert started.returncode == 0, started.stderr
        self.endpoints = json.loads(Path(started.stdout.strip()).read_text(encoding="utf-8"))
        self.tls = ssl.create_default_context(cafile=self.endpoints["ca"])

    def stop(self) -> None:
        stopped = run("stop", "--state", self.folder)
        assert stopped.returncode == 0, stopped.stderr

    def kill(self) -> None:
        os.kill(self.endpoints["pid"], signal.SIGKILL)
        wait_until(lambda: not self.runs())

    def runs(self) -> bool:
        return "pid" in self.endpoints and is_alive(self.endpoints["pid"])

    def node(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.endpoints["nodes"][name]
        return found

    def connect(self, name: str) -> http.client.HTTPSConnection:
        node = self.node(name)
        return http.client.HTTPSConnection(node["host"], node["port"], timeout=10, context=self.tls)

    def send(self, name: str, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        connection = self.connect(name)
        try:
            given = {key.replace("_", "-"): value for key, value in headers.items()}
            connection.request(method, path, body, given)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def vms(
        self,
        name: str,
        method: str,
        path: str,
        body: object = None,
        password: str = PASSWORD,
        user: str = USER,
        accept: str = "application/json",
    ) -> Answer:
        """Make one call below the base with Digest authentication, in JSON."""
        headers = {"Accept": accept}
        if body is not None:
            headers["Content-Type"] = "application/json"
        data = None if body is None else json.dumps(body).encode()
        return self.by_digest(name, method, f"{VMS}{path}", data, headers, user, password)

    def by_digest(
        self,
        name: str,
        method: str,
        uri: str,
        data: bytes | None = None,
        headers: dict[str, str] | None = None,
        user: str = USER,
        password: str = PASSWORD,
    ) -> Answer:
        """Make one call with Digest authentication; the challenge of an earlier call is used again."""
        if name not in self._challenges:
            first = self.send(name, "GET", uri)
            assert first.status == 401, first
            self._challenges[name] = first.headers["WWW-Authenticate"]
        login = digest_header(self._challenges[name], method, uri, user, password)
        return self.send(name, method, uri, data, Authorization=login, **(headers or {}))

    def token(self, name: str, password: str = PASSWORD, secret: str | None = None) -> Answer:
        node = self.node(name)
        pair = f"{node['client_id']}:{node['client_secret'] if secret is None else secret}"
        basic = base64.b64encode(pair.encode()).decode()
        form = urlencode({"grant_type": "password", "username": USER, "password": password}).encode()
        kind = "application/x-www-form-urlencoded"
        return self.send(
            name,
            "POST",
            f"{self.base(name)}/oauth2/token",
            form,
            Authorization=f"Basic {basic}",
            Content_Type=kind,
        )

    def base(self, name: str) -> str:
        """Return the base path of a License Server or product node."""
        return LOCAL if self.node(name)["kind"] == "product_node" else SERVER

    def bearer(self, name: str) -> str:
        if name not in self._tokens:
            self._tokens[name] = self.token(name).json["access_token"]
        return self._tokens[name]

    def server(self, name: str, method: str, path: str, body: object = None) -> Answer:
        headers = {"Authorization": f"Bearer {self.bearer(name)}"}
        data = None
        if body is not None:
            data, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        return self.send(name, method, f"{self.base(name)}{path}", data, **headers)

    def upload(self, name: str, content: bytes, file_name: str = "USPHERE7_20261120091500.ak") -> Answer:
        head = f'--frontier\r\nContent-Disposition: form-data; name="file"; filename="{file_name}"\r\n\r\n'
        body = head.encode() + content + b"\r\n--frontier--\r\n"
        kind = "multipart/form-data; boundary=frontier"
        login = f"Bearer {self.bearer(name)}"
        return self.send(
            name, "POST", f"{self.base(name)}/activation-files", body, Authorization=login, Content_Type=kind
        )

    def install(self, name: str, content: bytes) -> Any:
        """Upload, wait, and return the finished message."""
        answer = self.upload(name, content)
        assert answer.status == 202, answer.json
        return self.wait_server(name, answer.json["msgId"])

    def wait_server(self, name: str, message: str) -> Any:
        return self._wait(lambda: self.server(name, "GET", f"/messages/{message}").json, True)

    def wait_vms(self, name: str, answer: Answer) -> Any:
        assert answer.status == 202, answer
        path = f"/message/{answer.json['msgId']}"
        return self._wait(lambda: self.vms(name, "GET", path).json, "true")

    def _wait(self, read: Callable[[], Any], completed: object) -> Any:
        last = {}

        def done() -> bool:
            last.update(read())
            return bool(last["completed"] == completed)

        wait_until(done)
        return last

    def licenses(self, name: str) -> dict[str, Any]:
        rows = self.server(name, "GET", "/licenses").json["rows"]
        return {row["id"]: row for row in rows}

    def connect_vms(self, name: str, server: str, client: str, password: str, **more: object) -> Any:
        """Send ``PUT /licenseServer`` and return the finished message."""
        node = self.node(server)
        body = {"address": "127.0.0.1", "clientPort": node["client_port"], "consolePort": node["port"]}
        body |= {"clientName": client, "clientPassword": password, **more}
        return self.wait_vms(name, self.vms(name, "PUT", "/licenseServer", body))

    def reconnect(self, name: str) -> Any:
        return self.wait_vms(name, self.vms(name, "POST", "/licenseServer/reconnect"))

    def control(self, method: str, path: str, body: object = None) -> Answer:
        place = urlsplit(self.endpoints["control"])
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=10)
        try:
            data = None if body is None else json.dumps(body).encode()
            connection.request(method, path, data, {"Content-Type": "application/json"})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def state(self) -> Any:
        return self.control("GET", "/state").json

    def advance(self, days: float) -> None:
        self.days_ahead += days
        assert self.control("POST", "/clock/advance", {"seconds": days * 86_400}).status == 200

    def device(self, name: str) -> str:
        return base64.b64encode(self.control("GET", f"/nodes/{name}/device-information").content).decode()

    def activate(self, server: str, *keys: tuple[str, int | None], **more: object) -> Answer:
        body = {
            "keys": [{"key": key, "quantity": amount} for key, amount in keys],
            "device_information": self.device(server),
            **more,
        }
        return self.control("POST", "/platform/activation", body)

    def activation_file(self, server: str, *keys: tuple[str, int | None], **more: object) -> bytes:
        answer = self.activate(server, *keys, **more)
        assert answer.status == 200, answer.json
        return base64.b64decode(answer.json["content"])


def is_alive(pid: int) -> bool:
    """Return whether a process still runs; a zombie without running threads does not.

    A process has ended when its last thread has: until then it holds its ports and locks.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return False
    state, threads = fields[0], int(fields[17])
    return state != "X" and (state != "Z" or threads > 1)


def wait_until(done: Callable[[], bool], deadline: float = 5.0) -> None:
    end = time.monotonic() + deadline
    while not done():
        assert time.monotonic() < end, "the condition was not met in time"
        time.sleep(0.01)


Make = Callable[..., Simulation]
Program = Callable[..., "subprocess.CompletedProcess[str]"]


def _maker(base: Path) -> Iterator[Make]:
    made: list[Simulation] = []

    def make(**scenario: Any) -> Simulation:
        simulation = Simulation(base / f"state-{len(made)}", scenario)
        made.append(simulation)
        simulation.start()
        return simulation

    yield make
    # The same as `stop`, without starting a Python process for each: that takes most of the time.
    running = [simulation for simulation in made if simulation.runs()]
    for simulation in running:
        os.kill(simulation.endpoints["pid"], signal.SIGTERM)
    for simulation in running:
        wait_until(lambda ended=simulation: not ended.runs(), deadline=15)


@pytest.fixture
def program() -> Program:
    """Run ``python tests/simulator …`` to its end."""
    return run


@pytest.fixture
def simulate(tmp_path: Path) -> Iterator[Make]:
    """Start a scenario for one test."""
    yield from _maker(tmp_path)


@pytest.fixture(scope="module")
def simulate_module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Make]:
    """Start a scenario for all tests of a module."""
    yield from _maker(tmp_path_factory.mktemp("simulator"))
