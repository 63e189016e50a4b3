# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tree of derived facts in the making: values, what is unknown and why, and where values come from."""

from __future__ import annotations

from typing import Dict, Iterable, List, Optional, Tuple

from ..._interval import Interval
from ..reading.fact_reader import Unknown

ABSENT = Unknown("absent", ())

UnknownEntry = Dict[str, object]


class Output:
    """Collects derived facts by JSON pointer.

    A fact is put, or listed as unknown; never both. An unknown number carries the bounds that are certain
    all the same (``low``, ``high``), so that a certain shortage stays one.
    """

    def __init__(self) -> None:
        self.facts: Dict[str, object] = {}
        self.unknown: Dict[str, UnknownEntry] = {}
        self.origins: Dict[str, List[str]] = {}

    def put(self, pointer: str, value: object, origin: Iterable[str] = ()) -> None:
        """Set a fact below plain objects (not inside a list)."""
        steps = pointer.split("/")[1:]
        node = self.facts
        for step in steps[:-1]:
            child = node.setdefault(step, {})
            if not isinstance(child, dict):
                raise TypeError(pointer)
            node = child
        node[steps[-1]] = value
        sources = list(origin)
        if sources:
            self.origins[pointer] = sources

    def lack(
        self, pointer: str, cause: Optional[Unknown], low: Optional[int] = None, high: Optional[int] = None
    ) -> None:
        """List a fact as unknown."""
        self.unknown[pointer] = entry(cause, low, high)

    def number(
        self, pointer: str, value: Interval, cause: Optional[Unknown], origin: Iterable[str] = ()
    ) -> None:
        """Put an exact number, else list it with its bounds."""
        if value.exact is not None:
            self.put(pointer, value.exact, origin)
        else:
            self.lack(pointer, cause, value.low or None, value.high)

    def maybe(
        self, pointer: str, value: Optional[object], cause: Optional[Unknown], origin: Iterable[str] = ()
    ) -> None:
        """Put a value that is not None, else list it as unknown."""
        if value is None:
            self.lack(pointer, cause)
        else:
            self.put(pointer, value, origin)


def entry(cause: Optional[Unknown], low: Optional[int] = None, high: Optional[int] = None) -> UnknownEntry:
    """Return the form an unknown fact has in a tree."""
    known_cause = cause or ABSENT
    result: UnknownEntry = {"reason": known_cause.reason}
    if known_cause.because:
        result["because"] = list(known_cause.because)
    if low is not None:
        result["low"] = low
    if high is not None:
        result["high"] = high
    return result


def every(verdicts: Iterable[Optional[bool]]) -> Optional[bool]:
    """Strong Kleene *and*."""
    found: Tuple[Optional[bool], ...] = tuple(verdicts)
    if False in found:
        return False
    return None if None in found else True


def any_of(verdicts: Iterable[Optional[bool]]) -> Optional[bool]:
    """Strong Kleene *or*."""
    found: Tuple[Optional[bool], ...] = tuple(verdicts)
    if True in found:
        return True
    return None if None in found else False
