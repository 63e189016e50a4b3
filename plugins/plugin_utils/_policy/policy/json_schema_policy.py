# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bare JSON Schema as a policy: one deny rule for each of its top-level constraints, in the same profile.

Whoever has a schema of what a system has to look like can gate with it. What the profile lacks is refused,
and what is unknown does not pass, as everywhere. A property that no system reports is a fact that the site
states.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from ..base.errors import Fault
from ..base.pointer import Path
from ..constraints import lint
from ..documents import schemas
from ..documents.yaml_reader import Document
from ..facts.fact_table import fact_table

VERSION = "0.0.0"

_TELLING = (
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
_OF_POLICIES = frozenset(("kind", "rules", "pools", "extends", "version"))
#: Words about a schema that constrain nothing.
_NOTES = frozenset(
    ("$schema", "$id", "$comment", "title", "description", "examples", "default", "deprecated")
)
_LISTS = ("allOf", "anyOf", "oneOf")
_SINGLE = ("items", "contains", "not", "if", "then", "else")
_NAMED = ("properties", "$defs")
#: Keywords that mean something together only.
_TOGETHER = {"if": ("if", "then", "else"), "contains": ("contains", "minContains", "maxContains")}
_SCALARS = ("string", "integer", "number", "boolean")
_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def is_bare(value: object) -> bool:
    """Whether this is a JSON Schema and not a policy that lacks its kind."""
    if not isinstance(value, Mapping) or _OF_POLICIES & value.keys():
        return False
    return any(name in value for name in _TELLING)


def as_policy(document: Document) -> tuple[Document, list[Fault]]:
    """The schema as a LicensePolicy whose values keep the lines of the schema, and what is wrong with it."""
    given: Any = document.value
    faults = _refused(document, given)
    schema = _without_notes(given)
    for fault in schemas.validate("constraint", schema):
        faults.append(Fault(fault.code, fault.fields, document.place(fault.path)))
    if faults:
        return document, faults
    lines: dict[Path, int] = {(): document.lines.get((), 1)} if document.lines else {}
    rules: list[dict[str, Any]] = []
    shared = {"$defs": schema["$defs"]} if "$defs" in schema else {}
    toothless = 0
    for name, require, moved in _parts(schema):
        at = len(rules)
        # References are to the root's definitions: those of a part are out of their reach.
        own = require
        if not isinstance(require, bool):
            own = {keyword: argument for keyword, argument in require.items() if keyword != "$defs"}
        body = own if isinstance(own, bool) else {**shared, **own}
        if lint.never_fails(require, fact_table()):
            # What every system has passes once it has been read; until then it is unknown, and that counts.
            toothless += 1
            body = {**shared, "if": own, "then": True, "else": False}
            moved = [((), origin) for _below, origin in moved[:1]]
        rules.append({"id": _unique(name, rules), "require": body})
        _move(document.lines, lines, ("rules", at), [*moved, (("$defs",), ("$defs",))])
    if toothless == len(rules):
        return document, [Fault("bare_never_fails", {}, document.place(()))]
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
            _move(document.lines, lines, ("site_facts", name), [((), ("properties", name))])
    return Document(document.name, policy, lines), []


def _refused(document: Document, given: Mapping[str, Any]) -> list[Fault]:
    faults = [Fault("bare_id", {"id": schemas.brief(ident)}, document.place(at)) for at, ident in _ids(given)]
    draft = given.get("$schema", _DRAFT)
    if draft != _DRAFT:
        fields = {"draft": schemas.brief(draft), "expected": _DRAFT}
        faults.append(Fault("bare_draft", fields, document.place(("$schema",))))
    return faults


def _ids(part: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Each ``$id`` below the root: there it begins a schema in which references mean something else."""
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


def _without_notes(part: Any) -> Any:
    if not isinstance(part, Mapping):
        return part
    kept: dict[str, Any] = {}
    for keyword, argument in part.items():
        if keyword in _NOTES:
            continue
        if keyword in _LISTS and isinstance(argument, list):
            kept[keyword] = [_without_notes(child) for child in argument]
        elif keyword in _SINGLE:
            kept[keyword] = _without_notes(argument)
        elif keyword in _NAMED and isinstance(argument, Mapping):
            kept[keyword] = {name: _without_notes(child) for name, child in argument.items()}
        else:
            kept[keyword] = argument
    return kept


Moved = list[tuple[Path, Path]]  # (path below require, path in the schema)


def _parts(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any, Moved]]:
    """Name and constraint of every rule, with where its parts stand in the schema."""
    taken = {name for together in _TOGETHER.values() for name in together}
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
        elif keyword in _TOGETHER:
            names = [name for name in _TOGETHER[keyword] if name in schema]
            yield keyword, {name: schema[name] for name in names}, [((name,), (name,)) for name in names]
        elif keyword != "$defs" and keyword not in taken:
            yield keyword.lstrip("$"), {keyword: argument}, [((), (keyword,)), ((keyword,), (keyword,))]


def _move(source: Mapping[Path, int], target: dict[Path, int], rule: Path, origins: Moved) -> None:
    for below, origin in origins:
        for path, line in source.items():
            if path[: len(origin)] == origin:
                rest = path[len(origin) :]
                if not below and not rest:
                    target[rule] = line
                target[(*rule, "require", *below, *rest) if rule[0] == "rules" else (*rule, *rest)] = line


def _site_facts(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Properties of a plain type that no system reports: the site has to state them."""
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
    taken = {rule["id"] for rule in rules}
    count = 1
    unique = text
    while unique in taken:
        count += 1
        unique = f"{text}-{count}"
    return unique
