# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Convert values of playbooks and documents to plain data: dict, list, str, number, bool and None."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date

from ....module_utils._pointer import join
from ....module_utils._time import format_date
from ..base.errors import FactsError

MAX_DEPTH = 64
MAX_INTEGER = 2**63 - 1


def normalize(value: object) -> object:
    """Return ``value`` as plain data: dict, list, str, int, float, bool, None.

    The complete value is traversed once. Lazy values are resolved and Ansible's tags are removed. Dates
    become ISO text. Undefined values, NaN, Infinity, integers above 2**63 - 1 in magnitude, binary data and
    nesting deeper than 64 raise FactsError.
    """
    return _plain(value, ())


def _plain(value: object, path: tuple[str | int, ...]) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str.__str__(value)
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
        return {_key(key, path): _plain(item, (*path, str(key))) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, (*path, index)) for index, item in enumerate(value)]
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
    return FactsError("facts_value", pointer=join(path) or "/", type=type(value).__name__)
