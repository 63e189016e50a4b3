# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check and fill the placeholders in the texts of rules and pools.

``{/pointer}`` is a fact, ``{param:name}`` a parameter. Rules also have ``{../name}`` (a sibling of the
failing fact), ``{expected}`` and ``{actual}``; pools have ``{demand}``, ``{supply}``, ``{shortfall}``,
``{unit}`` and ``{group.arch}``. ``|date`` reduces a time to its date. Nothing else is evaluated, and inserted
values are not searched for placeholders, so text from a host stays text.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ....module_utils._licensing.values.periods import NEVER_TEXT
from ....module_utils._messages.catalog import LANGUAGES, SEPARATORS, render
from ....module_utils._pointer import MISSING, split
from ....module_utils._text import one_line
from ..base.errors import Problem
from ..documents.schemas import brief, suggestion
from ..facts.fact_synonyms import nearest_facts
from ..facts.fact_table import Node

_QUOTED = re.compile(r"\{(/[^{}|]*)")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_RULE_PLACEHOLDERS = ("expected", "actual")
_POOL_PLACEHOLDERS = ("demand", "supply", "shortfall", "unit", "group")
_NESTING_KEYWORDS = frozenset(
    ("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "properties", "items", "contains")
)


def placeholder_problems(
    text: str, facts: Node, values: Mapping[str, object], require: Any
) -> Iterator[Problem]:
    """Yield the errors of the placeholders of a text; ``require`` is None for pools."""
    for match in _PLACEHOLDER.finditer(text):
        name, _bar, form = match.group(1).partition("|")
        if form not in ("", "date") or not _known(name, facts, values, require):
            known = [
                *(_RULE_PLACEHOLDERS if require is not None else _POOL_PLACEHOLDERS),
                *(f"param:{each}" for each in values),
            ]
            if form in ("", "date") and name.startswith("/"):
                fields = {"placeholder": match.group(0), "hint": nearest_facts(name, facts)}
                yield Problem("placeholder_fact_unknown", fields)
                continue
            yield Problem(
                "placeholder_unknown", {"placeholder": match.group(0), "hint": suggestion(name, known)}
            )


def quoted(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the sorted pointers of the facts that texts name."""
    return tuple(sorted({pointer for text in texts for pointer in _QUOTED.findall(text)}))


def _known(name: str, facts: Node, values: Mapping[str, object], require: Any) -> bool:
    if name.startswith("param:"):
        return name[6:] in values
    if name.startswith("/"):
        return facts.find(split(name)) is not None
    if require is None:
        return name in _POOL_PLACEHOLDERS or name.startswith("group.")
    if name.startswith("../"):
        return any(
            facts.find(split(_resolve("/" + "/".join(leaf), name))) for leaf in _failure_places(require, ())
        )
    return name in _RULE_PLACEHOLDERS


def _failure_places(part: Any, place: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if not isinstance(part, dict):
        return
    if part.keys() - _NESTING_KEYWORDS:
        yield place
    for keyword in ("allOf", "anyOf", "oneOf"):
        for child in part.get(keyword, ()):
            yield from _failure_places(child, place)
    for keyword in ("not", "then", "else"):
        yield from _failure_places(part.get(keyword), place)
    for keyword in ("items", "contains"):
        yield from _failure_places(part.get(keyword), (*place, "0"))
    for name, child in part.get("properties", {}).items():
        yield from _failure_places(child, (*place, name))


def _resolve(pointer: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(pointer or "/", name))


def fill(
    text: str, fact: Callable[[str], object], pointer: str, values: Mapping[str, object], language: str
) -> str:
    """Return ``text`` with its placeholders filled.

    ``fact`` returns the value at a pointer, or MISSING. ``values`` contains all other placeholders, including
    ``param:…``. ``pointer`` is the failing fact, the base of ``../name``.
    """

    def replace(match: re.Match[str]) -> str:
        name, _bar, form = match.group(1).partition("|")
        if name.startswith(("/", "../")):
            value = fact(name if name.startswith("/") else _resolve(pointer, name))
        else:
            value = values.get(name, MISSING)
        return _shown(value, form, language)

    return one_line(_PLACEHOLDER.sub(replace, text))


def _shown(value: object, form: str, language: str) -> str:
    if value is MISSING or value is None:
        return render("word_unknown", {}, language)
    if value == NEVER_TEXT:
        return render("word_never", {}, language)
    if isinstance(value, list):
        return SEPARATORS[language].join(brief(item) for item in value) or render("word_none", {}, language)
    text = value if isinstance(value, str) else brief(value)
    return text[:10] if form == "date" else text


def describe(expected: object) -> str:
    """Return a bound as text for a message, such as ``minimum 30``."""
    if isinstance(expected, dict):
        return ", ".join(f"{keyword} {brief(bound)}" for keyword, bound in sorted(expected.items()))
    return brief(expected)


def sentences(code: str, fields: Mapping[str, object]) -> dict[str, str]:
    """Return a message of the message catalog in both languages."""
    return {language: render(code, fields, language) for language in LANGUAGES}


def both(texts: Mapping[str, str]) -> dict[str, str]:
    """Return a rule's texts in both languages; the English text replaces a missing Chinese one."""
    return {"en": texts["en"], "zh": texts.get("zh", texts["en"])}
