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
from .targets import Now, Round, Target, read_target, sentence, targets_of

#: The top-level key of every event.
EVENT = "license_expiry"

logger = logging.getLogger("unicloud.usphere.license_expiry")

Result = TypeVar("Result")
Sleep = Callable[[float], Awaitable[object]]


class Queue(Protocol):
    """Queue from which ansible-rulebook receives events."""

    async def put(self, event: dict[str, Any], /) -> None:
        """Add one event; wait while the queue is full."""


class SourceError(Exception):
    """Error that stops the source; its text is the message of the message catalog."""


async def follow(
    queue: Queue, args: Mapping[str, Any], now: Now = time.time, sleep: Sleep = asyncio.sleep
) -> None:
    """Read every target in an endless loop and put new events into ``queue``.

    ``sleep`` waits between two reads. Raises SourceError for invalid options and for an unusable state file
    before the first event is sent.
    """
    language = str(args.get("language") or "en")
    try:
        settings = read_settings(args)
        catalog = load_catalog(settings.catalog)
        with _locked(settings):
            store = StateStore(settings.state_file)
            targets = targets_of(settings, catalog, now)
            await _run_all(_Follower(queue, settings, store, now, sleep).follow(target) for target in targets)
    except (UsphereError, LicensingError) as error:
        raise SourceError(sentence(error, language if language == "zh" else "en")) from error


@contextlib.contextmanager
def _locked(settings: Settings) -> Iterator[None]:
    """Lock the state file, because two sources would overwrite each other's state."""
    if settings.state_file is None:
        yield
        return
    path = settings.state_file + ".lock"
    with Locks("", 0.0, EVENT).file(path, settings.state_file):
        yield


async def _run_all(works: Iterator[Any]) -> None:
    """Run all coroutines; if one fails or the source is canceled, cancel the others."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Follower:
    def __init__(self, queue: Queue, settings: Settings, store: StateStore, now: Now, sleep: Sleep) -> None:
        self._queue, self._settings, self._store = queue, settings, store
        self._now, self._sleep = now, sleep
        self._words = Words(settings.language)

    async def follow(self, target: Target) -> None:
        backoff = Pace(self._settings.interval, self._settings.retry)
        while True:
            current = await in_thread(lambda: read_target(target, self._now, self._words))
            await self._send(current)
            wait = backoff.after(current.outcome)
            for problem in current.problems:
                logger.warning("%s [next read in %d s]", problem, wait)
            await self._sleep(wait)

    async def _send(self, current: Round) -> None:
        """Put new events into the queue, then record them; after a crash, an event may be sent twice."""
        try:
            for notice in self._store.news(current.subjects, current.notices, current.was_read):
                event = notice.event()
                await self._queue.put({EVENT: event})
                self._store.add(notice)
                logger.info("%s", event["message"])
        finally:
            self._store.forget(current.as_of, self._settings.look_back)
            self._store.save()


async def in_thread(work: Callable[[], Result]) -> Result:
    """Run blocking ``work`` in a daemon thread and return its result.

    A thread pool waits for its threads at exit: a server that does not respond would then delay the exit of
    ansible-rulebook until the deadline of the read.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Result] = loop.create_future()

    def finish(result: Result | None, error: BaseException | None) -> None:
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
        except Exception as error:  # noqa: BLE001  # passed to the loop, which raises it
            failure = error
        with contextlib.suppress(RuntimeError):  # the loop may be closed by now
            loop.call_soon_threadsafe(finish, result, failure)

    threading.Thread(target=run, name=EVENT, daemon=True).start()
    return await done
