# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the vocabulary of a schema: misspelt keywords, keywords of other drafts, own keywords."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ....module_utils._errors import LicensingError
from ....module_utils._licensing.values.version import parse_range
from ....module_utils._pointer import Path, join, lookup
from ..base.errors import Problem
from ..constraints.re_patterns import pattern_problem
from ..documents.schemas import as_written, brief, suggestion
from ..documents.yaml_reader import Document
from .dialects import (
    NAMED_CHILDREN,
    OTHER_ANNOTATIONS,
    OTHER_KEYWORDS,
    OTHER_TYPES,
    Dialect,
    folded,
    is_known,
    known_keywords,
    other_drafts,
)
from .library import FORMAT_PACKAGES, has_format
from .model import AbsentMode
from .resources import is_uri

_OWN_ANNOTATIONS = ("x-absent", "x-message")
#: Keywords that have an effect only beside another one.
_COMPANIONS = {"then": "if", "else": "if", "minContains": "contains", "maxContains": "contains"}
TYPE_NAMES = ("array", "boolean", "integer", "null", "number", "object", "string")
MAX_DAYS = 100_000
_LONG = 8
_LANGUAGES = frozenset(("en", "zh"))


def keyword_problems(
    schema: Mapping[str, Any], document: Document, path: Path, dialect: Dialect
) -> Iterator[tuple[Problem, bool]]:
    """Yield the errors of the keywords of one schema object, each with whether it is only a warning."""
    for keyword, argument in schema.items():
        place = document.place((*path, keyword))
        if keyword == "x-absent":
            if argument not in [mode.value for mode in AbsentMode]:
                expected = [mode.value for mode in AbsentMode]
                fields = {"value": brief(argument), "expected": expected}
                yield Problem("json_schema_x_absent", fields, place), False
        elif keyword == "x-message":
            if not _is_message(argument):
                yield Problem("json_schema_x_message", {"value": brief(argument)}, place), False
        elif dialect.has(keyword):
            if not (dialect.ignores_ref_siblings and "$ref" in schema):
                yield from (
                    (problem, False) for problem in _argument_problems(keyword, argument, place, dialect)
                )
                needed = _COMPANIONS.get(keyword, keyword)
                if needed not in schema:
                    fields = {"keyword": keyword, "needed": needed}
                    # JSON Schema defines that the keyword is ignored, so the schema is valid.
                    yield Problem("json_schema_companion", fields, place), True
        elif other := other_drafts(keyword, dialect):
            fields = {"keyword": keyword, "draft": other, "dialect": dialect.label}
            yield Problem("json_schema_other_draft", fields, place), True
        elif not is_known(keyword) and keyword not in OTHER_ANNOTATIONS:
            near = nearest_keyword(keyword)
            if near:
                code = "json_schema_misspelt_own" if keyword.startswith("x-") else "json_schema_misspelt"
                yield Problem(code, {"keyword": keyword, "suggestion": near}, place), False
            elif not keyword.startswith("x-"):
                yield Problem("json_schema_unknown", {"keyword": keyword}, place), True


def invalid_argument(document: Document, path: Path, fields: Mapping[str, object]) -> Problem:
    """Return the error of an argument that the meta-schema of the draft refuses.

    ``fields`` are those of ``json_schema_invalid``. Words for types and text without its quotes have a
    message of their own.
    """
    place = document.place(path)
    value = lookup(document.value, join(path))
    if isinstance(value, str) and _is_type(path):
        known = sorted(TYPE_NAMES)
        meant = OTHER_TYPES.get(folded(value)) or suggestion(value, known)
        code = "json_schema_type_name" if meant else "json_schema_type_unknown"
        return Problem(code, {"name": as_written(value), "suggestion": meant, "expected": known}, place)
    if (
        fields.get("rule") == "type"
        and fields.get("expected") == "string"
        and not isinstance(value, (dict, list))
    ):
        return Problem("json_schema_text", {**fields, "value": brief(value)}, place)
    if value is None and _is_type(path):
        return Problem("json_schema_text", {**fields, "value": "null"}, place)
    return Problem("json_schema_invalid", fields, place)


def _is_type(path: Path) -> bool:
    """Return whether ``path`` leads to the name of a type, not to a property with the name ``type``."""
    keyword = path[:-1] if path and isinstance(path[-1], int) else path
    return keyword[-1:] == ("type",) and keyword[-2:-1] not in [(name,) for name in NAMED_CHILDREN]


def _argument_problems(keyword: str, argument: Any, place: str, dialect: Dialect) -> Iterator[Problem]:
    if keyword == "format" and isinstance(argument, str) and not has_format(dialect, argument):
        package = FORMAT_PACKAGES.get(argument, "")
        code = "json_schema_format_package" if package else "json_schema_format_unknown"
        yield Problem(code, {"format": argument, "package": package, "draft": dialect.label}, place)
    elif keyword == dialect.id_keyword and isinstance(argument, str) and not is_uri(argument):
        yield Problem("json_schema_uri", {"reference": argument}, place)
    elif keyword == "pattern" and isinstance(argument, str):
        yield from _pattern_problems(argument, place)
    elif keyword == "patternProperties" and isinstance(argument, Mapping):
        for pattern in argument:
            yield from _pattern_problems(pattern, place)
    elif keyword == "versionRange" and not isinstance(argument, str):
        fields = {"pointer": keyword, "value": as_written(argument)}
        yield Problem("json_schema_text", fields, place)
    elif keyword == "versionRange":
        try:
            parse_range(argument)
        except LicensingError:
            yield Problem("json_schema_version_range", {"part": brief(argument)}, place)
    elif keyword in ("withinDays", "beyondDays") and not _is_days(argument):
        yield Problem("json_schema_days", {"keyword": keyword, "value": as_written(argument)}, place)


def _is_days(argument: object) -> bool:
    return isinstance(argument, int) and not isinstance(argument, bool) and 0 <= argument <= MAX_DAYS


def _pattern_problems(pattern: str, place: str) -> Iterator[Problem]:
    problem = pattern_problem(pattern)
    if problem:
        yield Problem("json_schema_pattern_invalid", {"pattern": brief(pattern), "problem": problem}, place)


def _is_message(value: object) -> bool:
    if isinstance(value, str):
        return True
    if not isinstance(value, Mapping) or not value or not set(value) <= _LANGUAGES:
        return False
    return all(isinstance(text, str) for text in value.values())


def nearest_keyword(name: str) -> str:
    """Return the keyword that ``name`` probably misspells, or an empty string.

    The limit is one edit (insert, delete, replace, transpose), two for names of eight letters or more;
    differences in upper and lower case, underscores and hyphens do not count. Words of other schema languages
    are those of ``OTHER_KEYWORDS``. A name with ``x-`` can only misspell an annotation.
    """
    if folded(name) in OTHER_KEYWORDS:
        return OTHER_KEYWORDS[folded(name)]
    limit = 2 if len(name) >= _LONG else 1
    best = ""
    keywords = () if name.startswith("x-") else known_keywords()
    for known in (*keywords, *_OWN_ANNOTATIONS):
        if known.lower() == name.lower() or (keywords and known.lower() == folded(name)):
            return known
        if abs(len(known) - len(name)) <= limit:
            distance = _distance(name, known)
            if distance <= limit and (not best or distance < _distance(name, best)):
                best = known
    return best


def _distance(left: str, right: str) -> int:
    before: list[int] = []
    previous = list(range(len(right) + 1))
    for row, character in enumerate(left, 1):
        current = [row]
        for column, other in enumerate(right, 1):
            cost = min(previous[column] + 1, current[-1] + 1, previous[column - 1] + (character != other))
            if row > 1 and column > 1 and character == right[column - 2] and left[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        before, previous = previous, current
    return previous[-1]
