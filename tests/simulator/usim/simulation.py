# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared parts of all nodes of a simulator: state, clock, settings, request log, dry-run guard."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, fields

from usim.answer_options import NodeAnswers, options_from
from usim.disturbances import Disturbances
from usim.signing import Vendor
from usim.store import Store, get_meta, set_meta


@dataclass(frozen=True)
class Settings:
    """Delays and limits of the simulated servers, from the scenario."""

    task_ms: int
    token_seconds: int
    nonce_seconds: int
    session_requests: int


@dataclass(frozen=True)
class LoggedRequest:
    node: str
    method: str
    path: str
    query: str
    status: int
    auth: bool
    fault: str | None = None


class Simulation:
    def __init__(self, store: Store) -> None:
        self.store = store
        with store.transaction() as db:
            self._offset = float(get_meta(db, "clock_offset"))
            self.settings = Settings(**{item.name: int(get_meta(db, item.name)) for item in fields(Settings)})
            self.api = get_meta(db, "api")
            self.vendor = Vendor(bytes.fromhex(get_meta(db, "vendor_key")))
            self.secret = bytes.fromhex(get_meta(db, "nonce_key"))
            self._dry_run = get_meta(db, "dry_run") == "on"
            nodes = db.execute("SELECT name, details FROM nodes").fetchall()
        self.answers = NodeAnswers(
            {row["name"]: options_from(json.loads(row["details"]).get("answers", {})) for row in nodes}
        )
        self.disturbances = Disturbances()
        self._requests: list[LoggedRequest] = []
        self._turns: Counter[str] = Counter()
        self._lock = threading.Lock()

    def now(self) -> float:
        """Return the time of the clock that all nodes share, in epoch seconds."""
        return time.time() + self._offset

    def clock_of(self, node: str) -> float:
        """Return the time that a node's own clock shows: the shared clock, unless it is said to be off."""
        return self.now() + (self.answers.of(node).clock_skew_s or 0)

    def set_clock(self, instant: float) -> None:
        offset = instant - time.time()
        with self.store.transaction() as db:
            set_meta(db, "clock_offset", repr(offset))
        self._offset = offset

    def log(self, request: LoggedRequest) -> None:
        with self._lock:
            self._requests.append(request)

    def requests(self, node: str | None = None) -> list[LoggedRequest]:
        with self._lock:
            return [item for item in self._requests if node in (None, item.node)]

    def forget_requests(self) -> None:
        with self._lock:
            self._requests.clear()

    def turn(self, what: str) -> bool:
        """Return False and True alternately, to select one of two styles of a response."""
        with self._lock:
            self._turns[what] += 1
            return self._turns[what] % 2 == 0

    @property
    def dry_run(self) -> bool:
        return self._dry_run

    def set_dry_run(self, on: bool) -> None:
        with self.store.transaction() as db:
            if on:
                db.execute("DELETE FROM dry_run_refused")
            set_meta(db, "dry_run", "on" if on else "off")
        self._dry_run = on

    def record_refused(self, node: str, method: str, path: str) -> None:
        with self.store.transaction() as db:
            db.execute(
                "INSERT INTO dry_run_refused (node, method, path) VALUES (?, ?, ?)", (node, method, path)
            )

    def count_failed_login(self, node: str) -> None:
        with self.store.transaction() as db:
            db.execute("UPDATE nodes SET failed_logins = failed_logins + 1 WHERE name = ?", (node,))
