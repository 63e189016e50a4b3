# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sanitize text from servers: control characters, versions, license keys and file names."""

from __future__ import annotations

import re
from typing import Optional, Tuple

_RELEASE = re.compile(r"(?<![A-Za-z0-9])[A-Z][0-9]{4}(?:[PHL][0-9]{2})*(?:-[A-Za-z0-9]+)?(?![A-Za-z0-9])")
_SERIES = re.compile(r"(?<![0-9.])([0-9]+\.[0-9]+)(?![0-9.])")
_VISIBLE_KEY_CHARACTERS = 4


def one_line(text: str) -> str:
    """Return ``text`` with a space for each control character, line end and bidirectional override.

    Text of hosts and servers may contain terminal control sequences.
    """
    return "".join(character if character.isprintable() else " " for character in text)


def printable(text: str) -> str:
    """Return ``text`` on one line, without control characters and surrounding spaces."""
    return one_line(text).strip()


def split_version(text: str) -> Tuple[str, Optional[str]]:
    """Return (release, series) of ``CVK 7.0 (E0760P03)``: ``("E0760P03", "7.0")``.

    Without a release of the known form it is the text in brackets, else the complete text.
    """
    match = _RELEASE.search(text)
    bracketed = re.search(r"\(([^()]+)\)", text)
    release = match.group() if match else bracketed.group(1).strip() if bracketed else text
    series = _SERIES.search(text.replace(release, " "))
    return release, series.group(1) if series else None


def masked_key(key: str) -> str:
    """Return a license key with only its last four characters visible; none of a key shorter than 8."""
    return "****" + (key[-_VISIBLE_KEY_CHARACTERS:] if len(key) >= 2 * _VISIBLE_KEY_CHARACTERS else "")
