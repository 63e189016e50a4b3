# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents: a line for every value, and rejection of ambiguous or hostile content."""

from __future__ import annotations

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import InvalidDocument
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import yaml_reader
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents.yaml_reader import (
    load_bytes,
)


def codes(text: str, name: str = "p.yml") -> list[str]:
    with pytest.raises(InvalidDocument) as caught:
        load_bytes(text.encode(), name)
    return [error.code for error in caught.value.problems]


def test_values_have_lines() -> None:
    document = load_bytes(b"a: 1\nb:\n  - x\n  - {c: 2.5, d: null, e: true}\n", "p.yml")
    assert document.value == {"a": 1, "b": ["x", {"c": 2.5, "d": None, "e": True}]}
    assert document.place(("b", 1, "c")) == "p.yml:4"
    assert document.place(("b", 1, "nowhere")) == "p.yml:4"


def test_unquoted_dates_and_quoted_numbers_remain_text() -> None:
    document = load_bytes(
        b'from: 2026-12-01\nat: 2026-12-01T10:00:00Z\nseries: "7.0"\nclock: 10:30\n', "p.yml"
    )
    assert document.value == {
        "from": "2026-12-01",
        "at": "2026-12-01T10:00:00Z",
        "series": "7.0",
        "clock": "10:30",
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: 1\na: 2\n", "document_duplicate_key"),
        ("a: yes\n", "document_disputed_word"),
        ("a: 0755\n", "document_disputed_number"),
        ("a: 0x1F\n", "document_disputed_number"),
        ("a: 1_000\n", "document_disputed_number"),
        ("a: .nan\n", "document_not_finite"),
        ("a: -.inf\n", "document_not_finite"),
        ("a: 1e999\n", "document_not_finite"),
        ("a: " + "9" * 100_000 + "\n", "document_number_size"),
        ("a: !!python/object/apply:os.system [id]\n", "document_tag"),
        ("a: !vault x\n", "document_vault_value"),
        ("a: &a [*a]\n", "document_alias"),
        ("a: *nobody\n", "document_alias"),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", "document_merge_key"),
        ("? [a, b]\n: 1\n", "document_key"),
        ("a: 1\n---\nb: 2\n", "document_several"),
        ("a: [1\n", "document_syntax"),
        ("a: \x00\n", "document_syntax"),
        ("[" * 10_000 + "]" * 10_000, "document_too_deep"),
    ],
)
def test_ambiguous_or_hostile_yaml_is_rejected(text: str, code: str) -> None:
    assert code in codes(text)


def test_all_errors_are_listed_with_their_lines() -> None:
    with pytest.raises(InvalidDocument) as caught:
        load_bytes(b"a: yes\nb: 1\nb: 2\nc: .nan\n", "dir/p.yml")
    assert [error.place for error in caught.value.problems] == ["dir/p.yml:1", "dir/p.yml:3", "dir/p.yml:4"]


def test_aliases_count_each_time_they_are_used() -> None:
    lines = ["a0: &a0 [" + ", ".join("x" for _item in range(10)) + "]"]
    lines += [f"a{n}: &a{n} [" + ", ".join(f"*a{n - 1}" for _item in range(10)) + "]" for n in range(1, 9)]
    assert codes("\n".join(lines)) == ["document_too_many_values"]


def test_a_shared_value_is_allowed() -> None:
    assert load_bytes(b"a: &x {b: 1}\nc: *x\n", "p.yml").value == {"a": {"b": 1}, "c": {"b": 1}}


def test_size_and_encoding_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_reader, "MAX_BYTES", 10)
    assert codes("a: 12345678\n") == ["document_too_large"]
    with pytest.raises(InvalidDocument):
        load_bytes(b"a: \xff\n", "p.yml")


def test_json_values_have_lines() -> None:
    document = load_bytes(b'{\n "a": [\n  1,\n  "\\u4e2d"]}', "p.json")
    assert document.value == {"a": [1, "中"]}
    assert document.place(("a", 1)) == "p.json:4"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"a": 1, "a": 2}', "document_duplicate_key_json"),
        ('{"a": NaN}', "document_not_finite"),
        ('{"a": -Infinity}', "document_not_finite"),
        ('{"a": 1e999}', "document_not_finite"),
        ('{"a": ' + "9" * 100_000 + "}", "document_number_size"),
        ("[" * 100_000, "document_too_deep"),
        ("[" * 100 + "]" * 100, "document_too_deep"),
        ('{"a": }', "document_syntax"),
    ],
)
def test_ambiguous_or_hostile_json_is_rejected(text: str, code: str) -> None:
    assert code in codes(text, "p.json")


def test_the_limits_include_the_content_of_aliases() -> None:
    long = "x" * 100_000
    assert codes(f"a: &a {long}\nb: [" + ", ".join(["*a"] * 50) + "]\n") == ["document_too_large"]
    tower = "a0: &a0 [1]\n" + "".join(f"a{at}: &a{at} [*a{at - 1}]\n" for at in range(1, 80))
    assert codes(tower) == ["document_too_deep"]
    assert load_bytes(b"a: &a {b: [1, 2]}\nc: [*a, *a]\n", "p.yml").value == {
        "a": {"b": [1, 2]},
        "c": [{"b": [1, 2]}, {"b": [1, 2]}],
    }
    with pytest.raises(InvalidDocument):
        yaml_reader.check_limits([long] * 50, "inline")
