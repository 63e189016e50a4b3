# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core import license_files
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_errors import (
    ArtifactError,
)


def read_error(path: Path) -> str:
    with pytest.raises(ArtifactError) as caught:
        license_files.read_activation_file(str(path))
    assert caught.value.fields["path"] == str(path)
    return caught.value.code


def test_an_activation_file_is_read_unchanged(tmp_path: Path) -> None:
    content = bytes(range(256)) + b"\r\n\n\x00"
    path = tmp_path / "USPHERE7_20261120091500.ak"
    path.write_bytes(content)
    read = license_files.read_activation_file(str(path))
    assert (read.name, read.content) == (path.name, content)
    assert read.sha256 == hashlib.sha256(content).hexdigest()
    assert "\\x" not in repr(read)


def test_unreadable_activation_files_are_errors(tmp_path: Path) -> None:
    empty = tmp_path / "empty.ak"
    empty.touch()
    large = tmp_path / "large.ak"
    with large.open("wb") as stream:
        stream.truncate(license_files.MAX_BYTES + 1)
    pipe = tmp_path / "pipe.ak"
    os.mkfifo(pipe)
    below_a_file = empty / "x.ak"
    assert read_error(tmp_path / "none.ak") == "activation_file_missing"
    assert read_error(empty) == "activation_file_empty"
    assert read_error(large) == "activation_file_too_large"
    assert read_error(pipe) == "activation_file_not_regular"
    assert read_error(tmp_path) == "activation_file_not_regular"
    assert read_error(below_a_file) == "activation_file_unreadable"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("LS-000123_20261124.uak", "LS-000123_20261124.uak"),
        ("授权 1.uak", "授权 1.uak"),
        ("../../../etc/cron.d/x", "x"),
        ("..\\..\\x.uak", "x.uak"),
        ("/etc/passwd", "passwd"),
        ("a/..", "LS-1.uak"),
        ("..", "LS-1.uak"),
        ("", "LS-1.uak"),
        (".bashrc", "bashrc"),
        ("--checkpoint-action=x.uak", "checkpoint-action=x.uak"),
        ("a\x00b\n\x1b[31m.uak", "ab[31m.uak"),
    ],
)
def test_a_file_name_from_a_server_becomes_one_safe_name(name: str, kept: str) -> None:
    assert license_files.safe_name(name, "LS-1") == kept


def test_a_hostile_license_id_cannot_leave_the_directory() -> None:
    kept = license_files.safe_name("..", "../../LS\\1")
    assert "/" not in kept
    assert "\\" not in kept
    assert not kept.startswith(".")


def test_a_long_name_keeps_its_suffix() -> None:
    kept = license_files.safe_name("授" * 4000 + ".uak", "LS-1")
    assert kept.endswith(".uak")
    assert len(kept.encode()) <= license_files.MAX_NAME_BYTES


def test_saving_creates_private_directories_and_files(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    saved = license_files.keep(str(folder), "x.uak", b"proof")
    path = folder / "x.uak"
    assert saved == license_files.SavedFile(
        str(path), "x.uak", hashlib.sha256(b"proof").hexdigest(), written=True
    )
    assert path.read_bytes() == b"proof"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [entry.name for entry in folder.iterdir()] == ["x.uak"]


def test_saving_again_writes_nothing(tmp_path: Path) -> None:
    license_files.keep(str(tmp_path), "x.uak", b"proof")
    before = (tmp_path / "x.uak").stat()
    assert license_files.keep(str(tmp_path), "x.uak", b"proof").written is False
    assert (tmp_path / "x.uak").stat().st_ino == before.st_ino


@pytest.mark.parametrize("existing", [b"proof of another license", b"proo", b"proof+"])
def test_a_different_file_of_the_same_name_is_never_overwritten(tmp_path: Path, existing: bytes) -> None:
    (tmp_path / "x.uak").write_bytes(existing)
    with pytest.raises(ArtifactError) as caught:
        license_files.keep(str(tmp_path), "x.uak", b"proof")
    assert caught.value.code == "artifact_conflict"
    assert (tmp_path / "x.uak").read_bytes() == existing


def test_a_symbolic_link_of_the_same_name_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    target.write_bytes(b"proof")
    (tmp_path / "x.uak").symlink_to(target)
    with pytest.raises(ArtifactError) as caught:
        license_files.is_kept(str(tmp_path), "x.uak", b"proof")
    assert caught.value.code == "artifact_conflict"


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failed_write_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def fail(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(license_files.os, step, fail)
    with pytest.raises(ArtifactError) as caught:
        license_files.keep(str(tmp_path), "x.uak", b"proof")
    monkeypatch.undo()
    assert caught.value.code == "artifact_not_saved"
    assert caught.value.fields["reason"] == "No space left on device"
    assert list(tmp_path.iterdir()) == []


def test_the_file_and_its_directory_are_synced_around_the_rename(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, os.replace

    def spy_sync(handle: int) -> None:
        steps.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        fsync(handle)

    def spy_replace(source: str, target: str) -> None:
        steps.append("rename")
        replace(source, target)

    monkeypatch.setattr(license_files.os, "fsync", spy_sync)
    monkeypatch.setattr(license_files.os, "replace", spy_replace)
    license_files.keep(str(tmp_path), "x.uak", b"proof")
    assert steps == ["file", "rename", "folder"]


def test_a_directory_is_checked_before_it_is_needed(tmp_path: Path) -> None:
    folder = tmp_path / "proofs"
    license_files.check_directory(str(folder))
    assert not folder.exists()
    license_files.prepare_directory(str(folder))
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("prove", [license_files.check_directory, license_files.prepare_directory])
def test_a_file_in_place_of_the_directory_is_unusable(tmp_path: Path, prove: object) -> None:
    (tmp_path / "file").touch()
    assert callable(prove)
    with pytest.raises(ArtifactError) as caught:
        prove(str(tmp_path / "file" / "below"))
    assert caught.value.code == "artifacts_dir_unusable"


def test_an_unwritable_directory_is_detected_in_advance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Root may write anywhere, so the test sets the result of the access check.
    monkeypatch.setattr(license_files.os, "access", lambda path, mode: False)
    with pytest.raises(ArtifactError) as caught:
        license_files.check_directory(str(tmp_path))
    assert caught.value.code == "artifacts_dir_unusable"
