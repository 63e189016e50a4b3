# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""API calls: reads are retried, writes are sent once, pages are joined, server errors become typed errors."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.client import ATTEMPTS, Budget, Client
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.tasks import write
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    BadAnswer,
    BusinessError,
    HttpError,
    NotFound,
    OperationUnsupported,
    OptionError,
    Unreachable,
)

from .conftest import OPEN, html, in_turn


def manager_arch(client: Client) -> str | None:
    return client.read("manager").choice("arch", ("x86_64", "aarch64"))


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_read_is_retried(
    server: Any, client: Client, json_answer: Any, reply: Any, slept: list[float], status: int
) -> None:
    server.script = in_turn(reply(status), reply(status), json_answer({"type": 1}))
    assert manager_arch(client) == "aarch64"
    assert len(server.seen) == 3
    assert slept == sorted(slept)
    assert 0.25 <= slept[0] <= 0.5 <= slept[1] <= 1.0


def test_a_cut_connection_and_a_cut_answer_are_retried(
    server: Any, client: Client, json_answer: Any, reply: Any
) -> None:
    server.script = in_turn(
        reply(hang_up=True),
        reply(body=b'{"type": 1}', cut=4),
        reply(body=b'{"type": '),
        json_answer({"type": 1}),
    )
    assert manager_arch(client) == "aarch64"
    assert len(server.seen) == 4


def test_retries_are_limited(server: Any, client: Client, reply: Any) -> None:
    server.script = lambda request: reply(500)
    with pytest.raises(HttpError) as caught:
        client.read("manager")
    assert caught.value.status == 500
    assert len(server.seen) == ATTEMPTS


def test_retry_after_is_respected(
    server: Any, client: Client, json_answer: Any, reply: Any, slept: list[float]
) -> None:
    server.script = in_turn(reply(503, b"", [("Retry-After", "7")]), json_answer({"type": 1}))
    client.read("manager")
    assert slept == [7.0]


def test_retry_after_beyond_the_budget_ends_at_once(
    server: Any, connect: Any, reply: Any, slept: list[float]
) -> None:
    server.script = lambda request: reply(503, b"", [("Retry-After", "900")])
    client = Client(connect(), OPEN, Budget(30), sleep=slept.append)
    with pytest.raises(HttpError):
        client.read("manager")
    assert (len(server.seen), slept) == (1, [])


def test_an_exhausted_budget_sends_nothing(server: Any, connect: Any) -> None:
    client = Client(connect(), OPEN, Budget(0))
    with pytest.raises(Unreachable) as caught:
        client.read("manager")
    assert caught.value.code == "unreachable_deadline"
    assert server.seen == []


def test_an_unreachable_server_is_retried_and_then_reported(
    connect: Any, free_port: int, slept: list[float]
) -> None:
    with pytest.raises(Unreachable) as caught:
        Client(connect(port=free_port), OPEN, sleep=slept.append).read("manager")
    assert caught.value.code == "unreachable_refused"
    assert len(slept) == ATTEMPTS - 1


@pytest.mark.parametrize("status", [500, 503])
def test_a_write_is_never_retried(server: Any, client: Client, reply: Any, status: int) -> None:
    server.script = lambda request: reply(status, b"", [("Retry-After", "0")])
    with pytest.raises(HttpError) as caught:
        client.write("reconnect_license_server")
    assert caught.value.sent
    assert len(server.seen) == 1


def test_a_write_with_a_lost_answer_is_never_retried(server: Any, client: Client, reply: Any) -> None:
    server.script = lambda request: reply(hang_up=True)
    with pytest.raises(Unreachable) as caught:
        client.write("reconnect_license_server")
    assert caught.value.sent
    assert len(server.seen) == 1


def test_a_write_never_uses_an_idle_connection(
    server: Any, client: Client, json_answer: Any, reply: Any
) -> None:
    server.script = lambda request: (
        reply(hang_up=True) if request.method == "POST" else json_answer({"type": 1})
    )
    client.read("manager")
    with pytest.raises(Unreachable):
        client.write("reconnect_license_server")
    # On an idle connection, a cut would look like an earlier close and the write would be retried.
    assert [request.method for request in server.seen] == ["GET", "POST"]


def test_an_html_page_is_reported(server: Any, client: Client, reply: Any) -> None:
    server.script = lambda request: html(reply)
    with pytest.raises(BadAnswer) as caught:
        client.read("manager")
    assert caught.value.code == "answer_html"
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"ready", "answer_not_json"),
        (b"\xff\xfe", "answer_encoding"),
        (b'{"type": NaN}', "answer_not_json"),
        (b'{"type": 1, "type": 2}', "answer_not_json"),
        (b'{"type": ' + b"9" * 100_000 + b"}", "answer_not_json"),
        (b'{"type": ' + b"9" * 500 + b"}", "answer_not_json"),
        (b'{"type": 1e999}', "answer_not_json"),
        (b"[" * 100_000, "answer_not_json"),
        (b'{"type": "x', "answer_truncated"),
        (b'{"type": tr', "answer_truncated"),
        (b'{"type"', "answer_truncated"),
        (b"[1, 2]", "answer_shape"),
        (b'"text"', "answer_shape"),
        (b"7", "answer_shape"),
    ],
)
def test_an_invalid_answer_is_an_error(
    server: Any, client: Client, reply: Any, body: bytes, code: str
) -> None:
    server.script = lambda request: reply(body=body)
    with pytest.raises(BadAnswer) as caught:
        client.read("manager")
    assert caught.value.code == code
    assert caught.value.fields["path"] == "/cas/casrs/system/cvm"


@pytest.mark.parametrize(
    "body",
    [
        *(b"[1]", b'{"host": "x"}', b'{"host": [1]}', b'{"host": 5}'),
        *(b"", b" ", b"<hosts/>", b"<response></response>", b"<list>no permission</list>"),
    ],
)
def test_a_list_of_the_wrong_shape_is_an_error(server: Any, client: Client, reply: Any, body: bytes) -> None:
    server.script = lambda request: reply(body=body)
    with pytest.raises(BadAnswer) as caught:
        client.read_rows("list_hosts")
    assert caught.value.code == "answer_shape"


@pytest.mark.parametrize(
    "body",
    [
        *(b"null", b'""', b"{}", b'{"host": null}', b'{"host": ""}', b'{"host": []}', b'{"host": {}}'),
        *(b"<list/>", b"<list></list>", b"<host/>", b"<list><host/></list>", b"<hosts><host></host></hosts>"),
    ],
)
def test_all_forms_of_an_empty_list(server: Any, client: Client, reply: Any, body: bytes) -> None:
    server.script = lambda request: reply(body=body)
    assert client.read_rows("list_hosts") == []


def test_a_list_of_one_row_may_be_an_object(server: Any, client: Client, json_answer: Any) -> None:
    server.script = lambda request: json_answer({"host": {"id": "7"}}, Total="1")
    assert [row.text("id") for row in client.read_rows("list_hosts")] == ["7"]


def test_redirects_are_not_followed(server: Any, client: Client, reply: Any) -> None:
    server.script = lambda request: reply(302, b"", [("Location", "http://elsewhere.invalid/")])
    with pytest.raises(BadAnswer) as caught:
        client.read("manager")
    assert caught.value.code == "answer_redirect"
    assert len(server.seen) == 1


def test_a_business_error_in_headers(server: Any, client: Client, reply: Any) -> None:
    headers = [("Error-Code", "1003"), ("Error-Message", "no\x07 such thing")]
    server.script = lambda request: reply(409, b"", headers)
    with pytest.raises(BusinessError) as caught:
        client.read("manager")
    assert (caught.value.error_code, caught.value.error_message) == ("1003", "no  such thing")


@pytest.mark.parametrize("status", [400, 403, 409])
def test_a_business_error_in_the_body(server: Any, client: Client, json_answer: Any, status: int) -> None:
    body = {"errorCode": "already_installed", "errorMessage": "there", "licenseIds": ["LS-1", "LS-2"]}
    server.script = lambda request: json_answer(body, status)
    with pytest.raises(BusinessError) as caught:
        write(client, "reconnect_license_server")
    assert caught.value.error_code == "already_installed"
    assert caught.value.license_ids == ("LS-1", "LS-2")


def test_a_business_error_in_an_envelope(server: Any, client: Client, json_answer: Any) -> None:
    server.script = lambda request: json_answer(
        {"data": None, "state": "1", "message": "no", "errorCode": 77}
    )
    with pytest.raises(BusinessError) as caught:
        client.read("manager")
    assert (caught.value.error_code, caught.value.error_message) == ("77", "no")


def test_an_envelope_is_unwrapped(server: Any, client: Client, json_answer: Any) -> None:
    server.script = lambda request: json_answer(
        {"data": {"type": "1"}, "state": 0, "message": "", "errorCode": 0}
    )
    assert manager_arch(client) == "aarch64"


def test_a_state_field_of_a_resource_is_not_an_envelope(
    server: Any, client: Client, json_answer: Any
) -> None:
    server.script = lambda request: json_answer({"address": "a", "state": "connected"})
    assert client.read("license_server_link").text("state") == "connected"


def test_http_404_is_reported_as_not_found(server: Any, client: Client, reply: Any) -> None:
    server.script = lambda request: reply(404, b"<html>not found</html>")
    with pytest.raises(NotFound):
        client.read("manager")
    assert len(server.seen) == 1


def test_an_unsupported_operation_sends_nothing(server: Any, connect: Any) -> None:
    client = Client(connect(), load_profile("cas_e0710"))
    with pytest.raises(OperationUnsupported) as caught:
        client.read("license_server_link")
    assert caught.value.fields == {"operation": "license_server_link", "profile": "cas_e0710"}
    assert server.seen == []


def test_query_values_are_quoted(server: Any, client: Client, json_answer: Any) -> None:
    server.script = lambda request: json_answer([])
    client.read_rows("srm_plan_vms", plan_name="a&b=c/../?#计划")
    assert server.seen[0].target.endswith("planName=a%26b%3Dc%2F..%2F%3F%23%E8%AE%A1%E5%88%92")


@pytest.mark.parametrize("name", ["..", ".", ""])
def test_a_name_cannot_change_the_path(server: Any, client: Client, name: str) -> None:
    with pytest.raises(OptionError):
        client.write("delete_client", client=name)
    assert server.seen == []


def test_paths_and_errors_contain_no_credentials(server: Any, connect: Any, reply: Any) -> None:
    server.script = lambda request: reply(409, b"", [("Error-Code", "x")])
    client = Client(connect(username="user-in-error", password="pass-in-error"), OPEN)
    with pytest.raises(BusinessError) as caught:
        client.read("manager")
    assert "in-error" not in str(caught.value)
    assert "in-error" not in server.seen[0].target


def test_a_long_number_that_nobody_reads_is_no_error(server: Any, client: Client, reply: Any) -> None:
    serial = b"9" * 48
    server.script = lambda request: reply(body=b'{"type": 1, "serial": ' + serial + b"}")
    assert manager_arch(client) == "aarch64"
    server.script = lambda request: reply(body=b'{"type": ' + serial + b"}")
    assert manager_arch(client) is None


def test_the_state_of_a_wrapper_counts_with_keys_that_the_profile_does_not_name(
    server: Any, connect: Any, json_answer: Any
) -> None:
    envelope = {
        "keys": ["data", "state", "message"],
        "data": "data",
        "success": {"at": "state", "in": [0]},
    }
    bases = {"vms": {"path": "/cas", "auth": "none", "envelope": envelope}}
    totals = {
        "certainty": "assumed",
        "method": "GET",
        "path": "/totals",
        "answer": ["data"],
        "fields": {"cpu_allowed": "cpuNum"},
    }
    profile = load_profile({"name": "site", "bases": bases, "operations": {"license_totals": totals}})
    body = {"data": {"cpuNum": 400}, "message": "failed", "time": 5}
    server.script = lambda request: json_answer({**body, "state": 1})
    with pytest.raises(BusinessError):
        Client(connect(), profile).read("license_totals")
    server.script = lambda request: json_answer({**body, "state": 0})
    assert Client(connect(), profile).read("license_totals").integer("cpu_allowed") == 400


@pytest.mark.parametrize(
    "cut",
    [b"HTTP/1.1 200 OK\r\nServer: x\r\nContent-Ty", b"HTTP/1.1 200 OK\r\nServer: x\r\n", b"HTTP/1.1 200 O"],
)
def test_a_head_that_is_cut_is_no_answer(server: Any, client: Client, reply: Any, cut: bytes) -> None:
    server.script = lambda request: reply(raw=cut)
    with pytest.raises(BadAnswer) as caught:
        client.read("manager")
    assert caught.value.code in ("answer_truncated", "answer_not_http")
    with pytest.raises(BadAnswer) as caught:
        write(client, "reconnect_license_server")
    assert caught.value.sent


def test_an_answer_that_the_timeout_cuts_is_a_timeout(server: Any, connect: Any, reply: Any) -> None:
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
    server.script = lambda request: reply(raw=head, pause_s=5)
    with pytest.raises(Unreachable) as caught:
        write(Client(connect(timeout=0.3), OPEN), "reconnect_license_server")
    assert caught.value.code == "unreachable_timeout"
    assert caught.value.sent


@pytest.mark.parametrize("name", ["name", "version"])
def test_a_secret_that_a_server_repeats_in_a_field_is_no_value(
    server: Any, connect: Any, json_answer: Any, name: str
) -> None:
    echo = json_answer({"host": {"id": 1, "name": "cvk", "casVersion": "7", name: "for planted-secret"}})
    server.script = lambda request: echo
    (row,) = Client(connect(password="planted-secret"), OPEN).read_list("list_hosts").rows
    assert "planted-secret" not in str((row.text("name"), row.text("version"), row.unknown))
    server.script = lambda request: json_answer({"host": {"id": 1, "name": "pw-host"}})
    (row,) = Client(connect(password="pw"), OPEN).read_list("list_hosts").rows
    assert row.text("name") == "pw-host"
