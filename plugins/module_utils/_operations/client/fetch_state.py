# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check whether a system has fetched what its License Server has for it.

A License Server records an assignment before the system has received it, and a new quota before the system
has fetched it. A run that was interrupted in between leaves no other trace: both sides report a connection.
"""

from __future__ import annotations

from typing import Optional, Sequence, Tuple

from ..._licensing.rules.quotas import Stock, amounts, is_share_unmet, line_of
from ..._licensing.values.model import Kind
from ..._licensing.values.periods import surely_before, surely_not_before
from ..._vms.api.license_server_api import (
    Assignment,
    ClientRecord,
)
from ..._vms.api.records import (
    LicenseRecord,
    ServerInfo,
    ServerLink,
)
from ..._vms.api.tasks import GONE, LIVE


def arrived(
    link: Optional[ServerLink],
    client: ClientRecord,
    assignments: Sequence[Assignment],
    licenses: Sequence[LicenseRecord],
) -> Tuple[str, ...]:
    """Return the ids of live licenses that the client may hold but has not fetched yet.

    Such a license is not assigned to the client and was installed at or after its last fetch. Both conditions
    are needed: a license that another client took stays unavailable however often this one fetches, and times
    in full seconds do not show which of two events was first.
    """
    if link is None or link.fetched_at is None:
        return ()
    fetched_at = link.fetched_at
    held = {assignment.license_id for assignment in assignments}
    lines = {line_of(row.product, row.arch) for row in client.quota}
    return tuple(
        record.id
        for record in licenses
        if record.status in LIVE
        and record.id not in held
        and (not lines or line_of(record.product, record.arch) in lines)
        and record.installed_at is not None
        and surely_not_before(record.installed_at, fetched_at)
    )


def is_half_fetched(link: Optional[ServerLink], assignments: Sequence[Assignment]) -> bool:
    """Return whether the server has assigned something since the last fetch that the system reports.

    Both times are the License Server's, because the system stores the time that the server sends. If so, the
    system's work was interrupted between the server's response and its own commit.
    """
    if link is None or link.fetched_at is None:
        return False
    known = link.fetched_at
    assigned_at = (assignment.fetched_at for assignment in assignments)
    return any(at is not None and surely_before(known, at) for at in assigned_at)


def is_other_server(link: ServerLink, server: Optional[ServerInfo]) -> bool:
    """Return whether the system has fetched from another License Server than the one that was read.

    The two servers of a pair switch roles, so both ids count as this server.
    """
    if server is None or link.server_id is None:
        return False
    return link.server_id not in (server.id, server.peer)


def is_forgotten(link: ServerLink, client: ClientRecord) -> bool:
    """Return whether the server's last contact with the client is before the fetch that the system reports.

    Both times are the License Server's, so it was restored to an earlier state, as from a disk snapshot.
    """
    if link.fetched_at is None or client.last_contact is None:
        return False
    return surely_before(client.last_contact, link.fetched_at)


def lost_licenses(assignments: Sequence[Assignment], licenses: Sequence[LicenseRecord]) -> Tuple[str, ...]:
    """Return the ids of licenses that are assigned to the client and that the server no longer has."""
    present = {record.id for record in licenses if record.status != GONE}
    return tuple(item.license_id for item in assignments if item.license_id not in present)


def is_quota_unmet(
    client: ClientRecord,
    clients: Sequence[ClientRecord],
    assignments: Sequence[Assignment],
    licenses: Sequence[LicenseRecord],
) -> bool:
    """Return whether the next fetch would give the client another share, according to its quota.

    Preinstalled licenses, licenses that do not work and those without a stated quantity are not counted.
    """
    held = amounts(
        (line_of(item.product, item.arch), item.quantity or 0)
        for item in assignments
        if item.product is not None
    )
    quotas = {
        each.name: amounts((line_of(row.product, row.arch), row.quantity) for row in each.quota)
        for each in (*clients, client)
    }
    stocks = [
        Stock(
            line_of(record.product, record.arch),
            record.quantity,
            record.code,
            amounts((share.client, share.quantity) for share in record.assigned),
        )
        for record in licenses
        if record.status in LIVE and record.quantity is not None and record.kind != Kind.PREINSTALLED.value
    ]
    return is_share_unmet(client.name, quotas, held, stocks)
