# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated site of the demo: simulator, license platform and ansible-playbook."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SIMULATOR = HERE.parent / "simulator"
RECAP = re.compile(r"^(\S+)\s+: ok=(\d+)\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)", re.MULTILINE)


class SiteError(Exception):
    """The simulated site failed; the text names the step and has the last output."""


@dataclass(frozen=True)
class Recap:
    """What a play did to one host."""

    ok: int
    changed: int
    failed: int


@dataclass(frozen=True)
class Run:
    """One ansible-playbook run: exit code and recap by host."""

    code: int
    hosts: dict[str, Recap]
    output: str

    @property
    def changed(self) -> int:
        return sum(recap.changed for recap in self.hosts.values())


class DemoSite:
    """A simulator of its own in `folder`, and the commands of the people who work with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = folder / "simulator"
        self.bought: dict[str, list[dict[str, Any]]] = {}
        self.runs = 0

    def __enter__(self) -> DemoSite:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self._simulator("start", "--state", str(self.state), "--scenario", str(HERE / "scenario.yml"))
        self.endpoints: dict[str, Any] = json.loads(
            (self.state / "endpoints.json").read_text(encoding="utf-8")
        )
        return self

    def __exit__(self, *_reason: object) -> None:
        self._simulator("stop", "--state", str(self.state))

    def stopped(self) -> bool:
        """Whether the simulator's process is gone; its parent may take a moment to say so."""
        for _attempt in range(50):
            try:
                os.kill(int(self.endpoints["pid"]), 0)
            except ProcessLookupError:
                return True
            time.sleep(0.1)
        return False

    # The simulator's clock and state

    def now(self) -> datetime:
        return _instant(self._control("GET", "/clock")["now"])

    def set_clock(self, instant: datetime) -> None:
        self._control("PUT", "/clock", {"now": instant.strftime("%Y-%m-%dT%H:%M:%SZ")})

    def advance(self, **duration: int) -> None:
        self._control("POST", "/clock/advance", {"seconds": int(timedelta(**duration).total_seconds())})

    def simulator_state(self) -> dict[str, Any]:
        return self._control("GET", "/state")

    # The person at the license platform

    def buy(self, server: str, *keys: tuple[str, int], term_days: int | None = None) -> list[dict[str, Any]]:
        """Turn keys into one activation file for `server` and put it where the playbook finds it."""
        arguments = ["platform", "activate", "--state", str(self.state), "--server", server]
        for key, quantity in keys:
            arguments += ["--key", key, "--quantity", str(quantity)]
        if term_days is not None:
            arguments += ["--term-days", str(term_days)]
        issued = json.loads(self._simulator(*arguments, "--out", str(self.folder / "files" / server)))
        expect = [
            {field: row[field] for field in ("product", "arch", "kind", "quantity", "code")}
            for row in issued["licenses"]
        ]
        self.bought.setdefault(server, []).append({"path": issued["path"], "expect": expect})
        return expect

    def take_out(self, server: str, kind: str) -> None:
        """Take the files of a kind out of what the inventory wants on `server`."""
        self.bought[server] = [
            file for file in self.bought[server] if all(row["kind"] != kind for row in file["expect"])
        ]

    # The pipeline

    def play(self, playbook: str, *, limit: tuple[str, ...] = (), **variables: object) -> Run:
        """Run a playbook of the collection by its name, on all hosts or on those of ``limit``."""
        self.runs += 1
        inventory = self.folder / "inventory.yml"
        shutil.copy(HERE / "inventory.yml", inventory)
        extra = {"demo_folder": str(self.folder), "bought": self.bought, **variables}
        run = subprocess.run(
            [
                str(Path(sys.executable).parent / "ansible-playbook"),
                *("-i", str(inventory), "-e", json.dumps(extra)),
                *(("--limit", ",".join(limit)) if limit else ()),
                f"unicloud.usphere.{playbook}",
            ],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env=dict(os.environ, ANSIBLE_NOCOLOR="1", ANSIBLE_LOCALHOST_WARNING="false"),
            cwd=self.folder,
        )
        output = run.stdout + run.stderr
        (self.folder / f"run-{self.runs:02d}-{playbook}.log").write_text(output, encoding="utf-8")
        hosts = {
            name: Recap(ok=int(ok), changed=int(changed), failed=int(failed) + int(unreachable))
            for name, ok, changed, unreachable, failed in RECAP.findall(run.stdout)
        }
        if not hosts:
            raise SiteError(f"ansible-playbook {playbook} ran on no host:\n{output[-3000:]}")
        return Run(run.returncode, hosts, output)

    def _control(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        request = urllib.request.Request(
            self.endpoints["control"] + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            document: dict[str, Any] = json.load(answer)
        return document

    def _simulator(self, *arguments: str) -> str:
        run = subprocess.run(
            [sys.executable, str(SIMULATOR), *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        if run.returncode:
            raise SiteError(f"the simulator's '{arguments[0]}' failed:\n{run.stdout}{run.stderr}")
        return run.stdout


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc)
