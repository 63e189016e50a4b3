# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS, Digest and OAuth2: which logins succeed, which fail, and which are counted."""

from __future__ import annotations

import http.client
import ssl
import time
from typing import Any
from urllib.parse import urlencode

import pytest


@pytest.fixture(scope="module")
def sim(simulate_module: Any) -> Any:
    return simulate_module(
        license_servers={"ls": {}}, vms={"v": {}, "w": {}}, nonce_seconds=1, token_seconds=1
    )


def failed(sim: Any, node: str) -> int:
    return int(sim.state()["nodes"][node]["failed_logins"])


def test_plain_http_is_refused(sim: Any) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", sim.node("v")["port"], timeout=5)
    connection.request("GET", "/cas/casrs/plain")
    try:
        status = connection.getresponse().status
    except (http.client.HTTPException, OSError):
        status = None  # reset
    finally:
        connection.close()
    assert status in (None, 400)
    assert not [row for row in sim.control("GET", "/requests?node=v").json if row["path"].endswith("/plain")]


def test_the_certificate_verifies_with_the_ca_of_the_simulator_only(sim: Any) -> None:
    assert sim.vms("v", "GET", "/operator/test").status == 204
    connection = http.client.HTTPSConnection(
        "127.0.0.1", sim.node("v")["port"], context=ssl.create_default_context(), timeout=5
    )
    with pytest.raises(ssl.SSLCertVerificationError):
        connection.request("GET", "/")
    connection.close()


def test_one_connection_serves_many_requests(sim: Any) -> None:
    connection = sim.connect("v")
    connection.connect()
    local = connection.sock.getsockname()
    for _attempt in range(3):
        connection.request("PUT", "/cas/casrs/licenseServer", b"{}" * 100)
        assert connection.getresponse().read() == b""
    assert connection.sock.getsockname() == local
    connection.close()


def test_a_wrong_password_is_refused_and_counted_once(sim: Any) -> None:
    before = failed(sim, "v")
    sim._challenges.pop("v", None)
    refused = sim.vms("v", "GET", "/operator/test", password="wrong")
    assert refused.status == 401
    assert "stale" not in refused.headers["WWW-Authenticate"]
    assert failed(sim, "v") == before + 1
    assert sim.vms("v", "GET", "/operator/test", user="nobody").status == 401
    assert failed(sim, "v") == before + 2
    assert failed(sim, "w") == 0


def test_a_nonce_of_another_node_is_refused(sim: Any) -> None:
    from_elsewhere = sim.send("w", "GET", "/cas/casrs/operator/test").headers["WWW-Authenticate"]
    sim._challenges["v"] = from_elsewhere
    assert sim.vms("v", "GET", "/operator/test").status == 401  # a nonce of another node
    del sim._challenges["v"]
    assert sim.vms("v", "GET", "/operator/test").status == 204


def test_an_old_nonce_is_stale_and_not_a_failed_login(sim: Any) -> None:
    sim._challenges.pop("w", None)
    assert sim.vms("w", "GET", "/operator/test").status == 204
    assert sim.vms("w", "GET", "/operator/test").status == 204  # the nonce is used again
    before = failed(sim, "w")
    time.sleep(1.05)
    stale = sim.vms("w", "GET", "/operator/test")
    assert (stale.status, "stale=true" in stale.headers["WWW-Authenticate"]) == (401, True)
    wrong = sim.vms("w", "GET", "/operator/test", password="wrong")
    assert (wrong.status, "stale=true" in wrong.headers["WWW-Authenticate"]) == (401, False)
    assert failed(sim, "w") == before + 1
    sim._challenges["w"] = stale.headers["WWW-Authenticate"]
    assert sim.vms("w", "GET", "/operator/test").status == 204


def test_a_token_expires(sim: Any) -> None:
    answer = sim.token("ls").json
    assert (answer["token_type"], answer["expires_in"]) == ("bearer", 1)
    path, login = "/licsmgr/api/v1/server", f"Bearer {answer['access_token']}"
    assert sim.send("ls", "GET", path, Authorization=login).status == 200
    time.sleep(1.05)
    expired = sim.send("ls", "GET", path, Authorization=login)
    assert (expired.status, expired.json["errorCode"]) == (401, "token_expired")
    assert sim.send("ls", "GET", path).json["errorCode"] == "token_missing"
    assert sim.send("ls", "GET", path, Authorization="Bearer x").json["errorCode"] == "token_invalid"


def test_wrong_token_requests_are_refused_and_counted(sim: Any) -> None:
    before = failed(sim, "ls")
    refused = sim.token("ls", password="wrong")
    assert (refused.status, refused.json["error"], refused.json["errorCode"]) == (
        400,
        "invalid_grant",
        "invalid_grant",
    )
    refused = sim.token("ls", secret="wrong")
    assert (refused.status, refused.json["error"]) == (401, "invalid_client")
    assert failed(sim, "ls") == before + 2


def test_the_log_marks_login_requests(sim: Any) -> None:
    sim._challenges.pop("v", None)
    assert sim.control("DELETE", "/requests").status == 204
    sim.vms("v", "GET", "/operator/test?x=1")
    sim.token("ls")
    seen = [
        (row["node"], row["path"], row["status"], row["auth"]) for row in sim.control("GET", "/requests").json
    ]
    assert seen == [
        ("v", "/cas/casrs/operator/test", 401, True),
        ("v", "/cas/casrs/operator/test", 204, False),
        ("ls", "/licsmgr/api/v1/oauth2/token", 200, True),
    ]
    assert len(sim.control("GET", "/requests?node=v").json) == 2


def test_xml_comes_without_a_preference(sim: Any) -> None:
    sim._challenges.pop("v", None)
    for accept, kind in (("application/json", "json"), ("*/*", "xml"), ("application/xml", "xml")):
        answer = sim.vms("v", "GET", "/host/version", accept=accept)
        assert (answer.status, answer.headers["Content-Type"].partition(";")[0]) == (
            200,
            f"application/{kind}",
        )
    assert sim.vms("v", "GET", "/operator/test", accept="*/*").status == 204  # the response has no body


def cookie(answer: Any) -> str:
    return str(answer.headers["Set-Cookie"]).partition(";")[0]


def form(sim: Any, password: str, more: str = "encrypt=false") -> Any:
    query = urlencode({"lang": "cn", "name": "automation", "password": password})
    return sim.send("v", "POST", f"/cas/spring_check?{more}&{query}", Accept="application/json")


def test_the_login_form_answers_200_and_gives_a_session(sim: Any) -> None:
    good = form(sim, "s3cret: pass")
    assert (good.status, good.json["loginFailErrorCode"]) == (200, 0)
    path = "/cas/casrs/operator/test"
    assert cookie(good).startswith("JSESSIONID=")
    assert sim.send("v", "GET", path, Cookie=cookie(good)).status == 204
    assert sim.send("w", "GET", path, Cookie=cookie(good)).status == 401  # a session of another system
    assert sim.send("v", "GET", path, Cookie=f"{cookie(good)}0").status == 401
    assert sim.send("v", "POST", "/cas/logout", Cookie=cookie(good)).status == 204
    assert sim.send("v", "GET", path, Cookie=cookie(good)).status == 401


def test_a_failed_login_by_the_form_is_200_too_and_counted(sim: Any) -> None:
    before = failed(sim, "v")
    for answer in (form(sim, "wrong"), form(sim, "s3cret: pass", "encrypt=true")):
        assert (answer.status, answer.json["loginFailErrorCode"]) == (200, 1)
        assert answer.headers["Set-Cookie"] is None
    assert failed(sim, "v") == before + 2


def test_a_session_begins_with_digest_too(sim: Any) -> None:
    sim._challenges.pop("v", None)
    answer = sim.vms("v", "GET", "/operator/test")
    assert sim.send("v", "GET", "/cas/casrs/operator/test", Cookie=cookie(answer)).status == 204
    assert sim.vms("v", "GET", "/operator/test", password="wrong").headers["Set-Cookie"] is None


def test_a_token_is_verified_and_given_back(sim: Any) -> None:
    login = f"Bearer {sim.token('ls').json['access_token']}"
    path = "/licsmgr/api/v1/oauth2/token"
    good = sim.send("ls", "GET", path, Authorization=login)
    assert (good.status, good.json["token_type"]) == (200, "bearer")
    assert "access_token" not in good.json
    assert sim.send("ls", "DELETE", path, Authorization=login).status == 204
    for method in ("GET", "DELETE"):
        gone = sim.send("ls", method, path, Authorization=login)
        assert (gone.status, gone.json["errorCode"]) == (401, "token_invalid")
    assert sim.send("ls", "GET", path).json["errorCode"] == "token_missing"
    assert sim.send("ls", "GET", "/licsmgr/api/v1/server", Authorization=login).status == 401


def test_slashes_at_the_end_are_taken(sim: Any) -> None:
    sim._challenges.pop("v", None)
    assert sim.vms("v", "GET", "/operator/test/").status == 204
    assert sim.vms("v", "GET", "//host//version").status == 200
    login = f"Bearer {sim.token('ls').json['access_token']}"
    assert sim.send("ls", "GET", "/licsmgr/api/v1/server/", Authorization=login).status == 200
