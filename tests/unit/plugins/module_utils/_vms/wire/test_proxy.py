# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers behind a proxy: a tunnel for HTTPS, the complete address for HTTP, errors that name the proxy."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.auth import DigestSession
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.connection import Connection
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    CertificateError,
    Unreachable,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.transport import Request, Transport

from .....fakes.tunnel_proxy import TunnelProxy

GET = Request("GET", "/a?b=1")


@pytest.fixture
def proxy() -> Iterator[TunnelProxy]:
    found = TunnelProxy()
    yield found
    found.stop()


@pytest.fixture
def secure(fake_server: Any, tmp_path: Path) -> Iterator[Any]:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    fake = fake_server(context)
    yield fake
    fake.stop()


def over_tls(port: int, tmp_path: Path, **changes: Any) -> Connection:
    return Connection(
        "127.0.0.1", port, "u", "geheim", ca_path=str(tmp_path / "ca.pem"), timeout=5.0, **changes
    )


def test_https_goes_through_a_tunnel(secure: Any, proxy: TunnelProxy, tmp_path: Path) -> None:
    transport = Transport(over_tls(secure.port, tmp_path, proxy=proxy.address))
    for _count in range(2):
        assert transport.exchange(Request("GET", "/a?b=1", {"Authorization": "Basic x"}), 5).status == 200
    assert [request.target for request in secure.seen] == ["/a?b=1", "/a?b=1"]
    assert len(proxy.heads) == 1
    assert proxy.heads[0].startswith(b"CONNECT 127.0.0.1:%d HTTP/1.1\r\nHost: 127.0.0.1:" % secure.port)
    assert b"Authorization" not in proxy.heads[0]


def test_the_certificate_is_verified_behind_a_proxy(secure: Any, proxy: TunnelProxy, tmp_path: Path) -> None:
    where = Connection("127.0.0.1", secure.port, "u", "p", timeout=5.0, proxy=proxy.address)
    with pytest.raises(CertificateError):
        Transport(where).exchange(GET, 5)
    assert secure.seen == []


def test_a_host_of_no_proxy_is_reached_directly(secure: Any, proxy: TunnelProxy, tmp_path: Path) -> None:
    where = over_tls(secure.port, tmp_path, proxy=proxy.address, no_proxy=("127.0.0.0/8",))
    assert Transport(where).exchange(GET, 5).status == 200
    assert proxy.heads == []


def test_the_proxy_of_the_environment_is_not_used(
    secure: Any, proxy: TunnelProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.address)
    assert Transport(over_tls(secure.port, tmp_path)).exchange(GET, 5).status == 200
    assert proxy.heads == []


@pytest.mark.parametrize(
    ("status", "code", "retriable"),
    [
        (b"407 Proxy Authentication Required", "proxy_login", False),
        (b"403 Forbidden", "proxy_status", False),
        (b"502 Bad Gateway", "proxy_status", True),
        (b"504 Gateway Timeout", "proxy_status", True),
    ],
)
def test_a_proxy_that_opens_no_tunnel(
    secure: Any, proxy: TunnelProxy, tmp_path: Path, status: bytes, code: str, retriable: bool
) -> None:
    proxy.answer = b"HTTP/1.1 " + status + b"\r\nContent-Length: 4\r\n\r\nbusy"
    with pytest.raises(Unreachable) as caught:
        Transport(over_tls(secure.port, tmp_path, proxy=proxy.address)).exchange(GET, 5)
    assert (caught.value.code, caught.value.retriable, caught.value.sent) == (code, retriable, False)
    assert caught.value.fields["proxy"] == proxy.address
    assert secure.seen == []


@pytest.mark.parametrize("answer", [b"SSH-2.0-OpenSSH_9.6\r\n", b"", b"HTTP/1.1 200 " + b"x" * 70000])
def test_something_else_at_the_address_of_the_proxy(
    secure: Any, proxy: TunnelProxy, tmp_path: Path, answer: bytes
) -> None:
    proxy.answer = answer
    with pytest.raises(Unreachable) as caught:
        Transport(over_tls(secure.port, tmp_path, proxy=proxy.address)).exchange(GET, 5)
    assert (caught.value.code, caught.value.sent) == ("proxy_no_answer", False)


def test_a_proxy_that_does_not_answer_ends_at_the_timeout(tmp_path: Path, secure: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(Unreachable) as caught:
            Transport(over_tls(secure.port, tmp_path, proxy=address)).exchange(GET, 0.3)
    assert (caught.value.code, caught.value.fields["seconds"]) == ("proxy_timeout", 0.3)
    assert caught.value.retriable


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_cannot_be_reached(connect: Any, free_port: int, scheme: str) -> None:
    address = f"http://127.0.0.1:{free_port}"
    with pytest.raises(Unreachable) as caught:
        Transport(connect(scheme=scheme, proxy=address)).exchange(GET, 5)
    assert (caught.value.code, caught.value.fields["proxy"]) == ("proxy_unreachable", address)
    assert not caught.value.sent


def test_an_unknown_proxy(connect: Any) -> None:
    with pytest.raises(Unreachable) as caught:
        Transport(connect(proxy="http://nowhere.invalid:3128")).exchange(GET, 5)
    assert caught.value.code == "proxy_unreachable"


def test_an_impossible_name_behind_a_proxy(connect: Any, server: Any) -> None:
    proxy = f"http://127.0.0.1:{server.port}"
    with pytest.raises(Unreachable) as caught:
        Transport(connect(host="ü" * 70, proxy=proxy)).exchange(GET, 5)
    assert caught.value.code == "unreachable_unknown_host"
    assert server.seen == []


def test_http_requests_have_the_complete_address(server: Any, connect: Any) -> None:
    where = connect(host="münchen.example", port=8080, proxy=f"http://127.0.0.1:{server.port}")
    assert Transport(where).exchange(GET, 5).status == 200
    assert server.seen[0].target == "http://xn--mnchen-3ya.example:8080/a?b=1"
    assert server.seen[0].headers["host"] == "xn--mnchen-3ya.example:8080"


def test_digest_signs_the_target_without_the_address(
    server: Any, connect: Any, digest_login: Any, json_answer: Any
) -> None:
    guard = digest_login()

    def script(request: Any) -> Any:
        request.target = request.target.removeprefix("http://vms.example:8080")
        return guard.check(request) or json_answer({})

    server.script = script
    where = connect(host="vms.example", port=8080, proxy=f"http://127.0.0.1:{server.port}")
    transport = Transport(where)
    found = DigestSession(where).send(GET, lambda signed: transport.exchange(signed, 5))
    assert (found.status, guard.wrong) == (200, 0)


def test_an_http_proxy_that_requires_a_login(server: Any, connect: Any, reply: Any) -> None:
    server.script = lambda request: reply(407)
    where = connect(host="vms.example", port=8080, proxy=f"http://127.0.0.1:{server.port}")
    with pytest.raises(Unreachable) as caught:
        Transport(where).exchange(GET, 5)
    assert (caught.value.code, caught.value.sent, caught.value.retriable) == ("proxy_login", False, False)
