# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether facts are about the host that gave them: those of another host say nothing about it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from ..base.errors import ForeignFacts
from ..facts.root_keys import root_fault
from .host_reading import HostInput

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
    """``given``, in which facts about another host of ``inventory`` are an error that names both hosts.

    So are equal facts of several hosts that name no subject, unless the hosts state one system.
    """
    found = []
    for each in given:
        subject = _subject_of(each.facts)
        if subject is not None and inventory.is_foreign(subject, each.host):
            each = replace(each, facts=None, error=ForeignFacts.of(each.host, subject))
        found.append(each)
    shared = _shared(found, inventory)
    return [
        replace(each, facts=None, error=ForeignFacts.shared(each.host, shared[each.host]))
        if each.host in shared and _content(each.facts) is not None
        else each
        for each in found
    ]


def _shared(given: Iterable[HostInput], inventory: Inventory) -> dict[str, str]:
    """Hosts whose facts may be those of another host, with the first such host."""
    by_content: dict[str, set[str]] = {}
    for each in given:
        content = _content(each.facts)
        if content is not None:
            by_content.setdefault(content, set()).add(each.host)
    found = {}
    for hosts in by_content.values():
        systems = {inventory.system_of(host) for host in hosts} if len(hosts) > 1 else {""}
        if len(systems) == 1 and None not in systems:
            continue
        for host in hosts:
            found[host] = min(hosts - {host})
    return found


def _content(facts: object) -> str | None:
    """What facts say that name no subject and were read of a machine; None for others."""
    if not isinstance(facts, Mapping) or _subject_of(facts) is not None:
        return None
    if not (facts.get("hosts") or facts.get("licenses")) or root_fault(facts) is not None:
        return None
    # What the inventory states of a site is each host's own, whatever was read.
    read = {name: value for name, value in facts.items() if name not in ("subject", "site_facts")}
    try:
        return json.dumps(read, sort_keys=True)
    except (TypeError, ValueError, RecursionError):
        # These are no plain data, which is an error of their own.
        return None


def _subject_of(facts: object) -> str | None:
    subject = facts.get("subject") if isinstance(facts, Mapping) else None
    ident = subject.get("id") if isinstance(subject, Mapping) else None
    return str.__str__(ident) if isinstance(ident, str) else None
