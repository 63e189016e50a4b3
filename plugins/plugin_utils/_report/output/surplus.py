# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remove the numbered reports that an earlier run wrote beside those of this run."""

from __future__ import annotations

import csv
from itertools import count
from pathlib import Path

from ....module_utils._messages.catalog import LANGUAGES, render
from ..formats.as_csv import COLUMNS
from .files import numbered
from .render import format_of

#: So much of a file tells whether it is a report.
_BEGINNING = 65536


def remove_surplus(path: str, written: int) -> tuple[list[str], list[str]]:
    """Remove reports of ``path`` with numbers above ``written``, the number of reports of this run.

    Only files that are reports by their content are removed, up to the first number without a file. Returns
    the paths that were removed, and those of other files, which stay. A file that cannot be read or removed
    stays.
    """
    removed: list[str] = []
    kept: list[str] = []
    for number in count(max(written, 1) + 1):
        target = numbered(path, number)
        file = Path(target).expanduser()
        if file.is_symlink() or not file.is_file():
            if not file.is_symlink():
                break
            kept.append(target)
            continue
        try:
            is_ours = is_report(file, format_of(path))
            if is_ours:
                file.unlink()
        except OSError:
            is_ours = False
        (removed if is_ours else kept).append(target)
    return removed, kept


def is_report(file: Path, form: str) -> bool:
    """Return whether a file is a report in this format by its content. Raises OSError."""
    with file.open("rb") as stream:
        text = stream.read(_BEGINNING).decode("utf-8", "replace")
    titles = [render("page_title", {}, language) for language in LANGUAGES]
    if form in ("json", "ndjson"):
        return '"ComplianceResult"' in text
    if form == "csv":
        return next(csv.reader([text.split("\n", 1)[0].strip()]), []) == list(COLUMNS)
    if form == "sarif":
        return '"unicloud.usphere"' in text
    if form == "prometheus":
        return text.startswith("# HELP usphere_license_")
    if form in ("md", "html", "junit"):
        return any(title in text for title in titles)
    # Plain text has no mark of its own.
    return False
