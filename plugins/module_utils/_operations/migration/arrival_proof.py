# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prove that a migration has arrived, from the licenses that a License Server lists (R16).

A listed license is a proof only if this journal recorded, before sending, that it sends the activation file
to that server, or if the operator named the license that the file is for. Licenses that were installed before
the uninstallation, that belong to another migration of this journal, or that another controller may have
installed are not a proof.
"""

from __future__ import annotations

import datetime as dt
from typing import List, Optional, Sequence

from ..._licensing.values.periods import surely_before
from ..._vms.api.records import LicenseRecord
from ..core.errors import Cause
from ..journal.record import End, KeptFile, MigrationRecord, Part, Step

# A request that was sent takes effect within this time of the server's clock, or not at all.
LATEST_EFFECT = dt.timedelta(hours=1)
# The time zones of the license platform and a License Server may differ, but by no more than one day.
CLOCKS_APART = dt.timedelta(days=1)


def holder_of(sha256: str, record: MigrationRecord, others: Sequence[MigrationRecord]) -> Optional[str]:
    """Return the id of another migration in the journal whose licenses arrived with this file, or None."""
    for other in others:
        if other.id != record.id and any(
            part.installed and part.file is not None and part.file.sha256 == sha256 for part in other.parts
        ):
            return other.id
    return None


def doubt_about(
    record: MigrationRecord,
    part: Part,
    file: KeptFile,
    rows: Sequence[LicenseRecord],
    others: Sequence[MigrationRecord],
    own_request: bool = False,
) -> Optional[Cause]:
    """Return why ``rows``, which the server lists for ``file``, do not prove that ``part`` has arrived.

    None if they prove it. ``own_request``: this run sent the file, and the server confirmed the installation.
    """
    fields = {
        "migration": record.id,
        "file": file.name,
        "license_ids": [row.id for row in rows],
        "moving": list(record.license_ids),
    }
    holder = holder_of(file.sha256, record, others)
    if holder is not None:
        return Cause("activation_file_claimed", {**fields, "other": holder}, "R16")
    if file.sha256 in record.present:
        return Cause("activation_file_present", fields, "R16")
    if part.named:
        return None
    if not own_request and not _sent_by_us(part, rows):
        return Cause("activation_file_not_sent", fields, "R16")
    older = _issued_before(record, rows)
    if older is not None:
        return Cause("activation_file_older", {**fields, "issued_at": older}, "R16")
    device = _device_of(record, part)
    other_devices = sorted({str(row.device) for row in rows if row.device not in (None, device)})
    if device is not None and other_devices:
        return Cause(
            "activation_file_other_device", {**fields, "found": other_devices, "recorded": device}, "R16"
        )
    return None


def _sent_by_us(part: Part, rows: Sequence[LicenseRecord]) -> bool:
    if part.sent_at is None:
        return False
    if part.sent_server_at is None:
        return True
    sent_at = part.sent_server_at
    return not any(
        row.installed_at is not None and surely_before(sent_at, row.installed_at, LATEST_EFFECT)
        for row in rows
    )


def _issued_before(record: MigrationRecord, rows: Sequence[LicenseRecord]) -> Optional[str]:
    """Return the first time of issue that is too early for a file issued after the uninstallation.

    None if there is none.
    """
    bounds: List[str] = [item.issued_at for item in record.licenses if item.issued_at is not None]
    left = next(
        (
            event.server_at
            for event in record.history
            if event.step == Step.SOURCE_UNINSTALLED.value and event.server_at is not None
        ),
        None,
    )
    if left is not None:
        bounds.append(left)
    for row in rows:
        if row.issued_at is not None and any(
            surely_before(row.issued_at, bound, CLOCKS_APART) for bound in bounds
        ):
            return row.issued_at
    return None


def _device_of(record: MigrationRecord, part: Part) -> Optional[str]:
    """Return the digest of the device information that the file for ``part`` was requested with."""
    if record.transfer is None:
        return None
    kept = record.transfer.destination if part.end is End.DESTINATION else record.transfer.source
    return None if kept is None else kept.sha256
