# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operations of a License Server over HTTP."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.license_server_api import (
    LicenseServerApi,
    QuotaRow,
    component,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import (
    ServerInfo,
    Share,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.tasks import (
    LicenseServerWriter,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    BadAnswer,
    BusinessError,
)

OPEN = load_profile(
    {
        "extends": "usphere_7",
        "name": "open",
        "bases": {"license_server": {"path": "/licsmgr/api/v1", "auth": "none"}},
    }
)
LICENSE = {
    "id": "LS-1",
    "productId": "vms_standard",
    "arch": "x86_64",
    "kind": "formal",
    "code": "3132A0XY",
    "quantity": 4,
    "issuedAt": "2026-01-10T02:00:00Z",
    "installedAt": "2026-01-11T02:00:00Z",
    "expiresAt": "never",
    "assigned": [{"client": "hangzhou", "quantity": 3}, {"client": "chengdu", "quantity": "1"}],
    "device": "d1",
    "status": "in_use",
    "fileName": "USPHERE7_20260110020000.ak",
    "sha256": "0" * 64,
    "key": "AAAA-BBBB-CCCC-7Q2A",
}


@pytest.fixture
def api(connect: Any) -> LicenseServerApi:
    return LicenseServerWriter(connect(), OPEN)


def test_server_information(server: Any, api: LicenseServerApi, json_answer: Any) -> None:
    server.script = lambda request: json_answer(
        {"id": "ls-east", "version": "E1209", "time": "2026-11-24T08:00:00Z", "peer": None}
    )
    assert api.server() == ServerInfo(
        "ls-east", "E1209", "2026-11-24T08:00:00Z", None, zone="+00:00", zone_certainty="stated"
    )


def test_a_license_row(server: Any, api: LicenseServerApi, json_answer: Any) -> None:
    server.script = lambda request: json_answer({"rows": [LICENSE], "total": 1})
    (license_,) = api.licenses()
    assert license_.assigned == (Share("hangzhou", 3), Share("chengdu", 1))
    assert (license_.assigned_to("hangzhou"), license_.assigned_to("nobody")) == (3, 0)
    assert (license_.expires_at, license_.quantity, license_.status) == ("never", 4, "in_use")
    assert license_.unknown == {}


@pytest.mark.parametrize(("packs", "read"), [([10, "1"], (10, 1)), (10, (10,)), (None, None), ([], ())])
def test_packs_of_a_license(
    server: Any, api: LicenseServerApi, json_answer: Any, packs: object, read: object
) -> None:
    server.script = lambda request: json_answer({"rows": {**LICENSE, "packs": packs}, "total": 1})
    (license_,) = api.licenses()
    assert (license_.packs, license_.unknown) == (read, {})


def test_an_unmasked_key_is_masked(server: Any, api: LicenseServerApi, json_answer: Any) -> None:
    server.script = lambda request: json_answer({"rows": LICENSE, "total": 1})
    (license_,) = api.licenses()
    assert license_.key == "****7Q2A"
    assert "AAAA" not in repr(license_)


@pytest.mark.parametrize(
    ("changed", "field", "reason"),
    [
        ({"expiresAt": None}, "expires_at", "null"),
        ({"expiresAt": "forever"}, "expires_at", "value"),
        ({"kind": "eval"}, "kind", "value"),
        ({"quantity": "four"}, "quantity", "type"),
        ({"status": "fine"}, "status", "value"),
        ({"arch": "mips"}, "arch", "value"),
        ({"packs": "many"}, "packs", "type"),
    ],
)
def test_an_unreported_value_is_unknown(
    server: Any, api: LicenseServerApi, json_answer: Any, changed: dict[str, object], field: str, reason: str
) -> None:
    server.script = lambda request: json_answer({"rows": [{**LICENSE, **changed}], "total": 1})
    (license_,) = api.licenses()
    assert getattr(license_, field) is None
    assert license_.unknown == {field: reason}


@pytest.mark.parametrize(
    "changed",
    [
        {"id": None},
        {"assigned": "all"},
        {"assigned": [{"client": "a"}]},
        {"assigned": [{"quantity": 1}]},
        {"assigned": [{"client": "a", "quantity": 5}, {"client": "b", "quantity": -1}]},
    ],
)
def test_a_license_of_the_wrong_shape_is_an_error(
    server: Any, api: LicenseServerApi, json_answer: Any, changed: dict[str, object]
) -> None:
    server.script = lambda request: json_answer({"rows": [{**LICENSE, **changed}], "total": 1})
    with pytest.raises(BadAnswer) as caught:
        api.licenses()
    assert caught.value.code == "answer_shape"


def test_license_statistics(server: Any, api: LicenseServerApi, json_answer: Any) -> None:
    row = {"licName": "标准版", "licAmount": "8", "licUsedAmount": 4, "licRemainAmount": 4}
    server.script = lambda request: json_answer({"rows": [row], "total": 1})
    (found,) = api.statistics()
    assert (found.name, found.amount, found.used, found.remaining) == ("标准版", 8, 4, 4)
    assert (
        server.seen[0].target == "/licsmgr/api/v1/licenses/statistic?pdtName=&licAlias=&page=1&pageSize=1000"
    )


@pytest.mark.parametrize("read", ["licenses", "clients"])
@pytest.mark.parametrize("changed", [{}, {"quantity": 5, "state": "never"}])
def test_duplicate_rows_are_an_error(
    server: Any, api: LicenseServerApi, json_answer: Any, read: str, changed: dict[str, object]
) -> None:
    row = {**LICENSE, "name": "hangzhou", "state": "connected"}
    server.script = lambda request: json_answer({"rows": [row, {**row, **changed}], "total": 2})
    with pytest.raises(BadAnswer) as caught:
        getattr(api, read)()
    assert caught.value.code == "answer_row_repeated"


def test_a_negative_quota_is_an_error(server: Any, api: LicenseServerApi, json_answer: Any) -> None:
    client = {"name": "hangzhou", "quota": {"productId": "vms_standard", "arch": "x86_64", "quantity": "-4"}}
    server.script = lambda request: json_answer({"rows": client, "total": 1})
    with pytest.raises(BadAnswer) as caught:
        api.clients()
    assert caught.value.code == "answer_shape"


def test_clients_and_their_assignments(server: Any, api: LicenseServerApi, json_answer: Any) -> None:
    client = {
        "name": "hangzhou",
        "state": "connected",
        "lastContact": "2026-11-24T08:00:00Z",
        "quota": {"productId": "vms_standard", "arch": "x86_64", "quantity": "4"},
        "password": "client-secret",
    }
    server.script = lambda request: json_answer({"rows": client, "total": 1})
    (found,) = api.clients()
    assert found.quota == (QuotaRow("vms_standard", "x86_64", 4),)
    assert "client-secret" not in repr(found)
    row = {
        "licenseId": "LS-1",
        "productId": "srm",
        "arch": "x86_64",
        "quantity": 1,
        "fetchedAt": "2026-11-24",
    }
    server.script = lambda request: json_answer({"rows": [row], "total": 1})
    (assignment,) = api.assignments("hang zhou/1")
    assert (assignment.license_id, assignment.fetched_at) == ("LS-1", "2026-11-24T00:00:00Z")
    assert server.seen[1].path == "/licsmgr/api/v1/clients/hang%20zhou%2F1/assignments"


def test_an_activation_file_is_sent_byte_for_byte(
    server: Any, api: LicenseServerApi, json_answer: Any
) -> None:
    content = bytes(range(256)) * 4 + b"\r\n--\n\r\x00"

    def script(request: Any) -> Any:
        if request.method == "POST":
            return json_answer({"msgId": "9"}, 202)
        assert request.path == "/licsmgr/api/v1/messages/9"
        return json_answer({"completed": True, "result": 0, "detail": {"licenseIds": ["LS-1", "LS-2"]}})

    server.script = script
    assert api.install("USPHERE7_1.ak", content).wait(5, 0.01) == {"license_ids": ("LS-1", "LS-2")}
    sent = server.seen[0]
    boundary = sent.headers["content-type"].partition("boundary=")[2].encode()
    head, _blank, rest = sent.body.partition(b"\r\n\r\n")
    assert head.startswith(b"--" + boundary + b"\r\n")
    assert b'name="file"; filename="USPHERE7_1.ak"' in head
    assert rest == content + b"\r\n--" + boundary + b"--\r\n"
    assert b"ransfer-Encoding" not in head


def test_a_file_that_is_already_installed_is_an_error(
    server: Any, api: LicenseServerApi, json_answer: Any
) -> None:
    body = {"errorCode": "already_installed", "errorMessage": "there", "licenseIds": "LS-1"}
    server.script = lambda request: json_answer(body, 409)
    with pytest.raises(BusinessError) as caught:
        api.install("a.ak", b"x")
    assert (caught.value.error_code, caught.value.license_ids) == ("already_installed", ("LS-1",))


def test_uninstalling_is_answered_without_a_task(
    server: Any, api: LicenseServerApi, json_answer: Any
) -> None:
    server.script = lambda request: json_answer({"licenseIds": ["LS-1"]})
    assert api.uninstall("LS-1").wait() == {"license_ids": ("LS-1",)}
    assert (server.seen[0].method, server.seen[0].path) == ("POST", "/licsmgr/api/v1/licenses/LS-1/uninstall")


def test_an_uninstall_file_is_read(server: Any, api: LicenseServerApi, reply: Any) -> None:
    headers = [("Content-Disposition", 'attachment; filename="LS-1.uak"')]
    server.script = lambda request: reply(200, b"\x00proof\r\n", headers)
    assert api.uninstall_file("LS-1") == ("LS-1.uak", b"\x00proof\r\n")


def test_clients_are_written(server: Any, api: LicenseServerApi, reply: Any) -> None:
    server.script = lambda request: reply(204)
    quota = [QuotaRow("vms_standard", "x86_64", 4), QuotaRow("container_service", None, 2)]
    api.create_client("c1", "client-secret", quota)
    api.create_client("c2", "client-secret")
    api.update_client("c1", quota=[])
    api.update_client("c1", password="other-secret")
    api.release_client("c1")
    api.delete_client("c1")
    calls = [(request.method, request.path.partition("/v1")[2]) for request in server.seen]
    assert calls == [
        ("POST", "/clients"),
        ("POST", "/clients"),
        ("PUT", "/clients/c1"),
        ("PUT", "/clients/c1"),
        ("POST", "/clients/c1/release"),
        ("DELETE", "/clients/c1"),
    ]
    bodies = [json.loads(request.body) if request.body else None for request in server.seen]
    assert bodies[0] == {
        "name": "c1",
        "password": "client-secret",
        "quota": [
            {"productId": "vms_standard", "arch": "x86_64", "quantity": 4},
            {"productId": "container_service", "quantity": 2},
        ],
    }
    assert bodies[1:4] == [
        {"name": "c2", "password": "client-secret"},
        {"quota": []},
        {"password": "other-secret"},
    ]


CLOCK = "Wed, 24 Nov 2027 00:00:00 GMT"


def local_times(clock: str, date: str, json_answer: Any) -> Any:
    """A server whose times have no zone; ``date`` is its HTTP clock."""

    def script(request: Any) -> Any:
        if request.path.endswith("/server"):
            return json_answer({"id": "ls-east", "time": clock}, Date=date)
        return json_answer({"rows": [{**LICENSE, "expiresAt": "2027/11/20 09:00:00"}], "total": 1}, Date=date)

    return script


@pytest.fixture
def dated_server(server: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    # The fake server would add a header with its own clock.
    monkeypatch.setattr(BaseHTTPRequestHandler, "send_response", BaseHTTPRequestHandler.send_response_only)
    return server


@pytest.mark.parametrize(
    ("clock", "zone", "time", "expires"),
    [
        ("2027-11-24 08:00:00", "+08:00", "2027-11-24T00:00:00Z", "2027-11-20T01:00:00Z"),
        ("2027-11-24 05:40:10", "+05:45", "2027-11-23T23:55:10Z", "2027-11-20T03:15:00Z"),
        ("2027-11-23 20:30:00", "-03:30", "2027-11-24T00:00:00Z", "2027-11-20T12:30:00Z"),
        ("2027-11-24 00:00:00", "+00:00", "2027-11-24T00:00:00Z", "2027-11-20T09:00:00Z"),
    ],
)
def test_the_zone_of_a_server_is_derived_from_its_clock(
    dated_server: Any, api: LicenseServerApi, json_answer: Any, clock: str, zone: str, time: str, expires: str
) -> None:
    dated_server.script = local_times(clock, CLOCK, json_answer)
    assert [license_.expires_at for license_ in api.licenses()] == [expires]
    info = api.server()
    assert (info.time, info.zone, info.zone_certainty) == (time, zone, "derived")
    api.licenses()
    # The clock is read once for the other reads.
    assert [request.path.rpartition("/")[2] for request in dated_server.seen] == [
        *("licenses", "server", "server", "licenses")
    ]


@pytest.mark.parametrize(
    ("clock", "date"),
    [
        ("2027-11-24 08:00:00", "soon"),
        ("2027-11-26 08:00:00", CLOCK),
        ("2027-11-23 08:00:00", CLOCK),
        ("soon", CLOCK),
    ],
)
def test_a_clock_that_gives_no_zone_leaves_times_without_one(
    dated_server: Any, api: LicenseServerApi, json_answer: Any, clock: str, date: str
) -> None:
    dated_server.script = local_times(clock, date, json_answer)
    assert [license_.expires_at for license_ in api.licenses()] == ["2027-11-20T09:00:00"]
    info = api.server()
    assert (info.zone, info.zone_certainty) == (None, None)


@pytest.mark.parametrize("header", ["Age", "Via"])
def test_a_date_that_a_proxy_may_have_written_gives_no_zone(
    dated_server: Any, api: LicenseServerApi, json_answer: Any, header: str
) -> None:
    def answer(body: object, **headers: str) -> Any:
        return json_answer(body, **headers, **{header: "0"})

    dated_server.script = local_times("2027-11-24 08:00:00", CLOCK, answer)
    assert [license_.expires_at for license_ in api.licenses()] == ["2027-11-20T09:00:00"]


def test_a_derived_offset_does_not_reach_into_another_season(
    dated_server: Any, api: LicenseServerApi, json_answer: Any
) -> None:
    for clock, ends in (("2027-06-24 01:00:00", "2027-11-20T09:00:00"), ("2027-06-24 08:00:00", None)):
        api = type(api)(api._client._connection, api.profile)
        dated_server.script = local_times(clock, "Thu, 24 Jun 2027 00:00:00 GMT", json_answer)
        assert [item.expires_at for item in api.licenses()] == [ends or "2027-11-20T01:00:00Z"]
        assert api.server().time == "2027-06-24T00:00:00Z"


@pytest.mark.parametrize("timezone", [None, "+08:00"])
def test_a_date_is_no_clock(dated_server: Any, connect: Any, json_answer: Any, timezone: Any) -> None:
    dated_server.script = local_times("2027-11-24", CLOCK, json_answer)
    info = LicenseServerWriter(connect(timezone=timezone), OPEN).server()
    assert (info.time, info.zone, info.zone_certainty) == (None, None, None)


def test_a_zone_of_the_connection_needs_no_clock(dated_server: Any, connect: Any, json_answer: Any) -> None:
    dated_server.script = local_times("2027-11-24 08:00:00", CLOCK, json_answer)
    api = LicenseServerWriter(connect(timezone="+09:00"), OPEN)
    assert [license_.expires_at for license_ in api.licenses()] == ["2027-11-20T00:00:00Z"]
    assert len(dated_server.seen) == 1
    info = api.server()
    assert (info.time, info.zone, info.zone_certainty) == ("2027-11-23T23:00:00Z", "+09:00", "stated")


@pytest.mark.parametrize("name", ["ls-east.did", "USPHERE7_20261120091500.ak", "设备 1.did"])
def test_plain_names_are_accepted(name: str) -> None:
    assert component(name) == name


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "a\\b", ".hidden", "a\nb", "x" * 300])
def test_unsafe_names_are_refused(name: str) -> None:
    assert component(name) is None
