# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Restored servers and damaged files in each state of a migration, combined with a kill at any step.

The operator follows the messages and runs the same task again. At the end the license is usable once, on the
destination; no run adds a second usable license to the one that the event itself created.
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
    """One migration, the operator's copies of its files, and the issued activation file."""

    def __init__(self, site: Any) -> None:
        self.site = site
        self.backup: dict[Path, bytes] = {}
        self.issued: list[Path] = []

    def save(self) -> None:
        for path in (self.site.folder / "journal").rglob("*"):
            if path.is_file() and path.name != "record.json" and not path.name.startswith("."):
                self.backup[path] = path.read_bytes()

    def run(self) -> list[str]:
        """Run the task and return the codes of its failure, or none on success."""
        try:
            self.site.run(*self.issued)
        except (OperationError, VmsError) as error:
            return [error.code, *(cause.code for cause in getattr(error, "causes", ()))]
        return []

    def follow(self, codes: list[str]) -> None:
        """Perform the steps that the messages describe."""
        if {"migration_source_live", "migration_live_on_both"} & set(codes):
            live = [row.id for row in self.site.source.live()]
            assert live, "the message is about a license that is not there"
            self.site.source.uninstall(live[0])
        if {"migration_proof_lost", "migration_activation_file_lost"} & set(codes):
            for path, content in self.backup.items():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)

    def finish(self) -> None:
        for _attempt in range(8):
            codes = self.run()
            if codes:
                self.follow(codes)
            elif self.site.record.step is Step.VERIFIED:
                break
            elif self.site.record.step is Step.WAITING and not self.issued:
                self.save()
                self.issued.append(self.site.platform(self.site.record))
        assert self.site.record.step is Step.VERIFIED
        assert [row.quantity for row in self.site.destination.live()] == [10]
        assert self.site.source.live() == []
        assert self.run() == []


# States


def uninstalled(case: Case, kit: Any) -> None:
    case.site.source.failures.append(kit.Failure("GET uninstall-file", kit.LOST))
    assert "migration_interrupted" in case.run()
    assert case.site.record.step is Step.SOURCE_UNINSTALLED


def saved(case: Case, kit: Any) -> None:
    destination = case.site.destination
    asked = destination.device_info
    # The rules read the destination before anything is sent; the bundle reads it again and gets no answer.
    calls = iter([asked])

    def once() -> Any:
        call = next(calls, None)
        if call is None:
            raise kit.LOST
        return call()

    destination.device_info = once
    assert "migration_interrupted" in case.run()
    destination.device_info = asked
    assert case.site.record.step is Step.UNINSTALL_FILE_SAVED


def waiting(case: Case, kit: Any) -> None:
    assert case.run() == []


def received(case: Case, kit: Any) -> None:
    waiting(case, kit)
    case.issued.append(case.site.platform(case.site.record))
    case.site.destination.failures.append(kit.Failure("install", kit.LOST))
    assert "write_unclear" in case.run()


def sent(case: Case, kit: Any) -> None:
    waiting(case, kit)
    case.issued.append(case.site.platform(case.site.record))
    install = case.site.destination.install

    def install_and_die(name: str, content: bytes) -> Any:
        install(name, content)
        raise kit.Killed(name)

    case.site.destination.install = install_and_die
    with pytest.raises(kit.Killed):
        case.run()
    case.site.destination.install = install


def verified(case: Case, kit: Any) -> None:
    waiting(case, kit)
    case.issued.append(case.site.platform(case.site.record))
    assert case.run() == []


STATES = [uninstalled, saved, waiting, received, sent, verified]


# Events


def source_restored(case: Case) -> None:
    case.site.source.records = [replace(row, status="usable") for row in case.site.source.records]


def destination_restored(case: Case) -> None:
    case.site.destination.records.clear()


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
def test_the_license_ends_usable_once_on_the_destination(
    site: Any,
    kit: Any,
    tmp_path: Path,
    reach: Callable[[Case, Any], None],
    event: Callable[[Case], None],
    after: bool,
) -> None:
    def begin(name: str) -> Case:
        folder = tmp_path / name
        folder.mkdir()
        ticker = site.ticker
        ticker.count, ticker.die_at, ticker.after = 0, None, after
        servers = (type(site.source)("east", ticker), type(site.source)("west", ticker))
        case = Case(type(site)(folder, *servers, ticker, site.waits))
        case.site.source.add()
        reach(case, kit)
        case.save()
        event(case)
        ticker.count = 0
        return case

    case = begin("one")
    case.run()
    steps = site.ticker.count
    case.finish()
    assert steps > 0
    # Every seventh step, with a different first step in each case; `make failures` kills at every step.
    first = (STATES.index(reach) + EVENTS.index(event) + after) % 7
    for at in range(first, steps, 7):
        case = begin(f"killed-{at}")
        before = case.site.quantity()
        case.site.ticker.die_at = at
        with pytest.raises(kit.Killed):
            case.run()
        assert case.site.quantity() <= max(before, 10), "the run added a live license"
        case.site.ticker.die_at = None
        case.finish()
