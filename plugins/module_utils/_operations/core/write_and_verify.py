# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Send one write and verify that it took effect.

A write is sent once and never repeated. If its response is lost, only reading back shows whether it took
effect.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Callable, Generic, Mapping, Optional, TypeVar

from ..._vms.api.tasks import Task
from ..._vms.wire.errors import (
    AuthenticationFailed,
    BadAnswer,
    BusinessError,
    HttpError,
    LoginRefused,
    NotFound,
    OperationUnsupported,
    TaskFailed,
    Unreachable,
    VmsError,
)
from .errors import InvalidRequest

Proof = TypeVar("Proof")

# A task that the server lost, or that ended in part, does not show the state of the server.
DOUBTFUL_TASKS = ("task_lost", "task_partial")

LONGEST_WAIT_S = 86400


@dataclass(frozen=True)
class Waits:
    """How long, in seconds, to wait for the proof of a write, and the interval between reads."""

    timeout_s: float
    interval_s: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class WriteResult(Generic[Proof]):
    """Result of a write.

    ``proof`` is None if the deadline passed; ``doubt`` is the error that hid the response, if any.
    """

    proof: Optional[Proof]
    doubt: Optional[VmsError]


def read_waits(options: Mapping[str, Any]) -> Waits:
    """Return the waits that a module's options configure. Raises InvalidRequest."""
    for name, least in (("wait_timeout", 0), ("wait_interval", 0.05)):
        # Written so that NaN fails, too.
        if not least <= options[name] <= LONGEST_WAIT_S:
            expected = "a number of seconds from {0} to {1}".format(least, LONGEST_WAIT_S)
            raise InvalidRequest("option_invalid", option=name, expected=expected, got=options[name])
    return Waits(options["wait_timeout"], options["wait_interval"])


def may_have_taken_effect(error: VmsError) -> bool:
    """Return whether a write that ended with ``error`` may nevertheless have been carried out."""
    if isinstance(error, TaskFailed):
        return error.code in DOUBTFUL_TASKS
    if isinstance(error, HttpError):
        return error.status >= 500
    if isinstance(error, (AuthenticationFailed, BusinessError, LoginRefused, NotFound, OperationUnsupported)):
        return False
    return error.sent


def write_and_verify(
    write: Callable[[], Task], prove: Callable[[Mapping[str, object]], Optional[Proof]], waits: Waits
) -> WriteResult[Proof]:
    """Make one write and read until ``prove`` finds its effect or the deadline passes.

    ``prove`` gets the detail of the finished task (empty if the response was lost) and returns None while no
    effect is visible. Raises VmsError if the write was certainly not carried out. An error of a later read,
    such as a login that is refused by then, proves nothing about the write and leaves it in doubt.
    """
    end = waits.clock() + waits.timeout_s
    detail: Mapping[str, object] = {}
    doubt: Optional[VmsError] = None
    task: Optional[Task] = None
    try:
        task = write()
        detail = task.wait(waits.timeout_s, waits.interval_s)
    except VmsError as error:
        if not may_have_taken_effect(error) and (task is None or isinstance(error, TaskFailed)):
            raise
        doubt = error
    try:
        proof = poll_until(lambda: prove(detail), end, waits)
    except VmsError as error:
        return WriteResult(None, doubt or error)
    return WriteResult(proof, doubt)


def poll_until(read: Callable[[], Optional[Proof]], end: float, waits: Waits) -> Optional[Proof]:
    """Call ``read`` at least once, until it returns a value or ``end`` (on the clock of ``waits``) is past.

    While the server cannot be reached, the read is repeated until ``end``; then its error is raised.
    """
    while True:
        failure: Optional[VmsError] = None
        try:
            found = read()
        except (Unreachable, BadAnswer, HttpError) as error:
            found, failure = None, error
        if found is not None:
            return found
        left = end - waits.clock()
        if left <= 0:
            if failure is not None:
                raise failure
            return None
        waits.sleep(min(waits.interval_s, left))
