# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults and pauses that tests inject: rules, the number of matches, and the requests that they hold.

They exist in memory only: a restarted simulator has none.
"""

from __future__ import annotations

import dataclasses
import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TypeVar

from usim import paths
from usim.reading import Section

_BASES = (
    paths.PRODUCT_NODE,
    paths.LICENSE_SERVER,
    paths.CLIENT_PORT,
    paths.VMS,
    paths.SECOND_PRODUCT_NODE,
    paths.SECOND_LICENSE_SERVER,
    paths.SECOND_VMS,
)

REQUEST, LOGIN, WORK, TLS = "request", "login", "work", "tls"
ANY_NODE = "*"
BEFORE, AFTER = "before", "after"

# The moment of each kind; None where ``when`` says it.
REQUEST_KINDS = {
    "reset_before": BEFORE,
    "reset_after": AFTER,
    "timeout": None,
    "http_500": None,
    "http_503": None,
    "html": None,
    "truncated": AFTER,
    "cut": AFTER,
    "slow": AFTER,
}
EXPIRED_CERTIFICATE = "expired_certificate"
WORK_KINDS = ("fail", "lose", "stall", "crash")
WORKS = ("install", "uninstall", "connect", "reconnect", "power")
_HOLD_SECONDS = 60


@dataclass(frozen=True)
class Visit:
    """An event that a fault or pause can match: a request, a login step, a TLS handshake or a job."""

    step: str
    node: str
    method: str = ""
    path: str = ""
    work: str = ""


@dataclass(frozen=True)
class Target:
    """The events that a fault or pause applies to. ``times`` 0: every event after the first ``skip``."""

    node: str
    step: str
    when: str
    times: int
    skip: int
    method: str | None = None
    path: str | None = None
    work: str | None = None
    auth: bool = False

    def matches(self, visit: Visit) -> bool:
        if self.node not in (ANY_NODE, visit.node):
            return False
        if visit.step == LOGIN:
            named = self.path is not None and self.path.endswith(
                (paths.TOKEN, paths.LOGIN, *paths.SECOND_LOGINS)
            )
            if self.step != REQUEST or not (self.auth or named):
                return False
        elif self.step != visit.step or self.auth:
            return False
        return (
            self.method in (None, visit.method)
            and self.work in (None, visit.work)
            and (self.path is None or is_path(self.path, visit.path))
        )


@dataclass(eq=False)
class Rule:
    """A target and the number of its matches; the lock of ``Disturbances`` protects the counters."""

    target: Target
    id: int = 0
    seen: int = 0
    met: int = 0
    released: threading.Event = field(default_factory=threading.Event)

    def takes(self) -> bool:
        """Count a matching event; return whether the rule applies to it."""
        if self.target.times and self.met >= self.target.times:
            return False
        self.seen += 1
        if self.seen <= self.target.skip:
            return False
        self.met += 1
        return True

    def shown(self) -> dict[str, object]:
        return {"id": self.id, **dataclasses.asdict(self.target), "seen": self.seen}


@dataclass(eq=False)
class Fault(Rule):
    kind: str = ""
    retry_after: int = 1
    byte_ms: int = 20
    seconds: int = _HOLD_SECONDS

    def shown(self) -> dict[str, object]:
        return {**super().shown(), "kind": self.kind, "fired": self.met}

    def status(self, status: int) -> int:
        """Return the status that is sent in place of ``status``; 0 if no response is sent."""
        if self.kind in ("reset_before", "reset_after", "timeout"):
            return 0
        return {"http_500": 500, "http_503": 503, "html": 200}.get(self.kind, status)


@dataclass(eq=False)
class Pause(Rule):
    seconds: int = _HOLD_SECONDS
    held: int = 0

    def shown(self) -> dict[str, object]:
        return {**super().shown(), "met": self.met, "held": self.held}


def is_path(wanted: str, path: str) -> bool:
    """Match a prefix or glob against the complete path, or against the path after a base."""
    forms = [path, *(path[len(base) :] for base in _BASES if path.startswith(f"{base}/"))]
    if any(sign in wanted for sign in "*?["):
        return any(fnmatchcase(form, wanted) for form in forms)
    return any(form.startswith(wanted) for form in forms)


AnyRule = TypeVar("AnyRule", Fault, Pause)


class Disturbances:
    """All injected faults and pauses of one simulator."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._faults: list[Fault] = []
        self._pauses: list[Pause] = []

    def add_fault(self, fault: Fault) -> dict[str, object]:
        return self._add(self._faults, fault)

    def add_pause(self, pause: Pause) -> dict[str, object]:
        return self._add(self._pauses, pause)

    def _add(self, rules: list[AnyRule], rule: AnyRule) -> dict[str, object]:
        with self._lock:
            rule.id = next(self._numbers)
            rules.append(rule)
            return rule.shown()

    def fault(self, visit: Visit) -> Fault | None:
        """Return the first matching fault that is not used up, and count the match."""
        return self._take(self._faults, visit)

    def pause(self, visit: Visit) -> Pause | None:
        return self._take(self._pauses, visit)

    def _take(self, rules: list[AnyRule], visit: Visit) -> AnyRule | None:
        with self._lock:
            for rule in rules:
                if rule.target.matches(visit) and rule.takes():
                    return rule
        return None

    def faults(self) -> list[dict[str, object]]:
        with self._lock:
            return [rule.shown() for rule in self._faults]

    def pauses(self) -> list[dict[str, object]]:
        with self._lock:
            return [rule.shown() for rule in self._pauses]

    def remove_faults(self, number: int | None = None) -> list[dict[str, object]]:
        """Remove one fault or all, release the requests that they hold, and return them as they were."""
        return self._remove(self._faults, number)

    def release(self, number: int | None = None) -> list[dict[str, object]]:
        return self._remove(self._pauses, number)

    def _remove(self, rules: list[AnyRule], number: int | None) -> list[dict[str, object]]:
        with self._lock:
            gone = [rule for rule in rules if number in (None, rule.id)]
            rules[:] = [rule for rule in rules if rule not in gone]
            shown = [rule.shown() for rule in gone]
        for rule in gone:
            rule.released.set()
        return shown

    def hold(self, pause: Pause) -> None:
        """Wait until the pause is released or its time limit is reached."""
        with self._lock:
            pause.held += 1
        pause.released.wait(pause.seconds)
        with self._lock:
            pause.held -= 1

    def end(self) -> None:
        """Release everything, because the simulator stops."""
        self.remove_faults()
        self.release()


def wait_for(fault: Fault, gone: Callable[[], bool]) -> None:
    """Wait until the client disconnects, the fault is removed or its time limit is reached."""
    end = time.monotonic() + fault.seconds
    while time.monotonic() < end and not gone() and not fault.released.wait(0.02):
        pass


def parse_fault(section: Section) -> Fault:
    """Parse the body of ``POST /faults``. Raises ScenarioError."""
    step = section.text("step", REQUEST, choices=(REQUEST, WORK))
    kinds = WORK_KINDS if step == WORK else (*REQUEST_KINDS, EXPIRED_CERTIFICATE)
    kind = section.text("kind", choices=kinds)
    if kind == EXPIRED_CERTIFICATE:
        target = _parse_target(section, TLS, BEFORE)
    else:
        target = _parse_target(section, step, REQUEST_KINDS.get(kind))
    fault = Fault(target, kind=kind)
    if kind == "http_503":
        fault.retry_after = section.integer("retry_after", fault.retry_after)
    elif kind == "slow":
        fault.byte_ms = section.integer("byte_ms", fault.byte_ms)
    elif kind == "timeout":
        fault.seconds = section.integer("seconds", fault.seconds)
    section.done()
    return fault


def parse_pause(section: Section) -> Pause:
    """Parse the body of ``POST /pauses``. Raises ScenarioError."""
    step = section.text("step", REQUEST, choices=(REQUEST, WORK))
    target = _parse_target(section, step, None)
    pause = Pause(target, seconds=section.integer("seconds", _HOLD_SECONDS))
    section.done()
    return pause


def _parse_target(section: Section, step: str, moment: str | None) -> Target:
    """Parse a target. ``moment`` is the only possible value of ``when``, or None if ``when`` may be set.

    Keys of other steps are errors.
    """
    moments = (BEFORE, AFTER) if moment is None else (moment,)
    is_request = step == REQUEST
    return Target(
        node=section.text("node"),
        step=step,
        when=section.text("when", moments[0], choices=moments),
        times=section.integer("times", 1),
        skip=section.integer("skip", 0),
        method=section.optional_text("method") if is_request else None,
        path=section.optional_text("path") if is_request else None,
        auth=section.boolean("auth") if is_request else False,
        work=section.optional_text("work", WORKS) if step == WORK else None,
    )
