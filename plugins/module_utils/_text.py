# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text that a server sent, made harmless."""

from __future__ import annotations

import re
from typing import Optional, Tuple

_RELEASE = re.compile(r"(?<![A-Za-z0-9])[A-Z][0-9]{4}(?:[PHL][0-9]{2})*(?:-[A-Za-z0-9]+)?(?![A-Za-z0-9])")
_SERIES = re.compile(r"(?<![0-9.])([0-9]+\.[0-9]+)(?![0-9.])")
_SHOWN_OF_KEY = 4


def printable(text: str) -> str:
    """Return ``text`` on one line, free of control characters and trailing blanks."""
    return "".join(character if character.isprintable() else " " for character in text).strip()


def split_version(text: str) -> Tuple[str, Optional[str]]:
    """Return (release, series) of ``CVK 7.0 (E0760P03)``: ``("E0760P03", "7.0")``.

    Without a release of the known form the text in brackets, else the whole text, stands for it: whoever
    compares versions decides what to make of it.
    """
    found = _RELEASE.search(text)
    bracketed = re.search(r"\(([^()]+)\)", text)
    release = found.group() if found else bracketed.group(1).strip() if bracketed else text
    series = _SERIES.search(text.replace(release, " "))
    return release, series.group(1) if series else None


def masked_key(key: str) -> str:
    """Return a license key with nothing but its last four characters, whether the server masked it or not."""
    return "****" + (key[-_SHOWN_OF_KEY:] if len(key) >= 2 * _SHOWN_OF_KEY else "")


def component(name: str) -> Optional[str]:
    """Return a file name that is one path component, None if it climbs, is hidden or is not printable."""
    plain = name.isprintable() and 0 < len(name.encode("utf-8")) <= 255
    return name if plain and not name.startswith(".") and "/" not in name and "\\" not in name else None
