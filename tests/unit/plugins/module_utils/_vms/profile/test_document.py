# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Profiles in files: JSON and YAML, unreadable files, documents that are too large."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.document import (
    MOST_BYTES,
    fixed_secrets,
    is_path,
    plain,
    read,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import ProfileError


@pytest.mark.parametrize("name", ["a/b", "/srv/x", "site.yml", "site.YAML", "site.json", "./x"])
def test_a_text_with_a_slash_or_an_extension_is_a_path(name: str) -> None:
    assert is_path(name)


@pytest.mark.parametrize("name", ["usphere_7", "", "json", "x.yml.txt"])
def test_any_other_text_is_a_name(name: str) -> None:
    assert not is_path(name)


def test_json_and_yaml_are_read(tmp_path: Path) -> None:
    json_file, yaml_file = tmp_path / "a.json", tmp_path / "b.yml"
    json_file.write_text('\ufeff{"name": "站点"}', encoding="utf-8")
    yaml_file.write_text("name: &name 站点\ncodes: {arch: {17: *name}}\n", encoding="utf-8")
    assert read(str(json_file)) == {"name": "站点"}
    assert read(str(yaml_file)) == {"name": "站点", "codes": {"arch": {"17": "站点"}}}


def test_keys_are_the_texts_that_a_file_has(tmp_path: Path) -> None:
    path = tmp_path / "a.yml"
    path.write_text("{1: a, true: b, '0x1': c, 2026-01-01: d, &x k: *x, !!str 7: e, 1.5: f, -3: g}")
    assert read(str(path)) == {
        "1": "a", "true": "b", "0x1": "c", "2026-01-01": "d", "k": "k", "7": "e", "1.5": "f", "-3": "g",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("0x11", "must have the key 0x11 in quotes, because YAML reads it as 17"),
        ("010", "reads it as 8"),
        ("1_6", "reads it as 16"),
        ("1:00", "reads it as 60"),
        ("1.10", "reads it as 1.1"),
        ("1.0", "reads it as 1"),
        ("-0", "reads it as 0"),
        ("yes", "reads it as true"),
        ("off", "reads it as false"),
        ("True", "reads it as true"),
        ("~", "reads it as nothing"),
        ("null", "reads it as nothing"),
        (".nan", "reads it as nan"),
        ("!!binary aGk=", "reads it as a value of type bytes"),
    ],
)
def test_a_key_that_yaml_reads_otherwise_must_be_quoted(tmp_path: Path, key: str, words: str) -> None:
    path = tmp_path / "a.yml"
    path.write_text(f"codes:\n  arch: {{{key}: x86_64}}\n")
    with pytest.raises(ProfileError) as caught:
        read(str(path))
    assert caught.value.fields["at"] == "/codes/arch"
    assert words in render(caught.value.code, caught.value.fields)


def test_a_key_that_occurs_twice_is_one_as_yaml_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "a.yml"
    for keys in ('1: a, "1": b', "!!str 1: a, 1: b", "1: a, 1: b"):
        path.write_text(f"codes: {{arch: {{{keys}}}}}")
        with pytest.raises(ProfileError) as caught:
            read(str(path))
        assert (caught.value.code, caught.value.fields["at"]) == ("profile_key_twice", "/codes/arch")


def test_a_home_directory_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.json").write_text("{}", encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert read("~/a.json") == {}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.json", b"{", "got text that is not JSON in line 1"),
        ("a.json", b"[]", "got a list"),
        ("a.json", b'{"a": 1,\n "planted', "got text that is not JSON in line 2"),
        ("a.json", b"1" * 5000, "got "),
        ("a.yml", b"planted", "got a text"),
        ("a.yml", b"true", "got a boolean"),
        ("a.yml", b"7654321", "got a number"),
        ("a.yml", b"2026-01-01", "got another value"),
        ("a.yml", b"", "got nothing"),
        ("a.yml", b"a: [", "got text that is not YAML in line 1"),
        ("a.yml", b"a: 1\nplanted\nb: 2", "got text that is not YAML in line 3"),
        ("a.yml", b"a: 1\nb: @planted", "got text that is not YAML in line 2"),
        ("a.yml", b"a: *planted", "got a second document, or an alias without its anchor in line 1"),
        (
            "a.yml",
            b"a: 1\n---\nplanted: 1",
            "got a second document, or an alias without its anchor in line 2",
        ),
        ("a.yml", b"planted: \x07", "got a character that YAML does not allow"),
        ("a.yml", b"a: !!int planted", "got a date, number or tagged value that does not exist"),
        ("a.yml", b"a: !!timestamp planted", "got a date, number or tagged value that does not exist"),
        ("a.yml", b"a: 2026-02-30", "got a date, number or tagged value that does not exist"),
        ("a.yml", b"a: !vault planted", "got a tag that is not plain YAML, or a key"),
        ("a.yml", b"a: &x {c: 1}\nb: {<<: *x}\n", "got the merge key << in line 2"),
        ("a.yml", b"a: !!python/object/apply:os.getcwd []", "got a tag that is not plain YAML"),
        ("a.yml", b"\xff\xfe", "got another encoding"),
        ("a.json", b"[" * 200000, "got a document that is nested too deeply"),
        ("a.yml", b"- " * 20000, "got a document that is nested too deeply"),
        ("a.yml", b"a: 1\na: 2\n", "must have the key a only once"),
        ("a.json", b'{"a": 1, "a": 2}', "must have the key a only once"),
        ("a.json", b" " * (MOST_BYTES + 1), "must have at most 1000000 bytes"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_another_file_is_an_error(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ProfileError) as caught:
        read(str(path))
    for language in ("en", "zh"):
        assert "planted" not in render(caught.value.code, caught.value.fields, language)
    assert words in render(caught.value.code, caught.value.fields)


@pytest.mark.parametrize("kind", ["fifo", "device", "directory"])
def test_only_a_regular_file_is_opened(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.yml"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "directory":
        path.mkdir()
    else:
        path.symlink_to("/dev/zero")
    with pytest.raises(ProfileError) as caught:
        read(str(path))
    text = render(caught.value.code, caught.value.fields)
    assert text.startswith("profile must be the path of a file that can be read on the controller")
    assert "(not a regular file); a task searches a relative path in " in text


@pytest.mark.parametrize("name", ["missing.json", "", "a\0b.json"])
def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(ProfileError) as caught:
        read(str(tmp_path) + "/" + name)
    assert caught.value.code == "profile_file_missing"


def test_without_pyyaml_a_file_must_be_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.yml").write_text("name: a", encoding="utf-8")
    (tmp_path / "b.yml").write_text('{"name": "b"}', encoding="utf-8")
    # An import of a module that is None in sys.modules fails.
    monkeypatch.setitem(sys.modules, "yaml", None)
    assert read(str(tmp_path / "b.yml")) == {"name": "b"}
    with pytest.raises(ProfileError) as caught:
        read(str(tmp_path / "a.yml"))
    assert caught.value.code == "profile_file_yaml"


def test_the_size_of_a_document_is_limited() -> None:
    loop: dict[str, Any] = {}
    loop["a"] = loop
    wide: Any = ["x"] * 10
    for _level in range(10):
        wide = [wide] * 10
    for document in (loop, {"a": wide}):
        with pytest.raises(ProfileError) as caught:
            plain(document)
        assert caught.value.code == "profile_too_deep"
    assert plain({"a": [1, {"b": 2}], 3: None}) == {"a": [1, {"b": 2}], "3": None}


def test_fixed_values_that_may_be_secret_are_found() -> None:
    login = {
        "method": "POST",
        "path": "/in",
        "headers": {"X-Mode": "short"},
        "body": {"app": {"secret": "abc1"}},
    }
    document = {
        "name": "a-long-name",
        "bases": {"vms": {"path": "/a-long-path", "headers": {"X-A": "Token planted-1", "X-N": 12345678}}},
        "auth": {"login": login},
        "operations": {
            "version": {
                "query": {"api_key": "planted-2", "page": "a-long-value", "key": "abc", "token": "{name}"},
                "fields": {"session": "a-long-value", "token": {"at": "a-long-value"}},
                "body": [{"grant_type": "password"}, {"password": "planted-3"}],
            }
        },
    }
    found = set(fixed_secrets(document))
    assert found == {"Token planted-1", "planted-1", "12345678", "abc1", "planted-2", "planted-3"}
    assert load_profile("usphere_7").secrets == ()


@pytest.mark.parametrize(
    ("body", "secrets"),
    [
        ({"sign": "FIXEDkey9-{username}"}, {"FIXEDkey9-"}),
        ({"sign": "abc{username}de-fg{password}"}, {"de-fg"}),
        ({"apikey": "k9-{{x}}-yyy"}, {"k9-{x}-yyy"}),
        ({"app": "appid9secret"}, {"appid9secret"}),
        ({"app": "application", "number": 20261130, "zone": "a1"}, set()),
        ({"sign": "{username}", "token": "{{{password}}}"}, set()),
    ],
)
def test_fixed_parts_of_templates_are_secrets(body: dict[str, object], secrets: set[str]) -> None:
    assert set(fixed_secrets({"login": {"body": body}})) == secrets
    headers = {name: f"Token {value}" for name, value in body.items() if secrets}
    assert secrets <= set(fixed_secrets({"headers": headers}))
