# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that only this user can have written: what the tasks of one run pass on to each other."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path as FilePath

NAME = "usphere_host_compliance"


class PrivateDirectory:
    """A directory of mode 0700 below ``parent``. Files of another user, mode or kind are never read.

    Reading and writing never fail: without a usable directory every task prepares its policy itself.
    """

    def __init__(self, parent: str) -> None:
        self._path = FilePath(parent) / NAME
        self._is_usable: bool | None = None

    def read(self, name: str) -> bytes | None:
        """Return the content of a file that this user alone can write, else None."""
        if not self._usable():
            return None
        try:
            descriptor = os.open(self._path / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            return None
        with open(descriptor, "rb") as stream:
            state = os.fstat(descriptor)
            if not stat.S_ISREG(state.st_mode) or not _is_private(state):
                return None
            try:
                return stream.read()
            except OSError:
                return None

    def write(self, name: str, content: bytes, *, first: bool = False) -> bool:
        """Write a file completely or not at all, with mode 0600. Return whether it was written.

        With ``first``, a file that exists is not replaced.
        """
        if not self._usable():
            return False
        try:
            descriptor, temporary = tempfile.mkstemp(dir=self._path)
        except OSError:
            return False
        try:
            with open(descriptor, "wb") as stream:
                stream.write(content)
            if first:
                # A link, unlike a replacement, fails for a name that exists.
                os.link(temporary, self._path / name)
            else:
                os.replace(temporary, self._path / name)
        except OSError:
            return False
        finally:
            with suppress(OSError):
                os.unlink(temporary)
        return True

    def _usable(self) -> bool:
        if self._is_usable is None:
            with suppress(OSError):
                os.mkdir(self._path, 0o700)
            try:
                state = os.lstat(self._path)
            except OSError:
                self._is_usable = False
            else:
                self._is_usable = stat.S_ISDIR(state.st_mode) and _is_private(state)
        return self._is_usable


def _is_private(state: os.stat_result) -> bool:
    return state.st_uid == os.geteuid() and not state.st_mode & 0o077
