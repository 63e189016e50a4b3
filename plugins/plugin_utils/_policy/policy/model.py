# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A resolved policy and its bound rules and pools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any

from ....module_utils._licensing.catalog.catalog import Catalog
from ....module_utils._messages.catalog import register
from ....module_utils._messages.policy.policy import MESSAGES
from ....module_utils._time import days_later
from ..base.errors import Fault
from ..base.pointer import Path
from ..documents.yaml_reader import Document
from ..facts.fact_table import SiteFact
from .pool_terms import ONE, Term

register(MESSAGES)


MODES = ("deny", "warn", "audit")
OFF = "off"
STRENGTH = {"deny": 3, "warn": 2, "audit": 1, OFF: 0}
#: What an undecided check does unless the rule says otherwise: the mode's own line.
ON_UNKNOWN = {"deny": "block", "warn": "warn", "audit": "ignore", OFF: "ignore"}
ON_UNKNOWN_STRENGTH = {"block": 2, "warn": 1, "ignore": 0}
SYSTEM, GRANT, LICENSE_SERVER = "system", "grant", "license_server"
#: Subjects that are no systems: what was bought and who holds it. They count in no pool.
LEDGER = frozenset((GRANT, LICENSE_SERVER))
#: What a pool's supply is counted from.
IN_FORCE, ASSIGNED, INSTALLED = "in_force", "assigned", "installed"
PURCHASED, ALLOCATED = "purchased", "allocated"
#: The editions of VMS, which a pool counts as one product.
VMS = "vms"
#: The key of a row that is the subject itself.
SUBJECT = "subject.id"
SEVERITIES = ("critical", "high", "medium", "low", "info")


@dataclass(frozen=True)
class Origin:
    """Where a rule came from: policy id, policy version, ``file:line``."""

    policy: str
    version: str
    place: str

    def to_dict(self) -> dict[str, str]:
        return {"policy": self.policy, "version": self.version, "place": self.place}


@dataclass(frozen=True)
class Entry:
    """A rule or pool of the composed policy as written, with the document each of its keys stands in."""

    raw: Mapping[str, Any]
    origin: Origin
    sources: Mapping[str, tuple[Document, Path]]

    @property
    def id(self) -> str:
        return str(self.raw["id"])

    def place(self, path: Path) -> str:
        """``file:line`` of what stands at ``path`` inside the entry."""
        document, base = self.sources[str(path[0]) if path and str(path[0]) in self.sources else "id"]
        return document.place((*base, *path))


@dataclass(frozen=True)
class Parameter:
    """A typed parameter with its bounds, its value and who set it."""

    name: str
    type: str
    value: Any
    origin: str
    minimum: float | None = None
    maximum: float | None = None
    enum: tuple[Any, ...] | None = None

    def to_dict(self) -> dict[str, Any]:
        """As the ``parameters`` of a policy document declare it."""
        declared: dict[str, Any] = {"type": self.type, "default": self.value}
        for name in ("minimum", "maximum"):
            if getattr(self, name) is not None:
                declared[name] = getattr(self, name)
        if self.enum is not None:
            declared["enum"] = list(self.enum)
        return declared


@dataclass(frozen=True)
class PolicySet:
    """Everything that was loaded and composed, not yet bound."""

    documents: tuple[dict[str, str], ...]
    parameters: Mapping[str, Parameter]
    rules: Mapping[str, Entry]
    pools: Mapping[str, Entry]
    loosenings: tuple[dict[str, Any], ...]
    max_age_hours: int | None
    tests: tuple[tuple[Document, Path, Mapping[str, Any]], ...] = ()
    site_facts: Mapping[str, SiteFact] = field(default_factory=dict)


@dataclass(frozen=True)
class Check:
    """What rules and pools share once bound."""

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
        """deny, warn, audit or off at that instant: a date begins at its 00:00Z."""
        begin, end = self.effective.get("from"), self.effective.get("until")
        if (begin and as_of < day(begin)) or (end and as_of >= day(end) + timedelta(days=1)):
            return OFF
        if isinstance(self.mode, str):
            return self.mode
        reached = [(day(text), mode) for mode, text in self.mode.items() if day(text) <= as_of]
        return max(reached, key=lambda pair: (pair[0], STRENGTH[pair[1]]))[1] if reached else OFF

    def unknown_effect(self, mode: str) -> str:
        """block, warn or ignore. A rule that only warns or records never blocks."""
        default = ON_UNKNOWN[mode]
        if self.on_unknown is None:
            return default
        return min(self.on_unknown, default, key=ON_UNKNOWN_STRENGTH.__getitem__)


@dataclass(frozen=True)
class Rule(Check):
    """``applies`` (when and applies_to together) and ``require`` are bound constraints.

    ``about`` is ``system`` (systems and nodes), ``grant`` or ``license_server``: whom the rule judges, and
    whose facts it reads.
    """

    require: Any = True
    about: str = SYSTEM


@dataclass(frozen=True)
class Pool(Check):
    """Demand over rows against supply.

    ``where`` is a bound constraint over a row. The demand is the ``aggregate`` (sum, count, min, max) of
    ``term``, divided by ``ceil_div`` and rounded up to ``round_up``; ``source`` says which quantities are the
    supply. ``forecast_days`` 0 looks no further than now. ``quoted`` are the facts that the sentences name;
    ``catalog`` says what products are.
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
        """How far ahead the pool looks; None for not at all."""
        return days_later(as_of, self.forecast_days) if self.forecast_days else None

    def names(self) -> tuple[str, ...]:
        """Facts that are named as keys or in the demand, as paths with dots."""
        return (*self.group_by, *self.count_once_by, *self.term.facts())


@dataclass(frozen=True)
class BoundPolicy:
    """Ready to run. ``digest`` is that of the composed policy, before values from the call.

    ``catalog`` is what products are looked up in (R2), ``catalog_digest`` empty for the shipped one.
    """

    documents: tuple[dict[str, str], ...]
    parameters: Mapping[str, Parameter]
    rules: tuple[Rule, ...]
    pools: tuple[Pool, ...]
    loosenings: tuple[dict[str, Any], ...]
    max_age_hours: int | None
    digest: str
    faults: tuple[Fault, ...] = field(default=())
    site_facts: Mapping[str, SiteFact] = field(default_factory=dict)
    catalog: Catalog = field(default=Catalog.builtin(), repr=False)
    catalog_digest: str = ""


def day(text: str) -> datetime:
    """00:00Z of a date."""
    parsed = date.fromisoformat(text)
    return datetime(parsed.year, parsed.month, parsed.day, tzinfo=timezone.utc)
