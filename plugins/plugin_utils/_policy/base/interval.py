# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole numbers of which only bounds may be known, and the total functions that pools compute with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

UNBOUNDED = None


@dataclass(frozen=True)
class Interval:
    """[low, high] of a whole number from 0 up; ``high`` None is unbounded."""

    low: int
    high: int | None

    @property
    def exact(self) -> bool:
        return self.low == self.high

    def plus(self, other: Interval) -> Interval:
        high = None if self.high is None or other.high is None else self.high + other.high
        return Interval(self.low + other.low, high)

    def times(self, count: int) -> Interval:
        """The sum of ``count`` of them."""
        return Interval(self.low * count, None if self.high is None and count else (self.high or 0) * count)

    def multiplied(self, other: Interval) -> Interval:
        if self.high == 0 or other.high == 0:
            return ZERO
        high = None if self.high is None or other.high is None else self.high * other.high
        return Interval(self.low * other.low, high)

    def hull(self, other: Interval) -> Interval:
        """Every value of either."""
        high = None if self.high is None or other.high is None else max(self.high, other.high)
        return Interval(min(self.low, other.low), high)

    def from_zero(self) -> Interval:
        """What may be there or not."""
        return Interval(0, self.high)

    def ceil_div(self, divisor: int) -> Interval:
        """Divided by a number of at least 1, rounded up."""
        return Interval(-(-self.low // divisor), None if self.high is None else -(-self.high // divisor))

    def round_up(self, step: int) -> Interval:
        """Rounded up to a multiple of ``step``."""
        divided = self.ceil_div(step)
        return Interval(divided.low * step, None if divided.high is None else divided.high * step)

    def to_json(self) -> int | list[int | None]:
        """A number where it is one, else ``[low, high]`` with null for unbounded."""
        return self.low if self.low == self.high else [self.low, self.high]


def from_json(value: object) -> Interval:
    """The interval that ``to_json`` wrote."""
    if isinstance(value, list):
        return Interval(value[0], value[1])
    if not isinstance(value, int):
        raise TypeError(value)
    return Interval(value, value)


ZERO = Interval(0, 0)
ANYTHING = Interval(0, UNBOUNDED)


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


def one_or_several(parts: Sequence[Interval]) -> Interval:
    """What several rows come to that may be one thing or as many things: [largest, sum]."""
    return Interval(max(part.low for part in parts), total(parts).high)


def product(parts: Iterable[Interval]) -> Interval:
    result = exactly(1)
    for part in parts:
        result = result.multiplied(part)
    return result


def least(parts: Sequence[Interval]) -> Interval:
    """The smallest of them; 0 of none."""
    highs = [part.high for part in parts if part.high is not None]
    if not parts:
        return ZERO
    return Interval(min(part.low for part in parts), min(highs) if highs else None)


def greatest(parts: Sequence[Interval]) -> Interval:
    """The largest of them; 0 of none."""
    if not parts:
        return ZERO
    highs = [part.high for part in parts]
    high = None if None in highs else max(high for high in highs if high is not None)
    return Interval(max(part.low for part in parts), high)
