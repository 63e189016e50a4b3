# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Aborting: all migrations of a task or none, and no answer of the source where nothing was sent."""

from __future__ import annotations

import errno
import os
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core import license_files
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import OperationError
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.journal.record import Step
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.migration import (
    abort as migrate_abort,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import errors

REFUSED = errors.BusinessError("business_error", error_code="license_assigned", error_message="held")
CALL = {"endpoint": "https://east", "method": "GET", "path": "/x"}


def steps(world: Any) -> list[Step]:
    return [record.step for record in world.records()]


def stopped(world: Any, *ids: str) -> None:
    """Plan the migration of each license in a run of its own, whose uninstallation is lost on the way."""
    for ident in ids:
        with pytest.raises(OperationError):
            world.run(ids=[ident])


@pytest.fixture
def two(world: Any, kit: Any) -> list[str]:
    """Two migrations, for each of which an uninstallation was sent and got lost."""
    ids = ["east-1", world.source.add(product="container_service", arch=None, file_name="C.ak")]
    world.source.faults += [kit.Fault("uninstall " + ident, kit.LOST) for ident in ids]
    stopped(world, *ids)
    assert [record.sent_at is None for record in world.records()] == [False, False]
    return ids


def abort(world: Any, ids: list[str]) -> OperationError:
    with pytest.raises(OperationError) as caught:
        world.abort(ids=ids)
    return caught.value


@pytest.mark.parametrize("late", [0, 1])
def test_one_that_takes_effect_while_the_second_is_waited_for_leaves_all_of_them(
    world: Any, two: list[str], monkeypatch: pytest.MonkeyPatch, late: int
) -> None:
    licenses, uninstall, begun = world.source.licenses, world.source.uninstall, world.waits.clock()

    def later() -> Any:
        # Each is waited for 10 seconds, one after the other.
        if world.waits.clock() - begun > 12 and not world.source.uninstalls:
            uninstall(two[late])
        return licenses()

    monkeypatch.setattr(world.source, "licenses", later)
    found = abort(world, two)
    assert world.source.uninstalls == [two[late]]
    assert (found.code, found.rule, found.changed) == ("migration_abort_late", "R16", False)
    assert steps(world) == [Step.PLANNED, Step.PLANNED]
    assert {record.sent_at is None for record in world.records()} == {False}


def test_a_journal_that_fails_half_way_names_what_is_aborted(
    world: Any, two: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rename, renamed = license_files.os.replace, []

    def full(source: str, target: str) -> None:
        renamed.append(target)
        if len(renamed) > 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        rename(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(license_files.os, "replace", full)
        found = abort(world, two)
    assert (found.code, found.changed) == ("migration_interrupted", True)
    assert [cause.code for cause in found.causes] == ["journal_not_written"]
    states = {record.id: record.step.value for record in world.records()}
    assert sorted(states.values()) == ["aborted", "planned"]
    assert sorted(found.fields["migrations"]) == sorted(map(": ".join, states.items()))  # type: ignore[call-overload]
    world.abort(ids=two)
    assert steps(world) == [Step.ABORTED, Step.ABORTED]


def test_a_journal_that_fails_at_once_has_changed_nothing(
    world: Any, two: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: str, target: str) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(license_files.os, "replace", full)
        found = abort(world, two)
    assert (found.code, found.changed) == ("journal_not_written", False)


@pytest.fixture
def unsent(world: Any, kit: Any) -> Any:
    """A migration that is planned; the source refused its uninstallation."""
    world.source.faults.append(kit.Fault("uninstall", REFUSED))
    stopped(world, "east-1")
    assert (world.record.step, world.record.sent_at) == (Step.PLANNED, None)
    return world


def other_server(world: Any) -> None:
    world.source.id = "east-new"


def away(world: Any) -> None:
    world.source.down = True


def other_password(world: Any) -> None:
    def refuse() -> None:
        raise errors.AuthenticationFailed("authentication_failed", sent=True, **CALL)

    world.source.licenses = world.source.server = refuse


@pytest.mark.parametrize("change", [other_server, away, other_password])
def test_what_was_never_sent_needs_no_answer_of_the_source(unsent: Any, change: Any) -> None:
    change(unsent)
    plan = migrate_abort.decide_abort(unsent.request(), unsent.journal, unsent.source)
    assert (plan.changed, plan.source_checked) == (True, False)
    assert [warning.code for warning in plan.warnings] == ["migration_abort_unread"]
    assert steps(unsent) == [Step.PLANNED]
    writes = list(unsent.source.writes)
    assert [record.step for record in unsent.abort().records] == [Step.ABORTED]
    assert unsent.source.writes == writes
    again = migrate_abort.decide_abort(unsent.request(), unsent.journal, unsent.source)
    assert (again.changed, again.warnings) == (False, ())


def test_a_source_that_answers_is_read_without_a_warning(unsent: Any) -> None:
    plan = migrate_abort.decide_abort(unsent.request(), unsent.journal, unsent.source)
    assert (plan.source_checked, plan.warnings) == (True, ())


@pytest.mark.parametrize(
    ("change", "code"), [(other_server, "migration_server_changed"), (away, "unreachable_refused")]
)
def test_what_was_sent_is_not_aborted_without_its_source(
    world: Any, kit: Any, change: Any, code: str
) -> None:
    world.source.faults.append(kit.Fault("uninstall", kit.LOST))
    stopped(world, "east-1")
    change(world)
    with pytest.raises((OperationError, errors.VmsError)) as caught:
        world.abort()
    assert caught.value.code == code
    assert steps(world) == [Step.PLANNED]


def test_one_that_was_sent_holds_up_one_that_was_not(world: Any, kit: Any) -> None:
    other = world.source.add(product="container_service", arch=None, file_name="C.ak")
    world.source.faults.append(kit.Fault("uninstall", kit.LOST))
    with pytest.raises(OperationError):
        world.run(ids=["east-1", other])
    assert sorted(record.sent_at is None for record in world.records()) == [False, True]
    world.source.down = True
    with pytest.raises(errors.Unreachable):
        world.abort(ids=["east-1", other])
    assert steps(world) == [Step.PLANNED, Step.PLANNED]
