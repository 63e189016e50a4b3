# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Table of all facts and their possible values: HostFacts and derived facts as one tree of nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from ....module_utils._licensing.values.periods import NEVER_TEXT
from ..documents.schemas import schema

# Keys that describe the document instead of the system are not facts.
_DOCUMENT_KEYS = frozenset(("kind", "schema_version", "unknown", "site_facts"))
_SOURCE_KEYS = frozenset(("subject", "source"))


@dataclass(frozen=True)
class SiteFact:
    """A fact that the site supplies: the policy declares it, the facts of a host state its value.

    An ``implied`` fact is inferred from a bare JSON Schema that uses it; an explicit declaration replaces it.
    """

    name: str
    type: str
    enum: tuple[Any, ...] | None = None
    implied: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the declaration as in ``site_facts`` of a policy document."""
        declared: dict[str, Any] = {"type": self.type}
        if self.enum is not None:
            declared["enum"] = list(self.enum)
        if self.implied:
            declared["implied"] = True
        return declared


@dataclass(frozen=True)
class Node:
    """One fact: ``choices`` lists all its values if they are few, ``required`` its keys that always exist.

    A ``stated`` fact is supplied by the site: every constraint on it requires at least that it is stated.
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
        """Return the node at ``steps`` or None. A number selects the items of a list."""
        node: Node | None = self
        for step in steps:
            if node is None:
                return None
            node = node.items if node.items is not None and step.isdigit() else node.properties.get(step)
        return node


@cache
def fact_table() -> Node:
    """Return the root of all facts. Each part of it always exists: a missing part was not read."""
    host, derived = schema("host_facts"), schema("derived_facts")
    root = _merge(_node(host, host), _node(derived, derived))
    return replace(root, required=frozenset(root.properties) - _SOURCE_KEYS)


@cache
def host_facts_table() -> Node:
    """Return the root of the facts that HostFacts documents state, without derived facts."""
    content = schema("host_facts")
    return _node(content, content)


@cache
def grant_table() -> Node:
    """Return the root of the facts of a grant."""
    content = schema("grant_facts")
    return _node(content, content)


@cache
def server_table() -> Node:
    """Return the root of the facts of a License Server."""
    content = schema("server_facts")
    return _node(content, content)


def with_site_facts(root: Node, declared: Mapping[str, SiteFact]) -> Node:
    """Return ``root`` with the site's ``declared`` facts added at the top level."""
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
            if not (part is root and name in _DOCUMENT_KEYS)
        },
        required=frozenset(part.get("required", ())) - (_DOCUMENT_KEYS if part is root else frozenset()),
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
    """Yield pointers of facts that always exist but are missing from ``tree``: they were not read."""
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
