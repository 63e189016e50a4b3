# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of a server: only a whole file under a plain name is one."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.client import Client
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.license_server_api import read_file
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    BadAnswer,
    BusinessError,
)


@pytest.mark.parametrize(
    "disposition",
    [
        None,
        "attachment",
        'attachment; filename="../../etc/cron.d/x"',
        'attachment; filename="a\\\\b"',
        'attachment; filename=".bashrc"',
        "attachment; filename*=UTF-8''..%2Fx",
    ],
)
def test_a_file_name_with_a_path_is_refused(
    server: Any, client: Client, reply: Any, disposition: str | None
) -> None:
    headers = [("Content-Disposition", disposition)] if disposition else []
    server.script = lambda request: reply(200, b"DID", headers)
    with pytest.raises(BadAnswer) as caught:
        read_file(client, "device_info")
    assert caught.value.code == "answer_file_name"


NO = b'{"code": 403, "msg": "no permission"}'


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (NO, "", "business_error"),
        (NO, "application/octet-stream", "business_error"),
        (b'{"status": 403, "message": "Forbidden"}', "application/json", "business_error"),
        (b'{"errorCode": 7}', "", "business_error"),
        (b'{"success": false}', "", "business_error"),
        (b"<error><code>7</code></error>", "application/xml", "business_error"),
        (b"<accessDenied/>", "", "business_error"),
        (b"<html>login</html>", "text/html", "answer_html"),
        (b"<p>session expired", "text/html", "answer_html"),
        (b"session expired", "Text/HTML; charset=utf-8", "answer_not_json"),
        (b"", "application/octet-stream", "answer_shape"),
    ],
)
def test_an_error_is_not_a_file(
    server: Any, client: Client, reply: Any, body: bytes, content_type: str, code: str
) -> None:
    headers = [("Content-Disposition", "attachment; filename=a.did")]
    headers += [("Content-Type", content_type)] if content_type else []
    server.script = lambda request: reply(200, body, headers)
    with pytest.raises((BadAnswer, BusinessError)) as caught:
        read_file(client, "device_info")
    assert caught.value.code == code
    if b"no permission" in body:
        assert caught.value.fields["error_message"] == "no permission"


@pytest.mark.parametrize(
    "body",
    [b'{"deviceCode": "A", "status": "x"}', b"[1]", b"<did><id>1</id></did>", b"{", b"<a", b"\xff", b"7"],
)
def test_a_file_may_have_any_content(server: Any, client: Client, reply: Any, body: bytes) -> None:
    server.script = lambda request: reply(200, body, [("Content-Disposition", "attachment; filename=a.did")])
    assert read_file(client, "device_info") == ("a.did", body)


@pytest.mark.parametrize(
    ("rule", "body", "headers", "accepted"),
    [
        ({"at": "rc", "in": [0]}, b'{"rc": 5}', [], False),
        ({"at": "rc", "in": [0], "required": True}, b"DID", [], True),
        ({"header": "X-Code", "in": [0], "required": True}, b"DID", [], False),
        ({"header": "X-Code", "in": [0]}, b"DID", [("X-Code", "7")], False),
        ({"header": "X-Code", "in": [0]}, b"DID", [("X-Code", "0")], True),
    ],
)
def test_rules_of_success_apply_to_files(
    server: Any, connect: Any, reply: Any, rule: dict[str, Any], body: bytes, headers: Any, accepted: bool
) -> None:
    device = {"certainty": "assumed", "method": "GET", "path": "/did", "success": rule}
    bases = {"license_server": {"path": "/api", "auth": "none"}}
    profile = load_profile({"name": "site", "bases": bases, "operations": {"device_info": device}})
    named = [("Content-Disposition", "attachment; filename=a.did"), *headers]
    server.script = lambda request: reply(200, body, named)
    if accepted:
        assert read_file(Client(connect(), profile), "device_info").content == body
        return
    with pytest.raises(BusinessError):
        read_file(Client(connect(), profile), "device_info")


def test_a_file_is_read_byte_for_byte(server: Any, client: Client, reply: Any) -> None:
    content = bytes(range(256)) + b"\r\n\n\r"
    headers = [("Content-Disposition", "attachment; filename=\"x\"; filename*=UTF-8''%E8%AE%BE%E5%A4%87.did")]
    server.script = lambda request: reply(200, content, headers)
    found = read_file(client, "device_info")
    assert found.content == content
    assert found.file_name in ("x", "设备.did")


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (206, [("Content-Range", "bytes 0-9/22")], "a file with the status 200"),
        (202, [], "a file with the status 200"),
        (200, [("Content-Encoding", "gzip")], "a file without Content-Encoding"),
    ],
)
def test_a_part_or_another_form_of_a_file_is_refused(
    server: Any, client: Client, reply: Any, status: int, headers: list[tuple[str, str]], expected: str
) -> None:
    named = [("Content-Disposition", "attachment; filename=a.did"), *headers]
    server.script = lambda request: reply(status, b"0123456789", named)
    with pytest.raises(BadAnswer) as caught:
        read_file(client, "device_info")
    assert (caught.value.code, caught.value.fields["expected"]) == ("answer_shape", expected)


def test_a_file_whose_end_may_be_cut_is_refused(server: Any, client: Client, reply: Any) -> None:
    head = b"HTTP/1.0 200 OK\r\nContent-Disposition: attachment; filename=a.did\r\n\r\n"
    server.script = lambda request: reply(raw=head + b"0123456789")
    with pytest.raises(BadAnswer) as caught:
        read_file(client, "device_info")
    assert caught.value.fields["expected"] == "a file with its length"


@pytest.mark.parametrize(
    "name",
    [
        "filename*=idna''xn--",
        "filename*=punycode''%ff-%ff",
        "filename*=undefined''a",
        f"filename*{'9' * 5000}*=a",
    ],
)
def test_a_file_name_that_cannot_be_read_is_an_error(
    server: Any, client: Client, reply: Any, name: str
) -> None:
    server.script = lambda request: reply(200, b"DID", [("Content-Disposition", f"attachment; {name}")])
    with pytest.raises(BadAnswer) as caught:
        read_file(client, "device_info")
    assert caught.value.code == "answer_file_name"
