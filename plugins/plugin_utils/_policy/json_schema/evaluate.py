# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evaluate a prepared schema over a value in which properties can be missing and values can be null.

Three values: a question about a value that is not known has no answer, and the answer of a combination is
known only if it is the same for every possible value. Known values get the verdict of the jsonschema library.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from ....module_utils._licensing.values.periods import NEVER_TEXT, time_span
from ..base.errors import PolicyError
from ..constraints.re_patterns import Matcher
from ..constraints.three_valued import Truth
from ..documents.comparisons import beyond_days, in_version_range, within_days
from ..documents.plain_data import deep_calls
from . import library
from .conversion import Conversion
from .dialects import KEYWORD_TYPES
from .model import (
    UNKNOWN,
    AbsentMode,
    Context,
    GapReason,
    PreparedSchema,
    RuleTexts,
    SchemaCheck,
    SchemaGap,
    SchemaNode,
    SchemaReference,
    SchemaResult,
    SchemaViolation,
    identity,
    is_hole,
    nulls_inside,
    shown,
    weight,
)
from .outcomes import (
    ANSWERED,
    SILENT,
    SchemaOutcome,
    all_of,
    any_of,
    gap,
    if_then_else,
    not_of,
    null_gaps,
    one_of,
    result_of,
    undecided,
    violation,
)
from .parts import (
    Evaluated,
    additional_items,
    additional_properties,
    dependencies,
    dependent_required,
    number_of_properties,
    pattern_properties,
    properties,
    property_names,
    required,
    unevaluated,
)

MAX_STEPS = 150_000


def evaluate_schema(
    schema: PreparedSchema,
    facts: object,
    *,
    as_of: datetime,
    absent: AbsentMode = AbsentMode.UNDETERMINED,
    coerce: bool = False,
) -> SchemaResult:
    """Evaluate ``schema`` over ``facts`` (plain data); days are counted from ``as_of``.

    ``absent`` is what a missing property means where the schema does not say so with ``x-absent``. With
    ``coerce``, decimal text counts as a number where the schema demands one. Raises PolicyError for a pattern
    that takes too long and for an evaluation that needs too many steps.
    """
    evaluator = Evaluator(schema, as_of, coerce)
    with deep_calls(PolicyError("json_schema_too_deep", schema=schema.name)):
        outcome = evaluator.child(0, facts, "", Context((), absent, False))
    return result_of(outcome, schema.nodes[0], len(evaluator.asked))


class Evaluator:
    """Evaluates the nodes of one schema over one value."""

    def __init__(self, schema: PreparedSchema, as_of: datetime, coerce: bool) -> None:
        self.nodes = schema.nodes
        self.asked: set[str] = set()
        self._anchors = schema.anchors
        self._as_of = as_of
        self._steps = 0
        self.matcher = Matcher(self.spend)
        # Values are kept beside what is known of them, because their identity is part of the key.
        self.evaluated: dict[tuple[object, ...], tuple[object, Evaluated]] = {}
        self._outcomes: dict[tuple[object, ...], tuple[object, SchemaOutcome]] = {}
        converts = coerce and any(node.numeric for node in schema.nodes)
        self._conversion = Conversion(self) if converts else None

    def child(self, index: int, value: object, pointer: str, context: Context) -> SchemaOutcome:
        """Evaluate a node over a value that was found: null is unknown unless the schema names it."""
        node = self.nodes[index]
        if node.constrains and (value is UNKNOWN or (value is None and not node.names_null)):
            return gap(SchemaGap(pointer, GapReason.NULL, node.place, texts=node.texts))
        if context.message:
            context = replace(context, message={})
        outcome = self.same(index, value, pointer, context)
        possible = outcome.truth is not Truth.UNKNOWN and node.constrains and value is not UNKNOWN
        if is_hole(value) and (outcome.truth is Truth.FAIL or possible):
            # What is judged here is perhaps not there at all.
            return gap(SchemaGap(pointer, GapReason.NULL, node.place, texts=node.texts))
        return outcome

    def same(self, index: int, value: Any, pointer: str, context: Context) -> SchemaOutcome:
        """Evaluate a node over a value that an enclosing node has accepted as known.

        The same node and value are evaluated once, however many references lead there.
        """
        self.spend(1)
        node = self.nodes[index]
        if node.always is None and all(check.nodes is None for check in node.checks):
            return self._same(index, value, pointer, context)
        message = tuple(sorted(context.message.items()))
        key = (index, id(value), pointer, context.scope, context.absent, context.question, message)
        known = self._outcomes.get(key)
        if known is None:
            known = self._outcomes[key] = (value, self._same(index, value, pointer, context))
        return known[1]

    def _same(self, index: int, value: Any, pointer: str, context: Context) -> SchemaOutcome:
        node = self.nodes[index]
        if node.always is not None:
            if node.always:
                return SILENT
            texts = RuleTexts(message=context.message)
            return violation(SchemaViolation(pointer, "false", False, shown(value), node.place, texts))
        value = self.converted(index, value, pointer, context)
        if node.texts.message:
            context = replace(context, message=node.texts.message)
        elif context.message:
            node = replace(node, texts=replace(node.texts, message=context.message))
        if node.absent is not None and node.absent is not context.absent:
            context = replace(context, absent=node.absent)
        outcomes = [self.judge(check, node, value, pointer, context) for check in node.checks]
        outcome = outcomes[0] if len(outcomes) == 1 else all_of(outcomes)
        # What is found below a value is collected again at every level.
        self.spend(len(outcome.violations) + len(outcome.gaps))
        return outcome

    def converted(self, index: int, value: object, pointer: str, context: Context) -> object:
        """Return a value with decimal text as numbers where the node demands numbers, with ``coerce``."""
        if self._conversion is None:
            return value
        return self._conversion.of(index, value, pointer, context)

    def spend(self, steps: int) -> None:
        """Count steps of work. Raises PolicyError ``json_schema_steps`` beyond the limit."""
        self._steps += steps
        if self._steps > MAX_STEPS:
            raise PolicyError("json_schema_steps", limit=MAX_STEPS)

    def judge(
        self, check: SchemaCheck, node: SchemaNode, value: Any, pointer: str, context: Context
    ) -> SchemaOutcome:
        """Evaluate one keyword of a node. A keyword of another type than the value's asks nothing."""
        kind = KEYWORD_TYPES.get(check.keyword)
        if kind is not None and (not isinstance(value, kind) or isinstance(value, bool)):
            return SILENT if node.states_type else self._unjudged(check, node, value, pointer)
        method = _METHODS.get(check.keyword)
        if method is None:
            return self._leaf(check, node, value, pointer)
        return method(self, check, node, value, pointer, context)

    def follow(self, reference: SchemaReference, node: SchemaNode, context: Context) -> tuple[int, Context]:
        """Return the target of a reference and the context there, with the dynamic scope extended."""
        scope = context.scope
        target = reference.target
        extended = scope
        if not scope or reference.uri != node.base:
            extended = (node.base, *scope)
        if reference.anchor == "\0":
            for uri in scope:
                if (uri, "") not in self._anchors:
                    break
                target = self._anchors[uri, ""]
        elif reference.anchor:
            for uri in extended:
                target = self._anchors.get((uri, reference.anchor), target)
        return target, replace(context, scope=extended)

    @staticmethod
    def _unjudged(check: SchemaCheck, node: SchemaNode, value: object, pointer: str) -> SchemaOutcome:
        return gap(
            SchemaGap(pointer, GapReason.VALUE, check.place, check.keyword, shown(value), texts=node.texts)
        )

    def _leaf(self, check: SchemaCheck, node: SchemaNode, value: object, pointer: str) -> SchemaOutcome:
        if library.holds(node.dialect, check.keyword, check.argument, value, node.raw):
            return ANSWERED
        # In draft-04, the prepared check has the name of the keyword that excludes the bound.
        keyword = check.nodes if check.keyword in ("minimum", "maximum") and check.nodes else check.keyword
        return violation(
            SchemaViolation(pointer, keyword, check.argument, shown(value), check.place, node.texts)
        )

    # -- one value --

    def _equal(
        self, check: SchemaCheck, node: SchemaNode, value: Any, pointer: str, _context: Context
    ) -> SchemaOutcome:
        choices = len(check.argument) if check.keyword == "enum" else 1
        self.spend(choices * weight(value) // 10)
        outcome = self._leaf(check, node, value, pointer)
        if outcome.truth is Truth.FAIL and isinstance(value, (dict, list)):
            nulls = nulls_inside(value, pointer)
            if nulls:
                return null_gaps(nulls, check, node)
        return outcome

    def _unique(
        self, check: SchemaCheck, node: SchemaNode, value: Any, pointer: str, _context: Context
    ) -> SchemaOutcome:
        self.spend(weight(value) // 4)
        below = [nulls_inside(item, f"{pointer}/{index}") for index, item in enumerate(value)]
        known = [identity(item) for item, nulls in zip(value, below, strict=True) if not nulls]
        if check.argument and len(set(known)) < len(known):
            return violation(
                SchemaViolation(pointer, check.keyword, check.argument, shown(value), check.place, node.texts)
            )
        if not check.argument or not any(below) or len(value) == 1:
            return ANSWERED
        return null_gaps([null for nulls in below for null in nulls], check, node)

    def _pattern(
        self, check: SchemaCheck, node: SchemaNode, value: Any, pointer: str, _context: Context
    ) -> SchemaOutcome:
        if self.matcher.matching(check.argument, [value]):
            return ANSWERED
        return violation(SchemaViolation(pointer, "pattern", check.argument, value, check.place, node.texts))

    def _own(
        self, check: SchemaCheck, node: SchemaNode, value: Any, pointer: str, _context: Context
    ) -> SchemaOutcome:
        holds: bool | None
        if check.keyword == "versionRange":
            holds = in_version_range(value, check.argument)
        elif value != NEVER_TEXT and time_span(value) is None:
            holds = None
        else:
            decide = within_days if check.keyword == "withinDays" else beyond_days
            holds = decide(value, check.argument, self._as_of)
        if holds is None:
            return self._unjudged(check, node, value, pointer)
        if holds:
            return ANSWERED
        return violation(
            SchemaViolation(pointer, check.keyword, check.argument, value, check.place, node.texts)
        )

    # -- combinations --

    def _all(
        self, check: SchemaCheck, _node: SchemaNode, value: Any, pointer: str, context: Context
    ) -> SchemaOutcome:
        return all_of([self.same(index, value, pointer, context) for index in check.nodes])

    def _alternatives(
        self, check: SchemaCheck, node: SchemaNode, value: Any, pointer: str, context: Context
    ) -> SchemaOutcome:
        outcomes = [self.same(index, value, pointer, context) for index in check.nodes]
        places = [self.nodes[index].place for index in check.nodes]
        found = SchemaViolation(
            pointer, check.keyword, len(outcomes), shown(value), check.place, node.texts, len(outcomes)
        )
        return (any_of if check.keyword == "anyOf" else one_of)(outcomes, places, found)

    def _not(
        self, check: SchemaCheck, node: SchemaNode, value: Any, pointer: str, context: Context
    ) -> SchemaOutcome:
        outcome = self.same(check.nodes, value, pointer, _asking(context))
        found = SchemaViolation(
            pointer,
            "not",
            shown(check.argument),
            shown(value),
            check.place,
            node.texts,
            values=self._values(check.nodes),
        )
        return not_of(outcome, found)

    def _values(self, index: int) -> tuple[object, ...]:
        """Return the values that a node accepts if it is only ``const`` or ``enum``."""
        checks = self.nodes[index].checks
        if len(checks) != 1 or checks[0].keyword not in ("const", "enum"):
            return ()
        argument = checks[0].argument
        return (argument,) if checks[0].keyword == "const" else tuple(argument)

    def _if(
        self, check: SchemaCheck, _node: SchemaNode, value: Any, pointer: str, context: Context
    ) -> SchemaOutcome:
        condition, then, otherwise = check.nodes
        return if_then_else(
            self.same(condition, value, pointer, _asking(context)),
            lambda: SILENT if then is None else self.same(then, value, pointer, context),
            lambda: SILENT if otherwise is None else self.same(otherwise, value, pointer, context),
        )

    def _reference(
        self, check: SchemaCheck, node: SchemaNode, value: Any, pointer: str, context: Context
    ) -> SchemaOutcome:
        target, inside = self.follow(check.nodes, node, context)
        return self.same(target, value, pointer, inside)

    # -- lists --

    def _items(
        self, check: SchemaCheck, node: SchemaNode, value: Any, pointer: str, context: Context
    ) -> SchemaOutcome:
        if isinstance(check.argument, list):
            return self._prefix(check, node, value, pointer, context)
        index, start = check.nodes
        places = range(start, len(value))
        return all_of([self.child(index, value[at], f"{pointer}/{at}", context) for at in places])

    def _prefix(
        self, check: SchemaCheck, _node: SchemaNode, value: Any, pointer: str, context: Context
    ) -> SchemaOutcome:
        pairs = zip(check.nodes, range(len(value)), strict=False)
        return all_of([self.child(index, value[at], f"{pointer}/{at}", context) for index, at in pairs])

    def _contains(
        self, check: SchemaCheck, node: SchemaNode, value: Any, pointer: str, context: Context
    ) -> SchemaOutcome:
        index, low, high = check.nodes
        inside = _asking(context)
        outcomes = [self.child(index, item, f"{pointer}/{at}", inside) for at, item in enumerate(value)]
        certain = sum(outcome.truth is Truth.PASS for outcome in outcomes)
        possible = certain + sum(outcome.truth is Truth.UNKNOWN for outcome in outcomes)
        if possible < low or (high is not None and certain > high):
            expected = [low, high]
            found = SchemaViolation(pointer, "contains", expected, certain, check.place, node.texts)
            return violation(replace(found, values=self._values(index)))
        if certain >= low and (high is None or possible <= high):
            return ANSWERED
        return replace(undecided(outcomes), answered=True)


Method = Callable[[Evaluator, SchemaCheck, SchemaNode, Any, str, Context], SchemaOutcome]

_METHODS: dict[str, Method] = {
    "const": Evaluator._equal,
    "enum": Evaluator._equal,
    "uniqueItems": Evaluator._unique,
    "pattern": Evaluator._pattern,
    "versionRange": Evaluator._own,
    "withinDays": Evaluator._own,
    "beyondDays": Evaluator._own,
    "allOf": Evaluator._all,
    "anyOf": Evaluator._alternatives,
    "oneOf": Evaluator._alternatives,
    "not": Evaluator._not,
    "if": Evaluator._if,
    "$ref": Evaluator._reference,
    "$dynamicRef": Evaluator._reference,
    "$recursiveRef": Evaluator._reference,
    "items": Evaluator._items,
    "prefixItems": Evaluator._prefix,
    "additionalItems": additional_items,
    "contains": Evaluator._contains,
    "unevaluatedItems": unevaluated,
    "unevaluatedProperties": unevaluated,
    "properties": properties,
    "patternProperties": pattern_properties,
    "additionalProperties": additional_properties,
    "propertyNames": property_names,
    "minProperties": number_of_properties,
    "maxProperties": number_of_properties,
    "required": required,
    "dependentRequired": dependent_required,
    "dependentSchemas": dependencies,
    "dependencies": dependencies,
}


def _asking(context: Context) -> Context:
    return context if context.question else replace(context, question=True)
