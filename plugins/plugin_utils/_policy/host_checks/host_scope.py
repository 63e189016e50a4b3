# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the facts of one host: those that a task states, or those that its variables have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..base.errors import FactsError, InvalidDocument, PolicyError, Problem
from ..documents.plain_data import normalize
from ..evaluation.play_scope import PlayScope, inputs, inventory_of
from ..fact_map.model import FactMap
from ..subjects.given_facts import read_given
from ..subjects.host_identity import Inventory
from ..subjects.host_reading import HostInput
from ..subjects.host_variables import own_facts_of
from ..subjects.mapped_hosts import MappedHost, mapped_inputs
from ..subjects.sources import host_inputs

#: The prefix that the facts of ansible.builtin.setup have as variables.
PREFIX = "ansible_"
_FACTS = "ansible_facts"


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
            own = own_facts_of(self.values, fact_map.names, lambda _name, value: self.resolve(value))
        except FactsError as error:
            return HostInput(self.host, error=error)
        given = self.facts()
        site = given.facts.get("site_facts") if isinstance(given.facts, Mapping) else None
        host = MappedHost(self.host, own, site, given.facts)
        return mapped_inputs(fact_map, [host])[0][0]

    def named_facts(self, names: Iterable[str]) -> HostInput:
        """Return the facts of these names: variables of the host, else its facts from modules such as setup.

        Only variables are templated. Raises InvalidDocument for names that Ansible reserves, PolicyError
        ``host_facts_required`` if there are no names.
        """
        wanted = list(names)
        if not wanted:
            raise PolicyError("host_facts_required")
        self._refuse_reserved(wanted)
        gathered = self.values.get(_FACTS)
        facts: Mapping[str, Any] = gathered if isinstance(gathered, Mapping) else {}
        found: dict[str, object] = {}
        error: FactsError | None = None
        for name in wanted:
            try:
                if name in self.values and not self._is_injected(name, facts):
                    found[name] = normalize(self.resolve(self.values[name]))
                    continue
                fact = _fact_name(name, facts)
                if fact is not None:
                    found[name] = normalize(facts[fact])
            except FactsError as reason:
                pointer = f"/{name}{str(reason.fields.get('pointer', '')).rstrip('/')}"
                fields: dict[str, Any] = {**reason.fields, "pointer": pointer}
                error = FactsError(reason.code, **fields)
        return HostInput(self.host, None, error=error) if error else HostInput(self.host, found)

    def _refuse_reserved(self, names: Iterable[str]) -> None:
        reserved = [name for name in names if self.is_reserved(name)]
        if reserved:
            raise InvalidDocument([Problem("host_fact_reserved", {"name": name}) for name in reserved])

    def _is_injected(self, name: str, facts: Mapping[str, Any]) -> bool:
        # Ansible can repeat the facts of setup as variables. As facts they are never templated.
        fact = name[len(PREFIX) :] if name.startswith(PREFIX) else ""
        return fact in facts and bool(facts[fact] == self.values[name])


def _fact_name(name: str, facts: Mapping[str, Any]) -> str | None:
    for candidate in (name, name[len(PREFIX) :] if name.startswith(PREFIX) else PREFIX + name):
        if candidate in facts:
            return candidate
    return None


def stated_facts(value: object, host: str, plain: bool, fact_map: FactMap | None = None) -> HostInput:
    """Return the facts that a task states for ``host``.

    With ``fact_map`` they are those that the map reads. Else, for a plain JSON Schema they are any data; for
    a policy they are HostFacts or the facts of setup. Raises PolicyError ``host_facts_input`` for facts of
    several hosts.
    """
    if plain and fact_map is None:
        try:
            return HostInput(host, normalize(value))
        except FactsError as error:
            return HostInput(host, error=error)
    if not isinstance(value, Mapping):
        raise PolicyError("host_facts_input", type=type(value).__name__)
    if not value:
        return HostInput(host)
    try:
        found = host_inputs(value, host) if fact_map is None else read_given(value, host, fact_map=fact_map)
    except FactsError as error:
        return HostInput(host, error=error)
    if len(found) != 1 or found[0].host != host:
        raise PolicyError("host_facts_input", type="a mapping from hosts to facts")
    return found[0]


def inventory_for(given: HostInput, task_vars: Mapping[str, Any], variables: HostVariables) -> Inventory:
    """Return the hosts that the facts could be about: of the inventory, if their subject is another host."""
    subject = given.facts.get("subject") if isinstance(given.facts, Mapping) else None
    named = subject.get("id") if isinstance(subject, Mapping) else None
    if named is None or named == given.host:
        return Inventory(frozenset((given.host,)))
    hostvars = task_vars.get("hostvars", {})
    scope = PlayScope((given.host,), frozenset((given.host,)), 1)

    def variables_of(host: str) -> object:
        if host == given.host:
            return variables.values
        return hostvars.raw_get(host) if hasattr(hostvars, "raw_get") else hostvars.get(host)

    return inventory_of(task_vars, scope, variables_of, variables.is_template)
