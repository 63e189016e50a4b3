# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Serialize runs with file locks: one per target and one per journal, with a deadline.

A lock is a kernel lock (``flock``) on a small file, so it ends with the process that holds it, even if that
process is killed. The file names the holder and is never deleted, because two processes could then hold the
lock at once. Only runs that use the same directory exclude each other: controllers that share a target must
share a lock directory.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import fcntl
import hashlib
import json
import os
import socket
import time
from dataclasses import dataclass, field
from typing import Any, Callable, Iterator, Mapping, Sequence, Tuple

from .errors import InvalidRequest, OperationError
from .license_files import FILE_MODE, make_directory
from .write_and_verify import LONGEST_WAIT_S

INTERVAL_S = 0.2
# The entry of a holder is short; anything longer was not written by this module.
MAX_BYTES = 4096

# Another process holds the lock. POSIX allows EAGAIN (EWOULDBLOCK) and EACCES.
_BUSY = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES)

Target = Tuple[str, int]


class LockError(OperationError):
    """A lock is still held by another process at the deadline, or its file cannot be used."""


@dataclass(frozen=True)
class Locks:
    """The directory of the locks and the time to wait for one, in seconds. ``what`` is the task's name."""

    folder: str
    timeout_s: float
    what: str
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)

    @contextlib.contextmanager
    def targets(self, targets: Sequence[Target]) -> Iterator[None]:
        """Hold the lock of each (host, port), acquired in sorted order so that two tasks cannot deadlock.

        Raises LockError: ``lock_held`` (names the holder), ``lock_unusable``.
        """
        with contextlib.ExitStack() as stack:
            for name in sorted({_target_name(host, port) for host, port in targets}):
                stack.enter_context(self.file(os.path.join(self.folder, name + ".lock"), name))
            yield

    @contextlib.contextmanager
    def file(self, path: str, name: str) -> Iterator[None]:
        """Hold the lock on the file ``path``; ``name`` is the name of the lock in messages."""
        handle = _open(path, name)
        try:
            self._take(handle, path, name)
            _write(handle, self.what)
            try:
                yield
            finally:
                # A released lock names no holder. If this fails, the next holder overwrites the entry.
                with contextlib.suppress(OSError):
                    os.ftruncate(handle, 0)
        finally:
            os.close(handle)

    def _take(self, handle: int, path: str, name: str) -> None:
        end = self.clock() + self.timeout_s
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                if error.errno not in _BUSY:
                    raise _unusable(path, name, error) from error
            else:
                return
            left = end - self.clock()
            if left <= 0:
                holder = _holder(handle)
                raise LockError(
                    "lock_held",
                    lock=name,
                    seconds=round(self.timeout_s),
                    pid=holder["pid"],
                    host=holder["host"],
                    since=holder["since"],
                    what=holder["what"],
                )
            self.sleep(min(INTERVAL_S, left))


def locks_of(options: Mapping[str, Any], what: str) -> Locks:
    """Return the locks that a module's options configure. Raises InvalidRequest."""
    seconds = options["lock_timeout"]
    # Written so that NaN fails, too.
    if not 0 <= seconds <= LONGEST_WAIT_S:
        expected = "a number of seconds from 0 to {0}".format(LONGEST_WAIT_S)
        raise InvalidRequest("option_invalid", option="lock_timeout", expected=expected, got=seconds)
    return Locks(options["lock_dir"], seconds, what)


def _target_name(host: str, port: int) -> str:
    """Return a file name for a target: readable, and different for different targets."""
    target = "{0}:{1}".format(host.strip().rstrip(".").lower(), port)
    readable = "".join(c if c.isascii() and (c.isalnum() or c in ".-") else "_" for c in target)[:80]
    return "target-{0}-{1}".format(readable, hashlib.sha256(target.encode("utf-8")).hexdigest()[:8])


def _open(path: str, name: str) -> int:
    try:
        make_directory(os.path.dirname(path))
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE)
    except OSError as error:
        raise _unusable(path, name, error) from error


def _unusable(path: str, name: str, error: OSError) -> LockError:
    reason = error.strerror or type(error).__name__
    return LockError("lock_unusable", lock=name, path=path, reason=reason)


def _write(handle: int, what: str) -> None:
    """Record the holder in the lock file. The lock is held even if the write fails, as on a full disk."""
    since = dt.datetime.now(dt.timezone.utc).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    text = json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": since, "what": what})
    with contextlib.suppress(OSError):
        os.ftruncate(handle, 0)
        os.pwrite(handle, text.encode("utf-8"), 0)


def _holder(handle: int) -> Mapping[str, str]:
    """Return the recorded holder of the lock; ``?`` for each field that cannot be read."""
    document: Any = None
    with contextlib.suppress(OSError, ValueError, RecursionError):
        document = json.loads(os.pread(handle, MAX_BYTES, 0).decode("utf-8"))
    entry = document if isinstance(document, dict) else {}
    return {name: str(entry.get(name, "?"))[:120] for name in ("pid", "host", "since", "what")}
