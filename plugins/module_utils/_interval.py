# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Arithmetic with quantities that are known only within bounds, logic with values that may be unknown.

Also the tree of the facts that are derived by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Iterable, List, NamedTuple, Optional, Sequence, Tuple, Union

from . import _facts
from ._facts import FactTree, UnknownEntry


class Interval(NamedTuple):
    """Integer range ``low`` ≤ value ≤ ``high``, both at least 0; ``high`` None is unbounded.

    An unknown quantity is [0, unbounded], never zero.
    """

    low: int = 0
    high: Optional[int] = 0

    @property
    def exact(self) -> Optional[int]:
        """The value if the range has exactly one, else None."""
        return self.low if self.low == self.high else None

    @property
    def is_exact(self) -> bool:
        return self.low == self.high

    @property
    def possible(self) -> bool:
        """True if the value can be greater than zero."""
        return self.high != 0

    def plus(self, other: "Interval") -> "Interval":
        if self.high is None or other.high is None:
            return Interval(self.low + other.low, None)
        return Interval(self.low + other.low, self.high + other.high)

    def or_nothing(self) -> "Interval":
        """Return the range extended down to 0, for a quantity that may not count."""
        return Interval(0, self.high)

    def times(self, count: int) -> "Interval":
        """Return the sum of ``count`` such quantities."""
        return Interval(self.low * count, None if self.high is None and count else (self.high or 0) * count)

    def multiplied(self, other: "Interval") -> "Interval":
        if self.high == 0 or other.high == 0:
            return NOTHING
        high = None if self.high is None or other.high is None else self.high * other.high
        return Interval(self.low * other.low, high)

    def ceil_div(self, divisor: int) -> "Interval":
        """Return the quotient rounded up; ``divisor`` is at least 1."""
        return Interval(-(-self.low // divisor), None if self.high is None else -(-self.high // divisor))

    def round_up(self, step: int) -> "Interval":
        """Return the range rounded up to a multiple of ``step``."""
        divided = self.ceil_div(step)
        return Interval(divided.low * step, None if divided.high is None else divided.high * step)

    def to_json(self) -> Union[int, List[Optional[int]]]:
        """Return a number for an exact value, else ``[low, high]`` with null for unbounded."""
        return self.low if self.low == self.high else [self.low, self.high]


NOTHING = Interval(0, 0)
ANYTHING = Interval(0, None)


def exactly(value: int) -> Interval:
    return Interval(value, value)


def total(parts: Iterable[Interval]) -> Interval:
    low, high = 0, 0
    bounded = True
    for part in parts:
        low += part.low
        if part.high is None:
            bounded = False
        elif bounded:
            high += part.high
    return Interval(low, high if bounded else None)


def hull(left: Interval, right: Interval) -> Interval:
    """Return the smallest range that contains both."""
    high = None if left.high is None or right.high is None else max(left.high, right.high)
    return Interval(min(left.low, right.low), high)


def one_or_several(parts: Iterable[Interval]) -> Interval:
    """Return [largest, sum] of quantities that may all describe one item or several different items."""
    quantities = list(parts)
    return Interval(max(part.low for part in quantities), total(quantities).high)


def missing(used: Interval, quantity: Interval) -> Interval:
    """Return the range of max(0, used − quantity)."""
    low = 0 if quantity.high is None else max(0, used.low - quantity.high)
    return Interval(low, None if used.high is None else max(0, used.high - quantity.low))


def meet(left: Interval, right: Interval) -> Optional[Interval]:
    """Return the intersection, or None if it is empty."""
    low = max(left.low, right.low)
    highs = [high for high in (left.high, right.high) if high is not None]
    high = min(highs) if highs else None
    return None if high is not None and high < low else Interval(low, high)


def may_exceed(left: Interval, right: Interval) -> bool:
    """Return True if some value of ``left`` is greater than some value of ``right``."""
    return left.high is None or left.high > right.low


def from_json(value: object) -> Interval:
    """Return the interval that ``to_json`` wrote. Raises TypeError."""
    if isinstance(value, list):
        return Interval(value[0], value[1])
    if not isinstance(value, int):
        raise TypeError(value)
    return exactly(value)


def product(parts: Iterable[Interval]) -> Interval:
    result = exactly(1)
    for part in parts:
        result = result.multiplied(part)
    return result


def least(parts: Sequence[Interval]) -> Interval:
    """Return the range of the minimum; 0 without parts."""
    highs = [part.high for part in parts if part.high is not None]
    if not parts:
        return NOTHING
    return Interval(min(part.low for part in parts), min(highs) if highs else None)


def greatest(parts: Sequence[Interval]) -> Interval:
    """Return the range of the maximum; 0 without parts."""
    if not parts:
        return NOTHING
    highs = [part.high for part in parts]
    high = None if None in highs else max(high for high in highs if high is not None)
    return Interval(max(part.low for part in parts), high)


def kleene_and(verdicts: Iterable[Optional[bool]]) -> Optional[bool]:
    """Return the strong Kleene *and* of the values; None is unknown."""
    values: Tuple[Optional[bool], ...] = tuple(verdicts)
    if False in values:
        return False
    return None if None in values else True


def kleene_or(verdicts: Iterable[Optional[bool]]) -> Optional[bool]:
    """Return the strong Kleene *or* of the values; None is unknown."""
    values: Tuple[Optional[bool], ...] = tuple(verdicts)
    if True in values:
        return True
    return None if None in values else False


# Facts that are computed from others: their origins, and what an unknown one depends on.


@dataclass(frozen=True)
class Unknown:
    """Why a fact is unknown.

    ``reason`` is one of UNKNOWN_REASONS, ``because`` are the pointers of the facts that would resolve it.
    """

    reason: str
    because: Tuple[str, ...]


def unknown_entry(
    cause: Union[Unknown, str, None] = None, low: Optional[int] = None, high: Optional[int] = None
) -> UnknownEntry:
    """Return the entry of an unknown fact, by default with the reason ``absent``."""
    result = _facts.unknown_entry(cause.reason if isinstance(cause, Unknown) else cause)
    if isinstance(cause, Unknown) and cause.because:
        result["because"] = list(cause.because)
    if low is not None:
        result["low"] = low
    if high is not None:
        result["high"] = high
    return result


class DerivedTree(FactTree):
    """A tree of derived facts.

    ``origins`` has, by pointer, the pointers of the facts that a value was computed from.
    """

    def __init__(self) -> None:
        super().__init__()
        self.origins: Dict[str, List[str]] = {}

    def put(self, pointer: str, value: object, origin: Iterable[str] = ()) -> None:
        """Set the fact at ``pointer``, which was computed from those at ``origin``. Raises TypeError."""
        super().put(pointer, value)
        sources = list(origin)
        if sources:
            self.origins[pointer] = sources

    def miss(
        self,
        pointer: str,
        reason: Union[Unknown, str, None] = None,
        low: Optional[int] = None,
        high: Optional[int] = None,
    ) -> None:
        """Mark the fact at ``pointer`` as unknown, with the bounds of an unknown number if there are any."""
        self.unknown[pointer] = unknown_entry(reason, low, high)

    def put_or_miss(
        self,
        pointer: str,
        value: object,
        reason: Union[Unknown, str, None] = None,
        origin: Iterable[str] = (),
    ) -> None:
        """Set a fact, or mark it as unknown if ``value`` is None."""
        if value is None:
            self.miss(pointer, reason)
        else:
            self.put(pointer, value, origin)


def put_number(
    tree: DerivedTree, pointer: str, value: Interval, cause: Optional[Unknown], origin: Iterable[str] = ()
) -> None:
    """Set an exact number in facts, or mark it as unknown with its bounds.

    With the bounds a certain shortage is still reported.
    """
    if value.exact is not None:
        tree.put(pointer, value.exact, origin)
    else:
        tree.miss(pointer, cause, value.low or None, value.high)
