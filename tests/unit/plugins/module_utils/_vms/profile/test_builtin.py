# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shipped profiles: every operation, its certainty, and the places that recorded responses show."""

from __future__ import annotations

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.fields import (
    PathStep,
    ResponsePart,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.operations import SHAPES
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import OperationUnsupported

CAS = load_profile("cas_e0710")
USPHERE = load_profile("usphere_7")


def test_the_wide_profile_has_every_operation() -> None:
    assert set(USPHERE.operations) == set(SHAPES)


def test_the_narrow_profile_contains_only_known_reads() -> None:
    for operation in CAS.operations.values():
        assert operation.certainty in ("documented", "observed")
        assert operation.method == "GET" or operation.name == "token"
    assert not CAS.supports("list_licenses")
    with pytest.raises(OperationUnsupported):
        CAS.operation("list_licenses")


@pytest.mark.parametrize(
    ("certainty", "names"),
    [
        ("documented", {"manager", "platform", "license_totals", "srm_plans", "srm_plan_vms"}),
        (
            "observed",
            {
                "version",
                "list_hosts",
                "hosts_count",
                "list_clusters",
                "vm_count",
                "vms_task",
                "token",
                "statistics",
            },
        ),
    ],
)
def test_the_certainty_of_each_known_call(certainty: str, names: set[str]) -> None:
    assert {name for name in CAS.operations if CAS.certainty(name) == certainty} == names
    assert {name for name in USPHERE.operations if USPHERE.certainty(name) == certainty} == names


def test_hosts_are_counted_by_a_total_that_is_sent_or_by_another_call() -> None:
    paging = CAS.operation("list_hosts").paging
    assert paging is not None
    assert paging.total is not None
    assert (paging.total.origin, paging.total.name) == (ResponsePart.HEADER, "Total")
    assert paging.count == "hosts_count"
    assert CAS.operation("hosts_count").path == "/host"
    assert CAS.operation("hosts_count").paging is None


def test_vms_are_counted_by_a_header() -> None:
    paging = CAS.operation("vm_count").paging
    assert paging is not None
    assert paging.total is not None
    assert (paging.total.origin, paging.total.name) == (ResponsePart.HEADER, "Total")


def test_the_architecture_of_the_manager_is_in_a_header() -> None:
    arch = CAS.operation("manager").fields["arch"]
    assert [(source.origin, source.name) for source in arch.sources] == [
        (ResponsePart.HEADER, "type"),
        (ResponsePart.BODY, ""),
    ]
    assert arch.values == {"1": "aarch64", "16": "x86_64"}


def test_recovery_plans_are_a_list_at_the_root() -> None:
    plans = CAS.operation("srm_plans")
    assert plans.answer == ()
    assert plans.alternatives == ("RsSrmRecovery", "recoveryPlan")
    assert plans.fields["name"].sources[0].path == (PathStep("name"),)


def test_statistics_have_no_total() -> None:
    paging = CAS.operation("statistics").paging
    assert paging is not None
    assert paging.total is None


def test_a_vms_may_respond_in_xml_and_reports_errors_in_headers() -> None:
    base = CAS.bases["vms"]
    assert base.format == "any"
    assert base.lapsed_codes == ("license_lapsed",)
    assert [source.name for source in base.error.code] == ["Error-Code", ""]
    assert base.envelope is not None
    assert (base.envelope.data, base.envelope.success[0].values) == ("data", ("0",))


def test_a_license_server_takes_its_token_back() -> None:
    logout = CAS.bases["license_server"].logout
    assert logout is not None
    assert (logout.method, logout.path) == ("DELETE", "/oauth2/token")


@pytest.mark.parametrize("name", ["vms_task", "license_task"])
def test_a_task_ends_good_failed_or_partial(name: str) -> None:
    assert USPHERE.operation(name).fields["result"].values == {"0": "good", "1": "failed", "2": "partial"}
