# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the scenario and changes at run time that say how a node writes its answers."""

from __future__ import annotations

import datetime as dt
import email.utils
from collections.abc import Iterator
from typing import Any

import pytest

XML_AND_JSON = "application/json, application/xml;q=0.9"
ZONELESS = "%Y-%m-%dT%H:%M:%S"


@pytest.fixture(scope="module")
def server(simulate_module: Any) -> Any:
    licenses = [
        {"product": "vms_standard", "arch": arch, "kind": "formal", "quantity": 8}
        for arch in ("aarch64", "x86_64")
    ]
    return simulate_module(
        license_servers={"ls": {"licenses": licenses}},
        vms={
            "plain": {
                "hosts": [{"count": 5, "vms": 4}],
                "srm": {"protected_vms": 1, "main_site_ip": "192.0.2.1", "spare_site_ip": "198.51.100.1"},
            },
            "odd": {
                "hosts": [{"count": 5, "vms": 4}],
                "format": "xml",
                "total": "wrong",
                "page_cap": 2,
                "zone": "+08:00",
                "error_charset": "utf-8",
                "lapsed_code": 1151,
            },
        },
    )


@pytest.fixture
def sim(server: Any) -> Iterator[Any]:
    yield server
    assert server.control("DELETE", "/answers").status == 200


def change(sim: Any, node: str, **options: object) -> Any:
    answer = sim.control("POST", "/answers", {"node": node, **options})
    assert answer.status == 201, answer.json
    return answer.json


def names(answer: Any, key: str = "host") -> list[str]:
    return [row["name"] for row in answer.json[key]]


def test_options_of_the_scenario_hold_from_the_start(sim: Any) -> None:
    page = sim.vms("odd", "GET", "/host/list")
    assert page.headers["Content-Type"].startswith("application/xml")
    assert page.headers["Total"] == "6"
    assert page.content.count(b"<host ") == 2
    assert b"+08:00" not in page.content
    missing = sim.vms("odd", "GET", "/host/id/99")
    assert missing.headers["Error-Message"].encode("latin-1").decode("utf-8") == "主机不存在。"
    assert (missing.headers["Error-Code"], missing.headers["charset"]) == ("402", "utf-8")


@pytest.mark.parametrize(
    ("total", "hosts", "machines"),
    [
        ("none", None, None),
        ("header", ["5"], ["20"]),
        ("wrong", ["6"], ["21"]),
        ("twice", ["5", "6"], ["20", "21"]),
    ],
)
def test_the_total_is_stated_as_an_option_says(sim: Any, total: str, hosts: Any, machines: Any) -> None:
    change(sim, "plain", total=total)
    assert sim.vms("plain", "GET", "/host/list").headers.get_all("Total") == hosts
    assert sim.vms("plain", "GET", "/vm/vmList?limit=1").headers.get_all("Total") == machines


def test_a_page_is_capped_whatever_its_limit(sim: Any) -> None:
    change(sim, "*", page_cap=1)
    assert len(sim.vms("plain", "GET", "/vm/vmList?limit=-1").json) == 1
    assert sim.vms("plain", "GET", "/host/list?offset=4&limit=1000").json["host"]["name"] == "cvk5"
    rows = [sim.server("ls", "GET", f"/licenses?page={page}&pageSize=100").json["rows"] for page in (1, 2)]
    assert [len(page) for page in rows] == [1, 1]
    assert rows[0] != rows[1]


def test_a_moving_list_repeats_one_row_and_lacks_another(sim: Any) -> None:
    change(sim, "plain", moving_lists=True)
    first = names(sim.vms("plain", "GET", "/host/list?offset=0&limit=3"))
    second = names(sim.vms("plain", "GET", "/host/list?offset=3&limit=3"))
    assert (first, second) == (["cvk1", "cvk2", "cvk3"], ["cvk3", "cvk4"])
    change(sim, "ls", moving_lists=True)
    pages = [sim.server("ls", "GET", f"/licenses?page={page}&pageSize=1").json["rows"] for page in (1, 2)]
    assert pages[0] == pages[1]


def test_totals_of_a_license_server_are_in_the_body(sim: Any) -> None:
    assert "total" not in sim.server("ls", "GET", "/licenses/statistic").json
    for option, listed, statistic in (("body", 2, 2), ("wrong", 3, 3), ("none", None, None)):
        change(sim, "ls", total=option)
        assert sim.server("ls", "GET", "/licenses").json.get("total") == listed
        assert sim.server("ls", "GET", "/licenses/statistic").json.get("total") == statistic


def test_the_format_is_the_only_one_or_the_first_of_two(sim: Any) -> None:
    def kind(accept: str) -> str:
        answer = sim.vms("plain", "GET", "/host/version", accept=accept)
        return str(answer.headers["Content-Type"].partition(";")[0])

    assert kind(XML_AND_JSON) == "application/json"
    change(sim, "plain", xml_first=True)
    assert [kind(XML_AND_JSON), kind("application/json")] == ["application/xml", "application/json"]
    change(sim, "plain", format="json")
    assert kind("*/*") == "application/json"
    change(sim, "plain", format="xml")
    assert kind("application/json") == "application/xml"


def test_lists_may_have_another_form(sim: Any) -> None:
    plans = "/cloudSrm/recoveryPlan?mainSiteIp=192.0.2.1&spareSiteIp=198.51.100.1"
    assert isinstance(sim.vms("plain", "GET", plans).json, list)
    change(sim, "plain", lists="keyed")
    assert set(sim.vms("plain", "GET", plans).json) == {"RsSrmRecovery"}
    change(sim, "plain", lists="bare")
    assert [row["name"] for row in sim.vms("plain", "GET", "/host/list?limit=1").json] == ["cvk1"]
    change(sim, "plain", lists="data")
    assert [row["name"] for row in sim.vms("plain", "GET", "/cluster/clusters").json["data"]] == ["compute"]
    assert "casVersion" in sim.vms("plain", "GET", "/version").json


def test_times_without_a_zone_are_the_wall_clock_of_the_zone(sim: Any) -> None:
    def times(text: str) -> dt.datetime:
        return dt.datetime.strptime(text, ZONELESS)

    with_zone = dt.datetime.fromisoformat(sim.vms("plain", "GET", "/host/list").json["host"][0]["addTime"])
    issued = sim.licenses("ls")["LS-000001"]
    change(sim, "*", zone="-03:30")
    without = times(sim.vms("plain", "GET", "/host/list").json["host"][0]["addTime"])
    zone = dt.timezone(-dt.timedelta(hours=3, minutes=30))
    assert without.replace(tzinfo=zone) == with_zone
    shown = sim.licenses("ls")["LS-000001"]
    assert shown["expiresAt"] == "never"
    utc = dt.datetime.fromisoformat(issued["issuedAt"].replace("Z", "+00:00"))
    assert times(shown["issuedAt"]).replace(tzinfo=zone) == utc
    assert sim.state()["clock"].endswith("Z")


def test_the_clock_of_a_node_and_its_date_may_be_off(sim: Any) -> None:
    def offset() -> float:
        answer = sim.server("ls", "GET", "/server")
        date = email.utils.parsedate_to_datetime(answer.headers["Date"])
        time = dt.datetime.fromisoformat(answer.json["time"].replace("Z", "+00:00"))
        assert abs((time - date).total_seconds()) <= 1
        now = dt.datetime.fromisoformat(sim.control("GET", "/clock").json["now"].replace("Z", "+00:00"))
        return (now - date).total_seconds()

    assert abs(offset()) < 60
    sim.advance(2)
    assert abs(offset()) < 60  # the date follows the clock of the simulation
    change(sim, "ls", clock_skew_s=-600)
    assert 540 < offset() < 660


@pytest.mark.parametrize(
    ("form", "body"),
    [
        ("code", {"code": 403, "msg": "没有权限"}),
        ("success", {"success": False, "message": "没有权限"}),
        ("status_type", {"statusType": "ERROR", "message": "没有权限"}),
        ("error_code", {"errorCode": 403, "errorMessage": "没有权限"}),
        ("state", {"data": None, "state": 1, "message": "没有权限", "errorCode": 403}),
    ],
)
def test_a_refusal_may_have_status_200(sim: Any, form: str, body: object) -> None:
    change(sim, "plain", in_body_errors={"path": "/host/list", "form": form})
    refused = sim.vms("plain", "GET", "/host/list")
    assert (refused.status, refused.json) == (200, body)
    assert sim.vms("plain", "GET", "/host").json["host"]
    assert sim.vms("plain", "GET", "/host/list", password="wrong").status == 401


def test_a_refused_write_does_nothing(sim: Any) -> None:
    change(sim, "*", in_body_errors=True)
    client = {"name": "new", "password": "pw"}
    assert sim.server("ls", "POST", "/clients", client).json == {"code": 403, "msg": "没有权限"}
    sim.control("DELETE", "/answers")
    assert sim.server("ls", "GET", "/clients").json["rows"] == []


def test_errors_may_repeat_the_credentials(sim: Any) -> None:
    change(sim, "*", echo=True)
    missing = sim.vms("plain", "GET", "/host/id/99?secret=q")
    assert missing.json["request"]["username"] == "automation"
    assert "Digest username=" in missing.headers["Error-Message"]
    assert "secret=q" in missing.headers["Error-Message"]
    form = sim.token("ls", password="wrong: pass")
    assert form.json["request"]["body"]["password"] == "wrong: pass"
    assert form.json["request"]["password"] == sim.node("ls")["client_secret"]
    bearer = sim.server("ls", "GET", "/licenses/none")
    assert sim.bearer("ls") in bearer.json["request"]["authorization"]
    failed = sim.send("plain", "POST", "/cas/spring_check?encrypt=false&name=a&password=wrong")
    assert (failed.status, "password=wrong" in failed.json["request"]["url"]) == (200, True)
    assert "request" not in sim.vms("plain", "GET", "/host/version").json


def test_the_sentence_of_an_error_names_its_character_set_by_option(sim: Any) -> None:
    change(sim, "plain", error_charset="gbk")
    missing = sim.vms("plain", "GET", "/host/id/99")
    assert missing.headers["charset"] == "gbk"
    assert missing.headers["Error-Message"].encode("latin-1").decode("gbk") == "主机不存在。"


def test_changes_are_listed_and_the_newest_counts(sim: Any) -> None:
    first = change(sim, "plain", page_cap=1)
    second = change(sim, "*", page_cap=2)
    assert sim.control("GET", "/answers").json == [first, second]
    assert len(sim.vms("plain", "GET", "/host/list").json["host"]) == 2
    assert sim.control("DELETE", f"/answers/{second['id']}").json == second
    assert sim.vms("plain", "GET", "/host/list").json["host"]["name"] == "cvk1"
    assert sim.control("DELETE", f"/answers/{second['id']}").status == 404


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"node": "plain", "pages": 1}, "body.pages: unknown key"),
        ({"node": "plain", "page_cap": 0}, "body.page_cap: expected an integer of at least 1"),
        ({"node": "plain", "zone": "Asia/Shanghai"}, "body.zone: expected an offset such as '+08:00'"),
        ({"node": "plain", "total": "body"}, "body.total: expected one of none, header, wrong, twice"),
        ({"node": "ls", "total": "twice"}, "body.total: expected one of none, body, wrong"),
        ({"node": "ls", "format": "xml"}, "body.format: unknown key"),
        (
            {"node": "plain", "in_body_errors": {"path": "/", "form": "x"}},
            "body.in_body_errors.form: expected",
        ),
        ({"node": "plain"}, "body: names no option"),
    ],
)
def test_a_change_that_is_not_one_is_refused(sim: Any, body: object, sentence: str) -> None:
    refused = sim.control("POST", "/answers", body)
    assert (refused.status, refused.json["errorMessage"].startswith(sentence)) == (400, True), refused.json
    assert sim.control("POST", "/answers", {"node": "nobody", "echo": True}).status == 404
