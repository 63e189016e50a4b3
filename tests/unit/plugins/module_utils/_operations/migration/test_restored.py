# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that is restored, or a file that is damaged, at each state of a migration, and a kill at any step.

The operator does what the message says, and runs the same task again. In the end the license is live once, on
the destination; at no time does a run add a second live license to what the event itself made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import OperationError
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.journal.record import Step
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import VmsError


class Case:
    """One migration, the copies that a careful operator has of its files, and what the platform issued."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.backup: dict[Path, bytes] = {}
        self.issued: list[Path] = []

    def save(self) -> None:
        for path in (self.world.folder / "journal").rglob("*"):
            if path.is_file() and path.name != "record.json" and not path.name.startswith("."):
                self.backup[path] = path.read_bytes()

    def run(self) -> list[str]:
        """Run the task and return the codes of its failure, none where it ended well."""
        try:
            self.world.run(*self.issued)
        except (OperationError, VmsError) as error:
            return [error.code, *(cause.code for cause in getattr(error, "causes", ()))]
        return []

    def follow(self, codes: list[str]) -> None:
        """Do what the messages say."""
        if {"migration_source_live", "migration_live_on_both"} & set(codes):
            live = [row.id for row in self.world.source.live()]
            assert live, "the message is about a license that is not there"
            self.world.source.uninstall(live[0])
        if {"migration_proof_lost", "migration_activation_file_lost"} & set(codes):
            for path, content in self.backup.items():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)

    def finish(self) -> None:
        for _attempt in range(8):
            codes = self.run()
            if codes:
                self.follow(codes)
            elif self.world.record.step is Step.VERIFIED:
                break
            elif self.world.record.step is Step.WAITING and not self.issued:
                self.save()
                self.issued.append(self.world.platform(self.world.record))
        assert self.world.record.step is Step.VERIFIED
        assert [row.quantity for row in self.world.destination.live()] == [10]
        assert self.world.source.live() == []
        assert self.run() == []


# States


def uninstalled(case: Case, kit: Any) -> None:
    case.world.source.faults.append(kit.Fault("GET uninstall-file", kit.LOST))
    assert "migration_interrupted" in case.run()
    assert case.world.record.step is Step.SOURCE_UNINSTALLED


def saved(case: Case, kit: Any) -> None:
    destination = case.world.destination
    asked = destination.device_info
    # The rules ask before anything is sent; the bundle asks again, and gets no answer.
    calls = iter([asked])

    def once() -> Any:
        call = next(calls, None)
        if call is None:
            raise kit.LOST
        return call()

    destination.device_info = once
    assert "migration_interrupted" in case.run()
    destination.device_info = asked
    assert case.world.record.step is Step.UNINSTALL_FILE_SAVED


def waiting(case: Case, kit: Any) -> None:
    assert case.run() == []


def received(case: Case, kit: Any) -> None:
    waiting(case, kit)
    case.issued.append(case.world.platform(case.world.record))
    case.world.destination.faults.append(kit.Fault("install", kit.LOST))
    assert "write_unclear" in case.run()


def sent(case: Case, kit: Any) -> None:
    waiting(case, kit)
    case.issued.append(case.world.platform(case.world.record))
    install = case.world.destination.install

    def install_and_die(name: str, content: bytes) -> Any:
        install(name, content)
        raise kit.Killed(name)

    case.world.destination.install = install_and_die
    with pytest.raises(kit.Killed):
        case.run()
    case.world.destination.install = install


def verified(case: Case, kit: Any) -> None:
    waiting(case, kit)
    case.issued.append(case.world.platform(case.world.record))
    assert case.run() == []


STATES = [uninstalled, saved, waiting, received, sent, verified]


# Events


def source_restored(case: Case) -> None:
    case.world.source.records = [replace(row, status="usable") for row in case.world.source.records]


def destination_restored(case: Case) -> None:
    case.world.destination.records.clear()


def both_restored(case: Case) -> None:
    source_restored(case)
    destination_restored(case)


def files_deleted(case: Case) -> None:
    for path in case.backup:
        path.unlink()


def files_cut(case: Case) -> None:
    for path, content in case.backup.items():
        path.write_bytes(content[: len(content) // 2])


def files_of_another_migration(case: Case) -> None:
    for path in case.backup:
        path.write_bytes(b"what belongs to another migration")


EVENTS = [
    source_restored,
    destination_restored,
    both_restored,
    files_deleted,
    files_cut,
    files_of_another_migration,
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
@pytest.mark.parametrize("reach", STATES, ids=lambda reach: reach.__name__)
@pytest.mark.parametrize("after", [False, True], ids=["before_commit", "after_commit"])
def test_the_license_ends_on_the_destination_once(
    world: Any,
    kit: Any,
    tmp_path: Path,
    reach: Callable[[Case, Any], None],
    event: Callable[[Case], None],
    after: bool,
) -> None:
    def begin(name: str) -> Case:
        folder = tmp_path / name
        folder.mkdir()
        ticker = world.ticker
        ticker.count, ticker.die_at, ticker.after = 0, None, after
        servers = (type(world.source)("east", ticker), type(world.source)("west", ticker))
        case = Case(type(world)(folder, *servers, ticker, world.waits))
        case.world.source.add()
        reach(case, kit)
        case.save()
        event(case)
        ticker.count = 0
        return case

    case = begin("alone")
    case.run()
    steps = world.ticker.count
    case.finish()
    assert steps > 0
    # Every seventh step, from another first one in each case; `make faults` kills processes at all of them.
    first = (STATES.index(reach) + EVENTS.index(event) + after) % 7
    for at in range(first, steps, 7):
        case = begin(f"killed-{at}")
        before = case.world.quantity()
        case.world.ticker.die_at = at
        with pytest.raises(kit.Killed):
            case.run()
        assert case.world.quantity() <= max(before, 10), "the run added a live license"
        case.world.ticker.die_at = None
        case.finish()
