# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of a system that are not read: the other facts stay, each unknown fact has its reason."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._errors import UsphereError
from ansible_collections.unicloud.usphere.plugins.module_utils._facts import Reason
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import (
    LicenseTotals,
    ManagerRecord,
    VersionRecord,
)
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
    ProfileError,
)

from .....fakes.system import AWAY, LINK, WHERE, Server, System, host, license_, read, reasons, valid


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


@pytest.mark.parametrize("call", ["hosts", "clusters", "version", "license_totals"])
def test_a_login_that_cannot_be_built_is_an_error(call: str) -> None:
    error: Any = ProfileError("login_unsupported", field="password")
    with pytest.raises(ProfileError):
        read(System(**{call: error}), Server())


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


def test_a_value_that_cannot_be_read_is_listed_with_its_reason() -> None:
    seconds = Reason("value", "1893456000")
    facts = read(
        System(
            hosts=(host(1, arch=None, unknown={"arch": Reason("value", "18")}), host(2)),
            manager=ManagerRecord(None, {"arch": Reason("value", "7")}),
            license_totals=LicenseTotals(4, 4, 500, "enterprise", None, {"ends_at": seconds}),
            license_server=dataclasses.replace(LINK, fetched_at=None, unknown={"fetched_at": seconds}),
        ),
        server=Server(licenses=(license_(1, expires_at=None, unknown={"expires_at": seconds}),)),
    )
    valid(facts)
    values = {pointer: entry["values"] for pointer, entry in facts["unknown"].items() if "values" in entry}
    assert values == {
        "/hosts/0/arch": ["18"],
        "/architecture": ["7"],
        "/license_totals/ends_at": ["1893456000"],
        "/license_server/fetched_at": ["1893456000"],
        "/licenses/items/0/expires_at": ["1893456000"],
    }
    assert reasons(facts)["/licenses/items/0/expires_at"] == "value"
