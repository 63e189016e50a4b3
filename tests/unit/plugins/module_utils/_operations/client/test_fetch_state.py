# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the times of fetches show, and what they do not show without a zone."""

from __future__ import annotations

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.client.fetch_state import (
    is_forgotten,
    is_half_fetched,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.license_server_api import (
    Assignment,
    ClientRecord,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import (
    ServerLink,
)


def link(fetched_at: str) -> ServerLink:
    return ServerLink("ls", 1, 2, "hangzhou", None, "connected", None, fetched_at, "ls")


@pytest.mark.parametrize(
    ("fetched", "assigned", "half"),
    [
        ("2026-11-20T00:00:00Z", "2026-11-20T00:00:01Z", True),
        ("2026-11-20T00:00:00", "2026-11-20T00:00:01", True),
        ("2026-11-20T00:00:00", "2026-11-20T00:00:00", False),
        ("2026-11-20T00:00:00", "2026-11-20T08:00:00Z", False),
        ("2026-11-20T00:00:00", "2026-11-21T08:00:00Z", True),
    ],
)
def test_an_assignment_after_the_fetch_is_half_fetched(fetched: str, assigned: str, half: bool) -> None:
    assignment = Assignment("LS-1", "srm", "x86_64", 2, assigned)
    assert is_half_fetched(link(fetched), [assignment]) is half


@pytest.mark.parametrize(
    ("contact", "fetched", "forgotten"),
    [
        ("2026-11-20T00:00:00Z", "2026-11-20T00:00:01Z", True),
        ("2026-11-20T00:00:00", "2026-11-20T08:00:00Z", False),
        ("2026-11-20T00:00:00", "2026-11-20T00:00:01", True),
    ],
)
def test_a_contact_before_the_fetch_was_forgotten(contact: str, fetched: str, forgotten: bool) -> None:
    assert is_forgotten(link(fetched), ClientRecord("hangzhou", "connected", contact)) is forgotten
