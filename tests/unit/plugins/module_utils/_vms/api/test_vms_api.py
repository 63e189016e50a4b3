# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operations of a VMS over HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import ServerLink
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.tasks import (
    ConnectRequest,
    VmsWriter,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.vms_api import VmsApi
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.builtin import PROFILES
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    BadAnswer,
    OperationUnsupported,
    TaskFailed,
)

SITE: dict[str, object] = {
    "extends": "usphere_7",
    "name": "open",
    "bases": {"vms": {"path": "/cas/casrs", "auth": "none", "lapsed_codes": ["license_lapsed"]}},
}
OPEN = load_profile(SITE)
LIST_HOSTS: dict[str, object] = PROFILES["usphere_7"]["operations"]["list_hosts"]

SECRETS = {
    "user": "root-secret",
    "pwd": "host-secret",
    "ipmiUser": "ipmi-user-secret",
    "ipmiPw": "ipmi-secret",
}
HOST = {
    "@type": "cvk",
    "id": 1,
    "name": "cvk1",
    "ip": "10.1.1.2",
    "cpuSockets": 2,
    "cpuCores": 16,
    "cpuCount": 64,
    "hostType": 16,
    "status": 1,
    "version": "CVK 7.0 (E0760)",
    "cvkVersion": "7.0 (E0760P03)",
    "clusterId": 1,
    "addTime": 1738368000000,
    **SECRETS,
}


@pytest.fixture
def api(connect: Any) -> VmsApi:
    return VmsWriter(connect(), OPEN)


def test_hosts_in_both_styles(server: Any, api: VmsApi, json_answer: Any) -> None:
    as_text = {key: str(value) for key, value in HOST.items()}
    server.script = lambda request: json_answer(
        {"host": [HOST, {**as_text, "id": "2", "hostType": "17"}]}, Total="2"
    )
    first, second = api.hosts()
    assert (first.id, first.arch, first.cpu_sockets, first.status) == ("1", "x86_64", 2, "ok")
    assert (first.version, first.series, first.cluster_id) == ("E0760P03", "7.0", "1")
    assert first.added_at == "2025-02-01T00:00:00Z"
    assert first.unknown == {}
    assert (second.id, second.arch, second.cpu_sockets, second.status) == ("2", "aarch64", 2, "ok")


def test_secrets_of_a_host_stay_in_the_parser(server: Any, api: VmsApi, json_answer: Any) -> None:
    server.script = lambda request: json_answer({"host": HOST}, Total="1")
    shown = repr(api.hosts())
    for secret in SECRETS.values():
        assert secret not in shown
    assert "cvk1" in shown


@pytest.mark.parametrize("host_type", [1, 99, "arm", None])
def test_an_unknown_host_type_gives_no_architecture(
    server: Any, api: VmsApi, json_answer: Any, host_type: object
) -> None:
    server.script = lambda request: json_answer({"host": {**HOST, "hostType": host_type}})
    (host,) = api.hosts()
    assert host.arch is None
    assert host.unknown == {"arch": "null" if host_type is None else "value"}


@pytest.mark.parametrize(("sockets", "reason"), [(0, "value"), (-2, "value"), ("many", "type")])
def test_missing_sockets_are_unknown_and_not_zero(
    server: Any, api: VmsApi, json_answer: Any, sockets: object, reason: str
) -> None:
    server.script = lambda request: json_answer({"host": {**HOST, "cpuSockets": sockets}})
    (host,) = api.hosts()
    assert host.cpu_sockets is None
    assert host.unknown["cpu_sockets"] == reason


def test_a_host_without_an_id_is_an_error(server: Any, api: VmsApi, json_answer: Any) -> None:
    server.script = lambda request: json_answer({"host": {"name": "cvk1"}})
    with pytest.raises(BadAnswer) as caught:
        api.hosts()
    assert caught.value.code == "answer_shape"


def test_a_list_in_one_page_keeps_different_rows_of_one_id(
    server: Any, connect: Any, json_answer: Any
) -> None:
    """They may be one host or several; the reader does not decide that."""
    calls = {"list_hosts": {**LIST_HOSTS, "paging": "none"}}
    api = VmsWriter(connect(), load_profile({**SITE, "operations": calls}))
    server.script = lambda request: json_answer({"host": [HOST, {**HOST, "cpuSockets": 4}, HOST]})
    assert [(host.id, host.cpu_sockets) for host in api.hosts()] == [("1", 2), ("1", 4)]
    assert len(server.seen) == 1
    assert "?" not in server.seen[0].target


def test_a_cluster_that_is_listed_as_both_kinds_has_no_kind(
    server: Any, api: VmsApi, json_answer: Any
) -> None:
    rows = [{"id": 1, "containerCluster": 0}, {"id": "1", "containerCluster": 1}]
    server.script = lambda request: json_answer({"cluster": rows})
    (cluster,) = api.clusters()
    assert (cluster.container, cluster.unknown["container"]) == (None, "type")


@pytest.mark.parametrize("cluster", [None, 0, "0", -1, ""])
def test_a_host_may_be_in_no_cluster(server: Any, api: VmsApi, json_answer: Any, cluster: object) -> None:
    server.script = lambda request: json_answer({"host": {**HOST, "clusterId": cluster}})
    assert api.hosts()[0].cluster_id is None


def test_clusters_are_read(server: Any, api: VmsApi, json_answer: Any) -> None:
    rows = [
        {"id": 1, "name": "compute", "containerCluster": "0"},
        {"id": 2, "containerCluster": 1},
        {"id": 3},
    ]
    server.script = lambda request: json_answer({"cluster": rows})
    assert [cluster.container for cluster in api.clusters()] == [False, True, None]


def test_the_version_with_its_features(server: Any, api: VmsApi, json_answer: Any) -> None:
    features = {"name": "SRM", "support": "true", "verison": "7.0 (E0760P03)"}
    server.script = lambda request: json_answer({"casVersion": "V7.0 (E0760P03)", "featureInfos": features})
    version = api.version()
    assert (version.release, version.series) == ("E0760P03", "7.0")
    assert version.features[0].support is True
    assert server.seen[0].path == "/cas/casrs/version"


@pytest.mark.parametrize(("code", "arch"), [(1, "aarch64"), ("16", "x86_64"), (17, None)])
def test_the_manager_has_its_own_architecture_codes(
    server: Any, api: VmsApi, json_answer: Any, code: object, arch: str | None
) -> None:
    server.script = lambda request: json_answer({"type": code})
    assert api.manager().arch == arch


def test_a_pair_in_either_spelling(server: Any, api: VmsApi, json_answer: Any) -> None:
    server.script = lambda request: json_answer(
        {"masterName": "a", "masteIp": "10.0.0.1", "slaveIp": "10.0.0.2"}
    )
    platform = api.platform()
    assert (platform.master_ip, platform.slave_ip, platform.is_pair) == ("10.0.0.1", "10.0.0.2", True)


def test_a_single_manager(server: Any, api: VmsApi, json_answer: Any) -> None:
    server.script = lambda request: json_answer({"masterName": "a", "masterIp": "10.0.0.1", "slaveIp": ""})
    assert not api.platform().is_pair


def test_a_blank_answer_is_not_a_single_manager(server: Any, api: VmsApi, json_answer: Any) -> None:
    server.script = lambda request: json_answer({})
    with pytest.raises(BadAnswer):
        api.platform()


@pytest.mark.parametrize(
    ("values", "edition", "reason"),
    [
        ({"cvmVer": 2, "versionType": 2}, "enterprise", None),
        ({"cvmVer": "3"}, "enhanced_enterprise", None),
        ({"versionType": 1}, "standard", None),
        ({"cvmVer": 1, "versionType": 2}, None, "value"),
        ({"cvmVer": 9, "versionType": 2}, None, "value"),
        ({}, None, "absent"),
    ],
)
def test_the_edition_of_the_totals(
    server: Any,
    api: VmsApi,
    json_answer: Any,
    values: dict[str, object],
    edition: str | None,
    reason: str | None,
) -> None:
    server.script = lambda request: json_answer({"cpuNum": 4, "mCpuNum": "3", "vmNum": 500, **values})
    totals = api.license_totals()
    assert (totals.cpu_allowed, totals.cpu_managed, totals.vm_allowed) == (4, 3, 500)
    assert totals.edition == edition
    assert totals.unknown.get("edition") == reason


@pytest.mark.parametrize(
    ("end", "expected", "reason"),
    [
        (1796515200000, "2026-12-06T00:00:00Z", None),
        ("1796515200000", "2026-12-06T00:00:00Z", None),
        (0, None, "absent"),
        ("-1", None, "absent"),
        (None, None, "null"),
        ("soon", None, "value"),
    ],
)
def test_the_expiry_of_the_totals(
    server: Any, api: VmsApi, json_answer: Any, end: object, expected: str | None, reason: str | None
) -> None:
    server.script = lambda request: json_answer({"cpuNum": 4, "endTime": end})
    totals = api.license_totals()
    assert totals.ends_at == expected
    assert totals.unknown.get("ends_at") == reason


@pytest.mark.parametrize(
    ("mac", "expected"),
    [
        (["02:00:00:00:00:05", "02:00:00:00:00:06"], ("02:00:00:00:00:05", "02:00:00:00:00:06")),
        ("02:00:00:00:00:05", ("02:00:00:00:00:05",)),
        (None, ()),
        ([], ()),
        ([{"a": 1}], ()),
    ],
)
def test_the_machine_in_the_totals(
    server: Any, api: VmsApi, json_answer: Any, mac: object, expected: tuple[str, ...]
) -> None:
    server.script = lambda request: json_answer({"cpuNum": 4, "mac": mac, "barcode": mac})
    totals = api.license_totals()
    assert (totals.macs, totals.barcodes) == (expected, expected)
    assert totals.cpu_allowed == 4
    assert not {"macs", "barcodes"} & totals.unknown.keys()


def test_vms_are_counted_by_the_header(server: Any, api: VmsApi, json_answer: Any) -> None:
    server.script = lambda request: json_answer({"domain": {"id": 1}}, Total="120")
    assert api.vm_count() == 120
    server.script = lambda request: json_answer({"domain": {"id": 1}})
    assert api.vm_count() is None


LINK = {
    "address": "10.0.0.5",
    "clientPort": "5093",
    "consolePort": 28443,
    "clientName": "hangzhou",
    "state": "connected",
    "lastContact": "2026-11-24T08:00:00Z",
    "fetchedAt": "2026-11-20T01:00:00Z",
    "serverId": "ls-east",
    "clientPassword": "client-secret",
}


def test_the_license_server_link(server: Any, api: VmsApi, json_answer: Any) -> None:
    server.script = lambda request: json_answer(LINK)
    link = api.license_server()
    assert link == ServerLink(
        address="10.0.0.5",
        client_port=5093,
        console_port=28443,
        client_name="hangzhou",
        contract_number=None,
        state="connected",
        last_contact="2026-11-24T08:00:00Z",
        fetched_at="2026-11-20T01:00:00Z",
        server_id="ls-east",
        unknown={"contract_number": "absent"},
    )
    assert "client-secret" not in repr(link)


@pytest.mark.parametrize(
    "body", [{}, None, {"address": None, "clientName": ""}, {"address": "", "state": "never"}]
)
def test_a_missing_link(server: Any, api: VmsApi, json_answer: Any, body: object) -> None:
    server.script = lambda request: json_answer(body)
    assert api.license_server() is None


@pytest.mark.parametrize("body", [{"code": 403, "msg": "no permission"}, {"state": 0, "message": "no"}])
def test_an_answer_about_something_else_is_not_a_missing_link(
    server: Any, api: VmsApi, json_answer: Any, body: object
) -> None:
    server.script = lambda request: json_answer(body)
    with pytest.raises(BadAnswer):
        api.license_server()


def test_connecting_sends_all_values_and_waits(server: Any, api: VmsApi, json_answer: Any) -> None:
    states = [{"completed": "false"}, {"completed": "true", "result": "0", "detail": {"serverId": "ls-east"}}]

    def script(request: Any) -> Any:
        if request.method == "PUT":
            return json_answer({"msgId": 7}, 202)
        assert request.path == "/cas/casrs/message/7"
        return json_answer(states.pop(0))

    server.script = script
    request = ConnectRequest("10.0.0.5", 5093, 28443, "hangzhou", "client-secret", "SC-1")
    assert "client-secret" not in repr(request)
    assert api.connect_license_server(request).wait(5, 0.01) == {}
    assert json.loads(server.seen[0].body) == {
        "address": "10.0.0.5",
        "clientPort": 5093,
        "consolePort": 28443,
        "clientName": "hangzhou",
        "clientPassword": "client-secret",
        "contractNumber": "SC-1",
    }


def test_a_failed_connection_reports_the_reason(server: Any, api: VmsApi, json_answer: Any) -> None:
    def script(request: Any) -> Any:
        if request.method == "POST":
            return json_answer({"msgId": "7"}, 202)
        return json_answer(
            {"completed": True, "result": 1, "failMsg": "wrong client password", "errorCode": "denied"}
        )

    server.script = script
    with pytest.raises(TaskFailed) as caught:
        api.reconnect_license_server().wait(5, 0.01)
    assert (caught.value.error_code, caught.value.error_message) == ("denied", "wrong client password")


def test_a_task_without_a_completion_state_is_not_a_success(
    server: Any, api: VmsApi, json_answer: Any
) -> None:
    server.script = lambda request: json_answer({"msgId": "7"} if request.method == "POST" else {"result": 0})
    with pytest.raises(BadAnswer):
        api.reconnect_license_server().wait(5, 0.01)


def test_disconnecting(server: Any, api: VmsApi, reply: Any) -> None:
    server.script = lambda request: reply(204)
    api.disconnect_license_server()
    assert (server.seen[0].method, server.seen[0].path) == ("DELETE", "/cas/casrs/licenseServer")


def test_a_value_without_a_place_in_the_profile_is_an_error(server: Any, connect: Any) -> None:
    without = {**OPEN_CONNECT, "body": {"address": "address", "client_name": "clientName"}}
    profile = load_profile(
        {"extends": "usphere_7", "name": "site", "operations": {"connect_license_server": without}}
    )
    request = ConnectRequest("10.0.0.5", 5093, 28443, "hangzhou", "client-secret")
    with pytest.raises(OperationUnsupported) as caught:
        VmsWriter(connect(), profile).connect_license_server(request)
    assert caught.value.code == "field_unsupported"
    assert server.seen == []


OPEN_CONNECT: dict[str, object] = {
    "method": "PUT",
    "path": "/licenseServer",
    "encoding": "json",
    "certainty": "assumed",
}
