# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the input of a filter or test: HostFacts, host variables, or facts in a site's own words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..base.errors import FactsError, InvalidDocument, PolicyError, Problem
from ..documents.plain_data import is_omitted, kind_of, normalize
from ..fact_map.model import FactMap
from ..policy.own_names import OwnNames
from .host_reading import HostInput
from .host_variables import (
    Read,
    are_certain_variables,
    are_host_variables,
    are_variables,
    facts_of,
    host_facts_of,
    host_name,
    is_hostvars,
    named_facts_of,
    own_facts_of,
    site_facts_of,
    unchanged,
    with_templates_marked,
)
from .mapped_hosts import MappedHost, mapped_inputs
from .sought import sought_names, sought_stated
from .sources import host_inputs, is_node

#: The name of a host whose facts have the site's own words and no name.
_UNNAMED = "facts"
_HOST_NAMES = ("inventory_hostname", "hostname", "ansible_hostname")


def _never(_text: str) -> bool:
    return False


@dataclass(frozen=True)
class VariableReader:
    """How to read variables. ``is_template`` returns whether a text is a template that was not resolved.

    ``is_reserved`` returns whether Ansible uses the name of a variable itself. With ``names_hosts``, the
    caller has named the hosts of the input, so a mapping has the facts of each.
    """

    is_template: Callable[[str], bool] = _never
    is_reserved: Callable[[str], bool] = _never
    names_hosts: bool = False


def read_given(
    value: object,
    host: str | None,
    default: str | None = None,
    fact_map: FactMap | None = None,
    names: OwnNames | None = None,
    reader: VariableReader = VariableReader(),
) -> list[HostInput]:
    """Return the hosts of ``value``: facts as for ``host_inputs``, or host variables.

    Host variables are those of one host, or a mapping from host names to them (``hostvars``); they are read
    as the action license_compliance reads them. With ``fact_map``, facts are those in the site's own words:
    of one host, a mapping from host names to them, or a list with the name of the host in each item;
    HostFacts are accepted as well. Facts of one host do not show the other nodes of its system: ``complete``
    of the map does not hold for them, ``nodes`` does. ``names`` are those of plain JSON Schemas, which check
    facts in the site's own words without a map, and never HostFacts that they do not state. A template that
    was not resolved is never a fact. Raises FactsError or PolicyError as ``host_inputs``
    does, ``facts_one_or_fleet`` for a mapping that can be one host or a fleet.
    """
    if fact_map is not None:
        hosts = list(_Mapped(fact_map, reader.is_template).hosts(value, host, default))
        # A list or a mapping with one host shows no more of its system than the facts of the host alone.
        # Only Ansible's hostvars always have the whole inventory.
        is_alone = len(hosts) == 1 and not is_hostvars(value)
        if is_alone or (isinstance(value, Mapping) and not _has_hosts(value, host, fact_map)):
            fact_map = replace(fact_map, complete=False)
        return mapped_inputs(fact_map, hosts)[0]
    if names is not None:
        found = _Plain(names, reader).hosts(value, host, default)
        if found is not None:
            return found
    if isinstance(value, Mapping) and are_host_variables(value):
        return [_of_variables(str.__str__(name), value[name], reader.is_template) for name in value]
    if isinstance(value, Mapping) and are_variables(value):
        return [_of_variables(_named(value, host, default), value, reader.is_template)]
    return host_inputs(value, host, default)


def refuse_own_words(given: Iterable[HostInput]) -> None:
    """Raise PolicyError ``facts_own_words`` for facts that are no HostFacts, as those without ``kind``.

    Their host is unknown for every rule, which a caller that only asks whether it complies cannot see.
    """
    for each in given:
        if isinstance(each.facts, Mapping) and each.facts and "kind" not in each.facts:
            raise PolicyError("facts_own_words")


class _Plain:
    """Reads facts for plain JSON Schemas. Only what Ansible has made is taken for variables."""

    def __init__(self, names: OwnNames, reader: VariableReader) -> None:
        self._names = names
        self._reader = reader

    def hosts(self, value: object, host: str | None, default: str | None) -> list[HostInput] | None:
        """Return the hosts of ``value``; None if they are HostFacts."""
        if not isinstance(value, Mapping):
            # A list of HostFacts, or data of another type, which a schema can describe as well.
            is_list = isinstance(value, (list, tuple)) and any(map(_is_host_facts, value))
            return None if is_list else [_stated(host or default or _UNNAMED, value)]
        if is_hostvars(value) or (host is None and value and all(map(are_certain_variables, value.values()))):
            return [self._of_variables(str.__str__(name), value[name]) for name in value]
        if are_certain_variables(value):
            return [self._of_variables(host or host_name(value) or default or _UNNAMED, value)]
        if _is_host_facts(value):
            return None
        if host is None and self._is_fleet(value):
            if any(map(_is_host_facts, value.values())):
                return None
            return [_stated(str.__str__(name), facts) for name, facts in value.items()]
        return [_stated(host or default or _UNNAMED, value)]

    def _is_fleet(self, value: Mapping[str, Any]) -> bool:
        """Return whether this maps host names to facts. Raises PolicyError if it could be one host as well.

        A fleet has no name that the schemas read, and each of its values has one, or is null or empty. A
        single value does not show whether its name is that of a host, unless the caller names hosts.
        """
        items = [item for item in value.values() if item is not None]
        if not value or not all(isinstance(item, Mapping) for item in items):
            return False
        known = [_is_host_facts(item) or is_node(item) or self._names_any(item) for item in items if item]
        if self._reader.names_hosts or any(map(_is_host_facts, items)):
            return True
        is_object = any(name in value for name in self._names.names) or any(
            each.reads_any(value) for each in self._names.open_keywords
        )
        if is_object and not any(known):
            return False
        is_part = any(name in value for name in self._names.inner)
        if len(value) == 1 or is_object or is_part or not all(known) or (items and not known):
            raise PolicyError("facts_one_or_fleet")
        return True

    def _names_any(self, value: Mapping[str, Any]) -> bool:
        return any(name in value for name in self._names.names)

    def _of_variables(self, host: str, variables: object) -> HostInput:
        if not isinstance(variables, Mapping):
            return HostInput(host)
        names = self._names.for_variables()
        reserved = [name for name in names if self._reader.is_reserved(name)]
        if reserved:
            raise InvalidDocument([Problem("host_fact_reserved", {"name": name}) for name in reserved])
        found = named_facts_of(variables, names, _marking(self._reader.is_template))
        return _stated(host, found) if found else HostInput(host, sought=sought_names(names, variables))


def _stated(host: str, facts: object) -> HostInput:
    """Return facts as they are; an empty mapping states that there are none."""
    if is_omitted(facts):
        return HostInput(host)
    try:
        return HostInput(host, normalize(facts), sought=sought_stated())
    except FactsError as error:
        return HostInput(host, error=error)


def _is_host_facts(value: object) -> bool:
    return isinstance(value, Mapping) and value.get("kind") == "HostFacts"


def _marking(is_template: Callable[[str], bool]) -> Read:
    return lambda _name, value: with_templates_marked(value, is_template)


def _of_variables(host: str, variables: object, is_template: Callable[[str], bool]) -> HostInput:
    return HostInput(host, facts_of(variables, host, _marking(is_template)))


def _named(value: Mapping[str, Any], host: str | None, default: str | None) -> str:
    subject = value.get("subject")
    named = subject.get("id") if isinstance(subject, Mapping) else None
    found = host or host_name(value) or (named if isinstance(named, str) else None) or default
    if found is None:
        raise PolicyError("facts_subject")
    return found


class _Mapped:
    """Reads facts in the site's own words for a FactMap."""

    def __init__(self, fact_map: FactMap, is_template: Callable[[str], bool]) -> None:
        self._map = fact_map
        self._is_template = is_template

    def hosts(self, value: object, host: str | None, default: str | None) -> Iterator[MappedHost]:
        """Yield the hosts of ``value``. Raises PolicyError for facts without a name of their host."""
        if are_host_variables(value) and isinstance(value, Mapping):
            for name in value:
                yield self._host(str.__str__(name), value[name])
        elif isinstance(value, Mapping):
            if host is None and _is_fleet(value, self._map):
                for name, facts in value.items():
                    yield self._host(str.__str__(name), facts)
            else:
                yield self._host(_own_name(value, host, default), value)
        elif isinstance(value, (list, tuple)):
            for item in value:
                if not isinstance(item, Mapping):
                    raise PolicyError("facts_input", type=kind_of(item))
                yield self._host(_own_name(item, None, None), item)
        else:
            raise PolicyError("facts_input", type=kind_of(value))

    def _host(self, host: str, value: object) -> MappedHost:
        if not isinstance(value, Mapping):
            return MappedHost(host, {})
        if "kind" in value:
            return MappedHost(host, {}, host_facts=value)
        # Data that is not a variable may contain any text.
        read = _marking(self._is_template) if are_variables(value) else unchanged
        facts = own_facts_of(value, self._map.names, read)
        return MappedHost(host, facts, site_facts_of(value, read), host_facts_of(value, host, read))


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
