# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check that facts describe the host that supplied them, not another host of the inventory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from ..base.errors import ForeignFacts, UndeterminedFacts
from ..policy.model import SYSTEM as SYSTEM_KIND
from .host_reading import HostInput

#: Host variable that marks several inventory hosts as one system (a hot-standby pair).
SYSTEM = "usphere_system"
#: Host variable with the address of a VMS manager.
ADDRESS = "usphere_host"


def _none(_host: str) -> None:
    return None


@dataclass(frozen=True)
class Inventory:
    """The hosts of the inventory, and what the variables of a host state; None for what they do not.

    ``system_of`` is the value of ``usphere_system``, ``address_of`` that of ``usphere_host``. ``error_of``
    returns why the variables of a host cannot be those of one system.
    """

    hosts: frozenset[str]
    system_of: Callable[[str], str | None] = _none
    address_of: Callable[[str], str | None] = _none
    error_of: Callable[[str], UndeterminedFacts | None] = _none

    def stated_system(self, host: str) -> str | None:
        """Return the system that the variables of ``host`` state.

        None for the name of another host that does not state the same: a claim of only one of them is not
        sufficient.
        """
        system = self.system_of(host)
        if system is None or system == host or system not in self.hosts:
            return system
        return system if self.system_of(system) == system else None

    def is_foreign(self, subject: str, host: str) -> bool:
        """Return whether facts about ``subject`` describe a host other than ``host``.

        A subject that is not an inventory host is the name of a system. Facts of another host are accepted
        only if both hosts state the same ``usphere_system``: a claim of only one of them is not sufficient.
        """
        if subject == host or subject not in self.hosts:
            return False
        system = self.system_of(host)
        return system is None or system != self.system_of(subject)


NO_HOSTS = Inventory(frozenset())


def own_facts(given: Iterable[HostInput], inventory: Inventory) -> list[HostInput]:
    """Return ``given`` with facts about another host of ``inventory`` replaced by an error with both names.

    So are those of a host whose variables are of two systems. The facts of hosts with a stated system are
    facts of that system.
    """
    found = []
    for each in given:
        # Facts with the site's own names do not name a subject in a known form.
        subject = None if each.plain or each.mapped else subject_of(each.facts)
        if subject is not None and inventory.is_foreign(subject, each.host):
            each = replace(each, facts=None, error=ForeignFacts.of(each.host, subject))
        error = None if each.plain or each.mapped else inventory.error_of(each.host)
        if error is not None:
            each = replace(each, facts=None, error=error)
        found.append(_of_system(each, inventory))
    return found


def _of_system(given: HostInput, inventory: Inventory) -> HostInput:
    """Return the facts of a host with the stated system as their subject."""
    facts, system = given.facts, inventory.stated_system(given.host)
    if system is None or given.plain or given.mapped or not isinstance(facts, Mapping):
        return given
    subject = facts.get("subject", {})
    if not isinstance(subject, Mapping) or subject.get("kind", SYSTEM_KIND) != SYSTEM_KIND:
        return given
    return replace(given, facts={**facts, "subject": {**subject, "kind": SYSTEM_KIND, "id": system}})


def subject_of(facts: object) -> str | None:
    """Return the id of the subject that facts state; None if they state none."""
    subject = facts.get("subject") if isinstance(facts, Mapping) else None
    ident = subject.get("id") if isinstance(subject, Mapping) else None
    return str.__str__(ident) if isinstance(ident, str) else None
