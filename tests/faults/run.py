# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The matrix of faults, from the command line.

    python tests/faults/run.py [--fast] [--workers 3] [--only "migrate one"]

Prints cases, recovered, lost, doubled, and a table of operations and faults. Ends with 1 unless all recovered
and nothing was lost or doubled. Then two controllers at once, in 50 rounds (--fast: 5).
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import controllers
import processes
from matrix import KINDS, WORK, Case, Step, cases_of, learn, play
from scenes import SCENES

Row = dict[str, Any]


def main() -> int:
    parser = argparse.ArgumentParser(description="Disturb every operation at every step.")
    parser.add_argument("--fast", action="store_true", help="one kind per step, no long operations")
    parser.add_argument("--workers", type=int, default=3, help="processes side by side, most of which wait")
    parser.add_argument("--only", action="append", help="one operation; may be said again for another")
    parser.add_argument("--kind", action="append", help="one kind of fault; may be said again")
    parser.add_argument("--shard", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.shard:
        _shard(given)
        return 0
    folder = Path(tempfile.mkdtemp(prefix="usphere-faults-"))
    rows = _all(given, folder)
    _print(rows)
    alone = given.only or given.kind
    rounds = [] if alone else controllers.play(5 if given.fast else 50, folder)
    clashes = [(one.name, line) for one in rounds for line in one.wrong]
    if rounds:
        print(f"\nrounds of two controllers at once: {len(rounds)}")
        print(f"runs that waited for the other: {sum(one.waited for one in rounds)}")
        print(f"runs that ended with the lock's sentence: {sum(one.refused for one in rounds)}")
        print(f"rounds that went wrong: {sum(bool(one.wrong) for one in rounds)}")
    for name, line in clashes:
        print(f"  {name}: {line}")
    missed = [row for row in rows if row["missed"] and not row["wrong"]]
    bad = [row for row in rows if not row["good"]]
    for row in bad:
        print(f"\n{row['name']}, {row['kind']}, {row['step']}")
        for what in ("lost", "doubled", "wrong"):
            for line in row[what]:
                print(f"  {what}: {line}")
        print(f"  see {row['folder']}")
    # A case that met nothing proves nothing; a few are polls and waits that this machine was too quick for.
    if not rows or len(missed) > len(rows) // 20:
        print(f"\n{len(missed)} of {len(rows)} cases never came to their step.")
        return 1
    if bad or clashes:
        return 1
    shutil.rmtree(folder)
    return 0


def _shard(given: argparse.Namespace) -> None:
    """Play the cases of a file; one line of JSON for each."""
    processes.load()
    file = Path(given.shard)
    said = json.loads(file.read_text(encoding="utf-8"))
    folder = file.with_suffix("")
    for outcome in play([Case(row["scene"], Step(**row["step"]), row["kind"]) for row in said], folder):
        case = outcome.case
        row: Row = {**asdict(outcome), "good": outcome.good, "folder": str(folder), "kind": case.kind}
        row |= {"name": SCENES[case.scene]().name, "step": str(case.step)}
        print(json.dumps(row), flush=True)


def _all(given: argparse.Namespace, folder: Path) -> list[Row]:
    """Learn the steps, deal the cases out to some processes, and collect what came of them."""
    processes.load()
    cases = []
    for number, make in enumerate(SCENES):
        scene = make()
        if scene.name in (given.only or ()) or (given.only is None and not (given.fast and scene.long)):
            cases += cases_of(number, learn(scene, folder / f"learn-{number}"), given.fast)
    cases = [case for case in cases if given.kind is None or case.kind in given.kind]
    shards = []
    for number in range(given.workers):
        file = folder / f"part-{number}.json"
        mine = cases[number :: given.workers]
        file.write_text(json.dumps([asdict(case) for case in mine]), encoding="utf-8")
        with open(file.with_suffix(".rows"), "w", encoding="utf-8") as out:
            command = [sys.executable, __file__, "--shard", str(file)]
            shards.append((file, subprocess.Popen(command, stdout=out)))
    rows = []
    for file, process in shards:
        if process.wait() != 0:
            raise SystemExit("a part of the matrix ended early, see above")
        with open(file.with_suffix(".rows"), encoding="utf-8") as lines:
            rows += [json.loads(line) for line in lines]
    if len(rows) != len(cases):
        raise SystemExit(f"{len(rows)} of {len(cases)} cases were played")
    return rows


def _print(rows: list[Row]) -> None:
    met: Counter[tuple[str, str]] = Counter((row["name"], row["kind"]) for row in rows)
    good: Counter[tuple[str, str]] = Counter((row["name"], row["kind"]) for row in rows if row["good"])
    names = list(dict.fromkeys(row["name"] for row in rows))
    width = max((len(name) for name in names), default=0)
    kinds = [kind for kind in (*KINDS, *WORK) if any(met[(name, kind)] for name in names)]
    print("\nrecovered / cases by operation and fault")
    print(" " * width, *(f"{kind:>13}" for kind in kinds))
    for name in names:
        cells = (f"{good[(name, kind)]}/{met[(name, kind)]}" if met[(name, kind)] else "-" for kind in kinds)
        print(f"{name:{width}}", *(f"{cell:>13}" for cell in cells))
    print()
    figures = {
        "cases": len(rows),
        "recovered by the second run": sum(row["recovered"] and not row["wrong"] for row in rows),
        "licences lost": sum(len(row["lost"]) for row in rows),
        "licences doubled": sum(len(row["doubled"]) for row in rows),
        "cases that never came to their step": sum(row["missed"] for row in rows),
    }
    for what, number in figures.items():
        print(f"{what}: {number}")


if __name__ == "__main__":
    sys.exit(main())
