# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evaluate the keywords of objects, and ``unevaluated…`` of objects and lists.

A part that only an unknown alternative evaluates is possibly evaluated: what ``unevaluated…`` says of it is
certain only if it passes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ....module_utils._pointer import escape
from ..constraints.three_valued import Truth
from .model import (
    AbsentMode,
    Context,
    GapReason,
    SchemaCheck,
    SchemaGap,
    SchemaNode,
    SchemaReference,
    SchemaViolation,
    is_hole,
    shown,
)
from .outcomes import ANSWERED, SchemaOutcome, all_of, gap, violation

if TYPE_CHECKING:
    from .evaluate import Evaluator

Part = str | int


def properties(
    evaluator: Evaluator, check: SchemaCheck, _node: SchemaNode, value: Any, pointer: str, context: Context
) -> SchemaOutcome:
    outcomes: list[SchemaOutcome] = []
    for name, index in check.nodes.items():
        place = f"{pointer}/{escape(name)}"
        child = evaluator.nodes[index]
        if child.constrains:
            evaluator.asked.add(place)
        if name in value:
            outcomes.append(evaluator.child(index, value[name], place, context))
        elif child.constrains:
            absent = child.absent or context.absent
            if absent is not AbsentMode.ALLOWED:
                outcomes.append(
                    gap(SchemaGap(place, GapReason.MISSING, child.place, absent=absent, texts=child.texts))
                )
    return all_of(outcomes)


def required(
    evaluator: Evaluator, check: SchemaCheck, node: SchemaNode, value: Any, pointer: str, context: Context
) -> SchemaOutcome:
    return all_of(
        [_presence(evaluator, name, check, node, value, pointer, context) for name in check.argument]
    )


def _presence(
    evaluator: Evaluator,
    name: str,
    check: SchemaCheck,
    node: SchemaNode,
    value: Any,
    pointer: str,
    context: Context,
) -> SchemaOutcome:
    place = f"{pointer}/{escape(name)}"
    child = _property_of(evaluator, node, name)
    texts = node.texts if child is None or not child.texts.message else child.texts
    if name not in value:
        if context.question and child is not None and child.constrains:
            absent = child.absent or context.absent
            if absent is not AbsentMode.ALLOWED:
                return gap(SchemaGap(place, GapReason.MISSING, check.place, absent=absent, texts=texts))
        return violation(SchemaViolation(place, check.keyword, True, None, check.place, texts))
    if _is_unknown(value[name], child):
        return gap(SchemaGap(place, GapReason.NULL, check.place, texts=texts))
    return ANSWERED


def _property_of(evaluator: Evaluator, node: SchemaNode, name: str) -> SchemaNode | None:
    for check in node.checks:
        if check.keyword == "properties" and name in check.nodes:
            child: SchemaNode = evaluator.nodes[check.nodes[name]]
            return child
    return None


def _is_unknown(value: object, child: SchemaNode | None) -> bool:
    return is_hole(value) or (value is None and not (child is not None and child.names_null))


def dependent_required(
    evaluator: Evaluator, check: SchemaCheck, node: SchemaNode, value: Any, pointer: str, context: Context
) -> SchemaOutcome:
    outcomes = [ANSWERED]
    for trigger, names in check.argument.items():
        if trigger in value:
            outcomes.append(_dependency(evaluator, trigger, names, check, node, value, pointer, context))
    return all_of(outcomes)


def dependencies(
    evaluator: Evaluator, check: SchemaCheck, node: SchemaNode, value: Any, pointer: str, context: Context
) -> SchemaOutcome:
    outcomes = [ANSWERED]
    for trigger, part in check.nodes.items():
        if trigger in value:
            outcomes.append(_dependency(evaluator, trigger, part, check, node, value, pointer, context))
    return all_of(outcomes)


def _dependency(
    evaluator: Evaluator,
    trigger: str,
    part: int | Sequence[str],
    check: SchemaCheck,
    node: SchemaNode,
    value: Any,
    pointer: str,
    context: Context,
) -> SchemaOutcome:
    if isinstance(part, int):
        outcome = evaluator.same(part, value, pointer, context)
    else:
        outcome = all_of([_presence(evaluator, name, check, node, value, pointer, context) for name in part])
    child = _property_of(evaluator, node, trigger)
    if _is_unknown(value[trigger], child):
        if outcome.truth is Truth.PASS:
            return outcome
        place = f"{pointer}/{escape(trigger)}"
        return gap(SchemaGap(place, GapReason.NULL, check.place, texts=node.texts))
    return outcome


def pattern_properties(
    evaluator: Evaluator, check: SchemaCheck, _node: SchemaNode, value: Any, pointer: str, context: Context
) -> SchemaOutcome:
    outcomes: list[SchemaOutcome] = []
    for pattern, index in check.nodes.items():
        found = evaluator.matcher.matching(pattern, value)
        outcomes.extend(
            evaluator.child(index, value[name], f"{pointer}/{escape(name)}", context)
            for name in value
            if name in found
        )
    return all_of(outcomes)


def names_judged(evaluator: Evaluator, node: SchemaNode, value: dict[str, Any]) -> set[str]:
    """Return the names that ``properties`` and ``patternProperties`` of a node judge."""
    known: set[str] = set()
    for check in node.checks:
        if check.keyword == "properties":
            known.update(check.nodes)
        elif check.keyword == "patternProperties":
            for pattern in check.nodes:
                known |= evaluator.matcher.matching(pattern, value)
    return known


def additional_properties(
    evaluator: Evaluator, check: SchemaCheck, node: SchemaNode, value: Any, pointer: str, context: Context
) -> SchemaOutcome:
    known = names_judged(evaluator, node, value)
    outcomes: list[SchemaOutcome] = [ANSWERED] if check.argument is False else []
    for name in value:
        if name not in known:
            place = f"{pointer}/{escape(name)}"
            outcomes.append(extra(evaluator, check, node, value[name], place, context))
    return all_of(outcomes)


def extra(
    evaluator: Evaluator, check: SchemaCheck, node: SchemaNode, value: Any, pointer: str, context: Context
) -> SchemaOutcome:
    """Evaluate a part that only ``additional…`` or ``unevaluated…`` judges."""
    if check.argument is False and is_hole(value):
        return gap(SchemaGap(pointer, GapReason.NULL, check.place, texts=node.texts))
    if check.argument is False:
        return violation(
            SchemaViolation(pointer, check.keyword, False, shown(value), check.place, node.texts)
        )
    return evaluator.child(check.nodes, value, pointer, context)


def additional_items(
    evaluator: Evaluator, check: SchemaCheck, node: SchemaNode, value: Any, pointer: str, context: Context
) -> SchemaOutcome:
    index, start = check.nodes
    single = replace(check, nodes=index)
    outcomes: list[SchemaOutcome] = [ANSWERED] if check.argument is False else []
    for at in range(start, len(value)):
        outcomes.append(extra(evaluator, single, node, value[at], f"{pointer}/{at}", context))
    return all_of(outcomes)


def property_names(
    evaluator: Evaluator, check: SchemaCheck, node: SchemaNode, value: Any, pointer: str, context: Context
) -> SchemaOutcome:
    outcomes: list[SchemaOutcome] = []
    for name, item in value.items():
        place = f"{pointer}/{escape(name)}"
        outcome = evaluator.child(check.nodes, name, place, context)
        if is_hole(item) and outcome.truth is Truth.FAIL:
            # A property that is not known is perhaps not there, and then its name is not wrong.
            outcome = gap(SchemaGap(place, GapReason.NULL, check.place, texts=node.texts))
        outcomes.append(outcome)
    return all_of(outcomes)


def number_of_properties(
    _evaluator: Evaluator, check: SchemaCheck, node: SchemaNode, value: Any, pointer: str, _context: Context
) -> SchemaOutcome:
    """Compare the number of properties: one that is not known may be there or not."""
    holes = [name for name, item in value.items() if is_hole(item)]
    least, most = len(value) - len(holes), len(value)
    if check.keyword == "minProperties":
        fails, passes = most < check.argument, least >= check.argument
    else:
        fails, passes = least > check.argument, most <= check.argument
    if fails:
        return violation(
            SchemaViolation(pointer, check.keyword, check.argument, shown(value), check.place, node.texts)
        )
    if passes:
        return ANSWERED
    places = [f"{pointer}/{escape(name)}" for name in holes]
    return all_of([gap(SchemaGap(place, GapReason.NULL, check.place, texts=node.texts)) for place in places])


class Evaluated:
    """The parts of one value that keywords evaluate: certainly, or depending on an unknown."""

    def __init__(self) -> None:
        self.certain: set[Part] = set()
        self.possible: set[Part] = set()
        self.gaps: dict[Part, tuple[SchemaGap, ...]] = {}

    def add(self, part: Part, outcome: SchemaOutcome | None = None) -> None:
        """Add a part whose evaluation depends on ``outcome``."""
        if outcome is None or outcome.truth is Truth.PASS:
            self.certain.add(part)
        elif outcome.truth is Truth.UNKNOWN:
            self.possible.add(part)
            self.gaps.setdefault(part, outcome.gaps)

    def merge(self, other: Evaluated, outcome: SchemaOutcome | None = None) -> None:
        """Add the parts of a subschema whose outcome is ``outcome``; a failed one evaluates nothing."""
        if outcome is None or outcome.truth is Truth.PASS:
            self.certain |= other.certain
            self.possible |= other.possible
            self.gaps.update(other.gaps)
        elif outcome.truth is Truth.UNKNOWN:
            for part in other.certain | other.possible:
                self.possible.add(part)
                self.gaps.setdefault(part, outcome.gaps)


def unevaluated(
    evaluator: Evaluator, check: SchemaCheck, node: SchemaNode, value: Any, pointer: str, context: Context
) -> SchemaOutcome:
    """Evaluate the keyword over the parts of ``value`` that no other keyword evaluates."""
    found = evaluated(evaluator, node, value, pointer, context, check)
    outcomes = [ANSWERED] if check.argument is False else []
    for part, item in _parts(value):
        if part in found.certain:
            continue
        place = f"{pointer}/{escape(str(part))}"
        outcome = extra(evaluator, check, node, item, place, context)
        if part in found.possible and outcome.truth is Truth.FAIL:
            gaps = found.gaps.get(part) or (SchemaGap(place, GapReason.VALUE, check.place, check.keyword),)
            outcome = all_of([gap(each) for each in gaps])
        outcomes.append(outcome)
    return all_of(outcomes)


def _parts(value: Any) -> list[tuple[Part, Any]]:
    return list(value.items()) if isinstance(value, dict) else list(enumerate(value))


def _evaluated_by(evaluator: Evaluator, index: int, value: Any, pointer: str, context: Context) -> Evaluated:
    """Return the parts that a node evaluates, which is found once for the same node and value."""
    key = (index, id(value), pointer, context.scope, context.absent, context.question)
    known = evaluator.evaluated.get(key)
    if known is None:
        known = (value, evaluated(evaluator, evaluator.nodes[index], value, pointer, context))
        evaluator.evaluated[key] = known
    # Its parts are added to those of the caller.
    evaluator.spend(1 + len(value) // 20)
    return known[1]


def evaluated(
    evaluator: Evaluator,
    node: SchemaNode,
    value: Any,
    pointer: str,
    context: Context,
    own: SchemaCheck | None = None,
) -> Evaluated:
    """Return the parts of an object or a list that the keywords of a node evaluate, without ``own``."""
    evaluator.spend(1)
    found = Evaluated()
    for check in node.checks:
        if check is own:
            continue
        if isinstance(check.nodes, SchemaReference):
            target, inside = evaluator.follow(check.nodes, node, context)
            found.merge(_evaluated_by(evaluator, target, value, pointer, inside))
        elif check.keyword in ("allOf", "anyOf", "oneOf"):
            for index in check.nodes:
                outcome = evaluator.same(index, value, pointer, context)
                if outcome.truth is not Truth.FAIL:
                    below = _evaluated_by(evaluator, index, value, pointer, context)
                    found.merge(below, outcome)
        elif check.keyword == "if":
            _conditional(evaluator, check, value, pointer, context, found)
        elif isinstance(value, dict):
            _of_object(evaluator, check, node, value, pointer, context, found)
        else:
            _of_list(evaluator, check, value, pointer, context, found)
    return found


def _conditional(
    evaluator: Evaluator, check: SchemaCheck, value: Any, pointer: str, context: Context, found: Evaluated
) -> None:
    condition, then, otherwise = check.nodes
    outcome = evaluator.same(condition, value, pointer, replace(context, question=True))
    if outcome.truth is not Truth.FAIL:
        for index in (condition, then):
            if index is not None:
                below = _evaluated_by(evaluator, index, value, pointer, context)
                found.merge(below, outcome)
    if outcome.truth is not Truth.PASS and otherwise is not None:
        below = _evaluated_by(evaluator, otherwise, value, pointer, context)
        found.merge(below, outcome if outcome.truth is Truth.UNKNOWN else None)


def _of_object(
    evaluator: Evaluator,
    check: SchemaCheck,
    node: SchemaNode,
    value: dict[str, Any],
    pointer: str,
    context: Context,
    found: Evaluated,
) -> None:
    if check.keyword == "properties":
        for name in check.nodes:
            if name in value:
                found.add(name)
    elif check.keyword == "patternProperties":
        for pattern in check.nodes:
            found.certain |= evaluator.matcher.matching(pattern, value)
    elif check.keyword in ("additionalProperties", "unevaluatedProperties"):
        for name, item in value.items():
            place = f"{pointer}/{escape(name)}"
            found.add(name, evaluator.child(check.nodes, item, place, context))
    elif check.keyword == "dependentSchemas":
        for trigger, index in check.nodes.items():
            if trigger in value:
                below = _evaluated_by(evaluator, index, value, pointer, context)
                unknown = value[trigger] is None or is_hole(value[trigger])
                place = f"{pointer}/{escape(trigger)}"
                null = SchemaGap(place, GapReason.NULL, check.place, texts=node.texts)
                found.merge(below, gap(null) if unknown else None)


def _of_list(
    evaluator: Evaluator,
    check: SchemaCheck,
    value: list[Any],
    pointer: str,
    context: Context,
    found: Evaluated,
) -> None:
    if check.keyword == "prefixItems" or (check.keyword == "items" and isinstance(check.argument, list)):
        found.certain.update(range(len(check.nodes)))
    elif check.keyword in ("items", "additionalItems"):
        found.certain.update(range(len(value)))
    elif check.keyword in ("contains", "unevaluatedItems"):
        index = check.nodes[0] if check.keyword == "contains" else check.nodes
        for at, item in enumerate(value):
            found.add(at, evaluator.child(index, item, f"{pointer}/{at}", context))
