# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the published schema of endpoint profiles from the operations in the code.

    PYTHONPATH=.collections python tests/tools/endpoint_profile_schema.py

Tests check that the file is up to date, and that the schema makes the same checks as the modules.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.builtin import PROFILES
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import (
    ARCHS,
    BASE_AUTHS,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.model import (
    AUTHS,
    CERTAINTIES,
    ENCODINGS,
    METHODS,
    NO_PAGING,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.operations import (
    BASES,
    CODE_VALUES,
    LOCAL_OPERATIONS,
    LOCAL_PRODUCTS,
    SECRET_KEYS,
    SHAPES,
    OperationFields,
)

FILE = Path(__file__).parents[2] / "plugins/plugin_utils/schemas/endpoint_profile.schema.json"

Schema = dict[str, Any]


def ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def closed(properties: Mapping[str, Any], required: Sequence[str] = (), **more: Any) -> Schema:
    """Return the schema of an object with these properties and no others."""
    made: Schema = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    return {**made, **({"required": list(required)} if required else {}), **more}


def any_case(word: str) -> str:
    return "".join(f"[{letter.upper()}{letter}]" for letter in word)


def foreign(params: Sequence[str]) -> str:
    """Return a pattern that matches any placeholder except those of ``params``."""
    return r"\{[^{}]*\}" if not params else r"\{(?!(?:" + "|".join(params) + r")\})[^{}]*\}"


def operation(shape: OperationFields) -> Schema:
    own = {"not": {"pattern": foreign(shape.params)}}
    properties: Schema = {
        "method": {"enum": list(METHODS)},
        "path": {"allOf": [ref("path"), own]},
        "query": {"type": "object", "additionalProperties": {"type": "string", **own}},
        "paging": ref("paging"),
        "answer": ref("key_list"),
        "alternatives": {**ref("key_list"), "description": "Alternative keys of the list."},
        "auth": {
            "enum": list(AUTHS),
            "description": "The authentication of this call, if it differs from that of its base.",
        },
        "certainty": {"enum": list(CERTAINTIES), "description": "The certainty of this call."},
        "fields": closed({name: ref("keys") for name in shape.fields}, shape.required),
        "encoding": {"enum": list(ENCODINGS)},
        "body": closed({name: {"type": "string"} for name in shape.body}),
        "constants": {"type": "object", "additionalProperties": {"type": "string"}},
    }
    needed = ["method", "path", "certainty", *(["fields"] if shape.required else [])]
    used = []
    for name in shape.params:
        pattern = {"pattern": r"\{" + name + r"\}"}
        somewhere = {"not": {"additionalProperties": {"not": pattern}}}
        used.append(
            {
                "anyOf": [
                    {"required": ["path"], "properties": {"path": pattern}},
                    {"required": ["query"], "properties": {"query": somewhere}},
                ]
            }
        )
    return closed(properties, needed, **({"allOf": used} if used else {}))


def nullable(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def operations(names: Sequence[str], removable: bool) -> Schema:
    calls = {name: ref("operation_" + name) for name in names}
    return closed({name: nullable(call) if removable else call for name, call in calls.items()})


def bases() -> Schema:
    return closed({name: ref("base") for name in BASES})


def codes(removable: bool) -> Schema:
    tables = {
        kind: {"type": "object", "additionalProperties": {"enum": list(meanings)}}
        for kind, meanings in CODE_VALUES.items()
    }
    return closed({kind: nullable(table) if removable else table for kind, table in tables.items()})


def license_names(removable: bool) -> Schema:
    entry = ref("license_name")
    return {"type": "object", "additionalProperties": nullable(entry) if removable else entry}


def local(removable: bool, shipped: Sequence[str] = ()) -> Schema:
    sections = {}
    for product in LOCAL_PRODUCTS:
        required = [] if product in shipped else ["base"]
        if not removable:
            required.append("operations")
        section = closed(
            {"base": ref("base"), "operations": operations(LOCAL_OPERATIONS, removable)}, required
        )
        sections[product] = nullable(section) if removable else section
    return closed(sections)


def whole() -> Schema:
    """Return the schema of a profile that does not extend another one."""
    needs = []
    for base in BASES:
        names = [name for name, shape in SHAPES.items() if shape.base == base]
        some = {
            "required": ["operations"],
            "properties": {"operations": {"anyOf": [{"required": [name]} for name in names]}},
        }
        needs.append({"if": some, "then": {"properties": {"bases": {"required": [base]}}}})
    properties = {
        "name": ref("key"),
        "bases": bases(),
        "operations": operations(tuple(SHAPES), False),
        "codes": codes(False),
        "license_names": license_names(False),
        "local": local(False),
    }
    return closed(properties, ("name", "bases", "operations"), allOf=needs)


def overlay(name: str) -> Schema:
    """Return the schema of changes to a shipped profile; null removes an entry."""
    properties = {
        "extends": {"const": name},
        "name": ref("key"),
        "bases": bases(),
        "operations": operations(tuple(SHAPES), True),
        "codes": codes(True),
        "license_names": license_names(True),
        "local": local(True, tuple(PROFILES[name].get("local", {}))),
    }
    return closed(properties, ("extends",))


def document() -> Schema:
    text = {"type": "string", "minLength": 1}
    secret = "^(?:" + "|".join(any_case(word) for word in sorted(SECRET_KEYS)) + ")$"
    field = {**text, "not": {"pattern": secret}}
    size = {"type": "integer", "minimum": 1}
    offset = {"style": {"const": "offset"}, "offset": text, "limit": text, "size": size, "total_header": text}
    page = {"style": {"const": "page"}, "page": text, "limit": text, "size": size, "total": ref("key_list")}
    definitions: Schema = {
        "key": text,
        "key_list": {"type": "array", "items": ref("key")},
        "keys": {
            "description": "The API name of a field, or several names; the first that is present is used.",
            "anyOf": [field, {"type": "array", "items": field, "minItems": 1}],
        },
        "path": {
            "description": "A path in ASCII, without spaces and without a query.",
            "type": "string",
            "pattern": "^/",
            "not": {"pattern": '[^!"$->@-~]'},
        },
        "paging": {
            "description": "How a list is paged. none means that the complete list is returned at once.",
            "anyOf": [
                {"const": NO_PAGING},
                closed(offset, tuple(offset)),
                closed(page, tuple(page)),
            ],
        },
        "base": closed(
            {
                "path": ref("path"),
                "auth": {"enum": list(BASE_AUTHS)},
                "lapsed_code": {"type": "string", "description": "The Error-Code of a refused login (R20)."},
            },
            ("path", "auth"),
        ),
        "license_name": closed(
            {"product": text, "arch": {"enum": [*ARCHS, None]}},
            ("product",),
        ),
        **{"operation_" + name: operation(shape) for name, shape in SHAPES.items()},
        "whole": whole(),
        **{"extends_" + name: overlay(name) for name in PROFILES},
    }
    extended = [
        {
            "if": {"required": ["extends"], "properties": {"extends": {"const": name}}},
            "then": ref("extends_" + name),
        }
        for name in PROFILES
    ]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://unicloud.github.io/usphere/schemas/endpoint_profile.schema.json",
        "title": "Endpoint profile",
        "description": "The API calls of a release, with their authentication and certainty.",
        "type": "object",
        "properties": {"extends": {"enum": list(PROFILES)}},
        "if": {"required": ["extends"]},
        "then": {"allOf": extended},
        "else": ref("whole"),
        "$defs": definitions,
    }


def text() -> str:
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
