# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the names by which plain JSON Schemas read facts, so that the variables of a host can answer them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..base.errors import InvalidDocument, PolicyError, Problem
from ..constraints.re_patterns import Matcher
from ..json_schema.model import PreparedSchema, SchemaCheck, SchemaReference

#: Keywords that read facts without naming them: all names, their number, or the object as one value.
_WHOLE = frozenset(("patternProperties", "propertyNames", "minProperties", "maxProperties", "const", "enum"))
#: Keywords that read the facts that no other keyword names.
_OTHERS = frozenset(("additionalProperties", "unevaluatedProperties"))
_IN_PLACE = frozenset(("allOf", "anyOf", "oneOf", "if"))


@dataclass(frozen=True)
class OpenKeyword:
    """A keyword at the root of a schema that reads facts which the schema does not name.

    ``place`` is file:line. ``patterns`` are those of patternProperties, empty for the other keywords.
    """

    keyword: str
    place: str
    patterns: tuple[str, ...] = ()

    def reads_any(self, names: Iterable[str]) -> bool:
        """Return whether the keyword can read a fact of one of ``names``.

        Raises PolicyError ``json_schema_pattern_limit`` for a pattern that takes too long.
        """
        if self.keyword != "patternProperties":
            return True
        matcher = Matcher(lambda _steps: None)
        given = list(names)
        return any(matcher.matching(pattern, given) for pattern in self.patterns)


@dataclass(frozen=True)
class OwnNames:
    """The names by which schemas read the facts of a host, each once, and what reads facts without a name."""

    names: tuple[str, ...]
    open_keywords: tuple[OpenKeyword, ...] = ()
    #: The names of properties anywhere in the schemas.
    inner: tuple[str, ...] = ()

    def for_variables(self) -> tuple[str, ...]:
        """Return the names of the variables that answer the schemas.

        The variables of a host are never all of its facts. Raises InvalidDocument ``host_facts_open`` for
        keywords that would have to read all of them, PolicyError ``host_facts_required`` without any name.
        """
        if self.open_keywords:
            raise InvalidDocument(
                [
                    Problem("host_facts_open", {"keyword": each.keyword}, each.place)
                    for each in self.open_keywords
                ]
            )
        if not self.names:
            raise PolicyError("host_facts_required")
        return self.names


def own_names(schemas: Iterable[PreparedSchema]) -> OwnNames:
    """Return the names that ``schemas`` read at their root and in what applies there in place."""
    walks = [_Walk(schema) for schema in schemas]
    return OwnNames(
        tuple(dict.fromkeys(name for walk in walks for name in walk.names)),
        tuple(dict.fromkeys(each for walk in walks for each in walk.open_keywords)),
        tuple(dict.fromkeys(name for walk in walks for name in walk.inner)),
    )


class _Walk:
    """Visits the root of a schema and every node that applies to the same value."""

    def __init__(self, schema: PreparedSchema) -> None:
        self.names: list[str] = []
        self.open_keywords: list[OpenKeyword] = []
        self.inner = [
            name
            for node in schema.nodes
            for check in node.checks
            if check.keyword in ("properties", "required")
            for name in check.argument
            if isinstance(name, str)
        ]
        self._schema = schema
        waiting = [(0, False)]
        seen = set(waiting)
        while waiting:
            index, inverted = waiting.pop(0)
            for check in schema.nodes[index].checks:
                self._read(check, inverted)
                inner = inverted or check.keyword in ("not", "if")
                for target in self._in_place(check):
                    if (target, inner) not in seen:
                        seen.add((target, inner))
                        waiting.append((target, inner))

    def _read(self, check: SchemaCheck, inverted: bool) -> None:
        keyword = check.keyword
        if keyword == "required":
            self.names += [name for name in check.argument if isinstance(name, str)]
        elif keyword in ("properties", "dependentSchemas"):
            self.names += check.nodes
        elif keyword in ("dependentRequired", "dependencies"):
            for name, part in check.argument.items():
                self.names += [name, *(part if isinstance(part, list) else [])]
        elif self._is_open(check, inverted):
            patterns = tuple(check.nodes) if keyword == "patternProperties" else ()
            self.open_keywords.append(OpenKeyword(keyword, check.place, patterns))

    def _is_open(self, check: SchemaCheck, inverted: bool) -> bool:
        if check.keyword in _OTHERS:
            node = self._schema.nodes[check.nodes]
            if node.always is False:
                # Named variables comply with it. Where that is a reason to fail, all facts must be known.
                return inverted
            return not self._accepts_all(check.nodes)
        if check.keyword == "propertyNames":
            return not self._accepts_all(check.nodes)
        if check.keyword == "patternProperties":
            return not all(map(self._accepts_all, check.nodes.values()))
        if check.keyword == "minProperties":
            return bool(check.argument > 0)
        return check.keyword in _WHOLE

    def _accepts_all(self, index: int) -> bool:
        node = self._schema.nodes[index]
        return not node.checks and node.always is not False

    def _in_place(self, check: SchemaCheck) -> Iterator[int]:
        if isinstance(check.nodes, SchemaReference):
            yield check.nodes.target
            if check.nodes.anchor:
                anchors = self._schema.anchors.items()
                yield from (node for (_uri, name), node in anchors if name == check.nodes.anchor.strip("\0"))
        elif check.keyword == "not":
            yield check.nodes
        elif check.keyword in _IN_PLACE:
            yield from (node for node in check.nodes if node is not None)
        elif check.keyword in ("dependentSchemas", "dependencies"):
            parts: Mapping[str, object] = check.nodes
            yield from (part for part in parts.values() if isinstance(part, int))
