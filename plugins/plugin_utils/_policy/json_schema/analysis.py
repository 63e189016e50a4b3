# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Analyse the nodes of a schema: endless references, schemas that reject nothing, null and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..documents.plain_data import VaultFloat, VaultInteger, VaultText
from .model import SchemaCheck, SchemaNode, SchemaReference

_ALL_TYPES = frozenset(("array", "boolean", "null", "number", "object", "string"))
_NAMING = ("allOf", "anyOf", "oneOf")
_SAME_VALUE = ("allOf", "anyOf", "oneOf", "not")
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
MAX_CHAIN = 60
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})(\.[0-9]{1,17})?", re.ASCII)


def analyse(nodes: Sequence[SchemaNode]) -> Iterator[SchemaNode]:
    """Yield the nodes with what depends on the nodes that they refer to."""
    for index, node in enumerate(nodes):
        yield replace(
            node,
            constrains=bool(node.checks) and not _is_not_anything(nodes, index),
            names_null=_names_null(nodes, index, set()),
            numeric=_states_number(nodes, index, set()),
        )


def same_value(check: SchemaCheck) -> Iterator[int]:
    """Yield the nodes that a keyword applies to the same value, not to a part of it."""
    if isinstance(check.nodes, SchemaReference):
        yield check.nodes.target
    elif check.keyword == "not":
        yield check.nodes
    elif check.keyword in _SAME_VALUE:
        yield from check.nodes
    elif check.keyword == "if":
        yield from (node for node in check.nodes if node is not None)
    elif check.keyword in ("dependentSchemas", "dependencies"):
        yield from (node for node in check.nodes.values() if isinstance(node, int))


def endless_references(nodes: Sequence[SchemaNode]) -> int | None:
    """Return a node whose references lead back to itself or in a very long chain, for the same value."""
    heights: dict[int, int] = {}
    active: set[int] = set()
    for root in range(len(nodes)):
        stack = [root]
        while stack:
            index = stack[-1]
            if index in heights:
                stack.pop()
                continue
            following = [below for check in nodes[index].checks for below in same_value(check)]
            if index not in active:
                active.add(index)
                for below in following:
                    if below in active:
                        return below
                stack.extend(below for below in following if below not in heights)
                continue
            active.discard(index)
            heights[index] = 1 + max((heights[below] for below in following), default=0)
            if heights[index] > MAX_CHAIN:
                return index
            stack.pop()
    return None


def _names_null(nodes: Sequence[SchemaNode], index: int, seen: set[int]) -> bool:
    if index in seen:
        return False
    seen.add(index)
    for check in nodes[index].checks:
        argument = check.argument
        if check.keyword == "type" and "null" in ([argument] if isinstance(argument, str) else argument):
            return True
        if check.keyword == "const" and argument is None:
            return True
        if check.keyword == "enum" and any(choice is None for choice in argument):
            return True
        if any(_names_null(nodes, below, seen) for below in _naming(check)):
            return True
    return False


def _naming(check: SchemaCheck) -> Iterator[int]:
    if isinstance(check.nodes, SchemaReference):
        yield check.nodes.target
    elif check.keyword in _NAMING:
        yield from check.nodes
    elif check.keyword == "if":
        yield check.nodes[0]


def _states_number(nodes: Sequence[SchemaNode], index: int, seen: set[int]) -> bool:
    if index in seen:
        return False
    seen.add(index)
    for check in nodes[index].checks:
        if check.keyword == "type":
            names = [check.argument] if isinstance(check.argument, str) else check.argument
            return "string" not in names and ("integer" in names or "number" in names)
        below: tuple[int, ...] = ()
        if isinstance(check.nodes, SchemaReference):
            below = (check.nodes.target,)
        elif check.keyword == "allOf":
            below = check.nodes
        if any(_states_number(nodes, child, seen) for child in below):
            return True
    return False


def number_in(text: str) -> object:
    """Return the number that a decimal text states, other text unchanged."""
    match = _DECIMAL.fullmatch(text)
    if match is None:
        return text
    is_vaulted = isinstance(text, VaultText)
    if match.group(2):
        return VaultFloat(text) if is_vaulted else float(text)
    return VaultInteger(text) if is_vaulted else int(text)


def can_reject(nodes: Sequence[SchemaNode]) -> bool:
    """Return whether the first node can reject any value at all."""
    # The least fixed point: a node counts as rejecting once one of its keywords does.
    rejecting: set[int] = {index for index, node in enumerate(nodes) if node.always is False}
    changed = True
    while changed:
        changed = False
        for index, node in enumerate(nodes):
            if index not in rejecting and any(
                _check_rejects(nodes, check, rejecting) for check in node.checks
            ):
                rejecting.add(index)
                changed = True
    return 0 in rejecting


def _check_rejects(nodes: Sequence[SchemaNode], check: SchemaCheck, rejecting: set[int]) -> bool:
    keyword, argument, below = check.keyword, check.argument, check.nodes
    if keyword in _REFERENCES:
        return below is not None and (bool(below.anchor) or below.target in rejecting)
    if keyword == "type":
        names = set([argument] if isinstance(argument, str) else argument)
        return not names >= _ALL_TYPES
    if keyword in ("required", "dependentRequired", "minLength", "minItems", "minProperties"):
        return any(argument.values()) if isinstance(argument, dict) else bool(argument)
    if keyword in ("allOf", "prefixItems"):
        return any(node in rejecting for node in below)
    if keyword == "anyOf":
        return all(node in rejecting for node in below)
    if keyword == "oneOf":
        return len(below) > 1 or any(node in rejecting for node in below)
    if keyword == "not":
        # ``not`` of a schema that accepts nothing accepts everything.
        return not (nodes[below].always is False or _is_not_anything(nodes, below))
    if keyword == "if":
        condition, then, otherwise = below
        if then is not None and then in rejecting:
            return True
        return otherwise is not None and otherwise in rejecting and condition in rejecting
    if keyword == "contains":
        return below[1] > 0 or below[2] is not None
    if keyword in ("properties", "patternProperties", "dependentSchemas"):
        return any(node in rejecting for node in below.values())
    if keyword == "dependencies":
        return any(node in rejecting if isinstance(node, int) else bool(node) for node in below.values())
    if keyword in ("items", "additionalItems"):
        return any(node in rejecting for node in (below[:1] if _is_single(check) else below))
    if isinstance(below, int):
        return below in rejecting
    return True


def _is_single(check: SchemaCheck) -> bool:
    return not isinstance(check.argument, list)


def _is_not_anything(nodes: Sequence[SchemaNode], index: int) -> bool:
    checks = nodes[index].checks
    if len(checks) != 1 or checks[0].keyword != "not":
        return False
    inner = nodes[checks[0].nodes]
    return inner.always is True or (inner.always is None and not inner.checks)
