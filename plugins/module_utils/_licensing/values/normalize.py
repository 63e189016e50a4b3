# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Spellings of one value as one. What is in no table here is never guessed.

``x86`` may be 32 bits wide, ``7.0`` is a family and no release, and a localized word is for a profile to
translate: each of them stays unread.
"""

from __future__ import annotations

import re
from typing import Dict, Optional

#: Architectures, in lower case, as kernels, package managers and servers write them.
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
    """Return ``x86_64`` or ``aarch64`` for another spelling of it, everything else as it is."""
    if isinstance(value, str) and value.isascii():
        return ARCHES.get(value.lower(), value)
    return value


def count_of(value: object) -> object:
    """Return the integer that decimal text spells, everything else as it is."""
    if isinstance(value, str) and _DECIMAL.match(value):
        return int(value)
    return value


def contract_number(text: Optional[str]) -> Optional[str]:
    """Return a contract number without the blanks around it (R23); one that is blank is none."""
    return (text or "").strip() or None
