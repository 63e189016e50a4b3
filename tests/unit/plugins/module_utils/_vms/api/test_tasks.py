# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wait for a task: it succeeds, fails, or reaches the deadline, and never ends early."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.client import Client
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.tasks import (
    Task,
    TaskState,
    task_of,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.fields import (
    FieldMap,
    PathStep,
    ResponsePart,
    Source,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    BadAnswer,
    NotFound,
    TaskFailed,
    TaskTimeout,
    Unreachable,
)

from .task_servers import client_of, script

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


@pytest.mark.parametrize(
    ("code", "good"),
    [
        ("", True),
        ("0", True),
        ("00", True),
        ("OK", True),
        ("成功", True),
        ("7", False),
        ("denied", False),
    ],
)
def test_a_successful_task_has_no_error(code: str, good: bool) -> None:
    waiting, _clock = task(TaskState(True, "good", code, "the end of it"))
    if good:
        assert waiting.wait() == {}
        return
    with pytest.raises(TaskFailed) as caught:
        waiting.wait()
    assert (caught.value.code, caught.value.error_code) == ("task_failed", code)


def test_a_task_by_its_location_and_the_status_of_its_reads(
    server: Any, connect: Any, json_answer: Any, reply: Any
) -> None:
    script(
        server,
        [
            reply(202, b"", [("Location", "https://elsewhere.example/api/jobs/17")]),
            reply(202, b""),
            json_answer({"outcome": "ok", "rc": 0, "text": "done", "detail": {"licenseIds": ["LS-1"]}}),
        ],
    )
    task = task_of(client_of(connect, []), "uninstall_license", "license_task", license_id="LS-1")
    assert task.id == "17"
    assert task.wait(60, 0.001) == {"license_ids": ("LS-1",)}
    assert [request.path for request in server.seen] == ["/api/licenses/LS-1", "/api/jobs/17", "/api/jobs/17"]


@pytest.mark.parametrize(
    ("body", "code", "error_code"),
    [
        ({"outcome": "bad", "rc": 7}, "task_failed", "7"),
        ({"outcome": "some"}, "task_partial", ""),
        ({"outcome": "ok", "rc": 7}, "task_failed", "7"),
        ({"outcome": "other", "rc": False}, "task_failed", ""),
        ({"outcome": "other", "rc": 0.0}, "task_failed", ""),
        ({}, "task_failed", ""),
    ],
)
def test_the_result_of_a_task_by_the_table_of_the_profile(
    server: Any,
    connect: Any,
    json_answer: Any,
    reply: Any,
    body: dict[str, object],
    code: str,
    error_code: str,
) -> None:
    script(server, [reply(202, b"", [("Location", "/api/jobs/17")]), json_answer(body)])
    task = task_of(client_of(connect, []), "uninstall_license", "license_task", license_id="LS-1")
    with pytest.raises(TaskFailed) as caught:
        task.wait(60, 0.001)
    assert (caught.value.code, caught.value.error_code) == (code, error_code)


@pytest.mark.parametrize("location", ["", "/api/others/17"])
def test_an_accepted_write_without_a_task_is_not_finished(
    server: Any, connect: Any, reply: Any, location: str
) -> None:
    headers = [("Location", location)] if location else []
    script(server, [reply(202, b"", headers)])
    with pytest.raises(BadAnswer) as caught:
        task_of(client_of(connect, []), "uninstall_license", "license_task", license_id="LS-1")
    assert (caught.value.code, caught.value.sent) == ("answer_shape", True)
    assert len(server.seen) == 1


def test_a_write_with_another_status_and_no_task_is_finished(
    server: Any, connect: Any, json_answer: Any
) -> None:
    script(server, [json_answer({"ids": "LS-1"}, 201)])
    task = task_of(client_of(connect, []), "uninstall_license", "license_task", license_id="LS-1")
    assert task.wait(0, 0) == {"license_ids": ("LS-1",)}


def test_a_task_that_does_not_state_whether_it_ended_is_an_error(
    server: Any, connect: Any, json_answer: Any, reply: Any
) -> None:
    completed = {"at": "state", "values": {"DONE": True, "RUNNING": False}}
    script(
        server, [reply(202, b"", [("Location", "/jobs/17")]), json_answer({"state": "NEW", "outcome": "ok"})]
    )
    client = client_of(connect, [], completed=completed)
    with pytest.raises(BadAnswer):
        task_of(client, "uninstall_license", "license_task", license_id="LS-1").wait(60, 0.001)


@pytest.mark.parametrize("status", [200, 201, 202])
@pytest.mark.parametrize("task_id", [{"id": 17}, [17], True, 17.5, "1" * 1100])
def test_a_task_whose_id_cannot_be_read_is_not_done(
    server: Any, connect: Any, json_answer: Any, status: int, task_id: object
) -> None:
    client = client_of(connect, [])
    operation = client.profile.operation("uninstall_license")
    fields = {**operation.fields, "task_id": FieldMap((Source(ResponsePart.BODY, (PathStep("job"),)),))}
    operations = {**client.profile.operations, "uninstall_license": replace(operation, fields=fields)}
    client = Client(connect(), replace(client.profile, operations=operations))
    script(server, [json_answer({"job": task_id}, status)])
    with pytest.raises(BadAnswer) as caught:
        task_of(client, "uninstall_license", "license_task", license_id="LS-1")
    assert caught.value.sent
    assert caught.value.fields["expected"] == "the id of a task"


@pytest.mark.parametrize(("status", "done"), [(200, False), (201, True), (202, False), (204, False)])
def test_a_location_that_is_none_of_a_task(
    server: Any, connect: Any, reply: Any, status: int, done: bool
) -> None:
    script(server, [reply(status, b"", [("Location", "/api/licenses/LS-1")])])
    if done:
        assert (
            task_of(client_of(connect, []), "uninstall_license", "license_task", license_id="LS-1").wait()
            == {}
        )
        return
    with pytest.raises(BadAnswer):
        task_of(client_of(connect, []), "uninstall_license", "license_task", license_id="LS-1")


@pytest.mark.parametrize("code", [{"id": 7}, [7], ["a", "b"]])
def test_a_good_task_with_an_error_code_that_cannot_be_read_is_not_good(
    server: Any, connect: Any, json_answer: Any, reply: Any, code: object
) -> None:
    script(
        server, [reply(202, b"", [("Location", "/api/jobs/17")]), json_answer({"outcome": "ok", "rc": code})]
    )
    task = task_of(client_of(connect, []), "uninstall_license", "license_task", license_id="LS-1")
    with pytest.raises(BadAnswer) as caught:
        task.wait(60, 0.001)
    assert caught.value.fields["expected"] == "the error code of a task"
