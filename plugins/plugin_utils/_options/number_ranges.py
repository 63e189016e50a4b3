# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The range of each option that is a number, in modules, plugins, roles and variables of the inventory.

An option has the same range wherever it occurs. Text of the wrong type is not checked here: Ansible, or the
reader of the option, rejects it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from .._policy.base.errors import PolicyError

#: The longest time for which a task waits, in seconds.
DAY_S = 86400
MOST_DAYS = 36500
MOST_QUANTITY = 999999999
_MAX_SHOWN = 40


class InvalidOption(PolicyError):
    """An option with a number outside its range, or that does not exist."""


class NumberUnit(Enum):
    """What an option counts; the value is the code of the message about a number outside the range."""

    NUMBER = "option_number_range"
    DAYS = "option_days_range"
    SECONDS = "option_seconds_range"


@dataclass(frozen=True)
class NumberRange:
    """The least and the greatest value of an option. Only seconds may have decimals."""

    least: float
    most: float
    unit: NumberUnit = NumberUnit.NUMBER

    def contains(self, number: float) -> bool:
        """Return whether ``number`` is in the range; NaN and infinity never are."""
        if not self.least <= number <= self.most:
            return False
        return self.unit is NumberUnit.SECONDS or number == math.floor(number)


_PORT = NumberRange(1, 65535)
_DAYS = NumberRange(1, MOST_DAYS, NumberUnit.DAYS)
_QUANTITY = NumberRange(1, MOST_QUANTITY)
_REQUEST = NumberRange(0.1, DAY_S, NumberUnit.SECONDS)
_WAIT = NumberRange(0, DAY_S, NumberUnit.SECONDS)
_PERIOD = NumberRange(0.1, 366 * DAY_S, NumberUnit.SECONDS)

#: Options by name, without the prefix of a role or of a variable of the inventory.
RANGES: Mapping[str, NumberRange] = {
    "port": _PORT,
    "client_port": _PORT,
    "timeout": _REQUEST,
    "gather_timeout": _REQUEST,
    "wait_timeout": _WAIT,
    "wait_interval": NumberRange(0.05, DAY_S, NumberUnit.SECONDS),
    "lock_timeout": _WAIT,
    "simulator_timeout": _WAIT,
    "cache_timeout": NumberRange(0, 366 * DAY_S, NumberUnit.SECONDS),
    "quantity": _QUANTITY,
    "purchased": _QUANTITY,
    "allocated": NumberRange(0, MOST_QUANTITY),
    "term_days": NumberRange(1, MOST_QUANTITY, NumberUnit.DAYS),
    "parallel": NumberRange(1, 64),
    "lapse_days": _DAYS,
    "days": NumberRange(1, 90, NumberUnit.DAYS),
    "horizon": _DAYS,
    "within": _DAYS,
    "look_back": _DAYS,
    "interval": _PERIOD,
    "retry": _PERIOD,
    "deadline": _PERIOD,
}
#: Options that contain options: mappings, or lists of them. Other mappings have keys of a site or a document.
_CONTAINERS = frozenset(
    (
        *("license_server", "product_nodes", "source", "destination", "source_connection"),
        *("destination_connection", "keys", "quota", "managers"),
    )
)
#: Names that ``check_numbers`` looks at.
CHECKED_NAMES = frozenset(RANGES) | _CONTAINERS


def check_numbers(options: Mapping[str, Any], prefix: str = "") -> None:
    """Check every number among ``options``, and in the options that contain options.

    ``prefix`` is put before the names in messages. Raises InvalidOption ``option_…_range`` for the first
    number outside the range of its option; ``true`` and ``false`` are not numbers.
    """
    for name in sorted(CHECKED_NAMES.intersection(options)):
        value = options[name]
        if name in _CONTAINERS:
            for place, item in _items(value, prefix + name):
                check_numbers(item, place + ".")
        else:
            check_number(name, value, prefix + name)


def check_number(name: str, value: object, shown_name: str = "") -> None:
    """Raise InvalidOption if ``value`` is a number outside the range of the option ``name``.

    ``shown_name`` is the name in the message, such as ``keys[0].quantity``; the default is ``name``. A text
    counts as a number if it is one, as Ansible converts it.
    """
    limits, number = RANGES[name], _number(value)
    if number is None or limits.contains(number):
        return
    raise InvalidOption(
        limits.unit.value,
        option=shown_name or name,
        least=_plain(limits.least),
        most=_plain(limits.most),
        got=str(value).strip()[:_MAX_SHOWN],
    )


def _items(value: object, place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(value, Mapping):
        yield place, value
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            if isinstance(item, Mapping):
                yield f"{place}[{index}]", item


def _number(value: object) -> float | None:
    """Return a number, infinite if it is too large for the type float; None for any other value."""
    if isinstance(value, bool):
        return math.nan
    if isinstance(value, (int, float, str)):
        try:
            return float(value)
        except OverflowError:
            return math.inf
        except ValueError:
            return None
    return None


def _plain(bound: float) -> int | float:
    return int(bound) if bound == math.floor(bound) else bound
