# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Typed records of API responses.

Other data of a host (passwords, IPMI accounts) is dropped. ``None`` is a value that is not known, with its
reason (``absent``, ``null``, ``type``, ``value``) in ``unknown``. Times are ISO 8601 text in UTC
(``2026-12-06T00:00:00Z``), or without ``Z`` if the time zone of the server is not known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Mapping, NamedTuple, Optional, Tuple

Unknown = Mapping[str, str]


def _nothing_unknown() -> Unknown:
    return {}


@dataclass(frozen=True)
class HostRecord:
    """A CVK. ``arch`` is ``x86_64`` or ``aarch64``, ``status`` is ``ok`` or ``bad``.

    ``cluster_id`` is None outside clusters, ``ip`` is the address as the server returned it.
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
    """A cluster; ``container`` is True for a cluster of the container engine."""

    id: str
    name: Optional[str]
    container: Optional[bool]
    unknown: Unknown = field(default_factory=_nothing_unknown)


@dataclass(frozen=True)
class FeatureInfo:
    """A feature that the release supports; supported does not mean used."""

    name: str
    support: Optional[bool]
    version: Optional[str]


@dataclass(frozen=True)
class VersionRecord:
    """A version: ``release`` is ``E0760P03`` or the unparsed version text, ``series`` is ``7.0``."""

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
    """One manager, or a hot-standby pair (then ``slave_ip`` or ``slave_name`` is set)."""

    master_name: Optional[str]
    master_ip: Optional[str]
    slave_name: Optional[str]
    slave_ip: Optional[str]

    @property
    def is_pair(self) -> bool:
        return self.slave_ip is not None or self.slave_name is not None


@dataclass(frozen=True)
class LicenseTotals:
    """The totals that VMS reports: CPU sockets and VMs. ``ends_at`` None means that no end was reported."""

    cpu_allowed: Optional[int]
    cpu_managed: Optional[int]
    vm_allowed: Optional[int]
    edition: Optional[str]
    ends_at: Optional[str]
    unknown: Unknown = field(default_factory=_nothing_unknown)
    macs: Tuple[str, ...] = ()
    barcodes: Tuple[str, ...] = ()


@dataclass(frozen=True)
class ServerLink:
    """The connection of a VMS to its License Server. ``state`` is ``connected`` or ``disconnected``.

    ``fetched_at`` is by the License Server's clock, ``last_contact`` by that of the VMS.
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
class ServerInfo:
    """A License Server. ``time`` is its own clock, ``peer`` is the id of its standby server in a pair.

    ``product`` is that of a product node. ``zone`` is the offset of its clock (``+08:00``),
    ``zone_certainty`` is ``stated`` (by server or configuration) or ``derived`` (from its ``Date``).
    """

    id: str
    version: Optional[str]
    time: Optional[str]
    peer: Optional[str] = None
    product: Optional[str] = None
    zone: Optional[str] = None
    zone_certainty: Optional[str] = None


class Share(NamedTuple):
    """The quantity of a license that one client holds."""

    client: str
    quantity: int


@dataclass(frozen=True)
class LicenseRecord:
    """One license on a License Server or a node.

    ``kind`` is ``preinstalled``, ``temporary`` or ``formal``; ``status`` is ``in_use``, ``usable``,
    ``unusable``, ``expired`` or ``uninstalled``; ``expires_at`` is ISO text, ``never`` or None (not stated);
    ``key`` shows its last four characters; ``packs`` are those of a DR or migration license (R32).
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
        """Return the quantity that ``client`` holds, 0 if none."""
        return sum(share.quantity for share in self.assigned if share.client == client)


class NamedFile(NamedTuple):
    """A file from a server: its own name (validated as one path component) and its unchanged bytes."""

    file_name: str
    content: bytes
