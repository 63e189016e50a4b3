# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare values with the limits of keywords, for constraints and for the fast validator of documents."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ....module_utils._errors import LicensingError
from ....module_utils._licensing.values.periods import NEVER_TEXT, days_later, time_span
from ....module_utils._licensing.values.version import parse_range, parse_version

NUMBER = (int, float)
#: The earliest and the latest time that a value may mean; without a latest one it may never come.
Span = tuple[datetime, datetime | None]


@dataclass(frozen=True)
class LimitKeyword:
    """Comparison of a value with the limit of a keyword; ``types`` are the types that the keyword restricts.

    Values of other types pass. A boolean is not a number.
    """

    types: type | tuple[type, ...]
    holds: Callable[[Any, Any], bool]

    def passes(self, value: object, limit: Any) -> bool:
        """Return whether the keyword does not restrict ``value``, or ``value`` is within ``limit``."""
        return not isinstance(value, self.types) or isinstance(value, bool) or self.holds(value, limit)


def _at_least(value: Any, limit: int) -> bool:
    return len(value) >= limit


def _at_most(value: Any, limit: int) -> bool:
    return len(value) <= limit


#: Keywords that limit a number, and whose result can follow from the bounds of an unknown number.
RANGES: dict[str, LimitKeyword] = {
    "minimum": LimitKeyword(NUMBER, operator.ge),
    "maximum": LimitKeyword(NUMBER, operator.le),
    "exclusiveMinimum": LimitKeyword(NUMBER, operator.gt),
    "exclusiveMaximum": LimitKeyword(NUMBER, operator.lt),
}
#: Keywords that limit the size of a text or list.
SIZES: dict[str, LimitKeyword] = {
    "minLength": LimitKeyword(str, _at_least),
    "maxLength": LimitKeyword(str, _at_most),
    "minItems": LimitKeyword(list, _at_least),
    "maxItems": LimitKeyword(list, _at_most),
}
COMPARISONS: dict[str, LimitKeyword] = {
    **RANGES,
    **SIZES,
    "multipleOf": LimitKeyword(NUMBER, lambda value, divisor: bool(value % divisor == 0)),
}


def within_days(value: str, days: int, as_of: datetime) -> bool | None:
    """Return whether the time ``value`` is at most ``days`` after ``as_of``; false for ``never``.

    None if that depends on the zone of a time without one.
    """
    span = time_span(value)
    return False if span is None else span_within_days(span, days, as_of)


def beyond_days(value: str, days: int, as_of: datetime) -> bool | None:
    """Return whether the time ``value`` is more than ``days`` after ``as_of``; true for ``never``.

    None if that depends on the zone of a time without one.
    """
    span = time_span(value)
    if value == NEVER_TEXT or span is None:
        return value == NEVER_TEXT
    within = span_within_days(span, days, as_of)
    return None if within is None else not within


def span_within_days(span: Span, days: int, as_of: datetime) -> bool | None:
    """Return whether every time of ``span`` is at most ``days`` after ``as_of``; None if only some are.

    ``span`` is the earliest and the latest possible time; None for the latest is ``never``.
    """
    earliest, latest = span
    last = days_later(as_of, days)
    if earliest > last:
        return False
    return True if latest is not None and latest <= last else None


def in_version_range(value: str, text: str) -> bool | None:
    """Return whether a version is in a range (R28); None if it cannot be parsed or compared."""
    try:
        version = parse_version(value)
    except LicensingError:
        version = None
    return parse_range(text).contains(version)
