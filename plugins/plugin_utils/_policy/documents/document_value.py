# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the values of a result document, each checked for its type and named in errors by its JSON pointer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ....module_utils._pointer import Path, join
from ..base.errors import PolicyError
from .schemas import brief, type_name

Texts = Mapping[str, str]


class DocumentValue:
    """A value and its place. Every method raises PolicyError ``report_input`` for another type."""

    def __init__(self, value: Any, path: Path = ()) -> None:
        self.value = value
        self.path = path

    @property
    def type(self) -> str:
        """The type of the value, as in JSON Schema."""
        return type_name(self.value)

    def __getitem__(self, name: str) -> DocumentValue:
        if name not in self.mapping():
            raise PolicyError("report_input", problem=f"{name} ∅", pointer=join(self.path) or "/")
        return DocumentValue(self.value[name], (*self.path, name))

    def get(self, name: str) -> DocumentValue:
        """Return an optional value; null if it is missing."""
        return DocumentValue(self.mapping().get(name), (*self.path, name))

    def wrong(self) -> PolicyError:
        """Return the error for this value."""
        return PolicyError("report_input", problem=brief(self.value), pointer=join(self.path) or "/")

    def mapping(self) -> Mapping[str, Any]:
        """Return the value, which must be an object."""
        if not isinstance(self.value, dict):
            raise self.wrong()
        return self.value

    def optional_mapping(self) -> Mapping[str, Any] | None:
        """Return the value, which must be an object or null."""
        return None if self.value is None else self.mapping()

    def pairs(self) -> list[tuple[str, DocumentValue]]:
        """Return the members of an object, by name; null has none."""
        members = sorted((self.optional_mapping() or {}).items())
        return [(name, DocumentValue(value, (*self.path, name))) for name, value in members]

    def items(self) -> list[DocumentValue]:
        """Return the items of a list; null has none."""
        if self.value is None:
            return []
        if not isinstance(self.value, list):
            raise self.wrong()
        return [DocumentValue(value, (*self.path, index)) for index, value in enumerate(self.value)]

    def text(self) -> str:
        """Return the value, which must be a text."""
        if not isinstance(self.value, str):
            raise self.wrong()
        return self.value

    def integer(self) -> int:
        """Return the value, which must be a whole number."""
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise self.wrong()
        return self.value

    def choice(self, choices: Sequence[str]) -> str:
        """Return the value, which must be one of ``choices``."""
        if self.value not in choices:
            raise self.wrong()
        return str(self.value)

    def texts(self) -> Texts:
        """Return the value, which must be a message in both languages."""
        return {language: self[language].text() for language in ("en", "zh")}

    def text_list(self) -> tuple[str, ...]:
        """Return the value, which must be a list of texts or null."""
        return tuple(each.text() for each in self.items())
