# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Types of a composed policy and of its bound rules and pools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any

from ....module_utils._licensing.catalog.catalog import Catalog
from ....module_utils._licensing.values.periods import days_later
from ....module_utils._messages.catalog import LANGUAGES
from ....module_utils._pointer import Path
from ..base.errors import Problem
from ..documents.yaml_reader import Document
from ..facts.fact_table import SiteFact
from ..facts.max_age import MaxAge
from ..json_schema.model import PreparedSchema
from .own_names import OwnNames, own_names
from .pool_terms import ONE, Term

MODES = ("deny", "warn", "audit")
OFF = "off"
STRENGTH = {"deny": 3, "warn": 2, "audit": 1, OFF: 0}
#: Effect of an unknown verdict, by mode; ``on_unknown`` of a rule or pool can only make it weaker.
ON_UNKNOWN = {"deny": "block", "warn": "warn", "audit": "ignore", OFF: "ignore"}
ON_UNKNOWN_STRENGTH = {"block": 2, "warn": 1, "ignore": 0}
SYSTEM, GRANT, LICENSE_SERVER = "system", "grant", "license_server"
#: Subjects that are not systems: grants and License Servers. Pools do not count them.
LEDGER = frozenset((GRANT, LICENSE_SERVER))
Subject = tuple[str, str]  # id, kind
#: Sources of a pool's supply.
IN_FORCE, ASSIGNED, INSTALLED = "in_force", "assigned", "installed"
PURCHASED, ALLOCATED = "purchased", "allocated"
#: The product of a pool that counts all editions of VMS together.
VMS = "vms"
#: The key of a row that names its subject.
SUBJECT = "subject.id"
SEVERITIES = ("critical", "high", "medium", "low", "info")


@dataclass(frozen=True)
class Origin:
    """The origin of a rule: policy id, policy version, ``file:line``."""

    policy: str
    version: str
    place: str

    def to_dict(self) -> dict[str, str]:
        return {"policy": self.policy, "version": self.version, "place": self.place}


@dataclass(frozen=True)
class Entry:
    """A rule or pool of the composed policy as written, with the source document of each key."""

    raw: Mapping[str, Any]
    origin: Origin
    sources: Mapping[str, tuple[Document, Path]]

    @property
    def id(self) -> str:
        return str(self.raw["id"])

    def place(self, path: Path) -> str:
        """Return ``file:line`` of the value at ``path`` inside the entry."""
        document, base = self.sources[str(path[0]) if path and str(path[0]) in self.sources else "id"]
        return document.place((*base, *path))


@dataclass(frozen=True)
class Parameter:
    """A typed parameter with its bounds and its value; ``origin`` is what set the value."""

    name: str
    type: str
    value: Any
    origin: str
    minimum: float | None = None
    maximum: float | None = None
    enum: tuple[Any, ...] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the declaration as in ``parameters`` of a policy document."""
        declared: dict[str, Any] = {"type": self.type, "default": self.value}
        for name in ("minimum", "maximum"):
            if getattr(self, name) is not None:
                declared[name] = getattr(self, name)
        if self.enum is not None:
            declared["enum"] = list(self.enum)
        return declared


@dataclass(frozen=True)
class PolicySet:
    """A policy that is loaded and composed, but not bound yet. ``schemas`` has plain schemas by digest."""

    documents: tuple[dict[str, str], ...]
    parameters: Mapping[str, Parameter]
    rules: Mapping[str, Entry]
    pools: Mapping[str, Entry]
    loosenings: tuple[dict[str, Any], ...]
    max_age_hours: MaxAge
    tests: tuple[tuple[Document, Path, Mapping[str, Any]], ...] = ()
    site_facts: Mapping[str, SiteFact] = field(default_factory=dict)
    schemas: Mapping[str, PreparedSchema] = field(default_factory=dict)

    @property
    def is_plain(self) -> bool:
        """Whether the policy consists of plain JSON Schemas only, so that it takes any facts."""
        return not self.pools and all("json_schema" in entry.raw for entry in self.rules.values())

    @property
    def properties(self) -> tuple[str, ...]:
        """The names under the top-level ``properties`` of the plain JSON Schemas, each once."""
        return tuple(dict.fromkeys(name for each in self.schemas.values() for name in each.properties))

    @property
    def own_names(self) -> OwnNames | None:
        """The names by which the policy reads facts in the site's own words; None if it reads HostFacts."""
        return own_names(self.schemas.values()) if self.is_plain else None

    def warnings(self, language: str) -> list[str]:
        """Return what is doubtful in the plain JSON Schemas, such as a keyword of another draft."""
        found = (warning.text(language) for each in self.schemas.values() for warning in each.warnings)
        return list(dict.fromkeys(found))

    def warnings_by_language(self) -> list[dict[str, str]]:
        """Return the warnings about the JSON Schemas, each in every language."""
        found = [warning for each in self.schemas.values() for warning in each.warnings]
        texts = [{language: each.text(language) for language in LANGUAGES} for each in found]
        return [each for at, each in enumerate(texts) if each not in texts[:at]]


@dataclass(frozen=True)
class Check:
    """Fields common to bound rules and pools."""

    id: str
    origin: Origin
    severity: str
    mode: str | Mapping[str, str]
    effective: Mapping[str, str]
    on_unknown: str | None
    applies: Any
    message: Mapping[str, str]
    remediation: Mapping[str, str]
    references: tuple[str, ...]

    def mode_at(self, as_of: datetime) -> str:
        """Return the mode at ``as_of``: deny, warn, audit or off. A date begins at 00:00Z."""
        begin, end = self.effective.get("from"), self.effective.get("until")
        if (begin and as_of < day(begin)) or (end and as_of >= day(end) + timedelta(days=1)):
            return OFF
        if isinstance(self.mode, str):
            return self.mode
        reached = [(day(text), mode) for mode, text in self.mode.items() if day(text) <= as_of]
        return max(reached, key=lambda pair: (pair[0], STRENGTH[pair[1]]))[1] if reached else OFF

    def unknown_effect(self, mode: str) -> str:
        """Return the effect of an unknown verdict: block, warn or ignore, never stronger than ``mode``."""
        default = ON_UNKNOWN[mode]
        if self.on_unknown is None:
            return default
        return min(self.on_unknown, default, key=ON_UNKNOWN_STRENGTH.__getitem__)


@dataclass(frozen=True)
class Rule(Check):
    """A bound rule: ``applies`` (``when`` and ``applies_to`` combined) and ``require`` are constraints.

    A rule of a plain JSON Schema has a SchemaRequirement as ``require``.
    ``about`` is the kind of subjects whose facts are checked: ``system`` (systems and nodes), ``grant`` or
    ``license_server``.
    """

    require: Any = True
    about: str = SYSTEM


@dataclass(frozen=True)
class Pool(Check):
    """A bound pool: compares the demand of rows with a supply.

    ``where`` is a bound constraint over a row. The demand is the ``aggregate`` (sum, count, min, max) of
    ``term``, divided by ``ceil_div`` and rounded up to a multiple of ``round_up``; ``source`` selects the
    quantities of the supply. ``forecast_days`` 0 means no forecast. ``quoted`` lists the facts that the texts
    name; ``catalog`` defines the products.
    """

    rows: str = "/hosts"
    where: Any = True
    group_by: tuple[str, ...] = ("subject.id",)
    count_once_by: tuple[str, ...] = ("subject.id", "id")
    unit: str = "cpu_socket"
    aggregate: str = "sum"
    term: Term = ONE
    ceil_div: int = 1
    round_up: int = 1
    source: str = "in_force"
    product: str = "vms"
    packs: tuple[int, ...] = ()
    headroom_warn: int = 0
    blame: str = "all"
    forecast_days: int = 0
    forecast_mode: str = "warn"
    quoted: tuple[str, ...] = ()
    catalog: Catalog = field(default=Catalog.builtin(), repr=False)

    def until(self, as_of: datetime) -> datetime | None:
        """Return the end of the forecast; None if the pool has no forecast."""
        return days_later(as_of, self.forecast_days) if self.forecast_days else None

    def names(self) -> tuple[str, ...]:
        """Return the facts that keys and the demand name, as dotted paths."""
        return (*self.group_by, *self.count_once_by, *self.term.facts())


@dataclass(frozen=True)
class BoundPolicy:
    """A policy that is ready to run. ``digest`` covers the composed policy without parameters of the call.

    ``catalog`` is the license catalog in use (R2); ``catalog_digest`` is empty for the built-in one.
    """

    documents: tuple[dict[str, str], ...]
    parameters: Mapping[str, Parameter]
    rules: tuple[Rule, ...]
    pools: tuple[Pool, ...]
    loosenings: tuple[dict[str, Any], ...]
    max_age_hours: MaxAge
    digest: str
    problems: tuple[Problem, ...] = field(default=())
    site_facts: Mapping[str, SiteFact] = field(default_factory=dict)
    catalog: Catalog = field(default=Catalog.builtin(), repr=False)
    catalog_digest: str = ""


def day(text: str) -> datetime:
    """Return 00:00Z of an ISO date. Raises ValueError for invalid dates."""
    parsed = date.fromisoformat(text)
    return datetime(parsed.year, parsed.month, parsed.day, tzinfo=timezone.utc)
