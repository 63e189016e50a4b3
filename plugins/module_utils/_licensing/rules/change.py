# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task on one License Server, as it is to be judged, and the judgement (decisions 9 and 12)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import List, Mapping, Optional, Tuple, Union

from ..._messages.catalog import register
from ..._messages.licensing.rules import MESSAGES
from ..._time import End
from ..values.model import Arch, Kind, License, Violation

register(MESSAGES)


@dataclass(frozen=True)
class Expectation:
    """One license that a file is said to hold. ``arch`` None: the product has no architecture."""

    product: str
    arch: Optional[Arch]
    kind: Kind
    quantity: int
    code: Optional[str] = None
    expires_at: Optional[End] = None
    issued_at: Optional[dt.datetime] = None


@dataclass(frozen=True)
class QuotaLine:
    """A client's upper bound for one product and architecture."""

    product: str
    arch: Union[Arch, str, None]
    quantity: int


@dataclass(frozen=True)
class ClientShare:
    """One client of a License Server: what it holds by license id, and its quotas (empty: none set)."""

    name: str
    assigned: Mapping[str, int] = field(default_factory=dict)
    quota: Tuple[QuotaLine, ...] = ()


@dataclass(frozen=True)
class LicenseChange:
    """What a task does to one License Server, all files and removals together.

    ``licenses`` is everything the server lists. ``client`` names the system the additions are for; it is
    needed only where several clients share the server (decision 9). ``node`` is the product whose own node
    it is, None for a License Server: each license has one place (R27, installation). ``known`` is False if
    what stands there, or for whom, could not be read: then only the additions themselves are judged.
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
    """``violations`` refuse the change, ``warnings`` do not, ``unchecked`` could not be judged."""

    violations: Tuple[Violation, ...] = ()
    warnings: Tuple[Violation, ...] = ()
    unchecked: Tuple[Violation, ...] = ()

    @property
    def allowed(self) -> bool:
        return not self.violations


class Findings:
    """Collects what an assessment returns."""

    def __init__(self) -> None:
        self.violations: List[Violation] = []
        self.warnings: List[Violation] = []
        self.unchecked: List[Violation] = []

    def assessment(self) -> Assessment:
        return Assessment(tuple(self.violations), tuple(self.warnings), tuple(self.unchecked))
