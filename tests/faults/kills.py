# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills: a run ends itself with SIGKILL right after an effect that is visible outside of it.

A run is seen from outside by what it asks servers to change and by the files and folders that it makes.
Between two such effects every moment is as good as any other, so that killing a run after each of them is
killing it everywhere.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apis import APIS

RECORD = "record.json"


@dataclass(frozen=True)
class Kill:
    """One moment, named in one of four ways. SIGKILL leaves the run no time for anything."""

    effect: int = 0  # after so many effects
    step: str = ""  # once a record of a journal says this step last
    request: str = ""  # after the answer to a POST whose path ends like this
    answers: int = 0  # after so many answers of any kind


class Watch:
    """Counts the effects of the process that it is in, and kills it at its moment.

    ``writes``: a file that grows by a byte before each request that changes something, also of a killed run.
    """

    def __init__(self, kill: Kill | None, writes: Path) -> None:
        self._kill = kill or Kill()
        self._writes = writes
        self.effects = 0
        self._answers = 0

    def begin(self) -> None:
        """From now on. The process ends with it, so nothing is put back."""
        replaced, made = os.replace, os.mkdir

        def replace(source: Any, target: Any, *more: Any, **named: Any) -> None:
            replaced(source, target, *more, **named)
            self._effect(_step_of(Path(os.fsdecode(target))) == (self._kill.step or None))

        def mkdir(*given: Any, **named: Any) -> None:
            made(*given, **named)
            self._effect(False)

        os.replace, os.mkdir = replace, mkdir
        _watch_requests(self._asked, self._answered)

    def _asked(self, method: str, path: str) -> None:
        if _changes(method, path):
            with open(self._writes, "ab") as stream:
                stream.write(b"w")

    def _answered(self, method: str, path: str) -> None:
        self._answers += 1
        if self._answers == self._kill.answers:
            _die()
        if _changes(method, path):
            self._effect(bool(self._kill.request) and path.endswith(self._kill.request))

    def _effect(self, its_moment: bool) -> None:
        self.effects += 1
        if its_moment or self.effects == self._kill.effect:
            _die()


def _changes(method: str, path: str) -> bool:
    return all(api.writes(method, path) for api in APIS.values())


def _watch_requests(asked: Callable[[str, str], None], answered: Callable[[str, str], None]) -> None:
    class Connection(http.client.HTTPConnection):
        _asked = ("", "")

        def request(self, method: str, url: str, *more: Any, **named: Any) -> None:
            self._asked = (method, url)
            asked(method, url)
            super().request(method, url, *more, **named)

        def getresponse(self) -> http.client.HTTPResponse:
            response = super().getresponse()
            answered(*self._asked)
            return response

    http.client.HTTPConnection = Connection  # type: ignore[misc]  # in this process, until it ends


def _step_of(file: Path) -> str:
    """The last step of a record, "" if the file is none."""
    if file.name != RECORD:
        return ""
    history = json.loads(file.read_text(encoding="utf-8"))["history"]
    return str(history[-1]["step"]) if history else ""


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
