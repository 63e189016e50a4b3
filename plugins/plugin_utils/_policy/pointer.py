# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON pointers (RFC 6901) over plain data."""

from __future__ import annotations

from collections.abc import Iterable

Path = tuple[str | int, ...]

MISSING = object()


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


def lookup(tree: object, pointer: str) -> object:
    """The value at ``pointer``, or ``MISSING``."""
    value = tree
    for step in split(pointer):
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isascii() and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return MISSING
    return value


def sort_key(pointer: str) -> list[tuple[int, int, str]]:
    """Orders pointers by their steps, list positions as numbers."""
    return [
        (0, int(step), "") if step.isascii() and step.isdigit() else (1, 0, step) for step in split(pointer)
    ]
