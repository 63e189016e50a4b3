# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remember the time of a run and the verdicts of fact sets for the other hosts of the run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ....module_utils._licensing.values.periods import time_span
from ....module_utils._time import format_time, read_time
from ..base.canonical_json import digest
from ..documents.plain_data import as_key
from ..subjects.fact_age import AgeLimit
from ..subjects.host_reading import HostInput
from .prepared_run import RunHeader
from .private_files import PrivateDirectory

#: A time is shared for this long. Later hosts are not checked as of a time that has long passed.
SHARED_FOR = timedelta(minutes=5)
_TIME = "run.time"
#: Facts that differ between equal systems; no rule of a shared run reads them.
_PERSONAL = frozenset(("subject", "source"))


def shared_time(directory: PrivateDirectory, given: HostInput, now: datetime) -> datetime:
    """Return the time of the check: that of the hosts before, so that all results are those of one time.

    ``now`` starts a new time if there is none yet, if it is older than SHARED_FOR, or if the facts of the
    host were read later, because facts of the future are unknown.
    """
    own = now.replace(microsecond=0)
    content = format_time(own).encode("ascii")
    stored = directory.read(_TIME)
    if stored is None:
        # Of the processes that start together, one writes its time and the others read it.
        if directory.write(_TIME, content, first=True):
            return own
        stored = directory.read(_TIME)
    time = None if stored is None else read_time(stored.decode("ascii", "replace"))
    read_at = _gathered_at(given)
    if time is not None and time <= now <= time + SHARED_FOR and (read_at is None or read_at <= time):
        return time
    directory.write(_TIME, content)
    return own


def _gathered_at(given: HostInput) -> datetime | None:
    source = given.facts.get("source") if isinstance(given.facts, Mapping) else None
    text = source.get("gathered_at") if isinstance(source, Mapping) else None
    span = time_span(text)
    # Of a time without a zone, the latest possible one.
    return None if span is None else span[1]


class VerdictMemory:
    """The summaries of fact sets that hosts of this run have had. ``variant`` is what else they depend on."""

    def __init__(
        self, directory: PrivateDirectory, header: RunHeader, as_of: datetime, variant: object
    ) -> None:
        self._directory = directory
        self._header = header
        self._as_of = as_of
        self._limit = AgeLimit(as_of, header.max_age_hours)
        self._variant = variant

    def recall(self, given: HostInput) -> dict[str, Any] | None:
        """Return the summary of equal facts, None if there is none."""
        name = self._name(given)
        stored = self._directory.read(name) if name else None
        if stored is None:
            return None
        summary: dict[str, Any] = json.loads(stored)
        return summary

    def remember(self, given: HostInput, summary: Mapping[str, Any]) -> None:
        """Keep the summary for hosts with equal facts."""
        name = self._name(given)
        if name:
            self._directory.write(name, json.dumps(summary).encode())

    def _name(self, given: HostInput) -> str:
        """Return the name of the file; empty if the verdict depends on more than the content of the facts."""
        facts = given.facts
        if not self._header.shared or given.error is not None or not isinstance(facts, Mapping):
            return ""
        subject = facts.get("subject", {})
        if not isinstance(subject, Mapping) or subject.get("id", given.host) != given.host:
            return ""
        source = facts.get("source", {})
        if not isinstance(source, Mapping):
            return ""
        content = {name: value for name, value in facts.items() if name not in _PERSONAL}
        # Of subject and source, the kind, the other keys and the age of the facts do have a meaning.
        personal = [
            {"kind": "system", **{name: value for name, value in subject.items() if name != "id"}},
            {name: value for name, value in source.items() if name != "gathered_at"},
            self._limit.reason(source, given.channel),
            time_span(source.get("gathered_at")) is None,
        ]
        personal.append(given.mapped)
        parts = [self._header.content, format_time(self._as_of), self._variant, content, personal]
        try:
            return f"{digest(as_key(parts))}.verdict"
        except (TypeError, ValueError, RecursionError):
            # The facts are not plain data, which is an error of their host.
            return ""
