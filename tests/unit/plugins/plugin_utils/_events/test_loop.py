# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The loop: the events over time, failures that it survives, and how it ends."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._errors import LicensingError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._events import targets
from ansible_collections.unicloud.usphere.plugins.plugin_utils._events.loop import (
    SourceError,
    follow,
    in_thread,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._events.notice import EventSubject

from .conftest import NOW, license_row, temporary

Build = Callable[..., dict[str, Any]]
Step = Callable[[], Awaitable[None]]


#: The number of further rounds of each target that must send nothing.
FURTHER = 3
#: The maximum number of rounds that a test needs to get its events.
MOST = 20


class Feed:
    """A queue that stores events, and a clock that a test advances: sleep ends when time is advanced."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.now = NOW.timestamp()
        self.fails = False
        self.targets = 1
        self._slept = 0.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []
        self._changed: asyncio.Event | None = None
        self._task: asyncio.Future[None] | None = None

    def begin(self, task: asyncio.Future[None], changed: asyncio.Event) -> None:
        self._sleepers, self._changed, self._task = [], changed, task
        # A source that has ended sends no event to wait for.
        task.add_done_callback(lambda _task: changed.set())

    async def put(self, event: dict[str, Any]) -> None:
        if self.fails:
            raise RuntimeError("the queue is closed")
        self.events.append(event["license_expiry"])

    async def sleep(self, seconds: float) -> None:
        assert self._changed is not None
        wake = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._slept + seconds, wake))
        self._changed.set()
        await wake

    async def settled(self) -> None:
        """Wait until every target has been read and its task sleeps, or the source has ended."""
        assert self._changed is not None
        assert self._task is not None
        while len(self._sleepers) < self.targets and not self._task.done():
            self._changed.clear()
            await self._changed.wait()

    async def advance(self) -> None:
        """Advance the time to the next round, and wait until it has ended."""
        await self.settled()
        self._sleepers.sort(key=lambda each: each[0])
        if self._sleepers:
            self._slept, wake = self._sleepers.pop(0)
            wake.set_result(None)
        await self.settled()

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    async def until(self, count: int) -> None:
        """Run rounds until there are that many events, then a few more that must send nothing."""
        await self.settled()
        for _round in range(MOST):
            if len(self.events) >= count:
                break
            await self.advance()
        await self.rest()
        assert len(self.events) == count, self.events

    async def rest(self) -> None:
        for _round in range(FURTHER * self.targets):
            await self.advance()


def run(feed: Feed, args: dict[str, Any], *steps: Step) -> None:
    """Follow, run the steps meanwhile, then cancel as ansible-rulebook does."""

    async def work() -> None:
        task = asyncio.ensure_future(follow(feed, args, now=lambda: feed.now, sleep=feed.sleep))
        feed.begin(task, asyncio.Event())
        try:
            for step in steps:
                await step()
                if task.done():
                    task.result()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    asyncio.run(work())


def write(path: Path, *facts: dict[str, Any]) -> None:
    beside = path.with_suffix(".tmp")
    beside.write_text("\n".join(json.dumps(each) for each in facts) + "\n", encoding="utf-8")
    beside.replace(path)


@pytest.fixture
def feed() -> Feed:
    return Feed()


@pytest.fixture
def facts_file(tmp_path: Path) -> Path:
    return tmp_path / "facts.ndjson"


def test_each_expiry_is_sent_once_over_time(feed: Feed, facts_file: Path, system: Build) -> None:
    rows = (license_row("LS-1"), temporary("LS-2", "2026-12-06"), temporary("LS-3", "2027-01-06"))
    write(facts_file, system(*rows))

    async def later() -> None:
        feed.now = (NOW + timedelta(days=20)).timestamp()

    run(feed, {"facts_files": str(facts_file)}, lambda: feed.until(1), later, lambda: feed.until(3))
    # The licenses were not fetched after the expiry, so login is refused by then.
    assert [(event["type"], event.get("license", {}).get("id")) for event in feed.events] == [
        ("lapse", "LS-2"),
        ("login_refused", None),
        ("lapse", "LS-3"),
    ]
    assert feed.events[2]["days_left"] == 23


def test_a_restart_with_a_state_file_sends_nothing_twice(
    feed: Feed, facts_file: Path, tmp_path: Path, system: Build
) -> None:
    write(facts_file, system(license_row("LS-1"), temporary("LS-2", "2026-12-06")))
    args = {"facts_files": str(facts_file), "state_file": str(tmp_path / "state" / "told.json")}
    run(feed, args, lambda: feed.until(1))
    run(feed, args, lambda: feed.until(1))
    without = {"facts_files": str(facts_file)}
    run(feed, without, lambda: feed.until(2))


def test_the_expiry_of_a_renewal_is_sent(feed: Feed, facts_file: Path, system: Build) -> None:
    write(facts_file, system(license_row("LS-1"), temporary("LS-2", "2026-12-06")))

    async def renew() -> None:
        write(facts_file, system(license_row("LS-1"), temporary("LS-2", "2026-12-16")))

    run(feed, {"facts_files": str(facts_file)}, lambda: feed.until(1), renew, lambda: feed.until(2))
    assert [event["expires_at"][:10] for event in feed.events] == ["2026-12-06", "2026-12-16"]


def test_facts_with_an_unknown_key_are_an_event_and_others_are_evaluated(
    feed: Feed, facts_file: Path, system: Build
) -> None:
    wrong = system(license_row("LS-1"), subject={"kind": "system", "id": "chengdu"})
    wrong["licenses"]["items"][0]["expire_at"] = "2026-12-06"
    good = system(license_row("LS-1"), temporary("LS-2", "2026-12-06"))
    facts_file.write_text(json.dumps([wrong, good]), encoding="utf-8")
    run(feed, {"facts_files": str(facts_file)}, lambda: feed.until(2))
    by_system = {event["system"]: event for event in feed.events}
    assert by_system["hangzhou"]["type"] == "lapse"
    assert by_system["chengdu"]["type"] == "unread"
    assert (
        "expire_at: unknown key (see Facts reference); did you mean expires_at?"
        in by_system["chengdu"]["message"]
    )


def test_an_unreadable_file_is_sent_once_and_logged_each_time(
    feed: Feed, facts_file: Path, system: Build, caplog: pytest.LogCaptureFixture
) -> None:
    async def appear() -> None:
        write(facts_file, system(license_row("LS-1", quantity=6)))

    async def spoil() -> None:
        facts_file.write_text("{", encoding="utf-8")

    with caplog.at_level(logging.INFO):
        run(
            feed,
            {"facts_files": str(facts_file)},
            lambda: feed.until(1),
            appear,
            feed.rest,
            spoil,
            lambda: feed.until(2),
        )
    assert feed.types == ["unread", "unread"]
    assert feed.events[0]["code"] == "event_files_none"
    assert "could not be read, so an expiry there may occur without an event" in feed.events[0]["message"]
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert sum("no file matches" in text for text in warnings) > 1, "every failure is in the log"
    assert all("next read in" in text for text in warnings)


def test_a_failing_file_does_not_stop_another(feed: Feed, tmp_path: Path, system: Build) -> None:
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    write(tmp_path / "good.ndjson", system(license_row("LS-1"), temporary("LS-2", "2026-12-06")))
    files = [str(tmp_path / "bad.json"), str(tmp_path / "good.ndjson")]
    feed.targets = 2
    run(feed, {"facts_files": files}, lambda: feed.until(2))
    assert sorted(feed.types) == ["lapse", "unread"]


def test_no_error_in_a_file_stops_another_file_or_another_host(
    feed: Feed, tmp_path: Path, system: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = {
        name: system(
            license_row("LS-1"), temporary("LS-2", "2026-12-06"), subject={"kind": "system", "id": name}
        )
        for name in ("all", "broken", "chengdu", "hangzhou")
    }
    lines = "".join(json.dumps(named[name]) + "\n" for name in ("all", "broken", "hangzhou"))
    (tmp_path / "a.ndjson").write_text(lines, encoding="utf-8")
    (tmp_path / "b.ndjson").symlink_to(tmp_path / "gone")
    write(tmp_path / "c.ndjson", named["chengdu"])
    evaluated = targets.system_notices

    def refuse(facts: Any, subject: EventSubject, *more: Any) -> Any:
        if subject.name == "broken":
            raise LicensingError("instant_unparseable", text="soon")
        return evaluated(facts, subject, *more)

    monkeypatch.setattr(targets, "system_notices", refuse)
    run(feed, {"facts_files": str(tmp_path / "*.ndjson")}, lambda: feed.until(5))
    found = {(event["type"], event["subject"]["name"]) for event in feed.events}
    assert found == {
        ("lapse", "hangzhou"),
        ("lapse", "chengdu"),
        ("unread", "broken"),
        ("unread", str(tmp_path / "a.ndjson")),
        ("unread", str(tmp_path / "b.ndjson")),
    }


def test_names_in_files_cannot_select_other_hosts(feed: Feed, facts_file: Path, system: Build) -> None:
    write(facts_file, system(temporary("LS-2", "2026-12-06"), subject={"kind": "system", "id": "all"}))
    run(feed, {"facts_files": str(facts_file)}, lambda: feed.until(1))
    assert (feed.types, feed.events[0]["code"]) == (["unread"], "event_name")


def test_facts_are_evaluated_at_their_gathering_time_with_the_server_clock(
    feed: Feed, facts_file: Path, system: Build
) -> None:
    feed.now = 0
    write(facts_file, system(license_row("LS-1"), temporary("LS-2", "2026-12-06")))
    args = {"facts_files": str(facts_file), "clock": "license_server"}
    run(feed, args, lambda: feed.until(1))
    assert (feed.events[0]["as_of"], feed.events[0]["days_left"]) == ("2026-11-24T00:00:00Z", 12)


def test_without_the_server_clock_nothing_is_evaluated(feed: Feed, facts_file: Path, system: Build) -> None:
    write(facts_file, system(temporary("LS-2", "2026-12-06"), source={"via": "rest"}))
    run(feed, {"facts_files": str(facts_file), "clock": "license_server"}, lambda: feed.until(1))
    assert feed.events[0]["code"] == "event_clock_unread"


def test_an_event_that_was_not_queued_is_sent_again(
    feed: Feed, facts_file: Path, tmp_path: Path, system: Build
) -> None:
    write(facts_file, system(license_row("LS-1"), temporary("LS-2", "2026-12-06")))
    args = {"facts_files": str(facts_file), "state_file": str(tmp_path / "told.json")}
    feed.fails = True
    with pytest.raises(RuntimeError, match="the queue is closed"):
        run(feed, args, feed.rest)
    feed.fails = False
    run(feed, args, lambda: feed.until(1))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_wrong_options_stop_the_source_with_a_sentence(feed: Feed, language: str) -> None:
    with pytest.raises(SourceError) as raised:
        asyncio.run(follow(feed, {"facts_files": ["x"], "horizon": "soon", "language": language}))
    assert ("应为" if language == "zh" else "horizon of license_expiry must be a number of days") in str(
        raised.value
    )


def test_a_state_file_is_used_by_one_source(
    feed: Feed, facts_file: Path, tmp_path: Path, system: Build
) -> None:
    write(facts_file, system(license_row("LS-1", quantity=6)))
    args = {"facts_files": str(facts_file), "state_file": str(tmp_path / "told.json")}

    async def second() -> None:
        with pytest.raises(SourceError, match="license_expiry"):
            await asyncio.wait_for(follow(feed, args), 10)

    run(feed, args, feed.rest, second)


def test_a_broken_state_file_stops_the_source(feed: Feed, facts_file: Path, tmp_path: Path) -> None:
    state = tmp_path / "told.json"
    state.write_text("{", encoding="utf-8")
    with pytest.raises(SourceError, match="cannot be used"):
        asyncio.run(follow(feed, {"facts_files": str(facts_file), "state_file": str(state)}))
    assert state.read_text(encoding="utf-8") == "{"


def test_a_round_neither_blocks_the_event_loop_nor_delays_its_end() -> None:
    held = threading.Event()

    async def work() -> int:
        task = asyncio.ensure_future(in_thread(held.wait))
        ticks = 0
        for _turn in range(20):
            await asyncio.sleep(0)
            ticks += 1
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return ticks

    try:
        assert asyncio.run(work()) == 20
        (thread,) = [each for each in threading.enumerate() if each.name == "license_expiry"]
        assert thread.daemon, "a thread that is joined at the end would delay the process"
    finally:
        held.set()
    thread.join(10)


def test_exceptions_of_a_thread_are_raised() -> None:
    def fail() -> None:
        raise ZeroDivisionError("in the thread")

    with pytest.raises(ZeroDivisionError, match="in the thread"):
        asyncio.run(in_thread(fail))
