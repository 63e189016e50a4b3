# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole numbers that may be known only within bounds: a quantity that is not known is never taken as zero."""

from __future__ import annotations

from typing import Iterable, NamedTuple, Optional


class Interval(NamedTuple):
    """``low`` ≤ value ≤ ``high``, both at least 0; ``high`` None is unbounded."""

    low: int = 0
    high: Optional[int] = 0

    @property
    def exact(self) -> Optional[int]:
        """The value, if there is only one."""
        return self.low if self.low == self.high else None

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


NOTHING = Interval(0, 0)
ANYTHING = Interval(0, None)


def exactly(value: int) -> Interval:
    return Interval(value, value)


def total(parts: Iterable[Interval]) -> Interval:
    result = NOTHING
    for part in parts:
        result = result.plus(part)
    return result


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
