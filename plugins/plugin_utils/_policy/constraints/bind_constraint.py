# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bind constraints: expand local references and substitute parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ....module_utils._pointer import Path
from ..base.errors import Problem
from ..documents.schemas import brief, suggestion, type_name

Report = Callable[[Problem, Path], None]
MAX_EXPANDED = 20_000

_LISTS = ("allOf", "anyOf", "oneOf")
_SINGLE = ("items", "contains", "not", "if", "then", "else")
_ANNOTATIONS = ("$defs", "description")
_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_SIZES = ("minLength", "maxLength", "minItems", "maxItems", "minContains", "maxContains")
_TEXTS = ("pattern", "versionRange")
_PARAMETER_TYPES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_NUMBERS, ("integer", "number")),
    **dict.fromkeys(_SIZES, ("integer",)),
    **dict.fromkeys(_TEXTS, ("string",)),
    "multipleOf": ("integer",),
    "withinDays": ("integer",),
    "beyondDays": ("integer",),
}


def bind(constraint: Any, values: Mapping[str, object], report: Report) -> Any:
    """Return ``constraint`` without ``$ref``, ``$defs`` and ``{param: name}``.

    ``report`` is called with each error and its path inside the constraint. Errors are an unknown parameter
    or reference, a circular reference, and a parameter whose type does not fit its keyword. As in JSON
    Schema, ``#/$defs/name`` refers to the ``$defs`` of the root, wherever the reference is; nested ``$defs``
    are ignored.
    """
    definitions = constraint.get("$defs", {}) if isinstance(constraint, dict) else {}
    return _Binder(values, report, definitions).bind(constraint, (), ())


def conjunction(constraints: Sequence[Any]) -> Any:
    """Combine constraints with ``allOf``; references of each part keep pointing to its own ``$defs``."""
    if len(constraints) == 1:
        return constraints[0]
    definitions: dict[str, Any] = {}
    parts = []
    for number, part in enumerate(constraints, 1):
        own = part.get("$defs", {}) if isinstance(part, dict) else {}
        names = {name: f"{number}-{name}" for name in own}
        definitions.update((names[name], _renamed(each, names)) for name, each in own.items())
        parts.append(_renamed(part, names))
    return {**({"$defs": definitions} if definitions else {}), "allOf": parts}


def _renamed(part: Any, names: Mapping[str, str]) -> Any:
    if not isinstance(part, dict):
        return part
    found: dict[str, Any] = {}
    for keyword, argument in part.items():
        if keyword == "$defs":
            continue
        if keyword == "$ref":
            name = argument.rpartition("/")[2]
            found[keyword] = f"#/$defs/{names.get(name, name)}"
        elif keyword in _LISTS:
            found[keyword] = [_renamed(child, names) for child in argument]
        elif keyword in _SINGLE:
            found[keyword] = _renamed(argument, names)
        elif keyword == "properties":
            found[keyword] = {name: _renamed(child, names) for name, child in argument.items()}
        else:
            found[keyword] = argument
    return found


class _Binder:
    def __init__(self, values: Mapping[str, object], report: Report, definitions: Mapping[str, Any]) -> None:
        self._definitions = definitions
        self._values = values
        self._report = report
        self._count = 0

    def bind(self, part: Any, path: Path, inside: tuple[str, ...]) -> Any:
        self._count += 1
        if not isinstance(part, dict):
            return part
        if self._count > MAX_EXPANDED:
            if self._count == MAX_EXPANDED + 1:
                self._report(Problem("constraint_too_large", {"limit": MAX_EXPANDED}), path)
            return True
        bound: dict[str, Any] = {}
        for keyword, argument in part.items():
            if keyword in _ANNOTATIONS or keyword == "$ref":
                continue
            bound[keyword] = self._keyword(keyword, argument, (*path, keyword), inside)
        if "$ref" in part:
            target = self._reference(part["$ref"], (*path, "$ref"), inside)
            bound["allOf"] = [*bound.get("allOf", []), target]
        return bound

    def _keyword(self, keyword: str, argument: Any, path: Path, inside: tuple[str, ...]) -> Any:
        if keyword in _LISTS:
            return [self.bind(part, (*path, index), inside) for index, part in enumerate(argument)]
        if keyword in _SINGLE:
            return self.bind(argument, path, inside)
        if keyword == "properties":
            return {name: self.bind(part, (*path, name), inside) for name, part in argument.items()}
        if keyword == "enum":
            return [self._scalar(keyword, item, (*path, index)) for index, item in enumerate(argument)]
        return self._scalar(keyword, argument, path)

    def _scalar(self, keyword: str, argument: Any, path: Path) -> Any:
        if not (isinstance(argument, dict) and set(argument) == {"param"}):
            return argument
        name = argument["param"]
        if name not in self._values:
            hint = suggestion(name, sorted(self._values))
            self._report(Problem("param_unknown", {"param": name, "hint": hint}), path)
            return 0
        value = self._values[name]
        wanted = _PARAMETER_TYPES.get(keyword)
        if wanted is not None and type_name(value) not in wanted:
            fields = {
                "param": name,
                "keyword": keyword,
                "expected": " / ".join(wanted),
                "value": brief(value),
            }
            self._report(Problem("param_unfit", fields), path)
            return "" if keyword in _TEXTS else 0
        return value

    def _reference(self, reference: str, path: Path, inside: tuple[str, ...]) -> Any:
        name = reference.rpartition("/")[2]
        if name in inside:
            self._report(Problem("reference_cycle", {"reference": reference}), path)
            return True
        if name not in self._definitions:
            hint = suggestion(name, sorted(self._definitions))
            self._report(Problem("reference_unknown", {"reference": reference, "hint": hint}), path)
            return True
        return self.bind(self._definitions[name], path, (*inside, name))
