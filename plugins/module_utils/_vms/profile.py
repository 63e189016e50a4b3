# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Endpoint profiles: which call does what, as data, checked strictly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Dict, Mapping, NoReturn, Optional, Sequence, Tuple, Union

from .errors import OperationUnsupported, ProfileError
from .profiles_data import PROFILES
from .shapes import BASES, CODE_VALUES, SECRET_KEYS, SHAPES, Shape

AUTHS = ("digest", "oauth2", "oauth2_client", "none")
CERTAINTIES = ("documented", "observed", "assumed")
ENCODINGS = ("none", "json", "form", "multipart")
METHODS = ("GET", "POST", "PUT", "DELETE")

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Paging:
    """How a list is read in parts.

    ``offset`` counts the rows skipped and finds the total in a header, ``page`` counts pages from 1 and
    finds it in the body.
    """

    style: str
    start: str
    limit: str
    size: int
    total_header: str = ""
    total: Tuple[str, ...] = ()


@dataclass(frozen=True)
class Base:
    """Where an interface's paths begin and how it authenticates; ``lapsed_code`` is the Error-Code of R20."""

    path: str
    auth: str
    lapsed_code: str = ""


@dataclass(frozen=True)
class Operation:
    """One call. ``fields`` and ``body`` map our field names to the other side's, see ``shapes.py``."""

    name: str
    base: str
    method: str
    path: str
    auth: str
    certainty: str
    query: Tuple[Tuple[str, str], ...]
    paging: Optional[Paging]
    answer: Tuple[str, ...]
    fields: Mapping[str, Tuple[str, ...]]
    encoding: str
    body: Mapping[str, str]
    constants: Mapping[str, str]


@dataclass(frozen=True)
class Profile:
    """An endpoint profile. ``license_names`` maps display names of a site's release to (product, arch)."""

    name: str
    bases: Mapping[str, Base]
    operations: Mapping[str, Operation]
    codes: Mapping[str, Mapping[str, str]]
    license_names: Mapping[str, Tuple[str, Optional[str]]]

    def supports(self, operation: str) -> bool:
        return operation in self.operations

    def operation(self, name: str) -> Operation:
        """Return the call for ``name``; raises OperationUnsupported where the profile lacks it."""
        try:
            return self.operations[name]
        except KeyError:
            raise OperationUnsupported("operation_unsupported", operation=name, profile=self.name) from None

    def decode(self, kind: str, value: Optional[str]) -> Optional[str]:
        """Return what the code ``value`` of an answer means, None if nobody said."""
        return None if value is None else self.codes[kind].get(value)


def load_profile(name_or_mapping: Union[str, Mapping[str, object]]) -> Profile:
    """Return a shipped profile by name, or a site's own after checking it.

    A site's profile may say ``extends`` and a shipped one's name: what it says replaces operation by
    operation, and an operation that is null is taken away. Raises ProfileError with the pointer of what is
    wrong.
    """
    if isinstance(name_or_mapping, str):
        return _build(_shipped(name_or_mapping, "/name"))
    document: Dict[str, Any] = {str(key): value for key, value in name_or_mapping.items()}
    extends = document.pop("extends", None)
    if extends is not None:
        document = _overlay(_shipped(extends, "/extends"), document)
    return _build(document)


def _shipped(name: object, at: str) -> Dict[str, Any]:
    if not isinstance(name, str) or name not in PROFILES:
        _invalid(at, "one of {0}".format(", ".join(sorted(PROFILES))), name)
    return PROFILES[name]


def _overlay(base: Mapping[str, Any], document: Mapping[str, Any]) -> Dict[str, Any]:
    merged = dict(base)
    for key, value in document.items():
        if key in ("bases", "codes", "operations", "license_names"):
            both = {**base.get(key, {}), **_mapping(value, "/" + key)}
            merged[key] = {name: item for name, item in both.items() if item is not None}
        else:
            merged[key] = value
    return merged


def _build(document: Mapping[str, Any]) -> Profile:
    _known(document, ("name", "bases", "codes", "operations", "license_names"), "")
    bases = {
        name: _base(item, "/bases/" + name)
        for name, item in _mapping(document.get("bases"), "/bases").items()
    }
    _known(bases, BASES, "/bases")
    operations = {
        name: _operation(name, item, bases)
        for name, item in _mapping(document.get("operations"), "/operations").items()
    }
    return Profile(
        name=_string(document.get("name"), "/name"),
        bases=bases,
        operations=operations,
        codes=_codes(_mapping(document.get("codes", {}), "/codes")),
        license_names=_license_names(_mapping(document.get("license_names", {}), "/license_names")),
    )


def _base(item: object, at: str) -> Base:
    values = _mapping(item, at)
    _known(values, ("path", "auth", "lapsed_code"), at)
    return Base(
        path=_path(values.get("path"), at + "/path"),
        auth=_choice(values.get("auth"), ("digest", "oauth2", "none"), at + "/auth"),
        lapsed_code=_string(values.get("lapsed_code", ""), at + "/lapsed_code", empty=True),
    )


def _operation(name: str, item: object, bases: Mapping[str, Base]) -> Operation:
    at = "/operations/" + name
    if name not in SHAPES:
        _invalid(at, "an operation out of {0}".format(", ".join(sorted(SHAPES))), name)
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
        paging=_paging(values["paging"], at + "/paging") if "paging" in values else None,
        answer=_keys(values.get("answer", []), at + "/answer"),
        fields=_fields(values.get("fields", {}), shape, at + "/fields"),
        encoding=_choice(values.get("encoding", "none"), ENCODINGS, at + "/encoding"),
        body=_body(values.get("body", {}), shape, at + "/body"),
        constants=_strings(values.get("constants", {}), at + "/constants"),
    )


def _check_parameters(shape: Shape, path: str, query: Mapping[str, str], at: str) -> None:
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


def _paging(item: object, at: str) -> Paging:
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


def _fields(item: object, shape: Shape, at: str) -> Dict[str, Tuple[str, ...]]:
    values = _mapping(item, at)
    _known(values, shape.fields, at)
    for name in shape.required:
        if name not in values:
            _invalid(at, "the field {0}".format(name), None)
    fields = {}
    for name, keys in values.items():
        fields[name] = _keys([keys] if isinstance(keys, str) else keys, at + "/" + name)
        for key in fields[name]:
            if key.casefold() in SECRET_KEYS:
                _invalid(at + "/" + name, "a field that is no account or password", key)
    return fields


def _body(item: object, shape: Shape, at: str) -> Dict[str, str]:
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
            None if arch is None else _choice(arch, ("x86_64", "aarch64"), at + "/arch"),
        )
    return names


def _mapping(item: object, at: str) -> Dict[str, Any]:
    if not isinstance(item, Mapping):
        _invalid(at, "a mapping", item)
    # YAML reads a bare 17 as a number; the code of an answer is compared as text.
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
    # A plain str: a value out of a playbook may be a tagged subclass.
    return str(item)


def _path(item: object, at: str) -> str:
    path = _string(item, at)
    if not re.match(r"/[!-~]*$", path) or "?" in path or "#" in path:
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
