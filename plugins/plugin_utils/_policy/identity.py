# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether facts are about the host that gave them: those of another host say nothing about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from .errors import ForeignFacts
from .subjects import HostInput

#: The host variable with which several inventory hosts say that they are one system (a hot-standby pair).
SYSTEM = "usphere_system"


def _none(_host: str) -> str | None:
    return None


@dataclass(frozen=True)
class Inventory:
    """The hosts that there are, and the system that a host states for itself (None: it states none)."""

    hosts: frozenset[str]
    system_of: Callable[[str], str | None] = _none

    def is_foreign(self, subject: str, host: str) -> bool:
        """Whether facts about ``subject`` are about another host than ``host``.

        A name that no host has is that of a system. Of two hosts each has to state the same system: what one
        of them says of the other is no proof.
        """
        if subject == host or subject not in self.hosts:
            return False
        system = self.system_of(host)
        return system is None or system != self.system_of(subject)


def own_facts(given: Iterable[HostInput], inventory: Inventory) -> list[HostInput]:
    """``given``, in which facts about another host of ``inventory`` are an error that names both hosts."""
    found = []
    for each in given:
        subject = _subject_of(each.facts)
        if subject is not None and inventory.is_foreign(subject, each.host):
            each = replace(each, facts=None, error=ForeignFacts.of(each.host, subject))
        found.append(each)
    return found


def _subject_of(facts: object) -> str | None:
    subject = facts.get("subject") if isinstance(facts, Mapping) else None
    ident = subject.get("id") if isinstance(subject, Mapping) else None
    return str.__str__(ident) if isinstance(ident, str) else None
