# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sentences of rules: placeholders in a policy's texts, checked when loaded, filled for a finding.

``{/pointer}`` a fact, ``{../name}`` the fact beside the failing one, ``{expected}``, ``{actual}``,
``{param:name}``; in pools ``{demand}``, ``{supply}``, ``{shortfall}``, ``{unit}``, ``{group.arch}``.
``|date`` cuts an instant to its day. Nothing else is evaluated, and what is filled in is never looked at
again: text from a host stays text.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ....module_utils._messages.catalog import LANGUAGES, render
from ....module_utils._time import NEVER_TEXT
from ..base.errors import Fault
from ..base.pointer import MISSING, split
from ..documents.schemas import brief, suggestion
from ..facts.fact_table import Node

_QUOTED = re.compile(r"\{(/[^{}|]*)")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_OF_RULES = ("expected", "actual")
_OF_POOLS = ("demand", "supply", "shortfall", "unit", "group")
_LEAVES = frozenset(
    ("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "properties", "items", "contains")
)


def printable(text: str) -> str:
    """``text`` without control characters: what a host said may hold terminal sequences."""
    return "".join(character if character.isprintable() else " " for character in text)


def placeholder_faults(text: str, facts: Node, values: Mapping[str, object], require: Any) -> Iterator[Fault]:
    """What is wrong with the placeholders of a text; ``require`` is None for pools."""
    for match in _PLACEHOLDER.finditer(text):
        name, _bar, form = match.group(1).partition("|")
        if form not in ("", "date") or not _known(name, facts, values, require):
            known = [
                *(_OF_RULES if require is not None else _OF_POOLS),
                *(f"param:{each}" for each in values),
            ]
            fields = {"placeholder": match.group(0), "hint": suggestion(name, known)}
            yield Fault("placeholder_unknown", fields)


def quoted(texts: Iterable[str]) -> tuple[str, ...]:
    """Pointers of the facts that texts name."""
    return tuple(sorted({pointer for text in texts for pointer in _QUOTED.findall(text)}))


def _known(name: str, facts: Node, values: Mapping[str, object], require: Any) -> bool:
    if name.startswith("param:"):
        return name[6:] in values
    if name.startswith("/"):
        return facts.find(split(name)) is not None
    if require is None:
        return name in _OF_POOLS or name.startswith("group.")
    if name.startswith("../"):
        return any(facts.find(split(_beside("/" + "/".join(leaf), name))) for leaf in _places(require, ()))
    return name in _OF_RULES


def _places(part: Any, place: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if not isinstance(part, dict):
        return
    if part.keys() - _LEAVES:
        yield place
    for keyword in ("allOf", "anyOf", "oneOf"):
        for child in part.get(keyword, ()):
            yield from _places(child, place)
    for keyword in ("not", "then", "else"):
        yield from _places(part.get(keyword), place)
    for keyword in ("items", "contains"):
        yield from _places(part.get(keyword), (*place, "0"))
    for name, child in part.get("properties", {}).items():
        yield from _places(child, (*place, name))


def _beside(pointer: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(pointer or "/", name))


def fill(
    text: str, fact: Callable[[str], object], pointer: str, values: Mapping[str, object], language: str
) -> str:
    """``text`` with its placeholders filled; ``values`` holds those that are not facts, ``param:…`` too.

    ``fact`` gives the value at a pointer, or MISSING.
    """

    def replace(match: re.Match[str]) -> str:
        name, _bar, form = match.group(1).partition("|")
        if name.startswith(("/", "../")):
            value = fact(name if name.startswith("/") else _beside(pointer, name))
        else:
            value = values.get(name, MISSING)
        return _shown(value, form, language)

    return printable(_PLACEHOLDER.sub(replace, text))


def _shown(value: object, form: str, language: str) -> str:
    if value is MISSING or value is None:
        return render("word_unknown", {}, language)
    if value == NEVER_TEXT:
        return render("word_never", {}, language)
    if isinstance(value, list):
        return ", ".join(brief(item) for item in value) or render("word_none", {}, language)
    text = value if isinstance(value, str) else brief(value)
    return text[:10] if form == "date" else text


def describe(expected: object) -> str:
    """A bound as a person reads it: ``minimum 30``."""
    if isinstance(expected, dict):
        return ", ".join(f"{keyword} {brief(bound)}" for keyword, bound in sorted(expected.items()))
    return brief(expected)


def sentences(code: str, fields: Mapping[str, object]) -> dict[str, str]:
    """A catalogue sentence in both languages."""
    return {language: render(code, fields, language) for language in LANGUAGES}


def both(texts: Mapping[str, str]) -> dict[str, str]:
    """A rule's texts in both languages; where the Chinese one is missing the English one stands in."""
    return {"en": texts["en"], "zh": texts.get("zh", texts["en"])}
