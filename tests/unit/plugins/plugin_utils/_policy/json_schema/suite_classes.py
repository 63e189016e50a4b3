# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Derive from schema and instance alone in which ways a verdict may differ from the library's.

Nothing here uses the evaluation under test. A schema that refers to other documents counts with their
contents.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from certain_possible import KIND
from jsonschema import validators

_KINDS = {"number": (int, float), "string": str, "array": list, "object": dict}
_TYPED = {
    **KIND,
    "format": "string",
    "unevaluatedItems": "array",
    "unevaluatedProperties": "object",
}
_KEYWORDS = frozenset(
    name
    for version in (4, 6, 7)
    for name in validators.validator_for(
        {"$schema": f"http://json-schema.org/draft-0{version}/schema#"}
    ).VALIDATORS
) | frozenset(
    name
    for version in ("2019-09", "2020-12")
    for name in validators.validator_for(
        {"$schema": f"https://json-schema.org/draft/{version}/schema"}
    ).VALIDATORS
)


def parts_of(value: Any) -> Iterator[Any]:
    """Yield a value and everything inside it."""
    yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from parts_of(part)


def possible_gaps(documents: list[Any], instance: Any) -> set[str]:
    """Return the reasons for which the instance can leave a question of the schema without an answer."""
    objects = [part for document in documents for part in parts_of(document) if isinstance(part, dict)]
    values = list(parts_of(instance))
    reasons = {"nothing_checked"}
    if any(value is None for value in values):
        reasons.add("null")
    named = {
        name for part in objects if isinstance(part.get("properties"), dict) for name in part["properties"]
    }
    if any(isinstance(value, dict) and named - value.keys() for value in values):
        reasons.add("missing")
    kinds = {
        _TYPED[keyword] for part in objects if "type" not in part for keyword in part if keyword in _TYPED
    }
    if any(
        not isinstance(value, _KINDS[kind]) or isinstance(value, bool) for kind in kinds for value in values
    ):
        reasons.add("value")
    return reasons


def gap_is_real(pointer: str, reason: str, keyword: str, instance: Any) -> bool:
    """Return whether the instance has such a gap at ``pointer``."""
    *above, last = ["", *(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])]
    value: Any = {"": instance}
    for step in above:
        value = value[int(step)] if isinstance(value, list) else value[step]
    if reason == "missing":
        return isinstance(value, dict) and last not in value
    if isinstance(value, dict) and last not in value:
        return False
    found = value[int(last)] if isinstance(value, list) else value[last]
    if reason == "null":
        return found is None
    return not isinstance(found, _KINDS[_TYPED[keyword]]) or isinstance(found, bool)


def formats_without_checker(documents: list[Any], checkers: Any) -> set[str]:
    """Return the formats in the documents that the library would let pass unseen."""
    found = {part["format"] for document in documents for part in parts_of(document) if _has_format(part)}
    return found - set(checkers)


def _has_format(part: Any) -> bool:
    return isinstance(part, dict) and isinstance(part.get("format"), str)


def invalid_patterns(documents: list[Any]) -> set[str]:
    """Return the patterns that Python's ``re`` cannot compile."""
    patterns: set[str] = set()
    for document in documents:
        for part in parts_of(document):
            if isinstance(part, dict):
                patterns |= {part["pattern"]} if isinstance(part.get("pattern"), str) else set()
                patterns |= (
                    set(part["patternProperties"])
                    if isinstance(part.get("patternProperties"), dict)
                    else set()
                )
    return {pattern for pattern in patterns if not _compiles(pattern)}


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def misspelt(documents: list[Any]) -> set[str]:
    """Return names in the documents that differ in one or two letters from a keyword of the library."""
    names = {
        name
        for document in documents
        for part in parts_of(document)
        if isinstance(part, dict)
        for name in part
    }
    names -= _KEYWORDS
    return {name for name in names for keyword in _KEYWORDS if _is_near(name, keyword)}


def _is_near(name: str, keyword: str) -> bool:
    # Names without one letter are equal after an insertion, deletion or replacement.
    left, right = name.lower(), keyword.lower()
    if left == right or sorted(left) == sorted(right):
        return True
    shorter = {left[:at] + left[at + 1 :] for at in range(len(left))} | {left}
    return bool(shorter & ({right[:at] + right[at + 1 :] for at in range(len(right))} | {right}))
