# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recorded responses, read with the built-in profile ``cas_e0710``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.client import Client
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.license_server_api import (
    LicenseServerApi,
    StatisticRecord,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import (
    ClusterRecord,
    FeatureInfo,
    HostRecord,
    LicenseTotals,
    ManagerRecord,
    PlatformRecord,
    VersionRecord,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.vms_api import VmsApi
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    AuthenticationFailed,
    BadAnswer,
    NotFound,
)

PROFILE = load_profile("cas_e0710")
SITES = ("192.0.2.1", "198.51.100.1")
PLAN_VMS = "/cas/casrs/cloudSrm/recoveryPlan/vmList"

Serve = Callable[..., None]


@pytest.fixture
def vms(connect: Any) -> VmsApi:
    return VmsApi(connect(), PROFILE)


@pytest.fixture
def client(connect: Any) -> Client:
    return Client(connect(), PROFILE)


def test_hosts_without_a_total(serve: Serve, vms: VmsApi, server: Any) -> None:
    serve("e0710-host-list", others={"/cas/casrs/host": {"host": [{"id": 2}, {"id": 3}]}})
    first, second = vms.hosts()
    assert first == HostRecord(
        id="2",
        name="cvk-1",
        arch="x86_64",
        cpu_sockets=2,
        version="E0710",
        series="7.0",
        status="ok",
        cluster_id="1",
        added_at="2024-05-06T00:09:10Z",
        unknown={},
        ip="192.0.2.31",
    )
    assert (second.arch, second.cpu_sockets, second.status) == ("aarch64", 2, "bad")
    assert (second.version, second.cluster_id) == ("E0710", None)
    # No total proves that the list is complete: the client has asked for a further page or for the count.
    assert sum(request.path in ("/cas/casrs/host/list", "/cas/casrs/host") for request in server.seen) > 1


def test_credentials_of_recorded_hosts_are_not_read(serve: Serve, vms: VmsApi) -> None:
    serve("e0710-host-list", others={"/cas/casrs/host": {"host": [{"id": 2}, {"id": 3}]}})
    assert "SECRET" not in repr(vms.hosts())


def test_hosts_as_a_plain_list_on_every_page(serve: Serve, vms: VmsApi) -> None:
    serve("e07xx-host-list-bare", others={"/cas/casrs/host": {"host": {"id": 2}}})
    (host,) = vms.hosts()
    assert (host.id, host.arch, host.cpu_sockets, host.version) == ("2", "x86_64", 2, "E0760P03")
    assert host.added_at == "2024-05-06T00:09:10Z"
    assert host.unknown == {}


def test_a_plain_list_of_other_rows_is_refused_with_its_shape(serve: Serve, vms: VmsApi) -> None:
    serve(others={"/cas/casrs/host/list": [{"code": 403}]})
    with pytest.raises(BadAnswer) as caught:
        vms.hosts()
    assert (caught.value.fields["expected"], caught.value.fields["got"]) == ("an object with host", "a list")


def test_one_host_of_release_2_0_is_counted(serve: Serve, client: Client) -> None:
    serve("e0218-hosts-one")
    assert client.read_total("hosts_count") == 1


def test_a_manager_whose_architecture_is_in_a_header(serve: Serve, vms: VmsApi) -> None:
    serve("e0710-system-cvm-header")
    assert vms.manager() == ManagerRecord("aarch64", {})


def test_a_release_that_begins_with_d(serve: Serve, vms: VmsApi) -> None:
    serve("e0710-version")
    features = (FeatureInfo("f1", True, "V7.0"), FeatureInfo("f2", False, "V7.0"))
    assert vms.version() == VersionRecord("D0899", "7.0", features, {})


def test_a_single_manager(serve: Serve, vms: VmsApi) -> None:
    serve("e0710-platform-single")
    platform = vms.platform()
    assert platform == PlatformRecord("cvm-1", "192.0.2.1", None, None)
    assert not platform.is_pair


def test_a_pair_in_xml(serve: Serve, vms: VmsApi) -> None:
    serve("e0710-platform-pair-xml")
    platform = vms.platform()
    assert platform == PlatformRecord("cvm-1", "192.0.2.1", "cvm-2", "192.0.2.2")
    assert platform.is_pair


def test_license_totals_without_an_end(serve: Serve, vms: VmsApi) -> None:
    serve("e0710-license")
    assert vms.license_totals() == LicenseTotals(
        cpu_allowed=64,
        cpu_managed=4,
        vm_allowed=0,
        edition="enhanced_enterprise",
        ends_at=None,
        unknown={"ends_at": "absent"},
        macs=("02:00:00:00:00:05",),
        barcodes=("BARCODE-A",),
    )


def test_the_total_of_vms_in_a_header(serve: Serve, vms: VmsApi) -> None:
    serve("e0710-vm-list-header")
    assert vms.vm_count() == 57


def test_recovery_plans_as_a_plain_list(serve: Serve, vms: VmsApi, server: Any) -> None:
    protected = [{"name": "vm-a", "status": "on"}, {"name": "vm-b", "status": "on"}]
    serve("e0710-srm-plans", others={PLAN_VMS: protected})
    assert vms.srm_protected_vms(*SITES) == 2
    assert server.seen[-1].target == PLAN_VMS + "?planName=plan-a"


def test_recovery_plans_under_the_key_of_their_rows(serve: Serve, vms: VmsApi, server: Any) -> None:
    serve("e0710-srm-plans-keyed", others={PLAN_VMS: [{"id": "7", "name": "vm-a"}]})
    # Both plans protect the same VM.
    assert vms.srm_protected_vms(*SITES) == 1
    asked = [request.target for request in server.seen if request.path == PLAN_VMS]
    assert asked == [PLAN_VMS + "?planName=plan-a", PLAN_VMS + "?planName=plan-b"]


def test_plans_whose_vms_cannot_be_read_are_not_plans_without_vms(serve: Serve, vms: VmsApi) -> None:
    serve("e0710-srm-plans-keyed")
    with pytest.raises(NotFound):
        vms.srm_protected_vms(*SITES)


def test_clusters_in_xml_do_not_say_whether_they_hold_containers(serve: Serve, vms: VmsApi) -> None:
    serve("cas5-clusters-one")
    assert vms.clusters() == (ClusterRecord("1", "cluster-a", None, {"container": "absent"}),)


def test_clusters_under_another_key_are_not_an_empty_list(serve: Serve, vms: VmsApi) -> None:
    serve("clusters-under-data")
    with pytest.raises(BadAnswer) as caught:
        vms.clusters()
    assert caught.value.code == "answer_shape"
    assert caught.value.fields["expected"] == "cluster"
    assert caught.value.fields["got"] == "an object with data"


def test_a_task_that_runs(serve: Serve, client: Client, captures: Any, server: Any, reply: Any) -> None:
    serve(login=False)
    started = captures["e0218-message-started"]
    server.script = lambda request: reply(200, started.body, started.headers)
    row = client.read("vms_task", task_id="1700000000001")
    assert row.boolean("completed") is False
    assert row.text("result") is None


@pytest.mark.parametrize(
    ("name", "task_id"),
    [("e0218-message-done", "1700000000001"), ("e0710-message-done", "1700000000003")],
)
def test_a_task_that_ended_well(serve: Serve, client: Client, name: str, task_id: str) -> None:
    serve(name)
    row = client.read("vms_task", task_id=task_id)
    assert (row.boolean("completed"), row.text("result")) == (True, "good")
    assert (row.text("error_code"), row.texts("license_ids")) == (None, ())


def test_statistics_of_a_license_server_without_a_total(serve: Serve, connect: Any, server: Any) -> None:
    serve("ls-statistic")
    assert LicenseServerApi(connect(), PROFILE).statistics() == (StatisticRecord("VMS标准版", 32, 4, 28),)
    asked = [request.target for request in server.seen if request.path.endswith("/licenses/statistic")]
    assert ["page=2" in target for target in asked] == [False, True]
    assert all("pdtName=&licAlias=" in target for target in asked)


def test_a_wrong_password_reads_nothing(serve: Serve, connect: Any) -> None:
    serve("e0710-version")
    with pytest.raises(AuthenticationFailed):
        VmsApi(connect(password="wrong"), PROFILE).version()
