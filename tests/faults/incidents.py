# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Incidents around a migration that are not failed requests: restored servers, wrong or damaged files.

An incident happens once, between two runs. Afterwards the operator starts some tasks again, as an operator
does who has not noticed it or has made a mistake.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from testbed import (
    EAST,
    EQUAL,
    JOURNAL,
    MOVING,
    NEW_KEY,
    OLD,
    OTHER,
    SOUTH,
    STATES,
    WEST,
    Args,
    Task,
    Testbed,
)

NEW = "new"
_FIRST_KEPT = STATES.index("uninstall_file_saved")
_FIRST_RECEIVED = STATES.index("activation file received")


@dataclass(frozen=True)
class Incident:
    """``happens`` does it and returns the tasks that are started next; ``beside``: what else migrates.

    ``first``: the first state at which it can happen. ``after``: what ends by itself when people look.
    """

    name: str
    happens: Callable[[Testbed], list[Task]]
    beside: str = ""
    first: int = 0
    after: Callable[[Testbed], None] = field(default=lambda testbed: None)

    @property
    def states(self) -> tuple[str, ...]:
        return STATES[self.first :]


def _same(testbed: Testbed) -> list[Task]:
    return [testbed.notes.tasks[MOVING]]


def _restored(*servers: str) -> Callable[[Testbed], list[Task]]:
    def happens(testbed: Testbed) -> list[Task]:
        for server in servers:
            testbed.put_back_server(server)
        return _same(testbed)

    return happens


def _id_given_again(testbed: Testbed) -> list[Task]:
    """The restored destination gives the id that the license had to one that somebody bought since."""
    testbed.put_back_server(WEST)
    before = set(testbed.ledger.look())
    testbed.buy(WEST, NEW_KEY, "bought")
    (testbed.notes.bought[NEW],) = set(testbed.ledger.look()) - before
    return _same(testbed)


def _given(task: Task, *files: Args) -> Task:
    return dataclasses.replace(task, files=list(files))


def _both(testbed: Testbed, beside: str) -> tuple[Task, Task]:
    return testbed.notes.tasks[MOVING], testbed.notes.tasks[beside]


def _issued(testbed: Testbed, about: str) -> list[Path]:
    """The file that the platform issued for a license, if the operator has it by now."""
    file = testbed.notes.issued.get(about)
    return [] if file is None else [file]


def _swapped(named: bool) -> Callable[[Testbed], list[Task]]:
    """Each task is given the other's file; ``named``: and the operator says that it is the right one."""

    def happens(testbed: Testbed) -> list[Task]:
        moving, other = _both(testbed, OTHER)
        pairs = ((moving, OTHER), (other, MOVING))
        return [
            _given(task, *(_item(file, task, named) for file in _issued(testbed, about)))
            for task, about in pairs
        ]

    return happens


def _item(file: Path, task: Task, named: bool) -> Args:
    return {"path": str(file), **({"license_id": task.license_ids[0]} if named else {})}


def _shared(testbed: Testbed) -> list[Task]:
    """One folder with all that the platform issued, given to both tasks. The two licenses are alike."""
    files = [
        _item(file, task, False) for task in _both(testbed, EQUAL) for file in _issued(testbed, task.about)
    ]
    return [_given(task, *files) for task in _both(testbed, EQUAL)]


def _older(named: bool) -> Callable[[Testbed], list[Task]]:
    """A file that the platform issued for the destination long ago, and that is installed there."""

    def happens(testbed: Testbed) -> list[Task]:
        moving = testbed.notes.tasks[MOVING]
        return [_given(moving, _item(testbed.notes.issued[OLD], moving, named))]

    return happens


def _damaged(damage: Callable[[Testbed, Path], None]) -> Callable[[Testbed], list[Task]]:
    def happens(testbed: Testbed) -> list[Task]:
        for file in testbed.kept_files(MOVING):
            damage(testbed, file)
        return _same(testbed)

    return happens


def _delete(_testbed: Testbed, file: Path) -> None:
    file.unlink()


def _cut(_testbed: Testbed, file: Path) -> None:
    file.write_bytes(file.read_bytes()[:100])


def _replace(testbed: Testbed, file: Path) -> None:
    """A genuine file of the same kind, of another license."""
    foreign = next(kept for kept in testbed.kept_files(OTHER) if kept.suffix == ".uak")
    if file.suffix == ".ak":
        (foreign,) = _issued(testbed, OTHER)
    file.write_bytes(foreign.read_bytes())


def _another(journal: str, destination: str) -> Callable[[Testbed], list[Task]]:
    """A task for the same license is started with another journal or goal, perhaps by another controller."""

    def happens(testbed: Testbed) -> list[Task]:
        moving = testbed.notes.tasks[MOVING]
        return [dataclasses.replace(moving, journal=journal, destination=destination)]

    return happens


def _away(testbed: Testbed) -> list[Task]:
    testbed.simulator.call("POST", "/faults", {"node": EAST, "kind": "reset_before", "times": 0})
    testbed.simulator.call(
        "POST", "/faults", {"node": EAST, "kind": "reset_before", "times": 0, "auth": True}
    )
    return _same(testbed)


def _deleted_and_away(testbed: Testbed) -> list[Task]:
    _damaged(_delete)(testbed)
    return _away(testbed)


def _back(testbed: Testbed) -> None:
    testbed.simulator.call("DELETE", "/faults")


INCIDENTS = (
    Incident("the source is restored", _restored(EAST)),
    Incident("the destination is restored", _restored(WEST)),
    Incident("both are restored", _restored(EAST, WEST)),
    Incident("the restored destination gives the id again", _id_given_again),
    Incident("swapped files", _swapped(named=False), beside=OTHER),
    Incident("swapped files, named so", _swapped(named=True), beside=OTHER),
    Incident("a folder of files is shared", _shared, beside=EQUAL),
    Incident("an older file", _older(named=False)),
    Incident("an older file, named so", _older(named=True)),
    Incident("a kept file is deleted", _damaged(_delete), first=_FIRST_KEPT),
    Incident("a kept file is cut", _damaged(_cut), first=_FIRST_KEPT),
    Incident("a kept file is foreign", _damaged(_replace), beside=OTHER, first=_FIRST_KEPT),
    Incident("two journals", _another("other-journal", WEST)),
    Incident("two destinations", _another(JOURNAL, SOUTH)),
    Incident("two journals and two destinations", _another("other-journal", SOUTH)),
    Incident("the source does not answer", _away, after=_back),
    Incident(
        "a kept file is deleted, the source does not answer",
        _deleted_and_away,
        first=_FIRST_KEPT,
        after=_back,
    ),
)
