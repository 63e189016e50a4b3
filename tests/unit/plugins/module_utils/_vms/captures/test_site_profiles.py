# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recorded responses of other releases and products, read with the profile that a site writes for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.client import Client
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import (
    ClusterRecord,
    HostRecord,
    PlatformRecord,
    VersionRecord,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.tasks import VmsWriter
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.vms_api import VmsApi
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.builtin import PROFILES
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.model import Profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    AuthenticationFailed,
    BadAnswer,
    BusinessError,
)

HOST_FIELDS: dict[str, object] = PROFILES["cas_e0710"]["operations"]["list_hosts"]["fields"]
CLUSTERS: dict[str, object] = PROFILES["cas_e0710"]["operations"]["list_clusters"]

Serve = Callable[..., None]


def site(**operations: dict[str, object]) -> Profile:
    """Return ``cas_e0710`` with other calls."""
    described = {
        name: {"method": "GET", "certainty": "observed", **operation}
        for name, operation in operations.items()
    }
    return load_profile({"name": "site", "extends": "cas_e0710", "operations": described})


def session(prefix: str, path: str, query: dict[str, str]) -> dict[str, object]:
    """Return the base of a server with a login at ``spring_check``."""
    login = {
        "method": "POST",
        "path": f"/{prefix}/spring_check",
        "query": {**query, "name": "{username}", "password": "{password}"},
        "success": {"at": "loginFailErrorCode", "in": [0]},
    }
    return {"path": path, "auth": {"type": "session", "login": login, "token": {"cookie": "JSESSIONID"}}}


def test_one_host_of_release_2_0(serve: Serve, connect: Any) -> None:
    serve("e0218-hosts-one")
    profile = site(list_hosts={"path": "/host", "answer": ["host"], "fields": HOST_FIELDS})
    assert VmsApi(connect(), profile).hosts() == (
        HostRecord(
            id="4",
            name="cvknode",
            arch=None,
            cpu_sockets=None,
            version=None,
            series=None,
            status=None,
            cluster_id=None,
            added_at=None,
            unknown=dict.fromkeys(
                ("arch", "cpu_sockets", "version", "status", "cluster_id", "added_at"), "absent"
            ),
            ip="192.0.2.11",
        ),
    )


def test_the_release_of_2_0_is_in_the_row_of_a_key(serve: Serve, connect: Any) -> None:
    serve("e0218-host-summary")
    profile = site(version={"path": "/host/summary/4", "fields": {"release": "keyValue[key=版本].value"}})
    assert VmsApi(connect(), profile).version() == VersionRecord("E0218", "2.0", (), {"features": "absent"})


@pytest.mark.parametrize("key", ["操作系统", "内存"])
def test_a_key_without_a_value_or_without_a_row_is_unknown(serve: Serve, connect: Any, key: str) -> None:
    serve("e0218-host-summary")
    profile = site(version={"path": "/host/summary/4", "fields": {"release": f"keyValue[key={key}].value"}})
    version = VmsApi(connect(), profile).version()
    assert (version.release, version.unknown["release"]) == (None, "absent")


def test_one_pool_of_hosts_as_a_cluster(serve: Serve, connect: Any) -> None:
    serve("e0218-hostpool-one")
    pools = {"path": "/hostpool/all", "answer": ["hostPool"], "fields": {"id": "id", "name": "name"}}
    assert VmsApi(connect(), site(list_clusters=pools)).clusters() == (
        ClusterRecord("1", "pool", None, {"container": "absent"}),
    )


def test_a_task_of_release_2_0_is_polled_until_it_ends(
    serve: Serve, connect: Any, captures: Any, server: Any, reply: Any
) -> None:
    serve("e0218-message-started", "e0218-message-done")
    profile = site(
        reconnect_license_server={"method": "PUT", "path": "/vm/start/1", "fields": {"task_id": "msgId"}}
    )
    task = VmsWriter(connect(), profile).reconnect_license_server()
    assert task.id == "1700000000001"
    recorded, started = server.script, captures["e0218-message-started"]
    polls: list[str] = []

    def script(request: Any) -> Any:
        polls.append(request.path)
        return reply(200, started.body, started.headers) if len(polls) == 1 else recorded(request)

    server.script = script
    assert task.wait(interval_s=0) == {}
    assert polls == ["/cas/casrs/message/1700000000001"] * 2


def test_one_host_of_release_5_0_in_xml(serve: Serve, connect: Any) -> None:
    serve("cas5-host-id-root")
    (host,) = VmsApi(connect(), site(list_hosts={"path": "/host/id/2", "fields": HOST_FIELDS})).hosts()
    assert (host.id, host.name, host.cpu_sockets, host.status) == ("2", "cvk-1", 2, "ok")
    assert (host.arch, host.unknown["arch"]) == (None, "absent")


def test_an_attribute_and_a_repeated_element_of_xml(serve: Serve, connect: Any) -> None:
    serve("cas5-host-id-root")
    fields = {**HOST_FIELDS, "name": "@type", "version": "pNIC[name=eth0].status"}
    (host,) = VmsApi(connect(), site(list_hosts={"path": "/host/id/2", "fields": fields})).hosts()
    assert (host.name, host.version) == ("kvm", "1")


def test_the_version_in_a_wrapper(serve: Serve, connect: Any) -> None:
    serve("e0710-host-version")
    profile = site(version={"path": "/host/version", "fields": {"release": "/data"}})
    assert VmsApi(connect(), profile).version() == VersionRecord("E0710", "7.0", (), {"features": "absent"})


# A single manager by the word of the server; any other word is not in the table.
ONE_MANAGER: dict[str, object] = {
    "path": "/host/cvm/info",
    "fields": {
        "master_name": {"at": "failOverStatus", "values": {"non failover config": "single"}},
        "master_ip": "masterIp",
        "slave_ip": "slaveIp",
    },
}


def test_a_manager_without_a_standby(serve: Serve, connect: Any) -> None:
    serve("e0710-cvm-info")
    profile = site(
        platform=ONE_MANAGER, hosts_count={"path": "/host/cvm/info", "fields": {"count": "cvmHaNum"}}
    )
    platform = VmsApi(connect(), profile).platform()
    assert platform == PlatformRecord("single", None, None, None)
    assert not platform.is_pair
    # The number is a text.
    assert Client(connect(), profile).read_total("hosts_count") == 1


def test_another_state_of_a_manager_is_not_a_single_manager(serve: Serve, connect: Any) -> None:
    serve(others={"/cas/casrs/host/cvm/info": {"failOverStatus": "master", "cvmHaNum": "2"}})
    with pytest.raises(BadAnswer):
        VmsApi(connect(), site(platform=ONE_MANAGER)).platform()


@pytest.mark.parametrize("slave", [{"masterIp": "192.0.2.2"}, True])
def test_a_standby_that_cannot_be_read_is_not_a_single_manager(
    serve: Serve, connect: Any, slave: object
) -> None:
    serve(others={"/cas/casrs/system/platform": {"masterIp": "192.0.2.1", "slaveIp": slave}})
    with pytest.raises(BadAnswer):
        VmsApi(connect(), load_profile("cas_e0710")).platform()


def test_a_refusal_with_a_number_and_a_sentence_in_gb2312(serve: Serve, connect: Any) -> None:
    serve("cas-409-gbk")
    profile = site(list_hosts={"path": "/host/id/99", "fields": HOST_FIELDS})
    with pytest.raises(BusinessError) as caught:
        VmsApi(connect(), profile).hosts()
    assert caught.value.error_code == "402"
    assert caught.value.fields["error_message"] == "主机不存在。"


def test_a_login_that_returns_a_cookie(serve: Serve, connect: Any, server: Any) -> None:
    serve("cas-login-ok", "e0710-version", login=False)
    base = session("cas", "/cas/casrs", {"encrypt": "false", "lang": "cn"})
    profile = load_profile({"name": "site", "extends": "cas_e0710", "bases": {"vms": base}})
    # The recorded request has these credentials.
    assert VmsApi(connect(username="N", password="P"), profile).version().release == "D0899"
    login, read = server.seen
    assert login.target == "/cas/spring_check?encrypt=false&lang=cn&name=N&password=P"
    assert (read.path, read.headers["cookie"]) == ("/cas/casrs/version", "JSESSIONID=0")
    assert read.authorization == ""


def test_a_login_that_fails_with_status_200(
    serve: Serve, connect: Any, server: Any, json_answer: Any
) -> None:
    base = session("cas", "/cas/casrs", {"encrypt": "false", "lang": "cn"})
    profile = load_profile({"name": "site", "extends": "cas_e0710", "bases": {"vms": base}})
    server.script = lambda request: json_answer({"loginFailErrorCode": 2, "loginFailMessage": "no"})
    with pytest.raises(AuthenticationFailed):
        VmsApi(connect(username="N", password="P"), profile).version()
    assert len(server.seen) == 1


# UIS is another product: other paths, a login of its own, rows below other keys.
UIS: dict[str, object] = {
    "name": "uis",
    "bases": {"vms": session("uis", "/uis/uis", {"loginType": "authorCenter"})},
    "operations": {
        "list_hosts": {
            "method": "GET",
            "path": "/host/detail",
            "certainty": "observed",
            "answer": ["data"],
            "fields": {
                "id": "id",
                "name": "name",
                "ip": "ip",
                "arch": "hostType",
                "cpu_sockets": "cpuSockets",
                "cluster_id": "clusterId",
            },
        },
        "vm_count": {
            "method": "GET",
            "path": "/vm/list/summary",
            "certainty": "observed",
            "answer": ["entity", "data"],
            "success": {"at": "statusType", "in": ["OK"], "required": True},
        },
    },
}


@pytest.fixture
def uis(serve: Serve, connect: Any, server: Any, json_answer: Any) -> Callable[..., VmsApi]:
    """Return a function that starts UIS with captures, behind its login."""

    def start(*names: str, **others: object) -> VmsApi:
        serve(*names, others=others)
        recorded = server.script

        def script(request: Any) -> Any:
            if request.path == "/uis/spring_check":
                return json_answer({"loginFailErrorCode": 0}, Set_Cookie="JSESSIONID=u-1; Path=/uis")
            assert request.headers["cookie"] == "JSESSIONID=u-1"
            return recorded(request)

        server.script = script
        return VmsApi(connect(), load_profile(UIS))

    return start


def test_hosts_of_another_product(uis: Callable[..., VmsApi]) -> None:
    (host,) = uis("uis-host-detail").hosts()
    assert (host.id, host.name, host.ip, host.cluster_id) == ("1", "cvk-1", "192.0.2.41", "1")
    # The number of CPUs of this call is that of threads, so sockets stay unknown.
    assert (host.cpu_sockets, host.arch) == (None, None)
    assert {name: host.unknown[name] for name in ("cpu_sockets", "arch")} == {
        "cpu_sockets": "absent",
        "arch": "absent",
    }


def test_vms_of_another_product(uis: Callable[..., VmsApi], server: Any) -> None:
    assert uis("uis-vm-summary").vm_count() == 1
    assert server.seen[0].path == "/uis/spring_check"
    assert "loginType=authorCenter" in server.seen[0].target


@pytest.mark.parametrize("state", ["ERROR", None])
def test_another_state_of_a_response_is_a_refusal(uis: Callable[..., VmsApi], state: str | None) -> None:
    body = {"entity": {"data": []}, **({} if state is None else {"statusType": state})}
    api = uis(**{"/uis/uis/vm/list/summary": body})
    with pytest.raises(BusinessError):
        api.vm_count()


def test_clusters_under_data_where_the_profile_says_so(serve: Serve, connect: Any) -> None:
    serve("clusters-under-data")
    clusters = {**CLUSTERS, "answer": ["data"]}
    assert VmsApi(connect(), site(list_clusters=clusters)).clusters() == (ClusterRecord("1", "c1", True, {}),)
