# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evaluate constraints in three-valued logic over facts that may be unknown.

The outcome contains the failures and the unknown facts. For complete facts the truth equals the result of
JSON Schema 2020-12 (a test compares it with the jsonschema library). Constraints must be bound: parameters
substituted, local references expanded.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from ....module_utils._pointer import escape, lookup
from ....module_utils._time import format_time
from ..base.canonical_json import canonical
from ..documents.comparisons import (
    COMPARISONS,
    NUMBER,
    RANGES,
    beyond_days,
    in_version_range,
    span_within_days,
    within_days,
)
from ..facts.facts import Facts
from .linear_regex import compile_pattern
from .three_valued import (
    PASSED,
    Outcome,
    Truth,
    conditional,
    conjunction,
    disjunction,
    exactly_one,
    failed,
    negation,
    unknown,
)

Schema = Any  # a bound constraint: true, false, or an object of keywords
SHOWN_ITEMS = 20


def evaluate(schema: Schema, facts: Facts, as_of: datetime, place: str = "") -> Outcome:
    """Evaluate ``schema`` over ``facts``, or the value at ``place``; days are counted from ``as_of``."""
    value = lookup(facts.tree, place) if place else facts.tree
    return _Evaluator(facts, as_of).check(schema, value, place)


class _Evaluator:
    def __init__(self, facts: Facts, as_of: datetime) -> None:
        self.facts = facts
        self.as_of = as_of

    def check(self, schema: Schema, value: object, pointer: str) -> Outcome:
        if schema is True or schema == {}:
            return PASSED
        if schema is False:
            return failed(pointer, False, shown(value))
        if value is None or pointer in self.facts.unknown:
            return self._check_unknown(schema, pointer)
        outcomes = []
        for keyword, argument in schema.items():
            method = _KEYWORDS.get(keyword)
            if method is not None:
                outcomes.append(method(self, argument, value, pointer, schema))
        return conjunction(outcomes)

    def _check_unknown(self, schema: Schema, pointer: str) -> Outcome:
        # The outcome for an unknown value is known only if it is the same for every possible value.
        outcomes = []
        for keyword, argument in schema.items():
            if keyword in _APPLICATORS:
                outcomes.append(_KEYWORDS[keyword](self, argument, None, pointer, schema))
            elif keyword in RANGES and pointer in self.facts.bounds:
                outcomes.append(self._bounded(keyword, argument, pointer))
            elif keyword in _TIMES and pointer in self.facts.spans:
                outcomes.append(self._timed(keyword, argument, pointer))
            elif keyword in _KEYWORDS:
                outcomes.append(unknown(pointer))
        return conjunction(outcomes)

    def _bounded(self, keyword: str, argument: Any, pointer: str) -> Outcome:
        # The bounds of an unknown number can decide: a number of at least 5 violates a maximum of 0.
        low, high = self.facts.bounds[pointer]
        holds = RANGES[keyword].holds
        best, worst = (low, high) if keyword in ("maximum", "exclusiveMaximum") else (high, low)
        if best is not None and not holds(best, argument):
            return failed(pointer, {keyword: argument}, [low, high])
        return PASSED if worst is not None and holds(worst, argument) else unknown(pointer)

    def _timed(self, keyword: str, argument: Any, pointer: str) -> Outcome:
        # An unknown time can be far enough from the limit in every zone.
        earliest, latest = self.facts.spans[pointer]
        within = span_within_days((earliest, latest), argument, self.as_of)
        if within is None:
            return unknown(pointer)
        if within is (keyword == "withinDays"):
            return PASSED
        return failed(pointer, {keyword: argument}, format_time(earliest))

    # -- combinations --

    def all_of(self, argument: Any, value: object, pointer: str, _schema: Schema) -> Outcome:
        return conjunction(self.check(part, value, pointer) for part in argument)

    def any_of(self, argument: Any, value: object, pointer: str, _schema: Schema) -> Outcome:
        outcomes = [self.check(part, value, pointer) for part in argument]
        return disjunction(outcomes, pointer, {"anyOf": argument}, shown(value))

    def one_of(self, argument: Any, value: object, pointer: str, _schema: Schema) -> Outcome:
        outcomes = [self.check(part, value, pointer) for part in argument]
        return exactly_one(outcomes, pointer, {"oneOf": argument}, shown(value))

    def not_(self, argument: Any, value: object, pointer: str, _schema: Schema) -> Outcome:
        return negation(self.check(argument, value, pointer), pointer, {"not": argument}, shown(value))

    def if_(self, argument: Any, value: object, pointer: str, schema: Schema) -> Outcome:
        condition = self.check(argument, value, pointer)
        then = self.check(schema.get("then", True), value, pointer)
        otherwise = self.check(schema.get("else", True), value, pointer)
        return conditional(condition, then, otherwise)

    # -- any value --

    def type_(self, argument: Any, value: object, pointer: str, _schema: Schema) -> Outcome:
        names = [argument] if isinstance(argument, str) else argument
        if any(_TYPES[name](value) for name in names):
            return PASSED
        return failed(pointer, {"type": argument}, shown(value))

    def const(self, argument: Any, value: object, pointer: str, _schema: Schema) -> Outcome:
        return self._one_of_values([argument], value, pointer, {"const": argument})

    def enum(self, argument: Any, value: object, pointer: str, _schema: Schema) -> Outcome:
        return self._one_of_values(argument, value, pointer, {"enum": argument})

    def _one_of_values(self, choices: Any, value: object, pointer: str, expected: object) -> Outcome:
        truths = [self.same(choice, value, pointer) for choice in choices]
        if Truth.PASS in truths:
            return PASSED
        if Truth.UNKNOWN in truths:
            return unknown(*self._unknown_below(pointer))
        return failed(pointer, expected, shown(value))

    def same(self, expected: object, value: object, pointer: str) -> Truth:
        """Return whether a value, perhaps with unknown parts, equals ``expected``; 1 equals 1.0, not true."""
        if self.facts.settled(pointer):
            return Truth.PASS if _equal(expected, value) else Truth.FAIL
        if pointer in self.facts.unknown:
            return Truth.UNKNOWN
        if isinstance(value, dict) and isinstance(expected, dict):
            return self._same_objects(expected, value, pointer)
        if isinstance(value, list) and isinstance(expected, list):
            return self._same_lists(expected, value, pointer)
        return Truth.FAIL

    def _same_objects(self, expected: dict[str, Any], value: dict[str, Any], pointer: str) -> Truth:
        truths = []
        for name in {*expected, *value}:
            place = f"{pointer}/{escape(name)}"
            if not self.facts.settled(place) and (name not in expected or name not in value):
                truths.append(Truth.UNKNOWN)
            elif name in expected and name in value:
                truths.append(self.same(expected[name], value[name], place))
            else:
                truths.append(Truth.FAIL)
        if Truth.FAIL in truths:
            return Truth.FAIL
        # Unknown keys that are in neither object can still make the objects differ.
        return Truth.UNKNOWN

    def _same_lists(self, expected: list[Any], value: list[Any], pointer: str) -> Truth:
        open_ended = pointer in self.facts.incomplete
        if len(value) > len(expected) or (len(value) < len(expected) and not open_ended):
            return Truth.FAIL
        pairs = zip(expected, value, strict=False)
        truths = [self.same(left, right, f"{pointer}/{at}") for at, (left, right) in enumerate(pairs)]
        return Truth.FAIL if Truth.FAIL in truths else Truth.UNKNOWN

    def _unknown_below(self, pointer: str) -> list[str]:
        inside = pointer + "/"
        names = [name for name in self.facts.unknown if name == pointer or name.startswith(inside)]
        names += [name for name in self.facts.incomplete if name == pointer or name.startswith(inside)]
        return sorted(set(names)) or [pointer]

    # -- numbers and text --

    def pattern(self, argument: Any, value: Any, pointer: str, _schema: Schema) -> Outcome:
        return _text("pattern", argument, value, pointer, lambda: compile_pattern(argument).search(value))

    def within_days(self, argument: Any, value: Any, pointer: str, _schema: Schema) -> Outcome:
        return self._days("withinDays", within_days, argument, value, pointer)

    def beyond_days(self, argument: Any, value: Any, pointer: str, _schema: Schema) -> Outcome:
        return self._days("beyondDays", beyond_days, argument, value, pointer)

    def _days(
        self,
        keyword: str,
        decide: Callable[[str, int, datetime], bool | None],
        argument: Any,
        value: Any,
        pointer: str,
    ) -> Outcome:
        holds = decide(value, argument, self.as_of) if isinstance(value, str) else True
        return unknown(pointer) if holds is None else _text(keyword, argument, value, pointer, lambda: holds)

    def version_range(self, argument: Any, value: Any, pointer: str, _schema: Schema) -> Outcome:
        if not isinstance(value, str):
            return PASSED
        inside = in_version_range(value, argument)
        if inside is None:
            return unknown(pointer)
        return PASSED if inside else failed(pointer, {"versionRange": argument}, shown(value))

    # -- lists --

    def items(self, argument: Any, value: object, pointer: str, _schema: Schema) -> Outcome:
        if not isinstance(value, list):
            return PASSED
        outcomes = [self.check(argument, item, f"{pointer}/{index}") for index, item in enumerate(value)]
        if pointer in self.facts.incomplete and argument is not True and argument != {}:
            outcomes.append(unknown(pointer))
        return conjunction(outcomes)

    def contains(self, argument: Any, value: object, pointer: str, schema: Schema) -> Outcome:
        if not isinstance(value, list):
            return PASSED
        outcomes = [self.check(argument, item, f"{pointer}/{index}") for index, item in enumerate(value)]
        certain = sum(outcome.truth is Truth.PASS for outcome in outcomes)
        possible = certain + sum(outcome.truth is Truth.UNKNOWN for outcome in outcomes)
        open_ended = pointer in self.facts.incomplete
        low = schema.get("minContains", 1)
        high = schema.get("maxContains")
        if (high is not None and certain > high) or (possible < low and not open_ended):
            bounds = {name: schema[name] for name in ("minContains", "maxContains") if name in schema}
            return failed(pointer, {"contains": argument, **bounds}, shown(value))
        if certain >= low and (high is None or (possible <= high and not open_ended)):
            return PASSED
        missing = [name for outcome in outcomes for name in outcome.unknown]
        return unknown(*dict.fromkeys(missing + ([pointer] if open_ended else [])))

    def min_items(self, argument: Any, value: object, pointer: str, _schema: Schema) -> Outcome:
        if not isinstance(value, list) or len(value) >= argument:
            return PASSED
        if pointer in self.facts.incomplete:
            return unknown(pointer)
        return failed(pointer, {"minItems": argument}, shown(value))

    def max_items(self, argument: Any, value: object, pointer: str, _schema: Schema) -> Outcome:
        if not isinstance(value, list):
            return PASSED
        if len(value) > argument:
            return failed(pointer, {"maxItems": argument}, shown(value))
        return unknown(pointer) if pointer in self.facts.incomplete else PASSED

    def unique_items(self, argument: Any, value: object, pointer: str, _schema: Schema) -> Outcome:
        if not argument or not isinstance(value, list):
            return PASSED
        settled: set[str] = set()
        undecided: list[int] = []
        for index, item in enumerate(value):
            if not self.facts.settled(f"{pointer}/{index}") or item is None:
                undecided.append(index)
                continue
            key = canonical(_comparable(item))
            if key in settled:
                return failed(pointer, {"uniqueItems": True}, shown(value))
            settled.add(key)
        if undecided and len(value) > 1:
            return unknown(
                *(name for index in undecided for name in self._unknown_below(f"{pointer}/{index}"))
            )
        return unknown(pointer) if pointer in self.facts.incomplete else PASSED

    # -- objects --

    def properties(self, argument: Any, value: object, pointer: str, _schema: Schema) -> Outcome:
        if not isinstance(value, dict):
            return PASSED
        outcomes = []
        for name, part in argument.items():
            place = f"{pointer}/{escape(name)}"
            if name in value:
                outcomes.append(self.check(part, value[name], place))
            elif place in self.facts.unknown:
                outcomes.append(self.check(part, None, place))
            elif place in self.facts.above:
                outcomes.append(self.check(part, {}, place))
        return conjunction(outcomes)

    def required(self, argument: Any, value: object, pointer: str, _schema: Schema) -> Outcome:
        if not isinstance(value, dict):
            return PASSED
        outcomes = []
        for name in argument:
            place = f"{pointer}/{escape(name)}"
            if place in self.facts.unknown or (name not in value and place in self.facts.above):
                outcomes.append(unknown(place))
            elif name not in value:
                outcomes.append(failed(place, {"required": True}, None))
            elif value[name] is None:
                outcomes.append(unknown(place))
        return conjunction(outcomes)


Keyword = Callable[[_Evaluator, Any, object, str, Schema], Outcome]


def _compare(keyword: str) -> Keyword:
    passes = COMPARISONS[keyword].passes

    def compare(_self: _Evaluator, argument: Any, value: object, pointer: str, _schema: Schema) -> Outcome:
        return PASSED if passes(value, argument) else failed(pointer, {keyword: argument}, shown(value))

    return compare


#: Lists may be incomplete, so the evaluator has its own methods for minItems and maxItems.
_KEYWORDS: dict[str, Keyword] = {
    **{keyword: _compare(keyword) for keyword in COMPARISONS},
    "allOf": _Evaluator.all_of,
    "anyOf": _Evaluator.any_of,
    "oneOf": _Evaluator.one_of,
    "not": _Evaluator.not_,
    "if": _Evaluator.if_,
    "type": _Evaluator.type_,
    "const": _Evaluator.const,
    "enum": _Evaluator.enum,
    "pattern": _Evaluator.pattern,
    "withinDays": _Evaluator.within_days,
    "beyondDays": _Evaluator.beyond_days,
    "versionRange": _Evaluator.version_range,
    "items": _Evaluator.items,
    "contains": _Evaluator.contains,
    "minItems": _Evaluator.min_items,
    "maxItems": _Evaluator.max_items,
    "uniqueItems": _Evaluator.unique_items,
    "properties": _Evaluator.properties,
    "required": _Evaluator.required,
}
_TIMES = frozenset(("withinDays", "beyondDays"))
_APPLICATORS = frozenset(("allOf", "anyOf", "oneOf", "not", "if"))


def _is_integer(value: object) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, float) and value.is_integer()
    )


_TYPES: dict[str, Callable[[object], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "number": lambda value: isinstance(value, NUMBER) and not isinstance(value, bool),
    "integer": _is_integer,
}


def _text(keyword: str, bound: object, value: object, pointer: str, holds: Callable[[], bool]) -> Outcome:
    if not isinstance(value, str) or holds():
        return PASSED
    return failed(pointer, {keyword: bound}, shown(value))


def _comparable(value: object) -> object:
    # JSON Schema: 1 and 1.0 are equal, true and 1 are not.
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: _comparable(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_comparable(item) for item in value]
    return value


def _equal(left: object, right: object) -> bool:
    if isinstance(left, (dict, list)) or isinstance(right, (dict, list)):
        return type(left) is type(right) and canonical(_comparable(left)) == canonical(_comparable(right))
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def shown(value: object) -> object:
    """Return a value as findings show it: scalars and short lists of them unchanged, others as their size."""
    if isinstance(value, list):
        if len(value) <= SHOWN_ITEMS and not any(isinstance(item, (dict, list)) for item in value):
            return value
        return "1 item" if len(value) == 1 else f"{len(value)} items"
    if isinstance(value, dict):
        return "1 field" if len(value) == 1 else f"{len(value)} fields"
    return value
