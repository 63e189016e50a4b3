# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Formats in which VMS returns a release in different places."""

from __future__ import annotations


def series(release: str) -> str:
    """Return the series of a release, such as ``7.0`` for ``E0760P03``: the second digit."""
    return f"{release[2]}.0" if len(release) >= 5 and release[2].isdecimal() else "7.0"


def with_v(release: str) -> str:
    return f"V{series(release)} ({release})"


def plain(release: str) -> str:
    return f"{series(release)} ({release})"


def of_cvk(release: str) -> str:
    """Return a release without patch and hotfix, such as ``CVK 7.0 (E0760)``."""
    return f"CVK {series(release)} ({release[:5]})"
