# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Select the hosts of a play that a compliance check covers, including failed and unreachable hosts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ....module_utils._facts import ABSENT
from ..documents.plain_data import Template
from ..fact_map.model import FactMap
from ..facts.deduplicate import Distinct
from ..subjects.fact_age import Candidate, Channel, newest
from ..subjects.host_identity import ADDRESS, SYSTEM, Inventory
from ..subjects.host_reading import HostInput
from ..subjects.host_variables import (
    facts_by_channel,
    host_facts_of,
    own_facts_of,
    site_facts_of,
    with_templates_marked,
)
from ..subjects.inventory_sources import replaced
from ..subjects.mapped_hosts import MappedHost, mapped_inputs
from ..subjects.sought import sought_host_facts
from ..subjects.sources import with_site, with_site_only


@dataclass(frozen=True)
class PlayScope:
    """The hosts that one task evaluates, of ``total`` in the play; ``limit`` is the text of --limit."""

    hosts: tuple[str, ...]
    reached: frozenset[str]
    total: int
    serial: bool = False
    limit: str = ""


def scope_of(task_vars: Mapping[str, Any], serial: Sequence[Any], chosen: Iterable[str] | None) -> PlayScope:
    """Return the hosts of the play, of its current batch under serial, or the ``chosen`` ones.

    They include failed and unreachable hosts: without these, a run could pass although they were not read.
    """
    all_hosts = _names(task_vars.get("ansible_play_hosts_all", ()))
    active = _names(task_vars.get("ansible_play_hosts", all_hosts))
    named = None if chosen is None else _names(chosen)
    reached = frozenset(active) | {name for name in named or () if name not in all_hosts}
    limit = str.__str__(task_vars.get("ansible_limit") or "")
    if named is not None:
        hosts = tuple(dict.fromkeys(named))
        return PlayScope(hosts, reached, len(hosts))
    current = _names(task_vars.get("ansible_play_batch", active))
    batch = _batch(all_hosts, current, active, serial) if serial else all_hosts
    return PlayScope(tuple(dict.fromkeys(batch)), reached, len(all_hosts), len(batch) < len(all_hosts), limit)


def _names(given: Iterable[str]) -> list[str]:
    # A result must not contain the tags and marks of Ansible.
    return [str.__str__(name) for name in given]


def _batch(all_hosts: list[str], current: list[str], active: list[str], serial: Sequence[Any]) -> list[str]:
    current_hosts, active_hosts = set(current), set(active)
    for batch in batches(all_hosts, serial):
        if active_hosts.intersection(batch) == current_hosts:
            return batch
    # With another host order than the inventory's, the batch of a failed host is unknown.
    return [name for name in all_hosts if name in current_hosts or name not in active_hosts]


def batches(hosts: Sequence[str], serial: Sequence[Any]) -> list[list[str]]:
    """Split ``hosts`` into batches of a play's ``serial``: numbers or percentages; the last one repeats."""
    found, rest, at = [], list(hosts), 0
    while rest:
        size = _size(serial[min(at, len(serial) - 1)], len(hosts))
        if size <= 0:
            size = len(rest)
        found.append(rest[:size])
        rest, at = rest[size:], at + 1
    return found


def _size(value: Any, total: int) -> int:
    text = str(value)
    if text.endswith("%"):
        return int(int(text[:-1]) * total / 100) or 1
    return int(text)


def inputs(
    scope: PlayScope,
    variables_of: Callable[[str], object],
    is_template: Callable[[str], bool],
    stored: Sequence[HostInput] = (),
    gathered: Channel = Channel.FACT_CACHE,
) -> tuple[list[HostInput], list[HostInput]]:
    """Return the facts of every host of ``scope``, and the stored facts of hosts outside of it.

    Of several facts of one host those that were read last count; if that is not known and they differ, the
    host is unknown (``conflict``). ``gathered`` is the channel of the facts that Ansible keeps; with
    ``READ`` they are of this run, and no others count. A failed or unreachable host is unknown even if there
    are stored facts: facts of an earlier run do not prove its current state.
    """
    of_host: dict[str, list[HostInput]] = {}
    for each in stored:
        of_host.setdefault(each.host, []).append(each)
    given: list[HostInput] = []
    distinct_variables = Distinct(lambda value: with_templates_marked(value, is_template))
    distinct_facts = Distinct(lambda value: value)

    def variable_facts(_name: str, value: object) -> object:
        return distinct_variables.plain(value)

    def gathered_facts(_name: str, value: object) -> object:
        return distinct_facts.plain(value)

    for host in scope.hosts:
        stored_facts = of_host.pop(host, [])
        variables = variables_of(host)
        if host not in scope.reached:
            given.append(HostInput(host, None, "unreachable"))
            continue
        found: list[Candidate] = []
        if isinstance(variables, Mapping):
            found = facts_by_channel(variables, host, variable_facts, gathered_facts)
        site = site_facts_of(variables, lambda _name, value: with_templates_marked(value, is_template))
        if gathered is Channel.READ and found and found[0].channel is Channel.FACT_CACHE:
            given.append(HostInput(host, with_site_only(found[0].facts, site), channel=gathered))
        else:
            given.extend(_newest(host, found, stored_facts, site))
    return given, [each for rest in of_host.values() for each in rest]


def _newest(
    host: str, found: list[Candidate], stored: Sequence[HostInput], site: object
) -> Iterator[HostInput]:
    """Return the facts of a host that were read last, of those of its variables and the ``stored`` ones."""
    found = [each for each in found if each.facts is not None]
    if not found and stored:
        # Several entries of files are united or refused where all facts of one subject are.
        for entry in stored:
            yield replace(entry, facts=with_site(entry.facts, site))
        return
    if any(entry.error is not None for entry in stored):
        yield from stored
        return
    candidates = [*found, *(Candidate(each.facts, each.channel) for each in stored if each.facts is not None)]
    if not candidates:
        yield HostInput(host, with_site_only(None, site))
        return
    best = newest(candidates)
    if best is None:
        yield HostInput(host, None, "conflict", sought=("sought_newest", {"host": host}))
        return
    yield HostInput(host, with_site_only(best.facts, site), channel=best.channel)


def with_host_facts_sought(given: Iterable[HostInput]) -> list[HostInput]:
    """Return the inputs, of which a host without facts says that no other variables are read."""
    return [
        replace(each, sought=sought_host_facts()) if each.facts is None and each.reason == ABSENT else each
        for each in given
    ]


def inventory_of(
    task_vars: Mapping[str, Any],
    scope: PlayScope,
    variables_of: Callable[[str], object],
    is_template: Callable[[str], bool],
) -> Inventory:
    """Return the hosts of the inventory and of ``scope``, with the system that the variables of each name."""
    groups = task_vars.get("groups")
    named = groups.get("all", ()) if isinstance(groups, Mapping) else ()

    def stated(name: str) -> Callable[[str], str | None]:
        def read(host: str) -> str | None:
            variables = variables_of(host)
            value = variables.get(name) if isinstance(variables, Mapping) else None
            if not isinstance(value, str) or not value or is_template(value):
                return None
            return str.__str__(value)

        return read

    hosts = frozenset({*scope.hosts, *(str.__str__(name) for name in named)})
    return Inventory(
        hosts,
        stated(SYSTEM),
        stated(ADDRESS),
        lambda host: replaced(host, variables_of(host), is_template),
    )


def mapped(
    scope: PlayScope,
    fact_map: FactMap,
    task_vars: Mapping[str, Any],
    variables_of: Callable[[str], object],
    is_template: Callable[[str], bool],
    resolve: Callable[[str, str], object],
    stored: Sequence[HostInput] = (),
) -> tuple[list[HostInput], list[HostInput]]:
    """Return the same as ``inputs``, of hosts whose variables and facts are in the site's own words.

    ``resolve`` returns the variable of a host (host, name) with its templates resolved; facts are never
    templated. With a map that names systems, every inventory host that is a node of a checked system counts
    in it, and every one whose system is unknown may be a node of any. With ``--limit`` or ``serial``, the
    other systems of the inventory count in pools.
    """
    of_host: dict[str, list[HostInput]] = {}
    for each in stored:
        of_host.setdefault(each.host, []).append(each)
    hosts = []
    for host in dict.fromkeys((*scope.hosts, *_inventory_hosts(task_vars, fact_map))):
        variables = variables_of(host)

        def read(name: str, value: object, host: str = host) -> object:
            plain = with_templates_marked(value, is_template)
            return with_templates_marked(resolve(host, name), is_template) if _has_template(plain) else plain

        outside = host not in scope.hosts
        facts = own_facts_of(variables, fact_map.names, read)
        site = site_facts_of(variables, lambda _name, value: with_templates_marked(value, is_template))
        host_facts = None
        if isinstance(variables, Mapping):
            host_facts = host_facts_of(
                variables, host, lambda _name, value: with_templates_marked(value, is_template)
            )
        # Outside of the scope, stored facts tell whether the host is a system of its own.
        stored_facts = of_host.get(host, []) if outside else of_host.pop(host, [])
        if host_facts is None and stored_facts:
            host_facts = stored_facts[0].facts
        reason = "" if outside or host in scope.reached else "unreachable"
        hosts.append(MappedHost(host, facts, site, host_facts, reason, outside))
    given, outside_systems = mapped_inputs(fact_map, hosts)
    rest = [each for found in of_host.values() for each in found]
    return given, [*(outside_systems if scope.serial or scope.limit else ()), *rest]


def _inventory_hosts(task_vars: Mapping[str, Any], fact_map: FactMap) -> list[str]:
    groups = task_vars.get("groups")
    if fact_map.system is None or not isinstance(groups, Mapping):
        return []
    return _names(groups.get("all", ()))


def _has_template(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_template, value.values()))
    return any(map(_has_template, value)) if isinstance(value, list) else isinstance(value, Template)
