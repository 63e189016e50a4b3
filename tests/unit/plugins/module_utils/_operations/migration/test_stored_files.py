# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of a migration that were damaged or lost: restored, fetched again, or an error."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import OperationError
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.journal.record import (
    Step,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import errors

from .....fakes.migration_presence import copies, damages, kept, refusal, verified, waiting


@damages
def test_an_uninstall_file_is_restored_from_the_bundle(site: Any, damage: Callable[[Path], None]) -> None:
    waiting(site)
    damage(kept(site, "A.ak.uak"))
    site.source.records = []
    plan = site.plan()
    assert plan.tasks[0].actions == ("restore_uninstall_file",)
    assert [cause.code for cause in plan.warnings] == ["migration_proof_restored"]
    calls = len(site.source.calls)
    site.run()
    assert [call for call in site.source.calls[calls:] if "uninstall-file" in call] == []
    (file,) = site.record.uninstall_files
    bundle = site.folder / "journal" / site.record.id / "transfer" / "uninstall-file" / "A.ak.uak"
    assert Path(site.journal.path_of(site.record, file)).read_bytes() == bundle.read_bytes()
    assert not site.plan().changed


@damages
def test_an_uninstall_file_is_fetched_again(site: Any, damage: Callable[[Path], None]) -> None:
    waiting(site)
    for path in copies(site, "A.ak.uak"):
        damage(path)
    plan = site.plan()
    assert plan.tasks[0].actions == ("restore_uninstall_file", "request_transfer")
    assert plan.warnings[0].code == "migration_proof_restored"
    site.run()
    (file,) = site.record.uninstall_files
    assert Path(site.journal.path_of(site.record, file)).read_bytes() == site.source.proof(
        site.source.records[0]
    )
    assert not site.plan().changed
    assert site.source.writes == ["uninstall east-1"]


@damages
@pytest.mark.parametrize("why", ["down", "forgotten", "without_file"])
def test_an_uninstall_file_that_cannot_be_restored_is_an_error(
    site: Any, kit: Any, damage: Callable[[Path], None], why: str
) -> None:
    waiting(site)
    paths = copies(site, "A.ak.uak")
    content = paths[0].read_bytes()
    for path in paths:
        damage(path)
    records = site.source.records
    if why == "down":
        site.source.down = True
    elif why == "forgotten":
        site.source.records = []
    else:
        # The source lists the license as uninstalled and has no file for it.
        missing = errors.NotFound(
            "not_found", sent=True, endpoint="x", method="GET", path="x", server_message=""
        )
        site.source.failures.append(kit.Failure("GET uninstall-file", missing))
    error = refusal(site)
    assert (error.code, error.fields["worth"]) == ("migration_proof_lost", ["10 × srm"])
    assert all(name in str(error.fields["files"]) for name in ("A.ak.uak", "SHA-256"))
    # The operator restores the file, or the source.
    for path in paths:
        if path.is_dir():
            path.rmdir()
        path.write_bytes(content)
    site.source.records = records
    assert not site.plan().changed


def test_a_missing_uninstall_file_is_ignored_when_the_activation_file_is_given(site: Any) -> None:
    path = waiting(site)
    for copy_of_it in copies(site, "A.ak.uak"):
        copy_of_it.unlink()
    site.source.down = True
    plan = site.plan(path)
    assert [cause.code for cause in plan.warnings] == [
        "migration_source_unread",
        "unreachable_refused",
        "migration_file_damaged",
    ]
    site.run(path)
    assert site.record.step is Step.VERIFIED


@damages
def test_a_damaged_bundle_is_written_again(site: Any, damage: Callable[[Path], None]) -> None:
    waiting(site)
    bundle = site.folder / "journal" / site.record.id / "transfer"
    damage(bundle / "destination" / "west.did")
    plan = site.plan()
    assert plan.tasks[0].actions == ("request_transfer",)
    assert [cause.code for cause in plan.warnings] == ["migration_bundle_damaged"]
    site.run()
    assert not site.plan().changed
    site.run(site.platform(site.record))
    assert (site.record.step, site.quantity()) == (Step.VERIFIED, 10)


def sent_in_vain(site: Any, kit: Any) -> Path:
    """Return the activation file that the journal received, after an installation that never arrived."""
    path = waiting(site)
    site.destination.failures.append(kit.Failure("install", kit.LOST))
    with pytest.raises(OperationError):
        site.run(path)
    return path


@damages
def test_a_lost_activation_file_must_be_given_again(
    site: Any, kit: Any, damage: Callable[[Path], None]
) -> None:
    path = sent_in_vain(site, kit)
    damage(kept(site, path.name))
    error = refusal(site)
    assert error.code == "migration_activation_file_lost"
    site.run(path)
    assert (site.record.step, site.quantity()) == (Step.VERIFIED, 10)


def test_another_activation_file_may_replace_a_lost_one(site: Any, kit: Any) -> None:
    path = sent_in_vain(site, kit)
    kept(site, path.name).unlink()
    site.run(site.platform(site.record))
    assert (site.record.step, site.quantity()) == (Step.VERIFIED, 10)


@damages
def test_a_verified_migration_warns_of_a_damaged_activation_file(
    site: Any, damage: Callable[[Path], None]
) -> None:
    path = verified(site)
    damage(kept(site, path.name))
    plan = site.plan()
    assert (plan.changed, [cause.code for cause in plan.warnings]) == (False, ["migration_file_damaged"])
    assert site.plan(path).tasks[0].actions == ("save_activation_file",)
    site.run(path)
    plan = site.plan(path)
    assert (plan.changed, plan.warnings) == (False, ())


def test_a_license_and_its_activation_file_lost_together_is_an_error(site: Any) -> None:
    path = verified(site)
    kept(site, path.name).unlink()
    site.destination.records.clear()
    error = refusal(site)
    assert error.code == "migration_activation_file_lost"
    site.run(path)
    assert (site.record.step, site.quantity()) == (Step.VERIFIED, 10)


def test_an_installation_is_verified_although_the_file_is_gone_after_a_kill(site: Any, kit: Any) -> None:
    path = waiting(site)
    install = site.destination.install

    def install_and_die(name: str, content: bytes) -> Any:
        install(name, content)
        raise kit.Killed(name)

    site.destination.install = install_and_die
    with pytest.raises(kit.Killed):
        site.run(path)
    kept(site, path.name).unlink()
    site.run()
    assert (site.record.step, site.quantity()) == (Step.VERIFIED, 10)
