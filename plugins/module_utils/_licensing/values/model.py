# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Licensing terms as types: enums of editions, classes and kinds, ``License`` and ``Violation``."""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass, field
from typing import Mapping, Optional, Tuple, Type, TypeVar

from ..._time import End


class Edition(enum.Enum):
    """Editions in ascending order (R3); a higher ``rank`` is a higher edition."""

    STANDARD = "standard"
    ENTERPRISE = "enterprise"
    ENHANCED_ENTERPRISE = "enhanced_enterprise"

    @property
    def rank(self) -> int:
        return _RANKS[self]

    def reaches(self, needed: "Edition") -> bool:
        """Return True if this edition is ``needed`` or higher."""
        return self.rank >= needed.rank


EDITIONS = (Edition.STANDARD, Edition.ENTERPRISE, Edition.ENHANCED_ENTERPRISE)
_RANKS = {edition: rank for rank, edition in enumerate(EDITIONS)}


class LicenseClass(enum.Enum):
    """Class of a license (R3)."""

    EDITION = "edition"
    UPGRADE = "upgrade"
    FEATURE = "feature"


class Kind(enum.Enum):
    """Kind of a license (R9)."""

    PREINSTALLED = "preinstalled"
    TEMPORARY = "temporary"
    FORMAL = "formal"


class Metric(enum.Enum):
    """Unit in which a product is counted (R31); different units are never summed."""

    CPU_SOCKET = "cpu_socket"
    VM = "vm"
    HOST = "host"


class Arch(enum.Enum):
    """CPU architecture; ``ANY`` is for products that are not sold per architecture (R39)."""

    X86_64 = "x86_64"
    AARCH64 = "aarch64"
    ANY = "any"


ARCHES = (Arch.X86_64, Arch.AARCH64)


class Installation(enum.Enum):
    """Where a license is installed: on a License Server (remote) or on the product node (local)."""

    REMOTE = "remote"
    LOCAL = "local"


class Feature(enum.Enum):
    """Feature that needs a separate license (R28–R30)."""

    ISC = "isc"
    SRM = "srm"
    CONTAINER_ENGINE = "container_engine"
    DISK_BACKUP_DR = "disk_backup_dr"
    HETEROGENEOUS_MIGRATION = "heterogeneous_migration"


class Login(enum.Enum):
    """Whether VMS accepts logins (R20, R22)."""

    OK = "ok"
    REFUSED = "refused"


class Status(enum.Enum):
    """Status of a license as a server reports it."""

    IN_USE = "in_use"
    USABLE = "usable"
    UNUSABLE = "unusable"
    EXPIRED = "expired"
    UNINSTALLED = "uninstalled"


# A license with one of these statuses grants nothing, regardless of its other fields (R17).
DEAD_STATUSES = (Status.UNUSABLE, Status.EXPIRED, Status.UNINSTALLED)

_Word = TypeVar("_Word", bound=enum.Enum)


def word(kind: Type[_Word], value: object) -> Optional[_Word]:
    """Return the member of ``kind`` that ``value`` names, or None."""
    if not isinstance(value, str):
        return None
    for member in kind:
        if member.value == value:
            return member
    return None


@dataclass(frozen=True)
class License:
    """One license as a server or a device reports it.

    ``product`` is the product id as reported; it may be missing from the catalog. None means unknown in every
    field, never zero and never permanent; ``expires_at`` of a permanent license is NEVER (R14, R15).
    ``quantity`` is the total of the license, ``assigned`` the part that is assigned to the system (None: not
    reported).
    """

    id: str
    product: Optional[str]
    arch: Optional[Arch] = None
    kind: Optional[Kind] = None
    code: Optional[str] = None
    quantity: Optional[int] = None
    assigned: Optional[int] = None
    issued_at: Optional[dt.datetime] = None
    installed_at: Optional[dt.datetime] = None
    expires_at: Optional[End] = None
    status: Optional[Status] = None
    held_by: Optional[str] = None
    key: Optional[str] = field(default=None, repr=False)


@dataclass(frozen=True)
class Violation:
    """A violation of a rule, a warning, or a rule that could not be checked.

    ``rule`` is the rule id, ``code`` is the key of the message, ``fields`` are its values.
    """

    rule: str
    code: str
    fields: Mapping[str, object] = field(default_factory=dict)
    license_ids: Tuple[str, ...] = ()
