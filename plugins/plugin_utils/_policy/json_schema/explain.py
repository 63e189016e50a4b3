# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Explain the result of an evaluation: one sentence per violation and gap, in English or Chinese."""

from __future__ import annotations

import re
from collections.abc import Callable

from ....module_utils._messages.catalog import render
from ..documents.schemas import as_written, brief
from .analysis import number_in
from .model import GapReason, RuleTexts, SchemaGap, SchemaResult, SchemaViolation

SHOWN_POINTERS = 5
_CODES = {
    "maximum": "json_schema_maximum",
    "minimum": "json_schema_minimum",
    "exclusiveMinimum": "json_schema_greater",
    "exclusiveMaximum": "json_schema_less",
    "multipleOf": "json_schema_multiple",
    "type": "json_schema_type",
    "const": "json_schema_const",
    "enum": "json_schema_enum",
    "pattern": "json_schema_pattern",
    "format": "json_schema_format",
    "required": "json_schema_required",
    "dependentRequired": "json_schema_required",
    "dependencies": "json_schema_required",
    "x-absent": "json_schema_required",
    "false": "json_schema_forbidden",
    "additionalProperties": "json_schema_forbidden",
    "additionalItems": "json_schema_forbidden",
    "unevaluatedProperties": "json_schema_forbidden",
    "unevaluatedItems": "json_schema_forbidden",
    "uniqueItems": "json_schema_unique",
    "not": "json_schema_not",
    "versionRange": "json_schema_version",
    "withinDays": "json_schema_within",
    "beyondDays": "json_schema_beyond",
}
#: Codes of one and of many of a unit.
_CHARACTER = ("json_schema_character", "json_schema_characters")
_ITEM = ("json_schema_item", "json_schema_items")
_FIELD = ("json_schema_field", "json_schema_fields")
#: Keywords of a size, with the code of the message and the unit.
_SIZES = {
    "minLength": ("json_schema_at_least", _CHARACTER),
    "maxLength": ("json_schema_at_most", _CHARACTER),
    "minItems": ("json_schema_at_least", _ITEM),
    "maxItems": ("json_schema_at_most", _ITEM),
    "minProperties": ("json_schema_at_least", _FIELD),
    "maxProperties": ("json_schema_at_most", _FIELD),
}
_GAP_CODES = {
    GapReason.MISSING: "json_schema_gap_missing",
    GapReason.NULL: "json_schema_gap_null",
    GapReason.VALUE: "json_schema_gap_value",
    GapReason.NOTHING_CHECKED: "json_schema_gap_nothing_checked",
}
#: Keywords that read text of a certain form, with the message about text of another form.
_UNREADABLE = {
    "versionRange": "json_schema_gap_version",
    "withinDays": "json_schema_gap_date",
    "beyondDays": "json_schema_gap_date",
}
# Objects and long lists are shown as their size, which is not a text of the facts.
_SIZE = re.compile(r"[0-9]+ (fields?|items?)", re.ASCII)


def violation_text(found: SchemaViolation, language: str = "en", *, placed: bool = True) -> str:
    """Return what is wrong and what is expected, with the texts of the schema and its place if ``placed``."""
    return _with_texts(_violation(found, language), found.texts, found.place if placed else "", language)


def _violation(found: SchemaViolation, language: str) -> str:
    fields: dict[str, object] = {
        "pointer": _place_of_value(found.pointer, language),
        "keyword": found.keyword,
        "found": _writer(found)(found.found),
        "expected": _expected(found),
        "count": found.alternatives,
        "place": found.closest_place,
    }
    code = _CODES.get(found.keyword, "json_schema_bound")
    if found.keyword in _SIZES:
        code, unit = _SIZES[found.keyword]
        fields["size"] = _number_of(unit, found.expected, language)
    if found.keyword in ("anyOf", "oneOf"):
        code = "json_schema_alternatives" if found.closest else "json_schema_several"
        fields["closest"] = "; ".join(_violation(inner, language) for inner in found.closest)
    elif found.keyword == "contains":
        code, fields["low"], fields["high"] = _counts(found)
        fields["found"] = _number_of(_ITEM, found.found, language)
        values = [as_written(value) for value in found.values]
        match = "json_schema_match_const" if values else "json_schema_match"
        fields["match"] = render(match, {"value": _alternatives(values, language)}, language)
    elif found.keyword == "not" and found.values:
        code, fields["values"] = "json_schema_not_values", ", ".join(map(as_written, found.values))
    elif found.keyword == "type" and _is_number_as_text(found):
        code = "json_schema_type_text"
    elif _is_boolean_as_text(found):
        code = "json_schema_boolean_text"
    return render(code, fields, language)


def _writer(found: SchemaViolation) -> Callable[[object], str]:
    """Return how to write the values of a violation: text in quotes beside values of other types."""
    if found.keyword == "type":
        return _typed
    if found.keyword in ("const", "enum"):
        expected = found.expected
        choices = expected if isinstance(expected, list) and found.keyword == "enum" else [expected]
        values = [found.found, *choices]
        texts = sum(isinstance(value, str) and not _SIZE.fullmatch(value) for value in values)
        return _typed if 0 < texts < len(values) else brief
    return brief


def _place_of_value(pointer: str, language: str) -> str:
    """Return the pointer of a value; the facts as a whole have a name."""
    return pointer or render("json_schema_whole", {}, language)


def _number_of(unit: tuple[str, str], count: object, language: str) -> str:
    """Return a count with its unit, which is plural for all but one."""
    return render(unit[0] if count == 1 else unit[1], {"n": count}, language)


def _alternatives(values: list[str], language: str) -> str:
    found = values[:1] or [""]
    for value in values[1:]:
        found = [render("alternatives", {"first": found[0], "last": value}, language)]
    return found[0]


def _is_number_as_text(found: SchemaViolation) -> bool:
    types = [found.expected] if isinstance(found.expected, str) else found.expected
    if not isinstance(types, list) or not {"integer", "number"} & set(types):
        return False
    return isinstance(found.found, str) and not isinstance(number_in(found.found), str)


def _is_boolean_as_text(found: SchemaViolation) -> bool:
    if not isinstance(found.found, str) or found.found.lower() not in ("true", "false"):
        return False
    choices = found.expected if isinstance(found.expected, list) else [found.expected]
    if found.keyword == "type":
        return "boolean" in choices
    return found.keyword in ("const", "enum") and any(isinstance(choice, bool) for choice in choices)


def _counts(found: SchemaViolation) -> tuple[str, object, object]:
    """Return the code and the bounds of the message about the number of items that match ``contains``."""
    low, high = found.expected if isinstance(found.expected, list) else (found.expected, None)
    if high is None:
        return "json_schema_contains_least", low, high
    return "json_schema_contains_between" if low else "json_schema_contains_most", low, high


def _typed(value: object) -> str:
    """Return a value whose type matters: text in quotes, so that "8" and 8 differ."""
    is_text = isinstance(value, str) and not _SIZE.fullmatch(value)
    return f'"{brief(value)}"' if is_text else brief(value)


def _expected(found: SchemaViolation) -> str:
    # Names of types are not values of the facts.
    write = brief if found.keyword == "type" else _writer(found)
    if isinstance(found.expected, list) and found.keyword != "const":
        return ", ".join(write(choice) for choice in found.expected)
    return write(found.expected)


def gap_text(found: SchemaGap, language: str = "en", *, placed: bool = True) -> str:
    """Return why a question has no answer and what to do."""
    fields = {
        "pointer": _place_of_value(found.pointer, language),
        "keyword": found.keyword,
        "found": _typed(found.found),
    }
    code = _GAP_CODES[found.reason]
    if found.reason is GapReason.VALUE:
        code = _UNREADABLE.get(found.keyword, code)
    text = render(code, fields, language)
    return _with_texts(text, found.texts, found.place if placed else "", language)


def result_texts(result: SchemaResult, language: str = "en", *, placed: bool = True) -> list[str]:
    """Return the sentences of a result: violations, then gaps; one sentence for all missing properties."""
    texts = [violation_text(found, language, placed=placed) for found in result.violations]
    missing = result.missing
    if len(missing) > 1:
        more = ["…"] if len(missing) > SHOWN_POINTERS else []
        fields = {
            "missing": len(missing),
            "asked": max(result.asked, len(missing)),
            "pointers": [*missing[:SHOWN_POINTERS], *more],
        }
        texts.append(render("json_schema_missing_count", fields, language))
    for found in result.gaps:
        if found.reason is not GapReason.MISSING or len(missing) == 1:
            texts.append(gap_text(found, language, placed=placed))
    return texts


def _with_texts(text: str, texts: RuleTexts, place: str, language: str) -> str:
    heading = texts.message.get(language) or texts.title or texts.description
    if heading:
        text = render("json_schema_titled", {"title": heading, "text": text}, language)
    if not place:
        return text
    return render("json_schema_placed", {"text": text, "place": place}, language)
