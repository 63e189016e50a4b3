# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Summarize the license state of a system in one value, for sorting and grouping, not for compliance."""

from __future__ import annotations

import datetime as dt
from enum import Enum
from typing import Any, Iterator, List, Mapping, Optional

from ..._facts import ZONE
from ..._pointer import split
from ..._time import parse_time
from ..values.periods import whole_days


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
    undecided = _is_undecided(unknown, as_of, lapse_days)
    return LicenseHealth.UNKNOWN if undecided or not effective or not login else LicenseHealth.OK


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
    days = []
    for index, entry in enumerate(tree.get("forecast") or []):
        # Of a time without a zone the latest one: the expiry is soon for certain.
        text = entry.get("at") or unknown.get("/forecast/{0}/at".format(index), {}).get("latest")
        if text is not None:
            days.append(whole_days(parse_time(text), as_of))
    days.extend(
        part["days_to_lapse"]
        for part in [tree.get("effective", {}), *(tree.get("effective", {}).get("products") or [])]
        if isinstance(part.get("days_to_lapse"), int)
    )
    latest = unknown.get("/effective/days_to_lapse", {}).get("high")
    return min([*days, *([latest] if isinstance(latest, int) else [])], default=None)


def _is_undecided(unknown: Mapping[str, Any], as_of: dt.datetime, lapse_days: int) -> bool:
    return any(
        _is_relevant(pointer) and not _is_far(entry, as_of, lapse_days) for pointer, entry in unknown.items()
    )


def _is_far(entry: Any, as_of: dt.datetime, lapse_days: int) -> bool:
    """Return whether an unknown end, or the days until it, is not soon in any time zone."""
    if not isinstance(entry, Mapping) or entry.get("reason") != ZONE:
        return False
    if "earliest" in entry:
        return whole_days(parse_time(entry["earliest"]), as_of) >= lapse_days
    return "low" in entry and entry.get("low", 0) >= lapse_days


def _is_relevant(pointer: str) -> bool:
    """Return whether the state depends on this fact: licenses in force, their ends, or their use."""
    steps = split(pointer)
    if steps[:1] == ["forecast"] and steps[2:3] == ["products"]:
        # What is left after an end, which itself is judged by its time: nothing, if the last license ends.
        return False
    if steps[:1] in ([], ["effective"], ["forecast"], ["login"]):
        return True
    return steps[:1] == ["features"] and (len(steps) < 3 or steps[2] in ("in_use", "missing", "used"))
