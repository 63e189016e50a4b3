# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors with a message code: those of servers and operations, and those of values that no rule fits."""

from __future__ import annotations

from typing import Dict

from ._messages.catalog import register
from ._messages.values import MESSAGES

register(MESSAGES)


class UsphereError(Exception):
    """A fault that a person can act on.

    ``code`` names its sentence in the message catalogue, ``fields`` are the values the sentence needs,
    ``rule`` is the vendor rule behind it (``R6``) or empty. Low layers raise it; only an adapter renders it.
    """

    def __init__(self, code: str, rule: str = "", **fields: object) -> None:
        super().__init__(code)
        self.code = code
        self.rule = rule
        self.fields: Dict[str, object] = dict(fields)

    def __str__(self) -> str:
        details = ", ".join("{0}={1!r}".format(name, value) for name, value in sorted(self.fields.items()))
        return "{0}({1})".format(self.code, details)


class LicensingError(ValueError):
    """Input that the licensing core cannot read.

    ``code`` names the sentence in the message catalogue, ``fields`` hold what that sentence needs, ``rule``
    is the rule id (``R6``) or empty. It never stands for a verdict: a broken rule is a ``Violation``, a
    missing value is *unknown*.
    """

    def __init__(self, code: str, rule: str = "", **fields: object) -> None:
        super().__init__(code)
        self.code = code
        self.rule = rule
        self.fields: Dict[str, object] = dict(fields)

    def __str__(self) -> str:
        details = ", ".join("{0}={1!r}".format(name, value) for name, value in sorted(self.fields.items()))
        return "{0}({1})".format(self.code, details)


def shown(value: object, limit: int = 80) -> str:
    """Return ``value`` as text that is short enough for a message, whatever somebody handed in."""
    if isinstance(value, str):
        return value if len(value) <= limit else value[:limit] + "…"
    if value is None or isinstance(value, (bool, float)):
        return str(value)
    if isinstance(value, int) and value.bit_length() <= 256:
        return str(value)
    # Containers and giant numbers: printing them could cost more than the message is worth.
    return "a value of type {0}".format(type(value).__name__)
