# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decode stored JSON documents into frozen dataclasses, strictly, and encode them.

A document has exactly the fields of its class, each of its type: text of 1 to 4,096 characters, whole numbers
from 0, true or false, enums by value, lists as tuples, nested dataclasses, and null only where a field is
Optional. A further condition of a text is in the field's metadata (``checked``). Common libraries convert
values of another type; here such a value means that the stored document is damaged.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import json
import typing
from typing import Any, Callable, Dict, List, Mapping, NoReturn, Tuple, Type, TypeVar, Union

from ._errors import LicensingError
from ._time import parse_time

MAX_DIGITS = 15
MAX_TEXT = 4096

T = TypeVar("T")
Check = Callable[[str], bool]


class DecodeError(ValueError):
    """The document is not valid. ``reason`` names the place and the problem."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def checked(check: Check) -> Dict[str, Check]:
    """Return the metadata of a dataclass field whose texts have to meet ``check``."""
    return {"check": check}


def is_sha256(text: str) -> bool:
    """Return whether ``text`` is a SHA-256 digest in lowercase hex."""
    return len(text) == 64 and set(text) <= set("0123456789abcdef")


def is_file_name(text: str) -> bool:
    """Return whether ``text`` is one component of a path, which cannot lead outside its directory."""
    return text not in (".", "..") and not any(c in "/\\\0" or not c.isprintable() for c in text)


def is_inner_path(text: str) -> bool:
    """Return whether ``text`` is a relative path of file names, which cannot lead outside its directory."""
    return all(step and is_file_name(step) for step in text.split("/"))


def is_timestamp(text: str) -> bool:
    """Return whether ``text`` is a time in ISO 8601."""
    try:
        parse_time(text)
    except LicensingError:
        return False
    return True


def parse_document(content: bytes) -> Dict[str, Any]:
    """Return the JSON object in ``content``. Raises DecodeError.

    Repeated keys, numbers that are not whole and numbers of more than 15 digits are errors.
    """
    try:
        document = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_unique_keys,
            parse_constant=_reject_number,
            parse_float=_reject_number,
            parse_int=_short_int,
        )
    except DecodeError:
        raise
    except (ValueError, RecursionError) as error:
        raise DecodeError("not complete JSON ({0})".format(type(error).__name__)) from None
    return as_object(document, "the document")


def as_object(value: object, where: str) -> Dict[str, Any]:
    """Return ``value`` as a dictionary. Raises DecodeError."""
    if not isinstance(value, Mapping):
        raise DecodeError("{0} is not an object".format(where))
    return dict(value)


def as_list(value: object, where: str) -> List[object]:
    """Return ``value`` as a list. Raises DecodeError."""
    if not isinstance(value, list):
        raise DecodeError("{0} is not a list".format(where))
    return value


def decode(kind: Type[T], value: object, where: str) -> T:
    """Return ``value`` as an instance of the dataclass ``kind``. Raises DecodeError."""
    tree = as_object(value, where)
    types = _types_of(typing.cast(Any, kind))
    wrong = sorted(set(tree) ^ set(types))
    if wrong:
        raise DecodeError("{0}: missing or unknown {1}".format(where, ", ".join(wrong)[:200]))
    found = {}
    for name, (hint, check) in types.items():
        found[name] = _decoded(hint, tree[name], "{0}.{1}".format(where, name), check)
    return kind(**found)


def encode(value: Any) -> Any:
    """Return a dataclass as data for JSON: enums by value, tuples as lists."""
    if isinstance(value, enum.Enum):
        return value.value
    if dataclasses.is_dataclass(value):
        return {field.name: encode(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return [encode(item) for item in value] if isinstance(value, tuple) else value


@functools.lru_cache(maxsize=None)
def _types_of(kind: Any) -> Dict[str, Tuple[Any, Check]]:
    hints = typing.get_type_hints(kind)
    fields = dataclasses.fields(kind)
    return {field.name: (hints[field.name], field.metadata.get("check", bool)) for field in fields}


def _decoded(hint: Any, value: object, where: str, check: Check) -> Any:
    arguments = typing.get_args(hint)
    if typing.get_origin(hint) is Union:
        # Optional is the only union that a stored document has.
        return None if value is None else _decoded(arguments[0], value, where, check)
    if typing.get_origin(hint) is tuple:
        return tuple(_decoded(arguments[0], item, where, check) for item in as_list(value, where))
    if dataclasses.is_dataclass(hint):
        return decode(typing.cast(Type[Any], hint), value, where)
    if issubclass(hint, enum.Enum):
        return _member(hint, value, where)
    return _leaf(hint, value, where, check)


def _leaf(hint: Any, value: object, where: str, check: Check) -> Any:
    if hint is str and isinstance(value, str) and 0 < len(value) <= MAX_TEXT and check(value):
        return value
    if hint is bool and isinstance(value, bool):
        return value
    if hint is int and isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    expected = {str: "a valid text", bool: "true or false", int: "a whole number"}[hint]
    raise DecodeError("{0} is not {1}".format(where, expected))


def _member(kind: Any, value: object, where: str) -> Any:
    for member in kind:
        if member.value == value and type(member.value) is type(value):
            return member
    raise DecodeError("{0} is not a known word".format(where))


def _unique_keys(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise DecodeError("a key occurs twice")
    return found


def _reject_number(_text: str) -> NoReturn:
    raise DecodeError("a number that is not whole")


def _short_int(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise DecodeError("a number of {0} digits".format(len(text)))
    return int(text)
