# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-rulebook as a process of its own, with the Java that it needs."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

BIN = Path(sys.executable).parent
LEAST_JAVA = 17
LACKING = (
    "Java {least} or newer is needed to run ansible-rulebook, and {found}; install it"
    " (Debian: apt-get install openjdk-17-jre-headless) or set JAVA_HOME to where it is"
)


def java_home() -> Path:
    """The home of a Java that is new enough: JAVA_HOME, else what PATH has. Raises LookupError."""
    given = os.environ.get("JAVA_HOME")
    command = shutil.which("java", path=f"{given}/bin") if given else shutil.which("java")
    if command is None:
        found = f"there is none in JAVA_HOME ({given})" if given else "there is none on PATH"
        raise LookupError(LACKING.format(least=LEAST_JAVA, found=found))
    done = subprocess.run([command, "-version"], capture_output=True, text=True, check=False, timeout=60)
    match = re.search(r'version "(\d+)', done.stderr + done.stdout)
    if match is None or int(match.group(1)) < LEAST_JAVA:
        version = match.group(1) if match else "one that does not say its version"
        raise LookupError(LACKING.format(least=LEAST_JAVA, found=f"{command} is {version}"))
    return Path(command).resolve().parents[1]


class Engine:
    """One run of ansible-rulebook; what it and its playbooks print goes to a file."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self._process, self._log = process, log

    @property
    def output(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    @property
    def plays(self) -> int:
        """How many playbooks have ended."""
        return self.output.count("PLAY RECAP")

    def until(self, holds: Callable[[], bool], seconds: float = 180) -> None:
        """Wait until something holds. A process that has ended, or time that is over, fails."""
        end = time.monotonic() + seconds
        while not holds():
            assert self._process.poll() is None, f"ansible-rulebook has ended:\n{self.output[-8000:]}"
            assert time.monotonic() < end, f"it did not come in {seconds} s:\n{self.output[-8000:]}"
            time.sleep(0.2)


@contextlib.contextmanager
def engine(
    rulebook: str, inventory: Path, variables: Path, log: Path, environment: dict[str, str]
) -> Iterator[Engine]:
    """Run a rulebook; at the end it and whatever it started is gone."""
    command = [str(BIN / "ansible-rulebook"), "--rulebook", rulebook]
    command += ["--inventory", str(inventory), "--vars", str(variables)]
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=log.parent,
            start_new_session=True,
        )
        try:
            yield Engine(process, log)
        finally:
            for number in (signal.SIGTERM, signal.SIGKILL):
                # Its own session, which this process has made.
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, number)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(10)
