# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the values of facts that do not match their schema, with the reason and the accepted values.

Only the keywords that the schemas of facts use are supported. Each mismatch contains what the user needs to
correct the value. A test compares the results with the jsonschema library.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ....module_utils._licensing.values.license_row import (
    normalize_arch,
    normalize_count,
)
from ....module_utils._pointer import Path
from ..documents.schemas import schema, suggestion

ABSENT, NULL, TYPE, VALUE, UNKNOWN_KEY = "absent", "null", "type", "value", "unknown_key"

#: Maximum number of choices that a message lists; further choices are omitted.
SHOWN_CHOICES = 8

Use = tuple[str, Mapping[str, object]]
USE_LIST: Use = ("use_list", {})
_NOTHING: Use = ("", {})
_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
}


@dataclass(frozen=True)
class Misfit:
    """One value or key that does not match the schema.

    ``reason`` is the reason for which the fact becomes unknown, or ``unknown_key``. ``use`` is the code and
    the fields of the text that describes accepted values; ``hint`` is the most similar known key.
    """

    path: Path
    reason: str
    value: object = None
    use: Use = _NOTHING
    hint: str = ""
    keyword: str = field(default="", compare=False)
    choices: tuple[str, ...] = field(default=(), compare=False)


def misfits(name: str, value: object) -> Iterator[Misfit]:
    """Yield everything in ``value`` that does not match the schema ``name``."""
    root = schema(name)
    yield from _Walk(root).check(value, root, ())


def feature_respelled(feature: str, value: object) -> tuple[Any, list[Misfit]]:
    """Return the ``respelled`` value of a site's own ``feature``, and its mismatches.

    The schema of the built-in features applies; paths begin with ``features`` and the name of ``feature``.
    """
    root = schema("host_facts")
    part = root["properties"]["features"]["properties"]["isc"]
    walk = _Walk(root)
    spelled = walk.spell(value, part)
    return spelled, list(walk.check(spelled, part, ("features", feature)))


def respelled(name: str, value: object) -> Any:
    """Return a copy of ``value`` with architectures and numbers in the spelling of the schema ``name``.

    All parts that the schema defines are copied, so the caller may change them.
    """
    root = schema(name)
    return _Walk(root).spell(value, root)


def respelled_at(name: str, steps: Sequence[str], value: object) -> Any:
    """Return ``value``, which belongs at ``steps``, in the spelling of the schema ``name``.

    A number without a fraction is an integer where the schema has an integer.
    """
    part = _part_at(name, tuple(steps))
    if part is None:
        return value
    if isinstance(value, float) and value.is_integer() and part.get("type") == "integer":
        return int(value)
    return _Walk(schema(name)).spell(value, part)


@cache
def _part_at(name: str, steps: tuple[str, ...]) -> Any:
    return _Walk(schema(name)).part_at(steps)


def misfits_at(name: str, steps: Sequence[str], value: object) -> Iterator[Misfit]:
    """Yield everything in ``value`` that does not match the part of the schema ``name`` at ``steps``."""
    walk = _Walk(schema(name))
    part = _part_at(name, tuple(steps))
    if part is not None:
        yield from walk.check(value, part, tuple(steps))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


class _Walk:
    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root

    def _resolved(self, part: Any) -> Any:
        while "$ref" in part:
            part = self._root["$defs"][part["$ref"].rpartition("/")[2]]
        return part

    def part_at(self, steps: Sequence[str]) -> Any:
        """Return the part of the schema at ``steps``, a number for list items; None if none exists."""
        part = self._resolved(self._root)
        for step in steps:
            inner = part.get("items") if step.isdigit() else part.get("properties", {}).get(step)
            if inner is None:
                return None
            part = self._resolved(inner)
        return part

    def spell(self, value: Any, part: Any) -> Any:
        part = self._resolved(part)
        if isinstance(value, dict):
            known = part.get("properties", {})
            return {
                name: self.spell(item, known[name]) if name in known else item for name, item in value.items()
            }
        if isinstance(value, list):
            return [self.spell(item, part.get("items", {})) for item in value]
        if "x86_64" in part.get("enum", ()):
            return normalize_arch(value)
        return normalize_count(value) if part.get("type") == "integer" else value

    def check(self, value: Any, part: Any, path: Path) -> Iterator[Misfit]:
        part = self._resolved(part)
        if "anyOf" in part:
            if not any(self._fits(value, branch) for branch in part["anyOf"]):
                yield self._misfit(value, part, path, VALUE if isinstance(value, str) else TYPE, "anyOf")
            return
        choices = part.get("enum", [part["const"]] if "const" in part else None)
        if choices is not None:
            if not any(choice == value and type(choice) is type(value) for choice in choices):
                same = isinstance(value, type(choices[0]))
                yield self._misfit(value, part, path, VALUE if same else TYPE, "enum")
            return
        wanted = part.get("type", [])
        if wanted and not _is_one_of(value, [wanted] if isinstance(wanted, str) else wanted):
            yield self._misfit(value, part, path, TYPE, "type")
        elif isinstance(value, dict):
            yield from self._object(value, part, path)
        elif isinstance(value, list):
            yield from self._list(value, part, path)
        else:
            violated = next(_violated_keywords(value, part), "")
            if violated:
                yield self._misfit(value, part, path, VALUE, violated)

    def _fits(self, value: Any, part: Any) -> bool:
        return next(self.check(value, part, ()), None) is None

    def _misfit(self, value: Any, part: Any, path: Path, reason: str, keyword: str) -> Misfit:
        choices = tuple(str(each) for each in part.get("enum", ())) or tuple(_type_names(part))
        reason = NULL if value is None else reason
        return Misfit(path, reason, value, self._use(part), keyword=keyword, choices=choices)

    def _object(self, value: dict[str, Any], part: Any, path: Path) -> Iterator[Misfit]:
        known = part.get("properties", {})
        for name in part.get("required", ()):
            if name not in value:
                yield Misfit((*path, name), ABSENT, use=self._use(known.get(name, {})), keyword="required")
        patterns = [_compiled(pattern) for pattern in part.get("patternProperties", ())]
        rest = part.get("additionalProperties", part.get("unevaluatedProperties", True))
        names = part.get("propertyNames")
        for name, item in value.items():
            if names is not None and not self._fits(name, names):
                yield self._misfit(name, names, path, VALUE, "propertyNames")
            if name in known:
                yield from self.check(item, known[name], (*path, name))
            elif any(pattern.search(name) for pattern in patterns) or rest is True:
                continue
            elif rest is False:
                hint = suggestion(name, sorted(known))
                yield Misfit((*path, name), UNKNOWN_KEY, hint=hint, keyword="unevaluatedProperties")
            else:
                yield from self.check(item, rest, (*path, name))

    def _list(self, value: list[Any], part: Any, path: Path) -> Iterator[Misfit]:
        violated = next(_violated_keywords(value, part), "")
        if violated:
            yield self._misfit(value, part, path, VALUE, violated)
        for index, item in enumerate(value):
            yield from self.check(item, part.get("items", {}), (*path, index))

    def _use(self, part: Any) -> Use:
        """Return the code and fields of the text for accepted values; empty if no text describes them."""
        part = self._resolved(part)
        if "anyOf" in part:
            uses = [self._use(branch) for branch in part["anyOf"]]
            return ("use_instant_or_never", {}) if ("use_instant", {}) in uses else _NOTHING
        if "enum" in part or "const" in part:
            choices = [str(each) for each in part.get("enum", [part.get("const")])][:SHOWN_CHOICES]
            last = choices.pop()
            return (
                ("use_words", {"first": choices, "last": last}) if choices else ("use_word", {"word": last})
            )
        if part.get("pattern") == self._root["$defs"]["instant"]["pattern"]:
            return "use_instant", {}
        if part.get("type") == "integer":
            return ("use_count", {"least": part["minimum"]}) if "minimum" in part else ("use_integer", {})
        return _BY_TYPE.get(str(part.get("type")), _NOTHING)


def _type_names(part: Mapping[str, Any]) -> list[str]:
    wanted = part.get("type", [])
    return [wanted] if isinstance(wanted, str) else list(wanted)


_BY_TYPE: dict[str, Use] = {
    "boolean": ("use_flag", {}),
    "string": ("use_text", {}),
    "array": USE_LIST,
    "object": ("use_object", {}),
}


def _is_one_of(value: object, wanted: list[str]) -> bool:
    if isinstance(value, bool):
        return "boolean" in wanted
    return any(isinstance(value, _TYPES[name]) for name in wanted)


def _violated_keywords(value: Any, part: Any) -> Iterator[str]:
    """Yield the keywords for text, numbers and lists that ``value`` violates."""
    if isinstance(value, str):
        if "pattern" in part and not _compiled(part["pattern"]).search(value):
            yield "pattern"
        if not part.get("minLength", 0) <= len(value) <= part.get("maxLength", len(value)):
            yield "maxLength"
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        if not part.get("minimum", value) <= value <= part.get("maximum", value):
            yield "minimum"
    elif isinstance(value, list):
        if not part.get("minItems", 0) <= len(value) <= part.get("maxItems", len(value)):
            yield "maxItems"
        if part.get("uniqueItems") and len({json.dumps(item, sort_keys=True) for item in value}) < len(value):
            yield "uniqueItems"
