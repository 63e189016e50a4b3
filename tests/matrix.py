# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs every part on every ansible-core, goes on after a failure, and ends with a table.

`make matrix` runs all of it; `CORES="2.16 2.21"` and `PARTS="sanity units"` narrow it, `RUN_WITH="nice"`
stands before every command. The table is written to build/matrix/table.md, what each part said beside it.
The exit code is 1 if a part failed, or ran nothing.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tools.tracked import ROOT

PLACE = ROOT / "build" / "matrix"
PER_CORE = ("sanity", "units", "integration")
ONCE = ("lint", "reuse", "docs", "galaxy", "faults-fast", "molecule", "examples", "package", "eda")
# What nox has under another name than the Makefile.
NOX = {
    "reuse": ("license-check", "extra-checks"),
    "docs": ("yamllint", "docs-check", "docs"),
    "galaxy": ("galaxy",),
}
# How a part says what it ran; the number, or one for every match.
COUNTS = {
    "sanity": r"^Running sanity test ",
    "molecule": r"^\w+ \S+ \w+: Executed: (?:Successful|Failed)",
    "lint": r"^\S+/bin/\S+ ",
    "reuse": r"^nox > Session \S+ was ",
    "docs": r"^nox > Session \S+ was ",
    "galaxy": r"^nox > Session \S+ was ",
}
PYTEST = re.compile(r"(\d+) (passed|failed|error|errors|skipped|xfailed)\b")
COLOR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Row:
    """A part that ran: ``count`` is how many tests or sessions it says it ran, ``notes`` what it left out."""

    part: str
    core: str
    passed: bool
    count: int
    seconds: float
    notes: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.part}-{self.core}" if self.core else self.part


def counted(part: str, text: str) -> int:
    """Return how many tests or sessions ``text`` says were run; what was skipped was not."""
    pattern = COUNTS.get(part)
    if pattern is not None:
        return len(re.findall(pattern, text, re.MULTILINE))
    totals = [line for line in text.splitlines() if PYTEST.search(line) and re.search(r" in [\d.]+s", line)]
    found = [match for line in totals for match in PYTEST.findall(line)]
    return sum(int(number) for number, word in found if word != "skipped")


def left_out(text: str) -> tuple[str, ...]:
    """Return what a part says it did not run, each once."""
    lines = (line.strip() for line in text.splitlines())
    said = (line for line in lines if line.startswith(("SKIPPED", "WARNING: Skipping", "WARNING: Required")))
    return tuple(dict.fromkeys(said))


def command(part: str, core: str) -> list[str]:
    if part in NOX:
        return ["nox", "-s", *NOX[part]]
    return ["make", "--no-print-directory", part, *([f"CORE={core}"] if core else [])]


def run(part: str, core: str) -> Row:
    name = f"{part} on ansible-core {core}" if core else part
    print(f"{name} …", end=" ", flush=True)
    log = PLACE / (f"{part}-{core}.log" if core else f"{part}.log")
    began = time.monotonic()
    with log.open("w", encoding="utf-8") as file:
        asked = [*shlex.split(os.environ.get("RUN_WITH", "")), *command(part, core)]
        done = subprocess.run(asked, cwd=ROOT, stdout=file, stderr=subprocess.STDOUT, check=False)
    text = COLOR.sub("", log.read_text(encoding="utf-8", errors="replace"))
    count = counted(part, text)
    row = Row(part, core, done.returncode == 0 and count > 0, count, time.monotonic() - began, left_out(text))
    print(
        "passed" if row.passed else f"FAILED, see {log.relative_to(ROOT)}",
        f"({row.count}, {row.seconds:.0f} s)",
    )
    return row


def table(rows: Iterable[Row], missing: Sequence[str] = ()) -> str:
    head = ["| part | ansible-core | result | ran | seconds |", "| --- | --- | --- | ---: | ---: |"]
    body = [
        f"| {row.part} | {row.core or '(default)'} | {'passed' if row.passed else 'FAILED'} "
        f"| {row.count} | {row.seconds:.0f} |"
        for row in rows
    ]
    notes = [*missing, *(f"- {row.name}: {note}" for row in rows for note in row.notes)]
    return "\n".join([*head, *body, *(["", "Left out:", "", *notes] if notes else []), ""])


def known_parts() -> list[str]:
    """The parts that this tree has: what is no target of the Makefile cannot be run."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    return [part for part in (*PER_CORE, *ONCE) if part in targets or part in NOX]


def main(cores: Sequence[str], wanted: Sequence[str]) -> int:
    parts = known_parts()
    unknown = sorted(set(wanted) - set(parts))
    if unknown or not cores:
        asked = ", ".join(unknown) or "no ansible-core"
        print(f"{asked} cannot be run; the parts are {', '.join(parts)}.", file=sys.stderr)
        return 2
    PLACE.mkdir(parents=True, exist_ok=True)
    chosen = [part for part in parts if part in (wanted or parts)]
    runs = [(part, core) for part in chosen for core in (cores if part in PER_CORE else ("",))]
    missing = []
    if ("eda", "") in runs and not os.environ.get("JAVA"):
        runs.remove(("eda", ""))
        missing.append("- eda: ansible-rulebook needs Java 17, which was not found")
    rows = [run(part, core) for part, core in runs]
    text = table(rows, missing)
    (PLACE / "table.md").write_text(text, encoding="utf-8")
    print(f"\n{text}")
    failed = [row.name for row in rows if not row.passed]
    print(f"FAILED: {', '.join(failed)}" if failed else f"make matrix: all {len(rows)} parts passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(os.environ.get("CORES", "").split(), os.environ.get("PARTS", "").split()))
