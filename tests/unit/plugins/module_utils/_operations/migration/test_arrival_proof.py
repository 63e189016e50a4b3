# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Arrival of a license: each file belongs to one migration, and the journal records what it sent."""

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


def failure(site: Any, *files: Any, **changes: Any) -> OperationError:
    with pytest.raises(OperationError) as caught:
        site.run(*files, **changes)
    return caught.value


def record_of(site: Any, ident: str) -> MigrationRecord:
    return next(record for record in site.records() if ident in record.license_ids)


@pytest.fixture
def pair(site: Any) -> tuple[Any, Any]:
    """Two tasks with one journal: equal licenses from two sources migrate to one destination."""
    other = copy.copy(site)
    other.source = type(site.source)("south", site.ticker)
    other.source.add()
    other.options = {"ids": ("south-1",)}
    site.options = {"ids": ("east-1",)}
    site.run()
    other.run()
    return site, other


def usable_quantity(*sites: Any) -> int:
    sources = [site.source for site in sites]
    return sum(row.quantity for server in [*sources, sites[0].destination] for row in server.live())


# One file and several migrations of a journal


def test_a_file_that_two_equal_migrations_wait_for_must_be_assigned(pair: Any, given: Any) -> None:
    one, other = pair
    path = one.platform(record_of(one, "south-1"))
    for site in pair:
        error = failure(site, path)
        assert error.code == "activation_file_ambiguous"
        assert len(error.fields["parts"]) == 2  # type: ignore[arg-type]  # a field of the message
    assert one.destination.records == []
    other.run(given(path, license_id="south-1"))
    assert record_of(one, "south-1").step is Step.VERIFIED
    assert record_of(one, "east-1").step is Step.WAITING
    assert usable_quantity(*pair) == 10
    # The same list of files in both tasks: a file that is not for the task is skipped.
    assert not one.plan(path).changed
    last = one.platform(record_of(one, "east-1"))
    one.run(path, last)
    other.run(path, last)
    assert {record.step for record in one.records()} == {Step.VERIFIED}
    assert usable_quantity(*pair) == 20


def test_two_equal_migrations_get_one_file_each(pair: Any) -> None:
    one, other = pair
    paths = [one.platform(record_of(one, ident)) for ident in ("east-1", "south-1")]
    one.run(*paths)
    assert [record.step for record in one.records()].count(Step.VERIFIED) == 1
    assert usable_quantity(*pair) == 10
    other.run(*reversed(paths))
    assert {record.step for record in one.records()} == {Step.VERIFIED}
    assert usable_quantity(*pair) == 20
    shas = {part.file.sha256 for record in one.records() for part in record.parts if part.file}
    assert len(shas) == 2
    for site in pair:
        assert not site.plan(*paths).changed


def test_a_file_installed_for_one_migration_is_refused_for_another(pair: Any, given: Any) -> None:
    one, other = pair
    path = one.platform(record_of(one, "east-1"))
    one.run(given(path, license_id="east-1"))
    error = failure(other, given(path, license_id="south-1"))
    assert (error.code, error.fields["other"]) == ("activation_file_claimed", record_of(one, "east-1").id)
    assert record_of(one, "south-1").step is Step.WAITING


def test_a_file_received_for_the_wrong_migration_may_be_reassigned(pair: Any, given: Any, kit: Any) -> None:
    """The installation for the wrong migration never arrived; the operator corrects the assignment."""
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
    assert usable_quantity(*pair) == 20


def test_files_exchanged_between_equal_migrations_all_arrive(pair: Any, given: Any) -> None:
    one, other = pair
    for_east, for_south = (one.platform(record_of(one, ident)) for ident in ("east-1", "south-1"))
    one.run(given(for_south, license_id="east-1"))
    other.run(given(for_east, license_id="south-1"))
    assert {record.step for record in one.records()} == {Step.VERIFIED}
    assert usable_quantity(*pair) == 20


def test_files_exchanged_between_different_migrations_are_detected(site: Any, given: Any) -> None:
    other = site.source.add(product="container_service", arch=None, quantity=3, file_name="C.ak")
    site.options = {"ids": ("east-1", other)}
    records = site.run().records
    files = {record.license_ids[0]: site.platform(record) for record in records}
    wrong = [given(files[other], license_id="east-1"), given(files["east-1"], license_id=other)]
    assert "migration_yield_differs" in codes(failure(site, *wrong))
    assert Step.VERIFIED not in {record.step for record in site.records()}
    site.run(given(files["east-1"], license_id="east-1"), given(files[other], license_id=other))
    assert {record.step for record in site.records()} == {Step.VERIFIED}
    events = [event.step for record in site.records() for event in record.history]
    assert "destination_lost" not in events
    assert site.quantity() == 13


# Two journals


@pytest.fixture
def journals(site: Any, tmp_path: Path) -> tuple[Any, Any]:
    """Two controllers with separate journals: equal licenses migrate to one destination."""
    other = copy.copy(site)
    other.issued = 100
    other.folder = tmp_path / "second"
    other.folder.mkdir()
    other.source = type(site.source)("south", site.ticker)
    other.source.add()
    other.options = {"ids": ("south-1",)}
    site.options = {"ids": ("east-1",)}
    site.run()
    other.run()
    return site, other


def test_an_installation_by_another_controller_proves_nothing(journals: Any, given: Any) -> None:
    one, other = journals
    path = one.platform(one.record)
    one.run(path)
    plan = other.plan(path)
    assert (plan.changed, [cause.code for cause in plan.warnings]) == (False, ["activation_file_not_sent"])
    other.run(path)
    assert other.record.step is Step.WAITING
    other.run(other.platform(other.record))
    assert usable_quantity(*journals) == 20


def test_an_installation_by_another_controller_meanwhile_proves_nothing(journals: Any, kit: Any) -> None:
    """The file was received here but not sent; the other controller sent it."""
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
    # The killed run did not send the file.
    part = replace(record.parts[0], sent_at=None, sent_server_at=None)
    one.journal.write(record.with_part(0, part), "activation_file_received")
    other.run(path)
    error = failure(one)
    assert error.code == "activation_file_not_sent"
    one.run(one.platform(one.record))
    assert (one.record.step, usable_quantity(*journals)) == (Step.VERIFIED, 20)


def test_an_installation_long_after_the_request_is_not_from_this_request(journals: Any, kit: Any) -> None:
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


def test_an_installation_by_another_run_between_reading_and_writing_proves_nothing(
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
    # It was for this migration, and the operator confirms it by naming the license.
    one.run(given(path, license_id="east-1"))
    assert one.record.step is Step.VERIFIED


# Files from an earlier time


def test_a_file_that_was_present_before_is_not_the_issued_file(site: Any, given: Any) -> None:
    path = site.folder / "OLD.ak"
    path.write_bytes(b"older")
    site.destination.add(file_name="OLD.ak", sha256=hashlib.sha256(b"older").hexdigest())
    site.run()
    plan = site.plan(path)
    assert (plan.changed, [cause.code for cause in plan.warnings]) == (False, ["activation_file_present"])
    assert failure(site, given(path, license_id="east-1")).code == "activation_file_present"
    # This is also true when the destination no longer lists it.
    site.destination.records.clear()
    assert failure(site, given(path, license_id="east-1")).code == "activation_file_present"
    site.run(path, site.platform(site.record))
    assert (site.record.step, site.quantity()) == (Step.VERIFIED, 10)


def test_a_file_given_before_the_uninstallation_is_not_used(site: Any, given: Any) -> None:
    path = site.folder / "EARLY.ak"
    path.write_bytes(b"early")
    assert failure(site, given(path, license_id="east-1")).code == "activation_file_early"
    assert site.source.writes == []
    plan = site.plan(path)
    assert [cause.code for cause in plan.warnings] == ["activation_file_early"]
    assert plan.todos[0].actions == ("uninstall", "save_uninstall_file", "request_transfer")


@pytest.mark.parametrize(
    ("issued_at", "older"),
    [
        ("2026-11-23T07:59:59Z", True),  # a day before the migrated license itself was issued
        ("2026-11-23T08:00:00Z", False),
        ("2026-11-24T00:00:00+08:00", False),  # the same day, from a server that reports local time
        (None, False),
    ],
)
def test_the_time_of_issue_is_compared(site: Any, given: Any, issued_at: Any, older: bool) -> None:
    path = site.platform(site.run().records[0])
    add = site.destination.add
    site.destination.add = lambda *row: add(*row, issued_at=issued_at)
    if not older:
        site.run(path)
        assert site.record.step is Step.VERIFIED
        return
    error = failure(site, path)
    assert "activation_file_older" in codes(error)
    assert failure(site).code == "activation_file_older"
    site.run(given(path, license_id="east-1"))
    assert (site.record.step, site.record.parts[0].named) == (Step.VERIFIED, True)


@pytest.mark.parametrize(
    ("issued_at", "older"), [("2026-11-23T07:59:59Z", True), ("2026-11-23T08:00:00Z", False)]
)
def test_a_file_issued_a_day_before_the_uninstallation_is_refused(
    site: Any, issued_at: str, older: bool
) -> None:
    site.source.records[0] = replace(site.source.records[0], issued_at="2026-01-10T02:00:00Z")
    path = site.platform(site.run().records[0])
    add = site.destination.add
    site.destination.add = lambda *row: add(*row, issued_at=issued_at)
    if older:
        assert "activation_file_older" in codes(failure(site, path))
    else:
        site.run(path)
    assert site.record.step is (Step.WAITING if older else Step.VERIFIED)


def test_the_device_is_compared(site: Any, given: Any) -> None:
    path = site.platform(site.run().records[0])
    add = site.destination.add
    site.destination.add = lambda *row: add(*row, device="f" * 64)
    assert "activation_file_other_device" in codes(failure(site, path))
    assert site.record.step is Step.WAITING
    site.run(given(path, license_id="east-1"))
    assert site.record.step is Step.VERIFIED


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
def test_the_installed_license_must_equal_the_uninstalled_license(
    site: Any, given: Any, change: dict[str, Any]
) -> None:
    path = site.platform(site.run().records[0])
    add = site.destination.add

    def other(product: Any, arch: Any, kind: Any, code: Any, quantity: Any, *rest: Any) -> Any:
        row = {"product": product, "arch": arch, "kind": kind, "code": code, "quantity": quantity, **change}
        return add(*row.values(), *rest)

    site.destination.add = other
    assert "migration_yield_differs" in codes(failure(site, path))
    assert failure(site).code == "migration_yield_differs"
    # Naming the license does not override this.
    assert failure(site, given(path, license_id="east-1")).code == "migration_yield_differs"
    site.destination.add = add
    site.run(site.platform(site.record))
    assert site.record.step is Step.VERIFIED


# Refused files


def test_a_file_refused_for_the_device_is_not_sent_again(site: Any, given: Any) -> None:
    old = site.platform(site.run().records[0])
    site.destination.device = 2
    for file in (old, given(old, license_id="east-1")):
        if file is old:
            assert "refused_device_mismatch" in codes(failure(site, file))
        before = len(site.destination.writes)
        plan = site.plan(file)
        assert "activation_file_refused_before" in [cause.code for cause in plan.warnings]
        site.run(file)
        assert len(site.destination.writes) == before
        assert site.record.step is Step.WAITING
    assert site.record.transfer.folder == "transfer-2"
    new = site.platform(site.record)
    site.run(given(old, license_id="east-1"), given(new, license_id="east-1"))
    assert site.record.step is Step.VERIFIED
    plan = site.plan(given(old, license_id="east-1"), given(new, license_id="east-1"))
    assert (plan.changed, plan.warnings) == (False, ())


def test_a_refused_file_is_sent_again_after_the_device_is_restored(site: Any) -> None:
    path = site.platform(site.run().records[0])
    site.destination.device = 2
    assert "refused_device_mismatch" in codes(failure(site, path))
    site.destination.device = 1
    site.run(path)
    assert site.record.step is Step.VERIFIED


# Servers that do not list digests


def test_without_digests_a_sent_file_is_recognized_by_its_name(site: Any, kit: Any, given: Any) -> None:
    path = site.platform(site.run().records[0])
    add = site.destination.add

    def without_digest(*row: Any) -> Any:
        ident = add(*row)
        site.destination.records[-1] = replace(site.destination.records[-1], sha256=None)
        return ident

    site.destination.add = without_digest
    install = site.destination.install

    def install_and_die(name: str, content: bytes) -> Any:
        install(name, content)
        raise kit.Killed(name)

    site.destination.install = install_and_die
    with pytest.raises(kit.Killed):
        site.run(path)
    site.destination.install = install
    writes = len(site.destination.writes)
    site.run(path)
    assert (site.record.step, len(site.destination.writes)) == (Step.VERIFIED, writes)
    assert not site.plan(path).changed
    (site.folder / "journal").rename(site.folder / "lost")
    site.run()
    assert failure(site, path).code == "activation_file_unidentified"
    site.run(given(path, license_id="east-1"))
    assert site.record.step is Step.VERIFIED


# Planned migrations


def test_a_planned_migration_includes_licenses_added_to_its_file(site: Any, kit: Any) -> None:
    refused = errors.BusinessError("business_error", error_code="license_assigned", error_message="held")
    site.source.faults.append(kit.Fault("uninstall", refused))
    failure(site)
    row = site.source.records[0]
    second = site.source.add(product="container_service", arch=None, quantity=3)
    site.source.records[-1] = replace(site.source.records[-1], sha256=row.sha256)
    assert failure(site).code == "license_file_shared"
    (record,) = site.run(ids=("east-1", second)).records
    assert (record.license_ids, record.step) == (("east-1", second), Step.WAITING)
    assert [todo.record.id for todo in site.plan(ids=("east-1", second)).todos] == [record.id]


def test_a_planned_migration_is_planned_again_on_a_source_with_another_id(site: Any, kit: Any) -> None:
    refused = errors.BusinessError("business_error", error_code="license_assigned", error_message="held")
    site.source.faults.append(kit.Fault("uninstall", refused))
    failure(site)
    site.source.id = "north"
    (record,) = site.run().records
    assert (record.source.server_id, record.step) == ("north", Step.WAITING)
    site.run(site.platform(record))
    assert site.quantity() == 10


def test_no_bundle_is_written_for_another_server_at_the_address(site: Any) -> None:
    site.run()
    site.destination.id = "north"
    site.destination.device = 2
    error = failure(site)
    assert error.code == "migration_server_changed"
    assert site.record.transfer.folder == "transfer"


def test_a_new_bundle_does_not_need_a_source_whose_remainder_is_installed(site: Any, given: Any) -> None:
    site.options["quantities"] = (4,)
    record = site.run().records[0]
    site.run(given(site.platform(record, 1), quantity=6))
    site.source.down = True
    site.destination.device = 2
    site.run()
    assert site.record.transfer.folder == "transfer-2"
    site.run(given(site.platform(site.record, 0), quantity=4))
    site.source.down = False
    site.run()
    assert (site.record.step, site.quantity()) == (Step.VERIFIED, 10)
