# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the input of a filter or test: HostFacts, host variables, or facts in a site's own words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..base.errors import PolicyError
from ..documents.plain_data import normalize
from ..fact_map.model import FactMap
from .host_reading import HostInput
from .host_variables import (
    are_host_variables,
    are_variables,
    facts_of,
    host_facts_of,
    host_name,
    own_facts_of,
    site_facts_of,
)
from .mapped_hosts import MappedHost, mapped_inputs
from .sources import host_inputs, is_node

#: The name of a host whose facts have the site's own words and no name.
_UNNAMED = "facts"
_HOST_NAMES = ("inventory_hostname", "hostname", "ansible_hostname")


def read_given(
    value: object,
    host: str | None,
    default: str | None = None,
    fact_map: FactMap | None = None,
    names: Sequence[str] | None = None,
) -> list[HostInput]:
    """Return the hosts of ``value``: facts as for ``host_inputs``, or host variables.

    Host variables are those of one host, or a mapping from host names to them (``hostvars``); they are read
    as the action license_compliance reads them. With ``fact_map``, facts are those in the site's own words:
    of one host, a mapping from host names to them, or a list with the name of the host in each item;
    HostFacts are accepted as well. Facts of one host do not show the other nodes of its system: ``complete``
    of the map does not hold for them, ``nodes`` does. ``names`` are those of the properties of a plain JSON
    Schema, which checks facts in the site's own words without a map. Raises FactsError or PolicyError as
    ``host_inputs`` does.
    """
    if fact_map is not None:
        hosts = list(_mapped(value, host, default, fact_map))
        if isinstance(value, Mapping) and not _has_hosts(value, host, fact_map):
            fact_map = replace(fact_map, complete=False)
        return mapped_inputs(fact_map, hosts)[0]
    if names is not None:
        found = _plain(value, host, default, names)
        if found is not None:
            return found
    if are_host_variables(value):
        assert isinstance(value, Mapping), "variables by host are a mapping"
        return [_of_variables(str.__str__(name), value[name]) for name in value]
    if are_variables(value):
        assert isinstance(value, Mapping), "variables of a host are a mapping"
        return [_of_variables(_named(value, host, default), value)]
    return host_inputs(value, host, default)


def _plain(
    value: object, host: str | None, default: str | None, names: Sequence[str]
) -> list[HostInput] | None:
    """Return the hosts of facts for a plain JSON Schema; None if they are HostFacts or facts of setup."""
    if are_host_variables(value) and isinstance(value, Mapping):
        return [_of_own_variables(str.__str__(name), value[name], names) for name in value]
    if not isinstance(value, Mapping):
        # A list of HostFacts, or data of another type, which a schema can describe as well.
        is_list = isinstance(value, (list, tuple)) and any(map(_is_document, value))
        return None if is_list else [HostInput(host or default or _UNNAMED, normalize(value))]
    if are_variables(value):
        return [_of_own_variables(host or host_name(value) or default or _UNNAMED, value, names)]
    if _is_document(value) or (is_node(value) and not _names_any(value, names)):
        return None
    if host is None and value and not _names_any(value, names):
        if any(map(_is_document, value.values())):
            return None
        if all(item is None or isinstance(item, Mapping) for item in value.values()):
            return [HostInput(str.__str__(name), facts) for name, facts in value.items()]
    return [HostInput(host or default or _UNNAMED, normalize(value))]


def _of_own_variables(host: str, variables: object, names: Sequence[str]) -> HostInput:
    found = own_facts_of(variables, names)
    return HostInput(host, found) if found else _of_variables(host, variables)


def _is_document(value: object) -> bool:
    return isinstance(value, Mapping) and "kind" in value


def _names_any(value: Mapping[str, Any], names: Sequence[str]) -> bool:
    return any(name in value or f"ansible_{name}" in value for name in names)


def _of_variables(host: str, variables: object) -> HostInput:
    return HostInput(host, facts_of(variables, host))


def _named(value: Mapping[str, Any], host: str | None, default: str | None) -> str:
    subject = value.get("subject")
    named = subject.get("id") if isinstance(subject, Mapping) else None
    found = host or host_name(value) or (named if isinstance(named, str) else None) or default
    if found is None:
        raise PolicyError("facts_subject")
    return found


def _mapped(value: object, host: str | None, default: str | None, fact_map: FactMap) -> Iterator[MappedHost]:
    if are_host_variables(value) and isinstance(value, Mapping):
        for name in value:
            yield _host_of(str.__str__(name), value[name], fact_map)
    elif isinstance(value, Mapping):
        if _has_hosts(value, host, fact_map):
            for name, facts in value.items():
                yield _host_of(str.__str__(name), facts, fact_map)
        else:
            yield _host_of(_own_name(value, host, default), value, fact_map)
    elif isinstance(value, (list, tuple)):
        for item in value:
            if not isinstance(item, Mapping):
                raise PolicyError("facts_input", type=type(item).__name__)
            yield _host_of(_own_name(item, None, None), item, fact_map)
    else:
        raise PolicyError("facts_input", type=type(value).__name__)


def _has_hosts(value: Mapping[str, Any], host: str | None, fact_map: FactMap) -> bool:
    """Return whether this maps host names to facts or variables, not the names of facts to their values."""
    return are_host_variables(value) or (host is None and _is_fleet(value, fact_map))


def _is_fleet(value: Mapping[str, Any], fact_map: FactMap) -> bool:
    """Return whether this maps host names to facts: it has no name that the map reads, and mappings only."""
    if "kind" in value or are_variables(value) or any(name in value for name in fact_map.names):
        return False
    if any(f"ansible_{name}" in value for name in fact_map.names):
        return False
    return all(item is None or isinstance(item, Mapping) for item in value.values())


def _own_name(value: Mapping[str, Any], host: str | None, default: str | None) -> str:
    stated = next((value[name] for name in _HOST_NAMES if isinstance(value.get(name), str)), None)
    return host or (None if stated is None else str.__str__(stated)) or _named(value, None, default)


def _host_of(host: str, value: object, fact_map: FactMap) -> MappedHost:
    if not isinstance(value, Mapping):
        return MappedHost(host, {})
    if "kind" in value:
        return MappedHost(host, {}, host_facts=value)
    facts = own_facts_of(value, fact_map.names)
    host_facts = host_facts_of(value, host)
    return MappedHost(host, facts, site_facts_of(value), host_facts)
