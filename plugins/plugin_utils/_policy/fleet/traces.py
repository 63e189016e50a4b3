# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read from the facts of a host where they were read: endpoint, machine, pair, client, shares of licenses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..base.addresses import comparable_endpoint, comparable_host
from ..base.canonical_json import digest
from ..facts.root_keys import root_error
from ..subjects.host_identity import Inventory, subject_of
from ..subjects.host_reading import HostInput

#: Statuses of licenses that grant nothing.
_ENDED = ("expired", "uninstalled")
_HEX = re.compile(r"[0-9a-f]{12}")
#: Bar codes that firmware has before a vendor sets one; each stands for no bar code.
_PLACEHOLDERS = frozenset(
    (
        *("none", "null", "n/a", "na", "unknown", "undefined", "default", "default string", "not specified"),
        *("not available", "to be filled by o.e.m.", "to be filled by oem", "system serial number"),
        *("0123456789", "123456789", "1234567890", "chassis serial number", "invalid", "empty"),
    )
)


@dataclass(frozen=True, order=True)
class LicensePart:
    """What a system states about one license of a License Server: its own part, and the complete quantity."""

    server: str
    license: str
    assigned: int
    quantity: int


@dataclass(frozen=True)
class Trace:
    """The facts that one host supplied: their subject, the sheet of their content, and where they were read.

    ``place`` is whether the host is evaluated or only counts in pools. ``system`` is the system that the
    variables of the host state, ``address`` the address of the system. ``macs`` and ``barcodes`` are those
    of the machine without placeholders, ``managers`` the addresses of a hot-standby pair, the master first.
    ``server`` and ``client`` are the License Server and its client for the system; ``shares`` are the parts
    of licenses that it states. ``content`` is the digest of facts that name no subject. Addresses are in one
    spelling. Unknown texts are empty.
    """

    id: str
    kind: str
    host: str
    sheet: str
    place: str
    is_read: bool = False
    system: str = ""
    gathered_at: str = ""
    endpoint: str = ""
    address: str = ""
    macs: tuple[str, ...] = ()
    barcodes: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()
    server: str = ""
    client: str = ""
    shares: tuple[LicensePart, ...] = ()
    content: str = ""

    @property
    def claim(self) -> tuple[str, str, str, str, str]:
        """The claim of the host to the facts of its subject."""
        return self.id, self.kind, self.host, self.sheet, self.place


def trace_of(
    given: HostInput, inventory: Inventory, claim: tuple[str, str, str, str, str], *, is_valid: bool
) -> Trace:
    """Return the trace of a host with its ``claim``; ``is_valid`` is whether the facts can be read."""
    facts = given.facts
    if not is_valid or given.error is not None:
        return Trace(*claim)
    # Facts that were united with a FactMap, or that have the site's own names, have their own subjects.
    system = "" if given.mapped or given.plain else inventory.stated_system(given.host) or ""
    if given.plain or not isinstance(facts, Mapping):
        return Trace(*claim, is_read=facts is not None, system=system)
    source = _mapping(facts.get("source"))
    endpoint = comparable_endpoint(_text(source.get("endpoint")))
    identity = _mapping(source.get("identity"))
    link = _mapping(facts.get("license_server"))
    server = _text(link.get("id"))
    return Trace(
        *claim,
        is_read=True,
        system=system,
        gathered_at=_text(source.get("gathered_at")),
        endpoint=endpoint,
        address=_address(endpoint) or comparable_host(inventory.address_of(given.host) or ""),
        macs=_distinct(map(_mac, _texts(identity.get("macs")))),
        barcodes=_distinct(map(_barcode, _texts(identity.get("barcodes")))),
        managers=_managers(_mapping(facts.get("hot_standby"))),
        server=server,
        client=_text(link.get("client")),
        shares=tuple(_shares(_mapping(facts.get("licenses")).get("items"), server)),
        content="" if given.mapped else _unnamed_content(facts),
    )


def _address(endpoint: str) -> str:
    try:
        return urlsplit(endpoint if "//" in endpoint else "//" + endpoint).hostname or ""
    except ValueError:
        # The text is not an address, so it equals no address of a manager.
        return ""


def _mac(text: str) -> str:
    """Return a MAC address as twelve hexadecimal digits; empty for a placeholder or another text."""
    digits = re.sub(r"[:.\-\s]", "", text.lower())
    return digits if _HEX.fullmatch(digits) and len(set(digits)) > 1 else ""


def _barcode(text: str) -> str:
    """Return a bar code in one spelling; empty for a placeholder."""
    plain = " ".join(text.lower().split())
    return "" if len(set(plain)) < 2 or plain in _PLACEHOLDERS else plain


def _distinct(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({text for text in found if text}))


def _managers(pair: Mapping[str, object]) -> tuple[str, ...]:
    if pair.get("state") != "pair":
        return ()
    named = [comparable_host(_text(pair.get(name))) for name in ("master_ip", "slave_ip")]
    return tuple(named) if all(named) and named[0] != named[1] else ()


def _shares(rows: object, server: str) -> list[LicensePart]:
    """Return the shares of licenses of License Servers. Product nodes have no clients."""
    found: dict[tuple[str, str], LicensePart] = {}
    for row in rows if isinstance(rows, list | tuple) else ():
        if not isinstance(row, Mapping) or row.get("status") in _ENDED:
            continue
        ident, holder = _text(row.get("id")), _text(row.get("held_by")) or server
        quantity = _count(row.get("quantity"))
        assigned = _count(row["assigned"]) if "assigned" in row else quantity
        is_remote = ident and holder and not ident.startswith(holder + "/")
        if is_remote and quantity is not None and assigned is not None:
            # Rows of one id that differ may be one license, so the greatest part is the certain one.
            known = found.get((holder, ident), LicensePart(holder, ident, 0, 0))
            most = max(known.assigned, assigned), max(known.quantity, quantity)
            found[holder, ident] = LicensePart(holder, ident, *most)
    return sorted(found.values())


def _unnamed_content(facts: Mapping[str, object]) -> str:
    """Return the digest of facts that were read from a machine and name no subject; empty for other facts."""
    if subject_of(facts) is not None or not (facts.get("hosts") or facts.get("licenses")):
        return ""
    if root_error(facts) is not None:
        return ""
    # Site facts come from the inventory, so they do not show whose facts were read.
    read = {name: value for name, value in facts.items() if name not in ("subject", "site_facts")}
    try:
        return digest(read)
    except (TypeError, ValueError, RecursionError):
        # The facts are not plain data, which is reported as an error of its own.
        return ""


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _texts(value: object) -> list[str]:
    return [_text(item) for item in value] if isinstance(value, list | tuple) else []


def _text(value: object) -> str:
    return str.__str__(value).strip() if isinstance(value, str) else ""
