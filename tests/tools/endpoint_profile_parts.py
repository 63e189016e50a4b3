# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of the schema of endpoint profiles: fields, rules, requests, body templates, paging, bases."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.bases import ACCOUNT
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.calls import (
    FILE_FIELD,
    MOST_ROWS,
    NUMBER,
    RESERVED_HEADERS,
    TEMPLATE_KEYS,
    TEXT,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.field_maps import EPOCHS, OPTIONS
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.fields import (
    LICENSE_ARCH,
    FieldKind,
    FieldType,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.model import OAUTH2, SESSION
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.operations import (
    BASE_AUTHS,
    ENCODINGS,
    ERROR_NAMES,
    FORMATS,
    METHODS,
    NO_PAGING,
    SECRET_KEYS,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.sources import (
    KEY,
    PATH,
    ROW_KEY,
    STEP,
)

Schema = dict[str, Any]

END = r"$(?!\n)"
VALUE: Schema = {"type": ["string", "number", "boolean"]}
SECRET = "(?:" + "|".join("".join(f"[{c.upper()}{c}]" for c in word) for word in sorted(SECRET_KEYS)) + ")"
# A secret key as a step, as the key of a row or as the value of one.
SECRET_PATH = f"^/?(?:{STEP}\\.)*(?:{SECRET}(?:{END}|[.\\[])|{KEY}+\\[(?:{SECRET}=|{ROW_KEY}+={SECRET}\\]))"
RESERVED = "|".join("".join(f"[{c.upper()}{c}]" for c in name) for name in sorted(RESERVED_HEADERS))


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


def filled(names: Sequence[str]) -> str:
    """Return the pattern of a text whose placeholders are ``names``."""
    own = "|" + r"\{(?:" + "|".join(map(re.escape, names)) + r")\}" if names else ""
    return r"^(?:[^{}]|\{\{|\}\}" + own + ")*" + END


class Parts:
    """Schemas of the parts; ``shared`` collects those that several operations refer to."""

    def __init__(self) -> None:
        self.shared: Schema = {}

    def definitions(self) -> Schema:
        rule = closed(
            {
                "status": any_of(ref("status"), listed(ref("status"))),
                "at": ref("field_path"),
                "header": ref("source_name"),
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
            {"keys": {**ref("data_keys"), "minItems": 1}, "data": ref("text"), "success": ref("rules")},
            ("keys", "data"),
        )
        return {
            "base_auth": self._auth(),
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
            "source_name": {**ref("header_name"), "not": {"pattern": f"^{SECRET}{END}"}},
            "field_path": {
                "description": "A path in a response: cpu.sockets, @type, rows[key=version].value, /total.",
                "type": "string",
                "pattern": "^" + PATH + END,
                "not": {"pattern": SECRET_PATH},
            },
            "data_keys": {
                "type": "array",
                "items": {"type": "string", "minLength": 1, "not": {"pattern": f"^{SECRET}{END}"}},
            },
            "status": {"type": "integer", "minimum": 100, "maximum": 599},
            "rule": rule,
            "rules": {
                "description": "Conditions, all of which must hold.",
                **any_of(ref("rule"), listed(ref("rule"))),
            },
            "source": any_of(ref("field_path"), one_of_keys({**place, "status": {"const": True}})),
            "row_source": any_of(ref("field_path_of_row"), one_of_keys({"at": ref("field_path_of_row")})),
            "field_path_of_row": {**ref("field_path"), "not": {"pattern": "^/"}},
            "place": any_of(ref("field_path"), one_of_keys(place)),
            "token": any_of(ref("field_path"), one_of_keys({**place, "cookie": ref("source_name")})),
            "error": closed(
                {
                    **{name: self._alternatives("place") for name in ("code", "message")},
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

    def _alternatives(self, name: str) -> Schema:
        return any_of(ref(name), listed(ref(name)))

    def field(self, kind: FieldKind, in_row: bool) -> Schema:
        """Return the schema of a field: a place, alternatives, or a place with options."""
        key = "_".join(["row_field" if in_row else "field", kind.type.value, *kind.choices])
        if key not in self.shared:
            self.shared[key] = self._field(kind, in_row)
        return ref(key)

    def _field(self, kind: FieldKind, in_row: bool) -> Schema:
        body_only = kind.type is FieldType.ROWS
        name = "row_source" if in_row else "source"
        path = "field_path_of_row" if in_row else "field_path"
        place = any_of(ref(path), one_of_keys({"at": ref(path)})) if body_only else ref(name)
        options = {option: self._option(option, kind) for option in OPTIONS if kind.type in OPTIONS[option]}
        sources: Schema = {"at": any_of(ref(path), listed(place))}
        if not body_only and not in_row:
            sources.update({"header": ref("source_name"), "status": {"const": True}})
        chosen = {"oneOf": [{"required": [source]} for source in sources]}
        return any_of(ref(path), listed(place), closed({**sources, **options}, **chosen))

    def _option(self, option: str, kind: FieldKind) -> Schema:
        if option == "values":
            values: Schema = {
                "minProperties": 1,
                "type": "object",
                "additionalProperties": self._meaning(kind),
            }
            return any_of(ref("text"), values)
        return {
            "formats": listed({"type": "string", "pattern": "%"}),
            "timezone": ref("timezone"),
            "epoch": {"enum": list(EPOCHS)},
            "never": listed(VALUE),
            "after": ref("text"),
        }[option]

    def _meaning(self, kind: FieldKind) -> Schema:
        if kind.type is FieldType.CHOICE:
            return {"enum": list(kind.choices)}
        if kind.type in (FieldType.INTEGER, FieldType.INTEGERS):
            return {"type": "integer", "minimum": -(2**53), "maximum": 2**53}
        return {"type": "boolean"} if kind.type is FieldType.BOOLEAN else VALUE

    def call(self, params: Sequence[str], body: Sequence[str], secret: bool = False) -> Schema:
        """Return the properties of a request, and the conditions between them."""
        anywhere = [*params, *body] if secret else list(params)
        own = {"pattern": filled(anywhere)}
        path = r"^(?:[^{}]" + "".join(r"|\{" + name + r"\}" for name in params) + ")*" + END
        properties: Schema = {
            "method": {"enum": list(METHODS)},
            "path": {**ref("path"), "pattern": path},
            "query": {"type": "object", "additionalProperties": {**VALUE, **own}},
            "headers": {
                "type": "object",
                "propertyNames": ref("static_header"),
                "additionalProperties": {**ref("header_value"), **own},
            },
            "encoding": {"enum": list(ENCODINGS)},
            "body": True,
        }
        conditions: list[Schema] = [self._body(params, body)]
        for name in params:
            pattern = {"pattern": r"\{" + name + r"\}"}
            inside = [
                {"required": [key], "properties": {key: {"not": {"additionalProperties": {"not": pattern}}}}}
                for key in ("query", "headers")
            ]
            conditions.append(
                any_of(
                    {"required": ["path"], "properties": {"path": pattern}}, *inside, {"required": ["body"]}
                )
            )
        return {"properties": properties, "allOf": conditions}

    def _body(self, params: Sequence[str], body: Sequence[str]) -> Schema:
        """Return the condition between ``encoding`` and ``body``."""
        names = [*params, *body]
        key = "_".join(["encoded", *(name.replace(".", "-") for name in names)])
        if key not in self.shared:
            self.shared[key] = self._encodings(names)
        return ref(key)

    def _encodings(self, names: Sequence[str]) -> Schema:
        plain = [name for name in names if name != FILE_FIELD]
        form = self.template(plain, "")
        xml = self.template(plain, "xml_")
        scalar = any_of({**VALUE, "pattern": filled(plain)}, self._mapped(plain))
        file = {"const": "{" + FILE_FIELD + "}"}
        multipart = any_of(scalar, file) if FILE_FIELD in names else scalar
        root = {**xml, "type": "object", "minProperties": 1, "maxProperties": 1}
        own = "|".join(TEMPLATE_KEYS)
        root["propertyNames"] = {"not": {"pattern": rf"^(?:@|\$|(?:{own}){END})"}}
        flat = {"not": {"enum": list(TEMPLATE_KEYS)}}
        bodies = {
            "json": form,
            "xml": root,
            "form": {"type": "object", "propertyNames": flat, "additionalProperties": scalar},
            "multipart": {"type": "object", "propertyNames": flat, "additionalProperties": multipart},
        }
        none: Schema = {"properties": {"encoding": {"const": "none"}}, "not": {"required": ["body"]}}
        return any_of(
            none,
            *(
                {
                    "required": ["encoding", "body"],
                    "properties": {"encoding": {"const": encoding}, "body": template},
                }
                for encoding, template in bodies.items()
            ),
        )

    def template(self, names: Sequence[str], kind: str) -> Schema:
        """Return a reference to the schema of a template with the placeholders ``names``."""
        key = "_".join([kind + "template", *(name.replace(".", "-") for name in names)])
        if key in self.shared:
            return ref(key)
        self.shared[key] = {}
        lists = sorted({name.partition(".")[0] for name in names if "." in name})
        rows = [
            closed(
                {
                    "each": {"const": each},
                    "row": self.template(
                        [name.partition(".")[2] for name in names if name.startswith(each + ".")], kind
                    ),
                },
                ("each", "row"),
            )
            for each in lists
        ]
        plain: Schema = {
            "type": "object",
            "additionalProperties": ref(key),
            "not": {"anyOf": [{"required": [word]} for word in TEMPLATE_KEYS]},
        }
        if kind == "xml_":
            plain["propertyNames"] = {"pattern": r"^(?:@?[A-Za-z_][A-Za-z0-9_.-]*|\$)" + END}
        mapped = self._mapped(names)
        self.shared[key] = any_of(
            {**VALUE, "pattern": filled(names)}, {"type": "array", "items": ref(key)}, plain, mapped, *rows
        )
        return ref(key)

    def _mapped(self, names: Sequence[str]) -> Schema:
        values: Schema = {"type": "object", "additionalProperties": VALUE}
        properties = {"field": {"enum": list(names)}, "values": values, "as": {"enum": [NUMBER, TEXT]}}
        if not names:
            return {"not": {}}
        archs = {"properties": {"values": {"propertyNames": {"enum": list(LICENSE_ARCH.choices)}}}}
        arch = {"if": {"properties": {"field": {"const": "arch"}}, "required": ["field"]}, "then": archs}
        return closed(properties, ("field",), **(arch if "arch" in names else {}))

    def paging(self, count: str) -> Schema:
        key = "paging_" + count if count else "paging"
        if key not in self.shared:
            self.shared[key] = self._paging(count)
        return ref(key)

    def _paging(self, count: str) -> Schema:
        size = {"type": "integer", "minimum": 1, "maximum": MOST_ROWS}
        common: Schema = {"limit": ref("text"), "size": size, "total": ref("place")}
        if count:
            common["count"] = self.count(count)
        first = {"first": {"enum": [0, 1]}}
        styles = {
            style: closed({"style": {"const": style}, **own, **common}, ("style", style, "limit", "size"))
            for style, own in {
                "offset": {"offset": ref("text"), **first},
                "page": {"page": ref("text"), **first},
                "next": {"next": ref("place")},
            }.items()
        }
        return {
            "description": "How a list is paged. none means that the complete list is returned at once.",
            **any_of({"const": NO_PAGING}, *styles.values()),
        }

    def count(self, name: str) -> Schema:
        return {"const": name, "description": "The operation that counts the rows."}

    def base(self) -> Schema:
        properties = {
            "path": ref("path"),
            "auth": ref("base_auth"),
            "headers": {
                **self.call((), ())["properties"]["headers"],
                "additionalProperties": {**ref("header_value"), "pattern": "^[^{}]*" + END},
            },
            "format": {"enum": list(FORMATS)},
            "success": ref("rules"),
            "error": ref("error"),
            "envelope": ref("envelope"),
            "lapsed_codes": {**listed(VALUE), "description": "Error codes of a refused login (R20)."},
            "timezone": ref("timezone"),
        }
        return closed(properties, ("path", "auth"))

    def _auth(self) -> Schema:
        names = [name for name in BASE_AUTHS if name != SESSION]
        plain = self.call((), ())
        logout = closed(plain["properties"], ("method", "path"), allOf=plain["allOf"])
        login = self.call((), ACCOUNT, secret=True)
        send = any_of(
            closed({"cookie": ref("header_name")}, ("cookie",)),
            closed({"header": ref("header_name"), "prefix": {"type": "string"}}, ("header",)),
        )
        session = {
            "type": {"const": SESSION},
            "login": closed(
                {**login["properties"], "success": ref("rules")}, ("method", "path"), allOf=login["allOf"]
            ),
            "token": ref("token"),
            "send": send,
            "csrf": closed({"token": ref("token"), "send": ref("header_name")}, ("token", "send")),
            "logout": logout,
            "refused_status": any_of(ref("status"), listed(ref("status"))),
            "refused": {**ref("rules"), "description": "Rules, each of which recognizes an ended session."},
        }
        in_body = any_of({"type": "string"}, {"type": "object", "required": ["at"]})
        needs_send = {
            "if": {"properties": {"token": in_body}, "required": ["token"]},
            "then": {"required": ["send"]},
        }
        return any_of(
            {"enum": names},
            closed({"type": {"enum": [name for name in names if name != OAUTH2]}}, ("type",)),
            closed({"type": {"const": OAUTH2}, "logout": logout}, ("type",)),
            closed(session, ("type", "login", "token"), **needs_send),
        )
