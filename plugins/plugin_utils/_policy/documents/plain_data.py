# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Convert values of playbooks and documents to plain data: dict, list, str, number, bool and None."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from ....module_utils._licensing.values.periods import format_date
from ....module_utils._pointer import join
from ..base.errors import FactsError

MAX_DEPTH = 64
#: Ansible's value of ``omit`` is an object since ansible-core 2.19, before a text of this form.
_OMITTED = re.compile(r"__omit_place_holder__[0-9a-f]{40}", re.ASCII)
_OMIT_TYPE = "_OmitType"
#: A value that is left out.
OMITTED = "__omit_place_holder__" + 40 * "0"
_SHORTEST = 4
#: The name of a vaulted value in the key of a cache.
_VAULTED = "\0vaulted"
#: Kinds of values by their classes; a bool is an int, and a text is a sequence.
_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "boolean"),
    (int, "integer"),
    (float, "number"),
    (str, "string"),
    (bytes, "binary data"),
    (date, "date"),
    (Mapping, "object"),
    (Sequence, "array"),
)
#: Each level of facts can be reached by several references of a schema.
_MAX_FRAMES = 6000
MAX_INTEGER = 2**63 - 1


@contextmanager
def deep_calls(error: Exception) -> Iterator[None]:
    """Allow the calls that facts of the greatest depth need. Raises ``error`` beyond them."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _MAX_FRAMES))
    try:
        yield
    except RecursionError as reached:
        raise error from reached
    finally:
        sys.setrecursionlimit(before)


class VaultText(str):
    """A text that was encrypted with Ansible Vault. Messages and results never show it."""

    __slots__ = ()


class VaultInteger(int):
    """The number that a vaulted text states."""

    __slots__ = ()


class VaultFloat(float):
    """The number that a vaulted text states."""

    __slots__ = ()


def is_vaulted(value: object) -> bool:
    """Return whether a plain value was encrypted with Ansible Vault."""
    return isinstance(value, (VaultText, VaultInteger, VaultFloat))


def as_key(value: Any, depth: int = 0) -> Any:
    """Return plain data for the key of a cache, in which vaulted values differ from other equal values.

    Results show only values that are not vaulted, so they must not be shared between the two. Raises
    ValueError for data that is nested too deeply to be facts.
    """
    if depth > 2 * MAX_DEPTH:
        raise ValueError("nested too deeply")
    if isinstance(value, VaultText):
        return {_VAULTED: str.__str__(value)}
    if isinstance(value, VaultInteger):
        return {_VAULTED: int(value)}
    if isinstance(value, VaultFloat):
        return {_VAULTED: float(value)}
    if isinstance(value, dict):
        return {name: as_key(item, depth + 1) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_key(item, depth + 1) for item in value]
    return value


def kind_of(value: object) -> str:
    """Return the kind of any value, in the words of JSON Schema: never the name of a Python class.

    The classes of Ansible (tagged texts, lazy mappings and lists) are the kinds that they behave as.
    """
    if value is None:
        return "null"
    for classes, name in _KINDS:
        if isinstance(value, classes):
            return name
    return "object"


def is_blank(value: object) -> bool:
    """Return whether this is a text without content, such as an optional question that was not answered."""
    return isinstance(value, str) and not value.strip()


def is_omitted(value: object) -> bool:
    """Return whether this is Ansible's ``omit``: what it is the value of is left out."""
    if isinstance(value, str):
        return len(value) == 61 and _OMITTED.fullmatch(value) is not None
    return type(value).__name__ == _OMIT_TYPE


def _vaulted(value: object) -> str | None:
    """Return the decrypted text of a vaulted value; None for another value."""
    if isinstance(value, VaultText):
        return value
    if isinstance(value, str):
        # The tag of ansible-core 2.19 and later. Its classes are not part of a public interface.
        tags = getattr(value, "_ansible_tags_mapping", None)
        if tags and any(tag.__name__ == "VaultedValue" for tag in tags):
            return str.__str__(value)
    elif getattr(value, "__ENCRYPTED__", False):
        # The class of earlier versions, which decrypts the text when it is read.
        return str(getattr(value, "data", ""))
    return None


def vaulted_texts(variables: Mapping[str, object]) -> list[str]:
    """Return the texts of the vaulted variables that are long enough to be distinguished from other text.

    A variable, or an entry of one that is a mapping, is vaulted as a whole. Each text is decrypted, which
    takes time, and one that cannot be decrypted cannot have been shown.
    """
    found: list[str] = []
    for variable in variables.values():
        # Subclasses of dict are lazy: to read their values would run templates.
        for value in variable.values() if variable.__class__ is dict else (variable,):
            if getattr(type(value), "__ENCRYPTED__", False):
                try:
                    text = _vaulted(value) or ""
                except (OSError, RuntimeError, ValueError):
                    continue
                if len(text) >= _SHORTEST:
                    found.append(text)
    return found


def normalize(value: object) -> object:
    """Return ``value`` as plain data: dict, list, str, int, float, bool, None.

    The complete value is traversed once. Lazy values are resolved and Ansible's tags are removed, but a
    vaulted text remains one (VaultText). Parts whose value is ``omit`` are left out. Dates become ISO text.
    Undefined values, NaN, Infinity, integers above 2**63 - 1 in magnitude, binary data and nesting deeper
    than 64 raise FactsError.
    """
    return _plain(value, ())


def _plain(value: object, path: tuple[str | int, ...]) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        vaulted = _vaulted(value) if value.__class__ is not str else None
        return str.__str__(value) if vaulted is None else VaultText(vaulted)
    if isinstance(value, int):
        number = int.__int__(value)
        if abs(number) > MAX_INTEGER:
            raise FactsError("facts_number_size", pointer=join(path))
        return number
    if isinstance(value, float):
        if not math.isfinite(value):
            raise FactsError("facts_not_finite", pointer=join(path))
        return float.__float__(value)
    if isinstance(value, date):
        return format_date(value)
    if len(path) >= MAX_DEPTH:
        raise FactsError("facts_too_deep", pointer=join(path[:4]), limit=MAX_DEPTH)
    if isinstance(value, Mapping):
        return {
            _key(key, path): _plain(item, (*path, str(key)))
            for key, item in value.items()
            if not is_omitted(item)
        }
    if isinstance(value, (list, tuple)):
        return [_plain(item, (*path, index)) for index, item in enumerate(value) if not is_omitted(item)]
    vaulted = _vaulted(value)
    if vaulted is not None:
        return VaultText(vaulted)
    raise _refusal(value, path)


def _key(key: object, path: tuple[str | int, ...]) -> str:
    if isinstance(key, str):
        return str.__str__(key)
    raise FactsError("facts_key", pointer=join(path), key=repr(key)[:80])


class Template:
    """Marks a text with an unresolved Ansible template. It is not a fact: ``normalize`` raises FactsError."""


def _refusal(value: object, path: tuple[str | int, ...]) -> FactsError:
    from jinja2 import Undefined

    if isinstance(value, Template):
        return FactsError("facts_template", pointer=join(path) or "/")
    if isinstance(value, Undefined):
        return FactsError("facts_undefined", pointer=join(path) or "/")
    return FactsError("facts_value", pointer=join(path) or "/", type=kind_of(value))
