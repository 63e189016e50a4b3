# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write report files atomically."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from ..._policy.base.errors import PolicyError


def write_report(path: str, text: str, mode: int = 0o666) -> None:
    """Write ``text`` to ``path`` atomically: readers get the old or the new report, never a part of it.

    Missing directories are created. The umask restricts ``mode``. Raises PolicyError ``report_unwritten``.
    """
    target = Path(path).expanduser()
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(6)}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # The umask of the user sets the permissions, because other users may read a report.
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(target)
        except OSError:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
        _sync_directory(target.parent)
    except OSError as error:
        raise PolicyError("report_unwritten", path=path, reason=error.strerror or str(error)) from error


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def numbered(path: str, number: int) -> str:
    """Return the path of report ``number`` of a run: ``report.html``, then ``report-2.html``."""
    if number == 1:
        return path
    target = Path(path)
    return str(target.with_name(f"{target.stem}-{number}{target.suffix}"))
