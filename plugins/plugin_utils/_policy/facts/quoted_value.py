# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of facts as sentences quote them: short, on one line, without secrets and control characters."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..documents.schemas import brief

MASK = "********"

_SECRET = re.compile(r"key|pass|pwd|secret|token", re.ASCII | re.IGNORECASE)
#: Between the words of a text, which are looked at one by one: a text may be as long as a file.
_BLANKS = re.compile(r"(\s+)")
#: The account of an address, with a scheme in front of it or without one.
_ACCOUNT = re.compile(r"[^:]:")
#: A sentence has room for less than this, and what was not checked yet may have no end.
_DEEPEST = 8


def is_secret(name: object) -> bool:
    """Whether the value under this key may be a secret."""
    return _SECRET.search(str(name)) is not None


def shown(value: object) -> str:
    """The value in a sentence, texts in quotes."""
    text = said(value)
    return f'"{text}"' if isinstance(value, str) else text


def said(value: object) -> str:
    """The value in a sentence, texts as they are. It may be anything, such as a text not resolved yet."""
    text = brief(_without_secrets(value, 0))
    return "".join(character if character.isprintable() else " " for character in text)


def _without_account(word: str) -> str:
    account, at, host = word.rpartition("@")
    return f"{MASK}@{host}" if at and _ACCOUNT.search(account) else word


def _without_secrets(value: object, depth: int) -> object:
    if isinstance(value, str):
        return "".join(map(_without_account, _BLANKS.split(value)))
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if depth < _DEEPEST and isinstance(value, Mapping):
        return {
            str(name): MASK if is_secret(name) else _without_secrets(item, depth + 1)
            for name, item in value.items()
        }
    if depth < _DEEPEST and isinstance(value, (list, tuple)):
        return [_without_secrets(item, depth + 1) for item in value]
    return "..." if isinstance(value, (Mapping, list, tuple)) else type(value).__name__
