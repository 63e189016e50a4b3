# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Split a license into parts, and abort a migration."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import OperationError
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.journal.record import (
    End,
    Step,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.migration.plan import ServerEnd
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import errors

from .....fakes.migration_run import codes, given_file, refused

# Parts


def test_a_fixed_code_is_not_split(site: Any) -> None:
    site.source.records.clear()
    site.source.add(code="3130B0XY")
    error = refused(site, quantities=(4,))
    assert (error.code, error.rule) == ("migration_fixed_split", "R25")


@pytest.mark.parametrize("code", [None, "9999", "313"])
def test_a_code_of_unknown_class_is_not_split(site: Any, code: Any) -> None:
    site.source.records.clear()
    site.source.add(code=code)
    assert refused(site, quantities=(4,)).rule == "R24"


def test_more_than_the_available_quantity_is_refused(site: Any) -> None:
    assert refused(site, quantities=(6, 5)).rule == "R26"


def test_only_a_single_license_can_be_split(site: Any) -> None:
    site.source.add(product="container_service", arch=None, file_name="C.ak")
    assert refused(site, ids=["east-1", "east-2"], quantities=(4,)).code == "quantities_one_license"


@pytest.mark.parametrize(
    ("quantities", "to", "parts"),
    [
        ((10,), End.SOURCE, [(End.DESTINATION, None)]),
        ((4, 6), End.SOURCE, [(End.DESTINATION, 4), (End.DESTINATION, 6)]),
        ((4,), End.DESTINATION, [(End.DESTINATION, 4), (End.DESTINATION, 6)]),
        ((4, 3), End.SOURCE, [(End.DESTINATION, 4), (End.DESTINATION, 3), (End.SOURCE, 3)]),
    ],
)
def test_quantities_are_split_into_parts(site: Any, quantities: Any, to: End, parts: Any) -> None:
    (task,) = site.plan(quantities=quantities, remainder_to=to).tasks
    assert [(part.end, part.quantity) for part in task.record.parts] == parts


def test_requested_parts_cannot_be_changed(site: Any) -> None:
    site.run(quantities=(4,))
    assert not site.plan(quantities=(4,)).changed
    assert not site.plan().changed
    with pytest.raises(OperationError) as caught:
        site.plan(quantities=(5,))
    assert caught.value.code == "migration_other_quantities"


def test_a_part_with_a_smaller_quantity_is_an_error(site: Any) -> None:
    record = site.run(quantities=(4,)).records[0]
    short = site.platform(record, 0, licenses=[["srm", "x86_64", "formal", "3132A0XY", 3]])
    with pytest.raises(OperationError) as caught:
        site.run(given_file(short, quantity=4))
    assert "migration_yield_differs" in codes(caught.value)


def test_part_and_remainder_are_not_guessed(site: Any) -> None:
    record = site.run(quantities=(4,)).records[0]
    part = site.platform(record, 0)
    with pytest.raises(OperationError) as caught:
        site.run(part)
    assert caught.value.code == "activation_file_ambiguous"
    with pytest.raises(OperationError) as caught:
        site.run(given_file(part, quantity=5))
    assert caught.value.code == "activation_file_without_part"


def test_a_part_on_the_wrong_server_is_refused_without_a_loss(site: Any) -> None:
    record = site.run(quantities=(5,)).records[0]
    part, rest = site.platform(record, 0), site.platform(record, 1)
    with pytest.raises(OperationError) as caught:
        site.run(given_file(part, end=End.SOURCE), given_file(rest, end=End.DESTINATION))
    assert "refused_device_mismatch" in codes(caught.value)
    site.run(given_file(part, end=End.DESTINATION))
    site.run(given_file(rest))
    assert site.record.step is Step.VERIFIED
    assert site.quantity() == 10


def test_a_duplicate_file_is_an_error(site: Any) -> None:
    path = site.platform(site.run().records[0])
    with pytest.raises(OperationError) as caught:
        site.run(path, path)
    assert caught.value.code == "activation_file_twice"


# Aborting


def test_abort_before_the_uninstallation(site: Any, kit: Any) -> None:
    site.source.failures.append(kit.Failure("uninstall", kit.LOST))
    with pytest.raises(OperationError):
        site.run()
    assert site.abort().records[0].step is Step.ABORTED
    assert len(site.source.live()) == 1


def test_abort_after_the_uninstallation_is_too_late(site: Any, kit: Any) -> None:
    site.source.failures.append(kit.Failure("uninstall", kit.LOST, after=True))
    site.source.failures.append(kit.Failure("GET uninstall-file", kit.LOST))
    with pytest.raises(OperationError):
        site.run()
    with pytest.raises(OperationError) as caught:
        site.abort()
    assert caught.value.code == "migration_abort_late"
    site.run()
    with pytest.raises(OperationError):
        site.abort()


def test_abort_is_too_late_if_another_user_uninstalled_the_license(site: Any, kit: Any) -> None:
    refused = errors.BusinessError("business_error", error_code="license_assigned", error_message="held")
    site.source.failures.append(kit.Failure("uninstall", refused))
    with pytest.raises(OperationError):
        site.run()
    site.source.uninstall("east-1")
    with pytest.raises(OperationError) as caught:
        site.abort()
    assert caught.value.code == "migration_abort_late"


def test_abort_of_an_unknown_migration_is_an_error(site: Any) -> None:
    with pytest.raises(OperationError) as caught:
        site.abort()
    assert caught.value.code == "migration_unknown"


def test_an_aborted_license_may_be_migrated_elsewhere(site: Any, kit: Any) -> None:
    site.source.failures.append(kit.Failure("uninstall", kit.LOST))
    with pytest.raises(OperationError):
        site.run()
    site.abort()
    site.destination.id = "north"
    site.run(destination=ServerEnd("10.3.0.5", 28443))
    assert site.record.destination.server_id == "north"
