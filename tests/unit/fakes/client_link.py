# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run client operations against the fakes, and connect a system."""

from __future__ import annotations

from typing import Any

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.client import connect
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.client import plan as link
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.client.plan import (
    WantedConnection,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_and_verify import Waits
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.license_server_api import (
    QuotaRow,
)

WANTED = WantedConnection("10.1.0.5", 5555, 28443, "hangzhou", "s3cret")


QUOTA = (QuotaRow("vms_standard", "x86_64", 4), QuotaRow("srm", "x86_64", 20))


def run(wanted: WantedConnection, vms: Any, server: Any, waits: Waits) -> link.ConnectPlan:
    plan = link.decide(wanted, link.read_state(wanted.client_name, vms, server))
    if plan.changed:
        connect.apply(plan, vms, server, waits)
    return plan
