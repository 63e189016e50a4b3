# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Say what was looked for on a host without facts: code and fields of the message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..fact_map.model import FactMap, FactReading, pointers_of

Sought = tuple[str, Mapping[str, object]]
MOST_NAMES = 6
_GATHERED = "ansible_facts"
#: Facts that Ansible sets when it searches for an interpreter; setup has not run then.
_DISCOVERED = "discovered_interpreter"


def sought_names(names: Sequence[str], variables: Mapping[str, object]) -> Sought:
    """Return what was looked for in the variables of a host: one of these names."""
    gathered = variables.get(_GATHERED)
    facts = gathered if isinstance(gathered, Mapping) else {}
    is_read = any(not str(name).startswith(_DISCOVERED) for name in facts)
    return "sought_facts" if is_read else "sought_variables", {"names": _shortened(names)}


def sought_pointers(fact_map: FactMap) -> Sought:
    """Return what was looked for with a FactMap: one of the own values that it reads."""
    return "sought_map", {"map": fact_map.id, "pointers": _shortened(own_pointers(fact_map))}


def sought_stated() -> Sought:
    """Return what was looked for in facts that are stated: a value."""
    return "sought_stated", {}


def sought_host_facts() -> Sought:
    """Return what was looked for by license_compliance with a plain JSON Schema: HostFacts."""
    return "sought_host_facts", {}


def sought_system(name: str) -> Sought:
    """Return what was looked for about a system that is named and that no host of the run is: its facts."""
    return "sought_system", {"name": name}


def own_pointers(fact_map: FactMap) -> list[str]:
    """Return the pointers of the own values that the map reads, each once."""
    readings: Iterable[FactReading] = fact_map.facts.values()
    return list(dict.fromkeys(pointer for reading in readings for pointer in pointers_of(reading)))


def _shortened(names: Sequence[str]) -> list[str]:
    return [*names[:MOST_NAMES], *(["…"] if len(names) > MOST_NAMES else [])]
