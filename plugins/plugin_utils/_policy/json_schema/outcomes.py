# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Combine outcomes in three-valued logic, and select the closest alternative of ``anyOf`` and ``oneOf``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from ....module_utils._pointer import split
from ..base.pointer_order import sort_key
from ..constraints.three_valued import Truth
from ..facts.quoted_value import MASK, is_secret, without_secrets
from .model import (
    AbsentMode,
    GapReason,
    SchemaCheck,
    SchemaGap,
    SchemaNode,
    SchemaResult,
    SchemaVerdict,
    SchemaViolation,
)

#: How many violations explain the closest alternative, with those inside of them.
MAX_CLOSEST = 50


@dataclass(frozen=True)
class SchemaOutcome:
    """A truth value with violations and gaps. ``answered``: a keyword met a known value or asked presence.

    A failed outcome also has the gaps beside its violations.
    """

    truth: Truth
    violations: tuple[SchemaViolation, ...] = ()
    gaps: tuple[SchemaGap, ...] = ()
    answered: bool = False


#: Passed without any question.
SILENT = SchemaOutcome(Truth.PASS)
#: Passed, and a keyword met a known value.
ANSWERED = SchemaOutcome(Truth.PASS, answered=True)


def violation(found: SchemaViolation) -> SchemaOutcome:
    """Return the outcome of one violation."""
    return SchemaOutcome(Truth.FAIL, (found,), (), True)


def gap(found: SchemaGap) -> SchemaOutcome:
    """Return the outcome of one question without an answer."""
    return SchemaOutcome(Truth.UNKNOWN, (), (found,))


def null_gaps(pointers: Sequence[str], check: SchemaCheck, node: SchemaNode) -> SchemaOutcome:
    """Return the questions that nulls inside of one value leave open."""
    gaps = tuple(
        SchemaGap(pointer, GapReason.NULL, check.place, check.keyword, texts=node.texts)
        for pointer in pointers
    )
    return SchemaOutcome(Truth.UNKNOWN, (), gaps, True)


def all_of(outcomes: Iterable[SchemaOutcome]) -> SchemaOutcome:
    """Return the AND: failed if one failed, else unknown if one is unknown."""
    # The same outcome can be reached by several references.
    violations: dict[int, SchemaViolation] = {}
    gaps: dict[tuple[object, ...], SchemaGap] = {}
    truth = Truth.PASS
    answered = False
    for outcome in outcomes:
        answered = answered or outcome.answered
        if outcome.truth is Truth.PASS:
            continue
        violations.update((id(found), found) for found in outcome.violations)
        gaps.update(_keyed(outcome.gaps))
        if outcome.truth is Truth.FAIL or truth is Truth.PASS:
            truth = outcome.truth
    if truth is Truth.PASS:
        return ANSWERED if answered else SILENT
    return SchemaOutcome(truth, tuple(violations.values()), tuple(gaps.values()), answered)


def _keyed(gaps: Iterable[SchemaGap]) -> list[tuple[tuple[object, ...], SchemaGap]]:
    return [
        ((found.pointer, found.reason, found.place, found.keyword, found.absent), found) for found in gaps
    ]


def any_of(outcomes: Sequence[SchemaOutcome], places: Sequence[str], found: SchemaViolation) -> SchemaOutcome:
    """Return the OR: passed if one passed, else unknown if one is unknown, else ``found``."""
    truths = [outcome.truth for outcome in outcomes]
    answered = any(outcome.answered for outcome in outcomes)
    if Truth.PASS in truths:
        return ANSWERED if answered else SILENT
    if Truth.UNKNOWN in truths:
        return undecided(outcomes)
    return violation(_with_closest(outcomes, places, found))


def one_of(outcomes: Sequence[SchemaOutcome], places: Sequence[str], found: SchemaViolation) -> SchemaOutcome:
    """Return the outcome of ``oneOf``: two passed, or none passed and none unknown, is ``found``."""
    truths = [outcome.truth for outcome in outcomes]
    passes = truths.count(Truth.PASS)
    if passes > 1:
        return violation(replace(found, expected=1, found=passes))
    if passes == 0 and Truth.UNKNOWN not in truths:
        return violation(_with_closest(outcomes, places, found))
    if Truth.UNKNOWN in truths:
        return undecided(outcomes)
    return ANSWERED if any(outcome.answered for outcome in outcomes) else SILENT


def not_of(outcome: SchemaOutcome, found: SchemaViolation) -> SchemaOutcome:
    """Return the negation."""
    if outcome.truth is Truth.PASS:
        return violation(found)
    if outcome.truth is Truth.UNKNOWN:
        return outcome
    return ANSWERED if outcome.answered else SILENT


def if_then_else(
    condition: SchemaOutcome, then: Callable[[], SchemaOutcome], otherwise: Callable[[], SchemaOutcome]
) -> SchemaOutcome:
    """Return the branch that the condition selects; for an unknown condition, equal branches decide."""
    if condition.truth is not Truth.UNKNOWN:
        outcome = then() if condition.truth is Truth.PASS else otherwise()
        return replace(outcome, answered=True) if condition.answered and not outcome.answered else outcome
    branches = [then(), otherwise()]
    if all(_fails(branch) for branch in branches) or (
        branches[0].truth is branches[1].truth and not any(_fails(branch) for branch in branches)
    ):
        return all_of(branches)
    # What is missing in one branch violates nothing as long as the other branch may count.
    return _unknown([condition, *(_as_questions(branch) for branch in branches)])


def undecided(outcomes: Sequence[SchemaOutcome]) -> SchemaOutcome:
    """Return the outcome of alternatives that are not decided.

    A missing property that counts as a violation excludes its alternative. As long as another alternative is
    possible, it violates nothing.
    """
    open_ones = [outcome for outcome in outcomes if outcome.truth is Truth.UNKNOWN]
    if all(_fails(outcome) for outcome in open_ones):
        return _unknown(outcomes)
    return _unknown([_as_questions(outcome) for outcome in outcomes])


def _fails(outcome: SchemaOutcome) -> bool:
    return outcome.truth is Truth.FAIL or any(
        found.absent is AbsentMode.VIOLATION for found in outcome.gaps if outcome.truth is Truth.UNKNOWN
    )


def _as_questions(outcome: SchemaOutcome) -> SchemaOutcome:
    return replace(
        outcome, gaps=tuple(replace(found, absent=AbsentMode.UNDETERMINED) for found in outcome.gaps)
    )


def _unknown(outcomes: Sequence[SchemaOutcome]) -> SchemaOutcome:
    gaps = dict(
        keyed for outcome in outcomes if outcome.truth is Truth.UNKNOWN for keyed in _keyed(outcome.gaps)
    )
    return SchemaOutcome(
        Truth.UNKNOWN, (), tuple(gaps.values()), any(outcome.answered for outcome in outcomes)
    )


def _with_closest(
    outcomes: Sequence[SchemaOutcome], places: Sequence[str], found: SchemaViolation
) -> SchemaViolation:
    if not outcomes:
        return found
    at = min(range(len(outcomes)), key=lambda index: _distance(outcomes[index].violations, found.pointer))
    closest = outcomes[at].violations
    if sum(map(_length, closest)) > MAX_CLOSEST:
        closest = tuple(replace(each, closest=()) for each in closest[:MAX_CLOSEST])
    return replace(found, closest=closest, closest_place=places[at])


def _length(found: SchemaViolation) -> int:
    """Return of how many violations the explanation of one consists; each level is bounded by itself."""
    return 1 + sum(map(_length, found.closest))


def _distance(violations: Sequence[SchemaViolation], pointer: str) -> tuple[bool, bool, int, int]:
    # An alternative for another type, or another constant, is farther than one with an error deep inside.
    here = {found.keyword for found in violations if found.pointer == pointer}
    constants = any(found.keyword in ("const", "enum") for found in violations)
    deepest = max((found.pointer.count("/") for found in violations), default=0)
    return bool(here & {"type", "const", "enum", "false"}), constants, len(violations), -deepest


def result_of(outcome: SchemaOutcome, root: SchemaNode, asked: int) -> SchemaResult:
    """Return the result of the root: the verdict, with violations and gaps ordered by pointer."""
    violations = list(outcome.violations)
    gaps = []
    for found in outcome.gaps:
        if found.absent is AbsentMode.VIOLATION:
            violations.append(
                SchemaViolation(found.pointer, "x-absent", True, None, found.place, found.texts)
            )
        else:
            gaps.append(found)
    if not violations and not gaps and not outcome.answered:
        gaps.append(SchemaGap("", GapReason.NOTHING_CHECKED, root.place, texts=root.texts))
    verdict = SchemaVerdict.COMPLIANT
    if violations:
        verdict = SchemaVerdict.NON_COMPLIANT
    elif gaps:
        verdict = SchemaVerdict.UNDETERMINED
    return SchemaResult(
        verdict,
        tuple(sorted(map(_masked, _distinct(violations)), key=lambda found: sort_key(found.pointer))),
        tuple(sorted(map(_masked_gap, _distinct_gaps(gaps)), key=lambda found: sort_key(found.pointer))),
        asked,
    )


def _masked(found: SchemaViolation) -> SchemaViolation:
    """Return a violation without secrets: neither results nor messages contain the value of such a name."""
    closest = tuple(map(_masked, found.closest))
    # A schema can contain the secret that it demands.
    expected = found.expected
    if found.keyword in ("const", "enum", "not", "contains"):
        expected = MASK if _is_secret(found.pointer) else without_secrets(expected)
    if not _is_secret(found.pointer):
        values = tuple(without_secrets(value) for value in found.values)
        return replace(
            found, found=without_secrets(found.found), expected=expected, closest=closest, values=values
        )
    values = (MASK,) if found.values else ()
    return replace(found, found=_mask_of(found.found), expected=expected, closest=closest, values=values)


def _masked_gap(found: SchemaGap) -> SchemaGap:
    shown = _mask_of(found.found) if _is_secret(found.pointer) else without_secrets(found.found)
    return replace(found, found=shown)


def _is_secret(pointer: str) -> bool:
    return any(map(is_secret, split(pointer)))


def _mask_of(value: object) -> object:
    return None if value is None else MASK


def _distinct(violations: Sequence[SchemaViolation]) -> list[SchemaViolation]:
    # One keyword can be reached by several references, and several can demand the same property.
    distinct: dict[tuple[str, str, str], SchemaViolation] = {}
    for found in violations:
        place = "" if found.keyword in ("required", "x-absent") else found.place
        distinct.setdefault((found.pointer, found.keyword, place), found)
    return list(distinct.values())


def _distinct_gaps(gaps: Sequence[SchemaGap]) -> list[SchemaGap]:
    distinct: dict[tuple[str, GapReason], SchemaGap] = {}
    for found in gaps:
        distinct.setdefault((found.pointer, found.reason), found)
    return list(distinct.values())
