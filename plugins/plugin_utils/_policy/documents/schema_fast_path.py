# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fast validator for valid documents; the jsonschema library explains failures.

A schema is compiled to closures once. A schema with an unsupported keyword is not compiled. For a valid
document, jsonschema alone needs about twenty times as long.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from .comparisons import COMPARISONS, NUMBER, RANGES, SIZES

Check = Callable[[Any], bool]
Load = Callable[[str], dict[str, Any]]

_ANNOTATIONS = frozenset(("$schema", "$id", "$defs", "title", "description", "examples", "default"))
#: Keywords that other keywords of the same subschema evaluate.
_WITH_OTHERS = frozenset(("additionalProperties", "unevaluatedProperties", "then", "else"))
#: Keywords whose compiled check is also right if it is False, so that it can be a condition.
_EXACT = frozenset(("anyOf", "properties", "required", "const"))
_TYPES: dict[str, Check] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, NUMBER) and not isinstance(value, bool),
}


class Unsupported(Exception):
    """The schema uses a keyword or value that only the jsonschema library supports."""


def quick(schema: dict[str, Any], load: Load | None = None) -> Check | None:
    """Return a check that is True only for valid values; None for a schema that cannot be compiled.

    False can be wrong (for example for an integer written as 1.0): validate such a value with jsonschema.
    ``load`` returns the schema of a file that this one refers to as a whole.
    """
    try:
        return _Compiler(schema, load).compile(schema)
    except Unsupported:
        return None


class _Compiler:
    def __init__(self, root: dict[str, Any], load: Load | None = None) -> None:
        self._root = root
        self._load = load
        #: By reference; None while the subschema is being compiled.
        self._compiled: dict[str, Check | None] = {}

    def compile(self, part: Any) -> Check:
        if isinstance(part, bool):
            return lambda _value: part
        checks = []
        for keyword, argument in part.items():
            if keyword in _ANNOTATIONS or keyword in _WITH_OTHERS:
                continue
            if keyword.startswith("x-"):
                # Annotations for the facts reference.
                continue
            compiler = _COMPILERS.get(keyword)
            if compiler is None:
                raise Unsupported(keyword)
            checks.append(compiler(self, argument, part))
        additional = self._additional_keys(part)
        if additional is not None:
            checks.append(additional)
        return _all(checks)

    def _additional_keys(self, part: dict[str, Any]) -> Check | None:
        """Check keys that ``properties`` does not name; None if all of them are allowed."""
        rest = part.get("additionalProperties", part.get("unevaluatedProperties", True))
        if rest is True:
            return None
        if "additionalProperties" not in part and (
            "$ref" in part or not _only_requires(part.get("anyOf", ()))
        ):
            # Other subschemas can evaluate keys, which this compiler does not track.
            raise Unsupported("unevaluatedProperties")
        known = frozenset(part.get("properties", ()))
        patterns = [re.compile(pattern).search for pattern in part.get("patternProperties", ())]
        if rest is False:
            return lambda value: (
                not isinstance(value, dict)
                or value.keys() <= known
                or all(any(search(name) for search in patterns) for name in value.keys() - known)
            )
        if patterns:
            raise Unsupported("patternProperties")
        check = self.compile(rest)
        return lambda value: (
            not isinstance(value, dict)
            or all(check(item) for name, item in value.items() if name not in known)
        )

    def reference(self, argument: str, _part: Any) -> Check:
        if argument in self._compiled:
            known = self._compiled[argument]
            # The subschema refers to itself, so its check is there when the first value is checked.
            return known if known is not None else lambda value: self._check(argument, value)
        name = argument.removeprefix("#/$defs/")
        self._compiled[argument] = None
        if name != argument and "/" not in name:
            check = self.compile(self._root["$defs"][name])
        elif self._load is not None and "#" not in argument:
            root = self._load(argument)
            check = _Compiler(root, self._load).compile(root)
        else:
            raise Unsupported(argument)
        self._compiled[argument] = check
        return check

    def _check(self, reference: str, value: Any) -> bool:
        check = self._compiled[reference]
        return check is not None and check(value)

    def if_(self, argument: Any, part: dict[str, Any]) -> Check:
        _refuse_inexact(argument)
        condition = self.compile(argument)
        then, otherwise = self.compile(part.get("then", True)), self.compile(part.get("else", True))
        return lambda value: then(value) if condition(value) else otherwise(value)

    def dependent_required(self, argument: dict[str, list[str]], _part: Any) -> Check:
        wanted = {name: frozenset(names) for name, names in argument.items()}
        return lambda value: (
            not isinstance(value, dict)
            or all(names <= value.keys() for name, names in wanted.items() if name in value)
        )

    def least_keys(self, argument: int, _part: Any) -> Check:
        return lambda value: not isinstance(value, dict) or len(value) >= argument

    def most_keys(self, argument: int, _part: Any) -> Check:
        return lambda value: not isinstance(value, dict) or len(value) <= argument

    def prefix_items(self, argument: list[Any], _part: Any) -> Check:
        checks = [self.compile(part) for part in argument]
        return lambda value: (
            not isinstance(value, list)
            or all(check(item) for check, item in zip(checks, value, strict=False))
        )

    def any_of(self, argument: list[Any], _part: Any) -> Check:
        checks = [self.compile(part) for part in argument]
        return lambda value: any(check(value) for check in checks)

    def properties(self, argument: dict[str, Any], _part: Any) -> Check:
        checks = {name: self.compile(part) for name, part in argument.items()}

        def check(value: Any) -> bool:
            if isinstance(value, dict):
                for name, item in value.items():
                    own = checks.get(name)
                    if own is not None and not own(item):
                        return False
            return True

        return check

    def pattern_properties(self, argument: dict[str, Any], _part: Any) -> Check:
        if any(part is not True for part in argument.values()):
            raise Unsupported("patternProperties")
        # Values of these keys are not restricted; additional keys are checked separately.
        return lambda _value: True

    def property_names(self, argument: Any, _part: Any) -> Check:
        check = self.compile(argument)
        return lambda value: not isinstance(value, dict) or all(check(name) for name in value)

    def items(self, argument: Any, part: dict[str, Any]) -> Check:
        check, first = self.compile(argument), len(part.get("prefixItems", ()))
        return lambda value: (
            not isinstance(value, list) or all(check(item) for item in (value[first:] if first else value))
        )

    def required(self, argument: list[str], _part: Any) -> Check:
        names = frozenset(argument)
        return lambda value: not isinstance(value, dict) or names <= value.keys()

    def type_(self, argument: Any, _part: Any) -> Check:
        checks = [_TYPES.get(name) for name in ([argument] if isinstance(argument, str) else argument)]
        if None in checks:
            raise Unsupported(str(argument))
        found = [check for check in checks if check is not None]
        return found[0] if len(found) == 1 else lambda value: any(check(value) for check in found)

    def values(self, argument: Any, part: Any) -> Check:
        choices = part.get("enum", [argument])
        if not all(isinstance(choice, str) or (isinstance(choice, int) and choice > 1) for choice in choices):
            if choices == [1]:
                return lambda value: value == 1 and isinstance(value, int) and not isinstance(value, bool)
            raise Unsupported("enum")
        allowed = frozenset(choices)
        return lambda value: isinstance(value, (str, int)) and value in allowed

    def pattern(self, argument: str, _part: Any) -> Check:
        search = re.compile(argument).search
        return lambda value: not isinstance(value, str) or search(value) is not None

    def unique(self, argument: bool, _part: Any) -> Check:
        def check(value: Any) -> bool:
            if not argument or not isinstance(value, list):
                return True
            return all(isinstance(item, str) for item in value) and len(set(value)) == len(value)

        return check


def _only_requires(alternatives: Iterable[Any]) -> bool:
    return all(isinstance(each, dict) and each.keys() == {"required"} for each in alternatives)


def _refuse_inexact(part: Any) -> None:
    """Raise Unsupported if the check of a subschema can be False for a valid value."""
    if not isinstance(part, dict) or not part.keys() <= _EXACT or not isinstance(part.get("const", ""), str):
        raise Unsupported("if")
    for inner in (*part.get("anyOf", ()), *part.get("properties", {}).values()):
        _refuse_inexact(inner)


def _all(checks: list[Check]) -> Check:
    if len(checks) == 1:
        return checks[0]
    if len(checks) == 2:
        first, second = checks
        return lambda value: first(value) and second(value)
    return lambda value: all(check(value) for check in checks)


def _compare(keyword: str) -> Callable[[_Compiler, Any, Any], Check]:
    passes = COMPARISONS[keyword].passes
    return lambda _self, argument, _part: lambda value: passes(value, argument)


_COMPILERS: dict[str, Callable[[_Compiler, Any, Any], Check]] = {
    "$ref": _Compiler.reference,
    "anyOf": _Compiler.any_of,
    "if": _Compiler.if_,
    "dependentRequired": _Compiler.dependent_required,
    "prefixItems": _Compiler.prefix_items,
    "minProperties": _Compiler.least_keys,
    "maxProperties": _Compiler.most_keys,
    "properties": _Compiler.properties,
    "patternProperties": _Compiler.pattern_properties,
    "propertyNames": _Compiler.property_names,
    "items": _Compiler.items,
    "required": _Compiler.required,
    "type": _Compiler.type_,
    "const": _Compiler.values,
    "enum": _Compiler.values,
    "pattern": _Compiler.pattern,
    "uniqueItems": _Compiler.unique,
    **{keyword: _compare(keyword) for keyword in (*RANGES, *SIZES)},
}
