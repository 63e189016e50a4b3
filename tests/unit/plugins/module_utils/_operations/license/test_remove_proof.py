# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Uninstalled means that the complete file is listed as uninstalled and each uninstall file is saved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core import license_files
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import InvalidRequest
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_and_verify import Waits
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_errors import (
    ArtifactError,
    NotVerified,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.license import options, remove
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.license.remove import RemoveRequest
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.manual import (
    remove as handover_remove,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.manual.steps import ManualTerms
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile


@pytest.fixture
def server(fake: Any) -> Any:
    """A base (LS-1, A.ak), an upgrade of it (LS-2, U.ak), and two licenses of one file (C.ak)."""
    return fake.Server(
        records=[
            fake.license("LS-1"),
            fake.license("LS-2", product="vms_standard_to_enterprise", file_name="U.ak", sha256="u"),
            fake.license("LS-3", product="srm", file_name="C.ak", sha256="c"),
            fake.license("LS-4", product="container_service", arch=None, file_name="C.ak", sha256="c"),
        ]
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "proofs"


def decide(server: Any, folder: Path, *ids: str) -> remove.RemovePlan:
    return remove.decide(RemoveRequest(ids, str(folder)), server)


def run(server: Any, folder: Path, waits: Waits, *ids: str) -> remove.RemoveOutcome:
    return remove.apply(decide(server, folder, *ids), server, waits)


# Complete lists of uninstalled licenses


@pytest.mark.parametrize("left_out", ["LS-3", "LS-4"])
def test_a_list_with_half_of_the_file_proves_nothing(
    server: Any, folder: Path, waits: Waits, monkeypatch: pytest.MonkeyPatch, left_out: str
) -> None:
    plan = decide(server, folder, "LS-3", "LS-4")
    licenses = server.licenses
    monkeypatch.setattr(server, "licenses", lambda: tuple(row for row in licenses() if row.id != left_out))
    with pytest.raises(NotVerified) as caught:
        remove.apply(plan, server, waits)
    assert (caught.value.code, caught.value.changed) == ("uninstall_not_listed", True)
    assert not folder.exists() or list(folder.iterdir()) == []


def test_a_license_of_the_same_file_that_appears_later_is_not_uninstalled(
    server: Any, fake: Any, folder: Path, waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first list did not contain a license of the file, which is still usable afterwards."""
    plan = decide(server, folder, "LS-2")
    licenses = server.licenses
    late = fake.license("LS-9", product="srm", file_name="U.ak", sha256="u")
    monkeypatch.setattr(server, "licenses", lambda: (*licenses(), late))
    with pytest.raises(NotVerified) as caught:
        remove.apply(plan, server, waits)
    assert (caught.value.code, caught.value.changed) == ("uninstall_not_listed", True)


@pytest.mark.parametrize("rows", [0, 1])
def test_a_list_that_shrinks_at_the_final_read_proves_nothing(
    server: Any, folder: Path, waits: Waits, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    plan = decide(server, folder, "LS-3", "LS-4")
    licenses = server.licenses
    reads: list[int] = []

    def shrinking() -> Any:
        reads.append(1)
        gone = tuple(row for row in licenses() if row.id in ("LS-3", "LS-4"))
        return licenses() if len(reads) == 1 else gone[:rows]

    monkeypatch.setattr(server, "licenses", shrinking)
    with pytest.raises(NotVerified) as caught:
        remove.apply(plan, server, waits)
    assert (caught.value.code, caught.value.changed) == ("uninstall_not_listed", True)


def test_a_server_that_becomes_unreachable_at_the_final_read_is_a_failure(
    server: Any, fake: Any, folder: Path, waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = decide(server, folder, "LS-2")
    licenses = server.licenses
    reads: list[int] = []

    def silent() -> Any:
        reads.append(1)
        if len(reads) > 1:
            raise fake.LOST
        return licenses()

    monkeypatch.setattr(server, "licenses", silent)
    with pytest.raises(NotVerified) as caught:
        remove.apply(plan, server, waits)
    assert (caught.value.code, caught.value.changed) == ("removed_not_read_back", True)
    assert (folder / "U.ak.uak").exists()


def test_a_usable_half_of_a_file_contradicts_the_uninstalled_half(
    server: Any, folder: Path, waits: Waits
) -> None:
    run(server, folder, waits, "LS-3", "LS-4")
    server.records = [replace(row, status="usable") if row.id == "LS-4" else row for row in server.records]
    with pytest.raises(NotVerified) as caught:
        decide(server, folder, "LS-3")
    assert (caught.value.code, caught.value.fields["others"]) == ("uninstall_contradicted", ["LS-4"])


def test_the_result_names_each_license_and_each_file_that_was_read_back(
    server: Any, folder: Path, waits: Waits
) -> None:
    outcome = run(server, folder, waits, "LS-2")
    first = options.remove_proof(outcome.licenses, outcome.uninstall_files, None, outcome.read_at)
    plan = decide(server, folder, "LS-2")
    assert first == options.remove_proof(plan.licenses, plan.kept, None, plan.read_at)
    gone, kept = first
    assert (gone["item"], gone["name"], gone["shown_by"], gone["read_at"]) == (
        "license", "LS-2", "license_server", server.time,
    )  # fmt: skip
    assert gone["facts"]["status"] == "uninstalled"
    path = folder / "U.ak.uak"
    digest = license_files.digest(b"proof of U.ak")
    assert (kept["item"], kept["name"], kept["shown_by"]) == ("uninstall_file", str(path), "disk")
    assert kept["facts"] == {"sha256": digest}
    path.unlink()
    with pytest.raises(ArtifactError):
        options.remove_proof(outcome.licenses, outcome.uninstall_files, None, outcome.read_at)


def test_a_pending_removal_proves_nothing(server: Any, folder: Path) -> None:
    plan = decide(server, folder, "LS-2")
    assert options.remove_proof(plan.licenses, plan.kept, None, plan.read_at) == []


# Changes between two runs


def test_a_license_restored_by_a_snapshot_is_uninstalled_again(
    server: Any, folder: Path, waits: Waits
) -> None:
    snapshot = list(server.records)
    run(server, folder, waits, "LS-2")
    server.records = snapshot
    plan = decide(server, folder, "LS-2")
    assert (plan.changed, [row.id for group in plan.steps for row in group]) == (True, ["LS-2"])
    remove.apply(plan, server, waits)
    assert server.writes == ["uninstall LS-2", "uninstall LS-2"]


def test_a_license_missing_after_a_snapshot_does_not_count_as_uninstalled(
    server: Any, folder: Path, waits: Waits
) -> None:
    run(server, folder, waits, "LS-2")
    server.records = [row for row in server.records if row.id != "LS-2"]
    with pytest.raises(InvalidRequest) as caught:
        decide(server, folder, "LS-2")
    assert caught.value.code == "license_unknown"


@pytest.mark.parametrize("change", ["deleted", "edited", "emptied", "other folder"])
def test_an_uninstall_file_that_differs_from_the_servers_is_not_accepted(
    server: Any, folder: Path, waits: Waits, change: str
) -> None:
    run(server, folder, waits, "LS-2")
    path = folder / "U.ak.uak"
    if change == "deleted":
        path.unlink()
    elif change != "other folder":
        path.write_bytes(b"proof of another" if change == "edited" else b"")
    elsewhere = folder.parent / "elsewhere" if change == "other folder" else folder
    if change in ("edited", "emptied"):
        with pytest.raises(ArtifactError) as caught:
            decide(server, elsewhere, "LS-2")
        assert caught.value.code == "artifact_conflict"
        return
    plan = decide(server, elsewhere, "LS-2")
    assert (plan.changed, plan.kept) == (True, ())
    assert remove.apply(plan, server, waits).uninstall_files == (str(elsewhere / "U.ak.uak"),)
    assert server.writes == ["uninstall LS-2"]


def test_exchanged_uninstall_files_of_two_files_are_detected(server: Any, folder: Path, waits: Waits) -> None:
    run(server, folder, waits, "LS-2", "LS-3", "LS-4")
    first, second = folder / "U.ak.uak", folder / "C.ak.uak"
    one, two = first.read_bytes(), second.read_bytes()
    first.write_bytes(two)
    second.write_bytes(one)
    for ids in (["LS-2"], ["LS-3", "LS-4"]):
        with pytest.raises(ArtifactError):
            decide(server, folder, *ids)


# Uninstall files that an operator saves


def manually(server: Any, folder: Path, *ids: str) -> Any:
    profile = load_profile(
        {"extends": "usphere_7", "operations": dict.fromkeys(("uninstall_license", "uninstall_file"))}
    )
    return handover_remove.decide(
        RemoveRequest(ids, str(folder)), server, profile, ManualTerms("https://ls:1")
    )


@pytest.fixture
def saved(server: Any, folder: Path) -> Path:
    """U.ak and C.ak are uninstalled, and an operator has saved their uninstall files."""
    server.records = [replace(row, status="uninstalled") for row in server.records if row.id != "LS-1"]
    for name in ("LS-2", "LS-3"):
        (folder / name).mkdir(parents=True)
        (folder / name / "left.uak").write_bytes(b"proof of " + name.encode())
    return folder


def test_each_file_has_its_own_uninstall_file(server: Any, saved: Path) -> None:
    done = manually(server, saved, "LS-2", "LS-3", "LS-4")
    assert (done.handover.required, len(done.plan.kept)) == (False, 2)
    (saved / "LS-3" / "left.uak").write_bytes((saved / "LS-2" / "left.uak").read_bytes())
    with pytest.raises(ArtifactError) as caught:
        manually(server, saved, "LS-2", "LS-3", "LS-4")
    assert caught.value.code == "uninstall_file_copied"


def test_the_activation_file_is_not_accepted_as_an_uninstall_file(server: Any, saved: Path) -> None:
    content = b"activation file of U"
    server.records = [
        replace(row, sha256=license_files.digest(content).upper()) if row.id == "LS-2" else row
        for row in server.records
    ]
    (saved / "LS-2" / "left.uak").write_bytes(content)
    assert manually(server, saved, "LS-2").handover.required
    (saved / "LS-2" / "own.uak").write_bytes(b"proof")
    done = manually(server, saved, "LS-2")
    assert (done.handover.required, done.plan.kept) == (False, (str(saved / "LS-2" / "own.uak"),))
