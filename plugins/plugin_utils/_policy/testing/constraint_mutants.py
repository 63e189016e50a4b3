# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutants of constraints: each bound is changed by one, each keyword is negated, replaced or omitted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ....module_utils._pointer import Path
from ..documents.schemas import brief

Values = Mapping[str, Any]
#: Returns the changed value for the parameter values of a test.
Make = Callable[[Values], Any]

_OPPOSITES = {
    "minimum": "maximum",
    "maximum": "minimum",
    "exclusiveMinimum": "exclusiveMaximum",
    "exclusiveMaximum": "exclusiveMinimum",
    "minLength": "maxLength",
    "maxLength": "minLength",
    "minItems": "maxItems",
    "maxItems": "minItems",
    "withinDays": "beyondDays",
    "beyondDays": "withinDays",
}
_SIZES = frozenset(("minContains", "maxContains", "multipleOf"))
_STATEMENTS = frozenset(("const", "enum", "type", "pattern", "versionRange", "required", "contains"))
_COMBINED = {"allOf": "anyOf", "anyOf": "allOf", "oneOf": "anyOf"}
_NESTED = ("not", "if", "then", "else", "items", "contains")
_NOTES = frozenset(("description", "$defs"))


@dataclass(frozen=True)
class ConstraintMutant:
    """One change: ``make`` returns the new value at ``path``, ``what`` describes the change."""

    path: Path
    what: str
    make: Make


def always(value: Any) -> Make:
    """Return a Make for a value that does not depend on parameters."""
    return lambda _values: value


def constraint(part: Any, path: Path) -> Iterator[ConstraintMutant]:
    """Yield every change to a constraint and its nested constraints."""
    if not isinstance(part, dict):
        return
    for keyword, argument in part.items():
        here = (*path, keyword)
        rest = {name: value for name, value in part.items() if name != keyword}
        if rest.keys() - _NOTES and keyword not in ("if", "minContains", "maxContains", *_NOTES):
            yield ConstraintMutant(path, f"{keyword} left out", always(rest))
        if keyword in _OPPOSITES or keyword in _SIZES:
            yield from moved(argument, here)
        if keyword in _OPPOSITES:
            opposite = _OPPOSITES[keyword]
            yield ConstraintMutant(path, f"{keyword} → {opposite}", always(_and(rest, {opposite: argument})))
        elif keyword in _STATEMENTS:
            yield from _statement(keyword, argument, part, rest, path)
        elif keyword in _COMBINED:
            yield from _combined(keyword, argument, rest, path)
        elif keyword == "not":
            yield ConstraintMutant(path, "not left out", always(_and(rest, argument)))
        elif keyword == "if":
            yield ConstraintMutant(here, "turned round", always({"not": argument}))
        elif keyword == "properties":
            yield from _properties(argument, here)
        elif keyword == "$defs":
            for name, child in argument.items():
                yield from constraint(child, (*here, name))
        if keyword in _NESTED:
            yield from constraint(argument, here)


def moved(argument: Any, path: Path) -> Iterator[ConstraintMutant]:
    """Yield the changes of an integer, or of the value of a parameter, by -1 and +1."""
    shown = f"{{{argument['param']}}}" if isinstance(argument, dict) else brief(argument)
    for step in (-1, 1):
        yield ConstraintMutant(path, f"{shown} {'+' if step > 0 else '−'} 1", _shifted(argument, step))


def _shifted(argument: Any, step: int) -> Make:
    def make(values: Values) -> Any:
        return (values[argument["param"]] if isinstance(argument, dict) else argument) + step

    return make


def _statement(
    keyword: str, argument: Any, part: dict[str, Any], rest: dict[str, Any], path: Path
) -> Iterator[ConstraintMutant]:
    stated = {
        name: part[name]
        for name in (keyword, *(("minContains", "maxContains") if keyword == "contains" else ()))
        if name in part
    }
    others = {name: value for name, value in rest.items() if name not in stated}
    yield ConstraintMutant(path, f"{keyword} turned round", always(_and(others, {"not": stated})))
    if isinstance(argument, list) and len(argument) > 1:
        for index, item in enumerate(argument):
            fewer = argument[:index] + argument[index + 1 :]
            yield ConstraintMutant((*path, keyword), f"without {brief(item)}", always(fewer))


def _combined(
    keyword: str, argument: list[Any], rest: dict[str, Any], path: Path
) -> Iterator[ConstraintMutant]:
    if len(argument) > 1:
        other = _COMBINED[keyword]
        yield ConstraintMutant(path, f"{keyword} → {other}", always(_and(rest, {other: argument})))
        for index in range(len(argument)):
            fewer = argument[:index] + argument[index + 1 :]
            yield ConstraintMutant((*path, keyword), f"without [{index}]", always(fewer))
    for index, child in enumerate(argument):
        yield from constraint(child, (*path, keyword, index))


def _properties(argument: dict[str, Any], path: Path) -> Iterator[ConstraintMutant]:
    for name, child in argument.items():
        if len(argument) > 1:
            fewer = {other: value for other, value in argument.items() if other != name}
            yield ConstraintMutant(path, f"without {name}", always(fewer))
        yield from constraint(child, (*path, name))


def _and(rest: dict[str, Any], more: Any) -> Any:
    if not rest:
        return more
    if isinstance(more, dict) and not rest.keys() & more.keys():
        return {**rest, **more}
    return {**rest, "allOf": [*rest.get("allOf", []), more]}


def dates(given: Mapping[str, str], path: Path) -> Iterator[ConstraintMutant]:
    """Yield the changes of each date: a day earlier, a day later, and omitted."""
    for name, text in given.items():
        for step in (-1, 1):
            shifted = (date.fromisoformat(text) + timedelta(days=step)).isoformat()
            yield ConstraintMutant((*path, name), f"{text} → {shifted}", always(shifted))
        fewer = {other: value for other, value in given.items() if other != name}
        if fewer:
            yield ConstraintMutant(path, f"without {name}", always(fewer))
