# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a system has what its License Server has for it.

A License Server writes down what it gives out before the system has taken it, and a new quota before the
system has heard of it. A run that broke off in between leaves no other trace: both sides look connected.
"""

from __future__ import annotations

from typing import Optional, Sequence, Tuple

from ..._licensing.rules.quotas import Stock, amounts, is_share_unmet, line_of
from ..._licensing.values.model import Kind
from ..._time import parse_time
from ..._vms.api.records import GONE, LIVE, Assignment, ClientRecord, LicenseRecord, ServerInfo, ServerLink


def arrived(
    link: Optional[ServerLink],
    client: ClientRecord,
    assignments: Sequence[Assignment],
    licenses: Sequence[LicenseRecord],
) -> Tuple[str, ...]:
    """Alive licences that the client may have, does not have, and that came at or after its last fetch.

    Both conditions are needed: a licence that another client took stays out of reach however often this one
    fetches, and instants in whole seconds cannot say which of two came first.
    """
    if link is None or link.fetched_at is None:
        return ()
    fetched_at = parse_time(link.fetched_at)
    held = {assignment.license_id for assignment in assignments}
    lines = {line_of(row.product, row.arch) for row in client.quota}
    return tuple(
        record.id
        for record in licenses
        if record.status in LIVE
        and record.id not in held
        and (not lines or line_of(record.product, record.arch) in lines)
        and record.installed_at is not None
        and parse_time(record.installed_at) >= fetched_at
    )


def is_half_fetched(link: Optional[ServerLink], assignments: Sequence[Assignment]) -> bool:
    """True if the server has given out something since the fetch that the system knows of.

    Both instants are the License Server's: it tells the system its own. Then the system's work broke off
    between the server's answer and its own commit.
    """
    if link is None or link.fetched_at is None:
        return False
    known = parse_time(link.fetched_at)
    given = (assignment.fetched_at for assignment in assignments)
    return any(at is not None and parse_time(at) > known for at in given)


def is_other_server(link: ServerLink, server: Optional[ServerInfo]) -> bool:
    """True if the system has fetched from another License Server than the one that was read.

    The two of a pair change places, so both ids are this server's.
    """
    if server is None or link.server_id is None:
        return False
    return link.server_id not in (server.id, server.peer)


def is_forgotten(link: ServerLink, client: ClientRecord) -> bool:
    """True if the server last heard from the client before the fetch that the system knows of.

    Both instants are the License Server's, so it has been set back since, as by a snapshot of its disk.
    """
    if link.fetched_at is None or client.last_contact is None:
        return False
    return parse_time(client.last_contact) < parse_time(link.fetched_at)


def lost_licenses(assignments: Sequence[Assignment], licenses: Sequence[LicenseRecord]) -> Tuple[str, ...]:
    """Licenses that the client holds by its assignments, and that the server has no more."""
    there = {record.id for record in licenses if record.status != GONE}
    return tuple(item.license_id for item in assignments if item.license_id not in there)


def is_quota_unmet(
    client: ClientRecord,
    clients: Sequence[ClientRecord],
    assignments: Sequence[Assignment],
    licenses: Sequence[LicenseRecord],
) -> bool:
    """True if the next fetch would give the client another share, by the quota that it has.

    What came with the software, does not work, or does not say how much it is, is never waited for.
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
