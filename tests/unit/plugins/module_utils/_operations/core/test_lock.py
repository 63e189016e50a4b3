# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lock has one holder and a deadline; its error names the holder; a dead holder releases it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core import lock
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import InvalidRequest

EAST, WEST = ("10.1.0.5", 28443), ("10.2.0.5", 28443)

HOLDER = """
import sys, time
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core import lock
with lock.Locks(sys.argv[1], 1, "license").targets([("10.1.0.5", 28443)]):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def locks(tmp_path: Path, clock: Any) -> lock.Locks:
    return lock.Locks(str(tmp_path / "locks"), 5, "license_migration", clock, clock.sleep)


def test_the_second_waits_until_the_deadline_and_reports_the_first(locks: lock.Locks, clock: Any) -> None:
    other = replace(locks, what="license")
    with locks.targets([EAST]), pytest.raises(lock.LockError) as caught, other.targets([EAST]):
        pytest.fail("two held it at once")
    error = caught.value
    assert (error.code, clock.now) == ("lock_held", 105.0)
    assert (error.fields["pid"], error.fields["what"]) == (str(os.getpid()), "license_migration")
    assert error.fields["lock"].startswith("target-10.1.0.5_28443-")  # type: ignore[attr-defined]
    assert str(os.getpid()) in render(error.code, error.fields)


def test_the_lock_is_free_again_after_an_error(locks: lock.Locks) -> None:
    with pytest.raises(KeyError), locks.targets([EAST]):
        raise KeyError("x")
    with locks.targets([EAST]):
        pass


def test_other_targets_are_free(locks: lock.Locks) -> None:
    with locks.targets([EAST]), locks.targets([WEST]), locks.targets([("10.1.0.5", 28444)]):
        pass


def test_two_spellings_of_one_target_share_a_lock(locks: lock.Locks) -> None:
    with (
        locks.targets([("LS.example", 1)]),
        pytest.raises(lock.LockError),
        locks.targets([("ls.Example.", 1)]),
    ):
        pytest.fail("two held it at once")
    with locks.targets([EAST, EAST]):
        pass


def test_two_targets_are_locked_in_a_fixed_order(locks: lock.Locks, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []
    original = lock.Locks._take

    def remember(self: lock.Locks, handle: int, path: str, name: str) -> None:
        taken.append(name)
        original(self, handle, path, name)

    monkeypatch.setattr(lock.Locks, "_take", remember)
    for order in ([EAST, WEST], [WEST, EAST]):
        with locks.targets(order):
            pass
    assert taken[:2] == taken[2:]


def test_a_host_name_is_never_used_as_a_path(locks: lock.Locks, tmp_path: Path) -> None:
    with locks.targets([("../../etc/x\x00y", 1), ("主机", 2)]):
        pass
    assert sorted(path.parent for path in tmp_path.rglob("*.lock")) == [tmp_path / "locks"] * 2
    assert {path.stat().st_mode & 0o777 for path in tmp_path.rglob("*.lock")} == {0o600}


@pytest.mark.parametrize("text", ["", "{", "[1]", '"x"', "\udcff", "[" * 4000])
def test_an_unreadable_holder_is_shown_as_a_question_mark(locks: lock.Locks, text: str) -> None:
    with locks.targets([EAST]):
        (path,) = Path(locks.folder).iterdir()
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
        with pytest.raises(lock.LockError) as caught, locks.targets([EAST]):
            pytest.fail("two held it at once")
    assert caught.value.fields["pid"] == "?"


def test_an_unusable_lock_directory_is_an_error(locks: lock.Locks, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    broken = replace(locks, folder=str(tmp_path / "file"))
    with pytest.raises(lock.LockError) as caught, broken.targets([EAST]):
        pytest.fail("nothing was locked")
    assert caught.value.code == "lock_unusable"
    (tmp_path / "link.lock").symlink_to(tmp_path / "file")
    with pytest.raises(lock.LockError), locks.file(str(tmp_path / "link.lock"), "x"):
        pytest.fail("a link was followed")


def test_the_lock_of_a_killed_process_is_free(locks: lock.Locks) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, locks.folder], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(lock.LockError) as caught, locks.targets([EAST]):
            pytest.fail("two held it at once")
        assert caught.value.fields["pid"] == str(holder.pid)
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with locks.targets([EAST]):
        pass


@pytest.mark.parametrize("seconds", [-1, float("nan"), 1e9])
def test_an_endless_wait_is_refused(seconds: float) -> None:
    with pytest.raises(InvalidRequest):
        lock.locks_of({"lock_timeout": seconds, "lock_dir": "/x"}, "license")
