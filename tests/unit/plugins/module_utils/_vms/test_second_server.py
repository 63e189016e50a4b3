# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every operation under the profile of a second server that was written without this client.

Both servers run the same scenario; what is read must be equal.
"""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.license_server_api import (
    LicenseServerApi,
    QuotaRow,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import (
    Share,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.tasks import (
    ConnectRequest,
    LicenseServerWriter,
    VmsWriter,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.vms_api import VmsApi
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    AuthenticationFailed,
    BusinessError,
    LoginRefused,
    NotFound,
    TaskFailed,
)

from ....simulator.second_client import CLOCK, SCENARIO
from .second_servers import connection, running, second_profile, sign_ins

SITES = ("10.0.0.1", "10.0.0.2")
WAIT = (10, 0.02)
# Random per simulator: the device and its signature; the ports are those of the process.
DIFFERING = ("device", "sha256", "client_port", "console_port", "zone")
DR = "disk_backup_dr"


@dataclass
class Servers:
    """One simulator and the profile of its API."""

    simulation: Any
    profile: Any

    def vms(self, name: str = "many", **changes: Any) -> VmsApi:
        return VmsWriter(connection(self.simulation, name, **changes), self.profile)

    def licenses(self, name: str = "ls", **changes: Any) -> LicenseServerApi:
        profile = self.profile.node(DR) if name == "dr" else self.profile
        return LicenseServerWriter(connection(self.simulation, name, **changes), profile)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    scenario = {key: value for key, value in SCENARIO.items() if key != "api"}
    with running(tmp_path_factory.mktemp("first") / "state", scenario) as simulation:
        yield Servers(simulation, load_profile("usphere_7"))


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with running(tmp_path_factory.mktemp("second") / "state", SCENARIO) as simulation:
        yield Servers(simulation, load_profile(second_profile()))


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with running(tmp_path_factory.mktemp("changing") / "state", SCENARIO) as simulation:
        yield Servers(simulation, load_profile(second_profile()))


@pytest.fixture
def fresh(changing: Servers) -> Iterator[Servers]:
    """A second server that a test may change; it is put back afterwards."""
    control = changing.simulation.control
    taken = control("POST", "/snapshots").json["id"]
    yield changing
    assert control("POST", f"/snapshots/{taken}/restore").status in (200, 204)
    assert control("PUT", "/clock", {"now": CLOCK}).status == 200


def plain(record: Any) -> Any:
    """Return a record as a mapping without what differs between two simulators.

    Products without an architecture have none on the one wire and a code of their own on the other, and
    times have another zone.
    """
    if isinstance(record, (tuple, list)):
        return [plain(item) for item in record]
    if not dataclasses.is_dataclass(record) or isinstance(record, type):
        return record
    found = {item.name: plain(getattr(record, item.name)) for item in dataclasses.fields(record)}
    if "arch" in found:
        found["arch"] = found["arch"] or "any"
    if isinstance(found.get("unknown"), dict):
        found["unknown"] = {
            key: why for key, why in found["unknown"].items() if (key, why) != ("arch", "null")
        }
    return {name: value for name, value in found.items() if name not in DIFFERING}


@pytest.mark.parametrize(
    "read", ["hosts", "clusters", "manager", "version", "platform", "license_totals", "vm_count"]
)
def test_reads_of_a_vms_are_equal(first: Servers, second: Servers, read: str) -> None:
    values = [plain(getattr(servers.vms(), read)()) for servers in (first, second)]
    assert values[0]
    assert values[1] == values[0]


def test_hosts_have_known_facts_and_no_secrets(second: Servers) -> None:
    hosts = second.vms().hosts()
    assert [(host.arch, host.cpu_sockets, host.status) for host in hosts] == [
        *[("aarch64", 2, "ok")] * 4,
        ("x86_64", 2, "bad"),
    ]
    assert all(host.unknown == {} for host in hosts)
    assert "machine-secret" not in repr(hosts)


def test_a_system_without_hosts_has_none(second: Servers) -> None:
    assert len(second.vms("none").hosts()) == 0


def test_protected_vms_are_equal(first: Servers, second: Servers) -> None:
    assert [servers.vms().srm_protected_vms(*SITES) for servers in (first, second)] == [3, 3]
    assert second.vms().srm_protected_vms("10.0.0.9", "10.0.0.2") == 0


def test_the_link_of_a_vms_is_equal(first: Servers, second: Servers) -> None:
    links = [plain(servers.vms().license_server()) for servers in (first, second)]
    assert links[0]["state"] == "connected"
    assert links[1] == links[0]
    assert links[1]["fetched_at"].startswith("2026-12-06T00:00:0")
    link = second.vms().license_server()
    assert link is not None
    node = second.simulation.node("ls")
    assert (link.client_port, link.console_port) == (node["client_port"], node["port"])


def test_the_link_of_a_system_without_one(second: Servers) -> None:
    link = second.vms("none").license_server()
    assert link is None or link.state in ("none", "never")


@pytest.mark.parametrize("read", ["licenses", "clients"])
def test_reads_of_a_license_server_are_equal(first: Servers, second: Servers, read: str) -> None:
    values = [plain(getattr(servers.licenses(), read)()) for servers in (first, second)]
    assert values[0]
    assert values[1] == values[0]


def test_licenses_have_known_facts(second: Servers) -> None:
    formal, temporary, _containers = second.licenses().licenses()
    assert (formal.expires_at, formal.kind, formal.status) == ("never", "formal", "in_use")
    assert temporary.expires_at == "2027-01-05T00:00:00Z"
    assert formal.assigned == (Share("many", 8),)
    assert formal.unknown == temporary.unknown == {}


def test_assignments_are_equal(first: Servers, second: Servers) -> None:
    values = [plain(servers.licenses().assignments("many")) for servers in (first, second)]
    assert len(values[0]) == 3
    assert values[1] == values[0]
    with pytest.raises(NotFound):
        second.licenses().assignments("unknown")


@pytest.mark.parametrize("node", ["ls", "dr"])
def test_totals_are_equal(first: Servers, second: Servers, node: str) -> None:
    rows = [
        [(row.amount, row.used, row.remaining) for row in servers.licenses(node).statistics()]
        for servers in (first, second)
    ]
    assert rows[0]
    assert rows[1] == rows[0]


def test_display_names_of_totals_are_known(second: Servers) -> None:
    names = {row.name for row in second.licenses().statistics()}
    assert {second.profile.license_names[name][0] for name in names} == {
        "vms_standard",
        "vms_enterprise",
        "container_service",
    }


@pytest.mark.parametrize("node", ["ls", "dr"])
def test_server_information_is_equal(first: Servers, second: Servers, node: str) -> None:
    infos = [servers.licenses(node).server() for servers in (first, second)]
    assert [plain(dataclasses.replace(info, time=None)) for info in infos] == [
        plain(dataclasses.replace(infos[0], time=None))
    ] * 2
    # The local time of UTC+8, in UTC.
    assert str(infos[1].time).startswith("2026-12-06T00:0")
    assert str(infos[1].time).endswith("Z")


@pytest.mark.parametrize("node", ["ls", "dr"])
def test_device_information_is_the_file_under_its_name(second: Servers, node: str) -> None:
    name, content = second.licenses(node).device_info()
    assert (name, content) == (f"{node}.did", base64.b64decode(second.simulation.device(node)))


def test_licenses_of_a_product_node_are_equal(first: Servers, second: Servers) -> None:
    values = [plain(servers.licenses("dr").licenses()) for servers in (first, second)]
    assert values[0][0]["packs"] == [10, 1]
    assert values[1] == values[0]


@pytest.mark.parametrize(("node", "key", "quantity"), [("ls", "KEY-1", 4), ("dr", "KEY-DR", 10)])
def test_a_file_is_installed_and_uninstalled(fresh: Servers, node: str, key: str, quantity: int) -> None:
    content = fresh.simulation.activation_file(node, (key, quantity))
    api = fresh.licenses(node)
    (license_id,) = api.install("许可 A.ak", content).wait(*WAIT)["license_ids"]
    installed = {item.id: item for item in api.licenses()}[license_id]
    assert (installed.quantity, installed.file_name) == (quantity, "许可 A.ak")
    with pytest.raises(BusinessError) as caught:
        api.install("许可 A.ak", content)
    assert (caught.value.error_code, caught.value.license_ids) == ("already_installed", (license_id,))
    assert caught.value.fields["error_code"] == "3110"
    assert caught.value.error_message == "激活文件已安装"
    with pytest.raises(NotFound):
        api.uninstall_file(license_id)
    assert api.uninstall(license_id).wait(*WAIT) == {"license_ids": (license_id,)}
    assert api.uninstall(license_id).wait(*WAIT) == {"license_ids": (license_id,)}
    name, proof = api.uninstall_file(license_id)
    assert (name, bool(proof)) == ("许可 A.uak", True)
    assert {item.id: item.status for item in api.licenses()}[license_id] == "uninstalled"


def test_a_failed_job_has_its_number_and_sentence(fresh: Servers) -> None:
    content = fresh.simulation.activation_file("ls", ("KEY-1", 4))
    with pytest.raises(TaskFailed) as caught:
        fresh.licenses("spare").install("a.ak", content).wait(*WAIT)
    assert (caught.value.error_code, caught.value.error_message) == (
        "device_mismatch",
        "激活文件与本设备不匹配",
    )
    assert caught.value.fields["error_code"] == "3102"


def test_clients_are_written(fresh: Servers) -> None:
    api = fresh.licenses()
    quota = [QuotaRow("vms_standard", "x86_64", 4), QuotaRow("container_service", None, 2)]
    api.create_client("new", "pass: word&", quota)
    made = {client.name: client for client in api.clients()}["new"]
    assert [(row.product, row.arch or "any", row.quantity) for row in made.quota] == [
        ("vms_standard", "x86_64", 4),
        ("container_service", "any", 2),
    ]
    assert made.state == "never"
    with pytest.raises(BusinessError) as caught:
        api.create_client("new", "word")
    assert (caught.value.error_code, caught.value.error_message) == ("client_exists", "客户端已存在")
    api.update_client("new", password="other")
    assert len({client.name: client for client in api.clients()}["new"].quota) == 2
    api.update_client("new", quota=[])
    assert len({client.name: client for client in api.clients()}["new"].quota) == 0
    api.release_client("many")
    assert {client.name: client.state for client in api.clients()}["many"] == "disconnected"
    api.delete_client("new")
    assert "new" not in {client.name for client in api.clients()}


def test_a_system_is_connected_reconnected_and_disconnected(fresh: Servers) -> None:
    password = 'a<b> & "c" 密码'
    fresh.licenses("spare").create_client("none", password)
    node, api = fresh.simulation.node("spare"), fresh.vms("none")

    def request(secret: str) -> ConnectRequest:
        return ConnectRequest("127.0.0.1", node["client_port"], node["port"], "none", secret)

    with pytest.raises(TaskFailed) as caught:
        api.connect_license_server(request("wrong")).wait(*WAIT)
    assert (caught.value.error_code, caught.value.error_message) == (
        "client_credentials_invalid",
        "客户端名称或密码错误",
    )
    api.connect_license_server(request(password)).wait(*WAIT)
    link = api.license_server()
    assert link is not None
    assert (link.server_id, link.client_name, link.state) == ("spare", "none", "connected")
    api.reconnect_license_server().wait(*WAIT)
    api.disconnect_license_server()
    gone = api.license_server()
    assert gone is None or gone.state in ("none", "never")
    with pytest.raises(BusinessError) as refused:
        api.reconnect_license_server()
    assert refused.value.error_code == "2101"


def test_a_pair_sends_its_contract_number(fresh: Servers) -> None:
    fresh.licenses("spare").create_client("many", "word")
    node, api = fresh.simulation.node("spare"), fresh.vms()
    request = ConnectRequest("127.0.0.1", node["client_port"], node["port"], "many", "word")
    with pytest.raises(TaskFailed) as caught:
        api.connect_license_server(request).wait(*WAIT)
    assert caught.value.error_code == "contract_number_missing"
    api.connect_license_server(dataclasses.replace(request, contract_number="SC-1")).wait(*WAIT)
    link = api.license_server()
    assert link is not None
    assert link.contract_number == "SC-1"


def test_a_lapsed_login_is_told_apart(fresh: Servers) -> None:
    fresh.simulation.advance(40)
    with pytest.raises(LoginRefused):
        fresh.vms().hosts()
    fresh.vms().reconnect_license_server().wait(*WAIT)
    assert len(fresh.vms().hosts()) == 5


@pytest.mark.parametrize(("node", "vms"), [("many", True), ("ls", False)])
def test_a_wrong_password_is_sent_once(second: Servers, node: str, vms: bool) -> None:
    second.simulation.control("DELETE", "/requests")
    if vms:
        read: Any = second.vms(node, password="wrong").hosts
    else:
        read = second.licenses(node, password="wrong").licenses
    with pytest.raises(AuthenticationFailed):
        read()
    assert sign_ins(second.simulation, node) == 1


def test_a_session_that_ends_is_opened_again(tmp_path: Any) -> None:
    scenario = {**SCENARIO, "session_requests": 3}
    document = second_profile()
    document["operations"]["list_hosts"]["paging"]["size"] = 1
    document["operations"]["list_licenses"]["paging"] = {
        **document["operations"]["list_licenses"]["paging"],
        "size": 1,
    }
    with running(tmp_path / "state", scenario) as simulation:
        servers = Servers(simulation, load_profile(document))
        assert len(servers.vms().hosts()) == 5
        assert len(servers.licenses().licenses()) == 3
        assert sign_ins(simulation, "many") >= 2


def test_the_end_of_the_work_signs_out_once(second: Servers) -> None:
    second.simulation.control("DELETE", "/requests")
    for api in (second.vms("none"), second.licenses("spare")):
        api.license_server() if isinstance(api, VmsApi) else api.clients()
        api.close()
        api.close()
    logged = second.simulation.control("GET", "/requests").json
    ends = [(row["node"], row["method"], row["status"]) for row in logged if row["auth"]]
    assert ends == [
        ("none", "POST", 200),
        ("none", "POST", 200),
        ("spare", "POST", 200),
        ("spare", "DELETE", 200),
    ]


@pytest.mark.parametrize("size", [1, 2, 5, 6])
def test_pages_of_any_size_are_whole(second: Servers, size: int) -> None:
    document = second_profile()
    for name, item in document["operations"].items():
        if "paging" in item:
            document["operations"][name] = {**item, "paging": {**item["paging"], "size": size}}
    servers = Servers(second.simulation, load_profile(document))
    assert [host.id for host in servers.vms().hosts()] == ["1", "2", "3", "4", "5"]
    assert len(servers.vms().clusters()) == 2
    assert servers.vms().srm_protected_vms(*SITES) == 3
    assert len(servers.licenses().licenses()) == 3
    assert len(servers.licenses().clients()) == 2


def test_many_hosts(fresh: Servers) -> None:
    grown = fresh.simulation.control("POST", "/nodes/many/hosts", {"count": 1200, "arch": "aarch64"})
    assert grown.json == {"hosts": 1205}
    assert len({host.id for host in fresh.vms().hosts()}) == 1205


def test_reads_change_nothing(second: Servers) -> None:
    control = second.simulation.control
    assert control("PUT", "/dry-run", {"on": True}).status == 200
    try:
        vms, server = second.vms(), second.licenses()
        vms.hosts(), vms.version(), vms.license_server(), server.licenses(), server.clients()
        with pytest.raises(BusinessError) as caught:
            server.release_client("many")
        assert caught.value.error_code == "1409"
        refused = control("GET", "/dry-run").json["refused"]
    finally:
        control("PUT", "/dry-run", {"on": False})
    assert refused == [{"node": "ls", "method": "POST", "path": "/lic/v2/tenants/many/detach"}]
