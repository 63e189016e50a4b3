# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Responses to writes: which are a success, and which tasks are followed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.tasks import (
    LicenseServerWriter,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    BadAnswer,
    BusinessError,
    TaskFailed,
)

from .task_servers import script

WRITES: dict[str, Callable[[LicenseServerWriter], object]] = {
    "install": lambda api: api.install("a.ak", b"x").wait(0, 0),
    "uninstall": lambda api: api.uninstall("LS-1").wait(0, 0),
    "create": lambda api: api.create_client("c", "client-secret").wait(0, 0),
    "update": lambda api: api.update_client("c", "client-secret").wait(0, 0),
    "delete": lambda api: api.delete_client("c").wait(0, 0),
    "release": lambda api: api.release_client("c").wait(0, 0),
}


@pytest.fixture
def license_server(connect: Any) -> LicenseServerWriter:
    bases = {"license_server": {"path": "/api", "auth": "none", "format": "any"}}
    profile = load_profile({"name": "open", "extends": "usphere_7", "bases": bases})
    return LicenseServerWriter(connect(), profile)


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize("body", [b"", b" ", b"null", b'""', b"{}", b'{"licenseIds": []}', b"<ok/>"])
@pytest.mark.parametrize("status", [200, 204])
def test_an_empty_answer_to_a_write_is_a_success(
    server: Any, reply: Any, license_server: LicenseServerWriter, name: str, body: bytes, status: int
) -> None:
    server.script = lambda request: reply(status, b"" if status == 204 else body)
    assert not WRITES[name](license_server)


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize(
    "body",
    [
        {"code": 0, "msg": "deleted"},
        {"success": True},
        {"message": "操作成功"},
        {"name": "c", "state": "never", "lastContact": None},
        {"state": "0", "message": ""},
    ],
)
def test_a_stated_success_and_a_record_are_successes(
    server: Any, json_answer: Any, license_server: LicenseServerWriter, name: str, body: dict[str, Any]
) -> None:
    server.script = lambda request: json_answer(body)
    assert not WRITES[name](license_server)


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"code": 403, "msg": "no permission"}', "403: no permission"),
        (b'{"status": 403, "message": "Forbidden"}', "403: Forbidden"),
        (b'{"state": 1, "message": "failed"}', "1: failed"),
        (b'{"state": 1}', "1"),
        (b'{"name": "c", "code": 403, "msg": "no"}', "403: no"),
        (b'{"message": "no permission"}', "200: no permission"),
        (b'{"error": "access_denied"}', "access_denied: access_denied"),
        (b"<error/>", "error"),
        (b"<fault><message>no</message></fault>", "fault: no"),
        (b'{"type": "about:blank", "title": "Forbidden", "status": 403}', "403"),
        (b'{"name": "c", "status": 403, "message": "Forbidden"}', "403: Forbidden"),
        (b'{"name": "c", "message": "no permission"}', "200: no permission"),
        (b'{"licenseIds": [], "code": 403, "msg": "no"}', "403: no"),
        (b'{"licenseIds": ["LS-1"], "errorCode": 7, "errorMessage": "no"}', "7: no"),
        (b'{"foo": "bar"}', None),
        (b'{"foo": ""}', None),
        (b"[]", None),
    ],
)
def test_a_refusal_with_a_good_status_is_no_success_of_a_write(
    server: Any, reply: Any, license_server: LicenseServerWriter, name: str, body: bytes, said: str | None
) -> None:
    """The server's own sentence is shown, and what was sent may have been carried out."""
    server.script = lambda request: reply(200, body)
    with pytest.raises(BadAnswer if said is None else BusinessError) as caught:
        WRITES[name](license_server)
    assert caught.value.sent
    if said is None:
        assert caught.value.code == "answer_shape"
    else:
        assert caught.value.fields["said"] == said


def test_a_rule_of_the_profile_states_the_success_of_a_write(
    server: Any, connect: Any, json_answer: Any
) -> None:
    bases = {
        "license_server": {"path": "/api", "auth": "none", "success": {"at": "outcome", "in": ["deleted"]}}
    }
    api = LicenseServerWriter(
        connect(), load_profile({"name": "open", "extends": "usphere_7", "bases": bases})
    )
    server.script = lambda request: json_answer({"outcome": "deleted", "note": "x", "status": "gone"})
    api.delete_client("c")
    server.script = lambda request: json_answer({"note": "x"})
    with pytest.raises(BadAnswer):
        api.delete_client("c")


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize("status", [200, 202])
def test_the_task_of_every_write_is_read_until_its_end(
    server: Any, json_answer: Any, license_server: LicenseServerWriter, name: str, status: int
) -> None:
    script(
        server,
        [json_answer({"msgId": 5}, status), json_answer({"completed": True, "result": 1, "failMsg": "no"})],
    )
    with pytest.raises(TaskFailed) as caught:
        WRITES[name](license_server)
    assert caught.value.error_message == "no"


def test_a_write_that_was_accepted_without_a_task_is_not_done(
    server: Any, json_answer: Any, license_server: LicenseServerWriter
) -> None:
    server.script = lambda request: json_answer({}, 202)
    with pytest.raises(BadAnswer):
        license_server.delete_client("c")
