# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Result rows: records of the interfaces as modules return them."""

from __future__ import annotations

from typing import Any, Dict

from ..._vms.api.records import LicenseRecord

Data = Dict[str, Any]


def license_row(record: LicenseRecord) -> Data:
    """One licence as the server lists it; its key shows its last four characters."""
    names = (
        *("id", "product", "arch", "kind", "code", "quantity", "issued_at", "installed_at", "expires_at"),
        *("status", "device", "file_name", "sha256", "key"),
    )
    row: Data = {name: getattr(record, name) for name in names}
    row["assigned"] = [{"client": share.client, "quantity": share.quantity} for share in record.assigned]
    row["packs"] = None if record.packs is None else list(record.packs)
    return row
