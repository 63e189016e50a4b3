# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts whose facts are in a site's own words, read with a FactMap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from ....module_utils._pointer import split
from ..base.errors import FactsError, PolicyError
from ..documents.plain_data import kind_of, normalize
from ..fact_map.document import to_host_facts
from ..fact_map.model import FactMap, pointers_of
from ..fact_map.unite import NodeFacts, unite
from .host_reading import HostInput
from .sought import sought_pointers
from .sources import with_site, with_site_only

#: Why a node whose own facts cannot be read counts as not read.
_UNREADABLE = "gather_error"


@dataclass(frozen=True)
class MappedHost:
    """The own ``facts`` of a host, by their top-level name, and its site facts.

    ``host_facts`` are HostFacts that are used if the host has no own facts. With a ``reason`` the host was
    not read. An ``outside`` host counts in its system and is not checked.
    """

    host: str
    facts: Mapping[str, Any]
    site: object = None
    host_facts: object = None
    reason: str = ""
    outside: bool = False


def mapped_inputs(fact_map: FactMap, hosts: Iterable[MappedHost]) -> tuple[list[HostInput], list[HostInput]]:
    """Return the inputs of all hosts that are checked, and one of each system without a checked host.

    With a map that names systems, all hosts of a system have the same facts: those of the united nodes. A
    host whose own facts cannot be read is an error of its own, and its system has a node that was not read.
    A host without own facts is a subject of its own, but may be a node of any system, unless its HostFacts
    are those of a system.
    """
    given = list(hosts)
    if fact_map.system is None:
        return [_single(fact_map, each) for each in given if not each.outside], []
    errors: dict[str, FactsError] = {}
    nodes = []
    others = []
    for each in given:
        if each.facts or each.host_facts is None:
            try:
                nodes.append(_node(each))
            except FactsError as error:
                errors[each.host] = error
                nodes.append(
                    NodeFacts(each.host, _system_part(fact_map, each), None, _UNREADABLE, each.outside)
                )
        elif not _is_system(each.host_facts):
            others.append(each.host)
    united = unite(fact_map, nodes, others)
    inside = []
    for each in given:
        system = united.systems.get(each.host)
        if each.outside:
            continue
        if each.host in errors:
            inside.append(HostInput(each.host, error=errors[each.host]))
        elif system is not None:
            inside.append(HostInput(each.host, united.documents[system], mapped=True))
        elif each.reason:
            inside.append(HostInput(each.host, None, each.reason))
        elif each.host in united.errors:
            inside.append(HostInput(each.host, error=united.errors[each.host]))
        else:
            inside.append(HostInput(each.host, with_site_only(each.host_facts, each.site)))
    checked = {united.systems.get(each.host) for each in given if not each.outside}
    first: dict[str, str] = {}
    for host, system in sorted(united.systems.items()):
        if system not in checked:
            first.setdefault(system, host)
    outside = [HostInput(host, united.documents[system], mapped=True) for system, host in first.items()]
    return inside, outside


def _is_system(facts: object) -> bool:
    subject = facts.get("subject") if isinstance(facts, Mapping) else None
    return isinstance(subject, Mapping) and subject.get("kind") == "system"


def host_facts(fact_map: FactMap | None, facts: object, host: str | None) -> dict[str, Any]:
    """Return the HostFacts of one host from its own facts.

    Raises PolicyError without a map or a host, or for facts that are not a mapping; FactsError for facts that
    cannot be read.
    """
    if fact_map is None:
        raise PolicyError("map_option")
    if host is None:
        raise PolicyError("facts_subject")
    plain = normalize(facts)
    if not isinstance(plain, dict):
        raise PolicyError("facts_input", type=kind_of(facts))
    return to_host_facts(fact_map, plain, host)


def _single(fact_map: FactMap, given: MappedHost) -> HostInput:
    if given.reason:
        return HostInput(given.host, None, given.reason)
    if not given.facts:
        found = with_site_only(given.host_facts, given.site)
        return HostInput(given.host, found, sought=sought_pointers(fact_map))
    try:
        node = _node(given)
    except FactsError as error:
        return HostInput(given.host, error=error)
    facts = with_site(to_host_facts(fact_map, node.facts, given.host), node.site)
    return HostInput(given.host, facts, mapped=True)


def _node(given: MappedHost) -> NodeFacts:
    """Return the node with plain data. Raises FactsError for values that are not plain data."""
    facts = cast("dict[str, Any]", normalize(given.facts))
    site = None if given.site is None else normalize(given.site)
    return NodeFacts(given.host, facts, site, given.reason, given.outside)


def _system_part(fact_map: FactMap, given: MappedHost) -> dict[str, Any]:
    """Return those own facts that name the system of the host, as far as they can be read."""
    found = {}
    for pointer in () if fact_map.system is None else pointers_of(fact_map.system):
        name = split(pointer)[0]
        if name in given.facts:
            try:
                found[name] = normalize(given.facts[name])
            except FactsError:
                # The host then has no known system; the error of its facts is reported in any case.
                continue
    return found
