# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every message is in both languages, with the same fields."""

from __future__ import annotations

import string
from collections.abc import Callable

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._messages import catalog

from ...message_tables import ALL, TABLES


def fields(text: str) -> set[str]:
    return {name for _literal, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}


def letters(text: str) -> str:
    literals = "".join(literal for literal, *_field in string.Formatter().parse(text))
    return literals.replace("License Server", "").strip(" ×,.:()[]")  # the vendor's name in both languages


@pytest.mark.parametrize("code", sorted(ALL))
def test_both_languages_have_the_same_messages_and_fields(code: str) -> None:
    english, chinese = ALL[code]
    assert english.strip()
    assert chinese.strip()
    assert fields(english) == fields(chinese)
    if letters(english):
        # Chinese characters or, in a text that is only punctuation, full-width marks.
        assert any(character >= "\u3000" for character in chinese), "this is not Chinese"


def test_a_code_is_defined_once() -> None:
    assert len(TABLES) > 20
    assert len(ALL) == sum(len(table) for table in TABLES.values())


def test_an_unknown_code_is_a_programming_error() -> None:
    with pytest.raises(KeyError):
        catalog.render("no_such_code", {})


def test_control_characters_of_a_server_are_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(catalog.MESSAGES, "spoken", ("said {text}", "说 {text}"))
    assert catalog.render("spoken", {"text": "a\x1b[31mb\nc"}) == "said a [31mb c"
    assert catalog.render("spoken", {"text": ["a", "b"]}, "zh") == "说 a、b"


@pytest.mark.parametrize("sequence", [list, tuple, set])
def test_control_characters_in_the_items_of_a_list_are_never_printed(
    monkeypatch: pytest.MonkeyPatch, sequence: Callable[[list[str]], object]
) -> None:
    monkeypatch.setitem(catalog.MESSAGES, "test", ("got {names}", "得到 {names}"))
    assert catalog.render("test", {"names": sequence(["a\x1b[2J\u202eb"])}) == "got a [2J b"


def test_a_table_may_be_registered_again_and_never_overridden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "MESSAGES", {})
    catalog.register({"a": ("x", "y")})
    catalog.register({"a": ("x", "y"), "b": ("v", "w")})
    with pytest.raises(ValueError, match="code a is defined twice"):
        catalog.register({"a": ("x", "z")})
    assert catalog.MESSAGES == {"a": ("x", "y"), "b": ("v", "w")}


def test_an_unregistered_table_is_found_beside_the_catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    code = next(iter(TABLES["policy.testing"]))
    english, chinese = TABLES["policy.testing"][code]
    monkeypatch.setattr(catalog, "MESSAGES", {})
    named = dict.fromkeys(fields(english), "x")
    assert catalog.render(code, named) == english.format(**named)
    assert catalog.render(code, named, "zh") == chinese.format(**named)
