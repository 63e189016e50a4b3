# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the tree of derived facts: values, causes of unknown facts, and origins of values."""

from __future__ import annotations

from typing import Dict, Iterable, List, Optional, Tuple

from ..._facts import FactTree, UnknownEntry
from ..._interval import Interval
from ..reading.fact_reader import Unknown

ABSENT = Unknown("absent", ())


class Output(FactTree):
    """Collects derived facts. An unknown number keeps its certain bounds (``low``, ``high``).

    With the bounds a certain shortage is still reported. ``origins`` are the pointers of the facts that a
    value was made from.
    """

    def __init__(self) -> None:
        super().__init__()
        self.origins: Dict[str, List[str]] = {}

    def put(self, pointer: str, value: object, origin: Iterable[str] = ()) -> None:
        """Set a fact below plain objects (not inside a list)."""
        super().put(pointer, value)
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
        """Set an exact number, else list it as unknown with its bounds."""
        if value.exact is not None:
            self.put(pointer, value.exact, origin)
        else:
            self.lack(pointer, cause, value.low or None, value.high)

    def maybe(
        self, pointer: str, value: Optional[object], cause: Optional[Unknown], origin: Iterable[str] = ()
    ) -> None:
        """Set a value that is not None, else list the fact as unknown."""
        if value is None:
            self.lack(pointer, cause)
        else:
            self.put(pointer, value, origin)


def entry(cause: Optional[Unknown], low: Optional[int] = None, high: Optional[int] = None) -> UnknownEntry:
    """Return an unknown fact as an entry of the ``unknown`` map."""
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
    """Return the strong Kleene *and* of the values; None is unknown."""
    values: Tuple[Optional[bool], ...] = tuple(verdicts)
    if False in values:
        return False
    return None if None in values else True


def any_of(verdicts: Iterable[Optional[bool]]) -> Optional[bool]:
    """Return the strong Kleene *or* of the values; None is unknown."""
    values: Tuple[Optional[bool], ...] = tuple(verdicts)
    if True in values:
        return True
    return None if None in values else False
