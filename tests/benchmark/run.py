# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure what users run: role, playbook and action, beside a task per host and what Ansible itself costs.

All commands run in turn, several rounds. The medians of the CPU time of the process tree and of the wall time
are printed, with their limits. No limit makes the run fail. `make benchmark WRITE=yes` writes the page of the
documentation; parts that did not run keep the samples of an earlier run.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import contenders
import gathering
import page
from fleet import Fleet, write_inventory
from measure import Command, RunError, Sample, interleaved
from record import Conditions, Record, conditions, load, merged, revision, save

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WORK = ROOT / "build" / "benchmark"
SAMPLES = WORK / "samples.json"
PAGE = ROOT / "docs" / "docsite" / "rst" / "benchmarks.rst"
PROGRAM = Path(sys.executable).parent / "ansible-playbook"
ENVIRONMENT = {
    "ANSIBLE_NOCOLOR": "1",
    "ANSIBLE_LOCALHOST_WARNING": "false",
    "ANSIBLE_INVENTORY_UNPARSED_FAILED": "true",
}
PARTS = (page.FLEET, page.GATHERING, page.DEMO)


def show(name: str, sample: Sample) -> None:
    print(f"  {name:<22} {sample.cpu:8.2f} s CPU {sample.wall:8.2f} s wall", flush=True)


def measure_fleet(given: Conditions, size: int, rounds: int, peers: int) -> Record:
    """Measure all contenders that a core supports; tasks per host up to fleets of ``peers`` systems."""
    print(f"{size:,} systems with facts at hand", flush=True)
    inventories = {fleet: WORK / f"{fleet.name.lower()}-{size}.json" for fleet in Fleet}
    for fleet, path in inventories.items():
        write_inventory(path, size, fleet)
    found = interleaved(
        {
            each.key: contenders.command(each, PROGRAM, inventories[each.fleet], size)
            for each in contenders.selected(given.core, size <= peers)
        },
        rounds,
        ENVIRONMENT,
        show,
    )
    return Record(given, {size: found})


def measure_gathering(given: Conditions, size: int, rounds: int) -> Record:
    print(f"{size:,} simulated systems", flush=True)
    WORK.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=WORK, prefix="simulated-") as place,
        gathering.simulated(Path(place), size) as source,
    ):
        found = interleaved(gathering.commands(PROGRAM, source), rounds, ENVIRONMENT, show)
    return Record(given, {size: found})


def measure_demo(given: Conditions, rounds: int) -> Record:
    print("make demo, after its environment is made", flush=True)
    command = Command((sys.executable, str(HERE.parent / "demo" / "demo.py")), ROOT)
    return Record(given, {2: interleaved({page.DEMO: command}, rounds, {}, show)})


def print_figures(records: dict[str, Record]) -> None:
    for part, record in records.items():
        print(f"\n{part}: {record.conditions.machine}; {record.conditions.versions}")
        for size, times in sorted(record.medians().items()):
            for name, sample in times.items():
                print(f"  {size:>6,}  {name:<22} {sample.cpu:8.2f} s CPU {sample.wall:8.2f} s wall")
        for each in page.judgments(part, record):
            result = "met" if each.is_met else "MISSED"
            print(f"  {each.name}  {each.what}: {each.figure}, must be {each.limit}: {result}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers", type=int, default=1000, help="largest fleet for a task per host; 0: none")
    parser.add_argument("--systems", type=int, default=100, help="simulated systems to gather from")
    parser.add_argument("--parts", nargs="*", default=list(PARTS), help=f"of {', '.join(PARTS)}")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"parts must be of {', '.join(PARTS)}; got {', '.join(sorted(unknown))}")
    if options.rounds < 1:
        parser.error(f"rounds must be at least 1; got {options.rounds}")
    given = conditions()
    print(f"{given.machine}\n{given.versions}\ncommit {revision(ROOT)}, load {given.load:.1f}", flush=True)
    records: dict[str, Record] = {}
    core = ".".join(map(str, given.core))
    try:
        for part in options.parts:
            name, sizes = part, [0]
            if part == page.FLEET:
                name = page.FLEET if given.core >= (2, 17) else f"{page.FLEET} {core}"
                sizes = options.sizes or [200, 1000]
            for size in sizes:
                if part == page.FLEET:
                    found = measure_fleet(given, size, options.rounds, options.peers)
                elif part == page.GATHERING:
                    found = measure_gathering(given, options.systems, options.rounds)
                else:
                    found = measure_demo(given, options.rounds)
                records[name] = merged(records.get(name), found)
                # A long run that is stopped keeps the sizes that it has measured.
                kept = load(SAMPLES)
                save(SAMPLES, {**kept, name: merged(kept.get(name), found)})
    except (RunError, gathering.SimulatorError) as error:
        print(f"The benchmark stopped: {error}", file=sys.stderr)
        return 1
    print_figures(records)
    if options.write:
        page.write(PAGE, load(SAMPLES))
        print(f"\n{PAGE.relative_to(ROOT)} is written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
