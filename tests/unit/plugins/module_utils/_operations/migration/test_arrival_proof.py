# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What proves that a license has arrived: a file belongs to one migration, and who sent it is recorded."""

from __future__ import annotations

import copy
import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import OperationError
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.journal.record import (
    MigrationRecord,
    Step,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import errors


def codes(error: OperationError) -> list[str]:
    return [error.code, *(cause.code for cause in error.causes)]


def failure(world: Any, *files: Any, **changes: Any) -> OperationError:
    with pytest.raises(OperationError) as caught:
        world.run(*files, **changes)
    return caught.value


def record_of(world: Any, ident: str) -> MigrationRecord:
    return next(record for record in world.records() if ident in record.license_ids)


@pytest.fixture
def pair(world: Any) -> tuple[Any, Any]:
    """Two tasks with one journal: equal licenses of two sources on their way to one destination."""
    other = copy.copy(world)
    other.source = type(world.source)("south", world.ticker)
    other.source.add()
    other.options = {"ids": ("south-1",)}
    world.options = {"ids": ("east-1",)}
    world.run()
    other.run()
    return world, other


def live(*worlds: Any) -> int:
    sources = [world.source for world in worlds]
    return sum(row.quantity for server in [*sources, worlds[0].destination] for row in server.live())


# One file, several migrations of a journal


def test_a_file_that_two_equal_migrations_wait_for_has_to_be_named(pair: Any, given: Any) -> None:
    one, other = pair
    path = one.platform(record_of(one, "south-1"))
    for world in pair:
        error = failure(world, path)
        assert error.code == "activation_file_ambiguous"
        assert len(error.fields["parts"]) == 2  # type: ignore[arg-type]  # the fields of a sentence
    assert one.destination.records == []
    other.run(given(path, license_id="south-1"))
    assert record_of(one, "south-1").step is Step.VERIFIED
    assert record_of(one, "east-1").step is Step.WAITING
    assert live(*pair) == 10
    # The same list of files in both tasks: the file is passed over where it is not for the task.
    assert not one.plan(path).changed
    last = one.platform(record_of(one, "east-1"))
    one.run(path, last)
    other.run(path, last)
    assert {record.step for record in one.records()} == {Step.VERIFIED}
    assert live(*pair) == 20


def test_as_many_files_as_equal_migrations_are_assigned_one_each(pair: Any) -> None:
    one, other = pair
    paths = [one.platform(record_of(one, ident)) for ident in ("east-1", "south-1")]
    one.run(*paths)
    assert [record.step for record in one.records()].count(Step.VERIFIED) == 1
    assert live(*pair) == 10
    other.run(*reversed(paths))
    assert {record.step for record in one.records()} == {Step.VERIFIED}
    assert live(*pair) == 20
    shas = {part.file.sha256 for record in one.records() for part in record.parts if part.file}
    assert len(shas) == 2
    for world in pair:
        assert not world.plan(*paths).changed


def test_a_file_that_is_installed_for_one_migration_is_none_for_another(pair: Any, given: Any) -> None:
    one, other = pair
    path = one.platform(record_of(one, "east-1"))
    one.run(given(path, license_id="east-1"))
    error = failure(other, given(path, license_id="south-1"))
    assert (error.code, error.fields["other"]) == ("activation_file_claimed", record_of(one, "east-1").id)
    assert record_of(one, "south-1").step is Step.WAITING


def test_a_file_that_the_journal_received_for_the_wrong_migration_may_be_named(
    pair: Any, given: Any, kit: Any
) -> None:
    """The installation of the wrong one never arrived; the operator corrects the name."""
    one, other = pair
    path = one.platform(record_of(one, "south-1"))
    one.destination.faults.append(kit.Fault("install", kit.LOST))
    failure(one, given(path, license_id="east-1"))
    other.run(given(path, license_id="south-1"))
    assert record_of(one, "south-1").step is Step.VERIFIED
    error = failure(one)
    assert error.code == "activation_file_claimed"
    one.run(given(one.platform(record_of(one, "east-1")), license_id="east-1"))
    assert {record.step for record in one.records()} == {Step.VERIFIED}
    assert live(*pair) == 20


def test_files_that_were_exchanged_between_equal_migrations_all_arrive(pair: Any, given: Any) -> None:
    one, other = pair
    for_east, for_south = (one.platform(record_of(one, ident)) for ident in ("east-1", "south-1"))
    one.run(given(for_south, license_id="east-1"))
    other.run(given(for_east, license_id="south-1"))
    assert {record.step for record in one.records()} == {Step.VERIFIED}
    assert live(*pair) == 20


def test_files_that_were_exchanged_between_different_migrations_are_found_out(world: Any, given: Any) -> None:
    other = world.source.add(product="container_service", arch=None, quantity=3, file_name="C.ak")
    world.options = {"ids": ("east-1", other)}
    records = world.run().records
    files = {record.license_ids[0]: world.platform(record) for record in records}
    wrong = [given(files[other], license_id="east-1"), given(files["east-1"], license_id=other)]
    assert "migration_yield_differs" in codes(failure(world, *wrong))
    assert Step.VERIFIED not in {record.step for record in world.records()}
    world.run(given(files["east-1"], license_id="east-1"), given(files[other], license_id=other))
    assert {record.step for record in world.records()} == {Step.VERIFIED}
    events = [event.step for record in world.records() for event in record.history]
    assert "destination_lost" not in events
    assert world.quantity() == 13


# Two journals


@pytest.fixture
def journals(world: Any, tmp_path: Path) -> tuple[Any, Any]:
    """Two controllers, each with a journal of its own: equal licenses on their way to one destination."""
    other = copy.copy(world)
    other.issued = 100
    other.folder = tmp_path / "second"
    other.folder.mkdir()
    other.source = type(world.source)("south", world.ticker)
    other.source.add()
    other.options = {"ids": ("south-1",)}
    world.options = {"ids": ("east-1",)}
    world.run()
    other.run()
    return world, other


def test_what_another_controller_installed_proves_nothing(journals: Any, given: Any) -> None:
    one, other = journals
    path = one.platform(one.record)
    one.run(path)
    plan = other.plan(path)
    assert (plan.changed, [cause.code for cause in plan.warnings]) == (False, ["activation_file_not_sent"])
    other.run(path)
    assert other.record.step is Step.WAITING
    other.run(other.platform(other.record))
    assert live(*journals) == 20


def test_what_another_controller_installed_meanwhile_proves_nothing(journals: Any, kit: Any) -> None:
    """The file was received here and not sent; the other controller sent it."""
    one, other = journals
    path = other.platform(other.record)
    keep = one.destination.install

    def die(name: str, content: bytes) -> Any:
        raise kit.Killed(name)

    one.destination.install = die
    with pytest.raises(kit.Killed):
        one.run(path)
    one.destination.install = keep
    record = one.record
    # The run that was killed had not come to sending.
    part = replace(record.parts[0], sent_at=None, sent_server_at=None)
    one.journal.write(record.with_part(0, part), "activation_file_received")
    other.run(path)
    error = failure(one)
    assert error.code == "activation_file_not_sent"
    one.run(one.platform(one.record))
    assert (one.record.step, live(*journals)) == (Step.VERIFIED, 20)


def test_what_was_installed_long_after_it_was_sent_was_sent_by_another(journals: Any, kit: Any) -> None:
    one, other = journals
    path = other.platform(other.record)
    one.destination.faults.append(kit.Fault("install", kit.LOST))
    failure(one, path)
    assert one.record.parts[0].sent_server_at == "2026-11-24T08:00:00Z"
    other.run(path)
    row = one.destination.records[0]
    one.destination.records[0] = replace(row, installed_at="2026-11-24T09:00:01Z")
    assert failure(one).code == "activation_file_not_sent"
    one.destination.records[0] = replace(row, installed_at="2026-11-24T09:00:00Z")
    assert one.plan().todos[0].actions == ("verify",)


def test_a_request_that_was_certainly_not_carried_out_proves_nothing_later(journals: Any, kit: Any) -> None:
    one, other = journals
    path = other.platform(other.record)
    one.destination.faults.append(
        kit.Fault("install", errors.Unreachable("unreachable_refused", endpoint="x"))
    )
    failure(one, path)
    assert one.record.parts[0].sent_at is None
    other.run(path)
    assert failure(one).code == "activation_file_not_sent"


def test_what_another_run_installed_between_reading_and_writing_proves_nothing(
    journals: Any, given: Any
) -> None:
    one, other = journals
    path = other.platform(other.record)
    install = one.destination.install

    def second(name: str, content: bytes) -> Any:
        install(name, content)
        return install(name, content)

    one.destination.install = second
    assert "activation_file_not_sent" in codes(failure(one, path))
    one.destination.install = install
    assert one.record.parts[0].sent_at is None
    assert failure(one).code == "activation_file_not_sent"
    # It was for this migration all the same, and the operator says so.
    one.run(given(path, license_id="east-1"))
    assert one.record.step is Step.VERIFIED


# Files from before


def test_a_file_that_was_there_before_is_not_what_was_issued(world: Any, given: Any) -> None:
    path = world.folder / "OLD.ak"
    path.write_bytes(b"older")
    world.destination.add(file_name="OLD.ak", sha256=hashlib.sha256(b"older").hexdigest())
    world.run()
    plan = world.plan(path)
    assert (plan.changed, [cause.code for cause in plan.warnings]) == (False, ["activation_file_present"])
    assert failure(world, given(path, license_id="east-1")).code == "activation_file_present"
    # Not even when the destination does not list it any more.
    world.destination.records.clear()
    assert failure(world, given(path, license_id="east-1")).code == "activation_file_present"
    world.run(path, world.platform(world.record))
    assert (world.record.step, world.quantity()) == (Step.VERIFIED, 10)


def test_a_file_that_is_given_before_the_license_left_is_not_used(world: Any, given: Any) -> None:
    path = world.folder / "EARLY.ak"
    path.write_bytes(b"early")
    assert failure(world, given(path, license_id="east-1")).code == "activation_file_early"
    assert world.source.writes == []
    plan = world.plan(path)
    assert [cause.code for cause in plan.warnings] == ["activation_file_early"]
    assert plan.todos[0].actions == ("uninstall", "save_uninstall_file", "request_transfer")


@pytest.mark.parametrize(
    ("issued_at", "older"),
    [
        ("2026-11-23T07:59:59Z", True),  # a day before the license that left was issued itself
        ("2026-11-23T08:00:00Z", False),
        ("2026-11-24T00:00:00+08:00", False),  # the same day, by a server that shows local time
        (None, False),
    ],
)
def test_the_time_of_issue_is_compared(world: Any, given: Any, issued_at: Any, older: bool) -> None:
    path = world.platform(world.run().records[0])
    add = world.destination.add
    world.destination.add = lambda *row: add(*row, issued_at=issued_at)
    if not older:
        world.run(path)
        assert world.record.step is Step.VERIFIED
        return
    error = failure(world, path)
    assert "activation_file_older" in codes(error)
    assert failure(world).code == "activation_file_older"
    world.run(given(path, license_id="east-1"))
    assert (world.record.step, world.record.parts[0].named) == (Step.VERIFIED, True)


@pytest.mark.parametrize(
    ("issued_at", "older"), [("2026-11-23T07:59:59Z", True), ("2026-11-23T08:00:00Z", False)]
)
def test_a_file_may_not_be_issued_a_day_before_the_license_left(
    world: Any, issued_at: str, older: bool
) -> None:
    world.source.records[0] = replace(world.source.records[0], issued_at="2026-01-10T02:00:00Z")
    path = world.platform(world.run().records[0])
    add = world.destination.add
    world.destination.add = lambda *row: add(*row, issued_at=issued_at)
    if older:
        assert "activation_file_older" in codes(failure(world, path))
    else:
        world.run(path)
    assert world.record.step is (Step.WAITING if older else Step.VERIFIED)


def test_the_device_is_compared(world: Any, given: Any) -> None:
    path = world.platform(world.run().records[0])
    add = world.destination.add
    world.destination.add = lambda *row: add(*row, device="f" * 64)
    assert "activation_file_other_device" in codes(failure(world, path))
    assert world.record.step is Step.WAITING
    world.run(given(path, license_id="east-1"))
    assert world.record.step is Step.VERIFIED


@pytest.mark.parametrize(
    "change",
    [
        {"product": "container_service"},
        {"arch": "aarch64"},
        {"kind": "temporary"},
        {"code": "3130A0XY"},
        {"quantity": 9},
        {"quantity": 11},
        {"quantity": None},
    ],
    ids=lambda change: next(iter(change.items())),
)
def test_what_arrives_is_what_left(world: Any, given: Any, change: dict[str, Any]) -> None:
    path = world.platform(world.run().records[0])
    add = world.destination.add

    def other(product: Any, arch: Any, kind: Any, code: Any, quantity: Any, *rest: Any) -> Any:
        row = {"product": product, "arch": arch, "kind": kind, "code": code, "quantity": quantity, **change}
        return add(*row.values(), *rest)

    world.destination.add = other
    assert "migration_yield_differs" in codes(failure(world, path))
    assert failure(world).code == "migration_yield_differs"
    # Not even by name.
    assert failure(world, given(path, license_id="east-1")).code == "migration_yield_differs"
    world.destination.add = add
    world.run(world.platform(world.record))
    assert world.record.step is Step.VERIFIED


# Files that were refused


def test_a_file_that_was_refused_for_the_device_is_not_sent_again(world: Any, given: Any) -> None:
    old = world.platform(world.run().records[0])
    world.destination.device = 2
    for file in (old, given(old, license_id="east-1")):
        if file is old:
            assert "refused_device_mismatch" in codes(failure(world, file))
        before = len(world.destination.writes)
        plan = world.plan(file)
        assert "activation_file_refused_before" in [cause.code for cause in plan.warnings]
        world.run(file)
        assert len(world.destination.writes) == before
        assert world.record.step is Step.WAITING
    assert world.record.transfer.folder == "transfer-2"
    new = world.platform(world.record)
    world.run(given(old, license_id="east-1"), given(new, license_id="east-1"))
    assert world.record.step is Step.VERIFIED
    plan = world.plan(given(old, license_id="east-1"), given(new, license_id="east-1"))
    assert (plan.changed, plan.warnings) == (False, ())


def test_a_file_that_was_refused_is_sent_again_once_the_device_is_back(world: Any) -> None:
    path = world.platform(world.run().records[0])
    world.destination.device = 2
    assert "refused_device_mismatch" in codes(failure(world, path))
    world.destination.device = 1
    world.run(path)
    assert world.record.step is Step.VERIFIED


# Servers that list no digests


def test_a_destination_without_digests_is_believed_by_name_once_the_file_was_sent(
    world: Any, kit: Any, given: Any
) -> None:
    path = world.platform(world.run().records[0])
    add = world.destination.add

    def without_digest(*row: Any) -> Any:
        ident = add(*row)
        world.destination.records[-1] = replace(world.destination.records[-1], sha256=None)
        return ident

    world.destination.add = without_digest
    install = world.destination.install

    def install_and_die(name: str, content: bytes) -> Any:
        install(name, content)
        raise kit.Killed(name)

    world.destination.install = install_and_die
    with pytest.raises(kit.Killed):
        world.run(path)
    world.destination.install = install
    writes = len(world.destination.writes)
    world.run(path)
    assert (world.record.step, len(world.destination.writes)) == (Step.VERIFIED, writes)
    assert not world.plan(path).changed
    (world.folder / "journal").rename(world.folder / "lost")
    world.run()
    assert failure(world, path).code == "activation_file_unidentified"
    world.run(given(path, license_id="east-1"))
    assert world.record.step is Step.VERIFIED


# Plans that were not begun


def test_a_planned_migration_takes_in_what_shares_its_file_by_now(world: Any, kit: Any) -> None:
    refused = errors.BusinessError("business_error", error_code="license_assigned", error_message="held")
    world.source.faults.append(kit.Fault("uninstall", refused))
    failure(world)
    row = world.source.records[0]
    second = world.source.add(product="container_service", arch=None, quantity=3)
    world.source.records[-1] = replace(world.source.records[-1], sha256=row.sha256)
    assert failure(world).code == "license_file_shared"
    (record,) = world.run(ids=("east-1", second)).records
    assert (record.license_ids, record.step) == (("east-1", second), Step.WAITING)
    assert [todo.record.id for todo in world.plan(ids=("east-1", second)).todos] == [record.id]


def test_a_planned_migration_is_planned_anew_on_a_source_with_another_id(world: Any, kit: Any) -> None:
    refused = errors.BusinessError("business_error", error_code="license_assigned", error_message="held")
    world.source.faults.append(kit.Fault("uninstall", refused))
    failure(world)
    world.source.id = "north"
    (record,) = world.run().records
    assert (record.source.server_id, record.step) == ("north", Step.WAITING)
    world.run(world.platform(record))
    assert world.quantity() == 10


def test_no_bundle_is_written_for_another_server_at_the_address(world: Any) -> None:
    world.run()
    world.destination.id = "north"
    world.destination.device = 2
    error = failure(world)
    assert error.code == "migration_server_changed"
    assert world.record.transfer.folder == "transfer"


def test_a_new_bundle_does_not_need_a_source_whose_remainder_is_there(world: Any, given: Any) -> None:
    world.options["quantities"] = (4,)
    record = world.run().records[0]
    world.run(given(world.platform(record, 1), quantity=6))
    world.source.down = True
    world.destination.device = 2
    world.run()
    assert world.record.transfer.folder == "transfer-2"
    world.run(given(world.platform(world.record, 0), quantity=4))
    world.source.down = False
    world.run()
    assert (world.record.step, world.quantity()) == (Step.VERIFIED, 10)
