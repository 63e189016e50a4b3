# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A test for each row of the table in migrate.py, and a process that dies at any step of the way."""

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


def state(world: Any) -> str:
    return str(world.record.step.value)


def finish(world: Any) -> None:
    """A person and the same task, until it is done."""
    outcome = world.run()
    for record in outcome.records:
        if record.step is Step.WAITING:
            files = [
                world.platform(record, index) for index, part in enumerate(record.parts) if part.file is None
            ]
            world.run(*files)


def arrived(world: Any, quantity: int = 10) -> None:
    """Live on the destination once, gone from the source, and uninstalled once."""
    assert sum(record.quantity for record in world.destination.live()) == quantity
    assert world.source.live() == []
    assert len(world.source.uninstalls) <= 1
    assert {record.step for record in world.records()} == {Step.VERIFIED}


# The straight way


def test_the_whole_way(world: Any) -> None:
    waiting = world.run().records[0]
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
    assert Path(world.journal.path_of(waiting, proof)).read_bytes() == world.source.proof(
        world.source.records[0]
    )
    assert (proof.folder, proof.name) == ("uninstall-file", "A.ak.uak")
    done = world.run(world.platform(waiting)).records[0]
    assert done.step is Step.VERIFIED
    assert done.parts[0].license_ids == ("west-1",)
    arrived(world)


def test_everything_on_disk_is_for_its_owner_only(world: Any) -> None:
    finish(world)
    paths = list((world.folder / "journal").rglob("*"))
    assert {path.stat().st_mode & 0o777 for path in paths if path.is_file()} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in paths if path.is_dir()} == {0o700}
    assert not [path for path in paths if b"7Q2A" in (path.read_bytes() if path.is_file() else b"")]


def test_the_bundle_says_what_to_hand_in(world: Any) -> None:
    record = world.run().records[0]
    bundle = world.folder / "journal" / record.id / "transfer"
    manifest = json.loads((bundle / "request.json").read_bytes())
    assert manifest["licenses"][0]["quantity"] == 10
    for entry in (manifest["uninstall_files"][0], manifest["parts"][0]["device_information"]):
        assert hashlib.sha256((bundle / entry["path"]).read_bytes()).hexdigest() == entry["sha256"]


# A process that dies anywhere


def test_dying_at_any_step_loses_nothing_and_doubles_nothing(world: Any, kit: Any, tmp_path: Path) -> None:
    finish(world)
    arrived(world)
    steps = world.ticker.count
    assert steps > 60
    for after in (False, True):
        for at in range(steps):
            again = fresh(world, tmp_path / f"{at}-{after}")
            again.ticker.die_at, again.ticker.after = at, after
            with pytest.raises(kit.Killed):
                finish(again)
            safe(again)
            again.ticker.die_at = None
            finish(again)
            arrived(again)
            assert len(again.destination.records) == 1, "installed twice"


def test_dying_twice_in_a_row_does_not_either(world: Any, kit: Any, tmp_path: Path) -> None:
    finish(world)
    steps = world.ticker.count
    for at in range(0, steps, 5):
        for later in range(0, 30, 7):
            again = fresh(world, tmp_path / f"{at}-{later}")
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


def fresh(world: Any, folder: Path) -> Any:
    folder.mkdir()
    world.ticker.count, world.ticker.die_at = 0, None
    again = type(world)(
        folder, type(world.source)("east", world.ticker), type(world.source)("west", world.ticker),
        world.ticker, world.waits,
    )  # fmt: skip
    again.source.add()
    return again


def safe(world: Any) -> None:
    """The licence is in exactly one safe place: live somewhere, or a proof of it is kept."""
    live = world.quantity()
    kept = [record for record in world.source.records if record.status == "uninstalled"]
    assert live == 10 or (live == 0 and kept), "lost or doubled"
    if live == 0 and world.records() and world.record.step.reached(Step.UNINSTALL_FILE_SAVED):
        for file in world.record.uninstall_files:
            world.journal.content_of(world.record, file)


FAULTS = [
    errors.Unreachable("unreachable_reset", sent=True, endpoint="x"),
    errors.HttpError("http_status", status=500, endpoint="x", method="GET", path="x"),
    errors.BadAnswer("answer_truncated", sent=True, endpoint="x", method="GET", path="x"),
    errors.TaskFailed("task_lost", task="1"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.code)
@pytest.mark.parametrize("after", [False, True], ids=["before_commit", "after_commit"])
def test_any_call_that_fails_is_recovered_by_a_second_run(
    world: Any, kit: Any, tmp_path: Path, fault: Any, after: bool
) -> None:
    finish(world)
    calls = [("source", call) for call in dict.fromkeys(world.source.calls)]
    calls += [("destination", call) for call in dict.fromkeys(world.destination.calls)]
    for end, call in calls:
        if fault.code == "task_lost" and call.startswith("GET"):
            continue
        again = fresh(world, tmp_path / f"{end}-{call.replace('/', '_')}")
        getattr(again, end).faults.append(kit.Fault(call, fault, after))
        for _attempt in range(3):
            try:
                finish(again)
            except (OperationError, errors.VmsError):
                safe(again)
        arrived(again)
        assert len(again.destination.records) == 1


# Row by row


def killed(world: Any, kit: Any, where: str, after: bool = False, *files: Any) -> None:
    """Die at the first step called ``where``."""
    with pytest.MonkeyPatch.context() as patch:
        original = type(world.ticker).step

        def step(self: Any, name: str, do: Any) -> Any:
            if name.startswith(where):
                if after:
                    original(self, name, do)
                raise kit.Killed(name)
            return original(self, name, do)

        patch.setattr(type(world.ticker), "step", step)
        with pytest.raises(kit.Killed):
            world.run(*files)


def test_row_1_nothing_was_written(world: Any, kit: Any) -> None:
    killed(world, kit, "rename record.json")
    assert world.records() == ()
    assert world.source.writes == []
    finish(world)
    arrived(world)


def test_row_2_planned(world: Any, kit: Any) -> None:
    killed(world, kit, "rename record.json", after=True)
    assert (state(world), world.record.sent_at) == ("planned", None)
    finish(world)
    arrived(world)


def test_row_3_somebody_else_uninstalled_it(world: Any, kit: Any) -> None:
    killed(world, kit, "rename record.json", after=True)
    world.source.uninstall("east-1")
    world.source.uninstalls.clear()
    world.source.calls.clear()
    finish(world)
    assert world.source.writes == []
    arrived(world)


def test_row_3_without_a_journal_too(world: Any) -> None:
    world.source.uninstall("east-1")
    world.source.calls.clear()
    assert world.plan().todos[0].actions == ("save_uninstall_file", "request_transfer")
    finish(world)
    assert world.source.writes == []


def test_row_4_the_uninstallation_never_arrived(world: Any, kit: Any, clock: Any) -> None:
    killed(world, kit, "east: uninstall")
    assert (state(world), world.record.sent_at is not None) == ("planned", True)
    began = clock.now
    world.run()
    assert clock.now - began == pytest.approx(world.waits.timeout_s, abs=2)
    assert world.source.uninstalls == ["east-1"]


def test_row_5_the_uninstallation_was_being_worked_on(world: Any, kit: Any, clock: Any) -> None:
    killed(world, kit, "east: uninstall")
    looks = []

    def later() -> Any:
        looks.append(clock.now)
        if len(looks) == 4:
            type(world.source).uninstall(world.source, "east-1")
            world.source.calls.remove("uninstall east-1")
        return type(world.source).licenses(world.source)

    world.source.licenses = later
    world.source.calls.clear()
    world.run()
    assert world.source.writes == []
    assert state(world) == "waiting_for_activation_file"


CALL = {"endpoint": "https://ls:1", "method": "GET", "path": "/licenses", "status": 200}
READING_FAILS = [
    errors.LoginRefused("login_refused", sent=True, server_message="license", **CALL),
    errors.AuthenticationFailed("authentication_failed", sent=True, username="admin", **CALL),
    errors.BusinessError("business_error", error_code="busy", **CALL),
]


@pytest.mark.parametrize("error", READING_FAILS, ids=lambda error: error.code)
def test_row_5_an_uninstallation_under_way_stays_recorded_if_its_reading_fails(
    world: Any, kit: Any, error: Any
) -> None:
    uninstall = world.source.uninstall

    def take_up(ident: str) -> Any:
        world.source.faults.append(kit.Fault("GET licenses", error))
        return Task.finished({})

    world.source.uninstall = take_up
    with pytest.raises(OperationError, match="migration_interrupted"):
        world.run()
    assert (world.record.step, world.record.sent_at is None) == (Step.PLANNED, False)
    # It takes effect while the operator gives the migration up.
    uninstall("east-1")
    with pytest.raises(OperationError) as caught:
        world.abort()
    assert caught.value.code == "migration_abort_late"


def test_row_5_a_source_that_is_away_after_the_uninstallation_does_not_deny_it(world: Any) -> None:
    uninstall = world.source.uninstall

    def take_up(ident: str) -> Any:
        world.source.down = True
        return Task.finished({})

    world.source.uninstall = take_up
    with pytest.raises(OperationError, match="migration_interrupted"):
        world.run()
    assert (world.record.step, world.record.sent_at is None) == (Step.PLANNED, False)
    world.source.down = False
    uninstall("east-1")
    world.run()
    assert (world.record.step, world.source.uninstalls) == (Step.WAITING, ["east-1"])


@pytest.mark.parametrize("error", READING_FAILS, ids=lambda error: error.code)
def test_row_17_an_installation_stays_recorded_as_sent_if_its_reading_fails(
    world: Any, kit: Any, error: Any
) -> None:
    path = world.platform(world.run().records[0])
    install = world.destination.install

    def install_and_refuse(name: str, content: bytes) -> Any:
        done = install(name, content)
        world.destination.faults.append(kit.Fault("GET licenses", error))
        return done

    world.destination.install = install_and_refuse
    with pytest.raises(OperationError, match="migration_interrupted"):
        world.run(path)
    world.run()
    assert world.record.step is Step.VERIFIED


def test_row_6_the_answer_was_cut(world: Any, kit: Any) -> None:
    killed(world, kit, "east: uninstall", after=True)
    assert state(world) == "planned"
    world.source.calls.clear()
    finish(world)
    assert world.source.writes == []
    arrived(world)


def test_row_7_the_uninstallation_was_refused(world: Any, kit: Any) -> None:
    refused = errors.BusinessError("business_error", error_code="license_assigned", error_message="held")
    world.source.faults.append(kit.Fault("uninstall", refused))
    with pytest.raises(OperationError) as caught:
        world.run()
    assert caught.value.code == "migration_interrupted"
    assert [cause.code for cause in caught.value.causes] == ["refused_license_assigned"]
    assert (state(world), world.record.sent_at) == ("planned", None)
    finish(world)
    arrived(world)


def test_rows_8_to_10_the_uninstall_file(world: Any, kit: Any, tmp_path: Path) -> None:
    for number, (where, after) in enumerate(
        [("east: GET uninstall-file", False), ("rename A.ak.uak", False), ("rename A.ak.uak", True)]
    ):
        again = fresh(world, tmp_path / str(number))
        killed(again, kit, where, after)
        assert state(again) == "source_uninstalled"
        again.source.calls.clear()
        again.run()
        assert again.source.writes == []
        (kept,) = again.record.uninstall_files
        assert kept.folder == "uninstall-file"


def test_row_10_other_bytes_stay_and_get_a_neighbour(world: Any, kit: Any) -> None:
    killed(world, kit, "rename A.ak.uak", after=True)
    path = next((world.folder / "journal").rglob("A.ak.uak"))
    path.write_bytes(b"")
    finish(world)
    assert path.read_bytes() == b""
    assert world.record.uninstall_files[0].folder == "uninstall-file-2"
    arrived(world)


def test_row_10_a_file_that_is_another_one_each_time_is_not_trusted(world: Any) -> None:
    proofs = iter([b"one", b"two"])
    original = type(world.source).proof
    world.source.proof = lambda record: next(proofs, None) or original(world.source, record)
    with pytest.raises(OperationError) as caught:
        world.run()
    assert "uninstall_file_unsteady" in [cause.code for cause in caught.value.causes]
    assert state(world) == "source_uninstalled"
    finish(world)
    assert world.record.uninstall_files[0].folder == "uninstall-file-2"
    arrived(world)


def test_row_11_the_source_may_be_gone_for_good(world: Any, kit: Any) -> None:
    killed(world, kit, "rename request.json")
    assert state(world) == "uninstall_file_saved"
    world.source.down = True
    world.run()
    world.run(world.platform(world.record))
    assert state(world) == "verified"


def test_row_12_half_a_bundle(world: Any, kit: Any) -> None:
    killed(world, kit, "rename request.json")
    assert state(world) == "uninstall_file_saved"
    world.run()
    assert world.record.transfer.folder == "transfer"


def test_row_12_half_a_bundle_for_what_is_another_device_now(world: Any, kit: Any) -> None:
    killed(world, kit, "rename request.json")
    world.destination.device = 2
    world.run()
    assert world.record.transfer.folder == "transfer-2"
    world.run(world.platform(world.record))
    arrived(world)


def test_row_12_half_a_bundle_with_another_name_in_it(world: Any, kit: Any) -> None:
    killed(world, kit, "rename request.json")
    left = next((world.folder / "journal").rglob("west.did"))
    left.rename(left.parent / "other.did")
    world.run()
    assert world.record.transfer.folder == "transfer-2"


def test_row_13_requested_and_not_yet_told(world: Any, kit: Any) -> None:
    killed(world, kit, "rename request.json", after=True)
    world.run()
    assert state(world) == "waiting_for_activation_file"


def test_row_14_waiting_changes_nothing(world: Any) -> None:
    world.run()
    before = world.record
    plan = world.plan()
    assert (plan.changed, plan.todos[0].actions, plan.source_checked) == (False, (), True)
    world.source.calls.clear()
    world.run()
    assert world.record == before
    assert world.source.writes == []


def test_row_14_waiting_while_no_server_answers(world: Any) -> None:
    world.run()
    world.source.down = world.destination.down = True
    plan = world.plan()
    assert not plan.changed
    assert not plan.source_checked
    assert [cause.code for cause in plan.warnings] == [
        "migration_source_unread",
        "unreachable_refused",
        "migration_device_not_asked",
        "unreachable_refused",
    ]


def test_row_14_the_device_became_another(world: Any) -> None:
    world.run()
    world.destination.device = 2
    plan = world.plan()
    assert plan.todos[0].actions == ("request_transfer",)
    assert [cause.code for cause in plan.warnings] == ["migration_device_changed"]
    world.run()
    assert world.record.transfer.folder == "transfer-2"
    assert not world.plan().changed
    world.run(world.platform(world.record))
    arrived(world)


def test_rows_15_to_17_the_installation(world: Any, kit: Any, tmp_path: Path) -> None:
    for number, (after, writes) in enumerate([(False, 1), (True, 0)]):
        again = fresh(world, tmp_path / str(number))
        again.run()
        killed(again, kit, "west: install", after, again.platform(again.record))
        assert state(again) == "waiting_for_activation_file"
        again.destination.calls.clear()
        # The file need not be given again: the journal has it.
        again.run()
        assert len(again.destination.writes) == writes
        arrived(again)


def test_row_17_the_answer_was_lost(world: Any, kit: Any) -> None:
    world.run()
    world.destination.faults.append(kit.Fault("install", kit.LOST, after=True))
    world.run(world.platform(world.record))
    arrived(world)
    assert len(world.destination.writes) == 1


def test_row_16_lost_before_it_arrived_is_not_repeated_blindly(world: Any, kit: Any) -> None:
    world.run()
    world.destination.faults.append(kit.Fault("install", kit.LOST))
    with pytest.raises(OperationError) as caught:
        world.run(world.platform(world.record))
    assert "write_unclear" in [cause.code for cause in caught.value.causes]
    assert len(world.destination.writes) == 1
    world.run()
    arrived(world)


def test_row_18_the_file_is_for_another_device(world: Any) -> None:
    world.run()
    wrong = world.platform(world.record, device="north/1")
    with pytest.raises(OperationError) as caught:
        world.run(wrong)
    assert [cause.code for cause in caught.value.causes] == ["refused_device_mismatch"]
    assert (state(world), world.record.parts[0].file) == ("waiting_for_activation_file", None)
    assert world.record.history[-1].step == "activation_file_refused"
    assert [cause.code for cause in world.plan(wrong).warnings] == ["activation_file_refused_before"]
    world.run(wrong)
    assert state(world) == "waiting_for_activation_file"
    world.run(world.platform(world.record))
    arrived(world)
    assert len(list((world.folder / "journal").rglob("*.ak"))) == 2, "the refused one stays"


def test_row_18_the_file_was_edited(world: Any) -> None:
    world.run()
    path = world.platform(world.record)
    content = path.read_bytes()
    path.write_bytes(content[:-4])
    with pytest.raises(OperationError) as caught:
        world.run(path)
    assert [cause.code for cause in caught.value.causes] == ["refused_activation_file_invalid"]
    path.write_bytes(content)
    world.run(path)
    arrived(world)


@pytest.mark.parametrize("run", [1, 2])
def test_row_19_it_brings_another_quantity(world: Any, run: int) -> None:
    world.run()
    path = world.platform(world.record, licenses=[["srm", "x86_64", "formal", "3132A0XY", 9]])
    for _turn in range(run):
        with pytest.raises(OperationError) as caught:
            world.run(path)
        said = [caught.value.code, *(cause.code for cause in caught.value.causes)]
        assert "migration_yield_differs" in said or "expectation_not_met" in said
    assert state(world) == "waiting_for_activation_file"
    assert len(world.destination.writes) == 1


def test_row_20_installed(world: Any, kit: Any) -> None:
    world.run()
    path = world.platform(world.record)
    original = run._Run._verify

    def die(self: Any, index: int) -> None:
        raise kit.Killed("verify")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run._Run, "_verify", die)
        with pytest.raises(kit.Killed):
            world.run(path)
    assert original is run._Run._verify
    assert state(world) == "installed"
    world.destination.records[0] = type(world.destination.records[0])(
        **{**world.destination.records[0].__dict__, "status": "unusable"}
    )
    with pytest.raises(NotVerified) as caught:
        world.run()
    assert caught.value.code == "migration_not_live"
    world.destination.records[0] = type(world.destination.records[0])(
        **{**world.destination.records[0].__dict__, "status": "usable"}
    )
    world.run()
    arrived(world)


def test_row_21_verified_changes_nothing(world: Any) -> None:
    finish(world)
    before = world.record
    plan = world.plan()
    assert (plan.changed, plan.warnings, plan.source_checked) == (False, (), True)
    world.run(*(path for path in world.folder.glob("issued*.ak")))
    assert world.record == before
    assert world.source.writes == ["uninstall east-1"]


def test_row_21_verified_while_the_source_does_not_answer(world: Any) -> None:
    finish(world)
    world.source.down = True
    plan = world.plan()
    assert (plan.changed, plan.source_checked) == (False, False)
    assert [cause.code for cause in plan.warnings] == ["migration_source_unread", "unreachable_refused"]


def test_row_22_aborted(world: Any, kit: Any) -> None:
    killed(world, kit, "rename record.json", after=True)
    world.abort()
    assert state(world) == "aborted"
    world.abort()
    finish(world)
    arrived(world)


def test_row_23_a_record_that_is_cut(world: Any) -> None:
    world.run()
    path = world.folder / "journal" / world.record.id / "record.json"
    whole = path.read_bytes()
    writes = list(world.source.writes)
    for length in (0, 1, len(whole) // 2, len(whole) - 3):
        path.write_bytes(whole[:length])
        with pytest.raises(OperationError) as caught:
            world.run()
        assert caught.value.code == "journal_record_invalid"
    assert world.source.writes == writes


def test_an_unclear_uninstallation_is_not_repeated_blindly(world: Any, kit: Any) -> None:
    world.source.faults.append(kit.Fault("uninstall", kit.LOST))
    with pytest.raises(OperationError) as caught:
        world.run()
    assert isinstance(caught.value.__cause__, Unclear)
    assert world.source.writes == ["uninstall east-1"]
    finish(world)
    arrived(world)


def test_the_remainder_goes_back(world: Any, given: Any) -> None:
    """R26, decision 21: the whole file is uninstalled, and two are asked for."""
    world.options["quantities"] = (4,)
    record = world.run().records[0]
    assert [(part.end, part.quantity) for part in record.parts] == [(End.DESTINATION, 4), (End.SOURCE, 6)]
    part, rest = world.platform(record, 0), world.platform(record, 1)
    world.run(given(part, quantity=4))
    assert state(world) == "waiting_for_activation_file"
    assert not world.plan().changed
    world.run(given(rest, end=End.SOURCE))
    assert state(world) == "verified"
    assert [r.quantity for r in world.destination.live()] == [4]
    assert [r.quantity for r in world.source.live()] == [6]
