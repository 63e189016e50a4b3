# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a license of HostFacts, and spellings of values."""

from __future__ import annotations

import datetime as dt
import re
from typing import Dict, Mapping, Optional, Type

from ..._errors import LicensingError, shown
from ..._time import NEVER, End, lacks_zone, parse_end, parse_time
from .model import Arch, Kind, License, Status, _Word, word


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
