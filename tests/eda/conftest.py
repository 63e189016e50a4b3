# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sites to watch, the event source as ansible-rulebook loads it, and the engine itself."""

from __future__ import annotations

import asyncio
import runpy
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "integration"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

SOURCE = ROOT / "extensions" / "eda" / "plugins" / "event_source" / "license_expiry.py"


class Feed:
    """The queue of ansible-rulebook, in the test's hands."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    async def put(self, event: dict[str, Any]) -> None:
        self.events.append(event["license_expiry"])

    async def until(self, count: int) -> list[dict[str, Any]]:
        """Wait for so many events, then a little longer: no other may come."""
        end = time.monotonic() + 60
        while len(self.events) < count and time.monotonic() < end:
            await asyncio.sleep(0.05)
        await asyncio.sleep(1)
        assert len(self.events) == count, self.events
        return self.events


@pytest.fixture
def feed() -> Feed:
    return Feed()


@pytest.fixture
def watch(feed: Feed) -> Callable[..., None]:
    """Run the source while a test does its steps, then cancel it as the engine does."""
    main = runpy.run_path(str(SOURCE))["main"]

    def run(args: dict[str, Any], steps: Callable[[Feed], Awaitable[None]]) -> None:
        async def work() -> None:
            task = asyncio.ensure_future(main(feed, {"interval": 0.3, "retry": 0.3, **args}))
            try:
                await steps(feed)
                assert not task.done(), task.exception()
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

        asyncio.run(work())

    return run
