# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Directories that are written completely or not at all."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.bundles import whole_directory
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_errors import (
    ArtifactError,
)

FILES = {"device/a.did": b"device", "STEPS.txt": b"steps", "request.json": b"{}"}


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_new_directory_is_private_and_has_all_files(tmp_path: Path) -> None:
    place = tmp_path / "below" / "bundle"
    assert whole_directory.write_directory(str(place), FILES) == tuple(FILES)
    assert tree(tmp_path / "below") == {f"bundle/{name}": content for name, content in FILES.items()}
    assert {stat.S_IMODE(path.stat().st_mode) for path in place.rglob("*")} == {0o600, 0o700}
    assert whole_directory.write_directory(str(place), FILES) == ()


def test_a_directory_is_completed_out_of_sight_and_keeps_what_others_put_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "bundle"
    whole_directory.write_directory(str(place), FILES)
    (place / "issued").mkdir()
    (place / "issued" / "a.ak").write_bytes(b"opaque")
    for name in ("device/a.did", "request.json"):
        (place / name).unlink()
    before = place.stat().st_ino
    seen = []
    rename = os.rename

    def watched(source: str, target: str) -> None:
        rename(source, target)
        seen.append(sorted(tree(place)) if place.exists() else None)

    monkeypatch.setattr(whole_directory.os, "rename", watched)
    assert whole_directory.write_directory(str(place), FILES) == ("device/a.did", "request.json")
    assert tree(place) == {**FILES, "issued/a.ak": b"opaque"}
    assert place.stat().st_ino == before
    assert seen == [None, None, None, sorted([*FILES, "issued/a.ak"])]
    assert os.listdir(tmp_path) == ["bundle"]


def test_other_content_is_refused_and_nothing_is_changed(tmp_path: Path) -> None:
    place = tmp_path / "bundle"
    whole_directory.write_directory(str(place), FILES)
    (place / "STEPS.txt").write_bytes(b"edited")
    (place / "request.json").unlink()
    before = tree(tmp_path)
    with pytest.raises(ArtifactError) as caught:
        whole_directory.write_directory(str(place), FILES)
    assert (caught.value.code, caught.value.fields["path"]) == ("artifact_conflict", str(place / "STEPS.txt"))
    assert tree(tmp_path) == before


def test_staged_files_of_another_content_are_not_used(tmp_path: Path) -> None:
    part = tmp_path / ".bundle.part"
    part.mkdir()
    (part / "STEPS.txt").write_bytes(b"other")
    (part / "more.txt").write_bytes(b"other")
    whole_directory.write_directory(str(tmp_path / "bundle"), FILES)
    assert tree(tmp_path) == {f"bundle/{name}": content for name, content in FILES.items()}


@pytest.mark.parametrize("step", ["mkdir", "rename"])
def test_a_full_disk_leaves_nothing_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*given: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(ArtifactError) as caught:
        whole_directory.write_directory(str(tmp_path / "bundle"), FILES)
    monkeypatch.undo()
    assert (caught.value.code, caught.value.fields["reason"]) == (
        "artifact_not_saved",
        "No space left on device",
    )
    assert not (tmp_path / "bundle").exists()
    whole_directory.write_directory(str(tmp_path / "bundle"), FILES)
    assert os.listdir(tmp_path) == ["bundle"]


def test_hidden_directories_are_found_by_the_names_of_their_directories(tmp_path: Path) -> None:
    for name in (".a1.part", ".a1.repair", ".a2.part", ".b1.part", "a3.part", ".a4"):
        (tmp_path / name).mkdir()
    (tmp_path / ".a5.part").touch()
    found = whole_directory.hidden_directories(str(tmp_path), re.compile("a[0-9]"))
    assert [(hidden.name, hidden.kind) for hidden in found] == [
        ("a1", "repair"),
        ("a1", "part"),
        ("a2", "part"),
    ]
    assert whole_directory.hidden_directories(str(tmp_path / "none"), re.compile("a")) == ()
