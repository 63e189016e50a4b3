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
from .fields import LICENSE_ARCH
from .model import NEXT, OFFSET, Call, Paging
from .operations import ENCODINGS, METHODS, NO_PAGING, PAGING_STYLES
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

_BRACES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
# Values that a field of a body can have, where these are words of this collection.
_CHOICES = {"quota.arch": LICENSE_ARCH.choices}


def placeholders(value: str, at: str) -> List[str]:
    """Return the names of the placeholders in a text; ``{{`` and ``}}`` are literal braces."""
    found = []
    for match in _BRACES.finditer(value):
        if match.group() in ("{", "}"):
            fail("braces", at, value)
        if match.group(1) is not None:
            found.append(match.group(1))
    return found


def call(
    values: Mapping[str, Any], at: str, params: Sequence[str], body: Sequence[str], secret: bool = False
) -> Call:
    """Return the request of an operation or of a login.

    ``params`` fill path, query, headers and body, ``body`` only the body. With ``secret`` the names of
    ``body`` also fill query and headers: a login can have its account there.
    """
    anywhere = (*params, *body) if secret else tuple(params)
    path = url_path(values.get("path"), below(at, "path"))
    if "{{" in path or "}}" in path:
        fail("braces", below(at, "path"), path)
    used = _checked(path, below(at, "path"), params)
    query: List[Tuple[str, str]] = []
    for name, value in mapping(values.get("query", {}), below(at, "query")).items():
        place = below(at, "query", name)
        query.append((name, scalar(value, place)))
        used += _checked(query[-1][1], place, anywhere)
    headers = static_headers(values.get("headers", {}), below(at, "headers"))
    for name, value in headers.items():
        used += _checked(value, below(at, "headers", name), anywhere)
    encoding = choice(values.get("encoding", "none"), ENCODINGS, below(at, "encoding"))
    template = None
    if "body" in values:
        if encoding == "none":
            fail("encoding_missing", below(at, "encoding"), encoding)
        _check_form(values["body"], encoding, below(at, "body"))
        template = _template(values["body"], encoding, (*params, *body), used, below(at, "body"))
    elif encoding != "none":
        fail("body_missing", at, encoding)
    for name in params:
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


def _check_form(item: object, encoding: str, at: str) -> None:
    """Check the outermost level of a body whose encoding is not JSON; no part of a template is there."""
    if encoding in ("form", "multipart"):
        for name, value in mapping(item, at).items():
            flat = isinstance(value, (str, int, float)) or (isinstance(value, Mapping) and "field" in value)
            if not flat or name in TEMPLATE_KEYS:
                fail("body_flat", below(at, name), value if not flat else name, encoding=encoding)
    elif encoding == "xml":
        root = mapping(item, at)
        name = next(iter(root), "")
        if len(root) != 1 or name == "$" or name.startswith("@") or name in TEMPLATE_KEYS:
            fail("body_xml", at, list_of(root))


def _template(item: object, encoding: str, names: Sequence[str], used: List[str], at: str) -> Any:
    """Return a template as plain data; ``names`` are the fields that it can use, ``used`` collects them."""
    if isinstance(item, str):
        found = _checked(item, at, names)
        if FILE_FIELD in found and (encoding != "multipart" or item != "{" + FILE_FIELD + "}"):
            fail("body_file", at, item)
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
    return {name: _template(value, encoding, names, used, below(at, name)) for name, value in values.items()}


def _mapped(item: object, names: Sequence[str], used: List[str], at: str) -> Dict[str, Any]:
    """Check ``{field: arch, values: {x86_64: 1}, as: number}``, a field in the server's words."""
    values = closed(item, at, ("field", "values", "as"), ("field",))
    place = below(at, "field")
    field = text(values["field"], place)
    if field not in names or field == FILE_FIELD:
        unknown(field, [name for name in names if name != FILE_FIELD], place)
    used.append(field)
    made: Dict[str, Any] = {"field": field}
    if "values" in values:
        made["values"] = {}
        for word, code in mapping(values["values"], below(at, "values")).items():
            where = below(at, "values", word)
            choices = next((found for name, found in _CHOICES.items() if name.endswith("." + field)), None)
            if choices and word not in choices:
                unknown(word, choices, where)
            scalar(code, where)
            made["values"][word] = code
    if "as" in values:
        made["as"] = choice(values["as"], (NUMBER, TEXT), below(at, "as"))
    return made


def _rows(item: object, encoding: str, names: Sequence[str], used: List[str], at: str) -> Dict[str, Any]:
    values = closed(item, at, ("each", "row"), ("each", "row"))
    lists = sorted({name.partition(".")[0] for name in names if "." in name})
    each = choice(values["each"], lists, below(at, "each"))
    inner = [name.partition(".")[2] for name in names if name.startswith(each + ".")]
    row = _template(values["row"], encoding, inner, used, below(at, "row"))
    return {"each": each, "row": row}


def paging(item: object, name: str, at: str) -> Optional[Paging]:
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
