# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Install activation files: the result that was read back, lost answers and refusals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import OperationError
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_and_verify import Waits
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_errors import (
    NotVerified,
    ServerRefused,
    Unclear,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import errors

from .....fakes.installation import BASE, UPGRADE, codes, run, wanted

# Apply


def test_the_result_is_what_was_read_back(server: Any, waits: Waits) -> None:
    outcome = run(server, waits, wanted("A", BASE))
    assert outcome.changed
    assert [record.id for record in outcome.files[0].licenses] == ["LS-A"]
    assert server.calls[-2:] == ["GET licenses", "GET server"]
    assert outcome.read_at == server.time


def test_different_content_than_expected_is_a_failure_that_shows_both(server: Any, waits: Waits) -> None:
    with pytest.raises(NotVerified) as caught:
        run(server, waits, wanted("A", {**BASE, "quantity": 8}))
    error = caught.value
    assert (error.code, error.changed) == ("expectation_not_met", True)
    assert error.fields["expected"] == ["8 × vms_standard x86_64 formal"]
    assert error.fields["reported"] == ["4 × vms_standard x86_64 formal"]
    assert error.fields["license_ids"] == ["LS-A"]


def test_a_license_that_does_not_become_usable_is_a_failure(server: Any, fake: Any, waits: Waits) -> None:
    server.contents[b"A"] = [fake.license("LS-A", status="unusable")]
    with pytest.raises(NotVerified) as caught:
        run(server, waits, wanted("A", BASE))
    assert caught.value.code == "license_not_live"


def test_an_accepted_file_that_adds_no_license_is_a_failure(server: Any, waits: Waits) -> None:
    server.contents.clear()
    with pytest.raises(NotVerified) as caught:
        run(server, waits, wanted("A", BASE))
    assert caught.value.code == "install_not_listed"


def test_a_file_that_is_listed_without_its_digest_counts_as_sent(
    server: Any, fake: Any, waits: Waits
) -> None:
    install = server.install

    def install_without_digest(name: str, content: bytes) -> Any:
        task = install(name, content)
        server.records = [replace(record, sha256=None) for record in server.records]
        return task

    server.install = install_without_digest
    with pytest.raises(OperationError) as caught:
        run(server, waits, wanted("A", BASE))
    assert (caught.value.code, caught.value.changed) == ("activation_file_unidentified", True)


def test_a_lost_answer_is_resolved_by_reading(server: Any, fake: Any, waits: Waits) -> None:
    server.failures = [fake.Failure("install", fake.LOST, after=True)]
    assert run(server, waits, wanted("A", BASE)).changed
    assert server.writes == ["install A.ak"]


def test_a_write_that_never_arrived_is_not_repeated(server: Any, fake: Any, waits: Waits) -> None:
    server.failures = [fake.Failure("install", fake.LOST)]
    with pytest.raises(Unclear) as caught:
        run(server, waits, wanted("A", BASE))
    assert codes(caught.value.causes) == [("", "install_not_listed"), ("", "unreachable_reset")]
    assert server.writes == ["install A.ak"]
    assert run(server, waits, wanted("A", BASE)).changed
    assert [record.id for record in server.records] == ["LS-A"]


def test_a_refusal_is_reported_with_its_rule(server: Any, fake: Any, waits: Waits) -> None:
    error = errors.TaskFailed("task_failed", error_code="upgrade_exceeds_base", error_message="5 > 4")
    server.failures = [fake.Failure("install", error)]
    with pytest.raises(ServerRefused) as caught:
        run(server, waits, wanted("U"))
    assert (caught.value.code, caught.value.rule) == ("refused_upgrade_exceeds_base", "R6")
    assert caught.value.fields["what"] == "U.ak"
    assert server.calls[-1] == "install U.ak"


def test_a_refusal_without_a_code_is_reported_unchanged(server: Any, fake: Any, waits: Waits) -> None:
    server.failures = [fake.Failure("install", errors.TaskFailed("task_failed"))]
    with pytest.raises(errors.TaskFailed):
        run(server, waits, wanted("U"))


def test_an_installation_by_another_user_meanwhile_is_accepted(server: Any, fake: Any, waits: Waits) -> None:
    error = errors.BusinessError("business_error", error_code="already_installed")
    server.failures = [fake.Failure("install", error, after=True)]
    outcome = run(server, waits, wanted("A", BASE))
    assert outcome.changed is False
    assert [record.id for record in outcome.files[0].licenses] == ["LS-A"]


def test_a_later_failure_reports_the_installed_files(server: Any, fake: Any, waits: Waits) -> None:
    error = errors.TaskFailed("task_failed", error_code="device_mismatch", error_message="other device")
    server.failures = [fake.Failure("install U.ak", error)]
    with pytest.raises(OperationError) as caught:
        run(server, waits, wanted("U", UPGRADE), wanted("A", BASE))
    found = caught.value
    assert (found.code, found.changed) == ("install_interrupted", True)
    assert found.fields["installed"] == ["A.ak"]
    assert found.fields["license_ids"] == ["LS-A"]
    assert found.fields["remaining"] == ["U.ak"]
    assert codes(found.causes) == [("", "refused_device_mismatch")]


def test_a_first_failure_changed_nothing(server: Any, fake: Any, waits: Waits) -> None:
    server.failures = [
        fake.Failure("install", errors.TaskFailed("task_failed", error_code="device_mismatch"))
    ]
    with pytest.raises(ServerRefused) as caught:
        run(server, waits, wanted("A", BASE), wanted("U", UPGRADE))
    assert caught.value.changed is False
    assert server.writes == ["install A.ak"]
