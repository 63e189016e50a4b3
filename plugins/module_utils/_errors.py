# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors with a message code: ``UsphereError`` for operations, ``LicensingError`` for licensing input."""

from __future__ import annotations

from typing import Dict

from ._messages.catalog import register
from ._messages.values import MESSAGES

register(MESSAGES)


class _CodedError(Exception):
    """An error with the code of its text in the message catalog, the fields of the text, and a rule id."""

    def __init__(self, code: str, rule: str = "", **fields: object) -> None:
        super().__init__(code)
        self.code = code
        self.rule = rule
        self.fields: Dict[str, object] = dict(fields)

    def __str__(self) -> str:
        details = ", ".join("{0}={1!r}".format(name, value) for name, value in sorted(self.fields.items()))
        return "{0}({1})".format(self.code, details)


class UsphereError(_CodedError):
    """An error that the user can act on.

    ``code`` is the key of its text in the message catalog, which the Ansible layer renders with ``fields``;
    ``rule`` is the id of the violated vendor rule (``R6``) or empty.
    """


class LicensingError(_CodedError, ValueError):
    """Input that the licensing package cannot parse.

    It has the attributes of ``UsphereError`` and never reports a result of a check: a violated rule is a
    ``Violation``, a missing value is *unknown*.
    """


def shown(value: object, limit: int = 80) -> str:
    """Return a ``value`` of any type as text that is short enough for a message."""
    if isinstance(value, str):
        return value if len(value) <= limit else value[:limit] + "…"
    if value is None or isinstance(value, (bool, float)):
        return str(value)
    if isinstance(value, int) and value.bit_length() <= 256:
        return str(value)
    # Containers and very large integers are not printed: their text can be arbitrarily long.
    return "a value of type {0}".format(type(value).__name__)


class Reason(str):
    """The reason of an unknown fact, with the value ``found`` that cannot be read."""

    found: str

    def __new__(cls, reason: str, found: str) -> "Reason":
        made = super().__new__(cls, reason)
        made.found = found
        return made
