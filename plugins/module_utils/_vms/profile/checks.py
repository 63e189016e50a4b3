# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of single values of an endpoint profile. Each raises ProfileError with a JSON pointer."""

from __future__ import annotations

import difflib
import re
from typing import Any, Dict, List, Mapping, NoReturn, Sequence, Tuple

from ..._errors import shown
from ..._messages.catalog import register
from ..._messages.profile import MESSAGES
from ..._pointer import escape
from ..._text import printable
from ..wire.errors import ProfileError

register(MESSAGES)

HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)
URL_PATH = re.compile(r"/[!-~]*", re.ASCII)
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
SURROGATE = re.compile("[\ud800-\udfff]")
# Keys that earlier releases used, and their new spelling.
OLD_KEYS = {
    "total_header": "total: {header: Total}",
    "lapsed_code": "lapsed_codes: [license_lapsed]",
    "constants": "body: {grant_type: password}",
}


def fail(code: str, at: str, got: object = None, **fields: Any) -> NoReturn:
    """Raise the ProfileError ``profile_CODE`` at the pointer ``at``."""
    text = "nothing" if got is None else shown(got)
    raise ProfileError("profile_" + code, at=at or "/", where=at or "/", got=text, **fields)


def below(at: str, *keys: object) -> str:
    return at + "".join("/" + escape(str(key)) for key in keys)


def check_values(document: object) -> None:
    """Refuse what cannot be sent as text: NaN, infinity, halves of characters (``\\ud800`` in JSON)."""
    waiting: List[Tuple[str, object]] = [("", document)]
    while waiting:
        at, item = waiting.pop()
        if isinstance(item, str):
            if SURROGATE.search(item):
                fail("surrogate", at, SURROGATE.sub("\ufffd", item))
        elif isinstance(item, float):
            if not abs(item) < float("inf"):
                fail("number", at, item)
        elif isinstance(item, int):
            # Newer releases of Python do not convert longer integers to text.
            if item.bit_length() > 1024:
                fail("number", at, item)
        elif isinstance(item, Mapping):
            for key, value in item.items():
                check_values(key)
                waiting.append((below(at, key), value))
        elif isinstance(item, (list, tuple)):
            waiting.extend((below(at, index), value) for index, value in enumerate(item))


def plain_text(value: object) -> str:
    """Return the text of a scalar as values of responses are compared: 0, 0.0 and "0" are equal."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def mapping(item: object, at: str) -> Dict[str, Any]:
    """Return ``item`` with its keys as text: YAML reads an unquoted 17 as a number, and ``on`` as true."""
    if not isinstance(item, Mapping):
        fail("mapping", at, item)
    values: Dict[str, Any] = {}
    for key, value in item.items():
        if not isinstance(key, (str, int, float)):
            fail("key_kind", at, key)
        name = plain_text(key)
        if name in values:
            fail("key_twice", at, name)
        values[name] = value
    return values


def closed(item: object, at: str, names: Sequence[str], required: Sequence[str] = ()) -> Dict[str, Any]:
    """Return a mapping that has the keys ``required`` and none but ``names``."""
    values = mapping(item, at)
    known(values, names, at)
    for name in required:
        if name not in values:
            fail("key_missing", at, list_of(values), name=name)
    return values


def known(values: Mapping[str, object], names: Sequence[str], at: str) -> None:
    for name in values:
        if name not in names:
            unknown(name, names, below(at, name))


def unknown(name: str, names: Sequence[str], at: str) -> NoReturn:
    """Report a name that is none of ``names``, with the nearest one."""
    if name in OLD_KEYS:
        fail("key_old", at, name, instead=OLD_KEYS[name])
    choices = list(names) or "nothing"
    near = difflib.get_close_matches(name[:80], list(names), 1, 0.6)
    if near:
        fail("key_like", at, name, hint=near[0])
    fail("key_unknown", at, name, choices=choices)


def list_of(values: Mapping[str, object]) -> str:
    return ", ".join(values) or "an empty mapping"


def items(item: object, at: str) -> List[Any]:
    if not isinstance(item, (list, tuple)) or not item:
        fail("list", at, item)
    return list(item)


def text(item: object, at: str) -> str:
    # A value from a playbook may be a tagged subclass of str.
    if not isinstance(item, str) or not item:
        fail("text", at, item)
    return str(item)


def scalar(item: object, at: str) -> str:
    """Return a text, number or boolean as text."""
    if not isinstance(item, (str, int, float, bool)):
        fail("value", at, item)
    return plain_text(item)


def code(value: str, at: str) -> str:
    """Return a text that a response can have: it is compared without spaces around it."""
    if value != printable(value):
        fail("code_never", at, value)
    return value


def choice(item: object, choices: Sequence[str], at: str) -> str:
    if not isinstance(item, str) or item not in choices:
        near = difflib.get_close_matches(item[:80], choices, 1, 0.6) if isinstance(item, str) else []
        if near:
            fail("key_like", at, item, hint=near[0])
        fail("choice", at, item, choices=list(choices))
    return str(item)


def integer(item: object, at: str, low: int, high: int) -> int:
    if not isinstance(item, int) or isinstance(item, bool) or not low <= item <= high:
        fail("integer", at, item, low=low, high=high)
    return int(item)


def keys(item: object, at: str) -> Tuple[str, ...]:
    if not isinstance(item, (list, tuple)):
        fail("keys", at, item)
    return tuple(text(key, below(at, index)) for index, key in enumerate(item))


def url_path(item: object, at: str) -> str:
    path = text(item, at)
    if not URL_PATH.fullmatch(path) or "?" in path or "#" in path:
        fail("url_path", at, item)
    return path


def header_name(item: object, at: str) -> str:
    name = text(item, at)
    if not HEADER_NAME.fullmatch(name):
        fail("header_name", at, item)
    return name
