# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core import write_and_verify
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.tasks import Task
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import errors

LOST = errors.Unreachable("unreachable", sent=True)
NEVER_SENT = errors.Unreachable("unreachable")


@pytest.mark.parametrize(
    ("error", "landed"),
    [
        (LOST, True),
        (NEVER_SENT, False),
        (errors.BadAnswer("answer_truncated", sent=True), True),
        (errors.BadAnswer("answer_truncated"), False),
        (errors.HttpError("http_error", status=500), True),
        (errors.HttpError("http_error", status=503), True),
        (errors.HttpError("http_error", status=413), False),
        (errors.BusinessError("refused", error_code="device_mismatch"), False),
        (errors.AuthenticationFailed("authentication_failed", sent=True), False),
        (errors.NotFound("not_found", sent=True), False),
        (errors.LoginRefused("login_refused", sent=True), False),
        (errors.OperationUnsupported("operation_unsupported"), False),
        (errors.CertificateError("certificate_untrusted"), False),
        (errors.TaskFailed("task_failed", error_code="device_mismatch"), False),
        (errors.TaskFailed("task_lost"), True),
        (errors.TaskFailed("task_partial"), True),
        (errors.TaskTimeout("task_timeout", sent=True), True),
    ],
    ids=str,
)
def test_errors_that_leave_a_write_unclear(error: errors.VmsError, landed: bool) -> None:
    assert write_and_verify.may_have_taken_effect(error) is landed


def failing(error: errors.VmsError) -> Callable[[], Task]:
    def write() -> Task:
        raise error

    return write


def test_an_answered_write_is_verified_with_its_detail(waits: write_and_verify.Waits) -> None:
    done = write_and_verify.write_and_verify(
        lambda: Task.finished({"license_ids": ["LS-1"]}), lambda detail: detail, waits
    )
    assert done == write_and_verify.WriteResult({"license_ids": ["LS-1"]}, None)


def test_a_lost_answer_is_resolved_by_reading_and_the_write_is_sent_once(
    waits: write_and_verify.Waits, clock: Any
) -> None:
    sent: list[float] = []

    def write() -> Task:
        sent.append(clock())
        raise LOST

    done = write_and_verify.write_and_verify(write, lambda detail: "there" if clock() >= 103 else None, waits)
    assert (done.proof, done.doubt, sent) == ("there", LOST, [100.0])


def test_a_refused_write_is_not_read_back(waits: write_and_verify.Waits) -> None:
    def read_back(detail: object) -> None:
        raise AssertionError("looked")

    with pytest.raises(errors.BusinessError):
        write_and_verify.write_and_verify(failing(errors.BusinessError("refused")), read_back, waits)


READING = [
    errors.LoginRefused("login_refused", sent=True),
    errors.AuthenticationFailed("authentication_failed", sent=True),
    errors.BusinessError("refused", error_code="busy"),
    errors.NotFound("not_found", sent=True),
    NEVER_SENT,
]


@pytest.mark.parametrize("error", READING, ids=str)
def test_a_failed_read_after_a_write_does_not_hide_the_write(
    waits: write_and_verify.Waits, error: errors.VmsError
) -> None:
    def read_back(detail: object) -> None:
        raise error

    assert write_and_verify.write_and_verify(
        lambda: Task.finished({}), read_back, waits
    ) == write_and_verify.WriteResult(None, error)
    # The error of the write is reported first.
    assert write_and_verify.write_and_verify(failing(LOST), read_back, waits) == write_and_verify.WriteResult(
        None, LOST
    )


@pytest.mark.parametrize("error", READING[:3], ids=str)
def test_a_task_that_cannot_be_read_does_not_hide_the_write(
    waits: write_and_verify.Waits, error: errors.VmsError
) -> None:
    def state() -> Any:
        raise error

    done = write_and_verify.write_and_verify(lambda: Task("7", state), lambda detail: "there", waits)
    assert done == write_and_verify.WriteResult("there", error)


def test_reading_back_ends_at_the_deadline(waits: write_and_verify.Waits, clock: Any) -> None:
    done = write_and_verify.write_and_verify(failing(LOST), lambda detail: None, waits)
    assert done == write_and_verify.WriteResult(None, LOST)
    assert clock() == 110


def test_an_unreachable_server_is_read_again(waits: write_and_verify.Waits, clock: Any) -> None:
    def read_back() -> str | None:
        if clock() < 105:
            raise errors.Unreachable("unreachable")
        return "there"

    assert write_and_verify.poll_until(read_back, 110, waits) == "there"


def test_a_server_that_stays_unreachable_is_the_reported_error(waits: write_and_verify.Waits) -> None:
    def read_back() -> None:
        raise errors.HttpError("http_error", status=503)

    with pytest.raises(errors.HttpError):
        write_and_verify.poll_until(read_back, 110, waits)


def test_a_past_deadline_still_allows_one_read(waits: write_and_verify.Waits) -> None:
    assert write_and_verify.poll_until(lambda: "there", 0, waits) == "there"
