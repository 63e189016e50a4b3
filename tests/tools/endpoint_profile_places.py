# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Places and rules of responses in the schema of endpoint profiles, and what they must not read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.bases import RESERVED_OF_TOKENS
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.calls import RESERVED_HEADERS
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.operations import ERROR_NAMES
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.sources import (
    AUTH_HEADER,
    KEY,
    PASSWORD_PART,
    PATH,
    ROW_KEY,
    SECRET,
    SET_COOKIE,
    STEP,
    TOKEN_PART,
    any_word,
)

Schema = dict[str, Any]

END = r"$(?!\n)"
VALUE: Schema = {"type": ["string", "number", "boolean"]}
# A secret key as a step, as the key of a row or as the value of one.
SECRET_PATH = f"^/?(?:{STEP}\\.)*(?:{SECRET}(?:{END}|[.\\[])|{KEY}+\\[(?:{SECRET}=|{ROW_KEY}+={SECRET}\\]))"
# What fields, logins and rules must not read: by the end of the names of definitions.
SECRET_NAMES = {
    "": f"{PASSWORD_PART}|{TOKEN_PART}",
    "_masked": PASSWORD_PART,
    "_compared": "",
}


def header_pattern(names: Iterable[str]) -> str:
    return "|".join("".join(f"[{c.upper()}{c}]" for c in name) for name in sorted(names))


RESERVED = header_pattern(RESERVED_HEADERS)


def secret_name(kind: str) -> str:
    """Return the pattern of a name that is a secret."""
    parts = SECRET_NAMES[kind]
    return f"^{SECRET}{END}" + (f"|{parts}" if parts else "")


def ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def any_of(*schemas: Schema) -> Schema:
    return {"anyOf": list(schemas)}


def nullable(schema: Schema) -> Schema:
    return any_of(schema, {"type": "null"})


def closed(properties: Mapping[str, Any], required: Sequence[str] = (), **more: Any) -> Schema:
    """Return the schema of an object with these properties and no others."""
    made: Schema = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    return {**made, **({"required": list(required)} if required else {}), **more}


def listed(item: Schema) -> Schema:
    return {"type": "array", "items": item, "minItems": 1}


def one_of_keys(properties: Mapping[str, Any]) -> Schema:
    return closed(properties, minProperties=1, maxProperties=1)


def alternatives(name: str) -> Schema:
    return any_of(ref(name), listed(ref(name)))


def secret_definitions() -> Schema:
    """Return paths, names of headers and keys that read no secret, by what is done with the value."""
    made: Schema = {}
    for kind, parts in SECRET_NAMES.items():
        inside = f"{SECRET_PATH}|{parts}" if parts else SECRET_PATH
        header = {"": AUTH_HEADER.replace("$", END), "_masked": f"^{any_word([SET_COOKIE])}{END}"}.get(kind)
        name = secret_name(kind)
        made["field_path" + kind] = {
            "description": "A path in a response: cpu.sockets, @type, rows[key=version].value, /total.",
            "type": "string",
            "pattern": "^" + PATH + END,
            "not": {"pattern": inside},
        }
        made["source_name" + kind] = {
            **ref("header_name"),
            "not": {"pattern": f"{name}|{header}" if header else name},
        }
        made["data_keys" + kind] = {
            "type": "array",
            "items": {"type": "string", "minLength": 1, "not": {"pattern": name}},
        }
    return made


def definitions() -> Schema:
    """Return the definitions that other parts refer to."""
    rule = closed(
        {
            "status": any_of(ref("status"), listed(ref("status"))),
            "at": ref("field_path_compared"),
            "header": ref("source_name_compared"),
            "in": listed(VALUE),
            "required": {"type": "boolean"},
        },
        anyOf=[{"required": ["status"]}, {"required": ["at"]}, {"required": ["header"]}],
        dependentSchemas={
            "at": {"required": ["in"], "not": {"required": ["header"]}},
            "header": {"required": ["in"]},
            "in": {"anyOf": [{"required": ["at"]}, {"required": ["header"]}]},
            "required": {"anyOf": [{"required": ["at"]}, {"required": ["header"]}]},
        },
    )
    place = {"at": ref("field_path"), "header": ref("source_name")}
    envelope = closed(
        {
            "keys": {**ref("data_keys_compared"), "minItems": 1},
            "data": {**ref("text"), "not": {"pattern": secret_name("")}},
            "success": ref("rules"),
        },
        ("keys", "data"),
    )
    token_header = {
        **ref("header_name"),
        "not": {"pattern": f"^(?:{header_pattern(RESERVED_OF_TOKENS)}){END}"},
    }
    # A rule of an exception does not apply to all responses.
    narrow = any_of(
        closed({"status": any_of(ref("exception_status"), listed(ref("exception_status")))}, ("status",)),
        {
            **ref("rule"),
            "anyOf": [{"required": ["at"]}, {"required": ["header"]}],
            "properties": {"required": {"const": True}},
        },
    )
    return {
        **secret_definitions(),
        "token_header": token_header,
        "exceptions": any_of(ref("exception"), listed(ref("exception"))),
        "exception": narrow,
        "exception_status": {
            **ref("status"),
            "anyOf": [{"maximum": 199}, {"const": 204}, {"minimum": 300}],
        },
        "envelope": envelope,
        "text": {"type": "string", "minLength": 1},
        "path": {
            "description": "A path in ASCII, without spaces and without a query.",
            "type": "string",
            "pattern": "^/",
            "not": {"pattern": '[^!"$->@-~]'},
        },
        "header_name": {"type": "string", "pattern": "^[!#$%&'*+.^_`|~0-9A-Za-z-]+" + END},
        "static_header": {**ref("header_name"), "not": {"pattern": f"^(?:{RESERVED}){END}"}},
        "status": {"type": "integer", "minimum": 100, "maximum": 599},
        "rule": rule,
        "rules": {
            "description": "Conditions, all of which must hold.",
            **any_of(ref("rule"), listed(ref("rule"))),
        },
        "source": any_of(ref("field_path"), one_of_keys({**place, "status": {"const": True}})),
        "source_masked": any_of(
            ref("field_path_masked"),
            one_of_keys(
                {
                    "at": ref("field_path_masked"),
                    "header": ref("source_name_masked"),
                    "status": {"const": True},
                }
            ),
        ),
        "row_source": any_of(ref("field_path_of_row"), one_of_keys({"at": ref("field_path_of_row")})),
        "field_path_of_row": {**ref("field_path"), "not": {"pattern": "^/"}},
        "place": any_of(ref("field_path"), one_of_keys(place)),
        "token": any_of(
            ref("field_path_masked"),
            one_of_keys(
                {
                    "at": ref("field_path_masked"),
                    "header": ref("source_name_masked"),
                    "cookie": ref("source_name_compared"),
                }
            ),
        ),
        "error": closed(
            {
                **{name: alternatives("place") for name in ("code", "message")},
                "codes": {
                    "description": "The server's own codes, each with its name in this collection.",
                    "type": "object",
                    "additionalProperties": {"enum": list(ERROR_NAMES)},
                },
            }
        ),
        "table": {"type": "object", "minProperties": 1, "additionalProperties": VALUE},
        "timezone": {
            "description": "An offset such as +08:00, or an IANA name such as Asia/Shanghai.",
            "type": "string",
            "minLength": 1,
        },
        "header_value": {**VALUE, "pattern": r"^[^\x00-\x1f\x7f]*" + END},
    }
