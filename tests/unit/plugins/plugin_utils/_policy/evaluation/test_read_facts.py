# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decisions about facts as they are read from servers: what no server states is not compliant."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import (
    ClusterRecord,
    LicenseTotals,
    Share,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import evaluate_fleet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy import load
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import HostInput

from .....fakes.system import Server, System, host, license_, read

AS_OF = datetime(2026, 11, 24, 8, tzinfo=timezone.utc)
RULE = "r38-container-engine-quantity"


def verdict_on_containers(**changes: Any) -> tuple[str, str]:
    licenses = (
        license_(1, product="vms_enterprise", quantity=4),
        license_(2, product="container_service", arch="any", quantity=1, assigned=(Share("hangzhou", 1),)),
    )
    system = System(
        hosts=(host(1, **changes), host(2, **changes)),
        clusters=(ClusterRecord("1", "containers", True),),
        license_totals=LicenseTotals(4, 4, 500, "enterprise", None, {"ends_at": "absent"}),
    )
    facts = read(system, Server(licenses=licenses))
    result = evaluate_fleet.evaluate([HostInput("hangzhou", facts)], Run(load.load_policy("vendor"), AS_OF))
    found = {each.get("rule"): each["verdict"] for each in result["findings"]}
    return result["decision"], found.get(RULE, "pass")


@pytest.mark.parametrize("reason", ["absent", "value", "type"])
def test_hosts_of_which_no_cluster_is_stated_are_not_outside_the_container_cluster(reason: str) -> None:
    decision, verdict = verdict_on_containers(cluster_id=None, unknown={"cluster_id": reason})
    assert (decision != "compliant", verdict) == (True, "unknown")


def test_hosts_in_the_container_cluster_need_their_licenses() -> None:
    assert verdict_on_containers() == ("non_compliant", "fail")
