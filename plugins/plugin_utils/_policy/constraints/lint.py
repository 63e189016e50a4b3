# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check constraints beyond their schema: unknown facts, impossible values, constraints that never fail."""

from __future__ import annotations

from typing import Any

from ....module_utils._errors import LicensingError
from ....module_utils._licensing.values.periods import NEVER_TEXT
from ....module_utils._licensing.values.version import parse_range
from ....module_utils._pointer import Path, join
from ..base.errors import Problem
from ..documents.schemas import brief, suggestion, type_name
from ..facts.fact_synonyms import suggest_facts
from ..facts.fact_table import Node
from .bind_constraint import Report
from .linear_regex import PatternError, compile_pattern

_NUMERIC = frozenset(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"))
_TEXT = frozenset(("minLength", "maxLength", "pattern", "versionRange"))
_INSTANT = frozenset(("withinDays", "beyondDays"))
_LIST = frozenset(("items", "contains", "minItems", "maxItems", "uniqueItems"))
_SAME_FACT = ("allOf", "anyOf", "oneOf")
_NUMBERS = frozenset(("integer", "number"))
#: Deprecated spellings of facts, which go with version 1.0: place → (deprecated, present).
_RESPELLED: dict[Path, tuple[str, str]] = {("catalog",): ("unrecognised", "unrecognized")}


def check(constraint: Any, node: Node, report: Report, *, guarded: bool) -> None:
    """Report every error of a bound ``constraint`` over the facts of ``node``, with its path in it.

    ``guarded`` is true if passing has an effect of its own (``when``): a numeric bound on a fact that can be
    ``never`` then needs ``type: integer`` next to it, because numeric keywords pass for text.
    """
    _Checker(report, node).walk(constraint, node, (), (), guarded)


class _Checker:
    def __init__(self, report: Report, root: Node) -> None:
        self._report = report
        self._root = root

    def _add_problem(self, code: str, path: Path, place: Path, **fields: object) -> None:
        self._report(Problem(code, {"pointer": join(place) or "/", **fields}), path)

    def walk(self, part: Any, node: Node, path: Path, place: Path, guarded: bool) -> None:
        if not isinstance(part, dict):
            return
        self._check_keywords(part, node, path, place, guarded)
        for keyword in _SAME_FACT:
            for index, child in enumerate(part.get(keyword, ())):
                self.walk(child, node, (*path, keyword, index), place, guarded)
        for keyword, inner in (("not", True), ("if", True), ("then", guarded), ("else", guarded)):
            if keyword in part:
                self.walk(part[keyword], node, (*path, keyword), place, inner)
        for keyword, inner in (("items", guarded), ("contains", True)):
            if keyword in part and node.items is not None:
                self.walk(part[keyword], node.items, (*path, keyword), (*place, "*"), inner)
        self._check_spelling(part, path, place)
        for name, child in part.get("properties", {}).items():
            found = self._child(node, name, (*path, "properties", name), place)
            if found is not None:
                self.walk(child, found, (*path, "properties", name), (*place, name), guarded)
        for index, name in enumerate(part.get("required", ())):
            self._child(node, name, (*path, "required", index), place)

    def _check_spelling(self, part: dict[str, Any], path: Path, place: Path) -> None:
        old, new = _RESPELLED.get(place, ("", ""))
        if old and {old, new} <= {*part.get("properties", {}), *part.get("required", ())}:
            self._add_problem("fact_in_two_spellings", path, (*place, new), deprecated=old)

    def _child(self, node: Node, name: str, path: Path, place: Path) -> Node | None:
        found = node.properties.get(name)
        if found is None:
            hint = suggest_facts(name, node, self._root, tuple(str(step) for step in place))
            self._add_problem("fact_unknown", path, (*place, name), hint=hint)
        return found

    def _check_keywords(
        self, part: dict[str, Any], node: Node, path: Path, place: Path, guarded: bool
    ) -> None:
        for keyword, argument in part.items():
            here = (*path, keyword)
            if keyword in _NUMERIC:
                self._numeric(keyword, part, node, here, place, guarded)
            elif keyword in _TEXT and "string" not in node.types:
                self._misfit("keyword_needs_text", keyword, node, here, place)
            elif keyword in _INSTANT and not node.instant:
                self._misfit("keyword_needs_instant", keyword, node, here, place)
            elif keyword in _LIST and "array" not in node.types:
                self._misfit("keyword_needs_list", keyword, node, here, place)
            elif keyword in ("const", "enum"):
                self._values(keyword, argument, node, here, place)
            elif keyword == "type":
                self._types(argument, node, here, place)
            if keyword == "pattern":
                self._pattern(argument, here, place)
            elif keyword == "versionRange":
                self._range(argument, here, place)

    def _misfit(self, code: str, keyword: str, node: Node, path: Path, place: Path) -> None:
        actual = " / ".join(sorted(node.types))
        self._add_problem(code, path, place, keyword=keyword, actual=actual)

    def _numeric(
        self, keyword: str, part: dict[str, Any], node: Node, path: Path, place: Path, guarded: bool
    ) -> None:
        if not node.types & _NUMBERS:
            self._misfit("keyword_needs_number", keyword, node, path, place)
        elif guarded and node.never and part.get("type") not in ("integer", "number"):
            self._add_problem("never_unguarded", path, place, keyword=keyword)

    def _values(self, keyword: str, argument: Any, node: Node, path: Path, place: Path) -> None:
        for value in argument if keyword == "enum" else [argument]:
            if not _possible(value, node):
                hint = suggestion(value, node.choices or ())
                expected = list(node.choices) if node.choices else sorted(node.types)
                self._add_problem(
                    "value_impossible", path, place, value=brief(value), expected=expected, hint=hint
                )

    def _types(self, argument: Any, node: Node, path: Path, place: Path) -> None:
        names = {argument} if isinstance(argument, str) else set(argument)
        if "number" in names:
            names.add("integer")
        if not names & (node.types | ({"number"} if "integer" in node.types else set())):
            actual = " / ".join(sorted(node.types))
            self._add_problem(
                "type_impossible", path, place, expected=" / ".join(sorted(names)), actual=actual
            )

    def _pattern(self, argument: Any, path: Path, place: Path) -> None:
        try:
            compile_pattern(argument)
        except PatternError as error:
            self._add_problem("pattern_invalid", path, place, pattern=brief(argument), problem=str(error))

    def _range(self, argument: Any, path: Path, place: Path) -> None:
        try:
            parse_range(argument)
        except LicensingError as error:
            self._add_problem(
                "version_range_invalid", path, place, part=brief(error.fields.get("part", argument))
            )


def _possible(value: object, node: Node) -> bool:
    if node.never and value == NEVER_TEXT:
        return True
    if node.choices is not None:
        return value in node.choices
    name = type_name(value)
    return name in node.types or (name == "integer" and "number" in node.types)


def never_fails(part: Any, node: Node | None) -> bool:
    """Return whether a bound constraint obviously passes for every value of the fact.

    False does not prove that the constraint can fail: only simple cases are recognized.
    """
    if isinstance(part, bool):
        return part
    if node is None or node.stated:
        return False
    return all(_always_passes(keyword, argument, part, node) for keyword, argument in part.items())


def _always_passes(keyword: str, argument: Any, part: dict[str, Any], node: Node) -> bool:
    if keyword == "properties":
        return all(never_fails(child, node.properties.get(name)) for name, child in argument.items())
    if keyword == "allOf":
        return all(never_fails(child, node) for child in argument)
    if keyword == "anyOf":
        return any(never_fails(child, node) for child in argument)
    if keyword == "not":
        return argument is False
    if keyword in ("if", "then", "else"):
        return never_fails(part.get("then", True), node) and never_fails(part.get("else", True), node)
    if keyword == "items":
        return never_fails(argument, node.items)
    if keyword in ("contains", "minContains", "maxContains"):
        return part.get("minContains", 1) == 0 and "maxContains" not in part
    if keyword == "required":
        return set(argument) <= node.required
    if keyword == "type":
        names = {argument} if isinstance(argument, str) else set(argument)
        return node.types <= (names | {"integer"} if "number" in names else names)
    if keyword in ("const", "enum"):
        values = argument if keyword == "enum" else [argument]
        choices = (True, False) if node.types == {"boolean"} else node.choices
        return choices is not None and all(choice in values for choice in choices)
    if keyword in ("minimum", "exclusiveMinimum") and node.minimum is not None:
        return bool(argument <= node.minimum if keyword == "minimum" else argument < node.minimum)
    if keyword in ("minItems", "minLength"):
        return bool(argument == 0)
    return keyword == "uniqueItems" and argument is False
