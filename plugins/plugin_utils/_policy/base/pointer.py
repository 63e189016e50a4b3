# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON pointers (RFC 6901) over plain data."""

from __future__ import annotations

import re
from collections.abc import Iterable

Path = tuple[str | int, ...]

MISSING = object()

# Longer text of digits is no position of any list, and int refuses it or takes long over it.
_POSITION = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)


def escape(name: str) -> str:
    """One reference token, escaped."""
    return name.replace("~", "~0").replace("/", "~1") if "~" in name or "/" in name else name


def join(path: Iterable[str | int]) -> str:
    """The pointer of a path: ``("a", 0)`` is ``/a/0``; the whole document is the empty text."""
    return "".join("/" + escape(str(step)) for step in path)


def split(pointer: str) -> list[str]:
    """The steps of a pointer, as text."""
    if not pointer:
        return []
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/")]


def position(step: str) -> int | None:
    """The position in a list that a step names; None where it names none."""
    return int(step) if _POSITION.fullmatch(step) else None


def lookup(tree: object, pointer: str) -> object:
    """The value at ``pointer``, or ``MISSING``."""
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


def sort_key(pointer: str) -> list[tuple[int, int, str]]:
    """Orders pointers by their steps, list positions as numbers."""
    places = [(step, position(step)) for step in split(pointer)]
    return [(1, 0, step) if at is None else (0, at, "") for step, at in places]
