# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each incident at each state of a migration, without and with a SIGKILL in the run that follows.

An incident may double or lose a license. The collection never adds to it, always reports it, and ends right
once the operator has done what it said.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from apis import APIS, FIRST
from incidents import INCIDENTS, NEW, Incident
from instructions import Operator, Puzzled, Result, codes_of
from kills import Kill
from ledger import Sight
from testbed import MOVING, OLD, SIZES, STATES, Task, Testbed
from verdict import Verdict, Word, spoke

# After so many rounds of running and doing what was said it has to be right.
ROUNDS = 8
NO_KILL = "no kill"


@dataclass
class IncidentOutcome:
    """The result of one case."""

    incident: str
    state: str
    kill: str
    api: str
    verdict: Verdict = field(default_factory=Verdict)
    wrong: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def recovered(self) -> bool:
        return not self.wrong

    @property
    def good(self) -> bool:
        found = self.verdict
        return not (found.lost or found.doubled or found.silent or self.wrong)


@dataclass(frozen=True)
class IncidentCase:
    """One incident at one state."""

    incident: str
    state: str
    api: str = FIRST.name


def incident_cases(fast: bool, apis: Sequence[str] = (FIRST.name,)) -> list[IncidentCase]:
    """All of them; ``fast``: each incident at one state of the first API, each state in some incident."""
    if not fast:
        return [
            IncidentCase(incident.name, state, api)
            for api in apis
            for incident in INCIDENTS
            for state in incident.states
        ]
    return [
        IncidentCase(incident.name, incident.states[(5 * number + 3) % len(incident.states)], apis[0])
        for number, incident in enumerate(INCIDENTS)
    ]


def play_incident_case(
    testbed: Testbed, incident_case: IncidentCase, fast: bool
) -> Iterator[IncidentOutcome]:
    """The case without a kill, then one for each moment of the next run; ``fast``: for one moment."""
    (incident,) = (incident for incident in INCIDENTS if incident.name == incident_case.incident)
    whole = _Case(testbed, incident, incident_case.state)
    yield whole.play(None)
    kills = [Kill(effect=number + 1) for number in range(whole.effects)] or [Kill(answers=1)]
    if fast:
        kills = [random.Random(f"{incident_case.incident} {incident_case.state}").choice(kills)]  # noqa: S311 - a sample, always the same
    for kill in kills:
        yield _Case(testbed, incident, incident_case.state).play(kill)


class _Case:
    def __init__(self, testbed: Testbed, incident: Incident, state: str) -> None:
        self.testbed, self.incident, self.state = testbed, incident, state
        self.effects = 0
        self._live: dict[str, int] = {}

    def play(self, kill: Kill | None) -> IncidentOutcome:
        name = NO_KILL if kill is None else f"after effect {kill.effect}" if kill.effect else "after a read"
        api = self.testbed.simulator.api.name
        outcome = self.outcome = IncidentOutcome(self.incident.name, self.state, name, api)
        backup = self.testbed.go_to(self.state, self.incident.beside)
        tasks = self.incident.happens(self.testbed)
        self._live = {name: len(sight.live) for name, sight in self._sights().items()}
        if kill is not None:
            self.testbed.start(tasks[0], kill).result()
            self._judge([])
        results = []
        for task in tasks:
            process = self.testbed.start(task)
            results.append((task, self._noted(task, process.result())))
            if task is tasks[0]:
                self.effects = process.effects()
        self._judge(results)
        self.incident.after(self.testbed)
        self._go_on(Operator(self.testbed, backup))
        return outcome

    def _run(self, task: Task) -> Result:
        return self._noted(task, self.testbed.run(task))

    def _noted(self, task: Task, result: Result) -> Result:
        said = ", ".join(codes_of(result)) if result.get("failed") else result["state"]
        self.outcome.said.append(f"{task.about}: {said}{' with a warning' if result.get('warnings') else ''}")
        return result

    def _go_on(self, person: Operator) -> None:
        """The operator runs the tasks and does what they say, until there is nothing more to do."""
        tasks = [self.testbed.notes.tasks[name] for name in (MOVING, self.incident.beside) if name]
        wrong: list[str] = []
        for _round in range(ROUNDS):
            results = [(task, self._run(task)) for task in tasks]
            self._judge(results)
            wrong = self._not_right(results)
            if not wrong:
                return
            for task, result in results:
                try:
                    person.act(task, result)
                except Puzzled as error:
                    self.outcome.wrong.append(f"{task.about}: the operator is puzzled: {error}")
                    return
        self.outcome.wrong += wrong

    def _not_right(self, results: Sequence[tuple[Task, Result]]) -> list[str]:
        wrong = [
            f"{task.about}: {result.get('msg') or result.get('state')}"
            for task, result in results
            if result.get("failed") or result["state"] != "verified"
        ]
        goals = {task.about: task.destination for task, _result in results} | {OLD: "west", NEW: "west"}
        for name, sight in self._sights().items():
            if name in goals and (sight.sites, sight.quantity) != ([goals[name]], SIZES.get(name, 10)):
                wrong.append(f"{name} is live on {sight.sites} as {sight.quantity}")
        return wrong

    def _sights(self) -> dict[str, Sight]:
        seen = self.testbed.ledger.look()
        return {name: seen.get(bought, Sight()) for name, bought in self.testbed.notes.bought.items()}

    def _judge(self, results: Sequence[tuple[Task, Result]]) -> None:
        """Compare the results of the runs with the servers; a run that was killed has no result."""
        for name, sight in self._sights().items():
            words = [_word(task, result) for task, result in results if task.about == name]
            self.outcome.verdict.hold(name, sight, self._live[name], words)
            self._live[name] = len(sight.live)


def _word(task: Task, result: Result) -> Word:
    arrived = not result.get("failed") and result["state"] == "verified"
    return Word(spoke(result), task.destination if arrived else "")


def play(parts: Sequence[IncidentCase], folder: Path, fast: bool) -> Iterator[IncidentOutcome]:
    """Play the cases of some corners on a simulator of their own, one for each API."""
    for api in dict.fromkeys(part.api for part in parts):
        mine = [part for part in parts if part.api == api]
        with Testbed(folder / api, APIS[api]) as testbed:
            # States that share what leads to them, one after the other.
            for incident_case in sorted(mine, key=lambda incident_case: STATES.index(incident_case.state)):
                yield from play_incident_case(testbed, incident_case, fast)


def figures(rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    """What ``make faults`` prints of the incidents."""
    return {
        "cases of incidents": len(rows),
        "incidents that ended right": sum(not row["wrong"] for row in rows),
        "licenses lost in an incident": sum(bool(row["verdict"]["lost"]) for row in rows),
        "licenses doubled in an incident": sum(bool(row["verdict"]["doubled"]) for row in rows),
        "successes without a live license": sum(bool(row["verdict"]["silent"]) for row in rows),
    }
