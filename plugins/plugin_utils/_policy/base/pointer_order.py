# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of JSON pointers in results."""

from __future__ import annotations

from ....module_utils._pointer import position, split


def sort_key(pointer: str) -> list[tuple[int, int, str]]:
    """Return a key that sorts pointers step by step, with list indexes as numbers."""
    places = [(step, position(step)) for step in split(pointer)]
    return [(1, 0, step) if at is None else (0, at, "") for step, at in places]
