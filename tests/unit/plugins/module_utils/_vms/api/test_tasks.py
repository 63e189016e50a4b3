# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wait for a task: it succeeds, fails, or reaches the deadline, and never ends early."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.tasks import Task, TaskState
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    NotFound,
    TaskFailed,
    TaskTimeout,
    Unreachable,
)

RUNNING = TaskState(completed=False, result=None)
GOOD = TaskState(completed=True, result="good", detail={"license_ids": ("LS-1",)})


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


def task(*states: TaskState | Exception) -> tuple[Task, Clock]:
    left = list(states)
    clock = Clock()

    def read_state() -> TaskState:
        state = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(state, Exception):
            raise state
        return state

    return Task("42", read_state, clock, clock.sleep), clock


def test_waits_until_the_task_is_done() -> None:
    waiting, clock = task(RUNNING, RUNNING, GOOD)
    assert waiting.wait(10, 1) == {"license_ids": ("LS-1",)}
    assert clock.now == 2


@pytest.mark.parametrize(
    ("result", "code"),
    [("failed", "task_failed"), ("partial", "task_partial"), (None, "task_failed"), ("0", "task_failed")],
)
def test_only_a_good_result_is_a_success(result: str | None, code: str) -> None:
    waiting, _clock = task(TaskState(True, result, "device_mismatch", "another device"))
    with pytest.raises(TaskFailed) as caught:
        waiting.wait()
    assert caught.value.code == code
    assert caught.value.error_code == "device_mismatch"
    assert caught.value.error_message == "another device"


def test_waiting_ends_at_the_deadline() -> None:
    waiting, clock = task(RUNNING)
    with pytest.raises(TaskTimeout) as caught:
        waiting.wait(10, 3)
    assert clock.now == 10
    assert caught.value.fields == {"task": "42", "seconds": 10}


def test_a_temporarily_unreachable_server_is_read_again() -> None:
    away = Unreachable("unreachable_reset", endpoint="x")
    waiting, _clock = task(away, away, GOOD)
    assert waiting.wait(10, 1) == {"license_ids": ("LS-1",)}


def test_a_server_that_stays_unreachable_ends_at_the_deadline() -> None:
    waiting, _clock = task(Unreachable("unreachable_reset", endpoint="x"))
    with pytest.raises(TaskTimeout):
        waiting.wait(5, 1)


def test_an_unknown_task_is_not_a_success() -> None:
    waiting, _clock = task(NotFound("task_lost", task="42"))
    with pytest.raises(TaskFailed) as caught:
        waiting.wait()
    assert caught.value.code == "task_lost"


def test_a_write_that_is_answered_at_once_is_done() -> None:
    finished = Task.finished({"license_ids": ("LS-1",)})
    reads: list[Callable[[], float]] = []
    assert finished.wait(0, 0) == {"license_ids": ("LS-1",)}
    assert reads == []


@pytest.mark.parametrize(("code", "good"), [("", True), ("0", True), ("7", False), ("denied", False)])
def test_a_successful_task_has_no_error(code: str, good: bool) -> None:
    waiting, _clock = task(TaskState(True, "good", code, "the end of it"))
    if good:
        assert waiting.wait() == {}
        return
    with pytest.raises(TaskFailed) as caught:
        waiting.wait()
    assert (caught.value.code, caught.value.error_code) == ("task_failed", code)
