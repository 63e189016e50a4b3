# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one family of errors that modules turn into a failure."""

from __future__ import annotations

from typing import Dict


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
