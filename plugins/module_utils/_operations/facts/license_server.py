# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a License Server: identity, licenses, clients and totals, and the certainty of each interface."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

from ..._licensing.catalog.product_names import KnownNames, ProductNames
from ..._vms.api.client import Budget
from ..._vms.api.license_server_api import (
    ClientRecord,
    LicenseServerApi,
    ProductNodeApi,
    StatisticRecord,
)
from ..._vms.api.records import (
    LicenseRecord,
    ServerInfo,
)
from ..._vms.profile.compiled import profile_of
from ..._vms.profile.model import Profile
from ..._vms.wire.open_clients import opened
from ..core.endpoints import LICENSE_SERVER_PORT, connection

# The parts that can be read, and the profile operation that reads each of them.
READS = {
    "server": "server",
    "licenses": "list_licenses",
    "clients": "list_clients",
    "statistics": "statistics",
}


@dataclass(frozen=True)
class LicenseQuery:
    """A filter for licenses; None matches any. ``client`` also filters the clients."""

    product: Optional[str] = None
    kind: Optional[str] = None
    status: Optional[str] = None
    client: Optional[str] = None

    def takes(self, record: LicenseRecord) -> bool:
        return (
            self.product in (None, record.product)
            and self.kind in (None, record.kind)
            and self.status in (None, record.status)
            and (self.client is None or record.assigned_to(self.client) > 0)
        )


def read_license_server(
    api: LicenseServerApi,
    gather: Optional[Sequence[str]],
    query: LicenseQuery,
    catalog: Optional[KnownNames] = None,
) -> Dict[str, Any]:
    """Return the requested parts with their ``certainty``, and the unsupported parts as ``lacking``.

    Without ``gather``, all parts that the profile supports are read; requesting another part raises
    OperationUnsupported. ``catalog`` maps display names to products; None are the shipped names (R2).
    """
    known = catalog or ProductNames.shipped()
    readers: Mapping[str, Callable[[], Any]] = {
        "server": lambda: _server(api.server()),
        "licenses": lambda: [license_row(record) for record in api.licenses() if query.takes(record)],
        "clients": lambda: [
            _client(record) for record in api.clients() if query.client in (None, record.name)
        ],
        "statistics": lambda: [_statistic(record, api.profile, known) for record in api.statistics()],
    }
    unsupported = [name for name, operation in READS.items() if not api.profile.supports(operation)]
    names = [name for name in READS if (name in gather if gather is not None else name not in unsupported)]
    # Looked up in the profile before anything is sent.
    certainty = {name: api.profile.operation(READS[name]).certainty for name in names}
    return {**{name: readers[name]() for name in names}, "certainty": certainty, "lacking": unsupported}


def totals_by_product(api: LicenseServerApi, catalog: KnownNames) -> Optional[Dict[Tuple[str, str], int]]:
    """Return the totals by (product, architecture or ``any``); None where the profile has no call for them.

    Rows with an unknown product name or without an amount are omitted.
    """
    if not api.profile.supports("statistics"):
        return None
    found: Dict[Tuple[str, str], int] = {}
    for record in api.statistics():
        product, arch = _named(record.name, api.profile, catalog)
        if product is not None and record.amount is not None:
            cell = (product, arch or "any")
            found[cell] = found.get(cell, 0) + record.amount
    return found


def _server(info: ServerInfo) -> Dict[str, Any]:
    names = ("id", "version", "time", "zone", "zone_certainty", "peer", "product")
    return {name: getattr(info, name) for name in names}


def _client(record: ClientRecord) -> Dict[str, Any]:
    quota: List[Dict[str, Any]] = [
        {"product": line.product, "arch": line.arch, "quantity": line.quantity} for line in record.quota
    ]
    return {
        "name": record.name,
        "state": record.state,
        "last_contact": record.last_contact,
        "quota": quota,
    }


def _statistic(record: StatisticRecord, profile: Profile, catalog: KnownNames) -> Dict[str, Any]:
    product, arch = _named(record.name, profile, catalog)
    return {
        "name": record.name,
        "product": product,
        "arch": arch,
        "amount": record.amount,
        "used": record.used,
        "remaining": record.remaining,
    }


def _named(name: str, profile: Profile, catalog: KnownNames) -> Tuple[Optional[str], Optional[str]]:
    """Return (product, arch) of a display name; (None, None) for an unknown name."""
    if name in profile.license_names:
        return profile.license_names[name]
    return catalog.named(name) or (None, None)


def license_store_api(params: Mapping[str, Any], budget: Optional[Budget] = None) -> LicenseServerApi:
    """Build the API client of the License Server, or of the node of ``product_node`` if that is set."""
    where, profile = connection(params, LICENSE_SERVER_PORT), profile_of(params["profile"])
    product = params.get("product_node")
    if product is None:
        return opened(LicenseServerApi(where, profile, budget))
    return opened(ProductNodeApi(where, profile.node(product), budget))


def license_row(record: LicenseRecord) -> Dict[str, Any]:
    """Return a license as a result row; its key shows its last four characters."""
    names = (
        *("id", "product", "arch", "kind", "code", "quantity", "issued_at", "installed_at", "expires_at"),
        *("status", "device", "file_name", "sha256", "key"),
    )
    row: Dict[str, Any] = {name: getattr(record, name) for name in names}
    row["assigned"] = [{"client": share.client, "quantity": share.quantity} for share in record.assigned]
    row["packs"] = None if record.packs is None else list(record.packs)
    return row
