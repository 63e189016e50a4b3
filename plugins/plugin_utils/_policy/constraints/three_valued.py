# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Three-valued logic whose outcomes contain the failed constraints and the unknown facts."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


class Truth(enum.Enum):
    """Strong Kleene logic: UNKNOWN only if both outcomes are still possible."""

    PASS = "pass"  # noqa: S105 - a verdict, not a secret
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Failure:
    """A constraint that a known value violates: pointer, expected bound, actual value.

    For ``anyOf`` and ``oneOf``, ``alternatives`` has the failures of each alternative; empty if it passes.
    """

    pointer: str
    expected: object
    actual: object
    alternatives: tuple[tuple[Failure, ...], ...] = ()


@dataclass(frozen=True)
class Outcome:
    """A truth value, with the failures that made it FAIL or the pointers that made it UNKNOWN."""

    truth: Truth
    failures: tuple[Failure, ...] = ()
    unknown: tuple[str, ...] = ()


PASSED = Outcome(Truth.PASS)


def failed(pointer: str, expected: object, actual: object) -> Outcome:
    return Outcome(Truth.FAIL, (Failure(pointer, expected, actual),))


def unknown(*pointers: str) -> Outcome:
    return Outcome(Truth.UNKNOWN, (), pointers)


def conjunction(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the AND of outcomes: FAIL if one fails, else UNKNOWN if one is unknown."""
    failures: list[Failure] = []
    missing: dict[str, None] = {}
    result = Truth.PASS
    for outcome in outcomes:
        if outcome.truth is Truth.FAIL:
            result = Truth.FAIL
            failures.extend(outcome.failures)
        elif outcome.truth is Truth.UNKNOWN:
            if result is Truth.PASS:
                result = Truth.UNKNOWN
            missing.update(dict.fromkeys(outcome.unknown))
    if result is Truth.FAIL:
        return Outcome(result, tuple(_distinct(failures)))
    return PASSED if result is Truth.PASS else Outcome(result, (), tuple(missing))


def _distinct(failures: Sequence[Failure]) -> list[Failure]:
    # Values may be unhashable, so compare them. Only failures with the same pointer can be equal.
    distinct: dict[str, list[Failure]] = {}
    for failure in failures:
        same = distinct.setdefault(failure.pointer, [])
        if failure not in same:
            same.append(failure)
    return [failure for same in distinct.values() for failure in same]


def disjunction(outcomes: Sequence[Outcome], pointer: str, expected: object, actual: object) -> Outcome:
    """Return the OR of outcomes: PASS if one passes, else UNKNOWN if one is unknown."""
    truths = [outcome.truth for outcome in outcomes]
    if Truth.PASS in truths:
        return PASSED
    if Truth.UNKNOWN in truths:
        return _undecided(outcomes)
    return _no_match(outcomes, pointer, expected, actual)


def exactly_one(outcomes: Sequence[Outcome], pointer: str, expected: object, actual: object) -> Outcome:
    """Return the outcome of ``oneOf``: two that pass are a failure, even if others are unknown."""
    truths = [outcome.truth for outcome in outcomes]
    passes = truths.count(Truth.PASS)
    if passes > 1 or (passes == 0 and Truth.UNKNOWN not in truths):
        return _no_match(outcomes, pointer, expected, actual)
    return _undecided(outcomes) if Truth.UNKNOWN in truths else PASSED


def negation(outcome: Outcome, pointer: str, expected: object, actual: object) -> Outcome:
    if outcome.truth is Truth.UNKNOWN:
        return outcome
    return failed(pointer, expected, actual) if outcome.truth is Truth.PASS else PASSED


def conditional(condition: Outcome, then: Outcome, otherwise: Outcome) -> Outcome:
    """Return the outcome of if/then/else. If the condition is unknown, two equal branches decide."""
    if condition.truth is Truth.PASS:
        return then
    if condition.truth is Truth.FAIL:
        return otherwise
    if then.truth is otherwise.truth:
        return conjunction([then, otherwise])
    return _undecided([condition, then, otherwise])


def _no_match(outcomes: Sequence[Outcome], pointer: str, expected: object, actual: object) -> Outcome:
    alternatives = tuple(outcome.failures for outcome in outcomes)
    place = _common_pointer(outcomes, pointer) if all(alternatives) else pointer
    return Outcome(Truth.FAIL, (Failure(place, expected, actual, alternatives),))


def _undecided(outcomes: Sequence[Outcome]) -> Outcome:
    missing: dict[str, None] = {}
    for outcome in outcomes:
        if outcome.truth is Truth.UNKNOWN:
            missing.update(dict.fromkeys(outcome.unknown))
    return Outcome(Truth.UNKNOWN, (), tuple(missing))


def _common_pointer(outcomes: Sequence[Outcome], pointer: str) -> str:
    # If all alternatives fail at the same fact, report the failure at that fact.
    places = {failure.pointer for outcome in outcomes for failure in outcome.failures}
    return places.pop() if len(places) == 1 else pointer
