# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Survey many systems: the facts of vms_facts, the machines, and shared License Servers read once."""

from __future__ import annotations

import threading
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.facts import (
    survey as survey_module,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.facts.read_system import (
    read_system,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.facts.survey import (
    SharedServer,
    SharedServers,
    Surveyor,
    survey_system,
    unread_facts,
    usable_address,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.facts.vms import ReadOptions
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.lists import Listed
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import (
    ClusterRecord,
    HostRecord,
    LicenseTotals,
    PlatformRecord,
    ServerInfo,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    AuthenticationFailed,
    LoginRefused,
    OperationUnsupported,
    Unreachable,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.open_clients import opened

from .....fakes.system import System

Place = namedtuple("Place", "endpoint")
OPTIONS = ReadOptions(subject_id="hangzhou", now=lambda: 1_795_507_200.0)


def host(number: int, ip: str | None, cluster_id: str | None = "1") -> HostRecord:
    return HostRecord(
        str(number), f"cvk{number}", "x86_64", 2, "E0760P03", "7.0", "ok", cluster_id, None,
        {"added_at": "absent", **({} if ip else {"ip": "absent"})}, ip,
    )  # fmt: skip


def vms(**answers: object) -> System:
    """A VMS with two clusters and three hosts, of which one reports a usable address."""
    return System(
        **{
            "hosts": (host(1, "10.1.1.1"), host(2, "127.0.0.1", "2"), host(3, None, None)),
            "clusters": (ClusterRecord("1", "compute", False), ClusterRecord("2", None, True)),
            "platform": PlatformRecord("m", "10.1.0.10", None, None),
            "license_totals": LicenseTotals(4, 4, 500, "standard", None, {"ends_at": "absent"}),
            "license_server": None,
            **answers,
        }
    )


def test_the_facts_equal_those_of_vms_facts_with_the_same_calls() -> None:
    surveyed, read = vms(), vms()
    survey = survey_system(surveyed, None, OPTIONS)
    assert survey.facts == read_system(read, None, OPTIONS)
    assert surveyed.calls == read.calls


def test_a_machine_has_its_address_and_its_clusters_name() -> None:
    one, two, three = survey_system(vms(), None, OPTIONS).nodes
    assert (one["id"], one["name"], one["ip"], one["cluster"]) == ("1", "cvk1", "10.1.1.1", "compute")
    assert "ip" not in two
    assert "cluster" not in two
    assert two["container_cluster"] is True
    assert not {"ip", "cluster"} & {*three}


def test_an_address_is_not_a_fact() -> None:
    facts = survey_system(vms(), None, OPTIONS).facts
    assert not any("ip" in row for row in facts["hosts"])
    assert not any(pointer.endswith("/ip") for pointer in facts["unknown"])


@pytest.mark.parametrize(
    "answers",
    [
        {"hosts": OperationUnsupported("operation_unsupported", profile="p", operation="list_hosts")},
        {"hosts": LoginRefused("login_refused", "R20", endpoint="e", server_message="m")},
    ],
)
def test_unread_hosts_give_no_machines(answers: dict[str, object]) -> None:
    survey = survey_system(vms(**answers), None, OPTIONS)
    assert survey.nodes == ()
    assert "/hosts" in survey.facts["unknown"]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("10.1.1.1", "10.1.1.1"),
        ("FD00::0001", "fd00::1"),
        ("127.0.0.1", None),
        ("127.9.9.9", None),
        ("::1", None),
        ("::ffff:127.0.0.1", None),
        ("0.0.0.0", None),  # noqa: S104  the test refuses this address; it does not bind to it
        ("::", None),
        ("224.0.0.1", None),
        ("10.1.1.1 -oProxyCommand=id", None),
        ("evil.example", None),
        ("{{ 1 }}", None),
        ("010.1.1.1", None),
        ("", None),
        (None, None),
    ],
)
def test_only_addresses_that_another_machine_can_have_are_listed(
    text: str | None, address: str | None
) -> None:
    assert usable_address(text) == address


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Unreachable("unreachable_refused", endpoint="e"), "unreachable"),
        (AuthenticationFailed("authentication_failed", endpoint="e", username="u"), "gather_error"),
        (ValueError(), "gather_error"),
        (None, "gather_error"),
    ],
)
def test_a_system_that_was_not_read_is_unknown(error: Exception | None, reason: str) -> None:
    facts = unread_facts("hangzhou", error)
    assert facts["subject"] == {"kind": "system", "id": "hangzhou"}
    assert facts["unknown"] == {"": {"reason": reason}}


class Server:
    """A License Server in memory that counts its calls and detects parallel calls."""

    def __init__(self, error: Exception | None = None) -> None:
        self.calls: list[str] = []
        self._error = error
        self._busy = threading.Lock()

    def server(self) -> ServerInfo:
        return self._answer("server", ServerInfo("ls-east", "E1209", None))  # type: ignore[no-any-return]

    def license_list(self) -> Any:
        return self._answer("licenses", Listed(()))

    def _answer(self, call: str, answer: Any) -> Any:
        assert self._busy.acquire(blocking=False), "two at once"
        try:
            self.calls.append(call)
            if self._error is not None:
                raise self._error
            return answer
        finally:
            self._busy.release()


def test_a_shared_server_lists_its_licenses_once_and_its_time_for_each_system() -> None:
    server = Server()
    servers = SharedServers()

    def read_once(_number: int) -> None:
        shared = servers.get("key", lambda: server)
        assert shared.server().id == "ls-east"
        assert shared.license_list().rows == ()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(read_once, range(40)))
    assert sorted(server.calls) == ["licenses", *["server"] * 40]


def test_another_key_is_another_server() -> None:
    servers = SharedServers()
    assert servers.get("a", Server) is servers.get("a", Server)
    assert servers.get("a", Server) is not servers.get("b", Server)


def test_a_wrong_password_is_not_tried_again() -> None:
    server = Server(AuthenticationFailed("authentication_failed_oauth2", endpoint="e", username="u"))
    shared = SharedServer(server)
    for _time in range(3):
        with pytest.raises(AuthenticationFailed):
            shared.server()
        with pytest.raises(AuthenticationFailed):
            shared.license_list()
    assert server.calls == ["server", "licenses"]


def test_each_system_is_closed_after_its_read_and_a_shared_server_at_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log: list[str] = []

    class Client:
        def __init__(self, name: str) -> None:
            self.close = lambda: log.append("close " + name)

    def read(_vms: Client, _server: object, _options: object, _nodes: object) -> str:
        log.append("read")
        return "a survey"

    monkeypatch.setattr(survey_module, "vms_api", lambda params, budget: opened(Client(params["host"])))
    monkeypatch.setattr(survey_module, "license_server_api", lambda server, params: opened(Client("server")))
    monkeypatch.setattr(survey_module, "product_nodes", lambda params, budget: [])
    monkeypatch.setattr(survey_module, "read_options", lambda params, name, note: None)
    monkeypatch.setattr(
        survey_module,
        "connection",
        lambda server, *_port: Place(server["host"]),
    )
    monkeypatch.setattr(survey_module, "survey_system", read)
    with Surveyor() as surveyor:
        for host_name in ("a", "b"):
            server = {"host": "ls"}
            params = {"host": host_name, "license_server": server, "gather_timeout": 9.0}
            params["profile"] = "usphere_7"
            surveyor.read(params, host_name, log.append)  # type: ignore[arg-type]
        assert log == ["read", "close a", "read", "close b"]
    assert log[-1] == "close server"
    assert log.count("close server") == 1
