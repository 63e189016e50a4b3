# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers as they are found: lists sorted anew, pages shortened, times without a zone, sentences in GBK."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._errors import UsphereError
from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.license_server_api import (
    LicenseServerApi,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import LicenseRecord
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.vms_api import VmsApi
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    BusinessError,
    ListIncomplete,
)

OPEN = load_profile(
    {
        "extends": "usphere_7",
        "name": "open",
        "bases": {"vms": {"auth": "none"}, "license_server": {"auth": "none"}},
    }
)
HOST_LIST = "/cas/casrs/host/list"
LICENSE = {
    "id": "LS-1",
    "productId": "srm",
    "kind": "temporary",
    "quantity": 20,
    "status": "in_use",
    "expiresAt": "never",
}

# Returns the ids of a page by its offset and by how often the first page was requested before.
Pages = Callable[[int, int], list[int]]


@pytest.fixture
def host_ids(server: Any, connect: Any, json_answer: Any) -> Callable[..., list[str]]:
    """Return a function that reads the ids of hosts which a server has on its pages."""

    def read(pages: Pages, number: int, **headers: str) -> list[str]:
        readings: list[int] = []

        def script(request: Any) -> Any:
            if request.path != HOST_LIST:
                return json_answer({"host": [{"id": each} for each in range(number)]})
            offset = int(parse_qs(urlsplit(request.target).query)["offset"][0])
            if offset == 0:
                readings.append(offset)
            rows = [{"id": each, "hostType": 16, "cpuSockets": 2} for each in pages(offset, len(readings))]
            return json_answer({"host": rows}, **headers)

        server.script = script
        return [host.id for host in VmsApi(connect(), OPEN).hosts()]

    return read


def test_a_list_that_is_sorted_anew_once_is_read_again(host_ids: Callable[..., list[str]]) -> None:
    def pages(offset: int, reading: int) -> list[int]:
        second = [2] if reading == 1 else [3]
        return {0: [1, 2], 2: second}.get(offset, [])

    assert host_ids(pages, 3, Total="3") == ["1", "2", "3"]


@pytest.mark.parametrize("headers", [{}, {"Total": "4, 4"}], ids=["no total", "total of two proxies"])
def test_pages_that_the_server_shortens_are_read_to_the_end(
    host_ids: Callable[..., list[str]], headers: dict[str, str]
) -> None:
    found = host_ids(lambda offset, reading: [1, 2, 3, 4][offset : offset + 2], 4, **headers)
    assert found == ["1", "2", "3", "4"]


def test_a_count_does_not_end_a_list_that_has_further_pages(host_ids: Callable[..., list[str]]) -> None:
    """The other call shows two hosts: the list is read completely, or not believed to be complete."""
    with contextlib.suppress(ListIncomplete):
        found = host_ids(lambda offset, reading: [1, 2, 3, 4][offset : offset + 2], 2)
        assert found == ["1", "2", "3", "4"]


def test_a_count_does_not_outweigh_a_total(host_ids: Callable[..., list[str]]) -> None:
    def pages(offset: int, reading: int) -> list[int]:
        return {0: [1, 2], 2: [2]}.get(offset, [])

    with pytest.raises(ListIncomplete):
        host_ids(pages, 2, Total="3")


def test_a_total_ends_a_list_of_hosts_without_a_further_page(
    server: Any, host_ids: Callable[..., list[str]]
) -> None:
    assert host_ids(lambda offset, reading: [1, 2], 2, Total="2") == ["1", "2"]
    assert [request.path for request in server.seen] == [HOST_LIST]


@pytest.fixture
def license_ending(server: Any, connect: Any, json_answer: Any) -> Callable[..., LicenseRecord]:
    """Return a function that reads a license with this end; the server does not state its own clock."""

    def read(expires_at: object, timezone: str | None = None) -> LicenseRecord:
        rows = [{**LICENSE, "expiresAt": expires_at}]
        server.script = lambda request: (
            json_answer({"rows": rows, "total": 1})
            if request.path.endswith("/licenses")
            else json_answer({"id": "ls-east"})
        )
        (found,) = LicenseServerApi(connect(timezone=timezone), OPEN).licenses()
        return found

    return read


def test_a_local_time_stays_without_a_zone(license_ending: Callable[..., LicenseRecord]) -> None:
    assert license_ending("2026-12-06 08:00:00").expires_at == "2026-12-06T08:00:00"


def test_a_local_time_in_the_configured_zone_is_utc(license_ending: Callable[..., LicenseRecord]) -> None:
    assert license_ending("2026-12-06 08:00:00", "Asia/Shanghai").expires_at == "2026-12-06T00:00:00Z"


def test_the_zone_of_a_server_follows_from_its_own_clock(server: Any, connect: Any, json_answer: Any) -> None:
    def script(request: Any) -> Any:
        if request.path.endswith("/licenses"):
            return json_answer({"rows": [{**LICENSE, "expiresAt": "2026-12-06 08:00:00"}], "total": 1})
        clock = {"id": "ls-east", "time": "2026-11-30 17:02:00"}
        response = json_answer(clock)
        # The server of the test writes a header Date of its own first.
        response.raw = (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: Mon, 30 Nov 2026 09:00:00 GMT\r\n"
            + b"Content-Length: %d\r\n\r\n" % len(response.body)
            + response.body
        )
        return response

    server.script = script
    (found,) = LicenseServerApi(connect(), OPEN).licenses()
    assert found.expires_at == "2026-12-06T00:00:00Z"


@pytest.mark.parametrize("value", [1893456000, "1893456000", "20261206"])
def test_a_number_of_another_unit_is_no_time(
    license_ending: Callable[..., LicenseRecord], value: object
) -> None:
    found = license_ending(value)
    assert (found.expires_at, found.unknown["expires_at"]) == (None, "value")


@pytest.mark.parametrize("charset", [{"charset": "GBK"}, {}], ids=["stated", "not stated"])
def test_a_refusal_in_gbk_is_readable(
    server: Any, connect: Any, json_answer: Any, charset: dict[str, str]
) -> None:
    sentence = "许可证已过期，请重新注册"
    raw = sentence.encode("gbk").decode("latin-1")
    server.script = lambda request: json_answer({}, 409, Error_Code="1001", Error_Message=raw, **charset)
    with pytest.raises(BusinessError) as caught:
        VmsApi(connect(), OPEN).license_totals()
    assert f"(1001: {sentence})" in render(caught.value.code, caught.value.fields)


@pytest.mark.parametrize(("host", "endpoint"), [("[::1]", "http://[::1]:9"), ("::1", "http://[::1]:9")])
def test_brackets_of_an_address_are_not_part_of_its_name(connect: Any, host: str, endpoint: str) -> None:
    assert VmsApi(connect(host=host, port=9), OPEN).endpoint == endpoint


@pytest.mark.parametrize("host", ["127.0.0.1:8443", "[::1]:8443"])
def test_a_port_in_a_host_is_named(connect: Any, host: str) -> None:
    with pytest.raises(UsphereError) as caught:
        connect(host=host)
    sentence = render(caught.value.code, caught.value.fields)
    assert "without scheme, port or path" in sentence
    assert host in sentence
