# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the published schema of endpoint profiles from the operations in the code.

    PYTHONPATH=.collections python tests/tools/endpoint_profile_schema.py

Tests check that the file is up to date, and that the schema makes the same checks as the modules. A schema
cannot compare parts of a document, such as a named table and the field that uses it, and it does not know the
time zones of a machine. The modules check these, too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from endpoint_profile_parts import Parts
from endpoint_profile_places import closed, nullable, ref

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.bases import BASE_KEYS
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.builtin import PROFILES
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.calls import COUNTS
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import (
    ARCHS,
    LOGIN_CALL,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.model import OAUTH2
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.operations import (
    AUTHS,
    BASES,
    CERTAINTIES,
    FORMATS,
    LOCAL_OPERATIONS,
    LOCAL_PRODUCTS,
    SHAPES,
    OperationFields,
)

FILE = Path(__file__).parents[2] / "plugins/plugin_utils/schemas/endpoint_profile.schema.json"

Schema = dict[str, Any]


def operation(name: str, shape: OperationFields, parts: Parts) -> Schema:
    """Return the schema of one operation, with the fields and placeholders that it has."""
    is_login = name == LOGIN_CALL
    request = parts.call(
        shape.params, shape.body, needed=("password",) if is_login else (), writes=shape.writes
    )
    fields = {field: parts.field(field, kind, is_login) for field, kind in shape.fields.items()}
    outer = {field: [field.partition(".")[0]] for field in shape.fields if "." in field}
    mapped = closed(fields, shape.required, **({"dependentRequired": outer} if outer else {}))
    properties: Schema = {
        "certainty": {"enum": list(CERTAINTIES), "description": "The certainty of this call."},
        **request["properties"],
        "auth": {
            "enum": [auth for auth in AUTHS if not is_login or auth != OAUTH2],
            "description": "The authentication of this call, if it differs from that of its base.",
        },
        "format": {"enum": list(FORMATS)},
        "answer": ref("data_keys_masked" if is_login else "data_keys"),
        "success": ref("rules"),
        "error": ref("error"),
        "fields": mapped,
    }
    if shape.may_be_empty:
        properties["empty"] = ref("exceptions")
    conditions = request["allOf"]
    if shape.lists:
        properties["alternatives"] = {**ref("data_keys"), "description": "Alternative keys of the list."}
        properties["paging"] = parts.paging(COUNTS.get(name, ""))
    if name in COUNTS:
        properties["count"] = parts.count(COUNTS[name])
        in_paging = {"paging": {"type": "object", "required": ["count"]}}
        both = {"required": ["count", "paging"], "properties": in_paging}
        conditions = [*conditions, {"not": both}]
    needed = ["certainty", "method", "path", *(["fields"] if shape.required else [])]
    return closed(properties, needed, allOf=conditions)


def operations(names: Sequence[str], removable: bool) -> Schema:
    calls = {name: ref("operation_" + name) for name in names}
    return closed({name: nullable(call) if removable else call for name, call in calls.items()})


def bases(removable: bool) -> Schema:
    return closed({name: ref("base_changes" if removable else "base") for name in BASES})


def table(removable: bool, item: Schema) -> Schema:
    return {"type": "object", "additionalProperties": nullable(item) if removable else item}


def local(removable: bool, shipped: Sequence[str] = ()) -> Schema:
    sections = {}
    for product in LOCAL_PRODUCTS:
        known = product in shipped
        required = [] if known else ["base", *([] if removable else ["operations"])]
        calls = operations(LOCAL_OPERATIONS, removable)
        section = closed({"base": ref("base_changes" if known else "base"), "operations": calls}, required)
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
        "name": ref("text"),
        "timezone": ref("timezone"),
        "codes": table(False, ref("table")),
        "license_names": table(False, ref("license_name")),
        "bases": bases(False),
        "operations": operations(tuple(SHAPES), False),
        "local": local(False),
    }
    return closed(properties, ("name", "bases", "operations"), allOf=needs)


def overlay(name: str) -> Schema:
    """Return the schema of changes to a shipped profile; null removes an entry."""
    properties = {
        "extends": {"const": name},
        "name": ref("text"),
        "timezone": ref("timezone"),
        "codes": table(True, ref("table")),
        "license_names": table(True, ref("license_name")),
        "bases": bases(True),
        "operations": operations(tuple(SHAPES), True),
        "local": local(True, tuple(PROFILES[name].get("local", {}))),
    }
    return closed(properties, ("extends",))


def base_changes(parts: Parts) -> Schema:
    """Return the schema of changes to a base: null removes any key but those that a base must have."""
    base: Mapping[str, Any] = parts.base()["properties"]
    assert set(base) == set(BASE_KEYS)
    needed = ("path", "auth")
    return closed({key: item if key in needed else nullable(item) for key, item in base.items()})


def document() -> Schema:
    parts = Parts()
    calls = {"operation_" + name: operation(name, shape, parts) for name, shape in SHAPES.items()}
    definitions: Schema = {
        **parts.definitions(),
        "base": parts.base(),
        "base_changes": base_changes(parts),
        "license_name": closed({"product": ref("text"), "arch": {"enum": [*ARCHS, None]}}, ("product",)),
        **calls,
        **parts.shared,
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
