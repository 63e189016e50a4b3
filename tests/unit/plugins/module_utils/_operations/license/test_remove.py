# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core import license_files
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import (
    InvalidRequest,
    OperationError,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_and_verify import Waits
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_errors import (
    ArtifactError,
    ChangeRefused,
    ServerRefused,
    Unclear,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.license import remove
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.license.remove import RemoveRequest
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.license_server_api import (
    ClientRecord,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import (
    NamedFile,
    Share,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import errors


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


def refused(server: Any, folder: Path, *ids: str) -> OperationError:
    with pytest.raises(OperationError) as caught:
        decide(server, folder, *ids)
    assert server.writes == []
    assert not folder.exists()
    return caught.value


# Decide


def test_deciding_writes_nothing(server: Any, folder: Path) -> None:
    plan = decide(server, folder, "LS-1", "LS-2")
    assert plan.changed
    assert server.writes == []
    assert not folder.exists()


def test_upgrade_is_uninstalled_before_base_in_every_order(server: Any, folder: Path, waits: Waits) -> None:
    run(server, folder, waits, "LS-1", "LS-2")
    assert server.writes == ["uninstall LS-2", "uninstall LS-1"]


def test_a_base_with_an_upgrade_is_not_uninstalled(server: Any, folder: Path) -> None:
    error = refused(server, folder, "LS-1")
    assert isinstance(error, ChangeRefused)
    assert error.code == "removal_refused"
    assert error.causes
    assert {cause.rule for cause in error.causes} <= {"R5", "R6"}


def test_a_base_of_a_waiting_upgrade_is_not_uninstalled(server: Any, fake: Any, folder: Path) -> None:
    """An upgrade that exceeds its base is in no share, but it is installed."""
    upgrade = {"product": "vms_standard_to_enterprise", "quantity": 9, "sha256": "9"}
    server.records = [fake.license(), fake.license("LS-9", status="unusable", **upgrade)]
    error = refused(server, folder, "LS-1")
    assert [(cause.rule, cause.code) for cause in error.causes] == [("R5", "base_in_use")]


def test_only_formal_licenses_can_be_uninstalled(server: Any, fake: Any, folder: Path) -> None:
    server.records = [
        fake.license("LS-5", product="srm", kind="temporary", expires_at="2026-12-06T00:00:00Z")
    ]
    error = refused(server, folder, "LS-5")
    assert (error.code, error.rule) == ("removal_refused", "R16")


def test_a_license_held_by_a_connected_client_is_not_uninstalled(
    server: Any, fake: Any, folder: Path
) -> None:
    server.registered = [ClientRecord("hangzhou", "connected", None)]
    server.records = [fake.license("LS-1", product="srm", assigned=(Share("hangzhou", 4),), status="in_use")]
    error = refused(server, folder, "LS-1")
    assert "license_held" in [cause.code for cause in error.causes]
    server.registered = [ClientRecord("hangzhou", "disconnected", None)]
    assert decide(server, folder, "LS-1").changed


def test_a_part_of_a_file_is_not_uninstalled(server: Any, folder: Path) -> None:
    error = refused(server, folder, "LS-3")
    assert (error.code, error.fields["others"]) == ("license_file_shared", ["LS-4"])


def test_a_complete_file_is_uninstalled_with_one_write(server: Any, folder: Path, waits: Waits) -> None:
    outcome = run(server, folder, waits, "LS-4", "LS-3")
    assert server.writes == ["uninstall LS-4"]
    assert outcome.uninstall_files == (str(folder / "C.ak.uak"),)
    assert {record.status for record in outcome.licenses} == {"uninstalled"}


def test_an_unknown_id_does_not_count_as_uninstalled(server: Any, folder: Path) -> None:
    error = refused(server, folder, "LS-1", "LS-99")
    assert isinstance(error, InvalidRequest)
    assert (error.code, error.fields["license_ids"]) == ("license_unknown", ["LS-99"])
    assert refused(server, folder).code == "license_ids_empty"


def test_an_error_on_a_server_with_thousands_of_licenses_stays_short(
    server: Any, fake: Any, folder: Path
) -> None:
    server.records = [fake.license(f"LS-{number:05}") for number in range(3000)]
    known = refused(server, folder, "LS-99").fields["known"]
    assert isinstance(known, list)
    assert known[0] == "LS-00000"
    assert known[-1] == "…"
    assert len(known) == 11


def test_an_unusable_directory_is_detected_in_advance(server: Any, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ArtifactError) as caught:
        decide(server, tmp_path / "file" / "below", "LS-2")
    assert caught.value.code == "artifacts_dir_unusable"
    assert server.writes == []


# Apply


def test_the_uninstall_file_is_saved(server: Any, folder: Path, waits: Waits) -> None:
    outcome = run(server, folder, waits, "LS-2")
    path = folder / "U.ak.uak"
    assert outcome.uninstall_files == (str(path),)
    assert path.read_bytes() == b"proof of U.ak"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_second_run_changes_nothing(server: Any, folder: Path, waits: Waits) -> None:
    run(server, folder, waits, "LS-2")
    server.calls.clear()
    plan = decide(server, folder, "LS-2")
    assert not plan.changed
    assert plan.kept == (str(folder / "U.ak.uak"),)
    assert [record.id for record in plan.licenses] == ["LS-2"]
    outcome = remove.apply(plan, server, waits)
    assert outcome.uninstall_files == plan.kept
    assert server.writes == []


def test_a_run_that_died_before_saving_is_completed(server: Any, folder: Path, waits: Waits) -> None:
    server.uninstall("LS-2")
    server.calls.clear()
    plan = decide(server, folder, "LS-2")
    assert (plan.changed, plan.steps, len(plan.missing)) == (True, (), 1)
    assert not folder.exists()
    remove.apply(plan, server, waits)
    assert (folder / "U.ak.uak").read_bytes() == b"proof of U.ak"
    assert server.writes == []


def test_an_unwritable_directory_stops_the_task_before_the_first_write(
    server: Any, folder: Path, waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    plan = decide(server, folder, "LS-2")
    monkeypatch.setattr(license_files.os, "fsync", full)
    with pytest.raises(ArtifactError) as caught:
        remove.apply(plan, server, waits)
    assert caught.value.code == "artifacts_dir_unusable"
    assert server.writes == []


def test_a_lost_answer_is_resolved_by_reading(server: Any, fake: Any, folder: Path, waits: Waits) -> None:
    server.failures = [fake.Failure("uninstall", fake.LOST, after=True)]
    outcome = run(server, folder, waits, "LS-2")
    assert server.writes == ["uninstall LS-2"]
    assert len(outcome.uninstall_files) == 1


def test_a_write_that_never_arrived_is_not_repeated(
    server: Any, fake: Any, folder: Path, waits: Waits
) -> None:
    server.failures = [fake.Failure("uninstall", fake.LOST)]
    with pytest.raises(Unclear):
        run(server, folder, waits, "LS-2")
    assert server.writes == ["uninstall LS-2"]
    assert run(server, folder, waits, "LS-2").uninstall_files == (str(folder / "U.ak.uak"),)


def test_a_refusal_is_reported_as_a_typed_error(server: Any, fake: Any, folder: Path, waits: Waits) -> None:
    error = errors.BusinessError("business_error", error_code="license_assigned", error_message="in use")
    server.failures = [fake.Failure("uninstall", error)]
    with pytest.raises(ServerRefused) as caught:
        run(server, folder, waits, "LS-2")
    assert (caught.value.code, caught.value.changed) == ("refused_license_assigned", False)


def test_a_later_failure_reports_the_uninstalled_licenses(
    server: Any, fake: Any, folder: Path, waits: Waits
) -> None:
    error = errors.BusinessError("business_error", error_code="license_assigned", error_message="in use")
    server.failures = [fake.Failure("uninstall LS-1", error)]
    with pytest.raises(OperationError) as caught:
        run(server, folder, waits, "LS-1", "LS-2")
    found = caught.value
    assert (found.code, found.changed) == ("removal_interrupted", True)
    assert found.fields["license_ids"] == ["LS-2"]
    assert found.fields["uninstall_files"] == [str(folder / "U.ak.uak")]
    assert (folder / "U.ak.uak").exists()


def test_an_uninstall_file_that_cannot_be_fetched_is_pending(
    server: Any, folder: Path, waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(license_id: str) -> NamedFile:
        raise errors.Unreachable("unreachable_timeout", endpoint="https://ls:1", seconds=1)

    plan = decide(server, folder, "LS-2")
    monkeypatch.setattr(server, "uninstall_file", away)
    with pytest.raises(OperationError) as caught:
        remove.apply(plan, server, waits)
    assert (caught.value.code, caught.value.changed) == ("uninstall_file_pending", True)
    assert [cause.code for cause in caught.value.causes] == ["unreachable_timeout"]


def test_a_name_with_a_parent_path_stays_in_the_directory(server: Any, folder: Path, waits: Waits) -> None:
    server.proofs["LS-2"] = NamedFile("../../climbed.uak", b"proof")
    outcome = run(server, folder, waits, "LS-2")
    assert outcome.uninstall_files == (str(folder / "climbed.uak"),)
    assert not (folder.parent.parent / "climbed.uak").exists()


def test_an_empty_uninstall_file_is_not_accepted(server: Any, folder: Path, waits: Waits) -> None:
    server.proofs["LS-2"] = NamedFile("U.uak", b"")
    with pytest.raises(OperationError) as caught:
        run(server, folder, waits, "LS-2")
    assert [cause.code for cause in caught.value.causes] == ["uninstall_file_empty"]


def test_bytes_that_change_between_two_reads_are_not_accepted(
    server: Any, folder: Path, waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    bytes_given = iter([b"one", b"two"])
    monkeypatch.setattr(server, "uninstall_file", lambda license_id: NamedFile("U.uak", next(bytes_given)))
    with pytest.raises(OperationError) as caught:
        run(server, folder, waits, "LS-2")
    assert [cause.code for cause in caught.value.causes] == ["uninstall_file_unsteady"]
    assert (folder / "U.uak").read_bytes() == b"one"


def test_two_uninstall_files_of_one_name_are_kept_separately(server: Any, folder: Path, waits: Waits) -> None:
    server.proofs["LS-3"] = NamedFile("C.uak", b"three")
    server.proofs["LS-4"] = NamedFile("C.uak", b"four")
    with pytest.raises(OperationError) as caught:
        run(server, folder, waits, "LS-3", "LS-4")
    assert [cause.code for cause in caught.value.causes] == ["uninstall_files_clash"]


def test_the_uninstall_file_of_another_license_is_never_overwritten(
    server: Any, folder: Path, waits: Waits
) -> None:
    folder.mkdir()
    (folder / "U.ak.uak").write_bytes(b"proof of another")
    with pytest.raises(OperationError) as caught:
        run(server, folder, waits, "LS-2")
    assert [cause.code for cause in caught.value.causes] == ["artifact_conflict"]
    assert (folder / "U.ak.uak").read_bytes() == b"proof of another"
