# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the result ``proof``: what was read where, when by the server's own clock, with which values.

The modules that install, connect and request all return this form.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, Iterable, List, Mapping, Optional, Tuple

from ..._vms.api.license_server_api import (
    Assignment,
    ClientRecord,
)
from ..._vms.api.records import (
    LicenseRecord,
    ServerLink,
)
from . import license_files

# Where an item was read.
LICENSE_SERVER = "license_server"
PRODUCT_NODE = "product_node"
VMS = "vms"
DISK = "disk"
# Not read: an operator confirmed it.
PERSON = "person"

# Fields of a license: whether it works, and from which file it was installed.
_LICENSE = (
    *("status", "product", "arch", "kind", "quantity", "expires_at"),
    *("file_name", "sha256"),
)

# Fields of a connection: to which server, as which client, and in what state.
_LINK = (
    *("state", "address", "client_port", "console_port", "client_name", "contract_number"),
    *("fetched_at", "server_id"),
)


@dataclass(frozen=True)
class Proof:
    """One item: its ``name``, where it was read, and the values that were read.

    ``read_at`` is the server's own time, None where the reading has no clock.
    """

    item: str
    name: str
    shown_by: str
    read_at: Optional[str] = None
    facts: Mapping[str, object] = field(default_factory=dict)

    def row(self) -> Dict[str, Any]:
        """Return the item as an entry of the result ``proof``."""
        return {
            "item": self.item,
            "name": self.name,
            "shown_by": self.shown_by,
            "read_at": self.read_at,
            "facts": dict(self.facts),
        }


def rows(proofs: Iterable[Proof]) -> List[Dict[str, Any]]:
    """Return the items as the result ``proof``."""
    return [proof.row() for proof in proofs]


def place_of(node: Optional[str]) -> str:
    """Return where licenses are read: at the product node ``node`` if it is set, else at a License Server."""
    return LICENSE_SERVER if node is None else PRODUCT_NODE


def of_licenses(records: Iterable[LicenseRecord], shown_by: str, read_at: Optional[str]) -> Tuple[Proof, ...]:
    """Return licenses as their server lists them."""
    return tuple(
        Proof("license", record.id, shown_by, read_at, {name: getattr(record, name) for name in _LICENSE})
        for record in records
    )


def of_link(link: Optional[ServerLink], client_name: str) -> Tuple[Proof, ...]:
    """Return the connection as VMS reports it; VMS reports no time of its own."""
    if link is None:
        return (Proof("link", client_name, VMS, facts={"state": "none"}),)
    facts = {name: getattr(link, name) for name in _LINK}
    return (Proof("link", link.client_name or client_name, VMS, facts=facts),)


def of_client(client: Optional[ClientRecord], name: str, read_at: Optional[str]) -> Tuple[Proof, ...]:
    """Return the client as the License Server lists it."""
    if client is None:
        return (Proof("client", name, LICENSE_SERVER, read_at, {"state": "none"}),)
    quota = [{"product": row.product, "arch": row.arch, "quantity": row.quantity} for row in client.quota]
    facts = {"state": client.state, "last_contact": client.last_contact, "quota": quota}
    return (Proof("client", name, LICENSE_SERVER, read_at, facts),)


def of_shares(
    assignments: Iterable[Assignment], licenses: Iterable[LicenseRecord], read_at: Optional[str]
) -> Tuple[Proof, ...]:
    """Return what the client holds according to the License Server, with the status of each license."""
    status = {record.id: record.status for record in licenses}
    return tuple(
        Proof(
            "share",
            share.license_id,
            LICENSE_SERVER,
            read_at,
            {
                "product": share.product,
                "arch": share.arch,
                "quantity": share.quantity,
                "fetched_at": share.fetched_at,
                "status": status.get(share.license_id),
            },
        )
        for share in assignments
    )


def of_uninstall_files(paths: Iterable[str]) -> Tuple[Proof, ...]:
    """Return uninstall files with their digest on disk now. Raises ArtifactError if one is missing."""
    return tuple(
        Proof("uninstall_file", path, DISK, facts={"sha256": license_files.digest_of(path)}) for path in paths
    )


def of_person(names: Iterable[str]) -> Tuple[Proof, ...]:
    """Return what an operator confirmed as done, where nothing can be read."""
    return tuple(Proof("confirmation", name, PERSON) for name in names)
