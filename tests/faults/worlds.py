# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens around a migration and is no fault of a request: restored servers, mixed up or damaged files.

A world happens once, between two runs. Afterwards the operator starts some tasks again, as somebody does who
has not noticed anything or has made a mistake.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from stand import (
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
    Stand,
    Task,
)

NEW = "new"
_FIRST_KEPT = STATES.index("uninstall_file_saved")
_FIRST_RECEIVED = STATES.index("activation file received")


@dataclass(frozen=True)
class World:
    """``happens`` does it and returns the tasks that are started next; ``beside``: what else migrates.

    ``first``: the first state at which it can happen. ``after``: what ends by itself when people look.
    """

    name: str
    happens: Callable[[Stand], list[Task]]
    beside: str = ""
    first: int = 0
    after: Callable[[Stand], None] = field(default=lambda stand: None)

    @property
    def states(self) -> tuple[str, ...]:
        return STATES[self.first :]


def _same(stand: Stand) -> list[Task]:
    return [stand.notes.tasks[MOVING]]


def _restored(*servers: str) -> Callable[[Stand], list[Task]]:
    def happens(stand: Stand) -> list[Task]:
        for server in servers:
            stand.put_back_server(server)
        return _same(stand)

    return happens


def _id_given_again(stand: Stand) -> list[Task]:
    """The restored destination gives the id that the license had to one that somebody bought since."""
    stand.put_back_server(WEST)
    before = set(stand.ledger.look())
    stand.buy(WEST, NEW_KEY, "bought")
    (stand.notes.bought[NEW],) = set(stand.ledger.look()) - before
    return _same(stand)


def _given(task: Task, *files: Args) -> Task:
    return dataclasses.replace(task, files=list(files))


def _both(stand: Stand, beside: str) -> tuple[Task, Task]:
    return stand.notes.tasks[MOVING], stand.notes.tasks[beside]


def _issued(stand: Stand, about: str) -> list[Path]:
    """The file that the platform issued for a license, if the operator has it by now."""
    file = stand.notes.issued.get(about)
    return [] if file is None else [file]


def _swapped(named: bool) -> Callable[[Stand], list[Task]]:
    """Each task is given the other's file; ``named``: and the operator says that it is the right one."""

    def happens(stand: Stand) -> list[Task]:
        moving, other = _both(stand, OTHER)
        pairs = ((moving, OTHER), (other, MOVING))
        return [
            _given(task, *(_item(file, task, named) for file in _issued(stand, about)))
            for task, about in pairs
        ]

    return happens


def _item(file: Path, task: Task, named: bool) -> Args:
    return {"path": str(file), **({"license_id": task.license_ids[0]} if named else {})}


def _shared(stand: Stand) -> list[Task]:
    """One folder with all that the platform issued, given to both tasks. The two licenses are alike."""
    files = [_item(file, task, False) for task in _both(stand, EQUAL) for file in _issued(stand, task.about)]
    return [_given(task, *files) for task in _both(stand, EQUAL)]


def _older(named: bool) -> Callable[[Stand], list[Task]]:
    """A file that the platform issued for the destination long ago, and that is installed there."""

    def happens(stand: Stand) -> list[Task]:
        moving = stand.notes.tasks[MOVING]
        return [_given(moving, _item(stand.notes.issued[OLD], moving, named))]

    return happens


def _damaged(damage: Callable[[Stand, Path], None]) -> Callable[[Stand], list[Task]]:
    def happens(stand: Stand) -> list[Task]:
        for file in stand.kept_files(MOVING):
            damage(stand, file)
        return _same(stand)

    return happens


def _delete(_stand: Stand, file: Path) -> None:
    file.unlink()


def _cut(_stand: Stand, file: Path) -> None:
    file.write_bytes(file.read_bytes()[:100])


def _replace(stand: Stand, file: Path) -> None:
    """A genuine file of the same kind, of another license."""
    foreign = next(kept for kept in stand.kept_files(OTHER) if kept.suffix == ".uak")
    if file.suffix == ".ak":
        (foreign,) = _issued(stand, OTHER)
    file.write_bytes(foreign.read_bytes())


def _another(journal: str, destination: str) -> Callable[[Stand], list[Task]]:
    """A task for the same license is started with another journal or goal, perhaps by another controller."""

    def happens(stand: Stand) -> list[Task]:
        moving = stand.notes.tasks[MOVING]
        return [dataclasses.replace(moving, journal=journal, destination=destination)]

    return happens


def _away(stand: Stand) -> list[Task]:
    stand.station.call("POST", "/faults", {"node": EAST, "kind": "reset_before", "times": 0})
    stand.station.call("POST", "/faults", {"node": EAST, "kind": "reset_before", "times": 0, "auth": True})
    return _same(stand)


def _deleted_and_away(stand: Stand) -> list[Task]:
    _damaged(_delete)(stand)
    return _away(stand)


def _back(stand: Stand) -> None:
    stand.station.call("DELETE", "/faults")


WORLDS = (
    World("the source is restored", _restored(EAST)),
    World("the destination is restored", _restored(WEST)),
    World("both are restored", _restored(EAST, WEST)),
    World("the restored destination gives the id again", _id_given_again),
    World("swapped files", _swapped(named=False), beside=OTHER),
    World("swapped files, named so", _swapped(named=True), beside=OTHER),
    World("a folder of files is shared", _shared, beside=EQUAL),
    World("an older file", _older(named=False)),
    World("an older file, named so", _older(named=True)),
    World("a kept file is deleted", _damaged(_delete), first=_FIRST_KEPT),
    World("a kept file is cut", _damaged(_cut), first=_FIRST_KEPT),
    World("a kept file is foreign", _damaged(_replace), beside=OTHER, first=_FIRST_KEPT),
    World("two journals", _another("other-journal", WEST)),
    World("two destinations", _another(JOURNAL, SOUTH)),
    World("two journals and two destinations", _another("other-journal", SOUTH)),
    World("the source does not answer", _away, after=_back),
    World(
        "a kept file is deleted, the source does not answer",
        _deleted_and_away,
        first=_FIRST_KEPT,
        after=_back,
    ),
)
