# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patterns of the names of products that are not Usphere's: License Servers serve other products, too.

``*`` matches any characters, ``?`` exactly one. A pattern matches a whole name, and case does not matter.
Brackets have no meaning, since names of products contain them. The standard library translates patterns to
regular expressions, whose time can grow exponentially with the number of asterisks; here it is the product of
both lengths at most.
"""

from __future__ import annotations

from typing import Iterable, Optional


def first_match(patterns: Iterable[str], name: str) -> Optional[str]:
    """Return the first of ``patterns`` that matches ``name``, None if there is none."""
    return next((pattern for pattern in patterns if is_match(pattern, name)), None)


def is_match(pattern: str, name: str) -> bool:
    """Return whether ``pattern`` matches the whole ``name``."""
    wanted, text = pattern.casefold(), name.casefold()
    at = start = resume = 0
    # Where matching goes on if it fails: behind the last asterisk, with one character more in its place.
    star: Optional[int] = None
    while at < len(text):
        here = wanted[start] if start < len(wanted) else None
        if here == "*":
            star, start, resume = start, start + 1, at
        elif here is not None and here in ("?", text[at]):
            start, at = start + 1, at + 1
        elif star is not None:
            resume += 1
            start, at = star + 1, resume
        else:
            return False
    return all(character == "*" for character in wanted[start:])
