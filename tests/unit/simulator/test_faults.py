# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fault injection: what the client sees, and what was committed."""

from __future__ import annotations

import contextlib
import http.client
import json
import ssl
import time
from collections.abc import Iterator
from typing import Any

import pytest

FORMAL = {"product": "vms_standard", "arch": "x86_64", "kind": "formal", "quantity": 4, "code": "3132A0XY"}
CLIENTS = "/clients"


@pytest.fixture(scope="module")
def shared(simulate_module: Any) -> Any:
    return simulate_module(
        license_servers={"ls": {"licenses": [FORMAL], "clients": [{"name": "c", "password": "pw"}]}},
        vms={"v": {"hosts": [{}]}},
        keys=[{"key": "KEY", "product": "vms_standard", "arch": "x86_64", "quantity": 1000}],
        task_ms=20,
    )


@pytest.fixture
def sim(shared: Any) -> Iterator[Any]:
    yield shared
    shared.control("DELETE", "/faults")
    shared.control("POST", "/pauses/release")


def inject(sim: Any, **fault: Any) -> Any:
    answer = sim.control("POST", "/faults", {"node": "ls", **fault})
    assert answer.status == 201, answer.json
    return answer.json


def fired(sim: Any) -> list[int]:
    return [row["fired"] for row in sim.control("GET", "/faults").json]


def create(sim: Any, name: str) -> Any:
    return sim.server("ls", "POST", CLIENTS, {"name": name, "password": "pw"})


def names(sim: Any) -> set[str]:
    return {row["name"] for row in sim.state()["nodes"]["ls"]["clients"]}


@pytest.mark.parametrize(("kind", "happened"), [("reset_before", False), ("reset_after", True)])
def test_a_reset_is_sent_before_or_after_the_commit(sim: Any, kind: str, happened: bool) -> None:
    sim.server("ls", "GET", "/server")  # logs in
    inject(sim, kind=kind, method="POST", path=CLIENTS)
    with pytest.raises(ConnectionResetError):
        create(sim, kind)
    assert (kind in names(sim)) is happened
    assert fired(sim) == [1]
    assert create(sim, kind).status == (409 if happened else 201)
    assert fired(sim) == [1]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("kind", "status"), [("http_500", 500), ("http_503", 503), ("html", 200)])
def test_error_statuses_and_html_replace_the_response(sim: Any, kind: str, status: int, when: str) -> None:
    name = f"{kind}-{when}"
    more = {"retry_after": 7} if status == 503 else {}
    inject(sim, kind=kind, path=CLIENTS, when=when, **more)
    answer = create(sim, name)
    assert answer.status == status
    assert answer.headers["Retry-After"] == ("7" if status == 503 else None)
    assert (b"<html>" in answer.content) == (kind == "html")
    with pytest.raises(json.JSONDecodeError):
        assert answer.json
    assert (name in names(sim)) == (when == "after")
    seen = [row for row in sim.control("GET", "/requests?node=ls").json if row["fault"] == kind]
    assert seen[-1]["status"] == status


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_timeout_holds_the_client_until_it_disconnects(sim: Any, when: str) -> None:
    token = sim.server("ls", "GET", "/server") and sim.token("ls").json["access_token"]
    inject(sim, kind="timeout", path=CLIENTS, when=when)
    connection = sim.connect("ls")
    connection.timeout = 0.3
    body = json.dumps({"name": f"late-{when}", "password": "pw"})
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request("POST", "/licsmgr/api/v1/clients", body, headers)
    with pytest.raises(TimeoutError):
        connection.getresponse()
    connection.close()
    assert (f"late-{when}" in names(sim)) == (when == "after")


def test_a_timeout_ends_after_its_seconds(sim: Any) -> None:
    fault = inject(sim, kind="timeout", path="/server", times=0, seconds=1)
    with pytest.raises(ConnectionResetError):  # and not the client's own time limit
        sim.server("ls", "GET", "/server")
    gone = sim.control("DELETE", f"/faults/{fault['id']}")
    assert (gone.json["id"], gone.json["fired"]) == (fault["id"], 1)
    assert sim.server("ls", "GET", "/server").status == 200


def test_a_timeout_ends_when_the_fault_is_deleted(sim: Any) -> None:
    token = sim.token("ls").json["access_token"]
    inject(sim, kind="timeout", path="/server")
    with contextlib.closing(sim.connect("ls")) as connection:
        connection.request("GET", "/licsmgr/api/v1/server", headers={"Authorization": f"Bearer {token}"})
        end = time.monotonic() + 5
        while fired(sim) != [1]:
            assert time.monotonic() < end
        sim.control("DELETE", "/faults")
        with pytest.raises(ConnectionResetError):
            connection.getresponse()


def test_truncated_json_is_valid_http_and_invalid_json(sim: Any) -> None:
    inject(sim, kind="truncated", path="/licenses")
    answer = sim.server("ls", "GET", "/licenses")
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    with pytest.raises(json.JSONDecodeError):
        assert answer.json


def test_a_truncated_file_and_a_cut_response_are_detected(sim: Any) -> None:
    inject(sim, kind="truncated", path="/device-info")
    with pytest.raises(http.client.IncompleteRead) as cut:
        sim.server("ls", "GET", "/device-info")
    assert cut.value.partial
    inject(sim, kind="cut", path="/licenses")
    with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
        sim.server("ls", "GET", "/licenses")
    assert sim.server("ls", "GET", "/licenses").status == 200


def test_a_slow_response_is_sent_byte_by_byte_and_complete(sim: Any) -> None:
    plain = sim.server("ls", "GET", "/licenses").content
    inject(sim, kind="slow", path="/licenses", byte_ms=1)
    start = time.monotonic()
    assert sim.server("ls", "GET", "/licenses").content == plain
    assert time.monotonic() - start > len(plain) / 1000


def test_login_requests_trigger_a_fault_only_if_it_includes_them(sim: Any) -> None:
    inject(sim, kind="http_500", node="v", times=0)
    assert sim.send("v", "GET", "/cas/casrs/operator/test").status == 401  # a challenge
    assert sim.vms("v", "GET", "/operator/test").status == 500
    sim.control("DELETE", "/faults")
    inject(sim, kind="http_500", node="v", auth=True)
    assert sim.send("v", "GET", "/cas/casrs/operator/test").status == 500
    assert sim.send("v", "GET", "/cas/casrs/operator/test").status == 401
    sim.control("DELETE", "/faults")
    inject(sim, kind="http_503")
    assert sim.token("ls").status == 200
    inject(sim, kind="http_500", path="/oauth2/token")
    assert sim.token("ls").status == 500
    assert fired(sim) == [0, 1]


def test_skip_times_and_globs_are_applied(sim: Any) -> None:
    sim.server("ls", "GET", "/server")
    inject(sim, kind="http_500", path="/license[s]", skip=1, times=2)
    statuses = [sim.server("ls", "GET", "/licenses").status for _turn in range(4)]
    assert statuses == [200, 500, 500, 200]
    assert sim.server("ls", "GET", "/licenses/statistic").status == 200
    (row,) = sim.control("GET", "/faults").json
    assert (row["seen"], row["fired"]) == (3, 2)
    assert sim.control("DELETE", "/faults").json == [row]
    assert sim.control("GET", "/faults").json == []


def test_an_expired_certificate_is_offered_once_and_then_the_valid_one(sim: Any) -> None:
    inject(sim, kind="expired_certificate", node="v")
    with pytest.raises(ssl.SSLCertVerificationError, match="expired"):
        sim.send("v", "GET", "/cas/casrs/operator/test")
    assert fired(sim) == [1]
    assert sim.send("v", "GET", "/cas/casrs/operator/test").status == 401


def test_a_fault_applies_to_calls_between_nodes(sim: Any) -> None:
    inject(sim, kind="reset_after", node="ls:client")
    message = sim.connect_vms("v", "ls", "c", "pw")
    assert message["errorCode"] == "license_server_unreachable"
    assert sim.vms("v", "GET", "/licenseServer").json == {}
    assert (
        sim.state()["nodes"]["ls"]["clients"][0]["state"] == "connected"
    )  # the server committed, the system got no response
    assert sim.connect_vms("v", "ls", "c", "pw")["result"] == "0"
    sim.vms("v", "DELETE", "/licenseServer")


def test_the_dry_run_guard_is_applied_before_faults(sim: Any) -> None:
    inject(sim, kind="reset_before", path=CLIENTS)
    sim.control("PUT", "/dry-run", {"on": True})
    try:
        assert create(sim, "never").json["errorCode"] == "dry_run"
    finally:
        sim.control("PUT", "/dry-run", {"on": False})
    assert fired(sim) == [0]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"kind": "explode"}, "kind"),
        ({"kind": "fail"}, "kind"),
        ({"kind": "slow", "step": "work"}, "kind"),
        ({"kind": "reset_before", "when": "after"}, "when"),
        ({"kind": "expired_certificate", "path": "/x"}, "path: unknown key"),
        ({"kind": "fail", "step": "work", "method": "GET"}, "method: unknown key"),
        ({"kind": "http_500", "retry_after": 3}, "retry_after: unknown key"),
        ({"kind": "http_500", "node": "nobody"}, "no node nobody"),
        ({"kind": "http_500", "node": "v:client"}, "no node v:client"),
    ],
)
def test_a_fault_that_could_never_fire_is_rejected(sim: Any, wrong: dict[str, Any], message: str) -> None:
    answer = sim.control("POST", "/faults", {"node": "ls", **wrong})
    assert answer.status in (400, 404)
    assert message in answer.json["errorMessage"]


def begin(sim: Any) -> tuple[str, bytes]:
    content = sim.activation_file("ls", ("KEY", 1))
    accepted = sim.upload("ls", content)
    assert accepted.status == 202
    return accepted.json["msgId"], content


@pytest.mark.parametrize("when", ["before", "after"])
def test_work_fails_before_or_after_the_commit(sim: Any, when: str) -> None:
    before = set(sim.licenses("ls"))
    inject(sim, step="work", work="install", kind="fail", when=when)
    number, content = begin(sim)
    message = sim.wait_server("ls", number)
    assert (message["result"], message["errorCode"]) == (1, "internal_error")
    added = set(sim.licenses("ls")) - before
    assert len(added) == (1 if when == "after" else 0)
    if when == "after":
        assert sim.upload("ls", content).json["errorCode"] == "already_installed"
    else:
        assert sim.install("ls", content)["result"] == 0


@pytest.mark.parametrize("when", ["before", "after"])
def test_the_message_of_work_is_lost(sim: Any, when: str) -> None:
    before = set(sim.licenses("ls"))
    inject(sim, step="work", kind="lose", when=when)
    number, _content = begin(sim)
    end = time.monotonic() + 5
    while sim.server("ls", "GET", f"/messages/{number}").status != 404:
        assert time.monotonic() < end
    assert len(set(sim.licenses("ls")) - before) == (1 if when == "after" else 0)


@pytest.mark.parametrize("when", ["before", "after"])
def test_work_stalls_until_the_fault_is_deleted(sim: Any, when: str) -> None:
    before = set(sim.licenses("ls"))
    inject(sim, step="work", kind="stall", when=when)
    number, _content = begin(sim)
    end = time.monotonic() + 5
    while fired(sim) != [1] or (when == "after" and set(sim.licenses("ls")) == before):
        assert time.monotonic() < end
    assert sim.server("ls", "GET", f"/messages/{number}").json["completed"] is False
    assert len(set(sim.licenses("ls")) - before) == (1 if when == "after" else 0)
    sim.control("DELETE", "/faults")
    assert sim.wait_server("ls", number)["result"] == 0
    assert len(set(sim.licenses("ls")) - before) == 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_work_resumes_after_a_crash(sim: Any, when: str) -> None:
    before = set(sim.licenses("ls"))
    inject(sim, step="work", kind="crash", when=when)
    number, _content = begin(sim)
    end = time.monotonic() + 5
    while sim.runs():
        assert time.monotonic() < end
        time.sleep(0.01)
    sim.start()
    assert sim.wait_server("ls", number)["result"] == 0
    assert len(set(sim.licenses("ls")) - before) == 1
    assert sim.control("GET", "/faults").json == []


def pause(sim: Any, **more: Any) -> int:
    answer = sim.control("POST", "/pauses", {"node": "ls", **more})
    assert answer.status == 201, answer.json
    return int(answer.json["id"])


def wait_held(sim: Any) -> None:
    end = time.monotonic() + 5
    while sim.control("GET", "/pauses").json[0]["held"] != 1:
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_held_request_continues_after_its_client_disconnected(sim: Any, when: str) -> None:
    token = sim.token("ls").json["access_token"]
    number = pause(sim, method="POST", path=CLIENTS, when=when)
    name = f"held-{when}"
    body = json.dumps({"name": name, "password": "pw"})
    connection = sim.connect("ls")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request("POST", "/licsmgr/api/v1/clients", body, headers)
    wait_held(sim)
    assert (name in names(sim)) == (when == "after")
    connection.close()
    assert sim.control("POST", "/pauses/release", {"id": number}).json[0]["held"] == 1
    end = time.monotonic() + 5
    while name not in names(sim):
        assert time.monotonic() < end
    assert sim.control("GET", "/pauses").json == []
    assert sim.control("POST", "/pauses/release", {"id": number}).status == 404


def test_work_is_held_before_its_commit(sim: Any) -> None:
    before = set(sim.licenses("ls"))
    pause(sim, step="work", work="install")
    number, _content = begin(sim)
    wait_held(sim)
    assert set(sim.licenses("ls")) == before
    assert sim.server("ls", "GET", f"/messages/{number}").json["completed"] is False
    sim.control("POST", "/pauses/release")
    assert sim.wait_server("ls", number)["result"] == 0


def test_a_pause_ends_by_itself_and_then_the_fault_applies(sim: Any) -> None:
    sim.server("ls", "GET", "/server")
    pause(sim, path="/server", seconds=0)
    inject(sim, path="/server", kind="http_500")
    assert sim.server("ls", "GET", "/server").status == 500
    (row,) = sim.control("GET", "/pauses").json
    assert (row["met"], row["held"]) == (1, 0)


def test_stopping_releases_held_requests(simulate: Any) -> None:
    sim = simulate(license_servers={"ls": {}})
    token = sim.token("ls").json["access_token"]
    inject(sim, kind="timeout", path="/server")
    with contextlib.closing(sim.connect("ls")) as connection:
        connection.request("GET", "/licsmgr/api/v1/server", headers={"Authorization": f"Bearer {token}"})
        end = time.monotonic() + 5
        while fired(sim) != [1]:
            assert time.monotonic() < end
        sim.stop()
        with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected)):
            connection.getresponse()
