# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare checks that run once for each host by the CPU time of the process tree (bar B7).

All checks run in turn on the same inventory in one run, several rounds. The least time of each counts,
because everything else on the machine only adds. The ratios to `assert` are the result, not the seconds.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
from pathlib import Path

from fleet import write_inventory

HERE = Path(__file__).resolve().parent
WORK = HERE.parents[1] / "build" / "benchmark"
#: Playbook and description. The first one is the unit.
CHECKS = (
    ("assert", "`assert`"),
    ("host_schema", "`host_compliance`, JSON Schema"),
    ("host_vendor", "`host_compliance`, policy `vendor`"),
    ("validate", "`ansible.utils.validate`"),
)


def cpu_seconds(playbook: str, inventory: Path) -> float:
    """Run a playbook and return the CPU time, user and system, of ansible-playbook and all its processes."""
    environment = {**os.environ, "ANSIBLE_NOCOLOR": "1", "ANSIBLE_INVENTORY_UNPARSED_FAILED": "true"}
    command = [str(Path(sys.executable).parent / "ansible-playbook"), "-i", str(inventory), f"{playbook}.yml"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=HERE, env=environment, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{playbook}.yml failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def table(size: int, times: dict[str, float]) -> list[str]:
    """Return the rows of the table: seconds of CPU, milliseconds for each host, ratio to `assert`."""
    lines = [
        "| hosts | check per host | CPU s | CPU ms per host | × assert |",
        "| ---: | --- | ---: | ---: | ---: |",
    ]
    for name, what in CHECKS:
        taken = times[name]
        ratio = taken / times[CHECKS[0][0]]
        lines.append(f"| {size:,} | {what} | {taken:.2f} | {taken / size * 1000:.1f} | {ratio:.2f} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[200, 1000])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    for size in options.sizes or [200, 1000]:
        inventory = WORK / f"hosts-{size}.json"
        write_inventory(inventory, size, whole=False)
        times: dict[str, float] = {}
        for _round in range(options.rounds):
            for name, _what in CHECKS:
                times[name] = min(times.get(name, float("inf")), cpu_seconds(name, inventory))
        print("\n".join(table(size, times)), flush=True)


if __name__ == "__main__":
    main()
