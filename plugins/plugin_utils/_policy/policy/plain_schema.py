# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Convert a plain JSON Schema to a policy with one deny rule per part of its root.

A check can thus use any JSON Schema of the required state of a host, and waivers and overrides name its
rules. The rules refer to the prepared schema by its digest. A property that no system reports becomes a site
fact.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path as FilePath
from pathlib import PurePath
from typing import Any

from ....module_utils._pointer import Path, join, split
from ..base.errors import InvalidDocument, Problem
from ..documents.yaml_reader import Document
from ..facts.fact_table import fact_table
from ..json_schema.dialects import dialect_named, is_constraint
from ..json_schema.model import PreparedSchema
from ..json_schema.prepare import load_schema
from ..json_schema.resources import file_name
from .schema_parts import SchemaPart, can_reject_objects, parts_of

VERSION = "0.0.0"
_POLICY_KEYS = frozenset(("kind", "rules", "pools", "extends", "version"))
_SCALARS = ("string", "integer", "number", "boolean")


def is_plain_schema(value: object) -> bool:
    """Return whether this is a JSON Schema rather than a policy whose ``kind`` is missing."""
    if not isinstance(value, Mapping):
        return False
    dialect = value.get("$schema")
    if isinstance(dialect, str) and (dialect_named(dialect) is not None or "json-schema.org/" in dialect):
        return True
    return not _POLICY_KEYS & value.keys() and any(is_constraint(str(name)) for name in value)


class PlainNames:
    """The ids of policies and rules that were made of plain schemas. Their authors did not choose them."""

    def __init__(self) -> None:
        self._policies: set[str] = set()
        self._rules: set[str] = set()

    def policy(self, document: Document) -> str:
        """Return an id for the policy of a schema: the name of its file, with a number if it is used."""
        return _unique(_ident(document.name), self._policies)

    def rule(self, part: SchemaPart) -> str:
        """Return an id for the rule of a part: its name, with a number if it is used."""
        return _unique(part.label, self._rules)


def as_policy(
    document: Document, path: FilePath | None, names: PlainNames
) -> tuple[Document, PreparedSchema]:
    """Return the schema as a LicensePolicy with the lines of the schema, and the prepared schema.

    ``path`` is the file of the document; its references find files below its directory. ``names`` are the ids
    of the schemas before it. Raises InvalidDocument with all errors of the schema.
    """
    directory = None if path is None else path.parent
    schema = load_schema(document, "" if path is None else path.name, directory)
    if not can_reject_objects(schema):
        raise InvalidDocument([Problem("json_schema_never_fails", {}, document.place(()))])
    lines: dict[Path, int] = {(): document.lines.get((), 1)} if document.lines else {}
    places: dict[Path, str] = {}
    rules: list[dict[str, Any]] = []
    for part in parts_of(schema):
        at = len(rules)
        rules.append({"id": names.rule(part), "json_schema": _reference(schema, part)})
        line = _line_of(document, part.path)
        if line is not None:
            lines[("rules", at)] = line
        elif not document.lines:
            places[("rules", at)] = document.place(part.path)
    policy: dict[str, Any] = {
        "kind": "LicensePolicy",
        "id": names.policy(document),
        "version": VERSION,
        "rules": rules,
    }
    stated = _site_facts(document.value)
    if stated:
        policy["site_facts"] = stated
    return Document(document.name, policy, lines, places), schema


def _reference(schema: PreparedSchema, part: SchemaPart) -> dict[str, str]:
    found = {"digest": schema.digest, "keyword": part.keyword}
    return {**found, "name": part.name} if part.name else found


def _line_of(document: Document, path: tuple[str | int, ...]) -> int | None:
    for length in range(len(path), -1, -1):
        if path[:length] in document.lines:
            return document.lines[path[:length]]
    return None


def part_in(reference: Mapping[str, str]) -> SchemaPart:
    """Return the part that the ``json_schema`` of a rule refers to."""
    return SchemaPart(reference["keyword"], reference.get("name", ""))


def export_schema(schema: PreparedSchema) -> dict[str, Any]:
    """Return a schema with all its documents as plain data, for a resolved policy."""
    return {
        "digest": schema.digest,
        "documents": [
            {
                "uri": each.uri,
                "name": each.document.name,
                "value": each.document.value,
                "lines": {join(path): line for path, line in each.document.lines.items()},
            }
            for each in schema.documents
        ],
    }


def import_schema(exported: Mapping[str, Any]) -> PreparedSchema:
    """Return the schema of ``export_schema``. Raises InvalidDocument."""
    documents = {
        each["uri"]: Document(each["name"], each["value"], _lines(each["value"], each["lines"]))
        for each in exported["documents"]
    }
    (uri, document), *_others = documents.items()
    return load_schema(document, file_name(uri), registered=documents)


def _lines(value: object, given: Mapping[str, int]) -> dict[Path, int]:
    """Return lines by path: a step into a list is an index."""
    found: dict[Path, int] = {}
    for pointer, line in given.items():
        path: list[str | int] = []
        inner: Any = value
        for step in split(pointer):
            key: str | int = int(step) if isinstance(inner, list) else step
            inner = inner[key]
            path.append(key)
        found[tuple(path)] = line
    return found


def _site_facts(schema: object) -> dict[str, Any]:
    """Return the declarations of site facts: scalar properties that no system reports."""
    known = fact_table().properties
    found: dict[str, Any] = {}
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    for name, child in properties.items() if isinstance(properties, Mapping) else ():
        if name in known or not isinstance(child, Mapping) or child.get("type") not in _SCALARS:
            continue
        if re.fullmatch(r"[a-z][a-z0-9_]{0,63}", name, re.ASCII):
            found[name] = {"type": child["type"], "implied": True}
    return found


def _ident(name: str) -> str:
    stem = PurePath(name).name.split(".", 1)[0]
    text = re.sub(r"[^A-Za-z0-9_.-]+", "-", stem).lstrip("_.-")[:64]
    return text or "schema"


def _unique(name: str, used: set[str]) -> str:
    """Return ``name`` as an id that is not in ``used``, and add it."""
    text = re.sub(r"[^A-Za-z0-9_.-]+", "-", name).lstrip("_.-")[:56] or "constraint"
    count = 1
    unique = text
    while unique in used:
        count += 1
        unique = f"{text}-{count}"
    used.add(unique)
    return unique
