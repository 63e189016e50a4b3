# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a system has what its License Server has for it.

A License Server writes down what it gives out before the system has taken it, and a new quota before the
system has heard of it. A run that broke off in between leaves no other trace: both sides look connected.
"""

from __future__ import annotations

from typing import Dict, Iterable, Optional, Sequence, Tuple

from .._licensing.instants import parse_instant
from .._licensing.model import Arch, Kind
from .._licensing.split import CodeClass, code_class
from .._vms.records import Assignment, ClientRecord, LicenseRecord, QuotaRow, ServerLink
from .states import LIVE

Line = Tuple[str, str]


def line_of(product: Optional[str], arch: Optional[str]) -> Line:
    """Return what quotas count by. A product without an architecture of its own reads as none or as any."""
    return product or "", "" if arch in (None, Arch.ANY.value) else str(arch)


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
    fetched_at = parse_instant(link.fetched_at)
    held = {assignment.license_id for assignment in assignments}
    lines = {line_of(row.product, row.arch) for row in client.quota}
    return tuple(
        record.id
        for record in licenses
        if record.status in LIVE
        and record.id not in held
        and (not lines or line_of(record.product, record.arch) in lines)
        and record.installed_at is not None
        and parse_instant(record.installed_at) >= fetched_at
    )


def is_half_fetched(link: Optional[ServerLink], assignments: Sequence[Assignment]) -> bool:
    """True if the server has given out something since the fetch that the system knows of.

    Both instants are the License Server's: it tells the system its own. Then the system's work broke off
    between the server's answer and its own commit.
    """
    if link is None or link.fetched_at is None:
        return False
    known = parse_instant(link.fetched_at)
    given = (assignment.fetched_at for assignment in assignments)
    return any(at is not None and parse_instant(at) > known for at in given)


def is_quota_unmet(
    client: ClientRecord,
    clients: Sequence[ClientRecord],
    assignments: Sequence[Assignment],
    licenses: Sequence[LicenseRecord],
) -> bool:
    """True if the next fetch would give the client another share, by the quota that it has.

    It holds more than that, or less although there is some that nobody holds and no other quota is waiting
    for. Without a quota only a server's one client has a claim, to everything.
    """
    held: Dict[Line, int] = {}
    for assignment in assignments:
        if assignment.product is None:
            continue
        line = line_of(assignment.product, assignment.arch)
        held[line] = held.get(line, 0) + (assignment.quantity or 0)
    if not client.quota:
        return len(clients) == 1 and any(_free(record) for record in licenses)
    bounds = _bounds(client.quota)
    if any(amount > bounds.get(line, 0) for line, amount in held.items()):
        return True
    others = [other for other in clients if other.name != client.name]
    return any(
        _to_be_had(line, bound - held.get(line, 0), others, licenses) for line, bound in bounds.items()
    )


def _bounds(quota: Iterable[QuotaRow]) -> Dict[Line, int]:
    return {line_of(row.product, row.arch): row.quantity for row in quota}


def _to_be_had(
    line: Line, missing: int, others: Sequence[ClientRecord], licenses: Sequence[LicenseRecord]
) -> bool:
    if missing <= 0:
        return False
    own = [record for record in licenses if line_of(record.product, record.arch) == line]
    waiting = sum(
        max(0, _bounds(other.quota).get(line, 0) - sum(record.assigned_to(other.name) for record in own))
        for other in others
    )
    # A fixed licence goes whole or not at all (R25).
    free = sum(
        _free(record)
        for record in own
        if code_class(record.code) is not CodeClass.FIXED or _free(record) <= missing
    )
    return free > waiting


def _free(record: LicenseRecord) -> int:
    """How much of a licence that works nobody holds; what came with the software is never waited for."""
    if record.status not in LIVE or record.quantity is None or record.kind == Kind.PREINSTALLED.value:
        return 0
    taken = sum(share.quantity for share in record.assigned)
    if taken and code_class(record.code) is CodeClass.FIXED:
        return 0
    return max(0, record.quantity - taken)
