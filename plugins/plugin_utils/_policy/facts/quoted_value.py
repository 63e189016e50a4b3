# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Format fact values for messages: short, on one line, without secrets and control characters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ....module_utils._text import one_line
from ..documents.plain_data import is_vaulted, kind_of
from ..documents.schemas import brief

MASK = "********"

_SECRET = re.compile(r"key|pass|pwd|secret|token", re.ASCII | re.IGNORECASE)
#: Separates the words of a text. Words are checked one by one, because a text may be as long as a file.
_WHITESPACE = re.compile(r"(\s+)")
#: User name and password of a URL, with or without a scheme.
_ACCOUNT = re.compile(r"[^:]:")
#: Maximum depth. A message shows less than this, and unchecked values may be nested without limit.
_MAX_DEPTH = 8


def is_secret(name: object) -> bool:
    """Return whether the value of this key may be a secret."""
    return _SECRET.search(str(name)) is not None


def shown(value: object) -> str:
    """Return the value as text for a message, strings in quotes."""
    text = unquoted(value)
    return f'"{text}"' if isinstance(value, str) else text


def unquoted(value: object) -> str:
    """Return the value as text for a message, strings without quotes. Any type of value is accepted."""
    return one_line(brief(without_secrets(value)))


def _without_account(word: str) -> str:
    account, at, host = word.rpartition("@")
    return f"{MASK}@{host}" if at and _ACCOUNT.search(account) else word


def without_secrets(value: object) -> object:
    """Return the value with masks.

    Masked are vaulted texts, the values of keys that may be secret, and accounts of URLs.
    """
    return _without_secrets(value, 0)


def without_vaulted(value: object) -> object:
    """Return a plain value with a mask for each vaulted text in it."""
    if isinstance(value, Mapping):
        return {name: without_vaulted(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_vaulted(item) for item in value]
    return MASK if is_vaulted(value) else value


def without_texts(value: object, texts: Sequence[str]) -> object:
    """Return a plain value in which each of ``texts`` is masked wherever a text contains it."""
    if isinstance(value, Mapping):
        return {name: without_texts(item, texts) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_texts(item, texts) for item in value]
    if isinstance(value, str):
        for text in texts:
            value = value.replace(text, MASK)
    return value


def _without_secrets(value: object, depth: int) -> object:
    if is_vaulted(value):
        return MASK
    if isinstance(value, str):
        return "".join(map(_without_account, _WHITESPACE.split(value)))
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if depth < _MAX_DEPTH and isinstance(value, Mapping):
        return {
            str(name): MASK if is_secret(name) else _without_secrets(item, depth + 1)
            for name, item in value.items()
        }
    if depth < _MAX_DEPTH and isinstance(value, (list, tuple)):
        return [_without_secrets(item, depth + 1) for item in value]
    return "..." if isinstance(value, (Mapping, list, tuple)) else kind_of(value)
