# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Issued activation files: time of issue, device, content, and files that were refused."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.journal.record import (
    Step,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import errors

from .....fakes.migration_run import codes, failure

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
    assert plan.tasks[0].actions == ("uninstall", "save_uninstall_file", "request_transfer")


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
    site.source.failures.append(kit.Failure("uninstall", refused))
    failure(site)
    row = site.source.records[0]
    second = site.source.add(product="container_service", arch=None, quantity=3)
    site.source.records[-1] = replace(site.source.records[-1], sha256=row.sha256)
    assert failure(site).code == "license_file_shared"
    (record,) = site.run(ids=("east-1", second)).records
    assert (record.license_ids, record.step) == (("east-1", second), Step.WAITING)
    assert [task.record.id for task in site.plan(ids=("east-1", second)).tasks] == [record.id]


def test_a_planned_migration_is_planned_again_on_a_source_with_another_id(site: Any, kit: Any) -> None:
    refused = errors.BusinessError("business_error", error_code="license_assigned", error_message="held")
    site.source.failures.append(kit.Failure("uninstall", refused))
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
