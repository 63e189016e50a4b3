# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of migrations: a site with two License Servers and a journal."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core import license_files
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_and_verify import Waits
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.journal.record import (
    End,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.migration import (
    match_files,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import errors

from .....fakes.license_server import Failure
from .....fakes.migration import Killed, Server, Site, Ticker


@pytest.fixture
def site(tmp_path: Path, waits: Waits, monkeypatch: pytest.MonkeyPatch) -> Site:
    ticker = Ticker()
    site = Site(tmp_path, Server("east", ticker), Server("west", ticker), ticker, waits)
    site.source.add()
    original = os.replace

    def rename(source: str, target: str) -> None:
        def leave_a_partial_file() -> None:
            # A killed process does not remove its temporary files.
            half = Path(source).parent / ".usphere-half.tmp"
            half.write_bytes(Path(source).read_bytes()[:7])

        if ticker.count == ticker.die_at:
            leave_a_partial_file()
        ticker.step("rename " + os.path.basename(target), lambda: original(source, target))

    monkeypatch.setattr(license_files.os, "replace", rename)
    monkeypatch.setattr(license_files.os, "fsync", lambda handle: ticker.step("fsync", lambda: None))
    return site


@pytest.fixture
def given() -> Any:
    def make(path: Path, **hints: Any) -> match_files.GivenFile:
        return match_files.GivenFile(license_files.read_activation_file(str(path)), **hints)

    return make


@pytest.fixture
def kit() -> Any:
    class Kit:
        SOURCE = End.SOURCE
        DESTINATION = End.DESTINATION
        LOST = errors.Unreachable("unreachable_reset", sent=True, endpoint="https://ls:1")

    Kit.Killed = Killed  # type: ignore[attr-defined]
    Kit.Failure = Failure  # type: ignore[attr-defined]
    return Kit
