# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A controller that runs one task after the other until its goal is reached, and counts what happens."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import disturbance
from goals import Connect, Goal, Install, Move, Remove
from instructions import Puzzled, Result, codes_of
from soak_servers import SERVERS, SYSTEMS, Site
from verdict import Verdict

# Of so many operations at least one of each, by name.
SHARES = {Move.kind: 5, Install.kind: 5, Remove.kind: 10, Connect.kind: 10}
RESTORED = "restored snapshot"
TROUBLES = {disturbance.KILL: 10, RESTORED: 20}
RESTORED_OF_GOALS = 0.16
DISTURBED_RUNS = 3
RUNS = 14


@dataclass
class Count:
    """What was done, and what was found."""

    wanted: int
    operations: int = 0
    done: Counter[str] = field(default_factory=Counter)
    verdict: Verdict = field(default_factory=Verdict)
    unreached: list[str] = field(default_factory=list)

    def missing(self) -> dict[str, int]:
        """What there was too little of, and how much."""
        least = {name: self.wanted // share for name, share in {**SHARES, **TROUBLES}.items()}
        short = {name: number - self.done[name] for name, number in least.items()}
        short["operation"] = self.wanted - self.operations
        return {name: number for name, number in short.items() if number > 0}

    @property
    def good(self) -> bool:
        found = self.verdict
        return not (found.lost or found.doubled or found.silent or self.unreached or self.missing())


@dataclass
class _Restore:
    """A server that is put back to the begin of a goal, after the run with the number ``turn``."""

    turn: int
    path: str
    server: str


class Controller:
    """Pursues one goal at a time in ``site``; what it does is counted in ``count``."""

    def __init__(self, name: str, site: Site, count: Count, chance: random.Random) -> None:
        self.name, self.site, self.count, self.chance = name, site, count, chance
        self._number = 0

    def steps(self, goals: int) -> Iterator[None]:
        """Goal after goal; yields while a process runs."""
        while self._number < goals and self.count.missing():
            goal = self._goal()
            if goal is None:
                yield
                continue
            restore = self._restore(goal)
            with self.site.taken(goal.subject, goal.servers, alone=restore is not None):
                yield from self._pursue(goal, restore)

    # Choosing

    def _goal(self) -> Goal | None:
        """Of the kind that is the furthest behind, as far as something is free for it."""
        self._number += 1
        folder = self.site.folder / f"{self.name}-{self._number}"
        done = self.count.done
        for kind in sorted(SHARES, key=lambda kind: (done[kind] * SHARES[kind], self.chance.random())):
            goal = self._made(kind, folder)
            if goal is not None:
                return goal
        return None

    def _made(self, kind: str, folder: Path) -> Goal | None:
        site, chance = self.site, self.chance
        servers = [server for server in SERVERS if server not in site.reserved]
        free = [one for one in site.holdings.values() if one.bought not in site.busy]
        live = [one for one in free if one.server in servers]
        removed = [one for one in free if one.proof is not None]
        if kind == Connect.kind:
            return self._client_change(servers, folder)
        if kind == Install.kind and servers and (removed or site.keys):
            holding = chance.choice(removed) if removed else None
            return Install(site, folder, chance.choice(servers), holding)
        if kind == Remove.kind and live:
            return Remove(site, folder, chance.choice(live))
        if kind == Move.kind and live and len(servers) > 1:
            holding = chance.choice(live)
            to = chance.choice([server for server in servers if server != holding.server])
            # A journal of both controllers, or one of its own.
            journal = chance.choice(("journal", f"journal-of-{self.name}"))
            return Move(site, folder, holding, to, site.folder / journal)
        return None

    def _client_change(self, servers: Sequence[str], folder: Path) -> Goal | None:
        site, chance = self.site, self.chance
        at = {name: site.connected[name] for name in SYSTEMS if name not in site.busy}
        systems = [name for name, server in at.items() if server in ("", *servers)]
        if not systems or not servers:
            return None
        system = chance.choice(systems)
        quota = chance.choice((0, 1, 2)) if at[system] else chance.choice((1, 2))
        return Connect(site, folder, system, at[system] or chance.choice(servers), quota)

    def _restore(self, goal: Goal) -> _Restore | None:
        """A snapshot of one of the goal's servers, where no other goal uses them."""
        if self.site.in_use & set(goal.servers) or self.chance.random() > RESTORED_OF_GOALS:
            return None
        server = self.chance.choice(goal.servers)
        path = f"/nodes/{server}/snapshots"
        number = self.site.simulator.call("POST", path)["id"]
        return _Restore(self.chance.randint(0, 2), f"{path}/{number}/restore", server)

    # Pursuing

    def _pursue(self, goal: Goal, restore: _Restore | None) -> Iterator[None]:
        said: list[str] = []
        cut = False
        for turn in range(RUNS):
            before = self._live(goal)
            run = disturbance.start(goal, self.chance, turn < DISTURBED_RUNS)
            while not run.over():
                yield
            run.end()
            results = [process.result() for process in run.processes if not process.killed]
            cut = self._counted(run, cut, results)
            said.append(f"{run.met or 'undisturbed'}: {', '.join(map(_shown, results)) or 'killed'}")
            self._judge(goal, before, results)
            if restore is not None and turn == restore.turn:
                self.site.simulator.call("POST", restore.path)
                self.count.done[RESTORED] += 1
                said.append(f"{restore.server} restored")
            elif (restore is None or turn > restore.turn) and self._reached(goal, run, results):
                self.count.done[goal.kind] += 1
                goal.reached()
                return
            for result in results:
                try:
                    goal.act(result)
                except Puzzled as error:
                    said.append(f"puzzled: {error}")
        self.site.spoilt.add(goal.subject)
        wrong = goal.wrong()
        self.count.unreached.append(f"{goal.kind} in {goal.folder}: {wrong}\n    " + "\n    ".join(said))

    def _counted(self, run: disturbance.Run, cut: bool, results: Sequence[Result]) -> bool:
        """Count the run's operations; say whether it leaves something to be resumed."""
        wrote = [process for process in run.processes if process.writes()]
        resumed = cut and bool(results) and not wrote
        self.count.operations += len(wrote) + int(resumed)
        self.count.done[run.met] += bool(run.met)
        unfinished = len(results) < len(run.processes) or any(result.get("failed") for result in results)
        return unfinished and (bool(wrote) or cut)

    def _reached(self, goal: Goal, run: disturbance.Run, results: Sequence[Result]) -> bool:
        if len(results) < len(run.processes) or any(result.get("failed") for result in results):
            return False
        return not goal.wrong()

    def _live(self, goal: Goal) -> int:
        return len(self.site.sight(goal.about).live) if goal.about else 0

    def _judge(self, goal: Goal, before: int, results: Sequence[Result]) -> None:
        if goal.about:
            words = [goal.word(result) for result in results]
            name = f"{goal.kind} in {goal.folder}"
            self.count.verdict.hold(name, self.site.sight(goal.about), before, words)


def _shown(result: Result) -> str:
    if result.get("failed"):
        return (
            f"failed ({', '.join(codes_of(result))}: {str(result.get('msg'))[:300]}{result.get('crash', '')})"
        )
    return str(result.get("state") or "done") + (" with a warning" if result.get("warnings") else "")
