# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a success rests on: which item was read where, when by the server's own clock, and what it showed.

The modules that install, connect and request all say it in this form.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, Iterable, List, Mapping, Optional, Tuple

from ..._vms.api.records import Assignment, ClientRecord, LicenseRecord, ServerLink
from . import license_files

# Where an item was read.
LICENSE_SERVER = "license_server"
PRODUCT_NODE = "product_node"
VMS = "vms"
DISK = "disk"
# Read nowhere: a person said so.
PERSON = "person"

# What a license shows: whether it works, and whether it is the one of its file.
_LICENSE = (
    *("status", "product", "arch", "kind", "quantity", "expires_at"),
    *("file_name", "sha256"),
)

# What a connection shows: to which server, as which client, and in what state.
_LINK = (
    *("state", "address", "client_port", "console_port", "client_name", "contract_number"),
    *("fetched_at", "server_id"),
)


@dataclass(frozen=True)
class Proof:
    """One item: its ``name``, where it was read, and what was read of it.

    ``read_at`` is the server's own time, None where the reading has no clock.
    """

    item: str
    name: str
    shown_by: str
    read_at: Optional[str] = None
    facts: Mapping[str, object] = field(default_factory=dict)

    def row(self) -> Dict[str, Any]:
        """Return the entry of the result ``proof``."""
        return {
            "item": self.item,
            "name": self.name,
            "shown_by": self.shown_by,
            "read_at": self.read_at,
            "facts": dict(self.facts),
        }


def rows(proofs: Iterable[Proof]) -> List[Dict[str, Any]]:
    """Return the result ``proof``."""
    return [proof.row() for proof in proofs]


def place_of(node: Optional[str]) -> str:
    """Return where licenses are read: at the node of a product, else at a License Server."""
    return LICENSE_SERVER if node is None else PRODUCT_NODE


def of_licenses(records: Iterable[LicenseRecord], shown_by: str, read_at: Optional[str]) -> Tuple[Proof, ...]:
    """Licenses as their server lists them."""
    return tuple(
        Proof("license", record.id, shown_by, read_at, {name: getattr(record, name) for name in _LICENSE})
        for record in records
    )


def of_link(link: Optional[ServerLink], client_name: str) -> Tuple[Proof, ...]:
    """The connection as VMS shows it; VMS states no time of its own."""
    if link is None:
        return (Proof("link", client_name, VMS, facts={"state": "none"}),)
    facts = {name: getattr(link, name) for name in _LINK}
    return (Proof("link", link.client_name or client_name, VMS, facts=facts),)


def of_client(client: Optional[ClientRecord], name: str, read_at: Optional[str]) -> Tuple[Proof, ...]:
    """The client as the License Server lists it."""
    if client is None:
        return (Proof("client", name, LICENSE_SERVER, read_at, {"state": "none"}),)
    quota = [{"product": row.product, "arch": row.arch, "quantity": row.quantity} for row in client.quota]
    facts = {"state": client.state, "last_contact": client.last_contact, "quota": quota}
    return (Proof("client", name, LICENSE_SERVER, read_at, facts),)


def of_shares(
    assignments: Iterable[Assignment], licenses: Iterable[LicenseRecord], read_at: Optional[str]
) -> Tuple[Proof, ...]:
    """What the client holds by the License Server's list, with the status of each license."""
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
    """Uninstall files as they are read from disk now. Raises ArtifactError if one is not there."""
    return tuple(
        Proof("uninstall_file", path, DISK, facts={"sha256": license_files.digest_of(path)}) for path in paths
    )


def of_person(names: Iterable[str]) -> Tuple[Proof, ...]:
    """What a person says is done, where nothing can be read."""
    return tuple(Proof("confirmation", name, PERSON) for name in names)
