# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look up values by JSON pointer (RFC 6901) in plain data."""

from __future__ import annotations

import re
from typing import Optional

from ._pointer import split

MISSING = object()

# No list is long enough for an index with more digits, and int() rejects very long texts or is slow.
_POSITION = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)


def position(step: str) -> Optional[int]:
    """Return the list index that a step names; None if the step is not an index."""
    return int(step) if _POSITION.fullmatch(step) else None


def lookup(tree: object, pointer: str) -> object:
    """Return the value at ``pointer``, or ``MISSING``."""
    value = tree
    for step in split(pointer):
        if isinstance(value, dict) and step in value:
            value = value[step]
            continue
        at = position(step) if isinstance(value, list) else None
        if not isinstance(value, list) or at is None or at >= len(value):
            return MISSING
        value = value[at]
    return value
