# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the vendor's rules against the end state of a task, before anything is sent."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Iterable, List, Optional, Sequence, Tuple

from ..._licensing.catalog.catalog import Catalog
from ..._licensing.rules.change import ClientShare, Expectation, LicenseChange, QuotaLine
from ..._licensing.rules.preconditions import assess_change
from ..._licensing.values.license_row import Violation
from ..._messages.catalog import register
from ..._messages.operations.facts import MESSAGES
from ..._time import lacks_zone, parse_time
from ..._vms.api.license_server_api import (
    ClientRecord,
    LicenseServerApi,
)
from ..._vms.api.records import (
    LicenseRecord,
)
from ..._vms.wire.errors import OperationUnsupported
from ..core.errors import Cause, InvalidRequest
from ..core.write_errors import ChangeRefused, NotVerified
from .expectation import license_of
from .license_status import counted

register(MESSAGES)


@dataclass(frozen=True)
class EndState:
    """Result of a check: ``violations`` refuse the change; ``unchecked`` and ``warnings`` do not."""

    violations: Tuple[Cause, ...]
    warnings: Tuple[Cause, ...]
    unchecked: Tuple[Cause, ...]
    clients: Tuple[ClientRecord, ...]


def check_end_state(
    server: LicenseServerApi,
    records: Optional[Sequence[LicenseRecord]],
    adding: Tuple[Expectation, ...] = (),
    removing: Tuple[str, ...] = (),
    client: Optional[str] = None,
    allow_unbalanced: bool = False,
    node: Optional[str] = None,
    catalog: Optional[Catalog] = None,
) -> EndState:
    """Check the licenses that the server has after the task, by its own clock and for its clients.

    ``records`` None: the profile has no call that lists them; rules that need them are not checked. ``node``
    is the product whose own node the server is; ``catalog`` None is the built-in catalog (R2). Raises
    InvalidRequest ``client_unknown``, ChangeRefused ``node_of_other_product``, NotVerified
    ``server_clock_unknown``, VmsError.
    """
    unchecked: List[Cause] = []
    now = _clock(server, node, unchecked)
    clients = _clients(server)
    if client is not None and clients is not None:
        names = [record.name for record in clients]
        if client not in names:
            raise InvalidRequest("client_unknown", client=client, known=names or ["-"])
    known = records is not None and clients is not None
    current = counted(records or (), server.device_info)
    change = LicenseChange(
        now=now,
        licenses=tuple(license_of(record, catalog) for record in current),
        adding=adding,
        removing=removing,
        client=client,
        clients=tuple(_share(record, current) for record in clients or ()),
        allow_unbalanced=allow_unbalanced,
        node=node,
        known=known,
    )
    assessment = assess_change(change, catalog)
    return EndState(
        violations=causes_of(assessment.violations),
        warnings=causes_of(assessment.warnings),
        unchecked=(*unchecked, *causes_of(assessment.unchecked)),
        clients=clients or (),
    )


def _clock(server: LicenseServerApi, node: Optional[str], unchecked: List[Cause]) -> dt.datetime:
    """Return the server's time, which decides what has expired; local time if no call returns it.

    A time without a zone decides nothing, so local time is used then, too.
    """
    try:
        info = server.server()
    except OperationUnsupported:
        unchecked.append(Cause("unchecked_clock", {}, "R12"))
        return dt.datetime.now(dt.timezone.utc)
    if info.time is None:
        raise NotVerified("server_clock_unknown", server=info.id)
    if node is not None and info.product not in (None, node):
        raise ChangeRefused(
            "node_of_other_product", "R27", server=info.id, product=node, reported=info.product
        )
    if lacks_zone(info.time):
        unchecked.append(Cause("unchecked_clock_zone", {"server": info.id, "time": info.time}, "R12"))
        return dt.datetime.now(dt.timezone.utc)
    return parse_time(info.time)


def _clients(server: LicenseServerApi) -> Optional[Tuple[ClientRecord, ...]]:
    try:
        return server.clients()
    except OperationUnsupported:
        return None


def _share(client: ClientRecord, records: Sequence[LicenseRecord]) -> ClientShare:
    assigned = {record.id: record.assigned_to(client.name) for record in records}
    quota = tuple(QuotaLine(row.product, row.arch, row.quantity) for row in client.quota)
    return ClientShare(
        name=client.name,
        assigned={license_id: quantity for license_id, quantity in assigned.items() if quantity},
        quota=quota,
    )


def causes_of(violations: Iterable[Violation]) -> Tuple[Cause, ...]:
    """Return violations as causes of an error."""
    return tuple(_cause(violation) for violation in violations)


def _cause(violation: Violation) -> Cause:
    fields = dict(violation.fields)
    if violation.license_ids:
        fields.setdefault("license_ids", list(violation.license_ids))
    return Cause(violation.code, fields, violation.rule)
