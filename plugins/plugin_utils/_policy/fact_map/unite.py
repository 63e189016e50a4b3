# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unite inventory hosts that are nodes of one system into the HostFacts of that system."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ....module_utils._licensing.values.periods import time_span
from ....module_utils._pointer import MISSING
from ..base.canonical_json import canonical
from ..base.errors import UnplacedNode
from ..facts.quoted_value import shown, unquoted
from .apply import MappedFact, below_target, mapped_facts, read_fact
from .document import DocumentWriter
from .model import NODE_ROW, ContainsItem, FactMap, FromFact, pointers_of

_GATHERED = "/source/gathered_at"
_SITE = "/site_facts"
_HOSTS = "/hosts"
_FURTHER = "/hosts/-"
#: How many hosts without a system a finding names.
_NAMED = 5
#: Facts of a row that always exist: of a node that was not read, they are unknown.
_ROW_FACTS = ("arch", "cpu_sockets")


@dataclass(frozen=True)
class NodeFacts:
    """The own facts of an inventory host (plain data). With ``unread``, a reason, only its system is used.

    ``site`` are the site facts of the host. An ``outside`` host counts in its system and is not checked.
    """

    host: str
    facts: Mapping[str, Any]
    site: object = None
    unread: str = ""
    outside: bool = False


@dataclass(frozen=True)
class UnitedNodes:
    """HostFacts by system, the system of each host, and the error of each checked host without a system."""

    documents: Mapping[str, dict[str, Any]]
    systems: Mapping[str, str]
    errors: Mapping[str, UnplacedNode] = field(default_factory=dict)


def unite(fact_map: FactMap, nodes: Iterable[NodeFacts], others: Iterable[str] = ()) -> UnitedNodes:
    """Return the systems of ``nodes``, with the hosts of each as rows, sorted by host name.

    The list of nodes is incomplete unless ``nodes`` or ``complete`` of the map says otherwise. ``complete``
    does not hold while the system of a host is unknown, which may be a further node of any system. That is so
    for ``outside`` hosts, too: a limit must not hide a node. ``others`` are further hosts of unknown system.
    If ``system`` of the map is optional, outside hosts and others without any own fact are not nodes.
    """
    optional = isinstance(fact_map.system, FromFact) and fact_map.system.optional
    unplaced = set() if optional else set(others)
    systems: dict[str, str] = {}
    errors: dict[str, UnplacedNode] = {}
    members: dict[str, list[NodeFacts]] = {}
    for node in sorted(nodes, key=lambda each: each.host):
        found = _system_of(fact_map, node)
        if isinstance(found, str):
            systems[node.host] = found
            members.setdefault(found, []).append(node)
        elif not node.outside:
            errors[node.host] = found
            unplaced.add(node.host)
        elif not optional or node.facts or node.unread:
            unplaced.add(node.host)
    named = _named(sorted(unplaced))
    documents = {
        system: _System(fact_map, members[system]).document(system, unplaced=named)
        for system in sorted(members)
    }
    return UnitedNodes(documents, systems, errors)


def _system_of(fact_map: FactMap, node: NodeFacts) -> str | UnplacedNode:
    if fact_map.system is None:
        raise ValueError("a map without system does not unite nodes")
    fact = read_fact(fact_map.system, node.facts, [])
    value = fact.value
    if isinstance(value, int) and not isinstance(value, bool):
        # A system may be named by a number.
        value = str(value)
    if isinstance(value, str) and 1 <= len(value) <= 256:
        return value
    pointer = " / ".join(pointers_of(fact_map.system))
    if fact.reason or value is MISSING:
        return UnplacedNode.of(node.host, pointer)
    return UnplacedNode.unreadable(node.host, pointer, unquoted(value))


def _named(hosts: Sequence[str]) -> str:
    further = [f"… {len(hosts)}"] if len(hosts) > _NAMED else []
    return ", ".join([*hosts[:_NAMED], *further])


class _System:
    def __init__(self, fact_map: FactMap, nodes: Sequence[NodeFacts]) -> None:
        self._map = fact_map
        self._nodes = nodes
        self._read = {node.host: mapped_facts(fact_map, node.facts) for node in nodes if not node.unread}
        self._writer = DocumentWriter(fact_map)

    def document(self, system: str, unplaced: str) -> dict[str, Any]:
        for node in self._nodes:
            self._put_row(node)
        open_ended = self._complete(unplaced) or any(node.unread for node in self._nodes)
        for target, reading in self._map.facts.items():
            if target.startswith(NODE_ROW):
                continue
            found = {host: facts[target] for host, facts in self._read.items()}
            if target == _GATHERED:
                self._writer.put(target, _oldest(found))
            elif isinstance(reading, ContainsItem):
                self._put_item(target, _any_contains(found), open_ended)
            else:
                self._writer.put(target, _agreed(found))
        self._put_site()
        return self._writer.document("system", system)

    def _put_row(self, node: NodeFacts) -> None:
        if node.unread:
            facts = {NODE_ROW + name: MappedFact(reason=node.unread) for name in _ROW_FACTS}
        else:
            facts = {
                target: fact for target, fact in self._read[node.host].items() if target.startswith(NODE_ROW)
            }
        # Ids that machines report are not always distinct; the names of inventory hosts are.
        self._writer.put_row(facts, node.host, ident=node.host)

    def _complete(self, unplaced: str) -> bool:
        """Write whether the list of nodes is complete, and return whether it is not."""
        if self._map.complete:
            if unplaced:
                self._writer.miss(_FURTHER, "absent", [f"{len(self._nodes)} / ? ({unplaced})"])
                return True
            self._writer.state(_HOSTS, "complete")
            return False
        reading = self._map.nodes
        if reading is None:
            self._writer.miss(_FURTHER, "absent", [f"{len(self._nodes)} / ?"])
            return True
        fact = _agreed({host: self._number(facts) for host, facts in self._number_facts().items()})
        have = len(self._nodes)
        own = " / ".join(pointers_of(reading)) or self._map.id
        if fact.reason or fact.value is MISSING:
            self._writer.miss(_FURTHER, fact.reason or "absent", fact.values)
            return True
        if isinstance(fact.value, bool) or not isinstance(fact.value, int):
            # In Python, true is the number 1.
            self._writer.miss(_FURTHER, "type", [f"{shown(fact.value)} ({own})"])
            return True
        if fact.value == have:
            self._writer.state(_HOSTS, f"complete: {have}")
            return False
        if fact.value > have:
            self._writer.miss(_FURTHER, "absent", [f"{have} / {fact.value} ({own})"])
        else:
            self._writer.miss(_HOSTS, "conflict", [f"{have} ({self._map.id})", f"{fact.value} ({own})"])
        return True

    def _number_facts(self) -> dict[str, Mapping[str, Any]]:
        return {node.host: node.facts for node in self._nodes if not node.unread}

    def _number(self, facts: Mapping[str, Any]) -> MappedFact:
        if self._map.nodes is None:
            raise ValueError("the map does not state the number of nodes")
        # The target gives decimal text its number, as for every other count.
        return read_fact(self._map.nodes, facts, ["hosts", "0", "cpu_sockets"])

    def _put_item(self, target: str, fact: MappedFact, open_ended: bool) -> None:
        if fact.value is False and open_ended:
            # A node that was not read may have the item.
            values = (f"false ({len(self._read)} / ?, {' / '.join(fact.own)})",)
            self._writer.put(target, MappedFact(reason="absent", own=fact.own, values=values))
        else:
            self._writer.put(target, fact)

    def _put_site(self) -> None:
        given = {node.host: node.site for node in self._nodes if node.site is not None}
        invalid = [site for site in given.values() if not isinstance(site, Mapping)]
        if invalid:
            self._writer.put(_SITE, MappedFact(invalid[0]))
            return
        # No map says which site facts every node should have: those of the nodes that have them must agree.
        sites = {host: site for host, site in given.items() if isinstance(site, Mapping)}
        for name in sorted({str(name) for site in sites.values() for name in site}):
            found = {host: MappedFact(site[name]) for host, site in sites.items() if name in site}
            self._writer.put(below_target(_SITE, name), _agreed(found))


def _oldest(found: Mapping[str, MappedFact]) -> MappedFact:
    """Return the earliest time at which the nodes were read; unknown if one of them has none.

    A value that is not a time is returned as it is, so that reading the HostFacts reports it.
    """
    unknown = next((fact for fact in found.values() if not isinstance(fact.value, str)), None)
    if unknown is not None or not found:
        return unknown or MappedFact(reason="absent")
    times = []
    for fact in found.values():
        span = time_span(fact.value)
        if span is None:
            return fact
        times.append((span[0], fact))
    return min(times, key=lambda each: each[0])[1]


def _any_contains(found: Mapping[str, MappedFact]) -> MappedFact:
    """Return whether a node's list has the item: true if one has it, false if no list has it."""
    for fact in found.values():
        if fact.value is True:
            return fact
    unknown = {host: fact for host, fact in found.items() if fact.reason}
    for fact in unknown.values():
        same = [
            host for host, each in unknown.items() if (each.reason, each.values) == (fact.reason, fact.values)
        ]
        return replace(fact, nodes=tuple(same))
    return next(iter(found.values()), MappedFact(reason="absent"))


def _agreed(found: Mapping[str, MappedFact]) -> MappedFact:
    """Return the value that every node states.

    It is unknown if nodes differ (``conflict``), and if a node does not state what others do, for the reason
    of that node: its value may be another one. A node need not state a fact that is optional in the map.
    """
    by_content: dict[str, tuple[str, MappedFact]] = {}
    missing: dict[str, MappedFact] = {}
    for host, fact in found.items():
        if fact.reason and not fact.values:
            missing[host] = fact
        elif fact.reason or fact.value is not MISSING:
            content = list(fact.values) if fact.reason else [fact.value, dict(fact.below)]
            by_content.setdefault(canonical(content), (host, fact))
    facts = [fact for _host, fact in by_content.values()]
    if len(facts) == 1 and (not missing or facts[0].reason):
        return facts[0]
    if len(facts) > 1:
        return MappedFact(reason="conflict", own=facts[0].own, values=_values(by_content.values()))
    if missing:
        reasons = sorted(missing.values(), key=lambda fact: fact.reason == "absent")
        lacking = f"? ({_named(list(missing))})"
        values = (lacking, *_values(by_content.values())) if facts else ()
        return replace(reasons[0], nodes=tuple(missing), values=values)
    # Optional for every node, or no node was read.
    return next(iter(found.values()), MappedFact(reason="absent"))


def _values(found: Iterable[tuple[str, MappedFact]]) -> tuple[str, ...]:
    return tuple(
        f"{', '.join(fact.values) if fact.reason else shown(fact.value)} ({host})" for host, fact in found
    )
