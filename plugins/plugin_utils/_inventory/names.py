# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create safe and unique inventory host names from the names that a server reports.

Ansible reads host names as patterns, as parts of file names and, before ansible-core 2.19, as templates.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

QUALIFIED, NAME, IP = "qualified", "name", "ip"
HOSTNAMES = (QUALIFIED, NAME, IP)

#: Names with a special meaning in Ansible, such as the controller itself or all hosts.
RESERVED = frozenset(("localhost", "127.0.0.1", "::1", "all", "ungrouped", "omit"))

_OWN_GROUP = re.compile(r"(usphere|vms)(_.*)?")
_MAX_LENGTH = 100
_UNSAFE_IN_HOST = re.compile(r"[^\w.-]")
_UNSAFE_IN_GROUP = re.compile(r"\W")


@dataclass(frozen=True)
class Names:
    """Host names.

    ``of`` has the name of each node, by system; ``shared`` are wanted names that were not available.
    """

    of: tuple[tuple[str, ...], ...]
    shared: tuple[str, ...]


def safe_name(text: str) -> str:
    """Return ``text`` as part of a host name: word characters, dots and dashes; no leading dot or dash."""
    name = _UNSAFE_IN_HOST.sub("_", text)[:_MAX_LENGTH]
    return "_" + name[1:] if name[:1] in (".", "-") else name


def group_part(text: str) -> str:
    """Return ``text`` as part of a group name."""
    return _UNSAFE_IN_GROUP.sub("_", text)


def is_name(text: str) -> bool:
    """Return whether a system can have this name: it is a safe name and is not reserved."""
    return bool(text) and safe_name(text) == text and not _is_reserved(text)


def _is_reserved(name: str) -> bool:
    return name.lower() in RESERVED or _OWN_GROUP.fullmatch(name.lower()) is not None


def name_nodes(
    systems: Sequence[tuple[str, Sequence[Mapping[str, Any]]]], by: str, taken: Iterable[str] = ()
) -> Names:
    """Name the nodes of ``systems``, pairs of name and nodes, by one of HOSTNAMES.

    A name is not used if several nodes have it, if it is the name of a system, reserved or ``taken``. These
    nodes are then named NAME.SYSTEM, or NAME-ID.SYSTEM if that name is not unique. The result does not depend
    on the order of systems and nodes.
    """
    wanted = [[_wanted(node, system, by) for node in nodes] for system, nodes in systems]
    count = Counter(name for names in wanted for name in names)
    own = {system for system, _nodes in systems}
    others = frozenset() if by == QUALIFIED else frozenset(taken)

    def free(name: str) -> bool:
        return count[name] == 1 and not _is_reserved(name) and name not in own and name not in others

    given = [
        [name if free(name) else _qualified(node, system) for name, node in zip(names, nodes, strict=True)]
        for names, (system, nodes) in zip(wanted, systems, strict=True)
    ]
    shared = sorted({name for names in wanted for name in names if not free(name)})
    given_count = Counter(name for names in given for name in names)
    final = [
        [
            name if given_count[name] == 1 and name not in own else _numbered(node, system)
            for name, node in zip(names, nodes, strict=True)
        ]
        for names, (system, nodes) in zip(given, systems, strict=True)
    ]
    return Names(_unique(final, own), tuple(shared))


def _wanted(node: Mapping[str, Any], system: str, by: str) -> str:
    if by == IP and node.get("ip"):
        return str(node["ip"])
    if by == NAME and node.get("name"):
        return safe_name(str(node["name"]))
    return _qualified(node, system)


def _qualified(node: Mapping[str, Any], system: str) -> str:
    name = safe_name(str(node.get("name") or ""))
    return f"{name}.{system}" if name else _numbered(node, system)


def _numbered(node: Mapping[str, Any], system: str) -> str:
    name = safe_name(str(node.get("name") or "")) or "host"
    return f"{name}-{safe_name(str(node['id']))}.{system}"


def _unique(names: Sequence[Sequence[str]], taken: set[str]) -> tuple[tuple[str, ...], ...]:
    """Return unique names: append numbers to names that are equal after unsafe characters were replaced."""
    used = set(taken)
    found = []
    for row in names:
        unique = []
        for name in row:
            number, candidate = 1, name
            while candidate in used:
                number += 1
                candidate = f"{name}-{number}"
            used.add(candidate)
            unique.append(candidate)
        found.append(tuple(unique))
    return tuple(found)
