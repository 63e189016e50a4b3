# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The second API: conventions of its own over the same state engine, driven by plain HTTP."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .second_client import CLOCK, SCENARIO, Console, Portal, source_xml


@pytest.fixture(scope="module")
def sim(simulate_module: Any) -> Any:
    return simulate_module(**SCENARIO)


@pytest.fixture(scope="module")
def changing(simulate_module: Any) -> Any:
    return simulate_module(**SCENARIO)


@pytest.fixture
def fresh(changing: Any) -> Iterator[Any]:
    """A simulator that a test may change; it is put back afterwards."""
    taken = changing.control("POST", "/snapshots").json["id"]
    yield changing
    assert changing.control("POST", f"/snapshots/{taken}/restore").status in (200, 204)
    assert changing.control("PUT", "/clock", {"now": CLOCK}).status == 200
    changing.control("PUT", "/dry-run", {"on": False})


@pytest.fixture(scope="module")
def portal(sim: Any) -> Portal:
    return Portal(sim, "many")


@pytest.fixture(scope="module")
def console(sim: Any) -> Console:
    return Console(sim, "ls")


def test_an_unknown_api_is_an_error(program: Any, tmp_path: Path) -> None:
    file = tmp_path / "scenario.yml"
    file.write_text("api: third\n", encoding="utf-8")
    result = program("start", "--state", tmp_path / "state", "--scenario", file)
    assert result.returncode == 1
    assert "api: expected one of first, second" in result.stderr


def test_paths_of_the_first_api_are_not_there(sim: Any, portal: Portal) -> None:
    portal.read("/about")
    answer = sim.send("many", "GET", "/cas/casrs/host/list", None, **portal.headers)
    assert (answer.status, answer.json["ret"]) == (404, 1404)


def test_a_wrong_password_is_refused_in_the_body(sim: Any) -> None:
    before = sim.state()["nodes"]["none"]["failed_logins"]
    answer = Portal(sim, "none").sign_in("wrong")
    assert (answer.status, answer.json["ret"]) == (200, 1007)
    assert answer.json["retMsg"] == "用户名或密码错误"
    assert "Set-Cookie" not in answer.headers
    assert sim.state()["nodes"]["none"]["failed_logins"] == before + 1
    assert Console(sim, "spare").sign_in("wrong").json["ret"] == 1007


def test_every_call_needs_the_cookie_and_the_csrf_header(sim: Any, portal: Portal) -> None:
    portal.read("/about")
    bare = sim.send("many", "GET", "/api/v3/about")
    assert (bare.status, bare.json["ret"]) == (401, 1005)
    cookie = {"Cookie": portal.headers["Cookie"]}
    for more in ({}, {"X_CSRF": "wrong"}):
        answer = sim.send("many", "GET", "/api/v3/about", None, **cookie, **more)
        assert (answer.status, answer.json["ret"]) == (403, 1006)


def test_a_session_ends_at_the_sign_out(sim: Any) -> None:
    portal = Portal(sim, "none")
    portal.read("/about")
    assert sim.send("none", "POST", "/portal/sign-out", b"", **portal.headers).json["ret"] == 0
    assert portal.send("GET", "/about").status == 401
    console = Console(sim, "spare")
    console.records("/tenants")
    token = {"Authorization": f"Console {console.token}"}
    assert sim.send("spare", "DELETE", "/console/session", None, **token).json["ret"] == 0
    assert console.send("GET", "/tenants").status == 401


def test_a_session_ends_after_its_requests(simulate: Any) -> None:
    sim = simulate(api="second", session_requests=2, vms={"v": {}}, license_servers={"l": {}})
    portal, console = Portal(sim, "v"), Console(sim, "l")
    assert [portal.send("GET", "/about").status for _count in range(3)] == [200, 200, 401]
    assert [console.send("GET", "/self").status for _count in range(3)] == [200, 200, 401]
    assert portal.sign_in().json["ret"] == 0
    assert portal.send("GET", "/about").status == 200


def test_a_session_survives_a_kill(simulate: Any) -> None:
    sim = simulate(api="second", vms={"v": {}})
    portal = Portal(sim, "v")
    portal.read("/about")
    sim.kill()
    sim.start()
    assert portal.send("GET", "/about").status == 200


def test_machines_have_nested_coded_values(portal: Portal) -> None:
    page = portal.read("/machines?size=2")["page"]
    first = page["records"][0]
    assert (first["uid"], first["label"], first["addr"]["mgmt"]) == (1, "cvk1", "10.1.1.2")
    assert (first["hw"]["isa"], first["hw"]["cpu"]["packages"]) == (2, 2)
    assert (first["state"], first["build"], first["zone"]) == ("正常", "7.0 (E0760P03)", {"uid": 1})
    added = dt.datetime.fromisoformat(CLOCK.replace("Z", "+00:00")) - dt.timedelta(days=100)
    assert abs(first["joined"] - added.timestamp()) < 30
    assert first["login"]["pwd"]


def test_machines_are_read_by_following_links(portal: Portal) -> None:
    path, found, states = "/machines?size=2", [], []
    while path:
        page = portal.read(path)["page"]
        found += [row["uid"] for row in page["records"]]
        states += [row["state"] for row in page["records"]]
        path = (page["next"] or "").removeprefix("/api/v3")
    assert found == [1, 2, 3, 4, 5]
    assert states[-1] == "故障"
    assert portal.read("/machines/summary")["machines"] == {"all": 5, "faulty": 1}


def test_zones_link_in_a_header(portal: Portal) -> None:
    answer = portal.send("GET", "/zones?size=1")
    assert 'rel="next"' in answer.headers["Link"]
    assert answer.json["obj"]["page"]["records"] == [{"uid": 1, "label": "compute", "purpose": "计算"}]
    last = portal.send("GET", "/zones?after=1&size=1")
    assert 'rel="next"' not in last.headers["Link"]
    assert last.json["obj"]["page"]["records"] == [{"uid": 2, "label": "containers", "purpose": "容器"}]


def test_facts_of_the_manager(portal: Portal) -> None:
    about = portal.read("/about")
    assert {"item": "版本", "text": "V7.0 (E0760P03)"} in about["facts"]
    assert {"key": "SRM", "value": "已启用", "build": "7.0 (E0760P03)"} in about["modules"]
    manager = portal.send("GET", "/manager")
    assert (manager.headers["X-Manager-Isa"], manager.json["obj"]) == ("2", None)
    roles = {row["role"]: (row["label"], row["addr"]) for row in portal.read("/manager/pair")["nodes"]}
    assert roles == {"主": ("many-1", "10.1.0.10"), "备": ("many-2", "10.1.0.11")}
    assert portal.read("/guests/summary")["guests"] == {"all": 16, "running": 12, "stopped": 4}


def test_plans_and_their_guests(portal: Portal) -> None:
    plans = portal.read("/dr/plans?primary=10.0.0.1&secondary=10.0.0.2")["page"]["records"]
    assert plans == [{"title": "many-plan", "order": 1}]
    assert portal.read("/dr/plans?primary=10.0.0.9&secondary=10.0.0.2")["page"]["records"] == []
    first = portal.read("/dr/plans/many-plan/guests?size=2")["page"]
    assert [row["uid"] for row in first["records"]] == ["g-1", "g-2"]
    rest = portal.read(first["next"].removeprefix("/api/v3"))["page"]
    assert ([row["uid"] for row in rest["records"]], rest["next"]) == (["g-3"], None)
    unknown = portal.send("GET", "/dr/plans/other/guests")
    assert (unknown.status, unknown.json["ret"]) == (200, 2201)


def test_totals_and_source(sim: Any, portal: Portal) -> None:
    totals = portal.read("/licensing/summary")
    assert totals["sockets"] == {"granted": 10, "used": 10}
    assert totals["guests"] == {"granted": 500}
    assert totals["until"] == "2027/01/05 08:00:00"
    source = portal.read("/licensing/source")
    assert (source["status"], source["agent"], source["origin"]) == ("已连接", {"name": "many"}, "ls")
    assert source["endpoint"]["ports"]["console"] == sim.node("ls")["port"]
    assert source["times"]["synced"] == "2026/12/06 08:00:00"
    assert Portal(sim, "none").read("/licensing/source") == {"status": "未配置"}


def test_entitlements(console: Console) -> None:
    first, second, third = console.records("/entitlements")
    assert (first["goods"], first["isa"], first["kind"], first["model"]) == ("VMS-STD", 1, "正式", "3132A0XY")
    assert first["holders"] == [{"tenant": {"name": "many"}, "amount": 8}]
    assert (first["span"]["signed"], first["span"]["until"]) == ("2026/12/06 08:00:00", "永久")
    assert (first["state"], second["kind"], second["goods"]) == ("使用中", "临时", "VMS-ENT")
    assert second["span"]["until"] == "2027/01/05 08:00:00"
    assert (third["goods"], third["isa"]) == ("CTN", 0)
    assert first["tail"].startswith("****")
    page = console.send("GET", "/entitlements?pageNo=2&pageSize=2").json["obj"]["page"]
    assert ([row["no"] for row in page["records"]], page["sum"]) == ([third["no"]], 3)


def test_totals_tenants_and_grants(console: Console) -> None:
    row = next(row for row in console.records("/totals") if row["title"] == "VMS-STD（x86平台）")
    assert row["sum"] == {"all": 8, "busy": 8, "free": 0}
    other, many = console.records("/tenants")
    assert other == {"tenant": {"name": "other", "limits": []}, "link": {"state": "从未连接", "seen": None}}
    assert many["link"] == {"state": "在线", "seen": "2026/12/06 08:00:00"}
    grants = console.records("/tenants/many/grants")
    assert {(row["entitlement"]["goods"], row["amount"]) for row in grants} == {
        ("VMS-STD", 8),
        ("VMS-ENT", 2),
        ("CTN", 3),
    }
    assert console.send("GET", "/tenants/unknown/grants").status == 404


def test_self_and_device(sim: Any, console: Console) -> None:
    body = console.send("GET", "/self").json["obj"]
    assert (body["serial"], body["twin"]) == ("ls", {"serial": None})
    assert body["clock"].startswith("2026/12/06 08:0")
    download = console.send("GET", "/self/device")
    assert download.content == base64.b64decode(sim.device("ls"))
    assert download.headers["Content-Disposition"] == "attachment; filename*=UTF-8''ls.did"


def test_tenants_are_written(sim: Any) -> None:
    console = Console(sim, "spare")
    given = {"tenant": {"name": "new", "secret": "word", "limits": []}}
    made = console.send("POST", "/tenants", given)
    assert (made.status, made.json["obj"]["tenant"]["name"]) == (201, "new")
    again = console.send("POST", "/tenants", given)
    assert (again.status, again.json["ret"], again.json["retMsg"]) == (200, 3140, "客户端已存在")
    limits = [{"goods": "VMS-STD", "isa": 1, "amount": 1}]
    refused = console.send("PATCH", "/tenants/new", {"tenant": {"limits": limits}})
    assert refused.json["ret"] == 3142
    wrong = console.send("PATCH", "/tenants/new", {"tenant": {"limits": [{**limits[0], "isa": 7}]}})
    assert wrong.json["ret"] == 1400
    assert console.send("POST", "/tenants/new/detach").json["ret"] == 0
    assert console.send("DELETE", "/tenants/new").json == {"ret": 0, "obj": None}
    assert console.send("DELETE", "/tenants/new").status == 404


def test_limits_of_a_tenant(fresh: Any) -> None:
    console = Console(fresh, "ls")
    limits = [{"goods": "VMS-STD", "isa": 1, "amount": 5}, {"goods": "CTN", "isa": 0, "amount": 1}]
    changed = console.send("PATCH", "/tenants/other", {"tenant": {"secret": "word", "limits": limits}})
    assert changed.json["obj"]["tenant"]["limits"] == limits
    assert console.records("/tenants")[0]["tenant"]["limits"] == limits


def test_a_file_is_installed_and_uninstalled(fresh: Any) -> None:
    console = Console(fresh, "ls")
    content = fresh.activation_file("ls", ("KEY-1", 4))
    assert console.upload(content, part="file").json["ret"] == 1400
    job = console.job(console.upload(content))
    assert (job["state"], job["reason"]) == ("DONE", {"code": 0, "text": "执行成功"})
    (number,) = job["outcome"]["entitlements"]
    again = console.upload(content)
    assert (again.status, again.json["ret"]) == (200, 3110)
    assert again.json["obj"] == {"entitlements": [number]}
    assert console.send("GET", f"/entitlements/{number}/return-file").status == 404
    assert console.job(console.send("POST", f"/entitlements/{number}/retire"))["state"] == "DONE"
    repeated = console.send("POST", f"/entitlements/{number}/retire")
    assert (repeated.status, repeated.json["obj"]) == (200, {"entitlements": [number]})
    download = console.send("GET", f"/entitlements/{number}/return-file")
    assert download.headers["Content-Disposition"] == "attachment; filename*=UTF-8''A.uak"
    assert download.content


def test_a_wrong_file_ends_its_job_with_a_number(fresh: Any) -> None:
    console = Console(fresh, "spare")
    job = console.job(console.upload(fresh.activation_file("ls", ("KEY-1", 4))))
    assert (job["state"], job["reason"]["code"]) == ("ERROR", 3102)
    assert job["outcome"] == {"entitlements": []}
    assert console.send("GET", "/jobs/999").status == 404


def test_a_product_node_has_the_same_conventions(sim: Any) -> None:
    console = Console(sim, "dr")
    assert console.send("GET", "/self").json["obj"]["serves"] == "DRBK"
    (row,) = console.records("/entitlements")
    assert (row["goods"], row["bundles"], row["amount"], row["isa"]) == ("DRBK", [10, 1], 11, 0)
    (total,) = console.records("/totals")
    assert total == {"title": "DRBK（通用）", "sum": {"all": 11, "busy": 4, "free": 7}}
    job = console.job(console.upload(sim.activation_file("dr", ("KEY-DR", 10))))
    assert job["state"] == "DONE"
    assert console.send("GET", "/tenants").status == 404


def test_a_system_is_connected_by_xml(fresh: Any) -> None:
    portal, console = Portal(fresh, "none"), Console(fresh, "spare")
    console.send("POST", "/tenants", {"tenant": {"name": "none", "secret": "a<b & c"}})

    def put(body: bytes, kind: str = "application/xml") -> Any:
        return portal.send("PUT", "/licensing/source", body, Content_Type=kind)

    assert put(b"<source/>").json["ret"] == 1400
    assert put(b"<source>").json["ret"] == 1400
    assert put(b'<!DOCTYPE source [<!ENTITY a "b">]><source/>').json["ret"] == 1400
    assert put(source_xml(fresh, "spare", "none", "a<b & c"), "application/json").json["ret"] == 1400
    wrong = portal.job(put(source_xml(fresh, "spare", "none", "wrong")))
    assert (wrong["state"], wrong["reason"]["code"]) == ("ERROR", 2102)
    assert portal.job(put(source_xml(fresh, "spare", "none", "a<b & c")))["state"] == "DONE"
    assert portal.read("/licensing/source")["origin"] == "spare"
    assert portal.job(portal.send("POST", "/licensing/source/sync"))["state"] == "DONE"
    assert portal.send("DELETE", "/licensing/source").json == {"ret": 0, "obj": None}
    assert portal.send("POST", "/licensing/source/sync").json["ret"] == 2101


def test_a_pair_needs_its_contract_number(fresh: Any) -> None:
    portal, console = Portal(fresh, "many"), Console(fresh, "spare")
    console.send("POST", "/tenants", {"tenant": {"name": "many", "secret": "word"}})

    def connected(contract: str | None) -> Any:
        body = source_xml(fresh, "spare", "many", "word", contract)
        return portal.job(portal.send("PUT", "/licensing/source", body, Content_Type="text/xml"))

    assert connected(None)["reason"]["code"] == 2105
    assert connected("SC-1")["state"] == "DONE"
    assert portal.read("/licensing/source")["contract"] == "SC-1"


def test_a_lapsed_license_is_named_in_the_body(fresh: Any) -> None:
    portal = Portal(fresh, "many")
    portal.read("/about")
    fresh.advance(40)
    answer = portal.send("GET", "/about")
    assert (answer.status, answer.json["ret"]) == (200, 2020)
    assert portal.sign_in().json["ret"] == 0
    assert portal.read("/licensing/source")["status"] == "已连接"
    assert portal.job(portal.send("POST", "/licensing/source/sync"))["state"] == "DONE"
    assert portal.read("/about")["facts"]


def test_the_dry_run_guard_lets_logins_pass(fresh: Any) -> None:
    assert fresh.control("PUT", "/dry-run", {"on": True}).status == 200
    portal, console = Portal(fresh, "many"), Console(fresh, "ls")
    portal.read("/about")
    refused = console.send("DELETE", "/tenants/other")
    assert (refused.status, refused.json["ret"]) == (200, 1409)
    assert fresh.control("GET", "/dry-run").json["refused"] == [
        {"node": "ls", "method": "DELETE", "path": "/lic/v2/tenants/other"}
    ]
    assert len(console.records("/tenants")) == 2


def test_faults_and_snapshots_work(fresh: Any) -> None:
    assert fresh.control("DELETE", "/requests").status == 204
    portal, console = Portal(fresh, "many"), Console(fresh, "ls")
    fault = {"node": "many", "kind": "http_503", "path": "/machines", "times": 1}
    assert fresh.control("POST", "/faults", fault).status == 201
    assert [portal.send("GET", "/machines").status for _count in range(2)] == [503, 200]
    taken = fresh.control("POST", "/nodes/ls/snapshots").json["id"]
    console.send("POST", "/tenants", {"tenant": {"name": "new", "secret": "word"}})
    assert len(console.records("/tenants")) == 3
    assert fresh.control("POST", f"/nodes/ls/snapshots/{taken}/restore").status in (200, 204)
    console.sign_in()
    assert len(console.records("/tenants")) == 2
    logged = fresh.control("GET", "/requests?node=ls").json
    assert [row["auth"] for row in logged if row["path"] == "/console/session"] == [True, True]
