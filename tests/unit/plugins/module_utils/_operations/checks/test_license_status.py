# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A license has expired by the clock of its server only if it has in every zone."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.checks.license_status import dated


@pytest.mark.parametrize(
    ("read_at", "end", "status"),
    [
        ("2026-11-24T00:00:00Z", "2026-11-24T00:00:00Z", "expired"),
        ("2026-11-24T00:00:00Z", "2026-11-24T00:00:01Z", "in_use"),
        ("2026-11-24T00:00:00Z", "never", "in_use"),
        ("2026-11-24T00:00:00Z", None, "in_use"),
        (None, "2026-11-01T00:00:00Z", "in_use"),
        ("2026-11-24T00:00:00Z", "2026-11-24T06:00:00", "in_use"),
        ("2026-11-24T00:00:00Z", "2026-11-23T06:00:00", "expired"),
        ("2026-11-24T00:00:00", "2026-11-23T23:59:59", "expired"),
        ("2026-11-24T00:00:00", "2026-11-24T00:00:01", "in_use"),
    ],
)
def test_the_status_by_the_clock_of_the_server(
    fake: Any, read_at: str | None, end: str | None, status: str
) -> None:
    (record,) = dated([fake.license(expires_at=end, status="in_use")], read_at)
    assert record.status == status
