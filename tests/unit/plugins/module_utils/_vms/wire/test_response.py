# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Headers of a response: sentences in any character set, cookies, the server's clock."""

from __future__ import annotations

import http.client
import io
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.response import Response
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.transport import (
    Request,
    Transport,
)

SENTENCE = "许可证已过期，请重新注册"


def response(*lines: bytes) -> Response:
    """A response whose header lines arrive as these bytes."""
    headers = http.client.parse_headers(io.BytesIO(b"".join(line + b"\r\n" for line in lines) + b"\r\n"))
    return Response(409, headers, b"")


@pytest.mark.parametrize(
    ("content", "charset", "text"),
    [
        (SENTENCE.encode("gbk"), b"GBK", SENTENCE),
        (SENTENCE.encode("gbk"), b"gb2312", SENTENCE),
        (SENTENCE.encode("gbk"), None, SENTENCE),
        (SENTENCE.encode(), b"UTF-8", SENTENCE),
        (SENTENCE.encode(), None, SENTENCE),
        # Byte 0x85 is a line end in Latin-1; the character has four bytes in GB 18030.
        ("者\U0002070e".encode(), None, "者\U0002070e"),
        ("主机\U0002070e不存在".encode("gb18030"), b"GB18030", "主机\U0002070e不存在"),
        ("主机\U0002070e不存在".encode("gb18030"), b"gbk", "主机\U0002070e不存在"),
        ("主机\U0002070e不存在".encode("gb18030"), None, "主机\U0002070e不存在"),
        ("dépassé".encode("latin-1"), b"ISO-8859-1", "dépassé"),
        ("授權過期".encode("big5"), b"Big5", "授權過期"),
        (b"plain", None, "plain"),
        # The header names a character set in which the bytes are not valid.
        (SENTENCE.encode("gbk"), b"UTF-8", SENTENCE),
        (SENTENCE.encode(), b"us-ascii", SENTENCE),
        # The header names none that a sentence can have.
        (SENTENCE.encode(), b"rot13", SENTENCE),
        (SENTENCE.encode(), b"unicode_escape", SENTENCE),
        (SENTENCE.encode("gbk"), b"no such thing", SENTENCE),
        (SENTENCE.encode("gbk"), b"../../x\x00y", SENTENCE),
        (b"\xff\xff", None, "\ufffd\ufffd"),
    ],
)
def test_a_sentence_in_its_character_set(content: bytes, charset: bytes | None, text: str) -> None:
    lines = [b"Error-Message: " + content] + ([b"charset: " + charset] if charset else [])
    assert response(*lines).header_text("error-message") == text


def test_a_missing_sentence_is_empty() -> None:
    assert response(b"charset: GBK").header_text("Error-Message") == ""


def test_a_header_for_the_character_set_of_its_own() -> None:
    found = response(b"M: " + "dépassé".encode("latin-1"), b"X-Set: latin-1", b"charset: gbk")
    assert found.header_text("M", "X-Set") == "dépassé"


def test_a_sentence_is_read_over_the_network(server: Any, connect: Any, reply: Any) -> None:
    raw = b"HTTP/1.1 409 Conflict\r\nContent-Length: 0\r\nError-Message: " + SENTENCE.encode("gbk")
    server.script = lambda request: reply(raw=raw + b"\r\n\r\n")
    assert Transport(connect()).exchange(Request("GET", "/"), 5).header_text("Error-Message") == SENTENCE


@pytest.mark.parametrize(
    ("lines", "cookies"),
    [
        ([b"Set-Cookie: JSESSIONID=A1B2; Path=/cas; HttpOnly"], {"JSESSIONID": "A1B2"}),
        ([b"Set-Cookie: a=1", b"Set-Cookie: b=2; Secure"], {"a": "1", "b": "2"}),
        ([b"Set-Cookie: t=eyJ=.b==; Path=/"], {"t": "eyJ=.b=="}),
        ([b"Set-Cookie: t = spaced ; Path=/"], {"t": "spaced"}),
        ([b'Set-Cookie: t="quoted"'], {"t": '"quoted"'}),
        ([b"Set-Cookie: t=1", b"Set-Cookie: t=2"], {"t": "2"}),
        ([b"Set-Cookie: t=1; Expires=Wed, 09 Jun 2027 10:18:14 GMT; Path=/"], {"t": "1"}),
        ([b"Set-Cookie: t=1", b"Set-Cookie: t=deleted; Max-Age=0"], {}),
        ([b"Set-Cookie: t=1; max-age=-1; Path=/"], {}),
        ([b"Set-Cookie: t=1; Max-Age=0600"], {"t": "1"}),
        ([b"Set-Cookie: t=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/"], {}),
        ([b"Set-Cookie: t=1; expires=Thu, 01-Jan-1970 00:00:10 GMT"], {}),
        ([b"Set-Cookie: t=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60"], {"t": "1"}),
        ([b"Set-Cookie: t=1; Expires=Fri, 01 Jan 2100 00:00:00 GMT; Max-Age=0"], {}),
        ([b"Set-Cookie: t=1; Expires=Fri, 01 Jan 2100 00:00:00 GMT"], {"t": "1"}),
        ([b"Set-Cookie: t=1; Expires=soon"], {"t": "1"}),
        (
            # The clock of the server decides.
            [
                b"Set-Cookie: t=1; Expires=Sat, 01 Jan 2000 00:20:00 GMT",
                b"Date: Sat, 01 Jan 2000 00:00:00 GMT",
            ],
            {"t": "1"},
        ),
        ([b"Set-Cookie: t="], {"t": ""}),
        ([b"Set-Cookie: no equals sign"], {}),
        ([b"Set-Cookie: =nameless"], {}),
        ([b"Set-Cookie: a b=1", b"Set-Cookie: x\x01=1", b"Set-Cookie: \xe4=1"], {}),
        ([b"Set-Cookie: t=a\x0bb", b"Set-Cookie: u=\xd0\xed"], {}),
        ([b"Set-Cookie: t=1\r\n X: folded"], {}),
        ([b"Set-Cookie: " + b";" * 9000, b"Set-Cookie:"], {}),
        ([b"Content-Type: text/plain"], {}),
    ],
)
def test_cookies(lines: list[bytes], cookies: dict[str, str]) -> None:
    assert response(*lines).cookies() == cookies


@pytest.mark.parametrize(
    ("lines", "seconds"),
    [
        ([b"Date: Sun, 06 Nov 1994 08:49:37 GMT"], 784111777),
        ([b"Date: Sunday, 06-Nov-94 08:49:37 GMT"], 784111777),
        ([b"Date: Sun Nov  6 08:49:37 1994"], 784111777),
        ([b"Date: Sun, 06 Nov 1994 16:49:37 +0800"], 784111777),
        ([b"Date: Sun, 06 Nov 1994 08:49:37 GMT"] * 2, 784111777),
        ([b"Date: Sun, 06 Nov 1994 08:49:37 GMT", b"Date: Sun, 06 Nov 1994 09:49:37 GMT"], None),
        ([b"Date: Sun, 06 Nov 1994 08:49:37 CST"], None),
        ([b"Date: Sun, 06 Nov 1994 08:49:37 EST"], None),
        ([b"Date: Sun, 06 Nov 1994 08:49:37"], None),
        ([b"Date: tomorrow"], None),
        ([b"Date:"], None),
        ([b"Date: Sun, 99 Nov 99999999999999999999 08:49:37 GMT"], None),
        ([b"Date: \xd0\xed"], None),
        ([], None),
    ],
)
def test_the_clock_of_a_server(lines: list[bytes], seconds: float | None) -> None:
    assert response(*lines).date() == seconds
