# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""One HTTP exchange: each failure on the way is its own error."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.connection import Connection
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    BadAnswer,
    CertificateError,
    OptionError,
    Unreachable,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.transport import Request, Transport

GET = Request("GET", "/a?b=1")


def test_an_answer_is_read_completely(server: Any, connect: Any, json_answer: Any) -> None:
    server.script = lambda request: json_answer({"a": 1}, Total="7")
    response = Transport(connect()).exchange(GET, 5)
    assert (response.status, response.body, response.header("total")) == (200, b'{"a": 1}', "7")
    assert server.seen[0].target == "/a?b=1"


def test_a_connection_is_reused(server: Any, connect: Any) -> None:
    transport = Transport(connect())
    for _count in range(3):
        transport.exchange(GET, 5)
    assert server.connections == 1


def test_a_read_uses_a_new_connection_when_the_server_closed_the_idle_one(
    server: Any, connect: Any, reply: Any
) -> None:
    transport = Transport(connect())
    transport.exchange(GET, 5)
    server.script = lambda request: reply(hang_up=server.connections == 1)
    assert transport.exchange(GET, 5).status == 200
    assert server.connections == 2


def test_a_write_uses_a_new_connection(server: Any, connect: Any) -> None:
    transport = Transport(connect())
    transport.exchange(GET, 5)
    transport.exchange(Request("POST", "/", {}, b"x"), 5, fresh=True)
    assert server.connections == 2


def test_a_write_that_is_cut_off_is_sent_once_and_may_have_arrived(
    server: Any, connect: Any, reply: Any
) -> None:
    server.script = lambda request: reply(hang_up=True)
    with pytest.raises(Unreachable) as caught:
        Transport(connect()).exchange(Request("POST", "/", {}, b"x"), 5, fresh=True)
    assert caught.value.code == "unreachable_reset"
    assert caught.value.sent
    assert len(server.seen) == 1


def test_slow_bytes_end_at_the_total_timeout(server: Any, connect: Any, reply: Any) -> None:
    server.script = lambda request: reply(body=b"x" * 1000, drip_s=0.05)
    begun = time.monotonic()
    with pytest.raises(Unreachable) as caught:
        Transport(connect()).exchange(GET, 0.4)
    assert caught.value.code == "unreachable_timeout"
    assert caught.value.fields["seconds"] == 0.4
    assert time.monotonic() - begun < 5


def test_a_cut_body_is_truncated(server: Any, connect: Any, reply: Any) -> None:
    server.script = lambda request: reply(body=b"0123456789", cut=4)
    with pytest.raises(BadAnswer) as caught:
        Transport(connect()).exchange(GET, 5)
    assert caught.value.code == "answer_truncated"
    assert caught.value.retriable


def test_a_cut_chunk_is_truncated(server: Any, connect: Any, reply: Any) -> None:
    raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n9\r\nabc"
    server.script = lambda request: reply(raw=raw)
    with pytest.raises(BadAnswer) as caught:
        Transport(connect()).exchange(GET, 5)
    assert caught.value.code == "answer_truncated"


@pytest.mark.parametrize("size", [b"-5", b"-0x5", b"x", b"9" * 5000])
def test_a_chunk_of_an_impossible_size_is_an_error(
    server: Any, connect: Any, reply: Any, size: bytes
) -> None:
    raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + size + b"\r\nabcde\r\n0\r\n\r\n"
    server.script = lambda request: reply(raw=raw)
    with pytest.raises(BadAnswer) as caught:
        Transport(connect()).exchange(GET, 5)
    assert caught.value.code in ("answer_truncated", "answer_not_http")


def test_a_too_large_answer_is_refused(server: Any, connect: Any, reply: Any) -> None:
    server.script = lambda request: reply(body=b"x" * 2000)
    with pytest.raises(BadAnswer) as caught:
        Transport(connect(), limit=1000).exchange(GET, 5)
    assert caught.value.code == "answer_too_large"


def test_another_protocol_is_reported(server: Any, connect: Any, reply: Any) -> None:
    server.script = lambda request: reply(raw=b"SSH-2.0-OpenSSH_9.6\r\n")
    with pytest.raises(BadAnswer) as caught:
        Transport(connect()).exchange(GET, 5)
    assert caught.value.code == "answer_not_http"


def test_after_a_failure_the_next_exchange_uses_a_new_connection(
    server: Any, connect: Any, reply: Any
) -> None:
    transport = Transport(connect())
    server.script = lambda request: reply(body=b"0123456789", cut=4)
    with pytest.raises(BadAnswer):
        transport.exchange(GET, 5)
    server.script = lambda request: reply(body=b"ok")
    assert transport.exchange(GET, 5).body == b"ok"


def test_a_refused_connection(connect: Any, free_port: int) -> None:
    with pytest.raises(Unreachable) as caught:
        Transport(connect(port=free_port)).exchange(GET, 5)
    assert caught.value.code == "unreachable_refused"
    assert not caught.value.sent


@pytest.mark.parametrize("host", ["nowhere.invalid", "a" * 70 + ".invalid"])
def test_an_unknown_host(connect: Any, host: str) -> None:
    with pytest.raises(Unreachable) as caught:
        Transport(connect(host=host)).exchange(GET, 5)
    assert caught.value.code == "unreachable_unknown_host"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure(fake_server: Any, authority: trustme.CA) -> Iterator[Any]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    fake = fake_server(context)
    yield fake
    fake.stop()


def over_tls(port: int, **changes: Any) -> Connection:
    values = {"host": "127.0.0.1", "port": port, "username": "u", "password": "p", "timeout": 5.0}
    return Connection(**{**values, **changes})


def test_a_trusted_certificate(secure: Any, authority: trustme.CA, tmp_path: Path) -> None:
    ca = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(ca)
    assert Transport(over_tls(secure.port, ca_path=str(ca))).exchange(GET, 5).status == 200


@pytest.mark.parametrize("is_closed", [True, False])
def test_a_body_that_ends_with_the_connection_has_an_end_if_tls_was_closed(
    authority: trustme.CA, tmp_path: Path, is_closed: bool
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    ca = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(ca)

    def serve(listener: socket.socket) -> None:
        with listener.accept()[0] as plain, context.wrap_socket(plain, server_side=True) as secured:
            secured.recv(65536)
            secured.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc")
            if is_closed:
                # The client answers by closing the connection.
                with contextlib.suppress(OSError):
                    secured.unwrap()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        port = int(listener.getsockname()[1])
        response = Transport(over_tls(port, ca_path=str(ca))).exchange(GET, 5)
        thread.join(5)
    assert (response.body, response.has_end) == (b"abc", is_closed)


def test_an_untrusted_certificate_is_refused_before_anything_is_sent(secure: Any) -> None:
    with pytest.raises(CertificateError) as caught:
        Transport(over_tls(secure.port)).exchange(GET, 5)
    assert caught.value.code == "certificate_untrusted"
    assert not caught.value.sent
    assert secure.seen == []


def test_a_certificate_for_another_name_is_refused(
    fake_server: Any, authority: trustme.CA, tmp_path: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("elsewhere.example").configure_cert(context)
    fake = fake_server(context)
    ca = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(ca)
    try:
        with pytest.raises(CertificateError):
            Transport(over_tls(fake.port, ca_path=str(ca))).exchange(GET, 5)
        assert fake.seen == []
    finally:
        fake.stop()


def test_verification_is_disabled_only_on_request(secure: Any) -> None:
    assert Transport(over_tls(secure.port, validate_certs=False)).exchange(GET, 5).status == 200


def test_tls_to_a_plain_port(server: Any) -> None:
    with pytest.raises(Unreachable) as caught:
        Transport(over_tls(server.port)).exchange(GET, 5)
    assert caught.value.code in ("unreachable_tls", "unreachable_timeout")


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_an_invalid_ca_file(content: str | None, tmp_path: Path) -> None:
    ca = tmp_path / "ca.pem"
    if content is not None:
        ca.write_text(content)
    with pytest.raises(CertificateError) as caught:
        Transport(over_tls(1, ca_path=str(ca)))
    assert caught.value.code == "certificate_ca"


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: -5",
        b"Content-Length: five",
        b"Content-Length: 4\r\nContent-Length: 5",
        b"Connection: keep-alive",
    ],
)
def test_an_answer_with_an_undetectable_end_is_not_waited_for(
    server: Any, connect: Any, reply: Any, headers: bytes
) -> None:
    head = b"HTTP/1.1 200 OK\r\n" + headers + b"\r\n\r\nfour"
    server.script = lambda request: reply(raw=head)
    with pytest.raises(BadAnswer) as caught:
        Transport(connect()).exchange(GET, 5)
    assert caught.value.code == "answer_length"


def test_an_answer_that_ends_with_its_connection_is_read(server: Any, connect: Any, reply: Any) -> None:
    server.script = lambda request: reply(raw=b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nfour")
    assert Transport(connect()).exchange(GET, 5).body == b"four"


@pytest.mark.parametrize("host", ["https://user:planted@10.1.0.10", "user:planted@vms", "user:planted%40vms"])
def test_an_account_in_an_address_is_not_repeated(host: str) -> None:
    with pytest.raises(OptionError) as caught:
        Connection(host, 1, "u", "p")
    assert (caught.value.code, caught.value.fields) == ("host_with_account", {"option": "host"})


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("host", "https://10.1.0.10"),
        ("host", "a b"),
        ("host", ""),
        ("host", "a\x00b"),
        ("port", 0),
        ("port", 65536),
        ("timeout", 0),
        ("timeout", float("nan")),
        ("username", "a\r\nX: y"),
    ],
)
def test_impossible_connection_options_are_errors(option: str, value: object) -> None:
    with pytest.raises(OptionError) as caught:
        over_tls(1, **{option: value}) if option != "port" else over_tls(value)  # type: ignore[arg-type]
    assert caught.value.fields["option"] == option


def test_secrets_are_not_in_the_repr() -> None:
    shown = repr(over_tls(1, password="geheim-1", client_secret="geheim-2"))
    assert "geheim" not in shown
