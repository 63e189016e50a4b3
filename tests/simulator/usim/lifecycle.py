# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start and stop the process of a state directory.

The process holds a file lock while it runs and writes its pid into the locked file. If the lock is held, the
pid in the file is therefore that of the simulator, even if pids are reused.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path

ENDPOINTS = "endpoints.json"
LOG = "simulator.log"
_LOCK = "simulator.pid"
START_DEADLINE = 30.0
PORT_WAIT = 10.0
STOP_DEADLINE = 10.0
_INTERVAL = 0.05
_ANSWER_DEADLINE = 5.0


class LifecycleError(Exception):
    """The process could not be started or stopped; the text contains the reason."""


class StateLock:
    """Lock held by the serving process; the kernel releases it when the process ends for any reason."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _LOCK
        self._descriptor = -1

    def __enter__(self) -> StateLock:
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._descriptor)
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise
            raise LifecycleError(f"{self._path.parent} is already served by another process.") from error
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, str(os.getpid()).encode(), 0)
        return self

    def __exit__(self, *_exception: object) -> None:
        os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)


def running_pid(folder: Path) -> int | None:
    """Return the pid of the simulator that serves this directory, or None."""
    try:
        descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        # Shared, so that two who look at the same time do not take each other for the simulator.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.EAGAIN, errno.EACCES):
            raise
        text = os.pread(descriptor, 32, 0).decode()
        return int(text) if text.isdecimal() else None
    finally:
        os.close(descriptor)
    return None


def answers(folder: Path, pid: int) -> bool:
    """Return whether the process serves this directory and its control port responds."""
    endpoints = folder / ENDPOINTS
    if not _is_of(endpoints, pid):
        return False
    # Loopback is never behind a proxy.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        control = json.loads(endpoints.read_text(encoding="utf-8"))["control"]
        with opener.open(f"{control}/clock", timeout=_ANSWER_DEADLINE) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def start(
    folder: Path,
    scenario: Path | None,
    port_wait: float = PORT_WAIT,
    new_ports: bool = False,
    requested: Mapping[str, int] | None = None,
    timeout: float | None = None,
) -> Path:
    """Start the process in the background; return when every port responds.

    Waits ``timeout`` seconds at most; by default 30 seconds and ``port_wait``.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    pid = running_pid(folder)
    if pid is not None:
        raise LifecycleError(f"{folder} is already served by process {pid}: stop it first.")
    command = [sys.executable, str(Path(__file__).resolve().parent.parent), "serve", "--state", str(folder)]
    if scenario is not None:
        command += ["--scenario", str(scenario)]
    command += ["--port-wait", str(port_wait), *(["--new-ports"] if new_ports else [])]
    for name, port in (requested or {}).items():
        command += ["--port", f"{name}={port}"]
    endpoints = folder / ENDPOINTS
    with open(folder / LOG, "ab") as log:
        begin = log.tell()
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    patience = START_DEADLINE + port_wait if timeout is None else timeout
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise LifecycleError(f"it ended at once: {_tail(folder / LOG, begin)}")
        if _is_of(endpoints, child.pid):
            return endpoints
        time.sleep(_INTERVAL)
    child.terminate()
    child.wait(STOP_DEADLINE)
    raise LifecycleError(f"it was not ready after {patience:.0f} seconds: {_tail(folder / LOG, begin)}")


def _is_of(endpoints: Path, pid: int) -> bool:
    try:
        return bool(json.loads(endpoints.read_text(encoding="utf-8"))["pid"] == pid)
    except FileNotFoundError:
        return False


def _tail(log: Path, begin: int) -> str:
    with open(log, "rb") as stream:
        stream.seek(begin)
        return stream.read().decode("utf-8", "replace").strip()[-2000:] or "it wrote nothing."


def _wait_gone(pid: int) -> None:
    """Wait until the process ends, shortly after its lock is released. A zombie process counts as ended."""
    deadline = time.monotonic() + 1.0
    while time.monotonic() < deadline and _runs(pid):
        time.sleep(_INTERVAL / 10)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except ProcessLookupError:
        return False
    except FileNotFoundError:
        # No /proc on this system, or the process ended in between.
        return not Path("/proc/self/stat").exists()
    fields = stat.rpartition(")")[2].split()
    # One of several threads is dead when the last thread is: until then it still has its ports and locks.
    return fields[0] != "X" and (fields[0] != "Z" or int(fields[17]) > 1)


def stop(folder: Path) -> int | None:
    """Stop the process of this directory and wait for its end; return its pid, None if there was none."""
    pid = running_pid(folder)
    if pid is None:
        return None
    for number, patience in ((signal.SIGTERM, STOP_DEADLINE), (signal.SIGKILL, STOP_DEADLINE)):
        os.kill(pid, number)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if running_pid(folder) != pid:
                _wait_gone(pid)
                return pid
            time.sleep(_INTERVAL)
    raise LifecycleError(f"process {pid} does not end.")
