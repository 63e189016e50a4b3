# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run commands in turn and measure the CPU time of their process trees."""

from __future__ import annotations

import os
import resource
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


class RunError(Exception):
    """A command ended with another exit code than it must, or failed other hosts; the text has its output."""


@dataclass(frozen=True)
class Command:
    """A command, its directory and exit code, and the text that its output must contain ``marks`` times."""

    arguments: tuple[str, ...]
    directory: Path
    exit_code: int = 0
    mark: str = ""
    marks: int = 0


@dataclass(frozen=True)
class Sample:
    """Seconds of one run: CPU of the process tree, user and system, and wall time."""

    cpu: float
    wall: float


def measure(command: Command, environment: Mapping[str, str]) -> Sample:
    """Run a command and return its times. Raises RunError if it did not do what it must."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.monotonic()
    done = subprocess.run(
        command.arguments,
        cwd=command.directory,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    wall = time.monotonic() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = done.stdout.count(command.mark) if command.mark else command.marks
    if done.returncode != command.exit_code or found != command.marks:
        raise RunError(
            f"{' '.join(command.arguments)}\nmust exit with {command.exit_code} and print {command.mark!r} "
            f"{command.marks} times; got {done.returncode} and {found} times:\n"
            f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        )
    return Sample(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall)


def interleaved(
    commands: Mapping[str, Command],
    rounds: int,
    environment: Mapping[str, str],
    report: Callable[[str, Sample], None],
) -> dict[str, list[Sample]]:
    """Run all commands once per round, so that what slows the machine slows all of them."""
    samples: dict[str, list[Sample]] = {name: [] for name in commands}
    for _round in range(rounds):
        for name, command in commands.items():
            sample = measure(command, environment)
            samples[name].append(sample)
            report(name, sample)
    return samples


def median(samples: Iterable[Sample]) -> Sample:
    """Return the median CPU time and the median wall time."""
    found = list(samples)
    return Sample(_middle([each.cpu for each in found]), _middle([each.wall for each in found]))


def _middle(values: Sequence[float]) -> float:
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
