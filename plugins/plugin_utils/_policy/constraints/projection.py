# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Project facts to those that constraints read, for cache keys and for the evidence of findings."""

from __future__ import annotations

import marshal
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ....module_utils._pointer import MISSING, escape, split
from ....module_utils._time import format_time
from ..documents.plain_data import as_key
from ..facts.facts import Facts
from ..facts.quoted_value import without_vaulted
from .evaluate import shown

#: Keywords whose subschemas apply to the value itself.
_SAME_FACT = ("allOf", "anyOf", "oneOf")
#: Keywords whose failures show at most the size of the value.
_SIZED = frozenset(("anyOf", "oneOf", "not", "type", "minItems", "maxItems"))
_INNER = frozenset(("properties", "required", "items", "allOf", "if", "then", "else", *_SIZED))
_IGNORED = frozenset(("minContains", "maxContains"))
_SECRET = re.compile(r"key|pass|pwd|secret|token", re.ASCII | re.IGNORECASE)
_ABSENT = ...


@dataclass
class ProjectionPaths:
    """The parts of a value that are read: all of it, its size, its presence, single keys, every item."""

    whole: bool = False
    sized: bool = False
    present: bool = False
    parts: dict[str, ProjectionPaths] = field(default_factory=dict)
    items: ProjectionPaths | None = None

    def read(self, constraint: Any) -> None:
        """Add the parts of the value that the bound ``constraint`` reads."""
        if not isinstance(constraint, dict):
            self.sized = self.sized or constraint is False
            return
        for keyword, argument in constraint.items():
            if keyword in _SIZED:
                self.sized = True
            elif keyword not in _INNER and keyword not in _IGNORED:
                self.whole = True
            if keyword in _SAME_FACT:
                for part in argument:
                    self.read(part)
            elif keyword in ("not", "if", "then", "else"):
                self.read(argument)
            elif keyword == "properties":
                for name, part in argument.items():
                    self.parts.setdefault(name, ProjectionPaths()).read(part)
            elif keyword == "required":
                for name in argument:
                    self.parts.setdefault(name, ProjectionPaths()).present = True
            elif keyword == "items":
                self.items = self.items or ProjectionPaths()
                self.items.read(argument)

    def add(self, pointer: str) -> None:
        """Add the fact at ``pointer``."""
        shape = self
        for step in split(pointer):
            shape = shape.parts.setdefault(step, ProjectionPaths())
        shape.whole = True

    def of(self, value: object) -> object:
        """Return the projection of ``value``: equal for values with equal outcomes of the constraint."""
        if self.whole:
            return value
        if isinstance(value, dict):
            parts = [self.parts[name].of(value.get(name, _ABSENT)) for name in self.parts]
            return ("object", len(value) if self.sized else 0, parts)
        if isinstance(value, list):
            items = None if self.items is None else [self.items.of(item) for item in value]
            return ("list", shown(value) if self.sized else 0, items)
        if self.sized:
            return ("value", value)
        return value if value is None or value is _ABSENT else "value"

    def leaves(self, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
        """Yield the paths of the named facts; ``*`` stands for the items of a list."""
        inner = [child for name, part in self.parts.items() for child in part.leaves((*path, name))]
        if self.items is not None:
            inner.extend(self.items.leaves((*path, "*")))
        if path and (self.whole or not inner):
            yield path
        else:
            yield from inner


class Projection:
    """The facts of a system that a set of constraints reads."""

    def __init__(self, constraints: Iterable[Any], pointers: Iterable[str] = ()) -> None:
        self.shape = ProjectionPaths()
        for constraint in constraints:
            self.shape.read(constraint)
        for pointer in pointers:
            self.shape.add(pointer)
        everything = self.shape.whole or self.shape.sized
        self._roots = None if everything else tuple(self.shape.parts)
        self._leaves = tuple(sorted(set(self.shape.leaves())))

    def reads(self, *roots: str) -> bool:
        """Return whether any of these top-level facts is read."""
        return self._roots is None or any(root in self._roots for root in roots)

    def key(self, facts: Facts, gaps: Mapping[str, list[Any]]) -> bytes:
        """Return a cache key: equal keys mean equal outcomes. ``gaps`` is ``gaps_of(facts)``."""
        roots = gaps if self._roots is None else self._roots
        missing = [(root, gaps[root]) for root in ("", *sorted(roots)) if root in gaps]
        return _bytes((self.shape.of(facts.tree), missing))

    def evidence(self, facts: Facts, origins: Mapping[str, tuple[str, ...]]) -> list[dict[str, Any]]:
        """Return the values of all named facts, with the origins of derived facts."""
        return [entry for path in self._leaves for entry in _evidence(path, facts, origins)]


def gaps_of(facts: Facts) -> dict[str, list[Any]]:
    """Return the unknown facts, incomplete lists, bounds and spans, grouped by top-level fact."""
    found: dict[str, list[Any]] = {}
    for pointer, reason in facts.unknown.items():
        found.setdefault(_root(pointer), []).append((pointer, reason))
    for pointer in facts.incomplete:
        found.setdefault(_root(pointer), []).append((pointer, ""))
    for pointer, bounds in facts.bounds.items():
        found.setdefault(_root(pointer), []).append((pointer, "", *bounds))
    for pointer, (earliest, latest) in facts.spans.items():
        span = (format_time(earliest), "" if latest is None else format_time(latest), "span")
        found.setdefault(_root(pointer), []).append((pointer, "", *span))
    for entries in found.values():
        entries.sort(key=lambda entry: (entry[0], len(entry), entry[1]))
    return found


def _bytes(value: Any) -> bytes:
    # Version 0 writes neither references nor interned strings, so equal data has equal bytes.
    try:
        return marshal.dumps(value, 0)
    except ValueError:
        # It has vaulted values, whose types are not exact ones.
        return marshal.dumps(as_key(value), 0)


def _root(pointer: str) -> str:
    return split(pointer)[0] if pointer else ""


def _evidence(
    path: tuple[str, ...], facts: Facts, origins: Mapping[str, tuple[str, ...]]
) -> Iterator[dict[str, Any]]:
    pointer = "".join("/" + (step if step == "*" else escape(step)) for step in path)
    head = pointer.partition("/*")[0]
    reason = facts.reason(head)
    if reason and head not in facts.incomplete:
        yield {"pointer": head, "reason": reason}
        return
    value = _column(facts.tree, path)
    if value is MISSING:
        return
    if _SECRET.search(path[-1]):
        value = "****"
    entry: dict[str, Any] = {"pointer": pointer, "value": shown(without_vaulted(value))}
    made_of = origins_of(origins, head)
    if made_of:
        entry["from"] = made_of
    yield entry


def _column(value: object, path: tuple[str, ...]) -> object:
    for index, step in enumerate(path):
        if step == "*":
            if not isinstance(value, list):
                return MISSING
            rest = path[index + 1 :]
            found = [_column(item, rest) for item in value]
            return [None if item is MISSING else item for item in found]
        if not isinstance(value, dict) or step not in value:
            return MISSING
        value = value[step]
    return value


def origins_of(origins: Mapping[str, tuple[str, ...]], pointer: str) -> list[str]:
    """Return what the fact at ``pointer`` was derived from: pointers and license ids."""
    while pointer:
        if pointer in origins:
            return sorted(set(origins[pointer]))
        pointer = pointer.rpartition("/")[0]
    return []
