# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends and the kept files are looked at in every run: restored servers, deleted and damaged files."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import OperationError
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.journal.record import (
    End,
    Step,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.request.transfer_bundle import (
    steps_now,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import errors


def refusal(world: Any, *files: Any, **changes: Any) -> OperationError:
    """Return the error of a run in which nothing may be sent to either server."""
    before = (list(world.source.writes), list(world.destination.writes))
    with pytest.raises(OperationError) as caught:
        world.run(*files, **changes)
    assert (world.source.writes, world.destination.writes) == before
    return caught.value


def waiting(world: Any) -> Path:
    """Bring the migration to its wait and return the activation file that the platform issues."""
    path: Path = world.platform(world.run().records[0])
    return path


def verified(world: Any) -> Path:
    path = waiting(world)
    assert world.run(path).records[0].step is Step.VERIFIED
    return path


def kept(world: Any, name: str) -> Path:
    """Return the file of the journal, outside of the bundle."""
    found = [path for path in (world.folder / "journal").rglob(name) if path.parent.parent.name != "transfer"]
    (path,) = found
    return path


def bring_back(server: Any, ident: str) -> None:
    """The server is restored to a state in which the license is installed."""
    server.records = [replace(r, status="usable") if r.id == ident else r for r in server.records]


# The source has it again


def test_a_source_that_has_it_again_stops_before_the_installation(world: Any) -> None:
    path = waiting(world)
    bring_back(world.source, "east-1")
    error = refusal(world, path)
    assert (error.code, error.rule) == ("migration_source_live", "R16")
    assert world.quantity() == 10
    # The operator uninstalls it there once more.
    world.source.uninstall("east-1")
    world.run(path)
    assert (world.record.step, world.quantity()) == (Step.VERIFIED, 10)


def test_a_source_that_has_it_again_stops_a_migration_that_waits(world: Any) -> None:
    waiting(world)
    bring_back(world.source, "east-1")
    assert refusal(world).code == "migration_source_live"


def test_a_source_that_has_it_again_under_another_id_is_recognized_by_the_file(world: Any) -> None:
    path = waiting(world)
    row = world.source.records[0]
    world.source.records = [replace(row, id="east-9", status="usable")]
    error = refusal(world, path)
    assert error.fields["license_ids"] == ["east-9"]


def test_another_license_under_the_same_id_is_not_the_one_that_left(world: Any) -> None:
    path = waiting(world)
    world.source.records = []
    world.source.add(file_name="OTHER.ak")
    world.run(path)
    assert world.record.step is Step.VERIFIED
    # It is live where the task takes licenses from, and stays there: that is said in every run.
    plan = world.plan()
    assert (plan.changed, [cause.code for cause in plan.warnings]) == (False, ["migration_id_reused"])
    assert plan.warnings[0].fields["license_ids"] == ["east-1"]
    # What the message says works: another journal moves the other license.
    other = copy.copy(world)
    other.folder = world.folder / "other"
    other.folder.mkdir()
    other.run(other.platform(other.run().records[0]))
    assert (other.record.step, len(world.destination.live())) == (Step.VERIFIED, 2)


def test_a_source_that_has_it_again_before_its_file_is_saved(world: Any, kit: Any) -> None:
    world.source.faults.append(kit.Fault("GET uninstall-file", kit.LOST))
    with pytest.raises(OperationError):
        world.run()
    assert world.record.step is Step.SOURCE_UNINSTALLED
    bring_back(world.source, "east-1")
    assert refusal(world).code == "migration_source_live"
    world.source.uninstall("east-1")
    world.run()
    assert world.record.step is Step.WAITING


def test_live_on_both_ends_is_never_unchanged(world: Any) -> None:
    verified(world)
    bring_back(world.source, "east-1")
    error = refusal(world)
    assert error.code == "migration_live_on_both"
    world.source.uninstall("east-1")
    assert not world.plan().changed
    assert world.quantity() == 10


def test_a_license_that_was_replaced_before_it_left_is_not_uninstalled_in_its_place(
    world: Any, kit: Any
) -> None:
    world.source.faults.append(kit.Fault("uninstall", kit.LOST))
    with pytest.raises(OperationError):
        world.run()
    world.source.records = []
    world.source.add(file_name="OTHER.ak")
    assert refusal(world).code == "migration_license_vanished"
    assert len(world.source.live()) == 1


# The source does not answer


@pytest.mark.parametrize(
    "error",
    [
        errors.Unreachable("unreachable_refused", endpoint="x"),
        errors.AuthenticationFailed("login_failed", sent=True),
        errors.HttpError("http_status", status=503, endpoint="x", method="GET", path="x"),
    ],
    ids=lambda error: error.code,
)
def test_a_source_that_does_not_answer_blocks_nothing_and_proves_nothing(
    world: Any, kit: Any, error: Any
) -> None:
    path = waiting(world)
    world.source.faults.append(kit.Fault("GET", error))
    plan = world.plan(path)
    assert not plan.source_checked
    assert plan.warnings[0].code == "migration_source_unread"
    world.source.down = True
    world.run(path)
    assert world.record.step is Step.VERIFIED


def test_another_server_at_the_address_of_the_source_is_not_the_source(world: Any) -> None:
    path = waiting(world)
    world.source.id = "north"
    plan = world.plan(path)
    assert not plan.source_checked
    assert [cause.code for cause in plan.warnings] == ["migration_source_other"]


# The destination has lost it


def test_a_destination_that_lost_it_gets_it_again_from_the_journal(world: Any) -> None:
    verified(world)
    world.destination.records.clear()
    plan = world.plan()
    assert (plan.changed, plan.todos[0].actions) == (True, ("install", "verify"))
    assert "migration_lost_at_destination" in [cause.code for cause in plan.warnings]
    assert [record.step for record in plan.standing] == [Step.VERIFIED]
    world.run()
    assert [event.step for event in world.record.history][-4:] == [
        "destination_lost",
        "install_sent",
        "installed",
        "verified",
    ]
    assert world.quantity() == 10
    assert not world.plan().changed


def test_it_is_installed_again_while_the_source_does_not_answer(world: Any) -> None:
    verified(world)
    world.destination.records.clear()
    world.source.down = True
    world.run()
    assert (world.record.step, world.quantity()) == (Step.VERIFIED, 10)


def test_both_were_restored_and_the_operator_chooses(world: Any) -> None:
    verified(world)
    world.destination.records.clear()
    bring_back(world.source, "east-1")
    assert refusal(world).code == "migration_source_live"
    world.source.uninstall("east-1")
    world.run()
    assert (world.record.step, world.quantity()) == (Step.VERIFIED, 10)


def test_a_destination_that_lost_it_as_another_device(world: Any) -> None:
    verified(world)
    world.destination.records.clear()
    world.destination.device = 2
    with pytest.raises(OperationError) as caught:
        world.run()
    assert "refused_device_mismatch" in [cause.code for cause in caught.value.causes]
    world.run()
    assert world.record.step is Step.WAITING
    world.run(world.platform(world.record))
    assert (world.record.step, world.quantity()) == (Step.VERIFIED, 10)


@pytest.mark.parametrize("status", ["unusable", "expired", "suspended", None])
def test_a_license_that_does_not_work_any_more_is_no_unchanged_success(world: Any, status: Any) -> None:
    verified(world)
    world.destination.records[0] = replace(world.destination.records[0], status=status)
    error = refusal(world)
    assert (error.code, error.fields["states"]) == ("migration_not_live", [str(status)])


def test_a_license_past_its_end_is_no_unchanged_success_whatever_it_is_called(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    end = "2026-12-01T00:00:00Z"
    add = world.destination.add
    world.source.records[0] = replace(world.source.records[0], expires_at=end)
    world.destination.add = lambda *row: add(*row, expires_at=end)
    verified(world)
    assert not world.plan().changed
    info = world.destination.server()
    monkeypatch.setattr(world.destination, "server", lambda: replace(info, time="2026-12-02T00:00:00Z"))
    error = refusal(world)
    assert (error.code, error.fields["states"]) == ("migration_not_live", ["expired"])


def test_a_license_that_became_another_is_no_unchanged_success(world: Any) -> None:
    verified(world)
    world.destination.records[0] = replace(world.destination.records[0], quantity=4)
    assert refusal(world).code == "migration_yield_differs"


def test_a_license_that_was_uninstalled_at_the_destination(world: Any) -> None:
    verified(world)
    world.destination.uninstall("west-1")
    assert refusal(world).code == "migration_left_destination"


def test_a_license_that_moved_on_is_not_installed_a_second_time(world: Any) -> None:
    """Where the destination is restored to a time before the license came, it is live elsewhere already."""
    path = verified(world)
    onward = copy.copy(world)
    onward.source, onward.destination = world.destination, type(world.source)("north", world.ticker)
    onward.options = {"ids": ("west-1",)}
    record = onward.run().records[0]
    onward.run(onward.platform(record))
    world.destination.records.clear()
    error = refusal(world, path)
    assert (error.code, error.fields["onward"]) == ("migration_left_destination", record.id)
    assert world.quantity() + sum(row.quantity for row in onward.destination.live()) == 10


def test_a_license_that_moved_on_from_a_pair_is_not_installed_a_second_time(world: Any) -> None:
    """The pair has failed over before the license moved on, so the journal has it under the other id."""
    world.destination.peer = "west-b"
    path = verified(world)
    world.destination.id, world.destination.peer = "west-b", "west"
    onward = copy.copy(world)
    onward.source, onward.destination = world.destination, type(world.source)("north", world.ticker)
    onward.options = {"ids": ("west-1",)}
    record = onward.run().records[0]
    onward.run(onward.platform(record))
    world.destination.records.clear()
    error = refusal(world, path)
    assert (error.code, error.fields["onward"]) == ("migration_left_destination", record.id)


def test_a_remainder_that_the_source_lost_is_installed_again(world: Any, given: Any) -> None:
    world.options["quantities"] = (4,)
    record = world.run().records[0]
    part, rest = world.platform(record, 0), world.platform(record, 1)
    world.run(given(part, quantity=4), given(rest, quantity=6))
    assert world.record.step is Step.VERIFIED
    world.source.records = [row for row in world.source.records if row.status == "uninstalled"]
    world.run()
    assert (world.record.step, world.quantity()) == (Step.VERIFIED, 10)


@pytest.mark.parametrize("kept_before", [False, True], ids=["given now", "kept before"])
def test_a_remainder_for_a_source_that_does_not_answer_holds_up_no_other_part(
    world: Any, given: Any, kit: Any, kept_before: bool
) -> None:
    world.options["quantities"] = (4,)
    record = world.run().records[0]
    files = [given(world.platform(record, 0), quantity=4), given(world.platform(record, 1), quantity=6)]
    if kept_before:
        error = errors.Unreachable("unreachable_refused", endpoint="x")
        world.destination.faults.append(kit.Fault("install", error))
        with pytest.raises(OperationError, match="migration_interrupted"):
            world.run(*files)
        files = []
    world.source.down = True
    plan = world.plan(*files)
    assert (plan.todos[0].actions[-1], plan.todos[0].target) == ("install", Step.WAITING)
    world.run(*files)
    assert (world.record.step, world.quantity()) == (Step.WAITING, 4)
    again = world.plan()
    assert (again.changed, again.source_checked) == (False, False)
    assert [step.code for step in steps_now(world.record, world.journal)] == ["step_run_again_answered"]
    world.source.down = False
    world.run()
    assert (world.record.step, world.quantity()) == (Step.VERIFIED, 10)


def test_a_lost_part_is_installed_again_while_the_source_of_the_remainder_is_away(
    world: Any, given: Any
) -> None:
    world.options["quantities"] = (4,)
    record = world.run().records[0]
    world.run(given(world.platform(record, 0), quantity=4), given(world.platform(record, 1), quantity=6))
    world.destination.records.clear()
    world.source.down = True
    assert (world.plan().todos[0].actions, world.plan().todos[0].target) == (("install",), Step.INSTALLED)
    world.run()
    assert (world.record.step, world.quantity(), world.plan().changed) == (Step.INSTALLED, 10, False)
    world.source.down = False
    world.run()
    assert (world.record.step, world.quantity()) == (Step.VERIFIED, 10)


def test_a_remainder_is_not_judged_while_the_source_does_not_answer(world: Any, given: Any) -> None:
    world.options["quantities"] = (4,)
    record = world.run().records[0]
    world.run(given(world.platform(record, 0), quantity=4), given(world.platform(record, 1), end=End.SOURCE))
    world.source.down = True
    plan = world.plan()
    assert (plan.changed, plan.source_checked) == (False, False)


# Files of the journal


def remove(path: Path) -> None:
    path.unlink()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5])


def replace_by_another(path: Path) -> None:
    path.write_bytes(b"another file")


def replace_by_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES = [remove, cut, replace_by_another, replace_by_a_folder]
damages = pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)


def copies(world: Any, name: str) -> list[Path]:
    """Return the file of the journal and its copy in the bundle."""
    found = sorted((world.folder / "journal").rglob(name))
    assert len(found) == 2
    return found


@damages
def test_an_uninstall_file_is_restored_from_the_bundle(world: Any, damage: Callable[[Path], None]) -> None:
    waiting(world)
    damage(kept(world, "A.ak.uak"))
    world.source.records = []
    plan = world.plan()
    assert plan.todos[0].actions == ("restore_uninstall_file",)
    assert [cause.code for cause in plan.warnings] == ["migration_proof_restored"]
    calls = len(world.source.calls)
    world.run()
    assert [call for call in world.source.calls[calls:] if "uninstall-file" in call] == []
    (file,) = world.record.uninstall_files
    bundle = world.folder / "journal" / world.record.id / "transfer" / "uninstall-file" / "A.ak.uak"
    assert Path(world.journal.path_of(world.record, file)).read_bytes() == bundle.read_bytes()
    assert not world.plan().changed


@damages
def test_an_uninstall_file_is_fetched_again(world: Any, damage: Callable[[Path], None]) -> None:
    waiting(world)
    for path in copies(world, "A.ak.uak"):
        damage(path)
    plan = world.plan()
    assert plan.todos[0].actions == ("restore_uninstall_file", "request_transfer")
    assert plan.warnings[0].code == "migration_proof_restored"
    world.run()
    (file,) = world.record.uninstall_files
    assert Path(world.journal.path_of(world.record, file)).read_bytes() == world.source.proof(
        world.source.records[0]
    )
    assert not world.plan().changed
    assert world.source.writes == ["uninstall east-1"]


@damages
@pytest.mark.parametrize("why", ["down", "forgotten", "without_file"])
def test_an_uninstall_file_that_the_source_does_not_have_either(
    world: Any, kit: Any, damage: Callable[[Path], None], why: str
) -> None:
    waiting(world)
    paths = copies(world, "A.ak.uak")
    content = paths[0].read_bytes()
    for path in paths:
        damage(path)
    records = world.source.records
    if why == "down":
        world.source.down = True
    elif why == "forgotten":
        world.source.records = []
    else:
        # It lists the license as uninstalled and has no file for it.
        missing = errors.NotFound(
            "not_found", sent=True, endpoint="x", method="GET", path="x", server_message=""
        )
        world.source.faults.append(kit.Fault("GET uninstall-file", missing))
    error = refusal(world)
    assert (error.code, error.fields["worth"]) == ("migration_proof_lost", ["10 × srm"])
    assert all(name in str(error.fields["files"]) for name in ("A.ak.uak", "SHA-256"))
    # The operator restores the file, or the source.
    for path in paths:
        if path.is_dir():
            path.rmdir()
        path.write_bytes(content)
    world.source.records = records
    assert not world.plan().changed


def test_an_uninstall_file_is_not_missed_while_the_activation_file_is_at_hand(world: Any) -> None:
    path = waiting(world)
    for copy_of_it in copies(world, "A.ak.uak"):
        copy_of_it.unlink()
    world.source.down = True
    plan = world.plan(path)
    assert [cause.code for cause in plan.warnings] == [
        "migration_source_unread",
        "unreachable_refused",
        "migration_file_damaged",
    ]
    world.run(path)
    assert world.record.step is Step.VERIFIED


@damages
def test_a_bundle_is_written_again(world: Any, damage: Callable[[Path], None]) -> None:
    waiting(world)
    bundle = world.folder / "journal" / world.record.id / "transfer"
    damage(bundle / "destination" / "west.did")
    plan = world.plan()
    assert plan.todos[0].actions == ("request_transfer",)
    assert [cause.code for cause in plan.warnings] == ["migration_bundle_damaged"]
    world.run()
    assert not world.plan().changed
    world.run(world.platform(world.record))
    assert (world.record.step, world.quantity()) == (Step.VERIFIED, 10)


def sent_in_vain(world: Any, kit: Any) -> Path:
    """Return the activation file that the journal received, after an installation that never arrived."""
    path = waiting(world)
    world.destination.faults.append(kit.Fault("install", kit.LOST))
    with pytest.raises(OperationError):
        world.run(path)
    return path


@damages
def test_an_activation_file_has_to_be_given_again(
    world: Any, kit: Any, damage: Callable[[Path], None]
) -> None:
    path = sent_in_vain(world, kit)
    damage(kept(world, path.name))
    error = refusal(world)
    assert error.code == "migration_activation_file_lost"
    world.run(path)
    assert (world.record.step, world.quantity()) == (Step.VERIFIED, 10)


def test_another_activation_file_may_take_the_place_of_a_lost_one(world: Any, kit: Any) -> None:
    path = sent_in_vain(world, kit)
    kept(world, path.name).unlink()
    world.run(world.platform(world.record))
    assert (world.record.step, world.quantity()) == (Step.VERIFIED, 10)


@damages
def test_a_verified_migration_warns_of_a_damaged_activation_file(
    world: Any, damage: Callable[[Path], None]
) -> None:
    path = verified(world)
    damage(kept(world, path.name))
    plan = world.plan()
    assert (plan.changed, [cause.code for cause in plan.warnings]) == (False, ["migration_file_damaged"])
    assert world.plan(path).todos[0].actions == ("save_activation_file",)
    world.run(path)
    plan = world.plan(path)
    assert (plan.changed, plan.warnings) == (False, ())


def test_a_destination_that_lost_it_while_the_activation_file_is_gone_too(world: Any) -> None:
    path = verified(world)
    kept(world, path.name).unlink()
    world.destination.records.clear()
    error = refusal(world)
    assert error.code == "migration_activation_file_lost"
    world.run(path)
    assert (world.record.step, world.quantity()) == (Step.VERIFIED, 10)


def test_an_installation_is_proved_although_the_file_is_gone_after_a_kill(world: Any, kit: Any) -> None:
    path = waiting(world)
    install = world.destination.install

    def install_and_die(name: str, content: bytes) -> Any:
        install(name, content)
        raise kit.Killed(name)

    world.destination.install = install_and_die
    with pytest.raises(kit.Killed):
        world.run(path)
    kept(world, path.name).unlink()
    world.run()
    assert (world.record.step, world.quantity()) == (Step.VERIFIED, 10)
