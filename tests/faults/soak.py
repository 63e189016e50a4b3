# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Soak test: thousands of operations by two controllers with random failures, compared with a ledger.

    python tests/faults/soak.py [--seed 1] [--count 2000]

Each controller takes one goal after the other: it installs, removes or migrates a license, or changes a
client. On the way runs are killed, requests and work fail, the clock jumps, servers are restored from a
snapshot, and the other controller runs the same task. An operation is a run that sent a request which changes
something, or that went on with what an earlier one had sent. Prints the counts. Ends with 1 if a license was
lost or doubled, a success was none, a goal was not reached, or there was too little of anything. A seed makes
the same choices.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

import processes
from controller_run import SHARES, TROUBLES, Controller, Count
from simulator import Simulator
from soak_servers import Site, scenario

ENDED = object()
CONTROLLERS = ("one", "two")
GOALS = 60  # of each controller in one site
# Many more operations than wanted mean that something is never reached.
AT_MOST = 3


def main() -> int:
    parser = argparse.ArgumentParser(description="Soak the collection in operations and trouble.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=2000, help="operations, at least")
    given = parser.parse_args()
    processes.load()
    folder = Path(tempfile.mkdtemp(prefix="usphere-soak-"))
    count = Count(given.count)
    number = 0
    while count.missing() and count.operations < AT_MOST * given.count and _go_on(count):
        work(folder / f"site-{number}", random.Random(f"{given.seed}-{number}"), count)  # noqa: S311 - to be repeated
        number += 1
    show(given.seed, number, count)
    if count.good:
        shutil.rmtree(folder)
    return 0 if count.good else 1


def _go_on(count: Count) -> bool:
    """After so much that is wrong, more of it tells nothing new."""
    found = count.verdict
    return len(found.lost) + len(found.doubled) + len(found.silent) + len(count.unreached) < 50


def work(folder: Path, chance: random.Random, count: Count) -> None:
    """Let both controllers work in one site, then look at all that is there."""
    with Simulator(folder / "simulator", scenario(chance)) as simulator:
        (folder / "operators").mkdir()
        site = Site(simulator, folder / "operators")
        controllers = [
            Controller(name, site, count, random.Random(f"{name}-{chance.random()}"))  # noqa: S311 - as above
            for name in CONTROLLERS
        ]
        steps = [controller.steps(GOALS) for controller in controllers]
        while steps:
            steps = [step for step in steps if next(step, ENDED) is not ENDED]
            time.sleep(0.002)
        count.unreached += site.amiss()


def show(seed: int, estates: int, count: Count) -> None:
    """Print what was done and what was found."""
    print(f"seed: {seed}, simulators one after the other: {estates}")
    print(f"operations that sent or resumed a write: {count.operations}")
    for name in (*SHARES, *TROUBLES):
        print(f"  {name}: {count.done[name]}")
    others = sorted(set(count.done) - {*SHARES, *TROUBLES, ""})
    print("  " + ", ".join(f"{name}: {count.done[name]}" for name in others))
    found = {
        "licenses lost": count.verdict.lost,
        "licenses doubled": count.verdict.doubled,
        "successes without a live license": count.verdict.silent,
        "goals that were not reached": count.unreached,
    }
    for what, lines in found.items():
        print(f"{what}: {len(lines)}")
    for lines in found.values():
        for line in lines:
            print(f"  {line}")
    for name, number in count.missing().items():
        print(f"too little of {name}: {number} more")


if __name__ == "__main__":
    sys.exit(main())
