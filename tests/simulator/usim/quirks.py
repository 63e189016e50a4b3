# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""How JSON looks that was XML before: the habits that a client of the real VMS has to live with."""

from __future__ import annotations

from collections.abc import Sequence


def as_list(key: str, items: Sequence[object]) -> dict[str, object]:
    """Several items are a list, one is itself, none is a missing key."""
    if not items:
        return {}
    return {key: items[0] if len(items) == 1 else list(items)}


def as_text(value: object) -> object:
    """Every number and boolean inside as a string."""
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
