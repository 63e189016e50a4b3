# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""License changes on one License Server or product node: the input and result of an assessment."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import List, Mapping, Optional, Tuple, Union

from ..._messages.catalog import register
from ..._messages.licensing.rules import MESSAGES
from ..._time import End
from ..values.license_row import License, Violation
from ..values.model import Arch, Kind

register(MESSAGES)


@dataclass(frozen=True)
class Expectation:
    """One license that an activation file is expected to contain; ``arch`` None: not per architecture."""

    product: str
    arch: Optional[Arch]
    kind: Kind
    quantity: int
    code: Optional[str] = None
    expires_at: Optional[End] = None
    issued_at: Optional[dt.datetime] = None


@dataclass(frozen=True)
class QuotaLine:
    """Quota of a client for one product and architecture."""

    product: str
    arch: Union[Arch, str, None]
    quantity: int


@dataclass(frozen=True)
class ClientShare:
    """One client of a License Server: assigned quantities by license id, and quotas (empty: none set)."""

    name: str
    assigned: Mapping[str, int] = field(default_factory=dict)
    quota: Tuple[QuotaLine, ...] = ()


@dataclass(frozen=True)
class LicenseChange:
    """All additions and removals of a task on one License Server.

    ``licenses`` are all licenses that the server lists. ``client`` is the client that the additions are for;
    it is required only if several clients share the server. ``node`` is the product id for a product node,
    None for a License Server, because each product is installed on exactly one of them (R27). ``known`` is
    False if the licenses or clients could not be read; then only the additions themselves are checked.
    """

    now: dt.datetime
    licenses: Tuple[License, ...]
    adding: Tuple[Expectation, ...] = ()
    removing: Tuple[str, ...] = ()
    client: Optional[str] = None
    clients: Tuple[ClientShare, ...] = ()
    allow_unbalanced: bool = False
    node: Optional[str] = None
    known: bool = True


@dataclass(frozen=True)
class Assessment:
    """Result of a check: ``violations`` reject the change, ``warnings`` and ``unchecked`` do not."""

    violations: Tuple[Violation, ...] = ()
    warnings: Tuple[Violation, ...] = ()
    unchecked: Tuple[Violation, ...] = ()

    @property
    def allowed(self) -> bool:
        return not self.violations


class Findings:
    """Collects violations, warnings and unchecked rules for an assessment."""

    def __init__(self) -> None:
        self.violations: List[Violation] = []
        self.warnings: List[Violation] = []
        self.unchecked: List[Violation] = []

    def assessment(self) -> Assessment:
        return Assessment(tuple(self.violations), tuple(self.warnings), tuple(self.unchecked))
