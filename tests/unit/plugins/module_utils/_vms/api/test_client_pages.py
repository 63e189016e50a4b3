# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages of lists over HTTP: parameters, totals, and the end of a list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.client import Client
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    BadAnswer,
)

from .conftest import in_turn


def hosts_by_offset(json_answer: Any, total: int, cap: int = 1000) -> Callable[[Any], Any]:
    def script(request: Any) -> Any:
        if request.path.endswith("/host"):
            return json_answer({"host": [{"id": number} for number in range(total)]})
        query = dict(part.split("=") for part in request.target.partition("?")[2].split("&"))
        first, limit = int(query["offset"]), min(int(query["limit"]), cap)
        rows = [{"id": number} for number in range(first, min(total, first + limit))]
        return json_answer({"host": rows[0] if len(rows) == 1 else rows} if rows else {}, Total=str(total))

    return script


@pytest.mark.parametrize(
    ("total", "cap", "requests"),
    [(0, 1000, 1), (1, 1000, 1), (999, 1000, 1), (1000, 1000, 2), (1001, 1000, 2), (250, 100, 3)],
)
def test_paging_by_offset(
    server: Any, client: Client, json_answer: Any, total: int, cap: int, requests: int
) -> None:
    server.script = hosts_by_offset(json_answer, total, cap)
    assert len(client.read_rows("list_hosts")) == total
    assert len(server.seen) == requests


def test_paging_by_page_number(server: Any, client: Client, json_answer: Any) -> None:
    def script(request: Any) -> Any:
        number = int(request.target.split("page=")[1].split("&")[0])
        rows = [{"name": f"c{index}"} for index in range(2500)][(number - 1) * 1000 : number * 1000]
        return json_answer({"rows": rows, "total": "2500"})

    server.script = script
    assert len(client.read_rows("list_clients")) == 2500
    assert [request.target.partition("?")[2] for request in server.seen] == [
        "page=1&pageSize=1000",
        "page=2&pageSize=1000",
        "page=3&pageSize=1000",
    ]


def test_a_list_that_ends_before_its_total_is_incomplete(
    server: Any, client: Client, json_answer: Any
) -> None:
    server.script = in_turn(
        json_answer({"rows": [{"name": "a"}], "total": 3}), json_answer({"rows": [], "total": 3})
    )
    with pytest.raises(BadAnswer) as caught:
        client.read_rows("list_clients")
    assert caught.value.code == "answer_incomplete"
    assert (caught.value.fields["got"], caught.value.fields["total"]) == (1, 3)


def test_without_a_total_a_list_ends_with_an_empty_page(
    server: Any, client: Client, json_answer: Any
) -> None:
    names = [f"c{index}" for index in range(1001)]

    def script(request: Any) -> Any:
        start = (int(request.target.split("page=")[1].split("&")[0]) - 1) * 1000
        return json_answer({"rows": [{"name": name} for name in names[start : start + 1000]]})

    server.script = script
    assert [row.text("name") for row in client.read_rows("list_clients")] == names
    assert [request.target.partition("?")[2] for request in server.seen] == [
        f"page={number}&pageSize=1000" for number in (1, 2, 3)
    ]


def test_a_count_reads_one_row(server: Any, client: Client, json_answer: Any) -> None:
    server.script = lambda request: json_answer({"domain": {"id": 1}}, Total="4321")
    assert client.read_total("vm_count") == 4321
    assert server.seen[0].target == "/cas/casrs/vm/vmList?offset=0&limit=1"
