# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A prepared schema, and the result of its evaluation."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ....module_utils._pointer import escape
from ..base.errors import Problem
from ..constraints.evaluate import shown as shown_known
from ..documents.yaml_reader import Document
from .dialects import Dialect


class Hole(enum.Enum):
    """A value that exists or should exist, but that is not known. A schema cannot name it, unlike null."""

    UNKNOWN = "unknown"


UNKNOWN = Hole.UNKNOWN


class PossibleObject(dict[str, Any]):
    """An object of which nothing is known but names of its parts: perhaps it is not there itself."""


def is_hole(value: object) -> bool:
    """Return whether it is not known that the value exists."""
    return value is UNKNOWN or isinstance(value, PossibleObject)


def shown(value: object) -> object:
    """Return a value as findings show it; a value that is not known is null."""
    found = shown_known(value)
    if isinstance(found, list):
        return [None if item is UNKNOWN else item for item in found]
    return None if found is UNKNOWN else found


def nulls_inside(value: object, pointer: str) -> list[str]:
    """Return the pointers of all values in ``value`` (which is at ``pointer``) that are not known."""
    if value is None or value is UNKNOWN:
        return [pointer]
    if isinstance(value, dict):
        parts = [(f"{pointer}/{escape(name)}", item) for name, item in value.items()]
    elif isinstance(value, list):
        parts = [(f"{pointer}/{index}", item) for index, item in enumerate(value)]
    else:
        return []
    return [null for place, item in parts for null in nulls_inside(item, place)]


def identity(value: object) -> object:
    """Return what is equal for values that are equal in JSON, and can be a key: 1 is 1.0 and not true."""
    if isinstance(value, bool) or value is None or value is UNKNOWN:
        return (value,)
    if isinstance(value, dict):
        return frozenset((name, identity(item)) for name, item in value.items())
    if isinstance(value, (list, tuple)):
        return ("list", *map(identity, value))
    return value


def weight(value: object) -> int:
    """Return how many values there are in a value."""
    if isinstance(value, dict):
        return 1 + sum(map(weight, value.values()))
    return 1 + sum(map(weight, value)) if isinstance(value, list) else 1


class AbsentMode(enum.Enum):
    """What a missing property means for the schema that constrains it."""

    UNDETERMINED = "undetermined"
    ALLOWED = "allowed"
    VIOLATION = "violation"


class SchemaVerdict(enum.Enum):
    """The verdict over one value."""

    COMPLIANT = "compliant"
    NON_COMPLIANT = "non_compliant"
    UNDETERMINED = "undetermined"


class GapReason(enum.Enum):
    """Why a question has no answer: no value, null, a value of another type, no question asked."""

    MISSING = "missing"
    NULL = "null"
    VALUE = "value"
    NOTHING_CHECKED = "nothing_checked"


@dataclass(frozen=True)
class RuleTexts:
    """What a schema says to people: ``title``, ``description`` and ``x-message`` in English and Chinese."""

    title: str = ""
    description: str = ""
    message: Mapping[str, str] = field(default_factory=dict)


NO_TEXTS = RuleTexts()


@dataclass(frozen=True)
class SchemaViolation:
    """A known value that violates a keyword.

    ``pointer`` is the place of the value, also of a required property that is missing; ``place`` is file:line
    of the keyword. For ``anyOf`` and ``oneOf``, ``closest`` has the violations of the closest alternative.
    """

    pointer: str
    keyword: str
    expected: object
    found: object
    place: str
    texts: RuleTexts = NO_TEXTS
    alternatives: int = 0
    closest_place: str = ""
    closest: tuple[SchemaViolation, ...] = ()
    #: The single values that ``contains`` asks for or ``not`` forbids; empty if it names none.
    values: tuple[object, ...] = ()


@dataclass(frozen=True)
class SchemaGap:
    """A question without an answer. ``keyword`` and ``found`` are set where a value cannot be judged."""

    pointer: str
    reason: GapReason
    place: str
    keyword: str = ""
    found: object = None
    absent: AbsentMode = AbsentMode.UNDETERMINED
    texts: RuleTexts = NO_TEXTS


@dataclass(frozen=True)
class SchemaResult:
    """The outcome of an evaluation: violations and gaps ordered by pointer.

    ``asked`` counts the properties that the schema constrains at the objects which were found.
    """

    verdict: SchemaVerdict
    violations: tuple[SchemaViolation, ...]
    gaps: tuple[SchemaGap, ...]
    asked: int

    @property
    def missing(self) -> tuple[str, ...]:
        """Pointers of the properties that are missing and constrained."""
        return tuple(gap.pointer for gap in self.gaps if gap.reason is GapReason.MISSING)


@dataclass(frozen=True)
class SchemaReference:
    """The target of a reference. With an anchor name, the dynamic scope selects among nodes of that name."""

    target: int
    uri: str
    anchor: str = ""


@dataclass(frozen=True)
class SchemaCheck:
    """One keyword of a node: its argument, its place, and the nodes that it refers to."""

    keyword: str
    argument: Any
    place: str
    nodes: Any = None


@dataclass(frozen=True)
class SchemaNode:
    """One schema object. ``always`` is set for true and false; ``base`` is the URI of its resource."""

    place: str
    base: str
    dialect: Dialect
    always: bool | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)
    checks: tuple[SchemaCheck, ...] = ()
    absent: AbsentMode | None = None
    texts: RuleTexts = NO_TEXTS
    states_type: bool = False
    constrains: bool = False
    names_null: bool = False
    numeric: bool = False


@dataclass(frozen=True)
class SchemaSource:
    """A file that was read for a schema: its path relative to the directory, and its SHA-256."""

    name: str
    sha256: str


@dataclass(frozen=True)
class SchemaDocument:
    """A document of a schema under the URI by which references find it."""

    uri: str
    document: Document


@dataclass(frozen=True)
class PreparedSchema:
    """A schema that is ready for evaluation. It can be pickled; ``digest`` identifies all its contents.

    ``anchors`` maps (resource, name) to the node of each dynamic anchor; the name of ``$recursiveAnchor`` is
    empty. ``warnings`` do not prevent the evaluation. ``properties`` are the names under the ``properties``
    of the root. ``documents`` are the schema itself, then all that its references name.
    """

    name: str
    dialect: Dialect
    nodes: tuple[SchemaNode, ...]
    anchors: Mapping[tuple[str, str], int]
    digest: str
    sources: tuple[SchemaSource, ...] = ()
    warnings: tuple[Problem, ...] = ()
    title: str = ""
    properties: tuple[str, ...] = ()
    documents: tuple[SchemaDocument, ...] = ()


@dataclass(frozen=True)
class Context:
    """What holds around a node: dynamic scope (latest first), meaning of missing values, inside a question.

    A question is ``not``, ``if`` or ``contains``: a failure there is not a violation. ``message`` is the
    ``x-message`` of a schema object around this one for the same value.
    """

    scope: tuple[str, ...]
    absent: AbsentMode
    question: bool
    message: Mapping[str, str] = field(default_factory=dict)
