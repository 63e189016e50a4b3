# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A system that is connected to a License Server."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_and_verify import Waits

from .....fakes.client_link import WANTED, run


@pytest.fixture
def connected(fake: Any, waits: Waits) -> Any:
    """Return (system, server) of a system that is connected and has fetched one license."""
    server = fake.Server(records=[fake.license()])
    vms = fake.Vms(server)
    run(WANTED, vms, server, waits)
    server.calls.clear()
    vms.calls.clear()
    return vms, server
