# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unite inventory hosts that are nodes of one system into the HostFacts of that system."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ....module_utils._pointer import MISSING
from ..base.canonical_json import canonical
from ..base.errors import UnplacedNode
from ..facts.quoted_value import shown, unquoted
from .apply import MappedFact, below_target, mapped_facts, read_fact
from .document import DocumentWriter
from .model import NODE_ROW, ContainsItem, FactMap, pointers_of

_GATHERED = "/source/gathered_at"
_SITE = "/site_facts"
_HOSTS = "/hosts"
_FURTHER = "/hosts/-"
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


def unite(fact_map: FactMap, nodes: Iterable[NodeFacts]) -> UnitedNodes:
    """Return the systems of ``nodes``, with the hosts of each as rows, sorted by host name.

    The list of nodes is incomplete unless ``nodes`` or ``complete`` of the map says otherwise. ``complete``
    does not hold while the system of a checked host is unknown, which may be a further node of any system.
    """
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
    documents = {
        system: _System(fact_map, members[system]).document(system, unplaced=sorted(errors))
        for system in sorted(members)
    }
    return UnitedNodes(documents, systems, errors)


def _system_of(fact_map: FactMap, node: NodeFacts) -> str | UnplacedNode:
    assert fact_map.system is not None, "a map without system does not unite nodes"
    fact = read_fact(fact_map.system, node.facts, [])
    value = fact.value
    if isinstance(value, int) and not isinstance(value, bool):
        # A system may be named by a number.
        value = str(value)
    if isinstance(value, str) and 1 <= len(value) <= 256:
        return value
    pointer = " / ".join(pointers_of(fact_map.system))
    if fact.reason:
        return UnplacedNode.of(node.host, pointer)
    return UnplacedNode.unreadable(node.host, pointer, unquoted(value))


class _System:
    def __init__(self, fact_map: FactMap, nodes: Sequence[NodeFacts]) -> None:
        self._map = fact_map
        self._nodes = nodes
        self._read = {node.host: mapped_facts(fact_map, node.facts) for node in nodes if not node.unread}
        self._writer = DocumentWriter(fact_map)

    def document(self, system: str, unplaced: Sequence[str]) -> dict[str, Any]:
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

    def _complete(self, unplaced: Sequence[str]) -> bool:
        """Write whether the list of nodes is complete, and return whether it is not."""
        if self._map.complete:
            if unplaced:
                self._writer.miss(_FURTHER, "absent", [f"{len(self._nodes)} / ? ({', '.join(unplaced)})"])
                return True
            self._writer.state(_HOSTS, "complete")
            return False
        reading = self._map.nodes
        if reading is None:
            self._writer.miss(_FURTHER, "absent", [f"{len(self._nodes)} / ?"])
            return True
        fact = _agreed({host: self._number(facts) for host, facts in self._number_facts().items()})
        have = len(self._nodes)
        if fact.reason or not isinstance(fact.value, int):
            self._writer.miss(_FURTHER, fact.reason or "type", fact.values)
            return True
        if fact.value == have:
            self._writer.state(_HOSTS, f"complete: {have}")
            return False
        own = " / ".join(pointers_of(reading)) or self._map.id
        if fact.value > have:
            self._writer.miss(_FURTHER, "absent", [f"{have} / {fact.value} ({own})"])
        else:
            self._writer.miss(_HOSTS, "conflict", [f"{have} ({self._map.id})", f"{fact.value} ({own})"])
        return True

    def _number_facts(self) -> dict[str, Mapping[str, Any]]:
        return {node.host: node.facts for node in self._nodes if not node.unread}

    def _number(self, facts: Mapping[str, Any]) -> MappedFact:
        assert self._map.nodes is not None, "called only for a map that states the number of nodes"
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
        sites = {host: site for host, site in given.items() if isinstance(site, Mapping)}
        for name in sorted({str(name) for site in sites.values() for name in site}):
            found = {host: MappedFact(site[name]) for host, site in sites.items() if name in site}
            self._writer.put(below_target(_SITE, name), _agreed(found))


def _oldest(found: Mapping[str, MappedFact]) -> MappedFact:
    """Return the earliest time at which the nodes were read; unknown if one of them has none."""
    unknown = next((fact for fact in found.values() if not isinstance(fact.value, str)), None)
    if unknown is not None or not found:
        return unknown or MappedFact(reason="absent")
    return min(found.values(), key=lambda fact: str(fact.value))


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
    """Return the value that all nodes with a value have; unknown (``conflict``) if they differ."""
    by_content: dict[str, tuple[str, MappedFact]] = {}
    missing = MappedFact(reason="absent")
    for host, fact in found.items():
        if fact.reason and not fact.values:
            missing = fact if missing.reason == "absent" else missing
        elif fact.reason or fact.value is not MISSING:
            content = list(fact.values) if fact.reason else [fact.value, dict(fact.below)]
            by_content.setdefault(canonical(content), (host, fact))
        else:
            missing = fact
    if not by_content:
        return replace(missing, nodes=tuple(found)) if missing.reason else missing
    facts = [fact for _host, fact in by_content.values()]
    if len(facts) == 1:
        return facts[0]
    values = tuple(
        f"{', '.join(fact.values) if fact.reason else shown(fact.value)} ({host})"
        for host, fact in by_content.values()
    )
    return MappedFact(reason="conflict", own=facts[0].own, values=values)
