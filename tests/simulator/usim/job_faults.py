# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""How an ordered fault or pause meets asynchronous work, before or after its commit."""

from __future__ import annotations

import os
import signal

from usim.disturbances import AFTER, BEFORE, WORK, Disturbances, Fault, Pause, Visit


class Broken(Exception):
    """The work breaks off: its message ends badly."""


class Lost(Exception):
    """The work breaks off and its message is gone."""


class Trouble:
    """What one run of a job meets."""

    def __init__(self, disturbances: Disturbances, node: str, work: str) -> None:
        visit = Visit(WORK, node, work=work)
        self._disturbances = disturbances
        self._pause: Pause | None = disturbances.pause(visit)
        self._fault: Fault | None = disturbances.fault(visit)

    def _is(self, kind: str, when: str) -> bool:
        return self._fault is not None and self._fault.kind == kind and self._fault.target.when == when

    def _is_paused(self, when: str) -> bool:
        return self._pause is not None and self._pause.target.when == when

    @property
    def hides(self) -> bool:
        """Whether the message looks open although the work is done."""
        return self._is_paused(AFTER) or self._is("stall", AFTER)

    @property
    def fails(self) -> bool:
        """Whether the message ends badly although the work is done."""
        return self._is("fail", AFTER)

    @property
    def loses(self) -> bool:
        """Whether the message is gone although the work is done."""
        return self._is("lose", AFTER)

    def before(self) -> None:
        """In the middle of the work; raises ``Broken`` or ``Lost`` if it ends here."""
        if self._is("fail", BEFORE):
            self._hold(BEFORE)
            raise Broken
        if self._is("lose", BEFORE):
            self._hold(BEFORE)
            raise Lost
        self._wait(BEFORE)

    def after(self) -> None:
        """The work is done, and its end is not reported yet."""
        self._wait(AFTER)

    def _hold(self, when: str) -> None:
        if self._pause is not None and self._is_paused(when):
            self._disturbances.hold(self._pause)

    def _wait(self, when: str) -> None:
        self._hold(when)
        if self._is("crash", when):
            os.kill(os.getpid(), signal.SIGKILL)
        if self._fault is not None and self._is("stall", when):
            self._fault.released.wait()
