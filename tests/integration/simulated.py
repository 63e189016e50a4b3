# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start a simulator for one test, call its control port, and use its license platform."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import Self

PROGRAM = Path(__file__).resolve().parents[1] / "simulator"


class Simulator:
    """Plays a scenario with its state in ``folder``; stops at the end of the ``with`` block."""

    def __init__(self, folder: Path, scenario: str) -> None:
        self.folder = folder
        self.state = folder / "simulator"
        self._scenario = folder / "scenario.yml"
        self._scenario.write_text(scenario, encoding="utf-8")

    def __enter__(self) -> Self:
        self._command("start", "--scenario", self._scenario)
        self.endpoints: dict[str, Any] = json.loads((self.state / "endpoints.json").read_bytes())
        return self

    def __exit__(self, *_reason: object) -> None:
        self._command("stop")

    def control(self, method: str, path: str, body: object = None) -> Any:
        """Return the answer of the control port: JSON, the bytes of a file, or None."""
        request = urllib.request.Request(
            self.endpoints["control"] + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            content = answer.read()
            if not content:
                return None
            return json.loads(content) if "json" in answer.headers["Content-Type"] else content

    def node(self, name: str) -> dict[str, Any]:
        node: dict[str, Any] = self.control("GET", "/state")["nodes"][name]
        return node

    def licenses(self, server: str, *statuses: str) -> list[dict[str, Any]]:
        """Return the licenses of a server that are in one of these states."""
        return [row for row in self.node(server)["licenses"] if row["status"] in statuses]

    def writes(self) -> list[tuple[str, str, str]]:
        """Return the requests that change something: node, method, path."""
        return [
            (row["node"], row["method"], row["path"])
            for row in self.control("GET", "/requests")
            if row["method"] != "GET" and not row["auth"]
        ]

    def platform(self, action: str, *arguments: str | Path) -> dict[str, Any]:
        """Perform an action of the operator on the license platform and return what the platform issued."""
        issued: dict[str, Any] = json.loads(self._command("platform", action, *arguments))
        return issued

    def buy(self, server: str, key: str, quantity: int, out: str | Path) -> Path:
        """Activate a key for ``server`` and return the activation file, in ``out`` below ``folder``."""
        wanted = ("--server", server, "--key", key, "--quantity", str(quantity))
        return Path(self.platform("activate", *wanted, "--out", self.folder / out)["path"])

    def _command(self, *arguments: str | Path) -> str:
        done = subprocess.run(
            [sys.executable, str(PROGRAM), *map(str, arguments), "--state", str(self.state)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
