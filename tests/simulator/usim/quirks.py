# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Format JSON like the real VMS, which converts it from XML."""

from __future__ import annotations

from collections.abc import Sequence


def as_list(key: str, items: Sequence[object]) -> dict[str, object]:
    """Return several items as a list, one item as itself; no items omit the key."""
    if not items:
        return {}
    return {key: items[0] if len(items) == 1 else list(items)}


def as_text(value: object) -> object:
    """Return the value with every number and boolean in it as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, dict):
        return {key: as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_text(item) for item in value]
    return value


def styled(value: object, text: bool) -> object:
    return as_text(value) if text else value
