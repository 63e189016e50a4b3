# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check a client's quota against the vendor's rules, before anything is sent."""

from __future__ import annotations

import datetime as dt
from typing import Callable, List, Optional, Sequence, Tuple, TypeVar

from ..._licensing.catalog.catalog import Catalog
from ..._licensing.rules.change import ClientShare, Expectation, LicenseChange
from ..._licensing.rules.preconditions import assess_change
from ..._licensing.rules.quotas import Amounts, amounts, beyond_supply, line_of
from ..._licensing.values.model import Arch, Kind, word
from ..._vms.api.license_server_api import (
    ClientRecord,
    QuotaRow,
)
from ..._vms.api.records import (
    LicenseRecord,
)
from ..._vms.api.tasks import LIVE, LicenseServerWriter
from ..._vms.wire.errors import OperationUnsupported
from ..checks.end_state import causes_of
from ..checks.license_status import counted
from ..core.errors import Cause
from ..core.write_errors import ChangeRefused
from .plan import WantedConnection, quota_differs

Rows = TypeVar("Rows")


def check_quota(
    wanted: WantedConnection, client: Optional[ClientRecord], server: LicenseServerWriter, catalog: Catalog
) -> None:
    """Refuse a quota that the License Server would refuse, before the task or an operator sets it.

    ``client`` is the current client; a quota that it already has is not checked. Rules that need data without
    a call in the profile are left to the server. Raises ChangeRefused ``quota_refused`` with every violation:
    two editions (R4), an upgrade without its base or above it (R5, R6), and quotas of all clients together
    above the supply (R26).
    """
    quota, name = wanted.quota, wanted.client_name
    if not quota or (client is not None and not quota_differs(quota, client)):
        return
    causes = list(_broken_rules(name, quota, catalog))
    clients, licenses = _readable(server.clients), _readable(server.licenses)
    if clients is not None and licenses is not None:
        others = [other for other in clients if other.name != name]
        causes += _beyond_supply(name, quota, others, counted(licenses, server.device_info))
    if causes:
        raise ChangeRefused("quota_refused", causes[0].rule, tuple(causes), client=name)


def _readable(read: Callable[[], Rows]) -> Optional[Rows]:
    try:
        return read()
    except OperationUnsupported:
        return None


def _broken_rules(name: str, quota: Sequence[QuotaRow], catalog: Catalog) -> Tuple[Cause, ...]:
    """Check the quota as if the client held all of it; fewer upgrades than bases are allowed here (R6)."""
    expected = tuple(
        Expectation(row.product, word(Arch, row.arch), Kind.FORMAL, row.quantity) for row in quota
    )
    # The expected licenses have no end, so any time gives the same result.
    now = dt.datetime.now(dt.timezone.utc)
    change = LicenseChange(
        now=now, licenses=(), adding=expected, clients=(ClientShare(name),), allow_unbalanced=True
    )
    return causes_of(assess_change(change, catalog).violations)


def _beyond_supply(
    name: str,
    quota: Sequence[QuotaRow],
    others: Sequence[ClientRecord],
    licenses: Sequence[LicenseRecord],
) -> List[Cause]:
    """Return a cause for each product whose quotas together exceed the working licenses (R26).

    Where the server does not state a quantity, the check is left to the server.
    """
    found = beyond_supply(
        _amounts(quota),
        [_amounts(other.quota) for other in others],
        [(line_of(item.product, item.arch), item.quantity) for item in licenses if item.status in LIVE],
    )
    return [
        Cause(
            "quota_beyond_supply",
            {
                "client": name,
                "product": item.line[0],
                "arch": item.line[1] or Arch.ANY.value,
                "quantity": item.promised,
                "others": item.others,
                "supply": item.supply,
            },
            "R26",
        )
        for item in found
    ]


def _amounts(quota: Sequence[QuotaRow]) -> Amounts:
    return amounts((line_of(row.product, row.arch), row.quantity) for row in quota)
