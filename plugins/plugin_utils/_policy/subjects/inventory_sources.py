# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find systems of the inventory plugin whose address or facts another inventory source replaced.

Ansible merges the variables of all sources that name a host, and the last source wins. The plugin therefore
marks each system with the place where it read it, in a variable of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..base.addresses import comparable_endpoint, comparable_place
from ..base.errors import TwoSources

#: Host variable: where the inventory plugin read a system (``host``, ``port``), and its file (``source``).
#: With ``first`` and ``second``, two sources name different managers, and each is one of them with its file.
READ_FROM = "usphere_read_from"


def replaced(host: str, variables: object, is_template: Callable[[str], bool]) -> TwoSources | None:
    """Return the error of ``host`` if its address or facts are not those of the manager that was read.

    None for a host that the inventory plugin does not list as a system. A template is not the address that
    was read. Facts that a later task read from the same manager are not replaced.
    """
    mark = variables.get(READ_FROM) if isinstance(variables, Mapping) else None
    if not isinstance(mark, Mapping) or not isinstance(variables, Mapping):
        return None
    if "first" in mark:
        return TwoSources.of_managers(host, str(mark["first"]), str(mark.get("second")))
    source, place = str(mark.get("source")), comparable_place(str(mark.get("host")), mark.get("port"))
    address, port = variables.get("usphere_host"), variables.get("usphere_port")
    if not isinstance(address, str) or is_template(address) or comparable_place(address, port) != place:
        shown = address if port is None else f"{address}:{port}"
        return TwoSources.of_address(host, source, place, str(shown))
    if not _are_of(variables.get("usphere"), place):
        return TwoSources.of_facts(host, source, place)
    return None


def _are_of(facts: object, place: str) -> bool:
    """Return whether facts were read at ``place``, or are those of a manager that could not be read."""
    if not isinstance(facts, Mapping):
        return False
    source, unknown = facts.get("source"), facts.get("unknown")
    endpoint = source.get("endpoint") if isinstance(source, Mapping) else None
    if isinstance(endpoint, str):
        return comparable_endpoint(endpoint).partition("://")[2] == place
    return isinstance(unknown, Mapping) and "" in unknown
