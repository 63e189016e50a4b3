# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Load and validate endpoint profiles; ``endpoint_profile.schema.json`` publishes the same checks."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Dict, Mapping, NoReturn, Optional, Sequence, Tuple, Union

from ..wire.errors import ProfileError
from .builtin import PROFILES
from .model import AUTHS, CERTAINTIES, ENCODINGS, METHODS, NO_PAGING, Base, Operation, Paging, Profile
from .operations import (
    BASES,
    CODE_VALUES,
    LICENSE_SERVER,
    LOCAL_OPERATIONS,
    LOCAL_PRODUCTS,
    SECRET_KEYS,
    SHAPES,
    OperationFields,
)

BASE_AUTHS = ("digest", "oauth2", "none")
ARCHS = ("x86_64", "aarch64")
_KEYS = ("name", "bases", "codes", "operations", "license_names", "local")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def load_profile(name_or_mapping: Union[str, Mapping[str, object]]) -> Profile:
    """Return a built-in profile by name, or a validated profile of the site.

    A profile of the site may have ``extends`` with the name of a built-in profile. It then replaces
    operations one by one, and removes an operation by setting it to null. Raises ProfileError with the JSON
    pointer of the error.
    """
    if isinstance(name_or_mapping, str):
        return _build(_shipped(name_or_mapping, "/name"))
    document: Dict[str, Any] = {str(key): value for key, value in name_or_mapping.items()}
    if "extends" in document:
        document = _extended(_shipped(document.pop("extends"), "/extends"), document)
    return _build(document)


def _shipped(name: object, at: str) -> Dict[str, Any]:
    if not isinstance(name, str) or name not in PROFILES:
        _invalid(at, "one of {0}".format(", ".join(sorted(PROFILES))), name)
    return PROFILES[name]


def _extended(base: Mapping[str, Any], document: Mapping[str, Any]) -> Dict[str, Any]:
    merged = {**base, **document}
    for key, known in (("bases", BASES), ("codes", tuple(CODE_VALUES)), ("operations", tuple(SHAPES))):
        merged[key] = _merged(base[key], document, key, "/" + key, known)
    merged["license_names"] = _merged(
        base.get("license_names", {}), document, "license_names", "/license_names"
    )
    if "local" in document:
        merged["local"] = _extended_local(base.get("local", {}), document["local"])
    return merged


def _extended_local(base: Mapping[str, Any], value: object) -> Dict[str, Any]:
    merged = dict(base)
    for product, section in _mapping(value, "/local").items():
        at = "/local/" + product
        if product not in LOCAL_PRODUCTS or section is None:
            # The validation below rejects an unknown product.
            merged[product] = section
            continue
        base_section, given = base.get(product, {}), _mapping(section, at)
        operations = base_section.get("operations", {})
        merged[product] = {
            **base_section,
            **given,
            "operations": _merged(operations, given, "operations", at + "/operations", LOCAL_OPERATIONS),
        }
    return {
        product: section
        for product, section in merged.items()
        if section is not None or product not in LOCAL_PRODUCTS
    }


def _merged(
    base: Mapping[str, Any],
    document: Mapping[str, Any],
    key: str,
    at: str,
    known: Optional[Sequence[str]] = None,
) -> Dict[str, Any]:
    """Merge one part of a site's profile over the built-in profile; null removes an entry."""
    given = _mapping(document.get(key, {}), at)
    if known is not None:
        # An unknown name is a typing error, even if its value is null.
        _known(given, known, at)
    both = {**base, **given}
    return {name: item for name, item in both.items() if item is not None or key == "bases"}


def _build(document: Mapping[str, Any]) -> Profile:
    _known(document, _KEYS, "")
    bases = _bases(document.get("bases"), "/bases", BASES)
    profile = Profile(
        name=_string(document.get("name"), "/name"),
        bases=bases,
        operations=_operations(document.get("operations"), "/operations", bases, tuple(SHAPES)),
        codes=_codes(_mapping(document.get("codes", {}), "/codes")),
        license_names=_license_names(_mapping(document.get("license_names", {}), "/license_names")),
    )
    sections = _mapping(document.get("local", {}), "/local")
    _known(sections, LOCAL_PRODUCTS, "/local")
    return replace(profile, local={name: _node(name, section, profile) for name, section in sections.items()})


def _node(product: str, section: object, profile: Profile) -> Profile:
    at = "/local/" + product
    values = _mapping(section, at)
    _known(values, ("base", "operations"), at)
    bases = {LICENSE_SERVER: _base(values.get("base"), at + "/base")}
    operations = _operations(values.get("operations"), at + "/operations", bases, LOCAL_OPERATIONS)
    return replace(profile.node(product), bases=bases, operations=operations)


def _bases(item: object, at: str, known: Sequence[str]) -> Dict[str, Base]:
    values = _mapping(item, at)
    _known(values, known, at)
    return {name: _base(base, at + "/" + name) for name, base in values.items()}


def _operations(
    item: object, at: str, bases: Mapping[str, Base], known: Sequence[str]
) -> Dict[str, Operation]:
    values = _mapping(item, at)
    _known(values, known, at)
    return {name: _operation(name, call, bases, at + "/" + name) for name, call in values.items()}


def _base(item: object, at: str) -> Base:
    values = _mapping(item, at)
    _known(values, ("path", "auth", "lapsed_code"), at)
    return Base(
        path=_path(values.get("path"), at + "/path"),
        auth=_choice(values.get("auth"), BASE_AUTHS, at + "/auth"),
        lapsed_code=_string(values.get("lapsed_code", ""), at + "/lapsed_code", empty=True),
    )


def _operation(name: str, item: object, bases: Mapping[str, Base], at: str) -> Operation:
    shape = SHAPES[name]
    values = _mapping(item, at)
    _known(
        values,
        (
            "method",
            "path",
            "query",
            "paging",
            "answer",
            "alternatives",
            "auth",
            "certainty",
            "fields",
            "encoding",
            "body",
            "constants",
        ),
        at,
    )
    if shape.base not in bases:
        _invalid("/bases", "the base {0}, which the operation {1} needs".format(shape.base, name), None)
    path = _path(values.get("path"), at + "/path")
    query = _strings(values.get("query", {}), at + "/query")
    _check_parameters(shape, path, query, at)
    return Operation(
        name=name,
        base=shape.base,
        method=_choice(values.get("method"), METHODS, at + "/method"),
        path=path,
        auth=_choice(values.get("auth", bases[shape.base].auth), AUTHS, at + "/auth"),
        certainty=_choice(values.get("certainty"), CERTAINTIES, at + "/certainty"),
        query=tuple(query.items()),
        paging=_paging(values.get("paging", NO_PAGING), at + "/paging"),
        answer=_keys(values.get("answer", []), at + "/answer"),
        alternatives=_keys(values.get("alternatives", []), at + "/alternatives"),
        fields=_fields(values.get("fields", {}), shape, at + "/fields"),
        encoding=_choice(values.get("encoding", "none"), ENCODINGS, at + "/encoding"),
        body=_body(values.get("body", {}), shape, at + "/body"),
        constants=_strings(values.get("constants", {}), at + "/constants"),
    )


def _check_parameters(shape: OperationFields, path: str, query: Mapping[str, str], at: str) -> None:
    used = _PLACEHOLDER.findall(path)
    for text in query.values():
        used.extend(_PLACEHOLDER.findall(text))
    for name in used:
        if name not in shape.params:
            _invalid(
                at, "placeholders out of: {0}".format(", ".join(shape.params) or "none"), "{" + name + "}"
            )
    for name in shape.params:
        if name not in used:
            _invalid(at, "the placeholder {" + name + "} in path or query", path)


def _paging(item: object, at: str) -> Optional[Paging]:
    if item == NO_PAGING:
        return None
    values = _mapping(item, at)
    style = _choice(values.get("style"), ("offset", "page"), at + "/style")
    size = values.get("size")
    if not isinstance(size, int) or isinstance(size, bool) or size < 1:
        _invalid(at + "/size", "a whole number of 1 or more", size)
    limit = _string(values.get("limit"), at + "/limit")
    if style == "offset":
        _known(values, ("style", "offset", "limit", "size", "total_header"), at)
        start = _string(values.get("offset"), at + "/offset")
        return Paging(
            style, start, limit, size, total_header=_string(values.get("total_header"), at + "/total_header")
        )
    _known(values, ("style", "page", "limit", "size", "total"), at)
    start = _string(values.get("page"), at + "/page")
    return Paging(style, start, limit, size, total=_keys(values.get("total"), at + "/total"))


def _fields(item: object, shape: OperationFields, at: str) -> Dict[str, Tuple[str, ...]]:
    values = _mapping(item, at)
    _known(values, shape.fields, at)
    for name in shape.required:
        if name not in values:
            _invalid(at, "the field {0}".format(name), None)
    fields = {}
    for name, keys in values.items():
        fields[name] = _keys([keys] if isinstance(keys, str) else keys, at + "/" + name)
        if not fields[name]:
            _invalid(at + "/" + name, "a key or a list of keys", keys)
        for key in fields[name]:
            if key.casefold() in SECRET_KEYS:
                _invalid(at + "/" + name, "a field that is no account or password", key)
    return fields


def _body(item: object, shape: OperationFields, at: str) -> Dict[str, str]:
    values = _strings(item, at)
    _known(values, shape.body, at)
    return values


def _codes(values: Mapping[str, Any]) -> Dict[str, Dict[str, str]]:
    _known(values, tuple(CODE_VALUES), "/codes")
    codes: Dict[str, Dict[str, str]] = {}
    for kind, meanings in CODE_VALUES.items():
        at = "/codes/" + kind
        codes[kind] = {}
        for code, meaning in _mapping(values.get(kind, {}), at).items():
            codes[kind][code] = _choice(meaning, meanings, at + "/" + code)
    return codes


def _license_names(values: Mapping[str, Any]) -> Dict[str, Tuple[str, Optional[str]]]:
    names: Dict[str, Tuple[str, Optional[str]]] = {}
    for name, item in values.items():
        at = "/license_names/" + name
        entry = _mapping(item, at)
        _known(entry, ("product", "arch"), at)
        arch = entry.get("arch")
        names[name] = (
            _string(entry.get("product"), at + "/product"),
            None if arch is None else _choice(arch, ARCHS, at + "/arch"),
        )
    return names


def _mapping(item: object, at: str) -> Dict[str, Any]:
    if not isinstance(item, Mapping):
        _invalid(at, "a mapping", item)
    # YAML reads an unquoted 17 as a number; codes in responses are compared as text.
    return {str(key): value for key, value in item.items()}


def _strings(item: object, at: str) -> Dict[str, str]:
    return {key: _string(value, at + "/" + key, empty=True) for key, value in _mapping(item, at).items()}


def _keys(item: object, at: str) -> Tuple[str, ...]:
    if not isinstance(item, (list, tuple)):
        _invalid(at, "a list of keys", item)
    return tuple(_string(key, at) for key in item)


def _string(item: object, at: str, empty: bool = False) -> str:
    if not isinstance(item, str) or not (item or empty):
        _invalid(at, "a text", item)
    # Convert to a plain str: a value from a playbook may be a tagged subclass.
    return str(item)


def _path(item: object, at: str) -> str:
    path = _string(item, at)
    if not re.fullmatch(r"/[!-~]*", path) or "?" in path or "#" in path:
        _invalid(at, "an ASCII path that begins with / and has neither spaces nor a query", item)
    return path


def _choice(item: object, choices: Sequence[object], at: str) -> str:
    if not isinstance(item, str) or item not in choices:
        _invalid(at, "one of {0}".format(", ".join(str(choice) for choice in choices)), item)
    return str(item)


def _known(values: Mapping[str, object], names: Sequence[str], at: str) -> None:
    for name in values:
        if name not in names:
            _invalid(at + "/" + name, "one of {0}".format(", ".join(names) or "nothing"), name)


def _invalid(at: str, expected: str, got: object) -> NoReturn:
    shown = "nothing" if got is None else got if isinstance(got, (str, int, float)) else type(got).__name__
    raise ProfileError("profile_invalid", at=at or "/", expected=expected, got=shown)
