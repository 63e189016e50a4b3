# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide a migration: allowed requests, checks before anything is sent, and the file of each part."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.catalog.catalog import (
    with_site_rows,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import OperationError
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.journal.record import (
    Step,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.migration.plan import ServerEnd
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.license_server_api import (
    ClientRecord,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import (
    Share,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import errors

from .....fakes.migration_run import codes, given_file, refused


def test_deciding_writes_nothing_and_previews_the_run(site: Any) -> None:
    plan = site.plan()
    assert not (site.folder / "journal").exists()
    assert site.source.writes == []
    (task,) = plan.tasks
    assert task.actions == ("uninstall", "save_uninstall_file", "request_transfer")
    assert task.target is site.run().records[0].step


# Licenses that may be uninstalled


@pytest.mark.parametrize("kind", ["temporary", "preinstalled"])
def test_only_formal_licenses_can_be_migrated(site: Any, kind: str) -> None:
    site.source.records.clear()
    site.source.add(kind=kind, expires_at="2026-12-06T00:00:00Z")
    error = refused(site)
    assert (error.code, error.rule) == ("migration_refused", "R16")


def test_expired_licenses_cannot_be_migrated(site: Any) -> None:
    site.source.records.clear()
    site.source.add(expires_at="2026-11-23T00:00:00Z", status="expired")
    assert refused(site).rule == "R16"


def test_a_license_held_by_a_connected_client_is_not_migrated(site: Any) -> None:
    site.source.records.clear()
    site.source.add(assigned=(Share("hangzhou", 10),))
    site.source.registered = [ClientRecord("hangzhou", "connected", None)]
    assert "license_held" in codes(refused(site))
    site.source.registered = [ClientRecord("hangzhou", "disconnected", None)]
    site.run()


def test_licenses_of_one_file_are_migrated_together(site: Any) -> None:
    shared = site.source.records[0].sha256
    site.source.add(product="container_service", arch=None, sha256=shared)
    error = refused(site)
    assert (error.code, error.fields["others"]) == ("license_file_shared", ["east-2"])
    (record,) = site.run(ids=["east-2", "east-1"]).records
    assert record.license_ids == ("east-2", "east-1")
    assert site.source.writes == ["uninstall east-2"]
    (record,) = site.run(site.platform(record), ids=["east-1", "east-2"]).records
    assert record.step is Step.VERIFIED
    assert len(record.parts[0].license_ids) == 2


def test_a_planned_license_whose_file_has_grown_is_refused(site: Any, kit: Any) -> None:
    held = errors.TaskFailed("task_failed", error_code="license_assigned", error_message="in use")
    site.source.failures.append(kit.Failure("uninstall", held))
    with pytest.raises(OperationError, match="migration_interrupted"):
        site.run()
    assert (site.record.step, site.record.sent_at) == (Step.PLANNED, None)
    site.source.add(product="container_service", arch=None, sha256=site.source.records[0].sha256)
    with pytest.raises(OperationError) as caught:
        site.run()
    assert (caught.value.code, caught.value.fields["others"]) == ("license_file_shared", ["east-2"])
    assert site.source.uninstalls == []


def test_an_unknown_license_id_is_an_error(site: Any) -> None:
    assert refused(site, ids=["east-9"]).code == "license_unknown"
    assert refused(site, license_ids=()).code == "license_ids_empty"


@pytest.mark.parametrize("unclear", [{"product": None}, {"quantity": None}])
def test_a_license_with_unreported_values_is_refused(site: Any, unclear: Any) -> None:
    site.source.records.clear()
    site.source.add(**unclear)
    assert refused(site).code == "migration_license_unclear"


# The rules on both servers


def base(site: Any, **more: Any) -> str:
    return str(site.source.add(product="vms_standard", file_name="B.ak", **more))


def upgrade(site: Any, server: Any, **more: Any) -> str:
    return str(server.add(product="vms_standard_to_enterprise", file_name="U.ak", **more))


def test_a_base_with_an_upgrade_is_not_migrated(site: Any) -> None:
    ident = base(site)
    upgrade(site, site.source)
    error = refused(site, ids=[ident])
    assert error.rule in ("R5", "R6")


def test_base_and_upgrade_migrate_together_in_the_right_order(site: Any) -> None:
    ids = [base(site), upgrade(site, site.source)]
    records = site.run(ids=ids).records
    assert site.source.writes == ["uninstall " + ids[1], "uninstall " + ids[0]]
    files = {record.license_ids[0]: site.platform(record) for record in records}
    given = [given_file(files[ident], license_id=ident) for ident in reversed(ids)]
    done = site.run(*given, ids=ids).records
    assert {record.step for record in done} == {Step.VERIFIED}
    assert [record.product for record in site.destination.records] == [
        "vms_standard",
        "vms_standard_to_enterprise",
    ]


def test_an_upgrade_alone_waits_for_its_base(site: Any) -> None:
    ids = [base(site), upgrade(site, site.source)]
    records = site.run(ids=ids).records
    late = next(record for record in records if record.license_ids == (ids[1],))
    with pytest.raises(OperationError) as caught:
        site.run(given_file(site.platform(late), license_id=ids[1]), ids=ids)
    assert (caught.value.code, caught.value.rule) == ("install_refused", "R5")
    assert site.destination.writes == []


def test_another_edition_at_the_destination_is_refused_before_the_uninstallation(site: Any) -> None:
    ident = base(site)
    site.destination.add(product="vms_enterprise", file_name="E.ak")
    error = refused(site, ids=[ident])
    assert (error.code, error.rule) == ("migration_refused", "R4")


def test_an_upgrade_without_its_base_at_the_destination_is_refused(site: Any) -> None:
    base(site)
    ident = upgrade(site, site.source)
    assert refused(site, ids=[ident]).rule == "R5"


def test_a_destination_without_device_information_is_detected_in_advance(site: Any, kit: Any) -> None:
    unsupported = errors.OperationUnsupported("operation_unsupported", operation="device_info", profile="x")
    site.destination.failures.append(kit.Failure("GET device-info", unsupported))
    with pytest.raises(errors.OperationUnsupported):
        site.run()
    assert site.source.writes == []
    assert site.records() == ()


# The identity of the servers


def test_source_and_destination_must_differ(site: Any) -> None:
    site.destination.id = "east"
    assert refused(site).code == "migration_same_server"


def test_another_server_at_the_sources_address_is_an_error(site: Any, kit: Any) -> None:
    site.source.failures.append(kit.Failure("uninstall", kit.LOST))
    with pytest.raises(OperationError):
        site.run()
    site.source.id = "north"
    with pytest.raises(OperationError) as caught:
        site.run()
    assert caught.value.code == "migration_server_changed"


def test_either_server_of_a_license_server_pair_is_accepted(site: Any) -> None:
    site.destination.id, site.destination.peer = "west", "west-2"
    record = site.run().records[0]
    site.destination.id, site.destination.peer = "west-2", "west"
    path = site.platform(record, device="west-2/1")
    site.run(path)
    assert site.record.step is Step.VERIFIED
    site.destination.peer = "east"
    assert refused_same(site) == "migration_same_server"


def refused_same(site: Any) -> str:
    site.source.add(product="container_service", arch=None, file_name="C.ak")
    with pytest.raises(OperationError) as caught:
        site.plan(ids=["east-2"])
    return caught.value.code


def test_another_destination_for_a_started_migration_is_refused(site: Any) -> None:
    site.run()
    elsewhere = ServerEnd("10.3.0.5", 28443)
    # The same server under another address is accepted.
    assert not site.plan(destination=elsewhere).changed
    site.destination.id = "north"
    with pytest.raises(OperationError) as caught:
        site.plan(destination=elsewhere)
    assert caught.value.code == "migration_other_destination"


def test_a_migration_is_found_under_another_address_of_the_source(site: Any) -> None:
    site.run()
    assert not site.plan(source=ServerEnd("ls-east.example", 28443)).changed
    site.source.down = True
    with pytest.raises(errors.Unreachable):
        site.plan(source=ServerEnd("ls-east.example", 28443))
    assert not site.plan(source=ServerEnd("10.1.0.5", 28443)).changed


def test_a_license_that_disappeared_from_the_source_stops_the_run(site: Any, kit: Any) -> None:
    site.source.failures.append(kit.Failure("uninstall", kit.LOST))
    with pytest.raises(OperationError):
        site.run()
    site.source.records.clear()
    with pytest.raises(OperationError) as caught:
        site.run()
    assert caught.value.code == "migration_license_vanished"


def test_a_license_that_is_already_installed_is_verified_by_name(site: Any) -> None:
    """The journal was lost after the installation: the operator names the license, and nothing is sent."""
    path = site.platform(site.run().records[0])
    site.run(path)
    (site.folder / "journal").rename(site.folder / "lost")
    site.source.calls.clear()
    site.destination.calls.clear()
    plan = site.plan(path)
    assert plan.tasks[0].actions == ("save_uninstall_file", "request_transfer")
    assert [cause.code for cause in plan.warnings] == [
        "migration_already_uninstalled",
        "activation_file_not_sent",
    ]
    named = given_file(path, license_id="east-1")
    assert site.plan(named).tasks[0].actions == ("save_uninstall_file", "verify")
    (record,) = site.run(named).records
    assert (record.step, record.parts[0].named) == (Step.VERIFIED, True)
    assert site.source.writes == []
    assert site.destination.writes == []


# Several migrations at once


def test_a_later_failure_keeps_the_earlier_migrations_safe(site: Any, kit: Any) -> None:
    other = site.source.add(product="container_service", arch=None, file_name="C.ak")
    site.source.failures.append(kit.Failure("uninstall " + other, kit.LOST))
    with pytest.raises(OperationError) as caught:
        site.run(ids=["east-1", other])
    states = {record.license_ids[0]: record.step for record in site.records()}
    assert "migration_interrupted" in codes(caught.value)
    assert Step.PLANNED in states.values()
    site.run(ids=["east-1", other])
    assert {record.step for record in site.records()} == {Step.WAITING}
    assert sorted(site.source.uninstalls) == sorted(["east-1", other])


# Site products


def test_a_site_product_is_checked_at_the_destination(site: Any) -> None:
    site.source.records.clear()
    site.source.add(product="gpu_service", arch=None)
    row = {"id": "gpu_service", "class": "feature", "metric": "cpu_socket", "installation": "remote"}
    unchecked = [cause.code for cause in site.plan().unchecked]
    assert "product_unrecognised" in unchecked
    plan = site.plan(catalog=with_site_rows([row]))
    assert [cause.code for cause in plan.unchecked] == []
