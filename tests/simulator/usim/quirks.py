# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Types of values in answers of a VMS: numbers and booleans, or texts of them."""

from __future__ import annotations


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
