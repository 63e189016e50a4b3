# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""One operator at a time: a lock per target and one per journal, with a deadline and a holder's name.

A lock is the kernel's (``flock``) on a small file, so that it ends with the process that holds it, however
that ends. The file itself stays and says who held it last; taking it away would let two hold it at once.
Only runs that see the same folder see each other: controllers that share a target share a lock folder.
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
from .license_files import FILE_MODE, make_folder
from .write_and_verify import LONGEST_WAIT_S

INTERVAL_S = 0.2
# What a holder says of itself is short; anything longer was not written by us.
MAX_BYTES = 4096

# Somebody else holds it. POSIX allows either of the two.
_BUSY = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES)

Target = Tuple[str, int]


class LockError(OperationError):
    """A lock is held by somebody else when the deadline comes, or cannot be had at all."""


@dataclass(frozen=True)
class Locks:
    """Where the locks lie and how long one is waited for, in seconds. ``what`` is the task's name."""

    folder: str
    timeout_s: float
    what: str
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)

    @contextlib.contextmanager
    def targets(self, targets: Sequence[Target]) -> Iterator[None]:
        """Hold the lock of each (host, port), in an order that two tasks cannot cross each other in.

        Raises LockError: ``lock_held`` (names who holds it), ``lock_unusable``.
        """
        with contextlib.ExitStack() as stack:
            for name in sorted({_target_name(host, port) for host, port in targets}):
                stack.enter_context(self.file(os.path.join(self.folder, name + ".lock"), name))
            yield

    @contextlib.contextmanager
    def file(self, path: str, name: str) -> Iterator[None]:
        """Hold the lock on the file ``path``; ``name`` is what a sentence calls it."""
        handle = _open(path, name)
        try:
            self._take(handle, path, name)
            _write(handle, self.what)
            try:
                yield
            finally:
                # A lock that nobody holds names nobody. If this fails, the next holder overwrites it.
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
                said = _holder(handle)
                raise LockError(
                    "lock_held",
                    lock=name,
                    seconds=round(self.timeout_s),
                    pid=said["pid"],
                    host=said["host"],
                    since=said["since"],
                    what=said["what"],
                )
            self.sleep(min(INTERVAL_S, left))


def locks_of(options: Mapping[str, Any], what: str) -> Locks:
    """Return the locks that a module's options ask for. Raises InvalidRequest."""
    seconds = options["lock_timeout"]
    # Written so that "not a number" fails too.
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
        make_folder(os.path.dirname(path))
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE)
    except OSError as error:
        raise _unusable(path, name, error) from error


def _unusable(path: str, name: str, error: OSError) -> LockError:
    reason = error.strerror or type(error).__name__
    return LockError("lock_unusable", lock=name, path=path, reason=reason)


def _write(handle: int, what: str) -> None:
    """Say who holds the lock. It holds all the same if there is no room to say so."""
    since = dt.datetime.now(dt.timezone.utc).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    text = json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": since, "what": what})
    with contextlib.suppress(OSError):
        os.ftruncate(handle, 0)
        os.pwrite(handle, text.encode("utf-8"), 0)


def _holder(handle: int) -> Mapping[str, str]:
    """Return who says to hold the lock; ``?`` where nothing readable is said."""
    said: Any = None
    with contextlib.suppress(OSError, ValueError, RecursionError):
        said = json.loads(os.pread(handle, MAX_BYTES, 0).decode("utf-8"))
    given = said if isinstance(said, dict) else {}
    return {name: str(given.get(name, "?"))[:120] for name in ("pid", "host", "since", "what")}
