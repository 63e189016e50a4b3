# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of a task with a failure that is chosen at random."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import processes
from goals import Goal
from kills import Kill
from matrix import AFTER, FAULTS, WORK
from soak_servers import Site

KILL, FAULT, JUMP, TWICE, NONE = "SIGKILL", "fault", "clock jump", "both controllers", "nothing"
WEIGHTS = {KILL: 25, FAULT: 30, JUMP: 12, TWICE: 8, NONE: 25}
DAY = 86_400
# Faults that the simulator's process survives.
REQUESTS = {**FAULTS, **AFTER}
WORKS = {name: fault for name, fault in WORK.items() if fault["kind"] != "crash"}
SKIPPED = 8
EFFECTS = 14


@dataclass
class Run:
    """The task's process, or one of each controller; ``met``: what went wrong, "" if nothing did."""

    site: Site
    kind: str
    fault: str = ""
    number: int = 0
    processes: list[processes.Process] = field(default_factory=list)
    met: str = ""

    def over(self) -> bool:
        """Whether all have ended. Each is asked, so that each is noticed."""
        return sum(not process.over() for process in self.processes) == 0

    def end(self) -> None:
        """Take the fault away, and note whether it had an effect."""
        if self.number:
            gone = self.site.simulator.call("DELETE", f"/faults/{self.number}")
            self.met = self.fault if gone["fired"] else ""
        elif self.kind == KILL:
            self.met = KILL if self.processes[0].killed else ""
        elif self.kind != NONE:
            self.met = self.kind


def start(goal: Goal, chance: random.Random, disturbed: bool) -> Run:
    """Start the task of a goal, with some trouble if it is to be ``disturbed``."""
    kind = chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0] if disturbed else NONE
    run = Run(goal.site, kind)
    if kind == FAULT:
        _order(run, goal, chance)
    kill = Kill(effect=chance.randint(1, EFFECTS)) if kind == KILL else None
    for _number in range(2 if kind == TWICE else 1):
        run.processes.append(processes.start(goal.module, goal.args(), goal.folder / "runs", kill=kill))
    if kind == JUMP:
        seconds = chance.choice((1, -1)) * chance.choice((30, 3_600, DAY, 3 * DAY))
        goal.site.simulator.call("POST", "/clock/advance", {"seconds": seconds})
    return run


def _order(run: Run, goal: Goal, chance: random.Random) -> None:
    node = chance.choice([*goal.servers, *filter(None, [goal.system])])
    run.fault = chance.choice([*REQUESTS, *WORKS])
    if run.fault in WORKS:
        body = {**WORKS[run.fault], "step": "work"}
    else:
        body = {**REQUESTS[run.fault], "skip": chance.randint(0, SKIPPED)}
    run.number = run.site.simulator.call("POST", "/faults", {"node": node, **body})["id"]
