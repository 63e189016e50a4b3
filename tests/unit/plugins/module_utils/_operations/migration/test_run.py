# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Migrate licenses: the complete migration, process kills and failed calls at each step."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import (
    OperationError,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.journal.record import (
    Step,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import errors

from .....fakes.migration_run import arrived, finish, fresh, safe

# The normal course


def test_the_complete_migration(site: Any) -> None:
    waiting = site.run().records[0]
    assert waiting.step is Step.WAITING
    assert [event.step for event in waiting.history] == [
        "planned",
        "uninstall_sent",
        "source_uninstalled",
        "uninstall_file_saved",
        "transfer_requested",
        "waiting_for_activation_file",
    ]
    assert {event.server_at for event in waiting.history[:-1]} == {"2026-11-24T08:00:00Z"}
    (proof,) = waiting.uninstall_files
    assert Path(site.journal.path_of(waiting, proof)).read_bytes() == site.source.proof(
        site.source.records[0]
    )
    assert (proof.folder, proof.name) == ("uninstall-file", "A.ak.uak")
    done = site.run(site.platform(waiting)).records[0]
    assert done.step is Step.VERIFIED
    assert done.parts[0].license_ids == ("west-1",)
    arrived(site)


def test_everything_on_disk_is_private_to_its_owner(site: Any) -> None:
    finish(site)
    paths = list((site.folder / "journal").rglob("*"))
    assert {path.stat().st_mode & 0o777 for path in paths if path.is_file()} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in paths if path.is_dir()} == {0o700}
    assert not [path for path in paths if b"7Q2A" in (path.read_bytes() if path.is_file() else b"")]


def test_the_bundle_lists_the_files_to_submit(site: Any) -> None:
    record = site.run().records[0]
    bundle = site.folder / "journal" / record.id / "transfer"
    manifest = json.loads((bundle / "request.json").read_bytes())
    assert manifest["licenses"][0]["quantity"] == 10
    for entry in (manifest["uninstall_files"][0], manifest["parts"][0]["device_information"]):
        assert hashlib.sha256((bundle / entry["path"]).read_bytes()).hexdigest() == entry["sha256"]


# A process that is killed at any step


def test_a_kill_at_any_step_loses_nothing_and_duplicates_nothing(site: Any, kit: Any, tmp_path: Path) -> None:
    finish(site)
    arrived(site)
    steps = site.ticker.count
    assert steps > 60
    for after in (False, True):
        for at in range(steps):
            again = fresh(site, tmp_path / f"{at}-{after}")
            again.ticker.die_at, again.ticker.after = at, after
            with pytest.raises(kit.Killed):
                finish(again)
            safe(again)
            again.ticker.die_at = None
            finish(again)
            arrived(again)
            assert len(again.destination.records) == 1, "installed twice"


def test_two_kills_in_a_row_lose_nothing_and_duplicate_nothing(site: Any, kit: Any, tmp_path: Path) -> None:
    finish(site)
    steps = site.ticker.count
    for at in range(0, steps, 5):
        for later in range(0, 30, 7):
            again = fresh(site, tmp_path / f"{at}-{later}")
            again.ticker.die_at, again.ticker.after = at, True
            with pytest.raises(kit.Killed):
                finish(again)
            again.ticker.count, again.ticker.die_at = 0, later
            try:
                finish(again)
            except kit.Killed:
                safe(again)
            again.ticker.die_at = None
            finish(again)
            arrived(again)


ERRORS = [
    errors.Unreachable("unreachable_reset", sent=True, endpoint="x"),
    errors.HttpError("http_status", status=500, endpoint="x", method="GET", path="x"),
    errors.BadAnswer("answer_truncated", sent=True, endpoint="x", method="GET", path="x"),
    errors.TaskFailed("task_lost", task="1"),
]


@pytest.mark.parametrize("fault", ERRORS, ids=lambda fault: fault.code)
@pytest.mark.parametrize("after", [False, True], ids=["before_commit", "after_commit"])
def test_any_failed_call_is_recovered_by_a_second_run(
    site: Any, kit: Any, tmp_path: Path, fault: Any, after: bool
) -> None:
    finish(site)
    calls = [("source", call) for call in dict.fromkeys(site.source.calls)]
    calls += [("destination", call) for call in dict.fromkeys(site.destination.calls)]
    for end, call in calls:
        if fault.code == "task_lost" and call.startswith("GET"):
            continue
        again = fresh(site, tmp_path / f"{end}-{call.replace('/', '_')}")
        getattr(again, end).failures.append(kit.Failure(call, fault, after))
        for _attempt in range(3):
            try:
                finish(again)
            except (OperationError, errors.VmsError):
                safe(again)
        arrived(again)
        assert len(again.destination.records) == 1
