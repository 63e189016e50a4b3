# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Digest authentication, compared with the examples of the standards and with urllib."""

from __future__ import annotations

import hashlib
import re
import urllib.request

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import auth

RFC7616 = (
    'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={0}, '
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", '
    'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
)


def value_of(header: bytes, name: str) -> str:
    found = re.search(rf'\b{name}="?([^",]+)', header.decode())
    assert found is not None, header
    return found.group(1)


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_examples_of_rfc_7616(algorithm: str, expected: str) -> None:
    challenge = auth.choose_challenge([RFC7616.format(algorithm)])
    assert challenge is not None
    header = auth.answer_challenge(
        challenge,
        1,
        "GET",
        "/dir/index.html",
        "Mufasa",
        "Circle of Life",
        cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
    )
    assert value_of(header, "response") == expected
    assert value_of(header, "nc") == "00000001"
    assert value_of(header, "qop") == "auth"
    assert value_of(header, "opaque") == "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"


@pytest.mark.parametrize("algorithm", [None, "MD5"])
@pytest.mark.parametrize("qop", [None, "auth"])
def test_urllib_computes_the_same(algorithm: str | None, qop: str | None) -> None:
    parts = ['realm="r"', 'nonce="n"']
    parts += [f"algorithm={algorithm}"] if algorithm else []
    parts += [f'qop="{qop}"'] if qop else []
    challenge = auth.choose_challenge(["Digest " + ", ".join(parts)])
    assert challenge is not None
    ours = auth.answer_challenge(
        challenge, 1, "PUT", "/a?b=c", "juergen", 'gehe"im', cnonce="0123456789abcdef"
    )

    passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    passwords.add_password(None, "http://host/", "juergen", 'gehe"im')
    theirs = urllib.request.HTTPDigestAuthHandler(passwords)
    theirs.get_cnonce = lambda nonce: "0123456789abcdef"  # type: ignore[method-assign]
    request = urllib.request.Request("http://host/a?b=c", method="PUT")
    known = {"realm": "r", "nonce": "n", "algorithm": algorithm or "MD5", **({"qop": qop} if qop else {})}
    expected = theirs.get_authorization(request, known)  # type: ignore[attr-defined]
    assert value_of(ours, "response") == value_of(expected.encode(), "response")


def test_a_session_algorithm_includes_the_nonces_in_the_hash() -> None:
    def md5(text: str) -> str:
        return hashlib.new("md5", text.encode(), usedforsecurity=False).hexdigest()

    challenge = auth.choose_challenge(['Digest realm="r", nonce="n", qop="auth", algorithm=MD5-sess'])
    assert challenge is not None
    header = auth.answer_challenge(challenge, 3, "GET", "/x", "u", "p", cnonce="c")
    session = md5(md5("u:r:p") + ":n:c")
    assert value_of(header, "response") == md5(f"{session}:n:00000003:c:auth:{md5('GET:/x')}")
    assert b"algorithm=MD5-sess" in header


def test_a_user_name_may_be_in_any_script() -> None:
    challenge = auth.choose_challenge(['Digest realm="r", nonce="n", qop="auth", charset=UTF-8'])
    assert challenge is not None
    assert 'username="管理员"'.encode() in auth.answer_challenge(challenge, 1, "GET", "/", "管理员", "密码")


def test_the_strongest_challenge_is_answered() -> None:
    headers = [RFC7616.format("MD5"), RFC7616.format("SHA-256"), 'Basic realm="x"']
    challenge = auth.choose_challenge(headers)
    assert challenge is not None
    assert challenge.algorithm == "SHA-256"


def test_several_challenges_in_one_header_are_separated() -> None:
    header = 'Negotiate, Basic realm="Digest nonce=1, Digest", '
    header += 'Digest realm="a, b", nonce="x", qop=auth, stale=TRUE'
    challenge = auth.choose_challenge([header])
    assert challenge is not None
    assert (challenge.realm, challenge.nonce, challenge.stale) == ("a, b", "x", True)
    assert auth.offered_schemes([header]) == ["Negotiate", "Basic", "Digest"]


@pytest.mark.parametrize(
    "header",
    [
        'Basic realm="x"',
        'Digest realm="x", nonce="n", algorithm=SHA-512-256',
        'Digest realm="x", nonce="n", qop="auth-int"',
        'Digest realm="x"',
        "",
        'Digest "',
    ],
)
def test_an_unsupported_challenge_is_ignored(header: str) -> None:
    assert auth.choose_challenge([header]) is None


def test_quotes_in_a_user_name_cannot_end_it() -> None:
    challenge = auth.choose_challenge(['Digest realm="r", nonce="n", qop="auth"'])
    assert challenge is not None
    header = auth.answer_challenge(challenge, 1, "GET", "/", 'a", uri="/evil', "p")
    assert rb'username="a\", uri=\"/evil"' in header


def test_the_next_nonce_is_read() -> None:
    assert auth.next_nonce('nextnonce="abc", qop=auth') == "abc"
    assert auth.next_nonce("") is None
