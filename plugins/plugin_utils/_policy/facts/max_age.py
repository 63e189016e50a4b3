# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The greatest age of facts, as an option and as policies state it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal

from ..base.errors import PolicyError
from ..documents.schemas import brief

#: Facts may be so much older than the check by default; a reading of every night must not fail now and then.
DEFAULT_MAX_AGE_HOURS = 36
NEVER: Final = "never"

#: Hours, ``never`` for no limit; None if it is not stated.
MaxAge = int | Literal["never"] | None

_AGE = re.compile(r"([0-9]{1,6})(h|d)", re.ASCII)


def read_max_age(value: object) -> MaxAge:
    """Return the option ``max_age``: such as ``36h``, ``2d``, ``never``; None if no value is set.

    Raises PolicyError ``max_age_invalid``.
    """
    if value is None or value == "":
        return None
    text = str.__str__(value) if isinstance(value, str) else ""
    if text == NEVER:
        return NEVER
    found = _AGE.fullmatch(text)
    if found is None or int(found[1]) == 0:
        raise PolicyError("max_age_invalid", value=brief(str(value)))
    return int(found[1]) * (24 if found[2] == "d" else 1)


def strictest(ages: Sequence[MaxAge]) -> MaxAge:
    """Return the smallest of the ages that several policies state; ``never`` only if none states hours."""
    hours = [age for age in ages if isinstance(age, int)]
    if hours:
        return min(hours)
    return NEVER if NEVER in ages else None


def hours_of(*ages: MaxAge) -> int | None:
    """Return the first of the ages that is stated, in hours; None for no limit."""
    stated = next((age for age in ages if age is not None), None)
    return stated if isinstance(stated, int) else None
