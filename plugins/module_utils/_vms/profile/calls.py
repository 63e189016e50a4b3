# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the requests of an endpoint profile: path, query, headers, body template, paging."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from .checks import (
    CONTROL,
    below,
    choice,
    closed,
    fail,
    header_name,
    integer,
    list_of,
    mapping,
    scalar,
    text,
    unknown,
    url_path,
)
from .fields import LICENSE_ARCHES
from .model import NEXT, OFFSET, Call, Paging
from .operations import ACCOUNT_FIELDS, ENCODINGS, METHODS, NO_PAGING, PAGING_STYLES
from .sources import PLACE_SOURCES, source

CALL_KEYS = ("method", "path", "query", "headers", "encoding", "body")
# Headers that belong to the transport, the authentication or the encoding of a call.
RESERVED_HEADERS = frozenset(
    (
        *("accept", "authorization", "connection", "content-length", "content-type", "cookie", "expect"),
        *("host", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade"),
    )
)
# The operation that counts the rows of a list.
COUNTS = {"list_hosts": "hosts_count"}
MOST_ROWS = 100000
FILE_FIELD = "file"
NUMBER, TEXT = "number", "text"
# Keys that make a mapping a part of a template.
TEMPLATE_KEYS = ("field", "each")
XML_NAME = re.compile(r"@?[A-Za-z_][A-Za-z0-9_.-]*|\$", re.ASCII)
# Characters that XML 1.0 cannot contain, not even escaped.
NOT_XML = r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"

_NOT_XML = re.compile(NOT_XML)
_BRACES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
# Values that a field of a body can have, where these are words of this collection.
_CHOICES = {"quota.arch": LICENSE_ARCHES}


def placeholders(value: str, at: str) -> List[str]:
    """Return the names of the placeholders in a text; ``{{`` and ``}}`` are literal braces."""
    found = []
    for match in _BRACES.finditer(value):
        if match.group() in ("{", "}"):
            fail("braces", at, value)
        if match.group(1) is not None:
            found.append(match.group(1))
    return found


def encodings_of(body: Sequence[str], writes: bool) -> Tuple[str, ...]:
    """Return the encodings of a call whose body has these fields; reads and logins send no XML, no file."""
    has_place = {"xml": writes, "multipart": FILE_FIELD in body}
    return tuple(each for each in ENCODINGS if has_place.get(each, True))


def call(
    values: Mapping[str, Any],
    at: str,
    params: Sequence[str],
    body: Sequence[str],
    secret: bool = False,
    needed: Sequence[str] = (),
    writes: bool = False,
) -> Call:
    """Return the request of an operation or of a login; ``writes``: an operation that changes something.

    ``params`` fill path, query, headers and body, ``body`` only the body. With ``secret`` the names of
    ``body`` also fill query and headers: a login can have its account there. The request must use all
    ``params``, and the names ``needed``.
    """
    anywhere = (*params, *body) if secret else tuple(params)
    path = url_path(values.get("path"), below(at, "path"))
    if "{{" in path or "}}" in path:
        fail("path_braces", below(at, "path"), path)
    used = _checked(path, below(at, "path"), params)
    query: List[Tuple[str, str]] = []
    for name, value in mapping(values.get("query", {}), below(at, "query")).items():
        place = below(at, "query", name)
        query.append((name, scalar(value, place)))
        used += _checked(query[-1][1], place, anywhere)
    headers = static_headers(values.get("headers", {}), below(at, "headers"))
    for name, value in headers.items():
        used += _checked(value, below(at, "headers", name), anywhere)
    encoding = choice(values.get("encoding", "none"), encodings_of(body, writes), below(at, "encoding"))
    template = None
    if "body" in values:
        if encoding == "none":
            fail("encoding_missing", below(at, "encoding"), encoding)
        _check_form(values["body"], encoding, below(at, "body"))
        template = _template(values["body"], encoding, (*params, *body), used, below(at, "body"))
    elif encoding != "none":
        fail("body_missing", at, encoding)
    for name in (*params, *needed):
        if name not in used:
            fail("placeholder_missing", at, name="{" + name + "}")
    method = choice(values.get("method"), METHODS, below(at, "method"))
    return Call(method, path, tuple(query), headers, encoding, template)


def static_headers(item: object, at: str) -> Dict[str, str]:
    found: Dict[str, str] = {}
    lower = set()
    for name, value in mapping(item, at).items():
        place = below(at, name)
        header_name(name, place)
        if name.lower() in RESERVED_HEADERS:
            fail("header_reserved", place, name)
        if name.lower() in lower:
            fail("key_twice", at, name)
        lower.add(name.lower())
        found[name] = scalar(value, place)
        if CONTROL.search(found[name]):
            fail("header_value", place, found[name])
    return found


def merged_headers(base: Mapping[str, str], own: Mapping[str, str]) -> Dict[str, str]:
    """Return the headers of a base and of one of its calls, whose names do not depend on case."""
    names = {name.lower() for name in own}
    return {**{name: value for name, value in base.items() if name.lower() not in names}, **own}


def _checked(value: str, at: str, names: Sequence[str]) -> List[str]:
    used = placeholders(value, at)
    for name in used:
        if name not in names:
            fail(
                "placeholder", at, "{" + name + "}", choices=["{" + each + "}" for each in names] or "nothing"
            )
    return used


def _single(names: Sequence[str]) -> List[str]:
    """Return the fields with one value: neither lists nor fields of their rows."""
    lists = {name.partition(".")[0] for name in names if "." in name}
    return [name for name in names if "." not in name and name not in lists]


def _check_form(item: object, encoding: str, at: str) -> None:
    """Check the outermost level of a body whose encoding is not JSON; no part of a template is there."""
    if encoding in ("form", "multipart"):
        for name, value in mapping(item, at).items():
            _check_flat(value, encoding, below(at, name))
            if name in TEMPLATE_KEYS:
                fail("body_flat", below(at, name), name, encoding=encoding)
    elif encoding == "xml":
        root = mapping(item, at)
        name = next(iter(root), "")
        if len(root) != 1 or name == "$" or name.startswith("@") or name in TEMPLATE_KEYS:
            fail("body_xml", at, list_of(root))
        if isinstance(root[name], (list, tuple)) or (
            isinstance(root[name], Mapping) and "each" in root[name]
        ):
            fail("body_root", below(at, name), name)


def _check_flat(item: object, encoding: str, at: str) -> None:
    if not isinstance(item, (str, int, float)) and not (isinstance(item, Mapping) and "field" in item):
        fail("body_text" if encoding == "xml" else "body_flat", at, item, encoding=encoding)


def _template(item: object, encoding: str, names: Sequence[str], used: List[str], at: str) -> Any:
    """Return a template as plain data; ``names`` are the fields that it can use, ``used`` collects them."""
    if isinstance(item, str):
        found = _checked(item, at, _single(names))
        if FILE_FIELD in found and (encoding != "multipart" or item != "{" + FILE_FIELD + "}"):
            fail("body_file", at, item)
        if encoding == "xml" and _NOT_XML.search(item):
            fail("header_value", at, item)
        used += found
        return str(item)
    if isinstance(item, (int, float)):
        return item
    if isinstance(item, (list, tuple)):
        return [_template(each, encoding, names, used, below(at, index)) for index, each in enumerate(item)]
    if not isinstance(item, Mapping):
        fail("value", at, item)
    if "field" in item:
        return _mapped(item, names, used, at)
    if "each" in item:
        return _rows(item, encoding, names, used, at)
    values = mapping(item, at)
    for name in values:
        if encoding == "xml" and not XML_NAME.fullmatch(name):
            fail("body_xml", below(at, name), name)
        if encoding == "xml" and (name == "$" or name.startswith("@")):
            _check_flat(values[name], encoding, below(at, name))
    return {name: _template(value, encoding, names, used, below(at, name)) for name, value in values.items()}


def _mapped(item: object, names: Sequence[str], used: List[str], at: str) -> Dict[str, Any]:
    """Check ``{field: arch, values: {x86_64: 1}, as: number}``, a field in the server's words."""
    values = closed(item, at, ("field", "values", "as"), ("field",))
    place = below(at, "field")
    field = text(values["field"], place)
    allowed = [name for name in _single(names) if name != FILE_FIELD]
    if field not in allowed:
        unknown(field, allowed, place)
    used.append(field)
    made: Dict[str, Any] = {"field": field}
    if "values" in values:
        made["values"] = {}
        if not values["values"]:
            fail("table", below(at, "values"), "an empty mapping")
        for word, code in mapping(values["values"], below(at, "values")).items():
            where = below(at, "values", word)
            choices = next((found for name, found in _CHOICES.items() if name.endswith("." + field)), None)
            if choices and word not in choices:
                unknown(word, choices, where)
            scalar(code, where)
            made["values"][word] = code
    if "as" in values:
        made["as"] = choice(values["as"], (NUMBER, TEXT), below(at, "as"))
    if field in ACCOUNT_FIELDS and ("values" in made or made.get("as") == NUMBER):
        fail("secret_mapped", at, name=field)
    return made


def _rows(item: object, encoding: str, names: Sequence[str], used: List[str], at: str) -> Dict[str, Any]:
    values = closed(item, at, ("each", "row"), ("each", "row"))
    lists = sorted({name.partition(".")[0] for name in names if "." in name})
    each = choice(values["each"], lists, below(at, "each"))
    inner = [name.partition(".")[2] for name in names if name.startswith(each + ".")]
    row = _template(values["row"], encoding, inner, used, below(at, "row"))
    return {"each": each, "row": row}


def paging(item: object, name: str, at: str, request: Optional[Call] = None) -> Optional[Paging]:
    """Return how a list is paged; ``request`` is its call, which must leave the parameters to the paging."""
    if item == NO_PAGING:
        return None
    values = mapping(item, at)
    if "style" not in values:
        fail("key_missing", at, list_of(values), name="style")
    style = choice(values["style"], PAGING_STYLES, below(at, "style"))
    own = ("next",) if style == NEXT else (style, "first")
    optional = ("total", "count") if name in COUNTS else ("total",)
    required = ("style", own[0], "limit", "size")
    closed(values, at, (*required, *own[1:], *optional), required)
    follow = source(values["next"], below(at, "next"), PLACE_SOURCES) if style == NEXT else None
    first = 0 if style == OFFSET else 1
    _check_parameters([own[0], "limit"] if own[0] != NEXT else ["limit"], values, at, request)
    return Paging(
        style=style,
        start="" if follow else text(values[style], below(at, style)),
        limit=text(values["limit"], below(at, "limit")),
        size=integer(values["size"], below(at, "size"), 1, MOST_ROWS),
        first=integer(values.get("first", first), below(at, "first"), 0, 1),
        total=source(values["total"], below(at, "total"), PLACE_SOURCES) if "total" in values else None,
        next=follow,
        count=choice(values["count"], (COUNTS[name],), below(at, "count")) if "count" in values else "",
    )


def _check_parameters(
    keys: Sequence[str], values: Mapping[str, Any], at: str, request: Optional[Call]
) -> None:
    """Check that every query parameter is sent once."""
    others = [name for name, _value in request.query] if request else []
    for key in keys:
        name = text(values[key], below(at, key))
        if name in others:
            fail("parameter_twice", below(at, key), name)
        others.append(name)
