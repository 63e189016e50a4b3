# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Places and rules of responses: paths with escapes and row picks, secrets, success rules, envelopes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.fields import (
    Envelope,
    PathStep,
    ResponsePart,
    ResponseRule,
    Source,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.operations import SECRET_KEYS
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.sources import (
    FIELD_SOURCES,
    TOKEN_SOURCES,
    Secrecy,
    data_keys,
    envelope,
    error_places,
    exceptions,
    not_secret,
    rules,
    source,
    sources,
    steps,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import ProfileError


@pytest.mark.parametrize(
    ("path", "found", "from_root"),
    [
        ("cpuSockets", [PathStep("cpuSockets")], False),
        ("cpu.sockets", [PathStep("cpu"), PathStep("sockets")], False),
        ("/total", [PathStep("total")], True),
        ("keyValue[key=版本].value", [PathStep("keyValue", ("key", "版本")), PathStep("value")], False),
        ("rows[name=V7.0 (E0710)].a", [PathStep("rows", ("name", "V7.0 (E0710)")), PathStep("a")], False),
        ("rows[a=b=c]", [PathStep("rows", ("a", "b=c"))], False),
        ("@type", [PathStep("@type")], False),
        (r"a\.b.c\[d\\", [PathStep("a.b"), PathStep("c[d\\")], False),
        (r"\/a", [PathStep("/a")], False),
        (r"r[k=a\]b].v", [PathStep("r", ("k", "a]b")), PathStep("v")], False),
        ("userNames.keyUsers", [PathStep("userNames"), PathStep("keyUsers")], False),
    ],
)
def test_a_path_has_steps(path: str, found: list[PathStep], from_root: bool) -> None:
    assert steps(path, "/x") == (tuple(found), from_root)


@pytest.mark.parametrize(
    "path",
    ["", ".", "a.", ".a", "a..b", "/", "//a", "a[b]", "a[=c]",
     "a[b=]", "a[b=c", "a[b=c]d", "a]", "a\\", "a\\b",
     "a\n", "a\tb", 7, None, ["a"]],
)  # fmt: skip
def test_a_path_with_another_syntax_is_an_error(path: Any) -> None:
    with pytest.raises(ProfileError) as caught:
        steps(path, "/x")
    assert caught.value.fields["at"] == "/x"


@pytest.mark.parametrize("secret", [*sorted(SECRET_KEYS), "PWD", "ipmiPw"])
@pytest.mark.parametrize(
    "path", ["{0}", "/{0}", "a.{0}", "{0}.a", "a[{0}=x].b", "a[key={0}].value", "{0}[a=b]"]
)
def test_no_step_of_a_path_reads_a_secret(path: str, secret: str) -> None:
    with pytest.raises(ProfileError) as caught:
        steps(path.format(secret), "/x")
    assert caught.value.code == "profile_secret"
    assert caught.value.fields["got"] == secret


SPELLINGS = ["@pwd", "ssh_password", "pass-word", "secretKey", "accessKey", "access_key", "private key"]
SPELLINGS += ["token", "X-Token", "credential", "userCredentials", "ipmiUserName", "sshUser", "JSESSIONID"]


@pytest.mark.parametrize("secret", SPELLINGS)
@pytest.mark.parametrize("path", ["{0}", "/{0}", "a.{0}", "{0}.a", "a[{0}=x].b", "a[key={0}].value"])
def test_no_step_of_a_path_reads_a_secret_in_another_spelling(path: str, secret: str) -> None:
    with pytest.raises(ProfileError) as caught:
        steps(path.format(secret), "/x")
    assert caught.value.code == "profile_secret"


HEADERS = ["Set-Cookie", "Cookie", "Authorization", "Proxy-Authorization", "WWW-Authenticate", "X-Auth"]


@pytest.mark.parametrize("header", [*HEADERS, "Authentication-Info", "X-Auth-Token", "X-API-Key", "pwd"])
def test_no_header_with_credentials_is_a_fact(header: str) -> None:
    with pytest.raises(ProfileError) as caught:
        source({"header": header}, "/x", FIELD_SOURCES)
    assert (caught.value.code, caught.value.fields["at"]) == ("profile_secret", "/x/header")


def test_a_login_reads_tokens_and_no_password() -> None:
    for place in ("data.token", {"at": "secretToken"}, {"header": "Authorization"}, {"cookie": "sessionid"}):
        assert source(place, "", TOKEN_SOURCES, secrecy=Secrecy.MASKED)
    for place in ("data.password", "ssh_passwd", {"header": "X-Password"}):
        with pytest.raises(ProfileError):
            source(place, "", TOKEN_SOURCES, secrecy=Secrecy.MASKED)
    with pytest.raises(ProfileError) as caught:
        source({"header": "set-cookie"}, "", TOKEN_SOURCES, secrecy=Secrecy.MASKED)
    assert caught.value.code == "profile_token_cookie"


def test_a_rule_compares_the_state_of_a_token() -> None:
    assert rules({"at": "tokenExpired", "in": [True]}, "")
    assert rules({"at": "passwordExpired", "in": [False]}, "")
    with pytest.raises(ProfileError):
        rules({"at": "@password", "in": [1]}, "")


@pytest.mark.parametrize(
    ("rule", "at"),
    [
        ({"status": 200}, "/x"),
        ([{"at": "code", "in": [7]}, {"status": [404, 204, 202]}], "/x/1"),
        ({"at": "code", "in": [7], "required": False}, "/x/required"),
    ],
    ids=str,
)
def test_an_exception_does_not_apply_to_every_response(rule: Any, at: str) -> None:
    with pytest.raises(ProfileError) as caught:
        exceptions(rule, "/x")
    assert (caught.value.code, caught.value.fields["at"]) == ("profile_rule_of_all", at)
    assert len(exceptions([{"status": [404, 204]}, {"status": 200, "at": "code", "in": [7]}], "")) == 2


@given(
    st.lists(st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1), min_size=1, max_size=4)
)
def test_every_key_can_be_written_in_a_path(names: list[str]) -> None:
    try:
        for name in names:
            not_secret(name, "")
    except ProfileError:
        return
    escaped = ["".join("\\" + c if c in ".[]/\\=" else c for c in name) for name in names]
    assert steps(".".join(escaped), "") == (tuple(PathStep(name) for name in names), False)


def test_a_place_is_a_path_a_header_or_a_status() -> None:
    assert source("a", "", FIELD_SOURCES, from_root=False) == Source(ResponsePart.BODY, (PathStep("a"),))
    assert source({"at": "a"}, "", FIELD_SOURCES) == Source(
        ResponsePart.BODY, (PathStep("a"),), from_root=True
    )
    assert source({"header": "X-A"}, "", FIELD_SOURCES) == Source(ResponsePart.HEADER, name="X-A")
    assert source({"status": True}, "", FIELD_SOURCES) == Source(ResponsePart.STATUS)
    assert source({"cookie": "SID"}, "", TOKEN_SOURCES) == Source(ResponsePart.COOKIE, name="SID")
    assert len(sources(["a", {"header": "b"}], "", FIELD_SOURCES)) == 2


@pytest.mark.parametrize(
    ("place", "at"),
    [
        ({}, "/x"),
        ({"at": "a", "header": "b"}, "/x"),
        ({"cookie": "a"}, "/x/cookie"),
        ({"header": "a b"}, "/x/header"),
        ({"header": "Password"}, "/x/header"),
        ({"status": 200}, "/x/status"),
        ({"at": ["a"]}, "/x/at"),
        (7, "/x"),
        ([], "/x"),
        (["a", {"att": "b"}], "/x/1/att"),
    ],
    ids=str,
)
def test_another_place_is_an_error(place: Any, at: str) -> None:
    with pytest.raises(ProfileError) as caught:
        sources(place, "/x", FIELD_SOURCES)
    assert caught.value.fields["at"] == at


def test_a_rule_compares_values_as_text() -> None:
    place = Source(ResponsePart.BODY, (PathStep("code"),), from_root=True)
    assert rules({"at": "code", "in": ["0", 0, 0.0, True, 1.5]}, "") == (
        ResponseRule(source=place, values=("0", "0", "0", "true", "1.5")),
    )
    assert rules([{"status": 200}, {"status": [201, 204]}], "") == (
        ResponseRule(statuses=(200,)),
        ResponseRule(statuses=(201, 204)),
    )
    assert rules({"at": "code", "in": [0]}, "", required=True)[0].required
    assert not rules({"at": "code", "in": [0], "required": False}, "", required=True)[0].required
    assert not rules({"status": 200}, "", required=True)[0].required


@pytest.mark.parametrize(
    ("rule", "at"),
    [
        ({}, "/x"),
        ({"in": [0]}, "/x"),
        ({"status": 200, "required": True}, "/x"),
        ({"at": "code"}, "/x"),
        ({"at": "code", "in": []}, "/x/in"),
        ({"at": "code", "in": 0}, "/x/in"),
        ({"at": "code", "in": [None]}, "/x/in/0"),
        ({"at": "code", "in": [0], "required": 1}, "/x/required"),
        ({"at": "code", "header": "a", "in": [0]}, "/x"),
        ({"status": 99}, "/x/status"),
        ({"status": [True]}, "/x/status/0"),
        ([], "/x"),
        ("ok", "/x"),
    ],
    ids=str,
)
def test_an_incomplete_rule_is_an_error(rule: Any, at: str) -> None:
    with pytest.raises(ProfileError) as caught:
        rules(rule, "/x")
    assert caught.value.fields["at"] == at


def test_error_places_are_alternatives() -> None:
    places = error_places({"code": [{"header": "Error-Code"}, "errorCode"], "message": "message"}, "")
    assert [place.origin for place in places.code] == [ResponsePart.HEADER, ResponsePart.BODY]
    assert [place.from_root for place in places.message] == [True]


def test_the_data_of_an_envelope_is_one_of_its_keys() -> None:
    assert envelope({"keys": ["data", "state"], "data": "data"}, "") == Envelope(("data", "state"), "data")
    with pytest.raises(ProfileError) as caught:
        envelope({"keys": ["data"], "data": "state"}, "")
    assert caught.value.fields["at"] == "/data"


def test_keys_of_the_data_are_no_secrets() -> None:
    assert data_keys(["entity", "data"], "") == ("entity", "data")
    with pytest.raises(ProfileError):
        data_keys(["user"], "")
