# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each world at each state of a migration, without and with a SIGKILL in the run that follows.

A world may double or lose. The collection never adds to it, is never silent, and ends right once the operator
has done what it said.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kills import Kill
from ledger import Sight
from person import Person, Puzzled, Result, codes_of
from stand import MOVING, OLD, SIZES, STATES, Stand, Task
from verdict import Verdict, Word, spoke
from worlds import NEW, WORLDS, World

# After so many rounds of running and doing what was said it has to be right.
ROUNDS = 8
NO_KILL = "no kill"


@dataclass
class WorldOutcome:
    """What came of one case."""

    world: str
    state: str
    kill: str
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
class Corner:
    """One world at one state."""

    world: str
    state: str


def corners(fast: bool) -> list[Corner]:
    """All of them; ``fast``: each world at one state, each state in some world."""
    if not fast:
        return [Corner(world.name, state) for world in WORLDS for state in world.states]
    return [
        Corner(world.name, world.states[(5 * number + 3) % len(world.states)])
        for number, world in enumerate(WORLDS)
    ]


def play_corner(stand: Stand, corner: Corner, fast: bool) -> Iterator[WorldOutcome]:
    """The case without a kill, then one for each moment of the next run; ``fast``: for one moment."""
    (world,) = (world for world in WORLDS if world.name == corner.world)
    whole = _Case(stand, world, corner.state)
    yield whole.play(None)
    kills = [Kill(effect=number + 1) for number in range(whole.effects)] or [Kill(answers=1)]
    if fast:
        kills = [random.Random(f"{corner}").choice(kills)]  # noqa: S311 - a sample, always the same
    for kill in kills:
        yield _Case(stand, world, corner.state).play(kill)


class _Case:
    def __init__(self, stand: Stand, world: World, state: str) -> None:
        self.stand, self.world, self.state = stand, world, state
        self.effects = 0
        self._live: dict[str, int] = {}

    def play(self, kill: Kill | None) -> WorldOutcome:
        name = NO_KILL if kill is None else f"after effect {kill.effect}" if kill.effect else "after a read"
        outcome = self.outcome = WorldOutcome(self.world.name, self.state, name)
        backup = self.stand.go_to(self.state, self.world.beside)
        tasks = self.world.happens(self.stand)
        self._live = {name: len(sight.live) for name, sight in self._sights().items()}
        if kill is not None:
            self.stand.start(tasks[0], kill).result()
            self._judge([])
        results = []
        for task in tasks:
            process = self.stand.start(task)
            results.append((task, self._noted(task, process.result())))
            if task is tasks[0]:
                self.effects = process.effects()
        self._judge(results)
        self.world.after(self.stand)
        self._go_on(Person(self.stand, backup))
        return outcome

    def _run(self, task: Task) -> Result:
        return self._noted(task, self.stand.run(task))

    def _noted(self, task: Task, result: Result) -> Result:
        said = ", ".join(codes_of(result)) if result.get("failed") else result["state"]
        self.outcome.said.append(f"{task.about}: {said}{' with a warning' if result.get('warnings') else ''}")
        return result

    def _go_on(self, person: Person) -> None:
        """The operator runs the tasks and does what they say, until there is nothing more to do."""
        tasks = [self.stand.notes.tasks[name] for name in (MOVING, self.world.beside) if name]
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
            if name in goals and (sight.places, sight.quantity) != ([goals[name]], SIZES.get(name, 10)):
                wrong.append(f"{name} is live on {sight.places} as {sight.quantity}")
        return wrong

    def _sights(self) -> dict[str, Sight]:
        seen = self.stand.ledger.look()
        return {name: seen.get(bought, Sight()) for name, bought in self.stand.notes.bought.items()}

    def _judge(self, results: Sequence[tuple[Task, Result]]) -> None:
        """Hold what the runs said against what there is; one that was killed said nothing."""
        for name, sight in self._sights().items():
            words = [_word(task, result) for task, result in results if task.about == name]
            self.outcome.verdict.hold(name, sight, self._live[name], words)
            self._live[name] = len(sight.live)


def _word(task: Task, result: Result) -> Word:
    arrived = not result.get("failed") and result["state"] == "verified"
    return Word(spoke(result), task.destination if arrived else "")


def play(parts: Sequence[Corner], folder: Path, fast: bool) -> Iterator[WorldOutcome]:
    """Play the cases of some corners on a simulator of their own."""
    with Stand(folder) as stand:
        # States that share what leads to them, one after the other.
        for corner in sorted(parts, key=lambda corner: STATES.index(corner.state)):
            yield from play_corner(stand, corner, fast)


def figures(rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    """What ``make faults`` prints of the worlds."""
    return {
        "cases of worlds": len(rows),
        "worlds that ended right": sum(not row["wrong"] for row in rows),
        "licenses lost in a world": sum(bool(row["verdict"]["lost"]) for row in rows),
        "licenses doubled in a world": sum(bool(row["verdict"]["doubled"]) for row in rows),
        "successes without a live license": sum(bool(row["verdict"]["silent"]) for row in rows),
    }
