# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create the verdict and the findings of a rule of a plain JSON Schema."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ....module_utils._facts import ZONE
from ....module_utils._messages.catalog import LANGUAGES
from ....module_utils._pointer import MISSING, escape, lookup, position, split
from ....module_utils._time import lacks_zone
from ..constraints.projection import origins_of
from ..constraints.three_valued import Outcome, Truth
from ..facts.facts import Facts, with_value
from ..json_schema.explain import result_texts, violation_text
from ..json_schema.model import UNKNOWN as HOLE
from ..json_schema.model import (
    GapReason,
    PossibleObject,
    SchemaGap,
    SchemaResult,
    SchemaVerdict,
    SchemaViolation,
)
from ..policy.model import Rule
from ..policy.text_templates import sentences
from ..subjects.host_reading import Reading
from .finding import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, CheckFinding
from .rule_findings import EFFECT_OF_MODE, unknown_finding
from .verdict import Verdict

#: What is between the sentences of one finding.
_BETWEEN = {"en": "; ", "zh": "；"}
_REASONS = {
    GapReason.MISSING: "absent",
    GapReason.NULL: "null",
    GapReason.VALUE: "value",
    GapReason.NOTHING_CHECKED: "absent",
}


def view_of(facts: Facts) -> object:
    """Return the facts as a plain JSON Schema reads them: a hole for each value that is not known."""
    if "" in facts.unknown:
        return HOLE
    tree = facts.tree
    # Parents first, so that a hole is not filled again by a value below it.
    for pointer in sorted((*facts.unknown, *facts.incomplete), key=len):
        place = _place_of_hole(tree, pointer)
        if place is not None:
            tree = with_value(tree, place, HOLE)
    # Deepest first, so that a copy of a parent keeps what is marked below it.
    for place in sorted(_empty_parents(facts), key=len, reverse=True):
        found = lookup(tree, place)
        if isinstance(found, dict):
            tree = with_value(tree, place, PossibleObject(found))
    return tree


def _empty_parents(facts: Facts) -> set[str]:
    """Return the objects without any known part above unknown facts; facts are read with such parents."""
    found: set[str] = set()
    for pointer in facts.unknown:
        place = pointer.rpartition("/")[0]
        while place and _is_empty(lookup(facts.tree, place)):
            above = place.rpartition("/")[0]
            if isinstance(lookup(facts.tree, above), dict):
                found.add(place)
            place = above
    return found


def _is_empty(value: object) -> bool:
    return isinstance(value, dict) and all(_is_empty(item) for item in value.values())


def _place_of_hole(tree: object, pointer: str) -> str | None:
    """Return where the hole of an unknown fact is; None below another hole or a value without parts.

    A parent that is missing is not known either: it is the hole, because creating it would answer questions
    about its presence. So is a list without the item.
    """
    value, place = tree, ""
    for step in split(pointer):
        below = f"{place}/{escape(step)}"
        if isinstance(value, dict):
            if step not in value:
                return below
            value = value[step]
        elif isinstance(value, list):
            at = position(step)
            if at is None or at >= len(value):
                return place
            value = value[at]
        else:
            return None
        place = below
    return place


def schema_verdict(
    rule: Rule, mode: str, applies: Outcome, result: SchemaResult, reading: Reading
) -> Verdict:
    """Return the verdict of a rule for a fact set, from its condition and the result of its part."""
    if applies.truth is Truth.FAIL:
        return Verdict(rule.id, NOT_APPLICABLE)
    if result.verdict is SchemaVerdict.COMPLIANT:
        return Verdict(rule.id, PASS)
    if applies.truth is Truth.UNKNOWN or result.verdict is SchemaVerdict.UNDETERMINED:
        because = [reading.facts.gap(pointer) for pointer in applies.unknown]
        because += [_because(found, reading) for found in result.gaps]
        finding = _undetermined(rule, mode, because, result, reading)
        return Verdict(rule.id, UNKNOWN, (finding,), tuple(str(item["reason"]) for item in because[:1]))
    found: dict[str, list[SchemaViolation]] = {}
    for violation in result.violations:
        found.setdefault(violation.pointer, []).append(violation)
    return Verdict(rule.id, FAIL, tuple(_failed(rule, mode, each, reading) for each in found.values()))


def _because(found: SchemaGap, reading: Reading) -> dict[str, object]:
    if reading.facts.reason(found.pointer):
        return reading.facts.gap(found.pointer)
    above = lookup(reading.facts.tree, found.pointer)
    if found.reason is GapReason.VALUE and lacks_zone(above):
        return {"pointer": found.pointer, "reason": ZONE}
    if above is MISSING or _is_empty(above):
        # A parent of unknown facts: their reason is its reason.
        for pointer in sorted(reading.facts.unknown):
            if pointer.startswith(found.pointer + "/"):
                return reading.facts.gap(pointer)
    return {"pointer": found.pointer, "reason": _REASONS[found.reason]}


def _undetermined(
    rule: Rule, mode: str, because: list[dict[str, object]], result: SchemaResult, reading: Reading
) -> CheckFinding:
    pointers = [str(item["pointer"]) for item in because]
    unread = reading.facts.unread_among(pointers)
    if reading.facts.unknown or not result.gaps:
        # The facts say themselves why a value is not known.
        return unknown_finding(rule, mode, "rule", because, unread, mapped=reading.mapped)
    texts = {
        language: _BETWEEN[language].join(result_texts(result, language, placed=False))
        for language in LANGUAGES
    }
    return unknown_finding(
        rule,
        mode,
        "rule",
        because,
        unread,
        place=result.gaps[0].place or rule.origin.place,
        actual=_plain(result.gaps[0].found),
        message=texts,
        remediation=sentences("json_schema_gap_remedy", {}),
    )


def _failed(rule: Rule, mode: str, violations: Sequence[SchemaViolation], reading: Reading) -> CheckFinding:
    """Return one finding for all violations of one value."""
    first = violations[0]
    return CheckFinding.of_check(
        rule,
        place=first.place or rule.origin.place,
        kind="rule",
        verdict=FAIL,
        mode=mode,
        effect=EFFECT_OF_MODE[mode],
        pointer=first.pointer,
        expected={each.keyword: _plain(each.expected) for each in violations},
        actual=_plain(first.found),
        message={
            language: _BETWEEN[language].join(
                violation_text(each, language, placed=False) for each in violations
            )
            for language in LANGUAGES
        },
        remediation=sentences("json_schema_remedy", {}),
        alternatives=_alternatives(violations),
        sources=origins_of(reading.origins, first.pointer),
    )


def _alternatives(violations: Iterable[SchemaViolation]) -> list[list[dict[str, Any]]]:
    return [
        [
            {
                "pointer": inner.pointer,
                "expected": {inner.keyword: _plain(inner.expected)},
                "actual": _plain(inner.found),
            }
            for inner in each.closest
        ]
        for each in violations
        if each.closest
    ]


def _plain(value: object) -> object:
    """Return a value as JSON data: a value that is not known is null."""
    if value is HOLE:
        return None
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
