# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a migration to its end as an operator does, kill it, and check that nothing is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import OperationError
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.journal.record import (
    Step,
)


def state(site: Any) -> str:
    return str(site.record.step.value)


def finish(site: Any) -> None:
    """Run the task and act as the operator until the migration is complete."""
    outcome = site.run()
    for record in outcome.records:
        if record.step is Step.WAITING:
            files = [
                site.platform(record, index) for index, part in enumerate(record.parts) if part.file is None
            ]
            site.run(*files)


def arrived(site: Any, quantity: int = 10) -> None:
    """Assert that the license is usable on the destination only, and was uninstalled at most once."""
    assert sum(record.quantity for record in site.destination.live()) == quantity
    assert site.source.live() == []
    assert len(site.source.uninstalls) <= 1
    assert {record.step for record in site.records()} == {Step.VERIFIED}


def fresh(site: Any, folder: Path) -> Any:
    folder.mkdir()
    site.ticker.count, site.ticker.die_at = 0, None
    again = type(site)(
        folder, type(site.source)("east", site.ticker), type(site.source)("west", site.ticker),
        site.ticker, site.waits,
    )  # fmt: skip
    again.source.add()
    return again


def safe(site: Any) -> None:
    """Assert that the license is either usable on a server, or uninstalled with its file saved."""
    live = site.quantity()
    kept = [record for record in site.source.records if record.status == "uninstalled"]
    assert live == 10 or (live == 0 and kept), "lost or doubled"
    if live == 0 and site.records() and site.record.step.reached(Step.UNINSTALL_FILE_SAVED):
        for file in site.record.uninstall_files:
            site.journal.content_of(site.record, file)


# Row by row


def killed(site: Any, kit: Any, where: str, after: bool = False, *files: Any) -> None:
    """Kill the process at the first step called ``where``."""
    with pytest.MonkeyPatch.context() as patch:
        original = type(site.ticker).step

        def step(self: Any, name: str, do: Any) -> Any:
            if name.startswith(where):
                if after:
                    original(self, name, do)
                raise kit.Killed(name)
            return original(self, name, do)

        patch.setattr(type(site.ticker), "step", step)
        with pytest.raises(kit.Killed):
            site.run(*files)


def codes(error: OperationError) -> list[str]:
    return [error.code, *(cause.code for cause in error.causes)]


def failure(site: Any, *files: Any, **changes: Any) -> OperationError:
    with pytest.raises(OperationError) as caught:
        site.run(*files, **changes)
    return caught.value


def refused(site: Any, *files: Any, **changes: Any) -> OperationError:
    """Assert that the task is refused and that nothing was sent or written; return the error."""
    with pytest.raises(OperationError) as caught:
        site.run(*files, **changes)
    assert site.source.writes == []
    assert site.destination.writes == []
    assert not (site.folder / "journal").exists()
    return caught.value


def given_file(path: Any, **hints: Any) -> Any:
    from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core import license_files
    from ansible_collections.unicloud.usphere.plugins.module_utils._operations.migration import match_files

    return match_files.GivenFile(license_files.read_activation_file(str(path)), **hints)
