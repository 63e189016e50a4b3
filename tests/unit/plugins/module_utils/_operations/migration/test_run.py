# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""One test for each row of the state table in migrate.py, and a kill of the process at every step."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import (
    NotVerified,
    OperationError,
    Unclear,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.journal.record import (
    End,
    Step,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.migration import run
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.tasks import Task
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import errors


def state(site: Any) -> str:
    return str(site.record.step.value)


def finish(site: Any) -> None:
    """Run the task and act as the operator until the migration is complete."""
    outcome = site.run()
    for record in outcome.records:
        if record.step is Step.WAITING:
            files = [
                site.platform(record, index) for index, part in enumerate(record.parts) if part.file is None
            ]
            site.run(*files)


def arrived(site: Any, quantity: int = 10) -> None:
    """Assert that the license is usable on the destination only, and was uninstalled at most once."""
    assert sum(record.quantity for record in site.destination.live()) == quantity
    assert site.source.live() == []
    assert len(site.source.uninstalls) <= 1
    assert {record.step for record in site.records()} == {Step.VERIFIED}


# The normal course


def test_the_complete_migration(site: Any) -> None:
    waiting = site.run().records[0]
    assert waiting.step is Step.WAITING
    assert [event.step for event in waiting.history] == [
        "planned",
        "uninstall_sent",
        "source_uninstalled",
        "uninstall_file_saved",
        "transfer_requested",
        "waiting_for_activation_file",
    ]
    assert {event.server_at for event in waiting.history[:-1]} == {"2026-11-24T08:00:00Z"}
    (proof,) = waiting.uninstall_files
    assert Path(site.journal.path_of(waiting, proof)).read_bytes() == site.source.proof(
        site.source.records[0]
    )
    assert (proof.folder, proof.name) == ("uninstall-file", "A.ak.uak")
    done = site.run(site.platform(waiting)).records[0]
    assert done.step is Step.VERIFIED
    assert done.parts[0].license_ids == ("west-1",)
    arrived(site)


def test_everything_on_disk_is_private_to_its_owner(site: Any) -> None:
    finish(site)
    paths = list((site.folder / "journal").rglob("*"))
    assert {path.stat().st_mode & 0o777 for path in paths if path.is_file()} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in paths if path.is_dir()} == {0o700}
    assert not [path for path in paths if b"7Q2A" in (path.read_bytes() if path.is_file() else b"")]


def test_the_bundle_lists_the_files_to_submit(site: Any) -> None:
    record = site.run().records[0]
    bundle = site.folder / "journal" / record.id / "transfer"
    manifest = json.loads((bundle / "request.json").read_bytes())
    assert manifest["licenses"][0]["quantity"] == 10
    for entry in (manifest["uninstall_files"][0], manifest["parts"][0]["device_information"]):
        assert hashlib.sha256((bundle / entry["path"]).read_bytes()).hexdigest() == entry["sha256"]


# A process that is killed at any step


def test_a_kill_at_any_step_loses_nothing_and_duplicates_nothing(site: Any, kit: Any, tmp_path: Path) -> None:
    finish(site)
    arrived(site)
    steps = site.ticker.count
    assert steps > 60
    for after in (False, True):
        for at in range(steps):
            again = fresh(site, tmp_path / f"{at}-{after}")
            again.ticker.die_at, again.ticker.after = at, after
            with pytest.raises(kit.Killed):
                finish(again)
            safe(again)
            again.ticker.die_at = None
            finish(again)
            arrived(again)
            assert len(again.destination.records) == 1, "installed twice"


def test_two_kills_in_a_row_lose_nothing_and_duplicate_nothing(site: Any, kit: Any, tmp_path: Path) -> None:
    finish(site)
    steps = site.ticker.count
    for at in range(0, steps, 5):
        for later in range(0, 30, 7):
            again = fresh(site, tmp_path / f"{at}-{later}")
            again.ticker.die_at, again.ticker.after = at, True
            with pytest.raises(kit.Killed):
                finish(again)
            again.ticker.count, again.ticker.die_at = 0, later
            try:
                finish(again)
            except kit.Killed:
                safe(again)
            again.ticker.die_at = None
            finish(again)
            arrived(again)


def fresh(site: Any, folder: Path) -> Any:
    folder.mkdir()
    site.ticker.count, site.ticker.die_at = 0, None
    again = type(site)(
        folder, type(site.source)("east", site.ticker), type(site.source)("west", site.ticker),
        site.ticker, site.waits,
    )  # fmt: skip
    again.source.add()
    return again


def safe(site: Any) -> None:
    """Assert that the license is either usable on a server, or uninstalled with its file saved."""
    live = site.quantity()
    kept = [record for record in site.source.records if record.status == "uninstalled"]
    assert live == 10 or (live == 0 and kept), "lost or doubled"
    if live == 0 and site.records() and site.record.step.reached(Step.UNINSTALL_FILE_SAVED):
        for file in site.record.uninstall_files:
            site.journal.content_of(site.record, file)


ERRORS = [
    errors.Unreachable("unreachable_reset", sent=True, endpoint="x"),
    errors.HttpError("http_status", status=500, endpoint="x", method="GET", path="x"),
    errors.BadAnswer("answer_truncated", sent=True, endpoint="x", method="GET", path="x"),
    errors.TaskFailed("task_lost", task="1"),
]


@pytest.mark.parametrize("fault", ERRORS, ids=lambda fault: fault.code)
@pytest.mark.parametrize("after", [False, True], ids=["before_commit", "after_commit"])
def test_any_failed_call_is_recovered_by_a_second_run(
    site: Any, kit: Any, tmp_path: Path, fault: Any, after: bool
) -> None:
    finish(site)
    calls = [("source", call) for call in dict.fromkeys(site.source.calls)]
    calls += [("destination", call) for call in dict.fromkeys(site.destination.calls)]
    for end, call in calls:
        if fault.code == "task_lost" and call.startswith("GET"):
            continue
        again = fresh(site, tmp_path / f"{end}-{call.replace('/', '_')}")
        getattr(again, end).faults.append(kit.Fault(call, fault, after))
        for _attempt in range(3):
            try:
                finish(again)
            except (OperationError, errors.VmsError):
                safe(again)
        arrived(again)
        assert len(again.destination.records) == 1


# Row by row


def killed(site: Any, kit: Any, where: str, after: bool = False, *files: Any) -> None:
    """Kill the process at the first step called ``where``."""
    with pytest.MonkeyPatch.context() as patch:
        original = type(site.ticker).step

        def step(self: Any, name: str, do: Any) -> Any:
            if name.startswith(where):
                if after:
                    original(self, name, do)
                raise kit.Killed(name)
            return original(self, name, do)

        patch.setattr(type(site.ticker), "step", step)
        with pytest.raises(kit.Killed):
            site.run(*files)


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
    assert site.plan().todos[0].actions == ("save_uninstall_file", "request_transfer")
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
        site.source.faults.append(kit.Fault("GET licenses", error))
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
        site.destination.faults.append(kit.Fault("GET licenses", error))
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
    site.source.faults.append(kit.Fault("uninstall", refused))
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
    site.destination.device = 2
    site.run()
    assert site.record.transfer.folder == "transfer-2"
    site.run(site.platform(site.record))
    arrived(site)


def test_row_12_an_incomplete_bundle_with_another_file_name(site: Any, kit: Any) -> None:
    killed(site, kit, "rename request.json")
    left = next((site.folder / "journal").rglob("west.did"))
    left.rename(left.parent / "other.did")
    site.run()
    assert site.record.transfer.folder == "transfer-2"


def test_row_13_requested_and_not_yet_reported(site: Any, kit: Any) -> None:
    killed(site, kit, "rename request.json", after=True)
    site.run()
    assert state(site) == "waiting_for_activation_file"


def test_row_14_waiting_changes_nothing(site: Any) -> None:
    site.run()
    before = site.record
    plan = site.plan()
    assert (plan.changed, plan.todos[0].actions, plan.source_checked) == (False, (), True)
    site.source.calls.clear()
    site.run()
    assert site.record == before
    assert site.source.writes == []


def test_row_14_waiting_while_no_server_is_reachable(site: Any) -> None:
    site.run()
    site.source.down = site.destination.down = True
    plan = site.plan()
    assert not plan.changed
    assert not plan.source_checked
    assert [cause.code for cause in plan.warnings] == [
        "migration_source_unread",
        "unreachable_refused",
        "migration_device_not_asked",
        "unreachable_refused",
    ]


def test_row_14_the_device_has_changed(site: Any) -> None:
    site.run()
    site.destination.device = 2
    plan = site.plan()
    assert plan.todos[0].actions == ("request_transfer",)
    assert [cause.code for cause in plan.warnings] == ["migration_device_changed"]
    site.run()
    assert site.record.transfer.folder == "transfer-2"
    assert not site.plan().changed
    site.run(site.platform(site.record))
    arrived(site)


def test_rows_15_to_17_the_installation(site: Any, kit: Any, tmp_path: Path) -> None:
    for number, (after, writes) in enumerate([(False, 1), (True, 0)]):
        again = fresh(site, tmp_path / str(number))
        again.run()
        killed(again, kit, "west: install", after, again.platform(again.record))
        assert state(again) == "waiting_for_activation_file"
        again.destination.calls.clear()
        # The file need not be given again, because the journal has it.
        again.run()
        assert len(again.destination.writes) == writes
        arrived(again)


def test_row_17_the_answer_was_lost(site: Any, kit: Any) -> None:
    site.run()
    site.destination.faults.append(kit.Fault("install", kit.LOST, after=True))
    site.run(site.platform(site.record))
    arrived(site)
    assert len(site.destination.writes) == 1


def test_row_16_a_lost_request_is_not_repeated_blindly(site: Any, kit: Any) -> None:
    site.run()
    site.destination.faults.append(kit.Fault("install", kit.LOST))
    with pytest.raises(OperationError) as caught:
        site.run(site.platform(site.record))
    assert "write_unclear" in [cause.code for cause in caught.value.causes]
    assert len(site.destination.writes) == 1
    site.run()
    arrived(site)


def test_row_18_the_file_is_for_another_device(site: Any) -> None:
    site.run()
    wrong = site.platform(site.record, device="north/1")
    with pytest.raises(OperationError) as caught:
        site.run(wrong)
    assert [cause.code for cause in caught.value.causes] == ["refused_device_mismatch"]
    assert (state(site), site.record.parts[0].file) == ("waiting_for_activation_file", None)
    assert site.record.history[-1].step == "activation_file_refused"
    assert [cause.code for cause in site.plan(wrong).warnings] == ["activation_file_refused_before"]
    site.run(wrong)
    assert state(site) == "waiting_for_activation_file"
    site.run(site.platform(site.record))
    arrived(site)
    assert len(list((site.folder / "journal").rglob("*.ak"))) == 2, "the refused one stays"


def test_row_18_the_file_was_edited(site: Any) -> None:
    site.run()
    path = site.platform(site.record)
    content = path.read_bytes()
    path.write_bytes(content[:-4])
    with pytest.raises(OperationError) as caught:
        site.run(path)
    assert [cause.code for cause in caught.value.causes] == ["refused_activation_file_invalid"]
    path.write_bytes(content)
    site.run(path)
    arrived(site)


@pytest.mark.parametrize("run", [1, 2])
def test_row_19_the_file_has_another_quantity(site: Any, run: int) -> None:
    site.run()
    path = site.platform(site.record, licenses=[["srm", "x86_64", "formal", "3132A0XY", 9]])
    for _turn in range(run):
        with pytest.raises(OperationError) as caught:
            site.run(path)
        codes = [caught.value.code, *(cause.code for cause in caught.value.causes)]
        assert "migration_yield_differs" in codes or "expectation_not_met" in codes
    assert state(site) == "waiting_for_activation_file"
    assert len(site.destination.writes) == 1


def test_row_20_installed(site: Any, kit: Any) -> None:
    site.run()
    path = site.platform(site.record)
    original = run._Run._verify

    def die(self: Any, index: int) -> None:
        raise kit.Killed("verify")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run._Run, "_verify", die)
        with pytest.raises(kit.Killed):
            site.run(path)
    assert original is run._Run._verify
    assert state(site) == "installed"
    site.destination.records[0] = type(site.destination.records[0])(
        **{**site.destination.records[0].__dict__, "status": "unusable"}
    )
    with pytest.raises(NotVerified) as caught:
        site.run()
    assert caught.value.code == "migration_not_live"
    site.destination.records[0] = type(site.destination.records[0])(
        **{**site.destination.records[0].__dict__, "status": "usable"}
    )
    site.run()
    arrived(site)


def test_row_21_verified_changes_nothing(site: Any) -> None:
    finish(site)
    before = site.record
    plan = site.plan()
    assert (plan.changed, plan.warnings, plan.source_checked) == (False, (), True)
    site.run(*(path for path in site.folder.glob("issued*.ak")))
    assert site.record == before
    assert site.source.writes == ["uninstall east-1"]


def test_row_21_verified_while_the_source_is_unreachable(site: Any) -> None:
    finish(site)
    site.source.down = True
    plan = site.plan()
    assert (plan.changed, plan.source_checked) == (False, False)
    assert [cause.code for cause in plan.warnings] == ["migration_source_unread", "unreachable_refused"]


def test_row_22_aborted(site: Any, kit: Any) -> None:
    killed(site, kit, "rename record.json", after=True)
    site.abort()
    assert state(site) == "aborted"
    site.abort()
    finish(site)
    arrived(site)


def test_row_23_a_truncated_record(site: Any) -> None:
    site.run()
    path = site.folder / "journal" / site.record.id / "record.json"
    complete = path.read_bytes()
    writes = list(site.source.writes)
    for length in (0, 1, len(complete) // 2, len(complete) - 3):
        path.write_bytes(complete[:length])
        with pytest.raises(OperationError) as caught:
            site.run()
        assert caught.value.code == "journal_record_invalid"
    assert site.source.writes == writes


def test_an_unclear_uninstallation_is_not_repeated_blindly(site: Any, kit: Any) -> None:
    site.source.faults.append(kit.Fault("uninstall", kit.LOST))
    with pytest.raises(OperationError) as caught:
        site.run()
    assert isinstance(caught.value.__cause__, Unclear)
    assert site.source.writes == ["uninstall east-1"]
    finish(site)
    arrived(site)


def test_the_remainder_is_installed_on_the_source(site: Any, given: Any) -> None:
    """R26: the complete file is uninstalled, and two files are requested."""
    site.options["quantities"] = (4,)
    record = site.run().records[0]
    assert [(part.end, part.quantity) for part in record.parts] == [(End.DESTINATION, 4), (End.SOURCE, 6)]
    part, rest = site.platform(record, 0), site.platform(record, 1)
    site.run(given(part, quantity=4))
    assert state(site) == "waiting_for_activation_file"
    assert not site.plan().changed
    site.run(given(rest, end=End.SOURCE))
    assert state(site) == "verified"
    assert [r.quantity for r in site.destination.live()] == [4]
    assert [r.quantity for r in site.source.live()] == [6]
