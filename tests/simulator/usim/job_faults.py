# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apply injected faults and pauses to asynchronous work, before or after its commit."""

from __future__ import annotations

import os
import signal

from usim.disturbances import AFTER, BEFORE, WORK, Disturbances, Fault, Pause, Visit


class Broken(Exception):
    """The work is aborted and its task fails."""


class Lost(Exception):
    """The work is aborted and its task is no longer listed."""


class Trouble:
    """Faults and pauses of one run of a job."""

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
        """Return whether the task is reported as running although the work is done."""
        return self._is_paused(AFTER) or self._is("stall", AFTER)

    @property
    def fails(self) -> bool:
        """Return whether the task is reported as failed although the work is done."""
        return self._is("fail", AFTER)

    @property
    def loses(self) -> bool:
        """Return whether the task is no longer listed although the work is done."""
        return self._is("lose", AFTER)

    def before(self) -> None:
        """Apply faults and pauses during the work; raises ``Broken`` or ``Lost`` if it is aborted here."""
        if self._is("fail", BEFORE):
            self._hold(BEFORE)
            raise Broken
        if self._is("lose", BEFORE):
            self._hold(BEFORE)
            raise Lost
        self._wait(BEFORE)

    def after(self) -> None:
        """Apply pauses after the work is done and before its end is reported."""
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
