# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Five figures about verdicts, from the command line: what passes must be known, what is known must pass.

    python tests/evidence/run.py [--seed 1] [--count 300] [--figure plays] [--workers 2]

``--count`` is the number of plays; the other figures grow with it. Prints one line per figure and each
finding. Ends with 1 unless every figure is at its bar.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# Worker processes import the files of this directory and the fakes of the unit tests, too.
sys.path[:0] = [str(HERE), str(HERE.parent / "unit"), str(ROOT / ".collections")]

import fact_mutation  # noqa: E402 - after the path is set
import honest_fleet  # noqa: E402
import orders  # noqa: E402
import plays  # noqa: E402

#: For this number of plays, the other figures have the size of their bars.
PLAYS = 300
MUTATIONS, SEQUENCES, ORDERS = 42_000, 2_000, 500
#: Of the plays, the share in which every host has to be read and to pass.
SHARE_PASSED = 1 / 3
LYING = "tests/unit/plugins/module_utils/_vms/test_lying_server.py"
SHOWN = 40


@dataclass(frozen=True)
class Figure:
    """One line of figures, whether it is at its bar, and what is not."""

    line: str
    is_good: bool
    findings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scale:
    """Seed, workers, and how the counts relate to those of the bars."""

    seed: int
    workers: int
    count: int

    def of(self, number: int) -> int:
        return max(1, number * self.count // PLAYS)


def mutations(scale: Scale) -> Figure:
    total = fact_mutation.Figures()
    with ProcessPoolExecutor(scale.workers) as pool:
        tasks = [
            pool.submit(fact_mutation.judge_all, scale.of(MUTATIONS), scale.seed, share, scale.workers)
            for share in range(scale.workers)
        ]
        for task in tasks:
            total.add(task.result())
    kinds = ", ".join(f"{name} {count}" for name, count in sorted(total.kinds.items()))
    line = f"mutations {total.judged} ({kinds}), greens {len(total.greens)}, crashes {len(total.crashes)}"
    found = (*total.greens, *total.crashes)
    return Figure(line, not found and total.judged > 0, found)


def lying_server(scale: Scale) -> Figure:
    environment = {**os.environ, "LYING_SEED": str(scale.seed), "LYING_SEQUENCES": str(scale.of(SEQUENCES))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-s", LYING],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r'^\{"sequences".*\}$', done.stdout, re.MULTILINE)
    figures = json.loads(found[0]) if found else {}
    line = ", ".join(f"{name} {count}" for name, count in figures.items())
    good = done.returncode == 0 and bool(figures)
    return Figure(line or "no figures", good, () if good else tuple(done.stdout.splitlines()[-SHOWN:]))


def generated_plays(scale: Scale) -> Figure:
    total = plays.Figures()
    folder = Path(tempfile.mkdtemp(prefix="usphere-evidence-"))
    with ProcessPoolExecutor(scale.workers) as pool:
        tasks = []
        for share in range(scale.workers):
            (folder / str(share)).mkdir()
            arguments = (scale.count, scale.seed, folder / str(share), share, scale.workers)
            tasks.append(pool.submit(plays.play_all, *arguments))
        for task in tasks:
            total.add(task.result())
    kinds = ", ".join(f"{name}: {count}" for name, count in sorted(total.kinds.items()))
    line = (
        f"plays {total.played} ({kinds}), every host read and passed {total.passed}, "
        f"unread hosts passed in {len(total.greens)}, crashes {len(total.crashes)}"
    )
    found = (*total.greens, *total.crashes)
    return Figure(line, not found and total.passed >= SHARE_PASSED * scale.count, found)


def permutations(scale: Scale) -> Figure:
    with tempfile.TemporaryDirectory() as folder:
        found = orders.judge_all(scale.of(ORDERS), scale.seed, Path(folder))
    ways = ", ".join(f"{name} {count}" for name, count in found.ways.items())
    line = f"permutations {found.permutations} ({ways}), differences {len(found.differences)}"
    return Figure(line, not found.differences, tuple(found.differences))


def honest_systems(_scale: Scale) -> Figure:
    with tempfile.TemporaryDirectory() as folder:
        found = honest_fleet.judge_all(Path(folder))
    line = f"honest systems {found.systems}, judged {found.judged} times, reds {len(found.reds)}"
    return Figure(line, not found.reds and found.systems == 14, tuple(found.reds))


FIGURES: dict[str, Callable[[Scale], Figure]] = {
    "mutation": mutations,
    "lying-server": lying_server,
    "plays": generated_plays,
    "order": permutations,
    "honest-fleet": honest_systems,
}


def main() -> int:
    parser = argparse.ArgumentParser(description="Print the figures about verdicts.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=PLAYS, help="number of plays; the rest in proportion")
    parser.add_argument("--figure", action="append", choices=[*FIGURES], help="one figure; may be repeated")
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
    given = parser.parse_args()
    if given.count < 1 or given.workers < 1:
        parser.error("--count and --workers must be 1 or more")
    scale = Scale(given.seed, given.workers, given.count)
    failed = 0
    for name in given.figure or FIGURES:
        figure = FIGURES[name](scale)
        failed += not figure.is_good
        print(f"{'ok  ' if figure.is_good else 'MISS'} {name}: {figure.line}", flush=True)
        for finding in figure.findings[:SHOWN]:
            print(f"       {finding}")
        if len(figure.findings) > SHOWN:
            print(f"       and {len(figure.findings) - SHOWN} more")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
