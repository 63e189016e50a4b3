# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The drafts of JSON Schema: their keywords, where schemas contain schemas, and the draft of each keyword."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from typing import Any

from ....module_utils._pointer import Path


class Dialect(enum.Enum):
    """A draft of JSON Schema that the jsonschema library validates; the value orders them by age."""

    DRAFT4 = 4
    DRAFT6 = 6
    DRAFT7 = 7
    DRAFT2019_09 = 2019
    DRAFT2020_12 = 2020

    @property
    def uri(self) -> str:
        """The value of ``$schema`` that selects the draft."""
        return _URIS[self]

    @property
    def label(self) -> str:
        """The name of the draft in messages, such as ``draft-07`` or ``2020-12``."""
        return _LABELS[self.value]

    @property
    def ignores_ref_siblings(self) -> bool:
        """Whether ``$ref`` replaces all keywords beside it."""
        return self.value <= 7

    @property
    def id_keyword(self) -> str:
        """The keyword that names a schema resource."""
        return "id" if self is Dialect.DRAFT4 else "$id"

    def has(self, keyword: str) -> bool:
        """Return whether the draft defines ``keyword``; own keywords are in every draft."""
        return self.value in _DRAFTS.get(keyword, ())

    def checks(self, keyword: str) -> bool:
        """Return whether ``keyword`` constrains values in this draft; annotations do not."""
        return keyword in _CHECKING and self.has(keyword)


_URIS = {
    Dialect.DRAFT4: "http://json-schema.org/draft-04/schema",
    Dialect.DRAFT6: "http://json-schema.org/draft-06/schema",
    Dialect.DRAFT7: "http://json-schema.org/draft-07/schema",
    Dialect.DRAFT2019_09: "https://json-schema.org/draft/2019-09/schema",
    Dialect.DRAFT2020_12: "https://json-schema.org/draft/2020-12/schema",
}
_LABELS = {3: "draft-03", 4: "draft-04", 6: "draft-06", 7: "draft-07", 2019: "2019-09", 2020: "2020-12"}

OWN_KEYWORDS = ("versionRange", "withinDays", "beyondDays")
_ALL = (4, 6, 7, 2019, 2020)
_DRAFTS: dict[str, tuple[int, ...]] = {}
for _drafts, _names in (
    (
        _ALL,
        "type enum properties patternProperties additionalProperties required items allOf anyOf oneOf not "
        "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern minItems "
        "maxItems uniqueItems minProperties maxProperties format $ref $schema title description default "
        "definitions versionRange withinDays beyondDays",
    ),
    ((3,), "extends disallow divisibleBy"),
    ((4,), "id"),
    (_ALL[1:], "$id const contains propertyNames examples"),
    (_ALL[2:], "if then else readOnly writeOnly contentMediaType contentEncoding $comment"),
    (_ALL[:3], "dependencies"),
    (_ALL[:4], "additionalItems"),
    (
        _ALL[3:],
        "$defs $anchor dependentRequired dependentSchemas unevaluatedItems unevaluatedProperties minContains "
        "maxContains contentSchema deprecated $vocabulary",
    ),
    ((2019,), "$recursiveRef $recursiveAnchor"),
    ((2020,), "prefixItems $dynamicRef $dynamicAnchor"),
):
    for _name in _names.split():
        _DRAFTS[_name] = _drafts

#: Keywords that a draft may lack without any effect on the verdict.
_HARMLESS = frozenset(
    [
        "examples",
        "readOnly",
        "writeOnly",
        "contentMediaType",
        "contentEncoding",
        "contentSchema",
        "deprecated",
        "$comment",
    ]
)
_CHECKING = (
    frozenset(_DRAFTS)
    - _HARMLESS
    - frozenset(
        [
            "$schema",
            "$id",
            "id",
            "title",
            "description",
            "default",
            "definitions",
            "$defs",
            "$anchor",
            "$vocabulary",
            "$recursiveAnchor",
            "$dynamicAnchor",
            "then",
            "else",
            "minContains",
            "maxContains",
            "extends",
            "disallow",
            "divisibleBy",
        ]
    )
)

# Where a schema contains schemas: as a value, in a list, in the values of an object.
_SINGLE = (
    *("not", "additionalItems", "additionalProperties", "contains", "propertyNames", "if", "then", "else"),
    *("unevaluatedItems", "unevaluatedProperties", "contentSchema"),
)
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
#: Keywords whose argument has a schema for each name.
NAMED_CHILDREN = ("properties", "patternProperties", "definitions", "$defs", "dependentSchemas")

#: Annotations of editors and generators. They check nothing, and their authors know that.
OTHER_ANNOTATIONS = frozenset(
    (
        *("markdownDescription", "markdownEnumDescriptions", "enumDescriptions", "enumNames", "enumTitles"),
        *("errorMessage", "patternErrorMessage", "deprecationMessage", "markdownDeprecationMessage"),
        *("defaultSnippets", "doNotSuggest", "suggestSortText", "allowComments", "allowTrailingCommas"),
        *("example", "nullable", "discriminator", "externalDocs", "xml", "options", "propertyOrder"),
        *("tsType", "tsEnumNames", "javaType", "javaName", "existingJavaType", "taplo", "scope", "order"),
    )
)
#: Keywords by the word that another language or an option of this collection has for them. Words that are
#: common as annotations, such as ``version`` or ``fields``, are not here: they have the warning of any other.
OTHER_KEYWORDS = {
    **dict.fromkeys(("choices", "allowed", "allowedvalues", "validvalues", "oneofvalues"), "enum"),
    **dict.fromkeys(("regex", "regexp"), "pattern"),
    **dict.fromkeys(("equals", "equal", "eq"), "const"),
    **dict.fromkeys(("min", "minvalue", "ge", "gte", "atleast", "greaterthanorequal"), "minimum"),
    **dict.fromkeys(("max", "maxvalue", "le", "lte", "atmost", "lessthanorequal"), "maximum"),
    **dict.fromkeys(("gt", "greaterthan", "morethan", "above"), "exclusiveMinimum"),
    **dict.fromkeys(("lt", "lessthan", "below"), "exclusiveMaximum"),
    **dict.fromkeys(("minlen", "minimumlength"), "minLength"),
    **dict.fromkeys(("maxlen", "maximumlength"), "maxLength"),
    **dict.fromkeys(("mandatory", "requiredfields"), "required"),
    "absent": "x-absent",
}
#: Types by the word that another language has for them.
OTHER_TYPES = {
    **dict.fromkeys(("int", "long", "uint"), "integer"),
    **dict.fromkeys(("float", "double", "decimal", "real", "num"), "number"),
    **dict.fromkeys(("str", "text", "char", "varchar"), "string"),
    **dict.fromkeys(("list", "tuple", "sequence", "set"), "array"),
    **dict.fromkeys(("dict", "map", "mapping", "hash", "struct"), "object"),
    **dict.fromkeys(("bool", "flag"), "boolean"),
    **dict.fromkeys(("none", "nil", "nulltype"), "null"),
}
#: The types of values that a keyword reads; one that is missing here reads all values.
KEYWORD_TYPES: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(
        ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), (int, float)
    ),
    **dict.fromkeys(("minLength", "maxLength", "pattern", "format"), str),
    **dict.fromkeys(("versionRange", "withinDays", "beyondDays"), str),
    **dict.fromkeys(("items", "prefixItems", "additionalItems", "contains", "unevaluatedItems"), list),
    **dict.fromkeys(("minItems", "maxItems", "uniqueItems"), list),
    **dict.fromkeys(("properties", "patternProperties", "additionalProperties", "propertyNames"), dict),
    **dict.fromkeys(("required", "dependentRequired", "dependentSchemas", "dependencies"), dict),
    **dict.fromkeys(("minProperties", "maxProperties", "unevaluatedProperties"), dict),
}


def dialect_of(schema: object) -> Dialect | None:
    """Return the draft that ``$schema`` of this schema names; None without one or for an unknown name."""
    name = schema.get("$schema") if isinstance(schema, Mapping) else None
    return dialect_named(name) if isinstance(name, str) else None


def dialect_named(uri: str) -> Dialect | None:
    """Return the draft with this URI, with or without the fragment ``#``."""
    return next((dialect for dialect, known in _URIS.items() if known == uri.rstrip("#")), None)


def known_keywords() -> tuple[str, ...]:
    """Return the keywords of all drafts and of this collection."""
    return tuple(_DRAFTS)


def is_known(keyword: str) -> bool:
    """Return whether any draft defines ``keyword``."""
    return keyword in _DRAFTS


def is_constraint(name: str) -> bool:
    """Return whether a document with this key can be a JSON Schema: it constrains, or belongs to its core."""
    return name in _CHECKING or (name.startswith("$") and is_known(name))


def other_drafts(keyword: str, dialect: Dialect) -> str:
    """Return the drafts of a keyword that ``dialect`` ignores; empty if it has no effect in any."""
    drafts = _DRAFTS.get(keyword, ())
    if dialect.value in drafts or keyword in _HARMLESS:
        return ""
    return ", ".join(_LABELS[draft] for draft in drafts)


def is_schema(value: object) -> bool:
    """Return whether ``value`` has the form of a schema."""
    return isinstance(value, (dict, bool))


def children(schema: Mapping[str, Any], dialect: Dialect) -> Iterator[tuple[Path, Any]]:
    """Yield the path below ``schema`` and the content of every subschema."""
    for keyword, argument in schema.items():
        if not dialect.has(keyword):
            continue
        if (keyword in _SINGLE and is_schema(argument)) or (keyword == "items" and is_schema(argument)):
            yield (keyword,), argument
        elif keyword in _LISTS or (keyword == "items" and dialect is not Dialect.DRAFT2020_12):
            if isinstance(argument, list):
                for index, child in enumerate(argument):
                    if is_schema(child):
                        yield (keyword, index), child
        elif (keyword in NAMED_CHILDREN or keyword == "dependencies") and isinstance(argument, Mapping):
            for name, child in argument.items():
                if is_schema(child):
                    yield (keyword, name), child


def folded(word: str) -> str:
    """Return a word without the differences between ``min_length``, ``min-length`` and ``minLength``."""
    return word.replace("_", "").replace("-", "").lower()
