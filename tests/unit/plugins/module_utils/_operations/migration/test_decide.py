# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task may ask for, what is refused before anything is sent, and which file is for which part."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.catalog.site import (
    site_rows,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import OperationError
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.journal.record import (
    End,
    Step,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.migration.plan import ServerEnd
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import ClientRecord, Share
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import errors


def refused(world: Any, *files: Any, **changes: Any) -> OperationError:
    """The task is refused, nothing was sent and nothing written."""
    with pytest.raises(OperationError) as caught:
        world.run(*files, **changes)
    assert world.source.writes == []
    assert world.destination.writes == []
    assert not (world.folder / "journal").exists()
    return caught.value


def codes(error: OperationError) -> list[str]:
    return [error.code, *(cause.code for cause in error.causes)]


def test_deciding_writes_nothing_and_foretells_the_run(world: Any) -> None:
    plan = world.plan()
    assert not (world.folder / "journal").exists()
    assert world.source.writes == []
    (todo,) = plan.todos
    assert todo.actions == ("uninstall", "save_uninstall_file", "request_transfer")
    assert todo.target is world.run().records[0].step


# What may leave


@pytest.mark.parametrize("kind", ["temporary", "preinstalled"])
def test_only_formal_licenses_move(world: Any, kind: str) -> None:
    world.source.records.clear()
    world.source.add(kind=kind, expires_at="2026-12-06T00:00:00Z")
    error = refused(world)
    assert (error.code, error.rule) == ("migration_refused", "R16")


def test_expired_ones_do_not_move(world: Any) -> None:
    world.source.records.clear()
    world.source.add(expires_at="2026-11-23T00:00:00Z", status="expired")
    assert refused(world).rule == "R16"


def test_a_license_that_a_connected_client_holds_stays(world: Any) -> None:
    world.source.records.clear()
    world.source.add(assigned=(Share("hangzhou", 10),))
    world.source.registered = [ClientRecord("hangzhou", "connected", None)]
    assert "license_held" in codes(refused(world))
    world.source.registered = [ClientRecord("hangzhou", "disconnected", None)]
    world.run()


def test_licenses_of_one_file_go_together(world: Any) -> None:
    shared = world.source.records[0].sha256
    world.source.add(product="container_service", arch=None, sha256=shared)
    error = refused(world)
    assert (error.code, error.fields["others"]) == ("license_file_shared", ["east-2"])
    (record,) = world.run(ids=["east-2", "east-1"]).records
    assert record.license_ids == ("east-2", "east-1")
    assert world.source.writes == ["uninstall east-2"]
    (record,) = world.run(world.platform(record), ids=["east-1", "east-2"]).records
    assert record.step is Step.VERIFIED
    assert len(record.parts[0].license_ids) == 2


def test_a_planned_license_of_a_larger_file_by_now_does_not_take_the_others_along(
    world: Any, kit: Any
) -> None:
    held = errors.TaskFailed("task_failed", error_code="license_assigned", error_message="in use")
    world.source.faults.append(kit.Fault("uninstall", held))
    with pytest.raises(OperationError, match="migration_interrupted"):
        world.run()
    assert (world.record.step, world.record.sent_at) == (Step.PLANNED, None)
    world.source.add(product="container_service", arch=None, sha256=world.source.records[0].sha256)
    with pytest.raises(OperationError) as caught:
        world.run()
    assert (caught.value.code, caught.value.fields["others"]) == ("license_file_shared", ["east-2"])
    assert world.source.uninstalls == []


def test_an_id_that_is_not_there_is_no_license(world: Any) -> None:
    assert refused(world, ids=["east-9"]).code == "license_unknown"
    assert refused(world, license_ids=()).code == "license_ids_empty"


@pytest.mark.parametrize("unclear", [{"product": None}, {"quantity": None}])
def test_what_the_source_does_not_state_could_not_be_told_to_have_arrived(world: Any, unclear: Any) -> None:
    world.source.records.clear()
    world.source.add(**unclear)
    assert refused(world).code == "migration_license_unclear"


# The rules on both sides


def base(world: Any, **more: Any) -> str:
    return str(world.source.add(product="vms_standard", file_name="B.ak", **more))


def upgrade(world: Any, server: Any, **more: Any) -> str:
    return str(server.add(product="vms_standard_to_enterprise", file_name="U.ak", **more))


def test_a_base_that_an_upgrade_starts_from_stays(world: Any) -> None:
    ident = base(world)
    upgrade(world, world.source)
    error = refused(world, ids=[ident])
    assert error.rule in ("R5", "R6")


def test_base_and_upgrade_move_together_upgrade_first_and_base_first(world: Any) -> None:
    ids = [base(world), upgrade(world, world.source)]
    records = world.run(ids=ids).records
    assert world.source.writes == ["uninstall " + ids[1], "uninstall " + ids[0]]
    files = {record.license_ids[0]: world.platform(record) for record in records}
    given = [gift(files[ident], license_id=ident) for ident in reversed(ids)]
    done = world.run(*given, ids=ids).records
    assert {record.step for record in done} == {Step.VERIFIED}
    assert [record.product for record in world.destination.records] == [
        "vms_standard",
        "vms_standard_to_enterprise",
    ]


def gift(path: Any, **hints: Any) -> Any:
    from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core import license_files
    from ansible_collections.unicloud.usphere.plugins.module_utils._operations.migration import match_files

    return match_files.GivenFile(license_files.read_activation_file(str(path)), **hints)


def test_the_upgrade_alone_waits_for_its_base(world: Any) -> None:
    ids = [base(world), upgrade(world, world.source)]
    records = world.run(ids=ids).records
    late = next(record for record in records if record.license_ids == (ids[1],))
    with pytest.raises(OperationError) as caught:
        world.run(gift(world.platform(late), license_id=ids[1]), ids=ids)
    assert (caught.value.code, caught.value.rule) == ("install_refused", "R5")
    assert world.destination.writes == []


def test_another_edition_at_the_destination_is_refused_before_anything_leaves(world: Any) -> None:
    ident = base(world)
    world.destination.add(product="vms_enterprise", file_name="E.ak")
    error = refused(world, ids=[ident])
    assert (error.code, error.rule) == ("migration_refused", "R4")


def test_an_upgrade_without_its_base_at_the_destination_is_refused(world: Any) -> None:
    base(world)
    ident = upgrade(world, world.source)
    assert refused(world, ids=[ident]).rule == "R5"


def test_a_destination_that_cannot_say_its_device_is_known_before(world: Any, kit: Any) -> None:
    lacking = errors.OperationUnsupported("operation_unsupported", operation="device_info", profile="x")
    world.destination.faults.append(kit.Fault("GET device-info", lacking))
    with pytest.raises(errors.OperationUnsupported):
        world.run()
    assert world.source.writes == []
    assert world.records() == ()


# The right servers


def test_source_and_destination_are_two(world: Any) -> None:
    world.destination.id = "east"
    assert refused(world).code == "migration_same_server"


def test_another_server_at_the_sources_address_is_not_taken_for_it(world: Any, kit: Any) -> None:
    world.source.faults.append(kit.Fault("uninstall", kit.LOST))
    with pytest.raises(OperationError):
        world.run()
    world.source.id = "north"
    with pytest.raises(OperationError) as caught:
        world.run()
    assert caught.value.code == "migration_server_changed"


def test_a_pair_of_license_servers_is_one_whichever_answers(world: Any) -> None:
    world.destination.id, world.destination.peer = "west", "west-2"
    record = world.run().records[0]
    world.destination.id, world.destination.peer = "west-2", "west"
    path = world.platform(record, device="west-2/1")
    world.run(path)
    assert world.record.step is Step.VERIFIED
    world.destination.peer = "east"
    assert refused_same(world) == "migration_same_server"


def refused_same(world: Any) -> str:
    world.source.add(product="container_service", arch=None, file_name="C.ak")
    with pytest.raises(OperationError) as caught:
        world.plan(ids=["east-2"])
    return caught.value.code


def test_another_destination_on_the_way_is_refused(world: Any) -> None:
    world.run()
    elsewhere = ServerEnd("10.3.0.5", 28443)
    # The same server by another name is the same server.
    assert not world.plan(destination=elsewhere).changed
    world.destination.id = "north"
    with pytest.raises(OperationError) as caught:
        world.plan(destination=elsewhere)
    assert caught.value.code == "migration_other_destination"


def test_the_same_licenses_under_another_address_of_the_source_are_found(world: Any) -> None:
    world.run()
    assert not world.plan(source=ServerEnd("ls-east.example", 28443)).changed
    world.source.down = True
    with pytest.raises(errors.Unreachable):
        world.plan(source=ServerEnd("ls-east.example", 28443))
    assert not world.plan(source=ServerEnd("10.1.0.5", 28443)).changed


def test_a_license_that_vanished_from_the_source_stops_the_run(world: Any, kit: Any) -> None:
    world.source.faults.append(kit.Fault("uninstall", kit.LOST))
    with pytest.raises(OperationError):
        world.run()
    world.source.records.clear()
    with pytest.raises(OperationError) as caught:
        world.run()
    assert caught.value.code == "migration_license_vanished"


def test_the_destination_has_it_already(world: Any) -> None:
    """The journal was lost after the installation: the operator names the license, and nothing is sent."""
    path = world.platform(world.run().records[0])
    world.run(path)
    (world.folder / "journal").rename(world.folder / "lost")
    world.source.calls.clear()
    world.destination.calls.clear()
    plan = world.plan(path)
    assert plan.todos[0].actions == ("save_uninstall_file", "request_transfer")
    assert [cause.code for cause in plan.warnings] == [
        "migration_already_uninstalled",
        "activation_file_not_sent",
    ]
    named = gift(path, license_id="east-1")
    assert world.plan(named).todos[0].actions == ("save_uninstall_file", "verify")
    (record,) = world.run(named).records
    assert (record.step, record.parts[0].named) == (Step.VERIFIED, True)
    assert world.source.writes == []
    assert world.destination.writes == []


# Parts


def test_a_fixed_code_stays_whole(world: Any) -> None:
    world.source.records.clear()
    world.source.add(code="3130B0XY")
    error = refused(world, quantities=(4,))
    assert (error.code, error.rule) == ("migration_fixed_split", "R25")


@pytest.mark.parametrize("code", [None, "9999", "313"])
def test_a_code_of_no_known_kind_is_not_split(world: Any, code: Any) -> None:
    world.source.records.clear()
    world.source.add(code=code)
    assert refused(world, quantities=(4,)).rule == "R24"


def test_more_than_there_is_is_refused(world: Any) -> None:
    assert refused(world, quantities=(6, 5)).rule == "R26"


def test_one_license_at_a_time_is_split(world: Any) -> None:
    world.source.add(product="container_service", arch=None, file_name="C.ak")
    assert refused(world, ids=["east-1", "east-2"], quantities=(4,)).code == "quantities_one_license"


@pytest.mark.parametrize(
    ("quantities", "to", "parts"),
    [
        ((10,), End.SOURCE, [(End.DESTINATION, None)]),
        ((4, 6), End.SOURCE, [(End.DESTINATION, 4), (End.DESTINATION, 6)]),
        ((4,), End.DESTINATION, [(End.DESTINATION, 4), (End.DESTINATION, 6)]),
        ((4, 3), End.SOURCE, [(End.DESTINATION, 4), (End.DESTINATION, 3), (End.SOURCE, 3)]),
    ],
)
def test_the_parts(world: Any, quantities: Any, to: End, parts: Any) -> None:
    (todo,) = world.plan(quantities=quantities, remainder_to=to).todos
    assert [(part.end, part.quantity) for part in todo.record.parts] == parts


def test_parts_that_were_asked_for_stay(world: Any) -> None:
    world.run(quantities=(4,))
    assert not world.plan(quantities=(4,)).changed
    assert not world.plan().changed
    with pytest.raises(OperationError) as caught:
        world.plan(quantities=(5,))
    assert caught.value.code == "migration_other_quantities"


def test_a_part_that_brings_too_little_is_told(world: Any) -> None:
    record = world.run(quantities=(4,)).records[0]
    short = world.platform(record, 0, licenses=[["srm", "x86_64", "formal", "3132A0XY", 3]])
    with pytest.raises(OperationError) as caught:
        world.run(gift(short, quantity=4))
    assert "migration_yield_differs" in codes(caught.value)


def test_the_part_and_the_rest_are_not_guessed(world: Any) -> None:
    record = world.run(quantities=(4,)).records[0]
    part = world.platform(record, 0)
    with pytest.raises(OperationError) as caught:
        world.run(part)
    assert caught.value.code == "activation_file_ambiguous"
    with pytest.raises(OperationError) as caught:
        world.run(gift(part, quantity=5))
    assert caught.value.code == "activation_file_without_part"


def test_a_part_at_the_wrong_end_is_refused_and_nothing_is_lost(world: Any) -> None:
    record = world.run(quantities=(5,)).records[0]
    part, rest = world.platform(record, 0), world.platform(record, 1)
    with pytest.raises(OperationError) as caught:
        world.run(gift(part, end=End.SOURCE), gift(rest, end=End.DESTINATION))
    assert "refused_device_mismatch" in codes(caught.value)
    world.run(gift(part, end=End.DESTINATION))
    world.run(gift(rest))
    assert world.record.step is Step.VERIFIED
    assert world.quantity() == 10


def test_the_same_file_twice_is_a_mistake(world: Any) -> None:
    path = world.platform(world.run().records[0])
    with pytest.raises(OperationError) as caught:
        world.run(path, path)
    assert caught.value.code == "activation_file_twice"


# Giving up


def test_giving_up_while_nothing_left(world: Any, kit: Any) -> None:
    world.source.faults.append(kit.Fault("uninstall", kit.LOST))
    with pytest.raises(OperationError):
        world.run()
    assert world.abort().records[0].step is Step.ABORTED
    assert len(world.source.live()) == 1


def test_giving_up_is_too_late_once_it_left(world: Any, kit: Any) -> None:
    world.source.faults.append(kit.Fault("uninstall", kit.LOST, after=True))
    world.source.faults.append(kit.Fault("GET uninstall-file", kit.LOST))
    with pytest.raises(OperationError):
        world.run()
    with pytest.raises(OperationError) as caught:
        world.abort()
    assert caught.value.code == "migration_abort_late"
    world.run()
    with pytest.raises(OperationError):
        world.abort()


def test_giving_up_is_too_late_if_somebody_else_uninstalled_it(world: Any, kit: Any) -> None:
    refused = errors.BusinessError("business_error", error_code="license_assigned", error_message="held")
    world.source.faults.append(kit.Fault("uninstall", refused))
    with pytest.raises(OperationError):
        world.run()
    world.source.uninstall("east-1")
    with pytest.raises(OperationError) as caught:
        world.abort()
    assert caught.value.code == "migration_abort_late"


def test_nothing_to_give_up_is_no_success(world: Any) -> None:
    with pytest.raises(OperationError) as caught:
        world.abort()
    assert caught.value.code == "migration_unknown"


def test_what_was_given_up_may_go_elsewhere(world: Any, kit: Any) -> None:
    world.source.faults.append(kit.Fault("uninstall", kit.LOST))
    with pytest.raises(OperationError):
        world.run()
    world.abort()
    world.destination.id = "north"
    world.run(destination=ServerEnd("10.3.0.5", 28443))
    assert world.record.destination.server_id == "north"


# Several at once


def test_a_later_one_that_fails_leaves_the_earlier_ones_safe(world: Any, kit: Any) -> None:
    other = world.source.add(product="container_service", arch=None, file_name="C.ak")
    world.source.faults.append(kit.Fault("uninstall " + other, kit.LOST))
    with pytest.raises(OperationError) as caught:
        world.run(ids=["east-1", other])
    states = {record.license_ids[0]: record.step for record in world.records()}
    assert "migration_interrupted" in codes(caught.value)
    assert Step.PLANNED in states.values()
    world.run(ids=["east-1", other])
    assert {record.step for record in world.records()} == {Step.WAITING}
    assert sorted(world.source.uninstalls) == sorted(["east-1", other])


# A site's own products


def test_a_product_of_the_site_is_judged_where_it_arrives(world: Any) -> None:
    world.source.records.clear()
    world.source.add(product="gpu_service", arch=None)
    row = {"id": "gpu_service", "class": "feature", "metric": "cpu_socket", "installation": "remote"}
    unchecked = [cause.code for cause in world.plan().unchecked]
    assert "product_unrecognised" in unchecked
    plan = world.plan(catalog=site_rows([row]))
    assert [cause.code for cause in plan.unchecked] == []
