# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists over HTTP: counts, links to the next page, and the rows of incomplete lists."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api import client as client_module
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.client import Client
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.lists import (
    ForeignLink,
    target_of_link,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.fields import (
    PathStep,
    ResponsePart,
    Source,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.model import (
    NEXT,
    OFFSET,
    Paging,
    Profile,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.connection import Connection
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    BadAnswer,
    BusinessError,
    ListIncomplete,
)

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
IN_HEADER = Source(ResponsePart.HEADER, name="Link")
IN_BODY = Source(ResponsePart.BODY, (PathStep("links"), PathStep("next")))


def with_paging(paging: Paging) -> Profile:
    hosts = replace(OPEN.operations["list_hosts"], paging=paging, count="")
    return replace(OPEN, operations={**OPEN.operations, "list_hosts": hosts})


def by_link(source: Source) -> Profile:
    return with_paging(Paging(NEXT, "", "limit", 2, next=source))


def ids(rows: Any) -> list[str]:
    return [row.text("id") for row in rows]


def hosts(*numbers: int) -> dict[str, Any]:
    return {"host": [{"id": number} for number in numbers]}


def paged(json_answer: Any, everything: list[int], size: int, count: Any) -> Any:
    """Return a script with pages of ``size`` rows without a total, and a count of all rows."""

    def script(request: Any) -> Any:
        if request.path.endswith("/host"):
            return count
        offset = int(request.target.split("offset=")[1].split("&")[0])
        return json_answer(hosts(*everything[offset : offset + size]))

    return script


@pytest.mark.parametrize(("size", "requests"), [(4, 3), (2, 4), (3, 4)])
def test_a_count_proves_a_list_whose_next_page_is_empty(
    server: Any, connect: Any, json_answer: Any, size: int, requests: int
) -> None:
    """A server that returns fewer rows than requested and no total: all pages and the count are read."""
    server.script = paged(json_answer, [1, 2, 3, 4], size, json_answer(hosts(1, 2, 3, 4)))
    listed = Client(connect(), OPEN).read_list("list_hosts")
    assert (ids(listed.rows), listed.complete, listed.total) == (["1", "2", "3", "4"], True, 4)
    assert len(server.seen) == requests


def test_a_count_above_the_rows_makes_the_list_incomplete(
    server: Any, connect: Any, json_answer: Any
) -> None:
    server.script = paged(json_answer, [1, 2, 3], 2, json_answer(hosts(1, 2, 3, 4)))
    listed = Client(connect(), OPEN).read_list("list_hosts")
    assert ids(listed.rows) == ["1", "2", "3"]
    assert listed.why is not None
    assert (listed.why.fields["got"], listed.why.fields["total"]) == (3, 4)


@pytest.mark.parametrize("total", ["4, 4", "1"])
def test_an_unusable_total_does_not_end_a_list(
    server: Any, connect: Any, json_answer: Any, total: str
) -> None:
    """Two proxies each add a total, or the total is that of a page: all four rows are read."""
    paging = Paging(OFFSET, "offset", "limit", 1000, total=Source(ResponsePart.HEADER, name="Total"))

    def script(request: Any) -> Any:
        offset = int(request.target.split("offset=")[1].split("&")[0])
        return json_answer(hosts(*[1, 2, 3, 4][offset : offset + 2]), Total=total)

    server.script = script
    listed = Client(connect(), with_paging(paging)).read_list("list_hosts")
    assert ids(listed.rows) == ["1", "2", "3", "4"]
    assert listed.complete is (total == "4, 4")


def test_a_list_that_was_sorted_anew_between_two_pages_has_its_rows(
    server: Any, connect: Any, json_answer: Any
) -> None:
    paging = Paging(OFFSET, "offset", "limit", 1000, total=Source(ResponsePart.HEADER, name="Total"))
    server.script = lambda request: json_answer(
        hosts(1, 2) if "offset=0" in request.target else hosts(2), Total="3"
    )
    listed = Client(connect(), with_paging(paging)).read_list("list_hosts")
    assert (ids(listed.rows), listed.total) == (["1", "2"], 3)
    assert listed.why is not None
    assert listed.why.code == "answer_row_repeated"
    with pytest.raises(ListIncomplete):
        listed.whole()


def test_an_error_on_a_further_page_keeps_the_rows(server: Any, connect: Any, json_answer: Any) -> None:
    refusal = json_answer({"errorCode": 9, "errorMessage": "offset is too large"}, 409)
    server.script = lambda request: json_answer(hosts(1, 2)) if "offset=0" in request.target else refusal
    client = Client(connect(), OPEN)
    listed = client.read_list("list_hosts")
    assert ids(listed.rows) == ["1", "2"]
    assert listed.why is not None
    assert (listed.why.code, listed.why.fields["total"]) == ("answer_cut_off", "?")
    assert isinstance(listed.why.cause, BusinessError)
    with pytest.raises(BusinessError):
        client.read_rows("list_hosts")


def test_an_error_on_the_first_page_is_raised(server: Any, connect: Any, json_answer: Any) -> None:
    server.script = lambda request: json_answer({"errorCode": 9}, 409)
    with pytest.raises(BusinessError):
        Client(connect(), OPEN).read_list("list_hosts")


@pytest.mark.parametrize("kind", ["path", "query", "url", "header"])
def test_links_are_followed_to_the_last_page(server: Any, connect: Any, json_answer: Any, kind: str) -> None:
    form = {
        "path": "/cas/casrs/host/list?after={0}",
        "query": "?after={0}",
        "url": "http://127.0.0.1:{1}/cas/casrs/host/list?after={0}",
        "header": '</cas/casrs/host/list>; rel="first", <list?after={0}>; title="a, b"; rel="x next"',
    }[kind]

    def script(request: Any) -> Any:
        at = int(request.target.split("after=")[1]) if "after=" in request.target else 0
        link = form.format(at + 2, server.port) if at < 4 else ""
        body = hosts(at + 1, at + 2)
        if kind == "header":
            return json_answer(body, **({"Link": link} if link else {}))
        return json_answer({**body, "links": {"next": link}})

    server.script = script
    profile = by_link(IN_HEADER if kind == "header" else IN_BODY)
    assert ids(Client(connect(), profile).read_rows("list_hosts")) == ["1", "2", "3", "4", "5", "6"]
    assert [request.target for request in server.seen] == [
        "/cas/casrs/host/list?limit=2",
        "/cas/casrs/host/list?after=2",
        "/cas/casrs/host/list?after=4",
    ]


@pytest.mark.parametrize(
    "link",
    [
        "https://127.0.0.1:{0}/next",
        "http://127.0.0.1:1/next",
        "http://127.0.0.1/next",
        "http://localhost:{0}/next",
        "//evil.example.com/next",
        "http://evil.example.com:{0}/next",
        "http://a:b@127.0.0.1:{0}/next",
        "http://127.0.0.1:{0}\\@evil.example.com/",
        "/next page",
        "/next\r\nX-Injected: 1",
        "http://[::1/next",
        "http://127.0.0.1:x/next",
        "javascript:alert(1)",
    ],
)
def test_a_link_to_another_server_is_not_followed(
    server: Any, connect: Any, json_answer: Any, link: str
) -> None:
    server.script = lambda request: json_answer({**hosts(1), "links": {"next": link.format(server.port)}})
    client = Client(connect(), by_link(IN_BODY))
    listed = client.read_list("list_hosts")
    assert ids(listed.rows) == ["1"]
    assert listed.why is not None
    assert isinstance(listed.why.cause, BadAnswer)
    assert listed.why.cause.code == "answer_link"
    assert len(server.seen) == 1
    with pytest.raises(BadAnswer):
        client.read_rows("list_hosts")


def test_links_that_lead_back_are_a_list_that_changed(server: Any, connect: Any, json_answer: Any) -> None:
    server.script = lambda request: json_answer(
        {**hosts(2 if "after" in request.target else 1), "links": {"next": "?after=1"}}
    )
    listed = Client(connect(), by_link(IN_BODY)).read_list("list_hosts")
    assert ids(listed.rows) == ["1", "2"]
    assert listed.why is not None
    assert listed.why.code == "answer_row_repeated"


@pytest.mark.parametrize("link", [5, {"href": "/x"}, ["/x"], "x" * 9000])
def test_a_value_that_is_not_a_link_is_an_error(
    server: Any, connect: Any, json_answer: Any, link: object
) -> None:
    server.script = lambda request: json_answer({**hosts(1), "links": {"next": link}})
    with pytest.raises(BadAnswer) as caught:
        Client(connect(), by_link(IN_BODY)).read_list("list_hosts")
    assert caught.value.code == "answer_shape"


def test_two_different_next_links_are_an_error(server: Any, connect: Any, json_answer: Any) -> None:
    server.script = lambda request: json_answer(hosts(1), Link="</a>; rel=next, </b>; rel=next")
    with pytest.raises(BadAnswer):
        Client(connect(), by_link(IN_HEADER)).read_list("list_hosts")


NEXT_PAGE = "</cas/casrs/host/list?after=1>"


@pytest.mark.parametrize(
    "header",
    [
        NEXT_PAGE + "; rel=next",
        NEXT_PAGE + ';rel="next"',
        NEXT_PAGE + "; REL = Next ; type=text/html",
        NEXT_PAGE + '; title="x; rel=\\"prev\\"";rel=next',
        NEXT_PAGE + '; title="a, <b>; rel=last"; rel="last http://example.com/rel next"; rel=prev',
        NEXT_PAGE + ";; hreflang=zh;rel=next;",
        ",, <?a=1>; rel=prev , " + NEXT_PAGE + "; rel=next, ",
        "<?a=1>, </b>; rel=prev," + NEXT_PAGE + "; crossorigin; rel=next",
        '<#x>; rel="prev first",' + NEXT_PAGE + "; rel=next," + NEXT_PAGE + '; rel="next"',
    ],
)
def test_the_next_link_is_found_in_every_header_that_rfc_8288_allows(
    server: Any, connect: Any, json_answer: Any, header: str
) -> None:
    server.script = lambda request: (
        json_answer(hosts(2)) if "after" in request.target else json_answer(hosts(1), Link=header)
    )
    assert ids(Client(connect(), by_link(IN_HEADER)).read_rows("list_hosts")) == ["1", "2"]


@pytest.mark.parametrize(
    "header",
    [
        "/host/list?after=1; rel=next",
        NEXT_PAGE + "; rel='next'",
        "<" + NEXT_PAGE + "; rel=next",
        NEXT_PAGE + '; title=a"b; rel=next',
        NEXT_PAGE + "; title=x,y; rel=next",
        NEXT_PAGE + ' rel="next"',
        NEXT_PAGE + '; rel="next',
        NEXT_PAGE + "; rel=next x",
        NEXT_PAGE + "; =next",
        NEXT_PAGE + '; anchor="/other"; rel=next',
        "<>; rel=next",
        "next",
        "; " * 4000 + "x",
        NEXT_PAGE + "; " * 3000 + '"',
    ],
)
def test_a_link_header_that_is_not_understood_is_not_the_last_page(
    server: Any, connect: Any, json_answer: Any, header: str
) -> None:
    server.script = lambda request: json_answer(hosts(1), Link=header)
    with pytest.raises(BadAnswer) as caught:
        Client(connect(), by_link(IN_HEADER)).read_list("list_hosts")
    assert caught.value.code == "answer_shape"


@pytest.mark.parametrize(
    "header", ["", ",", " , ,", "<?a=1>", "<?a=1>; rel=prev", '<?a=1>; rel=""; title=next']
)
def test_a_link_header_without_a_next_link_is_the_last_page(
    server: Any, connect: Any, json_answer: Any, header: str
) -> None:
    server.script = lambda request: json_answer(hosts(1), Link=header)
    assert ids(Client(connect(), by_link(IN_HEADER)).read_rows("list_hosts")) == ["1"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500])
def test_a_count_that_is_refused_does_not_fail_the_list(
    server: Any, connect: Any, json_answer: Any, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "ATTEMPTS", 1)
    server.script = paged(json_answer, [1, 2, 3], 2, json_answer({}, status))
    listed = Client(connect(), OPEN).read_list("list_hosts")
    assert (ids(listed.rows), listed.complete) == (["1", "2", "3"], True)


@pytest.mark.parametrize(
    ("status", "total", "complete"), [(400, 3, True), (404, 3, True), (204, 3, True), (400, 5, False)]
)
def test_a_page_that_is_refused_is_the_end_if_the_last_row_is(
    server: Any, connect: Any, json_answer: Any, reply: Any, status: int, total: int, complete: bool
) -> None:
    """A server that refuses an offset beyond its rows, and one that refuses offsets from 3 on."""

    def script(request: Any) -> Any:
        if request.path.endswith("/host"):
            return json_answer({}, 404)
        offset, limit = (int(part.split("=")[1]) for part in request.target.partition("?")[2].split("&"))
        if offset >= 3:
            return reply(status)
        return json_answer(hosts(*range(1, total + 1)[offset : offset + min(limit, 3)]))

    server.script = script
    listed = Client(connect(), OPEN).read_list("list_hosts")
    assert (ids(listed.rows), listed.complete) == (["1", "2", "3"], complete)


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("https://Vms.example.com/a?b=c#d", "/a?b=c"),
        ("https://vms.example.com:443/", "/"),
        ("https://vms.example.com", "/"),
        ("?page=2", "/base/list?page=2"),
        ("../x", "/x"),
        ("/主机?x=%E4", "/%E4%B8%BB%E6%9C%BA?x=%E4"),
    ],
)
def test_the_target_of_a_link(link: str, target: str) -> None:
    connection = Connection("vms.example.com", 443, "user", "password")
    assert target_of_link(link, "/base/list?page=1", connection) == target


def test_a_link_to_the_default_port_is_another_server() -> None:
    with pytest.raises(ForeignLink):
        target_of_link("https://vms.example.com/", "/", Connection("vms.example.com", 8443, "u", "p"))


def test_an_end_that_nothing_shows_is_named(server: Any, connect: Any, json_answer: Any) -> None:
    server.script = lambda request: json_answer(hosts(1, 2))
    listed = Client(connect(), by_link(IN_BODY)).read_list("list_hosts")
    assert ids(listed.rows) == ["1", "2"]
    assert listed.why is not None
    assert (listed.why.code, listed.why.seen) == ("answer_unproved", 2)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ({"total": 3}, {}),
        ({"totalCount": "3"}, {}),
        ({"总数": 3}, {}),
        ({"@total": "3"}, {}),
        ({}, {"Total": "3"}),
        ({}, {"X-Total-Count": "3"}),
    ],
)
def test_a_total_beside_the_rows_counts_where_the_profile_has_no_paging(
    server: Any, connect: Any, json_answer: Any, body: dict[str, Any], headers: dict[str, str]
) -> None:
    unpaged = replace(OPEN.operations["list_hosts"], paging=None, count="")
    profile = replace(OPEN, operations={**OPEN.operations, "list_hosts": unpaged})
    server.script = lambda request: json_answer({**hosts(1, 2), **body}, **headers)
    listed = Client(connect(), profile).read_list("list_hosts")
    assert ids(listed.rows) == ["1", "2"]
    assert listed.why is not None
    assert (listed.why.fields["got"], listed.why.fields["total"]) == (2, 3)
    server.script = lambda request: json_answer({**hosts(1, 2, 3), **body}, **headers)
    assert Client(connect(), profile).read_list("list_hosts").complete
