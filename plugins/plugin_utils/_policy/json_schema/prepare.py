# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Load a plain JSON Schema: check its vocabulary, resolve its references, and prepare it for evaluation."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

from ....module_utils._pointer import Path
from ..base.canonical_json import canonical
from ..base.errors import InvalidDocument, Problem
from ..documents.schemas import brief
from ..documents.yaml_reader import Document
from .analysis import analyse, can_reject, endless_references
from .dialects import Dialect, dialect_named
from .library import schema_errors
from .model import (
    NO_TEXTS,
    AbsentMode,
    PreparedSchema,
    RuleTexts,
    SchemaCheck,
    SchemaDocument,
    SchemaNode,
    SchemaReference,
)
from .resources import Location, ResourceStore, Unresolved, file_uri
from .vocabulary import invalid_argument, keyword_problems

_EXCLUDING = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_SINGLE = ("not", "propertyNames", "additionalProperties", "unevaluatedItems", "unevaluatedProperties")
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_MAPS = ("properties", "patternProperties", "dependentSchemas")


def load_schema(
    document: Document,
    path: str = "",
    directory: FilePath | None = None,
    *,
    dialect: Dialect = Dialect.DRAFT2020_12,
    registered: Mapping[str, object] | None = None,
) -> PreparedSchema:
    """Prepare a schema.

    ``path`` is the path of the document relative to ``directory``; its relative references resolve from there
    and stay below ``directory``. Messages name these files as they name the document. ``dialect`` is the
    draft of a schema without ``$schema``. ``registered`` has further schemas by URI, as data or documents.
    Raises InvalidDocument with all errors, each with file and line.
    """
    return _Loader(document, path, directory, dialect, registered or {}).load()


class _Loader:
    def __init__(
        self,
        document: Document,
        path: str,
        directory: FilePath | None,
        dialect: Dialect,
        registered: Mapping[str, object],
    ) -> None:
        self._document = document
        self._uri = file_uri(path)
        self._dialect = dialect
        beneath = posixpath.dirname(document.name) if path else ""
        self._store = ResourceStore(directory, dialect, registered, beneath)
        self._problems: list[Problem] = []
        self._warnings: list[Problem] = []
        self._numbers: dict[Location, int] = {}
        self._queue: list[Location] = []
        self._checked = 0
        self._bases: set[str] = set()
        self._unknown: set[str] = set()

    def load(self) -> PreparedSchema:
        value = self._document.value
        if not isinstance(value, (dict, bool)):
            raise InvalidDocument(
                [Problem("json_schema_root", {"value": brief(value)}, self._document.place(()))]
            )
        self._store.add(self._document, self._uri, self._dialect)
        self._check_documents()
        if self._problems:
            raise InvalidDocument(self._problems)
        nodes = self._nodes()
        if self._problems:
            raise InvalidDocument(_distinct(self._problems))
        endless = endless_references(nodes)
        if endless is not None:
            raise InvalidDocument([Problem("json_schema_endless", {}, nodes[endless].place)])
        if not can_reject(nodes):
            code = "json_schema_never_fails" if value else "json_schema_empty"
            raise InvalidDocument([Problem(code, {}, self._document.place(()))])
        anchors = {
            key: self._numbers[location]
            for key, location in self._store.dynamic.items()
            if location in self._numbers
        }
        declared = value.get("properties") if isinstance(value, dict) else None
        return PreparedSchema(
            self._document.name,
            self._store.dialects[0],
            tuple(analyse(nodes)),
            anchors,
            self._digest(),
            tuple(self._store.sources),
            tuple(_distinct(self._warnings)),
            nodes[0].texts.title,
            tuple(declared) if isinstance(declared, dict) else (),
            tuple(map(SchemaDocument, self._store.uris, self._store.documents)),
        )

    def _digest(self) -> str:
        contents = [
            [document.name, dialect.value, document.value]
            for document, dialect in zip(self._store.documents, self._store.dialects, strict=True)
        ]
        return hashlib.sha256(canonical(contents).encode()).hexdigest()

    def _check_dialect(self, value: object, document: Document, path: Path) -> bool:
        """Return whether the schema at ``path`` has a draft that can be evaluated, and report it if not."""
        name = value.get("$schema") if isinstance(value, dict) else None
        if name is None or (isinstance(name, str) and dialect_named(name) is not None):
            return True
        place = document.place((*path, "$schema"))
        if isinstance(name, str) and "json-schema.org/" in name:
            # The official identifiers of drafts that are older or newer than the library.
            known = [each.uri for each in Dialect]
            self._problems.append(
                Problem("json_schema_draft", {"value": brief(name), "expected": known}, place)
            )
            return False
        fields = {"value": brief(name), "dialect": self._dialect.label}
        self._warnings.append(Problem("json_schema_dialect_unknown", fields, place))
        return True

    def _check_documents(self) -> None:
        """Check the documents that were added since the last call; each counts once."""
        while self._checked < len(self._store.documents):
            index = self._checked
            self._checked += 1
            document, dialect = self._store.documents[index], self._store.dialects[index]
            if not self._check_dialect(document.value, document, ()):
                continue
            if isinstance(document.value, dict) and dialect_named(document.name) is None:
                for path, fields in schema_errors(dialect, document.value):
                    self._problems.append(invalid_argument(document, path, fields))

    def _nodes(self) -> list[SchemaNode]:
        self._number((0, ()))
        nodes: list[SchemaNode] = []
        while len(nodes) < len(self._queue):
            nodes.append(self._node(self._queue[len(nodes)]))
            if len(nodes) == len(self._queue) and not self._problems:
                # Dynamic references can reach every dynamic anchor of a resource that is used.
                for (base, _name), location in list(self._store.dynamic.items()):
                    if base in self._bases:
                        self._number(location)
        return nodes

    def _is_repeated(self, problem: Problem) -> bool:
        """Return whether an unknown word has a warning already: it can be at every property."""
        word = str(problem.fields.get("keyword", "")) if problem.code == "json_schema_unknown" else ""
        repeated = word in self._unknown
        self._unknown.update(filter(None, [word]))
        return repeated

    def _number(self, location: Location) -> int:
        if location not in self._numbers:
            self._numbers[location] = len(self._queue)
            self._queue.append(location)
        return self._numbers[location]

    def _node(self, location: Location) -> SchemaNode:
        schema = self._store.value_at(location)
        scope = self._store.scope_at(location)
        place = self._store.place(location)
        self._bases.add(scope.base)
        if isinstance(schema, bool):
            return SchemaNode(place, scope.base, scope.dialect, schema, states_type=True)
        if not isinstance(schema, dict):
            self._problems.append(Problem("json_schema_not_schema", {"reference": ""}, place))
            return SchemaNode(place, scope.base, scope.dialect, True)
        document = self._store.documents[location[0]]
        if location[1]:
            # The draft of a complete document was checked when it was added.
            self._check_dialect(schema, document, location[1])
        if dialect_named(document.name) is None:
            for problem, warning in keyword_problems(schema, document, location[1], scope.dialect):
                if not self._is_repeated(problem):
                    (self._warnings if warning else self._problems).append(problem)
        absent = schema.get("x-absent")
        return SchemaNode(
            place,
            scope.base,
            scope.dialect,
            None,
            {name: schema[name] for name in _BOUNDS if name in schema},
            self._checks(schema, location, scope.dialect),
            AbsentMode(absent) if absent in [mode.value for mode in AbsentMode] else None,
            _texts(schema),
            "type" in schema,
        )

    def _checks(
        self, schema: Mapping[str, Any], location: Location, dialect: Dialect
    ) -> tuple[SchemaCheck, ...]:
        checks = []
        only_reference = dialect.ignores_ref_siblings and "$ref" in schema
        for keyword, argument in schema.items():
            if not dialect.checks(keyword) or (only_reference and keyword != "$ref"):
                continue
            if keyword == "uniqueItems" and argument is False:
                continue
            if (keyword == "exclusiveMinimum" or keyword == "exclusiveMaximum") and isinstance(
                argument, bool
            ):
                continue
            if keyword == "additionalItems" and not isinstance(schema.get("items"), list):
                continue
            place = self._store.documents[location[0]].place((*location[1], keyword))
            nodes = self._children(keyword, argument, schema, location, place)
            if keyword in _EXCLUDING and schema.get(_EXCLUDING[keyword]) is True:
                # In draft-04, a keyword of its own says that the bound is excluded.
                nodes = _EXCLUDING[keyword]
            checks.append(SchemaCheck(keyword, argument, place, nodes))
        return tuple(checks)

    def _children(
        self, keyword: str, argument: Any, schema: Mapping[str, Any], location: Location, place: str
    ) -> Any:
        def at(*step: str | int) -> int:
            return self._number((location[0], (*location[1], *step)))

        if keyword in _REFERENCES:
            return self._reference(argument, self._store.scope_at(location).base, place, keyword)
        if keyword in _SINGLE:
            return at(keyword)
        if keyword in _LISTS:
            return tuple(at(keyword, index) for index in range(len(argument)))
        if keyword in _MAPS:
            return {name: at(keyword, name) for name in argument}
        if keyword == "items":
            if isinstance(argument, list):
                return tuple(at(keyword, index) for index in range(len(argument)))
            # Drafts without prefixItems ignore it: there, ``items`` judges every item.
            has_prefix = self._store.scope_at(location).dialect.has("prefixItems")
            return (at(keyword), len(schema.get("prefixItems", ())) if has_prefix else 0)
        if keyword == "additionalItems":
            return (at(keyword), len(schema["items"]))
        if keyword == "contains":
            has_bounds = self._store.scope_at(location).dialect.has("minContains")
            low = schema.get("minContains", 1) if has_bounds else 1
            return (at(keyword), low, schema.get("maxContains") if has_bounds else None)
        if keyword == "if":
            return (at("if"), *(at(name) if name in schema else None for name in ("then", "else")))
        if keyword == "dependencies":
            return {
                name: tuple(part) if isinstance(part, list) else at(keyword, name)
                for name, part in argument.items()
            }
        return None

    def _reference(self, reference: str, base: str, place: str, keyword: str) -> SchemaReference | None:
        try:
            location, uri, anchor = self._store.resolve(reference, base)
        except Unresolved as error:
            self._problems.append(Problem(error.code, error.fields, place))
            return None
        except InvalidDocument as error:
            self._problems.extend(error.problems)
            return None
        self._check_documents()
        if self._problems and not isinstance(self._store.value_at(location), (dict, bool)):
            return None
        if keyword == "$recursiveRef":
            # Without $recursiveAnchor at its target, the reference is an ordinary one.
            is_recursive = self._store.dynamic.get((uri, "")) == location
            return SchemaReference(self._number(location), uri, "\0" if is_recursive else "")
        return SchemaReference(self._number(location), uri, anchor)


#: Keywords beside a check that its function in the library reads, too.
_BOUNDS = ("exclusiveMinimum", "exclusiveMaximum", "minContains", "maxContains")


def _texts(schema: Mapping[str, Any]) -> RuleTexts:
    message = schema.get("x-message")
    texts = {"en": message, "zh": message} if isinstance(message, str) else message
    title, description = schema.get("title"), schema.get("description")
    if not (title or description or texts):
        return NO_TEXTS
    return RuleTexts(
        title if isinstance(title, str) else "",
        description if isinstance(description, str) else "",
        dict(texts) if isinstance(texts, Mapping) else {},
    )


def _distinct(problems: list[Problem]) -> list[Problem]:
    return list({(problem.place, problem.text()): problem for problem in problems}.values())
