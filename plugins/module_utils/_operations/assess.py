# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vendor's rules over the end state of a task, before anything is sent (decision 12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable, Optional, Sequence, Tuple

from .._licensing.instants import parse_instant
from .._licensing.model import Violation
from .._licensing.preconditions import Change, ClientShare, Expectation, assess_change
from .._licensing.preconditions import QuotaRow as Quota
from .._vms.records import ClientRecord, LicenseRecord
from .errors import Cause, InvalidRequest, NotVerified
from .expectation import license_of
from .ports import LicenseStore


@dataclass(frozen=True)
class Verdict:
    """``violations`` refuse the change, ``unchecked`` could not be judged, ``warnings`` will hurt."""

    violations: Tuple[Cause, ...]
    warnings: Tuple[Cause, ...]
    unchecked: Tuple[Cause, ...]
    clients: Tuple[ClientRecord, ...]


def assess(
    server: LicenseStore,
    records: Sequence[LicenseRecord],
    adding: Tuple[Expectation, ...] = (),
    removing: Tuple[str, ...] = (),
    client: Optional[str] = None,
    allow_unbalanced: bool = False,
) -> Verdict:
    """Judge what the server would hold after the task, by its own clock and for the clients it has.

    Raises InvalidRequest ``client_unknown``, NotVerified ``server_clock_unknown``, VmsError.
    """
    info = server.server()
    if info.time is None:
        raise NotVerified("server_clock_unknown", server=info.id)
    clients = server.clients()
    names = [record.name for record in clients]
    if client is not None and client not in names:
        raise InvalidRequest("client_unknown", client=client, server=info.id, known=names or ["-"])
    change = Change(
        now=parse_instant(info.time),
        licenses=tuple(license_of(record) for record in records),
        adding=adding,
        removing=removing,
        client=client,
        clients=tuple(_share(record, records) for record in clients),
        allow_unbalanced=allow_unbalanced,
    )
    assessment = assess_change(change)
    return Verdict(
        violations=_causes(assessment.violations),
        warnings=_causes(assessment.warnings),
        unchecked=_causes(assessment.unchecked),
        clients=clients,
    )


def _share(client: ClientRecord, records: Sequence[LicenseRecord]) -> ClientShare:
    assigned = {record.id: record.assigned_to(client.name) for record in records}
    quota = tuple(Quota(row.product, row.arch, row.quantity) for row in client.quota)
    return ClientShare(
        name=client.name,
        assigned={license_id: quantity for license_id, quantity in assigned.items() if quantity},
        quota=quota,
    )


def _causes(violations: Iterable[Violation]) -> Tuple[Cause, ...]:
    return tuple(_cause(violation) for violation in violations)


def _cause(violation: Violation) -> Cause:
    fields = dict(violation.fields)
    if violation.license_ids:
        fields.setdefault("license_ids", list(violation.license_ids))
    return Cause(violation.code, fields, violation.rule)
