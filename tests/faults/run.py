# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The matrix of faults, from the command line.

    python tests/faults/run.py [--fast] [--api second] [--workers 6] [--only "migrate one"] [--kind "cut"]
    python tests/faults/run.py --part incidents [--incident "two journals"] [--state verified]

Three parts: every operation with every fault and each incident at each state of a migration, both on each API
of the simulator or on those that ``--api`` names; two controllers at once (50 rounds, --fast: 5). Prints
cases, recovered, lost, doubled, and a table of operations and faults for each API.
Ends with 1 unless all recovered and nothing was lost or doubled.
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
from itertools import product
from pathlib import Path
from typing import Any

import controllers
import incident_matrix
import processes
from apis import APIS
from incident_matrix import IncidentCase
from matrix import KINDS, WORK, Case, Step, cases_of, learn, play
from operations import OPERATIONS

Row = dict[str, Any]
# Most workers wait: for a server's work, for a deadline, for a poll.
WORKERS = 6
PARTS = ["matrix", "incidents", "controllers"]


def main() -> int:
    parser = argparse.ArgumentParser(description="Disturb every operation at every step.")
    parser.add_argument("--fast", action="store_true", help="one kind per step, no long operations")
    parser.add_argument("--workers", type=int, default=WORKERS, help="processes side by side")
    parser.add_argument("--only", action="append", help="one operation; may be said again for another")
    parser.add_argument("--kind", action="append", help="one kind of fault; may be said again")
    parser.add_argument("--incident", action="append", help="one incident; may be said again")
    parser.add_argument("--state", action="append", help="one state of a migration; may be said again")
    parser.add_argument("--api", action="append", choices=[*APIS], help="one API; may be said again")
    parser.add_argument("--part", action="append", choices=PARTS, help="of the three; may be said again")
    parser.add_argument("--shard", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.shard:
        _shard(Path(given.shard), given.fast)
        return 0
    folder = Path(tempfile.mkdtemp(prefix="usphere-faults-"))
    processes.load()
    parts = given.part or PARTS
    cases = _cases(given, folder) if "matrix" in parts else []
    incident_cases = _incident_cases(given) if "incidents" in parts else []
    rows = _dealt(cases, incident_cases, given, folder)
    matrix, incidents = ([row for row in rows if (row["part"] == part)] for part in ("matrix", "incidents"))
    good = _matrix(matrix, len(cases)) & _incidents(incidents, incident_cases)
    if "controllers" in parts:
        good &= _controllers(controllers.play(5 if given.fast else 50, folder))
    if good:
        shutil.rmtree(folder)
    return 0 if good and (rows or parts == ["controllers"]) else 1


def _cases(given: argparse.Namespace, folder: Path) -> list[Case]:
    """Learn the steps of every operation, and disturb each."""
    cases = []
    for name, (number, make) in product(given.api or APIS, enumerate(OPERATIONS)):
        api, operation = APIS[name], make()
        if operation.name in (given.only or ()) or (
            given.only is None and not (given.fast and operation.long)
        ):
            steps = learn(api, operation, folder / f"learn-{name}-{number}")
            cases += cases_of(api, number, steps, given.fast)
    return [case for case in cases if given.kind is None or case.kind in given.kind]


def _incident_cases(given: argparse.Namespace) -> list[IncidentCase]:
    return [
        incident_case
        for incident_case in incident_matrix.incident_cases(given.fast, given.api or list(APIS))
        if (given.incident is None or incident_case.incident in given.incident)
        and (given.state is None or incident_case.state in given.state)
    ]


def _shard(file: Path, fast: bool) -> None:
    """Play the cases of a file; one line of JSON for each."""
    processes.load()
    said = json.loads(file.read_text(encoding="utf-8"))
    folder = file.with_suffix("")
    for outcome in play(
        [Case(row["api"], row["operation"], Step(**row["step"]), row["kind"]) for row in said["cases"]],
        folder,
    ):
        case = outcome.case
        row: Row = {**asdict(outcome), "good": outcome.good, "part": "matrix"}
        row |= {"api": case.api, "kind": case.kind}
        row |= {"name": OPERATIONS[case.operation]().name, "step": str(case.step), "folder": str(folder)}
        print(json.dumps(row), flush=True)
    incident_cases = [IncidentCase(**row) for row in said["incident_cases"]]
    for found in incident_matrix.play(incident_cases, folder / "incidents", fast) if incident_cases else ():
        print(json.dumps({**asdict(found), "good": found.good, "part": "incidents"}), flush=True)


def _dealt(
    cases: list[Case], incident_cases: list[IncidentCase], given: argparse.Namespace, folder: Path
) -> list[Row]:
    """Deal the cases out to some processes, and collect their results."""
    shards = []
    for number in range(given.workers):
        file = folder / f"part-{number}.json"
        mine = {
            "cases": [asdict(case) for case in cases[number :: given.workers]],
            "incident_cases": [
                asdict(incident_case) for incident_case in incident_cases[number :: given.workers]
            ],
        }
        file.write_text(json.dumps(mine), encoding="utf-8")
        with open(file.with_suffix(".rows"), "w", encoding="utf-8") as out:
            command = [sys.executable, __file__, *(["--fast"] if given.fast else []), "--shard", str(file)]
            shards.append((file, subprocess.Popen(command, stdout=out)))
    rows = []
    for file, process in shards:
        if process.wait() != 0:
            raise SystemExit("a part of the matrix ended early, see above")
        with open(file.with_suffix(".rows"), encoding="utf-8") as lines:
            rows += [json.loads(line) for line in lines]
    return rows


def _matrix(rows: list[Row], wanted: int) -> bool:
    """Print the results of the operations; return whether they are as expected."""
    if len(rows) != wanted:
        raise SystemExit(f"{len(rows)} of {wanted} cases were played")
    if not rows:
        return True
    for name in dict.fromkeys(row["api"] for row in rows):
        _print_table(name, [row for row in rows if row["api"] == name])
    _print_figures(rows)
    bad = [row for row in rows if not row["good"]]
    for row in bad:
        print(f"\n{row['api']} API: {row['name']}, {row['kind']}, {row['step']}")
        for what in ("lost", "doubled", "wrong"):
            for line in row[what]:
                print(f"  {what}: {line}")
        print(f"  see {row['folder']}")
    # A case that met nothing proves nothing; a few are polls and waits that this machine was too quick for.
    missed = [row for row in rows if row["missed"] and not row["wrong"]]
    if len(missed) > len(rows) // 20:
        print(f"\n{len(missed)} of {len(rows)} cases never reached their step.")
        return False
    return not bad


def _incidents(rows: list[Row], incident_cases: list[IncidentCase]) -> bool:
    """Print the results of the incidents; return whether they are as expected."""
    if not incident_cases:
        return True
    print(
        f"\nincidents: {len({one.incident for one in incident_cases})}, each at the states of a migration "
        "in which it can happen"
    )
    for what, number in incident_matrix.figures(rows).items():
        print(f"{what}: {number}")
    bad = [row for row in rows if not row["good"]]
    for row in bad:
        said = "; ".join(dict.fromkeys(row["said"]))
        print(f"\n{row['api']} API: {row['incident']}, {row['state']}, {row['kill']}: {said}")
        for what, lines in {**row["verdict"], "wrong": row["wrong"]}.items():
            for line in lines:
                print(f"  {what}: {line}")
    # At least one case without a kill and one with it for each.
    return not bad and len(rows) >= 2 * len(incident_cases)


def _controllers(rounds: list[controllers.Round]) -> bool:
    """Print the results of two controllers at once; return whether they are as expected."""
    wrong = [(one.name, line) for one in rounds for line in one.wrong]
    print(f"\nrounds of two controllers at once: {len(rounds)}")
    print(f"runs that waited for the other: {sum(one.waited for one in rounds)}")
    print(f"runs that ended with the lock's sentence: {sum(one.refused for one in rounds)}")
    print(f"rounds that went wrong: {sum(bool(one.wrong) for one in rounds)}")
    for name, line in wrong:
        print(f"  {name}: {line}")
    return not wrong


def _print_table(api: str, rows: list[Row]) -> None:
    met: Counter[tuple[str, str]] = Counter((row["name"], row["kind"]) for row in rows)
    good: Counter[tuple[str, str]] = Counter((row["name"], row["kind"]) for row in rows if row["good"])
    names = list(dict.fromkeys(row["name"] for row in rows))
    width = max((len(name) for name in names), default=0)
    kinds = [kind for kind in (*KINDS, *WORK) if any(met[(name, kind)] for name in names)]
    print(f"\n{api} API: recovered / cases by operation and fault")
    print(" " * width, *(f"{kind:>13}" for kind in kinds))
    for name in names:
        cells = (f"{good[(name, kind)]}/{met[(name, kind)]}" if met[(name, kind)] else "-" for kind in kinds)
        print(f"{name:{width}}", *(f"{cell:>13}" for cell in cells))


def _print_figures(rows: list[Row]) -> None:
    print()
    figures = {
        **{f"cases on the {name} API": sum(row["api"] == name for row in rows) for name in APIS},
        "cases": len(rows),
        "recovered by the second run": sum(row["recovered"] and not row["wrong"] for row in rows),
        "licenses lost": sum(len(row["lost"]) for row in rows),
        "licenses doubled": sum(len(row["doubled"]) for row in rows),
        "cases that never reached their step": sum(row["missed"] for row in rows),
    }
    for what, number in figures.items():
        print(f"{what}: {number}")


if __name__ == "__main__":
    sys.exit(main())
