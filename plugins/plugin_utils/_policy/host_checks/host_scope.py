# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the facts of one host: those that a task states, or those that its variables have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..base.errors import FactsError, InvalidDocument, PolicyError, Problem
from ..documents.plain_data import is_omitted, kind_of, normalize
from ..evaluation.play_scope import PlayScope, inputs, inventory_of
from ..fact_map.model import FactMap
from ..subjects.given_facts import read_given, refuse_own_words
from ..subjects.host_identity import Inventory
from ..subjects.host_reading import HostInput
from ..subjects.host_variables import named_facts_of, own_facts_of
from ..subjects.inventory_sources import replaced
from ..subjects.mapped_hosts import MappedHost, mapped_inputs
from ..subjects.sought import sought_names, sought_stated
from ..subjects.sources import host_inputs


@dataclass(frozen=True)
class HostVariables:
    """The variables of one host, as Ansible has them for a task.

    ``resolve`` returns a variable with its templates resolved, and raises PolicyError if that fails.
    ``is_template`` returns whether a text would be templated. ``is_reserved`` returns whether Ansible uses a
    name itself.
    """

    host: str
    values: Mapping[str, Any]
    resolve: Callable[[object], object]
    is_template: Callable[[str], bool]
    is_reserved: Callable[[str], bool]

    def facts(self) -> HostInput:
        """Return the facts that license_compliance reads for this host: HostFacts or the facts of setup."""
        scope = PlayScope((self.host,), frozenset((self.host,)), 1)
        (given,), _outside = inputs(scope, lambda _host: self.values, self.is_template)
        return given

    def mapped_facts(self, fact_map: FactMap) -> HostInput:
        """Return the facts that ``fact_map`` reads from variables and gathered facts, else ``facts``.

        Raises InvalidDocument for names that Ansible reserves.
        """
        self._refuse_reserved(fact_map.names)
        try:
            own = own_facts_of(self.values, fact_map.names, self._resolved)
        except FactsError as error:
            return HostInput(self.host, error=error)
        given = self.facts()
        site = given.facts.get("site_facts") if isinstance(given.facts, Mapping) else None
        host = MappedHost(self.host, own, site, given.facts)
        return mapped_inputs(fact_map, [host])[0][0]

    def named_facts(self, names: Iterable[str]) -> HostInput:
        """Return the facts of these names: variables of the host, else its facts from modules such as setup.

        Only variables are templated. A host that has none of them has no facts. Raises InvalidDocument for
        names that Ansible reserves.
        """
        wanted = list(names)
        self._refuse_reserved(wanted)
        try:
            found = named_facts_of(self.values, wanted, self._resolved)
            if not found:
                return HostInput(self.host, sought=sought_names(wanted, self.values))
            return HostInput(self.host, normalize(found))
        except FactsError as error:
            return HostInput(self.host, error=error)

    def _refuse_reserved(self, names: Iterable[str]) -> None:
        reserved = [name for name in names if self.is_reserved(name)]
        if reserved:
            raise InvalidDocument([Problem("host_fact_reserved", {"name": name}) for name in reserved])

    def _resolved(self, name: str, value: object) -> object:
        try:
            resolved = self.resolve(value)
        except FactsError as error:
            raise _below(name, error) from None
        return resolved if is_omitted(resolved) else _plain(name, resolved)


def _plain(name: str, value: object) -> object:
    try:
        return normalize(value)
    except FactsError as error:
        raise _below(name, error) from None


def _below(name: str, error: FactsError) -> FactsError:
    """Return the error with the name of the fact before its pointer."""
    pointer = f"/{name}{str(error.fields.get('pointer', '')).rstrip('/')}"
    fields: dict[str, Any] = {**error.fields, "pointer": pointer}
    return FactsError(error.code, **fields)


def stated_facts(value: object, host: str, plain: bool, fact_map: FactMap | None = None) -> HostInput:
    """Return the facts that a task states for ``host``.

    With ``fact_map`` they are those that the map reads. Else, for a plain JSON Schema they are any data; for
    a policy they are HostFacts or the facts of setup. A null and the empty text that a template can make of
    it do not count as facts; an empty mapping does for a plain JSON Schema, which can require a value.
    Raises PolicyError ``host_facts_input`` for facts of several hosts, ``facts_own_words`` for facts that
    only a FactMap can read.
    """
    is_schema = plain and fact_map is None
    if value is None or value == "" or is_omitted(value) or (value == {} and not is_schema):
        return HostInput(host, sought=None if fact_map is None and not plain else sought_stated())
    if is_schema:
        try:
            return HostInput(host, normalize(value))
        except FactsError as error:
            return HostInput(host, error=error)
    if not isinstance(value, Mapping):
        raise PolicyError("host_facts_input", type=kind_of(value))
    try:
        found = host_inputs(value, host) if fact_map is None else read_given(value, host, fact_map=fact_map)
    except FactsError as error:
        return HostInput(host, error=error)
    if len(found) != 1 or found[0].host != host:
        raise PolicyError("host_facts_input", type="a mapping from hosts to facts")
    if fact_map is None:
        refuse_own_words(found)
    return found[0]


def inventory_for(given: HostInput, task_vars: Mapping[str, Any], variables: HostVariables) -> Inventory:
    """Return the hosts that the facts could be about: of the inventory, if their subject is another host."""
    subject = given.facts.get("subject") if isinstance(given.facts, Mapping) else None
    named = subject.get("id") if isinstance(subject, Mapping) else None
    if named is None or named == given.host:
        return Inventory(
            frozenset((given.host,)),
            error_of=lambda host: replaced(host, variables.values, variables.is_template),
        )
    hostvars = task_vars.get("hostvars", {})
    scope = PlayScope((given.host,), frozenset((given.host,)), 1)

    def variables_of(host: str) -> object:
        if host == given.host:
            return variables.values
        return hostvars.raw_get(host) if hasattr(hostvars, "raw_get") else hostvars.get(host)

    return inventory_of(task_vars, scope, variables_of, variables.is_template)
