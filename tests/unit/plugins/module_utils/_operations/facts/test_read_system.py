# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A system as facts: all that is known, and all that is not by its reason."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._errors import UsphereError
from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import InvalidRequest
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.facts.read_system import (
    read_system,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.facts.vms import ReadOptions
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import (
    ClusterRecord,
    HostRecord,
    LicenseRecord,
    LicenseTotals,
    ManagerRecord,
    PlatformRecord,
    ServerInfo,
    ServerLink,
    Share,
    VersionRecord,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.model import Profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    AuthenticationFailed,
    BadAnswer,
    BusinessError,
    CertificateError,
    CountUncertain,
    HttpError,
    ListIncomplete,
    LoginRefused,
    NotFound,
    OperationUnsupported,
    Unreachable,
)

SCHEMA = json.loads(
    (Path(__file__).resolve().parents[6] / "plugins/plugin_utils/schemas/host_facts.schema.json").read_text()
)
NOW = 1795507200.0  # 2026-11-24T08:00:00Z
WHERE = {"endpoint": "https://x:1", "method": "GET", "path": "/p"}


def host(number: int, **changes: object) -> HostRecord:
    made = HostRecord(
        id=str(number),
        name=f"cvk{number}",
        arch="x86_64",
        cpu_sockets=2,
        version="E0760P03",
        series="7.0",
        status="ok",
        cluster_id="1",
        added_at="2025-02-01T00:00:00Z",
    )
    return dataclasses.replace(made, **changes)  # type: ignore[arg-type]


def license_(number: int, **changes: object) -> LicenseRecord:
    made = LicenseRecord(
        id=f"LS-{number}",
        product="vms_standard",
        arch="x86_64",
        kind="formal",
        code="3132A0XY",
        quantity=4,
        issued_at="2026-01-10T02:00:00Z",
        installed_at="2026-01-11T02:00:00Z",
        expires_at="never",
        assigned=(Share("hangzhou", 4),),
        device="d",
        status="in_use",
        file_name="a.ak",
        sha256="0" * 64,
        key="****7Q2A",
    )
    return dataclasses.replace(made, **changes)  # type: ignore[arg-type]


LINK = ServerLink(
    address="10.0.0.5",
    client_port=5093,
    console_port=28443,
    client_name="hangzhou",
    contract_number=None,
    state="connected",
    last_contact="2026-11-24T07:59:00Z",
    fetched_at="2026-11-20T01:00:00Z",
    server_id="ls-east",
)


class System:
    """A VMS in memory. An exception in the place of an answer is raised."""

    profile: Profile = load_profile("usphere_7")

    def __init__(self, **answers: object) -> None:
        self.calls: list[str] = []
        self.answers: dict[str, object] = {
            "hosts": (host(1), host(2, status="bad")),
            "clusters": (ClusterRecord("1", "compute", False),),
            "manager": ManagerRecord("x86_64"),
            "version": VersionRecord("E0760P03", "7.0"),
            "platform": PlatformRecord("m", "10.1.0.10", "s", "10.1.0.11"),
            "license_totals": LicenseTotals(4, 4, 500, "enterprise", None, {"ends_at": "absent"}),
            "vm_count": 120,
            "srm_protected_vms": 12,
            "license_server": LINK,
            **answers,
        }

    def _answer(self, name: str) -> Any:
        self.calls.append(name)
        answer = self.answers[name]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def hosts(self) -> Any:
        return self._answer("hosts")

    def clusters(self) -> Any:
        return self._answer("clusters")

    def manager(self) -> Any:
        return self._answer("manager")

    def version(self) -> Any:
        return self._answer("version")

    def platform(self) -> Any:
        return self._answer("platform")

    def license_totals(self) -> Any:
        return self._answer("license_totals")

    def vm_count(self) -> Any:
        return self._answer("vm_count")

    def srm_protected_vms(self, main_site_ip: str, spare_site_ip: str) -> Any:
        return self._answer("srm_protected_vms")

    def license_server(self) -> Any:
        return self._answer("license_server")


class Server:
    """A License Server in memory."""

    def __init__(self, server: object = None, licenses: object = None) -> None:
        self._server = server or ServerInfo("ls-east", "E1209", "2026-11-24T08:00:01Z")
        self._licenses = (license_(1),) if licenses is None else licenses
        self.calls: list[str] = []

    def server(self) -> Any:
        self.calls.append("server")
        if isinstance(self._server, Exception):
            raise self._server
        return self._server

    def licenses(self) -> Any:
        self.calls.append("licenses")
        if isinstance(self._licenses, Exception):
            raise self._licenses
        return self._licenses


def read(system: System | None = None, server: Server | None = None, **options: object) -> dict[str, Any]:
    values: dict[str, Any] = {"now": lambda: NOW, **options}
    return read_system(system or System(), server, ReadOptions(**values))


def reasons(facts: Mapping[str, Any]) -> dict[str, str]:
    return {pointer: entry["reason"] for pointer, entry in facts["unknown"].items()}


def valid(facts: Mapping[str, Any]) -> None:
    """Every known fact is as the schema says, and every one that it requires is known or unknown by name."""
    unknown = facts["unknown"]
    for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(facts):
        place = "".join(f"/{step}" for step in error.absolute_path)
        assert error.validator == "required", f"{place}: {error.message}"
        for name in set(error.validator_value) - set(error.instance):
            pointer = f"{place}/{name}"
            assert any(known == pointer or known.startswith(pointer + "/") for known in unknown), pointer


@pytest.fixture(autouse=True)
def every_error_has_its_sentence(monkeypatch: pytest.MonkeyPatch) -> Any:
    made: list[InvalidRequest] = []
    original = InvalidRequest.__init__

    def remember(self: InvalidRequest, code: str, *rest: Any, **fields: Any) -> None:
        original(self, code, *rest, **fields)
        made.append(self)

    monkeypatch.setattr(InvalidRequest, "__init__", remember)
    yield
    for error in made:
        assert render(error.code, error.fields, "en")
        assert render(error.code, error.fields, "zh")


def test_the_example_of_the_fact_model() -> None:
    facts = read(server=Server(), subject_id="hangzhou", srm_sites=[("10.1.0.10", "10.9.0.10")])
    valid(facts)
    assert facts == {
        "kind": "HostFacts",
        "schema_version": 1,
        "subject": {"kind": "system", "id": "hangzhou"},
        "source": {
            "via": "rest",
            "profile": "usphere_7",
            "certainty": {
                "documented": [
                    *("license_totals", "list_clusters", "list_hosts", "manager"),
                    *("platform", "version", "vm_count"),
                ],
                "assumed": ["license_server_link", "list_licenses", "server"],
            },
            "gathered_at": "2026-11-24T08:00:00Z",
        },
        "version": {"vms": "E0760P03", "series": "7.0"},
        "architecture": "x86_64",
        "hot_standby": {"state": "pair", "master_ip": "10.1.0.10", "slave_ip": "10.1.0.11"},
        "hosts": [
            {
                "id": "1",
                "name": "cvk1",
                "arch": "x86_64",
                "cpu_sockets": 2,
                "version": "E0760P03",
                "status": "ok",
                "container_cluster": False,
                "added_at": "2025-02-01T00:00:00Z",
            },
            {
                "id": "2",
                "name": "cvk2",
                "arch": "x86_64",
                "cpu_sockets": 2,
                "version": "E0760P03",
                "status": "bad",
                "container_cluster": False,
                "added_at": "2025-02-01T00:00:00Z",
            },
        ],
        "vms": {"total": 120},
        "features_wanted": [],
        "features": {
            "container_engine": {"in_use": False, "used": 0},
            "srm": {"in_use": True, "used": 12},
        },
        "license_totals": {"cpu_allowed": 4, "cpu_managed": 4, "vm_allowed": 500, "edition": "enterprise"},
        "license_server": {
            "id": "ls-east",
            "client": "hangzhou",
            "state": "connected",
            "fetched_at": "2026-11-20T01:00:00Z",
            "clock_skew_s": 1,
        },
        "licenses": {
            "complete": True,
            "items": [
                {
                    "id": "LS-1",
                    "product": "vms_standard",
                    "arch": "x86_64",
                    "kind": "formal",
                    "code": "3132A0XY",
                    "quantity": 4,
                    "assigned": 4,
                    "issued_at": "2026-01-10T02:00:00Z",
                    "installed_at": "2026-01-11T02:00:00Z",
                    "expires_at": "never",
                    "status": "in_use",
                    "held_by": "ls-east",
                    "key": "****7Q2A",
                }
            ],
        },
        "unknown": {
            "/features/isc/in_use": {"reason": "absent"},
            "/features/disk_backup_dr/in_use": {"reason": "absent"},
            "/features/heterogeneous_migration/in_use": {"reason": "absent"},
            "/license_totals/ends_at": {"reason": "absent"},
            "/preinstalled/first_run_at": {"reason": "absent"},
        },
    }


def test_one_call_per_kind_of_thing_whatever_the_number_of_hosts() -> None:
    few, many = System(), System(hosts=tuple(host(number) for number in range(1000)))
    server = Server()
    read(few, Server())
    facts = read(many, server)
    assert len(facts["hosts"]) == 1000
    assert few.calls == many.calls
    assert len(many.calls) == len(set(many.calls)) <= 12
    assert server.calls == ["server", "licenses"]


def test_without_a_license_server_the_list_is_not_whole() -> None:
    facts = read()
    valid(facts)
    assert facts["licenses"] == {"complete": False, "items": []}
    assert "clock_skew_s" not in facts["license_server"]


def test_with_documented_reads_only() -> None:
    missing = OperationUnsupported("operation_unsupported", operation="x", profile="cas_e0710")
    facts = read(System(license_server=missing), Server(server=missing, licenses=missing))
    valid(facts)
    assert facts["licenses"] == {"complete": False, "items": []}
    assert reasons(facts)["/license_server"] == "absent"
    assert facts["license_totals"]["cpu_allowed"] == 4


def test_only_what_is_assigned_to_the_system_counts() -> None:
    licenses = (
        license_(1, quantity=10, assigned=(Share("hangzhou", 4), Share("chengdu", 6))),
        license_(2, assigned=(Share("chengdu", 4),)),
        license_(3, assigned=()),
    )
    items = read(server=Server(licenses=licenses))["licenses"]["items"]
    assert [(item["id"], item["quantity"], item["assigned"]) for item in items] == [("LS-1", 10, 4)]


def test_what_a_license_does_not_state_is_unknown_in_its_place() -> None:
    licenses = (
        license_(1, assigned=()),
        license_(2, kind=None, quantity=0, expires_at=None, unknown={"kind": "type", "expires_at": "null"}),
        license_(3, kind="temporary", issued_at=None, arch=None, unknown={"issued_at": "null"}),
        license_(4, product="container_service", arch=None, code=None, key=None),
    )
    facts = read(server=Server(licenses=licenses))
    valid(facts)
    unknown = {pointer: why for pointer, why in reasons(facts).items() if pointer.startswith("/licenses")}
    assert unknown == {
        "/licenses/items/0/kind": "type",
        "/licenses/items/0/quantity": "type",
        "/licenses/items/0/expires_at": "null",
        "/licenses/items/1/issued_at": "null",
        "/licenses/items/1/arch": "absent",
    }
    items = facts["licenses"]["items"]
    assert "kind" not in items[0]
    assert items[2]["arch"] == "any"
    assert "code" not in items[2]


AWAY = Unreachable("unreachable_refused", endpoint="https://x:1")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (AWAY, "unreachable"),
        (HttpError("http_status", status=503, **WHERE), "unreachable"),
        (HttpError("http_status", status=403, **WHERE), "gather_error"),
        (BadAnswer("answer_html", **WHERE), "gather_error"),
        (NotFound("not_found", server_message="x", **WHERE), "gather_error"),
    ],
)
@pytest.mark.parametrize("where", ["server", "licenses"])
def test_a_license_server_that_does_not_answer_leaves_the_rest(
    fault: Exception, reason: str, where: str
) -> None:
    noted: list[UsphereError] = []
    server = Server(**{where: fault})  # type: ignore[arg-type]
    facts = read(server=server, note=noted.append)
    valid(facts)
    assert reasons(facts)["/licenses"] == reason
    assert "licenses" not in facts
    assert len(facts["hosts"]) == 2
    assert noted == [fault]


@pytest.mark.parametrize(
    "fault",
    [
        AuthenticationFailed("authentication_failed_oauth2", endpoint="x", username="u"),
        CertificateError("certificate_untrusted", endpoint="x", reason="expired"),
    ],
)
def test_credentials_that_a_license_server_does_not_take_fail(fault: Exception) -> None:
    with pytest.raises(type(fault)):
        read(server=Server(server=fault))


REFUSED = AuthenticationFailed("authentication_failed", endpoint="x", username="u")


@pytest.mark.parametrize("fault", [AWAY, BadAnswer("answer_html", **WHERE), REFUSED])
def test_a_vms_that_does_not_give_its_hosts_fails(fault: Exception) -> None:
    system = System(hosts=fault)
    with pytest.raises(type(fault)):
        read(system, Server())
    assert system.calls == ["hosts"]


@pytest.mark.parametrize("fault", [AWAY, BadAnswer("answer_html", **WHERE), REFUSED])
def test_facts_without_any_content_are_none(fault: Exception) -> None:
    missing = OperationUnsupported("operation_unsupported", operation="list_hosts", profile="site")
    with pytest.raises(type(fault)):
        read(System(hosts=missing, clusters=fault), Server())


@pytest.mark.parametrize(
    ("call", "pointer"),
    [
        ("version", "/version"),
        ("manager", "/architecture"),
        ("platform", "/hot_standby"),
        ("vm_count", "/vms/total"),
        ("license_totals", "/license_totals"),
        ("license_server", "/license_server"),
        ("clusters", "/features/container_engine/in_use"),
        ("srm_protected_vms", "/features/srm/in_use"),
    ],
)
@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (AWAY, "unreachable"),
        (HttpError("http_status", status=503, **WHERE), "unreachable"),
        (HttpError("http_status", status=403, **WHERE), "gather_error"),
        (BadAnswer("answer_shape", expected="cluster", got="data", **WHERE), "gather_error"),
        (ListIncomplete("answer_incomplete", 1, got=1, total=2, **WHERE), "gather_error"),
        (REFUSED, "gather_error"),
        (CertificateError("certificate_untrusted", endpoint="x", reason="expired"), "gather_error"),
    ],
    ids=["away", "503", "403", "shape", "incomplete", "credentials", "certificate"],
)
def test_a_part_that_is_not_read_leaves_the_rest(
    call: str, pointer: str, fault: Exception, reason: str
) -> None:
    noted: list[UsphereError] = []
    facts = read(System(**{call: fault}), Server(), note=noted.append, srm_sites=[("a", "b")])
    valid(facts)
    assert reasons(facts)[pointer] == reason
    assert noted == [fault]
    assert len(facts["hosts"]) == 2
    steps = pointer.split("/")[1:]
    place: Any = facts
    for step in steps[:-1]:
        place = place.get(step, {})
    assert steps[-1] not in place


def test_hosts_that_may_be_more_are_unknown() -> None:
    noted: list[UsphereError] = []
    fault = ListIncomplete("answer_shape", 2, expected="every row once", got="2 twice", **WHERE)
    facts = read(System(hosts=fault), Server(), note=noted.append)
    valid(facts)
    assert "hosts" not in facts
    assert reasons(facts)["/hosts"] == "gather_error"
    assert reasons(facts)["/features/container_engine/in_use"] == "gather_error"
    assert noted == [fault]


def test_protected_machines_that_cannot_be_told_apart_are_some() -> None:
    noted: list[UsphereError] = []
    fault = CountUncertain("protected_vms_uncertain", 3, 4, endpoint="x", names=["a"])
    facts = read(System(srm_protected_vms=fault), Server(), note=noted.append, srm_sites=[("a", "b")])
    valid(facts)
    assert facts["features"]["srm"] == {"in_use": True}
    assert reasons(facts)["/features/srm/used"] == "type"
    assert noted == [fault]
    stated = read(
        System(srm_protected_vms=fault), srm_sites=[("a", "b")], site={"features": {"srm": {"used": 3}}}
    )
    assert stated["features"]["srm"] == {"in_use": True, "used": 3}
    assert "/features/srm/used" not in reasons(stated)


@pytest.mark.parametrize("call", ["version", "vm_count", "license_server"])
def test_a_refused_login_is_the_one_thing_known(call: str) -> None:
    refused = LoginRefused("login_refused", "R20", endpoint="x", server_message="lapsed")
    server = Server()
    facts = read(System(**{call: refused}), server)
    valid(facts)
    assert facts["login"] == {"state": "refused"}
    assert {name for name in facts if name not in ("unknown", "features_wanted")} == {
        "kind",
        "schema_version",
        "subject",
        "source",
        "login",
    }
    unknown = reasons(facts)
    assert unknown.pop("/preinstalled/first_run_at") == "absent"
    assert set(unknown.values()) == {"login_refused"}
    for pointer in ("/hosts", "/version", "/licenses", "/license_totals", "/features/srm/in_use"):
        assert pointer in unknown
    assert server.calls == []


@pytest.mark.parametrize(
    ("call", "pointer"),
    [
        ("version", "/version"),
        ("manager", "/architecture"),
        ("platform", "/hot_standby"),
        ("hosts", "/hosts"),
        ("vm_count", "/vms/total"),
        ("license_totals", "/license_totals"),
        ("license_server", "/license_server"),
        ("clusters", "/features/container_engine/in_use"),
    ],
)
@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (NotFound("not_found", server_message="x", **WHERE), "absent"),
        (BusinessError("business_error", error_code="1", **WHERE), "gather_error"),
    ],
)
def test_a_call_that_vms_does_not_offer_leaves_one_fact_unknown(
    call: str, pointer: str, fault: Exception, reason: str
) -> None:
    if call == "hosts" and isinstance(fault, NotFound):
        # Who does not know its hosts is no VMS at all.
        with pytest.raises(NotFound):
            read(System(hosts=fault), Server())
        return
    facts = read(System(**{call: fault}), Server())
    valid(facts)
    assert reasons(facts)[pointer] == reason


def test_records_with_gaps() -> None:
    system = System(
        version=VersionRecord(None, None, unknown={"release": "type", "series": "absent"}),
        manager=ManagerRecord(None, {"arch": "type"}),
        hosts=(
            host(1),
            host(2, arch=None, cpu_sockets=None, unknown={"arch": "type", "cpu_sockets": "null"}),
        ),
        vm_count=None,
        license_totals=LicenseTotals(-1, None, 500, None, None, {"cpu_managed": "null", "edition": "type"}),
        license_server=dataclasses.replace(LINK, fetched_at=None, state=None, unknown={"state": "type"}),
    )
    facts = read(system, Server())
    valid(facts)
    unknown = reasons(facts)
    expected = {
        "/version/vms": "type",
        "/version/series": "absent",
        "/architecture": "type",
        "/hosts/1/arch": "type",
        "/hosts/1/cpu_sockets": "null",
        "/vms/total": "absent",
        "/license_totals/cpu_allowed": "type",
        "/license_totals/cpu_managed": "null",
        "/license_totals/edition": "type",
        "/license_totals/ends_at": "absent",
        "/license_server/state": "type",
        "/license_server/fetched_at": "absent",
    }
    assert {pointer: unknown.get(pointer) for pointer in expected} == expected
    assert facts["hosts"][1] == {
        "id": "2",
        "name": "cvk2",
        "version": "E0760P03",
        "status": "ok",
        "container_cluster": False,
        "added_at": "2025-02-01T00:00:00Z",
    }


def test_a_single_manager_is_none_not_unknown() -> None:
    facts = read(System(platform=PlatformRecord("m", "10.1.0.10", None, None)), Server())
    assert facts["hot_standby"] == {"state": "none"}


NO_SOCKETS: dict[str, object] = {"cpu_sockets": None, "unknown": {"cpu_sockets": "type"}}


def containers(*flags: bool | None) -> tuple[ClusterRecord, ...]:
    return tuple(ClusterRecord(str(number), None, flag) for number, flag in enumerate(flags, 1))


@pytest.mark.parametrize(
    ("clusters", "hosts", "expected"),
    [
        (containers(False, True), (host(1), host(2, cluster_id="2")), {"in_use": True, "used": 2}),
        (containers(False, True), (host(1),), {"in_use": True, "used": 0}),
        (containers(), (host(1, cluster_id=None),), {"in_use": False, "used": 0}),
        (containers(True), (host(1, **NO_SOCKETS),), {"in_use": True}),
        (containers(True, None), (host(1), host(2, cluster_id="2")), {"in_use": True}),
        (containers(True), (host(1), host(2, cluster_id="9")), {"in_use": True}),
        (containers(False), (host(1), host(2, **NO_SOCKETS)), {"in_use": False, "used": 0}),
        (containers(None), (host(1),), None),
        (containers(False), (host(1), host(2, cluster_id="9")), None),
        (containers(), (host(1),), None),
        (containers(), (host(1, cluster_id=None, unknown={"cluster_id": "type"}),), None),
    ],
)
def test_the_container_engine(
    clusters: tuple[ClusterRecord, ...], hosts: tuple[HostRecord, ...], expected: dict[str, object] | None
) -> None:
    facts = read(System(clusters=clusters, hosts=hosts), Server())
    valid(facts)
    found = facts.get("features", {}).get("container_engine")
    assert found == expected
    unknown = reasons(facts)
    assert ("/features/container_engine/in_use" in unknown) == (expected is None)
    if expected is not None:
        assert ("/features/container_engine/used" in unknown) == ("used" not in expected)


def test_a_host_whose_cluster_nobody_lists_is_unknown() -> None:
    facts = read(System(hosts=(host(1, cluster_id="9"),)), Server())
    assert "container_cluster" not in facts["hosts"][0]
    assert reasons(facts)["/hosts/0/container_cluster"] == "absent"


def test_srm_is_asked_for_only_with_its_sites() -> None:
    system = System()
    facts = read(system, Server())
    assert "srm_protected_vms" not in system.calls
    assert reasons(facts)["/features/srm/in_use"] == "absent"
    again = System(srm_protected_vms=0)
    sites = [("a", "b"), ("a", "b"), ("c", "d")]
    assert read(again, Server(), srm_sites=sites)["features"]["srm"] == {"in_use": False, "used": 0}
    assert again.calls.count("srm_protected_vms") == 2


@pytest.mark.parametrize(
    ("allowed", "complete"), [(0, True), (4, False), (None, False)], ids=["none", "some", "unknown"]
)
def test_without_a_link_nothing_is_assigned(allowed: int | None, complete: bool) -> None:
    totals = LicenseTotals(allowed, 4, 500, None, None)
    server = Server()
    facts = read(System(license_server=None, license_totals=totals), server)
    valid(facts)
    assert facts["license_server"] == {"state": "none"}
    assert facts["licenses"] == {"complete": complete, "items": []}
    assert server.calls == ["server"]


def test_sockets_that_no_license_explains_make_the_list_incomplete() -> None:
    only_srm = (license_(1, product="srm"),)
    assert read(server=Server(licenses=only_srm))["licenses"]["complete"] is False
    assert read(server=Server(licenses=()))["licenses"]["complete"] is False
    none_allowed = System(license_totals=LicenseTotals(0, 4, 500, None, None))
    assert read(none_allowed, Server(licenses=()))["licenses"]["complete"] is True


def test_another_server_than_the_systems_own_is_an_error() -> None:
    with pytest.raises(InvalidRequest) as caught:
        read(server=Server(server=ServerInfo("ls-west", None, None)))
    assert caught.value.fields == {"connected": "ls-east", "given": "ls-west"}


def test_the_standby_of_the_systems_server_will_do() -> None:
    facts = read(server=Server(server=ServerInfo("ls-east-2", None, None, peer="ls-east")))
    assert facts["licenses"]["complete"] is True
    assert reasons(facts)["/license_server/clock_skew_s"] == "absent"


def test_the_license_servers_clock_may_stamp() -> None:
    away_by_a_year = Server(server=ServerInfo("ls-east", None, "2027-11-24T08:00:00Z"))
    facts = read(server=away_by_a_year, clock="license_server")
    assert facts["source"]["gathered_at"] == "2027-11-24T08:00:00Z"
    assert facts["license_server"]["clock_skew_s"] == 0


def test_the_license_servers_clock_stamps_a_refused_login_too() -> None:
    refused = LoginRefused("login_refused", "R20", endpoint="x", server_message="lapsed")
    server = Server(server=ServerInfo("ls-east", None, "2027-11-24T08:00:00Z"))
    facts = read(System(version=refused), server, clock="license_server")
    assert facts["source"]["gathered_at"] == "2027-11-24T08:00:00Z"


def test_without_that_clock_the_instant_is_unknown() -> None:
    facts = read(server=Server(server=AWAY), clock="license_server")
    assert "gathered_at" not in facts["source"]
    assert reasons(facts)["/source/gathered_at"] == "unreachable"
    with pytest.raises(InvalidRequest):
        read(clock="license_server")


def test_a_site_fills_in_what_no_interface_says() -> None:
    site = {
        "features": {"isc": {"in_use": True}, "heterogeneous_migration": {"in_use": False}},
        "features_wanted": ["srm", "isc"],
        "preinstalled": {"first_run_at": "2026-06-01"},
        "vms": None,
    }
    facts = read(server=Server(), site=site)
    valid(facts)
    assert facts["features"]["isc"] == {"in_use": True}
    assert facts["features"]["heterogeneous_migration"] == {"in_use": False}
    assert facts["features_wanted"] == ["isc", "srm"]
    assert facts["preinstalled"] == {"first_run_at": "2026-06-01T00:00:00Z"}
    unknown = reasons(facts)
    assert "/features/isc/in_use" not in unknown
    assert unknown["/features/isc/used"] == "absent"
    assert "/features/heterogeneous_migration/used" not in unknown
    assert "/preinstalled/first_run_at" not in unknown


def test_a_site_may_say_what_was_read() -> None:
    facts = read(server=Server(), site={"architecture": "x86_64", "vms": {"total": 120}})
    assert facts["architecture"] == "x86_64"


def test_a_site_may_fill_in_part_of_what_is_unknown() -> None:
    missing = NotFound("not_found", server_message="x", **WHERE)
    facts = read(System(version=missing), Server(), site={"version": {"vms": "E0710"}})
    valid(facts)
    assert facts["version"] == {"vms": "E0710"}
    assert reasons(facts)["/version/series"] == "absent"
    assert "/version" not in reasons(facts)


def statement(pointer: str, value: object) -> dict[str, object]:
    steps = pointer.split("/")[1:]
    tree: Any = value
    for step in reversed(steps):
        tree = {step: tree}
    return dict(tree)


@pytest.mark.parametrize(
    ("pointer", "value", "code"),
    [
        ("/architecture", "aarch64", "site_contradicts"),
        ("/vms/total", 7, "site_contradicts"),
        ("/features/container_engine/in_use", True, "site_contradicts"),
        ("/hot_standby/state", "none", "site_contradicts"),
        ("/hosts", [], "site_not_a_statement"),
        ("/licenses/complete", True, "site_not_a_statement"),
        ("/unknown/x", "absent", "site_not_a_statement"),
        ("/features/isc/licensed", True, "site_not_a_statement"),
        ("/features/teleport/in_use", True, "site_not_a_statement"),
        ("/features/isc/in_use", "no", "site_wrong_type"),
        ("/features/isc/used", -1, "site_wrong_type"),
        ("/features/isc/used", True, "site_wrong_type"),
        ("/features_wanted", ["teleport"], "site_wrong_type"),
        ("/features_wanted", ["srm", "srm"], "site_wrong_type"),
        ("/features_wanted", "srm", "site_wrong_type"),
        ("/preinstalled/first_run_at", "never", "site_wrong_type"),
        ("/preinstalled/edition", "gold", "site_wrong_type"),
    ],
)
def test_what_a_site_cannot_say(pointer: str, value: object, code: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        read(server=Server(), site=statement(pointer, value))
    assert caught.value.code == code
    assert caught.value.fields["pointer"] == pointer
