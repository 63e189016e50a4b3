# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recovery table, rows 1 to 12: from nothing written to an incomplete bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import (
    OperationError,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.journal.record import (
    Step,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.tasks import Task
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import errors

from .....fakes.migration_run import arrived, finish, fresh, killed, state


def test_row_1_nothing_was_written(site: Any, kit: Any) -> None:
    killed(site, kit, "rename record.json")
    assert site.records() == ()
    assert site.source.writes == []
    finish(site)
    arrived(site)


def test_row_2_planned(site: Any, kit: Any) -> None:
    killed(site, kit, "rename record.json", after=True)
    assert (state(site), site.record.sent_at) == ("planned", None)
    finish(site)
    arrived(site)


def test_row_3_another_user_uninstalled_it(site: Any, kit: Any) -> None:
    killed(site, kit, "rename record.json", after=True)
    site.source.uninstall("east-1")
    site.source.uninstalls.clear()
    site.source.calls.clear()
    finish(site)
    assert site.source.writes == []
    arrived(site)


def test_row_3_without_a_journal(site: Any) -> None:
    site.source.uninstall("east-1")
    site.source.calls.clear()
    assert site.plan().tasks[0].actions == ("save_uninstall_file", "request_transfer")
    finish(site)
    assert site.source.writes == []


def test_row_4_the_uninstallation_never_arrived(site: Any, kit: Any, clock: Any) -> None:
    killed(site, kit, "east: uninstall")
    assert (state(site), site.record.sent_at is not None) == ("planned", True)
    began = clock.now
    site.run()
    assert clock.now - began == pytest.approx(site.waits.timeout_s, abs=2)
    assert site.source.uninstalls == ["east-1"]


def test_row_5_the_uninstallation_is_in_progress(site: Any, kit: Any, clock: Any) -> None:
    killed(site, kit, "east: uninstall")
    reads = []

    def later() -> Any:
        reads.append(clock.now)
        if len(reads) == 4:
            type(site.source).uninstall(site.source, "east-1")
            site.source.calls.remove("uninstall east-1")
        return type(site.source).licenses(site.source)

    site.source.licenses = later
    site.source.calls.clear()
    site.run()
    assert site.source.writes == []
    assert state(site) == "waiting_for_activation_file"


CALL = {"endpoint": "https://ls:1", "method": "GET", "path": "/licenses", "status": 200}


READING_FAILS = [
    errors.LoginRefused("login_refused", sent=True, server_message="license", **CALL),
    errors.AuthenticationFailed("authentication_failed", sent=True, username="admin", **CALL),
    errors.BusinessError("business_error", error_code="busy", **CALL),
]


@pytest.mark.parametrize("error", READING_FAILS, ids=lambda error: error.code)
def test_row_5_an_uninstallation_in_progress_stays_recorded_if_reading_fails(
    site: Any, kit: Any, error: Any
) -> None:
    uninstall = site.source.uninstall

    def take_up(ident: str) -> Any:
        site.source.failures.append(kit.Failure("GET licenses", error))
        return Task.finished({})

    site.source.uninstall = take_up
    with pytest.raises(OperationError, match="migration_interrupted"):
        site.run()
    assert (site.record.step, site.record.sent_at is None) == (Step.PLANNED, False)
    # It takes effect while the operator aborts the migration.
    uninstall("east-1")
    with pytest.raises(OperationError) as caught:
        site.abort()
    assert caught.value.code == "migration_abort_late"


def test_row_5_an_unreachable_source_after_the_uninstallation_keeps_the_record(site: Any) -> None:
    uninstall = site.source.uninstall

    def take_up(ident: str) -> Any:
        site.source.down = True
        return Task.finished({})

    site.source.uninstall = take_up
    with pytest.raises(OperationError, match="migration_interrupted"):
        site.run()
    assert (site.record.step, site.record.sent_at is None) == (Step.PLANNED, False)
    site.source.down = False
    uninstall("east-1")
    site.run()
    assert (site.record.step, site.source.uninstalls) == (Step.WAITING, ["east-1"])


@pytest.mark.parametrize("error", READING_FAILS, ids=lambda error: error.code)
def test_row_17_an_installation_stays_recorded_as_sent_if_reading_fails(
    site: Any, kit: Any, error: Any
) -> None:
    path = site.platform(site.run().records[0])
    install = site.destination.install

    def install_and_refuse(name: str, content: bytes) -> Any:
        done = install(name, content)
        site.destination.failures.append(kit.Failure("GET licenses", error))
        return done

    site.destination.install = install_and_refuse
    with pytest.raises(OperationError, match="migration_interrupted"):
        site.run(path)
    site.run()
    assert site.record.step is Step.VERIFIED


def test_row_6_the_answer_was_lost(site: Any, kit: Any) -> None:
    killed(site, kit, "east: uninstall", after=True)
    assert state(site) == "planned"
    site.source.calls.clear()
    finish(site)
    assert site.source.writes == []
    arrived(site)


def test_row_7_the_uninstallation_was_refused(site: Any, kit: Any) -> None:
    refused = errors.BusinessError("business_error", error_code="license_assigned", error_message="held")
    site.source.failures.append(kit.Failure("uninstall", refused))
    with pytest.raises(OperationError) as caught:
        site.run()
    assert caught.value.code == "migration_interrupted"
    assert [cause.code for cause in caught.value.causes] == ["refused_license_assigned"]
    assert (state(site), site.record.sent_at) == ("planned", None)
    finish(site)
    arrived(site)


def test_rows_8_to_10_the_uninstall_file(site: Any, kit: Any, tmp_path: Path) -> None:
    for number, (where, after) in enumerate(
        [("east: GET uninstall-file", False), ("rename A.ak.uak", False), ("rename A.ak.uak", True)]
    ):
        again = fresh(site, tmp_path / str(number))
        killed(again, kit, where, after)
        assert state(again) == "source_uninstalled"
        again.source.calls.clear()
        again.run()
        assert again.source.writes == []
        (kept,) = again.record.uninstall_files
        assert kept.folder == "uninstall-file"


def test_row_10_different_bytes_are_kept_and_the_file_is_saved_beside_them(site: Any, kit: Any) -> None:
    killed(site, kit, "rename A.ak.uak", after=True)
    path = next((site.folder / "journal").rglob("A.ak.uak"))
    path.write_bytes(b"")
    finish(site)
    assert path.read_bytes() == b""
    assert site.record.uninstall_files[0].folder == "uninstall-file-2"
    arrived(site)


def test_row_10_a_file_that_changes_with_each_read_is_not_accepted(site: Any) -> None:
    proofs = iter([b"one", b"two"])
    original = type(site.source).proof
    site.source.proof = lambda record: next(proofs, None) or original(site.source, record)
    with pytest.raises(OperationError) as caught:
        site.run()
    assert "uninstall_file_unsteady" in [cause.code for cause in caught.value.causes]
    assert state(site) == "source_uninstalled"
    finish(site)
    assert site.record.uninstall_files[0].folder == "uninstall-file-2"
    arrived(site)


def test_row_11_the_source_may_be_gone_permanently(site: Any, kit: Any) -> None:
    killed(site, kit, "rename request.json")
    assert state(site) == "uninstall_file_saved"
    site.source.down = True
    site.run()
    site.run(site.platform(site.record))
    assert state(site) == "verified"


def test_row_12_an_incomplete_bundle(site: Any, kit: Any) -> None:
    killed(site, kit, "rename request.json")
    assert state(site) == "uninstall_file_saved"
    site.run()
    assert site.record.transfer.folder == "transfer"


def test_row_12_an_incomplete_bundle_for_a_changed_device(site: Any, kit: Any) -> None:
    killed(site, kit, "rename request.json")
    assert not list((site.folder / "journal").rglob("transfer"))
    site.destination.device = 2
    site.run()
    # No bundle for the earlier device was visible, so none was submitted.
    assert site.record.transfer.folder == "transfer"
    assert list((site.folder / "journal").rglob(".transfer*")) == []
    site.run(site.platform(site.record))
    arrived(site)


def test_row_12_an_incomplete_bundle_of_an_earlier_release_for_a_changed_device(site: Any, kit: Any) -> None:
    killed(site, kit, "rename request.json")
    as_an_earlier_release_left_it(site)
    site.destination.device = 2
    site.run()
    assert site.record.transfer.folder == "transfer-2"
    site.run(site.platform(site.record))
    arrived(site)


def as_an_earlier_release_left_it(site: Any) -> None:
    """Show the incomplete bundle: earlier releases wrote its files in place."""
    staged = next((site.folder / "journal").rglob(".transfer.part"))
    staged.rename(staged.with_name("transfer"))


def test_row_12_a_bundle_whose_completion_was_interrupted(site: Any, kit: Any) -> None:
    killed(site, kit, "rename request.json")
    as_an_earlier_release_left_it(site)
    transfer = next((site.folder / "journal").rglob("transfer"))
    transfer.rename(transfer.with_name(".transfer.repair"))
    site.run()
    assert site.record.transfer.folder == "transfer"
    assert list((site.folder / "journal").rglob(".transfer*")) == []
    site.run(site.platform(site.record))
    arrived(site)


def test_row_12_an_incomplete_bundle_with_another_file_name(site: Any, kit: Any) -> None:
    killed(site, kit, "rename request.json")
    as_an_earlier_release_left_it(site)
    left = next((site.folder / "journal").rglob("west.did"))
    left.rename(left.parent / "other.did")
    site.run()
    assert site.record.transfer.folder == "transfer-2"
