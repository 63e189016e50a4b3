# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep the result of a task below the size of an event that AWX stores uncut."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from ...module_utils._messages.catalog import render
from .._report.output.files import write_report

T = TypeVar("T")

#: A result of more bytes of JSON is in a file and not returned.
MOST_BYTES = 300_000
#: At least so many bytes of a report are shown, whatever else the task returns.
LEAST_REPORT_BYTES = 30_000
#: For the closing lines of a report and the path of the file.
_RESERVED_BYTES = 5_000


def size_of(value: object) -> int:
    """Return the number of bytes of ``value`` as JSON, as Ansible writes it: with escapes, in one line."""
    return len(json.dumps(value))


def store(outcome: Mapping[str, Any], directory: str) -> str:
    """Write ``outcome`` to a new file in ``directory`` that only its owner can read, and return the path.

    Raises PolicyError ``report_unwritten``.
    """
    path = str(Path(directory) / f"usphere_result_{secrets.token_hex(6)}.json")
    write_report(path, json.dumps(outcome, sort_keys=True, ensure_ascii=False) + "\n", 0o600)
    return path


def shortened(
    returned: Mapping[str, Any], lines: Sequence[str], language: str
) -> tuple[dict[str, Any], list[str]]:
    """Return ``returned`` and the lines of its report so that both together have at most MOST_BYTES of JSON.

    The decisions of blocked hosts go first if less than LEAST_REPORT_BYTES would be left for the report; they
    are in the file. The names of hosts always stay, because plays select hosts by them: a fleet of very many
    hosts can exceed the limit by its names alone.
    """
    short = dict(returned)
    if MOST_BYTES - _RESERVED_BYTES - size_of(short) < min(size_of(lines), LEAST_REPORT_BYTES):
        blocked = frozenset(short["blocked_hosts"])
        short["decisions"] = {host: each for host, each in short["decisions"].items() if host not in blocked}
    room = max(MOST_BYTES - _RESERVED_BYTES - size_of(short), LEAST_REPORT_BYTES)
    return short, first_lines(lines, room, "report_lines_more", language)


def first_lines(lines: Sequence[str], most_bytes: int, more: str, language: str) -> list[str]:
    """Return the first lines, at most ``most_bytes`` of JSON, then message ``more`` with the number left."""
    kept = first_items(lines, most_bytes)
    if len(kept) < len(lines):
        kept.append(render(more, {"n": len(lines) - len(kept)}, language))
    return kept


def first_items(items: Sequence[T], most_bytes: int) -> list[T]:
    """Return the first ``items``, which have together at most ``most_bytes`` of JSON."""
    kept = []
    for item in items:
        # With a comma and a space, or a line break.
        most_bytes -= size_of(item) + 2
        if most_bytes < 0:
            break
        kept.append(item)
    return kept
