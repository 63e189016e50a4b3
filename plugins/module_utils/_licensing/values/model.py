# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Licensing terms as types: enums of editions, classes and kinds."""

from __future__ import annotations

import enum
from typing import Optional, Type, TypeVar


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


_Word = TypeVar("_Word", bound=enum.Enum)


def word(kind: Type[_Word], value: object) -> Optional[_Word]:
    """Return the member of ``kind`` that ``value`` names, or None."""
    if not isinstance(value, str):
        return None
    for member in kind:
        if member.value == value:
            return member
    return None
