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
) -> dict[str, Unread]:
    """Return the ``unread`` values and the missing ``unknown`` facts, each with its own pointer.

    ``origins`` are the own pointers with the id of their map, ``nodes`` the nodes of a system without a
    fact. The facts of a row of ``/hosts`` are those of the node with its name.
    """
    found = dict(unread)
    for pointer in dict.fromkeys((*unread, *unknown)):
        own = _origins_of(origins, pointer)
        if pointer in _HOSTS or not own:
            continue
        fact = unread.get(pointer) or Unread(pointer, None, ("", {}), unknown[pointer])
        fact_map = own[0].partition(":")[0]
        pointers = " / ".join(each.partition(":")[2] for each in own)
        found[pointer] = replace(fact, own=pointers, fact_map=fact_map, node=_node(tree, pointer, nodes))
    return found


def _origins_of(origins: Origins, pointer: str) -> tuple[str, ...]:
    while pointer:
        if pointer in origins:
            # A fact that the map states has no own pointer, only the id of the map.
            return tuple(each for each in origins[pointer] if ":" in each)
        pointer = pointer.rpartition("/")[0]
    return ()


def _node(tree: Mapping[str, object], pointer: str, nodes: Mapping[str, tuple[str, ...]]) -> str:
    if lookup(tree, "/subject/kind") != "system":
        return ""
    if pointer.startswith("/hosts/"):
        name = lookup(tree, "/".join(pointer.split("/")[:3]) + "/name")
        return "" if name is MISSING else unquoted(name)
    names = nodes.get(pointer, ())
    more = ", …" if len(names) > _MOST_NODES else ""
    return ", ".join(map(unquoted, names[:_MOST_NODES])) + more
