# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Save bundles: killed runs, runs at the same time, leftovers."""

from __future__ import annotations

import fcntl
import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._errors import UsphereError
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.bundles import whole_directory
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core import license_files
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.lock import Locks
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_errors import (
    ArtifactError,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.request import bundle, save_bundle
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.request.device_info import (
    DeviceFile,
)

DEVICE = DeviceFile("ls-east.did", license_files.digest(b"device"), b"device")
PROGRAM = Path(__file__).with_name("killed_requests.py")


def steps_files(causes: Any) -> dict[str, bytes]:
    return {"STEPS.en.txt": b"steps"}


def save(folder: Path, quantity: int = 1, timeout_s: float = 0.0) -> bundle.RequestPlan:
    keys = (bundle.KeyRequest("KEY-0000-7Q2A", quantity, purchased=900),)
    asked = bundle.LicenseRequest(keys, DEVICE, str(folder), write_keys=True)
    plan = bundle.decide(asked, steps_files)
    return save_bundle.save_bundle(plan, asked, steps_files, Locks(str(folder), timeout_s, "license_request"))


def hidden(folder: Path) -> list[str]:
    return sorted(
        path.name for path in folder.rglob("*") if path.name.startswith(".") and path.name != save_bundle.LOCK
    )


def test_a_run_that_is_killed_leaves_no_half_bundle_and_no_key_in_a_temporary_file(tmp_path: Path) -> None:
    """Before and after each step on disk; the next run, also of another request, leaves whole bundles."""
    done = subprocess.run(
        [sys.executable, str(PROGRAM), str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode == 0, done.stderr[-4000:]
    outcome = json.loads(done.stdout)
    assert {name: errors for name, (_kills, errors) in outcome.items() if errors} == {}
    kills = {name: number for name, (number, _errors) in outcome.items()}
    assert sum(kills[name] for name in ("first run", "repair", "second request")) >= 50, kills


def test_the_second_run_takes_no_lock_and_writes_nothing(tmp_path: Path) -> None:
    assert save(tmp_path).changed
    (tmp_path / save_bundle.LOCK).unlink()
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert not save(tmp_path).changed
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_a_run_that_finds_another_one_at_work_fails_by_name(tmp_path: Path) -> None:
    with Locks(str(tmp_path), 0.0, "the other run").file(str(tmp_path / save_bundle.LOCK), "x"):
        with pytest.raises(UsphereError) as caught:
            save(tmp_path)
        assert (caught.value.code, caught.value.fields["pid"]) == ("lock_held", str(os.getpid()))
        assert list(tmp_path.glob("request-*")) == []
    assert save(tmp_path).changed


def test_a_run_that_waited_for_the_same_request_changes_nothing(tmp_path: Path) -> None:
    """The plan was made before the other run created the bundle."""
    asked = bundle.LicenseRequest(
        (bundle.KeyRequest("KEY-0000-7Q2A", 1, purchased=900),), DEVICE, str(tmp_path)
    )
    plan = bundle.decide(asked, steps_files)
    locks = Locks(str(tmp_path), 0.0, "license_request")
    assert save_bundle.save_bundle(plan, asked, steps_files, locks).changed
    assert not save_bundle.save_bundle(plan, asked, steps_files, locks).changed


def test_a_repair_that_was_interrupted_is_a_change_of_the_run_that_finishes_it(tmp_path: Path) -> None:
    place = Path(save(tmp_path).path)
    place.rename(place.with_name(f".{place.name}.repair"))
    done = save(tmp_path)
    assert sorted(done.missing) == sorted(done.files)
    assert hidden(tmp_path) == []
    assert not save(tmp_path).changed


def test_a_repair_does_not_replace_a_bundle_that_appeared_meanwhile(tmp_path: Path) -> None:
    place = Path(save(tmp_path).path)
    place.rename(place.with_name(f".{place.name}.repair"))
    place.mkdir()
    with pytest.raises(ArtifactError) as caught:
        save(tmp_path)
    assert caught.value.code == "request_not_kept"
    assert f"{place} exists, too" in str(caught.value.fields["reason"])
    assert hidden(tmp_path) == [f".{place.name}.repair"]


def test_hidden_entries_of_others_stay(tmp_path: Path) -> None:
    """Only directories that are named like bundles, and temporary files of this collection, are removed."""
    kept = [".git", ".request-x.part", ".request-0123456789ab.old", ".transfer.part", ".notes.tmp"]
    for name in kept:
        (tmp_path / name).mkdir()
    (tmp_path / ".request-0123456789ab.part").symlink_to(tmp_path / ".git")
    (tmp_path / ".request-abcdefabcdef.part").mkdir()
    (tmp_path / ".usphere-1.tmp").write_bytes(b"KEY-0000-7Q2A")
    save(tmp_path)
    assert hidden(tmp_path) == sorted([*kept, ".request-0123456789ab.part"])


def test_a_temporary_file_in_use_is_not_removed(tmp_path: Path) -> None:
    """A module such as device_info may write into the same directory, without this lock."""
    path = tmp_path / ".usphere-1.tmp"
    with path.open("wb") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        save(tmp_path)
        license_files.replace_file(str(tmp_path / "ls.did"), b"device")
        assert path.exists()
    license_files.replace_file(str(tmp_path / "ls.did"), b"device 2")
    assert not path.exists()


def test_a_temporary_file_is_locked_until_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = os.replace

    def disturbed(source: str, target: str) -> None:
        license_files.remove_abandoned(str(tmp_path))
        replace(source, target)

    monkeypatch.setattr(license_files.os, "replace", disturbed)
    license_files.replace_file(str(tmp_path / "ls.did"), b"device")
    assert (tmp_path / "ls.did").read_bytes() == b"device"


def test_a_temporary_file_that_was_removed_before_it_was_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flock, turns = fcntl.flock, iter([True])

    def late(handle: int, how: int) -> None:
        if next(turns, False):
            for path in tmp_path.glob(".usphere-*"):
                path.unlink()
        flock(handle, how)

    monkeypatch.setattr(license_files.fcntl, "flock", late)
    license_files.replace_file(str(tmp_path / "ls.did"), b"device")
    assert (tmp_path / "ls.did").read_bytes() == b"device"
    assert hidden(tmp_path) == []


def test_a_file_system_without_locks_keeps_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsupported(handle: int, how: int) -> None:
        raise OSError(95, "Operation not supported")

    (tmp_path / ".usphere-1.tmp").write_bytes(b"x")
    monkeypatch.setattr(license_files.fcntl, "flock", unsupported)
    license_files.replace_file(str(tmp_path / "ls.did"), b"device")
    assert hidden(tmp_path) == [".usphere-1.tmp"]
    with pytest.raises(ArtifactError) as caught:
        save(tmp_path)
    assert caught.value.code == "request_not_kept"


def test_staged_files_are_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    modes = {}

    def stopped(source: str, target: str) -> None:
        for path in (Path(source), *Path(source).rglob("*")):
            modes[path.name] = stat.S_IMODE(path.stat().st_mode)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(whole_directory.os, "rename", stopped)
    with pytest.raises(ArtifactError):
        save(tmp_path)
    monkeypatch.undo()
    assert modes["keys.txt"] == 0o600
    assert {modes[name] for name in modes if "." not in name.strip(".")} <= {0o700}
    assert {mode & 0o077 for mode in modes.values()} == {0}
    save(tmp_path, 2)
    assert hidden(tmp_path) == []
