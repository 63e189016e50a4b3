# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A second implementation: two plain schemas derived from a schema, judged by the library.

*certain* accepts the values that certainly comply, *possible* the values that do not certainly violate the
schema. The derivation covers schemas without identifiers, dynamic references and ``unevaluated…``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator

NULL = {"type": "null"}
NO_NULL = {"not": NULL}
KINDS = {
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "string": ("minLength", "maxLength", "pattern"),
    "array": ("items", "prefixItems", "additionalItems", "contains", "minItems", "maxItems", "uniqueItems"),
    "object": (
        *("properties", "patternProperties", "additionalProperties", "propertyNames", "required"),
        *("dependentRequired", "dependentSchemas", "dependencies", "minProperties", "maxProperties"),
    ),
}
KIND = {keyword: kind for kind, keywords in KINDS.items() for keyword in keywords}
PLAIN = (*KINDS["number"], *KINDS["string"], "minItems", "maxItems", "minProperties", "maxProperties")
COMBINED = ("allOf", "anyOf", "oneOf", "not", "if", "$ref")
CHECKED = (*KIND, *COMBINED, "type", "const", "enum")
IGNORED = (
    *("$schema", "$comment", "title", "description", "default", "examples", "definitions", "$defs", "then"),
    *("else", "minContains", "maxContains", "x-absent"),
)
# An object or a list that contains null somewhere.
NULL_INSIDE = {
    "anyOf": [
        {"type": "array", "contains": {"$ref": "#/$defs/null-or-inside"}},
        {"type": "object", "not": {"additionalProperties": {"not": {"$ref": "#/$defs/null-or-inside"}}}},
    ]
}


class Inexpressible(Exception):
    """The schema has something that plain schemas cannot express."""


class Derivation:
    """Derives certain and possible schemas of one schema of a draft from draft-06 on."""

    def __init__(self, root: Any, number: int, allowed: bool = False) -> None:
        self.root = root
        self.number = number
        self.allowed = allowed
        self.defined: dict[str, Any] = {
            "inside": NULL_INSIDE,
            "null-or-inside": {"anyOf": [NULL, {"$ref": "#/$defs/inside"}]},
        }

    def verdict(self, value: Any) -> str:
        """Return the verdict; ``compliant`` does not say whether anything was checked."""
        certain, possible = (self._child(self.root, sure, False, self.allowed) for sure in (True, False))
        if Draft202012Validator({"$defs": self.defined, "allOf": [certain]}).is_valid(value):
            return "compliant"
        if Draft202012Validator({"$defs": self.defined, "allOf": [possible]}).is_valid(value):
            return "undetermined"
        return "non_compliant"

    def _constrains(self, schema: Any) -> bool:
        if not isinstance(schema, dict):
            return False
        active = list(self._active(schema))
        nothing = active == ["not"] and (schema["not"] is True or schema["not"] == {})
        return bool(active) and not nothing

    def _active(self, schema: dict[str, Any]) -> Iterator[str]:
        for keyword in schema:
            if self.number <= 7 and "$ref" in schema:
                if keyword == "$ref":
                    yield keyword
            elif keyword in CHECKED:
                if keyword == "additionalItems" and not isinstance(schema.get("items"), list):
                    continue
                if keyword == "uniqueItems" and schema[keyword] is False:
                    continue
                yield keyword
            elif keyword not in IGNORED:
                raise Inexpressible(keyword)

    def _names_null(self, schema: Any, seen: tuple[str, ...] = ()) -> bool:
        if not isinstance(schema, dict):
            return False
        active = list(self._active(schema))
        types = schema.get("type", ()) if "type" in active else ()
        if "null" in ([types] if isinstance(types, str) else types):
            return True
        if ("const" in active and schema["const"] is None) or ("enum" in active and None in schema["enum"]):
            return True
        below = [part for name in ("allOf", "anyOf", "oneOf") if name in active for part in schema[name]]
        if "if" in active:
            below.append(schema["if"])
        if "$ref" in active and schema["$ref"] not in seen:
            below.append(self._target(schema["$ref"]))
            seen = (*seen, schema["$ref"])
        return any(self._names_null(part, seen) for part in below)

    def _target(self, reference: str) -> Any:
        value = self.root
        if not reference.startswith("#") or "%" in reference or "~" in reference:
            raise Inexpressible(reference)
        for step in [part for part in reference[1:].split("/") if part]:
            if not isinstance(value, dict) or step not in value:
                raise Inexpressible(reference)
            value = value[step]
        return value

    def _child(self, schema: Any, sure: bool, asking: bool, allowed: bool) -> Any:
        same = self._same(schema, sure, asking, allowed)
        if not self._constrains(schema) or self._names_null(schema):
            return same
        return {"allOf": [NO_NULL, same]} if sure else {"anyOf": [NULL, same]}

    def _same(self, schema: Any, sure: bool, asking: bool, allowed: bool) -> Any:
        if isinstance(schema, bool):
            return schema
        allowed = {"allowed": True, "undetermined": False}.get(schema.get("x-absent"), allowed)
        parts = []
        for keyword in self._active(schema):
            part = self._keyword(keyword, schema, sure, asking, allowed)
            if keyword in KIND:
                kind = {"type": KIND[keyword]}
                if "type" in schema or not sure:
                    part = {"anyOf": [{"not": kind}, part]}
                else:
                    part = {"allOf": [kind, part]}
            parts.append(part)
        return {"allOf": parts} if parts else True

    def _keyword(self, keyword: str, schema: dict[str, Any], sure: bool, asking: bool, allowed: bool) -> Any:
        argument = schema[keyword]
        if keyword == "type" or keyword in PLAIN:
            return {keyword: argument}
        if keyword in ("const", "enum"):
            return (
                {keyword: argument} if sure else {"anyOf": [{keyword: argument}, {"$ref": "#/$defs/inside"}]}
            )
        if keyword == "uniqueItems":
            return self._unique(sure)
        if keyword in COMBINED:
            return self._combined(keyword, schema, sure, asking, allowed)
        if KIND[keyword] == "array":
            return self._list(keyword, schema, sure, asking, allowed)
        return self._object(keyword, schema, sure, asking, allowed)

    def _unique(self, sure: bool) -> Any:
        known = {"items": {"not": {"$ref": "#/$defs/null-or-inside"}}}
        if sure:
            return {"anyOf": [{"maxItems": 1}, {"allOf": [known, {"uniqueItems": True}]}]}
        raise Inexpressible("uniqueItems")

    def _combined(self, keyword: str, schema: dict[str, Any], sure: bool, asking: bool, allowed: bool) -> Any:
        argument = schema[keyword]

        def each(certain: bool) -> list[Any]:
            return [self._same(part, certain, asking, allowed) for part in argument]

        if keyword in ("allOf", "anyOf"):
            return {keyword: each(sure)}
        if keyword == "oneOf":
            if sure:
                return {"allOf": [{"oneOf": each(False)}, {"anyOf": each(True)}]}
            certain = each(True)
            return {
                "allOf": [
                    {"anyOf": each(False)},
                    {"anyOf": [{"oneOf": certain}, {"not": {"anyOf": certain}}]},
                ]
            }
        if keyword == "not":
            return {"not": self._same(argument, not sure, True, allowed)}
        if keyword == "if":
            certain, possible = (self._same(argument, way, True, allowed) for way in (True, False))
            then, otherwise = (
                self._same(schema.get(name, True), sure, asking, allowed) for name in ("then", "else")
            )
            both = {"allOf" if sure else "anyOf": [then, otherwise]}
            return {
                "anyOf": [
                    {"allOf": [certain, then]},
                    {"allOf": [{"not": possible}, otherwise]},
                    {"allOf": [possible, {"not": certain}, both]},
                ]
            }
        return self._reference(argument, sure, asking, allowed)

    def _reference(self, reference: str, sure: bool, asking: bool, allowed: bool) -> Any:
        name = (
            f"{reference} {sure} {asking} {allowed}".replace("/", "|").replace("#", "root").replace("%", "_")
        )
        name = name.replace(" ", "-").replace("$", "")
        if name not in self.defined:
            self.defined[name] = True
            self.defined[name] = self._same(self._target(reference), sure, asking, allowed)
        return {"$ref": f"#/$defs/{name}"}

    def _list(self, keyword: str, schema: dict[str, Any], sure: bool, asking: bool, allowed: bool) -> Any:
        argument = schema[keyword]
        if keyword == "contains":
            counted = self.number >= 2019
            low = schema.get("minContains", 1) if counted else 1
            high = schema.get("maxContains") if counted else None
            certain, possible = (self._child(argument, way, True, allowed) for way in (True, False))
            least, most = (certain, possible) if sure else (possible, certain)
            parts = [{"contains": least, "minContains": low}]
            if high is not None:
                parts.append({"contains": most, "minContains": 0, "maxContains": high})
            return {"allOf": parts}
        if keyword == "prefixItems" or isinstance(argument, list):
            return {"prefixItems": [self._child(part, sure, asking, allowed) for part in argument]}
        before = schema["items"] if keyword == "additionalItems" else schema.get("prefixItems", ())
        return {"prefixItems": [True] * len(before), "items": self._child(argument, sure, asking, allowed)}

    def _object(self, keyword: str, schema: dict[str, Any], sure: bool, asking: bool, allowed: bool) -> Any:
        argument = schema[keyword]
        if keyword == "properties":
            below = {name: self._child(part, sure, asking, allowed) for name, part in argument.items()}
            missing = [name for name, part in argument.items() if self._must_be_known(part, allowed)]
            return {keyword: below, "required": missing} if sure else {keyword: below}
        if keyword == "patternProperties":
            return {
                keyword: {name: self._child(part, sure, asking, allowed) for name, part in argument.items()}
            }
        if keyword == "additionalProperties":
            known = {
                name: dict.fromkeys(schema.get(name, ()), True)
                for name in ("properties", "patternProperties")
            }
            return {**known, keyword: self._child(argument, sure, asking, allowed)}
        if keyword == "propertyNames":
            return {keyword: self._same(argument, sure, asking, allowed)}
        if keyword == "required":
            return {
                "allOf": [self._presence(name, schema, sure, asking, allowed) for name in argument] or [True]
            }
        parts = [
            self._dependency(trigger, part, schema, sure, asking, allowed)
            for trigger, part in argument.items()
        ]
        return {"allOf": parts or [True]}

    def _must_be_known(self, schema: Any, allowed: bool) -> bool:
        if not self._constrains(schema):
            return False
        return not {"allowed": True, "undetermined": False}.get(schema.get("x-absent"), allowed)

    def _presence(self, name: str, schema: dict[str, Any], sure: bool, asking: bool, allowed: bool) -> Any:
        part = self._property(name, schema)
        if not sure:
            open_question = asking and self._must_be_known(part, allowed)
            return True if open_question else {"required": [name]}
        here = {"required": [name]}
        return here if self._names_null(part) else {**here, "properties": {name: NO_NULL}}

    def _property(self, name: str, schema: dict[str, Any]) -> Any:
        return schema.get("properties", {}).get(name, True)

    def _dependency(
        self, trigger: str, part: Any, schema: dict[str, Any], sure: bool, asking: bool, allowed: bool
    ) -> Any:
        if isinstance(part, list):
            presence = [self._presence(name, schema, sure, asking, allowed) for name in part]
            demanded: Any = {"allOf": presence or [True]}
        else:
            demanded = self._same(part, sure, asking, allowed)
        condition: dict[str, Any] = {"required": [trigger]}
        if not sure and not self._names_null(self._property(trigger, schema)):
            condition["properties"] = {trigger: NO_NULL}
        return {"if": condition, "then": demanded}
