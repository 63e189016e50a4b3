# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists and answers that are not what they seem: never taken for a whole list, nor for an empty one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api import pages as pages_module
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.client import Client
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    BadAnswer,
    BusinessError,
    ListIncomplete,
)

# The shipped operations without a login, which has tests of its own.
OPEN = load_profile(
    {
        "extends": "usphere_7",
        "name": "open",
        "bases": {
            "vms": {"path": "/cas/casrs", "auth": "none"},
            "license_server": {"path": "/licsmgr/api/v1", "auth": "none"},
        },
    }
)


@pytest.fixture
def client(connect: Any) -> Client:
    return Client(connect(), OPEN)


def in_turn(*replies: Any) -> Callable[[Any], Any]:
    left = list(replies)
    return lambda request: left.pop(0) if len(left) > 1 else left[0]


def test_a_server_without_pages_is_asked_once_for_one_row(server: Any, client: Client, say: Any) -> None:
    server.script = lambda request: say({"host": [{"id": 1}, {"id": 2}]})
    assert [row.text("id") for row in client.read_rows("list_hosts")] == ["1", "2"]
    assert [request.target.partition("?")[2] for request in server.seen] == [
        "offset=0&limit=1000",
        "offset=2&limit=1000",
        "offset=0&limit=1",
    ]


@pytest.mark.parametrize(("header", "requests"), [("2", 1), ("2, 2", 3), ("2, 9", 3), ("", 3), ("-1", 3)])
def test_a_total_counts_where_it_is_one_number(
    server: Any, client: Client, say: Any, header: str, requests: int
) -> None:
    rows = [{"id": 1}, {"id": 2}]
    server.script = lambda request: say({"host": rows}, Total=header)
    assert len(client.read_rows("list_hosts")) == 2
    assert len(server.seen) == requests


def test_two_headers_with_a_total_are_none(server: Any, client: Client, reply: Any) -> None:
    headers = [("Total", "1"), ("Total", "7")]
    server.script = lambda request: reply(200, b'{"domain": {"id": 1}}', headers)
    assert client.read_total("vm_count") is None


def test_a_total_below_the_rows_is_no_number(server: Any, client: Client, say: Any) -> None:
    server.script = lambda request: say({"domain": [{"id": 1}, {"id": 2}]}, Total="1")
    with pytest.raises(ListIncomplete) as caught:
        client.read_total("vm_count")
    assert (caught.value.code, caught.value.seen) == ("answer_incomplete", 2)


def test_a_list_that_moves_is_read_three_times(server: Any, client: Client, say: Any) -> None:
    def script(request: Any) -> Any:
        first = "offset=0" in request.target
        return say({"host": [{"id": 1}, {"id": 2}] if first else [{"id": 2}]}, Total="3")

    server.script = script
    with pytest.raises(ListIncomplete) as caught:
        client.read_rows("list_hosts")
    assert (caught.value.code, caught.value.seen) == ("answer_shape", 2)
    assert caught.value.fields["got"].startswith("2 twice")
    assert len(server.seen) == 6


def test_a_list_that_stands_still_again_is_whole(server: Any, client: Client, say: Any) -> None:
    pages = [
        [{"id": 1}, {"id": 2}],
        [{"id": 2}],
        [{"id": 1}, {"id": 3}],
        [{"id": 2}],
    ]
    server.script = in_turn(*(say({"host": page}, Total="3") for page in pages))
    assert [row.text("id") for row in client.read_rows("list_hosts")] == ["1", "3", "2"]


def test_a_list_that_does_not_end_ends(
    server: Any, client: Client, say: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages_module, "MOST_ROWS", 40)

    def script(request: Any) -> Any:
        first = int(request.target.split("offset=")[1].split("&")[0])
        return say({"host": [{"id": number} for number in range(first, first + 10)]})

    server.script = script
    with pytest.raises(ListIncomplete) as caught:
        client.read_rows("list_hosts")
    assert (caught.value.code, caught.value.fields["limit"]) == ("answer_too_many_rows", 40)
    assert len(server.seen) == 5


NO = {"code": 403, "msg": "no permission"}


@pytest.mark.parametrize("name", ["list_hosts", "list_clusters", "list_licenses", "statistics", "server"])
@pytest.mark.parametrize(
    "body", [NO, {"data": [{"id": 1}]}, {"rows2": []}, {"state": 0, "message": "no permission"}]
)
def test_an_answer_of_another_form_is_no_empty_one(
    server: Any, client: Client, say: Any, name: str, body: dict[str, object]
) -> None:
    server.script = lambda request: say(body)
    with pytest.raises(BadAnswer) as caught:
        (client.read if name == "server" else client.read_rows)(name)
    assert caught.value.code == "answer_shape"
    for key in body:
        assert key in caught.value.fields["got"]
    assert ("no permission" in caught.value.fields["got"]) == ("no permission" in body.values())


@pytest.mark.parametrize("rows", [[], None, ""])
@pytest.mark.parametrize("no", [NO, {"code": "403"}, {"code": "DENIED"}, {"error": "access_denied"}])
@pytest.mark.parametrize(
    ("name", "key"), [("list_hosts", "host"), ("list_clusters", "cluster"), ("list_licenses", "rows")]
)
def test_no_rows_beside_an_error_are_no_empty_list(
    server: Any, client: Client, say: Any, name: str, key: str, no: dict[str, object], rows: object
) -> None:
    server.script = lambda request: say({**no, key: rows, "total": 0}, Total="0")
    with pytest.raises(BadAnswer) as caught:
        client.read_rows(name)
    assert caught.value.code == "answer_shape"
    assert str(next(iter(no.values()))) in caught.value.fields["got"]


@pytest.mark.parametrize("code", [0, "0", 200, "200", None, "", "OK", "success"])
def test_no_rows_beside_a_code_of_success_are_an_empty_list(
    server: Any, client: Client, say: Any, code: object
) -> None:
    server.script = lambda request: say({"code": code, "msg": "done", "error": None, "rows": [], "total": 0})
    assert client.read_rows("list_licenses") == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"success": False, "host": []}, "success: false"),
        ({"success": "false", "host": []}, "success: false"),
        ({"statusType": "ERROR", "host": []}, "ERROR"),
        ({"statusType": None, "host": []}, "success: false"),
        ({"errorCode": 7, "host": []}, "7"),
        ({"errorCode": "no_right"}, "no_right"),
        ({"errorCode": True, "host": []}, "True"),
        ({"data": {"host": []}, "state": 0, "message": "", "errorCode": 1105}, "1105"),
    ],
)
@pytest.mark.parametrize("status", [200, 201, 202])
def test_a_refusal_is_one_in_every_good_status(
    server: Any, client: Client, say: Any, body: dict[str, object], code: str, status: int
) -> None:
    server.script = lambda request: say({**body, "message": "不允许"}, status)
    for call in (lambda: client.read_rows("list_hosts"), lambda: client.write("reconnect_license_server")):
        with pytest.raises(BusinessError) as caught:
            call()
        assert (caught.value.error_code, caught.value.error_message) == (code, "不允许")


@pytest.mark.parametrize("code", [0, "0", None, "", 0.0])
def test_an_error_code_of_nothing_is_none(server: Any, client: Client, say: Any, code: object) -> None:
    server.script = lambda request: say({"host": [], "errorCode": code, "success": True, "statusType": "OK"})
    assert client.read_rows("list_hosts") == []


@pytest.mark.parametrize("state", ["failed", 2, "", "1", [], False])
def test_an_envelope_of_another_state_is_refused(
    server: Any, client: Client, say: Any, state: object
) -> None:
    server.script = lambda request: say({"data": None, "state": state, "message": "no permission"})
    with pytest.raises(BusinessError):
        client.read_rows("list_hosts")


def test_an_empty_total_explains_another_form(server: Any, client: Client, say: Any) -> None:
    server.script = lambda request: say({"total": 0, "page": 1})
    assert client.read_rows("list_clients") == []
    for body in ({"total": 2, "page": 1}, {"total": 0, "msg": "no permission"}):
        server.script = lambda request, body=body: say(body)
        with pytest.raises(BadAnswer):
            client.read_rows("list_clients")


def test_a_sentence_beside_a_total_of_nothing_is_no_count(server: Any, client: Client, say: Any) -> None:
    server.script = lambda request: say(NO, Total="0")
    with pytest.raises(BadAnswer):
        client.read_total("vm_count")
