# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Arrival of a license: each file belongs to one migration, and the journal records what it sent."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.journal.record import (
    MigrationRecord,
    Step,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import errors

from .....fakes.migration_run import codes, failure


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
    one.destination.failures.append(kit.Failure("install", kit.LOST))
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
    one.destination.failures.append(kit.Failure("install", kit.LOST))
    failure(one, path)
    assert one.record.parts[0].sent_server_at == "2026-11-24T08:00:00Z"
    other.run(path)
    row = one.destination.records[0]
    one.destination.records[0] = replace(row, installed_at="2026-11-24T09:00:01Z")
    assert failure(one).code == "activation_file_not_sent"
    one.destination.records[0] = replace(row, installed_at="2026-11-24T09:00:00Z")
    assert one.plan().tasks[0].actions == ("verify",)


def test_a_request_that_was_certainly_not_carried_out_proves_nothing_later(journals: Any, kit: Any) -> None:
    one, other = journals
    path = other.platform(other.record)
    one.destination.failures.append(
        kit.Failure("install", errors.Unreachable("unreachable_refused", endpoint="x"))
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
