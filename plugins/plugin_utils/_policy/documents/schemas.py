# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validate documents against the packaged JSON Schemas, offline and with the collection's own messages."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from ....module_utils._pointer import Path
from ..base.errors import PolicyError
from .schema_fast_path import Check, quick

FOLDER = FilePath(__file__).resolve().parents[2] / "schemas"
NAMES = (
    "constraint",
    "policy",
    "host_facts",
    "derived_facts",
    "grant_facts",
    "server_facts",
    "entitlements",
    "waivers",
    "catalog",
    "fact_map",
    "compliance_result",
    "partial_result",
)

#: Text that is a number, a boolean, null or nothing without quotes.
_NEEDS_QUOTES = re.compile(
    r"\s*|[-+]?[0-9][0-9_.]*(e[-+]?[0-9]+)?|true|false|null|yes|no|~", re.IGNORECASE | re.ASCII
)
#: Keywords of JSON Schema, of any draft, that the constraints of a policy do not support.
STANDARD_KEYWORDS = frozenset(
    (
        *("$comment", "$id", "$schema", "default", "deprecated", "examples", "title"),
        *("$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveAnchor", "$recursiveRef", "$vocabulary"),
        *("additionalItems", "additionalProperties", "contentEncoding", "contentMediaType", "contentSchema"),
        *("dependencies", "dependentRequired", "dependentSchemas", "disallow", "divisibleBy", "extends"),
        *("definitions", "format", "id", "maxProperties", "minProperties", "patternProperties"),
        *("prefixItems", "propertyNames", "readOnly", "unevaluatedItems", "unevaluatedProperties"),
        "writeOnly",
    )
)
_UNKNOWN_KEY = frozenset(("schema_unknown_key", "schema_outside_profile"))


@dataclass(frozen=True)
class SchemaProblem:
    """One validation error: path of the value, message code and fields, and the schema keyword behind it."""

    path: Path
    code: str
    fields: Mapping[str, object]
    keyword: str


@cache
def schema(name: str) -> dict[str, Any]:
    """Return a packaged schema by its short name, such as ``host_facts``."""
    content: dict[str, Any] = json.loads((FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))
    return content


def validate(name: str, value: object) -> list[SchemaProblem]:
    """Return the errors of ``value`` against the schema ``name``, at most one per path and code.

    Raises PolicyError ``jsonschema_missing`` if the jsonschema library is not installed and needed.
    """
    if fits(name, value):
        return []
    errors = [problem for error in _validator(name).iter_errors(value) for problem in _problems(error)]
    # jsonschema also reports the keys of an object with an error inside as unevaluated; drop those reports.
    inside = {problem.path for problem in errors if problem.code not in _UNKNOWN_KEY}
    kept: dict[tuple[Path, str], SchemaProblem] = {}
    for problem in errors:
        if problem.code in _UNKNOWN_KEY and any(path[: len(problem.path)] == problem.path for path in inside):
            continue
        kept.setdefault((problem.path, problem.code), problem)
    return list(kept.values())


def fits(name: str, value: object) -> bool:
    """Return True only if ``value`` is valid. False can also mean that the fast check cannot decide."""
    check = _quick(name)
    return check is not None and check(value)


@cache
def _quick(name: str) -> Check | None:
    return quick(schema(name), lambda file: schema(file.removesuffix(".schema.json")))


@cache
def _validator(name: str) -> Any:
    try:
        from jsonschema import Draft202012Validator
        from referencing import Registry, Resource
        from referencing.exceptions import NoSuchResource
    except ImportError as error:
        raise PolicyError("jsonschema_missing", reason=str(error)) from error

    def refuse(uri: str) -> Any:
        # Never fetch a schema over the network: a reference outside the package is an error.
        raise NoSuchResource(ref=uri)  # type: ignore[call-arg]  # attrs argument the stubs do not show

    resources = [Resource.from_contents(schema(each)) for each in NAMES]
    registry: Any = Registry(retrieve=refuse)  # type: ignore[call-arg]  # attrs alias that the stubs do not show
    registry = registry.with_resources((str(resource.id()), resource) for resource in resources)
    return Draft202012Validator(schema(name), registry=registry)


def _problems(error: Any) -> Iterator[SchemaProblem]:
    path: Path = tuple(error.absolute_path)
    keyword = str(error.validator)
    if keyword == "not" and error.validator_value == {} and path:
        # The schema forbids this key in combination with the object's other keys.
        yield SchemaProblem(path, "schema_misplaced_key", {"key": path[-1]}, keyword)
    elif keyword in ("anyOf", "oneOf"):
        yield from _alternatives(error, path)
    elif keyword in ("unevaluatedProperties", "additionalProperties"):
        yield from _unknown_keys(error, path)
    elif keyword in ("required", "dependentRequired"):
        for name in _missing(error):
            yield SchemaProblem((*path, name), "schema_missing_key", {"key": name}, keyword)
    elif keyword == "type":
        wanted = error.validator_value
        names = [wanted] if isinstance(wanted, str) else list(wanted)
        fields = {"expected": " / ".join(names), "actual": type_name(error.instance)}
        yield SchemaProblem(path, "schema_type", fields, keyword)
    elif keyword in ("enum", "const"):
        choices = error.validator_value if keyword == "enum" else [error.validator_value]
        expected = [brief(choice) for choice in choices]
        hint = suggestion(error.instance, choices)
        given = {"value": brief(error.instance), "expected": expected, "hint": hint}
        yield SchemaProblem(path, "schema_choice", given, keyword)
    else:
        fields = {
            "value": brief(error.instance),
            "keyword": keyword,
            "expected": brief(error.validator_value),
        }
        yield SchemaProblem(path, "schema_keyword", fields, keyword)


def _alternatives(error: Any, path: Path) -> Iterator[SchemaProblem]:
    # If the type fits only one alternative, its errors are more useful than "no alternative matches".
    branches: dict[int, list[Any]] = {}
    for inner in error.context:
        branches.setdefault(inner.schema_path[0], []).append(inner)
    matching = [
        group
        for group in branches.values()
        if not any(inner.validator in ("type", "const") and not inner.path for inner in group)
    ]
    if len(matching) == 1:
        for inner in matching[0]:
            yield from _problems(inner)
        return
    expected = [_alternative_name(inner) for group in branches.values() for inner in group[:1]]
    fields = {"value": brief(error.instance), "expected": list(dict.fromkeys(expected)), "hint": ""}
    yield SchemaProblem(path, "schema_choice", fields, str(error.validator))


def _alternative_name(inner: Any) -> str:
    wanted = inner.validator_value
    if inner.validator == "enum":
        return " / ".join(brief(choice) for choice in wanted)
    if inner.validator == "required":
        return "{" + ", ".join(wanted) + "}"
    return brief(wanted)


def _unknown_keys(error: Any, path: Path) -> Iterator[SchemaProblem]:
    known = _known_keys(error.schema)
    patterns = [re.compile(pattern) for pattern in error.schema.get("patternProperties", ())]
    for name in error.instance:
        if name not in known and not any(pattern.search(name) for pattern in patterns):
            if name in STANDARD_KEYWORDS and known == _profile():
                yield SchemaProblem(
                    (*path, name), "schema_outside_profile", {"key": name}, str(error.validator)
                )
                continue
            fields = {"key": name, "hint": suggestion(name, sorted(known))}
            yield SchemaProblem((*path, name), "schema_unknown_key", fields, str(error.validator))


@cache
def _profile() -> set[str]:
    """Return the keywords of the constraints of a policy."""
    return _known_keys(schema("constraint")["$defs"]["constraint"])


def _known_keys(part: dict[str, Any]) -> set[str]:
    return set(part.get("properties", {}))


def _missing(error: Any) -> list[str]:
    wanted = error.validator_value
    if isinstance(wanted, dict):
        wanted = [name for key, names in wanted.items() if key in error.instance for name in names]
    return [name for name in wanted if name not in error.instance and repr(name) in error.message]


def suggestion(value: object, choices: Any) -> str:
    """Return the choice that is most similar to ``value``, or an empty string."""
    texts = [choice for choice in choices if isinstance(choice, str)]
    found = difflib.get_close_matches(value, texts, 1, 0.6) if isinstance(value, str) else []
    return found[0] if found else ""


def type_name(value: object) -> str:
    """Return the JSON Schema type name of plain data."""
    if value is None:
        return "null"
    for kind, name in (
        (bool, "boolean"),
        (int, "integer"),
        (float, "number"),
        (str, "string"),
        (list, "array"),
    ):
        if isinstance(value, kind):
            return name
    return "object"


def as_written(value: object) -> str:
    """Return a value as ``brief`` does, with quotes around text that needs them in YAML."""
    text = brief(value)
    return f'"{text}"' if isinstance(value, str) and _NEEDS_QUOTES.fullmatch(value) else text


def brief(value: object) -> str:
    """Return a value as text for a message: on one line, at most 80 characters."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    text = re.sub(r"\s+", " ", text)
    return text if len(text) <= 80 else text[:77] + "..."
