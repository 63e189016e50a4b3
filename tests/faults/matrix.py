# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fault injection: every operation, at each of its requests, with each kind of failure."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import processes
from apis import APIS, SECOND, Api
from operation import KEPT, Operation, Site
from operations import OPERATIONS
from simulator import Simulator

# Slots of one simulator: more would keep more idle threads, fewer would start more simulators.
BATCH = 10

KILLS = {"kill before": "before", "kill after": "after"}
FAULTS: dict[str, dict[str, Any]] = {
    "reset_before": {"kind": "reset_before"},
    "reset_after": {"kind": "reset_after"},
    "timeout": {"kind": "timeout"},
    "500": {"kind": "http_500"},
    "503": {"kind": "http_503", "retry_after": 1},
    "truncated": {"kind": "truncated"},
    "html": {"kind": "html"},
    "slow": {"kind": "slow", "byte_ms": 2},
}
# What only a write tells apart: it happened, and the answer says otherwise or nothing.
AFTER: dict[str, dict[str, Any]] = {
    "timeout after": {"kind": "timeout", "when": "after"},
    "500 after": {"kind": "http_500", "when": "after"},
    "503 after": {"kind": "http_503", "when": "after"},
    "html after": {"kind": "html", "when": "after"},
    "cut": {"kind": "cut"},
}
# Of the kinds that reads meet, too: after these it is not known whether a write happened.
_TELLING = ("kill after", "reset_after", "truncated")
# A write whose sender is dead, which arrives only while the second run is already looking.
LATE = "kill, late"
LATE_S = 0.8
KINDS = (*KILLS, *FAULTS, LATE, *AFTER)
# The end of a job that a server has accepted: it was not done, or it was done and is not reported.
WORK: dict[str, dict[str, Any]] = {
    f"work {kind}{' after' if when == 'after' else ''}": {"kind": kind, "when": when}
    for kind in ("fail", "lose", "stall", "crash")
    for when in ("before", "after")
}
# Work that never was, so that it is rightly asked for once more.
_NEVER = ("work fail", "work lose")
_WORK = "WORK"

# Requests that a server did not act on.
_NOT_DONE = ("reset_before", "timeout", "http_500", "http_503", "html")


@dataclass(frozen=True)
class Step:
    """One request of an operation: the ``nth`` of its kind in a stage; ``node`` without the slot."""

    stage: int
    node: str
    method: str
    path: str
    nth: int
    writes: bool = False

    def __str__(self) -> str:
        return f"stage {self.stage + 1}: {self.node} {self.method} {self.path} #{self.nth + 1}"


@dataclass(frozen=True)
class Case:
    api: str
    operation: int
    step: Step
    kind: str


@dataclass
class Outcome:
    """The result of a case. ``missed``: the run never reached that step."""

    case: Case
    missed: bool = False
    recovered: bool = False
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return self.recovered and not (self.lost or self.doubled or self.wrong)


def slots(operation: Operation, count: int) -> dict[str, Any]:
    """The scenario of ``count`` slots."""
    merged: dict[str, Any] = {}
    for number in range(count):
        for section, given in operation.scenario(f"s{number}").items():
            if isinstance(given, dict):
                merged.setdefault(section, {}).update(given)
            else:
                merged.setdefault(section, []).extend(given)
    return merged


def steps_of(api: Api, rows: list[dict[str, Any]], slot: str, stage: int) -> list[Step]:
    seen: Counter[tuple[str, str, str]] = Counter()
    steps = []
    for row in rows:
        node, method, path = row["node"].removeprefix(slot), row["method"], row["path"]
        if row["auth"] and not api.is_login(path):
            continue
        key = (node, method, api.shown(path))
        nth = seen[key]
        seen[key] += 1
        # Of a task that is polled, how often depends on the machine: only its first poll is a step.
        if not (api.polled.search(path) and nth):
            steps.append(Step(stage, *key, nth, api.writes(method, path)))
        work = api.work_of(method, path)
        if work:
            done = (node, _WORK, work)
            steps.append(Step(stage, *done, seen[done], True))
            seen[done] += 1
    return steps


def learn(api: Api, operation: Operation, folder: Path) -> list[Step]:
    """Play an operation undisturbed and return its steps."""
    with Simulator(folder / "simulator", slots(operation, 1), api) as simulator:
        site = site_of(simulator, "s0", folder / "s0")
        operation.prepare(site)
        steps, result = [], {}
        for stage in range(operation.stages):
            if stage:
                operation.before(site, stage, result)
            simulator.call("DELETE", "/requests")
            result = _play(operation, site, stage)
            if result.get("failed"):
                raise RuntimeError(f"{operation.name}: failed without a fault: {result}")
            steps += steps_of(api, simulator.requests(), "s0", stage)
        wrong = operation.wrong(site)
        if wrong:
            raise RuntimeError(f"{operation.name}: wrong without a fault: {wrong}")
    return steps


def cases_of(api: Api, number: int, steps: list[Step], fast: bool) -> list[Case]:
    """All cases of an operation on an API.

    ``fast`` is a sample of them that takes its time from both APIs. First API: one kind at every second step,
    by turns, and at every write and work. Second API: every kind once, at one of the steps that it can happen
    to, because every operation has to meet every kind there.
    """
    if fast and api is SECOND:
        return _one_of_each_kind(number, steps)
    cases = []
    for index, step in enumerate(steps):
        kinds = _kinds_of(step)
        if not fast:
            cases += [Case(api.name, number, step, kind) for kind in kinds]
        elif step.writes or index % 2 == number % 2:
            cases.append(Case(api.name, number, step, kinds[(index + number * 5) % len(kinds)]))
    return cases


def _one_of_each_kind(number: int, steps: list[Step]) -> list[Case]:
    cases = []
    used: Counter[Step] = Counter()
    for turn, kind in enumerate((*KINDS, *WORK)):
        able = [step for step in steps if kind in _kinds_of(step)]
        if able:
            # A write where it makes most of the kind, else the step that had the fewest so far.
            writes = [step for step in able if step.writes] if kind in _TELLING else []
            able = writes or able
            step = min(able, key=lambda one: (used[one], (able.index(one) - turn * 5 - number) % len(able)))
            used[step] += 1
            cases.append(Case(SECOND.name, number, step, kind))
    return cases


def _kinds_of(step: Step) -> tuple[str, ...]:
    if step.method == _WORK:
        return tuple(WORK)
    return KINDS if step.writes else (*KILLS, *FAULTS)


def play(cases: list[Case], folder: Path) -> Iterator[Outcome]:
    """Play cases, those of one operation together, each in a slot of its own."""
    for name, number in sorted({(case.api, case.operation) for case in cases}):
        operation = OPERATIONS[number]()
        mine = [case for case in cases if (case.api, case.operation) == (name, number)]
        for first in range(0, len(mine), BATCH):
            batch = mine[first : first + BATCH]
            at = folder / f"{name}-operation-{number}-{first}"
            with Simulator(at / "simulator", slots(operation, len(batch)), APIS[name]) as simulator:
                for slot, case in enumerate(batch):
                    yield _judged(operation, case, site_of(simulator, f"s{slot}", at / f"s{slot}"))


def _judged(operation: Operation, case: Case, site: Site) -> Outcome:
    outcome = Outcome(case)
    simulator = site.simulator
    operation.prepare(site)
    result: dict[str, Any] = {}
    for stage in range(operation.stages):
        if stage:
            operation.before(site, stage, result)
        simulator.call("DELETE", "/requests")
        if stage == case.step.stage:
            outcome.missed = not _disturbed(operation, case, site)
            _count(operation, site, outcome, in_between=True)
        late = case.kind == LATE and stage == case.step.stage
        result = _play(operation, site, stage, late)
        if result.get("failed"):
            outcome.wrong.append(f"the second run failed: {result.get('msg')} {result.get('crash', '')}")
            _count(operation, site, outcome, in_between=True)
            return outcome
        _sends(case, site, outcome)
    outcome.recovered = True
    _count(operation, site, outcome, in_between=False)
    outcome.wrong += operation.wrong(site)
    return outcome


def _play(operation: Operation, site: Site, stage: int, late: bool = False) -> dict[str, Any]:
    name, args = operation.run(site, stage)
    process = processes.start(name, args, site.folder / "runs")
    if late:
        time.sleep(LATE_S)
        site.simulator.call("POST", "/pauses/release", {})
    return _noted(site, process.result())


def _noted(site: Site, result: dict[str, Any]) -> dict[str, Any]:
    """Keep a result for an operation that judges by it."""
    site.notes.setdefault("results", []).append(result)
    return result


def site_of(simulator: Simulator, slot: str, folder: Path) -> Site:
    site = Site(simulator, slot, folder)
    site.notes["run"] = lambda name, args: processes.run(name, args, folder / "runs")
    return site


def _disturbed(operation: Operation, case: Case, site: Site) -> bool:
    """Run a stage with the case's trouble; say whether it met the step."""
    simulator, step = site.simulator, case.step
    where = {"node": site.slot + step.node, "method": step.method, "path": step.path, "skip": step.nth}
    name, args = operation.run(site, step.stage)
    if case.kind in KILLS or case.kind == LATE:
        simulator.call("POST", "/pauses", {**where, "when": KILLS.get(case.kind, "before")})
        process = processes.start(name, args, site.folder / "runs")
        while not process.over():
            if any(pause["held"] for pause in simulator.call("GET", "/pauses")):
                process.kill()
            time.sleep(0.005)
        if case.kind == LATE:
            return any(pause["met"] for pause in simulator.call("GET", "/pauses"))
        # A request that was held before its commit is carried out now.
        return any(pause["met"] for pause in simulator.call("POST", "/pauses/release", {}))
    if step.method == _WORK:
        where = {"node": where["node"], "step": "work", "work": step.path, "skip": step.nth}
    simulator.call("POST", "/faults", {**where, **{**FAULTS, **AFTER, **WORK}[case.kind]})
    process = processes.start(name, args, site.folder / "runs")
    while not process.over():
        if not simulator.alive():
            # The run continues meanwhile, and finds the server running again, or has failed.
            simulator.revive()
            process.result()
            return True
        time.sleep(0.005)
    _noted(site, process.result())
    return any(fault["fired"] for fault in simulator.call("DELETE", "/faults"))


def _count(operation: Operation, site: Site, outcome: Outcome, in_between: bool) -> None:
    """Count the safe places of each license: none is lost, two are doubled."""
    for product, found in operation.where(site).items():
        if not found or (found == [KEPT] and not in_between):
            outcome.lost.append(f"{product}: {found}")
        if len(found) > 1:
            outcome.doubled.append(f"{product}: {found}")


def _sends(case: Case, site: Site, outcome: Outcome) -> None:
    kind = {**FAULTS, **AFTER}.get(case.kind, {})
    # A run without a journal that is killed may leave a request in the works that no reading shows yet. The
    # next one sends it again then, and the server takes it once: its own word, one license, is the judge.
    strict = case.kind not in KILLS and case.kind != LATE
    never = int(case.kind in _NEVER)
    outcome.doubled += sent_twice(site, kind.get("when") == "after", strict, never)


def sent_twice(site: Site, fault_after: bool, strict: bool, never: int = 0) -> list[str]:
    """Say which file was sent to be installed or uninstalled more than once, of what a server acted on.

    A migration's journal never uninstalls twice, strict or not. ``never``: so many had no effect.
    """
    done: Counter[tuple[str, str, str]] = Counter()
    for row in site.simulator.requests():
        acted = row["fault"] not in _NOT_DONE or fault_after
        sends = site.simulator.api.sends_license(row["method"], row["path"])
        if sends and acted:
            done[(row["node"], row["path"], sends)] += 1
    found = []
    for (node, path, sends), times in done.items():
        install = sends == "install"
        counts = strict or (not install and (site.folder / "journal").exists())
        files = site.notes.get("installs") or len(site.notes.get("files") or ())
        limit = max(1, files) if install else 1
        if counts and times > limit + never:
            found.append(f"sent {times} times: {node} {path}")
    return found
