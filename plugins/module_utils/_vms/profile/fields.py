# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fields of responses: their types, and where a response has them as an endpoint profile states it."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Any, Mapping, Optional, Tuple, Union

from ..._text import printable

# A value of a table: the meaning of a text in a response.
Meaning = Union[str, int, bool]

# The name of ``ERROR_NAMES`` by which an installation decides.
ALREADY_INSTALLED = "already_installed"


class ResponsePart(enum.Enum):
    """The part of a response that has a value."""

    BODY = "body"
    HEADER = "header"
    STATUS = "status"
    COOKIE = "cookie"


@dataclass(frozen=True)
class PathStep:
    """One step of a path: a key, and optionally the row to take from a list: ``rows[name=value]``.

    ``row`` is (key, value) of that row; None takes the value of the key itself.
    """

    key: str
    row: Optional[Tuple[str, str]] = None


@dataclass(frozen=True)
class Source:
    """One place of a value.

    ``path`` is relative to the data, or to the body ``from_root``; ``name`` is that of a header or cookie.
    """

    origin: ResponsePart
    path: Tuple[PathStep, ...] = ()
    name: str = ""
    from_root: bool = False

    @property
    def place(self) -> str:
        """The place as messages name it."""
        return ".".join(step.key for step in self.path) or self.name or self.origin.value


def _no_values() -> Mapping[str, Meaning]:
    return {}


@dataclass(frozen=True)
class FieldMap:
    """How one field is read: the first of ``sources`` that has a value counts.

    ``values`` maps the text of a response to its meaning, if ``has_values``. ``formats`` are ``strptime``
    formats besides ISO 8601, ``timezone`` is that of times without a zone ("": that of the base), ``epoch``
    the unit of a number (``ms``, ``s``), ``never`` are texts for an unlimited end. Only the text after the
    last ``after`` is read.
    """

    sources: Tuple[Source, ...]
    values: Mapping[str, Meaning] = field(default_factory=_no_values)
    has_values: bool = False
    formats: Tuple[str, ...] = ()
    timezone: str = ""
    epoch: str = "ms"
    never: Tuple[str, ...] = ()
    after: str = ""


@dataclass(frozen=True)
class ResponseRule:
    """A condition of a successful (or empty) response.

    The status is one of ``statuses``, and the text at ``source`` one of ``values``, or none unless
    ``required``.
    """

    statuses: Tuple[int, ...] = ()
    source: Optional[Source] = None
    values: Tuple[str, ...] = ()
    required: bool = False


def _no_names() -> Mapping[str, str]:
    return {}


@dataclass(frozen=True)
class ErrorPlaces:
    """Places of the error code and of the error sentence of a server; the first that has a value counts.

    ``codes`` maps a server's own codes to names of ``ERROR_NAMES``.
    """

    code: Tuple[Source, ...] = ()
    message: Tuple[Source, ...] = ()
    codes: Mapping[str, str] = field(default_factory=_no_names)

    def named(self, code: str) -> str:
        """Return the name of a server's code, or the code itself if it has none."""
        return self.codes.get(code, code)


@dataclass(frozen=True)
class Envelope:
    """A wrapper that responses may have: an object with no other keys than ``keys``; the data is at ``data``.

    ``success`` is the rule of a successful one.
    """

    keys: Tuple[str, ...]
    data: str
    success: Tuple[ResponseRule, ...] = ()


# The values that a field with a choice can have.
HOST_ARCHES = ("x86_64", "aarch64")
# ``any`` belongs to products that have no architecture of their own.
LICENSE_ARCHES = ("x86_64", "aarch64", "any")
HOST_STATUSES = ("ok", "bad")
EDITIONS = ("standard", "enterprise", "enhanced_enterprise")
LICENSE_KINDS = ("preinstalled", "temporary", "formal")
LICENSE_STATUSES = ("in_use", "usable", "unusable", "expired", "uninstalled")
CLIENT_STATES = ("connected", "disconnected", "never")
TASK_RESULTS = ("good", "failed", "partial")


_KINDS = {"NoneType": "nothing", "bool": "a boolean", "int": "a number", "float": "a number"}
_KINDS.update({"str": "a text", "list": "a list", "dict": "an object"})


def kind_of(value: Any) -> str:
    """Return the type of a JSON value for an error message."""
    return _KINDS.get(type(value).__name__, "something else")


def wire_text(value: Any) -> Optional[str]:
    """Return a value as the text that tables and rules compare; None for a list, an object and null."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return printable(str(value)) if isinstance(value, (str, int, float)) else None
