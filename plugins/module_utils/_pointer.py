# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON pointers (RFC 6901): their steps as text and as a path."""

from __future__ import annotations

from typing import Iterable, List, Tuple, Union

Path = Tuple[Union[str, int], ...]


def escape(name: str) -> str:
    """Return one reference token, escaped."""
    return name.replace("~", "~0").replace("/", "~1") if "~" in name or "/" in name else name


def join(path: Iterable[Union[str, int]]) -> str:
    """Return the pointer of a path: ``("a", 0)`` gives ``/a/0``; the root is the empty string."""
    return "".join("/" + escape(str(step)) for step in path)


def split(pointer: str) -> List[str]:
    """Return the unescaped steps of a pointer, as strings."""
    if not pointer:
        return []
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/")]
