# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON pointers (RFC 6901) over plain data."""

from __future__ import annotations

import re
from typing import Iterable, Optional, Tuple, Union

from . import _facts

Path = Tuple[Union[str, int], ...]

MISSING = object()

# Modules ship this function with the tree of facts, and nothing else of this file.
split = _facts.split

# No list is long enough for an index with more digits, and int() rejects very long texts or is slow.
_POSITION = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)


def escape(name: str) -> str:
    """Return one reference token, escaped."""
    return name.replace("~", "~0").replace("/", "~1") if "~" in name or "/" in name else name


def join(path: Iterable[Union[str, int]]) -> str:
    """Return the pointer of a path: ``("a", 0)`` gives ``/a/0``; the root is the empty string."""
    return "".join("/" + escape(str(step)) for step in path)


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
