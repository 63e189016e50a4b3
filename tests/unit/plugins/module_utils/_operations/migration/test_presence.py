# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Restored and lost licenses: what each run reads back from both servers."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import OperationError
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.journal.record import (
    End,
    Step,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.request.transfer_steps import (
    steps_now,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import errors

from .....fakes.migration_presence import bring_back, refusal, verified, waiting

# The license is usable on the source again


def test_a_restored_source_stops_the_run_before_the_installation(site: Any) -> None:
    path = waiting(site)
    bring_back(site.source, "east-1")
    error = refusal(site, path)
    assert (error.code, error.rule) == ("migration_source_live", "R16")
    assert site.quantity() == 10
    # The operator uninstalls the license there once more.
    site.source.uninstall("east-1")
    site.run(path)
    assert (site.record.step, site.quantity()) == (Step.VERIFIED, 10)


def test_a_restored_source_stops_a_waiting_migration(site: Any) -> None:
    waiting(site)
    bring_back(site.source, "east-1")
    assert refusal(site).code == "migration_source_live"


def test_a_restored_license_under_another_id_is_recognized_by_its_file(site: Any) -> None:
    path = waiting(site)
    row = site.source.records[0]
    site.source.records = [replace(row, id="east-9", status="usable")]
    error = refusal(site, path)
    assert error.fields["license_ids"] == ["east-9"]


def test_another_license_under_the_same_id_is_not_the_migrated_one(site: Any) -> None:
    path = waiting(site)
    site.source.records = []
    site.source.add(file_name="OTHER.ak")
    site.run(path)
    assert site.record.step is Step.VERIFIED
    # It is usable on the source and stays there; every run reports that.
    plan = site.plan()
    assert (plan.changed, [cause.code for cause in plan.warnings]) == (False, ["migration_id_reused"])
    assert plan.warnings[0].fields["license_ids"] == ["east-1"]
    # The advice of the message works: another journal migrates the other license.
    other = copy.copy(site)
    other.folder = site.folder / "other"
    other.folder.mkdir()
    other.run(other.platform(other.run().records[0]))
    assert (other.record.step, len(site.destination.live())) == (Step.VERIFIED, 2)


def test_a_source_restored_before_the_uninstall_file_is_saved_stops_the_run(site: Any, kit: Any) -> None:
    site.source.failures.append(kit.Failure("GET uninstall-file", kit.LOST))
    with pytest.raises(OperationError):
        site.run()
    assert site.record.step is Step.SOURCE_UNINSTALLED
    bring_back(site.source, "east-1")
    assert refusal(site).code == "migration_source_live"
    site.source.uninstall("east-1")
    site.run()
    assert site.record.step is Step.WAITING


def test_a_license_usable_on_both_servers_is_an_error(site: Any) -> None:
    verified(site)
    bring_back(site.source, "east-1")
    error = refusal(site)
    assert error.code == "migration_live_on_both"
    site.source.uninstall("east-1")
    assert not site.plan().changed
    assert site.quantity() == 10


def test_a_license_that_was_replaced_before_the_uninstallation_is_not_uninstalled(
    site: Any, kit: Any
) -> None:
    site.source.failures.append(kit.Failure("uninstall", kit.LOST))
    with pytest.raises(OperationError):
        site.run()
    site.source.records = []
    site.source.add(file_name="OTHER.ak")
    assert refusal(site).code == "migration_license_vanished"
    assert len(site.source.live()) == 1


# The source is unreachable


@pytest.mark.parametrize(
    "error",
    [
        errors.Unreachable("unreachable_refused", endpoint="x"),
        errors.AuthenticationFailed("login_failed", sent=True),
        errors.HttpError("http_status", status=503, endpoint="x", method="GET", path="x"),
    ],
    ids=lambda error: error.code,
)
def test_an_unreachable_source_blocks_nothing_and_proves_nothing(site: Any, kit: Any, error: Any) -> None:
    path = waiting(site)
    site.source.failures.append(kit.Failure("GET", error))
    plan = site.plan(path)
    assert not plan.source_checked
    assert plan.warnings[0].code == "migration_source_unread"
    site.source.down = True
    site.run(path)
    assert site.record.step is Step.VERIFIED


def test_another_server_at_the_address_of_the_source_is_reported(site: Any) -> None:
    path = waiting(site)
    site.source.id = "north"
    plan = site.plan(path)
    assert not plan.source_checked
    assert [cause.code for cause in plan.warnings] == ["migration_source_other"]


# The license is missing on the destination


def test_a_license_lost_on_the_destination_is_installed_again_from_the_journal(site: Any) -> None:
    verified(site)
    site.destination.records.clear()
    plan = site.plan()
    assert (plan.changed, plan.tasks[0].actions) == (True, ("install", "verify"))
    assert "migration_lost_at_destination" in [cause.code for cause in plan.warnings]
    assert [record.step for record in plan.known_records] == [Step.VERIFIED]
    site.run()
    assert [event.step for event in site.record.history][-4:] == [
        "destination_lost",
        "install_sent",
        "installed",
        "verified",
    ]
    assert site.quantity() == 10
    assert not site.plan().changed


def test_it_is_installed_again_while_the_source_is_unreachable(site: Any) -> None:
    verified(site)
    site.destination.records.clear()
    site.source.down = True
    site.run()
    assert (site.record.step, site.quantity()) == (Step.VERIFIED, 10)


def test_with_both_servers_restored_the_operator_decides(site: Any) -> None:
    verified(site)
    site.destination.records.clear()
    bring_back(site.source, "east-1")
    assert refusal(site).code == "migration_source_live"
    site.source.uninstall("east-1")
    site.run()
    assert (site.record.step, site.quantity()) == (Step.VERIFIED, 10)


def test_a_license_lost_on_a_destination_with_another_device_needs_a_new_file(site: Any) -> None:
    verified(site)
    site.destination.records.clear()
    site.destination.device = 2
    with pytest.raises(OperationError) as caught:
        site.run()
    assert "refused_device_mismatch" in [cause.code for cause in caught.value.causes]
    site.run()
    assert site.record.step is Step.WAITING
    site.run(site.platform(site.record))
    assert (site.record.step, site.quantity()) == (Step.VERIFIED, 10)


@pytest.mark.parametrize("status", ["unusable", "expired", "suspended", None])
def test_a_license_that_is_no_longer_usable_is_an_error(site: Any, status: Any) -> None:
    verified(site)
    site.destination.records[0] = replace(site.destination.records[0], status=status)
    error = refusal(site)
    assert (error.code, error.fields["states"]) == ("migration_not_live", [str(status)])


def test_a_license_past_its_expiry_is_an_error_in_every_status(
    site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    end = "2026-12-01T00:00:00Z"
    add = site.destination.add
    site.source.records[0] = replace(site.source.records[0], expires_at=end)
    site.destination.add = lambda *row: add(*row, expires_at=end)
    verified(site)
    assert not site.plan().changed
    info = site.destination.server()
    monkeypatch.setattr(site.destination, "server", lambda: replace(info, time="2026-12-02T00:00:00Z"))
    error = refusal(site)
    assert (error.code, error.fields["states"]) == ("migration_not_live", ["expired"])


def test_a_changed_license_is_an_error(site: Any) -> None:
    verified(site)
    site.destination.records[0] = replace(site.destination.records[0], quantity=4)
    assert refusal(site).code == "migration_yield_differs"


def test_a_license_that_was_uninstalled_at_the_destination_is_an_error(site: Any) -> None:
    verified(site)
    site.destination.uninstall("west-1")
    assert refusal(site).code == "migration_left_destination"


def test_a_license_that_was_migrated_onward_is_not_installed_again(site: Any) -> None:
    """The destination was restored to a time before the installation; the license is usable elsewhere."""
    path = verified(site)
    onward = copy.copy(site)
    onward.source, onward.destination = site.destination, type(site.source)("north", site.ticker)
    onward.options = {"ids": ("west-1",)}
    record = onward.run().records[0]
    onward.run(onward.platform(record))
    site.destination.records.clear()
    error = refusal(site, path)
    assert (error.code, error.fields["onward"]) == ("migration_left_destination", record.id)
    assert site.quantity() + sum(row.quantity for row in onward.destination.live()) == 10


def test_a_license_migrated_onward_from_a_pair_is_not_installed_again(site: Any) -> None:
    """The pair failed over before the second migration, so the journal has the license under the other id."""
    site.destination.peer = "west-b"
    path = verified(site)
    site.destination.id, site.destination.peer = "west-b", "west"
    onward = copy.copy(site)
    onward.source, onward.destination = site.destination, type(site.source)("north", site.ticker)
    onward.options = {"ids": ("west-1",)}
    record = onward.run().records[0]
    onward.run(onward.platform(record))
    site.destination.records.clear()
    error = refusal(site, path)
    assert (error.code, error.fields["onward"]) == ("migration_left_destination", record.id)


def test_a_remainder_that_the_source_lost_is_installed_again(site: Any, given: Any) -> None:
    site.options["quantities"] = (4,)
    record = site.run().records[0]
    part, rest = site.platform(record, 0), site.platform(record, 1)
    site.run(given(part, quantity=4), given(rest, quantity=6))
    assert site.record.step is Step.VERIFIED
    site.source.records = [row for row in site.source.records if row.status == "uninstalled"]
    site.run()
    assert (site.record.step, site.quantity()) == (Step.VERIFIED, 10)


@pytest.mark.parametrize("kept_before", [False, True], ids=["given now", "kept before"])
def test_a_remainder_for_an_unreachable_source_does_not_block_the_other_part(
    site: Any, given: Any, kit: Any, kept_before: bool
) -> None:
    site.options["quantities"] = (4,)
    record = site.run().records[0]
    files = [given(site.platform(record, 0), quantity=4), given(site.platform(record, 1), quantity=6)]
    if kept_before:
        error = errors.Unreachable("unreachable_refused", endpoint="x")
        site.destination.failures.append(kit.Failure("install", error))
        with pytest.raises(OperationError, match="migration_interrupted"):
            site.run(*files)
        files = []
    site.source.down = True
    plan = site.plan(*files)
    assert (plan.tasks[0].actions[-1], plan.tasks[0].target) == ("install", Step.WAITING)
    site.run(*files)
    assert (site.record.step, site.quantity()) == (Step.WAITING, 4)
    again = site.plan()
    assert (again.changed, again.source_checked) == (False, False)
    assert [step.code for step in steps_now(site.record, site.journal)] == ["step_run_again_answered"]
    site.source.down = False
    site.run()
    assert (site.record.step, site.quantity()) == (Step.VERIFIED, 10)


def test_a_lost_part_is_installed_again_while_the_source_is_unreachable(site: Any, given: Any) -> None:
    site.options["quantities"] = (4,)
    record = site.run().records[0]
    site.run(given(site.platform(record, 0), quantity=4), given(site.platform(record, 1), quantity=6))
    site.destination.records.clear()
    site.source.down = True
    assert (site.plan().tasks[0].actions, site.plan().tasks[0].target) == (("install",), Step.INSTALLED)
    site.run()
    assert (site.record.step, site.quantity(), site.plan().changed) == (Step.INSTALLED, 10, False)
    site.source.down = False
    site.run()
    assert (site.record.step, site.quantity()) == (Step.VERIFIED, 10)


def test_a_remainder_is_unchecked_while_the_source_is_unreachable(site: Any, given: Any) -> None:
    site.options["quantities"] = (4,)
    record = site.run().records[0]
    site.run(given(site.platform(record, 0), quantity=4), given(site.platform(record, 1), end=End.SOURCE))
    site.source.down = True
    plan = site.plan()
    assert (plan.changed, plan.source_checked) == (False, False)
