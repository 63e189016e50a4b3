# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS, Digest and OAuth2: which logins succeed, which fail, and which are counted."""

from __future__ import annotations

import http.client
import ssl
import time
from typing import Any

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


def test_json_must_be_requested(sim: Any) -> None:
    sim._challenges.pop("v", None)
    assert sim.vms("v", "GET", "/system/cvm", accept="*/*").status == 406
    assert sim.vms("v", "GET", "/system/cvm").status == 200
    assert sim.vms("v", "GET", "/operator/test", accept="*/*").status == 204  # the response has no body
