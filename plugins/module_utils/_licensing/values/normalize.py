# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Normalize spellings of architectures, numbers and contract numbers.

Ambiguous values are not converted: ``x86`` may be 32-bit, ``7.0`` is a series and not a release, and
localized words are translated by the endpoint profile.
"""

from __future__ import annotations

import re
from typing import Dict, Optional

#: Spellings of architectures in kernels, package managers and servers, in lower case.
ARCHES: Dict[str, str] = {
    "x86_64": "x86_64",
    "x86-64": "x86_64",
    "x64": "x86_64",
    "amd64": "x86_64",
    "aarch64": "aarch64",
    "arm64": "aarch64",
}

_DECIMAL = re.compile(r"[0-9]{1,18}\Z")


def arch_of(value: object) -> object:
    """Return ``x86_64`` or ``aarch64`` for a known spelling; return any other value unchanged."""
    if isinstance(value, str) and value.isascii():
        return ARCHES.get(value.lower(), value)
    return value


def count_of(value: object) -> object:
    """Return the integer in decimal text; return any other value unchanged."""
    if isinstance(value, str) and _DECIMAL.match(value):
        return int(value)
    return value


def contract_number(text: Optional[str]) -> Optional[str]:
    """Return a contract number without surrounding spaces (R23); None if it is blank."""
    return (text or "").strip() or None
