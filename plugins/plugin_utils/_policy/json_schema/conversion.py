# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Convert decimal text to numbers wherever a schema demands a number (option ``coerce``).

The values of a node are converted before its keywords judge them, so that a keyword which compares values
with each other or with a constant sees what the keywords beside it see.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ....module_utils._pointer import escape
from ..constraints.three_valued import Truth
from . import parts
from .analysis import number_in
from .model import Context, SchemaCheck, SchemaNode, SchemaReference, identity

if TYPE_CHECKING:
    from .evaluate import Evaluator


class Conversion:
    """Converts the values of one evaluation. The same node and value are converted once."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        # The values are kept, because their identity is part of the key.
        self._known: dict[tuple[object, ...], tuple[object, object]] = {}

    def of(self, index: int, value: Any, pointer: str, context: Context) -> Any:
        """Return ``value`` with decimal text as numbers where the keywords that apply to it demand numbers.

        The value itself is returned if there is nothing to convert.
        """
        if isinstance(value, str):
            if isinstance(number_in(value), str):
                return value
        elif not isinstance(value, (dict, list)):
            return value
        key = (index, id(value), pointer, context.scope, context.absent, context.question)
        known = self._known.get(key)
        if known is None:
            self._evaluator.spend(1)
            known = self._known[key] = (value, self._convert(index, value, pointer, context))
        return known[1]

    def _convert(self, index: int, value: Any, pointer: str, context: Context) -> Any:
        node = self._evaluator.nodes[index]
        if isinstance(value, str) and node.numeric:
            return number_in(value)
        if node.absent is not None:
            context = replace(context, absent=node.absent)
        for check in node.checks:
            value = self._in_place(check, node, value, pointer, context)
            if isinstance(value, (dict, list)):
                for part, child in list(self._judged(check, node, value, pointer, context)):
                    item = self.of(child, value[part], f"{pointer}/{escape(str(part))}", context)
                    if item is not value[part]:
                        value = value.copy()
                        value[part] = item
        return value

    def _in_place(
        self, check: SchemaCheck, node: SchemaNode, value: Any, pointer: str, context: Context
    ) -> Any:
        evaluator = self._evaluator
        if isinstance(check.nodes, SchemaReference):
            target, inside = evaluator.follow(check.nodes, node, context)
            return self.of(target, value, pointer, inside)
        if check.keyword == "allOf":
            for index in check.nodes:
                value = self.of(index, value, pointer, context)
        elif check.keyword in ("anyOf", "oneOf"):
            return self._agreed(check.nodes, value, pointer, context)
        elif check.keyword == "if":
            condition, then, otherwise = check.nodes
            truth = evaluator.same(condition, value, pointer, replace(context, question=True)).truth
            if truth is not Truth.FAIL:
                value = self.of(condition, value, pointer, context)
            for branch, excluded in ((then, Truth.FAIL), (otherwise, Truth.PASS)):
                if branch is not None and truth is not excluded:
                    value = self.of(branch, value, pointer, context)
        elif check.keyword in ("dependentSchemas", "dependencies") and isinstance(value, dict):
            for trigger, part in check.nodes.items():
                if trigger in value and isinstance(part, int):
                    value = self.of(part, value, pointer, context)
        return value

    def _agreed(self, nodes: tuple[int, ...], value: Any, pointer: str, context: Context) -> Any:
        """Return what all alternatives make of the value that it meets; the value itself if they differ."""
        made = [
            self.of(index, value, pointer, context)
            for index in nodes
            if self._evaluator.same(index, value, pointer, context).truth is not Truth.FAIL
        ]
        if not made or any(identity(each) != identity(made[0]) for each in made[1:]):
            return value
        return made[0]

    def _judged(
        self, check: SchemaCheck, node: SchemaNode, value: Any, pointer: str, context: Context
    ) -> Iterator[tuple[Any, int]]:
        """Yield the parts of an object or a list that a keyword judges, each with its node."""
        keyword, below = check.keyword, check.nodes
        evaluator = self._evaluator
        if keyword in ("unevaluatedItems", "unevaluatedProperties"):
            if isinstance(value, list) is (keyword == "unevaluatedItems"):
                evaluated = parts.evaluated(evaluator, node, value, pointer, context, check)
                everything = value if isinstance(value, dict) else range(len(value))
                yield from ((part, below) for part in everything if part not in evaluated.certain)
        elif isinstance(value, list):
            if keyword == "prefixItems" or (keyword == "items" and isinstance(check.argument, list)):
                yield from zip(range(len(value)), below, strict=False)
            elif keyword in ("items", "additionalItems"):
                yield from ((at, below[0]) for at in range(below[1], len(value)))
            elif keyword == "contains":
                inside = replace(context, question=True)
                for at, item in enumerate(value):
                    found = evaluator.child(below[0], item, f"{pointer}/{at}", inside)
                    if found.truth is not Truth.FAIL:
                        yield at, below[0]
        elif keyword == "properties":
            yield from ((name, child) for name, child in below.items() if name in value)
        elif keyword == "patternProperties":
            for pattern, child in below.items():
                yield from ((name, child) for name in evaluator.matcher.matching(pattern, value))
        elif keyword == "additionalProperties":
            known = parts.names_judged(evaluator, node, value)
            yield from ((name, below) for name in value if name not in known)
