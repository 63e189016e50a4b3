# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Convert a bare JSON Schema to a policy with one deny rule per top-level constraint.

Compliance checks can thus use a JSON Schema of the required state of a system. Keywords that policies do not
support are errors, and unknown facts do not pass, as in every policy. A property that no system reports
becomes a site fact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from ....module_utils._pointer import Path
from ..base.errors import Problem
from ..constraints import lint
from ..documents import schemas
from ..documents.yaml_reader import Document
from ..facts.fact_table import fact_table

VERSION = "0.0.0"

_SCHEMA_KEYWORDS = (
    "$schema",
    "$id",
    "$ref",
    "$defs",
    "type",
    "properties",
    "required",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
)
_POLICY_KEYS = frozenset(("kind", "rules", "pools", "extends", "version"))
#: Keywords that do not constrain values.
_ANNOTATIONS = frozenset(
    ("$schema", "$id", "$comment", "title", "description", "examples", "default", "deprecated")
)
_LISTS = ("allOf", "anyOf", "oneOf")
_SINGLE = ("items", "contains", "not", "if", "then", "else")
_NAMED = ("properties", "$defs")
#: Keywords that belong together, so one rule contains all of them.
_KEYWORD_GROUPS = {"if": ("if", "then", "else"), "contains": ("contains", "minContains", "maxContains")}
_SCALARS = ("string", "integer", "number", "boolean")
_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def is_bare(value: object) -> bool:
    """Return whether this is a JSON Schema rather than a policy whose ``kind`` is missing."""
    if not isinstance(value, Mapping) or _POLICY_KEYS & value.keys():
        return False
    return any(name in value for name in _SCHEMA_KEYWORDS)


def as_policy(document: Document) -> tuple[Document, list[Problem]]:
    """Return the schema as a LicensePolicy with the lines of the schema, and the errors of the schema."""
    given: Any = document.value
    problems = _root_problems(document, given)
    schema = _without_annotations(given)
    for problem in schemas.validate("constraint", schema):
        # This schema is not a LicensePolicy, so the advice for rules does not apply.
        code = "schema_unknown_key" if problem.code == "schema_outside_profile" else problem.code
        problems.append(Problem(code, problem.fields, document.place(problem.path)))
    if problems:
        return document, problems
    lines: dict[Path, int] = {(): document.lines.get((), 1)} if document.lines else {}
    rules: list[dict[str, Any]] = []
    shared = {"$defs": schema["$defs"]} if "$defs" in schema else {}
    never_failing = 0
    for name, require, moved in _parts(schema):
        at = len(rules)
        # References use the definitions of the root, so the ``$defs`` of a part are dropped.
        own = require
        if not isinstance(require, bool):
            own = {keyword: argument for keyword, argument in require.items() if keyword != "$defs"}
        body = own if isinstance(own, bool) else {**shared, **own}
        if lint.never_fails(require, fact_table()):
            # The constraint passes for all known facts. The rule still reports facts that are unknown.
            never_failing += 1
            body = {**shared, "if": own, "then": True, "else": False}
            moved = [((), origin) for _below, origin in moved[:1]]
        rules.append({"id": _unique(name, rules), "require": body})
        _copy_lines(document.lines, lines, ("rules", at), [*moved, (("$defs",), ("$defs",))])
    if never_failing == len(rules):
        return document, [Problem("bare_never_fails", {}, document.place(()))]
    policy: dict[str, Any] = {
        "kind": "LicensePolicy",
        "id": _ident(document.name),
        "version": VERSION,
        "rules": rules,
    }
    stated = _site_facts(schema)
    if stated:
        policy["site_facts"] = stated
        for name in stated:
            _copy_lines(document.lines, lines, ("site_facts", name), [((), ("properties", name))])
    return Document(document.name, policy, lines), []


def _root_problems(document: Document, given: Mapping[str, Any]) -> list[Problem]:
    problems = [
        Problem("bare_id", {"id": schemas.brief(ident)}, document.place(at)) for at, ident in _ids(given)
    ]
    draft = given.get("$schema", _DRAFT)
    if draft != _DRAFT:
        fields = {"draft": schemas.brief(draft), "expected": _DRAFT}
        problems.append(Problem("bare_draft", fields, document.place(("$schema",))))
    return problems


def _ids(part: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield each ``$id`` below the root: it would change the base of the references in its subschema."""
    if not isinstance(part, Mapping):
        return
    if path and "$id" in part:
        yield (*path, "$id"), part["$id"]
    for keyword, argument in part.items():
        if keyword in _LISTS and isinstance(argument, list):
            for index, child in enumerate(argument):
                yield from _ids(child, (*path, keyword, index))
        elif keyword in _SINGLE:
            yield from _ids(argument, (*path, keyword))
        elif keyword in _NAMED and isinstance(argument, Mapping):
            for name, child in argument.items():
                yield from _ids(child, (*path, keyword, name))


def _without_annotations(part: Any) -> Any:
    if not isinstance(part, Mapping):
        return part
    kept: dict[str, Any] = {}
    for keyword, argument in part.items():
        if keyword in _ANNOTATIONS:
            continue
        if keyword in _LISTS and isinstance(argument, list):
            kept[keyword] = [_without_annotations(child) for child in argument]
        elif keyword in _SINGLE:
            kept[keyword] = _without_annotations(argument)
        elif keyword in _NAMED and isinstance(argument, Mapping):
            kept[keyword] = {name: _without_annotations(child) for name, child in argument.items()}
        else:
            kept[keyword] = argument
    return kept


Moved = list[tuple[Path, Path]]  # (path below require, path in the schema)


def _parts(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any, Moved]]:
    """Yield the name and constraint of every rule, with the paths of its parts in the schema."""
    grouped = {name for group in _KEYWORD_GROUPS.values() for name in group}
    for keyword, argument in schema.items():
        if keyword == "properties":
            for name, child in argument.items():
                yield (
                    name,
                    {keyword: {name: child}},
                    [((), (keyword, name)), ((keyword, name), (keyword, name))],
                )
        elif keyword == "required":
            for index, name in enumerate(argument):
                yield f"{keyword}-{name}", {keyword: [name]}, [((), (keyword, index))]
        elif keyword == "allOf":
            for index, child in enumerate(argument):
                yield f"{keyword}-{index + 1}", child, [((), (keyword, index))]
        elif keyword in _KEYWORD_GROUPS:
            names = [name for name in _KEYWORD_GROUPS[keyword] if name in schema]
            yield keyword, {name: schema[name] for name in names}, [((name,), (name,)) for name in names]
        elif keyword != "$defs" and keyword not in grouped:
            yield keyword.lstrip("$"), {keyword: argument}, [((), (keyword,)), ((keyword,), (keyword,))]


def _copy_lines(source: Mapping[Path, int], target: dict[Path, int], rule: Path, origins: Moved) -> None:
    for below, origin in origins:
        for path, line in source.items():
            if path[: len(origin)] == origin:
                rest = path[len(origin) :]
                if not below and not rest:
                    target[rule] = line
                target[(*rule, "require", *below, *rest) if rule[0] == "rules" else (*rule, *rest)] = line


def _site_facts(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the declarations of site facts: scalar properties that no system reports."""
    known = fact_table().properties
    found: dict[str, Any] = {}
    for name, child in schema.get("properties", {}).items():
        if name in known or not isinstance(child, Mapping) or child.get("type") not in _SCALARS:
            continue
        if re.fullmatch(r"[a-z][a-z0-9_]{0,63}", name, re.ASCII):
            found[name] = {"type": child["type"], "implied": True}
    return found


def _ident(name: str) -> str:
    stem = PurePath(name).name.split(".", 1)[0]
    text = re.sub(r"[^A-Za-z0-9_.-]+", "-", stem).lstrip("_.-")[:64]
    return text or "schema"


def _unique(name: str, rules: list[dict[str, Any]]) -> str:
    text = re.sub(r"[^A-Za-z0-9_.-]+", "-", name).lstrip("_.-")[:56] or "constraint"
    used = {rule["id"] for rule in rules}
    count = 1
    unique = text
    while unique in used:
        count += 1
        unique = f"{text}-{count}"
    return unique
