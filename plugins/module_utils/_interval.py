# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole numbers that may be known only within bounds: a quantity that is not known is never taken as zero."""

from __future__ import annotations

from typing import Iterable, List, NamedTuple, Optional, Sequence, Union


class Interval(NamedTuple):
    """``low`` ≤ value ≤ ``high``, both at least 0; ``high`` None is unbounded."""

    low: int = 0
    high: Optional[int] = 0

    @property
    def exact(self) -> Optional[int]:
        """The value, if there is only one."""
        return self.low if self.low == self.high else None

    @property
    def is_exact(self) -> bool:
        return self.low == self.high

    @property
    def possible(self) -> bool:
        """True if the value can be above zero."""
        return self.high != 0

    def plus(self, other: "Interval") -> "Interval":
        if self.high is None or other.high is None:
            return Interval(self.low + other.low, None)
        return Interval(self.low + other.low, self.high + other.high)

    def or_nothing(self) -> "Interval":
        """The same, or zero: what may or may not count."""
        return Interval(0, self.high)

    def times(self, count: int) -> "Interval":
        """The sum of ``count`` of them."""
        return Interval(self.low * count, None if self.high is None and count else (self.high or 0) * count)

    def multiplied(self, other: "Interval") -> "Interval":
        if self.high == 0 or other.high == 0:
            return NOTHING
        high = None if self.high is None or other.high is None else self.high * other.high
        return Interval(self.low * other.low, high)

    def ceil_div(self, divisor: int) -> "Interval":
        """Divided by a number of at least 1, rounded up."""
        return Interval(-(-self.low // divisor), None if self.high is None else -(-self.high // divisor))

    def round_up(self, step: int) -> "Interval":
        """Rounded up to a multiple of ``step``."""
        divided = self.ceil_div(step)
        return Interval(divided.low * step, None if divided.high is None else divided.high * step)

    def to_json(self) -> Union[int, List[Optional[int]]]:
        """A number where it is one, else ``[low, high]`` with null for unbounded."""
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
    """Every value of either."""
    high = None if left.high is None or right.high is None else max(left.high, right.high)
    return Interval(min(left.low, right.low), high)


def one_or_several(parts: Iterable[Interval]) -> Interval:
    """What several statements come to that may be about one thing or about as many things: [largest, sum]."""
    given = list(parts)
    return Interval(max(part.low for part in given), total(given).high)


def missing(used: Interval, quantity: Interval) -> Interval:
    """max(0, used − quantity) for every pair that is possible."""
    low = 0 if quantity.high is None else max(0, used.low - quantity.high)
    return Interval(low, None if used.high is None else max(0, used.high - quantity.low))


def meet(left: Interval, right: Interval) -> Optional[Interval]:
    """Return the values that both can have, or None if there are none."""
    low = max(left.low, right.low)
    highs = [high for high in (left.high, right.high) if high is not None]
    high = min(highs) if highs else None
    return None if high is not None and high < low else Interval(low, high)


def may_exceed(left: Interval, right: Interval) -> bool:
    """True if some value of ``left`` is greater than some value of ``right``."""
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
    """The smallest of them; 0 of none."""
    highs = [part.high for part in parts if part.high is not None]
    if not parts:
        return NOTHING
    return Interval(min(part.low for part in parts), min(highs) if highs else None)


def greatest(parts: Sequence[Interval]) -> Interval:
    """The largest of them; 0 of none."""
    if not parts:
        return NOTHING
    highs = [part.high for part in parts]
    high = None if None in highs else max(high for high in highs if high is not None)
    return Interval(max(part.low for part in parts), high)
