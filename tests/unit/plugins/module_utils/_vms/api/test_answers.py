# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists and answers that are incomplete or contradict themselves: never treated as complete or empty."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from http.client import HTTPMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.answers import (
    Refused,
    accept,
    keys_of,
    object_under,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.client import Client
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.lists import Rows, rows_under
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.rows import WrongShape
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.fields import ResponsePart, Source
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.model import OFFSET, Paging
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import pages as pages_module
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    BadAnswer,
    BusinessError,
    ListIncomplete,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.response import Response

# The shipped operations without a login; logins are tested separately. The list of hosts has a total.
_OPEN = load_profile(
    {
        "extends": "usphere_7",
        "name": "open",
        "bases": {
            "vms": {"path": "/cas/casrs", "auth": "none"},
            "license_server": {"path": "/licsmgr/api/v1", "auth": "none"},
        },
    }
)
_BY_OFFSET = Paging(OFFSET, "offset", "limit", 1000, total=Source(ResponsePart.HEADER, name="Total"))
OPEN = replace(
    _OPEN,
    operations={
        **_OPEN.operations,
        "list_hosts": replace(_OPEN.operations["list_hosts"], paging=_BY_OFFSET, count=""),
    },
)


@pytest.fixture
def client(connect: Any) -> Client:
    return Client(connect(), OPEN)


def in_turn(*replies: Any) -> Callable[[Any], Any]:
    left = list(replies)
    return lambda request: left.pop(0) if len(left) > 1 else left[0]


def test_a_server_without_paging_gets_one_request_for_one_row(
    server: Any, client: Client, json_answer: Any
) -> None:
    server.script = lambda request: json_answer({"host": [{"id": 1}, {"id": 2}]})
    assert [row.text("id") for row in client.read_rows("list_hosts")] == ["1", "2"]
    assert [request.target.partition("?")[2] for request in server.seen] == [
        "offset=0&limit=1000",
        "offset=2&limit=1000",
        "offset=0&limit=1",
    ]


@pytest.mark.parametrize(("header", "requests"), [("2", 1), ("2, 2", 3), ("2, 9", 3), ("", 3), ("-1", 3)])
def test_a_total_counts_if_it_is_one_number(
    server: Any, client: Client, json_answer: Any, header: str, requests: int
) -> None:
    rows = [{"id": 1}, {"id": 2}]
    server.script = lambda request: json_answer({"host": rows}, Total=header)
    assert len(client.read_rows("list_hosts")) == 2
    assert len(server.seen) == requests


def test_two_total_headers_give_no_total(server: Any, client: Client, reply: Any) -> None:
    headers = [("Total", "1"), ("Total", "7")]
    server.script = lambda request: reply(200, b'{"domain": {"id": 1}}', headers)
    assert client.read_total("vm_count") is None


def test_a_total_below_the_number_of_rows_is_an_error(server: Any, client: Client, json_answer: Any) -> None:
    server.script = lambda request: json_answer({"domain": [{"id": 1}, {"id": 2}]}, Total="1")
    with pytest.raises(ListIncomplete) as caught:
        client.read_total("vm_count")
    assert (caught.value.code, caught.value.seen) == ("answer_incomplete", 2)


def test_a_list_that_changes_while_it_is_read_is_read_three_times(
    server: Any, client: Client, json_answer: Any
) -> None:
    def script(request: Any) -> Any:
        first = "offset=0" in request.target
        return json_answer({"host": [{"id": 1}, {"id": 2}] if first else [{"id": 2}]}, Total="3")

    server.script = script
    with pytest.raises(ListIncomplete) as caught:
        client.read_rows("list_hosts")
    assert (caught.value.code, caught.value.seen) == ("answer_row_repeated", 2)
    assert (caught.value.fields["row"], caught.value.fields["got"], caught.value.fields["total"]) == (
        "2",
        2,
        3,
    )
    assert len(server.seen) == 6


def test_a_list_that_stops_changing_is_complete(server: Any, client: Client, json_answer: Any) -> None:
    pages = [
        [{"id": 1}, {"id": 2}],
        [{"id": 2}],
        [{"id": 1}, {"id": 3}],
        [{"id": 2}],
    ]
    server.script = in_turn(*(json_answer({"host": page}, Total="3") for page in pages))
    assert [row.text("id") for row in client.read_rows("list_hosts")] == ["1", "3", "2"]


def test_an_endless_list_ends_at_the_limit(
    server: Any, client: Client, json_answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages_module, "MOST_ROWS", 40)

    def script(request: Any) -> Any:
        first = int(request.target.split("offset=")[1].split("&")[0])
        return json_answer({"host": [{"id": number} for number in range(first, first + 10)]})

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
def test_an_answer_of_another_form_is_not_an_empty_answer(
    server: Any, client: Client, json_answer: Any, name: str, body: dict[str, object]
) -> None:
    server.script = lambda request: json_answer(body)
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
def test_empty_rows_beside_an_error_are_not_an_empty_list(
    server: Any, client: Client, json_answer: Any, name: str, key: str, no: dict[str, object], rows: object
) -> None:
    server.script = lambda request: json_answer({**no, key: rows, "total": 0}, Total="0")
    with pytest.raises(BadAnswer) as caught:
        client.read_rows(name)
    assert caught.value.code == "answer_shape"
    assert str(next(iter(no.values()))) in caught.value.fields["got"]


@pytest.mark.parametrize(
    "no",
    [
        {"msg": "no permission"},
        {"status": 403, "message": "Forbidden"},
        {"state": "1", "message": "no permission"},
        {"errorMessage": "session expired"},
        {"resultCode": 403},
        {"success": "no"},
        {"failMsg": "x"},
        {"message": "操作不成功"},
        {"ret": -1},
        {"status": "error"},
    ],
)
@pytest.mark.parametrize("rows", [[], None, "", {}])
def test_empty_rows_beside_a_refusal_are_not_an_empty_list(
    server: Any, client: Client, json_answer: Any, rows: object, no: dict[str, object]
) -> None:
    server.script = lambda request: json_answer({"host": rows, **no})
    with pytest.raises(BadAnswer) as caught:
        client.read_rows("list_hosts")
    assert str(next(iter(no.values()))) in caught.value.fields["got"] or "success" in no or "ret" in no


@pytest.mark.parametrize(
    "body",
    [
        {"code": 0, "message": "no data"},
        {"state": "0", "msg": "无数据"},
        {"success": True, "message": "查询成功，没有数据"},
        {"message": "操作成功"},
        {"msg": "ok."},
        {"page": 1, "size": 10},
        {"statusType": "OK"},
    ],
)
def test_empty_rows_beside_a_success_are_an_empty_list(
    server: Any, client: Client, json_answer: Any, body: dict[str, object]
) -> None:
    server.script = lambda request: json_answer({"host": [], **body})
    assert client.read_rows("list_hosts") == []


@pytest.mark.parametrize("root", ["error", "accessDenied", "Fault", "ErrorResponse", "forbidden", "failure"])
@pytest.mark.parametrize("content", ["", "<host/>", "<code>7</code><message>no permission</message>"])
def test_xml_with_the_root_of_an_error_is_a_refusal(
    server: Any, client: Client, reply: Any, root: str, content: str
) -> None:
    server.script = lambda request: reply(200, f"<{root}>{content}</{root}>".encode())
    for read in (client.read_rows, client.read):
        with pytest.raises(BusinessError) as caught:
            read("list_clusters" if read == client.read_rows else "platform")
        assert caught.value.error_code == root
        assert caught.value.error_message == ("no permission" if "message" in content else "")


@pytest.mark.parametrize("name", ["license_server_link", "version", "license_totals", "platform"])
def test_an_answer_without_a_body_is_not_an_empty_object(
    server: Any, client: Client, reply: Any, name: str
) -> None:
    server.script = lambda request: reply(200, b"")
    with pytest.raises(BadAnswer) as caught:
        client.read(name)
    assert caught.value.code == "answer_shape"
    assert client.read("manager").text("arch") is None


def test_a_secret_is_masked_before_a_text_is_shortened(
    server: Any, connect: Any, json_answer: Any, reply: Any
) -> None:
    secret = "secret/of-the-account"
    client = Client(connect(password=secret), OPEN)
    for length in range(90, 121):
        filler = "x" * length
        for body in (
            {"code": 403, "msg": filler + secret},
            {filler + secret: 1},
            {"errorCode": filler + secret},
            {"host": [], "code": filler + secret},
        ):
            server.script = lambda request, body=body: json_answer(body)
            with pytest.raises((BadAnswer, BusinessError)) as caught:
                client.read_rows("list_hosts")
            assert secret[:3] not in str(sorted(caught.value.fields.items()))
        server.script = lambda request, filler=filler: reply(
            200, b"no json", [("Content-Type", f"text/{filler}{secret}; charset={secret}")]
        )
        with pytest.raises(BadAnswer) as caught:
            client.read_rows("list_hosts")
        assert secret[:3] not in str(sorted(caught.value.fields.items()))


@pytest.mark.parametrize("code", [0, "0", 200, "200", None, "", "OK", "success"])
def test_empty_rows_beside_a_success_code_are_an_empty_list(
    server: Any, client: Client, json_answer: Any, code: object
) -> None:
    server.script = lambda request: json_answer(
        {"code": code, "msg": "done", "error": None, "rows": [], "total": 0}
    )
    assert client.read_rows("list_licenses") == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"success": False, "host": []}, "success: false"),
        ({"success": "false", "host": []}, "success: false"),
        ({"statusType": "ERROR", "host": []}, "ERROR"),
        ({"statusType": "", "host": []}, "success: false"),
        ({"@errorCode": "403", "@errorMessage": "no", "host": [{"id": 1}]}, "403"),
        ({"@success": "false", "host": None}, "success: false"),
        ({"errorCode": 7, "host": []}, "7"),
        ({"errorCode": "no_right"}, "no_right"),
        ({"errorCode": True, "host": []}, "true"),
        ({"data": {"host": []}, "state": 0, "message": "", "errorCode": 1105}, "1105"),
    ],
)
@pytest.mark.parametrize("status", [200, 201, 202])
def test_a_refusal_is_recognized_with_every_success_status(
    server: Any, client: Client, json_answer: Any, body: dict[str, object], code: str, status: int
) -> None:
    server.script = lambda request: json_answer({**body, "message": "不允许"}, status)
    for call in (lambda: client.read_rows("list_hosts"), lambda: client.write("reconnect_license_server")):
        with pytest.raises(BusinessError) as caught:
            call()
        assert (caught.value.error_code, caught.value.error_message) == (code, "不允许")


@pytest.mark.parametrize("code", [0, "0", None, "", 0.0])
def test_an_empty_error_code_is_not_an_error(
    server: Any, client: Client, json_answer: Any, code: object
) -> None:
    server.script = lambda request: json_answer(
        {"host": [], "errorCode": code, "success": True, "statusType": "OK"}
    )
    assert client.read_rows("list_hosts") == []


@pytest.mark.parametrize("state", ["failed", 2, "", "1", [], False])
def test_an_envelope_with_another_state_is_an_error(
    server: Any, client: Client, json_answer: Any, state: object
) -> None:
    server.script = lambda request: json_answer({"data": None, "state": state, "message": "no permission"})
    with pytest.raises(BusinessError):
        client.read_rows("list_hosts")


def test_a_total_of_zero_explains_a_missing_list(server: Any, client: Client, json_answer: Any) -> None:
    server.script = lambda request: json_answer({"total": 0, "page": 1})
    assert client.read_rows("list_clients") == []
    for body in ({"total": 2, "page": 1}, {"total": 0, "msg": "no permission"}):
        server.script = lambda request, body=body: json_answer(body)
        with pytest.raises(BadAnswer):
            client.read_rows("list_clients")


def test_an_error_message_beside_a_total_of_zero_is_not_a_count(
    server: Any, client: Client, json_answer: Any
) -> None:
    server.script = lambda request: json_answer(NO, Total="0")
    with pytest.raises(BadAnswer):
        client.read_total("vm_count")


KEYS = (
    "data", "state", "message", "errorCode", "rows", "host", "code", "success", "statusType", "id", "total"
)  # fmt: skip
BODIES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.floats(-2, 2) | st.sampled_from(["", "0", "OK", "x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=10,
)


@given(BODIES, st.sampled_from(["list_hosts", "list_clusters", "list_licenses", "manager", "server"]))
def test_no_body_crashes_the_reader_and_no_refusal_is_read_as_rows(root: Any, name: str) -> None:
    operation = OPEN.operation(name)
    response = Response(200, HTTPMessage(), b"")
    with contextlib.suppress(Refused, WrongShape):
        answer = accept(operation, OPEN.bases[operation.base].envelope, response, root)
        if isinstance(root, dict):
            assert root.get("success") is not False
            assert root.get("statusType") in (None, "OK")
        if name.startswith("list"):
            where = Rows(operation.answer, operation.alternatives, keys_of(operation))
            rows = rows_under(answer.data, where, None)
            assert all(isinstance(row, dict) for row in rows)
        else:
            object_under(answer.data, operation.answer, keys_of(operation))


@pytest.mark.parametrize(
    ("body", "count"),
    [([{"id": 1}, {"id": 2, "x": 3}], 2), ([{"id": 1}, {"x": 3}], None), ([{"id": 1}, 5], None), ([], None)],
)
def test_a_list_without_its_key_is_read_if_it_has_only_such_rows(body: Any, count: int | None) -> None:
    where = Rows(["host"], keys=frozenset(["id"]))
    if count is not None:
        assert len(rows_under(body, where, None)) == count
        return
    with pytest.raises(WrongShape):
        rows_under(body, where, None)


def test_a_list_without_its_keys_is_not_read_at_a_longer_path() -> None:
    with pytest.raises(WrongShape):
        rows_under([{"id": 1}], Rows(["data", "rows"], keys=frozenset(["id"])), None)
