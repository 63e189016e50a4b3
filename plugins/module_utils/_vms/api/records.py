# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the interfaces say, as typed records.

Only whitelisted fields are here: what a host read leaks beside them (passwords, IPMI accounts) stops before.
``None`` means that the answer did not state the value; ``unknown`` then holds the reason by field name:
``absent``, ``null`` or ``type``. Instants are ISO 8601 text in UTC (``2026-12-06T00:00:00Z``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, Mapping, NamedTuple, Optional, Tuple

Unknown = Mapping[str, str]


def _nothing_unknown() -> Unknown:
    return {}


# States of licenses, links and clients that the operations act on.

# A license that works. One that is "unusable" or "expired" is installed, but of no use to anybody.
LIVE = ("in_use", "usable")
# Installed and without effect: for another device, or in no system's share.
UNUSABLE = "unusable"
# Installed, and past its end.
EXPIRED = "expired"
# A license that has left, with its uninstall file waiting.
GONE = "uninstalled"
# A link or a client that stands.
CONNECTED = "connected"


@dataclass(frozen=True)
class HostRecord:
    """A CVK. ``arch`` is ``x86_64`` or ``aarch64``, ``status`` is ``ok`` or ``bad``.

    ``cluster_id`` is None outside clusters, ``ip`` is the address as the server wrote it.
    """

    id: str
    name: Optional[str]
    arch: Optional[str]
    cpu_sockets: Optional[int]
    version: Optional[str]
    series: Optional[str]
    status: Optional[str]
    cluster_id: Optional[str]
    added_at: Optional[str]
    unknown: Unknown = field(default_factory=_nothing_unknown)
    ip: Optional[str] = None


@dataclass(frozen=True)
class ClusterRecord:
    """A cluster; ``container`` says whether it is one of the container engine."""

    id: str
    name: Optional[str]
    container: Optional[bool]
    unknown: Unknown = field(default_factory=_nothing_unknown)


@dataclass(frozen=True)
class FeatureInfo:
    """What a release supports; support is not use."""

    name: str
    support: Optional[bool]
    version: Optional[str]


@dataclass(frozen=True)
class VersionRecord:
    """``release`` is ``E0760P03`` or whatever text stood in its place, ``series`` is ``7.0``."""

    release: Optional[str]
    series: Optional[str]
    features: Tuple[FeatureInfo, ...] = ()
    unknown: Unknown = field(default_factory=_nothing_unknown)


@dataclass(frozen=True)
class ManagerRecord:
    """The VMS manager itself."""

    arch: Optional[str]
    unknown: Unknown = field(default_factory=_nothing_unknown)


@dataclass(frozen=True)
class PlatformRecord:
    """One manager, or the two of a hot-standby pair (then ``slave_ip`` or ``slave_name`` is there)."""

    master_name: Optional[str]
    master_ip: Optional[str]
    slave_name: Optional[str]
    slave_ip: Optional[str]

    @property
    def is_pair(self) -> bool:
        return self.slave_ip is not None or self.slave_name is not None


@dataclass(frozen=True)
class LicenseTotals:
    """The totals a VMS reports: CPU sockets and VMs. ``ends_at`` None means that no end was reported."""

    cpu_allowed: Optional[int]
    cpu_managed: Optional[int]
    vm_allowed: Optional[int]
    edition: Optional[str]
    ends_at: Optional[str]
    unknown: Unknown = field(default_factory=_nothing_unknown)


@dataclass(frozen=True)
class ServerLink:
    """A VMS's connection to its License Server. ``state`` is ``connected`` or ``disconnected``.

    ``fetched_at`` is the License Server's own instant of the last fetch, ``last_contact`` the VMS's.
    """

    address: Optional[str]
    client_port: Optional[int]
    console_port: Optional[int]
    client_name: Optional[str]
    contract_number: Optional[str]
    state: Optional[str]
    last_contact: Optional[str]
    fetched_at: Optional[str]
    server_id: Optional[str]
    unknown: Unknown = field(default_factory=_nothing_unknown)


@dataclass(frozen=True)
class ConnectRequest:
    """What a VMS is told to connect with; ``client_password`` does not show in ``repr``."""

    address: str
    client_port: int
    console_port: int
    client_name: str
    client_password: str = field(repr=False)
    contract_number: Optional[str] = None


@dataclass(frozen=True)
class ServerInfo:
    """A License Server. ``time`` is its own clock, ``peer`` the id of its standby if it is one of a pair.

    ``product`` is what a product node says it is the node of.
    """

    id: str
    version: Optional[str]
    time: Optional[str]
    peer: Optional[str] = None
    product: Optional[str] = None


class Share(NamedTuple):
    """How much of a licence one client holds."""

    client: str
    quantity: int


@dataclass(frozen=True)
class LicenseRecord:
    """One licence on a License Server or a node.

    ``kind`` is ``preinstalled``, ``temporary`` or ``formal``; ``status`` is ``in_use``, ``usable``,
    ``unusable``, ``expired`` or ``uninstalled``; ``expires_at`` is ISO text, ``never`` or None (not
    stated); ``key`` shows its last four characters only; ``packs`` are the packs that a DR or migration
    license consists of (R32), None if not stated.
    """

    id: str
    product: Optional[str]
    arch: Optional[str]
    kind: Optional[str]
    code: Optional[str]
    quantity: Optional[int]
    issued_at: Optional[str]
    installed_at: Optional[str]
    expires_at: Optional[str]
    assigned: Tuple[Share, ...]
    device: Optional[str]
    status: Optional[str]
    file_name: Optional[str]
    sha256: Optional[str]
    key: Optional[str]
    unknown: Unknown = field(default_factory=_nothing_unknown)
    packs: Optional[Tuple[int, ...]] = None

    def assigned_to(self, client: str) -> int:
        """Return how much of it ``client`` holds, 0 if nothing."""
        return sum(share.quantity for share in self.assigned if share.client == client)

    def to_row(self) -> Dict[str, Any]:
        """Return the license as results list it; its key shows its last four characters."""
        names = (
            *("id", "product", "arch", "kind", "code", "quantity", "issued_at", "installed_at", "expires_at"),
            *("status", "device", "file_name", "sha256", "key"),
        )
        row: Dict[str, Any] = {name: getattr(self, name) for name in names}
        row["assigned"] = [{"client": share.client, "quantity": share.quantity} for share in self.assigned]
        row["packs"] = None if self.packs is None else list(self.packs)
        return row


@dataclass(frozen=True)
class StatisticRecord:
    """Server-wide totals by the display name of a licence; kind, end and clients are not in them."""

    name: str
    amount: Optional[int]
    used: Optional[int]
    remaining: Optional[int]


@dataclass(frozen=True)
class QuotaRow:
    """A client's upper bound for one product and architecture."""

    product: str
    arch: Optional[str]
    quantity: int


@dataclass(frozen=True)
class ClientRecord:
    """A client of a License Server. ``state`` is ``connected``, ``disconnected`` or ``never``."""

    name: str
    state: Optional[str]
    last_contact: Optional[str]
    quota: Tuple[QuotaRow, ...] = ()


@dataclass(frozen=True)
class Assignment:
    """What a client has fetched of one licence."""

    license_id: str
    product: Optional[str]
    arch: Optional[str]
    quantity: Optional[int]
    fetched_at: Optional[str]


class NamedFile(NamedTuple):
    """A file as a server gave it: its own name (checked: one path component) and its bytes, untouched."""

    file_name: str
    content: bytes
