# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Choose the ports of a simulator and keep them, so that they are the same after a restart.

New ports are outside the range from which the kernel assigns ports to clients, and no other simulator of this
user has them, whether it runs or not: a register in the temporary directory lists the ports of each state as
long as the state exists.
"""

from __future__ import annotations

import difflib
import fcntl
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

STATE_FILE = "state.sqlite"
_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_USUAL_RANGE = (32768, 60999)
_FIRST, _LAST = 10240, 65535
_INTERVAL = 0.05

Bound = TypeVar("Bound")
Claims = dict[str, list[int]]


class PortTaken(Exception):
    """A port that this simulator used before, or that was requested, is used by another process."""


class UnknownPort(Exception):
    """A port is requested for a name that this simulator does not have."""


def check_names(requested: Mapping[str, int], known: Collection[str]) -> None:
    """Raise UnknownPort for the first requested name that is not known."""
    for name in requested:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise UnknownPort(f"no port is named {name!r}; known here: {', '.join(known)}.{hint}")


def candidates(given_to_clients: tuple[int, int]) -> list[int]:
    """Return every port that a simulator may use, in random order."""
    first, last = given_to_clients
    ports = [port for port in range(_FIRST, _LAST + 1) if not first <= port <= last]
    random.SystemRandom().shuffle(ports)
    return ports


def given_to_clients() -> tuple[int, int]:
    """Return the range from which the kernel assigns ports to clients."""
    try:
        first, last = _RANGE.read_text(encoding="ascii").split()
    except FileNotFoundError:
        return _USUAL_RANGE
    return int(first), int(last)


class Register:
    """The register of the ports of all simulator states of this user."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or Path(tempfile.gettempdir()) / f"usphere-simulator-ports-{os.getuid()}"

    @contextmanager
    def claims(self) -> Iterator[Claims]:
        """Yield the ports by state, for one process at a time; changes to the mapping are saved."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self._folder / "ports.json"
        with open(os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600), "rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            text = file.read_text(encoding="utf-8") if file.exists() else "{}"
            claims: Claims = json.loads(text)
            there = {state: ports for state, ports in claims.items() if (Path(state) / STATE_FILE).exists()}
            yield there
            temporary = file.with_suffix(".new")
            temporary.write_text(json.dumps(there), encoding="utf-8")
            temporary.replace(file)


class PortChoice(AbstractContextManager["PortChoice"]):
    """Binds the ports of one state: the ports from before, or new ones.

    The register is locked from the first new port to the end of the ``with`` block, when it lists all of
    them.
    """

    def __init__(self, register: Register, state: Path, wait_s: float, move: bool) -> None:
        self._register, self._state = register, str(state)
        self._end = time.monotonic() + wait_s
        self._wait_s, self._move = wait_s, move
        self._held = ExitStack()
        self._free: list[int] | None = None
        self._chosen: list[int] = []

    def __exit__(self, *error: object) -> None:
        if self._free is None:
            self._claim()
        self._held.close()

    def bind(self, name: str, before: int | None, make: Callable[[int], Bound]) -> Bound:
        """Return ``make(port)`` for the port that ``name`` had ``before``, or for a new one.

        Raises PortTaken if the previous port is not released in time.
        """
        if before is not None:
            try:
                return self._keep(before, self._wait_for(name, before, make))
            except PortTaken:
                if not self._move:
                    raise
        for port in self._new_ports():
            if port not in self._chosen:
                try:
                    return self._keep(port, make(port))
                except OSError:
                    continue
        raise PortTaken(f"{name} finds no port free outside {'-'.join(map(str, given_to_clients()))}.")

    def _keep(self, port: int, bound: Bound) -> Bound:
        self._chosen.append(port)
        return bound

    def _new_ports(self) -> list[int]:
        if self._free is None:
            claims = self._claim()
            others = {port for state, ports in claims.items() if state != self._state for port in ports}
            # Where other states have all of them, those of a state that is not served now may be taken.
            self._free = sorted(candidates(given_to_clients()), key=others.__contains__)
        return self._free

    def _claim(self) -> Claims:
        claims = self._held.enter_context(self._register.claims())
        claims[self._state] = self._chosen
        return claims

    def _wait_for(self, name: str, port: int, make: Callable[[int], Bound]) -> Bound:
        said = False
        while True:
            try:
                return make(port)
            except OSError as error:
                if self._move or time.monotonic() >= self._end:
                    raise PortTaken(
                        f"Port {port} of {name} is taken by another process, still after {self._wait_s:g} s:"
                        f" end that process, or start with --new-ports. ({error})"
                    ) from error
            if not said:
                print(
                    f"Port {port} of {name} is taken by another process; waiting.",
                    file=sys.stderr,
                    flush=True,
                )
                said = True
            time.sleep(_INTERVAL)
