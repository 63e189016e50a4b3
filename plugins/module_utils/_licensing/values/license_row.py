# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Licenses and violations as types; read a license of HostFacts, and spellings of values."""

from __future__ import annotations

import datetime as dt
import enum
import re
from dataclasses import dataclass, field
from typing import Dict, Mapping, Optional, Tuple, Type

from ..._errors import LicensingError, shown
from ..._messages.catalog import register
from ..._messages.licensing.values import MESSAGES
from ..._time import NEVER, End, lacks_zone, parse_time
from .model import Arch, Kind, _Word, word
from .periods import parse_end

register(MESSAGES)


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


def license_from_dict(item: Mapping[str, object]) -> License:
    """Return the license in ``item``, which has the fields of a license in HostFacts.

    A missing or null value is unknown, except that a formal license without ``expires_at`` is permanent
    (R15). A quantity below 1 is unknown. Raises LicensingError ``license_invalid`` for a value of the wrong
    type or an unknown enum value. Use this function for data that was read from a server directly; the fact
    reader returns *unknown* for the same errors in facts.
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
        issued_at=_time(item, "issued_at"),
        installed_at=_time(item, "installed_at"),
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


def _time(item: Mapping[str, object], name: str) -> Optional[dt.datetime]:
    value = item.get(name)
    # A time without a zone is not known well enough to decide anything.
    return None if value is None or lacks_zone(value) else parse_time(value)


def _end(item: Mapping[str, object], name: str) -> Optional[End]:
    value = item.get(name)
    return None if value is None or lacks_zone(value) else parse_end(value)


# Spellings. Ambiguous values are not converted: ``x86`` may be 32-bit, and localized words are translated by
# the endpoint profile.

#: Spellings of architectures in kernels, package managers and servers, in lower case.
ARCH_SPELLINGS: Dict[str, str] = {
    "x86_64": "x86_64",
    "x86-64": "x86_64",
    "x64": "x86_64",
    "amd64": "x86_64",
    "aarch64": "aarch64",
    "arm64": "aarch64",
}

_DECIMAL = re.compile(r"[0-9]{1,18}\Z")


def normalize_arch(value: object) -> object:
    """Return ``x86_64`` or ``aarch64`` for a known spelling; return any other value unchanged."""
    if isinstance(value, str) and value.isascii():
        return ARCH_SPELLINGS.get(value.lower(), value)
    return value


def normalize_count(value: object) -> object:
    """Return the integer in decimal text; return any other value unchanged."""
    if isinstance(value, str) and _DECIMAL.match(value):
        return int(value)
    return value


def normalize_contract_number(text: Optional[str]) -> Optional[str]:
    """Return a contract number without surrounding spaces (R23); None if it is blank."""
    return (text or "").strip() or None
