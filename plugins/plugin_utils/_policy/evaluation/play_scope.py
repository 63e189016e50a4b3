# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Select the hosts of a play that a compliance check covers, including failed and unreachable hosts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..documents.plain_data import MAX_DEPTH, Template
from ..facts.deduplicate import Distinct
from ..subjects.host_identity import SYSTEM, Inventory
from ..subjects.host_reading import HostInput
from ..subjects.sources import is_node, node_facts, with_site

FACTS = "usphere"
SITE_FACTS = "usphere_site_facts"


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
) -> tuple[list[HostInput], list[HostInput]]:
    """Return the facts of every host of ``scope``, and the stored facts of hosts outside of it.

    A host's own facts take precedence over stored ones. A failed or unreachable host is unknown even if there
    are stored facts: facts of an earlier run do not prove its current state.
    """
    of_host: dict[str, list[HostInput]] = {}
    for each in stored:
        of_host.setdefault(each.host, []).append(each)
    given: list[HostInput] = []
    variable_facts = Distinct(lambda value: _plain(value, is_template))
    gathered_facts = Distinct(lambda value: value)
    for host in scope.hosts:
        stored_facts = of_host.pop(host, [])
        variables = variables_of(host)
        if host not in scope.reached:
            given.append(HostInput(host, None, "unreachable"))
            continue
        facts = _facts(variables, host, variable_facts, gathered_facts)
        site = _plain(variables.get(SITE_FACTS), is_template) if isinstance(variables, Mapping) else None
        if facts is not None:
            given.append(HostInput(host, with_site(facts, site)))
        elif stored_facts:
            given.extend(HostInput(host, with_site(each.facts, site), each.reason) for each in stored_facts)
        else:
            given.append(HostInput(host))
    return given, [each for rest in of_host.values() for each in rest]


def inventory_of(
    task_vars: Mapping[str, Any],
    scope: PlayScope,
    variables_of: Callable[[str], object],
    is_template: Callable[[str], bool],
) -> Inventory:
    """Return the hosts of the inventory and of ``scope``, with the system that the variables of each name."""
    groups = task_vars.get("groups")
    named = groups.get("all", ()) if isinstance(groups, Mapping) else ()

    def system_of(host: str) -> str | None:
        variables = variables_of(host)
        stated = variables.get(SYSTEM) if isinstance(variables, Mapping) else None
        if not isinstance(stated, str) or not stated or is_template(stated):
            return None
        return str.__str__(stated)

    return Inventory(frozenset({*scope.hosts, *(str.__str__(name) for name in named)}), system_of)


def _facts(variables: object, host: str, variable_facts: Distinct, gathered_facts: Distinct) -> object:
    if not isinstance(variables, Mapping):
        return None
    gathered = variables.get("ansible_facts")
    if isinstance(gathered, Mapping) and FACTS in gathered:
        return gathered_facts.plain(gathered[FACTS])
    if FACTS in variables:
        return variable_facts.plain(variables[FACTS])
    if is_node(gathered):
        return node_facts(gathered, host)  # type: ignore[arg-type]  # is_node accepts only a mapping
    return None


def _plain(value: object, is_template: Callable[[str], bool], depth: int = 0) -> object:
    # Variables are read without templating. A text that is still a template is not a fact.
    if isinstance(value, str):
        return Template() if is_template(value) else value
    if depth > MAX_DEPTH:
        # Facts that exceed this depth are an error of their host. The limit also ends cycles.
        return value
    if isinstance(value, Mapping):
        return {key: _plain(item, is_template, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, is_template, depth + 1) for item in value]
    return value
