# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Explain the result of an evaluation: one sentence per violation and gap, in English or Chinese."""

from __future__ import annotations

from ....module_utils._messages.catalog import render
from ..documents.schemas import brief
from .model import GapReason, RuleTexts, SchemaGap, SchemaResult, SchemaViolation

SHOWN_POINTERS = 5
_CODES = {
    "maximum": "json_schema_maximum",
    "minimum": "json_schema_minimum",
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
    "contains": "json_schema_contains",
    "not": "json_schema_not",
    "versionRange": "json_schema_version",
    "withinDays": "json_schema_within",
    "beyondDays": "json_schema_beyond",
}
_GAP_CODES = {
    GapReason.MISSING: "json_schema_gap_missing",
    GapReason.NULL: "json_schema_gap_null",
    GapReason.VALUE: "json_schema_gap_value",
    GapReason.NOTHING_CHECKED: "json_schema_gap_nothing_checked",
}


def violation_text(found: SchemaViolation, language: str = "en", *, placed: bool = True) -> str:
    """Return what is wrong and what is expected, with the texts of the schema and its place if ``placed``."""
    return _with_texts(_violation(found, language), found.texts, found.place if placed else "", language)


def _violation(found: SchemaViolation, language: str) -> str:
    fields: dict[str, object] = {
        "pointer": found.pointer or "/",
        "keyword": found.keyword,
        "found": _typed(found.found) if found.keyword == "type" else brief(found.found),
        "expected": _expected(found),
        "count": found.alternatives,
        "place": found.closest_place,
    }
    code = _CODES.get(found.keyword, "json_schema_bound")
    if found.keyword in ("anyOf", "oneOf"):
        code = "json_schema_alternatives" if found.closest else "json_schema_several"
        fields["closest"] = "; ".join(_violation(inner, language) for inner in found.closest)
    return render(code, fields, language)


def _typed(value: object) -> str:
    """Return a value whose type is wrong: text in quotes, so that "8" and 8 differ."""
    return f'"{brief(value)}"' if isinstance(value, str) else brief(value)


def _expected(found: SchemaViolation) -> str:
    if found.keyword == "contains" and isinstance(found.expected, list):
        low, high = found.expected
        return f"{low}.." if high is None else f"{low}..{high}"
    if isinstance(found.expected, list):
        return ", ".join(brief(choice) for choice in found.expected)
    return brief(found.expected)


def gap_text(found: SchemaGap, language: str = "en", *, placed: bool = True) -> str:
    """Return why a question has no answer and what to do."""
    fields = {"pointer": found.pointer or "/", "keyword": found.keyword, "found": _typed(found.found)}
    text = render(_GAP_CODES[found.reason], fields, language)
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
