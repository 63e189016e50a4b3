# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the loop of the event source: read each target at its own interval without blocking the others."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, Protocol, TypeVar

from ...module_utils._errors import LicensingError, UsphereError
from ...module_utils._operations.core.lock import Locks
from .._policy.policy.site_catalog import load_catalog
from .backoff import Pace
from .options import Settings, read_settings
from .payload import Words
from .state_store import StateStore
from .targets import Now, Round, Target, look_at, sentence, targets_of

#: The key under which every event stands.
EVENT = "license_expiry"

logger = logging.getLogger("unicloud.usphere.license_expiry")

Result = TypeVar("Result")
Sleep = Callable[[float], Awaitable[object]]


class Queue(Protocol):
    """Where ansible-rulebook takes events."""

    async def put(self, event: dict[str, Any], /) -> None:
        """Take one event, as soon as there is room for it."""


class SourceError(Exception):
    """What stops the source: its text is the catalogue's sentence."""


async def follow(
    queue: Queue, args: Mapping[str, Any], now: Now = time.time, sleep: Sleep = asyncio.sleep
) -> None:
    """Look at every target for ever, and put what is new into ``queue``; ``sleep`` waits between looks.

    Raises SourceError for options and a state file that cannot be used, before anything is sent.
    """
    language = str(args.get("language") or "en")
    try:
        settings = read_settings(args)
        catalog = load_catalog(settings.catalog)
        with _alone(settings):
            told = StateStore(settings.state_file)
            targets = targets_of(settings, catalog, now)
            await _all(_Follower(queue, settings, told, now, sleep).follow(target) for target in targets)
    except (UsphereError, LicensingError) as error:
        raise SourceError(sentence(error, language if language == "zh" else "en")) from error


@contextlib.contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Keep other sources away from the state file: two would overwrite each other's word."""
    if settings.state_file is None:
        yield
        return
    path = settings.state_file + ".lock"
    with Locks("", 0.0, EVENT).file(path, settings.state_file):
        yield


async def _all(works: Iterator[Any]) -> None:
    """Run all of them; when one fails, or the source is cancelled, the others are ended."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Follower:
    def __init__(self, queue: Queue, settings: Settings, told: StateStore, now: Now, sleep: Sleep) -> None:
        self._queue, self._settings, self._told = queue, settings, told
        self._now, self._sleep = now, sleep
        self._words = Words(settings.language)

    async def follow(self, target: Target) -> None:
        pace = Pace(self._settings.interval, self._settings.retry)
        while True:
            seen = await in_thread(lambda: look_at(target, self._now, self._words))
            await self._tell(seen)
            wait = pace.after(seen.outcome)
            for problem in seen.problems:
                logger.warning("%s [next look in %d s]", problem, wait)
            await self._sleep(wait)

    async def _tell(self, seen: Round) -> None:
        """Put what is new into the queue, then remember it: rather twice after a crash than never."""
        try:
            for notice in self._told.news(seen.subjects, seen.notices, seen.was_read):
                event = notice.event()
                await self._queue.put({EVENT: event})
                self._told.add(notice)
                logger.info("%s", event["message"])
        finally:
            self._told.forget(seen.as_of, self._settings.look_back)
            self._told.save()


async def in_thread(work: Callable[[], Result]) -> Result:
    """Run blocking ``work`` in a thread of its own, which does not keep the process from ending.

    Pools wait for their threads at the end; a server that answers nothing would hold the engine up until the
    deadline of its look.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Result] = loop.create_future()

    def settle(result: Result | None, error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)  # type: ignore[arg-type]  # without an error there is a result

    def run() -> None:
        result: Result | None = None
        failure: BaseException | None = None
        try:
            result = work()
        except Exception as error:  # noqa: BLE001  # handed to the loop, which raises it
            failure = error
        with contextlib.suppress(RuntimeError):  # the loop may be closed by now
            loop.call_soon_threadsafe(settle, result, failure)

    threading.Thread(target=run, name=EVENT, daemon=True).start()
    return await done
