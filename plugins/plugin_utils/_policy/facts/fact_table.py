# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which facts exist and what values they can take: HostFacts and the derived facts as one tree of nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from ....module_utils._time import NEVER_TEXT
from ..documents.schemas import schema

# What describes the document and not the system is no fact.
_NO_FACTS = frozenset(("kind", "schema_version", "unknown", "site_facts"))
_ABOUT_READING = frozenset(("subject", "source"))


@dataclass(frozen=True)
class SiteFact:
    """A fact that only the site knows: declared by the policy, stated by the host.

    One that is ``implied`` comes from a bare schema that uses it and gives way to a declaration.
    """

    name: str
    type: str
    enum: tuple[Any, ...] | None = None
    implied: bool = False

    def to_dict(self) -> dict[str, Any]:
        """As the ``site_facts`` of a policy document declare it."""
        declared: dict[str, Any] = {"type": self.type}
        if self.enum is not None:
            declared["enum"] = list(self.enum)
        if self.implied:
            declared["implied"] = True
        return declared


@dataclass(frozen=True)
class Node:
    """One fact: ``choices`` are all its values if they are few, ``required`` its keys that always exist.

    A ``stated`` fact is the site's: whatever is required of it, it is required to be stated.
    """

    types: frozenset[str]
    choices: tuple[object, ...] | None = None
    never: bool = False
    instant: bool = False
    minimum: int | None = None
    maximum: int | None = None
    properties: dict[str, Node] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    items: Node | None = None
    stated: bool = False

    def find(self, steps: list[str]) -> Node | None:
        """The node at ``steps``; a number steps into a list's items."""
        node: Node | None = self
        for step in steps:
            if node is None:
                return None
            node = node.items if node.items is not None and step.isdigit() else node.properties.get(step)
        return node


@cache
def fact_table() -> Node:
    """The root of all facts. Each of its parts always exists: one that is not there has not been read."""
    host, derived = schema("host_facts"), schema("derived_facts")
    root = _merge(_node(host, host), _node(derived, derived))
    return replace(root, required=frozenset(root.properties) - _ABOUT_READING)


@cache
def grant_table() -> Node:
    """The root of the facts of a grant."""
    content = schema("grant_facts")
    return _node(content, content)


@cache
def server_table() -> Node:
    """The root of the facts of a License Server."""
    content = schema("server_facts")
    return _node(content, content)


def with_site_facts(root: Node, declared: Mapping[str, SiteFact]) -> Node:
    """The facts of a system with those that the site states, which stand beside the others."""
    if not declared:
        return root
    nodes = {
        name: Node(frozenset((each.type,)), choices=each.enum, stated=True) for name, each in declared.items()
    }
    return replace(
        root, properties={**root.properties, **nodes}, required=root.required | frozenset(declared)
    )


def _node(part: dict[str, Any], root: dict[str, Any]) -> Node:
    if "$ref" in part:
        return _node(root["$defs"][part["$ref"].rpartition("/")[2]], root)
    if "anyOf" in part:
        return _union([_node(branch, root) for branch in part["anyOf"]])
    if "const" in part or "enum" in part:
        values = (part["const"],) if "const" in part else tuple(part["enum"])
        never = values == (NEVER_TEXT,)
        return Node(frozenset(("string",)), choices=None if never else values, never=never)
    wanted = part.get("type", [])
    return Node(
        types=frozenset([wanted] if isinstance(wanted, str) else wanted),
        instant=part.get("pattern") == root["$defs"]["instant"]["pattern"],
        minimum=part.get("minimum"),
        maximum=part.get("maximum"),
        properties={
            name: _node(child, root)
            for name, child in part.get("properties", {}).items()
            if not (part is root and name in _NO_FACTS)
        },
        required=frozenset(part.get("required", ())) - (_NO_FACTS if part is root else frozenset()),
        items=_node(part["items"], root) if "items" in part else None,
    )


def _union(nodes: list[Node]) -> Node:
    first = nodes[0]
    return Node(
        types=frozenset(name for node in nodes for name in node.types),
        never=any(node.never for node in nodes),
        instant=any(node.instant for node in nodes),
        minimum=first.minimum,
        maximum=first.maximum,
        properties=first.properties,
        required=first.required,
        items=first.items,
    )


def _merge(left: Node, right: Node) -> Node:
    properties = dict(left.properties)
    for name, node in right.properties.items():
        properties[name] = _merge(properties[name], node) if name in properties else node
    return Node(
        types=left.types | right.types,
        choices=left.choices,
        never=left.never,
        instant=left.instant,
        minimum=left.minimum,
        maximum=left.maximum,
        properties=properties,
        required=left.required | right.required,
        items=left.items if left.items is not None else right.items,
    )


def missing_required(tree: object, node: Node, pointer: str = "") -> Iterator[str]:
    """Pointers of facts that always exist but are not in ``tree``: nobody has read them."""
    if isinstance(tree, dict):
        for name in sorted(node.required):
            if name not in tree:
                yield f"{pointer}/{name}"
        for name, value in tree.items():
            child = node.properties.get(name)
            if child is not None:
                yield from missing_required(value, child, f"{pointer}/{name}")
    elif isinstance(tree, list) and node.items is not None:
        for index, value in enumerate(tree):
            yield from missing_required(value, node.items, f"{pointer}/{index}")
