# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Abort all migrations of a task or none; a migration that was never sent needs no answer of the source."""

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


def steps(site: Any) -> list[Step]:
    return [record.step for record in site.records()]


def stopped(site: Any, *ids: str) -> None:
    """Plan each migration in a separate run, whose uninstallation request gets lost."""
    for ident in ids:
        with pytest.raises(OperationError):
            site.run(ids=[ident])


@pytest.fixture
def two(site: Any, kit: Any) -> list[str]:
    """Two migrations whose uninstallation requests were sent and lost."""
    ids = ["east-1", site.source.add(product="container_service", arch=None, file_name="C.ak")]
    site.source.failures += [kit.Failure("uninstall " + ident, kit.LOST) for ident in ids]
    stopped(site, *ids)
    assert [record.sent_at is None for record in site.records()] == [False, False]
    return ids


def abort(site: Any, ids: list[str]) -> OperationError:
    with pytest.raises(OperationError) as caught:
        site.abort(ids=ids)
    return caught.value


@pytest.mark.parametrize("late", [0, 1])
def test_a_late_uninstallation_prevents_the_abort_of_all_migrations(
    site: Any, two: list[str], monkeypatch: pytest.MonkeyPatch, late: int
) -> None:
    licenses, uninstall, begun = site.source.licenses, site.source.uninstall, site.waits.clock()

    def later() -> Any:
        # Each migration is waited for 10 seconds, one after the other.
        if site.waits.clock() - begun > 12 and not site.source.uninstalls:
            uninstall(two[late])
        return licenses()

    monkeypatch.setattr(site.source, "licenses", later)
    found = abort(site, two)
    assert site.source.uninstalls == [two[late]]
    assert (found.code, found.rule, found.changed) == ("migration_abort_late", "R16", False)
    assert steps(site) == [Step.PLANNED, Step.PLANNED]
    assert {record.sent_at is None for record in site.records()} == {False}


def test_a_journal_error_halfway_names_the_aborted_migrations(
    site: Any, two: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rename, renamed = license_files.os.replace, []

    def full(source: str, target: str) -> None:
        renamed.append(target)
        if len(renamed) > 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        rename(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(license_files.os, "replace", full)
        found = abort(site, two)
    assert (found.code, found.changed) == ("migration_interrupted", True)
    assert [cause.code for cause in found.causes] == ["journal_not_written"]
    states = {record.id: record.step.value for record in site.records()}
    assert sorted(states.values()) == ["aborted", "planned"]
    assert sorted(found.fields["migrations"]) == sorted(map(": ".join, states.items()))  # type: ignore[call-overload]
    site.abort(ids=two)
    assert steps(site) == [Step.ABORTED, Step.ABORTED]


def test_a_journal_error_on_the_first_write_has_changed_nothing(
    site: Any, two: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: str, target: str) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(license_files.os, "replace", full)
        found = abort(site, two)
    assert (found.code, found.changed) == ("journal_not_written", False)


@pytest.fixture
def unsent(site: Any, kit: Any) -> Any:
    """A planned migration whose uninstallation was refused by the source."""
    site.source.failures.append(kit.Failure("uninstall", REFUSED))
    stopped(site, "east-1")
    assert (site.record.step, site.record.sent_at) == (Step.PLANNED, None)
    return site


def other_server(site: Any) -> None:
    site.source.id = "east-new"


def away(site: Any) -> None:
    site.source.down = True


def other_password(site: Any) -> None:
    def refuse() -> None:
        raise errors.AuthenticationFailed("authentication_failed", sent=True, **CALL)

    site.source.licenses = site.source.server = refuse


@pytest.mark.parametrize("change", [other_server, away, other_password])
def test_a_migration_that_was_never_sent_is_aborted_without_the_source(unsent: Any, change: Any) -> None:
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


def test_a_reachable_source_is_read_without_a_warning(unsent: Any) -> None:
    plan = migrate_abort.decide_abort(unsent.request(), unsent.journal, unsent.source)
    assert (plan.source_checked, plan.warnings) == (True, ())


@pytest.mark.parametrize(
    ("change", "code"), [(other_server, "migration_server_changed"), (away, "unreachable_refused")]
)
def test_a_migration_that_was_sent_is_not_aborted_without_its_source(
    site: Any, kit: Any, change: Any, code: str
) -> None:
    site.source.failures.append(kit.Failure("uninstall", kit.LOST))
    stopped(site, "east-1")
    change(site)
    with pytest.raises((OperationError, errors.VmsError)) as caught:
        site.abort()
    assert caught.value.code == code
    assert steps(site) == [Step.PLANNED]


def test_a_sent_migration_also_blocks_the_abort_of_an_unsent_one(site: Any, kit: Any) -> None:
    other = site.source.add(product="container_service", arch=None, file_name="C.ak")
    site.source.failures.append(kit.Failure("uninstall", kit.LOST))
    with pytest.raises(OperationError):
        site.run(ids=["east-1", other])
    assert sorted(record.sent_at is None for record in site.records()) == [False, True]
    site.source.down = True
    with pytest.raises(errors.Unreachable):
        site.abort(ids=["east-1", other])
    assert steps(site) == [Step.PLANNED, Step.PLANNED]
