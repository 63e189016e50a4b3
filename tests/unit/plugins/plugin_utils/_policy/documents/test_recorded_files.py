# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that were read for a policy are recorded with their size and time."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents.files import (
    FileStamp,
    is_file,
    read_bytes,
    record_files,
)


def test_what_is_read_and_what_is_missing_is_recorded(tmp_path: Path) -> None:
    path, missing = tmp_path / "a.yml", tmp_path / "b.yml"
    path.write_bytes(b"abc")
    os.utime(path, ns=(5, 7))
    with record_files() as stamps:
        assert read_bytes(path) == b"abc"
        assert not is_file(missing)
        assert is_file(path)
        with pytest.raises(OSError, match="No such file"):
            read_bytes(missing)
    read_bytes(path)
    state = os.stat(path)
    stamp = FileStamp(str(path), 3, 7, state.st_ctime_ns, state.st_ino, state.st_dev)
    assert stamps == [stamp, FileStamp(str(missing)), stamp, FileStamp(str(missing))]


def test_a_record_inside_of_another_is_its_own(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    with record_files() as outer:
        with record_files() as inner:
            read_bytes(tmp_path / "a")
        read_bytes(tmp_path / "a")
    assert (len(outer), len(inner)) == (1, 1)


def test_another_target_of_a_link_is_another_file(tmp_path: Path) -> None:
    for name, content in (("a.json", b"[1]"), ("b.json", b"[2]")):
        (tmp_path / name).write_bytes(content)
        os.utime(tmp_path / name, ns=(0, 0))
    link = tmp_path / "current.json"
    link.symlink_to("a.json")
    before = FileStamp.of(str(link))
    link.unlink()
    link.symlink_to("b.json")
    after = FileStamp.of(str(link))
    assert (before.size, before.mtime_ns) == (after.size, after.mtime_ns)
    assert before != after
