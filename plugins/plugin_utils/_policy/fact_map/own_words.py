# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Name the own value that each unknown fact of mapped HostFacts is read from, for findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ....module_utils._pointer import MISSING, lookup
from ..facts.facts import Unread
from ..facts.quoted_value import unquoted
from .document import Origins

#: Maximum number of nodes that one fact names.
_MOST_NODES = 5
#: The text about the list of hosts names the nodes itself.
_HOSTS = ("/hosts", "/hosts/-")


def with_own_words(
    unread: Mapping[str, Unread],
    unknown: Mapping[str, str],
    tree: Mapping[str, object],
    origins: Origins,
    nodes: Mapping[str, tuple[str, ...]],
    near: Mapping[str, str],
) -> dict[str, Unread]:
    """Return the ``unread`` values and the missing ``unknown`` facts, each with its own pointer.

    A fact that the map does not read says so.

    ``origins`` are the own pointers with the id of their map, ``nodes`` the nodes of a system without a
    fact, ``near`` the own pointers that resemble those without a value. The facts of a row of ``/hosts`` are
    those of the node with its name.
    """
    found = dict(unread)
    fact_map_id = next((own[0].partition(":")[0] for own in origins.values() if own), "")
    for pointer in dict.fromkeys((*unread, *unknown)):
        own = _origins_of(origins, pointer)
        if pointer in _HOSTS:
            continue
        if not own:
            if pointer not in found and pointer in unknown and _is_unread(origins, pointer):
                fields = {"pointer": pointer, "map": fact_map_id}
                found[pointer] = Unread(pointer, None, ("map_not_read", fields))
            continue
        fact = unread.get(pointer) or Unread(
            pointer, None, ("", {}), unknown[pointer], near=near.get(pointer, "")
        )
        fact_map = own[0].partition(":")[0]
        pointers = " / ".join(each.partition(":")[2] for each in own)
        found[pointer] = replace(fact, own=pointers, fact_map=fact_map, node=_node(tree, pointer, nodes))
    return found


def _origins_of(origins: Origins, pointer: str) -> tuple[str, ...]:
    while pointer and pointer != _HOSTS[0]:
        # The list of hosts has the origins of all facts of its rows.
        if pointer in origins:
            # A fact that the map states has no own pointer, only the id of the map.
            return tuple(each for each in origins[pointer] if ":" in each)
        pointer = pointer.rpartition("/")[0]
    return ()


def _is_unread(origins: Origins, pointer: str) -> bool:
    """Return whether the map reads nothing at, above or below ``pointer``; it states nothing there either."""
    return not any(
        name == pointer or pointer.startswith(name + "/") or name.startswith(pointer + "/")
        for name in origins
        if name != _HOSTS[0]
    )


def _node(tree: Mapping[str, object], pointer: str, nodes: Mapping[str, tuple[str, ...]]) -> str:
    if lookup(tree, "/subject/kind") != "system":
        return ""
    if pointer.startswith("/hosts/"):
        name = lookup(tree, "/".join(pointer.split("/")[:3]) + "/name")
        return "" if name is MISSING else unquoted(name)
    names = nodes.get(pointer, ())
    more = ", …" if len(names) > _MOST_NODES else ""
    return ", ".join(map(unquoted, names[:_MOST_NODES])) + more
