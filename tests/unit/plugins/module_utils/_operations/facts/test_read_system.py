# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a system as facts: everything known, and every unknown fact with its reason."""

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
    """A VMS in memory. An exception in the place of a value is raised."""

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
    """Assert that known facts match the schema and required facts are known or listed as unknown."""
    unknown = facts["unknown"]
    for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(facts):
        place = "".join(f"/{step}" for step in error.absolute_path)
        assert error.validator == "required", f"{place}: {error.message}"
        for name in set(error.validator_value) - set(error.instance):
            pointer = f"{place}/{name}"
            assert any(known == pointer or known.startswith(pointer + "/") for known in unknown), pointer


@pytest.fixture(autouse=True)
def every_error_has_a_message(monkeypatch: pytest.MonkeyPatch) -> Any:
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


def test_the_number_of_calls_does_not_depend_on_the_number_of_hosts() -> None:
    few, many = System(), System(hosts=tuple(host(number) for number in range(1000)))
    server = Server()
    read(few, Server())
    facts = read(many, server)
    assert len(facts["hosts"]) == 1000
    assert few.calls == many.calls
    assert len(many.calls) == len(set(many.calls)) <= 12
    assert server.calls == ["server", "licenses"]


def test_without_a_license_server_the_license_list_is_incomplete() -> None:
    facts = read()
    valid(facts)
    assert facts["licenses"] == {"complete": False, "items": []}
    assert "clock_skew_s" not in facts["license_server"]


def test_facts_with_documented_reads_only() -> None:
    missing = OperationUnsupported("operation_unsupported", operation="x", profile="cas_e0710")
    facts = read(System(license_server=missing), Server(server=missing, licenses=missing))
    valid(facts)
    assert facts["licenses"] == {"complete": False, "items": []}
    assert reasons(facts)["/license_server"] == "absent"
    assert facts["license_totals"]["cpu_allowed"] == 4


def test_only_licenses_assigned_to_the_system_count() -> None:
    licenses = (
        license_(1, quantity=10, assigned=(Share("hangzhou", 4), Share("chengdu", 6))),
        license_(2, assigned=(Share("chengdu", 4),)),
        license_(3, assigned=()),
    )
    items = read(server=Server(licenses=licenses))["licenses"]["items"]
    assert [(item["id"], item["quantity"], item["assigned"]) for item in items] == [("LS-1", 10, 4)]


def test_missing_license_values_are_unknown_at_their_own_pointer() -> None:
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
    ("error", "reason"),
    [
        (AWAY, "unreachable"),
        (HttpError("http_status", status=503, **WHERE), "unreachable"),
        (HttpError("http_status", status=403, **WHERE), "gather_error"),
        (BadAnswer("answer_html", **WHERE), "gather_error"),
        (NotFound("not_found", server_message="x", **WHERE), "gather_error"),
    ],
)
@pytest.mark.parametrize("where", ["server", "licenses"])
def test_an_unreachable_license_server_leaves_the_other_facts(
    error: Exception, reason: str, where: str
) -> None:
    noted: list[UsphereError] = []
    server = Server(**{where: error})  # type: ignore[arg-type]
    facts = read(server=server, note=noted.append)
    valid(facts)
    assert reasons(facts)["/licenses"] == reason
    assert "licenses" not in facts
    assert len(facts["hosts"]) == 2
    assert noted == [error]


@pytest.mark.parametrize(
    "error",
    [
        AuthenticationFailed("authentication_failed_oauth2", endpoint="x", username="u"),
        CertificateError("certificate_untrusted", endpoint="x", reason="expired"),
    ],
)
def test_credentials_that_a_license_server_refuses_are_an_error(error: Exception) -> None:
    with pytest.raises(type(error)):
        read(server=Server(server=error))


REFUSED = AuthenticationFailed("authentication_failed", endpoint="x", username="u")


@pytest.mark.parametrize("error", [AWAY, BadAnswer("answer_html", **WHERE), REFUSED])
def test_a_vms_without_readable_hosts_is_an_error(error: Exception) -> None:
    system = System(hosts=error)
    with pytest.raises(type(error)):
        read(system, Server())
    assert system.calls == ["hosts"]


@pytest.mark.parametrize("error", [AWAY, BadAnswer("answer_html", **WHERE), REFUSED])
def test_reading_fails_if_no_fact_is_known(error: Exception) -> None:
    missing = OperationUnsupported("operation_unsupported", operation="list_hosts", profile="site")
    with pytest.raises(type(error)):
        read(System(hosts=missing, clusters=error), Server())


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
    ("error", "reason"),
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
def test_an_unread_part_leaves_the_other_facts(
    call: str, pointer: str, error: Exception, reason: str
) -> None:
    noted: list[UsphereError] = []
    facts = read(System(**{call: error}), Server(), note=noted.append, srm_sites=[("a", "b")])
    valid(facts)
    assert reasons(facts)[pointer] == reason
    assert noted == [error]
    assert len(facts["hosts"]) == 2
    steps = pointer.split("/")[1:]
    place: Any = facts
    for step in steps[:-1]:
        place = place.get(step, {})
    assert steps[-1] not in place


def test_an_incomplete_host_list_is_unknown() -> None:
    noted: list[UsphereError] = []
    error = ListIncomplete("answer_shape", 2, expected="every row once", got="2 twice", **WHERE)
    facts = read(System(hosts=error), Server(), note=noted.append)
    valid(facts)
    assert "hosts" not in facts
    assert reasons(facts)["/hosts"] == "gather_error"
    assert reasons(facts)["/features/container_engine/in_use"] == "gather_error"
    assert noted == [error]


def test_protected_machines_that_cannot_be_distinguished_are_an_interval() -> None:
    noted: list[UsphereError] = []
    error = CountUncertain("protected_vms_uncertain", 3, 4, endpoint="x", names=["a"])
    facts = read(System(srm_protected_vms=error), Server(), note=noted.append, srm_sites=[("a", "b")])
    valid(facts)
    assert facts["features"]["srm"] == {"in_use": True}
    assert reasons(facts)["/features/srm/used"] == "type"
    assert noted == [error]
    stated = read(
        System(srm_protected_vms=error), srm_sites=[("a", "b")], site={"features": {"srm": {"used": 3}}}
    )
    assert stated["features"]["srm"] == {"in_use": True, "used": 3}
    assert "/features/srm/used" not in reasons(stated)


@pytest.mark.parametrize("call", ["version", "vm_count", "license_server"])
def test_a_refused_login_is_the_only_known_fact(call: str) -> None:
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
    ("error", "reason"),
    [
        (NotFound("not_found", server_message="x", **WHERE), "absent"),
        (BusinessError("business_error", error_code="1", **WHERE), "gather_error"),
    ],
)
def test_a_call_that_vms_does_not_offer_leaves_one_fact_unknown(
    call: str, pointer: str, error: Exception, reason: str
) -> None:
    if call == "hosts" and isinstance(error, NotFound):
        # A server without a host list is not a VMS.
        with pytest.raises(NotFound):
            read(System(hosts=error), Server())
        return
    facts = read(System(**{call: error}), Server())
    valid(facts)
    assert reasons(facts)[pointer] == reason


def test_records_with_missing_values() -> None:
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


def test_a_single_manager_is_a_known_fact() -> None:
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
def test_the_container_engine_is_read_from_clusters(
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


def test_a_host_of_an_unlisted_cluster_is_unknown() -> None:
    facts = read(System(hosts=(host(1, cluster_id="9"),)), Server())
    assert "container_cluster" not in facts["hosts"][0]
    assert reasons(facts)["/hosts/0/container_cluster"] == "absent"


def test_srm_is_read_only_with_its_sites() -> None:
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
def test_without_a_link_no_license_is_assigned(allowed: int | None, complete: bool) -> None:
    totals = LicenseTotals(allowed, 4, 500, None, None)
    server = Server()
    facts = read(System(license_server=None, license_totals=totals), server)
    valid(facts)
    assert facts["license_server"] == {"state": "none"}
    assert facts["licenses"] == {"complete": complete, "items": []}
    assert server.calls == ["server"]


def test_sockets_beyond_the_listed_licenses_make_the_list_incomplete() -> None:
    only_srm = (license_(1, product="srm"),)
    assert read(server=Server(licenses=only_srm))["licenses"]["complete"] is False
    assert read(server=Server(licenses=()))["licenses"]["complete"] is False
    none_allowed = System(license_totals=LicenseTotals(0, 4, 500, None, None))
    assert read(none_allowed, Server(licenses=()))["licenses"]["complete"] is True


def test_another_server_than_the_systems_own_is_an_error() -> None:
    with pytest.raises(InvalidRequest) as caught:
        read(server=Server(server=ServerInfo("ls-west", None, None)))
    assert caught.value.fields == {"connected": "ls-east", "given": "ls-west"}


def test_the_standby_of_the_systems_server_is_accepted() -> None:
    facts = read(server=Server(server=ServerInfo("ls-east-2", None, None, peer="ls-east")))
    assert facts["licenses"]["complete"] is True
    assert reasons(facts)["/license_server/clock_skew_s"] == "absent"


def test_the_license_servers_clock_can_set_the_time_of_the_facts() -> None:
    away_by_a_year = Server(server=ServerInfo("ls-east", None, "2027-11-24T08:00:00Z"))
    facts = read(server=away_by_a_year, clock="license_server")
    assert facts["source"]["gathered_at"] == "2027-11-24T08:00:00Z"
    assert facts["license_server"]["clock_skew_s"] == 0


def test_the_license_servers_clock_also_sets_the_time_of_a_refused_login() -> None:
    refused = LoginRefused("login_refused", "R20", endpoint="x", server_message="lapsed")
    server = Server(server=ServerInfo("ls-east", None, "2027-11-24T08:00:00Z"))
    facts = read(System(version=refused), server, clock="license_server")
    assert facts["source"]["gathered_at"] == "2027-11-24T08:00:00Z"


def test_without_that_clock_the_time_is_unknown() -> None:
    facts = read(server=Server(server=AWAY), clock="license_server")
    assert "gathered_at" not in facts["source"]
    assert reasons(facts)["/source/gathered_at"] == "unreachable"
    with pytest.raises(InvalidRequest):
        read(clock="license_server")


def test_a_site_declares_facts_that_no_interface_reports() -> None:
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


def test_a_site_may_declare_the_same_value_as_was_read() -> None:
    facts = read(server=Server(), site={"architecture": "x86_64", "vms": {"total": 120}})
    assert facts["architecture"] == "x86_64"


def test_a_site_may_declare_a_part_of_the_unknown_facts() -> None:
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
def test_invalid_site_declarations_are_errors(pointer: str, value: object, code: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        read(server=Server(), site=statement(pointer, value))
    assert caught.value.code == code
    assert caught.value.fields["pointer"] == pointer
