# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures the gate against what people use today, on one inventory, in one run (bar B1).

`make benchmark` takes 200 and 1,000 hosts, `make benchmark SIZES="200 1000 5000"` the whole table and a
quarter of an hour: a task for each host is slow. Ratios come with the machine; nothing is extrapolated.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

from fleet import write_inventory

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WORK = ROOT / "build" / "benchmark"
#: Playbook, what it is, how often it runs (the least counts): a long one wavers little.
RUNS = (
    ("floor", "one run-once `debug`", 3),
    ("gate", "`license_compliance`", 3),
    ("assert", "`assert` per host", 1),
    ("validate", "`ansible.utils.validate` per host", 1),
)
#: What each host has: the four facts that the check needs, or everything that vms_facts returns.
INVENTORIES = ("four facts", "all facts")


def measure(playbook: str, inventory: Path, repeat: int) -> float:
    """The least wall time in seconds of a whole ansible-playbook."""
    environment = {
        **os.environ,
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_FAILED": "true",
    }
    command = [str(Path(sys.executable).parent / "ansible-playbook"), "-i", str(inventory), f"{playbook}.yml"]
    best = float("inf")
    for _turn in range(repeat):
        begin = time.monotonic()
        done = subprocess.run(command, cwd=HERE, env=environment, capture_output=True, text=True, check=False)
        taken = time.monotonic() - begin
        if done.returncode != 0:
            sys.exit(f"{playbook}.yml failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        best = min(best, taken)
    return best


def machine() -> list[str]:
    """What was measured on, and with which versions."""
    program = (
        "import ansible.release as core, jsonschema, sys, importlib.metadata as m;"
        "print(sys.version.split()[0], core.__version__, m.version('ansible'), m.version('jsonschema'))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    python, core, package, jsonschema = found.stdout.split()
    processor = (
        next(
            (
                line.partition(":")[2].strip()
                for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
                if line.startswith("model name")
            ),
            platform.processor(),
        )
        if Path("/proc/cpuinfo").exists()
        else platform.processor()
    )
    return [
        f"{os.cpu_count()} CPUs ({processor}), {platform.system()} {platform.release()}",
        f"Python {python}, ansible-core {core}, ansible {package}, jsonschema {jsonschema}, 5 forks",
        f"load before: {os.getloadavg()[0]:.1f}",
    ]


def table(sizes: list[int], times: dict[tuple[int, str, str], float]) -> list[str]:
    """The times, and how many times the floor and the gate each one is."""
    lines = [
        "| hosts | inventory | what | seconds | × floor | × gate |",
        "| ---: | --- | --- | ---: | ---: | ---: |",
    ]
    for size in sizes:
        for inventory in INVENTORIES:
            floor, gate = times[size, inventory, "floor"], times[size, inventory, "gate"]
            for name, what, _repeat in RUNS:
                if (size, inventory, name) not in times:
                    continue
                taken = times[size, inventory, name]
                ratios = f"{taken / floor:.2f} | {taken / gate:.2f}"
                lines.append(f"| {size:,} | {inventory} | {what} | {taken:.1f} | {ratios} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[200, 1000])
    parser.add_argument("--no-peers", action="store_true", help="only the floor and the gate")
    parser.add_argument("--write", type=Path, help="a Markdown file for the table")
    options = parser.parse_args()
    sizes = options.sizes or [200, 1000]
    WORK.mkdir(parents=True, exist_ok=True)
    about = machine()
    print("\n".join(about), flush=True)
    times: dict[tuple[int, str, str], float] = {}
    for size in sizes:
        for kind in INVENTORIES:
            inventory = WORK / f"fleet-{size}.json"
            write_inventory(inventory, size, whole=kind == "all facts")
            # A task for each host reads its own variables only: one inventory is enough for the peers.
            for name, what, repeat in RUNS[:2] if options.no_peers or kind == "all facts" else RUNS:
                taken = times[size, kind, name] = measure(name, inventory, repeat)
                print(f"{size:>6,} hosts, {kind}  {what:<36} {taken:7.1f} s", flush=True)
    lines = table(sizes, times)
    print("\n" + "\n".join(lines))
    if options.write:
        head = ["# Benchmarks", "", "Written by `make benchmark`. Ratios count, not seconds.", ""]
        options.write.parent.mkdir(parents=True, exist_ok=True)
        options.write.write_text(
            "\n".join([*head, *(f"- {line}" for line in about), "", *lines, ""]), encoding="utf-8"
        )


if __name__ == "__main__":
    main()
