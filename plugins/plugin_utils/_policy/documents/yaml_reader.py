# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read YAML and JSON documents as plain data, with the line of every value and limits on size and depth.

The tree is built from the events of the parser, so no Python objects are constructed from tags and the limits
apply while the text is being read. Expansion of aliases counts toward the limits. Dates stay text. Words and
numbers that YAML 1.1 and 1.2 read differently (``yes``, ``0755``, ``0x1F``) are errors.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from ....module_utils._pointer import Path, join
from ..base.errors import InvalidDocument, Problem

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 64
MAX_NODES = 200_000
MAX_INTEGER = 2**53 - 1
# libyaml scans ahead of the events that are counted here, and some releases have their own depth limit.
_LIBYAML_TOO_DEEP = "exceeded maximum nesting depth"

_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_DISPUTED_WORDS = frozenset(("yes", "no", "on", "off"))
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)", re.ASCII)
_DISPUTED_NUMBER = re.compile(r"[-+]?(0[0-9_]+|0[xob][0-9a-fA-F_]+|[1-9][0-9]*_[0-9_]*)", re.ASCII)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", re.ASCII)
_TEXT_TAGS = frozenset((None, "!", "tag:yaml.org,2002:str"))
_VAULT_TAGS = frozenset(("!vault", "!vault-encrypted"))
_CONTAINER_TAGS = frozenset((None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"))


@dataclass(frozen=True)
class Document:
    """Plain data with the line of every value; ``name`` is the file name that messages show."""

    name: str
    value: object
    lines: dict[Path, int] = field(default_factory=dict)
    #: Places in the document that was given, of values that were made of it.
    places: dict[Path, str] = field(default_factory=dict)

    def place(self, path: Path) -> str:
        """Return ``file:line`` of ``path`` or of its nearest parent; without lines, file name and pointer."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.places:
                return self.places[path[:length]]
            line = self.lines.get(path[:length])
            if line is not None:
                return f"{self.name}:{line}"
        return self.name if self.lines else self.name + join(path)


def load_bytes(content: bytes, name: str) -> Document:
    """Read a document: names with ``.json`` as JSON, all others as YAML. Raises InvalidDocument."""
    if len(content) > MAX_BYTES:
        raise InvalidDocument([Problem("document_too_large", {"limit": MAX_BYTES}, name)])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidDocument([Problem("document_not_utf8", {"position": error.start}, name)]) from error
    if name.lower().endswith(".json"):
        return _load_json(text, name)
    builder = _Builder(text, name)
    value = builder.build()
    return Document(name, value, builder.lines)


def _problem_of(problem: str, place: str) -> Problem:
    if problem == _LIBYAML_TOO_DEEP:
        return Problem("document_too_deep", {"limit": MAX_DEPTH}, place)
    return Problem("document_syntax", {"problem": problem}, place)


@dataclass(frozen=True)
class _Anchor:
    """An anchored value, and what each alias of it adds to the counts: values, characters, depth."""

    value: object
    nodes: int
    characters: int
    height: int


class _Builder:
    def __init__(self, text: str, name: str) -> None:
        self._name = name
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self._events: Iterator[Event] = yaml.parse(text, Loader=loader)
        self._anchors: dict[str, _Anchor] = {}
        self._nodes = 0
        self._characters = 0
        self._deepest = 0
        self.lines: dict[Path, int] = {}
        self.problems: list[Problem] = []

    def build(self) -> object:
        documents = 0
        value: object = None
        try:
            for event in self._events:
                if isinstance(event, DocumentStartEvent):
                    documents += 1
                    if documents > 1:
                        self._stop("document_several", event)
                    value = self._node(next(self._events), ())
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark is not None else 1
            problem = _problem_of(str(error.problem), f"{self._name}:{line}")
            raise InvalidDocument([*self.problems, problem]) from error
        except yaml.YAMLError as error:
            problem = Problem("document_syntax", {"problem": str(error).split("\n", 1)[0]}, self._name)
            raise InvalidDocument([*self.problems, problem]) from error
        if self.problems:
            raise InvalidDocument(self.problems)
        return value

    def _place(self, event: Event) -> str:
        return f"{self._name}:{_line(event)}"

    def _add_problem(self, code: str, event: Event, **fields: object) -> None:
        self.problems.append(Problem(code, fields, self._place(event)))

    def _stop(self, code: str, event: Event, **fields: object) -> None:
        self._add_problem(code, event, **fields)
        raise InvalidDocument(self.problems)

    def _node(self, event: Event, path: Path) -> object:
        nodes, characters, deepest = self._nodes, self._characters, self._deepest
        self._deepest = len(path)
        self._count(event, 1, len(getattr(event, "value", "")), len(path))
        self.lines[path] = _line(event)
        value: object
        if isinstance(event, AliasEvent):
            value = self._alias(event, path)
            self._deepest = max(deepest, self._deepest)
            return value
        if isinstance(event, ScalarEvent):
            value = self._scalar(event)
        elif isinstance(event, MappingStartEvent):
            value = self._mapping(event, path)
        elif isinstance(event, SequenceStartEvent):
            value = self._sequence(event, path)
        else:
            raise TypeError(f"the YAML parser gave {type(event).__name__} where a value begins")
        if event.anchor is not None:
            self._anchors[event.anchor] = _Anchor(
                value, self._nodes - nodes, self._characters - characters, self._deepest - len(path)
            )
        self._deepest = max(deepest, self._deepest)
        return value

    def _count(self, event: Event, nodes: int, characters: int, depth: int) -> None:
        # An alias counts as much as its value, because later code traverses and writes the expanded tree.
        self._nodes += nodes
        self._characters += characters
        self._deepest = max(self._deepest, depth)
        if self._nodes > MAX_NODES:
            self._stop("document_too_many_values", event, limit=MAX_NODES)
        if self._characters > MAX_BYTES:
            self._stop("document_too_large", event, limit=MAX_BYTES)
        if depth > MAX_DEPTH:
            self._stop("document_too_deep", event, limit=MAX_DEPTH)

    def _alias(self, event: AliasEvent, path: Path) -> object:
        anchor = str(event.anchor)
        if anchor not in self._anchors:
            self._stop("document_alias", event, alias=anchor)
        found = self._anchors[anchor]
        self._count(event, found.nodes, found.characters, len(path) + found.height)
        return found.value

    def _mapping(self, start: MappingStartEvent, path: Path) -> dict[str, object]:
        if start.tag not in _CONTAINER_TAGS:
            self._add_problem("document_tag", start, tag=start.tag)
        mapping: dict[str, object] = {}
        first: dict[str, int] = {}
        while True:
            event = next(self._events)
            if isinstance(event, MappingEndEvent):
                return mapping
            if not isinstance(event, ScalarEvent) or event.tag not in _TEXT_TAGS:
                self._stop("document_key", event)
                raise AssertionError("unreachable")
            key = event.value
            self._characters += len(key)
            if key == "<<" and event.implicit[0]:
                self._stop("document_merge_key", event)
            value = self._node(next(self._events), (*path, key))
            if key in first:
                self._add_problem("document_duplicate_key", event, key=key, line=first[key])
            else:
                first[key] = _line(event)
                mapping[key] = value

    def _sequence(self, start: SequenceStartEvent, path: Path) -> list[object]:
        if start.tag not in _CONTAINER_TAGS:
            self._add_problem("document_tag", start, tag=start.tag)
        sequence: list[object] = []
        while True:
            event = next(self._events)
            if isinstance(event, SequenceEndEvent):
                return sequence
            sequence.append(self._node(event, (*path, len(sequence))))

    def _scalar(self, event: ScalarEvent) -> object:
        text: str = event.value
        if event.tag in _VAULT_TAGS:
            self._add_problem("document_vault_value", event)
            return text
        if event.tag not in _TEXT_TAGS:
            self._add_problem("document_tag", event, tag=event.tag)
            return text
        if not event.implicit[0] or event.tag is not None:
            return text
        if text in _NULL:
            return None
        if text in _BOOLEANS:
            return _BOOLEANS[text]
        if text.lower() in _DISPUTED_WORDS:
            self._add_problem("document_disputed_word", event, word=text)
            return text
        if _INTEGER.fullmatch(text):
            if len(text) > 17 or abs(int(text)) > MAX_INTEGER:
                self._add_problem("document_number_size", event, limit=MAX_INTEGER)
                return 0
            return int(text)
        if _DISPUTED_NUMBER.fullmatch(text):
            self._add_problem("document_disputed_number", event, number=text[:40])
            return text
        if _NOT_FINITE.fullmatch(text):
            self._add_problem("document_not_finite", event, number=text)
            return text
        if _FLOAT.fullmatch(text):
            number = float(text)
            if not math.isfinite(number):
                self._add_problem("document_not_finite", event, number=text[:40])
            return number
        return text


def _line(event: Event) -> int:
    return event.start_mark.line + 1 if event.start_mark is not None else 1


class _JsonProblem(Exception):
    def __init__(self, code: str, **fields: object) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields


def parse_json(text: str, place: str) -> object:
    """Parse JSON text. Duplicate keys, NaN and numbers that are too large raise InvalidDocument."""
    duplicates: list[str] = []

    def pairs(items: list[tuple[str, object]]) -> dict[str, object]:
        mapping = dict(items)
        if len(mapping) < len(items):
            seen: set[str] = set()
            for key, _value in items:
                if key in seen:
                    duplicates.append(key)
                seen.add(key)
        return mapping

    def integer(digits: str) -> int:
        if len(digits) > 17 or abs(int(digits)) > MAX_INTEGER:
            raise _JsonProblem("document_number_size", limit=MAX_INTEGER)
        return int(digits)

    def real(digits: str) -> float:
        number = float(digits)
        if not math.isfinite(number):
            raise _JsonProblem("document_not_finite", number=digits[:40])
        return number

    def constant(word: str) -> object:
        raise _JsonProblem("document_not_finite", number=word)

    try:
        value: object = json.loads(
            text, object_pairs_hook=pairs, parse_int=integer, parse_float=real, parse_constant=constant
        )
    except json.JSONDecodeError as error:
        line = "" if place.rpartition(":")[2].isdigit() else f":{error.lineno}"
        raise InvalidDocument([Problem("document_syntax", {"problem": error.msg}, place + line)]) from error
    except RecursionError as error:
        raise InvalidDocument([Problem("document_too_deep", {"limit": MAX_DEPTH}, place)]) from error
    except _JsonProblem as error:
        raise InvalidDocument([Problem(error.code, error.fields, place)]) from error
    if duplicates:
        raise InvalidDocument(
            Problem("document_duplicate_key_json", {"key": key}, place) for key in dict.fromkeys(duplicates)
        )
    return value


def _load_json(text: str, name: str) -> Document:
    value = parse_json(text, name)
    check_limits(value, name)
    return Document(name, value, _json_lines(text, name))


def _json_lines(text: str, name: str) -> dict[Path, int]:
    # The YAML parser reads nearly all JSON and supplies the lines. If it fails, errors name only the file.
    builder = _Builder(text, name)
    try:
        builder.build()
    except InvalidDocument:
        return {}
    return builder.lines


def check_limits(value: object, name: str) -> None:
    """Apply the limits of the YAML builder to other data: inline values and JSON."""
    count = characters = 0
    stack: list[tuple[object, Path]] = [(value, ())]
    while stack:
        item, path = stack.pop()
        count += 1
        if count > MAX_NODES:
            raise InvalidDocument([Problem("document_too_many_values", {"limit": MAX_NODES}, name)])
        if len(path) > MAX_DEPTH:
            raise InvalidDocument([Problem("document_too_deep", {"limit": MAX_DEPTH}, name + join(path[:3]))])
        if isinstance(item, str):
            characters += len(item)
            if characters > MAX_BYTES:
                raise InvalidDocument([Problem("document_too_large", {"limit": MAX_BYTES}, name)])
        if isinstance(item, dict):
            stack.extend((child, (*path, key)) for key, child in item.items())
        elif isinstance(item, list):
            stack.extend((child, (*path, index)) for index, child in enumerate(item))
