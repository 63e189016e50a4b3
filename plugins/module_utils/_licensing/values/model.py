# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of the field as values: enums, a license, a violation (licensing terms of section 1)."""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass, field
from typing import Mapping, Optional, Tuple, Type, TypeVar

from ..._errors import LicensingError, shown
from ..._time import NEVER, End, parse_end, parse_time


class Edition(enum.Enum):
    """Editions in their order (R3); ``rank`` says which is higher."""

    STANDARD = "standard"
    ENTERPRISE = "enterprise"
    ENHANCED_ENTERPRISE = "enhanced_enterprise"

    @property
    def rank(self) -> int:
        return _RANKS[self]

    def reaches(self, needed: "Edition") -> bool:
        """True if this edition is ``needed`` or a higher one (decision 1)."""
        return self.rank >= needed.rank


EDITIONS = (Edition.STANDARD, Edition.ENTERPRISE, Edition.ENHANCED_ENTERPRISE)
_RANKS = {edition: rank for rank, edition in enumerate(EDITIONS)}


class LicenseClass(enum.Enum):
    """R3."""

    EDITION = "edition"
    UPGRADE = "upgrade"
    FEATURE = "feature"


class Kind(enum.Enum):
    """R9."""

    PREINSTALLED = "preinstalled"
    TEMPORARY = "temporary"
    FORMAL = "formal"


class Metric(enum.Enum):
    """R31: what is counted; three units that never add up."""

    CPU_SOCKET = "cpu_socket"
    VM = "vm"
    HOST = "host"


class Arch(enum.Enum):
    """``ANY`` belongs to products without an architecture of their own (R39, decision 4)."""

    X86_64 = "x86_64"
    AARCH64 = "aarch64"
    ANY = "any"


ARCHES = (Arch.X86_64, Arch.AARCH64)


class Installation(enum.Enum):
    """Held by a License Server, or by the product node itself."""

    REMOTE = "remote"
    LOCAL = "local"


class Feature(enum.Enum):
    """What needs a license of its own (R29, R30, R28)."""

    ISC = "isc"
    SRM = "srm"
    CONTAINER_ENGINE = "container_engine"
    DISK_BACKUP_DR = "disk_backup_dr"
    HETEROGENEOUS_MIGRATION = "heterogeneous_migration"


class Login(enum.Enum):
    """Whether VMS lets anybody in (R20, R22)."""

    OK = "ok"
    REFUSED = "refused"


class Status(enum.Enum):
    """What a server reports about one license."""

    IN_USE = "in_use"
    USABLE = "usable"
    UNUSABLE = "unusable"
    EXPIRED = "expired"
    UNINSTALLED = "uninstalled"


# A license in one of these states grants nothing, whatever else it says (R17, decision 22).
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

    ``product`` is the product id as reported, known to the catalog or not. None means unknown everywhere,
    never zero and never permanent; ``expires_at`` of a permanent license is NEVER (R14, R15). ``quantity`` is
    what the license is worth, ``assigned`` what the system in question holds of it (None: nothing is said
    about sharing).
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
    """A rule that is broken, or could not be checked, or only warns.

    ``rule`` is the rule id, ``code`` names the sentence, ``fields`` fill it.
    """

    rule: str
    code: str
    fields: Mapping[str, object] = field(default_factory=dict)
    license_ids: Tuple[str, ...] = ()


def license_from_dict(item: Mapping[str, object]) -> License:
    """Return the license in ``item`` (names and shapes of a HostFacts license).

    A value that is missing or null is unknown, except that a formal license without an end is permanent
    (R15), and a quantity below 1 is unknown (decision 32). A value of the wrong type or an unknown word
    raises LicensingError ``license_invalid``: this is for callers that read a server themselves. Facts go
    through the fact reader, which turns the same fault into *unknown*.
    """
    ident = item.get("id")
    if not isinstance(ident, str) or not ident:
        raise _invalid("id", ident, "text")
    kind = _word(item, "kind", Kind)
    expires_at = _end(item, "expires_at")
    if expires_at is None and kind is Kind.FORMAL and "expires_at" not in item:
        expires_at = NEVER
    return License(
        id=ident,
        product=_text(item, "product"),
        arch=_word(item, "arch", Arch),
        kind=kind,
        code=_text(item, "code"),
        quantity=_count(item, "quantity") or None,
        assigned=_count(item, "assigned"),
        issued_at=_instant(item, "issued_at"),
        installed_at=_instant(item, "installed_at"),
        expires_at=expires_at,
        status=_word(item, "status", Status),
        held_by=_text(item, "held_by"),
        key=_text(item, "key"),
    )


def _invalid(name: str, value: object, expected: str) -> LicensingError:
    return LicensingError("license_invalid", "", field=name, value=shown(value), expected=expected)


def _text(item: Mapping[str, object], name: str) -> Optional[str]:
    value = item.get(name)
    if value is None or (isinstance(value, str) and value):
        return value
    raise _invalid(name, value, "text")


def _word(item: Mapping[str, object], name: str, kind: Type[_Word]) -> Optional[_Word]:
    value = item.get(name)
    if value is None:
        return None
    member = word(kind, value)
    if member is None:
        raise _invalid(name, value, ", ".join(str(choice.value) for choice in kind))
    return member


def _count(item: Mapping[str, object], name: str) -> Optional[int]:
    value = item.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise _invalid(name, value, "a whole number, 0 or more")
    return value


def _instant(item: Mapping[str, object], name: str) -> Optional[dt.datetime]:
    value = item.get(name)
    return None if value is None else parse_time(value)


def _end(item: Mapping[str, object], name: str) -> Optional[End]:
    value = item.get(name)
    return None if value is None else parse_end(value)
