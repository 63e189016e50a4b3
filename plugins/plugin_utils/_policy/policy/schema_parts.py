# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Split a plain JSON Schema at its root into parts, one rule each, and evaluate all parts over one value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ....module_utils._pointer import escape
from ..base.errors import PolicyError
from ..constraints.three_valued import Truth
from ..documents.plain_data import deep_calls
from ..json_schema.evaluate import Evaluator
from ..json_schema.model import (
    UNKNOWN,
    AbsentMode,
    Context,
    GapReason,
    PreparedSchema,
    SchemaCheck,
    SchemaGap,
    SchemaNode,
    SchemaResult,
    SchemaViolation,
)
from ..json_schema.outcomes import SchemaOutcome, gap, result_of, violation

#: Keywords that read the presence or the number of all properties of an object, or the object as one value.
_WHOLE = frozenset(
    [
        "const",
        "enum",
        "patternProperties",
        "additionalProperties",
        "unevaluatedProperties",
        "propertyNames",
        "minProperties",
        "maxProperties",
    ]
)
_NAMED = frozenset(("properties", "required", "dependentRequired", "dependentSchemas", "dependencies"))


@dataclass(frozen=True)
class SchemaPart:
    """One part of the root of a schema: a property, a required name, an item of ``allOf``, or a keyword.

    ``name`` is the property, the required name or the index in ``allOf``, else empty.
    """

    keyword: str
    name: str = ""

    @property
    def label(self) -> str:
        """The name of the part as the id of its rule has it."""
        if self.keyword == "properties":
            return self.name
        return f"{self.keyword.lstrip('$')}-{self.name}" if self.name else self.keyword.lstrip("$")

    @property
    def path(self) -> tuple[str | int, ...]:
        """The path of the part in the schema."""
        if self.keyword == "allOf":
            return (self.keyword, int(self.name) - 1)
        return (self.keyword, self.name) if self.keyword == "properties" else (self.keyword,)


@dataclass(frozen=True)
class SchemaRequirement:
    """What the rule of a plain JSON Schema requires: one part of the schema."""

    schema: PreparedSchema
    part: SchemaPart

    def as_constraint(self) -> dict[str, Any]:
        """Return a constraint that reads the facts which the part reads, for the evidence of its rule."""
        if self.part.keyword == "required":
            return {"required": [self.part.name]}
        names = (self.part.name,) if self.part.keyword == "properties" else self.schema.properties
        return {"properties": {name: {"const": None} for name in names}}


#: The part of a schema that has no keyword: ``false``.
_ALWAYS = SchemaPart("false")


def parts_of(schema: PreparedSchema) -> list[SchemaPart]:
    """Return the parts of a schema in the order of its text; there is at least one."""
    found: list[SchemaPart] = []
    for check in schema.nodes[0].checks:
        if check.keyword == "properties":
            found += [SchemaPart(check.keyword, name) for name in check.nodes]
        elif check.keyword == "required":
            found += [SchemaPart(check.keyword, name) for name in check.argument]
        elif check.keyword == "allOf":
            found += [SchemaPart(check.keyword, str(at + 1)) for at in range(len(check.nodes))]
        else:
            found.append(SchemaPart(check.keyword))
    return list(dict.fromkeys(found)) or [_ALWAYS]


def can_reject_objects(schema: PreparedSchema) -> bool:
    """Return whether a value of type object can violate the schema: facts of a host are an object."""
    root = schema.nodes[0]
    if root.always is not None:
        return not root.always
    return any(check.keyword != "type" or not _accepts_objects(check.argument) for check in root.checks)


def _accepts_objects(types: object) -> bool:
    return types == "object" or (isinstance(types, list) and "object" in types)


def evaluate_parts(
    schema: PreparedSchema,
    facts: object,
    *,
    as_of: datetime,
    absent: AbsentMode = AbsentMode.UNDETERMINED,
    coerce: bool = False,
) -> dict[SchemaPart, SchemaResult]:
    """Return the result of each part; together they are the result of the schema (see evaluate_schema).

    ``facts`` are plain data in which ``UNKNOWN`` marks values that are not known. If no part asks anything
    about known data, or the facts are an empty object that violates nothing, the first one is undetermined
    (``nothing_checked``). Raises PolicyError for a pattern
    that takes too long and for an evaluation that needs too many steps.
    """
    root = schema.nodes[0]
    evaluator = Evaluator(schema, as_of, coerce)
    found: dict[SchemaPart, tuple[SchemaOutcome, int]] = {}
    context = Context((), root.absent or absent, False, root.texts.message)
    if facts is UNKNOWN or (root.constrains and facts is None and not root.names_null):
        reason = gap(SchemaGap("", GapReason.NULL, root.place, texts=root.texts))
        found = dict.fromkeys(parts_of(schema), (reason, 0))
    elif root.always is False:
        found = {_ALWAYS: (violation(SchemaViolation("", "false", False, None, root.place)), 0)}
    else:
        with deep_calls(PolicyError("json_schema_too_deep", schema=schema.name)):
            facts = evaluator.converted(0, facts, "", context)
            for check in root.checks:
                for part, outcome, asked in _judge(evaluator, check, root, facts, context):
                    # One keyword can name a property twice, such as ``required`` with equal names.
                    found.setdefault(part, (outcome, asked))
    return _results(found, root, is_empty=facts == {})


def _results(
    found: dict[SchemaPart, tuple[SchemaOutcome, int]], root: SchemaNode, *, is_empty: bool
) -> dict[SchemaPart, SchemaResult]:
    outcomes = [outcome for outcome, _asked in found.values()]
    answered = any(outcome.truth is not Truth.PASS for outcome in outcomes)
    # Empty facts can lack what is required. That nothing is wrong with them says nothing about the host.
    answered = answered or (not is_empty and any(outcome.answered for outcome in outcomes))
    results = {}
    for at, (part, (outcome, asked)) in enumerate(found.items()):
        # ``result_of`` reports an outcome without any question as a gap, which only all parts together are.
        is_silent = not answered and at == 0
        known = replace(outcome, answered=not is_silent)
        results[part] = result_of(known, root, asked)
    return results


def _judge(
    evaluator: Evaluator, check: SchemaCheck, root: SchemaNode, facts: Any, context: Context
) -> Iterable[tuple[SchemaPart, SchemaOutcome, int]]:
    if check.keyword == "allOf":
        for at, index in enumerate(check.nodes):
            before = len(evaluator.asked)
            outcome = evaluator.same(index, facts, "", context)
            yield SchemaPart("allOf", str(at + 1)), outcome, len(evaluator.asked) - before
        return
    before = len(evaluator.asked)
    outcome = evaluator.judge(check, root, facts, "", context)
    if check.keyword not in ("properties", "required"):
        yield SchemaPart(check.keyword), outcome, len(evaluator.asked) - before
        return
    names: Sequence[str] = tuple(check.nodes) if check.keyword == "properties" else check.argument
    for name in names:
        below = f"/{escape(name)}"
        own = _below(outcome, below, present=isinstance(facts, dict) and name in facts)
        asked = sum(_is_at(pointer, below) for pointer in evaluator.asked)
        yield SchemaPart(check.keyword, name), own, asked


def _below(outcome: SchemaOutcome, pointer: str, *, present: bool) -> SchemaOutcome:
    """Return the part of ``outcome`` at ``pointer``, with what it says about an object of another type."""
    violations = tuple(found for found in outcome.violations if _is_at(found.pointer, pointer))
    gaps = tuple(found for found in outcome.gaps if _is_at(found.pointer, pointer) or not found.pointer)
    if violations:
        return SchemaOutcome(Truth.FAIL, violations, gaps, True)
    if gaps:
        return SchemaOutcome(Truth.UNKNOWN, (), gaps, outcome.answered)
    return SchemaOutcome(Truth.PASS, answered=outcome.answered and present)


def _is_at(found: str, pointer: str) -> bool:
    return found == pointer or found.startswith(pointer + "/")


def reads_names(schemas: Iterable[PreparedSchema], names: Sequence[str]) -> bool:
    """Return whether a schema may read a property with one of ``names``, at any depth."""
    for schema in schemas:
        for node in schema.nodes:
            for check in node.checks:
                if check.keyword in _WHOLE or check.keyword.startswith("$dynamic"):
                    return True
                if check.keyword in _NAMED and any(name in check.argument for name in names):
                    return True
    return False
