# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide whether facts are recent, by their channel, and which of several facts are the newest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from ....module_utils._facts import ZONE
from ....module_utils._licensing.values.periods import time_span
from ..facts.schema_mismatches import VALUE

#: Clocks may differ by so much; a time that is less ahead counts as now.
TOLERANCE = timedelta(seconds=300)
#: How a document says that a person wrote it for the inventory, so that it has no time of reading.
WRITTEN_BY_HAND = "inventory"

_GATHERED = "gathered_at"


class Channel(Enum):
    """How the facts of a host got to the check."""

    #: Passed as they are to a filter, a test, or in the tests of a policy.
    STATED = "stated"
    #: Registered by a task of this run.
    READ = "read"
    #: A variable of the host.
    VARIABLE = "variable"
    #: Facts that Ansible keeps, perhaps in a fact cache.
    FACT_CACHE = "fact_cache"
    #: Ansible's own facts of a node.
    SETUP = "setup"
    #: A file of facts that were read before.
    FILE = "file"

    @property
    def needs_time(self) -> bool:
        """Return whether facts of this channel have to state when they were read."""
        return self in (Channel.FACT_CACHE, Channel.FILE)


@dataclass(frozen=True)
class AgeLimit:
    """Greatest age of facts in hours (None: any) at ``at``, the earlier of the time of the decision and now.

    It is ``stated`` if an option or a policy gives it; the default applies only to facts that have a time.
    """

    at: datetime
    hours: int | None
    stated: bool = True

    def reason(self, source: Mapping[str, object], channel: Channel) -> str:
        """Return the reason why facts with this ``source`` are unknown; empty if they are recent enough.

        Facts that have to state when they were read are ``stale`` if they do not, unless a person wrote them.
        A time that does not exist, such as 31 November, is no time (``value``).
        """
        if channel is Channel.READ:
            return ""
        text = source.get(_GATHERED)
        if text is None:
            by_hand = source.get("via") == WRITTEN_BY_HAND
            needed = channel.needs_time or (channel is Channel.STATED and self.stated)
            return "stale" if self.hours is not None and needed and not by_hand else ""
        reasons = {self._reason_at(gathered) for gathered in time_span(text) or (None,)}
        return reasons.pop() if len(reasons) == 1 else ZONE

    def _reason_at(self, gathered: datetime | None) -> str:
        if gathered is None:
            return VALUE if self.hours is not None else ""
        if gathered.replace(microsecond=0) > self.at + TOLERANCE:
            return "future"
        if self.hours is not None and self.at - gathered > timedelta(hours=self.hours):
            return "stale"
        return ""


@dataclass(frozen=True)
class Candidate:
    """Facts of a host, and their channel."""

    facts: object
    channel: Channel


def newest(candidates: Sequence[Candidate]) -> Candidate | None:
    """Return the facts of a host that were read last; None if that is not known and their contents differ.

    ``candidates`` are at least one. Facts that are equal but for their source are no contradiction.
    """
    timed = [(each, _read_between(each.facts)) for each in candidates]
    dated = [(each, span) for each, span in timed if span is not None]
    if len(dated) == len(candidates):
        best, span = max(dated, key=lambda pair: pair[1][0])
        if all(each is best or other[1] <= span[0] for each, other in dated) or _are_equal(candidates):
            return best
        return None
    if _are_equal(candidates):
        return dated[0][0] if dated else candidates[0]
    return None


def _read_between(facts: object) -> tuple[datetime, datetime] | None:
    source = facts.get("source") if isinstance(facts, Mapping) else None
    span = time_span(source.get(_GATHERED)) if isinstance(source, Mapping) else None
    return (min(span), max(span)) if span else None


def _are_equal(candidates: Sequence[Candidate]) -> bool:
    contents = [_content(each.facts) for each in candidates]
    return all(each == contents[0] for each in contents)


def _content(facts: object) -> object:
    if not isinstance(facts, Mapping):
        return facts
    return {name: value for name, value in facts.items() if name != "source"}
