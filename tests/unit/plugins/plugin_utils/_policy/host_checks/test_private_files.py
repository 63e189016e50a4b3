# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that the tasks of a run share: only this user's are read, and nothing fails without them."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.host_checks import private_files
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.host_checks.private_files import (
    NAME,
    PrivateDirectory,
)


def test_what_is_written_is_read_by_another_process(tmp_path: Path) -> None:
    assert PrivateDirectory(str(tmp_path)).write("a.json", b"content")
    assert PrivateDirectory(str(tmp_path)).read("a.json") == b"content"
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o700
    assert (tmp_path / NAME / "a.json").stat().st_mode & 0o777 == 0o600
    assert [each.name for each in (tmp_path / NAME).iterdir()] == ["a.json"]


def test_the_first_file_of_a_name_can_be_kept(tmp_path: Path) -> None:
    directory = PrivateDirectory(str(tmp_path))
    assert directory.write("a", b"one", first=True)
    assert not directory.write("a", b"two", first=True)
    assert directory.read("a") == b"one"
    assert directory.write("a", b"three")
    assert directory.read("a") == b"three"
    assert [each.name for each in (tmp_path / NAME).iterdir()] == ["a"]


def test_a_file_that_does_not_exist_has_no_content(tmp_path: Path) -> None:
    assert PrivateDirectory(str(tmp_path)).read("a.json") is None
    assert PrivateDirectory(str(tmp_path / "missing")).read("a.json") is None
    assert PrivateDirectory(str(tmp_path / "missing")).write("a.json", b"") is False


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_a_file_that_others_can_use_is_not_read(tmp_path: Path, mode: int) -> None:
    PrivateDirectory(str(tmp_path)).write("a.json", b"content")
    (tmp_path / NAME / "a.json").chmod(mode)
    assert PrivateDirectory(str(tmp_path)).read("a.json") is None


def test_a_directory_that_others_can_use_is_not_used(tmp_path: Path) -> None:
    PrivateDirectory(str(tmp_path)).write("a.json", b"content")
    (tmp_path / NAME).chmod(0o770)
    assert PrivateDirectory(str(tmp_path)).read("a.json") is None
    assert PrivateDirectory(str(tmp_path)).write("b.json", b"content") is False


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    directory = PrivateDirectory(str(tmp_path))
    directory.write("a.json", b"content")
    (tmp_path / NAME / "b.json").symlink_to(tmp_path / NAME / "a.json")
    assert directory.read("b.json") is None
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / NAME).symlink_to(tmp_path / "elsewhere")
    assert PrivateDirectory(str(tmp_path / "linked")).write("a.json", b"content") is False


def test_files_of_another_user_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    PrivateDirectory(str(tmp_path)).write("a.json", b"content")
    other = SimpleNamespace(**{name: getattr(os, name) for name in dir(os)})
    other.geteuid = lambda: os.geteuid() + 1
    monkeypatch.setattr(private_files, "os", other)
    assert PrivateDirectory(str(tmp_path)).read("a.json") is None
