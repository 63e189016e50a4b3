# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asynchronous work: a task is stored before its number is returned, and completed even after a SIGKILL."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from usim.job_faults import Broken, Lost, Trouble
from usim.simulation import Simulation

_log = logging.getLogger(__name__)
_WORKERS = 4
_POLL = 0.02


@dataclass(frozen=True)
class Job:
    id: int
    node: str
    kind: str
    body: dict[str, str | int | None]
    content: bytes


@dataclass(frozen=True)
class Outcome:
    """Result of a task; without an error code it succeeded."""

    error_code: str = ""
    fail_message: str = ""
    detail: dict[str, object] = field(default_factory=dict)


_BROKEN = Outcome("internal_error", "the work broke off in the middle")


class JobFailed(Exception):
    """The work failed; its changes are rolled back."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.outcome = Outcome(code, message)


# A worker does what takes time first and returns the last step, which runs in the transaction that also
# completes the message: both are there afterwards, or neither.
Finish = Callable[[sqlite3.Connection], Outcome]
Worker = Callable[[Simulation, Job], Finish]


def post(
    db: sqlite3.Connection,
    simulation: Simulation,
    node: str,
    kind: str,
    body: dict[str, str | int | None],
    content: bytes = b"",
) -> int:
    """Store a task in the transaction of the caller; return its number."""
    due = time.time() + simulation.settings.task_ms / 1000
    cursor = db.execute(
        "INSERT INTO messages (node, kind, body, content, due) VALUES (?, ?, ?, ?, ?)",
        (node, kind, json.dumps(body), content, due),
    )
    return int(cursor.lastrowid or 0)


def find_message(db: sqlite3.Connection, node: str, text: str) -> sqlite3.Row | None:
    if not text.isdecimal() or len(text) > 18:
        return None
    row = db.execute(
        "SELECT id, kind, body, due, completed AND NOT hidden AS completed, result, error_code,"
        " fail_message, detail FROM messages WHERE id = ? AND node = ?",
        (int(text), node),
    ).fetchone()
    return row if isinstance(row, sqlite3.Row) else None


class JobRunner:
    """Runs due tasks in the background; each task runs only once at a time."""

    def __init__(self, simulation: Simulation, workers: dict[str, Worker]) -> None:
        self._world = simulation
        self._workers = workers
        self._running: set[int] = set()
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="job")
        self._thread = threading.Thread(target=self._loop, name="jobs", daemon=True)

    def start(self) -> None:
        with self._world.store.transaction() as db:
            db.execute("UPDATE messages SET hidden = 0")  # what hid them did not outlive the last process
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _loop(self) -> None:
        while not self._stop.wait(_POLL):
            with self._world.store.transaction() as db:
                rows = db.execute(
                    "SELECT * FROM messages WHERE NOT completed AND due <= ? ORDER BY id", (time.time(),)
                ).fetchall()
            for row in rows:
                if row["id"] not in self._running:
                    self._running.add(row["id"])
                    job = Job(
                        row["id"], row["node"], row["kind"], json.loads(row["body"]), row["content"] or b""
                    )
                    self._pool.submit(self._run, job).add_done_callback(partial(self._ended, job))

    def _run(self, job: Job) -> None:
        trouble = Trouble(self._world.disturbances, job.node, job.kind)
        store = self._world.store
        try:
            finish = self._workers[job.kind](self._world, job)
            trouble.before()
            with store.transaction() as db:
                # The row may have been read just before another run of it ended.
                if not _is_open(db, job):
                    return
                outcome = finish(db)
                _complete(db, job, _BROKEN if trouble.fails else outcome, trouble.hides)
        except JobFailed as failure:
            with store.transaction() as db:
                _complete(db, job, failure.outcome)
        except Broken:
            with store.transaction() as db:
                _complete(db, job, _BROKEN)
        except Lost:
            with store.transaction() as db:
                _forget(db, job)
        else:
            trouble.after()
            with store.transaction() as db:
                if trouble.loses:
                    _forget(db, job)
                db.execute("UPDATE messages SET hidden = 0 WHERE id = ?", (job.id,))

    def _ended(self, job: Job, future: Future[None]) -> None:
        """Log the error of a worker, because the result of its future is not read."""
        error = None if future.cancelled() else future.exception()
        if error is not None:
            _log.error("message %s (%s) broke", job.id, job.kind, exc_info=error)
            with self._world.store.transaction() as db:
                _complete(db, job, Outcome("internal_error", "the simulator broke; its log says where"))
        self._running.discard(job.id)


def _is_open(db: sqlite3.Connection, job: Job) -> bool:
    row = db.execute("SELECT completed FROM messages WHERE id = ?", (job.id,)).fetchone()
    # A server that was put back to an earlier moment may not know of it.
    return row is not None and not row["completed"]


def _forget(db: sqlite3.Connection, job: Job) -> None:
    db.execute("DELETE FROM messages WHERE id = ?", (job.id,))


def _complete(db: sqlite3.Connection, job: Job, outcome: Outcome, hidden: bool = False) -> None:
    """Record the end of a task. ``hidden``: the task is done but is reported as running."""
    db.execute(
        "UPDATE messages SET completed = 1, hidden = ?, result = ?, error_code = ?, fail_message = ?,"
        " detail = ?, content = NULL WHERE id = ?",
        (
            int(hidden),
            1 if outcome.error_code else 0,
            outcome.error_code,
            outcome.fail_message,
            json.dumps(outcome.detail),
            job.id,
        ),
    )
