# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Profiles that cannot work: logins, paging, rules and formats that contradict each other."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile

from .profile_errors import caught


def own_hosts(**changes: Any) -> dict[str, Any]:
    fields = {"id": "id", "arch": "arch", "cpu_sockets": "n"}
    hosts = {"method": "GET", "path": "/h", "certainty": "observed", "fields": fields}
    return {"extends": "usphere_7", "name": "site", "operations": {"list_hosts": {**hosts, **changes}}}


LOGIN: dict[str, Any] = {
    "type": "session",
    "login": {"method": "POST", "path": "/l", "headers": {"X-P": "{password}"}},
    "token": {"header": "X-A"},
}


TOKEN: dict[str, Any] = {
    "method": "POST", "path": "/t", "certainty": "observed", "encoding": "form",
    "body": {"u": "{username}", "p": "{password}"}, "fields": {"access_token": "access.token.id"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("document", "code", "at"),
    [
        (own_hosts(query={"a": "\ud800"}), "surrogate", "/operations/list_hosts/query/a"),
        (own_hosts(headers={"X": "a\udc80"}), "surrogate", "/operations/list_hosts/headers/X"),
        (own_hosts(query={"\ud800": "a"}), "surrogate", "/"),
        (own_hosts(query={"a": float("nan")}), "number", "/operations/list_hosts/query/a"),
        (own_hosts(query={"a": float("-inf")}), "number", "/operations/list_hosts/query/a"),
        (own_hosts(query={"a": 10**5000}), "number", "/operations/list_hosts/query/a"),
        (own_hosts(empty={"status": 200}), "rule_of_all", "/operations/list_hosts/empty"),
        (
            own_hosts(success={"at": "code", "in": [0]}, empty=[{"at": "code", "in": [1, "0"]}]),
            "empty_is_success",
            "/operations/list_hosts/empty/0/in",
        ),
        (
            own_hosts(query={"o": 1}, paging={"style": "offset", "offset": "o", "limit": "l", "size": 9}),
            "parameter_twice",
            "/operations/list_hosts/paging/offset",
        ),
        (own_hosts(answer=["token"]), "secret", "/operations/list_hosts/answer"),
        (
            {"extends": "usphere_7", "name": "x", "operations": {"token": None}},
            "token_missing",
            "/operations",
        ),
        (
            {"extends": "usphere_7", "name": "x", "local": {"isc": {"operations": {"token": None}}}},
            "token_missing",
            "/local/isc/operations",
        ),
        (
            {"extends": "usphere_7", "name": "x", "operations": {"token": TOKEN}},
            "token_auth",
            "/operations/token/auth",
        ),
        (
            {
                "extends": "usphere_7", "name": "x",
                "operations": {"token": {**TOKEN, "auth": "none", "body": {"u": "{username}"}}},
            },
            "placeholder_missing",
            "/operations/token",
        ),
        (
            {**own_hosts(headers={"x-a": 1}), "bases": {"vms": {"auth": LOGIN}}},
            "header_twice",
            "/operations/list_hosts/headers/x-a",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_cannot_work_is_an_error(document: dict[str, Any], code: str, at: str) -> None:
    error = caught(document)
    assert (error.code, error.fields["at"]) == ("profile_" + code, at)
    for language in ("en", "zh"):
        text = render(error.code, error.fields, language)
        assert at in text
        # The sentence can be printed.
        assert text.encode("utf-8")


def test_a_call_without_a_token_needs_no_token_call() -> None:
    bases = {"license_server": {"path": "/x", "auth": "basic"}}
    document = {"extends": "cas_e0710", "name": "x", "bases": bases, "operations": {"token": None}}
    assert not load_profile(document).supports("token")
    profile = load_profile(
        {"extends": "usphere_7", "name": "x", "operations": {"token": {**TOKEN, "auth": "none"}}}
    )
    assert profile.operation("token").auth == "none"


def test_an_exception_differs_from_success() -> None:
    document = own_hosts(
        success={"at": "code", "in": [0, 1404]},
        empty=[{"at": "code", "in": [1404]}, {"at": "msg", "in": ["none"]}, {"status": [404, 204]}],
    )
    assert len(load_profile(document).operation("list_hosts").empty) == 3
