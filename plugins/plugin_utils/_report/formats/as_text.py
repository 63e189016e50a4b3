# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines that the gate shows, as a file."""

from __future__ import annotations

from ..model.result_model import Run
from .text import report


def text(run: Run, language: str, detail: bool | None = None) -> str:
    """The report for a terminal."""
    return "".join(line + "\n" for line in report(run.raw, language, detail))
