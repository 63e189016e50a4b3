# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a function in a child process with a time limit and a memory limit."""

from __future__ import annotations

import json
import os
import resource
import signal
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SECONDS = 10
# Bytes on top of the memory that the tests themselves use.
MEMORY = 300 * 1024 * 1024


@dataclass(frozen=True)
class Outcome:
    """Return value of the function, or ``died`` with the cause; ``seconds`` is wall time."""

    value: Any
    died: str
    seconds: float


def within_budget(function: Callable[[], Any]) -> Outcome:
    """Call ``function`` in a child process, which is killed beyond the budget; its value must be JSON."""
    readable, writable = os.pipe()
    begin = time.monotonic()
    child = os.fork()
    if child == 0:
        os.close(readable)
        _limit()
        _answer(function, writable)
    os.close(writable)
    with os.fdopen(readable, "rb") as stream:
        answer = stream.read()
    _child, status = os.waitpid(child, 0)
    seconds = time.monotonic() - begin
    if os.WIFSIGNALED(status):
        return Outcome(None, f"killed by {signal.Signals(os.WTERMSIG(status)).name}", seconds)
    found = json.loads(answer) if answer else {"died": "no answer"}
    return Outcome(found.get("value"), found.get("died", ""), seconds)


def _limit() -> None:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    size = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + SECONDS,) * 2)


def _answer(function: Callable[[], Any], writable: int) -> None:
    # The child always ends here, so it never runs the tests that follow.
    try:
        answer = {"value": function()}
    except BaseException as error:  # noqa: BLE001 - every crash has to be reported
        where = traceback.extract_tb(error.__traceback__)[-1]
        answer = {"died": f"{type(error).__name__}: {str(error)[:200]} at {where.filename}:{where.lineno}"}
    with os.fdopen(writable, "wb") as stream:
        stream.write(json.dumps(answer).encode())
    os._exit(0)
