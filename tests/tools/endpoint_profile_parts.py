# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of the schema of endpoint profiles: fields, rules, requests, body templates, paging, bases."""

from __future__ import annotations

import re
from collections.abc import Sequence

from endpoint_profile_places import (
    END,
    VALUE,
    Schema,
    any_of,
    closed,
    definitions,
    listed,
    one_of_keys,
    ref,
)

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.bases import ACCOUNT, PREFIX
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.calls import (
    FILE_FIELD,
    MOST_ROWS,
    NOT_XML,
    NUMBER,
    TEMPLATE_KEYS,
    TEXT,
    encodings_of,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.field_maps import (
    EPOCHS,
    LEAST,
    MOST_FORMATS,
    OPTIONS,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.model import OAUTH2, SESSION
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.operations import (
    ACCOUNT_FIELDS,
    BASE_AUTHS,
    FORMATS,
    LICENSE_ARCH,
    METHODS,
    NO_PAGING,
    FieldKind,
    FieldType,
)


def filled(names: Sequence[str]) -> str:
    """Return the pattern of a text whose placeholders are ``names``."""
    own = "|" + r"\{(?:" + "|".join(map(re.escape, names)) + r")\}" if names else ""
    return r"^(?:[^{}]|\{\{|\}\}" + own + ")*" + END


def single(names: Sequence[str]) -> list[str]:
    """Return the fields with one value: neither lists nor fields of their rows."""
    lists = {name.partition(".")[0] for name in names if "." in name}
    return [name for name in names if "." not in name and name not in lists]


class Parts:
    """Schemas of the parts; ``shared`` collects those that several operations refer to."""

    def __init__(self) -> None:
        self.shared: Schema = {}

    def definitions(self) -> Schema:
        return {"base_auth": self._auth(), **definitions()}

    def field(self, name: str, kind: FieldKind, masked: bool) -> Schema:
        """Return the schema of a field: a place, alternatives, or a place with options."""
        in_row, least = "." in name, LEAST.get(name, 0)
        start = "row_field" if in_row else "masked_field" if masked else "field"
        key = "_".join([start, kind.type.value, *kind.choices, *([f"from_{least}"] if least else [])])
        if key not in self.shared:
            self.shared[key] = self._field(kind, in_row, least, "_masked" if masked else "")
        return ref(key)

    def _field(self, kind: FieldKind, in_row: bool, least: int, end: str) -> Schema:
        body_only = kind.type is FieldType.ROWS
        name = "row_source" if in_row else "source" + end
        path = "field_path_of_row" if in_row else "field_path" + end
        place = any_of(ref(path), one_of_keys({"at": ref(path)})) if body_only else ref(name)
        options = {
            option: self._option(option, kind, least) for option in OPTIONS if kind.type in OPTIONS[option]
        }
        sources: Schema = {"at": any_of(ref(path), listed(place))}
        if not body_only and not in_row:
            sources.update({"header": ref("source_name" + end), "status": {"const": True}})
        chosen = {"oneOf": [{"required": [source]} for source in sources]}
        return any_of(ref(path), listed(place), closed({**sources, **options}, **chosen))

    def _option(self, option: str, kind: FieldKind, least: int) -> Schema:
        if option == "values":
            values: Schema = {
                "minProperties": 1,
                "type": "object",
                "additionalProperties": self._meaning(kind, least),
            }
            return any_of(ref("text"), values)
        return {
            "formats": {**listed({"type": "string", "pattern": "%"}), "maxItems": MOST_FORMATS},
            "timezone": ref("timezone"),
            "epoch": {"enum": list(EPOCHS)},
            "never": listed(VALUE),
            "after": ref("text"),
        }[option]

    def _meaning(self, kind: FieldKind, least: int) -> Schema:
        if kind.type is FieldType.CHOICE:
            return {"enum": list(kind.choices)}
        if kind.type in (FieldType.INTEGER, FieldType.INTEGERS):
            return {"type": "integer", "minimum": least, "maximum": 2**53}
        return {"type": "boolean"} if kind.type is FieldType.BOOLEAN else VALUE

    def call(
        self,
        params: Sequence[str],
        body: Sequence[str],
        secret: bool = False,
        needed: Sequence[str] = (),
        writes: bool = False,
    ) -> Schema:
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
            "encoding": {"enum": list(encodings_of(body, writes))},
            "body": True,
        }
        conditions: list[Schema] = [self._body(params, body)]
        for name in (*params, *needed):
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
        scalar = any_of({**VALUE, "pattern": filled(single(plain))}, self._mapped(plain))
        file = {"const": "{" + FILE_FIELD + "}"}
        multipart = any_of(scalar, file) if FILE_FIELD in names else scalar
        root = {**xml, "type": "object", "minProperties": 1, "maxProperties": 1}
        # A document has one root, so it is neither a list nor repeated.
        root["additionalProperties"] = {
            "not": any_of({"type": "array"}, {"type": "object", "required": ["each"]})
        }
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
            flat = any_of({"type": VALUE["type"]}, {"type": "object", "required": ["field"]})
            plain["patternProperties"] = {r"^(?:@|\$)": {"allOf": [ref(key), flat]}}
        mapped = self._mapped(names)
        text: Schema = {**VALUE, "pattern": filled(single(names))}
        if kind == "xml_":
            text["not"] = {"type": "string", "pattern": NOT_XML}
        self.shared[key] = any_of(text, {"type": "array", "items": ref(key)}, plain, mapped, *rows)
        return ref(key)

    def _mapped(self, names: Sequence[str]) -> Schema:
        names = single(names)
        values: Schema = {"type": "object", "minProperties": 1, "additionalProperties": VALUE}
        properties = {"field": {"enum": names}, "values": values, "as": {"enum": [NUMBER, TEXT]}}
        if not names:
            return {"not": {}}
        archs = {"properties": {"values": {"propertyNames": {"enum": list(LICENSE_ARCH.choices)}}}}
        arch = {"if": {"properties": {"field": {"const": "arch"}}, "required": ["field"]}, "then": archs}
        if "arch" in names:
            return closed(properties, ("field",), **arch)
        secrets = [name for name in names if name in ACCOUNT_FIELDS]
        is_secret = {"properties": {"field": {"enum": secrets}}, "required": ["field"]}
        as_it_is = {"not": {"required": ["values"]}, "properties": {"as": {"const": TEXT}}}
        return closed(properties, ("field",), **({"if": is_secret, "then": as_it_is} if secrets else {}))

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
            "path": {**ref("path"), "pattern": "^[^{}]*" + END},
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
        login = self.call((), ACCOUNT, secret=True, needed=("password",))
        send = any_of(
            closed({"cookie": ref("header_name")}, ("cookie",)),
            closed(
                {
                    "header": ref("token_header"),
                    "prefix": {"type": "string", "pattern": f"^{PREFIX.pattern}{END}"},
                },
                ("header",),
            ),
        )
        refused = {**ref("status"), "minimum": 300}
        session = {
            "type": {"const": SESSION},
            "login": closed(
                {**login["properties"], "success": ref("rules")}, ("method", "path"), allOf=login["allOf"]
            ),
            "token": ref("token"),
            "send": send,
            "csrf": closed({"token": ref("token"), "send": ref("token_header")}, ("token", "send")),
            "logout": logout,
            "refused_status": any_of(refused, listed(refused)),
            "refused": {
                **ref("exceptions"),
                "description": "Rules, each of which recognizes an ended session.",
            },
        }
        in_body = any_of({"type": "string"}, {"type": "object", "required": ["at"]})
        sent_as_received = {"type": "object", "properties": {"header": ref("token_header")}}
        needs_send = {
            "if": {"properties": {"token": in_body}, "required": ["token"]},
            "then": {"required": ["send"]},
            "else": any_of({"required": ["send"]}, {"properties": {"token": sent_as_received}}),
        }
        return any_of(
            {"enum": names},
            closed({"type": {"enum": [name for name in names if name != OAUTH2]}}, ("type",)),
            closed({"type": {"const": OAUTH2}, "logout": logout}, ("type",)),
            closed(session, ("type", "login", "token"), **needs_send),
        )
