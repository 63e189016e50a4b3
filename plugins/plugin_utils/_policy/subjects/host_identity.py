# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check that facts describe the host that supplied them, not another host of the inventory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from ..base.errors import ForeignFacts
from ..facts.root_keys import root_error
from .host_reading import HostInput

#: Host variable that marks several inventory hosts as one system (a hot-standby pair).
SYSTEM = "usphere_system"


def _none(_host: str) -> str | None:
    return None


@dataclass(frozen=True)
class Inventory:
    """The hosts of the inventory, and the value of ``usphere_system`` of a host (None if not set)."""

    hosts: frozenset[str]
    system_of: Callable[[str], str | None] = _none

    def is_foreign(self, subject: str, host: str) -> bool:
        """Return whether facts about ``subject`` describe a host other than ``host``.

        A subject that is not an inventory host is the name of a system. Facts of another host are accepted
        only if both hosts state the same ``usphere_system``: a claim of only one of them is not sufficient.
        """
        if subject == host or subject not in self.hosts:
            return False
        system = self.system_of(host)
        return system is None or system != self.system_of(subject)


def own_facts(given: Iterable[HostInput], inventory: Inventory) -> list[HostInput]:
    """Return ``given`` with facts about another host of ``inventory`` replaced by an error with both names.

    Equal facts of several hosts without a subject are also replaced, unless the hosts state the same system.
    """
    found = []
    for each in given:
        # Facts with the site's own names do not name a subject in a known form.
        subject = None if each.plain or each.mapped else _subject_of(each.facts)
        if subject is not None and inventory.is_foreign(subject, each.host):
            each = replace(each, facts=None, error=ForeignFacts.of(each.host, subject))
        found.append(each)
    shared = _shared(found, inventory)
    return [
        replace(each, facts=None, error=ForeignFacts.shared(each.host, shared[each.host]))
        if each.host in shared and not each.plain and _content(each.facts) is not None
        else each
        for each in found
    ]


def _shared(given: Iterable[HostInput], inventory: Inventory) -> dict[str, str]:
    """Map hosts whose facts may be those of another host to the first such host."""
    by_content: dict[str, set[str]] = {}
    for each in given:
        content = None if each.plain else _content(each.facts)
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
    """Return facts that were read from a machine and name no subject as JSON; None for other facts."""
    if not isinstance(facts, Mapping) or _subject_of(facts) is not None:
        return None
    if not (facts.get("hosts") or facts.get("licenses")) or root_error(facts) is not None:
        return None
    # Site facts come from the inventory, so they do not show whose facts were read.
    read = {name: value for name, value in facts.items() if name not in ("subject", "site_facts")}
    try:
        return json.dumps(read, sort_keys=True)
    except (TypeError, ValueError, RecursionError):
        # The facts are not plain data, which is reported as an error of its own.
        return None


def _subject_of(facts: object) -> str | None:
    subject = facts.get("subject") if isinstance(facts, Mapping) else None
    ident = subject.get("id") if isinstance(subject, Mapping) else None
    return str.__str__(ident) if isinstance(ident, str) else None
