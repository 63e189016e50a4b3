# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Status and quantity with which licenses count: after they expire, and in the end state of a task."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Callable, Optional, Sequence, Tuple

from ..._licensing.values.periods import NEVER_TEXT, surely_not_before
from ..._vms.api.records import LicenseRecord, NamedFile, ServerInfo
from ..._vms.api.tasks import EXPIRED, LIVE, UNUSABLE
from ..._vms.wire.errors import OperationUnsupported


def clock_of(server: Callable[[], ServerInfo]) -> Optional[str]:
    """Return the server's own time; None if it reports none, or if the profile has no call for it."""
    try:
        return server().time
    except OperationUnsupported:
        return None


def dated(records: Sequence[LicenseRecord], read_at: Optional[str]) -> Tuple[LicenseRecord, ...]:
    """Return ``records`` with status ``expired`` where the end is past by the server's clock ``read_at``.

    An end without a time zone is past if it is so in every zone.

    A server may list a license as usable for a while after its end, although it no longer works.
    """
    if read_at is None:
        return tuple(records)
    return tuple(
        replace(record, status=EXPIRED)
        if record.status in LIVE
        and record.expires_at is not None
        and record.expires_at != NEVER_TEXT
        and surely_not_before(read_at, record.expires_at)
        else record
        for record in records
    )


def counted(
    records: Sequence[LicenseRecord], device_info: Callable[[], NamedFile]
) -> Tuple[LicenseRecord, ...]:
    """Return ``records`` with the status and quantity that they have in an end state.

    A license is unusable for one of two reasons, and a server does not report which. If it was activated for
    another device, it never works. If it fits into no system's share, such as an upgrade whose base is
    missing, it counts as installed: R6 counts *all* upgrade quantities, and it works as soon as its base is
    installed. So the device of the license is compared with the server's, which is read only if there is such
    a license. Where a device is unknown, the quantity is unknown.
    """
    if not any(record.status == UNUSABLE for record in records):
        return tuple(records)
    own = _device(device_info)
    return tuple(_counted(record, own) if record.status == UNUSABLE else record for record in records)


def _counted(record: LicenseRecord, own: Optional[str]) -> LicenseRecord:
    if own is None or record.device is None:
        return replace(record, status=LIVE[1], quantity=None)
    return replace(record, status=LIVE[1]) if record.device == own else record


def _device(device_info: Callable[[], NamedFile]) -> Optional[str]:
    try:
        return hashlib.sha256(device_info().content).hexdigest()
    except OperationUnsupported:
        return None
