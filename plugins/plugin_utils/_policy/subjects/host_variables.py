# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read facts from the variables of a host, as the inventory and Ansible's own facts state them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..base.ansible_names import SET_BY_ANSIBLE
from ..documents.plain_data import MAX_DEPTH, Template, is_omitted
from .fact_age import Candidate, Channel
from .sources import is_node, node_facts, with_site_only

FACTS = "usphere"
SITE_FACTS = "usphere_site_facts"
GATHERED = "ansible_facts"
_HOST = "inventory_hostname"
_PREFIX = "ansible_"
_NAMES = (FACTS, SITE_FACTS, GATHERED)
_MARKS = (GATHERED, "group_names", "groups", "hostvars", "playbook_dir")

#: Returns the value of the host variable of this name.
Read = Callable[[str, object], object]


def unchanged(_name: str, value: object) -> object:
    """Return ``value``: the variables are plain data already."""
    return value


def are_variables(value: object) -> bool:
    """Return whether these are the variables of one host, not its facts or facts by host name."""
    if not isinstance(value, Mapping) or "kind" in value:
        return False
    if _HOST in value:
        return True
    given = [name for name in _NAMES if name in value]
    return bool(given) and not all(_is_entry(value[name]) for name in value)


def are_certain_variables(value: object) -> bool:
    """Return whether these are the variables of one host as Ansible has them.

    Facts in the words of a site can contain any name, so one name that Ansible sets does not tell them apart.
    """
    return isinstance(value, Mapping) and _HOST in value and any(name in value for name in _MARKS)


def is_hostvars(value: object) -> bool:
    """Return whether this is Ansible's own ``hostvars``."""
    return isinstance(value, Mapping) and hasattr(value, "raw_get")


def are_host_variables(value: object) -> bool:
    """Return whether this maps host names to the variables of each host, as ``hostvars`` does."""
    if not isinstance(value, Mapping):
        return False
    # Only Ansible's own hostvars has this method. Reading its values would resolve all of them.
    return hasattr(value, "raw_get") or (bool(value) and all(map(are_variables, value.values())))


def _is_entry(item: object) -> bool:
    return item is None or is_node(item) or (isinstance(item, Mapping) and "kind" in item)


def host_name(variables: Mapping[str, Any]) -> str | None:
    """Return the name of the host whose variables these are; None if they do not contain it."""
    name = variables.get(_HOST)
    return str.__str__(name) if isinstance(name, str) and name else None


def facts_of(variables: object, host: str, read: Read = unchanged, gathered: Read = unchanged) -> object:
    """Return the facts in a host's variables; None without any.

    Facts that were gathered take precedence over the variable ``usphere``; facts of setup are used if there
    is neither. The site facts of the inventory are merged over those of the facts, and are facts of
    their own.
    ``read`` and ``gathered`` make plain data of a variable and of gathered facts.
    """
    if not isinstance(variables, Mapping):
        return None
    found = host_facts_of(variables, host, read, gathered)
    return with_site_only(found, site_facts_of(variables, read))


def host_facts_of(
    variables: Mapping[str, Any], host: str, read: Read = unchanged, gathered: Read = unchanged
) -> object:
    """Return the HostFacts in a host's variables without its site facts; None without any."""
    found = facts_by_channel(variables, host, read, gathered)
    return found[0].facts if found else None


def facts_by_channel(
    variables: Mapping[str, Any], host: str, read: Read = unchanged, gathered: Read = unchanged
) -> list[Candidate]:
    """Return the HostFacts in a host's variables by channel, those with precedence first.

    Ansible's own facts of a node count only without others.
    """
    given = variables.get(GATHERED)
    facts = given if isinstance(given, Mapping) else {}
    found = []
    if FACTS in facts:
        found.append(Candidate(gathered(FACTS, facts[FACTS]), Channel.FACT_CACHE))
    if FACTS in variables and not (found and variables[FACTS] is facts[FACTS]):
        found.append(Candidate(read(FACTS, variables[FACTS]), Channel.VARIABLE))
    if not found and is_node(given):
        found.append(Candidate(node_facts(facts, host), Channel.SETUP))
    return found


def site_facts_of(variables: object, read: Read = unchanged) -> object:
    """Return the site facts in a host's variables; None without any."""
    if not isinstance(variables, Mapping) or SITE_FACTS not in variables:
        return None
    return read(SITE_FACTS, variables[SITE_FACTS])


def own_facts_of(variables: object, names: Iterable[str], read: Read = unchanged) -> dict[str, Any]:
    """Return the own facts of these names in a host's variables.

    A variable takes precedence over a gathered fact of the same name, which may have the prefix ``ansible_``.
    Gathered facts are data of the host and are never templated.
    """
    if not isinstance(variables, Mapping):
        return {}
    given = variables.get(GATHERED)
    facts = given if isinstance(given, Mapping) else {}
    found: dict[str, Any] = {}
    for name in names:
        prefixed = _PREFIX + name
        if name in variables:
            found[name] = read(name, variables[name])
        elif name in facts:
            found[name] = facts[name]
        elif prefixed in facts:
            found[name] = facts[prefixed]
        elif prefixed in variables and prefixed not in SET_BY_ANSIBLE:
            # Facts of setup that are passed without ansible_facts. A variable can have this name, too.
            found[name] = read(prefixed, variables[prefixed])
    return _without_omitted(found)


def _without_omitted(found: dict[str, Any]) -> dict[str, Any]:
    # A variable whose template results in ``omit`` is a variable that the host does not have.
    return {name: value for name, value in found.items() if not is_omitted(value)}


def named_facts_of(variables: Mapping[str, Any], names: Iterable[str], read: Read) -> dict[str, Any]:
    """Return the facts of these names in a host's variables, for a plain JSON Schema.

    A variable of exactly this name takes precedence over a gathered fact, which may have the name without or
    with the prefix ``ansible_``. ``read`` makes plain data of a variable; gathered facts are data already.
    """
    given = variables.get(GATHERED)
    facts = given if isinstance(given, Mapping) else {}
    found: dict[str, Any] = {}
    for name in names:
        if name in variables and not _is_injected(name, variables[name], facts):
            found[name] = read(name, variables[name])
            continue
        fact = _fact_name(name, facts)
        if fact is not None:
            found[name] = facts[fact]
    return _without_omitted(found)


def _is_injected(name: str, value: object, facts: Mapping[str, Any]) -> bool:
    # Ansible can repeat the facts of setup as variables. As facts they are never templated.
    fact = name[len(_PREFIX) :] if name.startswith(_PREFIX) else ""
    return fact in facts and bool(facts[fact] == value)


def _fact_name(name: str, facts: Mapping[str, Any]) -> str | None:
    for candidate in (name, name[len(_PREFIX) :] if name.startswith(_PREFIX) else _PREFIX + name):
        if candidate in facts:
            return candidate
    return None


def with_templates_marked(value: object, is_template: Callable[[str], bool], depth: int = 0) -> object:
    """Return ``value`` with a Template in place of each text that is still a template, which is no fact."""
    if isinstance(value, str):
        return Template() if is_template(value) else value
    if depth > MAX_DEPTH:
        # Facts that exceed this depth are an error of their host. The limit also ends cycles.
        return value
    if isinstance(value, Mapping):
        return {key: with_templates_marked(item, is_template, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [with_templates_marked(item, is_template, depth + 1) for item in value]
    return value
