# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Summarize the license state of a system in one value, for sorting and grouping, not for compliance."""

from __future__ import annotations

import datetime as dt
from enum import Enum
from typing import Any, Iterable, Iterator, List, Mapping, Optional

from ..._pointer import split
from ..._time import parse_time, whole_days


class LicenseHealth(Enum):
    """License state of a system, from worst to best; ``UNKNOWN`` may be any of them.

    ``REFUSED``: VMS refuses logins (R20). ``NONE``: no license for CPU sockets is in force. ``SHORT``: more
    is used than licensed (R31). ``LAPSING``: a license expires soon (R19).
    """

    REFUSED = "refused"
    NONE = "none"
    SHORT = "short"
    LAPSING = "lapsing"
    OK = "ok"
    UNKNOWN = "unknown"


def assess_health(tree: Mapping[str, Any], as_of: dt.datetime, lapse_days: int) -> LicenseHealth:
    """Return the worst certain state of a system; ``OK`` if all facts are known and there is no problem.

    ``tree`` is the result of ``project_facts`` for ``as_of``. A license expires soon if it ends less than
    ``lapse_days`` days after ``as_of``. If the use of a feature or the end of a license is unknown, the state
    is not ``OK``.
    """
    unknown = tree.get("unknown", {})
    effective, login = tree.get("effective", {}), tree.get("login", {})
    if login.get("state") == LicenseHealth.REFUSED.value:
        return LicenseHealth.REFUSED
    if effective.get("edition") == LicenseHealth.NONE.value:
        return LicenseHealth.NONE
    if any(count > 0 for count in _min_missing(tree, unknown)):
        return LicenseHealth.SHORT
    soonest = _soonest(tree, unknown, as_of)
    if soonest is not None and soonest < lapse_days:
        return LicenseHealth.LAPSING
    return LicenseHealth.UNKNOWN if _is_undecided(unknown) or not effective or not login else LicenseHealth.OK


def _min_missing(tree: Mapping[str, Any], unknown: Mapping[str, Any]) -> Iterator[int]:
    rows: List[Mapping[str, Any]] = list(tree.get("effective", {}).get("products") or [])
    rows.extend(tree.get("features", {}).values())
    for row in rows:
        yield row.get("missing") or 0
    for pointer, entry in unknown.items():
        if split(pointer)[-1:] == ["missing"] and _is_relevant(pointer):
            yield entry.get("low") or 0


def _soonest(tree: Mapping[str, Any], unknown: Mapping[str, Any], as_of: dt.datetime) -> Optional[int]:
    """Return the days until the first certain expiry, or None."""
    days = [whole_days(parse_time(entry["at"]), as_of) for entry in tree.get("forecast") or []]
    days.extend(
        part["days_to_lapse"]
        for part in [tree.get("effective", {}), *(tree.get("effective", {}).get("products") or [])]
        if isinstance(part.get("days_to_lapse"), int)
    )
    latest = unknown.get("/effective/days_to_lapse", {}).get("high")
    return min([*days, *([latest] if isinstance(latest, int) else [])], default=None)


def _is_undecided(pointers: Iterable[str]) -> bool:
    return any(_is_relevant(pointer) for pointer in pointers)


def _is_relevant(pointer: str) -> bool:
    """Return whether the state depends on this fact: licenses in force, their ends, or their use."""
    steps = split(pointer)
    if steps[:1] in ([], ["effective"], ["forecast"], ["login"]):
        return True
    return steps[:1] == ["features"] and (len(steps) < 3 or steps[2] in ("in_use", "missing", "used"))
